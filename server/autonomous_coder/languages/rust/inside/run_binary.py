"""Runs inside the sandbox, started by cargo in place of each test program: runs it and reports.

`run_binary.py PROGRAM ARGUMENT…` writes one JSON object a program into the directory REPORTS:
what it lists, what it printed, its own log of outcomes, and how it ended. Programs whose name is
in BARE (joined by ':') have no harness of libtest: they are started once, plainly.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

MAX_PART = 2_000_000


def kept(path: Path) -> str:
    """The beginning and the end of what was printed."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        data = stream.read(MAX_PART)
        if size > len(data):
            stream.seek(max(len(data), size - MAX_PART))
            data += b"\n" + stream.read(MAX_PART)
    return data.decode("utf-8", "replace")


def run(argv: list[str], directory: Path, name: str) -> tuple[int, str, str]:
    out, err = directory / f"{name}.out", directory / f"{name}.err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        ended = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
    return ended.returncode, kept(out), kept(err)[-8_000:]


def main() -> int:
    program, arguments = sys.argv[1], sys.argv[2:]
    own = Path(program).name
    name = own.rsplit("-", 1)[0]
    bare = name in os.environ.get("BARE", "").split(":")
    reports = Path(os.environ["REPORTS"])
    record = {"program": own, "bare": bare}
    for variable in ("REPORTS", "BARE"):
        os.environ.pop(variable, None)
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        log = directory / "log"
        if not bare:
            _, said, _ = run([program, "--help"], directory, "help")
            record["listed"], record["list"], _ = run(
                [program, "--list", "--format", "terse"], directory, "list"
            )
            if "--logfile" in said:
                arguments += ["--logfile", str(log)]
        code, record["stdout"], record["stderr"] = run([program, *arguments], directory, "run")
        record["code"] = code
        record["log"] = kept(log) if log.is_file() else None
    (reports / f"run-{own}.json").write_text(json.dumps(record), encoding="utf-8")
    return 0 if code == 0 else 101


sys.exit(main())
