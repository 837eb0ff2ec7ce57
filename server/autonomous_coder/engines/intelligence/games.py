"""What a sentence says of a game: what players can do. Its rules no template knows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence.names import identifier
from autonomous_coder.engines.intelligence.requirements import Row
from autonomous_coder.models.spec import Command, Entity, ExtraFile, Question

MAX_ACTIONS = 20
RULES = {"html": "site/scripts/rules.js"}
"""Language -> the file of the rules."""
_CAN = re.compile(
    r"(?:[,.;]\s*|\s+(?:where|in which|and)\s+|^)(?:the\s+|an?\s+)?(?:players?|heroe?s?|you|users?)"
    r"\s+(?:can|may|is able to)\s+(?P<list>[^.;]{2,160})",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\s+(?:in|for|inside)\s+(?:the|a|my|your)\s+(?:web )?(?:browser|canvas)\b", re.IGNORECASE
)
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
    if match is not None:
        said.actions = _actions(match["list"])
        said.rest = (said.rest[: match.start()] + said.rest[match.end() :]).strip()
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
    place = RULES.get(language, "the file of the rules")
    row = ("The rules of the game", ["feature:rules"])
    if any("feature:rules" in file.proves for file in given):
        return [row], []
    question = Question(
        id="rules",
        question=f"What are the rules? Hand in {place} in 'spec.extra_files', with the functions "
        "start(world), update(world, input, seconds) and draw(context, world), and a test of it "
        'with "proves": ["feature:rules"].',
        assumed="one thing of each kind stands on the field, and nothing is won",
    )
    return [row], [question]
