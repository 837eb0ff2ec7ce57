"""The successor that authors name in a deprecation message."""

from __future__ import annotations

import re

_ASIDE = r"(?:the |our |package |module |library |crate |gem |official |new |maintained )*"
_QUOTE = r"[`'\"“‘]?"
_NAMES = {
    "npm": r"@?[a-z0-9][\w.~-]*(?:/[a-z0-9][\w.~-]*)?",
    "go": r"[a-z0-9-]+(?:\.[a-z0-9-]+)+/[\w.~/-]*[\w~-]",
    "packagist": r"[a-z0-9][\w.-]*/[a-z0-9][\w.-]*",
    "maven": r"[\w.-]+:[\w.-]+",
}
_PLAIN = r"[A-Za-z0-9][\w.-]*[A-Za-z0-9]"
_LEADS = (
    r"(?:renamed|moved|migrated|switched|transferred) (?:in)?to:?",
    r"(?:replaced|superseded|succeeded) (?:by|with)",
    r"in favou?r of",
    r"(?:please )?(?:use|try|check out|switch to|migrate to|move to|consider(?: using)?|install)",
    r"(?:now|lives|published|available|maintained|continued) (?:as|at|under|in)",
    r"is now(?: called| named)?:?",
)
_TO_AVOID = frozenset(
    re.findall(
        r"\S+",
        """
    a an and any another at be by caution contact for from github github.com gitlab.com it
    its latest maintained native newer node npm of official one or other package packages
    please pnpm previous repository same see stable that the their this to v1 v2 v3 version
    versions via with yarn your you alternatives alternative instead else something both
    http https pip in on is are was all built-in builtin standard project repo different
    modern current our supported
    """,
    )
)


def successor(message: str, ecosystem: str, name: str) -> str:
    """The package a message names as the one to use instead; empty when it names none."""
    if not message:
        return ""
    words = message[:600]
    pattern = _NAMES.get(ecosystem, _PLAIN)
    for lead in _LEADS:
        for match in re.finditer(
            rf"\b{lead}\s+{_ASIDE}{_QUOTE}(?P<name>{pattern}){_QUOTE}(?=(?P<rest>[^\w].{{0,40}}|$))",
            words,
            re.I,
        ):
            found = match["name"].rstrip(".,;:")
            found = found.lower() if ecosystem == "npm" else found
            # A link, a version or a plain word is no package.
            if (
                found.lower() in _TO_AVOID
                or found.lower() == name.lower()
                or match["rest"].startswith(("://", "("))
                or re.fullmatch(r"v?\d[\w.]*", found)
                or (ecosystem == "npm" and not _is_meant(found, match, words))
            ):
                continue
            return found
    return ""


def _is_meant(found: str, match: re.Match[str], words: str) -> bool:
    """Whether an npm name in a sentence is one: scoped, hyphenated, quoted or before "instead"."""
    before = words[match.start("name") - 1 : match.start("name")]
    return (
        "/" in found
        or "-" in found
        or before in "`'\"“‘"
        or match["name"].endswith((".", ",", ";"))
        or bool(
            re.match(
                r"\W*(?:(?:package|module|library)\W*)?(?:instead\b|$|[.,;!)])", match["rest"], re.I
            )
        )
    )
