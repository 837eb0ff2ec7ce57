"""Which paths may be read as projects or written to.

A path is judged after resolving symlinks. Allowed are directories below the allowed roots;
never allowed are the roots' own top, hidden directories directly below a home (`~/.ssh`), and
system directories, whatever the settings say.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from autonomous_coder.errors import InvalidInputError, NotFoundError, PathNotAllowedError

MAX_PATH_CHARS = 1_000
_SYSTEM = ("/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sbin", "/sys", "/usr")


class PathGuard:
    """Turns a caller's text into a safe absolute path, or says why not."""

    def __init__(self, roots: Sequence[Path], private: Sequence[Path] = ()) -> None:
        """`roots`: directories below which projects may live; `private`: our own directories."""
        self._roots = tuple(roots)
        self._private = tuple(path.resolve() for path in private)

    @property
    def roots(self) -> tuple[Path, ...]:
        """The allowed roots, resolved."""
        return self._roots

    def existing(self, text: str) -> Path:
        """An existing directory that may be read as a project.

        Raises:
            NotFoundError: there is no such directory.
            PathNotAllowedError: it lies outside the allowed roots or is protected.
        """
        path = self._checked(text)
        if not path.exists():
            raise NotFoundError(
                f"There is no directory {path}.", hint="Pass the absolute path of a project."
            )
        if not path.is_dir():
            raise NotFoundError(
                f"{path} is a file, not a directory.", hint="Pass the project's directory."
            )
        return path

    def output(self, text: str) -> Path:
        """A directory that may be created or written; it need not exist.

        Raises:
            PathNotAllowedError: it lies outside the allowed roots or is protected.
            InvalidInputError: it is a file, or not a usable path.
        """
        path = self._checked(text)
        if path.exists() and not path.is_dir():
            raise InvalidInputError(
                f"{path} exists and is not a directory.", hint="Name another output path."
            )
        ancestor = next((p for p in path.parents if p.exists()), None)
        if ancestor is not None and not ancestor.is_dir():
            raise InvalidInputError(
                f"{ancestor} is a file, so nothing can be created below it.",
                hint="Name another output path.",
            )
        needed = path if path.exists() else ancestor
        if needed is not None and not os.access(needed, os.W_OK | os.X_OK):
            raise PathNotAllowedError(
                f"{needed} is not writable.", hint="Name an output path you may write to."
            )
        return path

    def _checked(self, text: str) -> Path:
        if not text.strip():
            raise InvalidInputError("The path is empty.", hint="Pass an absolute path.")
        if len(text) > MAX_PATH_CHARS or any(ord(c) < 32 or ord(c) == 127 for c in text):
            raise InvalidInputError(
                "The path is longer than 1,000 characters or holds control characters.",
                hint="Pass a plain absolute path.",
            )
        try:
            path = Path(text).expanduser()
            if not path.is_absolute():
                raise InvalidInputError(
                    f"The path '{text[:100]}' is relative, and this process may run anywhere.",
                    hint="Pass an absolute path.",
                )
            path = path.resolve()
            str(path).encode("utf-8")  # lone surrogates can be named in no answer
            path.exists()  # says whether the file system can hold such names at all
        except (OSError, RuntimeError, ValueError) as error:
            raise InvalidInputError(
                "The path cannot be resolved (too long a name, a loop of links, an unknown user).",
                hint="Pass a plain absolute path.",
            ) from error
        self._demand_allowed(path)
        return path

    def _demand_allowed(self, path: Path) -> None:
        roots = ", ".join(str(root) for root in self._roots)
        for system in _SYSTEM:
            if path.is_relative_to(system):
                raise PathNotAllowedError(
                    f"{path} is a system directory.", hint=f"Use a directory below: {roots}."
                )
        for private in self._private:
            if path.is_relative_to(private) or private.is_relative_to(path):
                raise PathNotAllowedError(
                    f"{path} holds this program's own state.",
                    hint=f"Use a directory below: {roots}.",
                )
        if not any(path != root and path.is_relative_to(root) for root in self._roots):
            raise PathNotAllowedError(
                f"{path} is outside the allowed directories.",
                hint=f"Use a directory below: {roots}; or add one to paths.allowed_roots.",
            )
        home = Path.home().resolve()
        if home.is_relative_to(path):
            raise PathNotAllowedError(
                f"{path} holds the home directory.", hint="Name one project's directory."
            )
        if path.is_relative_to(home) and path != home:
            first = path.relative_to(home).parts[0]
            if first.startswith("."):
                raise PathNotAllowedError(
                    f"{path} lies in a hidden directory of the home directory.",
                    hint="Use a directory that is not hidden.",
                )
