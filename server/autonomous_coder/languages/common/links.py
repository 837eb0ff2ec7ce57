"""The graph of an entity's links: in which order tables and rows can be made."""

from __future__ import annotations

from collections import Counter

from autonomous_coder.languages.common.bounds import UNLIMITED, bounds, capacity
from autonomous_coder.models.spec import Entity, ProjectSpec, Relation, RelationKind


class LinkGraph:
    """The foreign keys among the stored entities of a spec; `account` is the one that is none."""

    def __init__(self, spec: ProjectSpec, account: str) -> None:
        self._spec = spec
        self._account = account
        self._stored = [entity for entity in spec.entities if entity.name != account]
        self.notes: list[str] = []
        self.optional = self._break_cycles()
        """(entity, relation) of required links that had to become optional."""
        self.order = self._creation_order()
        """Entity names so that a table comes after those it points at, cycles apart."""
        self.late = self._late_links()
        """(entity, relation) of links to a table that is created later."""

    def capacity(self, entity: Entity) -> int:
        """How many rows the test factories can create in one database, at most 1000: each row
        takes new rows of what it has to refer to."""
        return min(
            self._distinct(self._spec.entity(name)) // count
            for name, count in self._rows_made(entity).items()
        )

    def _links(self, entity: Entity) -> list[Relation]:
        return [r for r in entity.relations if r.kind is not RelationKind.MANY_TO_MANY]

    def _break_cycles(self) -> set[tuple[str, str]]:
        """Required links that would keep the first row from ever being made; they become
        optional."""
        optional: set[tuple[str, str]] = set()
        done: set[str] = set()

        def visit(name: str, path: tuple[str, ...]) -> None:
            entity = self._spec.entity(name)
            for link in self._links(entity):
                if not link.required or link.target == self._account:
                    continue
                if link.target == name or link.target in path:
                    optional.add((name, link.name))
                    self.notes.append(
                        f"{name}.{link.name} was made optional: it is part of a circle of required "
                        "relations, in which no first row could be created."
                    )
                elif link.target not in done:
                    visit(link.target, (*path, name))
            done.add(name)

        for entity in self._stored:
            if entity.name not in done:
                visit(entity.name, ())
        return optional

    def _creation_order(self) -> list[str]:
        order: list[str] = []
        visiting: set[str] = set()

        def visit(name: str) -> None:
            if name in order or name in visiting:
                return
            visiting.add(name)
            for link in self._links(self._spec.entity(name)):
                if link.target != self._account:
                    visit(link.target)
            visiting.discard(name)
            order.append(name)

        for entity in self._stored:
            visit(entity.name)
        return order

    def _late_links(self) -> set[tuple[str, str]]:
        """Links to a table that is created later."""
        order = self.order
        return {
            (entity.name, link.name)
            for entity in self._stored
            for link in self._links(entity)
            if link.target != self._account and order.index(link.target) > order.index(entity.name)
        }

    def _distinct(self, entity: Entity) -> int:
        """How many rows of one user the entity's unique members allow, at most 1000."""
        if any(
            link.required and link.kind is RelationKind.ONE_TO_ONE and link.target == self._account
            for link in self._links(entity)
        ):
            return 1
        unique = [field for field in entity.fields if field.unique]
        rooms = (capacity(field, bounds(entity.name, field)) for field in unique)
        return min([UNLIMITED, *rooms])

    def _rows_made(self, entity: Entity) -> Counter[str]:
        """Rows that creating one row makes, by entity."""
        made = Counter({entity.name: 1})
        for link in self._links(entity):
            open_link = not link.required or (entity.name, link.name) in self.optional
            if not open_link and link.target != self._account:
                made += self._rows_made(self._spec.entity(link.target))
        return made
