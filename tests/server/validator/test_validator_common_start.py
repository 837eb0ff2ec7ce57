"""The start-up check that services of every language share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

import anyio
import pytest

from autonomous_coder.languages.base import (
    CheckOptions,
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Survey,
    Toolbox,
    ToolchainSpec,
)
from autonomous_coder.languages.common.service import Service
from autonomous_coder.languages.common.start import service_plan
from autonomous_coder.models.validation import CheckResult, CheckStatus
from validating import InstalledPython, build_file_tree, make_validator, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

DOCUMENT = {
    "openapi": "3.1.0",
    "servers": [{"url": "http://localhost/v1"}],
    "paths": {
        "/items": {"get": {}},
        "/items/{id}": {
            "get": {
                "parameters": [
                    {"name": "id", "in": "path", "schema": {"type": "string", "format": "uuid"}},
                    {"$ref": "#/components/parameters/limit"},
                ]
            },
            "delete": {},
        },
    },
    "components": {
        "parameters": {
            "limit": {
                "name": "limit",
                "in": "query",
                "required": True,
                "schema": {"type": "integer", "minimum": 5},
            }
        }
    },
}
# Chooses its port itself, and answers only what the check ought to ask.
PYTHON = f"""
    import http.server, json, signal, sys

    DOCUMENT = {json.dumps(DOCUMENT)!r}
    ITEM = "/v1/items/00000000-0000-4000-8000-000000000000?limit=6"


    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = 404, b""
            if self.path == "/healthz":
                status, body = 200, b"ok"
            elif self.path == "/openapi.json":
                status, body = 200, DOCUMENT.encode()
            elif self.path in ("/v1/items", ITEM):
                status, body = answer(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)


    def answer(path):
        return 200, b"[]"


    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    http.server.HTTPServer(("127.0.0.1", 8123), Handler).serve_forever()
    """
BROKEN = PYTHON.replace(
    'return 200, b"[]"',
    'return (500, b"no such table") if path.startswith("/v1/items/") else (200, b"[]")',
)
DEAF = """
    import time
    print("waiting for a port", flush=True)
    time.sleep(600)
    """
DYING = """
    def connect():
        raise ValueError("DATABASE_URL is not set")


    connect()
    """
STUBBORN = PYTHON.replace("lambda *_: sys.exit(0)", "signal.SIG_IGN")
LEAVING = PYTHON.replace(
    "    signal.signal(",
    "    import subprocess\n    subprocess.Popen(['sleep', '300'], start_new_session=True)\n"
    "    signal.signal(",
)
NODE = """
    const http = require('node:http');
    const server = http.createServer((request, answer) => {
      answer.statusCode = request.url === '/health' ? 200 : 404;
      answer.end('{}');
    });
    server.listen(Number(process.env.PORT), process.env.HOST);
    process.on('SIGTERM', () => server.close(() => process.exit(0)));
    """


class AService(InstalledPython):
    """A language whose only check starts `main`."""

    toolchains = (ToolchainSpec("node", ("node",), locate=lambda _: ("-p", "process.execPath")),)

    def environment_plans(
        self,
        project: ProjectView,
        survey: Survey,
        environment: Environment,
        options: CheckOptions,
        toolbox: Toolbox,
    ) -> Sequence[CheckPlan | NotApplicable]:
        interpreter = toolbox.interpreter
        argv, mounts = (interpreter.executable, "main.py"), interpreter.mounts
        prepare: tuple[str, ...] = ()
        if "main.js" in project.files:
            node = toolbox.toolchains["node"]
            if not node.found:
                return [NotApplicable("start", "start", node.why_missing, wanted=True)]
            argv, mounts = (node.programs["node"], "main.js"), node.mounts
        if "build.py" in project.files:
            prepare = (interpreter.executable, "build.py")
        service = Service("main", argv, prepare=prepare, mounts=mounts)
        return [
            service_plan(
                project, service, toolbox, language="python", tool="python",
                patience_s=20.0 if "waiting" not in project.read("main.py") else 2.0,
                grace_s=2.0,
            )
        ]  # fmt: skip


async def started(tmp_path: Path, files: dict[str, str]) -> dict[str, CheckResult]:
    """The result for each of the programs, started side by side."""
    results: dict[str, CheckResult] = {}
    validator = make_validator(tmp_path / "cache", language=AService())

    async def start(name: str, text: str) -> None:
        main = "main.js" if name == "node" else "main.py"
        more = {"lib.py": ""} if main == "main.js" else {}
        if name == "built":
            main, more = "source.txt", {"build.py": BUILD, "main.py": ""}
        if name == "unbuilt":
            more = {"build.py": "raise SystemExit('compiler error: line 3')\n"}
        root = build_file_tree(tmp_path / name, {main: dedent(text), **more})
        results[name] = result_of(await validator.validate(root, checks=("start",)), "start")

    async with anyio.create_task_group() as group:
        for name, text in files.items():
            group.start_soon(start, name, text)
    return results


BUILD = "import shutil\nshutil.copy('source.txt', 'main.py')\n"


async def test_healthy_services_pass_whatever_port_they_choose(tmp_path: Path) -> None:
    results = await started(tmp_path, {"python": PYTHON, "node": NODE, "built": PYTHON})
    for name, routes in (("python", 3), ("built", 3), ("node", 1)):
        result = results[name]
        if name == "node" and result.status is CheckStatus.NOT_RUN:
            assert "not installed" in result.reason
            continue
        assert result.status is CheckStatus.PASSED, result
        assert f"{routes} routes answered" in result.reason


async def test_what_is_wrong_with_a_service_is_told_apart(tmp_path: Path) -> None:
    programs = {
        "broken": BROKEN, "deaf": DEAF, "dying": DYING, "stubborn": STUBBORN,
        "leaving": LEAVING, "unbuilt": PYTHON,
    }  # fmt: skip
    results = await started(tmp_path, programs)
    told = {
        name: [(d.code, d.path, d.line, d.message) for d in result.diagnostics]
        for name, result in results.items()
    }
    for name, code, said in (
        ("broken", "server-error", "GET /items/{id} answers 500. no such table"),
        ("deaf", "not-started", "listens on no port. waiting for a port"),
        ("dying", "not-started", "ValueError: DATABASE_URL is not set"),
        ("stubborn", "not-stopped", "does not stop"),
        ("leaving", "not-stopped", "1 processes that the service started outlive it"),
        ("unbuilt", "not-built", "compiler error: line 3"),
    ):
        assert results[name].status is CheckStatus.FAILED, results[name]
        assert [one[0] for one in told[name]] == [code], told[name]
        assert said in told[name][0][3]
    assert told["dying"][0][1:3] == ("main.py", 2)
