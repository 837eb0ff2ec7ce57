"""What a sentence says of a game: what players can do. Its rules no template knows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence.names import identifier
from autonomous_coder.engines.intelligence.requirements import Row
from autonomous_coder.models.spec import Command, Entity, ExtraFile, Question

MAX_ACTIONS = 20
RULES = {
    "html": (
        "site/scripts/rules.js",
        "start(world), update(world, input, seconds) and draw(context, world)",
    ),
    "python": (
        "src/<package>/rules.py",
        "start(world) and update(world, actions, seconds), what it looks like in "
        "src/<package>/drawing.py with draw(surface, world)",
    ),
}
"""Language -> the file of the rules, and the functions in it."""
_WINDOW = re.compile(r"\b(?:desktop|windowed|native)\b|\bin an? window\b", re.IGNORECASE)
_CAN = re.compile(
    r"(?:[,.;]\s*|\s+(?:where|in which|and)\s+|^)(?:the\s+|an?\s+)?(?:players?|heroe?s?|you|users?)"
    r"(?P<who>\s+who)?\s+(?:can|may|is able to)\s+(?P<list>[^.;]{2,160})",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\s+(?:in|for|inside)\s+(?:the|an?|my|your)\s+(?:web )?(?:browser|canvas|window)\b"
    r"|\b[23]-?d\s+(?!games?\b)",
    re.IGNORECASE,
)
"""Where it is played, and in how many dimensions."""
_ACCOUNT = re.compile(r"\b(?:log ?in|sign (?:up|in)|register)\b", re.IGNORECASE)
"""What players do with accounts is nothing they do in the game."""
_OF_GAME = re.compile(r"entity:Game|(?:field|relation):Game\..*|relation:\w+\.game")
_WAYS = frozenset({"left", "right", "up", "down"})


@dataclass(slots=True)
class Said:
    """`rest` is the sentence without what was taken from it."""

    rest: str
    actions: list[Command] = field(default_factory=list)


def taken(text: str) -> Said:
    """What players of a game can do."""
    said = Said(_PLACE.sub("", text))
    match = _CAN.search(said.rest)
    if match is not None and not _ACCOUNT.search(match["list"]):
        said.actions = _actions(match["list"])
        begin = match.start("who") if match["who"] else match.start()
        said.rest = (said.rest[:begin] + said.rest[match.end() :]).strip()
    return said


def _actions(listed: str) -> list[Command]:
    """`move left and right, jump or shoot` as four."""
    names: dict[str, str] = {}
    verb = ""
    for part in re.split(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", listed.strip()):
        words = part.lower().split()
        if words and words[0] in _WAYS and verb:
            words = [verb, *words]
        name = identifier("_".join(words[:3]))
        if words and name:
            verb = words[0]
            names.setdefault(name, " ".join(words))
    return [Command(name=name, description=said[:500]) for name, said in names.items()][
        :MAX_ACTIONS
    ]


def things(entities: list[Entity]) -> list[Entity]:
    """What there is in the game: the game itself is none of its things."""
    return [
        entity.model_copy(update={"relations": [r for r in entity.relations if r.target != "Game"]})
        for entity in entities
        if entity.name != "Game"
    ]


def unfit(text: str, *, python_is_set: bool) -> dict[str, str]:
    """Languages that nobody asked for and that do not suit a game, with why: one in a window is
    made in Python; any other is played in the browser, unless Python is what the settings say."""
    if _WINDOW.search(text):
        return {"html": "cannot open a window of its own"}
    return {} if python_is_set else {"python": "is not what games on a page are made of"}


def rows_of(rows: list[Row]) -> list[Row]:
    """The requirements without what they need of the game as a thing of its own."""
    return [
        (text, kept)
        for text, needs in rows
        if (kept := [need for need in needs if not _OF_GAME.fullmatch(need)])
    ]


def rules_row(language: str, given: list[ExtraFile]) -> tuple[list[Row], list[Question]]:
    """The requirement of rules, and the question for them where nothing that is handed in proves
    them."""
    place, functions = RULES[language]
    row = ("The rules of the game", ["feature:rules"])
    if any("feature:rules" in file.proves for file in given):
        return [row], []
    question = Question(
        id="rules",
        question=f"What are the rules? Hand in {place} in 'spec.extra_files', with the functions "
        f"{functions}, and a test of it "
        'with "proves": ["feature:rules"].',
        assumed="one thing of each kind stands on the field, and nothing is won",
    )
    return [row], [question]
