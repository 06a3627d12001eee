"""
Which words of a text are somebody else's, and which an outlet's: what is spoken and who says so.

A text shows speech by quotation marks, by the layout of a transcript or an embedded post, by a
colon before a block, and by the first or second person. Marks can mislead: newspapers quote each
other, and then the words in the marks are another reporter's prose (:func:`by_medium`). The rules
were chosen by reading 320 overlaps between outlets; of those that shared a speech, all but a few
had a mark, a colon or a signature right at the edge of the passage on one side at least.

Known to fail: reported speech without marks ("he said he would not go") is not seen, and an author
who writes in the first person seems to speak.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

from firsthand.model import Span
from firsthand.outlets import table
from firsthand.text import paragraphs, quotations, sentences, span_at

# Paragraphs that open with a name and a colon from which on they are a transcript.
FEWEST_SPEAKERS = 3
# How far before or after a quotation the words that introduce it are looked for.
NEAR_CHARS = 120
# "We" and "our" are left out: editorials say them of everybody.
_FIRST_PERSON = re.compile(
    r"\b(?:I|I['’](?:m|ve|ll|d)|[Mm]y|me|[Mm]yself|[Yy]ou|[Yy]ou['’](?:re|ve|ll|d)|[Yy]our)\b(?!\.)"
)
_SIGNATURE = re.compile(r"\s*(?:[—–-]{1,3}|pic\.twitter\S*)?\s*[^\n]{0,60}\(@\w+\)")
_SPEAKER = re.compile(r"([A-Z][A-Z.'’\- ]{2,40}|[A-Z][a-z]+(?: [A-Z][a-z]+){0,2}):\s")
# "<outlet> reports that …", "<outlet>'s latest numbers:" before the words given …
_TELLS = re.compile(
    r"(?:\W{0,3}(?:also |has |had )?(?:reports?|reported|writes?|wrote|notes?|noted)\b[^.!?\n]*"
    r"|[^.!?\n]{0,60}:)\W*$"
)
# … but not where the outlet only heard them: "told <outlet>:", "in an interview with <outlet>:".
_HEARS = re.compile(r"\b(?:told|tells|with|to|on|for|by)\s(?:the\s)?$")
_LEADS = re.compile(r"[\s”\",.]*(?:according to|reported|wrote|writes|reports)?\s*(?:the\s)?")
_REPORTS = re.compile(r"\s(?:reports?|reported|writes?|wrote|notes?|noted)\b")


@lru_cache(maxsize=512)
def speech(text: str) -> tuple[Span, ...]:
    """
    Return the spans a text shows as somebody's words, by start; they may overlap.

    Quotation marks, a paragraph signed as a post, one that a colon announces or a speaker's name
    opens, and sentences in the first or second person.

    >>> t = 'He read it out:\\n\\nBoats stay in.\\n\\nI came. They left.\\n\\nMayor: no such thing.'
    >>> [s.of(t) for s in speech(t)]
    ['Boats stay in.', 'I came.']
    """
    # Some papers write double marks as two single ones; the length must not change.
    quoted = quotations(text.replace("‘‘", " “").replace("’’", "” "))
    blocks = paragraphs(text)
    labels = [(block, _SPEAKER.match(text, block.start)) for block in blocks]
    labelled = [block for block, label in labels if label and not table().named(label[1])]
    found = [*quoted, *(labelled if len(labelled) >= FEWEST_SPEAKERS else [])]
    for before, block in pairwise(blocks):
        if _SIGNATURE.match(text, block.start):
            found.append(before)
        # A block with quotations of its own is pasted prose: speech holds none.
        if text[before.end - 1] == ":" and not _holds_any(block, quoted):
            found.append(block)
    return tuple(sorted({*found, *_in_person(text, found)}))


def spoken_in(text: str, at: Span) -> list[Span]:
    """Return the spans of :func:`speech` that reach into ``at``."""
    spans, reach = speech(text), _reach(text)
    first, end = bisect_right(reach, at.start), bisect_left(spans, at.end, key=lambda s: s.start)
    return [s for s in spans[first:end] if s.overlaps(at)]


@lru_cache(maxsize=512)
def _reach(text: str) -> tuple[int, ...]:
    """Return how far the spans up to each reach: it never falls, so it can be searched."""
    return tuple(accumulate((s.end for s in speech(text)), max))


def _holds_any(block: Span, spans: Sequence[Span]) -> bool:
    """Return whether one of the spans, sorted and apart, begins inside the block."""
    following = bisect_left(spans, block.start, key=lambda s: s.start)
    return following < len(spans) and spans[following].start < block.end


def _in_person(text: str, spoken: Iterable[Span]) -> Iterator[Span]:
    """Yield the sentences that, outside of the words known as spoken, say "I" or "you"."""
    reach, waiting = 0, deque(sorted(spoken))
    said = sentences(text)
    for m in _FIRST_PERSON.finditer(text):
        while waiting and waiting[0].start <= m.start():
            reach = max(reach, waiting.popleft().end)
        at = span_at(said, m.start()) if m.start() >= reach else None
        if at is not None:
            yield said[at]


@lru_cache(maxsize=4096)
def by_medium(text: str, quoted: Span) -> bool:
    """
    Return whether the words right around a quotation give it to an outlet: its prose, not a speech.

    >>> t = 'The Associated Press reports that "boats were lost in the storm off Port Ann."'
    >>> by_medium(t, Span(start=35, end=77))
    True
    >>> t = 'The mayor told the Associated Press: "Boats were lost in the storm off Port Ann."'
    >>> by_medium(t, Span(start=39, end=80))
    False
    """
    begin = max(0, quoted.start - NEAR_CHARS)
    before, after = text[begin : quoted.start], text[quoted.end : quoted.end + NEAR_CHARS]
    for mention in table().find(before):
        rest = before[mention.span.end :]
        if _TELLS.match(rest) and not _HEARS.search(before[: mention.span.start]):
            return True
    for mention in table().find(after):
        lead = after[: mention.span.start]
        if _LEADS.fullmatch(lead) and (
            _REPORTS.match(after[mention.span.end :]) or lead.strip('”",. \n')
        ):
            return True
    return False
