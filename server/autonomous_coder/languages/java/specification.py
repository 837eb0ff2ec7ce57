"""What is handed to the compiler: options from an explicit list, files, class paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from autonomous_coder.languages.java.layout import Layout, Module, Resources
from autonomous_coder.languages.java.toolchain import feature

ENV, SOURCE, OUT = "@env", "@source", "@out"
DEFAULT_RELEASE = 8
"""What Maven's compiler plugin takes when a build does not say."""
_ENCODING = re.compile(r"[\w.:-]{1,40}")
_PROCESSOR_OPTION = re.compile(r"-A[\w.]{1,200}(=[^\t\r\n]{0,500})?")
_MODULE_OPTIONS = ("--add-exports", "--add-reads", "--add-modules")
_MODULE_VALUE = re.compile(r"[\w.,/=-]{1,300}")


def processors(module: Module, layout: Layout, java: int) -> tuple[str, ...]:
    """Jars whose annotation processors take part in compiling a module."""
    if module.option("proc") == "none":
        return ()
    if module.processors:
        return module.processors
    # From Java 23 on processors on the class path are found only when asked for.
    if java >= 23 and module.option("proc") not in ("full", "only"):
        return ()
    return tuple(
        e.where
        for e in module.entries
        if e.scope not in ("runner", "runtime")
        and (jar := layout.jars.get(e.where)) is not None
        and jar.processor
    )


def runs_code(layout: Layout, java: int) -> bool:
    """Whether compiling runs code of packages."""
    return any(processors(m, layout, java) for m in layout.modules)


def class_path(module: Module, layout: Layout, *, tests: bool) -> list[str]:
    """What a module's classes are compiled against, in order, without its own."""
    scopes = {"compile", "provided", "system"} | ({"test", "runtime"} if tests else set())
    return [p for e in module.entries if e.scope in scopes for p in _shown(e.where, layout)]


def runtime_path(module: Module, layout: Layout) -> list[str]:
    """What a module needs when it runs, in order, without its own classes."""
    return [
        p
        for e in module.entries
        if e.scope in ("compile", "runtime", "system")
        for p in _shown(e.where, layout)
    ]


def _shown(where: str, layout: Layout) -> list[str]:
    kind, colon, path = where.partition(":")
    if not colon:
        return [f"{ENV}/{where}"]
    module = layout.module(path)
    return [f"{OUT}/{kind}-{module.index}"] if module else []


def specification(
    layout: Layout, java: int, *, lint: bool = False, tests: bool = True, loose: Sequence[str] = ()
) -> str:
    """The lines that `Compile` reads; `loose` are jars of a project without a build."""
    lines: list[str] = []
    for module in layout.modules:
        lines += _unit(module, layout, java, module.sources, lint, False, loose)
        if tests and (module.test_sources or module.test_resources):
            lines += _unit(module, layout, java, module.test_sources, lint, True, loose)
    return "\n".join(lines) + "\n"


def units(layout: Layout, *, tests: bool = True) -> dict[str, int]:
    """Every unit of a specification with its number of files."""
    found = {f"main-{m.index}": len(m.sources) for m in layout.modules}
    if tests:
        found |= {
            f"test-{m.index}": len(m.test_sources)
            for m in layout.modules
            if m.test_sources or m.test_resources
        }
    return found


def _unit(
    module: Module,
    layout: Layout,
    java: int,
    files: Sequence[str],
    lint: bool,
    tests: bool,
    loose: Sequence[str],
) -> list[str]:
    path = class_path(module, layout, tests=tests)
    needs = {p.removeprefix(f"{OUT}/") for p in path if p.startswith(f"{OUT}/")}
    if tests:
        path = [f"{OUT}/main-{module.index}", *path]
        needs.add(f"main-{module.index}")
    path += [f"{SOURCE}/{jar}" for jar in loose]
    own = [f for f in files if f.endswith("/module-info.java") or f == "module-info.java"]
    modular = bool(own) and not tests
    options = [
        "--module-path" if modular else "-cp", ":".join(path) or f"{OUT}/none",
        # What flow analysis finds is told together with what the types tell.
        "-XDshould-stop.ifError=FLOW", "-Xmaxerrs", "300", "-Xmaxwarns", "1000",
        "-Xlint:all,-options,-processing,-path,-classfile" if lint else "-Xlint:none",
        *_level(module, layout, java),
        *_processing(module, layout, java),
        *_extra(module),
    ]  # fmt: skip
    folders = module.test_resources if tests else module.resources
    return [
        f"unit\t{'test' if tests else 'main'}-{module.index}",
        *(f"need\t{name}" for name in sorted(needs)),
        *(f"option\t{word}" for word in options),
        *(f"file\t{SOURCE}/{file}" for file in files if not (tests and file in own)),
        *(_resources(item) for item in folders if _one_line(item)),
    ]


def _level(module: Module, layout: Layout, java: int) -> list[str]:
    encoding = module.option("encoding")
    found = ["-encoding", encoding if _ENCODING.fullmatch(encoding) else "UTF-8"]
    if module.option("parameters") == "true":
        found.append("-parameters")
    release = feature(module.option("release"))
    source = feature(module.option("source"))
    target = feature(module.option("target")) or source
    if not layout.maven:
        return found
    if module.option("preview") == "true" or "--enable-preview" in module.arguments:
        return [*found, "--release", str(release or source or java), "--enable-preview"]
    if release:
        return [*found, "--release", str(release)]
    level = source or DEFAULT_RELEASE
    return [*found, "-source", str(level), "-target", str(max(target, level))]


def _processing(module: Module, layout: Layout, java: int) -> list[str]:
    jars = processors(module, layout, java)
    if not jars:
        return ["-proc:none"]
    path = [p for where in jars for p in _shown(where, layout)]
    if not module.processors:
        # A processor that was found on the class path may need anything that is there.
        path = class_path(module, layout, tests=True)
    options = [a for a in module.arguments if _PROCESSOR_OPTION.fullmatch(a)]
    return ["-processorpath", ":".join(path), *options]


def _extra(module: Module) -> list[str]:
    found: list[str] = []
    arguments = list(module.arguments)
    for i, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if word in _MODULE_OPTIONS and i + 1 < len(arguments):
            value = arguments[i + 1]
        elif name not in _MODULE_OPTIONS or not equals:
            continue
        # These do not go together with --release.
        if _MODULE_VALUE.fullmatch(value) and not module.option("release"):
            found += [name, value]
    if "-parameters" in arguments and module.option("parameters") != "true":
        found.append("-parameters")
    return found


def _one_line(item: Resources) -> bool:
    """Whether it can stand in a file that is read line by line: a name with a line break would be a
    line of its own, an option say."""
    return all(
        c.isprintable() for c in f"{item.directory}{item.target}{item.includes}{item.excludes}"
    )


def _resources(item: Resources) -> str:
    values = "".join(f"\t{k}={v}" for k, v in item.values.items())
    chosen = f"{item.includes}\t{item.excludes}"
    return f"resource\t{SOURCE}/{item.directory}\t{item.target}\t{chosen}{values}"


def loose_jars(files: Iterable[str]) -> list[str]:
    """Jars that lie in a project without a build."""
    return [f for f in files if f.endswith(".jar") and f.isprintable() and ":" not in f][:200]
