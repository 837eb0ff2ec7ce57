"""Reads what a caller hands in: descriptions, spec files, KEY=VALUE pairs. All bounded."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autonomous_coder.errors import InvalidInputError, NotFoundError

MAX_SPEC_BYTES = 1_000_000
MAX_DESCRIPTION_BYTES = 100_000
MAX_DEPTH = 60
STDIN = "-"

_YAML_SCALARS = (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", "-0123456789"),
)
"""What plain words mean in YAML 1.2: `no`, `on`, dates and `12:30` are text."""

_ABOUT_SPEC = re.compile(r"'spec\b")
_SPEC_HINT = "A spec is a mapping such as {entities: [{name: Todo, plural: todos}]}."


def description_of(argument: str) -> str:
    """The description itself, or with `-` what stands on stdin."""
    if argument != STDIN:
        return _encodable(argument)
    data = sys.stdin.buffer.read(MAX_DESCRIPTION_BYTES + 1)
    if len(data) > MAX_DESCRIPTION_BYTES:
        raise InvalidInputError(
            "The description on stdin is larger than 100 KB.",
            hint="Say it shorter, or hand in a spec with --spec.",
        )
    return _decoded(data, "The description on stdin").strip()


def only_one_stdin(*arguments: str | None) -> None:
    """Refuse to read stdin twice."""
    if arguments.count(STDIN) > 1:
        raise InvalidInputError(
            "Only one of the description and the spec can be read from stdin.",
            hint="Pass the other one as an argument or a file.",
        )


def pairs_of(values: Sequence[str], option: str) -> dict[str, str]:
    """`("database=postgresql",)` as a dict."""
    pairs: dict[str, str] = {}
    for value in values:
        key, equals, text = _encodable(value).partition("=")
        if not equals or not key.strip():
            raise InvalidInputError(
                f"{option} takes KEY=VALUE, not '{value[:100]}'.",
                hint=f"For example {option} database=postgresql.",
            )
        pairs[key.strip()] = text.strip()
    return pairs


def spec_of(name: str | None) -> dict[str, Any]:
    """The spec in a JSON or YAML file (`-`: stdin), as a dict; empty without a name.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: too large, not JSON or YAML (naming the line), or not a mapping.
    """
    if not name:
        return {}
    where = "The spec on stdin" if name == STDIN else f"The spec file {name}"
    text = _decoded(_bytes_of(name, where), where)
    is_json = name.lower().endswith(".json") or text.lstrip().startswith("{")
    try:
        value = _parse_json(text, where) if is_json else _parse_yaml(text, where)
    except RecursionError as error:
        raise _bad_spec(f"{where} is nested too deeply.") from error
    if not isinstance(value, dict):
        raise _bad_spec(f"{where} must hold a mapping, not {_kind(value)}.")
    _check(value, where, "", 0)
    return value


@contextmanager
def blaming(name: str | None) -> Iterator[None]:
    """Errors about a field of the spec name the file it came from."""
    try:
        yield
    except InvalidInputError as error:
        if not name or not _ABOUT_SPEC.search(error.message):
            raise
        where = "The spec on stdin" if name == STDIN else f"The spec file {name}"
        raise type(error)(f"{where}: {error.message}", hint=error.hint) from error


def _bytes_of(name: str, where: str) -> bytes:
    if name == STDIN:
        data = sys.stdin.buffer.read(MAX_SPEC_BYTES + 1)
    else:
        path = Path(name).expanduser()
        if not path.is_file():
            raise NotFoundError(f"{where} does not exist.", hint="Check its name.")
        try:
            with path.open("rb") as stream:
                data = stream.read(MAX_SPEC_BYTES + 1)
        except OSError as error:
            raise InvalidInputError(
                f"{where} cannot be read: {error.strerror}.", hint="Check its permissions."
            ) from error
    if len(data) > MAX_SPEC_BYTES:
        raise InvalidInputError(f"{where} is larger than 1 MB.", hint="Hand in less.")
    return data


def _decoded(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"{where} is not UTF-8 text (byte {error.start + 1}).", hint="Save it as UTF-8."
        ) from error


def _encodable(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            "An argument is not valid UTF-8.", hint="Check the terminal's encoding."
        ) from error
    return text


def _parse_json(text: str, where: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _bad_spec(f"{where} is not valid JSON: {error.msg} ({place}).") from error
    except ValueError as error:
        raise _bad_spec(f"{where} is not valid: {error}.") from error


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key '{twice[:60]}' stands twice in one mapping")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number JSON knows")


def _parse_yaml(text: str, where: str) -> Any:
    """YAML by JSON's rules; aliases are refused, they can blow a small file up."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Only null, true/false and numbers are special."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
                raise _bad_spec(f"{where}: aliases are not accepted (line {mark.line + 1}).")
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            value = super().construct_mapping(node, deep=deep)
            if len(value) < len(node.value):
                raise yaml.MarkedYAMLError(
                    problem="a key stands twice in this mapping", problem_mark=node.start_mark
                )
            return value

    Loader.yaml_implicit_resolvers = {}
    for tag, pattern, first in _YAML_SCALARS:
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))
    try:
        return yaml.load(text, Loader=Loader)  # noqa: S506 - a SafeLoader, made narrower
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise _bad_spec(f"{where} is not valid YAML: {problem}{place}.") from error


def _check(value: Any, where: str, place: str, depth: int) -> None:
    """Only what JSON can say, and not too deep."""
    if depth > MAX_DEPTH:
        raise _bad_spec(f"{where} is nested too deeply.")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise _bad_spec(f"{where}: the key {key!r} in '{place or 'the top'}' is no text.")
            _check(item, where, f"{place}.{key}" if place else key, depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, where, f"{place}[{index}]", depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise _bad_spec(f"{where}: '{place}' is not a finite number.")
    elif value is not None and not isinstance(value, (str, int, float, bool)):
        raise _bad_spec(f"{where}: '{place}' is {_kind(value)}.")


def _kind(value: Any) -> str:
    names = {type(None): "nothing", str: "text", list: "a list", dict: "a mapping"}
    return names.get(type(value), f"a {type(value).__name__}")


def _bad_spec(message: str) -> InvalidInputError:
    return InvalidInputError(message, hint=_SPEC_HINT)
