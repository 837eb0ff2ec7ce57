"""What the OpenAPI document of a service tells of jobs in the background."""

from __future__ import annotations

from autonomous_coder.languages.common.documented import SpecView
from autonomous_coder.languages.common.openapi_parts import (
    BEARER,
    ID,
    LIMIT,
    MOMENT,
    NUMBER,
    OFFSET,
    Schema,
    answer,
    members,
    operation,
    ref,
)

TAG = "background jobs"
STATUS: Schema = {"type": "string", "enum": ["waiting", "running", "succeeded", "dead"]}
TEXT: Schema = {"type": "string"}


def job_schemas(spec: SpecView) -> dict[str, Schema]:
    """What is told of jobs and their runs."""
    run: Schema = {"id": NUMBER, "job": TEXT, "status": STATUS, "attempts": NUMBER}
    run |= {"due_at": MOMENT, "finished_at": {**MOMENT, "type": ["string", "null"]}}
    run |= {"result": TEXT}
    run |= {"requested_by_id": {"type": ["integer", "null"]}} if spec.accounts else {}
    items: Schema = {"type": "array", "items": ref("JobRun")}
    asked = members({"data": {"type": "object", "default": {}}}, ())
    page = {"items": items, "total": NUMBER, "limit": NUMBER, "offset": NUMBER}
    return {
        "BackgroundJob": members({"name": TEXT, "description": TEXT, "runs": TEXT}),
        "JobRequest": asked | {"additionalProperties": False},
        "JobRun": members({**run, "created_at": MOMENT}),
        "JobRunPage": members(page),
    }


def job_paths(spec: SpecView, *, roles: bool) -> dict[str, Schema]:
    """Where jobs are asked for; by administrators alone where there are roles."""
    guard = {"security": BEARER if spec.accounts else None}
    unknown = [*([401] if spec.accounts else []), *([403] if roles else [])]
    name = {"name": "name", "in": "path", "required": True, "schema": TEXT}
    run_id = {"name": "run_id", "in": "path", "required": True, "schema": ID}
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    }
    query = [
        {"name": "limit", "in": "query", "schema": LIMIT},
        {"name": "offset", "in": "query", "schema": OFFSET},
        {"name": "status", "in": "query", "schema": STATUS},
    ]
    known: Schema = {"type": "array", "items": ref("BackgroundJob")}
    run, page = answer("The run.", ref("JobRun")), answer("A page of runs.", ref("JobRunPage"))
    body = {"required": True, "content": {"application/json": {"schema": ref("JobRequest")}}}
    return {
        "/background-jobs": {
            "get": operation(
                "listBackgroundJobs", "List jobs", TAG, {200: answer("All jobs.", known)},
                unknown, **guard,
            )
        },
        "/background-jobs/{name}/runs": {
            "parameters": [name],
            "get": operation(
                "listBackgroundRuns", "List runs of a job", TAG, {200: page},
                [*unknown, 404, 422], parameters=query, **guard,
            ),
            "post": operation(
                "runBackgroundJob", "Ask for a job", TAG, {202: run},
                [*unknown, 404, 413, 422, 503], parameters=[key], requestBody=body, **guard,
            ),
        },
        "/background-jobs/{name}/runs/{run_id}": {
            "parameters": [name, run_id],
            "get": operation(
                "getBackgroundRun", "Read what became of a run", TAG, {200: run},
                [*unknown, 404, 422], **guard,
            ),
        },
    }  # fmt: skip
