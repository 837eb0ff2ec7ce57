"""Sites: which pages are named, and when a site stands still."""

from __future__ import annotations

import pytest

from server.intelligence.understanding import core, needs

KINDS = {
    "python": frozenset({"rest_api", "web_app"}),
    "html": frozenset({"static_site"}),
}
STILL = {
    "a website for my bakery with home, about and contact pages": ["home", "about", "contact"],
    "a static site with pages for menu, opening hours and contact": [
        "menu", "opening_hours", "contact",
    ],
    "A landing page for a startup": [],
    "a website for our football club with pages for fixtures, team and news": [
        "fixtures", "team", "news",
    ],
    "a portfolio site with an about page and a projects page": ["about", "projects"],
    "A personal website with pages: home, CV, blog.": ["home", "cv", "blog"],
    "an html page for a wedding": [],
    "a personal homepage with a contact page": ["contact"],
}  # fmt: skip
MOVING = [
    "a web app for books with an about page, users can log in",
    "a blog website with posts and comments",
    "a website where users can sell things, with an about page",
    "a web app in Python for my bakery with an about page",
]


@pytest.mark.parametrize("sentence", STILL)
def test_a_site_of_pages_is_static_and_has_these_pages(sentence: str) -> None:
    spec = core(**KINDS).analyze_requirements(sentence)
    assert (spec.archetype, spec.language) == ("static_site", "html")
    assert [page.name for page in spec.pages] == STILL[sentence]
    assert not [need for need in needs(spec) if need.startswith("unknown:")]
    assert not spec.entities
    assert not spec.questions


@pytest.mark.parametrize("sentence", MOVING)
def test_a_site_that_keeps_or_does_something_is_a_web_application(sentence: str) -> None:
    assert core("python", **KINDS).analyze_requirements(sentence).archetype == "web_app"


def test_what_a_static_site_lists_are_its_entities() -> None:
    sentence = "a static website for a choir with concerts (title, date) and an about page"
    spec = core(**KINDS).analyze_requirements(sentence)
    assert [entity.name for entity in spec.entities] == ["Concert"]
    assert [page.title for page in spec.pages] == ["About"]
    assert spec.name.startswith("choir")


def test_what_a_static_site_cannot_do_is_told_with_what_can() -> None:
    spec = core(**KINDS).analyze_requirements("a static site where users can log in")
    assert "accounts" not in spec.features
    [told] = [r.text for r in spec.requirements if "feature:accounts" in r.needs]
    assert "a static site knows nobody" in told


def test_the_pages_of_the_host_are_those_that_are_made() -> None:
    spec = core(**KINDS).analyze_requirements(
        "a static site with an about page", host_spec={"pages": ["imprint"]}
    )
    assert [page.name for page in spec.pages] == ["imprint"]


GAMES = {
    "a snake game in the browser": ([], []),
    "a tic-tac-toe game": ([], []),
    "a platformer game with enemies and coins, the player can jump and shoot": (
        ["Enemy", "Coin"], ["jump", "shoot"],
    ),
    "a space shooter game where you can move left and right, shoot or pause": (
        [], ["move_left", "move_right", "shoot", "pause"],
    ),
    "a racing game with cars. Players can steer left, brake and honk": (
        ["Car"], ["steer_left", "brake", "honk"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", GAMES)
def test_a_game_has_kinds_and_actions_and_its_rules_are_asked_for(sentence: str) -> None:
    kinds = {**KINDS, "html": frozenset({"static_site", "game"})}
    spec = core(**kinds).analyze_requirements(sentence)
    entities, actions = GAMES[sentence]
    assert (spec.archetype, spec.language) == ("game", "html")
    assert [entity.name for entity in spec.entities] == entities
    assert [command.name for command in spec.commands] == actions
    assert "feature:rules" in needs(spec)
    [question] = spec.questions
    assert "site/scripts/rules.js" in question.question
    assert not [need for need in needs(spec) if need.startswith("unknown:")]


def test_what_users_of_an_api_can_play_is_no_game() -> None:
    kinds = {**KINDS, "html": frozenset({"static_site", "game"})}
    spec = core("python", **kinds).analyze_requirements("a todo API where users can play games")
    assert spec.archetype == "rest_api"


def test_rules_are_asked_for_until_something_that_is_handed_in_proves_them() -> None:
    kinds = {**KINDS, "html": frozenset({"game"})}
    rules = {"path": "site/scripts/rules.js", "content": "export {}"}
    files = {"extra_files": [rules]}
    spec = core(**kinds).analyze_requirements("a snake game", host_spec=files)
    assert [question.id for question in spec.questions] == ["rules"]
    shown = {"path": "tests/rules.test.js", "content": "", "proves": ["feature:rules"]}
    files = {"extra_files": [rules, shown]}
    spec = core(**kinds).analyze_requirements("a snake game", host_spec=files)
    assert not spec.questions
    assert "feature:rules" in needs(spec)


def test_what_belongs_to_somebody_does_not_go_with_what_everybody_may_delete() -> None:
    entities = {
        "Author": {"fields": ["name"], "access": "shared"},
        "Book": {
            "fields": ["title"],
            "access": "private",
            "relations": [
                "belongs_to: Author",
                {
                    "name": "editor",
                    "kind": "many_to_one",
                    "target": "Author",
                    "on_delete": "cascade",
                },
            ],
        },
        "Page": {"fields": ["text"], "access": "private", "relations": ["belongs_to: Book"]},
    }
    spec = core("python").analyze_requirements(
        "", host_spec={"name": "shop", "features": ["accounts"], "entities": entities}
    )
    rules = {r.name: r.on_delete.value for e in spec.entities for r in e.relations}
    assert rules == {"author": "restrict", "editor": "cascade", "book": "cascade"}


@pytest.mark.parametrize(
    ("sentence", "feature"),
    [
        ("a web app in Python with a login page and tasks", "accounts"),
        ("a REST API in Python for a website with articles and a login page", "accounts"),
    ],
)
def test_what_a_page_does_is_not_lost_with_its_name(sentence: str, feature: str) -> None:
    spec = core("python", **KINDS).analyze_requirements(sentence)
    assert feature in spec.features
    assert not spec.pages


def test_things_that_are_kept_do_not_become_pages() -> None:
    sentence = "a web app in Python with customers, orders and detail pages"
    spec = core("python", **KINDS).analyze_requirements(sentence)
    assert {"Customer", "Order"} <= {entity.name for entity in spec.entities}
    assert not spec.pages


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "listed", ["a and " * 3000, ", a, b, c d e" * 1300, "a calendar, " * 1500, "with " * 3500]
)
def test_the_longest_list_of_pages_is_read_at_once(listed: str) -> None:
    spec = core(**KINDS).analyze_requirements(f"a website with {listed} and a contact page")
    assert spec.archetype in {"static_site", "web_app"}


def test_a_project_that_is_there_stays_what_it_is() -> None:
    spec = core("python", **KINDS).analyze_requirements(
        "a blog web app with posts", settled_language="python", settled_kind="rest_api"
    )
    assert spec.archetype == "rest_api"
