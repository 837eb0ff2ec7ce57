"""What a command in the fetch phase is told: where the proxy is, and which authorities to trust."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from autonomous_coder.models.execution import Mount
from autonomous_coder.sandbox.mounts import shown_by_system

PROXY_VARIABLES = (
    "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy",
    "npm_config_proxy", "npm_config_https_proxy", "CARGO_HTTP_PROXY",
)  # fmt: skip
CA_VARIABLES = (
    "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "PIP_CERT",
    "CARGO_HTTP_CAINFO", "GIT_SSL_CAINFO", "npm_config_cafile",
)  # fmt: skip
SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
CA_DIR = "/certificates"


def proxy_environment(port: int) -> dict[str, str]:
    """The variables with which clients find the proxy on loopback."""
    address = f"http://127.0.0.1:{port}"
    none = "127.0.0.1,localhost,::1"
    shared = {"NO_PROXY": none, "no_proxy": none, "NODE_USE_ENV_PROXY": "1"}
    return {**dict.fromkeys(PROXY_VARIABLES, address), **shared}


def authorities(environ: Mapping[str, str] | None = None) -> dict[str, Path]:
    """The user's own bundles by variable; the system's for SSL_CERT_FILE when there is none."""
    environ = os.environ if environ is None else environ
    found = {
        name: Path(value).expanduser().absolute()
        for name in CA_VARIABLES
        if (value := environ.get(name, "")) and Path(value).expanduser().is_file()
    }
    if "SSL_CERT_FILE" not in found:
        for name in SYSTEM_BUNDLES:
            if Path(name).is_file():
                found["SSL_CERT_FILE"] = Path(name)
                break
    return found


def plain_authority_mounts() -> tuple[Mount, ...]:
    """The same files at their own paths, for levels that cannot show them elsewhere."""
    paths = dict.fromkeys(authorities().values())
    return tuple(Mount(path, str(path)) for path in paths if not shown_by_system(path))


def _shown(path: Path) -> bool:
    return path.is_relative_to("/etc/ssl/certs") or shown_by_system(path)


def authority_mounts() -> tuple[dict[str, str], tuple[Mount, ...]]:
    """The variables as they read inside at level L3, and the single files to show for them."""
    env: dict[str, str] = {}
    shown: dict[str, Mount] = {}
    for variable, path in authorities().items():
        if _shown(path) and _shown(path.resolve()):
            env[variable] = str(path)
            continue
        target = f"{CA_DIR}/{variable}.pem"
        env[variable] = target
        shown[target] = Mount(path, target)
    return env, tuple(shown.values())
