"""
Articles → "X told Y": every statement of source, with its cue, source, content and addressee.

Rules come first. A cue from ``data/cues.tsv`` is found outside quotation marks and read by
``speech.py``; newsrooms named in other ways by ``newsrooms.py``; credit lines, datelines and
bylines by ``credits.py``. What the words of a source mean is decided by ``mentions.py``, who "he",
"the paper" or a bare surname is by ``cast.py``. Here they are put together: content widened to
whole quotations, "citing a source" joined to who reports it, and a bare name that "reported" made
a newsroom once the text calls it one.

What no rule reads ``tagger.py`` does (rule ``tagged``; ``quoted`` where nothing says who speaks),
and ``acts.py`` where that does not look (rule ``act``). Its sources are the better spans and its
contents have more of their pieces, so a rule's attribution takes these over where both read one
cue; whom the words mean the rule has decided. What was tagged is listed and decides nothing
(``Attribution.listed_only``); its strength is at most ``MOST_TAGGED``. Counted, it made more
articles' lineage right and more primary sources wrong (``benchmarks/quality/origins.py``).

Known to fail: sources named only in a later paragraph, irony, languages other than English (credits
only).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from firsthand import credits, tagger
from firsthand.acts import acts, governed, views
from firsthand.cast import Cast
from firsthand.model import LISTED_RULES, Article, Attribution, Span, digest, hull
from firsthand.newsrooms import by_outlet, cited_pieces, first_by, to_itself
from firsthand.outlets import outlet_id_of
from firsthand.reading import Found, Reading, family_of
from firsthand.speech import statements, told
from firsthand.stage import each
from firsthand.tagger import Event
from firsthand.text import name_key


@each(takes=Article, gives=Attribution)
def attribute(article: Article) -> Iterator[Attribution]:
    """
    Yield every statement of source in the article, in reading order.

    >>> text = "A clerk told the Harbour Post that the bridge would stay shut."
    >>> made = Article(article_id="a", capture_id="c", place=0, text_id="t", path="p", text=text)
    >>> [(a.source.of(text), a.cue.of(text), a.addressee_name) for a in attribute(made)]
    [('A clerk', 'told', 'Harbour Post')]
    """
    yield from credits.credits_of(article)
    if article.language not in (None, "en"):
        return
    reading = Reading(article)
    found = sorted(
        [
            *statements(reading),
            *by_outlet(reading),
            *first_by(reading),
            *to_itself(reading),
            *cited_pieces(reading),
        ],
        key=lambda f: (f.cue.start, f.cue.end),
    )
    starts = [f.cue.start for f in found]
    following = [
        starts[at] if (at := bisect_right(starts, s)) < len(starts) else None for s in starts
    ]
    found = [_with_quotations(f, reading, n) for f, n in zip(found, following, strict=True)]
    events = tagger.events(reading.text)
    cast = Cast(reading)
    both = _with_listed(reading, events, found)
    ruled, listed = _resolved(both, cast)
    read = _retold(_called(ruled, cast.called))
    tags = _Tags(article.text, events)
    yield from (tags.spans_for(a) for a in _cited_through(read, reading))
    yield from (tags.weighed(a) for a in listed)
    yield from (_quoted(article, event) for event in events if event.cue is None)


# No count of origins reads an attribution as weak as this (``standing.py``).
MOST_TAGGED = 0.5
_NO_NAMES = frozenset("that which who whom what whose this these those there one".split())
# What these say stands around a name, not beside a verb: no tagged span is theirs.
_AROUND_NAMES = (
    "cited piece", "interview", "by outlet", "first reported", "in brackets", "outlet's report",
)  # fmt: skip


def _with_listed(reading: Reading, events: Sequence[Event], found: Sequence[Found]) -> list[Found]:
    """Return what the rules found, what was tagged and what acts of speech there are, in order."""
    taken = sorted(f.cue for f in found)
    others: list[Found] = []
    for event in events:
        if event.cue is not None and _meeting(event.cue, taken) is None:
            others.append(_tagged(reading, event, event.cue))
    taken = sorted([*taken, *(f.cue for f in others)])
    acted = [*acts(reading), *views(reading)]
    others += [f for f in acted if _meeting(f.cue, taken) is None]
    both = sorted([*found, *others], key=lambda f: (f.cue.start, f.cue.end))
    for at, f in enumerate(both):
        if f.rule == "tagged" and f.source is None:
            both[at] = replace(f, source=governed(reading, f.cue, both[max(0, at - 4) : at]))
    return both


def _resolved(found: Sequence[Found], cast: Cast) -> tuple[list[Attribution], list[Attribution]]:
    """Return what the rules read and what is only listed, with whom their words mean."""
    ruled: list[Attribution] = []
    listed: list[Attribution] = []
    aside: Cast | None = None
    for f in found:
        if f.rule in LISTED_RULES:
            # What decides nothing must not decide whom a rule's "he" means either.
            aside = aside or cast.aside()
            listed.append(aside.attribution(f))
        else:
            ruled.append(cast.attribution(f))
            aside = None
    return ruled, listed


def _tagged(reading: Reading, event: Event, cue: Span) -> Found:
    """Return what was tagged as the rules give it."""
    family = family_of(cue.of(reading.text))
    return Found(
        cue=cue,
        family=family,
        rule="tagged",
        source=event.source,
        addressee=told(reading, cue) if family == "tell" else None,
        pieces=event.pieces,
    )


def _meeting(cue: Span, spans: Sequence[Span]) -> int | None:
    """Return the index of the first of ``spans`` (sorted, not overlapping) that meets the cue."""
    at = bisect_right(spans, cue.start, key=lambda s: s.end)
    return at if at < len(spans) and spans[at].overlaps(cue) else None


class _Tags:
    """What was tagged in one article, looked up by cue."""

    def __init__(self, text: str, events: Sequence[Event]) -> None:
        self._text = text
        self.events = [e for e in events if e.cue is not None]
        self._cues = [e.cue for e in self.events if e.cue is not None]

    def at(self, cue: Span | None) -> Event | None:
        at = None if cue is None else _meeting(cue, self._cues)
        return None if at is None else self.events[at]

    def spans_for(self, a: Attribution) -> Attribution:
        """
        Return a rule's attribution with the tagged source, and with content the rule left out.

        A rule's content is never narrowed: what a newsroom is cited for encloses what others say.
        """
        event = None if a.rule in _AROUND_NAMES else self.at(a.cue)
        if event is None:
            return a
        if event.source and a.source and event.source.overlaps(a.source):
            a = replace(a, source=event.source)
        if not any(p.overlaps(q) for p in event.pieces for q in a.content_pieces):
            return a
        theirs = (*a.content_pieces, *(s for s in (a.cue, a.source) if s))
        more = [p for p in event.pieces if not any(p.overlaps(q) for q in theirs)]
        pieces = tuple(sorted((*a.content_pieces, *more)))
        return replace(a, content=hull(pieces), content_pieces=pieces) if more else a

    def weighed(self, a: Attribution) -> Attribution:
        """Return a tagged attribution as strong as it was tagged, and no stronger than all are."""
        event = self.at(a.cue)
        strength = round(min(a.strength, MOST_TAGGED * (event.strength if event else 1)), 3)
        if a.source is None or a.source.of(self._text).casefold() in _NO_NAMES:
            # Nobody is named beside the cue, and nobody is guessed at.
            a = replace(a, source_name=None, source_kind=None, source_id=None)
        return replace(a, strength=strength)


def _quoted(article: Article, event: Event) -> Attribution:
    """Return a quotation for which nothing says who speaks."""
    return Attribution(
        attribution_id=digest(article.article_id, event.pieces[0].start, -1, "quoted"),
        article_id=article.article_id,
        kind="statement",
        content=hull(event.pieces),
        content_pieces=event.pieces,
        strength=0.0,
        rule="quoted",
    )


# Quotations further apart than this are not one speech going on.
MOST_GAP_CHARS = 8


def _with_quotations(found: Found, reading: Reading, following: int | None) -> Found:
    """
    Return the attribution with its content widened to whole quotations and those that follow.

    ``following`` is where the next cue begins: a quotation up to there is still this one's.
    """
    if not found.pieces or found.rule in (
        "cited piece",
        "interview",
        "by outlet",
        "first reported",
    ):
        return found
    pieces = list(found.pieces)
    quote_near = False
    for i, piece in enumerate(pieces):
        for quote in reading.quotes_from(piece.start):
            if quote.start >= piece.end:
                break
            quote_near = True
            if not piece.holds(quote):
                pieces[i] = hull([pieces[i], quote])
    end = max(p.end for p in [*pieces, found.cue])
    if not quote_near:
        return replace(found, pieces=tuple(sorted(pieces)))
    for quote in reading.quotes_from(end):
        gap = reading.text[end : min(quote.start, end + MOST_GAP_CHARS)]
        if quote.start < end:
            continue
        if quote.start - end >= MOST_GAP_CHARS or re.search(r"\w", gap):
            break
        if following is not None and following <= reading.sentence_at(quote.start).end:
            break
        pieces.append(quote)
        end = quote.end
    return replace(found, pieces=tuple(sorted(pieces)))


def _cited_through(found: list[Attribution], reading: Reading) -> Iterator[Attribution]:
    """Yield the attributions; "citing a source, the Post reported" makes the Post the one told."""
    for a in found:
        if a.rule == "cite" and a.cue is not None and a.addressee_id is None:
            sentence = reading.sentence_at(a.cue.start)
            for b in found:
                reports = b.source_id and b.source_kind in ("outlet", "agency") and b.rule != "cite"
                if reports and b.cue and sentence.holds(b.cue):
                    a = replace(
                        a,
                        addressee_name=b.source_name,
                        addressee_id=b.source_id,
                        content=b.content,
                        content_pieces=b.content_pieces,
                    )
                    break
        yield a


def _retold(found: list[Attribution]) -> list[Attribution]:
    """
    Return the attributions with a bare name made a newsroom where it reports what another reported.

    "The agency said …, Norvik reported": only a newsroom passes on what a newsroom said.
    """
    known = {
        name_key(b.source_name)
        for b in found
        if b.source_kind in ("outlet", "agency") and b.source_name
    }
    newsrooms = [b for b in found if b.source_name and name_key(b.source_name) in known]

    def retells(a: Attribution) -> bool:
        bare = a.source_kind == "organisation" and a.strength <= 0.5 and a.rule.startswith("report")
        return bare and any(
            p.holds(b.cue) for p in a.content_pieces for b in newsrooms if b.cue is not None
        )

    return [
        replace(a, source_kind="outlet", source_id=outlet_id_of(a.source_name), strength=0.8)
        if a.source_name and retells(a)
        else a
        for a in found
    ]


def _called(found: list[Attribution], called: set[str]) -> list[Attribution]:
    """Return the attributions with bare names made newsrooms that a descriptor called so."""
    return [
        replace(a, source_kind="outlet", source_id=outlet_id_of(a.source_name), strength=0.8)
        if a.source_name
        and a.source_id is None
        and a.source_kind in ("organisation", "person")
        and name_key(a.source_name) in called
        else a
        for a in found
    ]
