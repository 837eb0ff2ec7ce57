"""The start-up smoke of a service."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.models.validation import CheckResult, CheckStatus
from validating import build_file_tree, codes, make_validator, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

SERVICE = """
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    PATHS = {"/health": {"get": {}}, "/items": {"get": {}}, "/items/{id}": {"get": {}}}


    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})


    async def openapi(request: Request) -> JSONResponse:
        return JSONResponse({"openapi": "3.1.0", "paths": PATHS})


    async def items(request: Request) -> JSONResponse:
        return JSONResponse(ITEMS)


    ITEMS = [1]
    app = Starlette(
        routes=[
            Route("/health", health),
            Route("/openapi.json", openapi),
            Route("/items", items),
        ]
    )
    """


async def started(tmp_path: Path, text: str) -> CheckResult:
    validator: ValidatorEngine = make_validator(tmp_path / "cache")
    root = build_file_tree(tmp_path / "p", {"app/__init__.py": "", "app/main.py": text})
    return result_of(await validator.validate(root, checks=("start",)), "start")


async def test_a_service_that_answers_and_stops_passes(tmp_path: Path) -> None:
    result = await started(tmp_path, SERVICE)
    assert result.status is CheckStatus.PASSED, result
    assert "2 routes" in result.reason


async def test_a_route_of_the_openapi_that_fails_is_found_with_its_line(tmp_path: Path) -> None:
    result = await started(tmp_path, SERVICE.replace("JSONResponse(ITEMS)", "JSONResponse(1 / 0)"))
    assert result.status is CheckStatus.FAILED
    assert [(d.code, d.path) for d in result.diagnostics] == [("server-error", "app/main.py")]


async def test_a_service_that_does_not_start_says_why(tmp_path: Path) -> None:
    result = await started(tmp_path, SERVICE.replace("ITEMS = [1]", "ITEMS = [1 / 0]"))
    assert {c[:2] for c in codes(result)} == {("not-started", "app/main.py")}
    assert "ZeroDivisionError" in result.diagnostics[0].message


async def test_a_program_that_is_no_service_is_not_started(tmp_path: Path) -> None:
    result = await started(tmp_path, "print('hello')\n")
    assert result.status is CheckStatus.NOT_RUN
