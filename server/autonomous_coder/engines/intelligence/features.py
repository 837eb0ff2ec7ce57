"""
Features and the phrases that ask for them. A row is `name: (what it means, phrases,
weak phrases)`. A weak phrase is a feature only where it cannot be a thing or an
attribute (`email` in "contacts with name and email" is an attribute). `REQUIRES`
are features that another one cannot do without.
"""

from __future__ import annotations

from typing import NamedTuple

from autonomous_coder.engines.intelligence.wordset import word_set


class Feature(NamedTuple):
    title: str
    phrases: tuple[str, ...]
    weak: tuple[str, ...] = ()


def _p(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in " ".join(text.split()).split(",") if part.strip())


FEATURES: dict[str, Feature] = {
    "accounts": Feature(
        "Users can register and log in",
        _p("""
    authentication, auth, authenticate, authenticated, authenticating, log in, logs in,
    logging in, login, log-in, logged in, logged-in, logged in users, sign in, sign-in,
    signin, signs in, sign up, sign-up, signup, signs up, registration and login,
    register and login, register and log in, register and sign in, user account, user
    accounts, user registration, user login, user authentication, user management, jwt,
    jwt authentication, anmeldung, authentifizierung, autenticación, authentification,
    jwt auth, jwt token, jwt tokens, token authentication, bearer token, password login,
    login system, password protected, password-protected, create an account, create
    account, create accounts, user profiles, user profile, secured, log out, logout,
    passwords, password hashing, authenticated users, registered users, registered user,
    email and password, access token, access tokens, refresh token, user sign up,
    multi-user, multiple users, multi user, user signup, users with authentication
    """),
        _p("account, accounts"),
    ),
    "roles": Feature(
        "Roles decide who may do what",
        _p("""
    user role, user roles, role based access, role-based access, role-based access
    control, role based access control, rbac, role-based permissions, access control,
    permission, permissions, user permissions, admin role, admin roles, admin user,
    admin users, admin only, admin-only, admin rights, admin access, authorization,
    authorisation, roles and permissions, with roles, accounts and roles, login and roles,
    users and roles
    """),
        _p("role, roles"),
    ),
    "pagination": Feature(
        "Lists are paginated",
        _p("""
    pagination, paginated, paginate, paging, page by page, paginated list, paginated
    lists, cursor pagination
    """),
    ),
    "filtering": Feature(
        "Lists can be filtered",
        _p("""filtering, filter, filters, filterable, filtered, filtering by"""),
    ),
    "sorting": Feature(
        "Lists can be sorted",
        _p("""
    sorting, sort, sortable, sorted, order by, ordered by, ordering, sorted by, sort
    by
    """),
    ),
    "search": Feature(
        "Things can be searched for",
        _p("""
    full-text search, full text search, searchable, searching, search function, search
    bar, search for, search by
    """),
        _p("search"),
    ),
    "openapi": Feature(
        "The API describes itself as OpenAPI",
        _p("""openapi, open api, swagger, swagger ui, api documentation, api docs, openapi docs,
        openapi documentation, openapi spec, swagger docs, swagger documentation, redoc,
        interactive documentation, auto-generated docs"""),
    ),
    "health": Feature(
        "A health endpoint tells whether the service works",
        _p("""
    health check, health checks, healthcheck, health endpoint, health-check, liveness,
    readiness, liveness probe, readiness probe
    """),
    ),
    "docker": Feature(
        "The service runs in a container",
        _p("""
    docker, dockerfile, dockerized, dockerised,
    containerized, containerised, docker image, docker container, docker support
    """),
    ),
    "compose": Feature(
        "The service starts with what it needs, each in a container",
        _p("""
    docker compose, docker-compose, docker compose file, docker-compose file, compose file,
    docker-compose.yml, docker-compose setup, docker compose setup, compose setup
    """),
    ),
    "dev_container": Feature(
        "A container to develop in is described",
        _p("""
    dev container, dev containers, devcontainer, devcontainers, dev-container,
    development container, codespaces, github codespaces
    """),
    ),
    "ci": Feature(
        "A workflow tests every change",
        _p("""
    ci, ci/cd, ci cd, continuous integration, github actions, github workflow, ci
    pipeline, ci workflow
    """),
    ),
    "pre_commit": Feature(
        "The checks run before each commit",
        _p("""
    pre-commit, pre-commit hook, pre-commit hooks, precommit, precommit hook, precommit hooks,
    git hook, git hooks, commit hook, commit hooks, pre-commit checks
    """),
    ),
    "license": Feature(
        "It has the MIT licence",
        _p("""
    mit license, mit licence, mit licensed, mit-licensed, licensed under mit, open source license,
    open source licence, license file, licence file
    """),
    ),
    "postgresql": Feature(
        "Data is stored in PostgreSQL", _p("postgresql, postgres, postgre, postgressql, psql")
    ),
    "sqlite": Feature("Data is stored in SQLite", _p("sqlite, sqlite3")),
    "tests": Feature(
        "Tests show that it works",
        _p("""
    unit test, unit tests, automated test, automated tests, integration test,
    integration tests, test suite, test coverage, tests, pytest, testing, fully tested,
    tested
    """),
    ),
    "property_tests": Feature(
        "Tests with values that are made up",
        _p("""
    property tests, property test, property-based tests, property based tests,
    property-based testing, property based testing, property-based test, hypothesis,
    hypothesis tests, fast-check, fuzz tests, fuzzing
    """),
    ),
    "docs": Feature(
        "The project is documented",
        _p("""documentation, docs, readme, documented, user guide"""),
    ),
    "cors": Feature("Browsers of other origins may call it (CORS)", _p("""
    cors, cross-origin, cross origin, cross-origin requests
    """)),
    "logging": Feature(
        "The service writes logs",
        _p("""
    structured logging, request logging, logging support, json logs, access logs,
    application logs, structured logs
    """),
        _p("logging"),
    ),
    "rate_limiting": Feature(
        "Requests are rate limited",
        _p("""
    rate limiting, rate limit, rate limits, rate-limiting, rate-limit, rate limited,
    rate-limited, throttling, throttle, request limits
    """),
    ),
    "migrations": Feature(
        "The database schema is migrated",
        _p("""
    database migration, database migrations, schema migration, schema migrations,
    migrations, alembic
    """),
    ),
    "seed_data": Feature(
        "There are rows to try it with",
        _p("""
    seed data, seeding, seeder, database seed, seed the database,
    seeded database, seeded with data, sample data, sample rows, sample records, example data,
    example rows, demo data, dummy data, test data to play with, demo rows
    """),
    ),
    "payments": Feature(
        "Payments are taken",
        _p("""
    stripe, paypal, stripe payments, payment processing, online payment, online
    payments, credit card payment, credit card payments, credit cards, payment gateway,
    payment integration, checkout process, card payments, process payments, accept
    payments, take payments, stripe checkout, stripe integration, in-app purchases, pay
    online, pay with card
    """),
        _p("payments"),
    ),
    "email": Feature(
        "E-mails are sent",
        _p("""
    email notification, email notifications, email confirmation, email verification,
    confirmation email, confirmation emails, email alerts, email reminders, email
    reminder, send email, send emails, sends email, sends emails, sending emails,
    sending email, emailing, e-mail notifications, email sending, welcome email, welcome
    emails, verify email, verify their email, mailing list, smtp, newsletter emails,
    email digest
    """),
        _p("email, emails, e-mail, e-mails"),
    ),
    "password_reset": Feature(
        "Forgotten passwords can be reset",
        _p("""
    password reset, reset password, forgot password, forgotten password, password
    recovery, reset their password, password resets, change password
    """),
    ),
    "notifications": Feature(
        "Users are notified",
        _p("""
    push notification, push notifications, sms notification, sms notifications, sms,
    text messages, in-app notifications, notify, notifies, notified, notifying, get
    notified, send notifications, send reminders, sends reminders, send reminder, send
    alerts, alert users, web push, remind, reminds, sms reminders, reminder
    notifications
    """),
        _p("notifications, notification, alerts"),
    ),
    "file_upload": Feature(
        "Files can be uploaded",
        _p("""
    file upload, file uploads, upload file, upload files, image upload, image uploads,
    upload image, upload images, upload photo, upload photos, photo upload, photo
    uploads, upload picture, upload pictures, uploading files, uploading images,
    attachment, attachments, file attachment, file attachments, upload documents, upload
    document, document upload, upload videos, upload video, video upload, upload
    avatars, upload avatar, file storage, media upload, image hosting, upload a photo,
    upload a file, upload an image, upload a picture, upload a video, uploading photos,
    s3, s3 storage, attach files, attach a file, attach images, attach an image, attach photos,
    attach a photo, attach pictures, attach documents, attach a document, attached files,
    upload their photos, upload their files, upload files and images, upload images and files,
    pdf attachment, pdf attachments, pdf upload, pdf uploads, upload pdfs, upload a pdf, upload pdf
    """),
    ),
    "websocket": Feature(
        "Changes arrive in real time",
        _p("""
    websocket, websockets, web socket, web sockets, real time, real-time, realtime, live
    updates, live update, live, real-time updates, real time updates, realtime updates,
    live chat, server-sent events, server sent events, sse, live feed, live scores,
    websocket updates, websocket events, push updates, pushes updates, push live updates,
    pushes live updates, pushed to clients, changes arrive in real time, arrive in real time,
    updates in real time, changes in real time, live data
    """),
    ),
    "streaming": Feature("Media is streamed", _p("""
    video streaming, audio streaming, music streaming, streaming, live stream, live
    streaming
    """)),
    "admin_panel": Feature(
        "Administrators have pages of their own",
        _p("""
    admin panel, admin dashboard, admin interface, admin area, admin ui, admin page,
    admin pages, admin site, back office, backoffice, admin backend
    """),
    ),
    "dashboard": Feature(
        "Figures are shown on a dashboard", _p("dashboard, dashboards, analytics dashboard")
    ),
    "frontend": Feature(
        "There are pages to click",
        _p("""
    frontend, front-end, front end, user interface, ui, gui, web ui, react, vue,
    angular, svelte, react frontend, vue frontend, react app, html pages, web pages,
    single page app, single-page app, spa, landing page, homepage, tailwind, bootstrap
    css, dark mode, dark theme, responsive design, drag and drop, drag-and-drop
    """),
    ),
    "mobile_app": Feature("There is a mobile app", _p("""
    mobile app, android app, ios app, iphone app, react native, flutter, mobile
    application, android, ios
    """)),
    "oauth": Feature(
        "Users log in with an account they have elsewhere",
        _p("""
    oauth, oauth2, oauth 2.0, google login, login with google, log in with google, sign
    in with google, github login, login with github, log in with github, sign in with
    github, social login, social logins, facebook login, login with facebook, log in
    with facebook, sign in with apple, single sign-on, single sign on, sso, openid
    connect, oidc, saml, ldap, google authentication, google sign-in, google oauth,
    github oauth, log in via google, social authentication, google auth, magic link,
    magic links, login via google
    """),
    ),
    "two_factor": Feature(
        "A second factor protects the log-in",
        _p("""
    two factor, two-factor, two factor authentication, two-factor authentication, 2fa,
    mfa, multi-factor authentication, multi factor authentication, one-time password,
    otp, totp, passkeys, passkey
    """),
    ),
    "api_keys": Feature("Programs log in with API keys", _p("""
    api key, api keys, api key authentication, api-key
    """)),
    "export": Feature(
        "Data can be exported",
        _p("""
    csv export, export to csv, export csv, pdf export, export to pdf, export as csv,
    export as pdf, excel export, export to excel, data export, export data, exporting,
    exported, download as csv, csv download, pdf download, export to json
    """),
        _p("export, exports"),
    ),
    "import": Feature(
        "Data can be imported",
        _p("""
    csv import, import csv, import from csv, data import, import data, importing, bulk
    import, excel import, import from excel, bulk upload, imported
    """),
        _p("import, imports"),
    ),
    "pdf": Feature("PDF documents are made", _p("""
    pdf, pdfs, pdf generation, generate pdf, generate pdfs, pdf invoices, pdf report,
    pdf reports, pdf invoice, as pdf
    """)),
    "charts": Feature("Figures are drawn as charts", _p("""
    chart, charts, graphs, diagrams, visualization, visualisation, visualizations, data
    visualization, bar chart, pie chart
    """)),
    "reports": Feature(
        "Figures are summed up in reports",
        _p("""
    reporting, statistics, stats, analytics, monthly report, monthly reports, weekly
    report, weekly reports, sales report, sales reports, daily report, daily reports,
    summary report, summary reports, generate report, generate reports, generating
    reports, monthly summary, monthly summaries, weekly summary, insights, metrics
    dashboard, yearly report, monthly totals, total spending, spending report, generates
    reports, click statistics, click tracking, click counts, usage statistics
    """),
        _p("report, reports"),
    ),
    "i18n": Feature(
        "It speaks several languages",
        _p("""
    i18n, internationalization, internationalisation, localization, localisation,
    multilingual, multi-language, multi language, multiple languages, several languages,
    translations, l10n
    """),
    ),
    "caching": Feature("Answers are cached", _p("""
    caching, cache, cached, redis cache, redis caching, response caching
    """)),
    "background_jobs": Feature(
        "Work is done in the background",
        _p("""
    background job, background jobs, background task, background tasks, celery, task
    queue, job queue, message queue, rabbitmq, kafka, cron, cron job, cron jobs,
    scheduled job, scheduled jobs, scheduled task, scheduled tasks, background
    processing, background worker, asynchronous processing
    """),
    ),
    "graphql": Feature("The API speaks GraphQL", _p("graphql, graph ql, graphql api")),
    "grpc": Feature("The API speaks gRPC", _p("grpc, protobuf, protocol buffers")),
    "multi_tenancy": Feature("Several organisations are kept apart", _p("""
    multi-tenant, multi tenant, multitenant, multi-tenancy, multi tenancy, multitenancy,
    saas
    """)),
    "webhooks": Feature("Other programs are told by webhook", _p("webhook, webhooks")),
    "audit_log": Feature("Every change is recorded", _p("""
    audit log, audit logs, audit trail, audit logging, change history, version history,
    versioning, revision history, activity log, activity feed, edit history, history of
    changes
    """)),
    "soft_delete": Feature("Deleted things can be restored", _p("""
    soft delete, soft deletes, soft-delete, trash, recycle bin, restore deleted,
    undo
    """)),
    "maps": Feature("Places are shown on a map", _p("""
    google maps, interactive map, map view, geolocation, geo-location, geocoding,
    openstreetmap, on a map, gps, gps tracking, location tracking
    """), _p("map, maps")),
    "recommendations": Feature("Things are recommended", _p("""
    recommendation, recommendations, recommendation engine, recommender, personalized
    recommendations, personalised recommendations, suggestions
    """)),
    "ai": Feature("A model answers or classifies", _p("""
    ai, artificial intelligence, machine learning, chatgpt, gpt, openai, llm, language
    model, chatbot, ai-powered, ai assistant, neural network, sentiment analysis, image
    recognition, face recognition, ocr, speech recognition
    """)),
    "mysql": Feature("Data is stored in MySQL", _p("mysql, mariadb")),
    "mongodb": Feature("Data is stored in MongoDB", _p("mongodb, mongo")),
    "redis": Feature("Redis is used", _p("redis")),
    "elasticsearch": Feature(
        "Elasticsearch is used", _p("elasticsearch, opensearch, meilisearch, algolia")
    ),
    "kubernetes": Feature("It is deployed to Kubernetes", _p("kubernetes, k8s, helm, helm chart")),
    "cloud": Feature("It is deployed to a cloud", _p("""
    aws, azure, google cloud, gcp, heroku, vercel, terraform, deploy to aws, lambda,
    serverless, fly.io, netlify, digital ocean
    """)),
    "monitoring": Feature("Prometheus can read what it does", _p("""
    prometheus, prometheus metrics, prometheus endpoint, metrics endpoint, metrics endpoints,
    request metrics, service metrics, http metrics, observability, monitoring endpoint,
    with metrics, and metrics, roles and metrics
    """), _p("metrics, monitoring")),
    "tracing": Feature("Another service watches it", _p("""
    grafana, opentelemetry, tracing, distributed tracing, sentry, error tracking, uptime
    monitoring, jaeger, datadog, new relic
    """)),
    "encryption": Feature("Data is encrypted", _p("""
    encryption, encrypted, end-to-end encryption, end-to-end encrypted, https, tls,
    ssl
    """)),
    "blockchain": Feature("A blockchain is used", _p("""
    blockchain, ethereum, smart contract, smart contracts, nft, nfts, bitcoin, crypto
    payments, cryptocurrency, web3
    """)),
    "scraping": Feature("Pages of others are read", _p("""
    web scraping, scraper, scrape, scraping, crawler, crawl
    """)),
    "third_party": Feature(
        "Another service is connected",
        _p("""
    slack, slack integration, discord, telegram, whatsapp, google calendar, google
    calendar sync, calendar sync, twilio, sendgrid, mailchimp, zapier, salesforce,
    hubspot, outlook, google drive, dropbox, jira, trello integration, twitter api,
    spotify, twitter bot, mastodon bot, reddit bot, bluesky bot, third-party integration,
    third party integrations, shopify
    """),
    ),
    "qr_codes": Feature("QR codes or barcodes are made", _p("""
    qr code, qr codes, barcode scanning, barcode scanner, scan barcodes
    """)),
    "offline": Feature("It works without a network", _p("""
    offline mode, offline support, works offline, offline-first, pwa, progressive web
    app
    """)),
}  # fmt: skip

REQUIRES: dict[str, tuple[str, ...]] = {
    "roles": ("accounts",),
    "password_reset": ("accounts",),
    "two_factor": ("accounts",),
    "oauth": ("accounts",),
    "compose": ("docker",),
}

DEFAULTS_REST_API = ("openapi", "pagination", "health", "tests", "docs", "docker", "ci", "sqlite")
"""What every REST API gets unless the request says no."""

FIRST_OFFERED = word_set(
    """
    accounts ci cors docker docs filtering health logging migrations openapi pagination
    postgresql search sorting sqlite tests
    """
)

LANGUAGES: dict[str, tuple[str, ...]] = {
    "python": _p("python, python3, python 3, python api, in python"),
    "typescript": _p("typescript, node typescript, in ts, with ts, using ts"),
    "javascript": _p("""
    javascript, node.js, nodejs, node js, in node, with node, using node, in js, with js, using js
    """),
    "go": _p("""
    golang, in go, using go, with go, written in go, go api, go service, go backend, go
    rest api, go program, en go, em go, avec go, con go, mit go, met go, com go
    """),
    "rust": _p("rust, in rust"),
    "java": _p("java"),
    "kotlin": _p("kotlin"),
    "csharp": _p("c#, csharp, .net, dotnet, asp.net"),
    "php": _p("php"),
    "ruby": _p("ruby"),
    "cpp": _p("c++"),
    "swift": _p("swift"),
    "elixir": _p("elixir"),
}  # fmt: skip

ARCHETYPES: dict[str, tuple[str, ...]] = {
    "rest_api": _p("""
    rest api, restful api, rest-api, http api, json api, web api, crud api, api, rest
    service, restful service, restful web service, backend api, api server, rest
    backend, restful apis, rest apis, rest interface, backend, microservice, web
    service, api backend, crud rest api
    """),
    "cli": _p("""
    cli, command line tool, command-line tool, command line program, command line app,
    command-line app, command-line application, command-line program, terminal app, console app,
    console application, command line interface, command-line interface, cli tool, cli app,
    command line application, shell script, terminal program, command-line utility, command line
    utility, cli utility, cli program, cli application, terminal tool, terminal utility,
    terminal application, terminal-based, console program, console tool, command-line script,
    command line script, python script, bash script, command-line, command line, commandline, go
    cli, go cli tool, go command-line tool, go command line tool, rust cli, node cli, python
    cli, java cli, typescript cli, script that, script to, script which, javascript cli, node.js
    cli, nodejs cli, python command line tool, python command-line tool, node command line tool,
    node command-line tool, node.js command line tool, node.js command-line tool, typescript
    command line tool, typescript command-line tool, javascript command line tool, javascript
    command-line tool, typescript command line program, typescript command line app, node
    command line program, node command-line program, node command line app, node command-line app
    """),
    "library": _p("""
    python library, python package, npm package, software library, code library, reusable
    library, sdk, python module, client library, pip package, typescript library, javascript
    library, java library, go library, rust library, rust crate, go module, go package, npm
    module, node library, node module, javascript package, typescript package, typescript
    module, utility library, helper library, parsing library, validation library, math library,
    crate in rust,
    util library, utils library, utilities library, date library, string library, java package,
    maven library, maven package, maven artifact, pypi package, library in python, library in
    typescript, library in
    javascript, library in go, library in rust, library in java, importable package, importable
    module, npm library, node package, node.js library, node.js package, node.js module, nodejs
    library, nodejs package
    """),
    "game": _p("""
    snake game, platformer, tetris, pong, tic-tac-toe, tic tac toe, chess game, puzzle
    game, 2d game, 3d game, arcade game, space invaders, minesweeper, sudoku, hangman,
    multiplayer game, browser game, card game, video game engine, text adventure, flappy
    bird, breakout game, roguelike, rock paper scissors, shooter game, racing game, a
    game, python game, desktop game, breakout, space invaders
    game, pygame game, asteroids game, pac-man, pacman, maze game,
    brick breaker, tower defense game, memory game, clicker game, connect four, 2048 game,
    jump and run
    """),
    "desktop_app": _p("""
    desktop app, desktop application, desktop program, gui application, gui app, windows
    app, mac app, qt app, desktop gui
    """),
    "static_site": _p("""
    static site, static website, landing page, personal website, portfolio website,
    portfolio site, static web page, personal homepage, documentation site, html page,
    html website
    """),
    "data_pipeline": _p("""
    data pipeline, etl, etl pipeline, data processing pipeline, etl job, elt pipeline,
    batch pipeline
    """),
    "mcp_server": _p("""mcp server, model context protocol server, mcp tool server"""),
    "worker": _p("""
    queue worker, background service, daemon, message consumer
    """),
    "realtime": _p("""websocket server, real-time server, realtime server, websocket api"""),
    "web_app": _p("""
    web app, web application, webapp, website, web site, web-app, web portal, single
    page application, full-stack app, full stack app, fullstack app, full-stack
    application, full stack application, progressive web app, web-based application,
    site
    """),
}  # fmt: skip
"""What is to be made.

Where one is meant beside an API (`web_app`, `realtime`), the API is built and the rest reported
as not built; the others cannot be replaced by an API.
"""

SOFT_ARCHETYPES = frozenset({"web_app", "realtime"})
