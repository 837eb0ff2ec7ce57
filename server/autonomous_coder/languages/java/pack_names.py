"""Names that are safe in Java, in JSON and in SQL.

Data keeps one name from the column to the wire, and Jackson makes it of the name in Java: so a
name in Java is one of which Jackson makes just that name.
"""

from __future__ import annotations

import re

from autonomous_coder.languages.common.naming import pascal
from autonomous_coder.languages.go.pack_names import POSTGRESQL_KEYWORDS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYWORDS = _words(
    """abstract assert boolean break byte case catch char class const continue default do double
    else enum extends final finally float for goto if implements import instanceof int interface
    long native new package private protected public return short static strictfp super switch
    synchronized this throw throws transient try void volatile while true false null _ var yield
    record sealed permits non when"""
)
TAKEN_MEMBERS = _words("checks clone finalize getClass hashCode notify notifyAll toString wait")
"""Names that components of records must not have: those of Java, and one of their constructors."""
JAVA_LANG = _words(
    """AbstractMethodError Appendable ArithmeticException AssertionError AutoCloseable Boolean Byte
    CharSequence Character Class ClassLoader ClassValue Cloneable Comparable Compiler Deprecated
    Double Enum Error Exception Float FunctionalInterface Integer InternalError Iterable Long Math
    Module ModuleLayer Number Object Override Package Process ProcessBuilder ProcessHandle Readable
    Record Runnable Runtime RuntimeException RuntimePermission SafeVarargs SecurityException
    SecurityManager Short StackWalker StrictMath String StringBuffer StringBuilder
    SuppressWarnings System Thread ThreadGroup ThreadLocal Throwable VerifyError Void Application
    Integration"""
)
RESERVED_TYPES = JAVA_LANG | _words(
    """ApplicationArguments ApplicationRunner ArrayList ArrayNode Autowired BigDecimal BindParam
    Bodies Collections Columns Component Conditions Database DecimalMax DecimalMin
    DefaultApplicationArguments DeleteMapping Digits Email Factories GetMapping HttpStatus
    IOException InputStream Instant IntegrationTest JdbcClient JsonMapper JsonNode LinkTable
    LinkedHashMap List ListPage LocalDate Locale Logger LoggerFactory Map Max Min NotNull
    ObjectNode Objects Optional Paging PatchMapping PathVariable Pattern People Positive
    PositiveOrZero PostMapping Problems References Repository RequestBody RequestMapping
    ResponseStatus RestController ResultSet SQLException SeedRunner Seeds Service Size Stream Test
    TestAnswer TestClient TextEnum ToLongFunction Transactional URL UUID UnaryOperator
    UncheckedIOException UserId Valid"""
)
"""What code of entities imports."""
RESERVED_PACKAGES = _words("web data accounts seeds support java javax jakarta org com") | KEYWORDS
CLI_PACKAGES = _words("cli core values")
CLI_TYPES = _words(
    """Ansi AutoComplete BufferedReader Callable Changes Checks Collectors Command CommandLine
    CommandSpec Confirmation Connection DataException DataFile Database DateTimeException Files
    Function IOException InputStream InvalidValuesException JsonMapper Main Migrations Mixin Option
    Output ParameterException Parameters ParseResult Path PreparedStatement PrintWriter Program
    Rows Run ScopeType Spec Statement Supplier Terminal
    TypeConversionException Values Visibility Work"""
)
"""What code of command-line programs has beside that."""
LIBRARY_TYPES = _words(
    """About Builder Checks Entity Function InvalidValuesException JsonFormat JsonProperty
    NotFoundException InUseException OnDelete Reference Repository Store Stored TreeMap Collectors
    BiFunction Predicate JsonMapper Factories"""
)
"""What code of libraries has beside that."""
LIBRARY_VARIABLES = _words("store stored lock builder json row kept created faults label last")
CLI_VARIABLES = _words(
    """added args changes clear code command confirmation created data database environment error
    input line output out parsed program row rows spec statement terminal text words yes"""
)
RESERVED_PATHS = _words("auth health docs error openapi-json")
RESERVED_QUERY = _words("limit offset sort search owner_id")
RESERVED_VARIABLES = KEYWORDS | _words(
    """after before bodies body change columns id ids input jdbc mapper number query references row
    self table user userId value values anonymous alice bob client created path json mvc"""
)
"""Names that code of the templates gives to what it works with."""
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


def camel(name: str) -> str:
    """`due_date` -> `dueDate`."""
    made = pascal(name)
    return made[:1].lower() + made[1:]


def on_wire(name: str) -> str:
    """What Jackson's snake case makes of a name in Java."""
    made: list[str] = []
    translated = False
    for place, one in enumerate(name):
        if place == 0 and one == "_":
            continue
        if one.isupper():
            if not translated and made and made[-1] != "_":
                made.append("_")
            made.append(one.lower())
        else:
            made.append(one)
        translated = one.isupper()
    return "".join(made)


def member(wire: str) -> str:
    """The component of a record of which Jackson makes the name on the wire."""
    made = camel(wire)
    if made in KEYWORDS | TAKEN_MEMBERS:
        made = f"_{made}"
    return made if on_wire(made) == wire else wire


def package(name: str) -> str:
    """`blog_posts` -> `blogposts`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def low(name: str) -> str:
    """`BlogPost` -> `blogPost`, `HTTPLog` -> `httpLog`."""
    head = re.match(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+$|[A-Z]", name)
    return name if head is None else head[0].lower() + name[head.end() :]


def sql(name: str) -> str:
    """A name in SQL, quoted where it is a word of the language."""
    return f'"{name}"' if name.lower() in SQL_KEYWORDS | POSTGRESQL_KEYWORDS else name
