"""What can be added to a project that was not made here: files of their own, nothing else.

No manifest and no source that is there is changed, so whatever would need that is told as not
built.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autonomous_coder.engines.generator.binding import bound, capabilities
from autonomous_coder.engines.generator.layers import COMMON
from autonomous_coder.engines.generator.pack import Pack
from autonomous_coder.engines.generator.templating import Templates
from autonomous_coder.engines.generator.tree import Tree, check_paths
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.adoption import Adoption, Component
from autonomous_coder.models.generation import FileChange, GeneratedFile, Render
from autonomous_coder.models.spec import ProjectSpec

FOLDER = "adopting"
FEATURES = {
    "ci": ("A workflow", ".github/workflows/ci.yml"),
    "license": ("A licence", "LICENSE"),
    "pre_commit": ("A pre-commit configuration", ".pre-commit-config.yaml"),
    "agents": ("AGENTS.md", "AGENTS.md"),
}
"""What can be added: how it is told, and its file."""
ALIASES = {
    "github_actions": "ci", "licence": "license", "mit_license": "license", "mit": "license",
    "precommit": "pre_commit", "git_hooks": "pre_commit", "agents_md": "agents",
}  # fmt: skip
_INSTEAD: dict[str, re.Pattern[str]] = {
    "ci": re.compile(
        r"\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.yml|Jenkinsfile|azure-pipelines\.yml"
        r"|\.circleci/config\.yml|\.travis\.yml|bitbucket-pipelines\.yml"
    ),
    "license": re.compile(r"(?:licen[cs]e|copying|unlicense)(?:[-.][\w.-]+)?", re.I),
    "pre_commit": re.compile(r"\.pre-commit-config\.ya?ml|lefthook\.ya?ml|\.husky/[^/]+"),
    "agents": re.compile(r"AGENTS\.md", re.I),
}
FOREIGN = "It is there already and was not made here; it was left alone."
_PLAIN = re.compile(r"[A-Za-z./][\w ./@&=+,-]*", re.A)
UNTOUCHED = (
    "That would change files that are there, which are left alone: hand in files of its own as "
    "extra_files, or edit those there are."
)


def present(files: Collection[str], ours: Collection[str]) -> dict[str, str]:
    """Files that stand for a feature already, and are not ours: feature -> path."""
    found: dict[str, str] = {}
    for path in sorted(set(files) - set(ours)):
        for name, pattern in _INSTEAD.items():
            if name not in found and pattern.fullmatch(path):
                found[name] = path
    return found


@dataclass(frozen=True, slots=True)
class Additions:
    """The part of a render that may be written, the baseline to merge it with, and what stands in
    the place of the rest."""

    render: Render
    baseline: dict[str, str]
    foreign: list[FileChange]


class Adopter:
    """Renders what a spec asks to be added to an existing project."""

    def __init__(self, templates: Templates, root: Path, packs: Mapping[str, Pack]) -> None:
        self._templates = templates
        self._root = root
        self._packs = packs

    def bound(self, spec: ProjectSpec, adoption: Adoption) -> ProjectSpec:
        """The spec with its requirements tied to the tests of the host's files.

        Raises:
            InvalidInputError: a file that is to prove something holds no test.
            UnsupportedError: tests of the project's language are not known by their text.
        """
        if not any(file.proves for file in spec.extra_files):
            return spec
        pack = self._packs.get(spec.language)
        if pack is None:
            raise UnsupportedError(
                f"what tests in {spec.language} prove cannot be read from their text",
                hint="Leave 'proves' away; give requirements needs such as test:FILE::NAME.",
            )
        own = capabilities(spec.extra_files, pack.test_id)
        return bound(spec, pack.test_id, {*self.render(spec, adoption).provides, *own})

    def render(self, spec: ProjectSpec, adoption: Adoption) -> Render:
        """The files to add, and in the notes what is there already and what cannot be added."""
        files: dict[str, GeneratedFile] = {}
        provides: dict[str, list[str]] = {}
        notes: list[str] = []
        unbuilt: list[str] = []
        for asked in spec.features:
            name = ALIASES.get(asked, asked)
            if name not in FEATURES:
                unbuilt.append(asked)
                continue
            title, path = FEATURES[name]
            if name in adoption.present:
                notes.append(f"{title} is there already: {adoption.present[name]}.")
                provides[f"feature:{asked}"] = []
                continue
            reason, text = self._feature(name, spec, adoption)
            if reason:
                notes.append(f"Not built: {asked}; {reason}.")
                continue
            files[path] = GeneratedFile(path=path, content=text, layer=f"{FOLDER}/{name}")
            provides |= {f"feature:{asked}": [], f"feature:{name}": []}
        known, more = _parts(spec, adoption)
        notes += known
        unbuilt += more
        if unbuilt:
            notes.append(f"Not built: {', '.join(unbuilt)}. {UNTOUCHED}")
        overlay = {
            file.path: GeneratedFile(
                path=file.path, content=file.content, layer="overlay", mode=file.mode
            )
            for file in spec.extra_files
        }
        pack = self._packs.get(spec.language)
        if pack is not None:
            for capability, tests in capabilities(spec.extra_files, pack.test_id).items():
                provides[capability] = [*provides.get(capability, []), *tests]
        files |= overlay
        return Render(
            files=[files[path] for path in sorted(files)],
            layers=[FOLDER],
            provides=provides,
            test=adoption.main.commands.get("test", ""),
            notes=notes,
        )

    def additions(
        self,
        render: Render,
        output: Path,
        baseline: Mapping[str, str],
        unfinished: Mapping[str, str],
    ) -> Additions:
        """What of a render may be written: what is not there, and what was written by us.

        `baseline` is what was added last, path -> content; `unfinished` what an attempt that was
        stopped may have added. Blocking.
        """
        wanted = {file.path: file for file in render.files}
        check_paths({*wanted, *baseline, *unfinished})
        with Tree(output) as tree:
            disk = {path: tree.read(path) for path in {*wanted, *unfinished}}
        ours = dict(baseline)
        ours |= {path: text for path, text in unfinished.items() if disk[path].text == text}
        foreign = [
            FileChange(path=path, action="kept", reason=disk[path].obstacle or FOREIGN)
            for path in wanted.keys() - ours.keys()
            if disk[path].obstacle or disk[path].text is not None
        ]
        left = {change.path for change in foreign}
        provides = {
            capability: [test for test in tests if test.partition("::")[0] not in left]
            for capability, tests in render.provides.items()
        }
        # What only tests of files left alone were to show is not provided by us.
        lost = {name for name, tests in provides.items() if render.provides[name] and not tests}
        kept = render.model_copy(
            update={
                "files": [file for file in render.files if file.path not in left],
                "provides": {k: v for k, v in provides.items() if k not in lost},
            }
        )
        return Additions(kept, ours, sorted(foreign, key=lambda change: change.path))

    def _feature(self, name: str, spec: ProjectSpec, adoption: Adoption) -> tuple[str, str]:
        """(why it cannot be added, '') or ('', the text of its file)."""
        components = adoption.components
        if name == "ci":
            jobs = _jobs([one for one in components if one.commands])
            if not jobs:
                return "nothing was found that a workflow could run", ""
            return "", self._text("ci.yml.j2", jobs=jobs)
        if name == "pre_commit":
            # Hooks are run at the top of the repository.
            hooks = [hook for one in components if not one.path for hook in one.hooks]
            if not hooks:
                return "no formatter or linter that it could run is declared at the top", ""
            unique = {hook.id: hook for hook in hooks}
            return "", self._text("pre-commit-config.yaml.j2", hooks=list(unique.values()))
        if name == "license":
            other = next((one.licence for one in components if _is_other(one.licence)), "")
            if other:
                return f"the manifest declares another licence ({other!r}), and ours is MIT", ""
            return "", self._text("LICENSE.j2", spec=spec)
        return "", self._text("AGENTS.md.j2", spec=spec, components=components)

    def _text(self, template: str, **context: object) -> str:
        folder = self._root / FOLDER
        if template == "LICENSE.j2":
            folder = self._root / COMMON / "features" / "license"
        filters: Mapping[str, Callable[..., str]] = {"yamlstr": yamlstr, "titled": titled}
        text = self._templates.render(FOLDER, filters, folder / template, context)
        return re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"


def yamlstr(value: object) -> str:
    """Text as a scalar of YAML."""
    text = str(value)
    return text if _PLAIN.fullmatch(text) and text == text.strip() else json.dumps(text)


def titled(language: str) -> str:
    """How a language is written."""
    return {"typescript": "TypeScript", "javascript": "JavaScript"}.get(language, language.title())


def _jobs(components: Sequence[Component]) -> list[dict[str, object]]:
    """A job for each component, named after its language."""
    jobs: list[dict[str, object]] = []
    for component in components:
        same = sum(component.language == job["language"] for job in jobs)
        name = f"{component.language}-{same + 1}" if same else component.language
        jobs.append({"id": name, "language": component.language, "component": component})
    return jobs


def _is_other(licence: str) -> bool:
    """Whether a manifest names a licence that is not MIT."""
    return bool(licence) and not re.search(r"\bMIT\b", licence)


def _parts(spec: ProjectSpec, adoption: Adoption) -> tuple[list[str], list[str]]:
    """What is said of the entities that are there, and the parts that cannot be added."""
    known = {e.name.lower(): (c, e) for c in adoption.components for e in c.entities}
    notes, unbuilt = [], []
    for entity in spec.entities:
        if entity.name.lower() in known:
            component, found = known[entity.name.lower()]
            place = f"{component.path}/" if component.path else ""
            where = f"{place}{found.path}:{found.line}"
            notes.append(f"The entity {entity.name} is there already ({where}); it was left alone.")
        else:
            unbuilt.append(f"the entity {entity.name}")
    for what, parts in (
        ("command", spec.commands), ("job", spec.jobs), ("channel", spec.channels),
        ("page", spec.pages),
    ):  # fmt: skip
        unbuilt += [f"the {what} {part.name}" for part in parts]
    return notes, unbuilt
