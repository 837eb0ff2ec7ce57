"""Mending: imports that are missing, of the standard library or of the project itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autonomous_coder.languages.base import ProjectView, Repair, Steps
from autonomous_coder.languages.sources import SourceFact, SourceFacts
from autonomous_coder.models.validation import Diagnostic

MAX_REPAIRS = 40
_UTIL = (
    "ArrayDeque ArrayList Arrays BitSet Collection Collections Comparator Currency Date Deque "
    "EnumMap EnumSet HashMap HashSet Iterator LinkedHashMap LinkedHashSet LinkedList List Locale "
    "Map NavigableMap NavigableSet NoSuchElementException Objects Optional OptionalDouble "
    "OptionalInt OptionalLong PriorityQueue Properties Queue Random Scanner Set SortedMap "
    "SortedSet StringJoiner TreeMap TreeSet UUID"
)
_TABLE = {
    "java.util": _UTIL,
    "java.util.concurrent": (
        "Callable CompletableFuture ConcurrentHashMap ConcurrentLinkedQueue ConcurrentMap "
        "CopyOnWriteArrayList CountDownLatch ExecutionException Executor ExecutorService "
        "Executors Future ScheduledExecutorService ThreadLocalRandom TimeUnit TimeoutException"
    ),
    "java.util.concurrent.atomic": (
        "AtomicBoolean AtomicInteger AtomicLong AtomicReference LongAdder"
    ),
    "java.util.concurrent.locks": "Lock ReadWriteLock ReentrantLock ReentrantReadWriteLock",
    "java.util.function": (
        "BiConsumer BiFunction BinaryOperator Consumer Function IntFunction Predicate Supplier "
        "ToIntFunction UnaryOperator"
    ),
    "java.util.regex": "Matcher Pattern PatternSyntaxException",
    "java.util.stream": "Collectors IntStream LongStream Stream StreamSupport",
    "java.io": (
        "BufferedReader BufferedWriter ByteArrayInputStream ByteArrayOutputStream Closeable File "
        "FileInputStream FileNotFoundException FileOutputStream IOException InputStream "
        "InputStreamReader OutputStream OutputStreamWriter PrintStream PrintWriter Serializable "
        "StringReader StringWriter UncheckedIOException"
    ),
    "java.math": "BigDecimal BigInteger MathContext RoundingMode",
    "java.net": "InetAddress InetSocketAddress MalformedURLException URI URISyntaxException URL",
    "java.net.http": "HttpClient HttpRequest HttpResponse",
    "java.nio.charset": "Charset StandardCharsets",
    "java.nio.file": "Files NoSuchFileException Path Paths StandardCopyOption StandardOpenOption",
    "java.text": "DecimalFormat NumberFormat SimpleDateFormat",
    "java.time": (
        "Clock DayOfWeek Duration Instant LocalDate LocalDateTime LocalTime Month OffsetDateTime "
        "Period Year YearMonth ZoneId ZoneOffset ZonedDateTime"
    ),
    "java.time.format": "DateTimeFormatter DateTimeParseException",
    "java.time.temporal": "ChronoUnit Temporal",
}
STANDARD = {name: package for package, names in _TABLE.items() for name in names.split()}
_SYMBOL = re.compile(r"symbol:\s+(?:class|variable)\s+(\w+)")
_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;", re.M)
_IMPORT = re.compile(r"^\s*import\s+(?:static\s+)?[\w.]+(?:\.\*)?\s*;.*$", re.M)


def repairs(
    project: ProjectView, facts: SourceFacts, diagnostics: Sequence[Diagnostic]
) -> Steps[list[Repair]]:
    """One repair a file: every missing import whose class is certain."""
    yield from ()
    wanted: dict[str, dict[str, str]] = {}
    own = _own_classes(project, facts)
    for item in diagnostics:
        match = _SYMBOL.search(item.message) if "cant.resolve" in item.code else None
        name = match[1] if match else ""
        place = STANDARD.get(name) or own.get(name, "")
        if place and item.path in project.files and item.path.endswith(".java"):
            wanted.setdefault(item.path, {})[name] = f"{place}.{name}"
    found = []
    for path, names in list(wanted.items())[:MAX_REPAIRS]:
        text = project.read(path)
        changed = with_imports(text, sorted(names.values()))
        if changed != text:
            shown = ", ".join(sorted(names))
            found.append(
                Repair(
                    rule="java-import",
                    description=f"Import {shown} in {path}",
                    checks=("build",),
                    changes={path: changed},
                )
            )
    return found


def _own_classes(project: ProjectView, facts: SourceFacts) -> dict[str, str]:
    """Class -> package, of classes whose name is unique in the project."""
    places: dict[str, set[str]] = {}
    for path, fact in facts.files.items():
        match = _PACKAGE.search(project.read(path)[:20_000])
        for name in fact.defines:
            if match:
                places.setdefault(name, set()).add(match[1])
    return {name: next(iter(found)) for name, found in places.items() if len(found) == 1}


def with_imports(text: str, names: Sequence[str]) -> str:
    """The file with more imports, after those it has, else after its package."""
    newline = "\r\n" if "\r\n" in text else "\n"
    missing = [n for n in names if not re.search(rf"^\s*import\s+{re.escape(n)}\s*;", text, re.M)]
    if not missing:
        return text
    lines = newline.join(f"import {name};" for name in missing)
    if held := list(_IMPORT.finditer(text)):
        end = held[-1].end()
        return f"{text[:end].rstrip()}{newline}{lines}{text[end:]}"
    package = _PACKAGE.search(text)
    if package:
        return f"{text[: package.end()]}{newline}{newline}{lines}{text[package.end() :]}"
    return f"{lines}{newline}{newline}{text}"


def symbols(facts: SourceFacts, path: str) -> list[str]:
    """Names of the file, of its imports and of the project, each once."""
    fact = facts.files.get(path, SourceFact(path, "java"))
    names = [*fact.defines, *(f.name for f in fact.functions)]
    names += [i.module.rsplit(".", 1)[-1] for i in fact.imports if not i.module.endswith("*")]
    for other in facts.files.values():
        names += [*other.defines, *(f.name for f in other.functions)]
    names += STANDARD
    return list(dict.fromkeys(n for n in names if n))[:2_000]
