"""The entities of a request: the host's, those of the sentence, or an item when none is named."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import attaching
from autonomous_coder.engines.intelligence.assemble import Assembly, assemble
from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.findings import Findings
from autonomous_coder.engines.intelligence.names import snake
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.spec import (
    Access,
    DeleteRule,
    Entity,
    Provenance,
    Question,
    Relation,
    RelationKind,
)


def users_without_accounts(found: Findings) -> None:
    """Users with attributes but no log-in are ordinary things that are stored."""
    if not found.user_fields:
        return
    for field in found.user_fields:
        found.mention("user").add(field)
    found.mention("user").listed = True


def entities(request: Request, built: Assembly, kind: str, *, accounts: bool) -> list[Entity]:
    """What is stored.

    Raises:
        InvalidInputError: the host names an entity that the feature `accounts` stores itself.
    """
    provenance = request.provenance
    request.assumptions += request.host.notes
    if "entities" in request.host.values:
        given: list[Entity] = request.host.values["entities"]
        provenance["entities"] = Provenance.HOST
        for entity in given:
            provenance[f"entities.{entity.name}"] = Provenance.HOST
        return _host_access(request, given) if accounts else given
    for name, made in built.classes.items():
        provenance[f"entities.{made}"] = built.provenance[name]
    if built.entities:
        said = Provenance.USER in built.provenance.values()
        provenance["entities"] = Provenance.USER if said else Provenance.RULE
    if attaching.FEATURE in request.found.features or request.tasks:
        # Where nothing else is stored, files are, or what is to be done.
        return attaching.attached(built.entities, request.found, built.classes)
    if built.entities or kind != "rest_api":
        return built.entities
    return [_item(request, built, accounts=accounts)]


def guarded(entities: list[Entity]) -> list[Entity]:
    """With accounts: what belongs to somebody does not go with what everybody may delete, unless
    that was said. Otherwise parts go with their whole."""
    open_to_all = {e.name for e in entities if e.access in {Access.SHARED, Access.OPEN}}

    def guard(relation: Relation) -> Relation:
        said = "on_delete" in relation.model_fields_set
        if said or relation.target not in open_to_all:
            return relation
        if relation.kind is RelationKind.MANY_TO_MANY:
            return relation
        return relation.model_copy(update={"on_delete": DeleteRule.RESTRICT})

    owned = {Access.PRIVATE, Access.OWNER_WRITE}
    return [
        entity.model_copy(update={"relations": [guard(r) for r in entity.relations]})
        if entity.access in owned
        else entity
        for entity in entities
    ]


def _item(request: Request, built: Assembly, *, accounts: bool) -> Entity:
    request.provenance["entities"] = request.provenance["entities.Item"] = Provenance.DEFAULT
    built.guessed += 2
    request.assumptions.append(
        "The request names nothing to store: 'Item' with a name and a description is used."
    )
    request.questions.append(
        Question(
            id="entities",
            question="What should be stored?",
            assumed="items with a name and a description",
        )
    )
    return Entity(
        name="Item",
        plural="items",
        fields=[make("name"), make("description")],
        access=Access.PRIVATE if accounts else Access.OPEN,
    )


def _host_access(request: Request, given: list[Entity]) -> list[Entity]:
    """The host's entities with the access their nouns suggest where the host names none."""
    if any(entity.name in {"User", "Account"} for entity in given):
        raise InvalidInputError(
            "'spec.entities' names User or Account, "
            "but the feature 'accounts' stores the users itself.",
            hint="Leave it out, or call it Profile; or leave 'accounts' out of the features.",
        )
    stated = request.host.access_given
    found = Findings()
    for entity in given:
        found.mention(snake(entity.name).replace("_", " "))
    by_class = {e.name: e.access for e in assemble(found, accounts=True).entities}
    access = {
        e.name: e.access if e.name in stated else by_class.get(e.name, Access.PRIVATE)
        for e in given
    }
    private = {name for name, known in access.items() if known is Access.PRIVATE}
    for entity in given:
        owned = any(
            r.target in private and r.kind is not RelationKind.MANY_TO_MANY
            for r in entity.relations
        )
        if owned and entity.name not in stated:
            access[entity.name] = Access.PRIVATE
    return [entity.model_copy(update={"access": access[entity.name]}) for entity in given]
