"""Kinds of software, and the phrases that ask for them."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.wording import phrases

PLAYED = phrases("""
    quiz game, trivia game, word game, guessing game, typing game, rhythm game, platform game,
    space game, side scroller, side-scroller, match-three game, match three game, html5 game,
    canvas game, web game, javascript game, reaction game
    """)
"""Games that other software can be about: `a web app to plan quiz game nights`."""

ARCHETYPES: dict[str, tuple[str, ...]] = {
    "rest_api": phrases("""
    rest api, restful api, rest-api, http api, json api, web api, crud api, api, rest
    service, restful service, restful web service, backend api, api server, rest
    backend, restful apis, rest apis, rest interface, backend, microservice, web
    service, api backend, crud rest api
    """),
    "cli": phrases("""
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
    "library": phrases("""
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
    "game": phrases("""
    snake game, platformer, tetris, pong, tic-tac-toe, tic tac toe, chess game, puzzle
    game, 2d game, 3d game, arcade game, space invaders, minesweeper, sudoku, hangman,
    multiplayer game, browser game, card game, video game engine, text adventure, flappy
    bird, breakout game, roguelike, rock paper scissors, shooter game, racing game, a
    game, python game, desktop game, breakout, space invaders
    game, pygame game, asteroids game, pac-man, pacman, maze game,
    brick breaker, tower defense game, memory game, clicker game, connect four, 2048 game,
    jump and run
    """) + PLAYED,
    "desktop_app": phrases("""
    desktop app, desktop application, desktop program, gui application, gui app, windows
    app, mac app, qt app, desktop gui
    """),
    "static_site": phrases("""
    static site, static website, landing page, personal website, portfolio website,
    portfolio site, static web page, personal homepage, documentation site, html page,
    html website
    """),
    "data_pipeline": phrases("""
    data pipeline, etl, etl pipeline, data processing pipeline, etl job, elt pipeline,
    batch pipeline
    """),
    "mcp_server": phrases("""mcp server, model context protocol server, mcp tool server"""),
    "worker": phrases("""
    queue worker, background service, daemon, message consumer
    """),
    "realtime": phrases("""websocket server, real-time server, realtime server, websocket api"""),
    "web_app": phrases("""
    web app, web application, webapp, website, web site, web-app, web portal, single
    page application, full-stack app, full stack app, fullstack app, full-stack
    application, full stack application, progressive web app, web-based application,
    site, web dashboard, dashboard app
    """),
}  # fmt: skip
"""What is to be made.

Where one is meant beside an API (`web_app`, `realtime`), the API is built and the rest reported
as not built; the others cannot be replaced by an API.
"""

SOFT_ARCHETYPES = frozenset({"web_app", "realtime"})
