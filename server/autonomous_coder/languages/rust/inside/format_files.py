"""Runs inside the sandbox: what rustfmt makes of each file, read through standard input.

`format_files.py RUSTFMT CONFIGURATIONS` reads a JSON list of [path, edition, configuration below
CONFIGURATIONS] from standard input and prints one JSON object a file: `same`, or the new `text`,
or `failed` with what was said.
Read that way, a file's submodules are not followed and no configuration of the project is found.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

rustfmt, configurations = sys.argv[1:3]


def formatted(item: list[str]) -> str:
    path, edition, configuration = item
    record: dict[str, object] = {"path": path}
    try:
        before = Path(path).read_bytes()
    except OSError:
        record["failed"] = "it cannot be read"
        return json.dumps(record)
    ended = subprocess.run(
        [rustfmt, "--edition", edition, "--config-path", f"{configurations}/{configuration}"],
        input=before,
        capture_output=True,
    )
    if ended.returncode != 0:
        record["failed"] = ended.stderr.decode("utf-8", "replace")[:400]
    elif ended.stdout == before:
        record["same"] = True
    else:
        record["text"] = ended.stdout.decode("utf-8", "replace")
    return json.dumps(record)


with ThreadPoolExecutor(2) as pool:
    for line in pool.map(formatted, json.load(sys.stdin)):
        sys.stdout.write(f"{line}\n")
