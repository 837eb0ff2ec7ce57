"""Frameworks a request may name: their language, what is made with them, the words for them."""

from __future__ import annotations

from typing import NamedTuple


class Framework(NamedTuple):
    """`language` it is of, the kind of software made with it, and phrases that name it.

    A name that is also an everyday word (`click`, `clap`) counts only in such a phrase.
    """

    language: str
    kind: str = "rest_api"
    phrases: tuple[str, ...] = ()


def _cli(language: str, *phrases: str) -> Framework:
    return Framework(language, "cli", phrases)


def _window(*phrases: str) -> Framework:
    return Framework("python", "desktop_app", phrases)


def _used(name: str, *more: str) -> tuple[str, ...]:
    """Phrases in which an everyday word is the name of a framework."""
    fixed = (f"using {name}", f"with the {name} library", f"{name} framework", f"{name} cli")
    return (*fixed, f"{name} library", f"built with {name}", f"written with {name}", *more)


FRAMEWORKS: dict[str, Framework] = {
    "fastapi": Framework("python"),
    "django": Framework("python"),
    "flask": Framework("python"),
    "django rest framework": Framework("python"),
    "starlette": Framework("python"),
    "litestar": Framework("python"),
    "tornado": Framework("python"),
    "pygame": Framework("python", "game", ("pygame", "pygame-ce", "pygame ce")),
    "pyglet": Framework("python", "game"),
    "pyside6": _window("pyside6", "pyside", "pyside 6", "qt for python"),
    "pyqt": _window("pyqt", "pyqt5", "pyqt6"),
    "tkinter": _window("tkinter", "customtkinter"),
    "wxpython": _window("wxpython"),
    "kivy": _window("kivy"),
    "electron": Framework("typescript", "desktop_app"),
    "tauri": Framework("rust", "desktop_app"),
    "typer": _cli("python", "typer"),
    "click": _cli(
        "python",
        *_used(
            "click",
            "python click",
            "click package",
            "cli with click",
            "tool with click",
            "app with click",
        ),
    ),
    "argparse": _cli("python", "argparse"),
    "docopt": _cli("python", "docopt"),
    "express": Framework("javascript"),
    "express.js": Framework("javascript"),
    "nestjs": Framework("typescript"),
    "nest.js": Framework("typescript"),
    "next.js": Framework("typescript", "web_app", ("next.js", "next js")),
    "nextjs": Framework("typescript", "web_app"),
    "fastify": Framework("typescript"),
    "hono": Framework("typescript"),
    "commander": _cli("typescript", *_used("commander", "commander.js", "commanderjs")),
    "yargs": _cli("typescript", "yargs"),
    "oclif": _cli("typescript", "oclif"),
    "spring": Framework("java"),
    "spring boot": Framework("java"),
    "spring-boot": Framework("java"),
    "quarkus": Framework("java"),
    "javalin": Framework("java"),
    "micronaut": Framework("java"),
    "picocli": _cli("java", "picocli"),
    "gin": Framework("go"),
    "fiber": Framework("go"),
    "echo framework": Framework("go"),
    "cobra": _cli("go", *_used("cobra", "with cobra", "go cobra", "cobra app", "cobra program")),
    "urfave": _cli("go", "urfave"),
    "actix": Framework("rust"),
    "axum": Framework("rust"),
    "clap": _cli(
        "rust",
        *_used("clap", "with clap", "rust clap", "clap crate", "clap app", "clap program"),
        "clap tool",
    ),
    "rails": Framework("ruby"),
    "ruby on rails": Framework("ruby"),
    "laravel": Framework("php"),
    "symfony": Framework("php"),
    "phoenix": Framework("elixir"),
}

FRAMEWORK_OF = {
    ("python", "rest_api"): "fastapi",
    ("python", "web_app"): "fastapi",
    ("python", "realtime"): "fastapi",
    ("typescript", "realtime"): "hono",
    ("typescript", "web_app"): "react",
    ("typescript", "rest_api"): "hono",
    ("javascript", "rest_api"): "express",
    ("python", "cli"): "typer",
    ("python", "game"): "pygame ce",
    ("python", "desktop_app"): "pyside6",
    ("python", "mcp_server"): "mcp",
    ("typescript", "mcp_server"): "mcp",
    ("javascript", "mcp_server"): "mcp",
    ("typescript", "cli"): "commander",
    ("javascript", "cli"): "commander",
    ("go", "cli"): "cobra",
    ("go", "rest_api"): "net/http",
    ("rust", "cli"): "clap",
    ("rust", "rest_api"): "axum",
    ("java", "cli"): "picocli",
    ("java", "rest_api"): "spring boot",
}
"""What each cell is built with; a cell that is not here needs none."""

FRAMEWORK_TITLES = {
    "react": "React", "next.js": "Next.js",
    "fastapi": "FastAPI", "hono": "Hono", "express": "Express", "typer": "Typer",
    "commander": "Commander",
    "cobra": "Cobra", "net/http": "net/http", "clap": "clap", "picocli": "picocli",
    "spring boot": "Spring Boot",
    "mcp": "the MCP SDK", "pygame ce": "pygame-ce", "pyside6": "PySide6", "axum": "axum",
}  # fmt: skip


def named(said: str, ours: str) -> bool:
    """Whether a name (`express.js`, `spring`) is one of the framework `ours`."""
    words = plain(said).removesuffix("js").removesuffix(".")
    return words in {ours, ours.partition(" ")[0], ours.replace(" ", "")}


NEXT = "next.js"
VARIANTS = {("typescript", "web_app"): (NEXT,)}
"""What a cell can be built with instead, where it is asked for."""
_NEXT = frozenset({"next", "nextjs"})
"""How Next.js is named, without dots and spaces."""


def plain(name: str) -> str:
    """`Express.js` as `express.js`, `Spring-Boot` as `spring boot`; the names of Next.js as one."""
    text = " ".join(name.lower().replace("-", " ").split())
    return NEXT if text.replace(".", "").replace(" ", "") in _NEXT else text
