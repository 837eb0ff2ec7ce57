"""One module a registry."""

from __future__ import annotations

from autonomous_coder.registries.base import Registry
from autonomous_coder.registries.crates import Crates
from autonomous_coder.registries.gems import Gems
from autonomous_coder.registries.golang import Go
from autonomous_coder.registries.maven import Maven
from autonomous_coder.registries.npm import Npm
from autonomous_coder.registries.nuget import NuGet
from autonomous_coder.registries.packagist import Packagist
from autonomous_coder.registries.pypi import PyPI

REGISTRIES: dict[str, Registry] = {
    "pypi": PyPI(),
    "npm": Npm(),
    "crates": Crates(),
    "go": Go(),
    "maven": Maven(),
    "gems": Gems(),
    "packagist": Packagist(),
    "nuget": NuGet(),
}
"""Every ecosystem that can be looked up; a new one is a module and a line here."""
