"""Joint resolution of crates: cargo's own resolver, which knows the Rust version of the target."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from autonomous_coder.engines.research.resolving.asking import (
    Asked,
    read_asked,
    version_numbers,
)
from autonomous_coder.engines.research.resolving.base import (
    PROJECT,
    Bench,
    Cutoff,
    Workshop,
    manifests_in,
    no_network,
    out_of_reach,
    shorten,
    together,
)
from autonomous_coder.engines.research.resolving.cooldown import KnownOf, cutoff_of, is_lower
from autonomous_coder.engines.research.resolving.histories import Histories
from autonomous_coder.engines.research.resolving.listed import Listed, runtime_text
from autonomous_coder.errors import (
    CoderError,
    EnvironmentLacksError,
    InvalidInputError,
    ResolutionError,
)
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.technology import Pin, Resolution
from autonomous_coder.registries import semver
from autonomous_coder.registries.base import Release

CARGO_TIMEOUT_S = 180.0
MAX_ROUNDS = 8
MAX_AGED = 60
ENV = {
    "CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS": "fallback",
    "CARGO_TERM_COLOR": "never",
    "CARGO_TERM_PROGRESS_WHEN": "never",
}
NO_EDITION = (1, 56)
_TOO_NEW = re.compile(r"^\s*Adding (\S+) v(\S+) .*\(requires Rust ([\d.]+)\)", re.M)
_TABLES = ("dependencies", "dev-dependencies", "build-dependencies")


@dataclass(frozen=True, slots=True)
class Crate:
    """One package of a Cargo.lock; `needs` are names, with the version where several are locked."""

    name: str
    version: str
    needs: tuple[str, ...]


class CargoResolver:
    """EcosystemResolver for crates."""

    def __init__(self, histories: Histories, workshop: Workshop, known_of: KnownOf) -> None:
        self._histories = histories
        self._workshop = workshop
        self._known_of = known_of

    async def resolve(self, dependencies: Dependencies, *, offline: bool) -> Resolution:
        """See `EcosystemResolver`."""
        asked = read_asked(dependencies, "crates")
        said = runtime_text(dependencies.runtime, "rust")
        if not said:
            found = re.search(r"rustc (\d+\.\d+)", await self._workshop.ask("rustc", "--version"))
            said = found[1] if found else ""
        target = version_numbers(said)[:2]
        if dependencies.runtime.strip() and not target:
            raise InvalidInputError(
                f"'{dependencies.runtime[:60]}' is not a Rust version.", hint="Write it like 1.85."
            )
        cutoff = cutoff_of(dependencies.minimum_age_days)
        stack = Listed("crates", asked, target, f"Rust {said}", cutoff, offline, self._histories)
        if not target:
            stack.notes.append("No Rust version is named and none is installed: not checked.")
        await stack.learn()
        why: dict[str, str] = {}
        async with self._workshop.bench() as bench:
            for _ in range(MAX_ROUNDS):
                picks = await stack.picks(self._known_of)
                await bench.write({"src/lib.rs": ""})
                try:
                    said_by_cargo = await _try(bench, _manifest(asked, picks, target), offline)
                except ResolutionError:
                    # Perhaps an older line of some crate goes with the others.
                    text = _manifest(asked, picks, target, in_line=False)
                    said_by_cargo = await _try(bench, text, offline)
                crates = read_lock(await bench.read("Cargo.lock"))
                if not _step_back(stack, crates, said_by_cargo):
                    break
            else:
                why[""] = list(stack.excluded.values())[-1]
                stack.notes.append(f"After {MAX_ROUNDS} rounds it still holds: {why.pop('')}.")
            if stack.cutoff.before:
                crates = await self._age(bench, stack.cutoff, offline, crates, stack.notes)
            direct = direct_versions(crates)
            for name, release in picks.items():
                if is_lower("crates", direct.get(name, ""), release.version):
                    why[name] = await _reason(bench, asked, picks, target, name, offline)
        pins = [await stack.pin(n, direct.get(n, picks[n].version), why) for n in sorted(asked)]
        pins += [
            Pin(name=crate.name, version=crate.version, direct=False, origin=stack.origin())
            for crate in crates
            if crate.name != PROJECT and direct.get(crate.name) != crate.version
        ]
        _tell_doubles(stack, crates, direct)
        return Resolution(
            ecosystem="crates",
            runtime=f"rust {said}".strip(),
            pins=pins,
            origin=stack.origin(),
            resolved_at=datetime.now(UTC),
            resolver="cargo generate-lockfile",
            notes=await stack.closing_notes(),
        )

    async def lock(
        self, files: Mapping[str, str], *, offline: bool, cutoff: Cutoff
    ) -> dict[str, str]:
        """See `EcosystemResolver`: Cargo.lock for a Cargo.toml and the members of its workspace."""
        manifests = manifests_in(files, {"Cargo.toml", "Cargo.lock"})
        if "Cargo.toml" not in manifests:
            raise InvalidInputError("There is no Cargo.toml.", hint="Hand over the manifest.")
        stubs: dict[str, str] = {}
        for path, text in manifests.items():
            if path.endswith("Cargo.toml"):
                stubs |= _stubs(path, text, manifests)
        async with self._workshop.bench() as bench:
            await bench.write(stubs)
            await bench.write(manifests)
            await _generate(bench, offline, keep="Cargo.lock" in manifests)
            if cutoff.before and not offline:
                crates = read_lock(await bench.read("Cargo.lock"))
                await self._age(bench, cutoff, offline, crates, [])
            return {"Cargo.lock": await bench.read("Cargo.lock")}

    async def _age(
        self,
        bench: Bench,
        cutoff: Cutoff,
        offline: bool,
        crates: list[Crate],
        notes: list[str],
    ) -> list[Crate]:
        """Set locked crates that are too young back to their newest older release, where the
        requirements admit it. The crates as they are locked then."""
        young: dict[Crate, str] = {}

        async def look(crate: Crate) -> None:
            try:
                record, _ = await self._histories.releases("crates", crate.name, offline=offline)
            except CoderError:
                return
            rows = record.releases if record else ()
            mine = next((r for r in rows if r.version == crate.version), None)
            if mine is None or not cutoff.hides(crate.name, mine.version, mine.published):
                return
            older = next((r for r in rows if _may_replace(r, mine) and not _hidden(r)), None)
            young[crate] = older.version if older else ""

        def _hidden(release: Release) -> bool:
            return cutoff.hides("", release.version, release.published)

        await together([partial(look, crate) for crate in crates if crate.name != PROJECT])
        kept = []
        for crate, older in list(young.items())[:MAX_AGED]:
            code = 1
            if older:
                what = f"{crate.name}@{crate.version}"
                code, _, _ = await bench.run(
                    "cargo", "update", *_offline(offline), what, "--precise", older,
                    timeout_s=60, env=ENV,
                )  # fmt: skip
            if code != 0:
                kept.append(f"{crate.name} {crate.version}")
        if kept:
            more = f" and {len(kept) - 5} more" if len(kept) > 5 else ""
            notes.append(
                f"Younger than the cooldown, but needed by others: {', '.join(kept[:5])}{more}."
            )
        return read_lock(await bench.read("Cargo.lock"))


def read_lock(text: str) -> list[Crate]:
    """The packages of a Cargo.lock.

    Raises:
        ResolutionError: it cannot be read.
    """
    import tomllib

    try:
        rows = tomllib.loads(text).get("package", [])
        return [Crate(r["name"], r["version"], tuple(r.get("dependencies", ()))) for r in rows]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ResolutionError(
            "The lock file that cargo wrote cannot be read.", hint="Check cargo's version."
        ) from error


def direct_versions(crates: list[Crate]) -> dict[str, str]:
    """Name -> version of what the project itself depends on."""
    root = next((crate for crate in crates if crate.name == PROJECT), None)
    return dict(_followed(crates, need) for need in root.needs) if root else {}


def _followed(crates: list[Crate], need: str) -> tuple[str, str]:
    name, _, version = need.partition(" ")
    if not version:
        version = next((crate.version for crate in crates if crate.name == name), "")
    return name, version.partition(" ")[0]


def _manifest(
    asked: Mapping[str, Asked],
    picks: Mapping[str, Release],
    target: tuple[int, ...],
    *,
    in_line: bool = True,
) -> str:
    """The Cargo.toml of the temporary project; JSON strings are TOML strings. With `in_line` a
    crate may only be older within its compatible line: else cargo would rather take an old line
    than set another crate's choice back."""
    lines = [f'[package]\nname = "{PROJECT}"\nversion = "0.0.0"']
    lines.append(f'edition = "{"2021" if not target or target >= NO_EDITION else "2018"}"')
    if target:
        lines.append(f'rust-version = "{".".join(map(str, target))}"')
    for table, dev in (("dependencies", False), ("dev-dependencies", True)):
        lines.append(f"[{table}]")
        for name, one in asked.items():
            if one.dev is dev:
                version = _plain(picks[name].version)
                line = f"^{_line_of(version)}, " if in_line else ""
                lines.append(_line(one, f"{line}<={version}"))
    return "\n".join(lines) + "\n"


def _line(asked: Asked, bound: str) -> str:
    wanted = f"{asked.range}, {bound}" if asked.range and "||" not in asked.range else bound
    features = json.dumps(list(asked.features))
    return f"{asked.name} = {{ version = {json.dumps(wanted)}, features = {features} }}"


def _line_of(version: str) -> str:
    parsed = semver.parse(version)
    if parsed is None:
        return version
    return str(parsed.major) if parsed.major else f"0.{parsed.minor}"


def _plain(version: str) -> str:
    return version.partition("+")[0]


def _offline(offline: bool) -> list[str]:
    return ["--offline"] if offline else []


async def _try(bench: Bench, manifest: str, offline: bool) -> str:
    await bench.remove("Cargo.lock")
    await bench.write({"Cargo.toml": manifest})
    return await _generate(bench, offline)


async def _generate(bench: Bench, offline: bool, *, keep: bool = False) -> str:
    """Let cargo write the lock; what it said about it.

    Raises:
        ResolutionError, NetworkUnavailableError, EnvironmentLacksError.
    """
    command = ("update", "--workspace") if keep else ("generate-lockfile",)
    code, _, said = await bench.run(
        "cargo", *command, *_offline(offline), timeout_s=CARGO_TIMEOUT_S, env=ENV
    )
    if code == 0:
        return said
    if "failed to select a version" in said or "no matching package" in said:
        if offline and "--offline" in said and "no matching package" in said:
            raise no_network("cargo", offline=True)
        raise ResolutionError(
            f"These crates do not go together: {told(said)}.",
            hint="Loosen a range, or leave a crate out.",
        )
    if out_of_reach(said):
        raise no_network("cargo", offline=offline)
    raise EnvironmentLacksError(
        f"cargo could not resolve the crates: {shorten(said, 300)}",
        hint="Run `cargo generate-lockfile` by hand in a small project to see more.",
    )


def told(said: str) -> str:
    """cargo's reasoning in one line, without the name and place of our temporary project."""
    text = said[said.find("error:") :].removeprefix("error:")
    text = re.sub(rf" ?(?:of|by) package `{PROJECT} v0\.0\.0 \([^)]*\)`", " by the stack", text)
    lines = [line.strip(" .") for line in text.splitlines() if line.strip()]
    kept = [line for line in lines if not line.startswith(("Updating", "location searched"))]
    return shorten("; ".join(kept), 500)


def _step_back(stack: Listed, crates: list[Crate], said: str) -> bool:
    """Exclude a version that brings one for a newer Rust, or that splits a family in two; False
    when all is well, or nothing more can be done."""
    direct = direct_versions(crates)
    for match in _TOO_NEW.finditer(said):
        name, version, needed = match.groups()
        for one in _brought_by(crates, direct, name, version):
            chosen = direct[one]
            if one == name or len(stack.sound(one)) < 2 or (one, chosen) in stack.excluded:
                continue
            stack.excluded[one, chosen] = (
                f"{chosen} brings {name} {version}, which requires Rust {needed}; the target is "
                f"{stack.said}"
            )
            return True
        note = f"{name} {version} requires Rust {needed}, and nothing without it was found."
        if note not in stack.notes:
            stack.notes.append(note)
    by_name = {(crate.name, crate.version): crate for crate in crates}
    for one, version in direct.items():
        crate = by_name.get((one, version))
        for need in crate.needs if crate else ():
            other, used = _followed(crates, need)
            mine = direct.get(other, "")
            if mine and used and is_lower("crates", used, mine) and _related(one, other):
                why = f"{one} {version} depends on {other} {used}: a family in step"
                above = [
                    release.version
                    for release in stack.sound(other)
                    if is_lower("crates", used, release.version)
                ]
                if stack.asked[other].admits("crates", used):
                    stack.excluded |= {(other, newer): why for newer in above}
                    return True
    return False


def _related(one: str, other: str) -> bool:
    short, long = sorted((one.replace("_", "-"), other.replace("_", "-")), key=len)
    return long.startswith(f"{short}-")


def _brought_by(
    crates: list[Crate], direct: Mapping[str, str], name: str, version: str
) -> list[str]:
    """The direct crates that need this one, those nearest to it first."""
    nodes = {(crate.name, crate.version): crate for crate in crates}
    found: list[tuple[int, str]] = []
    for start in direct.items():
        distance = {start: 0}
        queue = deque([start])
        while queue:
            here = queue.popleft()
            if here == (name, version):
                found.append((distance[here], start[0]))
                break
            for need in nodes[here].needs if here in nodes else ():
                there = _followed(crates, need)
                if there not in distance:
                    distance[there] = distance[here] + 1
                    queue.append(there)
    return [one for _, one in sorted(found)]


def _tell_doubles(stack: Listed, crates: list[Crate], direct: Mapping[str, str]) -> None:
    for crate in crates:
        if direct.get(crate.name, crate.version) != crate.version:
            mine = (crate.name, crate.version)
            users = [
                c.name
                for c in crates
                if c.name in direct and mine in (_followed(crates, need) for need in c.needs)
            ]
            if users:
                stack.notes.append(
                    f"{crate.name} is there twice: {direct[crate.name]}, and {crate.version} for "
                    f"{users[0]}; their types do not mix."
                )


async def _reason(
    bench: Bench,
    asked: Mapping[str, Asked],
    picks: Mapping[str, Release],
    target: tuple[int, ...],
    name: str,
    offline: bool,
) -> str:
    """Ask cargo why a crate is below what may be chosen."""
    exact = {**asked, name: Asked(name, f"={_plain(picks[name].version)}", asked[name].features)}
    try:
        await _try(bench, _manifest(exact, picks, target), offline)
    except ResolutionError as error:
        return constraint_on(error.message, name) or shorten(error.message, 300)
    except CoderError:
        return ""
    return f"cargo prefers it although {picks[name].version} can be had"


def constraint_on(said: str, name: str) -> str:
    """The one requirement in cargo's reasoning that forbids a version of `name`, or empty."""
    match = re.search(
        rf"select a version for `{re.escape(name)}`.*?required by package `(\S+) v(\S+?)[`\s].*?"
        r"meet the requirements `([^`]+)`",
        said,
        re.S,
    )
    return f"{match[1]} {match[2]} depends on {name} {match[3]}" if match else ""


def _may_replace(release: Release, mine: Release) -> bool:
    """Whether an older release is of the same compatible line."""
    one, other = semver.parse(release.version), semver.parse(mine.version)
    if one is None or other is None or release.withdrawn or release.prerelease:
        return False
    line = slice(0, 1) if other.major else slice(0, 2)
    return one.core[line] == other.core[line] and one < other


def _stubs(path: str, text: str, manifests: Mapping[str, str]) -> dict[str, str]:
    """Empty sources for a manifest's targets, without which cargo reads no manifest.

    Raises:
        InvalidInputError: it is none, or takes a package from elsewhere than the registry.
    """
    import tomllib

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError(f"{path} is no manifest of cargo.", hint="Write TOML.") from error
    folder = PurePosixPath(path).parent
    _refuse_foreign(path, values, folder, manifests)
    if "package" not in values:
        return {}
    places = {"src/lib.rs", "src/main.rs"}
    for kind in ("lib", "bin", "test", "example", "bench"):
        rows = values.get(kind, [])
        for row in rows if isinstance(rows, list) else [rows]:
            if isinstance(row, dict):
                default = {"bin": "src/bin", "lib": "src"}.get(kind, f"{kind}s")
                places.add(str(row.get("path") or f"{default}/{row.get('name', 'x')}.rs"))
    build = values["package"].get("build")
    places |= {build} if isinstance(build, str) else set()
    stubs = {str(folder / place): "" for place in places if place.endswith(".rs")}
    return manifests_in(stubs, {".rs"})


def _refuse_foreign(
    path: str, values: Mapping[str, Any], folder: PurePosixPath, manifests: Mapping[str, str]
) -> None:
    tables = [values.get(table) for table in _TABLES]
    workspace = values.get("workspace")
    tables.append(workspace.get("dependencies") if isinstance(workspace, dict) else None)
    for section in (values.get("target") or {}, values.get("patch") or {}):
        for entry in section.values() if isinstance(section, dict) else ():
            tables += [entry, *(entry.get(t) for t in _TABLES)] if isinstance(entry, dict) else []
    for table in tables:
        for name, row in table.items() if isinstance(table, dict) else ():
            if not isinstance(row, dict):
                continue
            beside = row.get("path")
            known = isinstance(beside, str) and _beside(folder, beside) in manifests
            if "git" in row or "registry-index" in row or (beside is not None and not known):
                raise InvalidInputError(
                    f"{path} takes {str(name)[:60]} from an address or a place, not from the "
                    "registry.",
                    hint="Lock it yourself, or name a version.",
                )


def _beside(folder: PurePosixPath, path: str) -> str:
    parts: list[str] = []
    for part in (folder / path / "Cargo.toml").parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
