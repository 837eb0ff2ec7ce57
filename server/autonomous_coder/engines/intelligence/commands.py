"""Commands of a program: names and arguments for what it is asked to do."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import operations as o
from autonomous_coder.engines.intelligence.arguments import argument
from autonomous_coder.engines.intelligence.assemble import Assembly
from autonomous_coder.engines.intelligence.findings import Findings
from autonomous_coder.engines.intelligence.lexicon import synonyms
from autonomous_coder.engines.intelligence.names import ascii_words, snake
from autonomous_coder.engines.intelligence.programs import Program
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.rewriting import Said
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

_DEFAULTS = ("add", "list", "show", "update", "delete")
_ASKED = 5


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
