"""Keeping secrets out of what is recorded."""

from __future__ import annotations

import re

REDACTED = "[redacted]"

SECRET_NAME = re.compile(
    r"token|secret|passw|passphrase|\bpwd\b|api[_-]?key|access[_-]?key|private[_-]?key|auth|"
    r"cookie|credential|session|signature|bearer|\bdsn\b",
    re.IGNORECASE,
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S
        ),
        REDACTED,
    ),
    (re.compile(r"(\b[A-Za-z][A-Za-z0-9+.-]{0,30}://)[^\s/?#@]+@"), rf"\1{REDACTED}@"),
    (re.compile(r"\b(Bearer|Basic|Token)\s+[A-Za-z0-9._~+/=-]{8,}", re.I), rf"\1 {REDACTED}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*"), REDACTED),
    (re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-|npm_|pypi-|dop_v1_)[\w-]{16,}"), REDACTED),
    (re.compile(r"\b(?:sk|pk|rk)[-_](?:[A-Za-z]+[-_])*[A-Za-z0-9_-]{16,}"), REDACTED),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), REDACTED),
    (re.compile(r"\bAIza[\w-]{30,}"), REDACTED),
    (re.compile(r"\bxox[a-z]-[\w-]{10,}"), REDACTED),
    (
        re.compile(
            r"((?:token|secret|password|passwd|pwd|api[_-]?key|access[_-]?key|authorization|"
            r"signature)[\"']?\s*[=:]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s&;,]+)",
            re.I,
        ),
        rf"\1{REDACTED}",
    ),
)


def redact(value: str) -> str:
    """`value` with everything that looks like a secret replaced."""
    for pattern, replacement in _PATTERNS:
        value = pattern.sub(replacement, value)
    return value
