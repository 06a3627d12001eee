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

Layouts belong to families; whoever fits on some holds out a family as a whole, since layouts of
one are much alike. ``SINGLES`` are for pages of one article that look like several: an interview, a
live blog, sub-headlines, parts between stars.

Not like the wild: one layout a page, no page chrome at the very top and end, plain text only.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import zstandard

# Shorter texts are notices rather than articles.
FEWEST_CHARS, FEWEST_PARAGRAPHS = 500, 3
MOST_ARTICLES = 5
# The first sentence makes a title only if there is enough of it.
TITLE_WORDS = (4, 12)
FEWEST_TITLE_WORDS = 4
# Sub-headlines are as long as short titles, or a page of them would give itself away.
PART_WORDS = (2, 7)
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
STANDFIRSTS = (
    "What the {words} may mean for the coast, and why few expected it this spring.",
    "Officials are divided over the {words}; residents want an answer before the summer.",
    "The {words} has kept the town busy for weeks",
)
OTHERS = (
    "Ferry fares to rise in spring",
    "Pilots ask for a second light on the pier",
    "Ostrey mill to close after ninety years",
    "Council puts off vote on the new bridge",
    "Why the dam gate at Ravel cracked",
    "Marsh End school wins rowing cup again",
    "Storm warning lifted along the coast",
)
LINKS = ("Related stories", "Read more", "More from Harbour Post", "You may also like")
FOOTS = (
    "Share this article",
    "© 2025 Harbour Post. All rights reserved.",
    "ADVERTISEMENT",
    "Share Tweet Email",
    "Follow us on Telegram for the latest from the coast",
)
SIGNUPS = (
    "The Quay Digest comes every morning. Sign up to get it in your inbox.",
    "Support independent journalism on the coast. Become a member of the Harbour Post today.",
    "This page uses cookies to count its visitors. Read our cookie policy.",
    "Have you seen something? Write to our newsroom, and leave a number we can call.",
)
ABOUTS = (
    "{name} writes about the coast for the Harbour Post.",
    "{name} is a reporter at the Harbour Post. Follow her on Twitter at @harbourpost.",
    "About the author: {name} covers courts and schools.",
)
PARTS = ("A second try", "What comes next", "Mixed feelings", "How it began", "Costs and doubts")
QUESTIONS = (
    "How did it begin?",
    "What did you think when you heard of it?",
    "And what happens now?",
    "Were you surprised?",
    "Who else knew about it?",
    "What would you do differently today?",
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
    """
    How a page sets its articles, and which ``family`` it is held out with.

    ``head`` stands above each article, ``foot`` below each, ``articles`` between two. ``opens`` is
    put in front of the first paragraph; ``inside`` names a way to set things within the text;
    ``wrap`` are the widths at which lines may be broken. A mixed layout is ``like`` several
    families.
    """

    family: str
    head: str
    paragraphs: str = "\n\n"
    articles: tuple[str, ...] = ("\n\n",)
    foot: tuple[str, ...] = ("",)
    opens: tuple[str, ...] = ("",)
    inside: str = ""
    wrap: tuple[int, ...] = ()
    capitals: bool = False
    like: frozenset[str] = frozenset()


WIDTHS = (66, 70, 72, 76, 78, 80)
LAYOUTS = {
    # The title again below captions that a player doubled.
    "twice": Layout(
        "captions",
        "{title}\n\n{caption}\n{caption}\n{letters}\n\n{title}\n\n{caption}\n{caption}\n",
        articles=("\n\n\n\n",),
    ),
    "twiceeven": Layout(
        "captions",
        "{title}\n\n{caption}\n\n{caption}\n\n{letters}\n\n{title}\n\n{caption}\n\n{caption}\n\n",
    ),
    "twicecap": Layout("captions", "{title}\n{caption}\n{title}\n\n"),
    "kicker": Layout("captions", "{kicker}\n\n{title}\n\n{caption}\n"),
    # A title clings to its text, and the gap above it is wider than elsewhere.
    "plain3": Layout("gaps", "{title}\n", articles=("\n\n\n",)),
    "plain4": Layout("gaps", "{title}\n", articles=("\n\n\n\n",)),
    "single": Layout("gaps", "{title}\n", paragraphs="\n", articles=("\n\n\n",)),
    "evengap": Layout("gaps", "{title}\n\n", paragraphs="\n", articles=("\n\n",)),
    "gaponly": Layout("gaps", "", articles=("\n\n\n\n",)),
    "gaptight": Layout("gaps", "", paragraphs="\n", articles=("\n\n",)),
    # No gap says anything; what stands in the head or above it does.
    "byline": Layout("bylines", "{title}\n\nBy {name}\n{date}\n"),
    "datefirst": Layout("bylines", "{date}\n\n{title}\n\n{name}\n\n"),
    "standfirst": Layout("bylines", "{title}\n\n{standfirst}\n\nBy {name}\n\n"),
    "share": Layout(
        "bylines",
        "{title}\nBy {name}\nShare\nTweet\nEmail\n{caption}\n",
        paragraphs="\n",
        articles=("\n",),
    ),
    "kickertight": Layout(
        "bylines",
        "{kicker}\n{title}\nBy {name} | {date}\n",
        paragraphs="\n",
        articles=("\n",),
    ),
    "dateline": Layout("datelines", "{title}\n", opens=DATELINES),
    "wire": Layout("datelines", "", opens=DATELINES),
    "wiretight": Layout(
        "datelines", "{title}\n", opens=DATELINES, paragraphs="\n", articles=("\n",)
    ),
    "chrome": Layout("chrome", "Connect with us\n\nHarbour News\n\n{title}\n\n\n"),
    "menu": Layout(
        "chrome",
        "Home > News > {kicker}\n\nHarbour Post\n\n{title}\n\nPublished: {date}\n\n4 min read\n\n",
    ),
    # A line between the articles.
    "footer": Layout("feet", "{title}\n", foot=tuple("\n\n" + f for f in FOOTS)),
    "signup": Layout("feet", "{title}\n\n", foot=tuple("\n\n" + f for f in SIGNUPS)),
    "about": Layout("feet", "{title}\n\n", foot=tuple("\n\n" + f for f in ABOUTS)),
    "related": Layout(
        "links",
        "{title}\n\n",
        foot=("\n\n{links}\n\n{other}\n\n{other}\n\n{other}", "\n\n{links}\n{other}\n{other}"),
    ),
    "linked": Layout(
        "links", "{title}\n\nBy {name}\n\n", inside="links", foot=("\n\nREAD: {other}",)
    ),
    "sep": Layout(
        "separators",
        "{title}\n",
        articles=("\n\n***\n\n", "\n\n-----\n\n", "\n\n###\n\n", "\n\n* * *\n\n"),
    ),
    "sepbare": Layout(
        "separators",
        "",
        articles=("\n\n***\n\n", "\n\n----------\n\n", "\n=====\n", "\n\n_____\n\n"),
    ),
    "feed": Layout("separators", "{title}\n\n", articles=("\n\f\n",)),
    # A title and nothing else: as a subhead would stand, too.
    "bare": Layout("titles", "{title}\n"),
    "open": Layout("titles", "{title}\n\n"),
    "titleonly1": Layout("titles", "{title}\n", paragraphs="\n", articles=("\n",)),
    "capitals": Layout("titles", "{title}\n\n", capitals=True),
    # Nothing at all.
    "nothing": Layout("nothing", ""),
    "nothing1": Layout("nothing", "", paragraphs="\n", articles=("\n",)),
    # Lines broken at a fixed width.
    "wrapped": Layout("wrapped", "{title}\n\n", wrap=WIDTHS),
    "wrappedtight": Layout("wrapped", "{title}\n", paragraphs="\n", articles=("\n",), wrap=WIDTHS),
    "wrappedsep": Layout("wrapped", "", articles=("\n\n-----\n\n",), wrap=WIDTHS),
    "wrappedby": Layout("wrapped", "{title}\nBy {name}\n\n", articles=("\n\n\n",), wrap=WIDTHS),
    # Documents of an archive, with fields above the text.
    "fields": Layout("fields", "Title: {title}\nDate: {date}\nSource: Harbour Post\n\n"),
    "archive": Layout(
        "fields",
        "{n} of 40 DOCUMENTS\n\nHarbour Post\n\n{date}\n\n{title}\n\nBYLINE: {name}\n\n"
        "SECTION: {kicker}; Pg. 4\n\nLENGTH: 512 words\n\n",
        foot=("\n\nLOAD-DATE: {date}\n\nLANGUAGE: ENGLISH",),
        articles=("\n\n\n",),
    ),
    # Parts with heads of their own inside each article.
    "parts": Layout("parts", "{title}\n\nBy {name}\n\n", inside="parts"),
    "partsgap": Layout("parts", "{title}\n\n", inside="parts", articles=("\n\n\n",)),
    # What a page says around articles in another language.
    "compartir": Layout(
        "languages",
        "{title}\n\nPor {name}\n\nCompartir\n\n",
        foot=("\n\nLea también: {other}", "\n\nSuscríbase a nuestro boletín"),
    ),
    "teilen": Layout(
        "languages",
        "{title}\n\nVon {name}\n\n",
        foot=("\n\nLesen Sie auch: {other}", "\n\nTeilen\n\nKommentare"),
    ),
}
# Pages of one article that look as if they held several.
SINGLES = {
    "stars": Layout("one", "{title}\n\n", inside="stars"),
    "subheads": Layout("one", "{title}\n\n", inside="parts"),
    "interview": Layout("one", "{title}\n\nBy {name}\n\n", inside="questions"),
    "transcript": Layout("one", "{title}\n\n", inside="speakers"),
    "live": Layout("one", "{title}\n\n", inside="times"),
    "list": Layout("one", "{title}\n\n", inside="numbers"),
    "gappy": Layout("one", "{title}\n\n", inside="gaps"),
    "wrappedparts": Layout("one", "{title}\n\n", inside="parts", wrap=WIDTHS),
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


def source_of(
    row: dict[str, Any], rng: random.Random, fewest_chars: int = FEWEST_CHARS
) -> Source | None:
    """Return a row as an article to build from, or None where it may not serve."""
    fewest = FEWEST_PARAGRAPHS if fewest_chars >= FEWEST_CHARS else 1
    paragraphs = paragraphs_of(row.get("text") or "")
    title = " ".join((row.get("title") or "").split())
    while paragraphs and title and paragraphs[0].casefold() == title.casefold():
        paragraphs = paragraphs[1:]
    if any(_PARTED.fullmatch(paragraph) for paragraph in paragraphs):
        return None
    if len(paragraphs) < fewest or sum(map(len, paragraphs)) <= fewest_chars:
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


def mixed(rng: random.Random) -> Layout:
    """Return a layout drawn from the parts that others are made of; ``like`` says from which."""
    like: set[str] = set()

    def drawn(family: str, chance: float) -> bool:
        taken = rng.random() < chance
        like.update([family] if taken else [])
        return taken

    head: list[str] = []
    if drawn("chrome", 0.15):
        head += rng.choice((["Connect with us", "Harbour News"], ["Harbour Post"], ["{kicker}"]))
    title = rng.random() < 0.8
    head += ["{title}"] if title else []
    head += ["{standfirst}"] if title and drawn("bylines", 0.1) else []
    if title and drawn("captions", 0.2):
        head += rng.choice((["{caption}"], ["{caption}", "{caption}"], ["{letters}", "{title}"]))
    if drawn("bylines", 0.3):
        head += rng.choice(
            (["By {name}"], ["{date}"], ["By {name}", "{date}"], ["{name} | {date}"])
        )
    head += ["Share", "Tweet"] if drawn("bylines", 0.05) else []
    between = rng.choice(("\n", "\n\n"))
    article = between + "\n" * (rng.randint(1, 3) if drawn("gaps", 0.35) else 0)
    if drawn("separators", 0.12):
        article = f"\n\n{rng.choice(('***', '-----', '* * *', '=====', '###'))}\n\n"
    foot = ""
    if drawn("feet", 0.3):
        foot = between + rng.choice((*FOOTS, *SIGNUPS, *ABOUTS))
    elif drawn("links", 0.1):
        foot = "\n\n{links}\n{other}\n{other}"
    opens = DATELINES if drawn("datelines", 0.12) else ("",)
    inside = "parts" if drawn("parts", 0.12) else "links" if drawn("links", 0.08) else ""
    wrap = WIDTHS if drawn("wrapped", 0.1) else ()
    if not like - {"wrapped", "parts"}:
        like.add("titles" if title else "nothing")
    text = "".join(part + rng.choice(("\n", "\n\n")) for part in head)
    capitals = rng.random() < 0.1
    return Layout(
        "mixed", text, between, (article,), (foot,), opens, inside, wrap, capitals, frozenset(like)
    )


def runon(layout: str | Layout, given: Sequence[Source], rng: random.Random) -> Runon:
    """Return the page that ``layout`` makes of some articles; feet and separators vary by page."""
    named = layout if isinstance(layout, str) else layout.family
    how = layout if isinstance(layout, Layout) else LAYOUTS.get(layout) or SINGLES[layout]
    width = rng.choice(how.wrap) if how.wrap else 0
    between, foot = rng.choice(how.articles), rng.choice(how.foot)
    text, placed = "", []
    for n, source in enumerate(given):
        if placed:
            text += between
        head = len(text)
        text += _wrapped(_filled(how.head, how, source, n, rng), width)
        body = len(text)
        first, *others = source.paragraphs
        paragraphs = _inside(how.inside, [rng.choice(how.opens) + first, *others], rng)
        text += how.paragraphs.join(_wrapped(p, width) for p in paragraphs)
        end = len(text)
        text += _wrapped(_filled(foot, how, source, n, rng), width)
        title = source.title if "{title}" in how.head else None
        placed.append(Placed(title, head, body, end))
    return Runon(named, text, tuple(placed))


def _wrapped(text: str, width: int) -> str:
    """Return a text with its lines broken at a width; 0 is none."""
    if not width:
        return text
    lines = (textwrap.wrap(line, width, break_long_words=False) for line in text.split("\n"))
    return "\n".join("\n".join(broken) for broken in lines)


def _filled(pattern: str, how: Layout, source: Source, n: int, rng: random.Random) -> str:
    """Return a head or foot with its blanks filled; every {other} is another headline."""
    others = rng.sample(OTHERS, 3)
    while "{other}" in pattern:
        pattern = pattern.replace("{other}", others.pop(), 1)
    return pattern.format(
        title=source.title.upper() if how.capitals else source.title,
        caption=_caption(source, rng),
        standfirst=rng.choice(STANDFIRSTS).format(words=_telling(source, rng)),
        letters=rng.choice(LETTERS),
        name=rng.choice(NAMES),
        date=rng.choice(DATES),
        kicker=rng.choice(KICKERS),
        links=rng.choice(LINKS),
        n=n + 1,
    )


def _inside(way: str, paragraphs: Sequence[str], rng: random.Random) -> list[str]:
    """Return the paragraphs with what stands between or in front of some of them."""
    found: list[str] = []
    hour, number = rng.randint(6, 12), 0
    every = rng.choice((2, 3, 4))
    parts = iter(rng.sample(PARTS, len(PARTS)))
    for n, paragraph in enumerate(paragraphs):
        here = n > 0 and n % every == 0
        if here and way == "parts":
            part = next(parts, "") if rng.random() < 0.3 else _part_title(paragraph, rng)
            found += [part] if part else []
        elif here and way == "links":
            found.append(f"ALSO READ  {rng.choice(OTHERS)}")
        elif here and way == "stars" and n + 1 < len(paragraphs):
            found.append("* * *")
        elif here and way == "questions":
            found.append(rng.choice(QUESTIONS))
        elif here and way == "times":
            hour += 1
            found.append(f"{hour}.{rng.randint(10, 59)}")
        elif here and way == "numbers":
            number += 1
            found.append(f"{number}. {' '.join(paragraph.split()[:4])}".rstrip(".,;:"))
        elif here and way == "gaps":
            paragraph = "\n\n" + paragraph
        elif way == "speakers":
            paragraph = f"{rng.choice(NAMES).split()[-1].upper()}: {paragraph}"
        found.append(paragraph)
    return found


def _part_title(paragraph: str, rng: random.Random) -> str:
    """Return a sub-headline for a paragraph: some of its words, from anywhere in it."""
    words = [w.strip('.,;:"“”()') for w in paragraph.split()]
    n = rng.randint(*PART_WORDS)
    start = rng.randint(0, max(0, len(words) - n))
    chosen = " ".join(w for w in words[start : start + n] if w)
    if rng.random() < 0.4:
        chosen = " ".join(w[:1].upper() + w[1:] for w in chosen.split())
    return chosen[:1].upper() + chosen[1:]


def _caption(source: Source, rng: random.Random) -> str:
    """Return a caption that speaks of what the article speaks of."""
    return rng.choice(CAPTIONS).format(
        words=_telling(source, rng), day=rng.choice(DAYS), name=rng.choice(NAMES)
    )


def _telling(source: Source, rng: random.Random) -> str:
    """Return two long words of an article's opening."""
    opening = " ".join(source.paragraphs[:3]).split()
    words = [w.strip('.,"{}') for w in opening if len(w) > 5] or ["harbour"]
    return " ".join(rng.sample(words, min(2, len(words))))


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
