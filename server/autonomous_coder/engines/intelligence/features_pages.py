"""Features: what its users see, and the phrases that ask for them."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.wording import Feature, phrases

PAGES: dict[str, Feature] = {
    "admin_panel": Feature(
        "Administrators have pages of their own",
        phrases("""
    admin panel, admin dashboard, admin interface, admin area, admin ui, admin page,
    admin pages, admin site, back office, backoffice, admin backend
    """),
    ),
    "dashboard": Feature(
        "Figures are shown on a dashboard", phrases("dashboard, dashboards, analytics dashboard")
    ),
    "frontend": Feature(
        "There are pages to click",
        phrases("""
    frontend, front-end, front end, user interface, ui, gui, web ui, react, vue,
    angular, svelte, react frontend, vue frontend, react app, html pages, web pages,
    single page app, single-page app, spa, landing page, homepage, tailwind, bootstrap
    css, dark mode, dark theme, responsive design, drag and drop, drag-and-drop
    """),
    ),
    "mobile_app": Feature("There is a mobile app", phrases("""
    mobile app, android app, ios app, iphone app, react native, flutter, mobile
    application, android, ios
    """)),
    "charts": Feature("Figures are drawn as charts", phrases("""
    chart, charts, graphs, diagrams, visualization, visualisation, visualizations, data
    visualization, bar chart, pie chart
    """)),
    "reports": Feature(
        "Figures are summed up in reports",
        phrases("""
    reporting, statistics, stats, analytics, monthly report, monthly reports, weekly
    report, weekly reports, sales report, sales reports, daily report, daily reports,
    summary report, summary reports, generate report, generate reports, generating
    reports, monthly summary, monthly summaries, weekly summary, insights, metrics
    dashboard, yearly report, monthly totals, total spending, spending report, generates
    reports, click statistics, click tracking, click counts, usage statistics
    """),
        phrases("report, reports"),
    ),
    "i18n": Feature(
        "It speaks several languages",
        phrases("""
    i18n, internationalization, internationalisation, localization, localisation,
    multilingual, multi-language, multi language, multiple languages, several languages,
    translations, l10n
    """),
    ),
    "maps": Feature("Places are shown on a map", phrases("""
    google maps, interactive map, map view, geolocation, geo-location, geocoding,
    openstreetmap, on a map, gps, gps tracking, location tracking
    """), phrases("map, maps")),
    "offline": Feature("It works without a network", phrases("""
    offline mode, offline support, works offline, offline-first, pwa, progressive web
    app
    """)),
}  # fmt: skip
