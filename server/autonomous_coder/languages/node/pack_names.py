"""Names that are safe in TypeScript, Drizzle and SQL.

What goes over the wire and into the database keeps the name that was asked for: any identifier is
a property in JavaScript. Only variables, types and files need names of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from autonomous_coder.languages.common.naming import pascal


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYWORDS = _words(
    """await break case catch class const continue debugger default delete do else enum export
    extends false finally for function if implements import in instanceof interface let new null
    package private protected public return static super switch this throw true try typeof
    undefined var void while with yield arguments eval async of get set type"""
)
RESERVED_TYPES = _words(
    """Array ArrayBuffer BigInt Blob Boolean Buffer Database Date Error Event EventTarget File
    FormData Function Headers Infinity Int8Array Intl Iterator JSON Map Math NaN Number Object
    Page Problem Promise Proxy Reflect RegExp Request Response SQL Set Settings String Symbol
    TextDecoder TextEncoder URL URLSearchParams User Viewer WeakMap WeakSet Router AppEnv Record
    Partial Required Readonly Pick Omit Exclude Extract Awaited Temporal WebSocket Crypto Token
    Credentials Registration Reference Column SeedError SeedRow Table Services
    Health"""
)
"""Type names that the language, its runtime or the generated modules define."""
RESERVED_TABLES = KEYWORDS | _words(
    """text integer real index unique primaryKey sqliteTable customType decimal users sql stamps
    AnySQLiteColumn now global process console fetch document window self name status
    rows row ids links values changes data query database total wanted user id invalid asc desc
    eq and or added app body client count given linked owner seed seedRows table"""
)
"""Variables of the module that holds all tables, and of those that use them."""
RESERVED_TABLES_OF = {
    "next_app": _words(
        """inArray user choices wanted authSessions authAttempts or contains search ids found
        called fits chosen visible most read choose fitting"""
    ),
    "worker": _words("jobRuns jobSchedules lt gone"),
    "data_pipeline": _words(
        """DATASETS z recordId recordIds plainText exactDecimal moment webAddress tables rejected
        report first again target key problems read run test expect join newDirectory writeFiles
        throughFormat inputs directory"""
    ),
}
"""Variables that the packages of an archetype have beside their tables, too."""
RESERVED_JOBS = _words("cron every onDemand USUAL JOBS")
"""Variables of the module that lists all jobs."""
RESERVED_MODULES = _words(
    "auth health index common references seed service migrations cors logs monitoring rate-limiting"
)
FEATURE_MODULES = {
    "file_upload": frozenset({"uploads"}),
    "background_jobs": frozenset({"job-runs"}),
    "roles": frozenset({"roles", "users"}),
    "websocket": frozenset({"live"}),
}
"""Modules that features of a service bring."""
FEATURE_TYPES = {
    "file_upload": _words(
        """Upload UploadRead UploadPage UploadPath FileStore Keeping MediaType Place Readable
        ReceivedFile StoredFile"""
    ),
}
"""Type names of modules of features that deal with entities, too."""
FEATURE_PLURALS = {
    "roles": frozenset({"Users"}),
    "file_upload": frozenset({"Uploads"}),
}
"""What functions of features list."""
FEATURE_VARIABLES = {
    "file_upload": _words("uploads store router"),
    "background_jobs": _words("jobRuns jobSchedules jobRunsRouter"),
}
"""Variables of features beside tables."""
RESERVED_TYPES_OF = {
    "next_app": _words(
        """Action Asked Choice Choices Choosers Wanted Rows Column Errors Filter Form FormState Link
        ListPage Metadata NextConfig PageHead Parameters Place ReactNode Session Browser Visit"""
    ),
    "data_pipeline": _words("Dataset"),
    "library": _words(
        """Changes DuplicateError InUseError NotFoundError ReferenceMissingError Repository
        StoreError StoredRecord"""
    ),
    "mcp_server": _words("CallToolResult Context McpServer ProgramError Result"),
    "worker": _words(
        """Call Clock Ended Fields JobRun Job Launch Lock Log Outcome ProgramError Run Schedule
        Scheduler Status Surroundings Task Level Cron"""
    ),
    "cli": _words("Command Context InvalidArgumentError Option Options ProgramError UsageError"),
}
"""Type names that the packages of an archetype define, too."""
RESERVED_STORE = KEYWORDS | _words("toJSON constructor prototype collections")
"""Properties that the library's store has beside its collections."""
RESERVED_VARIABLES = KEYWORDS | _words(
    """program terminal context add words error name options given id text path version process
    console group result request command rows row data query values changes"""
)
"""Variables of the modules that put a program together."""
RESERVED_CONSTANTS = KEYWORDS | _words("z context name core options given result request")
"""Variables beside the constants of a command's own schema."""
TITLES = {"typescript": "TypeScript", "javascript": "JavaScript"}
RESERVED_PATHS = _words("auth health docs openapi-json")
RESERVED_QUERY = _words("limit offset sort search owner_id")
RESERVED_QUERY_OF = {"next_app": frozenset({"page"})}
"""What the addresses of lists say beside filters in an archetype."""


def named_by(features: frozenset[str], names: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """What features call something."""
    return frozenset(name for feature in features for name in names.get(feature, ()))


def camel(name: str) -> str:
    """`due_date` -> `dueDate`."""
    text = pascal(name)
    return text[:1].lower() + text[1:]


def kebab(name: str) -> str:
    """`blog_posts` -> `blog-posts`."""
    return name.replace("_", "-").strip("-")
