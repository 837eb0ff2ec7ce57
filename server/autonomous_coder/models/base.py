"""The base of all domain models: strict about unknown keys, built on first use."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Unknown keys are refused by name; validators are built lazily so that start-up stays fast."""

    model_config = ConfigDict(extra="forbid", defer_build=True, validate_assignment=True)
