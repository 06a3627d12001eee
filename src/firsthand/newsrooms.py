"""
Newsrooms named as where something stood: "first reported by X", "X's report", a cited piece.

A name alone attributes nothing: many sentences that name an outlet are photograph credits, links,
or news about the outlet. So each rule asks for words around the name that say the
newsroom had it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from firsthand import mentions
from firsthand.mentions import Meant
from firsthand.model import Span, span
from firsthand.reading import Found, Reading, cues
from firsthand.speech import subject_left
from firsthand.venues import only_named_here, venues

_INTERVIEW = re.compile(
    r"(?:\bin(?:terview(?:ed)?)?\b[^.;]{0,40}\binterview(?:ed)? (?:with|by|on|to|published in)|"
    r"\binterview(?:ed)? (?:with|by|on|to)|\b[Ss]p(?:oke|eaking) (?:to|with)|"
    r"\btalk(?:ed|ing)? (?:to|with)|\b(?:conversation|exchange) with|"
    r"\b(?:statements?|comments?|remarks|e-?mails?|messages?|letter)\b[^.;]{0,30}? (?:to|for|with)|"
    r"\b(?:confirmed|said|revealed|admitted|acknowledged|disclosed|explained) to|"
    r"\b(?:sent|given|provided|released|emailed|e-mailed|shared)(?: exclusively)? (?:to|with))"
    r"\s+(?:(?:a|the|an)\s+)?$"
)
_BY_OUTLET = re.compile(
    r"\b(?P<cue>(?:first |originally |previously |earlier )?(?:reported|obtained|published|"
    r"revealed|reviewed|seen|broken|posted|noted|unveiled|aired|quoted|cited|conducted|"
    r"leaked)(?: \w+day)? "
    r"(?:by|in|on|to)|as reported by|via|courtesy of|h/t:?|hat tip:?|[Pp]er)\s+$"
)
_OUTLETS_REPORT = re.compile(
    r"(?:’s|'s)?\s+(?:(?:exclusive|new|initial|original|first|earlier)\s+)?"
    r"(?P<cue>report|story|article|investigation|exposé|scoop)\b(?!\w)"
)
_FIRST_BY = re.compile(
    rf"\b(?P<cue>(?:first|originally) (?:reported|published|revealed|broken) by) "
    rf"(?P<who>(?:the )?{mentions.NAME})"
)
_THIS_NEWSROOM = re.compile(
    r"\b(?:this|our) (?:newspaper|paper|magazine|website|site|station|network|channel|agency|"
    r"programme|reporter|correspondent)\b"
)
_CITED_PIECE = re.compile(
    rf"[”\"“,]\s*(?P<who>{mentions.NAME})(?:,\s*by [^,]{{3,40}})?,\s*"
    rf"(?P<cue>[A-Z][a-z]+\.? \d{{1,2}}, \d{{4}}|\d{{1,2}} [A-Z][a-z]+ \d{{4}})"
)


def by_outlet(reading: Reading) -> Iterator[Found]:
    """Yield "first reported by X", "in an interview with X", "documents obtained by X", "via X"."""
    yield from venues(reading)
    text = reading.text
    for mention in reading.outlets:
        if reading.quoted(mention.span.start):
            continue
        sentence = reading.sentence_at(mention.span.start)
        before = text[sentence.start : mention.span.start]
        before += "" if before.endswith((" ", "(")) else " "
        pieces = (sentence,)
        # A name of several meanings is a newsroom's where someone speaks to it: no other rule.
        if not mention.sure and not _INTERVIEW.search(before):
            continue
        m = _BY_OUTLET.search(before)
        # "via" and a name no table knows is as often a photograph's way as a report's.
        if m and m["cue"].lower() in ("via", "courtesy of", "per") and not mention.outlet.domains:
            continue
        if m:
            cue = span(
                sentence.start + m.start("cue"), sentence.start + len(m["cue"]) + m.start("cue")
            )
            first = "first" in m["cue"] or "originally" in m["cue"]
            rule = "first reported" if first else "by outlet"
            yield Found(cue=cue, family="report", rule=rule, source=mention.span, pieces=pieces)
        elif (m := _OUTLETS_REPORT.match(text, mention.span.end)) and not _speaks_at(text, m.end()):
            cue = span(m.start("cue"), m.end("cue"))
            yield Found(
                cue=cue, family="report", rule="outlet's report", source=mention.span, pieces=pieces
            )
        elif before.endswith("(") and text.startswith(")", mention.span.end):
            if paragraph := _closed_by(reading, mention.span):
                cue = span(mention.span.start - 1, mention.span.end + 1)
                yield Found(
                    cue=cue,
                    family="report",
                    rule="in brackets",
                    source=mention.span,
                    pieces=(paragraph,),
                )
        elif m := _INTERVIEW.search(before):
            cue = span(sentence.start + m.start(), sentence.start + len(before[: m.end()].rstrip()))
            # "Two members confirmed to X": the verb has a subject of its own.
            verb = re.match(
                r"(?:confirmed|said|revealed|admitted|acknowledged|disclosed)", m.group()
            )
            yield Found(
                cue=cue,
                family="tell",
                rule="interview",
                source=subject_left(reading, cue, sentence) if verb else None,
                addressee=mention.span,
                pieces=pieces,
            )


def to_itself(reading: Reading) -> Iterator[Found]:
    """Yield where the article's own newsroom is the one told: "in a talk with this newspaper"."""
    text = reading.text
    for m in _THIS_NEWSROOM.finditer(text):
        if reading.quoted(m.start()):
            continue
        sentence = reading.sentence_at(m.start())
        if cue := _INTERVIEW.search(text[sentence.start : m.start()]):
            yield Found(
                cue=span(sentence.start + cue.start(), m.start() - 1),
                family="tell",
                rule="interview",
                addressee=span(m.start(), m.end()),
                pieces=(sentence,),
            )


def first_by(reading: Reading) -> Iterator[Found]:
    """Yield "first reported by X" where only these words say that X is a newsroom."""
    for found in only_named_here(reading, _FIRST_BY, "first reported"):
        name = found.source.of(reading.text) if found.source else ""
        yield replace(found, meant=Meant("outlet", re.sub(r"^[Tt]he ", "", name)))


def _speaks_at(text: str, position: int) -> bool:
    """Return whether a verb of report follows at once: then "report" is read with that verb."""
    return bool(re.match(r"\s+(?:said|says|stated|states|claimed|found|noted)\b", text[position:]))


def _closed_by(reading: Reading, mention: Span) -> Span | None:
    """Return the paragraph that ends with the bracketed name, as a quoted piece is credited."""
    paragraph = reading.paragraph_at(mention.start)
    end = reading.text[mention.end + 1 : paragraph.end].strip()
    before = reading.text[paragraph.start : mention.start - 1].rstrip()
    whole = len(before) > 80 and before[-1:] in ".”\"’'!?"
    return paragraph if whole and end in ("", ".") else None


def cited_pieces(reading: Reading) -> Iterator[Found]:
    """
    Yield a piece cited by title, outlet and date: “Bridge shut,” Harbour Post, May 4, 2031.

    Where a colon ends the line, what follows is the piece: the paragraphs that go on attributing.
    """
    text = reading.text
    for m in _CITED_PIECE.finditer(text):
        paragraph = reading.paragraph_at(m.start("who"))
        if not any(q.end <= m.start("who") <= q.end + 3 for q in reading.quotes):
            continue
        pieces = [paragraph]
        if text[m.end() : paragraph.end].strip() == ":":
            pieces = _piece_below(reading, paragraph) or pieces
        yield Found(
            cue=span(m.start("cue"), m.end("cue")),
            family="report",
            rule="cited piece",
            source=span(m.start("who"), m.end("who")),
            pieces=tuple(pieces),
            meant=Meant("outlet", m["who"]),
        )


def _piece_below(reading: Reading, paragraph: Span) -> list[Span]:
    pattern, known = cues()
    below: list[Span] = []
    for p in reading.paragraphs:
        if p.start <= paragraph.start:
            continue
        if not any(
            known[m.group().casefold()].family in ("report", "tell", "according", "cite", "say")
            for m in pattern.finditer(reading.text, p.start, p.end)
        ):
            break
        below.append(p)
    return below
