"""Node on this machine: what it is, and how npm is run with it."""

from __future__ import annotations

from pathlib import Path

from autonomous_coder.languages.base import Toolbox, Toolchain, ToolchainSpec
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


NODE = ToolchainSpec(
    name="node",
    programs=("node", "npm"),
    locate=_locate,
    minimum=(18,),
    remedy="see nodejs.org/download, or `apt install nodejs npm`, or `brew install node`",
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
