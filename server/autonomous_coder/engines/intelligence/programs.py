"""Requests for programs that are no services: what they keep, and what they are told to do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence import operations as o
from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.findings import Findings
from autonomous_coder.engines.intelligence.lexicon import noun
from autonomous_coder.engines.intelligence.names import identifier
from autonomous_coder.engines.intelligence.reader import read_sentences
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.rewriting import Said
from autonomous_coder.engines.intelligence.saying import Saying
from autonomous_coder.engines.intelligence.tagging import Tag, tag
from autonomous_coder.engines.intelligence.text import Token, sentences, tokenise
from autonomous_coder.models.spec import (
    Command,
)

KINDS = frozenset({"cli", "library", "mcp_server"})
_USAGE = re.compile(r"<([a-z][a-z0-9_-]{2,30})>")
_ACCESS = re.compile(
    r"\b(?:give|gives|giving|grants?|provides?|with) (?:[a-z]+ ){0,3}access to\b", re.IGNORECASE
)
_MARKUP = frozenset({"div", "span", "script", "style", "img", "table", "body", "head", "html"})
_OFFERED = frozenset({"tool", "function"})
_OFFERING = frozenset({"expose", "exposes", "exposing", "offer", "offers", "offering"})
_ASSISTANTS = frozenset({"assistant", "claude", "ai", "llm", "agent", "chatgpt", "copilot"})
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
