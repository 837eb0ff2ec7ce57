"""Names that are safe in Rust, in SQLite and as names of files.

What goes over the wire and into the database keeps the name that was asked for.
"""

from __future__ import annotations

import re

from autonomous_coder.languages.common.naming import pascal


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYWORDS = _words(
    """abstract as async await become box break const continue crate do dyn else enum extern false
    final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self
    static struct super trait true try type typeof union unsafe unsized use virtual where while
    yield"""
)
NOT_RAW = _words("self super crate")
"""Keywords that stay so even as raw identifiers."""
PRELUDE = _words(
    """AsMut AsRef Box Clone Copy Debug Default DoubleEndedIterator Drop Eq Err ExactSizeIterator
    Extend Fn FnMut FnOnce From FromIterator Future Hash Into IntoFuture IntoIterator Iterator None
    Ok Option Ord PartialEq PartialOrd Result Self Send Sized Some String Sync ToOwned ToString
    TryFrom TryInto Unpin Vec"""
)
RESERVED_TYPES = PRELUDE | _words(
    """AppState Answer Association Body Bytes Client Config Credentials DateTime Decimal Deserialize
    DeserializeOwned Encode Error Fault FromBody FromQuery FromRow IntoResponse Invalid Json Members
    NaiveDate NewUser Page Paging Parameters Passwords Path People Problem Query QueryBuilder Reader
    Request Response Router RowId Serialize Sqlite SqliteConnection SqliteExecutor SqlitePool
    SqliteRow State StatusCode TempDir Token Tokens Type Url User Utc Uuid Value"""
)
"""Types that the files of an entity name."""
RESERVED_RECORDS = _words(
    """About DateTime Decimal Deserialize Entity Error Fault Held Id Key Kind NaiveDate OnDelete
    Reason Record Reference Saved Serialize Store Table Url Utc Uuid Value"""
)
"""Types of a library, and those that its files name."""
RESERVED_FIELDS = _words("id owner_id created_at updated_at")
RESERVED_ACCOUNT_FIELDS = RESERVED_FIELDS | {"email", "hashed_password", "password"}
RESERVED_VARIABLES = _words("members")
RESERVED_FILTERS = _words("parameters paging search")
RESERVED_QUERY = _words("limit offset sort search owner_id")
RESERVED_PATHS = _words("auth health docs openapi-json")
CRATES = _words(
    """alloc anyhow argon2 axum chrono clap core dirs getrandom include_dir jsonwebtoken proc_macro
    rusqlite serde serde_json sqlx std tempfile test thiserror tokio tower tower_http tracing
    tracing_subscriber url uuid"""
)
RESERVED_MODULES = CRATES | _words(
    """accounts admin api auth build config cors decimal extract factories forms health logs main
    lib mod monitoring people problem rate_limiting reading roles rules seeds service
    store storage support tokens user users"""
)
"""Modules of the program and of its tests, and crates that their code names."""
RESERVED_RECORD_MODULES = _words(
    "decimal documentation error factories id lib library main record rules store support tests"
)
RESERVED_CLI_TYPES = _words(
    """Add Changes Cli Command Connection DateTime Decimal Ended Error List NaiveDate One Order
    Output Paging Params Path Program Row Search Select Serialize Type Unwanted Update Url Utc Uuid
    Value"""
)
"""Types that the files of a command name."""
RESERVED_CLI_MODULES = CRATES | _words(
    """build commands data decimal factories forms lib logic main mod options output program rules
    store support tests"""
)
"""Modules of the program and of its tests, and crates that their code names."""
RESERVED_ARGUMENTS = _words("changes clear command data_file help id json limit output search sort")
"""What commands are given beside the arguments of the spec."""
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
POSTGRESQL_TYPES = _words("Database Executor Sql Transaction")
"""Types that the files of an entity name where PostgreSQL can be used."""
POSTGRESQL_MODULES = _words("database sql")


def squeezed(name: str) -> str:
    """`a__b` -> `a_b`: the compiler asks for single underscores."""
    return re.sub(r"_{2,}", "_", name)


def raw(name: str) -> str:
    """An identifier, marked where it is a keyword."""
    return f"r#{name}" if name in KEYWORDS and name not in NOT_RAW else name


def variants(values: tuple[str, ...]) -> dict[str, str]:
    """Value -> name of its variant. What all names begin or end with is left out."""
    parts = {value: [p for p in value.split("_") if p] for value in values}
    for end in (0, -1):
        while len(values) > 1 and _shared(list(parts.values()), end):
            for words in parts.values():
                del words[end]
    names = {value: "".join(map(pascal, words)) for value, words in parts.items()}
    if len(set(names.values())) < len(names):
        return {value: f"Value{number}" for number, value in enumerate(values, 1)}
    return {value: "SelfValue" if name == "Self" else name for value, name in names.items()}


def _shared(all_words: list[list[str]], end: int) -> bool:
    """Whether all begin (0) or end (-1) with one word and have names without it."""
    rest = [words[1:] if end == 0 else words[:-1] for words in all_words]
    return len({words[end] for words in all_words}) == 1 and all(
        words and not words[0][0].isdigit() for words in rest
    )


def worded(variant: str) -> str:
    """What `rename_all = "snake_case"` makes of a variant; empty where tools differ on it."""
    if any(c.isdigit() for c in variant):
        return ""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", variant).lower()


def kebab(variant: str) -> str:
    """What clap makes of a variant; empty where tools differ on it."""
    return worded(variant).replace("_", "-")


def sql(name: str) -> str:
    """A name in SQL, quoted where it is a word of the language."""
    return f'"{name}"' if name.lower() in SQL_KEYWORDS else name


def sql_of_both(name: str) -> str:
    """As `sql`, quoted where PostgreSQL alone has the word, too."""
    return f'"{name}"' if name.lower() in POSTGRESQL_KEYWORDS else sql(name)
