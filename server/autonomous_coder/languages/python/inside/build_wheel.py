"""Runs inside the sandbox, by the project's interpreter: builds a wheel through PEP 517 hooks.

`build_wheel.py REPORT BACKENDS BACKEND` builds the project in the current directory with the
backend installed in BACKENDS, unpacks the wheel and imports its modules in a process of their own.
REPORT gets one JSON object; a run without it did not finish.
"""

import importlib
import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

IMPORT = """
import importlib, json, sys, time
sys.path.insert(0, sys.argv[1])
failed, started = {}, time.perf_counter()
for name in sys.argv[2:]:
    try:
        importlib.import_module(name)
    except BaseException as error:
        failed[name] = f"{type(error).__name__}: {error}"[:400]
seconds = time.perf_counter() - started
sys.stderr.write("\\n" + json.dumps([failed, seconds]))
"""
MAX_FILES = 20_000


def applies(requirement: str) -> bool:
    """Whether a requirement is one of this interpreter; a build never asks for an extra."""
    marker = requirement.partition(";")[2].strip()
    if not marker:
        return True
    try:
        from packaging.markers import Marker

        return bool(Marker(marker).evaluate({"extra": ""}))
    except Exception:
        return re.search(r"\bextra\s*==", marker) is None


def requirements_missing(backend: Any) -> list[str]:
    """What the backend asks for beyond `[build-system]` and is not there."""
    ask = getattr(backend, "get_requires_for_build_wheel", None)
    wanted = ask({}) if ask else []
    missing = []
    for text in wanted:
        if not applies(str(text)):
            continue
        name = "".join(c for c in str(text) if c.isalnum() or c in "-_. ").split(" ")[0]
        name = name.strip("-_. ")
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(str(text))
    return missing


def tried(site: Path, names: list[str]) -> tuple[dict[str, str], float]:
    """Top-level modules that cannot be imported, with the reason; how long importing took."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", IMPORT, str(site), *names],
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    try:
        failed, seconds = json.loads(done.stderr.rsplit("\n", 1)[-1])
        return dict(failed), float(seconds)
    except (ValueError, TypeError):
        return {names[0]: f"the import ended the process with exit code {done.returncode}"}, 0.0


def looked_into(wheel: Path) -> dict[str, Any]:
    """Name, files and failing imports of a wheel."""
    site = Path(tempfile.mkdtemp())
    with zipfile.ZipFile(wheel) as archive:
        files = archive.namelist()[:MAX_FILES]
        archive.extractall(site)
        about = next((f for f in files if f.endswith(".dist-info/METADATA")), "")
        headers: Any = HeaderParser().parsestr(archive.read(about).decode()) if about else {}
    tops = {f.split("/", 1)[0] for f in files if f.endswith(".py")}
    names = sorted(
        t.removesuffix(".py") for t in tops if ".dist-info" not in t and ".data" not in t
    )
    names = [n for n in names if n.isidentifier()]
    failed, seconds = tried(site, names) if names else ({}, 0.0)
    return {
        "wheel": wheel.name,
        "files": files,
        "name": str(headers.get("Name", "")),
        "imports": failed,
        "import_seconds": seconds,
    }


def main() -> None:
    report, place, named = sys.argv[1:]
    sys.path.insert(0, place)
    module, _, attribute = named.partition(":")
    result: dict[str, Any]
    try:
        backend: Any = importlib.import_module(module)
        for part in filter(None, attribute.split(".")):
            backend = getattr(backend, part)
        # Backends that look at the project from its own place in the import path.
        sys.path.insert(1, str(Path.cwd()))
        missing = requirements_missing(backend)
        if missing:
            result = {"missing": missing}
        else:
            into = tempfile.mkdtemp()
            result = looked_into(Path(into) / backend.build_wheel(into))
    except (Exception, SystemExit) as error:
        result = {"error": f"{type(error).__name__}: {error}"[:2_000]}
    Path(report).write_text(json.dumps(result), encoding="utf-8")


main()
