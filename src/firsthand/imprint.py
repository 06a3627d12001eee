"""
What a page says of itself: title, outlet, byline, address and times, with how each is known.

A page says these things in several places, and they often disagree. Each field has its own order of
trust, found by reading where pages and a reader of them part ways:

- *title*: a headline on the page that the page's own declarations (Open Graph, JSON-LD, the
  ``title`` tag) agree with; then the one headline there is; then what is declared, without the
  site's name.
- *published*: JSON-LD and ``meta``; but a day that stands beside the headline, and is not called an
  update, is what readers are told, and wins where the two disagree. It also mends the day of times
  given in UTC. Where only an update is known, that is the day, and its ``basis`` is ``updated``.
- *byline*: people before bodies, declared before shown; a site that names itself as its author is
  believed last, a login never against a name.

What a page makes known of one article (a JSON-LD object, a subtree) is an :class:`Imprint`;
:func:`of_article` weighs all of them for a page of one article.

Known to fail: pages that name the uploader as author; the day of an event beside the headline; a
headline made of two lines without a space between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from firsthand.bylines import byline, clean, login, names_in, personal
from firsthand.headlines import headline, headline_key, title_of, without_site
from firsthand.jsonld import Said, said_on
from firsthand.markup import Seen
from firsthand.model import When
from firsthand.outlets import table
from firsthand.shown import (
    Kind,
    Shown,
    beside,
    day_in_data,
    introduced,
    labelled,
    marked_days,
    marked_names,
    only_day,
    signed,
)
from firsthand.text import name_key
from firsthand.times import day_of, moment, when

_DATE_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dcterms.date", "dc.date.created", "dc.date",
    "publishdate", "publish-date", "publish_date", "published-date", "w-published-date",
    "article-publish-date", "article_date_original", "pubdate", "article.published",
    "article:published", "published_at", "published_time", "published", "date", "article.date",
    "originalpublicationdate", "rnews:datepublished", "citation_publication_date",
    "citation_online_date", "citation_date", "bt:pubdate", "ptime", "release_date", "datecreated",
    "vr:published_time",
)  # fmt: skip
_CHANGED_META = (
    "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified", "lastmod", "updated", "article:modified", "updated_time",
    "dateupdated", "article.updated", "revised",
)  # fmt: skip
_AUTHOR_META = (
    "parsely-author", "sailthru.author", "author", "article:author", "article:author_name",
    "og:article:author", "dc.creator", "dcterms.creator", "byl", "cxenseparse:author",
    "citation_author", "rbauthors", "authors", "article.author", "creator",
    "twitter:creator:name", "og:author", "dcsext.author", "bt:author",
)  # fmt: skip
_LAST_NAME_FIRST = ("citation_author", "dc.creator", "dcterms.creator")
_TITLE_META = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "title")
_SITE_META = ("og:site_name", "application-name", "cre", "dc.publisher", "article:publisher_name")
# A full day wherever it stands in a line; segmentation asks this of plain text.
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
DAY = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}|"
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|"
    r"\d{4}-\d{2}-\d{2})\b"
)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/_+-]|$)")
# An article changed within a week is the same report, one changed later is another text.
STILL_THE_SAME_DAYS = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Imprint:
    """
    What one article of a page says of itself; ``paid`` where it says it is not free to read.

    ``modified`` is when it says it was last changed, ``language`` a code as the page gives it.
    """

    title: str | None = None
    outlet: str | None = None
    byline: str | None = None
    url: str | None = None
    published: When | None = None
    modified: When | None = None
    language: str | None = None
    paid: bool = False


def imprints(page: Any) -> list[Imprint]:
    """Return what JSON-LD says of every article on the page, in its order."""
    return [_of_said(said) for said in said_on(page) if not said.page]


def _of_said(said: Said) -> Imprint:
    return Imprint(
        title=said.title,
        outlet=said.outlet,
        byline=byline(said.authors) or byline(said.bodies),
        url=said.url,
        published=said.published,
        modified=said.modified,
        language=said.language,
        paid=said.paid,
    )


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

    def time(self, *names: str) -> When | None:
        """Return the first of ``names`` that is a time."""
        times = (when(self.found[name][0], "meta") for name in names if name in self.found)
        return next(filter(None, times), None)

    def bylines(self) -> list[str]:
        """Return the byline each author tag gives, in order of trust."""
        found = []
        for name in _AUTHOR_META:
            said = self.found.get(name, [])
            if name in _LAST_NAME_FIRST:
                said = [re.sub(r"^([^,]+), ([^,]+)$", r"\2 \1", one) for one in said]
            found.append(byline(said))
        return [one for one in found if one]


def of_page(page: Any, url: str | None) -> Imprint:
    """Return what the ``meta`` tags and links of the page say of its main article."""
    return _of_metas(Metas(page), page, url)


def _of_metas(metas: Metas, page: Any, url: str | None) -> Imprint:
    address = _address(page, metas, url)
    return Imprint(
        title=metas.first(*_TITLE_META),
        outlet=metas.first(*_SITE_META),
        byline=next(iter(metas.bylines()), None),
        url=address,
        published=metas.time(*_DATE_META) or _url_date(address),
        modified=metas.time(*_CHANGED_META),
    )


def _address(page: Any, metas: Metas, url: str | None) -> str | None:
    """Return the page's own address: canonical, then Open Graph, then where it was fetched."""
    canonical = page.css_first('link[rel="canonical"]')
    href = canonical.attributes.get("href") if canonical is not None else None
    for said in (href, metas.first("og:url")):
        whole = _joined(url, said) if said else None
        # A canonical link to the front page is a slip of the site; the address fetched is better.
        if whole and (url is None or len(urlsplit(whole).path) > 1 or len(urlsplit(url).path) <= 1):
            return whole
    return url


def _joined(base: str | None, said: str) -> str | None:
    try:
        whole = urljoin(base or "", said.strip())
        return whole if urlsplit(whole).scheme in ("http", "https") else None
    except ValueError:
        return None


def _url_date(url: str | None) -> When | None:
    """
    Return the day an address carries, or None.

    >>> _url_date("https://post.example/2025/03/04/fog").at, _url_date("https://x.example/2025/44/99/")
    ('2025-03-04', None)
    """
    found = _URL_DATE.search(unquote(url or ""))
    if not found:
        return None
    year, month, day = found.groups()
    return when(f"{year}-{int(month):02}-{int(day):02}", "url")


# What stands visibly on the page


def on_page(node: Any) -> Imprint:
    """Return what stands visibly in an article's subtree: a dated ``time``, a marked byline."""
    published, changed = marked_days(node)
    names = marked_names(node)
    return Imprint(byline=names[0] if names else None, published=published, modified=changed)


def near_headline(seen: Sequence[Seen], title: str | None = None) -> Imprint:
    """
    Return the days and the byline that stand in short blocks around the headline.

    >>> from firsthand import markup
    >>> page = markup.parse("<h1>Fog closes harbour</h1><p>By Ada Quill<p>Published 4 March 2025")
    >>> found = near_headline(markup.blocks(page.root))
    >>> found.byline, found.published.at
    ('Ada Quill', '2025-03-04')
    """
    shown = beside(seen, title)
    published = next((day for day, kind in shown.days if kind != "changed"), None)
    changed = next((day for day, kind in shown.days if kind == "changed"), None)
    return Imprint(byline=shown.byline, published=published, modified=changed)


# All of it weighed


def of_article(page: Any, seen: Sequence[Seen], url: str | None) -> Imprint:
    """Return the imprint of a page that holds one article: every field from its best witness."""
    metas, said = Metas(page), said_on(page)
    declared = _of_metas(metas, page, url)
    heading = headline(seen, None)
    own = _own_said(said, heading or declared.title, declared.url)
    outlet = _outlet(metas, own, said, declared.url)
    title = title_of(
        page,
        seen,
        [declared.title, own.title if own and not own.page else None],
        outlet,
        declared.url,
    )
    shown = beside(seen, title)
    marked_day, marked_changed = marked_days(page)
    published, modified = _times(
        said=[s for s in (own, *(s for s in said if s.page)) if s],
        metas=metas,
        shown=shown.days,
        at_side=shown.at_side,
        seen=seen,
        marked=Imprint(published=marked_day, modified=marked_changed),
        page=page,
        url=declared.url,
    )
    root = page.css_first("html")
    language = (own.language if own else None) or (root.attributes.get("lang") if root else None)
    return Imprint(
        title=title,
        outlet=outlet,
        byline=_writers(own, said, metas, shown, marked_names(page), seen, outlet, declared.url),
        url=declared.url or (own.url if own else None),
        published=published,
        modified=modified,
        language=language,
        paid=any(s.paid for s in said),
    )


def _own_said(said: Sequence[Said], title: str | None, url: str | None) -> Said | None:
    """Return the JSON-LD object about this page: by its headline, its address, or as the first."""
    articles = [s for s in said if not s.page]
    key, path = headline_key(title or ""), urlsplit(url or "").path.rstrip("/")
    for one in articles:
        other = headline_key(one.title or "")
        if key and other and (key.startswith(other) or other.startswith(key)):
            return one
    for one in articles:
        if path and one.url and urlsplit(one.url).path.rstrip("/") == path:
            return one
    return next(iter(articles), None) or next((s for s in said if s.page), None)


def _outlet(metas: Metas, own: Said | None, said: Sequence[Said], url: str | None) -> str | None:
    """Return the outlet's name: the site's own, its publisher's, or the table's by domain."""
    publishers = [s.outlet for s in (own, *said) if s and s.outlet]
    name = metas.first(*_SITE_META) or next(iter(publishers), None)
    if name and not re.search(r"^https?:|^www\.|^[\w-]+\.\w{2,6}$", name):
        return name
    listed = table().at(url) if url else None
    return listed.name if listed else name


def _times(
    *,
    said: Sequence[Said],
    metas: Metas,
    shown: Sequence[tuple[When, Kind]],
    at_side: When | None,
    seen: Sequence[Seen],
    marked: Imprint,
    page: Any,
    url: str | None,
) -> tuple[When | None, When | None]:
    """Return when the article was published and last changed, each from its best witness."""
    declared = next((s.published for s in said if s.published), None) or metas.time(*_DATE_META)
    changed = next((s.modified for s in said if s.modified), None) or metas.time(*_CHANGED_META)
    named_changed = next((day for day, kind in shown if kind == "changed"), None)
    changed = changed or named_changed or marked.modified
    own = [day for day, kind in shown if kind != "changed"]
    if declared and changed and _same_day(declared, changed):
        # Set anew at every change, the declared day is not the first one.
        called = labelled(seen)
        declared = called if called and _days_between(called, declared) > 0 else declared
    published = next((day for day, kind in shown if kind == "published"), next(iter(own), None))
    if declared is None:
        first = _url_date(url) or published
        if first is None and named_changed is None:
            first = (
                labelled(seen) or at_side or marked.published or only_day(page) or day_in_data(page)
            )
        only = named_changed or changed
        return first or (_updated(only, None) if only else None), changed
    if any(_same_day(day, declared) for day in own):
        return declared, changed
    if published and not (changed and _same_day(published, changed)):
        return published, changed
    update = published or named_changed
    if update and _days_between(declared, update) > STILL_THE_SAME_DAYS:
        return _updated(update, declared), changed
    in_url = _url_date(url)
    return (in_url if in_url and abs(_days_between(in_url, declared)) == 1 else declared), changed


def _updated(day: When, first: When | None) -> When:
    """Return the day of an update as what a page is dated by, not before it first stood there."""
    not_before = first.at if first else None
    return When(at=day.at, not_before=not_before, precision=day.precision, basis="updated")


def _same_day(left: When, right: When) -> bool:
    """Return whether two times name one day, or may: a day written as numbers, read both ways."""
    a, b = day_of(left), day_of(right)
    if a is None or b is None:
        return False
    swapped = left.basis == "text" and (a.year, a.month, a.day) == (b.year, b.day, b.month)
    return a == b or swapped


def _days_between(left: When, right: When) -> int:
    """Return how many days later the right time is; 0 where either names no day."""
    a, b = day_of(left), day_of(right)
    return (b - a).days if a and b else 0


def _writers(
    own: Said | None,
    said: Sequence[Said],
    metas: Metas,
    shown: Shown,
    marked: Sequence[str],
    seen: Sequence[Seen],
    outlet: str | None,
    url: str | None,
) -> str | None:
    """Return the byline: people before logins, and a site that names itself last of all."""
    pages = [s for s in said if s.page]
    candidates = [
        *(byline(s.authors) for s in (own, *pages) if s),
        *metas.bylines(),
        shown.byline,
        *marked[:2],
        *(byline(s.bodies) for s in (own, *pages) if s),
    ]
    doubts = [_doubt(one, outlet, url) for one in candidates if one]
    if min(doubts, default=3) >= 1:
        candidates.append(shown.with_role)
    if min(doubts, default=3) >= 2:
        candidates += [signed(seen), introduced(shown.bare, seen)]
    found = [one for one in dict.fromkeys(candidates) if one]
    return min(found, key=lambda one: _doubt(one, outlet, url), default=None)


def _doubt(name: str, outlet: str | None, url: str | None) -> int:
    """Return how far a byline is from naming a person, 0 (does) to 3 (names the site)."""
    key = name_key(name)
    host = re.sub(r"[\W_]+", "", urlsplit(url or "").netloc.casefold())
    site = name_key(outlet or "")
    if key == site or (len(key) >= 4 and key in host) or (site and site in key):
        return 3
    if login(name):
        return 2
    return 0 if personal(name) else 1


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
        modified=first("modified"),
        language=first("language"),
        paid=any(i.paid for i in found),
    )


__all__ = [
    "DAY", "Imprint", "Metas", "byline", "clean", "combined", "headline", "imprints", "moment",
    "names_in", "near_headline", "of_article", "of_page", "on_page", "when", "without_site",
]  # fmt: skip
