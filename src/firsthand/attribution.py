"""
Articles → "X told Y": every statement of source, with its cue, source, content and addressee.

Rules only. A cue from ``data/cues.tsv`` is found outside quotation marks and read by ``speech.py``;
newsrooms named in other ways by ``newsrooms.py``; credit lines, datelines and bylines by
``credits.py``. What the words of a source mean is decided by ``mentions.py``, who "he", "the paper"
or a bare surname is by ``cast.py``. Here they are put together: content widened to whole
quotations, "citing a source" joined to who reports it, and a bare name that "reported" made a
newsroom once the text calls it one.

Known to fail: sources named only in a later paragraph, irony, languages other than English (credits
only).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from firsthand import credits
from firsthand.cast import Cast
from firsthand.model import Article, Attribution, hull
from firsthand.newsrooms import by_outlet, cited_pieces, first_by, to_itself
from firsthand.outlets import outlet_id_of
from firsthand.reading import Found, Reading
from firsthand.speech import statements
from firsthand.stage import each
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
    cast = Cast(reading)
    read = _retold(_called([cast.attribution(f) for f in found], cast.called))
    yield from _cited_through(read, reading)


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
