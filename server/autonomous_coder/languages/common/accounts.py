"""The entity of a spec that is the account of a user, and who may do what with the others."""

from __future__ import annotations

from collections.abc import Iterator

from autonomous_coder.models.spec import Access, Entity, EntityField, FieldType, ProjectSpec

ACCOUNT_ENTITY = "User"
ACCOUNT_FIELDS = frozenset({"email", "password", "hashed_password", "password_hash"})
"""Fields that every account has; those of the spec add to them."""

ROLE = EntityField(
    name="role",
    type=FieldType.ENUM,
    values=["user", "admin"],
    default="user",
    description="What the account may do; nobody chooses it for themselves.",
)
"""The field that every account has where there are roles."""


def with_role(spec: ProjectSpec) -> ProjectSpec:
    """The spec with an account that has a role."""
    found = [entity for entity in spec.entities if entity.name == ACCOUNT_ENTITY]
    account = found[0] if found else Entity(name=ACCOUNT_ENTITY, plural="users", fields=[])
    others = [field for field in account.fields if field.name != ROLE.name]
    made = account.model_copy(update={"fields": [*others, ROLE]})
    entities = [made if entity is account else entity for entity in spec.entities]
    return spec.model_copy(update={"entities": entities if found else [*entities, made]})


def role_changed(spec: ProjectSpec) -> Iterator[str]:
    """What is told where the request has other roles than the account will have."""
    for entity in spec.entities:
        asked = {f.name: f for f in entity.fields}.get(ROLE.name)
        if entity.name == ACCOUNT_ENTITY and asked and set(asked.values) != set(ROLE.values):
            yield f"{ACCOUNT_ENTITY}.{ROLE.name} is user or admin: the feature 'roles' decides it."


def needs_user(access: Access, *, accounts: bool) -> tuple[bool, bool]:
    """Whether reading and writing need a logged-in user."""
    if not accounts or access is Access.OPEN:
        return False, False
    return access in {Access.PRIVATE, Access.SHARED}, True


def capabilities(entity: Entity) -> tuple[str, ...]:
    """What an account provides of the entity that a spec calls so."""
    fields = (f"field:{entity.name}.{field.name}" for field in entity.fields)
    return (f"entity:{entity.name}", *fields)


def relations_left_out(entity: Entity) -> Iterator[str]:
    """What is told of the relations of an account: it holds none."""
    for relation in entity.relations:
        yield (
            f"{entity.name}.{relation.name} was left out: accounts hold no relations; "
            f"let {relation.target} point at {entity.name} instead."
        )
