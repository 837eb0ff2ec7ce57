"""Modules are downloaded in the fetch phase, and compiled once: no code of theirs is run by it."""

from __future__ import annotations

import posixpath
import re

from autonomous_coder.languages.base import (
    Environment,
    EnvironmentPlan,
    InstallVerdict,
    ProjectView,
    Toolbox,
)
from autonomous_coder.languages.common.compiling import compiling
from autonomous_coder.languages.common.judging import Signs, judged
from autonomous_coder.languages.findings import finding
from autonomous_coder.languages.go import modfile, toolchain
from autonomous_coder.languages.go.toolchain import Choices
from autonomous_coder.models.execution import (
    OUTPUT_DIR,
    PROJECT_DIR,
    Command,
    Network,
    Outcome,
)
from autonomous_coder.models.validation import Diagnostic, Severity

CACHE = "/cache"
OUT_OF_STEP = 3
ALONE = "autonomouscoderwarm"
"""A package of ours that imports what the project imports, so that it is compiled ahead."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SMALL = _words(
    "bufio bytes cmp context encoding/json errors flag fmt io io/fs log maps math math/rand os "
    "path/filepath reflect regexp runtime slices sort strconv strings sync sync/atomic testing "
    "time unicode unicode/utf8"
)
LARGE = _words(
    "archive/zip compress/gzip crypto/hmac crypto/rand crypto/sha256 crypto/tls database/sql "
    "embed encoding/base64 encoding/binary encoding/csv encoding/hex encoding/xml html/template "
    "io/ioutil iter log/slog math/big math/rand/v2 mime/multipart net net/http net/http/httptest "
    "net/http/pprof net/url os/exec os/signal os/user path runtime/debug testing/fstest "
    "text/tabwriter text/template"
)

# Everything that varies arrives as "$@" (what the project imports) or from the environment.
DOWNLOAD = f"""
set -f
mkdir -p {toolchain.TARGET}/mod {toolchain.TARGET}/build
if [ "$FETCH" = 1 ]; then
    GOMODCACHE={CACHE}/mod "$GO" mod download || exit 1
    GOMODCACHE={toolchain.TARGET}/mod GOPROXY="file://{CACHE}/mod/cache/download" GOSUMDB=off \\
        "$GO" mod download || exit 1
fi
GOMODCACHE={toolchain.TARGET}/mod GOPROXY=off GOSUMDB=off GOFLAGS="-mod=$MODE -buildvcs=false"
export GOMODCACHE GOPROXY GOSUMDB GOFLAGS
"""
# One build cache of the standard library a toolchain, kept beside the downloads.
STANDARD = f"""
std={CACHE}/std-$STD
if [ ! -d "$std" ]; then
    made=$(mktemp -d {CACHE}/making.XXXXXX) && work=$(mktemp -d) || exit 1
    (
        cd "$work" && printf 'module std.local/w\\n\\ngo 1.24\\n' >go.mod
        {{ echo 'package w'; for p in $STDLIB; do echo "import _ \\"$p\\""; done; }} >w.go
        {{ echo 'package w'; echo 'import _ "testing"'; }} >w_test.go
        GOWORK=off GOFLAGS=-mod=mod GOCACHE=$made
        export GOWORK GOFLAGS GOCACHE
        if [ "$RACE" = 1 ]; then
            CGO_ENABLED=1 "$GO" test -race -vet=off -c -o /dev/null .
        fi
        "$GO" vet -json . && "$GO" test -vet=off -c -o /dev/null .
    ) >/dev/null 2>&1
    mv -T "$made" "$std" 2>/dev/null || rm -rf "$made"
fi
cp -r "$std/." {toolchain.TARGET}/build 2>/dev/null
"""
DEPENDENCIES = f"""
GOCACHE={toolchain.TARGET}/build
export GOCACHE
[ $# -gt 0 ] || exit 0
usable='{{{{if not .Error}}}}{{{{if ne .Name "main"}}}}{{{{.ImportPath}}}}{{{{end}}}}{{{{end}}}}'
names=$("$GO" list -e -f "$usable" "$@" 2>$TMPDIR/said)
mkdir -p {ALONE}
{{ echo 'package w'; for p in $names; do echo "import _ \\"$p\\""; done; }} >{ALONE}/w.go
{{ echo 'package w'; echo 'import _ "testing"'; }} >{ALONE}/w_test.go
for p in "$@"; do echo "import _ \\"$p\\""; done >$TMPDIR/all
{{ "$GO" list -e -deps -f '{{{{with .Error}}}}{{{{.}}}}{{{{end}}}}' "$@"; cat $TMPDIR/said; }} \\
    >$TMPDIR/errors 2>&1
if grep -m 1 -F 'missing go.sum entry' $TMPDIR/errors >&2; then exit {OUT_OF_STEP}; fi
{{
    if [ "$RACE" = 1 ]; then
        CGO_ENABLED=1 "$GO" test -race -vet=off -c -o /dev/null ./{ALONE}
    fi
    "$GO" vet -json ./{ALONE}
    "$GO" test -vet=off -c -o /dev/null ./{ALONE}
}} >/dev/null 2>&1
exit 0
"""
LOCK = (
    f'GOMODCACHE={CACHE}/mod GOFLAGS=-mod=mod "$GO" mod tidy -e && '
    f"cp {modfile.LOCKFILE} {OUTPUT_DIR}/{modfile.LOCKFILE}"
)

_NETWORK = re.compile(
    r"dial tcp|no such host|connection refused|connection reset|i/o timeout|timed out|proxyconnect"
    r"|certificate|Forbidden|temporary failure|no space left|TLS handshake|network is unreachable"
    r"|lookup disabled by GOPROXY=off|Bad Gateway|Service Unavailable|Too Many Requests",
    re.I,
)
_PROJECT = re.compile(
    r"SECURITY ERROR|checksum mismatch|404 Not Found|410 Gone|unknown revision|invalid version"
    r"|errors parsing go\.mod|malformed|module declares its path|unrecognized|not found"
    r"|requires go|reading .*go\.mod|usage: require|unknown directive|inconsistent",
    re.I,
)


def environment_plan(
    project: ProjectView, toolbox: Toolbox, *, offline: bool
) -> EnvironmentPlan | Environment:
    """Downloads into `/env/mod`, compiled dependencies into `/env/build`."""
    go = toolchain.found(toolbox)
    if not go.found:
        return Environment(ready=False, reason=go.why_missing, infrastructure=True, missing=True)
    if lacking := unusable(project, go.version):
        return lacking
    chosen = toolchain.choices(project, toolbox)
    if toolchain.wants_c(project) and not chosen.cgo:
        reason = "The project uses C (cgo), and gcc is not installed."
        return Environment(ready=False, reason=reason, infrastructure=True)
    about = modfile.read_mod(project)
    remote = [r for r in about.requirements if r.module not in _local(about)]
    fetched = chosen.mode != "vendor" and (bool(remote) or chosen.workspace)
    locked = fetched and not chosen.workspace
    foreign = tuple(i for i in chosen.imports if not modfile.is_standard(i))
    imports = foreign if locked else ()
    network = Network.FETCH if fetched and not offline else Network.NONE
    skeleton = _skeleton(project) if fetched else {modfile.MANIFEST: b"module empty.local/e\n"}
    if locked:
        # Tidying asks who imports what; our package answers for the project's.
        skeleton[f"{ALONE}/imports.go"] = _importing(foreign)
    env = _env(chosen, go.version, go.programs["go"], fetched=fetched)
    return EnvironmentPlan(
        language="go",
        manager="go",
        ecosystem="go",
        key_parts=(
            "go", go.version, go.programs["go"], env["STD"], chosen.mode if fetched else "",
            *imports, *(f"{n}\0{t!r}" for n, t in sorted(skeleton.items())),
        ),
        target=toolchain.TARGET,
        executable=go.programs["go"],
        install=Command(
            argv=("/bin/sh", "-c", DOWNLOAD + STANDARD + DEPENDENCIES, "sh", *imports),
            cwd=PROJECT_DIR,
            env=env,
            mounts=go.mounts,
            network=network,
            limits=compiling(toolbox.limits),
            runs_project_code=False,
        ),
        judge=judge,
        skeleton=skeleton,
        lockfile=modfile.LOCKFILE if locked else "",
        lock=Command(
            argv=("/bin/sh", "-c", LOCK),
            tree=project.root,
            cwd=PROJECT_DIR,
            env=env,
            mounts=go.mounts,
            network=network,
            limits=compiling(toolbox.limits),
            runs_project_code=False,
        )
        if locked
        else None,
        mounts=go.mounts,
        cache_target=CACHE,
        unlocked_hint="Run `go mod tidy` and commit go.sum.",
    )  # fmt: skip


def unusable(project: ProjectView, version: str) -> Environment | None:
    """Why no go command can work on this project: no module, one outside, or a newer Go."""
    found: list[Diagnostic] = []
    if not any(f in project.files for f in (modfile.MANIFEST, modfile.WORKSPACE)):
        message = "there is no go.mod; run `go mod init` with the module's path"
        return _refused([_finding("no-go-mod", message, "", 0)])
    files = [*modfile.module_files(project)[:200], *[modfile.WORKSPACE]]
    for path in (f for f in files if f in project.files):
        about = modfile.read_mod(project, path)
        wanted = about.go if path in (modfile.MANIFEST, modfile.WORKSPACE) else ()
        if wanted > toolchain.numbers(version):
            asked = ".".join(map(str, wanted))
            reason = (
                f"{path} asks for Go {asked}, and Go {version} is installed; install Go {asked}."
            )
            return Environment(ready=False, reason=reason, infrastructure=True)
        if path not in (modfile.MANIFEST, modfile.WORKSPACE):
            continue
        for item in about.replacements:
            if item.local and modfile.outside(path, item.target):
                message = (
                    f"'{item.module}' is replaced by '{item.target}', which lies outside the "
                    "project and is not there for anybody else"
                )
                found.append(_finding("replace-outside", message, path, item.line))
        for place, line in about.uses:
            if modfile.outside(path, place):
                message = f"'{place}' lies outside the project and is not there for anybody else"
                found.append(_finding("use-outside", message, path, line))
    return _refused(found) if found else None


def _refused(found: list[Diagnostic]) -> Environment:
    reason = f"{found[0].message[:1].upper()}{found[0].message[1:]}."
    return Environment(ready=False, reason=reason, diagnostics=tuple(found))


def _finding(code: str, message: str, path: str, line: int) -> Diagnostic:
    return finding("go", "go", code, Severity.ERROR, message, path=path, line=line)


def _local(about: modfile.ModFile) -> set[str]:
    return {item.module for item in about.replacements if item.local}


def _skeleton(project: ProjectView) -> dict[str, bytes]:
    names = {modfile.MANIFEST, modfile.LOCKFILE, modfile.WORKSPACE, "go.work.sum"}
    return {
        f: (project.root / f).read_bytes()
        for f in project.files
        if posixpath.basename(f) in names and "vendor/" not in f and f != modfile.LOCKFILE
    }


def _importing(imports: tuple[str, ...]) -> bytes:
    lines = ["package w", *(f'import _ "{name}"' for name in imports), ""]
    return "\n".join(lines).encode("utf-8", "replace")


def _env(chosen: Choices, version: str, go: str, *, fetched: bool) -> dict[str, str]:
    size = "large" if chosen.network else "small"
    kinds = [size, "race" if chosen.race else "", "cgo" if chosen.cgo else ""]
    mine = toolchain.settings(chosen)
    # The registry's addresses come with the network; what is set here would overrule nothing.
    for name in ("GOPROXY", "GOSUMDB", "GOMODCACHE", "SEED"):
        del mine[name]
    return {
        **mine,
        "GO": go,
        "GOFLAGS": "-modcacherw -buildvcs=false",
        "MODE": "mod" if not fetched else "readonly",
        "FETCH": "1" if fetched else "0",
        "RACE": "1" if chosen.race else "0",
        "STD": "-".join([version, *filter(None, kinds)]),
        "STDLIB": " ".join([*SMALL, *LARGE] if chosen.network else SMALL),
    }


_SIGNS: Signs = (
    (re.compile("missing go.sum entry"), InstallVerdict.OUT_OF_STEP),
    (_NETWORK, InstallVerdict.INFRASTRUCTURE),
    (_PROJECT, InstallVerdict.PROJECT),
)


def judge(outcome: Outcome) -> tuple[InstallVerdict, str]:
    """What the end of downloading means."""
    verdict, line = judged(outcome, "go", _SIGNS, _gist)
    if outcome.exit_code == OUT_OF_STEP and not outcome.killed_by:
        return InstallVerdict.OUT_OF_STEP, line
    return verdict, line


def _gist(said: str) -> str:
    lines = [s for s in map(str.strip, said.splitlines()) if s and "go: downloading" not in s]
    return " ".join(lines)[:600]
