"""Adding a dependency to pyproject.toml without disturbing the rest of it."""

from __future__ import annotations

from typing import Any

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.python.metadata import normalise, requirement_name

PACKAGES = {
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "google.protobuf": "protobuf",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "multipart": "python-multipart",
    "pkg_resources": "setuptools",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
"""Where a package's name is not that of its module; each is confirmed by its registry."""


def package_of(module: str) -> str:
    """The package that is asked for when nothing installed provides a module."""
    return PACKAGES.get(module, normalise(module))


def declare(manifest: str, package: str, version: str, *, development: bool) -> str:
    """The manifest with `package>=version` among the dependencies.

    Raises:
        InvalidInputError: the manifest is not TOML, or its tables are not what they should be.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document: Any = tomlkit.parse(manifest)
        if development:
            groups = document.setdefault("dependency-groups", tomlkit.table())
            wanted = groups.setdefault("dev", tomlkit.array())
        else:
            wanted = document["project"].setdefault("dependencies", tomlkit.array())
        names = {requirement_name(item) for item in wanted}
    except (TOMLKitError, AttributeError, KeyError, TypeError) as error:
        raise InvalidInputError(
            "pyproject.toml has no [project] table that could take a dependency.",
            hint="Add one with name and version.",
        ) from error
    if normalise(package) in names:
        return manifest
    wanted.append(f"{package}>={version}")
    if len(wanted) > 1:
        wanted.multiline(True)
    return str(tomlkit.dumps(document))
