"""Runs inside the sandbox, by the project's interpreter: pytest with a plugin that reports.

`run_tests.py REPORT ROOTS APART ARGUMENT…` passes the arguments to pytest, with ROOTS (joined by
':') as places to import from. Lines are counted by the project's `coverage`, or by the one in the
environment's directory APART. One JSON object a line is written to REPORT; the last one says
`end`. A run without it did not finish.
"""

import json
import os
import sys
from typing import Any

MAX_TEXT = 4_000
MAX_TESTS = 50_000


def main() -> int:
    report_path, roots, apart, *arguments = sys.argv[1:]
    apart = os.path.join(sys.prefix, apart)  # noqa: PTH118

    import pytest  # type: ignore[import-not-found, unused-ignore]

    class Reporter:
        def __init__(self) -> None:
            self.stream = open(report_path, "w", encoding="utf-8")  # noqa: PTH123, SIM115
            self.count = 0

        def say(self, **fields: Any) -> None:
            self.count += 1
            if self.count <= MAX_TESTS or fields.get("kind") == "end":
                self.stream.write(json.dumps(fields) + "\n")
                self.stream.flush()

        @pytest.hookimpl(tryfirst=True)
        def pytest_load_initial_conftests(self) -> None:
            # Not earlier: nothing of the project may stand in for the runner.
            sys.path[:0] = roots.split(":")
            # Interpreters that tests start find the project as if it were installed.
            os.environ["PYTHONPATH"] = roots

        def pytest_collection_finish(self, session: Any) -> None:
            self.say(kind="collected", ids=[item.nodeid for item in session.items])

        def pytest_deselected(self, items: Any) -> None:
            self.say(kind="deselected", ids=[item.nodeid for item in items])

        def pytest_collectreport(self, report: Any) -> None:
            if report.outcome != "passed":
                self.say(kind="collect", id=report.nodeid, outcome=report.outcome, **place(report))

        @pytest.hookimpl(wrapper=True, tryfirst=True)
        def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
            report = yield
            raised = call.excinfo
            skipping = raised is not None and raised.typename in {"Skipped", "SkipTest"}
            expected = getattr(report, "wasxfail", None) is not None
            forged = (
                raised is not None and not skipping and not expected and report.outcome != "failed"
            )
            self.say(
                kind="test",
                id=item.nodeid,
                when=call.when,
                outcome=report.outcome,
                expected=expected,
                forged=forged,
                seconds=round(call.duration, 3),
                **(place(report) if report.outcome == "failed" else {}),
            )
            return report

        @pytest.hookimpl(trylast=True)
        def pytest_sessionfinish(self, exitstatus: Any) -> None:
            self.say(kind="end", exit=int(exitstatus), version=pytest.__version__)

    def place(report: Any) -> dict[str, Any]:
        """Where a failure lies and what it says."""
        crash = getattr(report.longrepr, "reprcrash", None)
        return {
            "path": str(getattr(crash, "path", "")),
            "line": int(getattr(crash, "lineno", 0) or 0),
            "message": str(getattr(crash, "message", "") or report.longrepr)[:MAX_TEXT],
            "text": str(report.longreprtext)[-MAX_TEXT:],
        }

    reporter = Reporter()
    measured = measure(apart)
    code = int(pytest.main(arguments, plugins=[reporter]))
    if measured is not None:
        reporter.say(kind="coverage", **covered(measured))
    return code


def measure(apart: str) -> Any:
    """A running measurement of lines; None when there is no `coverage`."""
    sys.path.append(apart)
    try:
        import coverage  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    finally:
        sys.path.remove(apart)
    found = coverage.Coverage(
        data_file=None, config_file=False, source=["."], omit=["tests/*", "test/*", "*/conftest.py"]
    )
    found.start()
    return found


def covered(measurement: Any) -> dict[str, Any]:
    """Percent of lines that ran, in all and of each file; empty when nothing was measured."""
    import io
    import logging

    logging.getLogger("coverage").disabled = True
    try:
        measurement.stop()
        total = measurement.report(file=io.StringIO(), ignore_errors=True)
    except Exception as error:
        return {"percent": None, "why": type(error).__name__}
    return {"percent": round(total, 1)}


sys.exit(main())
