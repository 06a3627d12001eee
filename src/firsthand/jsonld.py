"""
JSON-LD of a page: every article-like object in it, with what it says of itself.

Graphs, lists and nested objects are walked, references by ``@id`` followed (an author is often
named in another object than the article), and the common slips of hand-made JSON mended: comments
around it, a comma too many, several objects in one element. An element that still cannot be read
gives nothing.

Known to fail: objects that scripts put on the page; two articles on one page of which neither names
its address or headline.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from firsthand.bylines import clean
from firsthand.model import When
from firsthand.times import when

MAX_CHARS = 2_000_000
MOST_IN_A_LIST = 200
_ARTICLE = re.compile(
    r"(?:^|[/:])(?:\w*Article|\w*BlogPosting|Report|SocialMediaPosting|DiscussionForumPosting|"
    r"Recipe|HowTo|\w*Review|ArchiveComponent|CreativeWork|Chapter|Guide)$"
)
_PAGE = re.compile(r"(?:^|[/:])\w*WebPage$|(?:^|[/:])(?:FAQPage|QAPage|AboutPage|ItemPage)$")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\s*\]\]>|\]\]>)\s*$"
)
_SPARE_COMMA = re.compile(r",(?=\s*[\]}])")
_INSIDE = (
    "@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart", "item", "about",
    "blogPost", "liveBlogUpdate",
)  # fmt: skip

Thing = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What one JSON-LD object says; ``bodies`` are authors that are no people."""

    title: str | None = None
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    url: str | None = None
    published: When | None = None
    modified: When | None = None
    language: str | None = None
    paid: bool = False
    page: bool = False


def said_on(page: Any) -> list[Said]:
    """Return what JSON-LD says of every article, and of the page itself, in the page's order."""
    every = list(things(page))
    named = {t["@id"]: t for t in every if isinstance(t.get("@id"), str) and t.get("name")}
    found: dict[Said, None] = {}
    for thing in every:
        is_article = _is_a(thing, _ARTICLE)
        if is_article or _is_a(thing, _PAGE):
            found.setdefault(_said(thing, named, page=not is_article))
    return list(found)


def things(page: Any) -> Iterator[Thing]:
    """Yield every JSON-LD object of the page, those nested in graphs and lists included."""
    for script in page.css('script[type*="ld+json"]'):
        source = script.text() or ""
        if len(source) <= MAX_CHARS:
            for value in _values(source):
                yield from _flat(value)


def _values(source: str) -> Iterator[Any]:
    source = _WRAPPING.sub("", source.strip()).strip(" \n\t\r;")
    decoder = json.JSONDecoder(strict=False)
    at = 0
    while at < len(source):
        try:
            value, at = decoder.raw_decode(source, at)
        except (ValueError, RecursionError):
            mended = _SPARE_COMMA.sub("", source)
            if mended == source:
                return
            source, at = mended, 0
            continue
        yield value
        while at < len(source) and source[at] in " \n\t\r;,":
            at += 1


def _flat(value: Any) -> Iterator[Thing]:
    queue = [value]
    n_seen = 0
    while queue and n_seen < 20 * MOST_IN_A_LIST:
        value = queue.pop(0)
        n_seen += 1
        if isinstance(value, list):
            queue[:0] = value[:MOST_IN_A_LIST]
        elif isinstance(value, dict):
            yield value
            queue += [value[key] for key in _INSIDE if isinstance(value.get(key), dict | list)]
            # The one who wrote it may be named only where another object holds its whole record.
            for key in ("author", "publisher"):
                if isinstance(value.get(key), dict) and value[key].get("@id"):
                    queue.append(value[key])


def _is_a(thing: Thing, kind: re.Pattern[str]) -> bool:
    types = thing.get("@type")
    types = types if isinstance(types, list) else [types]
    return any(isinstance(t, str) and kind.search(t) for t in types)


def _said(thing: Thing, named: dict[str, Thing], *, page: bool) -> Said:
    url = thing.get("url") or thing.get("mainEntityOfPage") or thing.get("@id")
    if isinstance(url, dict):
        url = url.get("@id") or url.get("url")
    language = thing.get("inLanguage")
    writers = list(_parties(thing.get("author") or thing.get("creator"), named))
    publishers = _parties(thing.get("publisher"), named)
    return Said(
        title=clean(thing.get("headline") or thing.get("name")),
        outlet=next((name for name, _ in publishers), None),
        authors=tuple(name for name, is_body in writers if not is_body),
        bodies=tuple(name for name, is_body in writers if is_body),
        url=url if isinstance(url, str) and url.startswith("http") else None,
        published=_time(thing, "datePublished", "dateCreated", "uploadDate"),
        modified=_time(thing, "dateModified"),
        language=language if isinstance(language, str) else None,
        paid=str(thing.get("isAccessibleForFree")).lower() == "false",
        page=page,
    )


def _time(thing: Thing, *keys: str) -> When | None:
    for key in keys:
        values = thing.get(key)
        for value in values[:1] if isinstance(values, list) else [values]:
            found = when(value, "json-ld")
            if found:
                return found
    return None


def _parties(value: Any, named: dict[str, Thing]) -> Iterator[tuple[str, bool]]:
    """Yield each name with whether it is a body's rather than a person's."""
    for one in value[:20] if isinstance(value, list) else [value]:
        if isinstance(one, list):
            yield from _parties(one, named)
        elif isinstance(one, dict):
            whole = one if one.get("name") else named.get(str(one.get("@id")), one)
            is_body = _is_a(whole, re.compile(r"Organi[sz]ation$|Corporation$|WebSite$|Brand$"))
            for name in _texts(whole.get("name")):
                yield name, is_body
        else:
            yield from ((name, False) for name in _texts(one))


def _texts(value: Any) -> Iterator[str]:
    values: Iterable[Any] = value[:20] if isinstance(value, list) else [value]
    for one in values:
        name = clean(one)
        if name and not name.startswith(("http", "@", "#")):
            yield name
