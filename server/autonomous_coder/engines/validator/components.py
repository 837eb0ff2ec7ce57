"""Which parts of a tree are projects of their own, and in which language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.base import Language

MAX_DEPTH = 3
MAX_COMPONENTS = 24
LEFT_OUT = frozenset(
    {
        "node_modules", "vendor", "third_party", "target", ".venv", "venv", "dist", "build", "out",
        "fixtures", "__fixtures__", "testdata",
    }
)  # fmt: skip
"""Directories that hold others' code, generated code or samples for tests."""


@dataclass(frozen=True, slots=True)
class Part:
    """One component: `path` is its directory ('' for the top); `label` what its checks' names get
    added ('' for the first). `files` and `links` are relative to `path`."""

    path: str
    language: Language
    label: str
    files: tuple[str, ...]
    links: tuple[str, ...]

    def name(self, check: str) -> str:
        """How a check of this component is called in the report."""
        return f"{check}@{self.label}" if self.label else check

    def whole(self, path: str) -> str:
        """A path of this component as seen from the project's top."""
        return f"{self.path}/{path}" if self.path and path else path


def find_parts(
    languages: Mapping[str, Language], files: Sequence[str], links: Sequence[str] = ()
) -> list[Part]:
    """The components, the first of which is the primary one.

    Raises:
        UnsupportedError: there is no project of a known language.
    """
    found = _marked(list(languages.values()), files)
    if not any(path == "" for path, _ in found):
        # Sources without a project file are one project, as long as no other directory is one.
        main = _most(languages.values(), files)
        if main is not None and not any(lang is main for _, lang in found):
            found.append(("", main))
    if not found:
        raise UnsupportedError(
            "No project of a supported language was found here.",
            hint=f"Supported are: {', '.join(languages)}. Name the project's top directory.",
        )
    found.sort(key=lambda item: (item[0] != "", -_sources(item[1], files, item[0]), item[0]))
    # A project file of another language without any source (for its tools alone) is no component.
    found = [
        (path, lang)
        for n, (path, lang) in enumerate(found)
        if n == 0 or _sources(lang, files, path)
    ][:MAX_COMPONENTS]
    labels: list[str] = []
    for index, (path, language) in enumerate(found):
        labels.append(_label(path, language, labels, first=index == 0))
    return [
        Part(
            path,
            language,
            label,
            _within(files, path, found, language),
            _within(links, path, found, language),
        )
        for (path, language), label in zip(found, labels, strict=True)
    ]


def _marked(languages: Sequence[Language], files: Sequence[str]) -> list[tuple[str, Language]]:
    """(directory, language) wherever a project file lies, the outermost first."""
    places: dict[str, set[str]] = {}
    for file in files:
        directory, _, name = file.rpartition("/")
        parts = directory.split("/") if directory else []
        if len(parts) <= MAX_DEPTH and not any(p in LEFT_OUT or p[0] == "." for p in parts):
            places.setdefault(directory, set()).add(name)
    found: list[tuple[str, Language]] = []
    for directory in sorted(places, key=lambda d: (d.count("/") + bool(d), d)):
        for language in _here(languages, directory, places[directory], files):
            # Kinds that share a project file (JavaScript, TypeScript) have workspaces together.
            covered = any(
                set(lang.markers) & set(language.markers)
                and (path == "" or f"{directory}/".startswith(f"{path}/"))
                for path, lang in found
            )
            if not covered:
                found.append((directory, language))
    return found


def _here(
    languages: Sequence[Language], directory: str, names: set[str], files: Sequence[str]
) -> list[Language]:
    """The languages of one directory. Of those that share a kind of project file (JavaScript and
    TypeScript) there is one: the one with a file of its own, else with the most sources."""
    inside = _below(files, directory)
    candidates = [
        language
        for language in languages
        if names.intersection(language.markers)
        and language.detect(inside)
        and (directory == "" or _sources(language, files, directory))
    ]
    shared = {
        mark
        for language in languages
        for mark in language.markers
        if sum(mark in other.markers for other in languages) > 1
    }
    candidates.sort(
        key=lambda lang: (
            not names.intersection(set(lang.markers) - shared),
            -_sources(lang, files, directory),
        )
    )
    chosen: list[Language] = []
    for language in candidates:
        if not any(set(language.markers) & set(other.markers) for other in chosen):
            chosen.append(language)
    return chosen


def _most(languages: Iterable[Language], files: Sequence[str]) -> Language | None:
    """The language with the most sources anywhere, among those that take this for a project."""
    ranked = sorted(languages, key=lambda lang: -_sources(lang, files, ""))
    return next((lang for lang in ranked if lang.detect(files)), None)


def _below(files: Sequence[str], directory: str) -> list[str]:
    if not directory:
        return list(files)
    prefix = f"{directory}/"
    return [file.removeprefix(prefix) for file in files if file.startswith(prefix)]


def _sources(language: Language, files: Sequence[str], directory: str) -> int:
    return sum(
        file.endswith(language.suffixes)
        and not any(part in LEFT_OUT for part in file.split("/")[:-1])
        for file in _below(files, directory)
    )


def _within(
    files: Sequence[str], path: str, found: Sequence[tuple[str, Language]], language: Language
) -> tuple[str, ...]:
    """What belongs to a component: everything below it but what inner components of other
    languages hold (sources of its own language apart)."""
    inner = tuple(
        f"{other.removeprefix(f'{path}/' if path else '')}/"
        for other, lang in found
        if other != path and lang is not language and (not path or other.startswith(f"{path}/"))
    )
    return tuple(
        file
        for file in _below(files, path)
        if not file.startswith(inner) or file.endswith(language.suffixes)
    )


def _label(path: str, language: Language, taken: Sequence[str], *, first: bool) -> str:
    if first:
        return ""
    label = path or language.name
    return label if label not in taken else f"{label}/{language.name}"
