"""Frameworks by the packages that projects declare for them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autonomous_coder.languages.base import ProjectView
from autonomous_coder.models.adoption import Place

FRAMEWORKS: dict[str, dict[str, str]] = {
    "python": {
        "django": "Django", "fastapi": "FastAPI", "flask": "Flask", "litestar": "Litestar",
        "starlette": "Starlette", "aiohttp": "aiohttp", "tornado": "Tornado",
        "sqlmodel": "SQLModel", "sqlalchemy": "SQLAlchemy", "flask-sqlalchemy": "Flask-SQLAlchemy",
        "pydantic": "Pydantic", "celery": "Celery", "click": "Click", "typer": "Typer",
    },
    "node": {
        "next": "Next.js", "@nestjs/core": "NestJS", "hono": "Hono", "express": "Express",
        "fastify": "Fastify", "koa": "Koa", "react": "React", "vue": "Vue", "svelte": "Svelte",
        "@angular/core": "Angular", "drizzle-orm": "Drizzle", "prisma": "Prisma",
        "@prisma/client": "Prisma", "typeorm": "TypeORM", "mongoose": "Mongoose",
    },
    "go": {
        "github.com/gin-gonic/gin": "Gin", "github.com/labstack/echo": "Echo",
        "github.com/gofiber/fiber": "Fiber", "github.com/go-chi/chi": "chi",
        "github.com/gorilla/mux": "gorilla/mux", "gorm.io/gorm": "GORM",
        "github.com/spf13/cobra": "Cobra",
    },
    "rust": {
        "axum": "axum", "actix-web": "Actix Web", "rocket": "Rocket", "warp": "warp",
        "sqlx": "SQLx", "diesel": "Diesel", "sea-orm": "SeaORM", "clap": "clap", "tokio": "Tokio",
    },
    "java": {
        "org.springframework.boot": "Spring Boot", "io.javalin": "Javalin", "io.quarkus": "Quarkus",
        "io.micronaut": "Micronaut", "org.hibernate": "Hibernate",
    },
}  # fmt: skip
"""Package -> how people call it. For Go the module without its major version, for Java the group
of an artifact."""


def frameworks(
    kind: str, declared: Iterable[str], project: ProjectView, manifests: Iterable[str]
) -> list[Place]:
    """Those that a project declares, each with the line of the manifest that names it."""
    known = FRAMEWORKS[kind]
    found: dict[str, Place] = {}
    texts = [(path, project.read(path)) for path in manifests]
    for name in sorted(declared):
        title = known.get(name)
        if title is not None and title not in found:
            path, line = _line_of(name, texts)
            found[title] = Place(name=title, path=path, line=line)
    order = list(dict.fromkeys(known.values()))
    return sorted(found.values(), key=lambda place: order.index(place.name))


def _line_of(name: str, texts: list[tuple[str, str]]) -> tuple[str, int]:
    """The first line that names a package; the first manifest when none does."""
    spelled = re.escape(name).replace(r"\-", "[-_.]")
    word = re.compile(rf"(?<![\w.@/-]){spelled}(?![\w-])", re.I)
    for path, text in texts:
        for number, line in enumerate(text.splitlines()[:20_000], 1):
            if word.search(line) and not line.lstrip().startswith(("#", "//")):
                return path, number
    return (texts[0][0] if texts else ""), 0
