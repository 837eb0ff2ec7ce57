"""The OpenAPI document of a generated service, made from the spec as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autonomous_coder.languages.common.documented import (
    BackView,
    EntityView,
    FieldView,
    SpecView,
)
from autonomous_coder.languages.common.pack_views import RelationView

Schema = dict[str, object]

REASONS = {
    401: "A login is needed.",
    403: "Somebody else owns this.",
    404: "There is no such row.",
    409: "It conflicts with other data.",
    413: "The request is too large.",
    422: "The request is not valid.",
    429: "The client has sent too many requests.",
}
MAX_ID = 2**31 - 1
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
NUMBER: Schema = {"type": "integer"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
ID: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_ID}
PATH_ID = {"name": "id", "in": "path", "required": True, "schema": ID}
LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
OFFSET: Schema = {"type": "integer", "minimum": 0, "maximum": MAX_ID, "default": 0}


def document(spec: SpecView, features: frozenset[str] = frozenset()) -> Schema:
    """The whole document, ready to be written as JSON."""
    paths: dict[str, Schema] = {"/health": {"get": _health()}}
    schemas: dict[str, Schema] = {"Health": _object({"status": {"const": "ok"}}), **_problem()}
    for entity in spec.entities:
        schemas |= _entity_schemas(entity)
        paths |= _entity_paths(entity, spec.backs.get(entity.name, ()))
    if "monitoring" in features:
        paths["/metrics"] = {"get": _metrics()}
    components: Schema = {"schemas": schemas}
    if spec.accounts:
        schemas |= _account_schemas(spec)
        paths |= _account_paths()
        if spec.account.role is not None:
            schemas |= _role_schemas(spec.account.role)
            paths |= _role_paths()
        scheme = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        components["securitySchemes"] = {"bearer": scheme}
    if "rate_limiting" in features:
        _limit(paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": spec.title, "description": spec.summary, "version": "0.1.0"},
        "paths": paths,
        "components": components,
    }


def _limit(paths: Mapping[str, Schema]) -> None:
    """Say that every operation but that of health may be refused to who asks too often."""
    for path in paths.keys() - {"/health"}:
        for operation in paths[path].values():
            answers = operation.get("responses") if isinstance(operation, dict) else None
            if isinstance(answers, dict):
                answers |= _refusals([429])


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: Mapping[str, object], required: Iterable[str] | None = None) -> Schema:
    names = list(properties if required is None else required)
    made: Schema = {"type": "object", "properties": dict(properties)}
    return made | ({"required": names} if names else {})


def _problem() -> dict[str, Schema]:
    places: Schema = {"type": "array", "items": {"type": "string"}}
    fault = _object({"location": places, "message": {"type": "string"}})
    told = {"title": {"type": "string"}, "status": NUMBER, "detail": {"type": "string"}}
    errors: Schema = {"type": "array", "items": fault}
    return {"Problem": _object({**told, "errors": errors}, told)}


def _answer(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _operation(
    name: str,
    summary: str,
    tag: str,
    answers: Mapping[int, Schema],
    refusals: Iterable[int],
    **more: object,
) -> Schema:
    return {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        **{key: value for key, value in more.items() if value},
        "responses": {str(status): answer for status, answer in answers.items()}
        | _refusals(refusals),
    }


def _refusals(statuses: Iterable[int]) -> Schema:
    problem = {"application/problem+json": {"schema": _ref("Problem")}}
    return {str(s): {"description": REASONS[s], "content": problem} for s in statuses}


def _body(name: str, media: str = "application/json") -> Schema:
    return {"required": True, "content": {media: {"schema": _ref(name)}}}


def _health() -> Schema:
    answers = {200: _answer("The database has answered.", _ref("Health"))}
    return _operation("checkHealth", "Check the service and its database", "health", answers, [])


def _metrics() -> Schema:
    text = {"text/plain": {"schema": {"type": "string"}}}
    answers: dict[int, Schema] = {
        200: {"description": "In the text format of Prometheus.", "content": text}
    }
    return _operation("readMetrics", "Read the metrics of the service", "monitoring", answers, [])


def _nullable(schema: Schema) -> Schema:
    made = {**schema, "type": [schema["type"], "null"]}
    listed = schema.get("enum")
    return made | ({"enum": [*listed, None]} if isinstance(listed, list) else {})


def _field(field: FieldView, *, bounds: bool, preset: bool = False) -> Schema:
    schema = dict(field.schema)
    if not bounds:
        schema = {k: v for k, v in schema.items() if k in ("type", "format", "enum")}
    if field.nullable:
        schema = _nullable(schema)
    if field.description:
        schema["description"] = field.description
    if preset and field.preset is not None:
        schema["default"] = field.preset
    return schema


def _relation(relation: RelationView, *, nullable: bool, answer: bool = False) -> Schema:
    one = NUMBER if answer else ID
    if relation.many:
        return {"type": "array", "items": one} | ({} if answer else {"maxItems": 100})
    return _nullable(one) if nullable else dict(one)


def _entity_schemas(entity: EntityView) -> dict[str, Schema]:
    links = entity.relations
    created = {f.name: _field(f, bounds=True, preset=True) for f in entity.fields}
    created |= {r.field: _relation(r, nullable=not r.required) for r in links}
    changed = {f.name: _field(f, bounds=True) for f in entity.fields}
    changed |= {r.field: _relation(r, nullable=not r.required) for r in links}
    needed = [f.name for f in entity.fields if f.required]
    needed += [link.field for link in entity.links if link.required]
    stored: dict[str, object] = {"id": NUMBER}
    stored |= {f.name: _field(f, bounds=False) for f in entity.fields}
    stored |= {r.field: _relation(r, nullable=r.nullable, answer=True) for r in links}
    stored |= {"owner_id": NUMBER} if entity.owned else {}
    stored |= {"created_at": MOMENT, "updated_at": MOMENT}
    described: Schema = {"description": entity.description} if entity.description else {}
    items: Schema = {"type": "array", "items": _ref(entity.type)}
    page = {"items": items, "total": NUMBER, "limit": NUMBER, "offset": NUMBER}
    strict: Schema = {"additionalProperties": False}
    return {
        entity.type: _object(stored) | described,
        f"{entity.type}Create": _object(created, needed) | strict,
        f"{entity.type}Update": _object(changed, ()) | strict,
        f"{entity.type}Page": _object(page),
    }


def _query(entity: EntityView, besides: str = "") -> list[Schema]:
    named: dict[str, Schema] = {"limit": LIMIT, "offset": OFFSET}
    columns = ["id", "created_at", "updated_at", *(field.name for field in entity.sortables)]
    orders = [order for name in columns for order in (name, f"-{name}")]
    named["sort"] = {"type": "string", "enum": orders, "default": "id"}
    if entity.search:
        named["search"] = {"type": "string", "maxLength": 200}
    for field in entity.filters:
        named[field.query] = {
            k: v for k, v in field.schema.items() if k in ("type", "format", "enum")
        }
    named |= {relation.query: ID for relation in entity.relations}
    named.pop(besides, None)
    return [{"name": name, "in": "query", "schema": schema} for name, schema in named.items()]


def _entity_paths(entity: EntityView, backs: Iterable[BackView]) -> dict[str, Schema]:
    e, a = entity, f"{entity.article} {entity.label}"
    read = {"security": BEARER if e.reads_need_user else None}
    gone = {"security": BEARER if e.writes_need_user else None}
    write = {"security": [{}, *BEARER]} if e.maybe_user else gone
    reads = [401] if e.reads_need_user else []
    writes = [401] if e.writes_need_user else []
    authors = [401] if e.writes_need_user or e.maybe_user else []
    owner = [403] if e.owner_write else []
    page, row = _answer(f"A page of {e.labels}.", _ref(f"{e.type}Page")), _ref(e.type)
    paths: dict[str, Schema] = {
        e.path: {
            "get": _operation(
                f"list{e.types}", f"List {e.labels}", e.labels, {200: page}, [*reads, 422],
                parameters=_query(e), **read,
            ),
            "post": _operation(
                f"create{e.type}", f"Create {a}", e.labels,
                {201: _answer(f"The new {e.label}.", row)}, [*authors, 409, 413, 422],
                requestBody=_body(f"{e.type}Create"), **write,
            ),
        },
        f"{e.path}/{{id}}": {
            "parameters": [PATH_ID],
            "get": _operation(
                f"get{e.type}", f"Read {a}", e.labels, {200: _answer(f"The {e.label}.", row)},
                [*reads, 404, 422], **read,
            ),
            "patch": _operation(
                f"update{e.type}", f"Change {a}", e.labels,
                {200: _answer(f"The {e.label} as it is now.", row)},
                [*authors, *owner, 404, 409, 413, 422],
                requestBody=_body(f"{e.type}Update"), **write,
            ),
            "delete": _operation(
                f"delete{e.type}", f"Delete {a}", e.labels, {204: {"description": "It is gone."}},
                [*writes, *owner, 404, 409, 422], **gone,
            ),
        },
    }  # fmt: skip
    for back in backs:
        far = back.entity
        paths[f"{e.path}/{{id}}/{back.path}"] = {
            "parameters": [PATH_ID],
            "get": _operation(
                back.operation, f"List {far.labels} of {a}", e.labels,
                {200: _answer(f"A page of {far.labels}.", _ref(f"{far.type}Page"))},
                [*([401] if back.needs_user else []), 404, 422],
                parameters=_query(far, back.relation.query),
                security=BEARER if back.needs_user else None,
            ),
        }  # fmt: skip
    return paths


def _account_schemas(spec: SpecView) -> dict[str, Schema]:
    email: Schema = {"type": "string", "format": "email"}
    password: Schema = {"type": "string", "minLength": 8, "maxLength": 128}
    fields, chosen = spec.account.fields, spec.account.chosen
    new = {f.name: _field(f, bounds=True, preset=True) for f in chosen}
    needed = ["email", "password", *(f.name for f in chosen if f.required)]
    kept = {"id": NUMBER, "email": email, **{f.name: _field(f, bounds=False) for f in fields}}
    plain: Schema = {"type": "string"}
    return {
        "Registration": _object({"email": email, "password": password, **new}, needed)
        | {"additionalProperties": False},
        "Credentials": _object({"username": plain, "password": plain}),
        "User": _object({**kept, "created_at": MOMENT}),
        "Token": _object({"access_token": plain, "token_type": {"const": "bearer"}}),
    }


def _role_schemas(role: FieldView) -> dict[str, Schema]:
    items: Schema = {"type": "array", "items": _ref("User")}
    page = {"items": items, "total": NUMBER, "limit": NUMBER, "offset": NUMBER}
    update = _object({role.name: _field(role, bounds=True)})
    return {"UserPage": _object(page), "UserUpdate": update | {"additionalProperties": False}}


def _role_paths() -> dict[str, Schema]:
    page = _answer("A page of all accounts.", _ref("UserPage"))
    row = _answer("The account as it is now.", _ref("User"))
    orders = [order for name in ("id", "created_at") for order in (name, f"-{name}")]
    sort: Schema = {"type": "string", "enum": orders, "default": "id"}
    asked = {"limit": LIMIT, "offset": OFFSET, "sort": sort}
    query = [{"name": name, "in": "query", "schema": schema} for name, schema in asked.items()]
    return {
        "/users": {
            "get": _operation(
                "listUsers", "List accounts", "users", {200: page}, [401, 403, 422],
                parameters=query, security=BEARER,
            )
        },
        "/users/{id}": {
            "parameters": [PATH_ID],
            "patch": _operation(
                "updateUser", "Change the role of an account", "users", {200: row},
                [401, 403, 404, 413, 422], requestBody=_body("UserUpdate"), security=BEARER,
            ),
        },
    }  # fmt: skip


def _account_paths() -> dict[str, Schema]:
    new, token = _answer("The new account.", _ref("User")), _ref("Token")
    me = _answer("Who the access token belongs to.", _ref("User"))
    form = "application/x-www-form-urlencoded"
    return {
        "/auth/register": {
            "post": _operation(
                "register", "Make an account", "auth", {201: new}, [409, 413, 422],
                requestBody=_body("Registration"),
            )
        },
        "/auth/login": {
            "post": _operation(
                "login", "Log in", "auth", {200: _answer("An access token.", token)},
                [401, 413, 422],
                requestBody=_body("Credentials", form),
            )
        },
        "/auth/me": {
            "get": _operation(
                "readMe", "Read your own account", "auth", {200: me}, [401], security=BEARER
            )
        },
    }  # fmt: skip
