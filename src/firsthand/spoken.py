"""
Which words of a text are somebody else's, and which an outlet's: what is spoken and who says so.

A text shows speech by quotation marks, by the layout of a transcript or an embedded post, by a
colon before a block, and by the first or second person. Marks can mislead: newspapers quote each
other, and then the words in the marks are another reporter's prose (:func:`by_medium`). The rules
were chosen by reading 320 overlaps between outlets; of those that shared a speech, all but a few
had a mark, a colon or a signature right at the edge of the passage on one side at least.

All of it is decided by the paragraph and its two neighbours (but for one thing, whether the text is
a transcript), so :class:`Voices` reads only the paragraphs it is asked about: a corpus is mostly
text that nobody shares.

Known to fail: reported speech without marks ("he said he would not go") is not seen, and an author
who writes in the first person seems to speak.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from firsthand.model import Span, span
from firsthand.outlets import table
from firsthand.text import paragraphs, quotations_in, sentences_in, wrapped_breaks

# Paragraphs that open with a name and a colon from which on they are a transcript.
FEWEST_SPEAKERS = 3
# How far before or after a quotation the words that introduce it are looked for.
NEAR_CHARS = 120
# "We" and "our" are left out: editorials say them of everybody. The letter comes first, so that the
# search can skip to one.
_FIRST_PERSON = re.compile(
    r"[IMYmy](?<!\w.)(?:(?<=I)|(?<=[Mm])y(?:self)?|(?<=m)e|(?<=[Yy])our?)\b(?!\.)"
)
_MARKS = re.compile(r"[\"“”«»„]")
_SIGNATURE = re.compile(r"\s*(?:[—–-]{1,3}|pic\.twitter\S*)?\s*[^\n]{0,60}\(@\w+\)")
_SPEAKER = re.compile(r"([A-Z][A-Z.'’\- ]{2,40}|[A-Z][a-z]{1,30}(?: [A-Z][a-z]{1,30}){0,2}):\s")
# A text broken at a fixed width has this many lines at least that begin with a small letter.
FEWEST_LOW_LINES = 3
_LOW_LINE = re.compile(r"\n[^\S\n]*[^\sA-Z\d\"“‘'(—–•@$-]")
# "<outlet> reports that …", "<outlet>'s latest numbers:" before the words given …
_TELLS = re.compile(
    r"(?:\W{0,3}(?:also |has |had )?(?:reports?|reported|writes?|wrote|notes?|noted)\b[^.!?\n]*"
    r"|[^.!?\n]{0,60}:)\W*$"
)
# … but not where the outlet only heard them: "told <outlet>:", "in an interview with <outlet>:".
_HEARS = re.compile(r"\b(?:told|tells|with|to|on|for|by)\s(?:the\s)?$")
_LEADS = re.compile(r"[\s”\",.]*(?:according to|reported|wrote|writes|reports)?\s*(?:the\s)?")
_REPORTS = re.compile(r"\s(?:reports?|reported|writes?|wrote|notes?|noted)\b")
# Without one of these, neither side of a quotation can give it to an outlet.
_MAY_TELL = re.compile(r"(?:report|writ|wrote|note)[^.!?\n]*\W*$|:\W*$")
_MAY_LEAD = re.compile(
    r"[\s”\",.]*(?:according to|reported|wrote|writes|reports"
    r"|[^.,;!?\n]{0,80}\s(?:report|writ|wrote|note))"
)

Ends = tuple[int, int]


class Voices:
    """The words of one text that are somebody's, found paragraph by paragraph when asked for."""

    __slots__ = (
        "_blocks",
        "_done",
        "_marked",
        "_signed",
        "_starts",
        "_told",
        "_transcript",
        "text",
    )

    def __init__(self, text: str) -> None:
        """Take a text; nothing is read yet."""
        self.text = text
        # Some papers write double marks as two single ones; the length must not change.
        self._marked = text
        if "‘‘" in text or "’’" in text:
            self._marked = text.replace("‘‘", " “").replace("’’", "” ")
        self._signed = "(@" in text
        self._blocks = None if _is_plain(text) else paragraphs(text)
        self._starts = [b.start for b in self._blocks or ()]
        self._transcript: bool | None = None
        self._done: dict[int, list[Ends]] = {}
        self._told: dict[Ends, bool] = {}

    def spoken(self, start: int, end: int) -> list[Ends]:
        """Return what :func:`speech` gives that reaches into the characters asked for."""
        found: list[Ends] = []
        for block in self._between(start, end):
            done = self._done.get(block[0])
            if done is None:
                said = self._of_block(*block)
                done = self._done[block[0]] = sorted(set(said)) if len(said) > 1 else said
            if done:
                found += [s for s in done if s[0] < end and start < s[1]]
        return found

    def is_medium(self, quoted: Ends) -> bool:
        """Return :func:`by_medium` of a quotation, remembered."""
        told = self._told.get(quoted)
        if told is None:
            told = self._told[quoted] = by_medium(self.text, span(*quoted))
        return told

    def _between(self, start: int, end: int) -> Iterator[Ends]:
        """Yield the paragraphs that may reach into a stretch, trimmed."""
        if self._blocks is not None:
            for block in self._blocks[max(0, bisect_right(self._starts, start) - 1) :]:
                if block.start >= end:
                    return
                yield block.start, block.end
            return
        text, at = self.text, self.text.rfind("\n", 0, start) + 1
        while at < end:
            stop = text.find("\n", at)
            stop = len(text) if stop < 0 else stop
            line = text[at:stop]
            if kept := line.strip():
                begin = at + line.index(kept[0])
                yield begin, begin + len(kept)
            at = stop + 1

    def _of_block(self, start: int, end: int) -> list[Ends]:
        """Return the words of a paragraph that are somebody's: in marks, as a whole, in person."""
        found = self._quoted(start, end) if _MARKS.search(self._marked, start, end) else []
        if (
            (not found and self._before(start) == ":")
            or (self._signed and _SIGNATURE.match(self.text, self._after(end)))
            or (self._is_label(start) and self._is_transcript())
        ):
            found.append((start, end))
        if _FIRST_PERSON.search(self.text, start, end):
            found += list(self._in_person(span(start, end), found))
        return found

    def _quoted(self, start: int, end: int) -> list[Ends]:
        text = self._marked
        # Two marks made one leave a space, which at the edge is not the paragraph's.
        while text[start].isspace():
            start += 1
        while text[end - 1].isspace():
            end -= 1
        return [(s.start, s.end) for s in quotations_in(text, span(start, end))]

    def _before(self, start: int) -> str:
        """Return the last character of the paragraph before."""
        if self._blocks is not None:
            at = bisect_right(self._starts, start) - 2
            return self.text[self._blocks[at].end - 1] if at >= 0 else ""
        at = start - 1
        while at >= 0 and self.text[at].isspace():
            at -= 1
        return self.text[at] if at >= 0 else ""

    def _after(self, end: int) -> int:
        """Return where the next paragraph begins; the end of the text if there is none."""
        if self._blocks is not None:
            at = bisect_right(self._starts, end)
            return self._starts[at] if at < len(self._starts) else len(self.text)
        while end < len(self.text) and self.text[end].isspace():
            end += 1
        return end

    def _is_label(self, start: int) -> bool:
        label = _SPEAKER.match(self.text, start)
        return label is not None and not table().named(label[1])

    def _is_transcript(self) -> bool:
        """Return whether enough paragraphs open with a name and a colon."""
        if self._transcript is None:
            self._transcript = False
            if self.text.count(":") >= FEWEST_SPEAKERS:
                starts = (block[0] for block in self._between(0, len(self.text)))
                self._transcript = sum(map(self._is_label, starts)) >= FEWEST_SPEAKERS
        return self._transcript

    def _in_person(self, block: Span, spoken: Sequence[Ends]) -> Iterator[Ends]:
        """Yield the sentences that, outside of the words known as spoken, say "I" or "you"."""
        said: list[Span] | None = None
        for m in _FIRST_PERSON.finditer(self.text, block.start, block.end):
            at = m.start()
            if any(s <= at < e for s, e in spoken):
                continue
            if said is None:
                said = sentences_in(self.text, block)
            yield next((s.start, s.end) for s in said if s.start <= at < s.end)


def _is_plain(text: str) -> bool:
    """Return whether the paragraphs of a text are its lines."""
    if "###" in text or "***" in text:
        return False
    low = 0
    for low, _ in enumerate(_LOW_LINE.finditer(text), 1):
        if low == FEWEST_LOW_LINES:
            return not wrapped_breaks(text)
    return True


def speech(text: str) -> list[Span]:
    """
    Return the spans a text shows as somebody's words, by start; they may overlap.

    Quotation marks, a paragraph signed as a post, one that a colon announces or a speaker's name
    opens, and sentences in the first or second person.

    >>> t = 'He read it out:\\n\\nBoats stay in.\\n\\nI came. They left.\\n\\nMayor: no such thing.'
    >>> [s.of(t) for s in speech(t)]
    ['Boats stay in.', 'I came.']
    """
    return [span(*ends) for ends in Voices(text).spoken(0, len(text))]


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
    if _MAY_TELL.search(before):
        for mention in table().find(before):
            rest = before[mention.span.end :]
            if _TELLS.match(rest) and not _HEARS.search(before[: mention.span.start]):
                return True
    if _MAY_LEAD.match(after):
        for mention in table().find(after):
            lead = after[: mention.span.start]
            if _LEADS.fullmatch(lead) and (
                _REPORTS.match(after[mention.span.end :]) or lead.strip('”",. \n')
            ):
                return True
    return False
