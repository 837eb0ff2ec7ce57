"""Credentials that no format tells: literals given to names that speak of secrets, passwords in
addresses, and keys handed to signing functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .shapes import entropy

Guess = tuple[int, int, str, str, bool]
"""Offsets of the value, its kind, what names it, and whether it serves only this machine."""

_WORD = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|api[_-]?key|apikey|(?:access|auth|bearer|refresh)[_-]?token"
    r"|(?:access|private|signing|encryption|master|jwt|session|cookie)[_-]?key|client[_-]?secret"
    r"|credentials?)"
)
_NAMED = re.compile(
    rf"""(?<![A-Za-z0-9])(?P<name>[A-Za-z_][\w.-]*?{_WORD}[\w-]*|{_WORD}[\w-]*)["']?\]?\s*
    (?::\s*[A-Za-z_][\w\[\]<>|\s.*&']{{0,40}}?=|:=|=>|=|:)\s*
    (?:[bru]{{1,2}}|new\s+String\(|String::from\(|\[\]byte\()?(?P<quote>["'`])
    (?P<value>[^"'`\n]{{6,300}})(?P=quote)(?P<after>[^\n]{{0,3}})""",
    re.I | re.X,
)
_PLAIN = re.compile(
    rf"^(?:export\s+)?(?P<name>[\w.-]*{_WORD}[\w.-]*)\s*[=:]\s*(?P<value>[^\s#'\"][^\s#]{{5,300}})",
    re.I | re.M,
)
_SIGNING = re.compile(
    r"""(?:jwt\.(?:sign|verify|encode|decode)\([^\n;]{0,120}?,\s*|createHmac\([^,\n]{1,30},\s*
    |hmacShaKeyFor\(\s*|SecretKeySpec\(\s*|from_secret\(\s*|SignedString\(\s*|HMAC256\(\s*
    |(?:express[_-]?)?session\(\{\s*secret:\s*|cookieParser\(\s*)
    (?:\[\]byte\(|b)?(?P<quote>["'`])(?P<value>[^"'`\n]{6,300})(?P=quote)""",
    re.X,
)
_ADDRESS = re.compile(
    r"\b(?P<scheme>[a-z][a-z0-9+.-]{1,20})://(?P<user>[^\s:/@'\"`<>]{0,100})"
    r":(?P<value>[^\s/@'\"`<>]{3,200})@(?P<host>[^\s/'\"`:?,<>)]{1,200})",
    re.I,
)
_NOT_ITSELF = re.compile(
    r"(?:_|-|\b|(?<=[a-z]))(?:name|field|label|header|path|url|uri|file|dir|id|type|env|var|hint"
    r"|message|msg|error|text|title|placeholder|prefix|suffix|length|len|min|max|rounds?|hash(?:ed)?"
    r"|pattern|regex|rule|policy|reset|expir\w*|ttl|algorithm|alg|scheme|provider|manager|arn|ref"
    r"|column|table|query|selector|class|key_name|role|mode|format|kind|service|help|description"
    r"|salt|pub(?:lic)?|input|storage|cookie_name)s?$",
    re.I,
)
_PLACEHOLDER = re.compile(
    r"example|placeholder|change[-_ ]?(?:me|it|this)|changeit|replace|insert|your[-_ ]|\byour|dummy"
    r"|fake|sample|todo|fixme|xxxx|\.\.\.|\*\*\*|not[-_ ]?(?:a[-_ ])?(?:real|secret|used)|insecure"
    r"|default|redacted|test|unused|undefined|none|null|local|dev(?:elop|$|[-_])|(.)\1{4,}"
    r"|^(?:pass(?:word)?|secret|admin|root|guest|user|postgres|mysql|redis|rabbitmq|minio\w*|token"
    r"|hunter2|letmein|qwerty\w*|abc123|123456\w*|password\d{0,4}!?|p@ssw0rd|s3cret|secret\d*)$",
    re.I,
)
_FILLED = re.compile(
    r"[${}<>%\\]|^env\b|process\.env|getenv|os\.environ|^(?:file|vault|op|ssm|arn):"
)
_UUID = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.I)
_CONSTANT = re.compile(r"^[A-Z][A-Z0-9_]*$|^[a-z]+(?:[._/:-][a-z]+)*$|^[a-z]+(?:[A-Z][a-z]+)+$")
_WORDS_OK = re.compile(r"jwt|signing|session|cookie|secret[_-]?key|app[_-]?secret|encryption", re.I)
_LOCAL = re.compile(
    r"^(?:localhost|127(?:\.\d+){3}|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal|[a-z0-9_-]+)$", re.I
)
_DOCUMENTED = re.compile(r"(?:^|\.)(?:example|invalid|test)(?:\.(?:com|org|net))?$", re.I)
PLAIN_SUFFIXES = (".env", ".properties", ".ini", ".cfg", ".conf", ".yml", ".yaml", ".toml")


def guesses(path: str, text: str) -> Iterator[Guess]:
    """What is likely to be a credential here."""
    yield from addresses(text)
    for match in _NAMED.finditer(text):
        name = match["name"]
        if _secret(name, match["value"]) and not match["after"].lstrip().startswith(
            (":", "(", "+")
        ):
            yield *match.span("value"), "hard-coded-secret", name, False
    for match in _SIGNING.finditer(text):
        if _literal(match["value"]):
            yield *match.span("value"), "signing-secret", "a signing key", False
    name = path.rsplit("/", 1)[-1]
    if name.startswith(".env") or name.endswith(PLAIN_SUFFIXES):
        for match in _PLAIN.finditer(text):
            if _secret(match["name"], match["value"]):
                yield *match.span("value"), "hard-coded-secret", match["name"], False


def addresses(text: str) -> Iterator[Guess]:
    """Passwords in addresses."""
    for match in _ADDRESS.finditer(text):
        value, host, user = match["value"], match["host"], match["user"]
        if _PLACEHOLDER.search(value) or _FILLED.search(value) or _FILLED.search(host):
            continue
        if value.lower() == user.lower() or value.isdigit() or value.isupper():
            continue
        # A documentation host is no alibi when the password is random.
        if _DOCUMENTED.search(host) and entropy(value) < 3.0:
            continue
        local = bool(_LOCAL.match(host))
        yield *match.span("value"), "credential-url", match["scheme"], local


def _literal(value: str) -> bool:
    """Whether a literal can be a secret at all."""
    if (
        len(value) < 8
        or any(c.isspace() for c in value)
        or value.startswith(("/", "http", "#", "."))
    ):
        return False
    return not (_PLACEHOLDER.search(value) or _FILLED.search(value) or _UUID.match(value))


def _secret(name: str, value: str) -> bool:
    if _NOT_ITSELF.search(name) or not _literal(value):
        return False
    if name.lower().replace("_", "").replace("-", "") == value.lower().replace("_", "").replace(
        "-", ""
    ):
        return False
    if _WORDS_OK.search(name) and len(value) >= 12 and not re.match(r"^[A-Z][A-Z0-9_]*$", value):
        return True
    if _CONSTANT.match(value):
        return False
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    special = any(not c.isalnum() for c in value) and any(c.isupper() for c in value)
    return (mixed or special) and entropy(value) >= 2.7
