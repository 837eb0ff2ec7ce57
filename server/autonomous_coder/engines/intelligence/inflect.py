"""English nouns: singular and plural, by rule and a list of the irregular ones."""

from __future__ import annotations

from functools import lru_cache

from autonomous_coder.engines.intelligence.wordset import word_set

_IRREGULAR = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "feet": "foot",
    "teeth": "tooth", "mice": "mouse", "geese": "goose", "leaves": "leaf", "lives": "life",
    "knives": "knife", "wives": "wife", "shelves": "shelf", "loaves": "loaf", "wolves": "wolf",
    "halves": "half", "calves": "calf", "thieves": "thief", "analyses": "analysis",
    "diagnoses": "diagnosis", "crises": "crisis", "theses": "thesis", "criteria": "criterion",
    "bases": "base", "indices": "index", "matrices": "matrix", "vertices": "vertex",
    "quizzes": "quiz", "buses": "bus", "statuses": "status", "viruses": "virus",
    "campuses": "campus", "bonuses": "bonus", "aliases": "alias", "atlases": "atlas",
    "lenses": "lens", "gases": "gas", "movies": "movie", "cookies": "cookie", "ties": "tie",
    "pies": "pie", "calories": "calorie", "zombies": "zombie", "selfies": "selfie",
    "cookbooks": "cookbook", "heroes": "hero", "potatoes": "potato", "tomatoes": "tomato",
    "echoes": "echo", "caches": "cache", "axes": "axis", "ids": "id", "oxen": "ox",
    "media": "media", "data": "data", "todos": "todo", "to-dos": "to-do", "menus": "menu",
    "taxes": "tax", "accesses": "access", "niches": "niche", "moustaches": "moustache",
    "genies": "genie", "prairies": "prairie", "species": "species", "series": "series",
    "phenomena": "phenomenon", "bacteria": "bacterium", "curricula": "curriculum",
    "hypotheses": "hypothesis", "appendices": "appendix", "stimuli": "stimulus",
    "nuclei": "nucleus", "alumni": "alumnus", "elves": "elf", "scarves": "scarf",
}  # fmt: skip
_SAME = word_set(
    """
    access across address alias always analysis analytics as athletics atlas awareness aws axis
    basis bias bonus boss bus business campus canvas chess class crisis cross css diagnosis dns
    does dress economics express famous fitness gas glass goes goods gps has https ios is
    is_business its kubernetes lens less loss macos mass mathematics maths mess minus news oasis
    pass physics plus politics postgres press previous process progress rails redis sales series
    serious sms species statistics status success thesis this thus tls unless us various virus
    was wellness wireless yes
    """
)
_PLURALS = {value: key for key, value in _IRREGULAR.items() if key != value} | {"datum": "data"}
_UNCHANGED = word_set("aircraft analytics deer fish offspring sales series sheep species staff")
_UNCOUNTED = word_set("data equipment furniture information luggage media news software")


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """The singular of a lower-case word; the word itself when it is none or already one."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word in _SAME:
        return word
    if word.endswith(("ss", "us", "is", "'s")):
        return word
    if "-" in word or "_" in word:
        cut = max(word.rfind("-"), word.rfind("_")) + 1
        return word[:cut] + (singular(word[cut:]) if word[cut:] else "")
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def plural(word: str) -> str:
    """The plural of a lower-case singular (only its last part is inflected)."""
    if word in _PLURALS:
        return _PLURALS[word]
    if "_" in word or "-" in word:
        cut = max(word.rfind("-"), word.rfind("_")) + 1
        return word[:cut] + (plural(word[cut:]) if word[cut:] else "")
    if word in _UNCHANGED:
        return word
    if word in _UNCOUNTED:
        return word + "_list"
    if word.endswith("y") and len(word) > 1 and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith("sis"):
        return word[:-2] + "es"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word + "s"
