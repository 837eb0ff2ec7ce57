"""A Go service with a module from the registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.languages.go import GO
from autonomous_coder.models.validation import CheckStatus
from live_validating import live_validator
from validating import build_file_tree, codes, result_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.sandbox,
    pytest.mark.slow,
    pytest.mark.live,
    pytest.mark.thorough,
]

SERVICE = {
    "go.mod": "module example.com/svc\n\ngo 1.24\n\nrequire github.com/go-chi/chi/v5 v5.2.3\n",
    "go.sum": """
        github.com/go-chi/chi/v5 v5.2.3 h1:WQIt9uxdsAbgIYgid+BpYc+liqQZGMHRaUwp0JUcvdE=
        github.com/go-chi/chi/v5 v5.2.3/go.mod h1:L2yAIGWB3H+phAw1NxKwWM+7eUH/lU8pOMm5hHcoops=
        """,
    "cmd/svc/main.go": """
        // Command svc answers.
        package main

        import (
        \t"log"
        \t"net/http"
        \t"os"

        \t"github.com/go-chi/chi/v5"
        )

        func main() {
        \tr := chi.NewRouter()
        \tr.Get("/health", func(w http.ResponseWriter, _ *http.Request) {
        \t\t_, _ = w.Write([]byte("ok"))
        \t})
        \tlog.Fatal(http.ListenAndServe(":"+os.Getenv("PORT"), r))
        }
        """,
}


async def test_a_service_downloads_builds_starts_and_answers(tmp_path: Path) -> None:
    async with live_validator(tmp_path / "live", languages={"go": GO}) as validator:
        report = await validator.validate(build_file_tree(tmp_path / "p", SERVICE))
        assert report.passed, [(c.name, c.reason, c.diagnostics) for c in report.checks]
        assert result_of(report, "start").status is CheckStatus.PASSED
        forged = {**SERVICE, "go.sum": SERVICE["go.sum"].replace("WQIt9", "AAAA9")}
        report = await validator.validate(
            build_file_tree(tmp_path / "forged", forged), checks=("dependencies",)
        )
        assert "checksum mismatch" in result_of(report, "dependencies").reason
        lacking = {k: v for k, v in SERVICE.items() if k != "go.sum"}
        report = await validator.validate(
            build_file_tree(tmp_path / "lacking", lacking), checks=("dependencies",)
        )
        assert "no-lock" in {code for code, _, _ in codes(result_of(report, "dependencies"))}
