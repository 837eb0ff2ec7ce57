"""Features by name, those that another one cannot do without, and those that are there by
default."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.features_beyond import BEYOND
from autonomous_coder.engines.intelligence.features_data import DATA
from autonomous_coder.engines.intelligence.features_pages import PAGES
from autonomous_coder.engines.intelligence.features_running import RUNNING
from autonomous_coder.engines.intelligence.features_serving import SERVING
from autonomous_coder.engines.intelligence.features_users import USERS
from autonomous_coder.engines.intelligence.wording import Feature
from autonomous_coder.engines.intelligence.wordset import word_set

FEATURES: dict[str, Feature] = USERS | DATA | SERVING | RUNNING | PAGES | BEYOND

REQUIRES: dict[str, tuple[str, ...]] = {
    "roles": ("accounts",),
    "password_reset": ("accounts",),
    "two_factor": ("accounts",),
    "oauth": ("accounts",),
    "compose": ("docker",),
}

DEFAULTS_REST_API = ("openapi", "pagination", "health", "tests", "docs", "docker", "ci", "sqlite")
"""What every REST API gets unless the request says no."""

FIRST_OFFERED = word_set(
    """
    accounts ci cors docker docs filtering health logging migrations openapi pagination
    postgresql search sorting sqlite tests
    """
)
