"""Requests for programs that are no services: what they keep, and what they are told to do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence import operations as o
from autonomous_coder.engines.intelligence.arguments import argument
from autonomous_coder.engines.intelligence.assemble import Assembly
from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.findings import Findings
from autonomous_coder.engines.intelligence.lexicon import noun, synonyms
from autonomous_coder.engines.intelligence.names import ascii_words, identifier, snake
from autonomous_coder.engines.intelligence.reader import read_sentences
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.saying import Said, Saying
from autonomous_coder.engines.intelligence.tagging import Tag, tag
from autonomous_coder.engines.intelligence.text import Token, sentences, tokenise
from autonomous_coder.engines.intelligence.vocabulary import FUNCTION, TRANSITIONS
from autonomous_coder.models.spec import (
    MAX_ENTITIES,
    Command,
    Entity,
    EntityField,
    FieldType,
    Provenance,
    Question,
)

KINDS = frozenset({"cli", "library", "mcp_server"})
_DEFAULTS = ("add", "list", "show", "update", "delete")
_USAGE = re.compile(r"<([a-z][a-z0-9_-]{2,30})>")
_ACCESS = re.compile(
    r"\b(?:give|gives|giving|grants?|provides?|with) (?:[a-z]+ ){0,3}access to\b", re.IGNORECASE
)
_MARKUP = frozenset({"div", "span", "script", "style", "img", "table", "body", "head", "html"})
_OFFERED = frozenset({"tool", "function"})
_OFFERING = frozenset({"expose", "exposes", "exposing", "offer", "offers", "offering"})
_ASSISTANTS = frozenset({"assistant", "claude", "ai", "llm", "agent", "chatgpt", "copilot"})
_ASKED = 5
_AS_COMMANDS = ("search", "export", "import")


@dataclass(slots=True)
class Program:
    """`found` are the things of the request, `sayings` what is done with them and with others;
    `made` are the commands that came of it."""

    kind: str
    found: Findings
    sayings: list[Said]
    made: list[Command] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)


_COMMAND_LINE = re.compile(r"\bcommand line\b", re.IGNORECASE)
"""`a Python command line tool` has no command `python`."""


def read_program(text: str, kind: str) -> Program:
    """Everything found in the normalised description of a program of this kind."""
    plain = _ACCESS.sub(_having, text) if kind == "mcp_server" else text
    tokens = tokenise(_USAGE.sub(_bracketed, _COMMAND_LINE.sub("command-line", plain)))
    tag(tokens)
    _not_made(tokens, kind)
    if kind == "mcp_server":
        _assistants(tokens)
    if kind == "library":
        _no_books(tokens)
    sayings: list[Said] = []
    parts: list[list[Token]] = []
    for sentence in sentences(tokens):
        parts += Saying(sentence, text, "library" if kind == "library" else "cli", sayings).run()
    program = Program(kind, read_sentences(text, tokens, parts), sayings)
    for said in sayings:
        for by in said.by if said.stored else ():
            if name := identifier(by):
                program.found.sought.append((said.noun, make(name)))
    return program


def _not_made(tokens: list[Token], kind: str) -> None:
    """`a CLI client for our REST API`: what is called is there already, and not to be made."""
    for at, token in enumerate(tokens):
        other = isinstance(token.tag, Tag) and token.tag.kind == "archetype"
        if other and isinstance(token.tag, Tag) and token.tag.name != kind:
            before = [t.text for t in tokens[max(0, at - 4) : at]]
            if {"for", "of", "from", "to", "against", "calls", "around"} & set(before):
                token.tag = None
        elif token.text in {"client", "terminal"}:
            token.text = token.lemma = "tool" if token.text == "client" else "simple"
        elif token.text == "taking" and at and tokens[at - 1].lemma == "note":
            token.text = token.lemma = "simple"


def _assistants(tokens: list[Token]) -> None:
    """Tools of an MCP server are what commands of a program are; neither they nor assistants are
    kept."""
    for token in tokens:
        if token.lemma in _OFFERED:
            token.text, token.lemma = "commands", "command"
        elif token.lemma in _OFFERING:
            token.text = token.lemma = "with"
        elif token.lemma in _ASSISTANTS:
            token.text = token.lemma = "it"


def _no_books(tokens: list[Token]) -> None:
    """The library that is asked for is no place with books in it, and serves no lists."""
    for at, token in enumerate(tokens):
        here = token.tag
        if isinstance(here, Tag) and here.kind == "feature" and here.name not in o.OF_A_LIBRARY:
            token.tag = None
        following = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if token.lemma in o.MODELS and token.plural and following in {"for", "of"}:
            token.text, token.lemma = "models", "model"
            before = tokens[at - 1] if at else token
            if before.text in {"data", "domain", "typed", "pydantic"}:
                before.text = before.lemma = "simple"
        if token.text == "library":
            token.text = token.lemma = "module"
            token.tag = token.tag or Tag("archetype", "library", 1)


def _bracketed(match: re.Match[str]) -> str:
    """`encrypt <file>` as `encrypt (file)`: of the same length, so that places stay."""
    word = match.group(1)
    return match.group() if word in _MARKUP else f"({word})"


def _having(match: re.Match[str]) -> str:
    """`gives an agent access to orders` as `with orders`, of the same length."""
    return "with".ljust(len(match.group()))


def understand(request: Request, kind: str) -> Program | None:
    """What a request for a program asks for, which takes the place of what was found in it."""
    if kind not in KINDS or not request.text:
        return None
    before = request.found
    program = read_program(request.text, kind)
    found = program.found
    found.written_as(before)
    if kind != "library":
        _ask_for_commands(program)
    _forget_names(program)
    request.found = found
    return program


def _forget_names(program: Program) -> None:
    """`a dictionary app that looks up a word` keeps no dictionaries: what a program is called, and
    nothing else is known of, is not stored. In a library it is what there is to write."""
    found = program.found
    if any(said.stored for said in program.sayings) or found.domains:
        return
    for name, mention in list(found.mentions.items()):
        linked = any(name in (link.source, link.target) for link in found.links)
        if mention.fields or linked or noun(name) or name in found.named_plural:
            continue
        if program.kind != "library" and not program.sayings:
            continue
        needs: list[tuple[str, ...]] = []
        if program.kind == "library":
            program.sayings.append(Said("", name, False))
            needs = [("command", str(len(program.sayings) - 1))]
        del found.mentions[name]
        found.main = "" if found.main == name else found.main
        for clause in found.clauses:
            if ("entity", name) in clause.needs:
                clause.needs = [n for n in clause.needs if n != ("entity", name)] + needs


def _ask_for_commands(program: Program) -> None:
    """`with search and CSV export`: features that are commands here."""
    found = program.found
    for name in [name for name in _AS_COMMANDS if name in found.features]:
        if not (found.mentions or found.domains):
            continue
        del found.features[name]
        program.sayings.append(Said(name, name, True))
        need = ("command", str(len(program.sayings) - 1))
        for clause in found.clauses:
            clause.needs = [need if n == ("feature", name) else n for n in clause.needs]


def settle(program: Program, built: Assembly, entities: list[Entity]) -> None:
    """Name the commands and give them arguments; what no template knows is told apart."""
    for at, said in enumerate(program.sayings):
        key = str(at)
        named = _noun(said, program.found, built) if said.stored else ""
        entity = next((e for e in entities if e.name == built.classes.get(named)), None)
        if program.kind == "library":
            if entity is None:
                built.logic[key] = said.phrase
        elif entity is None:
            built.commands[key] = _plain_command(program, said, beside=bool(entities))
            built.logic[key] = said.phrase
        else:
            built.commands[key] = _entity_command(program, said, entity, len(entities))
            if said.verb in o.MOVED:
                built.logic[key] = said.phrase
            if said.verb in TRANSITIONS:
                built.changes[key] = (named, said.verb)
    if program.kind == "cli":
        usual = o.CREATE | o.LIST | o.DELETE | o.UPDATE
        told = {
            name
            for key, name in built.commands.items()
            if key not in built.logic and program.sayings[int(key)].verb in usual
        }
        _add_defaults(program, told, entities)
    del program.made[MAX_ENTITIES:]


def _noun(said: Said, found: Findings, built: Assembly) -> str:
    """What is meant by the object of a verb, among the nouns that are stored."""
    if not said.noun:
        return found.main if found.main in built.classes else next(iter(built.classes), "")
    if said.noun in built.classes:
        return said.noun
    ending = [name for name in built.classes if name.endswith(f" {said.noun}")]
    alike = [name for name in built.classes if synonyms(name) == synonyms(said.noun)]
    return next(iter([*ending, *alike]), "")


def _entity_command(program: Program, said: Said, entity: Entity, count: int) -> str:
    verb = said.name or said.verb
    several = verb in o.LIST | o.SEARCH | o.MOVED and verb not in {"show", "view", "see"}
    thing = entity.plural if several else snake(entity.name)
    alone = count < 2 and program.kind == "cli"
    name = command_name(verb if alone else f"{verb}_{thing}")
    narrowed = [
        made for by in said.by if said.verb in o.LIST and (made := argument(by, required=False))
    ]
    wanted = [*_usual_arguments(said.verb, entity), *narrowed, *said.arguments]
    thing = thing.replace("_", " ")
    article = "" if several else "an " if thing[0] in "aeiou" else "a "
    text = f"{said.verb.capitalize()} {article}{thing}"
    if said.verb == "mark":
        text = f"{text} as {said.name.replace('_', ' ')}"
    return _put(program, name, f"{text}.", wanted, same=True)


def _plain_command(program: Program, said: Said, *, beside: bool) -> str:
    """`beside`: there are commands on stored things, which have their verbs for themselves."""
    taken = {command.name for command in program.made}
    name = command_name(said.name or said.verb) or "run"
    if beside and said.verb in o.STORED and said.head and not said.name:
        name = command_name(f"{name}_{said.head}")
    if name in taken and not said.name:
        more = next(iter(_content(said.phrase)[1:]), "")
        name = command_name(f"{name}_{more}") if more else name
    description = said.phrase[:1].upper() + said.phrase[1:]
    return _put(program, name, f"{description}."[:500], said.arguments, same=False)


def _put(
    program: Program, name: str, description: str, arguments: list[EntityField], *, same: bool
) -> str:
    """Add a command, or its arguments to the one that is there already; its name."""
    unique = {a.name: a for a in reversed(arguments)}
    wanted = [a for a in arguments if unique.get(a.name) is a]
    for at, known in enumerate(program.made):
        if known.name == name and (same or known.description == description):
            held = {a.name for a in known.arguments}
            more = [*known.arguments, *(a for a in wanted if a.name not in held)]
            program.made[at] = known.model_copy(update={"arguments": more})
            return name
    taken = {command.name for command in program.made}
    number, made = 2, name
    while made in taken:
        made, number = f"{name[:58]}_{number}", number + 1
    program.made.append(Command(name=made, description=description, arguments=wanted))
    return made


def _usual_arguments(verb: str, entity: Entity) -> list[EntityField]:
    """What a command on a stored thing is handed in: its attributes, or its number."""
    number = EntityField(name="id", type=FieldType.INTEGER, minimum=1)
    if verb in o.CREATE:
        return list(entity.fields)
    if verb in o.UPDATE:
        optional = {"required": False, "default": None}
        return [number, *(f.model_copy(update=optional) for f in entity.fields)]
    if verb in {"show", "view", "see"} or verb in o.DELETE or verb in TRANSITIONS or verb == "mark":
        return [number]
    if verb in o.SEARCH:
        return [a for a in [argument("text", FieldType.STRING, required=True)] if a]
    if verb in {"export", "import"}:
        return [a for a in [argument("file", FieldType.STRING, required=True)] if a]
    return []


def _add_defaults(program: Program, told: set[str], entities: list[Entity]) -> None:
    """The usual commands of what is kept and nothing is told to be done with."""
    for entity in entities:
        one, many = snake(entity.name), entity.plural
        if any(len(entities) == 1 or name.endswith((f"_{one}", f"_{many}")) for name in told):
            continue
        for verb in _DEFAULTS:
            _entity_command(program, Said(verb, verb, True), entity, len(entities))
        program.assumptions.append(
            f"Nothing was said about what is done with {many.replace('_', ' ')}: "
            f"{', '.join(_DEFAULTS[:-1])} and {_DEFAULTS[-1]} are made."
        )


def command_name(text: str) -> str:
    """`dry run` -> `dry_run`; empty when nothing usable is left."""
    words = ascii_words(text)
    while words and not words[0][0].isalpha():
        words.pop(0)
    return "_".join(words)[:60].rstrip("_")


def _content(phrase: str) -> list[str]:
    return [word for word in ascii_words(phrase) if word not in FUNCTION]


def subject(program: Program) -> str:
    """What a program without things is called by: its first verb and what it is about."""
    if not program.sayings:
        return ""
    words = _content(program.sayings[0].phrase)
    return " ".join(words[:3])


def tell(
    program: Program, request: Request, built: Assembly, rows: list[tuple[str, list[str]]]
) -> None:
    """Note who asked for the commands, what was assumed, and what has to be asked."""
    if "commands" not in request.host.values:
        request.provenance |= _provenance(program, built)
        request.assumptions += program.assumptions
    request.questions += _questions(program, built, rows)


def _questions(
    program: Program, built: Assembly, rows: list[tuple[str, list[str]]]
) -> list[Question]:
    """How the host hands in what no template knows (the first five), and what is to be done."""
    out = []
    numbers = {need: at for at, (_, needs) in enumerate(rows, start=1) for need in needs}
    for at, phrase in enumerate(dict.fromkeys(built.logic.values()), start=1):
        if at > _ASKED:
            break
        number = numbers.get(f"unknown:{phrase}", 0)
        out.append(
            Question(
                id=f"logic_{at}",
                question=f'No template knows how to "{phrase[:120]}". Will you hand in its code? '
                "Put the code and a test of it into 'spec.extra_files', the test's file with "
                f'"proves": ["R{number}"]; or add a requirement that needs '
                '"test:<path>::<test>".',
                assumed="not built, and reported so",
                choices=["leave it out", "hand it in with 'spec.extra_files'"],
            )
        )
    if program.kind == "cli" and not program.made:
        out.append(
            Question(
                id="commands",
                question="What commands should there be?",
                assumed="none besides --help and --version",
            )
        )
    return out


def _provenance(program: Program, built: Assembly) -> dict[str, Provenance]:
    """Who asked for each command, under `commands.<name>`, and for any at all."""
    said = set(built.commands.values())
    out = {
        f"commands.{command.name}": Provenance.USER if command.name in said else Provenance.RULE
        for command in program.made
    }
    if out:
        out["commands"] = Provenance.USER if said else Provenance.RULE
    return out
