"""Classes of words: what carries no content, what acts, what describes."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.wordset import word_set

DETERMINERS = word_set("""a an the this that these those its their his her our my your own""")
QUANTIFIERS = word_set(
    """each every all any many multiple several some various one two three few no only both
    more other another different new"""
)
MANY = word_set("many multiple several various some few two three")
MODALS = word_set("can may should must could will shall would might")
BE = word_set("is are be am was were been being")
HAVE = word_set(
    """has have having contain contains containing include includes including comprise
    comprises hold holds holding carry carries consist consists"""
)
WITH = word_set("with")
PREPOSITIONS = word_set(
    """for of about on in to from into at by per under between through against onto within via
    as over during inside around regarding concerning"""
)
PRONOUNS = word_set(
    """i we you it they he she them us me him who which that what there where when while if
    whose whom also then so such etc eg ie not please just only too very really well etc.
    itself themselves later today tomorrow soon often again therefore however instead
    later-on each-other here now how own whether somewhere anywhere everywhere somehow than"""
)
CONJUNCTIONS = word_set("using and or & plus but as nor along together")
NEGATORS = word_set(
    """without no not don't doesn't dont doesnt don’t excluding except never needn't cannot
    can't skip omit avoid"""
)

FUNCTION = (
    DETERMINERS
    | QUANTIFIERS
    | MODALS
    | BE
    | HAVE
    | WITH
    | PREPOSITIONS
    | PRONOUNS
    | CONJUNCTIONS
    | NEGATORS
    | word_set(
        """do does did let lets let's i'd i'm we'd it's that's want wants wanted need needs
        needed like would-like able"""
    )
)

STOP_NOUNS = word_set(
    """
    app apps application applications system systems api apis website websites site
    sites platform platforms service services software program programme tool tools
    backend back-end server project solution management manager manage tracker tracking
    portal product-backend microservice prototype mvp demo example endpoint endpoints
    crud rest restful http json web interface database databases db collection
    collections list lists catalog catalogue directory registry set number amount-of
    kind kinds type types sort way ways information info data details functionality
    functionalities feature features support ability option options capability resource
    resources entity entities model models table tables record records field fields
    attribute attributes property properties module modules part parts thing things code
    organizer planner keeper logger log diary helper assistant clone online simple hub
    engine suite center centre space world domain use usage case cases purpose basis kit
    stack language framework library-system requirement requirements following mobile
    administration maintenance recording storage handling organization sharing finder
    aggregator builder viewer explorer dashboardless shortener entries entry items item
    """
)
"""Nouns that name software, or a container of things: never entities when a modifier or a list
follows or precedes. `HEADS` are those that end a domain phrase."""

HEADS = word_set(
    """
    app application system api website site platform service software program programme
    tool backend back-end server project solution management manager tracker tracking
    portal microservice prototype mvp demo interface database db collection list catalog
    catalogue directory registry organizer organiser planner keeper logger log helper
    assistant clone hub engine suite center centre administration storage crud rest
    restful web mobile online sharing finder aggregator builder viewer explorer list
    organizer archive repository journal endpoint module http json resource entity model
    administrator handling set bot planner store
    """
)

QUALITIES = word_set(
    """
    simple basic small minimal modern clean nice good great fast quick reliable robust
    scalable secure beautiful easy powerful lightweight complete full fully working
    professional personal production-ready production ready best well-tested tested
    high-quality quality elegant responsive friendly user-friendly efficient little tiny
    large big real real-world typical standard common sample proper properly quickly
    easily automatically useful flexible custom well-structured maintainable
    high-performance performance production-grade robustly cool awesome state-of-the-art
    free generic normal necessary needed required available existing possible current
    different own new following internal basic various entire whole main
    """
)

GREETINGS = word_set(
    """hi hello hey dear thanks thank thx cheers regards bye ok okay kindly greetings"""
)

PREFERRED = word_set("preferred preferably ideally")
"""Words beside a language or framework that ask for nothing more."""

BUILD = word_set(
    """
    build create make develop write generate design implement give code produce scaffold
    program construct prepare setup want need provide offer expose deliver start
    bootstrap craft looking creating building making developing have get like ship host
    run set
    """
)

CRUD = word_set(
    """
    create add edit update delete remove list view see browse read write manage track
    store record log keep maintain organize organise handle show display get fetch
    access post submit modify change mark set save collect register insert retrieve
    catalog catalogue plan schedule administer place make upload rename enter define
    tracks manages stores records lists keeps shows displays handles organizes organises
    logs tracking managing storing recording logging listing keeping organizing
    organising creating adding editing updating deleting removing viewing browsing
    reading writing maintaining handling stored saved managed tracked created updated
    deleted added removed edited viewed listed crud look find lookup monitor monitoring
    monitors assign assigning assigned choose pick select mark marking put move attach
    link connect group categorize categorise label draft issue document catalogs write
    describe own owns work working use uses allow allows let lets enable enables help
    helps offers provides supports support using used perform performing do doing know
    knows
    """
)

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "approve": ("approved", "accepted"), "reject": ("rejected", "declined"),
    "accept": ("accepted", "approved"),
    "decline": ("rejected", "declined"), "cancel": ("cancelled", "canceled"),
    "confirm": ("confirmed",),
    "close": ("closed", "done"), "open": ("open",), "reopen": ("open",),
    "complete": ("done", "completed", "complete"),
    "finish": ("done", "completed", "finished"), "archive": ("archived",),
    "publish": ("published",),
    "ship": ("shipped",), "resolve": ("closed", "resolved"), "favorite": ("favorite",),
    "activate": ("active",), "deactivate": ("active",), "unpublish": ("published",),
    "pin": ("pinned",), "return": ("returned_on", "returned"),
}  # fmt: skip
"""Verbs that change a state: fine when the thing has a status or a flag for it."""

STORE = word_set(
    """
    track manage store record log keep maintain save collect handle organize organise
    tracks manages stores records logs keeps maintains handles organizes tracking
    managing storing recording logging keeping monitor administer catalog catalogue
    document
    """
)

CREATE = word_set(
    """create add place make write submit post record log register publish enter draft issue
    upload"""
)


EVENTS: dict[str, str] = {
    "borrow": "loan", "lend": "loan", "loan": "loan", "check-out": "loan",
    "rent": "rental", "hire": "rental", "lease": "lease",
    "book": "booking", "reserve": "reservation",
    "order": "order", "buy": "order", "purchase": "order",
    "enroll": "enrollment", "enrol": "enrollment",
    "attend": "attendance", "apply": "application",
    "review": "review", "rate": "rating", "like": "like", "upvote": "vote", "downvote": "vote",
    "vote": "vote", "comment": "comment", "reply": "reply", "answer": "answer",
    "donate": "donation", "bid": "bid", "adopt": "adoption", "subscribe": "subscription",
    "register": "registration", "sign": "registration", "inspect": "inspection",
    "repair": "repair", "harvest": "harvest", "water": "watering", "visit": "visit",
    "prescribe": "prescription", "deliver": "delivery", "favourite": "favorite",
    "bookmark": "bookmark", "pay": "payment", "grade": "grade",
}  # fmt: skip
"""Verbs whose doing is itself stored: who borrows a book makes a loan."""

TRANSITIVE = word_set(
    """
    teach write treat create publish own drive direct play perform supply sell host
    organize organise cook serve coach lead mentor train produce make record give sing
    edit translate run employ manage supervise represent wrote compose
    """
)
"""Verbs between two entities that say which belongs to which (`teachers teach courses`)."""

LOGIN_WORDS = word_set(
    "user account people anyone everyone everybody somebody someone visitor person end-user"
)
ROLE_WORDS = word_set(
    """admin administrator moderator editor superuser superadmin staff manager owner operator
    supervisor maintainer super-admin superuser reviewer"""
)
AUDIENCE = word_set(
    """
    team student teacher freelancer business company developer family gym restaurant
    customer shop school hospital clinic club beginner parent kid friend couple runner
    musician artist writer photographer gamer startup organization agency office group
    employee traveler player athlete hotel library store teacher landlord doctor coach
    trainer community roommate kitchen
    """
)
"""Who an application may be for (`a bug tracker for teams`)."""
ENUM_FIELDS = word_set(
    """
    status priority state level severity type size difficulty gender stage condition
    role visibility kind mode frequency category grade color colour method phase
    currency plan rating urgency mood platform unit outcome result
    """
)
STATES = word_set(
    """overdue active inactive upcoming archived unread expired expiring outdated late unpaid
    pending recent latest popular top trending nearby low out-of-stock lost"""
)
AMBIGUOUS = STOP_NOUNS | {"order"}
"""Nouns that are as likely an attribute as a thing, unless the owner is known to belong to it."""
FIELD_PLURALS = word_set(
    """
    notes instructions steps details remarks hours minutes calories points pages views
    likes directions terms seconds days weeks months years seats servings bedrooms
    bathrooms comments-text coordinates dimensions symptoms copies guests clicks goods
    votes downloads units reps sets credits stars nutrients macros requirements
    responsibilities preferences lyrics initials
    """
)
FIELD_WORDS = word_set(
    """
    title name description content body text price cost amount quantity stock email
    phone address date deadline status priority rating age url website isbn sku color
    colour size weight height width length image photo slug summary bio birthday
    birthdate gender salary total subtotal balance currency location latitude longitude
    duration code number notes barcode nickname surname firstname lastname username
    password capacity mileage model make year month day time deposit rent area value
    unit priority difficulty calories servings cuisine species breed completed done
    published paid active score level type state country city zip postcode timestamp
    reason position category language caption link picture avatar logo genre brand
    format version edition volume severity note destination origin subject frequency
    label due start end limit budget fee hours minutes pages dosage specialty condition
    material dose manufacturer vintage temperature humidity population mass radius
    distance speed
    """
)
IMPLICIT_FIELDS = {
    "created at", "creation date", "created date", "date created", "created on", "creation time",
    "updated at", "updated date", "last updated", "modified at", "timestamps", "timestamp",
    "id", "identifier", "unique id", "ids", "date added", "last modified", "created", "updated",
    "date of creation", "update date", "modification date", "created time",
}  # fmt: skip
"""Attributes every entity has by itself."""
FLAGS = word_set(
    """optional optionally required mandatory unique optional: flag field fields attribute
    attributes column columns property properties value"""
)
FOREIGN = word_set(
    """
    der die das und mit für eine einen ein erstelle eines zum zur ist nicht des el la
    los las para una con del crear una y aplicación los por le les une avec pour créer
    em qui que för och gestire gérer gestionar gerenciar gestionner verwalten verwaltung
    et des un il lo gli per di che creare een het voor met maak en van och med för att
    skapa uma com para criar dos um app-ul w dla ze i oraz utwórz
    """
)
HARD_VERBS = word_set(
    """
    add adopt attend borrow browse buy choose create delete donate edit enroll get manage pick
    publish remove reserve sell submit subscribe update upload
    """
)
"""Verbs that are never nouns."""
KNOWN_VERBS = CRUD | BUILD | TRANSITIVE | frozenset(TRANSITIONS) | frozenset(EVENTS)
