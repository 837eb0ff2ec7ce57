"""The documentation inside a package: which files of an archive tell something, read and cut."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from autonomous_coder.engines.research.documents.archives import read_archive
from autonomous_coder.engines.research.documents.chunking import passages_of
from autonomous_coder.engines.research.documents.cleaning import clean_line, clean_markdown
from autonomous_coder.engines.research.documents.formats import from_rst, go_docs, rust_docs
from autonomous_coder.engines.research.documents.sources import declaration_docs, python_docs
from autonomous_coder.models.passages import Passage
from autonomous_coder.registries.artifacts import Artifact
from autonomous_coder.registries.base import link

SKILL, README, GUIDE, SOURCE, CODE, HISTORY = 1.4, 1.15, 1.0, 0.85, 0.75, 0.4
EXAMPLE = 0.8
"""How much a match in a kind of file counts."""
CODE_FORMS = ("wheel", "npm", "crate", "gomod")
CODE_ENDINGS = (".rs", ".go", ".py", ".d.ts", ".d.mts")
MAX_HISTORY_PASSAGES = 60
MAX_FILE_PASSAGES = 400
_TEXT = r"\.(?:md|mdx|markdown|rst|txt)"
_SKILL = re.compile(
    rf"(?:^|/)(?:\.agents/|\.claude/)?skills/[^/]{{1,100}}/(?:[^/]{{1,100}}/){{0,3}}[^/]+{_TEXT}$",
    re.I,
)
_README = re.compile(rf"^(?:readme|overview|usage|guide)[^/]{{0,30}}?(?:{_TEXT})?$", re.I)
_LLMS = re.compile(r"(?:^|/)llms(?:-full|-small|-medium)?\.txt$", re.I)
_HISTORY = re.compile(
    rf"^(?:docs?/(?:[^/]+/)?)?(?:change[-_]?log|changes|history|news|releases?(?:[-_]?notes)?|"
    rf"migrat(?:ion|ing)[^/]{{0,30}}|upgrad(?:e|ing)[^/]{{0,30}})(?:{_TEXT})?$",
    re.I,
)
_DOCS = re.compile(
    rf"^(?:(?:[^/]{{1,60}}/)?(?:docs?|documentation|guides?|manual|dist/docs|examples?))/"
    rf"(?:[^/]{{1,100}}/){{0,6}}[^/]+{_TEXT}$",
    re.I,
)
_OTHER_TONGUES = re.compile(
    r"(?:^|/)docs?/(?!en(?:/|-)|js/|go/|py/|ui/|ai/|db/|ci/|io/)[a-z]{2}(?:-[a-zA-Z]{2,4})?/"
)
_TRANSLATED = re.compile(r"readme[._-](?!en\b)[a-z]{2}(?:[-_][a-z]{2,4})?\.", re.I)
_NOISE = re.compile(
    r"(?:^|/)(?:node_modules|vendor|testdata|tests?|__tests__|fixtures|third_party|licen[cs]es?|"
    r"includes?|_templates|requirements[^/]{0,40}\.txt|CMakeLists\.txt|SOURCES\.txt)(?:/|$)|"
    r"^(?:contributing|code_of_conduct|security|authors|contributors|maintainers)[^/]{0,10}$",
    re.I,
)
_TOLD = re.compile(
    r"(?:^|/)(?:history|changelogs?|releases?|release[-_]notes|whats-?new|announce|proposals)(?:/|$)"
    r"|(?:^|/)(?:whats-?new|changelog|change_log)[^/]{0,40}$",
    re.I,
)
_VERSION_HEADING = re.compile(
    r"(?:^| > )(?:\[?v?\d+\.\d+[\w.]*\]?(?:\s|$)|change ?log\b|release notes\b|what's changed\b|"
    r"history\b|news\b)",
    re.I,
)
_CODE_NOISE = re.compile(
    r"(?:^|/)(?:tests?|conftest|setup|testing_utils|__tests__|_?vendor(?:ed)?|node_modules|locales?|i18n|"
    r"migrations|benchmarks?|internal)(?:/|\.py$)",
    re.I,
)
_DIST_INFO = re.compile(r"^[^/]+\.dist-info/METADATA$")
_PKG_INFO = re.compile(r"^PKG-INFO$")


@dataclass(slots=True)
class Shipped:
    """What was found in the archives of one version."""

    passages: list[Passage] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    documentation: str = ""
    homepage: str = ""
    repository: str = ""


def read_shipped(body: bytes, artifact: Artifact) -> Shipped:
    """Read an archive. It works for seconds on the largest: call it in a thread.

    Raises:
        UnreadableArchiveError: it cannot be read.
    """
    form = artifact.form
    texts = read_archive(body, partial(_wanted, form=form), is_zip=artifact.is_zip)
    if form in CODE_FORMS:
        # Last, so that no number of sources takes the place of what was written to be read.
        wanted = partial(_wanted_code, form=form)
        texts |= read_archive(body, wanted, is_zip=artifact.is_zip)
    named = {_inner(path, form): text for path, text in texts.items()}
    found = Shipped()
    for path in sorted(named, key=_order):
        _add(found, path, named[path], form)
    return found


def read_metadata(text: str) -> Shipped:
    """The description and the links of a Python package's METADATA."""
    found = Shipped()
    _add(found, "METADATA", text, "wheel")
    return found


def merge(parts: Sequence[Shipped]) -> Shipped:
    """Several archives of one version as one; what a second one repeats counts once."""
    whole = Shipped()
    seen: set[str] = set()
    for part in parts:
        for passage in part.passages:
            key = re.sub(r"\W+", "", passage.text)
            if key not in seen:
                seen.add(key)
                whole.passages.append(passage)
        whole.files += [name for name in part.files if name not in whole.files]
        whole.documentation = whole.documentation or part.documentation
        whole.homepage = whole.homepage or part.homepage
        whole.repository = whole.repository or part.repository
    # A stable sort: in the order of importance, within it in the order of the files.
    whole.passages.sort(key=lambda p: -p.weight if p.weight in (README, HISTORY) else -GUIDE)
    return whole


def _inner(path: str, form: str) -> str:
    """The path below the one directory that most forms have."""
    if form == "wheel":
        return path
    if form == "gomod":
        at = path.find("@v")
        return path[at:].partition("/")[2] if at >= 0 else path
    return path.partition("/")[2] or path


def _wanted(path: str, *, form: str) -> bool:
    if len(path) > 400:
        return False
    inner = _inner(path, form)
    if _SKILL.search(inner) or _DIST_INFO.match(inner):
        return True
    if inner in ("package.json", "Cargo.toml") or _PKG_INFO.match(inner):
        return True
    if _NOISE.search(inner) or _OTHER_TONGUES.search(inner) or _TRANSLATED.search(inner):
        return False
    return any(p.search(inner) for p in (_README, _LLMS, _HISTORY, _DOCS))


def _wanted_code(path: str, *, form: str) -> bool:
    """Sources with documentation in them."""
    inner = _inner(path, form)
    if len(path) > 400 or _CODE_NOISE.search(inner):
        return False
    if form == "crate":
        return inner.startswith("src/") and inner.endswith(".rs")
    if form == "gomod":
        return inner.endswith(".go") and not inner.endswith("_test.go")
    return inner.endswith((".d.ts", ".d.mts") if form == "npm" else ".py")


def _order(path: str) -> tuple[int, int, str]:
    if _README.match(path) or path.endswith("METADATA"):
        return 0, 0, path
    if _SKILL.search(path):
        return 1, 0, path
    if _HISTORY.match(path):
        return 9, 0, path
    if path.endswith(CODE_ENDINGS):
        return 5, path.count("/"), path
    return 3, path.count("/"), path


def _add(found: Shipped, path: str, text: str, form: str) -> None:
    if path == "package.json":
        _npm_links(found, text)
        return
    if path == "Cargo.toml":
        _cargo_links(found, text)
        return
    name, weight = clean_line(path, 200), _weight(path)
    if path.endswith("METADATA") or path == "PKG-INFO":
        headers, _, body = text.replace("\r\n", "\n").partition("\n\n")
        _python_links(found, headers)
        if path == "PKG-INFO" and form == "sdist":
            return
        name, weight = "README (package description)", README
        text = body
        if re.search(r"^Description-Content-Type:\s*text/x-rst", headers, re.M | re.I):
            text = from_rst(body)
    elif reader := _reader(path):
        text = reader(text)
    passages = passages_of(name, clean_markdown(text), weight)
    if weight in (README, GUIDE):
        passages = [
            replace(p, weight=HISTORY) if _VERSION_HEADING.search(p.heading) else p
            for p in passages
        ]
    if passages:
        limit = MAX_HISTORY_PASSAGES if weight == HISTORY else MAX_FILE_PASSAGES
        found.passages += passages[:limit]
        found.files.append(name)


def _reader(path: str) -> Callable[[str], str] | None:
    if path.endswith(".rs"):
        return rust_docs
    if path.endswith(".go"):
        return go_docs
    if path.endswith(".py"):
        return python_docs
    if path.endswith((".d.ts", ".d.mts")):
        return declaration_docs
    return from_rst if path.lower().endswith(".rst") else None


def _weight(path: str) -> float:
    if _SKILL.search(path):
        return SKILL
    if _README.match(path):
        return README
    if _HISTORY.match(path) or _TOLD.search(path):
        return HISTORY
    if path.endswith(CODE_ENDINGS):
        return SOURCE if path.endswith((".rs", ".go")) else CODE
    return EXAMPLE if "examples/" in path else GUIDE


def _python_links(found: Shipped, headers: str) -> None:
    for label, url in re.findall(r"^Project-URL:\s*([^,\n]{1,60}),\s*(\S{1,1000})", headers, re.M):
        low = label.strip().lower()
        if low in ("documentation", "docs", "doc", "api docs", "documentation site"):
            found.documentation = found.documentation or link(url)
        elif low in ("homepage", "home", "home page", "website"):
            found.homepage = found.homepage or link(url)
        elif low in ("repository", "source", "source code", "code", "github"):
            found.repository = found.repository or link(url)
    if not found.homepage and (home := re.search(r"^Home-page:\s*(\S{1,1000})", headers, re.M)):
        found.homepage = link(home[1])


def _npm_links(found: Shipped, text: str) -> None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(data, dict):
        _links(found, data)


def _cargo_links(found: Shipped, text: str) -> None:
    import tomllib

    try:
        data = tomllib.loads(text).get("package")
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    if isinstance(data, dict):
        _links(found, data)


def _links(found: Shipped, data: Mapping[str, object]) -> None:
    found.documentation = found.documentation or link(data.get("documentation"))
    found.homepage = found.homepage or link(data.get("homepage"))
    repository = data.get("repository")
    if isinstance(repository, dict):
        repository = repository.get("url")
    found.repository = found.repository or link(repository)
