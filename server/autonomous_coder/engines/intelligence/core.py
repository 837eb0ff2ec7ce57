"""The intelligence core: from a sentence and what the host knows to a ProjectSpec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from autonomous_coder.engines.intelligence import choices, estimates, stack, wishes
from autonomous_coder.engines.intelligence import requirements as demands
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.assemble import Assembly, assemble
from autonomous_coder.engines.intelligence.features import (
    DEFAULTS_REST_API,
    FEATURES,
    REQUIRES,
)
from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.findings import Findings
from autonomous_coder.engines.intelligence.host import HostSpec, read_host_spec
from autonomous_coder.engines.intelligence.names import project_name, snake
from autonomous_coder.engines.intelligence.reader import read
from autonomous_coder.engines.intelligence.text import EXAMPLE, checked
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.planning import Architecture, Complexity, Risk
from autonomous_coder.models.spec import (
    Access,
    Entity,
    ProjectSpec,
    Provenance,
    Question,
)
from autonomous_coder.models.technology import Resolution, TechStack
from autonomous_coder.settings import GenerationSettings


@dataclass(frozen=True)
class Supported:
    """What the generator can make now: language -> archetypes, and the features it knows."""

    archetypes: Mapping[str, frozenset[str]]
    features: frozenset[str]


class IntelligenceCore:
    """Decides by rules; whatever the host says wins."""

    def __init__(self, settings: GenerationSettings, supported: Supported) -> None:
        self._settings = settings
        self._supported = supported

    def analyze_requirements(
        self,
        description: str,
        *,
        host_spec: Mapping[str, Any] | None = None,
        constraints: Mapping[str, str] | None = None,
        preferences: Mapping[str, str] | None = None,
    ) -> ProjectSpec:
        """Understand a request.

        Raises:
            InvalidInputError: the description or a part of the host's spec is malformed, or
                nothing to build was found in it.
            UnsupportedError: a language, framework or kind of software that cannot be generated.
        """
        host = read_host_spec(host_spec)
        text = checked(description, may_be_empty=bool(host.values or host.requirements))
        asked = wishes.checked(constraints, "constraints") | host.values.get("constraints", {})
        liked = wishes.checked(preferences, "preferences") | host.values.get("preferences", {})
        draft = _Draft(text, host, asked, liked, self._settings, self._supported)
        return draft.spec()

    def select_tech_stack(self, spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
        """The stack with reasons; versions come from the resolution."""
        return stack.select(spec, resolution)

    def determine_architecture(self, spec: ProjectSpec) -> Architecture:
        """Pattern and layers."""
        return estimates.architecture(spec)

    def estimate_complexity(self, spec: ProjectSpec) -> Complexity:
        """Score, level and the factors behind them."""
        return estimates.complexity(spec)

    def assess_risks(self, spec: ProjectSpec, stack: TechStack) -> list[Risk]:
        """What may go wrong, the gravest first."""
        return estimates.risks(spec, stack)


class _Draft:
    """One request on its way to a spec."""

    def __init__(
        self,
        text: str,
        host: HostSpec,
        constraints: dict[str, str],
        preferences: dict[str, str],
        settings: GenerationSettings,
        supported: Supported,
    ) -> None:
        self.text = text
        self.host = host
        self.constraints, self.preferences = constraints, preferences
        self.settings, self.supported = settings, supported
        self.found: Findings = read(text)
        self.wishes = wishes.read(constraints, preferences)
        self.provenance: dict[str, Provenance] = {}
        self.assumptions: list[str] = []
        self.questions: list[Question] = []
        self.foreign = self.found.foreign

    def spec(self) -> ProjectSpec:
        self._refuse_nonsense()
        kind, language, framework = self._technology()
        features = self._features(kind)
        accounts = "accounts" in features
        self._users(accounts=accounts)
        built = assemble(self.found, accounts=accounts)
        entities = self._entities(built, kind, accounts=accounts)
        rows = demands.rows(self.found, built, entities)
        rows += [(text, needs) for text, needs in self.host.requirements]
        rows += self._wish_rows()
        rows += [(f'Not understood: "{name}"', [f"unknown:{name}"]) for name in built.dropped]
        host = self.host.values
        self._settle(built, entities, accounts=accounts)
        values: dict[str, Any] = {
            **{
                k: host[k]
                for k in ("commands", "jobs", "channels", "pages", "extra_files")
                if k in host
            },
            "name": self._name(kind, entities),
            "title": self._title(kind, entities),
            "description": host.get("description", self.text),
            "archetype": kind,
            "language": language,
            "framework": framework,
            "entities": entities,
            "features": features,
            "constraints": self.constraints,
            "preferences": self.preferences,
            "requirements": demands.number(rows),
            "provenance": self._provenance(),
            "assumptions": host.get("assumptions", [])
            + _lines(self.assumptions)[: 100 - len(host.get("assumptions", []))],
            "confidence": self._confidence(built),
            "questions": host["questions"] if "questions" in host else self._asked(rows),
        }
        try:
            return ProjectSpec(**values)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "spec"
            raise InvalidInputError(
                f"'{place}' is not valid: {first['msg'].removeprefix('Value error, ')[:400]}.",
                hint="Mend it in 'spec', or leave it away to have it decided by rules.",
            ) from error

    # -- what was meant at all --------------------------------------------------------------

    def _refuse_nonsense(self) -> None:
        found = self.found
        something = (
            found.mentions
            or found.features
            or found.archetypes
            or found.domains
            or found.events
            or found.user_fields
        )
        if something or self.host.values or self.host.requirements or self.foreign:
            return
        if (
            found.asked
            and found.clauses
            and not all(need[0] == "unknown" for clause in found.clauses for need in clause.needs)
        ):
            return
        raise InvalidInputError(
            "Nothing to build was recognised in the description.",
            hint=f"Say what is to be stored and what its users do. {EXAMPLE}",
        )

    def _technology(self) -> tuple[str, str, str]:
        host, found = self.host.values, self.found
        kind = choices.archetype(
            host.get("archetype") or self.wishes.archetype,
            found.archetypes,
            self.supported.archetypes,
        )
        named = host.get("language") or self.wishes.language
        framework = (
            host.get("framework")
            or self.wishes.framework
            or (found.frameworks[0] if found.frameworks else "")
        )
        try_frameworks = (
            [framework.lower()] if framework.lower() in _frameworks() and not named else []
        )
        if framework and (named or not try_frameworks):
            lang = choices.language(
                named,
                found.languages,
                [],
                self.settings.default_language,
                kind.value,
                self.supported.archetypes,
            )
        elif framework:
            choices.framework(
                framework, _frameworks()[framework.lower()], kind.value
            ) if _frameworks()[framework.lower()] in self.supported.archetypes else None
            lang = choices.language(
                "",
                found.languages,
                try_frameworks,
                self.settings.default_language,
                kind.value,
                self.supported.archetypes,
            )
        else:
            lang = choices.language(
                named,
                found.languages,
                [],
                self.settings.default_language,
                kind.value,
                self.supported.archetypes,
            )
        ours = choices.framework(framework, lang.value, kind.value)
        for name, choice in (("archetype", kind), ("language", lang)):
            self.provenance[name] = choice.provenance
            self.assumptions += choice.assumptions
            self.questions += choice.questions
        self.provenance["framework"] = (
            Provenance.HOST
            if host.get("framework") or self.wishes.framework
            else Provenance.USER
            if framework
            else Provenance.DEFAULT
        )
        return kind.value, lang.value, ours

    # -- features ---------------------------------------------------------------------------

    def _features(self, kind: str) -> list[str]:
        refused = dict.fromkeys([*self.found.refused, *self.wishes.refused])
        if "features" in self.host.values:
            self.provenance["features"] = Provenance.HOST
            chosen = list(self.host.values["features"])
            for name in chosen:
                self.provenance[f"features.{name}"] = Provenance.HOST
            return self._with_required(chosen, set())
        user = [*self.wishes.features, *self.found.features]
        self.provenance["features"] = Provenance.USER if user else Provenance.DEFAULT
        chosen = []
        for name in dict.fromkeys(user):
            if name not in refused or name in self.wishes.features:
                chosen.append(name)
                self.provenance[f"features.{name}"] = Provenance.USER
        chosen = self._with_required(chosen, refused)
        if kind == "rest_api":
            for name in DEFAULTS_REST_API:
                switched_off = (name == "tests" and not self.settings.tests) or (
                    name == "docs" and not self.settings.documentation
                )
                if name in refused or name in chosen or switched_off:
                    continue
                if name == "sqlite" and {"postgresql"} & set(chosen):
                    continue
                chosen.append(name)
                self.provenance[f"features.{name}"] = Provenance.DEFAULT
        for name in refused:
            if name not in chosen:
                self.assumptions.append(
                    f"Left out as asked: {FEATURES[name].title.lower()} ({name})."
                )
        return chosen

    def _with_required(self, chosen: list[str], refused: set[str]) -> list[str]:
        out = list(chosen)
        for name in chosen:
            for needed in REQUIRES.get(name, ()):
                if needed not in out and needed not in refused:
                    out.append(needed)
                    self.provenance[f"features.{needed}"] = Provenance.RULE
                    self.assumptions.append(f"'{needed}' is added because '{name}' needs it.")
        return out

    def _users(self, *, accounts: bool) -> None:
        """Users with attributes but no log-in are ordinary things that are stored."""
        if accounts or not self.found.user_fields:
            return
        for name in self.found.user_fields:
            self.found.mention("user").add(make(name))
        self.found.mention("user").listed = True

    # -- entities ---------------------------------------------------------------------------

    def _entities(self, built: Assembly, kind: str, *, accounts: bool) -> list[Entity]:
        if "entities" in self.host.values:
            self.provenance["entities"] = Provenance.HOST
            entities: list[Entity] = self.host.values["entities"]
            for entity in entities:
                self.provenance[f"entities.{entity.name}"] = Provenance.HOST
            self.assumptions += self.host.notes
            return self._host_access(entities, accounts=accounts)
        for name, made in built.classes.items():
            self.provenance[f"entities.{made}"] = built.provenance[name]
        if built.entities or kind != "rest_api":
            if built.entities:
                ruled = set(built.provenance.values())
                self.provenance["entities"] = (
                    Provenance.USER if Provenance.USER in ruled else Provenance.RULE
                )
            return built.entities
        self.provenance["entities"] = self.provenance["entities.Item"] = Provenance.DEFAULT
        built.guessed += 2
        self.assumptions.append(
            "The request names nothing to store: 'Item' with a name and a description is used."
        )
        self.questions.append(
            Question(
                id="entities",
                question="What should be stored?",
                assumed="items with a name and a description",
            )
        )
        access = Access.PRIVATE if accounts else Access.OPEN
        return [
            Entity(
                name="Item",
                plural="items",
                fields=[make("name"), make("description")],
                access=access,
            )
        ]

    def _host_access(self, entities: list[Entity], *, accounts: bool) -> list[Entity]:
        if accounts and any(entity.name in {"User", "Account"} for entity in entities):
            raise InvalidInputError(
                "'spec.entities' names User or Account, but the feature 'accounts' stores the users itself.",
                hint="Leave it out, or call it Profile; or leave 'accounts' out of the features.",
            )
        if not accounts:
            return entities
        found = Findings()
        for entity in entities:
            found.mention(snake(entity.name).replace("_", " "))
        by_class = {e.name: e.access for e in assemble(found, accounts=True).entities}
        private = {
            e.name
            for e in entities
            if (
                e.access
                if e.name in self.host.access_given
                else by_class.get(e.name, Access.PRIVATE)
            )
            is Access.PRIVATE
        }
        out = []
        for entity in entities:
            if entity.name in self.host.access_given:
                out.append(entity)
                continue
            access = by_class.get(entity.name, Access.PRIVATE)
            if any(r.target in private and r.kind != "many_to_many" for r in entity.relations):
                access = Access.PRIVATE
            out.append(entity.model_copy(update={"access": access}))
        return out

    # -- the rest ---------------------------------------------------------------------------

    def _settle(self, built: Assembly, entities: list[Entity], *, accounts: bool) -> None:
        self.assumptions += [] if "entities" in self.host.values else built.assumptions
        self.assumptions += self.found.assumptions
        self.assumptions += [f"Already so: {met}." for met in self.wishes.met]
        if accounts:
            words = {
                Access.PRIVATE: "is seen and changed by its owner only",
                Access.OWNER_WRITE: "is read by everyone and changed by its owner only",
                Access.SHARED: "is read and changed by every logged-in user",
                Access.OPEN: "is open to everyone, without logging in",
            }
            for access, meaning in words.items():
                names = [e.name for e in entities if e.access is access]
                if names:
                    self.assumptions.append(f"{', '.join(names)[:400]} {meaning}.")
        elif entities and not {"accounts"} & {*self.found.refused, *self.wishes.refused}:
            self.assumptions.append(
                "Nothing was said about logging in: everyone may read and change everything."
            )
            self.questions.append(
                Question(
                    id="accounts",
                    question="Should users register and log in?",
                    assumed="no",
                    choices=["no", "yes"],
                )
            )
        if self.foreign:
            self.questions.append(
                Question(
                    id="language_of_request",
                    question="The request does not seem to be in English. Can you say it in English, or hand over 'spec'?",
                    assumed="only words that are the same in English were understood",
                )
            )

    def _wish_rows(self) -> list[demands.Row]:
        out: list[demands.Row] = []
        for key, value in self.wishes.unknown:
            wish = f"{key}: {value}"
            sort = "Constraint" if self.constraints.get(key) == value else "Preference"
            out.append((f"{sort} {wish}", [f"unknown:{wish}"]))
            self.assumptions.append(
                f"The {sort.lower()} '{wish[:200]}' was not understood and is not met."
            )
        for name in self.wishes.features:
            out.append(
                (
                    f"{FEATURES[name].title} (asked for by constraint or preference)",
                    [f"feature:{name}"],
                )
            )
        return out

    def _asked(self, rows: list[demands.Row]) -> list[Question]:
        seen: dict[str, Question] = {}
        for question in [*self.questions, *demands.questions_about(rows)]:
            seen.setdefault(question.id, question)
        return list(seen.values())[:50]

    def _confidence(self, built: Assembly) -> float:
        if not self.text:
            return 1.0
        value = demands.confidence(self.found, built, foreign=self.foreign)
        return max(value, 0.9) if "entities" in self.host.values else value

    def _provenance(self) -> dict[str, Provenance]:
        for key in (*self.host.values, *(("requirements",) if self.host.requirements else ())):
            self.provenance[key] = Provenance.HOST
        for key in ("name", "title", "description"):
            default = Provenance.USER if key == "description" and self.text else Provenance.RULE
            self.provenance.setdefault(key, default)
        return dict(sorted(self.provenance.items()))

    def _subject(self, entities: list[Entity]) -> str:
        words = [w for w in self.found.title.split() if w not in v.HEADS and w != "app"]
        if words:
            return " ".join(words)
        return snake(entities[0].name).replace("_", " ") if entities else "project"

    def _name(self, kind: str, entities: list[Entity]) -> str:
        if "name" in self.host.values:
            return str(self.host.values["name"])
        suffix = "api" if kind == "rest_api" else kind.replace("_", "-")
        return project_name(f"{self._subject(entities)[:50]} {suffix}")

    def _title(self, kind: str, entities: list[Entity]) -> str:
        if "title" in self.host.values:
            return str(self.host.values["title"])
        suffix = "API" if kind == "rest_api" else kind.replace("_", " ")
        subject = " ".join(self._subject(entities).split())[:100]
        return f"{subject[:1].upper()}{subject[1:]} {suffix}"


def _lines(texts: list[str]) -> list[str]:
    return [" ".join(text.split())[:500] for text in dict.fromkeys(texts)]


def _frameworks() -> Mapping[str, str]:
    from autonomous_coder.engines.intelligence.features import FRAMEWORKS

    return FRAMEWORKS
