"""What the OpenAPI document of a service tells of files."""

from __future__ import annotations

from autonomous_coder.languages.common.documented import EntityView, SpecView
from autonomous_coder.languages.common.openapi_parts import (
    BEARER,
    ID,
    LIMIT,
    MOMENT,
    NUMBER,
    OFFSET,
    PATH_ID,
    Schema,
    answer,
    members,
    operation,
    ref,
)

TYPES = (
    *("image/png", "image/jpeg", "image/gif", "image/webp"),
    *("application/pdf", "application/zip", "video/mp4", "text/plain"),
)
UPLOAD_ID = {"name": "upload_id", "in": "path", "required": True, "schema": ID}
PAGE = [
    {"name": "limit", "in": "query", "schema": LIMIT},
    {"name": "offset", "in": "query", "schema": OFFSET},
]
BYTES: Schema = {"type": "string", "format": "binary"}


def upload_schemas(spec: SpecView) -> dict[str, Schema]:
    """What is told of files."""
    text: Schema = {"type": "string"}
    told: Schema = {"id": NUMBER, "name": text, "media_type": {"type": "string", "enum": [*TYPES]}}
    told |= {"size": NUMBER, "sha256": text}
    told |= {"uploader_id": {"type": ["integer", "null"]}} if spec.accounts else {}
    items: Schema = {"type": "array", "items": ref("Upload")}
    page = {"items": items, "total": NUMBER, "limit": NUMBER, "offset": NUMBER}
    return {"Upload": members({**told, "created_at": MOMENT}), "UploadPage": members(page)}


def upload_paths(spec: SpecView) -> dict[str, Schema]:
    """Where files are: at the rows that they are attached to, else on their own."""
    made: dict[str, Schema] = {}
    attached = {entity.name for entity in spec.uploads}
    for entity in spec.entities:
        made |= _paths(spec, entity) if entity.name in attached else {}
    return made or _paths(spec, None)


def _paths(spec: SpecView, e: EntityView | None) -> dict[str, Schema]:
    of, tag = (f" of {e.article} {e.label}", e.labels) if e else ("", "uploads")
    many, one = (f"UploadsOf{e.type}", f"UploadOf{e.type}") if e else ("Uploads", "Upload")
    place = f"{e.path}/{{id}}/uploads" if e else "/uploads"
    reads = e.reads_need_user if e else spec.accounts
    writes = e.writes_need_user if e else spec.accounts
    unread, unwritten = [401] if reads or spec.accounts else [], [401] if spec.accounts else []
    owner = [403] if e and e.owner_write else []
    read = {"security": BEARER if reads else None}
    write = {"security": BEARER if writes else None}
    row, page = answer("What is known of the file.", ref("Upload")), ref("UploadPage")
    form = members({"file": BYTES})
    at = [PATH_ID] if e else []
    file: Schema = {
        "description": "The file.",
        "content": {"application/octet-stream": {"schema": BYTES}},
    }
    part: Schema = {**file, "description": "The part of the file that was asked for."}
    listed = operation(
        f"list{many}", f"List the files{of}", tag, {200: answer("A page of files.", page)},
        [*unread, 404, 422] if e else [*unread, 422], parameters=PAGE, **read,
    )  # fmt: skip
    added = operation(
        f"add{one}", "Attach a file to" + of[3:] if e else "Upload a file", tag, {201: row},
        [400, *unwritten, *owner, *([404] if e else []), 413, 415, 422],
        requestBody={"required": True, "content": {"multipart/form-data": {"schema": form}}},
        **write,
    )  # fmt: skip
    return {
        place: {**({"parameters": at} if at else {}), "get": listed, "post": added},
        f"{place}/{{upload_id}}": {
            "parameters": [*at, UPLOAD_ID],
            "get": operation(
                f"get{one}", f"Read what is known of a file{of}", tag, {200: row},
                [*unread, 404, 422], **read,
            ),
            "delete": operation(
                f"delete{one}", f"Delete a file{of}", tag,
                {204: {"description": "It is gone."}}, [*unwritten, *owner, 404, 422], **write,
            ),
        },
        f"{place}/{{upload_id}}/content": {
            "parameters": [*at, UPLOAD_ID],
            "get": operation(
                f"download{one}", f"Download a file{of}", tag, {200: file, 206: part},
                [*unread, 404, 422], **read,
            ),
        },
    }  # fmt: skip
