"""Software that is made elsewhere: what a request for it is refused with, and what is nearest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from autonomous_coder.errors import UnsupportedError

_BEGIN = (
    r"^(?:[^.;:]{0,40}?\b(?:an?|the|my|our|some|me)\s+)?"
    r"(?:(?:simple|small|little|native|new|cross-?platform|custom|python|typescript|javascript"
    r"|golang|go|rust|java|kotlin|swift|react|node) ){0,3}"
)
_MOBILE = r"(?:ios|i-?phone|i-?pad|android|mobile|react native|flutter|swiftui)"


class _Kind(NamedTuple):
    """`title` of a kind of software, its `words`, and what of ours is `near` to it, by kind."""

    title: str
    words: str
    near: tuple[tuple[str, str], ...]
    beside: bool = False
    """Whether it may be asked for beside a service, which is built then."""


_API = ("rest_api", "the REST API behind it")
_KINDS = (
    _Kind(
        "an app for phones",
        rf"{_MOBILE}(?: (?:and|or|/) {_MOBILE})?(?: [a-z-]+){{0,3}}? (?:app|apps|application|game)"
        rf"|app for (?:an? |the |my |our )?{_MOBILE}",
        (("web_app", "a web application, whose pages fit small screens"), _API),
        beside=True,
    ),
    _Kind(
        "a browser extension",
        r"(?:(?:web )?browser|chrome|firefox|edge|safari) (?:extension|add-?on|plug-?in)",
        (("web_app", "a web application"), ("library", "a library that an extension can use")),
    ),
    _Kind(
        "an extension of an editor",
        r"(?:vs ?code|visual studio(?: code)?|intellij|jetbrains|vim|neovim|emacs|sublime(?: text)?"
        r"|obsidian) (?:extension|plug-?in|add-?on)",
        (("cli", "a command-line program that the editor calls"), ("mcp_server", "an MCP server")),
    ),
    _Kind(
        "a Kubernetes operator",
        r"(?:kubernetes|k8s)(?: [a-z-]+)? (?:operator|controller)",
        (("worker", "a background worker in a container"), ("cli", "a command-line program")),
    ),
    _Kind(
        "infrastructure as code",
        r"(?:terraform|ansible|pulumi|helm|cloudformation) (?:module|playbook|role|chart|stack"
        r"|script|template|config(?:uration)?)",
        (("rest_api", "a service with Docker and compose, to be run by it"),),
    ),
    _Kind(
        "a plug-in or theme of a shop or site system",
        r"(?:wordpress|shopify|drupal|joomla|magento|woocommerce|squarespace|wix) (?:plug-?in"
        r"|theme|module|extension|app|template|site|website)",
        (("static_site", "a static site"), ("web_app", "a web application"), _API),
    ),
    _Kind(
        "a step of a workflow of another system",
        r"(?:github|gitlab|azure devops|jenkins|bitbucket) (?:action|plug-?in|pipe)",
        (("cli", "a command-line program that a workflow calls"),),
    ),
    _Kind(
        "a skill of a voice assistant",
        r"(?:alexa|siri|google assistant|cortana) (?:skill|action|shortcut|app)",
        (("mcp_server", "an MCP server that an assistant calls"), _API),
    ),
    _Kind(
        "a smart contract",
        r"(?:(?:ethereum|solana|solidity) )?smart contracts?|(?:erc-?\d+ )?token contract",
        (_API,),
    ),
    _Kind(
        "firmware",
        r"firmware|(?:arduino|esp ?-?\d+|stm32|microcontroller|raspberry pi pico|micro:bit)"
        r"(?: [a-z-]+)? (?:sketch|program|project|code|app|firmware)",
        (("worker", "a background worker on a computer beside it"), _API),
    ),
    _Kind(
        "a macro or add-in of an office program",
        r"(?:(?:ms |microsoft )?(?:excel|word|outlook|office|powerpoint)|google (?:sheets|docs)"
        r"|vba) (?:macro|add-?in|add-?on|script)",
        (("data_pipeline", "a data pipeline that reads and writes such files"),
         ("cli", "a command-line program")),
    ),
    _Kind(
        "a game of another engine",
        r"(?:unity|unreal(?: engine)?|godot|roblox|minecraft)(?: [a-z0-9-]+){0,2}?"
        r" (?:game|mod|plug-?in)",
        (("game", "a game that is played in the browser, or in a window"),),
    ),
    _Kind(
        "a part of an operating system",
        r"(?:linux |windows )?(?:kernel (?:module|driver)|device driver|bootloader"
        r"|operating system)",
        (("library", "a library"), ("cli", "a command-line program")),
    ),
    _Kind(
        "the training of a model",
        r"(?:neural network|machine learning model|language model|image classifier)s?",
        (("data_pipeline", "a data pipeline that prepares what it learns from"),
         ("library", "a library")),
    ),
    _Kind(
        "a bot that answers people",
        r"(?:(?:telegram|discord|slack|twitter|whatsapp|matrix|mastodon|reddit|irc|teams|signal)"
        r" )(?:[a-z-]+ )?bot|chat ?bot|bot (?:for|on|in) (?:telegram|discord|slack|whatsapp|teams)",
        (("worker", "a background worker that does something at set times (`posts every 2 hours`)"),
         ("realtime", "a chat server with rooms"), _API),
    ),
)  # fmt: skip
_TRAINING = re.compile(r"^(?:please )?(?:train|fine-?tune)\s+(?:an?|the|my|our)\s+", re.IGNORECASE)
_ASKED = tuple(
    (kind, re.compile(rf"{_BEGIN}(?:{kind.words})s?\b", re.IGNORECASE)) for kind in _KINDS
)


def refuse(
    text: str,
    heard: list[str],
    supported: Mapping[str, frozenset[str]],
) -> None:
    """Refuse what is made elsewhere. `heard` are the kinds of software that the text speaks of.

    Raises:
        UnsupportedError: the request is for something that cannot be generated.
    """
    plain = _TRAINING.sub("a ", text)
    kind = next((kind for kind, asked in _ASKED if asked.match(plain)), None)
    if kind is None or (kind.beside and {"rest_api", "web_app"} & {*heard}):
        return
    raise UnsupportedError(
        f"This asks for {kind.title}, which cannot be generated.",
        hint=f"Nearest: {_nearest(kind, supported)}. Ask for that, or say in 'spec' what of it "
        "is to be built.",
    )


def _nearest(kind: _Kind, supported: Mapping[str, frozenset[str]]) -> str:
    """`a background worker in Python or TypeScript, or the REST API behind it in Go`."""
    from autonomous_coder.engines.intelligence.choices import title

    out = []
    for name, words in kind.near:
        able = [title(language) for language in sorted(supported) if name in supported[language]]
        if able:
            said = " or ".join(filter(None, [", ".join(able[:-1]), able[-1]]))
            out.append(f"{words} (in {said})")
    return ", or ".join(out) or "nothing that can be generated here"
