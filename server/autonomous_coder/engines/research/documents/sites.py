"""Documentation sites and single pages: llms.txt where there is one, else HTML as Markdown."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import anyio

from autonomous_coder.engines.research.documents.chunking import headings_of, passages_of
from autonomous_coder.engines.research.documents.cleaning import clean_line, clean_markdown
from autonomous_coder.engines.research.documents.packages import MAX_HEADINGS, About
from autonomous_coder.engines.research.documents.pages import MAX_HTML_CHARS, read_page
from autonomous_coder.engines.research.documents.ports import Chained, PassageStore
from autonomous_coder.engines.research.documents.ranking import Question
from autonomous_coder.errors import (
    CoderError,
    InvalidInputError,
    NetworkUnavailableError,
    NotFoundError,
    RegistryError,
)
from autonomous_coder.models.passages import PassageSource
from autonomous_coder.registries.transport import Http, TooLargeError, is_private

MAX_PAGE_BYTES = 8 * 1024**2
MAX_WHOLE_BYTES = 4 * 1024**2
MAX_TEXT_CHARS = 4_000_000
MAX_LINKS = 600
MAX_LINKED_PAGES = 3
MAX_URL_CHARS = 2_000
SILENT_S = 300.0
TEXTUAL = ("application/json", "application/xhtml+xml", "application/markdown")
ACCEPT = "text/markdown, text/plain;q=0.9, text/html;q=0.8"
SITE, PAGE = "site", "page"
FORGES = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "sourceforge.net")
_LINK = re.compile(
    r"^\s{0,8}[-*+]\s{1,4}\[([^\]\n]{1,200})\]\(([^)\s]{1,1000})\)[ \t]*:?[ \t]*(.{0,400})", re.M
)

_CHARSET = re.compile(
    r"charset=[\"']?((?:utf-16|iso-8859-\d{1,2}|windows-125\d|latin-?1|us-ascii|shift_jis|euc-jp|"
    r"euc-kr|gbk|gb2312|gb18030|big5|koi8-[ru]))[\"']?\s*(?:;|$)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as cleaned Markdown."""

    url: str
    title: str
    text: str
    via: str = ""
    """The chained server that read it; empty when we did."""
    cut: bool = False


class Sites:
    """Fetches pages within bounds, directly or through a chained server, into the store."""

    def __init__(
        self,
        http: Http,
        store: PassageStore | None,
        chained: Chained | None,
        *,
        ttl: float,
        allow_private: bool,
    ) -> None:
        self._http = http
        self._store = store
        self._chained = chained
        self._ttl = ttl
        self._allow_private = allow_private
        self._silent: dict[str, float] = {}

    async def fetch(self, url: str, notes: list[str]) -> Fetched:
        """A page, through the chained server when there is one; what fails is noted.

        Raises:
            InvalidInputError: it is no http(s) address.
            NotFoundError, RegistryError, NetworkUnavailableError: it cannot be had.
        """
        host = _host(url)
        for server in self._chained.fetchers if self._chained else ():
            assert self._chained is not None
            await self._refuse_private(host)
            try:
                said = await self._chained.fetch(server, url)
            except CoderError as error:
                notes.append(f"{error.message} The page was asked for directly.")
                continue
            looks_html = re.match(r"\s*<(?:!doctype|html|head|body)\b", said, re.I)
            page = await self._as_markdown(said, url, html=bool(looks_html))
            return Fetched(url, page.title, page.text, server, page.cut)
        return await self._direct(url)

    async def _refuse_private(self, host: str) -> None:
        if not self._allow_private and await is_private(host):
            raise RegistryError(
                f"{host} is not a public address; it was not asked.",
                hint="research.allow_private_pages allows it.",
            )

    async def _direct(
        self, url: str, *, max_bytes: int = MAX_PAGE_BYTES, plain: bool = False
    ) -> Fetched:
        reply = await self._http.get(
            url,
            headers={"Accept": ACCEPT},
            max_bytes=max_bytes,
            allow_private=self._allow_private,
        )
        if reply.status in (404, 410):
            raise NotFoundError("There is no page at that address.", hint="Check the address.")
        if reply.status != 200:
            raise RegistryError(
                f"The page has the status {reply.status}.", hint="Try another address."
            )
        kind = reply.content_type
        if not kind.startswith("text/") and kind not in (
            "application/json",
            "application/xhtml+xml",
        ):
            raise RegistryError(
                "The address leads to something that is not text.", hint="Try another address."
            )
        text = reply.body.decode(_charset(reply.headers.get("content-type", "")), "replace")
        html = "html" in kind
        if plain and (html or text.lstrip()[:200].lower().startswith(("<!doctype", "<html"))):
            raise NotFoundError("There is no such text at that address.", hint="")
        return await self._as_markdown(text, reply.url, html=html)

    async def _as_markdown(self, text: str, url: str, *, html: bool) -> Fetched:
        def read() -> Fetched:
            if html:
                page = read_page(text, url)
                title = clean_line(page.title, 300)
                return Fetched(url, title, clean_markdown(page.text), cut=page.cut)
            cut = len(text) > MAX_TEXT_CHARS
            heading = re.search(r"^#{1,2} +(.{1,300})$", text[:5_000], re.M)
            title = clean_line(heading[1], 300) if heading else ""
            return Fetched(url, title, clean_markdown(text[:MAX_TEXT_CHARS]), cut=cut)

        return await self._http.parse(read)

    async def page(
        self, url: str, notes: list[str], *, offline: bool
    ) -> tuple[PassageSource, About]:
        """A page in the store, fresh or, when it cannot be had, as old as it is (noted).

        Raises:
            As `fetch`; NetworkUnavailableError when offline and nothing is stored.
        """
        source = PassageSource(PAGE, url)
        about, age = await self._stored(source)
        if about and (offline or age <= self._ttl):
            return source, about
        if offline:
            raise NetworkUnavailableError(
                f"Nothing is stored of {url[:200]}.", hint="Ask again with network access."
            )
        try:
            fetched = await self.fetch(url, notes)
        except (NetworkUnavailableError, RegistryError) as error:
            if about is None:
                raise
            notes.append(f"{error.message} What is told was read {_age(age)} ago.")
            return source, about
        if fetched.via:
            notes.append(f"The page was read by the server '{fetched.via}'.")
        if fetched.cut:
            size = f"{MAX_HTML_CHARS // 1_000_000} MB"
            notes.append(f"The page is very long; its first {size} were read.")
        return source, await self._keep(source, fetched, clean_line(fetched.url, 300))

    async def site(
        self, url: str, question: Question, notes: list[str], *, offline: bool
    ) -> list[PassageSource]:
        """The sources of a documentation site for a question: its llms-full.txt, else its
        llms.txt with the pages that seem to answer, else the page itself. Empty when it cannot be
        had, which is noted."""
        host = _host(url)
        if any(host == forge or host.endswith(f".{forge}") for forge in FORGES):
            return []
        source = PassageSource(SITE, url)
        about, age = await self._stored(source)
        if about is None or (age > self._ttl and not offline):
            if offline:
                notes.append(f"Nothing is stored of the documentation site {host}.")
                return []
            if time.monotonic() < self._silent.get(host, 0.0):
                notes.append(f"The documentation site {host} could not be reached a while ago.")
                return []
            about = await self._read_site(source, url, notes) or about
        if about is None:
            return []
        sources = [source]
        wanted = self._linked(about, question, host)

        async def one(address: str) -> None:
            try:
                found, _ = await self.page(address, notes, offline=offline)
            except CoderError as error:
                notes.append(f"{address}: {error.message}")
            else:
                sources.append(found)

        async with anyio.create_task_group() as group:
            for address in wanted:
                group.start_soon(one, address)
        return sources

    async def _read_site(self, source: PassageSource, url: str, notes: list[str]) -> About | None:
        host = _host(url)
        unreachable = ""
        for address in _whole_texts(url):
            try:
                fetched = await self._direct(address, max_bytes=MAX_WHOLE_BYTES, plain=True)
            except (NotFoundError, TooLargeError):
                continue
            except NetworkUnavailableError as error:
                unreachable = error.message
                break
            except CoderError:
                continue
            links = [
                [clean_line(title, 200), urljoin(address, target), clean_line(text, 300)]
                for title, target, text in _LINK.findall(fetched.text)
            ]
            is_index = not address.endswith("llms-full.txt")
            return await self._keep(
                source, fetched, address, links=links[:MAX_LINKS] if is_index else []
            )
        if not unreachable:
            try:
                fetched = await self.fetch(url, notes)
                return await self._keep(source, fetched, fetched.url)
            except NetworkUnavailableError as error:
                unreachable = error.message
            except CoderError as error:
                notes.append(f"The documentation site {host}: {error.message}")
                return None
        self._silent[host] = time.monotonic() + SILENT_S
        notes.append(f"The documentation site was not asked: {unreachable}")
        return None

    async def _keep(
        self,
        source: PassageSource,
        fetched: Fetched,
        name: str,
        *,
        links: Sequence[list[str]] = (),
    ) -> About:
        passages = await self._http.parse(lambda: passages_of(name, fetched.text, 1.0))
        about = About(
            headings=headings_of(passages, MAX_HEADINGS), title=fetched.title, links=list(links)
        )
        if self._store is not None:
            await self._store.put(source, passages, about.to_json())
        return about

    async def _stored(self, source: PassageSource) -> tuple[About | None, float]:
        stored = await self._store.about(source) if self._store else None
        if stored is None:
            return None, 0.0
        return About.from_json(stored.about), max(0.0, time.time() - stored.stored_at)

    def _linked(self, about: About, question: Question, host: str) -> list[str]:
        """The pages of an llms.txt whose titles speak of the question."""
        scored: list[tuple[float, int, str]] = []
        for index, (title, address, text) in enumerate(about.links):
            try:
                same = urlsplit(address).hostname == host and address.startswith("http")
            except ValueError:
                continue
            named = f"{title} {address.rpartition('/')[2]}".lower()
            score = sum(3 * (w in named) + (w in text.lower()) for w in question.words)
            if same and score:
                scored.append((-score, index, address))
        return [address for *_, address in sorted(scored)[:MAX_LINKED_PAGES]]


def _whole_texts(url: str) -> list[str]:
    """Where a site may keep its text for machines: beside the page named, and at its root."""
    folder = url if url.endswith("/") else urljoin(url, ".") if "." in _last(url) else f"{url}/"
    root = urljoin(url, "/")
    places = dict.fromkeys((folder, root))
    return [urljoin(place, name) for name in ("llms-full.txt", "llms.txt") for place in places]


def _last(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


def _host(url: str) -> str:
    """The host of an http(s) address.

    Raises:
        InvalidInputError: it is none.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.port != 0 and "@" not in parts.netloc
        host = parts.hostname if good and len(url) <= MAX_URL_CHARS and url.isprintable() else ""
    except ValueError:
        host = ""
    if not host:
        raise InvalidInputError(
            "That is no http(s) address.", hint="Write it like https://docs.example.org/page."
        )
    return host


def _charset(content_type: str) -> str:
    """The encoding an answer names when it is one that is read quickly, else UTF-8."""
    match = _CHARSET.search(content_type)
    return match[1] if match else "utf-8"


def _age(seconds: float) -> str:
    days = int(seconds // 86_400)
    return f"{days} days" if days > 1 else f"{max(1, int(seconds // 3_600))} h"
