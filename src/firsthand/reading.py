"""
One article prepared for reading: its sentences, quotations, outlet names, and the table of cues.

Everything the rules of attribution look at is found once here, as spans of the article's text.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

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
    for m in _MEDIA_RUN.finditer(text):
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


# Two letters are initials of too much else.
FEWEST_INITIALS = 3
# A run of capitalised words with a word of the trade in it: "the Northbank Gazette".
_MEDIA_RUN = re.compile(rf"(?:[Tt]he )?{mentions.NAME}")


@cache
def cues() -> tuple[re.Pattern[str], dict[str, Cue]]:
    """Return a pattern that finds every spoken cue, and the cues by their casefolded words."""
    with (files("firsthand") / "data" / "cues.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    known = {row["cue"].casefold(): Cue(row["cue"], row["family"]) for row in rows}
    spoken = [c for c in known if known[c].family != "hedge"]
    alternatives = "|".join(re.escape(c) for c in sorted(spoken, key=len, reverse=True))
    return re.compile(rf"\b(?:{alternatives})\b", re.IGNORECASE), known


@cache
def hedges() -> re.Pattern[str]:
    """Return a pattern that finds the words by which a writer does not vouch for a statement."""
    words = [c.text for c in cues()[1].values() if c.family == "hedge"]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)


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
