"""Names that are safe in Go, in SQLite and as file names that go builds everywhere.

What goes over the wire and into the database keeps the name that was asked for; in Go, everything
that comes from a spec is part of a longer name or begins with a capital letter, so no keyword can
be hit. File names hold no underscore, which would make some of them tests or files of one platform.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autonomous_coder.languages.common.naming import pascal


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RESERVED_TYPES = _words("Store Page Paging Optional Decimal IDs ReferenceError User NewUser")
"""Types that the package of the database defines."""
RESERVED_FIELDS = _words("ID OwnerID CreatedAt UpdatedAt")
RESERVED_ACCOUNT_FIELDS = RESERVED_FIELDS | {"Email", "HashedPassword", "Password"}
RESERVED_FILTERS = _words("Paging Search Limit Offset Sort Descending")
RESERVED_FILES = _words(
    "auth cors decimal docs engines form forms health logs migrations monitoring noting openapi "
    "params people problems query ratelimiting roles rows rules security seed server store support "
    "users values write"
)
"""Files of the packages, without their suffix."""
RESERVED_RECORDS = _words(
    """Store NewStore Repository Entity Record FieldError Decimal MaxDecimal ParseDecimal
    MustDecimal Date ParseDate ErrInvalid ErrNotFound ErrDuplicate ErrReference ErrInUse"""
)
"""What a library offers beside the types of its entities."""
RESERVED_RECORD_FIELDS = RESERVED_FIELDS | {"Record", "Validate"}
RESERVED_RECORD_FILES = _words(
    "about date decimal doc documentation errors example factories references repository rules "
    "store support"
)
RESERVED_STORE_FIELDS = _words("MarshalJSON UnmarshalJSON")
RESERVED_PACKAGES = _words(
    """break case chan const continue default defer else fallthrough for func go goto if import
    interface map package range return select struct switch type var any append bool byte cap clear
    close cmp comparable complex copy delete error false float imag int iota len make max min new
    nil panic print println real recover rune string true uint main internal vendor test testdata
    store t s i row rows values value added got want err name number found first target again
    changed tests example documentation init std cmd tool toolchain body all data text"""
)
"""Names that the code of a library and its tests uses, so that its package cannot have them."""
RESERVED_CLI_FILES = _words(
    "cli core data decimal forms main migrations options output query root rules store support "
    "values write"
)


@dataclass(frozen=True, slots=True)
class FeatureNames:
    """Names that a feature takes, so that no entity can have them."""

    types: frozenset[str]
    """Types in the package of the database."""
    plurals: frozenset[str]
    """What its operations are called after."""
    files: frozenset[str]
    tables: frozenset[str]


FEATURE_NAMES = {
    "file_upload": FeatureNames(
        types=_words("Upload UploadPage Place"),
        plurals=_words("Uploads"),
        files=_words("uploads uploadplaces"),
        tables=_words("uploads"),
    ),
    "background_jobs": FeatureNames(
        types=_words(
            "JobRun JobRunPage JobData JobRequest JobRunQuery RunWaiting RunRunning RunSucceeded "
            "RunDead BackgroundJob BackgroundRun"
        ),
        plurals=_words("JobRuns BackgroundJobs BackgroundRuns"),
        files=_words("jobs jobruns purging"),
        tables=_words("job_runs job_schedules"),
    ),
    "websocket": FeatureNames(
        types=frozenset(), plurals=frozenset(), files=_words("live"), tables=frozenset()
    ),
}
RESERVED_JOB_FILES = _words("jobs schedule worker")
RESERVED_JOB_FUNCTIONS = _words("Call Job All Cron Every Schedule Worker MaxInterruptions")
"""What the package of the jobs defines."""
RESERVED_PATHS = _words("auth health docs openapi-json")
RESERVED_QUERY = _words("limit offset sort search owner_id")
INITIALISMS = _words(
    "acl api ascii cpu css dns eof guid html http https id ip json lhs qps ram rhs rpc sku sla "
    "smtp sql ssh tcp tls ttl udp ui uid uri url utf8 uuid vm xml xmpp xsrf xss isbn vat iban"
)
SQL_KEYWORDS = _words(
    """abort action add after all alter always analyze and as asc attach autoincrement before begin
    between by cascade case cast check collate column commit conflict constraint create cross
    current current_date current_time current_timestamp database default deferrable deferred delete
    desc detach distinct do drop each else end escape except exclude exclusive exists explain fail
    false filter first following for foreign from full generated glob group groups having if ignore
    immediate in index indexed initially inner insert instead intersect into is isnull join key last
    left like limit match materialized natural no not nothing notnull null nulls of offset on or
    order others outer over partition plan pragma preceding primary query raise range recursive
    references regexp reindex release rename replace restrict returning right rollback row rows
    savepoint select set table temp temporary then ties to transaction trigger true unbounded union
    unique update using vacuum values view virtual when where window with within without rowid oid
    _rowid_"""
)
POSTGRESQL_KEYWORDS = _words(
    """analyse array asymmetric authorization binary both concurrently current_catalog current_role
    current_schema current_user fetch freeze grant ilike lateral leading localtime localtimestamp
    only overlaps placing session_user similar some symmetric system_user tablesample trailing user
    variadic verbose"""
)
"""Those that SQLite does not know."""


def exported(name: str) -> str:
    """`due_date` -> `DueDate`, `post_id` -> `PostID`, `tag_ids` -> `TagIDs`."""
    parts = [part for part in name.split("_") if part]
    return "".join(_part(part) for part in parts)


def _part(part: str) -> str:
    if part in INITIALISMS:
        return part.upper()
    if part.endswith("s") and part[:-1] in INITIALISMS:
        return part[:-1].upper() + "s"
    return pascal(part)


def unexported(name: str) -> str:
    """`BlogPost` -> `blogPost`, `HTTPLog` -> `httpLog`."""
    head = re.match(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+$|[A-Z]", name)
    return name if head is None else head[0].lower() + name[head.end() :]


def kebab(name: str) -> str:
    """`blog_posts` -> `blog-posts`."""
    return name.replace("_", "-").strip("-")


def sql(name: str) -> str:
    """A name in SQL, quoted where it is a word of the language."""
    return f'"{name}"' if name.lower() in SQL_KEYWORDS | POSTGRESQL_KEYWORDS else name
