"""Programming languages, and the phrases that name them."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.wording import phrases

LANGUAGES: dict[str, tuple[str, ...]] = {
    "python": phrases("python, python3, python 3, python api, in python"),
    "typescript": phrases("typescript, node typescript, in ts, with ts, using ts"),
    "javascript": phrases("""
    javascript, node.js, nodejs, node js, in node, with node, using node, in js, with js, using js,
    en node, em node, avec node, con node, mit node, met node, com node
    """),
    "go": phrases("""
    golang, in go, using go, with go, written in go, go api, go service, go backend, go
    rest api, go program, en go, em go, avec go, con go, mit go, met go, com go
    """),
    "rust": phrases("rust, in rust"),
    "java": phrases("java"),
    "kotlin": phrases("kotlin"),
    "csharp": phrases("c#, csharp, .net, dotnet, asp.net"),
    "php": phrases("php"),
    "ruby": phrases("ruby"),
    "cpp": phrases("c++"),
    "swift": phrases("swift"),
    "elixir": phrases("elixir"),
}  # fmt: skip
