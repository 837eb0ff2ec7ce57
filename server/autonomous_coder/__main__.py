"""`python -m autonomous_coder` is the same as the command `autonomous-coder`."""

from __future__ import annotations

import sys

from autonomous_coder.cli import main

if __name__ == "__main__":
    sys.exit(main())
