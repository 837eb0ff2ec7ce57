"""What OpenAPI documents are put together from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Schema = dict[str, object]

REASONS = {
    400: "The form cannot be read.",
    401: "A login is needed.",
    403: "Somebody else owns this.",
    404: "There is no such row.",
    409: "It conflicts with other data.",
    413: "The request is too large.",
    415: "Files of this type are not taken.",
    422: "The request is not valid.",
    429: "The client has sent too many requests.",
    503: "Too much is waiting to be done.",
}
MAX_ID = 2**31 - 1
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
NUMBER: Schema = {"type": "integer"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
ID: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_ID}
PATH_ID = {"name": "id", "in": "path", "required": True, "schema": ID}
LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
OFFSET: Schema = {"type": "integer", "minimum": 0, "maximum": MAX_ID, "default": 0}


def ref(name: str) -> Schema:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def members(properties: Mapping[str, object], required: Iterable[str] | None = None) -> Schema:
    """An object; all its properties are required unless some are named."""
    names = list(properties if required is None else required)
    made: Schema = {"type": "object", "properties": dict(properties)}
    return made | ({"required": names} if names else {})


def answer(description: str, schema: Schema) -> Schema:
    """An answer in JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def operation(
    name: str,
    summary: str,
    tag: str,
    answers: Mapping[int, Schema],
    refused: Iterable[int],
    **more: object,
) -> Schema:
    """An operation with its answers and what it may be refused with."""
    return {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        **{key: value for key, value in more.items() if value},
        "responses": {str(status): answer for status, answer in answers.items()}
        | refusals(refused),
    }


def refusals(statuses: Iterable[int]) -> Schema:
    """Answers that tell why something was not done, by their status."""
    problem = {"application/problem+json": {"schema": ref("Problem")}}
    return {str(s): {"description": REASONS[s], "content": problem} for s in statuses}
