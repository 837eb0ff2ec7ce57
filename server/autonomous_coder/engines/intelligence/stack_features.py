"""What features add to the stack of a service: each part with the reason it was chosen."""

from __future__ import annotations

from autonomous_coder.models.spec import ProjectSpec

Part = tuple[str, str, str, str]
"""What it is for, its name, its package (empty for none) and why it was chosen."""

_NODE: dict[str, Part] = {
    "monitoring": ("metrics", "prom-client", "prom-client", "the client for Node"),
    "background_jobs": (
        "jobs",
        "a queue in the database",
        "croner",
        "no broker to run beside it; croner reads schedules",
    ),
    "websocket": (
        "live updates",
        "ws",
        "ws",
        "the WebSocket implementation Node projects stand on",
    ),
    "property_tests": (
        "property tests",
        "fast-check",
        "fast-check",
        "makes values up, and the smallest one that fails",
    ),
    "file_upload": (
        "uploads",
        "busboy",
        "@fastify/busboy",
        "reads forms part by part, and not into memory; cared for by Fastify",
    ),
}
"""What both languages on Node take."""

_PARTS: dict[str, dict[str, Part]] = {
    "python": {
        "rate_limiting": ("rate limits", "limits", "limits", "asynchronous, and any storage"),
        "monitoring": (
            "metrics",
            "prometheus-client",
            "prometheus-client",
            "Prometheus' own client",
        ),
        "file_upload": (
            "uploads",
            "python-multipart",
            "python-multipart",
            "what Starlette reads forms with, file by file, and not into memory",
        ),
        "background_jobs": (
            "jobs",
            "a queue in the database",
            "cronsim",
            "no broker to run beside it; cronsim reads schedules",
        ),
        "websocket": (
            "live updates",
            "WebSockets",
            "websockets",
            "what uvicorn speaks them with; no broker for what one process tells",
        ),
        "property_tests": (
            "property tests",
            "Hypothesis",
            "hypothesis",
            "makes values up, and the smallest one that fails",
        ),
    },
    "typescript": {
        "rate_limiting": (
            "rate limits",
            "hono-rate-limiter",
            "hono-rate-limiter",
            "made for the framework",
        ),
        **_NODE,
    },
    "javascript": {
        "rate_limiting": (
            "rate limits",
            "express-rate-limit",
            "express-rate-limit",
            "made for the framework; the best known",
        ),
        **_NODE,
    },
    "go": {
        "file_upload": (
            "uploads",
            "mime/multipart",
            "",
            "forms are read part by part by the standard library, straight to disk",
        ),
        "background_jobs": (
            "jobs",
            "a queue in the database",
            "github.com/adhocore/gronx",
            "no broker to run beside it; gronx reads schedules, and needs nothing itself",
        ),
        "websocket": (
            "live updates",
            "coder/websocket",
            "github.com/coder/websocket",
            "maintained, made for contexts; no broker for what one process tells",
        ),
        "rate_limiting": ("rate limits", "x/time/rate", "golang.org/x/time", "by the Go project"),
        "monitoring": (
            "metrics",
            "client_golang",
            "github.com/prometheus/client_golang",
            "Prometheus' own client",
        ),
        "property_tests": (
            "property tests",
            "rapid",
            "pgregory.net/rapid",
            "makes values up, and the smallest one that fails; needs nothing itself",
        ),
    },
    "java": {
        "rate_limiting": ("rate limits", "a servlet filter", "", "each process counts for itself"),
        "monitoring": (
            "metrics",
            "micrometer",
            "io.micrometer:micrometer-registry-prometheus",
            "what Spring measures with, in the format of Prometheus",
        ),
        "file_upload": (
            "uploads",
            "servlet parts",
            "",
            "forms are read by Tomcat, straight to disk, and only once the client may send them",
        ),
    },
}


def feature_parts(spec: ProjectSpec) -> list[Part]:
    """The parts that the features of a spec bring, in their order."""
    known = _PARTS.get(spec.language, {})
    return [known[name] for name in spec.features if name in known]
