"""Which files are looked at how, and what a credential can look like at all."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

LOCKS = frozenset(
    {"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock",
     "uv.lock", "poetry.lock", "pdm.lock", "pipfile.lock", "cargo.lock", "go.sum", "go.work.sum",
     "composer.lock", "gemfile.lock", "gradle.lockfile", "verification-metadata.xml",
     "flake.lock", "deno.lock"}
)  # fmt: skip
ALLOWLISTS = frozenset(
    {".gitleaks.toml", ".gitleaksignore", ".betterleaks.toml", ".betterleaksignore",
     ".secrets.baseline", ".secretlintignore", ".secretlintrc.json", ".secretlintrc",
     ".trufflehogignore", ".kingfisherignore", "kingfisher-baseline.yml", ".gitguardian.yaml",
     ".gitguardian.yml", ".ggignore", ".talismanrc", ".whispers.yml"}
)  # fmt: skip
SEVERITIES = ("error", "warning", "info")
"""The gravest first."""
LIKELY = frozenset({"jwt", "jwt-base64", "generic-credential-uri", "curl-auth-header",
                    "curl-auth-user", "sourcegraph-access-token", "kimi-api-key"})  # fmt: skip
"""Rules whose format fits other things too."""
LOOK_AWAY = re.compile(
    r"pragma:\s*(?:allow|white)list|(?:gitleaks|betterleaks|ggignore|trufflehog|kingfisher|nosecret)"
    r"\s*:\s*(?:allow|ignore)|secretlint-disable|detect-secrets:\s*ignore|\bggignore\b",
    re.I,
)
_SAMPLE = re.compile(
    r"(?:^|[./_-])(?:example|examples|sample|samples|template|templates|dist|tmpl|tpl|demo)"
    r"(?:[./_-]|$)",
    re.I,
)
_TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|testing|testdata|specs?|e2e|fixtures?|mocks?|__mocks__|stubs?)/"
    r"|(?:^|/)(?:test_[^/]*|conftest)\.py$|_test\.(?:go|py)$|[._-](?:test|spec|cy)\.[cm]?[jt]sx?$"
    r"|Tests?\.java$|(?:^|/)IT[A-Z][^/]*\.java$",
)
_DOCUMENT = re.compile(r"\.(?:md|mdx|rst|adoc|txt|html?|svg|ipynb|po|pot)$|(?:^|/)docs?/", re.I)

# Tokens that tell their maker by how they begin.
_PREFIXED = re.compile(
    r"(?<![A-Za-z0-9_])(?:A(?:KIA|SIA|3T[A-Z0-9])[A-Z2-7]{16}"
    r"|(?:gh[pousr]_|github_pat_|gl[a-z]{2,5}-|xox[a-z]|xapp-|[srp]k_(?:live|prod)|whsec_|npm_"
    r"|pypi-|sk-|AIza|ya29\.|GOCSPX|hf_|do[opr]_v1|shp[a-z]{2}_|SG\.|eyJ|dckr_|rubygems_"
    r"|sntry[su]_|glsa_|pul-|tfp_|hv[sb]\.|lin_api|ntn_|figd_|gsk_|xai-|AGE-SECRET|ATATT|NRAK|dapi"
    r"|sbp_)(?=[\w./+=-]{0,40}\d)[\w./+=-]{16,}|(?:AC|SK)[0-9a-f]{32}"
    r"|EAA[A-Za-z0-9]{20}|pat[A-Za-z0-9]{14}\.)|hooks\.slack\.com/services/"
)
_RUN = re.compile(r"[A-Za-z0-9]{20,}")
_HEX = re.compile(r"^[0-9a-fA-F]+$")
_NAMED = re.compile(r"key|token|secret|passw|auth|credential|api", re.I)


def base(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def is_lock(path: str) -> bool:
    return base(path).lower() in LOCKS


def is_sample(path: str) -> bool:
    """Whether a file shows what goes there, e.g. `.env.example`."""
    return bool(_SAMPLE.search(path))


def is_test(path: str) -> bool:
    return bool(_TEST.search(path))


def is_document(path: str) -> bool:
    return bool(_DOCUMENT.search(path))


def gravity(kind: str, *, aside: bool, harmless: bool) -> str:
    """How grave something of a known format is; `aside` in tests, samples and documents."""
    likely = kind in LIKELY or "private-key" in kind
    if harmless or (aside and likely):
        return "info"
    return "warning" if aside or kind in LIKELY else "error"


def worth_scanning(text: str) -> bool:
    """Whether anything here looks like a token. Loading all rules costs more than this look."""
    if "PRIVATE KEY" in text or _PREFIXED.search(text):
        return True
    for match in _RUN.finditer(text):
        run = match[0]
        if _HEX.match(run):
            start = text.rfind("\n", 0, match.start()) + 1
            if len(run) >= 32 and _NAMED.search(text, start, match.start()):
                return True
        elif _mixed(run):
            return True
    return False


def _mixed(run: str) -> bool:
    """Whether letters and digits change places too often for a name."""
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in run[:200]]
    changes = sum(a != b for a, b in pairwise(kinds))
    return kinds.count("d") >= 2 and changes >= 6


def entropy(value: str) -> float:
    """Bits a character."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values()) if size else 0.0
