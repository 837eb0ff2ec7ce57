"""A program that builds and kills itself, as with kill -9, when a phase starts.

Arguments: sentence, output directory, phase (or `none` to live to the end).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from autonomous_coder import AutonomousCoder


async def main(sentence: str, output: str, phase: str) -> None:
    coder = AutonomousCoder()
    async for progress in coder.build_with_progress(sentence, output_path=output):
        if progress.phase is not None and progress.phase.value == phase:
            os.kill(os.getpid(), signal.SIGKILL)
    assert coder.last_result is not None
    sys.stdout.write(coder.last_result.model_dump_json())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
