"""Which things belong to which: words for relations, parts, owners and shared things."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.wordset import word_set

BELONG = word_set(
    """
    assigned associated attached authored belong belongs borrowed categorised categorized
    connected created directed given grouped hosted labeled labelled led linked live lives
    located made organised organized owned part performed placed produced published referenced
    related resides sent sits sold stay stays stored submitted supplied tagged taught treated
    works written
    """
)
"""Words before `to`, `by`, `in` that say what something belongs to."""
LINK_PREPOSITIONS = word_set(
    """
    at by for from in into of on per to under with
    """
)
BOOKED = word_set(
    """
    appointment booking consultation meeting reservation viewing
    """
)
"""Nouns that are the booking themselves."""
SHARED_PARTS = word_set(
    """
    actor amenity artist attendee author book category course developer director dish doctor
    employee exercise film food game genre ingredient instructor item keyword medication member
    menu_item movie musician participant player product recipe skill song speaker sponsor
    student supplier teacher track volunteer writer
    """
)
"""Things several owners share, so that "books have authors" is many to many."""
ACTORS = word_set(
    """
    attendee borrower client customer employee guest member owner participant patient student
    """
)
"""People who own or do something."""
LOOSE = word_set(
    """
    agent alert apartment article book bookmark bug candidate car class client coach contact
    course customer deal device doctor document driver employee equipment event expense
    file film flower game house issue item job lawyer lead machine meal meeting member memo
    movie note nurse patient plant player product project property recipe record reminder
    restaurant song story student task teacher ticket todo tool track transaction trip vacancy
    vehicle
    """
)
"""Nouns that may belong to something but need not."""
ONE_OF = word_set(
    """
    appointment attendance booking comment complaint donation feedback image inspection item
    like loan maintenance message payment photo picture rating reaction rental repair reply
    reservation review upvote video visit vote
    """
)
"""Nouns that belong to one of several things: needed when there is only one candidate."""

CHILD_OF = (
    ("author", "book"), ("artist", "song"), ("artist", "album"), ("actor", "movie"),
    ("actor", "film"),
    ("director", "movie"), ("ingredient", "recipe"), ("speaker", "session"), ("speaker", "talk"),
    ("exercise", "workout"), ("tag", "post"),
)  # fmt: skip
MANY_OF = frozenset({"author", "actor", "ingredient", "speaker"})
MAYBE = frozenset({"may", "might", "optionally", "sometimes"})
"""Words before a relation that make it optional."""
ALIKE = {
    "todo": frozenset({"task", "item", "chore"}),
    "booking": frozenset({"reservation", "registration", "appointment", "rental", "order"}),
}
"""Nouns that, when named, are what the application's own word means (`a todo app ... tasks`)."""
PARTS = frozenset(
    {("item", "order"), ("item", "list"), ("task", "list"), ("todo", "list"), ("track", "album")}
)
"""`(part, whole)` where the part is nothing without its whole, though it may be otherwise."""
TIME_UNITS = frozenset(
    {"second", "minute", "hour", "day", "night", "week", "month", "quarter", "year"}
)
"""What something is counted per: never stored."""
MEANT = {
    ("card", "deck"): "flashcard",
    **{("ticket", of): "event ticket" for of in ("event", "concert", "screening", "ticket type")},
}
"""`(noun, another in the request)` -> what the noun means beside it."""
SUPPORT = frozenset({"agent", "device", "incident", "issue", "comment", "reply", "asset"})
"""What stands beside tickets of those who need help."""
