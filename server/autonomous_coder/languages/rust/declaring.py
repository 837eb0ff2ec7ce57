"""Adding a dependency to Cargo.toml without disturbing the rest of it."""

from __future__ import annotations

from typing import Any

from autonomous_coder.errors import InvalidInputError


def declare(manifest: str, package: str, version: str, *, development: bool) -> str:
    """The manifest with `package = "version"` among the dependencies.

    Raises:
        InvalidInputError: the manifest is not TOML, or is none of a package.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    name = "dev-dependencies" if development else "dependencies"
    try:
        document: Any = tomlkit.parse(manifest)
        if "package" not in document:
            raise KeyError("package")
        tables = [document.get("dependencies"), document.get(name)]
        for table in tables:
            for key, value in (table or {}).items():
                renamed = value.get("package") if isinstance(value, dict) else None
                if (renamed or key).replace("_", "-") == package.replace("_", "-"):
                    return manifest
        document.setdefault(name, tomlkit.table())[package] = version
    except (TOMLKitError, AttributeError, KeyError, TypeError) as error:
        raise InvalidInputError(
            "Cargo.toml has no [package] table, so it can take no dependency.",
            hint="Declare it in the manifest of the crate that uses it.",
        ) from error
    return str(tomlkit.dumps(document))
