"""
Make run-on pages whose boundaries are known: several articles saved as one plain text.

    python benchmarks/make_runons.py ARTICLES.jsonl[.zst] --pages N --seed S > pages.jsonl

An article is a JSON row with ``text`` (paragraphs on lines of their own) and, where it has one,
``title``; where it has none a title is made from the first words of its text, which fits its text
better than a real headline does. Pages take the layouts in turn; every page has one to five
articles. A row of the output has ``layout``, ``text`` and ``articles``; each of those its
``title`` (null where the layout shows none) and, in characters of the page's text, where its
``head`` begins, where its ``body`` begins and where it ends. The same input and seed give the same
pages.

Captions, bylines, labels and footers are invented here; the articles' texts belong to whoever wrote
them, so pages made from others' articles are for measuring and not for passing on.

Not like the wild: one layout a page, no page chrome at the very top and end, plain text only.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import zstandard

# Shorter texts are notices rather than articles.
FEWEST_CHARS, FEWEST_PARAGRAPHS = 500, 3
MOST_ARTICLES = 5
# The first sentence makes a title only if there is enough of it.
TITLE_WORDS = (7, 12)
FEWEST_TITLE_WORDS = 6
# A text with such a line within it may be several already (agencies' round-ups): then nobody knows
# its boundaries.
_PARTED = re.compile(r"\W{3,}|_{3,}|(?:[*#_-] ){2,}[*#_-]")
# Two rows that begin alike are the same article twice; on one page they would be no boundary.
SAME_CHARS = 80

NAMES = ("Ada Quill", "Ben Ross", "Jane Roe", "Maren Voss", "Ilse Marren", "Tom Pell", "R. K. Osei")
DAYS = ("Monday", "Tuesday", "March 4 2025", "June 2019", "Sunday")
LETTERS = ("TT", "AA", "A A", "Aa", "QX")
KICKERS = ("World", "Business", "Local news", "POLITICS", "Sport")
DATES = ("March 4, 2025", "4 March 2025, 09:20", "Updated: March 4, 2025")
DATELINES = ("MERROW (CNA) - ", "OSTREY, March 4 (Reuters) — ", "Merrow, Mar 4 (AFP) – ")
CAPTIONS = (
    "A view of the {words} on {day}. ({name}/Harbour Post)",
    "People walk past the {words} - AFP",
    "{name} speaks at the {words}, {day}. (Reuters)",
    "The {words} is seen in this file picture from {day}",
    "FILE - The {words}, {day} (AP Photo/{name})",
    "{name} at the {words}. Photo: Coastline Agency",
)
_SMALL = frozenset("a the of in to and for on at".split())


@dataclass(frozen=True, slots=True)
class Source:
    """An article to build pages from: its title and its paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """An article on a page: its title as shown, and where head, body and end are."""

    title: str | None
    head: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Runon:
    """A page made of several articles (or of one), with where each of them stands."""

    layout: str
    text: str
    articles: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a page sets its articles: the head above each, what parts paragraphs and articles."""

    head: str
    paragraphs: str = "\n\n"
    articles: tuple[str, ...] = ("\n\n",)
    dateline: bool = False


LAYOUTS = {
    # The title again below captions that a player doubled.
    "twice": Layout(
        "{title}\n\n{caption}\n{caption}\n{letters}\n\n{title}\n\n{caption}\n{caption}\n",
        articles=("\n\n\n\n",),
    ),
    # A title clings to its text, and the gap above it is wider than elsewhere.
    "plain3": Layout("{title}\n", articles=("\n\n\n",)),
    "plain4": Layout("{title}\n", articles=("\n\n\n\n",)),
    "single": Layout("{title}\n", paragraphs="\n", articles=("\n\n\n",)),
    # No gap says anything; what stands in the head or above it does.
    "byline": Layout("{title}\n\nBy {name}\n{date}\n"),
    "kicker": Layout("{kicker}\n\n{title}\n\n{caption}\n"),
    "share": Layout(
        "{title}\nBy {name}\nShare\nTweet\nEmail\n{caption}\n", paragraphs="\n", articles=("\n",)
    ),
    "twicecap": Layout("{title}\n{caption}\n{title}\n\n"),
    "dateline": Layout("{title}\n", dateline=True),
    "chrome": Layout("Connect with us\n\nHarbour News\n\n{title}\n\n\n"),
    # A line between the articles.
    "footer": Layout(
        "{title}\n",
        articles=(
            "\n\nShare this article\n\n",
            "\n\n© 2025 Harbour Post\n\n",
            "\n\nRelated stories\n\nFerry fares to rise in spring\n\n",
            "\n\nADVERTISEMENT\n\n",
        ),
    ),
    "sep": Layout(
        "{title}\n",
        articles=("\n\n***\n\n", "\n\n-----\n\n", "\n\n###\n\n", "\n\n* * *\n\n"),
    ),
    # A title and nothing else: as a subhead would stand, too.
    "bare": Layout("{title}\n"),
    "open": Layout("{title}\n\n"),
    "titleonly1": Layout("{title}\n", paragraphs="\n", articles=("\n",)),
    # No title at all.
    "gaponly": Layout("", articles=("\n\n\n\n",)),
}


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a .jsonl or .jsonl.zst."""
    with path.open("rb") as file:
        packed = path.suffix == ".zst"
        raw = zstandard.ZstdDecompressor().stream_reader(file) if packed else file
        for line in io.TextIOWrapper(raw, encoding="utf-8"):
            if line.strip():
                yield json.loads(line)


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Return the lines of a text that hold anything, white space evened out."""
    return tuple(" ".join(line.split()) for line in text.split("\n") if line.strip())


def source_of(row: dict[str, Any], rng: random.Random) -> Source | None:
    """Return a row as an article to build from, or None where it may not serve."""
    paragraphs = paragraphs_of(row.get("text") or "")
    title = " ".join((row.get("title") or "").split())
    while paragraphs and title and paragraphs[0].casefold() == title.casefold():
        paragraphs = paragraphs[1:]
    if any(_PARTED.fullmatch(paragraph) for paragraph in paragraphs):
        return None
    if len(paragraphs) < FEWEST_PARAGRAPHS or sum(map(len, paragraphs)) <= FEWEST_CHARS:
        return None
    title = title or made_title(paragraphs[0], rng)
    return Source(title, paragraphs) if title else None


def made_title(paragraph: str, rng: random.Random) -> str:
    """Return a title made of a paragraph's first words, or "" where its first sentence is short."""
    words = re.split(r"(?<=[.!?])\s", paragraph)[0].rstrip(".").split()
    if len(words) < FEWEST_TITLE_WORDS:
        return ""
    title = " ".join(words[: rng.randint(*TITLE_WORDS)]).rstrip(",;:")
    if rng.random() < 0.5:
        return title
    return " ".join(w if w.lower() in _SMALL else w[:1].upper() + w[1:] for w in title.split())


def sources(given: Iterable[dict[str, Any]], rng: random.Random) -> list[Source]:
    """Return the articles of some rows, in order, each once."""
    found: dict[str, Source] = {}
    for row in given:
        source = source_of(row, rng)
        if source:
            found.setdefault(source.paragraphs[0][:SAME_CHARS], source)
    return list(found.values())


def runon(layout: str, given: Sequence[Source], rng: random.Random) -> Runon:
    """Return the page that ``layout`` makes of some articles."""
    how = LAYOUTS[layout]
    text, placed = "", []
    for source in given:
        if how.dateline:
            first, *others = source.paragraphs
            source = replace(source, paragraphs=(rng.choice(DATELINES) + first, *others))
        if placed:
            text += rng.choice(how.articles)
        head = len(text)
        text += _head(how, source, rng)
        body = len(text)
        text += how.paragraphs.join(source.paragraphs)
        title = source.title if "{title}" in how.head else None
        placed.append(Placed(title, head, body, len(text)))
    return Runon(layout, text, tuple(placed))


def _head(how: Layout, source: Source, rng: random.Random) -> str:
    return how.head.format(
        title=source.title,
        caption=_caption(source, rng),
        letters=rng.choice(LETTERS),
        name=rng.choice(NAMES),
        date=rng.choice(DATES),
        kicker=rng.choice(KICKERS),
    )


def _caption(source: Source, rng: random.Random) -> str:
    """Return a caption that speaks of what the article speaks of: two long words of its opening."""
    opening = " ".join(source.paragraphs[:3]).split()
    words = [w.strip('.,"') for w in opening if len(w) > 5] or ["harbour"]
    chosen = " ".join(rng.sample(words, min(2, len(words))))
    return rng.choice(CAPTIONS).format(words=chosen, day=rng.choice(DAYS), name=rng.choice(NAMES))


def runons(given: Sequence[Source], n_pages: int, rng: random.Random) -> Iterator[Runon]:
    """Yield pages of one to five articles, the layouts in turn."""
    layouts = list(LAYOUTS)
    for n in range(n_pages):
        n_articles = min(rng.randint(1, MOST_ARTICLES), len(given))
        yield runon(layouts[n % len(layouts)], rng.sample(given, n_articles), rng)


def main() -> int:
    """Write pages as JSONL to standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("articles", type=Path, help="a .jsonl or .jsonl.zst with text and title")
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    found = sources(rows(options.articles), rng)
    if not found:
        print(f"no article of three paragraphs or more in {options.articles}", file=sys.stderr)
        return 1
    for page in runons(found, options.pages, rng):
        print(json.dumps(asdict(page), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
