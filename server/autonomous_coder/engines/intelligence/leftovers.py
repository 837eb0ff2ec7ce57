"""The end of a clause: what was understood is counted, the rest is named."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.known import Known
from autonomous_coder.engines.intelligence.text import Token


class Leftovers(Known):
    """Nothing of a clause is dropped."""

    def close(self) -> None:
        """Count what was understood and name what was not."""
        self._flush()
        run: list[Token] = []
        only_quality: list[Token] = []
        for token in [*self.tokens, Token("", "", False)]:
            if not token.is_word or self._neutral(token):
                if token.is_word and token.text in v.QUALITIES:
                    only_quality.append(token)
                if run and (not token.is_word or token.text not in v.PREPOSITIONS | v.DETERMINERS):
                    self._unknown(run)
                    run = []
                continue
            self.clause.content += 1
            if token.understood:
                self.clause.understood += 1
                if run:
                    self._unknown(run)
                run = []
            else:
                run.append(token)
        for limits in (token.limits for token in self.tokens):
            if limits and not limits.used:
                self.clause.content += 1
                self.clause.need("unknown", limits.said)
        if not self.clause.needs and only_quality:
            self._unknown(only_quality)
            self.clause.content += len(only_quality)
        if not self.clause.needs:
            self._said_in_plain_words()
        if self.clause.needs:
            self.found.clauses.append(self.clause)

    def _said_in_plain_words(self) -> None:
        """`I can find them`: about what was spoken of before, or not understood."""
        spoken = [t for t in self.tokens if t.is_word and t.text not in v.GREETINGS]
        acts = self.verb in v.CRUD | v.BUILD
        about = self.found.main or self.governor
        if acts and about and self.clause.content == self.clause.understood:
            self.clause.need("entity", about)
        elif any(t.text not in v.FUNCTION | v.BUILD for t in spoken):
            self._unknown(spoken)
            self.clause.content += len(spoken)

    def _neutral(self, token: Token) -> bool:
        if token.understood:
            return False
        return bool(
            token.neutral
            or token.text in v.FUNCTION
            or token.text in v.QUALITIES
            or token.text in v.GREETINGS | v.PREFERRED
            or token.text in v.STOP_NOUNS
            or token.text in v.CRUD | v.BUILD
        )

    def _unknown(self, run: list[Token]) -> None:
        phrase = " ".join(token.text for token in run[:8])[:120]
        self.clause.need("unknown", phrase)
