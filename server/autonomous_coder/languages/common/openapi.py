"""The OpenAPI document of a generated service, made from the spec as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autonomous_coder.languages.common.documented import (
    BackView,
    EntityView,
    FieldView,
    SpecView,
)
from autonomous_coder.languages.common.openapi_jobs import job_paths, job_schemas
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
    refusals,
)
from autonomous_coder.languages.common.openapi_uploads import upload_paths, upload_schemas
from autonomous_coder.languages.common.pack_views import RelationView


def document(spec: SpecView, features: frozenset[str] = frozenset()) -> Schema:
    """The whole document, ready to be written as JSON."""
    paths: dict[str, Schema] = {"/health": {"get": _health()}}
    schemas: dict[str, Schema] = {"Health": members({"status": {"const": "ok"}}), **_problem()}
    for entity in spec.entities:
        schemas |= _entity_schemas(entity)
        paths |= _entity_paths(entity, spec.backs.get(entity.name, ()))
    if "monitoring" in features:
        paths["/metrics"] = {"get": _metrics()}
    if "file_upload" in features:
        schemas |= upload_schemas(spec)
        paths |= upload_paths(spec)
    if "background_jobs" in features:
        schemas |= job_schemas(spec)
        paths |= job_paths(spec, roles="roles" in features)
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
        for each in paths[path].values():
            answers = each.get("responses") if isinstance(each, dict) else None
            if isinstance(answers, dict):
                answers |= refusals([429])


def _problem() -> dict[str, Schema]:
    places: Schema = {"type": "array", "items": {"type": "string"}}
    fault = members({"location": places, "message": {"type": "string"}})
    told = {"title": {"type": "string"}, "status": NUMBER, "detail": {"type": "string"}}
    errors: Schema = {"type": "array", "items": fault}
    return {"Problem": members({**told, "errors": errors}, told)}


def _body(name: str, media: str = "application/json") -> Schema:
    return {"required": True, "content": {media: {"schema": ref(name)}}}


def _health() -> Schema:
    answers = {200: answer("The database has answered.", ref("Health"))}
    return operation("checkHealth", "Check the service and its database", "health", answers, [])


def _metrics() -> Schema:
    text = {"text/plain": {"schema": {"type": "string"}}}
    answers: dict[int, Schema] = {
        200: {"description": "In the text format of Prometheus.", "content": text}
    }
    return operation("readMetrics", "Read the metrics of the service", "monitoring", answers, [])


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
    items: Schema = {"type": "array", "items": ref(entity.type)}
    page = {"items": items, "total": NUMBER, "limit": NUMBER, "offset": NUMBER}
    strict: Schema = {"additionalProperties": False}
    return {
        entity.type: members(stored) | described,
        f"{entity.type}Create": members(created, needed) | strict,
        f"{entity.type}Update": members(changed, ()) | strict,
        f"{entity.type}Page": members(page),
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
    page, row = answer(f"A page of {e.labels}.", ref(f"{e.type}Page")), ref(e.type)
    paths: dict[str, Schema] = {
        e.path: {
            "get": operation(
                f"list{e.types}", f"List {e.labels}", e.labels, {200: page}, [*reads, 422],
                parameters=_query(e), **read,
            ),
            "post": operation(
                f"create{e.type}", f"Create {a}", e.labels,
                {201: answer(f"The new {e.label}.", row)}, [*authors, 409, 413, 422],
                requestBody=_body(f"{e.type}Create"), **write,
            ),
        },
        f"{e.path}/{{id}}": {
            "parameters": [PATH_ID],
            "get": operation(
                f"get{e.type}", f"Read {a}", e.labels, {200: answer(f"The {e.label}.", row)},
                [*reads, 404, 422], **read,
            ),
            "patch": operation(
                f"update{e.type}", f"Change {a}", e.labels,
                {200: answer(f"The {e.label} as it is now.", row)},
                [*authors, *owner, 404, 409, 413, 422],
                requestBody=_body(f"{e.type}Update"), **write,
            ),
            "delete": operation(
                f"delete{e.type}", f"Delete {a}", e.labels, {204: {"description": "It is gone."}},
                [*writes, *owner, 404, 409, 422], **gone,
            ),
        },
    }  # fmt: skip
    for back in backs:
        far = back.entity
        paths[f"{e.path}/{{id}}/{back.path}"] = {
            "parameters": [PATH_ID],
            "get": operation(
                back.operation, f"List {far.labels} of {a}", e.labels,
                {200: answer(f"A page of {far.labels}.", ref(f"{far.type}Page"))},
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
        "Registration": members({"email": email, "password": password, **new}, needed)
        | {"additionalProperties": False},
        "Credentials": members({"username": plain, "password": plain}),
        "User": members({**kept, "created_at": MOMENT}),
        "Token": members({"access_token": plain, "token_type": {"const": "bearer"}}),
    }


def _role_schemas(role: FieldView) -> dict[str, Schema]:
    items: Schema = {"type": "array", "items": ref("User")}
    page = {"items": items, "total": NUMBER, "limit": NUMBER, "offset": NUMBER}
    update = members({role.name: _field(role, bounds=True)})
    return {"UserPage": members(page), "UserUpdate": update | {"additionalProperties": False}}


def _role_paths() -> dict[str, Schema]:
    page = answer("A page of all accounts.", ref("UserPage"))
    row = answer("The account as it is now.", ref("User"))
    orders = [order for name in ("id", "created_at") for order in (name, f"-{name}")]
    sort: Schema = {"type": "string", "enum": orders, "default": "id"}
    asked = {"limit": LIMIT, "offset": OFFSET, "sort": sort}
    query = [{"name": name, "in": "query", "schema": schema} for name, schema in asked.items()]
    return {
        "/users": {
            "get": operation(
                "listUsers", "List accounts", "users", {200: page}, [401, 403, 422],
                parameters=query, security=BEARER,
            )
        },
        "/users/{id}": {
            "parameters": [PATH_ID],
            "patch": operation(
                "updateUser", "Change the role of an account", "users", {200: row},
                [401, 403, 404, 413, 422], requestBody=_body("UserUpdate"), security=BEARER,
            ),
        },
    }  # fmt: skip


def _account_paths() -> dict[str, Schema]:
    new, token = answer("The new account.", ref("User")), ref("Token")
    me = answer("Who the access token belongs to.", ref("User"))
    form = "application/x-www-form-urlencoded"
    return {
        "/auth/register": {
            "post": operation(
                "register", "Make an account", "auth", {201: new}, [409, 413, 422],
                requestBody=_body("Registration"),
            )
        },
        "/auth/login": {
            "post": operation(
                "login", "Log in", "auth", {200: answer("An access token.", token)},
                [401, 413, 422],
                requestBody=_body("Credentials", form),
            )
        },
        "/auth/me": {
            "get": operation(
                "readMe", "Read your own account", "auth", {200: me}, [401], security=BEARER
            )
        },
    }  # fmt: skip
