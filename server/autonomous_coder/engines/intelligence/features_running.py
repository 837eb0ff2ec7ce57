"""Features: how it is tested, shipped and watched, and the phrases that ask for them."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.wording import Feature, phrases

RUNNING: dict[str, Feature] = {
    "docker": Feature(
        "The service runs in a container",
        phrases("""
    docker, dockerfile, dockerized, dockerised,
    containerized, containerised, docker image, docker container, docker support
    """),
    ),
    "compose": Feature(
        "The service starts with what it needs, each in a container",
        phrases("""
    docker compose, docker-compose, docker compose file, docker-compose file, compose file,
    docker-compose.yml, docker-compose setup, docker compose setup, compose setup
    """),
    ),
    "dev_container": Feature(
        "A container to develop in is described",
        phrases("""
    dev container, dev containers, devcontainer, devcontainers, dev-container,
    development container, codespaces, github codespaces
    """),
    ),
    "ci": Feature(
        "A workflow tests every change",
        phrases("""
    ci, ci/cd, ci cd, continuous integration, github actions, github workflow, ci
    pipeline, ci workflow
    """),
    ),
    "pre_commit": Feature(
        "The checks run before each commit",
        phrases("""
    pre-commit, pre-commit hook, pre-commit hooks, precommit, precommit hook, precommit hooks,
    git hook, git hooks, commit hook, commit hooks, pre-commit checks
    """),
    ),
    "license": Feature(
        "It has the MIT licence",
        phrases("""
    mit license, mit licence, mit licensed, mit-licensed, licensed under mit, open source license,
    open source licence, license file, licence file
    """),
    ),
    "tests": Feature(
        "Tests show that it works",
        phrases("""
    unit test, unit tests, automated test, automated tests, integration test,
    integration tests, test suite, test coverage, tests, pytest, testing, fully tested,
    tested
    """),
    ),
    "property_tests": Feature(
        "Tests with values that are made up",
        phrases("""
    property tests, property test, property-based tests, property based tests,
    property-based testing, property based testing, property-based test, hypothesis,
    hypothesis tests, fast-check, fuzz tests, fuzzing
    """),
    ),
    "docs": Feature(
        "The project is documented",
        phrases("""documentation, docs, readme, documented, user guide"""),
    ),
    "logging": Feature(
        "The service writes logs",
        phrases("""
    structured logging, request logging, logging support, json logs, access logs,
    application logs, structured logs
    """),
        phrases("logging"),
    ),
    "kubernetes": Feature(
        "It is deployed to Kubernetes", phrases("kubernetes, k8s, helm, helm chart")
    ),
    "cloud": Feature("It is deployed to a cloud", phrases("""
    aws, azure, google cloud, gcp, heroku, vercel, terraform, deploy to aws, lambda,
    serverless, fly.io, netlify, digital ocean
    """)),
    "monitoring": Feature("Prometheus can read what it does", phrases("""
    prometheus, prometheus metrics, prometheus endpoint, metrics endpoint, metrics endpoints,
    request metrics, service metrics, http metrics, observability, monitoring endpoint,
    with metrics, and metrics
    """), phrases("metrics, monitoring")),
    "tracing": Feature("Another service watches it", phrases("""
    grafana, opentelemetry, tracing, distributed tracing, sentry, error tracking, uptime
    monitoring, jaeger, datadog, new relic
    """)),
    "encryption": Feature("Data is encrypted", phrases("""
    encryption, encrypted, end-to-end encryption, end-to-end encrypted, https, tls,
    ssl
    """)),
}  # fmt: skip
