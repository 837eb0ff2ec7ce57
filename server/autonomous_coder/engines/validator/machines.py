"""What this machine offers to each language, as it is now."""

from __future__ import annotations

import time
from dataclasses import dataclass

import anyio
from anyio import to_thread

from autonomous_coder.engines.validator.keys import program_stamps, toolbox_identity
from autonomous_coder.engines.validator.provisioning import Provisioner
from autonomous_coder.engines.validator.toolbox import find_toolbox
from autonomous_coder.languages.base import Language, Toolbox
from autonomous_coder.models.execution import Limits
from autonomous_coder.sandbox.sandbox import Sandbox

LOOK_AGAIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Found:
    """A toolbox, and what its programs looked like when it was found."""

    toolbox: Toolbox
    stamps: tuple[tuple[str, int, int], ...]
    found_at: float

    def holds(self) -> bool:
        """Whether it is still what the machine offers, as far as can be told cheaply. Blocking."""
        missing = any(not chain.found for chain in self.toolbox.toolchains.values())
        if missing and time.monotonic() - self.found_at > LOOK_AGAIN_SECONDS:
            return False
        return program_stamps(self.toolbox) == self.stamps


class Machines:
    """Toolboxes by language. Programs that were exchanged are asked again, and those that were
    missing are looked for again after a while. `provisioner` brings missing toolchains, and
    `kept_only` does so while nothing may be fetched."""

    def __init__(
        self,
        sandbox: Sandbox,
        limits: Limits,
        provisioner: Provisioner | None = None,
        kept_only: Provisioner | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._limits = limits
        self._provisioners = {False: provisioner, True: kept_only}
        self._found: dict[tuple[str, bool], _Found] = {}
        self._finding: dict[tuple[str, bool], anyio.Lock] = {}

    async def toolbox(self, language: Language, *, offline: bool = False) -> Toolbox:
        """What checks of a language are run with."""
        provisioner = self._provisioners[offline]
        key = (language.name, offline and provisioner is not None)
        # A download for one language keeps no other waiting.
        async with self._finding.setdefault(key, anyio.Lock()):
            known = self._found.get(key)
            if known is None or not await to_thread.run_sync(known.holds):
                toolbox = await find_toolbox(
                    self._sandbox, language.tools, language.toolchains, self._limits, provisioner
                )
                stamps = await to_thread.run_sync(program_stamps, toolbox)
                known = self._found[key] = _Found(toolbox, stamps, time.monotonic())
            return known.toolbox

    async def identity(self, language: Language, *, offline: bool = False) -> str:
        """Everything of the machine that results for a language depend on."""
        toolbox = await self.toolbox(language, offline=offline)
        return await to_thread.run_sync(toolbox_identity, toolbox, await self._sandbox.probe())
