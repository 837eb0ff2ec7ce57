"""Architecture, complexity and risks of a spec."""

from __future__ import annotations

from autonomous_coder.models.planning import Architecture, Complexity, Risk
from autonomous_coder.models.spec import ProjectSpec, RelationKind
from autonomous_coder.models.technology import Origin, TechStack


def architecture(spec: ProjectSpec) -> Architecture:
    """The shape of the project, its layers from the outside in."""
    if spec.archetype == "rest_api":
        layers = ["routes", "schemas", "services", "models", "database"]
        if "accounts" in spec.features:
            layers.insert(1, "security")
        return Architecture(
            pattern="layered modular monolith",
            layers=layers,
            reason=f"{_kinds(spec)} behind one API: one deployable service, "
            "one module per thing, and rules kept out of the routes so that they can be tested.",
        )
    if spec.archetype == "cli":
        layers = ["commands", "core", "storage"] if spec.entities else ["commands", "core"]
        kept = f"keeps {_kinds(spec)} in a file of its user; " * bool(spec.entities)
        return Architecture(
            pattern="command-line program",
            layers=layers,
            reason=f"One program with {len(spec.commands)} commands: it {kept}"
            "commands only read arguments and print, the core can be tested without them.",
        )
    if spec.archetype == "desktop_app":
        layers = ["windows", "lists and forms", "services", "models", "database"]
        return Architecture(
            pattern="desktop application",
            layers=layers if spec.entities else ["windows", "tasks"],
            reason="Windows only show and hand on what is typed: what lists, forms and tasks do "
            "knows nothing of the screen and is tested without one.",
        )
    if spec.archetype == "game":
        return Architecture(
            pattern="game loop",
            layers=["loop", "input", "rules", "world"],
            reason="Rules advance a world in steps of one length: they know nothing of the screen, "
            "the keys or the time, so that tests can play.",
        )
    if spec.archetype == "static_site":
        return Architecture(
            pattern="static site",
            layers=["pages", "scripts", "data"] if spec.entities else ["pages"],
            reason="Files that any web server hands out: nothing to build, to run or to update.",
        )
    if spec.archetype == "mcp_server":
        layers = ["tools", "core", "storage"] if spec.entities else ["tools", "core"]
        return Architecture(
            pattern="MCP server",
            layers=layers,
            reason="An assistant starts it and calls its tools: they only check arguments and "
            "answer, what they do can be tested without the protocol.",
        )
    if spec.archetype == "worker":
        return Architecture(
            pattern="background worker",
            layers=["scheduler", "jobs", "storage"],
            reason="One process starts jobs when they are due and keeps what came of them: the "
            "loop knows nothing of what jobs do, and tests bring their own clock.",
        )
    if spec.archetype == "library":
        layers = ["public interface", "models"] if spec.entities else ["public interface", "core"]
        return Architecture(
            pattern="importable package",
            layers=layers,
            reason="Other programs call it: a small public interface, typed and documented, no "
            "process, network or files of its own.",
        )
    return Architecture(
        pattern="modular program",
        layers=["interface", "core", "adapters"],
        reason="A single program: the core knows nothing of how it is called or what it calls.",
    )


def complexity(spec: ProjectSpec) -> Complexity:
    """1..100 from what has to be made; up to 25 is simple, up to 60 medium."""
    relations = [r for entity in spec.entities for r in entity.relations]
    many = sum(r.kind is RelationKind.MANY_TO_MANY for r in relations)
    unknown = sum(n.startswith("unknown:") for r in spec.requirements for n in r.needs)
    factors = {
        "entities": 3 * len(spec.entities),
        "fields": (sum(len(entity.fields) for entity in spec.entities) + 2) // 3,
        "relations": 2 * len(relations) + 2 * many,
        "features": len(spec.features),
        "accounts": 6 if "accounts" in spec.features else 0,
        "commands": 2 * len(spec.commands),
        "jobs": 4 * len(spec.jobs),
        "channels": 5 * len(spec.channels),
        "pages": 3 * len(spec.pages),
        "not understood": 3 * unknown,
    }
    score = max(1, min(100, sum(factors.values())))
    level = "simple" if score <= 25 else "medium" if score <= 60 else "complex"
    return Complexity(score=score, level=level, factors={k: n for k, n in factors.items() if n})


def risks(spec: ProjectSpec, stack: TechStack) -> list[Risk]:
    """What may go wrong, the gravest first."""
    out: list[Risk] = []
    unknown = [n[8:] for r in spec.requirements for n in r.needs if n.startswith("unknown:")]
    if unknown and spec.archetype in {"cli", "library", "mcp_server", "worker"}:
        named = ", ".join(f'"{phrase[:60]}"' for phrase in unknown[:5])
        out.append(
            _risk(
                "What no template knows is not built",
                "high",
                f"Listed as not built ({named}); hand its code and a test in with "
                "'spec.extra_files', or describe it in other words.",
            )
        )
    elif unknown:
        named = ", ".join(f'"{phrase[:60]}"' for phrase in unknown[:5])
        out.append(
            _risk(
                "Parts of the request were not understood",
                "high",
                f"They are listed as not built ({named}); "
                "describe them in other words or in the spec.",
            )
        )
    if spec.confidence < 0.6:
        out.append(
            _risk(
                "The request was understood only in part",
                "high",
                "Read the assumptions and answer the questions before relying on the result.",
            )
        )
    if "accounts" in spec.features:
        out.append(
            _risk(
                "Accounts guard personal data",
                "medium",
                "Slow, salted password hashes, short-lived signed tokens, "
                "a secret from the environment, tests that others are kept out.",
            )
        )
    elif spec.entities and spec.archetype == "rest_api":
        out.append(
            _risk(
                "Anyone who reaches the service may change everything",
                "medium",
                "Keep it inside a trusted network, or ask for accounts.",
            )
        )
    resolution = stack.resolution
    if resolution is None:
        out.append(
            _risk("Versions were not looked up", "medium", "Resolve the stack before generating.")
        )
    else:
        if resolution.origin not in {Origin.LIVE, Origin.CACHED}:
            out.append(
                _risk(
                    "Versions may be out of date",
                    "medium",
                    f"They are {resolution.origin.value}; repeat with a network.",
                )
            )
        out += [
            _risk(
                f"{pin.name} is held below its newest version",
                "low",
                f"Held by {pin.held_by}; checked again at every build.",
            )
            for pin in resolution.pins
            if pin.direct and pin.held_by
        ][:10]
    if sum(len(e.relations) for e in spec.entities) > 12:
        out.append(
            _risk(
                "Many relations make deletes and lists expensive",
                "low",
                "Foreign keys are indexed, lists are paginated and related rows loaded on purpose.",
            )
        )
    order = {"high": 0, "medium": 1, "low": 2}
    return sorted(out, key=lambda risk: order[risk.severity])


def _risk(title: str, severity: str, mitigation: str) -> Risk:
    return Risk(title=title, severity=severity, mitigation=mitigation)


def _kinds(spec: ProjectSpec) -> str:
    number = len(spec.entities)
    return "1 kind of thing" if number == 1 else f"{number} kinds of things"
