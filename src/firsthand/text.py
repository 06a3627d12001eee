"""
Words, sentences, paragraphs and quotations of a text, always with their character offsets.

Nothing here changes a text: normal forms are computed beside it, and every answer is a span of the
original. Sentence ends are decided by rules (a full stop after an abbreviation or an initial is
none), since a wrong cut costs a claim or a source while a parser costs an install.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, islice, pairwise

from firsthand.model import Span, span

WORD = re.compile(r"\w+")
OPENING, CLOSING = "“«„", "”»"
_MARK = re.compile(f'["{OPENING}{CLOSING}]')
# Text dumps put paragraphs on one line with a row of marks between them: "first ### second".
_SEPARATOR = re.compile(r"\n|(?<!\S)(?:#{3,}|\*{3,})(?!\S)")
# A sentence ends at . ! ? or … with closing marks after it, before white space and a capital,
# a digit or an opening mark.
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+[\"'“‘«„(\[]*[\w])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Sgt|Capt|Cmdr|Adm|Rep|Sen|Gov|Pres|Rev|Hon|Jr|Sr|St|"
    r"Mt|vs|No|Nos|Inc|Corp|Co|Ltd|Bros|Dept|Univ|etc|al|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|"
    r"Sep|Oct|Nov|Dec|a\.m|p\.m|i\.e|e\.g|Fla|Calif|Ariz|Pa|Mass|Mich|Minn|Ill|Tex|Va|Wash|Wis|"
    r"Ala|Ark|Colo|Conn|Ga|Ind|Kan|La|Md|Miss|Mo|Mont|Neb|Nev|Okla|Ore|Tenn|Vt|Wyo|Del)"
    r"|\b[A-Z](?:\.[A-Z])*)\.$"
)
# After these a capital may well begin a new sentence: "at 6 p.m. Police said".
_MAY_END = re.compile(r"\b(?:a\.m|p\.m|Jr|Sr|Inc|Corp|Co|Ltd|etc|U\.S|U\.N|U\.K|D\.C|E\.U)\.$")
_STARTER = re.compile(
    r"\s+[\"'“‘(\[]*(?:The|A|An|He|She|It|They|We|I|But|And|In|On|At|That|This|Those|These|His|Her|"
    r"Their|Its|There|When|While|After|Before|Police|Officials|Asked|Both|For|If|As|No|Not|One|Some|"
    r"Since|Many|Most|Also|According|However|Meanwhile|Earlier|Later|Last)\b"
)


def words(text: str) -> list[Span]:
    """Return the spans of all words (runs of Unicode letters, digits and underscores), in order."""
    return [span(m.start(), m.end()) for m in WORD.finditer(text)]


def folded_words(text: str) -> list[str]:
    """
    Return the casefolded words of a text: what "verbatim" compares.

    >>> folded_words("The Harbour's Mouth")
    ['the', 'harbour', 's', 'mouth']
    """
    return [word.casefold() for word in WORD.findall(text)]


def paragraphs(text: str) -> list[Span]:
    """
    Return the spans of all lines that hold a word, trimmed, in order.

    Lines of a text broken at a fixed width make one paragraph together (:func:`wrapped_breaks`). A
    row of three or more ``#`` or ``*`` that stands alone separates paragraphs like a line break.

    >>> t = "One. ### Two.\\n\\n  Three. "
    >>> [p.of(t) for p in paragraphs(t)]
    ['One.', 'Two.', 'Three.']
    """
    return list(_paragraphs(text))


# Several stages ask for the sentences of one text in turn; this many texts are remembered.
REMEMBERED_TEXTS = 256


@lru_cache(maxsize=REMEMBERED_TEXTS)
def _paragraphs(text: str) -> tuple[Span, ...]:
    found, start = [], 0
    inside = wrapped_breaks(text)
    # One separator at a time: a text may be nothing but line breaks, millions of them.
    seps = (m.span() for m in _SEPARATOR.finditer(text) if m.start() not in inside)
    for end, following in chain(seps, [(len(text), 0)]):
        line = text[start:end]
        if kept := line.strip():
            begin = start + len(line) - len(line.lstrip())
            found.append(span(begin, begin + len(kept)))
        start = following
    return tuple(found)


# Text broken at a fixed width has lines of 40 to 100 characters; longer lines are paragraphs.
WRAP_CHARS = (40, 100)
# So many breaks must surely lie inside a sentence, and so many of those (in hundredths) where the
# next word had no room; the width is that of the longest such line among the nearest ones.
SURE_BREAKS, FULL_BREAKS, NEAR_BREAKS = 3, 80, 6
_CLOSED = (".", "!", "?", ":", '"', "”", "’", ")", "…")
# A line that begins with a small letter, or with something else that is no capital of English.
_SMALL_BELOW = re.compile(r"\n[^\S\n]*[^\W\d_A-Z]")


@lru_cache(maxsize=REMEMBERED_TEXTS)
def wrapped_breaks(text: str) -> frozenset[int]:
    """
    Return the line breaks that only a fixed width made: places of ``\\n`` inside a paragraph.

    A break is one where the next word would not have fitted. What fits is learnt from breaks in
    front of a small letter; without three of them a text is not taken to be broken at a width.

    >>> t = ("The harbour stayed closed on Monday because of thick\\nfog, the port authority said "
    ...      "on the second day of it,\\nand two ferries waited outside of the breakwater\\nuntil "
    ...      "the evening.\\nA third one turned back to Ostrey.")
    >>> [t[at + 1 :].split()[0] for at in sorted(wrapped_breaks(t))]
    ['fog,', 'and', 'until']
    >>> wrapped_breaks("Fog on the pier\\nrain on the quay\\nsnow on the boats")
    frozenset()
    """
    small = (m for m in _SMALL_BELOW.finditer(text) if m.group()[-1].islower())
    if sum(1 for _ in islice(small, SURE_BREAKS)) < SURE_BREAKS:
        return frozenset()
    found: set[int] = set()
    run: list[tuple[int, str]] = []
    start = 0
    while start <= len(text):
        at = text.find("\n", start)
        at = len(text) if at < 0 else at
        kept = text[start:at].strip()
        start = at + 1
        if len(kept) > WRAP_CHARS[1]:
            found |= _breaks_of(run) if len(run) > SURE_BREAKS else set()
            run = []
        elif kept or not run or run[-1][1]:
            # Of empty lines one is as good as a million.
            run.append((at, kept))
    return frozenset(found | _breaks_of(run))


def _breaks_of(run: list[tuple[int, str]]) -> set[int]:
    """Return the breaks inside paragraphs of a run of short lines: (place of its end, line)."""
    sure = [
        i
        for i, ((_, line), (_, below)) in enumerate(pairwise(run))
        if below[:1].islower() and len(line) >= WRAP_CHARS[0] and not line.endswith(_CLOSED)
    ]
    if len(sure) < SURE_BREAKS:
        return set()
    long = [len(run[i][1]) for i in sure]
    found: set[int] = set()
    n_full = k = 0
    for i, ((at, line), (_, below)) in enumerate(pairwise(run)):
        while k + 1 < len(sure) and sure[k] < i:
            k += 1
        if not line or not below:
            continue
        width = max(long[max(0, k - NEAR_BREAKS) : k + NEAR_BREAKS])
        full = len(line) + 1 + min(len(below.partition(" ")[0]), 15) > width
        n_full += full and sure[k] == i
        if sure[k] == i or (full and not _opens(run, i + 1, line, width)):
            found.add(at)
    return found if 100 * n_full >= FULL_BREAKS * len(sure) else set()


def _opens(run: list[tuple[int, str]], i: int, above: str, width: int) -> bool:
    """Return whether a line below a closed one is a headline: neither full nor closed itself."""
    line = run[i][1]
    below = run[i + 1][1].partition(" ")[0] if i + 1 < len(run) else ""
    full = bool(below) and len(line) + 1 + len(below) > width
    return above.endswith(_CLOSED) and not full and not line.endswith(_CLOSED)


def sentences(text: str) -> list[Span]:
    """
    Return the spans of all sentences, trimmed, in order; a sentence never leaves its paragraph.

    >>> t = "Gen. A. Smith left. He said: “Stop. Now.” Then at 6 p.m. The U.S. Army came."
    >>> [s.of(t) for s in sentences(t)]
    ['Gen. A. Smith left.', 'He said: “Stop.', 'Now.”', 'Then at 6 p.m.', 'The U.S. Army came.']
    """
    return list(_sentences(text))


@lru_cache(maxsize=REMEMBERED_TEXTS)
def _sentences(text: str) -> tuple[Span, ...]:
    return tuple(s for paragraph in _paragraphs(text) for s in sentences_in(text, paragraph))


def sentence_at(text: str, position: int) -> Span | None:
    """Return the sentence that holds a place of the text, or None; no list is made for it."""
    known = _sentences(text)
    at = span_at(known, position)
    return None if at is None else known[at]


def sentences_in(text: str, paragraph: Span) -> list[Span]:
    """Return the spans of the sentences of one paragraph, trimmed, in order."""
    found: list[Span] = []
    start = paragraph.start
    for m in _END.finditer(text, paragraph.start, paragraph.end):
        if m.group() == "." and not _ends_here(text, start, m.end()):
            continue
        found.append(span(start, m.end()))
        start = m.end()
        while start < paragraph.end and text[start].isspace():
            start += 1
    if start < paragraph.end:
        found.append(span(start, paragraph.end))
    return found


def _ends_here(text: str, start: int, end: int) -> bool:
    """Return whether a single full stop at ``end - 1`` ends the sentence begun at ``start``."""
    before = text[max(start, end - 14) : end]
    if _ABBREVIATION.search(before):
        return bool(_MAY_END.search(before) and _STARTER.match(text, end))
    following = text[end : end + 4].lstrip().lstrip("\"'“‘«„([")
    return not following[:1].islower()


def quotations(text: str) -> list[Span]:
    """
    Return the spans of quoted words, without their marks, in order, outermost only.

    Curly, angle and straight double marks count. A quotation that runs over paragraphs (each opens
    with a mark, only the last closes) gives one span a paragraph. A mark nobody closes ends with
    its paragraph; one nobody opened is passed over.

    >>> [s.of('He said "yes" and “no”') for s in quotations('He said "yes" and “no”')]
    ['yes', 'no']
    """
    return list(_quotations(text))


@lru_cache(maxsize=REMEMBERED_TEXTS)
def _quotations(text: str) -> tuple[Span, ...]:
    return tuple(s for paragraph in _paragraphs(text) for s in quotations_in(text, paragraph))


def quotations_in(text: str, paragraph: Span) -> list[Span]:
    """Return the spans of quoted words of one paragraph (:func:`quotations`), in order."""
    found: list[Span] = []
    opened: int | None = None
    straight = False
    for m in _MARK.finditer(text, paragraph.start, paragraph.end):
        at, mark = m.start(), m.group()
        if opened is None:
            if mark in OPENING or (mark == '"' and _may_open(text, at, paragraph)):
                opened, straight = at + 1, mark == '"'
        elif (mark == '"') if straight else (mark in CLOSING or mark == '"'):
            if at > opened:
                found.append(span(opened, at))
            opened = None
    if opened is not None and opened < paragraph.end:
        found.append(span(opened, paragraph.end))
    return found


def _may_open(text: str, at: int, paragraph: Span) -> bool:
    """Return whether the straight mark at ``at`` can open: not straight after a word."""
    after_word = at > paragraph.start and (text[at - 1].isalnum() or text[at - 1] in ".,!?")
    return not after_word and at + 1 < paragraph.end and not text[at + 1].isspace()


def span_at(spans: Sequence[Span], position: int) -> int | None:
    """
    Return the index of the span that holds ``position``, or None; spans sorted, not overlapping.

    >>> span_at([span(0, 4), span(6, 9)], 7), span_at([span(0, 4)], 4)
    (1, None)
    """
    at = bisect_right(spans, position, key=lambda s: s.start) - 1
    return at if at >= 0 and position < spans[at].end else None


def name_key(name: str) -> str:
    """
    Return the form in which two spellings of one name are equal: letters and digits only.

    >>> name_key("The Kelmar Al-Dinar") == name_key("Kelmar al-Dinar")
    True
    >>> name_key("AP") == name_key("Ap.")
    True
    """
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold().strip()
    plain = re.sub(r"^the\s+", "", plain)
    return re.sub(r"[\W_]+", "", plain)
