"""
What a page says of itself: title, outlet, byline, address and time, with how each is known.

Sources in the order of trust, measured elsewhere and followed here: JSON-LD (``NewsArticle`` and
its kin), Open Graph and other ``meta`` tags, then what stands on the page. Times are read strictly:
an ISO date, a date with the month's name, or the form of mail headers; anything else, and anything
outside the years the web has existed, gives none. Precision is what was written, no more.

Known to fail: pages that name the uploader as author; day and month as two numbers (3/4/2025) are
never read, because nobody can tell which is which.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from firsthand.model import When

_ARTICLE_TYPE = re.compile(
    r"(?:^|[/:])(?:\w*NewsArticle|Article|BlogPosting|LiveBlogPosting|Report|ReportageNewsArticle|"
    r"SocialMediaPosting|TechArticle|ScholarlyArticle)$"
)
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:[T ]\s?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2}|UTC|GMT)?)?)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL_MONTHS = re.compile(
    "january|february|march|april|may|june|july|august|september|october|november|december|sept"
)
_NAMED = re.compile(
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
    r"(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?\s+(?P<m1>[a-z]{3,9})\.?,?\s+|"
    r"(?P<m2>[a-z]{3,9})\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+)(?P<y>\d{4})",
    re.IGNORECASE,
)
# Before the first web page, nothing was captured; a year ahead allows for clocks, not for typos.
FIRST_YEAR, LAST_YEAR = 1991, 2100
_DATE_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "dc.date.issued",
    "dcterms.created", "dcterms.date", "dc.date", "publishdate", "publish-date", "publish_date",
    "pubdate", "article.published", "published_at", "date", "originalpublicationdate",
    "rnews:datepublished", "citation_publication_date", "citation_date",
)  # fmt: skip
_AUTHOR_META = (
    "author", "parsely-author", "sailthru.author", "article:author", "dc.creator",
    "article:author_name", "byl", "cxenseparse:author", "citation_author", "twitter:creator:name",
)  # fmt: skip
_TITLE_META = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "title")
_SITE_META = ("og:site_name", "application-name", "cre", "dc.publisher", "article:publisher_name")
_BY = re.compile(r"^\s*(?:(?:written|words|story|posted|reported)\s+)?by[:\s]\s*", re.IGNORECASE)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
# A full day wherever it stands in a line.
DAY = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}|"
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|"
    r"\d{4}-\d{2}-\d{2})\b"
)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|-|$)")
_BYLINE_MARKS = '[rel="author"], [itemprop="author"], .byline, .author, .author-name'
MAX_LD_CHARS = 2_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Imprint:
    """What one article of a page says of itself; ``paid`` where it says it is not free to read."""

    title: str | None = None
    outlet: str | None = None
    byline: str | None = None
    url: str | None = None
    published: When | None = None
    paid: bool = False


def when(said: object, basis: str) -> When | None:
    """
    Return the time that a page or a row gives, strictly read, or None.

    >>> when("2025-03-04T09:20:00+01:00", "json-ld").at, when("2024-11", "meta").precision
    ('2025-03-04T09:20:00+01:00', 'month')
    >>> when("4 March 2025", "meta").at, when("Tue, 04 Mar 2025 09:20:00 GMT", "meta").at
    ('2025-03-04', '2025-03-04T09:20:00+00:00')
    >>> [when(x, "meta") for x in ("NaN", "2024-13-01", "3/4/2025", "0001-01-01", "yesterday", 7)]
    [None, None, None, None, None, None]
    """
    if not isinstance(said, str) or len(said) > 80:
        return None
    said = said.strip()
    return _iso(said, basis) or _mail(said, basis) or _named(said, basis)


def _iso(said: str, basis: str) -> When | None:
    found = _ISO.fullmatch(said.replace(" ", " "))
    if not found:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0)
        )
    except ValueError:
        return None
    if day is None:
        return _bounded(moment, moment.strftime("%Y-%m"), "month", basis)
    if hour is None:
        return _bounded(moment, moment.strftime("%Y-%m-%d"), "day", basis)
    suffix = ""
    if zone:
        suffix = "+00:00" if zone in ("Z", "UTC", "GMT") else f"{zone[:3]}:{zone[-2:]}"
    at, precision = ("%Y-%m-%dT%H:%M:%S", "second") if second else ("%Y-%m-%dT%H:%M", "minute")
    return _bounded(moment, moment.strftime(at) + suffix, precision, basis)


def _mail(said: str, basis: str) -> When | None:
    if not re.match(r"[A-Z][a-z]{2},? \d{1,2} [A-Z][a-z]{2} \d{4} \d", said):
        return None
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return _bounded(moment, moment.isoformat(), "second", basis)


def _named(said: str, basis: str) -> When | None:
    found = _NAMED.match(said)
    if not found:
        return None
    month = (found["m1"] or found["m2"]).lower()
    if month not in _MONTHS and not _FULL_MONTHS.fullmatch(month):
        return None
    try:
        moment = datetime(
            int(found["y"]), _MONTHS.index(month[:3]) + 1, int(found["d1"] or found["d2"])
        )
    except ValueError:
        return None
    return _bounded(moment, moment.strftime("%Y-%m-%d"), "day", basis)


def _bounded(moment: datetime, at: str, precision: str, basis: str) -> When | None:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return When(at=at, precision=precision, basis=basis)


def moment(when_: When) -> datetime | None:
    """Return the earliest moment a time may mean, in UTC where no zone was given; for ordering."""
    if when_.at is None:
        return None
    full = when_.at + "-01" if when_.precision == "month" else when_.at
    found = datetime.fromisoformat(full)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def imprints(page: Any) -> list[Imprint]:
    """Return what JSON-LD says of every article on the page, in its order."""
    found = []
    for thing in _things(page):
        if _is_article(thing):
            found.append(_of_thing(thing))
    return found


def _things(page: Any) -> Iterator[dict[str, Any]]:
    """Yield every JSON-LD object of the page, those nested in graphs and lists included."""
    for script in page.css('script[type*="ld+json"]'):
        source = (script.text() or "").strip()
        source = re.sub(r"^(?:<!--|//<!\[CDATA\[)|(?:-->|//\]\]>)$", "", source).strip(" \n\t;")
        if len(source) > MAX_LD_CHARS:
            continue
        try:
            yield from _flat(json.loads(source, strict=False))
        except (ValueError, RecursionError):
            continue


def _flat(value: Any) -> Iterator[dict[str, Any]]:
    queue = [value]
    while queue:
        value = queue.pop(0)
        if isinstance(value, list):
            queue[:0] = value[:200]
        elif isinstance(value, dict):
            yield value
            for key in ("@graph", "mainEntity", "itemListElement", "hasPart", "item"):
                if isinstance(value.get(key), dict | list):
                    queue.append(value[key])


def _is_article(thing: dict[str, Any]) -> bool:
    types = thing.get("@type")
    types = types if isinstance(types, list) else [types]
    return any(isinstance(t, str) and _ARTICLE_TYPE.search(t) for t in types)


def _of_thing(thing: dict[str, Any]) -> Imprint:
    publisher = thing.get("publisher")
    url = thing.get("url") or thing.get("mainEntityOfPage")
    if isinstance(url, dict):
        url = url.get("@id") or url.get("url")
    free = thing.get("isAccessibleForFree")
    return Imprint(
        title=clean(thing.get("headline") or thing.get("name")),
        outlet=next(_names([publisher]), None),
        byline=byline(_names([thing.get("author") or thing.get("creator")])),
        url=url if isinstance(url, str) and url.startswith("http") else None,
        published=when(thing.get("datePublished") or thing.get("dateCreated"), "json-ld"),
        paid=str(free).lower() == "false",
    )


def _names(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, list):
            yield from _names(value[:20])
        elif isinstance(value, dict):
            yield from _names([value.get("name")])
        elif isinstance(value, str):
            name = clean(value)
            if name and not name.startswith(("http", "@", "#")):
                yield name


def byline(names: Iterable[str]) -> str | None:
    """
    Return names as one byline, each once, or None.

    >>> byline(["By Ada Quill", "Ada Quill", "Ben Ross"]), byline(["https://post.example/ada"])
    ('Ada Quill, Ben Ross', None)
    """
    found: dict[str, None] = {}
    for name in names:
        name = _BY.sub("", name).strip(" ,;|")
        if name and not re.match(r"https?:|www\.", name) and len(name) <= 120:
            found.setdefault(name)
    return ", ".join(found) or None


def clean(said: object) -> str | None:
    """
    Return a name or title without markup, entities and spare white space, or None.

    >>> clean(" Fog &amp; rain\\n <b>ahead</b> "), clean(""), clean(7)
    ('Fog & rain ahead', None, None)
    """
    if not isinstance(said, str):
        return None
    from html import unescape

    # JSON can spell half of a character pair, which is no character: a question mark replaces it.
    text = unescape(said).encode("utf-8", "replace").decode("utf-8")
    text = re.sub(r"</?[a-zA-Z][^<>]{0,200}>", "", text)
    return " ".join(text.split())[:1000] or None


class Metas:
    """The ``meta`` tags of a page, by lower-case name or property."""

    def __init__(self, page: Any) -> None:
        """Read them once; the first of each name counts, further ones are kept for authors."""
        self.found: dict[str, list[str]] = {}
        for node in page.css("meta[content]"):
            attributes = node.attributes
            names = (attributes.get(key) for key in ("property", "name", "itemprop"))
            name = next(filter(None, names), None)
            said = clean(attributes.get("content"))
            if name and said:
                self.found.setdefault(name.strip().lower(), []).append(said)

    def first(self, *names: str) -> str | None:
        """Return what the first of ``names`` that is there says."""
        return next((self.found[name][0] for name in names if name in self.found), None)

    def every(self, *names: str) -> list[str]:
        """Return all that the first of ``names`` that is there says."""
        return next((self.found[name] for name in names if name in self.found), [])


def of_page(page: Any, url: str | None) -> Imprint:
    """Return what the ``meta`` tags and links of the page say of its main article."""
    metas = Metas(page)
    canonical = page.css_first('link[rel="canonical"]')
    href = canonical.attributes.get("href") if canonical is not None else None
    address = next((u for u in (href, metas.first("og:url"), url) if u and "://" in u), None)
    published = next((w for name in _DATE_META if (w := when(metas.first(name), "meta"))), None)
    return Imprint(
        title=metas.first(*_TITLE_META),
        outlet=metas.first(*_SITE_META),
        byline=byline(metas.every(*_AUTHOR_META)),
        url=address,
        published=published or _url_date(address),
    )


def _url_date(url: str | None) -> When | None:
    """
    Return the day an address carries, or None.

    >>> _url_date("https://post.example/2025/03/04/fog").at, _url_date("https://x.example/2025/44/99/")
    ('2025-03-04', None)
    """
    found = _URL_DATE.search(url or "")
    if not found:
        return None
    year, month, day = found.groups()
    return when(f"{year}-{int(month):02}-{int(day):02}", "url")


def on_page(node: Any) -> Imprint:
    """Return what stands visibly in an article's subtree: a dated ``time``, a marked byline."""
    published = None
    for found in node.css('time[datetime], [itemprop="datePublished"]')[:8]:
        said = found.attributes.get("datetime") or found.attributes.get("content")
        published = published or when(said, "meta")
    names: list[str] = []
    for found in node.css(_BYLINE_MARKS)[:3]:
        said = clean(found.text(deep=True, separator=" "))
        if said and len(said) <= 80 and not names:
            names.append(re.split(r"\s+[|•·]\s+|\s{2,}", said)[0])
    return Imprint(byline=byline(names), published=published)


def combined(*found: Imprint) -> Imprint:
    """Return one imprint: for each field the first of ``found`` that has it."""

    def first(field: str) -> Any:
        return next((v for i in found if (v := getattr(i, field))), None)

    return Imprint(
        title=first("title"),
        outlet=first("outlet"),
        byline=first("byline"),
        url=first("url"),
        published=first("published"),
        paid=any(i.paid for i in found),
    )


def without_site(title: str, site: str | None) -> str:
    """
    Return a page title without the site's name at its end or beginning.

    >>> without_site("Fog closes harbour | Harbour Post", None)
    'Fog closes harbour'
    >>> without_site("Fog closes harbour - Harbour Post", "Harbour Post")
    'Fog closes harbour'
    >>> without_site("Fog closes harbour - for now", None)
    'Fog closes harbour - for now'
    """
    if site:
        key = re.escape(site)
        bare = re.sub(rf"\s+[|–—·:«»-]+\s+{key}\s*$|^{key}\s+[|–—·:-]+\s+", "", title, flags=re.I)
        if bare.strip() and bare != title:
            return bare.strip()
    pieces = re.split(r"\s+[|»]\s+", title)
    return max(pieces, key=len).strip() if len(pieces) > 1 else title
