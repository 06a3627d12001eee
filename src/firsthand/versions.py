"""
What changed between captures of one article, and addresses that hold another text by now.

Captures of one article whose words are not all the same are versions of it: one article, several
pages, and a note for what differs. Versions are told apart by their words alone, so a curly mark or
a line break is no change. Which of two is the later is said only where both captures say when they
were fetched; files that do not are compared with the representative, and no order is claimed.

An address that holds less than 90 % of the same text is no recapture, and that is a note as well.
Front pages and sections hold other text every day: an address counts only if its last part looks
like an article's.

Known to fail: furniture that one capture kept and another did not shows as a change, which is why a
note says that captures differ and never who changed what; a paragraph that moved shows as taken out
at one place and added at another; addresses are compared as they are spelt.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise

from firsthand.model import Article, Note, NoteKind, Span, hull, span
from firsthand.stage import together
from firsthand.text import WORD, folded_words, sentences

# More changes of one pair, and more pairs of one article, are counted and not shown.
MOST_CHANGES, MOST_VERSIONS = 3, 3
# Changes with fewer equal words than this between them are one: "on Monday" for "by Friday".
EQUAL_BETWEEN = 3
# Words compared with words; a larger block without a sentence in common is one change.
MOST_COMPARISONS = 1_000_000
SHOWN_CHARS = 160
# An address with more different texts than this is no article's.
MOST_AT_AN_ADDRESS = 20
NO_ARTICLE = ("consent", "paywall", "truncated")


@together(takes=Article, by="story_id", gives=Note)
def compare(articles: list[Article]) -> Iterator[Note]:
    """Yield what differs between the captures of each article of a story."""
    captures: dict[str, list[Article]] = defaultdict(list)
    for article in sorted(articles, key=lambda a: a.article_id):
        captures[article.copy_of or article.article_id].append(article)
    for head_id, group in captures.items():
        heads = [a for a in group if a.article_id == head_id]
        if len(group) > 1 and heads:
            for earlier, later, known in _pairs(heads[0], group)[:MOST_VERSIONS]:
                yield from _differences(earlier, later, known)


def _pairs(head: Article, group: Sequence[Article]) -> list[tuple[Article, Article, bool]]:
    """Return the versions two by two, earlier first where that is known (and whether it is)."""
    versions: dict[tuple[str, ...], Article] = {}
    for article in sorted(group, key=lambda a: (a is not head, _fetched(a), a.article_id)):
        key = tuple(folded_words(article.text))
        # Of one wording the earliest capture says since when it stood there.
        if key not in versions or _is_earlier(article, versions[key]):
            versions[key] = article
    first, *others = versions.values()
    in_time = sorted((a for a in versions.values() if _time(a.captured_at)), key=_fetched)
    if not all(_is_earlier(a, b) for a, b in pairwise(in_time)):
        return [(first, other, False) for other in others]
    pairs = [(a, b, True) for a, b in pairwise(in_time)]
    undated = [a for a in versions.values() if a not in in_time and a is not first]
    if first not in in_time:
        undated += in_time[:1]
    return pairs + [(first, other, False) for other in undated]


def _fetched(article: Article) -> str:
    return article.captured_at or ""


def _is_earlier(one: Article, other: Article) -> bool:
    """Return whether one capture is known to be older than the other."""
    times = [_time(a.captured_at) for a in (one, other)]
    if times[0] is None or times[1] is None:
        return False
    # With a zone on one side only the two cannot be put in order.
    return (times[0].tzinfo is None) == (times[1].tzinfo is None) and times[0] < times[1]


def _time(at: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(at) if at else None
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Words of two texts that stand where the other has others; either side may be empty."""

    left: Span
    right: Span


def changes(left: str, right: str) -> list[Change]:
    """
    Return where the words of two texts differ, in order.

    >>> a = "Two boats sank off Eddis. Nobody was hurt, the harbour master said."
    >>> b = "Three boats sank off Eddis. Nobody was hurt, the harbour master said on Friday."
    >>> [(c.left.of(a), c.right.of(b)) for c in changes(a, b)]
    [('Two', 'Three'), ('', 'on Friday')]
    >>> changes("“Fog,” she said.", '"Fog" she\\nsaid')
    []
    """
    sides = [sentences(left), sentences(right)]
    texts = [
        [tuple(folded_words(s.of(text))) for s in spans]
        for text, spans in zip((left, right), sides, strict=True)
    ]
    found: list[tuple[int, int, int, int]] = []
    words = _words(left, sides[0]), _words(right, sides[1])
    edges = [_edges(side) for side in texts]
    for tag, a, a_end, b, b_end in SequenceMatcher(None, texts[0], texts[1], False).get_opcodes():
        if tag != "equal":
            block = edges[0][a], edges[0][a_end], edges[1][b], edges[1][b_end]
            found += _within(left, right, words, block)
    return [
        Change(left=_characters(words[0], a, a_end), right=_characters(words[1], b, b_end))
        for a, a_end, b, b_end in _joined(found)
    ]


def _words(text: str, spans: Sequence[Span]) -> list[Span]:
    return [span(m.start(), m.end()) for s in spans for m in WORD.finditer(text, s.start, s.end)]


def _edges(side: Sequence[tuple[str, ...]]) -> list[int]:
    """Return before how many words each sentence begins, and how many there are."""
    edges = [0]
    for words in side:
        edges.append(edges[-1] + len(words))
    return edges


def _within(
    left: str, right: str, words: tuple[list[Span], list[Span]], block: tuple[int, int, int, int]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the word ranges that differ in a block of sentences."""
    a, a_end, b, b_end = block
    if (a_end - a) * (b_end - b) > MOST_COMPARISONS:
        yield block
        return
    mine = [w.of(left).casefold() for w in words[0][a:a_end]]
    theirs = [w.of(right).casefold() for w in words[1][b:b_end]]
    for tag, i, i_end, j, j_end in SequenceMatcher(None, mine, theirs, False).get_opcodes():
        if tag != "equal":
            yield a + i, a + i_end, b + j, b + j_end


def _joined(found: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Return the ranges, those that stand next to each other as one."""
    joined: list[tuple[int, int, int, int]] = []
    for change in found:
        if joined and change[0] - joined[-1][1] < EQUAL_BETWEEN:
            before = joined.pop()
            change = before[0], change[1], before[2], change[3]
        joined.append(change)
    return joined


def _characters(words: Sequence[Span], first: int, end: int) -> Span:
    if first < end:
        return hull(words[first:end])
    at = words[first].start if first < len(words) else words[-1].end if words else 0
    return span(at, at)


def _differences(earlier: Article, later: Article, known: bool) -> Iterator[Note]:
    """Yield a note for the changes that tell most: numbers and words that deny first."""
    found = changes(earlier.text, later.text)
    telling = sorted(
        found,
        key=lambda c: not _TELLING.search(f"{c.left.of(earlier.text)} {c.right.of(later.text)}"),
    )
    for change in telling[:MOST_CHANGES]:
        gone = change.right.start == change.right.end
        article, place = (earlier, change.left) if gone else (later, change.right)
        said = _said(change, earlier, later, known)
        count = f"One of {len(found)} differences. " if len(found) > 1 else ""
        yield _note(article, "edited later", place, count + said)


_TELLING = re.compile(r"\d|\b(?:no|not|never|den\w+|alleg\w+)\b", re.IGNORECASE)


def _said(change: Change, earlier: Article, later: Article, known: bool) -> str:
    old, new = _shown(change.left.of(earlier.text)), _shown(change.right.of(later.text))
    if known:
        days = _when(earlier, later)
        if old and new:
            return f"Captured {days[0]} it had “{old}”, captured {days[1]} “{new}”."
        if old:
            return f"Captured {days[0]} it had “{old}”; captured {days[1]} these words are gone."
        return f"Captured {days[1]} it has “{new}”; captured {days[0]} it did not."
    which = "Which of the two captures is later is not known."
    if old and new:
        return f"Another capture has “{old}” where this one has “{new}”. {which}"
    return f"Another capture does not have “{old or new}”. {which}"


def _shown(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= SHOWN_CHARS else flat[:SHOWN_CHARS].rsplit(" ", 1)[0] + " …"


def _when(earlier: Article, later: Article) -> tuple[str, str]:
    """Return when two captures were fetched: the days, or the times where the day is one."""
    times = earlier.captured_at or "", later.captured_at or ""
    length = 10 if times[0][:10] != times[1][:10] else 16 if times[0][:16] != times[1][:16] else 40
    return times[0][:length].replace("T", " "), times[1][:length].replace("T", " ")


# The last part of an article's address has words joined, or a number, as a section's has not.
_OF_AN_ARTICLE = re.compile(r"https?://[^/?#]+/[^#]*[-_\d][^/#]*/?(?:#.*)?", re.IGNORECASE)


@together(takes=Article, by="url", gives=Note)
def at_one_address(articles: list[Article]) -> Iterator[Note]:
    """Yield the articles whose address held another text when it was captured again."""
    if not _OF_AN_ARTICLE.fullmatch(articles[0].url or ""):
        return
    alone = [a for a in articles if a.copy_of is None and a.not_read not in NO_ARTICLE]
    if not 1 < len(alone) <= MOST_AT_AN_ADDRESS:
        return
    for article in alone:
        others = [
            a for a in alone if a.capture_id != article.capture_id and a.text_id != article.text_id
        ]
        if others:
            yield _note(article, "same address, different text", None, _elsewhere(others))


def _elsewhere(others: Sequence[Article]) -> str:
    days = sorted({a.captured_at[:10] for a in others if a.captured_at})
    when = f" ({', '.join(days[:MOST_VERSIONS])})" if days else ""
    n = len(others)
    captures = "Another capture" if n == 1 else f"{n} other captures"
    return f"{captures} of the same address{when} {'holds' if n == 1 else 'hold'} a different text."


def _note(article: Article, kind: NoteKind, place: Span | None, message: str) -> Note:
    return Note(
        kind=kind,
        capture_id=article.capture_id,
        article_id=article.article_id,
        span=place,
        message=message,
    )


__all__ = ["at_one_address", "changes", "compare"]
