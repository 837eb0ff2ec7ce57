"""Features: how it answers, and the phrases that ask for them."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.wording import Feature, phrases

SERVING: dict[str, Feature] = {
    "openapi": Feature(
        "The API describes itself as OpenAPI",
        phrases("""
    openapi, open api, swagger, swagger ui, api documentation, api docs, openapi docs, openapi
    documentation, openapi spec, swagger docs, swagger documentation, redoc, interactive
    documentation, auto-generated docs
    """),
    ),
    "health": Feature(
        "A health endpoint tells whether the service works",
        phrases("""
    health check, health checks, healthcheck, health endpoint, health-check, liveness,
    readiness, liveness probe, readiness probe
    """),
    ),
    "cors": Feature("Browsers of other origins may call it (CORS)", phrases("""
    cors, cross-origin, cross origin, cross-origin requests
    """)),
    "rate_limiting": Feature(
        "Requests are rate limited",
        phrases("""
    rate limiting, rate limit, rate limits, rate-limiting, rate-limit, rate limited,
    rate-limited, throttling, throttle, request limits
    """),
    ),
    "websocket": Feature(
        "Changes arrive in real time",
        phrases("""
    websocket, websockets, web socket, web sockets, real time, real-time, realtime, live
    updates, live update, live, real-time updates, real time updates, realtime updates,
    live chat, server-sent events, server sent events, sse, live feed, live scores,
    websocket updates, websocket events, push updates, pushes updates, push live updates,
    pushes live updates, pushed to clients, changes arrive in real time, arrive in real time,
    updates in real time, changes in real time, live data
    """),
    ),
    "streaming": Feature("Media is streamed", phrases("""
    video streaming, audio streaming, music streaming, streaming, live stream, live
    streaming
    """)),
    "graphql": Feature("The API speaks GraphQL", phrases("graphql, graph ql, graphql api")),
    "grpc": Feature("The API speaks gRPC", phrases("grpc, protobuf, protocol buffers")),
    "webhooks": Feature("Other programs are told by webhook", phrases("webhook, webhooks")),
    "background_jobs": Feature(
        "Work is done in the background",
        phrases("""
    background job, background jobs, background task, background tasks, celery, task
    queue, job queue, message queue, rabbitmq, kafka, cron, cron job, cron jobs,
    scheduled job, scheduled jobs, scheduled task, scheduled tasks, background
    processing, background worker, asynchronous processing
    """),
    ),
}  # fmt: skip
