"""The modules that node itself brings."""

from __future__ import annotations

NAMES = (
    "assert async_hooks buffer child_process cluster console constants crypto dgram"
    " diagnostics_channel dns domain events fs http http2 https inspector module net os path"
    " perf_hooks process punycode querystring readline repl stream string_decoder sys timers tls"
    " trace_events tty url util v8 vm wasi worker_threads zlib"
)
BUILTINS = frozenset(NAMES.split(" "))


def is_builtin(module: str) -> bool:
    """Whether an import names one, with or without the `node:` before it."""
    return module.startswith(("node:", "bun:", "cloudflare:")) or module.split("/")[0] in BUILTINS
