"""What programs do: verbs that keep things, verbs that work on what they are given, and nouns."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.wordset import word_set

CREATE = word_set("add create new insert enter record log save register note")
LIST = word_set("list show view browse display see print")
DELETE = word_set("delete remove erase drop")
UPDATE = word_set("edit update change modify rename")
SEARCH = word_set("search find filter query lookup")
MOVED = word_set("export import sort count")
"""Verbs that make sense for whatever is stored."""
KEEP = word_set(
    "track manage store keep organize organise handle maintain administer monitor record log save"
)
"""Verbs that say what is stored, and ask for no command of their own."""
STORED = CREATE | LIST | DELETE | UPDATE | SEARCH | MOVED | KEEP | {"mark", *v.TRANSITIONS}
"""Verbs whose object may be a thing that is stored."""

WORK = word_set(
    """
    convert transform translate parse format validate check verify lint calculate compute sum
    total average compare diff merge split join combine concatenate deduplicate encrypt
    decrypt encode decode hash sign compress decompress zip unzip extract resize crop rotate
    move copy sync synchronise synchronize backup back restore download upload fetch scrape
    crawl send ping scan watch measure time benchmark generate render build compile minify run
    execute read write replace grep match highlight analyze analyse summarize summarise report
    plot visualise visualize clean shorten expand roll flip pick shuffle solve guess simulate
    draw slugify truncate wrap pluralize pluralise normalise normalize sanitize sanitise
    escape unescape round estimate predict detect recognise recognize tokenize tokenise retry
    throttle cache schedule serialize serialise deserialize deserialise load dump inspect
    resolve init bump publish deploy tail stream trim strip lock unlock mask scaffold mirror
    rewrite annotate group rank score evaluate map reduce traverse walk crack lookup start
    stop pause resume ask tell greet play back clean review practice study quiz rate
    """
)
"""Verbs for what is worked out, with nothing stored."""
KNOWN = STORED | WORK
LIKELY_NOUNS = word_set("copy crop group log match note record report score track estimate")
"""Verbs that, in a list, are as likely things."""

AGENTS = {
    "converter": "convert", "generator": "generate", "calculator": "calculate",
    "scanner": "scan", "downloader": "download", "checker": "check", "counter": "count",
    "formatter": "format", "parser": "parse", "validator": "validate", "linter": "lint",
    "renamer": "rename", "compressor": "compress", "resizer": "resize", "translator": "translate",
    "encoder": "encode", "decoder": "decode", "minifier": "minify", "solver": "solve",
    "roller": "roll", "encryptor": "encrypt", "splitter": "split", "merger": "merge",
    "cleaner": "clean", "analyzer": "analyze", "analyser": "analyse", "extractor": "extract",
    "serializer": "serialize", "simulator": "simulate", "scraper": "scrape", "crawler": "crawl",
    "hasher": "hash", "highlighter": "highlight", "tokenizer": "tokenize", "slugifier": "slugify",
}  # fmt: skip
"""Heads of a phrase that say what a program does (`password generator`)."""

FORMATS = word_set(
    """csv json yaml yml toml xml html markdown pdf excel xlsx ini sql tsv jsonl ndjson png jpeg
    jpg webp svg gif mp3 mp4 wav epub docx latex parquet avro base64 hex zip tar gzip ics"""
)
FILES = word_set(
    "file directory folder path filename archive spreadsheet document script subdirectory"
)
GIVEN = FILES | word_set(
    """
    url text string pattern regex city width height password key word name number date expression
    query image picture photo video sentence domain host hostname port address prefix suffix
    extension location zipcode username repository currency amount threshold seed keyword
    command message phrase timezone year
    """
)
"""What a program is handed in."""
PLAIN = (
    FORMATS
    | FILES
    | word_set(
        """
        photo picture url text string pattern regex line byte character letter column row
        image video audio webpage website port host ip process package dependency branch
        commit repository env variable weather duration duplicate hash checksum uuid data
        input output stdin stdout query temperature unit currency color colour syntax word
        header whitespace space number expression equation hostname domain dns certificate
        link template changelog version database table schema log environment result diff
        statistic summary total report average sum history help usage
        """
    )
)
"""Nouns of what programs read and write: never stored as things of their own."""
OUTPUT = LIST | word_set(
    "generate create calculate compute make render draw roll guess solve play plot report estimate"
)
"""Verbs whose object comes out, so that it is not handed in."""
ITS_DATA = word_set("data it them everything result results output all anything state")
"""Objects of `store` and `save` that say where, not what."""
TOLD = WORK | word_set("rename count find search sort")
"""Verbs that say by themselves that a tool is a command-line program."""
OF_A_LIBRARY = word_set(
    """tests docs ci docker accounts roles oauth openapi health cors frontend dashboard admin_panel
    postgresql mysql mongodb redis sqlite logging kubernetes cloud"""
)
"""Features that a library may be asked for; the words of others say what it works on."""
MODELS = word_set("model class dataclass type entity struct record schema interface")
"""What a library may hold of a thing (`models for invoices`)."""
PARTS = word_set("function helper utility util method algorithm routine tool feature support")
"""What a library may offer (`functions for rounding`)."""
OPTION_HEADS = word_set("option flag switch parameter argument setting")
COMMAND_HEADS = word_set("command subcommand sub-command")
CHOOSING = word_set(
    "choose set select specify change pick configure define give pass override control limit"
)
"""Verbs before what an option holds (`an option to choose the delimiter`)."""
BORROWING = word_set("book member loan borrow borrower librarian shelf lend patron")
"""Words of a library with books in it."""
SUBJECTS = word_set("that which who it i we you they can should must will may could shall")
LETTING = word_set("let lets letting allow allows allowing help helps helping enables enable")


def base(word: str) -> str:
    """The infinitive of a verb in `KNOWN` (`converts`, `parsing`), or an empty string."""
    for candidate in forms(word):
        if candidate in KNOWN:
            return candidate
    return ""


def forms(word: str) -> list[str]:
    """What the infinitive of a word may be, the likeliest first."""
    out = [word]
    if word.endswith("ies") and len(word) > 4:
        out.append(word[:-3] + "y")
    if word.endswith("es") and word[:-2].endswith(("s", "sh", "ch", "x", "z")):
        out.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        out.append(word[:-1])
    if word.endswith("ing") and len(word) > 5:
        stem = word[:-3]
        doubled = [stem[:-1]] if stem[-1] == stem[-2:-1] and stem[-1] not in "sl" else []
        out += [*doubled, stem, stem + "e"]
    return out


def infinitive(word: str) -> str:
    """The infinitive of any verb, known or guessed (`frobnicates` -> `frobnicate`)."""
    known = base(word)
    if known:
        return known
    if word.endswith("ing") and len(word) > 5:
        stem = forms(word)[1]
        return stem + "e" if stem.endswith(("at", "iz", "is", "v", "s", "c", "g", "u")) else stem
    return forms(word)[-1] if word.endswith("s") and not word.endswith("ss") else word
