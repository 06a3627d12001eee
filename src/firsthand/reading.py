"""
One article prepared for reading: its sentences, quotations, outlet names, and the table of cues.

Everything the rules of attribution look at is found once here, as spans of the article's text.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

from firsthand import mentions
from firsthand.mentions import Meant
from firsthand.model import Article, In, Span, span
from firsthand.outlets import OutletMention, initials, table, unlisted_outlet
from firsthand.text import paragraphs, quotations, sentences, span_at

# A day of the week, as it stands between a verb of speech and what is said.
DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue of the table: what it is and which family of rules reads it."""

    text: str
    family: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """An attribution on its way: spans and phrases, not yet who they mean."""

    cue: Span
    family: str
    rule: str
    source: Span | None = None
    addressee: Span | None = None
    pieces: tuple[Span, ...] = ()
    meant: Meant | None = None
    in_: In = "text"


LONGEST_SENTENCE_CHARS = 2000
# Shorter text after "Smith said" is when or where he said it, not what.
FEWEST_CONTENT_WORDS = 3


class Reading:
    """One article prepared for reading: its sentences, quotations and outlet names."""

    def __init__(self, article: Article) -> None:
        """Find sentences, paragraphs, quotations and outlets once."""
        self.article = article
        self.text = article.text
        self.sentences = sentences(self.text)
        self.paragraphs = paragraphs(self.text)
        self.quotes = quotations(self.text)
        self.outlets = newsrooms(self.text, article.outlet)
        self._outlet_starts = [m.span.start for m in self.outlets]
        self._quote_ends = [q.end for q in self.quotes]

    def quoted(self, position: int) -> bool:
        """Return whether the character stands inside quotation marks."""
        return span_at(self.quotes, position) is not None

    def sentence_at(self, position: int) -> Span:
        """
        Return the sentence around a position, never cut inside a quotation.

        A quotation of several sentences and the words that introduce it are one unit here.
        """
        at = span_at(self.sentences, position)
        if at is None:
            return self.paragraph_at(position)
        first = last = at
        paragraph = self.paragraph_at(position)
        while self.sentences[first].start > paragraph.start and self.quoted(
            self.sentences[first].start - 2
        ):
            first -= 1
        start, end = self.sentences[first].start, self.sentences[last].end
        # Text without full stops is no sentence, and looking through all of it takes for ever.
        return span(
            max(start, position - LONGEST_SENTENCE_CHARS),
            min(end, position + LONGEST_SENTENCE_CHARS),
        )

    def narrow_at(self, position: int) -> Span:
        """Return the sentence around a position, or the part of it that its quotation holds."""
        at = span_at(self.sentences, position)
        where = self.sentences[at] if at is not None else self.paragraph_at(position)
        start = max(where.start, position - LONGEST_SENTENCE_CHARS)
        end = min(where.end, position + LONGEST_SENTENCE_CHARS)
        quote = span_at(self.quotes, position)
        return span(start, end if quote is None else min(end, self.quotes[quote].end))

    def paragraph_at(self, position: int) -> Span:
        """Return the paragraph around a position."""
        at = span_at(self.paragraphs, position)
        return self.paragraphs[at] if at is not None else span(position, position + 1)

    def outlet_in(self, where: Span) -> OutletMention | None:
        """Return the last outlet named inside a span, or None."""
        at = bisect_right(self._outlet_starts, where.end) - 1
        while at >= 0 and self._outlet_starts[at] >= where.start:
            if where.holds(self.outlets[at].span):
                return self.outlets[at]
            at -= 1
        return None

    def newsroom_ending_at(self, position: int) -> Span | None:
        """Return the span of the newsroom's name that ends at a position, or None."""
        at = bisect_left(self._outlet_starts, position) - 1
        if at >= 0 and self.outlets[at].sure and self.outlets[at].span.end == position:
            return self.outlets[at].span
        return None

    def quotes_from(self, position: int) -> Iterator[Span]:
        """Yield the quotations that end behind a position, in reading order."""
        for at in range(bisect_right(self._quote_ends, position), len(self.quotes)):
            yield self.quotes[at]


def newsrooms(text: str, own: str | None = None) -> list[OutletMention]:
    """
    Return where a text names newsrooms: those of the table, its own, and names that say they are.

    >>> t = "It was seen by the Northbank Gazette and by Norvik, whose page this is."
    >>> [(m.outlet.name, m.span.of(t)) for m in newsrooms(t, own="Norvik")]
    [('Northbank Gazette', 'the Northbank Gazette'), ('Norvik', 'Norvik')]
    """
    found = table().find(text)
    taken = bytearray(len(text))
    for mention in found:
        if mention.sure:
            start, end = mention.span.start, mention.span.end
            taken[start:end] = b"\1" * (end - start)
    named = []
    for m in _media_runs(text):
        # "Japan's Evening Post": whose it is does not belong to its name.
        name = re.split(r"(?:’s|'s) ", m.group())[-1]
        if mentions.media_name(name):
            named.append(((m.end() - len(name), m.end()), re.sub(r"^(?:[Tt]he|A|An) ", "", name)))
    if own and table().named(own) is None:
        short = initials(own)
        names = [own, short] if len(short) >= FEWEST_INITIALS else [own]
        for name in names:
            itself = re.finditer(rf"(?:[Tt]he )?\b{re.escape(name)}\b", text)
            named += [(m.span(), own) for m in itself]
    for (start, end), name in named:
        where = span(start, end)
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            found.append(OutletMention(span=where, outlet=unlisted_outlet(name), sure=True))
    # A doubtful reading of a name gives way to one that the article itself makes sure of.
    found = [m for m in found if m.sure or not any(taken[m.span.start : m.span.end])]
    return sorted(found, key=lambda m: m.span.start)


def _media_runs(text: str) -> Iterator[re.Match[str]]:
    """Yield the runs of capitalised words of the lines that have a word of the trade in them."""
    end = 0
    for word in _TRADE.finditer(text):
        if word.start() >= end:
            start = text.rfind("\n", 0, word.start()) + 1
            end = text.find("\n", word.end())
            end = len(text) if end < 0 else end
            yield from _MEDIA_RUN.finditer(text, start, end)


# Two letters are initials of too much else.
FEWEST_INITIALS = 3
# A run of capitalised words with a word of the trade in it: "the Northbank Gazette".
_MEDIA_RUN = re.compile(rf"(?:[Tt]he )?{mentions.NAME}")
_TRADE = re.compile(rf"\b(?:{mentions.MEDIA_WORD}|Channel|Sunday|Agency|Service)")


@cache
def cues() -> tuple[re.Pattern[str], dict[str, Cue]]:
    """Return a pattern that finds every spoken cue, and the cues by their casefolded words."""
    with (files("firsthand") / "data" / "cues.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    known = {row["cue"].casefold(): Cue(row["cue"], row["family"]) for row in rows}
    spoken = [c for c in known if known[c].family != "hedge"]
    return re.compile(rf"\b{_any_of(spoken)}\b"), known


def _any_of(words: Collection[str]) -> str:
    """
    Return a pattern for any of some small words in any case, the longest that fits.

    Letters are shared from the front, which is ten times as fast as one alternative a word.

    >>> re.findall(_any_of(["say", "says", "tell"]), "Says Ana: say, TELL!")
    ['Says', 'say', 'TELL']
    """
    if len(words) == 1:
        return "".join(_in_any_case(c) for c in next(iter(words)))
    branches = []
    for first, same in groupby(sorted(w for w in words if w), key=lambda w: w[0]):
        rest = [w[1:] for w in same]
        branches.append(_in_any_case(first) + _any_of(rest))
    return f"(?:{'|'.join(branches)})" + ("?" if "" in words else "")


def _in_any_case(c: str) -> str:
    return f"[{c}{c.upper()}]" if c.upper() != c else re.escape(c)


def family_of(words: str) -> str:
    """
    Return the family of the last of some words that is a spoken cue of the table, else "say".

    >>> family_of("has denied"), family_of("According to"), family_of("let it be known")
    ('deny', 'according', 'say')
    """
    pattern, known = cues()
    found = [known[m.casefold()].family for m in pattern.findall(words)]
    return found[-1] if found else "say"


@cache
def hedges() -> re.Pattern[str]:
    """Return a pattern that finds the words by which a writer does not vouch for a statement."""
    words = [c.text.casefold() for c in cues()[1].values() if c.family == "hedge"]
    return re.compile(rf"\b{_any_of(words)}\b")


def trimmed(text: str, where: Span) -> Span | None:
    """Return the span without white space, commas and dashes at its edges, or None if empty."""
    start, end = where.start, where.end
    while start < end and (text[start].isspace() or text[start] in ",;:–—"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:–—"):
        end -= 1
    return span(start, end) if re.search(r"\w", text[start:end]) else None


def n_words(text: str, where: Span) -> int:
    """Return how many words stand in a span of the text."""
    return len(re.findall(r"\w+", where.of(text)))
