"""The built pages of a web application work with the real API behind them, whatever language that
is in: people register, enter, look up, change and delete."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import TYPES, entity, field, link
from server.generator.proving import written

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.live, pytest.mark.thorough]

PAGES = Path(__file__).with_name("spa_ends.ts")
INSTALL = ["npm", "install", "--no-audit", "--no-fund"]
APIS: dict[str, tuple[list[list[str]], list[str]]] = {
    "typescript": ([INSTALL, ["npm", "run", "build"]], ["npm", "start"]),
    "javascript": ([INSTALL], ["npm", "start"]),
    "python": (
        [["uv", "sync", "--locked"]],
        ["uv", "run", "--locked", "python", "-m", "fastapi", "run"],
    ),
    "go": ([["go", "build", "-o", "service", "./cmd/server"]], ["./service"]),
    "java": (
        [["mvn", "-q", "-B", "-ntp", "package", "-DskipTests"]],
        ["java", "-jar", "target/demo-api-0.1.0.jar"],
    ),
    "rust": ([["cargo", "build", "--locked"]], ["cargo", "run", "--locked"]),
}
"""Language -> what builds an API, and what starts it."""
ENTITIES = [
    entity(
        "Post",
        "posts",
        [
            field("title", unique=True),
            *(field(f"a_{kind}", kind) for kind in TYPES),
            *(field(f"o_{kind}", kind, required=False) for kind in TYPES),
            field("kind", "enum", values=["one", "two_words"], default="one"),
            field("amount", "decimal", minimum=0, maximum=100, default=1.5),
        ],
        link("tags", "Tag", "many_to_many", back_name="posts"),
        link("author", "User"),
        access="owner_write",
    ),
    entity("Tag", "tags", [field("name", unique=True)], access="shared"),
    entity(
        "Comment",
        "comments",
        [field("body", "text", required=False)],
        link("post", "Post", back_name="comments"),
        link("parent", "Comment", required=False, on_delete="set_null"),
    ),
    entity("User", "users", [field("nick"), field("handle", unique=True)]),
    entity("Secret", "secrets", [field("text")], access="private"),
    entity(
        "Shelf",
        "shelves",
        [field("label", unique=True)],
        link("keeper", "Keeper", on_delete="restrict"),
        access="open",
    ),
    entity("Keeper", "keepers", [field("name")], access="open"),
]


@pytest.mark.parametrize("api", APIS)
async def test_people_use_the_built_pages_and_the_real_api(api: str, tmp_path: Path) -> None:
    build, start = APIS[api]
    if shutil.which(start[0]) is None and shutil.which(build[0][0]) is None:
        pytest.skip(f"there is no {build[0][0]} here")
    spec = {
        "name": "demo",
        "language": "typescript",
        "archetype": "web_app",
        "entities": ENTITIES,
        "features": ["accounts"],
        "constraints": {"api_language": api},
    }
    await written(ProjectSpec.model_validate(spec), tmp_path)
    served, web = tmp_path / "project" / "api", tmp_path / "project" / "web"
    for command in build:
        await _run(command, served)
    await _run(INSTALL, web)
    await _run(["npm", "run", "build"], web)
    service, pages = _free_port(), _free_port()
    preview = ["npx", "vite", "preview", "--host=127.0.0.1", "--strictPort", f"--port={pages}"]
    async with (
        _running(start, served, service, {"PORT": str(service)}),
        _running(preview, web, pages, {"API_URL": f"http://127.0.0.1:{service}"}),
    ):
        place = f'// @vitest-environment-options {{"url": "http://127.0.0.1:{pages}/"}}\n'
        test = anyio.Path(web / "tests" / "ends.test.tsx")
        await test.write_text(place + PAGES.read_text(encoding="utf-8"), encoding="utf-8")
        await _run(["npx", "vitest", "run", "tests/ends.test.tsx"], web)


async def _run(command: Sequence[str], directory: Path) -> None:
    done = await anyio.run_process(command, cwd=directory, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-8000:].decode(errors="replace")


@asynccontextmanager
async def _running(
    command: Sequence[str], directory: Path, port: int, variables: dict[str, str]
) -> AsyncIterator[None]:
    """A program while it listens at a port."""
    surroundings = {**os.environ, **variables}
    log = directory / "service.log"
    with log.open("wb") as output:
        process = await anyio.open_process(
            command,
            cwd=directory,
            env=surroundings,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            with anyio.fail_after(120):
                while not await _listens(port):
                    assert process.returncode is None, log.read_text(errors="replace")[-4000:]
                    await anyio.sleep(0.2)
            yield
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _listens(port: int) -> bool:
    try:
        async with await anyio.connect_tcp("127.0.0.1", port):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
