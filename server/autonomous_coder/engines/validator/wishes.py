"""What a validation was asked for, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field

from autonomous_coder.engines.validator.components import Part
from autonomous_coder.engines.validator.kept_tests import MAX_BASELINE
from autonomous_coder.engines.validator.keys import digest
from autonomous_coder.engines.validator.narrowing import checked_paths
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.base import CheckOptions, TestFact
from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.settings import ValidationSettings

MAX_EXPECTED_TESTS = 5_000
MAX_CHECKS = 500


@dataclass(frozen=True, slots=True)
class Wishes:
    """Everything but the project itself. `checks` empty means all."""

    checks: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    changed: bool = False
    level: SandboxLevel | None = None
    baseline: Mapping[str, TestFact] | None = None
    offline: bool = False
    use_cache: bool = True
    project_id: str = ""
    expected_tests: tuple[str, ...] = ()
    settings: ValidationSettings = field(default_factory=ValidationSettings)

    def asks(self, name: str, part: Part | None = None) -> bool:
        """Whether a check (by its plain name) is asked for, of a component or at all."""
        full = part.name(name) if part is not None else name
        return not self.checks or name in self.checks or full in self.checks

    def options(self, part: Part) -> CheckOptions:
        """What the plans of one component are told."""
        prefix = f"{part.path}/" if part.path else ""
        return CheckOptions(
            names=tuple(n for n in part.language.check_names if self.asks(n, part)),
            strict=self.settings.strict_mode,
            security=self.settings.security_scan,
            performance=self.settings.performance_check,
            expected_tests=tuple(
                test.removeprefix(prefix) for test in self.expected_tests if test.startswith(prefix)
            ),
        )

    def identity(self) -> str:
        """Equal for equal wishes about the same project."""
        baseline = [
            part
            for name, test in sorted((self.baseline or {}).items())
            for part in (name, *astuple(test))
        ]
        return digest(
            [
                *sorted(self.checks),
                "",
                *self.paths,
                "",
                self.level,
                self.offline,
                self.baseline is None,
                *baseline,
                "",
                *self.expected_tests,
                "",
                self.settings.model_dump_json(),
            ]
        )


def checked_wishes(
    known: Sequence[str],
    settings: ValidationSettings,
    *,
    checks: Sequence[str],
    paths: Sequence[str],
    changed: bool,
    level: SandboxLevel | None,
    baseline_tests: Mapping[str, TestFact] | None,
    use_cache: bool,
    offline: bool,
    project_id: str,
    expected_tests: Sequence[str],
) -> Wishes:
    """The arguments of a validation. `NAME@COMPONENT` names a check of one component.

    Raises:
        InvalidInputError: an unknown check, a path outside, too many of something, or `paths`
            together with `changed`.
    """
    unknown = [name for name in checks if name.split("@", 1)[0] not in known]
    if unknown or len(checks) > MAX_CHECKS:
        raise InvalidInputError(
            f"There is no check called {', '.join(repr(n[:60]) for n in unknown[:10])}."
            if unknown
            else f"{len(checks):,} checks are too many.",
            hint=f"Checks are: {', '.join(known)}.",
        )
    if paths and changed:
        raise InvalidInputError(
            "Either paths are named or the changed files are looked at.",
            hint="Leave one of the two away.",
        )
    if baseline_tests is not None and len(baseline_tests) > MAX_BASELINE:
        raise InvalidInputError(
            f"{len(baseline_tests):,} tests are too many to be compared.",
            hint=f"Compare at most {MAX_BASELINE:,}.",
        )
    return Wishes(
        checks=tuple(dict.fromkeys(checks)),
        paths=checked_paths(paths),
        changed=changed,
        level=level,
        baseline=baseline_tests,
        offline=offline,
        use_cache=use_cache,
        project_id=project_id,
        expected_tests=tuple(expected_tests)[:MAX_EXPECTED_TESTS],
        settings=settings,
    )


def unknown_components(wishes: Wishes, parts: Sequence[Part]) -> None:
    """Refuse checks of components that are not there.

    Raises:
        InvalidInputError: one names no component of the project.
    """
    labels = {part.label for part in parts}
    for name in wishes.checks:
        _, apart, label = name.partition("@")
        if apart and label not in labels:
            there = (
                ", ".join(sorted(label for label in labels if label)) or "none besides the first"
            )
            raise InvalidInputError(
                f"There is no component called {label[:60]!r} here.",
                hint=f"Components are: {there}.",
            )
