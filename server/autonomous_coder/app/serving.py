"""How the server is served: stdio or HTTP on loopback, stopped by end of input or by a signal."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from functools import partial

import anyio
from mcp.server.lowlevel.server import NotificationOptions
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

from autonomous_coder.app.coder_server import CoderServer
from autonomous_coder.app.factory import create_server
from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.settings import Settings

logger = logging.getLogger(__name__)

SHUTDOWN_S = 10.0
HTTP_GRACE_S = 2
ENDPOINT = "/mcp"
OPEN_FILES = 65_536
"""Each call that waits holds a connection and its run's lock."""
_CHANGES = NotificationOptions(prompts_changed=True, resources_changed=True, tools_changed=True)


def run_server(
    settings: Settings,
    *,
    http: str = "",
    toolsets: Sequence[str] = (),
    read_only: bool = False,
) -> None:
    """Serve until the host is done: on stdio, or on `http` (`HOST:PORT`). Blocks.

    On stdio a signal ends the process with code 0 from within, because a thread still waits for
    input; the state is closed before.

    Raises:
        UsageError: an unknown toolset, or an address that cannot or may not be served.
    """
    logging.basicConfig(
        stream=sys.stderr,
        level=settings.server.log_level,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    address = parse_address(http) if http else None
    server = create_server(
        settings,
        toolsets=toolsets or settings.server.toolsets,
        read_only=read_only or settings.server.read_only,
    )
    if address is None:
        anyio.run(serve_stdio, server)
    else:
        anyio.run(partial(serve_http, server, *address))


async def serve_stdio(server: CoderServer) -> None:
    """Serve one host over stdin and stdout until it closes them; then returns.

    SIGTERM and SIGINT close the state and end the process with code 0.
    """
    lowlevel = server._lowlevel_server
    options = lowlevel.create_initialization_options(_CHANGES)
    signalled = False
    try:
        async with stdio_server() as (reading, writing), anyio.create_task_group() as tasks:

            async def stop_on_signal() -> None:
                nonlocal signalled
                with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
                    async for _ in signals:
                        signalled = True
                        _leave_anyway_after(SHUTDOWN_S)
                        serving.cancel()

            tasks.start_soon(stop_on_signal)
            with anyio.CancelScope() as serving:
                await lowlevel.run(reading, writing, options)
            if signalled:
                _exit()
            tasks.cancel_scope.cancel()
    except* (BrokenPipeError, anyio.BrokenResourceError, anyio.ClosedResourceError):
        logger.info("the host closed the connection")


def _leave_anyway_after(seconds: float) -> None:
    """A host that asked us to stop is not kept waiting by a step that will not end."""
    timer = threading.Timer(seconds, _exit)
    timer.daemon = True
    timer.start()


def _exit() -> None:
    """End the process at once: a thread blocked on stdin would keep a normal exit waiting."""
    logging.shutdown()
    os._exit(0)


def parse_address(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT` (`[::1]:8000` for IPv6).

    Raises:
        InvalidInputError: malformed.
        UnsupportedError: not a loopback address.
    """
    host, colon, port = text.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > 65_535:
        raise InvalidInputError(
            "The address is not HOST:PORT.", hint="For example 127.0.0.1:8000, or [::1]:8000."
        )
    check_loopback(host)
    return host, int(port)


def check_loopback(host: str) -> None:
    """Without authentication only this machine may connect.

    Raises:
        UnsupportedError: the host is reachable from elsewhere.
    """
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise UnsupportedError(
            f"{host} is not a loopback address, and this server has no authentication.",
            hint="Use 127.0.0.1:PORT, and an authenticating proxy or an SSH tunnel for others.",
        )


async def serve_http(server: CoderServer, host: str, port: int) -> None:
    """Serve Streamable HTTP at `/mcp` on a loopback address until SIGTERM or SIGINT; then returns.

    Port 0 takes a free one; the address is told on stderr.

    Raises:
        UnsupportedError: not a loopback address.
        InvalidInputError: the address is taken or cannot be used.
    """
    import uvicorn

    check_loopback(host)
    _allow_open_files()
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    bound = listener.getsockname()[1]
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[f"{name}:{bound}" for name in {shown, "localhost", "127.0.0.1", "[::1]"}],
        allowed_origins=[
            f"http://{name}:{bound}" for name in {shown, "localhost", "127.0.0.1", "[::1]"}
        ],
    )
    app = server.streamable_http_app(host=host, transport_security=security)
    config = uvicorn.Config(
        app,
        log_config=None,
        lifespan="on",
        access_log=False,
        timeout_graceful_shutdown=HTTP_GRACE_S,
    )
    web = uvicorn.Server(config)

    async def stop_on_signal() -> None:
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
            async for _ in signals:
                _leave_anyway_after(SHUTDOWN_S)
                web.should_exit = True

    sys.stderr.write(f"Serving MCP on http://{shown}:{bound}{ENDPOINT}\n")
    sys.stderr.flush()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stop_on_signal)
        # Not `serve`: it would take over the signals and raise them again after the end.
        await web._serve([listener])
        tasks.cancel_scope.cancel()


def _allow_open_files() -> None:
    """Raise the process's own limit on open files as far as it may: many systems begin with one
    that a few hundred calls at once would reach."""
    try:
        import resource
    except ImportError:  # not on this platform
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        # What the system refuses stays as it was.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise InvalidInputError(
            f"{host}:{port} cannot be served: {error.strerror or 'unusable address'}.",
            hint="Another program may use the port; choose another one.",
        ) from error
