"""
Nouns that are likely to be stored, with the fields they usually have. One line a
noun: `names | kind | fields | parents | many`. Names are singular, the first is the
entity's; kind is `p` (private to its owner), `c` (content: everyone reads, the
owner writes), `s` (shared business data) or `t` (taxonomy: shared labels other
things carry many of). `parents` are the entities it belongs to when they are part
of the project too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from autonomous_coder.engines.intelligence.fieldtypes import parse
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.models.spec import EntityField

_TABLE = """
todo, to-do, todo item, to-do item, to do | p | title, description?, done, due_date? | list,
    project |
task, chore, action item | p | title, description?, done, due_date? | project, milestone, board,
    list, story, sprint, employee |
subtask | p | title, done | task |
reminder | p | title, remind_at: datetime, done | todo, task, event |
note, memo | p | title, body: text | notebook, folder, contact, patient, lead |
notebook, journal | p | name, description? | |
journal entry, diary entry | p | title, body: text, entry_date: date | journal |
bookmark | p | title, url, description? | folder |
folder | p | name, description? | |
contact, address book entry | p | name, email?, phone?, notes? | company |
expense, spending | p | amount, category, date, description? | budget, trip, report |
income | p | amount, source, date, description? | |
transaction | p | amount, date, description? | account, bank account, wallet, category, budget |
bank account, wallet | p | name, currency, balance | |
budget | p | name, amount, start_date?, end_date? | category |
bill | p | name, amount, due_date, paid | |
savings goal, goal | p | title, description?, target_date?, completed | |
habit | p | name, description?, frequency: daily|weekly|monthly | |
habit log, check-in, checkin | p | date, note? | habit |
mood | p | level: integer, note?, date | |
workout | p | name, date, duration_minutes?, notes? | workout plan |
workout plan, training plan | p | name, description? | |
exercise | s | name, muscle_group?, description? | workout |
meal | p | name, calories?, eaten_at | meal plan |
meal plan | p | name, start_date? | |
food | s | name, calories?, protein: float?, carbs: float?, fat: float? | meal |
weight entry, weight | p | weight, measured_on: date | |
shopping list, grocery list | p | name | |
shopping list item, grocery item, list item | p | name, quantity?, bought: boolean | shopping
    list |
list | p | name, description? | board |
item | s | name, description? | list, category, order, inventory, box |
wish, wishlist item | p | name, url?, price? | |
wishlist | p | name | |
post, blog post, article, blog article | c | title, body: text, published | category, blog,
    topic, thread |
page | c | title, slug, body: text | |
comment, reply | c | body: text | post, article, photo, video, ticket, task, issue, recipe,
    review, story, idea, question, picture, image |
review | c | rating: integer, body: text? | product, book, movie, restaurant, recipe, hotel,
    course, place, game, film, service, listing, property, driver, doctor |
rating | c | score: integer | product, book, movie, restaurant, recipe, hotel, course |
like, reaction | c | kind: like|love|laugh | post, comment, photo, video |
vote, upvote | c | value: integer | post, question, answer, option, idea, poll, feature request
    |
story | c | title, body: text | |
photo, picture, image | c | title, url, caption? | album, gallery |
album, gallery | c | title, description? | artist, band |
video | c | title, url, description?, duration_seconds: integer? | channel, playlist, course |
channel | s | name, description? | workspace |
playlist | p | name, description? | | song, track
song, track | s | title, duration_seconds: integer?, release_year: integer? | album, artist |
artist, musician | s | name, bio? | |
band | s | name, bio? | |
podcast | s | title, description? | |
episode | s | title, description?, published_on: date? | podcast, season, show |
show, tv show | s | title, description?, release_year: integer? | |
question | c | title, body: text | quiz, survey, topic, exam |
answer | c | body: text | question |
quiz, exam | s | title, description? | course |
survey, poll | s | title, description?, closes_at: datetime? | |
option, choice | s | text: string | question, poll |
response | s | answer | survey, question |
flashcard | p | front: text, back: text | deck |
card | p | title, description?, position: integer | column, board, list, deck |
deck | p | name, description? | |
topic, thread, discussion | c | title, body: text | forum, category, board |
forum | s | name, description? | |
message, chat message | p | body: text | room, conversation, channel, chat room, chat, thread |
conversation, chat | p | title | |
room, chat room | s | name, description? | hotel, building |
group | s | name, description? | |
team | s | name, description? | department, league |
league, tournament, competition | s | name, description?, start_date? | |
match, fixture | s | played_on: date, home_score: integer?, away_score: integer? | tournament,
    league, season |
player, athlete | s | name, position: string?, number: integer? | team, club |
coach | s | name, email?, phone? | team |
season | s | name, start_date?, end_date? | |
score | s | points, achieved_at | player, game |
tag, label, keyword, hashtag | t | name: string! | |
category | t | name: string!, description? | |
genre | t | name: string! | |
skill | t | name: string! | |
ingredient | t | name: string! | |
amenity | t | name: string! | |
allergen | t | name: string! | |
language | t | name: string! | |
interest, hobby | t | name: string! | |
product, goods, merchandise | s | name, description?, price, stock | category, supplier, brand,
    warehouse, vendor, manufacturer, shop, store |
product variant, variant | s | name, sku, price, stock | product |
supplier, vendor | s | name, email?, phone?, address? | |
manufacturer | s | name, website? | |
brand | s | name, website? | |
warehouse, depot | s | name, location, capacity? | |
stock movement, stock level, stock entry | s | quantity, kind: in|out, moved_at | product,
    warehouse |
order, purchase | p | status: pending|paid|shipped|delivered|cancelled, total, ordered_at |
    customer, client, table, restaurant |
purchase order | s | number, status: draft|sent|received|cancelled, ordered_on | supplier,
    vendor |
order item, order line, line item, cart item | p | quantity, unit_price | order, product, menu
    item, dish, cart, item |
cart, shopping cart, basket | p | name: string? | | product
coupon, discount code, voucher | s | code, discount, expires_on, active | |
discount | s | name, percentage, active | product |
payment | p | amount, method: card|cash|transfer, paid_at | order, invoice, booking, rental,
    tenant, lease, customer, subscription, member |
invoice | p | number, amount, issue_date: date, due_date, status: draft|sent|paid|overdue |
    customer, client, order, project, patient, supplier |
invoice item, invoice line | p | description, quantity, unit_price | invoice |
quote, estimate | p | number, amount, valid_until | customer, client |
shipment, delivery, parcel, package | s | tracking_number, status: pending|shipped|delivered,
    shipped_at? | order, courier, driver, warehouse, carrier |
courier, carrier | s | name, phone? | |
refund, return | p | amount, reason?, refunded_at | order, payment |
customer, client, buyer, shopper | s | name, email, phone?, address? | company |
lead, prospect | s | name, email?, phone?, status: new|contacted|qualified|lost | campaign,
    company |
deal, opportunity | s | title, value, stage: new|qualified|proposal|won|lost, close_date? |
    customer, contact, company, lead, pipeline |
campaign | s | name, start_date?, end_date?, budget? | |
company, organization, organisation, business, firm | s | name, website?, address? | |
subscription | p | plan, status: active|cancelled|expired, starts_on, renews_on? | customer,
    plan, subscriber, magazine, newsletter |
plan | s | name, price, description? | |
subscriber | s | email, name?, active | newsletter |
newsletter | s | title, body: text, sent_at? | |
employee, worker, staff member, colleague | s | name, email, job_title?, hired_on? | department,
    team, company, branch |
department | s | name, description? | company |
manager | s | name, email? | department |
branch | s | name, address? | company |
shift | s | starts_at, ends_at | employee, worker, nurse |
timesheet, time entry, time log | p | date, hours: float, note? | project, task, employee |
leave request, leave, vacation request, absence, vacation, holiday | p | start_date, end_date,
    reason?, status: pending|approved|rejected | employee |
payslip, salary | s | amount, paid_on | employee |
candidate, applicant | s | name, email, phone?, resume_url: url? | job |
job, job posting, vacancy, job offer, position | s | title, description, location?, salary?,
    open: boolean | company, department, employer |
job application, application | p | cover_letter: text?, status:
    submitted|reviewed|accepted|rejected | job, candidate, applicant, job posting, program,
    scholarship, student |
interview | s | scheduled_at, notes? | candidate, application |
employer | s | name, website? | |
project | p | name, description?, status: planned|active|done | client, customer, team,
    department, workspace |
milestone | p | title, due_date?, completed | project |
sprint | s | name, start_date, end_date | project |
user story | s | title, description?, points? | sprint, epic, project |
epic | s | title, description? | project |
board | p | name, description? | project, workspace |
column | p | name, position: integer | board |
workspace | s | name | |
issue, bug, bug report, defect | s | title, description?, status: open|in_progress|closed,
    priority: low|medium|high | project |
ticket, support ticket | p | subject: string, description?, status: open|pending|closed,
    priority: low|medium|high | customer, agent, event, queue |
agent | s | name, email | |
feature request, idea | c | title, description?, status: open|planned|done | project, product |
incident | s | title, description?, severity: low|medium|high, occurred_at | service, server |
event | c | title, description?, location?, starts_at, ends_at? | venue, organizer, calendar,
    category |
calendar | p | name | |
meeting | p | title, starts_at, ends_at?, location? | room, team, project |
venue | s | name, address, capacity? | |
organizer, organiser | s | name, email? | |
speaker, presenter | s | name, bio? | |
session, talk | s | title, starts_at, room: string? | event, conference, speaker, track, course
    |
conference | s | name, start_date, end_date, location? | |
attendee, participant, guest | s | name, email | event, session, workshop |
registration, signup | p | registered_at, status: pending|confirmed|cancelled | event, attendee,
    course, workshop, participant |
booking, reservation | p | starts_at, ends_at?, status: pending|confirmed|cancelled | room,
    table, customer, guest, hotel, flight, court, desk, listing, property, client, seat, class,
    member, space |
appointment | p | starts_at, reason?, status: scheduled|completed|cancelled | patient, doctor,
    client, customer, pet, barber, stylist, service, dentist, vet, therapist |
table | s | number: integer, seats | restaurant |
hotel | s | name, address, stars: integer? | city |
guesthouse, listing | c | title, description, price, location | category |
amenity type | t | name: string! | |
restaurant, cafe | s | name, address, cuisine? | city, owner |
menu | s | name, description? | restaurant |
menu item, dish | s | name, description?, price | menu, restaurant, category |
chef, cook, waiter | s | name, phone? | restaurant |
recipe | c | title, description?, instructions, prep_minutes?, servings? | category, cuisine,
    cookbook |
cookbook | c | title, description? | |
step | p | position: integer, text | recipe, workflow, guide |
book | s | title, isbn?, published_year: integer?, pages?, description? | publisher, category,
    shelf, library |
author, writer | s | name, bio? | |
publisher | s | name, website? | |
member | s | name, email, joined_on? | club, gym, team, plan, library |
librarian | s | name, email | |
loan | s | borrowed_on, due_date, returned_on? | book, member, item, tool, equipment,
    borrower, copy, student, device, game, toy |
borrower | s | name, email | |
copy, book copy | s | barcode, condition? | book |
fine | s | amount, paid, reason? | member, loan, driver |
shelf | s | code, description? | library, warehouse |
library | s | name, address? | |
magazine | s | title, issue_number: integer? | publisher |
movie, film | s | title, description?, release_year: integer?, duration_minutes? | director,
    studio |
actor, actress | s | name, birth_date? | |
director | s | name, birth_date? | |
screening, showtime | s | starts_at, price | movie, cinema, hall, film |
cinema, theater, theatre | s | name, address | |
seat | s | row: string, number: integer | hall, screening, flight, room |
hall | s | name, capacity | cinema, venue |
game, video game, board game | s | title, platform?, release_year: integer? | publisher, genre |
course | s | title, description?, start_date? | teacher, instructor, department, category,
    school |
lesson, lecture | s | title, content: text, position: integer? | course, module, teacher |
module, chapter, unit, section | s | title, position: integer? | course, book |
student, pupil, learner | s | name, email, student_number: string? | school, class, course group
    |
teacher, instructor, tutor, professor, trainer | s | name, email, subject: string? | school,
    department |
school, university, college | s | name, address? | |
class, classroom, schoolclass | s | name, capacity? | teacher, school, instructor, trainer,
    course |
subject | s | name | |
enrollment, enrolment | s | enrolled_on, status: active|completed|dropped | student, course,
    class |
grade, mark | s | value, graded_on, comment? | student, course, assignment, subject, exam |
assignment, homework | s | title, description?, due_date | course, class, employee, project |
submission | s | content: text, submitted_at | assignment, student, contest |
attendance, attendance record | s | date, present: boolean | student, class, course, employee,
    event, member, session |
certificate | s | title, issued_on | student, course |
scholarship | s | name, amount | |
patient | s | name, birth_date, phone?, email? | doctor, hospital, ward |
doctor, physician, dentist, therapist, nurse, vet, veterinarian | s | name, specialty?, email?,
    phone? | hospital, clinic, department |
hospital, clinic | s | name, address, phone? | |
ward | s | name, capacity? | hospital |
prescription | s | dosage, instructions?, prescribed_on | patient, doctor, medication, medicine
    |
medication, medicine, drug | s | name, dosage?, description? | |
medical record, health record, record | s | title, notes?, recorded_on | patient |
diagnosis | s | description, diagnosed_on | patient, doctor |
treatment | s | name, description?, cost? | patient |
vaccination, vaccine | s | name, given_on | patient, pet |
lab result, test result, result | s | name, value: string, measured_on | patient, test, student
    |
visit | s | visited_on, notes? | patient, pet, customer, place |
symptom | p | name, severity: low|medium|high, noted_on | patient |
pet, animal | s | name, species, breed?, birth_date? | owner, shelter, customer, client |
owner | s | name, email?, phone? | |
shelter | s | name, address? | |
adoption | s | adopted_on, status: pending|approved|rejected | pet, animal, adopter |
adopter | s | name, email, phone? | |
breed | s | name, description? | |
plant, crop, flower, tree | s | name, species?, planted_on? | garden, field, farm |
garden, farm | s | name, location? | |
field | s | name, area? | farm |
harvest | s | quantity, harvested_on | crop, field, plant |
watering | p | watered_on, note? | plant |
vehicle, car, truck, bike, bicycle, van, motorcycle, scooter | s | make, model, year: integer?,
    license_plate: string! | owner, driver, fleet, customer, dealer |
driver | s | name, license_number, phone? | company |
fleet | s | name | |
trip, journey, ride | p | title, destination, start_date, end_date? | driver, vehicle, passenger
    |
itinerary | p | title | trip |
destination, place, landmark, attraction | s | name, description?, latitude?, longitude? | city,
    country, trip |
flight | s | number, departs_at, arrives_at | airline, airport, aircraft |
airline | s | name, code | |
airport | s | name, code, city | |
passenger, traveler, traveller | s | name, email, passport_number? | |
route | s | name, distance? | |
stop, station | s | name, latitude?, longitude? | route, line |
rental | s | starts_on, ends_on, total? | vehicle, customer, equipment, tool, property, item,
    apartment, boat, bike, car, dress, costume |
equipment, machine, tool, device, asset | s | name, serial_number: string?, status:
    available|in_use|broken | category, room, department, location, gym, employee |
maintenance, repair, service record, maintenance record | s | description, cost?, performed_on |
    vehicle, machine, equipment, property, device, car, asset |
sensor | s | name, location?, unit? | device, room |
reading, measurement | s | value, measured_at | sensor, device, meter, patient |
meter | s | number, location? | property |
alert, alarm | s | title, severity: low|medium|high, raised_at | sensor, device, server |
server, host, service | s | name, url?, description? | |
property, apartment, house, flat, real estate, home | s | title, address, price?, bedrooms?,
    area? | landlord, agent, building, city, owner |
building | s | name, address | |
tenant, renter | s | name, email, phone? | property, apartment, unit |
landlord | s | name, email?, phone? | |
lease, contract, rental agreement | s | start_date, end_date, rent | tenant, property,
    apartment, customer, client, employee |
viewing | s | viewed_at, note? | property |
city, town | s | name, population: integer? | country, region |
country | s | name, code | |
region | s | name | country |
location, site | s | name, address? | |
address | s | street, city, postal_code, country | customer |
donation, contribution | s | amount, donated_at, message? | donor, campaign, charity, cause |
donor | s | name, email | |
charity, cause | s | name, description? | |
volunteer | s | name, email, phone? | event, charity |
auction | s | title, starts_at, ends_at, starting_price | item, seller |
bid | s | amount, placed_at | auction, item, bidder, lot |
bidder, seller | s | name, email | |
document, file | p | title, description?, url? | folder, project, case, employee |
case, matter | s | title, description?, status: open|closed | client, lawyer |
lawyer, attorney | s | name, email | |
policy | s | number, start_date, end_date, premium | customer, holder |
claim | s | number, amount, status: open|approved|rejected | policy, customer |
club, gym | s | name, address? | |
membership | s | starts_on, ends_on, status: active|expired|cancelled | member, plan, gym, club
    |
snippet, code snippet | p | title, language: string, code: text | |
link, short link, short url, shortened url | p | slug: string!, url, clicks: integer? | |
template | p | name, body: text | |
notification | p | title, body: text?, read | |
report | s | title, body: text | |
quote of the day, quotation, joke, fact, saying, proverb | c | text, author? | |
word, vocabulary word, vocabulary | p | term, translation, example? | deck, lesson |
poem | c | title, body: text | poet |
experiment | s | title, hypothesis: text?, started_on | lab |
sample | s | code, collected_on | experiment, patient |
dataset | s | name, description?, url? | |
wine, beer, coffee, whisky, tea, cheese | s | name, origin?, vintage: string?, notes? | winery,
    brewery, producer, region |
tasting | p | rating: integer, notes?, tasted_on | wine, beer, coffee |
account | p | name, currency?, balance | |
moon | s | name, mass: float?, radius: float? | planet |
crew | s | name, description? | ship, flight, spaceship |
planet, star, galaxy | s | name, mass: float?, radius: float? | |
character, hero | c | name, description? | story, book, game, campaign |
quest, mission | s | title, description?, completed | character |
achievement, badge | s | name, description? | player |
leaderboard | s | name | game |
gift, present | p | name, recipient, price?, bought: boolean | person |
person, family member, friend | p | name, birth_date?, email? | family |
family | p | name | |
child, kid | s | name, birth_date | parent, class, teacher |
parent | s | name, email, phone? | |
cargo, container | s | number, weight? | ship |
ship, boat | s | name, capacity? | |
penalty | s | amount, reason | player |
training, workshop | s | title, starts_at, location? | trainer |
proposal | p | title, body: text, status: draft|sent|accepted|rejected | client |
inspection | s | inspected_on, result: string, notes? | property, vehicle, building |
complaint, feedback | p | subject: string, body: text | customer, product |
faq | c | question: string, answer: text | |
announcement, news item, news, news article | c | title, body: text, published_on: date? | |
ticket type | s | name, price, quantity | event |
event ticket | p | code: string!, price?, checked_in: boolean | event, ticket type |
opening hour, business hour | s | weekday: monday|tuesday|wednesday|thursday|friday|saturday|sunday,
    opens_at: string, closes_at: string | shop, store, salon, restaurant, location |
request, service request | p | title, description?, status: open|approved|rejected | |
asset type | t | name: string! | |
log, log entry | p | message: text, level: info|warning|error, logged_at | service |
setting | p | key: string, value: string | |
mentor, mentee | s | name, email, bio? | |
election | s | title, starts_on, ends_on | |
"""

WEAK = word_set(
    """
    address agent answer artist author brand breed category chapter character choice city class
    column comment company contract cost country cuisine date department director discount
    document feedback field file fine friend genre goal grade group holiday home host image
    ingredient instructor interest keyword label language level link location log manager
    manufacturer mark measurement message module mood note option organiser organizer owner
    package page parcel person photo picture plan platform policy position publisher quote
    rating reading region report response result return room salary score season section server
    service setting site skill speaker step stop subject table tag tea teacher team topic track
    unit url video weight word writer
    """
)
"""Nouns that, alone and in the singular in a list of attributes, are a field and no relation."""


@dataclass(frozen=True, slots=True)
class Noun:
    """What is known of a noun. `name` is the entity's singular, `parents` and `many` are nouns."""

    name: str
    kind: str
    fields: tuple[EntityField, ...]
    parents: tuple[str, ...]
    many: tuple[str, ...]


@lru_cache(maxsize=1)
def _rows() -> dict[str, tuple[str, str, str, str, str]]:
    rows: dict[str, tuple[str, str, str, str, str]] = {}
    for line in _TABLE.strip().replace("\n    ", " ").splitlines():
        cells = [cell.strip() for cell in line.split(" |")]
        cells += [""] * (5 - len(cells))
        names, kind, fields, parents, many = cells[:5]
        first = names.split(",", maxsplit=1)[0].strip()
        for name in names.split(","):
            rows.setdefault(name.strip(), (first, kind, fields, parents, many))
    return rows


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(",") if part.strip())


@lru_cache(maxsize=1_000)
def noun(lemma: str) -> Noun | None:
    """The entry of a singular noun or compound (`order item`), under the name that was used."""
    row = _rows().get(lemma) or _rows().get(lemma.replace("-", " "))
    if row is None:
        return None
    first, kind, fields, parents, many = row
    keep = first if lemma in _SPELLINGS else lemma
    return Noun(
        name=keep,
        kind=kind,
        fields=tuple(parse(field) for field in _split(fields)),
        parents=_split(parents),
        many=_split(many),
    )


_SPELLINGS = frozenset(
    ["to-do", "to-do item", "todo item", "to do", "blog post", "blog article", "checkin",
     "staff member", "organisation", "goods", "merchandise", "tv show", "chat message",
     "real estate", "board game", "video game", "cart item", "support ticket", "news item",
     "job posting", "log entry", "bug report"]
)  # fmt: skip
"""Spellings that become the first name of their line; other synonyms keep their own name."""


def synonyms(lemma: str) -> str:
    """The first name of the line a noun stands in (itself when unknown)."""
    row = _rows().get(lemma)
    return row[0] if row else lemma


def canonical(lemma: str) -> str:
    """The name an entity gets for this noun: spellings are unified, synonyms kept."""
    found = noun(lemma)
    return found.name if found else lemma
