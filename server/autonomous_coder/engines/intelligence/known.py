"""Known phrases of a clause: features, kinds of software, languages and frameworks."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.archetypes import PLAYED
from autonomous_coder.engines.intelligence.attributes import closing, understood
from autonomous_coder.engines.intelligence.phrases import Phrase
from autonomous_coder.engines.intelligence.tagging import Tag
from autonomous_coder.engines.intelligence.things import Things

_OF_LANGUAGE = {
    "python": "python", "pip": "python", "pypi": "python", "typescript": "typescript",
    "npm": "typescript", "javascript": "javascript", "node": "javascript", "java": "java",
    "node.js": "javascript", "nodejs": "javascript",
    "maven": "java", "go": "go", "rust": "rust", "crate": "rust",
}  # fmt: skip
"""Words of a kind of software that name its language (`npm package`, `Python script`)."""


class Known(Things):
    """What a tagged phrase adds to the findings."""

    def _tagged(self, i: int) -> int:
        here = self.tokens[i].tag
        if not isinstance(here, Tag) or (here.length == 1 and self._orders(i)):
            return 0
        end = i + here.length
        following = self.tokens[end].text if end < len(self.tokens) else ""
        if here.weak and not self._asks(i, here.name) and self._is_thing(end, following):
            return 0
        span = self.tokens[i:end]
        if here.kind == "archetype":
            if (
                here.name in {"web_app", "rest_api"}
                and self.found.mentions
                and self.mode == "attributes"
            ):
                return 0
            said = " ".join([*(token.text for token in span[:-1]), span[-1].lemma])
            if said in PLAYED and self.found.archetypes and here.name not in self.found.archetypes:
                return 0
            understood(span)
            self.found.asked = True
            if not self.negated:
                for word in span:
                    if word.text in _OF_LANGUAGE and not self._said_otherwise(word.text):
                        self._technology("language", _OF_LANGUAGE[word.text], self.found.languages)
                self.found.archetypes.append(here.name)
                self.clause.need("archetype", here.name)
                self.last = Phrase(list(span), kind="container")
                self.mode = "open"
                self.governor = self.governor or ""
            return end
        understood(span)
        if here.kind == "feature":
            if span[-1].text == "by":
                self.mode, self.preposition, self.sought = "by", "by", ""
            self._feature(here.name, following)
            if following == "(" and here.length > 1 and not self.negated:
                return self._more_of(end)
        elif here.kind == "language":
            self._technology("language", here.name, self.found.languages)
        else:
            self._technology("framework", here.name, self.found.frameworks)
        return end

    def _more_of(self, at: int) -> int:
        """`rate limiting (100 requests per minute)`: more of it, which is told as it is said."""
        end = closing(self.tokens, at)
        inner = self.tokens[at + 1 : end]
        if any(isinstance(token.tag, Tag) and not token.tag.weak for token in inner):
            return at
        for token in inner:
            token.neutral = True
        self.clause.content += 1
        self.clause.need("unknown", " ".join(token.text for token in inner)[:120])
        return end + 1

    def _said_otherwise(self, word: str) -> bool:
        """`an npm package in JavaScript`."""
        return word == "npm" and any(token.text == "javascript" for token in self.tokens)

    def _technology(self, kind: str, name: str, known: list[str]) -> None:
        if self.negated:
            self.found.avoided[kind, name] = None
            self.clause.need("avoided", kind, name)
            return
        known.append(name)
        self.clause.need(kind, name)

    def _asks(self, i: int, name: str) -> bool:
        """`search posts`, `users can filter`: an order, where the word is no thing."""
        before = self.tokens[i - 1].text if i else ""
        acts = not before or before in v.MODALS | {"and", ",", "to", "or"}
        following = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        told = following is not None and (following.plural or following.text in v.DETERMINERS)
        return name in {"search", "filtering", "sorting"} and acts and told

    def _is_thing(self, end: int, following: str) -> bool:
        if self.mode == "attributes" or self.verb in v.STORE or following == "(":
            return True
        if following in v.HAVE | {"belongs", "belong"}:
            return True
        if self.counted in {"each", "every"}:
            return True
        return (
            end < len(self.tokens)
            and self._nounish(end)
            and following
            not in {
                "support",
                "integration",
                "feature",
                "features",
                "functionality",
                "capability",
                "system",
                "function",
                "management",
            }
        )

    def _feature(self, name: str, following: str) -> None:
        self.found.asked = True
        if self.negated:
            self.found.refused[name] = None
            self.clause.need("refused", name)
            return
        if (
            name == "accounts"
            and self.last is not None
            and self.last.kind == "entity"
            and self.subjects
        ):
            self.found.assumptions.append(
                f"'{self.last.text}' who log in are the login accounts of the service."
            )
        self.found.features[name] = None
        self.clause.need("feature", name)
        if self.subjects and not self.verb and self.mode == "open":
            self.verb = "use"
        if name in {"filtering", "sorting", "search"} and (
            following in {"by", "for", "on", "through", "in"}
            or following not in v.FUNCTION | {",", "", "(", ")", ":"}
        ):
            self.mode = "by"
        elif self.mode == "attributes":
            self.mode = "list"
        self.unknown_verb = None
