"""What the generator needs of a language: a view of the spec, filters, and its own data files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from autonomous_coder.models.generation import Dependencies, Migration
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution


class Pack(Protocol):
    """The part of a language pack that is code; the rest is templates and manifests."""

    language: str
    ecosystem: str
    runtime: str
    """Range of runtimes that generated projects support, e.g. `>=3.11`."""
    manifest: str
    """Path of the file that declares dependencies."""
    lockfile: str
    """Path of the lock that the ecosystem's manager makes from it."""

    def view(self, spec: ProjectSpec, features: frozenset[str]) -> object:
        """The spec as templates read it (their `spec`). Its `notes` tell what was decided
        otherwise than asked, its `provides` (where it has one) names capabilities that no test of
        ours proves; InvalidInputError or UnsupportedError when it cannot be built."""
        ...

    def filters(self) -> Mapping[str, Callable[..., str]]:
        """Template filters that write untrusted text as literals of this language."""
        ...

    def functions(self) -> Mapping[str, Callable[..., object]]:
        """Functions that templates may call."""
        ...

    def data_file(
        self,
        path: str,
        data: Mapping[str, object],
        spec: ProjectSpec,
        dependencies: Dependencies,
        resolution: Resolution | None,
    ) -> str:
        """Text of a file that layers contribute to as data."""
        ...

    def test_id(self, path: str, line: str) -> str | None:
        """The id of the test that `line` of `path` starts, or None when it starts none."""
        ...

    def owns(self, path: str) -> bool:
        """Whether the formatter of this language handles the file."""
        ...

    def commands(self, spec: ProjectSpec) -> tuple[str, str]:
        """Shell lines that start and that test a project, run in its directory."""
        ...


@runtime_checkable
class Migrating(Pack, Protocol):
    """A pack whose projects have databases: those that exist are changed step by step."""

    migrations: str
    """Directory of the migrations. What was generated there once is never rendered anew."""

    def migrate(self, before: object, now: object, existing: Mapping[str, str]) -> Migration | None:
        """The step from one view to the next, after the `existing` ones (path -> text), those in
        folders below `migrations` among them; None when the tables are the same. UnsupportedError
        when it cannot be made."""
        ...
