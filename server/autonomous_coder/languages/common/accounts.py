"""The entity of a spec that is the account of a user, and who may do what with the others."""

from __future__ import annotations

from collections.abc import Iterator

from autonomous_coder.models.spec import Access, Entity

ACCOUNT_ENTITY = "User"
ACCOUNT_FIELDS = frozenset({"email", "password", "hashed_password", "password_hash"})
"""Fields that every account has; those of the spec add to them."""


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
