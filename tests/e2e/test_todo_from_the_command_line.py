"""The main job as a user does it: one command, then the project is started and used by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from running_service import running
from shared_cache import shared_cache

pytestmark = [pytest.mark.slow, pytest.mark.live, pytest.mark.sandbox]

SENTENCE = "Create a REST API in Python for a todo app with authentication"
PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The project and the JSON the command printed."""
    root = tmp_path_factory.mktemp("todo")
    output = root / "todo-api"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "autonomous_coder", "build", SENTENCE),
            *("--output", str(output), "--json"),
        ],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        cwd=root,
        env={
            **os.environ,
            "AUTONOMOUS_CODER_DATA_DIR": str(root / "state"),
            "AUTONOMOUS_CODER_CACHE_DIR": str(shared_cache()),
            "XDG_CONFIG_HOME": str(root / "config"),
        },
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return output, json.loads(done.stdout)


def test_the_result_is_green_and_says_what_proved_it(built: tuple[Path, dict[str, Any]]) -> None:
    output, result = built
    assert result["success"] is True
    assert result["project_path"] == str(output)
    assert result["sandbox"]["level"] == "L3"
    status = {check["name"]: check["status"] for check in result["checks"]}
    wanted = ("syntax", "lint", "format", "types", "security", "dependencies", "tests", "start")
    assert {name: status[name] for name in wanted} == dict.fromkeys(wanted, "passed")
    assert result["requirements"]
    assert {r["status"] for r in result["requirements"]} == {"proven"}
    assert result["metrics"]["tests"] >= 10
    assert "fastapi" in json.dumps(result["tech_stack"]).lower()
    assert result["tech_stack"]["language"].startswith("python")
    assert not any("TypeScript" in a for a in result["assumptions"]), "Python was asked for"


def test_every_direct_dependency_is_the_newest_or_says_what_holds_it(
    built: tuple[Path, dict[str, Any]],
) -> None:
    metrics, warnings = built[1]["metrics"], built[1]["warnings"]
    held = [w for w in warnings if "is held back from" in w]
    assert metrics["dependencies"] >= 8
    assert metrics["dependencies_current"] + len(held) == metrics["dependencies"]


def account(client: httpx2.Client, email: str) -> dict[str, str]:
    """Register, log in; the header that proves it."""
    registered = client.post("/auth/register", json={"email": email, "password": PASSWORD})
    assert registered.status_code == 201, registered.text
    assert PASSWORD not in registered.text
    form = {"username": email, "password": PASSWORD}
    token = client.post("/auth/login", data=form)
    assert token.status_code == 200, token.text
    return {"Authorization": f"Bearer {token.json()['access_token']}"}


def test_the_project_started_by_hand_serves_accounts_and_todos(
    built: tuple[Path, dict[str, Any]],
) -> None:
    with running(built[0]) as client:
        ann, bob = account(client, "ann@example.com"), account(client, "bob@example.com")

        created = client.post("/todos", json={"title": "Buy milk"}, headers=ann)
        assert created.status_code == 201, created.text
        todo = created.json()
        assert todo["title"] == "Buy milk"
        here = f"/todos/{todo['id']}"

        listed = client.get("/todos", headers=ann).json()
        assert [item["id"] for item in listed["items"]] == [todo["id"]]
        assert client.get("/todos", headers=bob).json()["items"] == []
        for method in ("GET", "DELETE"):
            assert client.request(method, here, headers=bob).status_code == 404

        changed = client.patch(here, json={"title": "Buy oat milk"}, headers=ann)
        assert changed.json()["title"] == "Buy oat milk"
        assert client.delete(here, headers=ann).status_code == 204
        assert client.get(here, headers=ann).status_code == 404

        assert client.get("/todos").status_code == 401
        bad = {"Authorization": "Bearer not.a.token"}
        assert client.get("/todos", headers=bad).status_code == 401
        form = {"username": "ann@example.com", "password": "wrong password"}
        assert client.post("/auth/login", data=form).status_code == 401
        assert client.post("/todos", json={"title": ""}, headers=ann).status_code == 422
