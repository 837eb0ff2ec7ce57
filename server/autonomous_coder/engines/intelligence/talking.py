"""Requests for realtime services: `a chat server with rooms`, `a collaborative whiteboard backend`.

What is said in a room are the things of such a request; rooms themselves, and who is in them, every
such service has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence.inflect import plural
from autonomous_coder.engines.intelligence.names import identifier
from autonomous_coder.engines.intelligence.reader import read
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.vocabulary import FUNCTION
from autonomous_coder.models.spec import MAX_ENTITIES, Channel, Entity, Provenance

KIND = "realtime"
_SERVER = r"(?:server|service|backend|back-end|hub|relay|gateway)"
_SOCKETS = r"(?:web ?sockets?|real[- ]?time)"
_SUBJECT = (
    r"(?:chat|messaging|messenger|white ?board|drawing board|canvas|scoreboard|score board"
    r"|leaderboard|auctions?|bidding|polls?|polling|voting|quiz|quizzes|trivia|ticker|feed"
    r"|notifications?|notification|presence|signall?ing|broadcast|pub/?sub|lobby|cursors?|editor"
    r"|document editing|editing|drawing|location|tracking|telemetry|games?|multiplayer|party"
    r"|classroom|support|tracker|monitor|events?|comments?|reactions?|q&a|standup|collaboration)"
)
_MANY = r"(?:live|collaborative|shared|multi-?user|multi-?player)"
_WORDS = r"(?:[a-z][a-z&/-]*[ ]){0,3}?"
_LANGUAGES = r"(?:python|typescript|javascript|node(?:\.?js)?|go|golang|rust|java)"
_MADE_IN = rf"(?: (?:server |backend )?(?:in|using|written in|with) {_LANGUAGES})?"
_BEGIN = (
    r"^(?:[^.;:]{0,40}?\b(?:an?|the|my|our|some|me)\s+)?"
    r"(?:(?:simple|small|little|lightweight|robust|reliable|scalable|fast|new|python|typescript"
    r"|group|team|public|private|anonymous|in-memory) ){0,3}"
)
_SORTS = (
    rf"(?P<sockets>(?:{_MANY} )?{_SOCKETS} (?P<a>{_WORDS}){_SERVER})",
    rf"(?P<spoken>(?:{_MANY} |{_SOCKETS} )?(?P<b>(?:group |team )?"
    r"(?:chat(?: rooms?)?|messaging|presence|signall?ing|broadcast|pub/?sub|lobby"
    r"|multiplayer(?: game| quiz)?))"
    rf" (?:{_SOCKETS} )?{_SERVER})",
    rf"(?P<live>{_MANY} (?:{_SOCKETS} )?(?P<c>{_WORDS}{_SUBJECT}) {_SERVER})",
    rf"(?P<roomy>(?:{_MANY} |{_SOCKETS} )(?P<d>{_WORDS}{_SUBJECT})(?: (?:platform|system|tool))?"
    rf"(?={_MADE_IN} with[^.;]{{0,60}}\b(?:rooms?|channels?)\b))",
    rf"(?P<served>(?:{_MANY} |{_SOCKETS} )(?P<h>{_WORDS}){_SERVER}"
    rf"(?={_MADE_IN} with[^.;]{{0,60}}\b(?:rooms?|channels?)\b))",
    rf"(?P<chat>(?P<e>(?:group |team )?chat)(?={_MADE_IN} with[^.;]{{0,40}}\brooms\b))",
    rf"(?P<shared>(?:{_MANY} |{_SOCKETS} )?(?P<f>white ?board|drawing board)"
    rf"(?={_MADE_IN} *(?:$|[.,;]|\b(?:with|where|that|which|for)\b)))",
    rf"(?P<edited>(?:{_MANY} |{_SOCKETS} )(?P<g>(?:text |document |code )?editor|canvas|poll"
    rf"|quiz|trivia|voting|auction|scoreboard|drawing|chat)"
    rf"(?={_MADE_IN} *(?:$|[.;])))",
)
_HEAD = re.compile(_BEGIN + "(?:" + "|".join(_SORTS) + r")\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:rest(?:ful)?|apis?|graphql|grpc|app|application|website|web ?site|web ?app|dashboard"
    r"|pages?|cli|command[- ]line|library|client|bot|worker|mcp|desktop|mobile|frontend|front-end"
    r"|browser|crud)\b",
    re.IGNORECASE,
)
"""What makes the request one for something else, which may have live updates."""
_TAKEN = r"(?P<listed>[^.;:]{2,200})"
_CHANNELS = re.compile(
    r"(?:,?\s*(?:and|with|has|having|which has|that has))?\s*(?:(?:separate|different|several|two"
    r"|three|four|five|the) )?\b(?:channels|rooms|topics)\s*(?:for|called|named|such as|like|:)"
    r"\s*:?\s*" + _TAKEN,
    re.IGNORECASE,
)
_EACH = re.compile(
    r"(?:,?\s*(?:and|with|where|has|having))?\s*(?:(?:a|an|one) (?:own )?(?:room|channel)"
    r"|rooms?|channels?) (?:per|for (?:each|every)) (?P<of>[a-z]+)"
    r"|(?:,?\s*(?:and|with|where))?\s*(?:each|every) (?P<by>[a-z]+) (?:has|is|gets)"
    r" (?:a|an|its own|one) (?:room|channel)\b",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"(?:,?\s*(?:and|with|in))?\s*(?:(?:many|multiple|several|different|private|public|named|various"
    r"|separate|chat|any number of) ){0,2}rooms\b(?! (?:have|has|with)\b)"
    r"|(?:,?\s*(?:and|with))?\s*(?:user )?presence\b(?: (?:tracking|indicators?|info(?:rmation)?))?"
    r"|(?:,?\s*(?:that|which|and|to))?\s*(?:shows?|showing|tells?|see)(?: everybody| everyone)?"
    r" who(?: is|'s| are)(?: online| there| here| connected| in (?:a|the|each) room)+"
    r"|(?:,?\s*(?:so that|where|and))?\s*(?:clients|people|users|players|members|they) (?:can )?"
    r"(?:re-?connect|resume|catch up|come back)(?: after[^.;,]*| without[^.;,]*| and[^.;,]*)?"
    r"|(?:,?\s*(?:where|in which|so that|that lets|which lets|for))?\s*(?:people|users|players"
    r"|members|friends|teams|clients|everybody|everyone)?\s*(?:can |may |to )?"
    r"(?:talk|chat|meet|join(?: and leave)?|come together|exchange messages|send messages"
    r"|message one another)(?: to| with)?(?: one another| each other)?(?: in real ?time)?"
    r"(?= in\b| (?:over|via|rooms?)\b|[.,;]|$)(?: in)?(?: (?:many |several |different )?rooms?)?",
    re.IGNORECASE,
)
"""What every such service does, in other words."""
_SENDING = re.compile(
    r"^\s*,?\s*(?:that|which|to)\s+(?:broadcasts?|push(?:es)?|relays?|forwards?|distributes?|sends?"
    r"|streams?|shares?|passes on|carries|delivers?)\s+",
    re.IGNORECASE,
)
"""`that broadcasts readings`: what goes through the rooms."""
_KEPT = re.compile(
    r"(?:,?\s*(?:and|with|whose|where))?\s*(?:a |the )?(?:"
    r"(?:persistent|stored|saved|durable) (?:message |chat )?(?:history|messages)"
    r"|(?:message |chat )?(?:history|messages)"
    r" (?:(?:is|are|be|that is|that are|which is) )?(?:kept|stored|saved|persisted|survives?)"
    r"(?: restarts?| a restart| on disk| in a database)?"
    r"|(?:message |chat )?(?:history|messages)"
    r"(?= (?:kept |stored |saved )?in (?:sqlite|postgres)))",
    re.IGNORECASE,
)
_HISTORY = re.compile(
    r"(?:,?\s*(?:and|with))?\s*(?:a |the )?(?:message |chat )?history\b", re.IGNORECASE
)
_PARTED = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+")
_NAME = re.compile(r"(?:the\s+)?[a-z][a-z0-9' -]{1,30}", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:an?|the|for)\s+", re.IGNORECASE)
_FOR = re.compile(
    r"^\s*(?:for|of)\s+(?:an?\s+|the\s+|our\s+|my\s+)?(?P<what>(?:[a-z-]+ ){0,3}?[a-z-]+?)"
    r"(?=\s+(?:with|where|whose|that|which|in|and|to|using)\b|\s*[,.;:]|\s*$)",
    re.IGNORECASE,
)
_PLACES = frozenset({"Room", "Channel", "Lobby", "Server", "Conversation", "Topic"})
"""What there is without being one of the messages."""


@dataclass(slots=True)
class Talk:
    """`subject` is what it is called by."""

    subject: str
    channels: list[Channel] = field(default_factory=list)


def speaks_of_rooms(text: str) -> bool:
    """Whether a realtime service is what is to be built, rather than a part of something."""
    found = _HEAD.match(text)
    return found is not None and _OTHERS.search(text) is None


def understand(request: Request, kind: str) -> Talk | None:
    """What a request for a realtime service asks for, which takes the place of what was found."""
    if kind != KIND or not request.text:
        return None
    text = request.text
    head = _HEAD.match(text)
    rest = text[head.end() :] if head else text
    parts = head.groupdict() if head else {}
    subject = next((said for key in "abcdefgh" if (said := (parts.get(key) or "").strip())), "")
    if not subject and (of := _FOR.match(rest)):
        subject = of["what"]
        rest = rest[of.end() :]
    talk = Talk(_ARTICLE.sub("", subject).strip().lower())
    rest = _channels(rest, talk)
    rest = _SENDING.sub(" with ", rest)
    kept = _KEPT.search(rest) is not None
    for known in (_KEPT, _HISTORY, _GIVEN):
        rest = known.sub("", rest)
    before = request.found
    found = read(f"a service {_beside(rest)}".strip())
    found.written_as(before)
    found.asked, found.archetypes, found.title = True, [], talk.subject
    found.refused = before.refused | found.refused
    found.features = {name: None for name in found.features if name != "websocket"}
    for clause in found.clauses:
        clause.needs = [n for n in clause.needs if n != ("feature", "websocket")]
        clause.needs = [n for n in clause.needs if n[0] != "archetype"]
    found.clauses = [clause for clause in found.clauses if clause.needs]
    if kept and not {"sqlite", "postgresql"} & found.features.keys():
        found.features["sqlite"] = None
    request.found = found
    return talk


def _beside(rest: str) -> str:
    """What else is said of the service: ` and upvotes` as `with upvotes`."""
    said = re.sub(r"^[\s,]*(?:(?:and|with)\s+)?", "", rest).strip(" ,;:")
    first = re.match(r"[A-Za-z]+", said)
    listed = first is not None and first.group().lower() not in FUNCTION
    return f"with {said}" if listed else said.strip(".")


def _channels(rest: str, talk: Talk) -> str:
    """Name the channels; what is left of the sentence."""
    names: list[str] = []
    if each := _EACH.search(rest):
        names = [identifier(plural((each["of"] or each["by"]).lower()))]
        rest = rest[: each.start()] + rest[each.end() :]
    elif listed := _CHANNELS.search(rest):
        parts = [_ARTICLE.sub("", part.strip()) for part in _PARTED.split(listed["listed"])]
        if len(parts) > 1 and all(_NAME.fullmatch(part) for part in parts):
            names = [identifier(part) for part in parts]
            rest = rest[: listed.start()] + rest[listed.end() :]
    if not names and talk.subject:
        names = [identifier(talk.subject)]
    talk.subject = talk.subject or " ".join(names[:1]).replace("_", " ")
    talk.channels = [Channel(name=n) for n in dict.fromkeys(names) if n][:MAX_ENTITIES]
    return rest


def things(entities: list[Entity]) -> list[Entity]:
    """What is said in rooms: the rooms are none of it."""
    gone = {entity.name for entity in entities if entity.name in _PLACES}
    return [
        entity.model_copy(
            update={"relations": [r for r in entity.relations if r.target not in gone]}
        )
        for entity in entities
        if entity.name not in gone
    ]


def rows(request: Request, talk: Talk | None) -> list[tuple[str, list[str]]]:
    """A requirement for each channel, of the host's or of the sentence."""
    given: list[Channel] = request.host.values.get("channels", [])
    channels = given or (talk.channels if talk else [])
    for channel in channels:
        who = Provenance.HOST if given else Provenance.USER
        request.provenance[f"channels.{channel.name}"] = request.provenance["channels"] = who
    built = [("A realtime service", [f"archetype:{KIND}"])] if talk else []
    return built + [
        (
            f"The channel '{c.name}'{f': {c.description}' if c.description else ''}"[:500],
            [f"channel:{c.name}"],
        )
        for c in channels
    ]


def without_places(found: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """The requirements without what they need of rooms as things of their own."""
    gone = re.compile(
        rf"entity:(?:{'|'.join(_PLACES)})|(?:field|relation):(?:{'|'.join(_PLACES)})\..*"
        rf"|relation:\w+\.(?:{'|'.join(name.lower() for name in _PLACES)})"
    )
    return [
        (text, kept)
        for text, needs in found
        if (kept := [need for need in needs if not gone.fullmatch(need)])
    ]
