"""
Articles → "X told Y": every statement of source, with its cue, source, content and addressee.

Rules only, in this order: a cue from ``data/cues.tsv`` is found outside quotation marks; the source
is the noun phrase beside it (before the verb, after an inverted verb, after "according to"); the
content is what remains of the sentence, widened to whole quotations. What the source's words mean
is decided by ``mentions.py``; who "he", "the paper" or a bare surname is, by what stood before
(:class:`Cast`). Credit lines, datelines and bylines are ``credits.py``'s.

Known to fail: nested clauses with two subjects, "reported" of companies (kept as organisations),
sources named only in a later paragraph, languages other than English (credits only).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from firsthand import credits, mentions
from firsthand.mentions import Meant, meaning_of
from firsthand.model import Article, Attribution, In, SourceKind, Span, digest, hull, span
from firsthand.outlets import OutletMention, outlet_id_of, table
from firsthand.stage import each
from firsthand.text import name_key, paragraphs, quotations, sentences, span_at

# A source phrase longer than this is a clause, not a name.
MOST_SOURCE_WORDS = 16
# Shorter text after "Smith said" is when or where he said it, not what.
FEWEST_CONTENT_WORDS = 3
# An unknown name is taken for an outlet only on what the text says of it; how sure each way is.
STRENGTH = {"table": 0.95, "named": 0.9, "media word": 0.85, "descriptor": 0.8, "told": 0.75}

_TOKEN = re.compile(r"\w+(?:[’'.\-]\w+)*|[^\w\s]")
_SKIP = frozenset(
    "also has have had later then reportedly allegedly previously earlier first subsequently "
    "recently since repeatedly now still only further itself himself herself then exclusively".split()
)
_BOUNDARY = frozenset(
    "that but and while as because when after although though if since which where whereas "
    "before so or than whether how what".split()
)
_PASSIVE = frozenset("is are was were be been being gets got".split())
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_TIME = re.compile(
    rf"^\s*(?:(?:late |early )?(?:on |in |at |during |last |this |earlier |yesterday|today|over )"
    rf"(?:[\w.\[\]’' ]{{0,40}}?))?\s*(?:{_DAY}(?: (?:morning|afternoon|evening|night))?)?"
    rf"(?:\s*\[[^\]]{{1,30}}\])?\s*(?=[,.:;]|that\b|$)"
)
_THAT = re.compile(r"^[\s,:]*(?:that\s+)?")
_RIGHT_END = re.compile(
    rf"[,.;:()“”\"—–]|\s(?:that|which|while|when|as|after|before|on {_DAY}|{_DAY}|in an?|at a|"
    rf"during|through|adding|citing|referring|but|and that|who|last|this week|late|early|told)\b"
)
_VIA_REPORT = re.compile(
    r"\b(?:reports?|story|stories|article|articles|investigation|dispatch|account|documents?|"
    r"interview|coverage|reporting|emails?|memos?|recording|video|records?|post|column|op-ed)\s+"
    r"(?:(?:published|carried|aired|obtained|posted|released|broadcast|seen|reviewed)\s+)?"
    r"(?:by|from|in|on|with)\s+(?P<who>.+)$"
)
# A phrase with one of these in it is a clause, not the name of who speaks.
_FINITE = re.compile(
    r"\b(?:was|were|is|are|had|has|have|would|will|could|can|did|does|may|might|should|must)\b"
)
_TRAILING_TIME = re.compile(
    rf",?\s+(?:(?:late |early |earlier )?on |late |early |earlier )?(?:{_DAY}|today|yesterday)"
    r"(?: (?:morning|afternoon|evening|night))?$|\s+in (?:a|an) (?:statement|interview|e-?mail|tweet)$"
)
_INTERVIEW = re.compile(
    r"(?:\bin(?:terview(?:ed)?)?\b[^.;]{0,40}\binterview(?:ed)? (?:with|by|on|to|published in)|"
    r"\binterview(?:ed)? (?:with|by|on|to)|\bsp(?:oke|eaking) (?:to|with)|\btalk(?:ed|ing) (?:to|with)|"
    r"\b(?:statements?|comments?|remarks|emails?|e-mails?|messages?|letter)\b[^.;]{0,30}? (?:to|for|with)|"
    r"\b(?:confirmed|said|revealed|admitted|acknowledged|disclosed|explained) to|"
    r"\b(?:sent|given|provided|released|emailed|e-mailed|shared)(?: exclusively)? (?:to|with))"
    r"\s+(?:(?:a|the|an)\s+)?$"
)
_BY_OUTLET = re.compile(
    r"\b(?P<cue>(?:first |originally |previously |earlier )?(?:reported|obtained|published|revealed|"
    r"reviewed|seen|broken|posted|noted|unveiled|aired|quoted|cited|conducted|leaked)(?: \w+day)? (?:by|in|on|to)|"
    r"as reported by|via|courtesy of|h/t:?|hat tip:?|per)\s+$"
)
_OUTLETS_REPORT = re.compile(
    r"(?:’s|'s)?\s+(?:(?:exclusive|new|initial|original|first|earlier)\s+)?"
    r"(?P<cue>report|story|article|investigation|exposé|scoop)\b(?!\w)"
)
_CITED_PIECE = re.compile(
    rf"[”\"“,]\s*(?P<who>{mentions.NAME})(?:,\s*by [^,]{{3,40}})?,\s*"
    rf"(?P<cue>[A-Z][a-z]+\.? \d{{1,2}}, \d{{4}}|\d{{1,2}} [A-Z][a-z]+ \d{{4}})"
)


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
        [*statements(reading), *by_outlet(reading), *cited_pieces(reading)],
        key=lambda f: (f.cue.start, f.cue.end),
    )
    found = [_with_quotations(f, reading, found) for f in found]
    cast = Cast(reading)
    yield from _cited_through([cast.attribution(f) for f in found], reading)


class Reading:
    """One article prepared for reading: its sentences, quotations and outlet names."""

    def __init__(self, article: Article) -> None:
        """Find sentences, paragraphs, quotations and outlets once."""
        self.article = article
        self.text = article.text
        self.sentences = sentences(self.text)
        self.paragraphs = paragraphs(self.text)
        self.quotes = quotations(self.text)
        self.outlets = table().find(self.text)

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
        return span(self.sentences[first].start, self.sentences[last].end)

    def paragraph_at(self, position: int) -> Span:
        """Return the paragraph around a position."""
        at = span_at(self.paragraphs, position)
        return self.paragraphs[at] if at is not None else span(position, position + 1)

    def outlet_in(self, where: Span) -> OutletMention | None:
        """Return the last outlet named inside a span, or None."""
        inside = [m for m in self.outlets if where.holds(m.span)]
        return inside[-1] if inside else None


@cache
def _cues() -> tuple[re.Pattern[str], dict[str, Cue]]:
    with (files("firsthand") / "data" / "cues.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    known = {row["cue"].casefold(): Cue(row["cue"], row["family"]) for row in rows}
    spoken = [c for c in known if known[c].family != "hedge"]
    alternatives = "|".join(re.escape(c) for c in sorted(spoken, key=len, reverse=True))
    return re.compile(rf"\b(?:{alternatives})\b", re.IGNORECASE), known


@cache
def _hedges() -> re.Pattern[str]:
    cues = [c.text for c in _cues()[1].values() if c.family == "hedge"]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, cues))})\b", re.IGNORECASE)


def statements(reading: Reading) -> Iterator[Found]:
    """Yield what verbs of speech and "according to" attribute, cue by cue."""
    pattern, known = _cues()
    for m in pattern.finditer(reading.text):
        family = known[m.group().casefold()].family
        if reading.quoted(m.start()):
            continue
        cue = span(m.start(), m.end())
        sentence = reading.sentence_at(m.start())
        if family in ("according", "cite"):
            found = _after_preposition(reading, cue, family, sentence)
        else:
            found = _around_verb(reading, cue, family, sentence)
        if found is not None:
            yield found


def _after_preposition(reading: Reading, cue: Span, family: str, sentence: Span) -> Found | None:
    """Return "according to X" with what it introduces or follows."""
    source = _phrase_right(reading, cue.end, sentence, to_clause=True)
    if source is None:
        return None
    rest = _trimmed(reading.text, span(source.end, sentence.end))
    before = _trimmed(reading.text, span(sentence.start, cue.start))
    pieces: tuple[Span, ...] = tuple(
        p for p in (before, rest) if p and _n_words(reading.text, p) > 1
    )
    return Found(cue=cue, family=family, rule=family, source=source, pieces=pieces)


def _around_verb(reading: Reading, cue: Span, family: str, sentence: Span) -> Found | None:
    """Return "X said Y", "Y, X said" or "Y, said X"; None where the verb says nothing here."""
    text = reading.text
    before = text[sentence.start : cue.start].rstrip()
    last_word = re.search(r"(\w+)$", before)
    if last_word and last_word.group(1).casefold() in _PASSIVE:
        return None
    if text[cue.start : cue.end].casefold() == "reports" and _is_noun(before):
        return None
    addressee = _addressee(reading, cue, sentence) if family == "tell" else None
    if family == "tell" and addressee is None:
        return None
    after = addressee.end if addressee else cue.end
    # Behind a comma or a closing quotation mark the verb may be inverted: "…," said the mayor.
    if before[-1:] in ",”\"’'—–" and family != "tell":
        inverted = _inverted(reading, cue, family, sentence)
        if inverted is not None:
            return inverted
    source = _phrase_left(reading, cue, sentence)
    if source is None:
        return None
    pieces = _content(reading, source, after, sentence)
    if not pieces or not _strong_enough(reading, family, after, source, pieces, sentence):
        return None
    return Found(
        cue=cue, family=family, rule=family, source=source, addressee=addressee, pieces=pieces
    )


def _is_noun(before: str) -> bool:
    last = before.split()[-1].casefold() if before.split() else ""
    return not before or last in {
        "the",
        "these",
        "those",
        "media",
        "news",
        "of",
        "such",
        "his",
        "its",
    }


def _inverted(reading: Reading, cue: Span, family: str, sentence: Span) -> Found | None:
    source = _phrase_right(reading, cue.end, sentence)
    if source is None or _FINITE.search(source.of(reading.text)):
        return None
    behind = reading.text[source.end : sentence.end]
    if behind.strip() and not re.match(
        rf"\s*(?:[,.;:)—–”\"]|(?:on|in|at|during|after|when|as|while|last|{_DAY}|through|late)\b)",
        behind,
    ):
        return None
    before = _trimmed(reading.text, span(sentence.start, cue.start))
    if before is None:
        return None
    pieces = [before]
    if quoted := re.search(r"[“\"]", behind):
        pieces.append(span(source.end + quoted.start(), sentence.end))
    return Found(
        cue=cue, family=family, rule=f"{family} inverted", source=source, pieces=tuple(pieces)
    )


def _phrase_left(reading: Reading, cue: Span, sentence: Span) -> Span | None:
    """Return the noun phrase that is the subject of the verb at ``cue``, appositives included."""
    text = reading.text
    tokens = [t for t in _TOKEN.finditer(text, sentence.start, cue.start)]
    at = len(tokens) - 1
    while at >= 0 and tokens[at].group().casefold() in _SKIP:
        at -= 1
    if at < 0:
        return None
    end = tokens[at].end()
    if tokens[at].group() == ",":
        # "Jane Doe, the mayor, said": over the appositive, to the comma that opens it.
        opening = at - 1
        while opening >= 0 and tokens[opening].group() not in ',.;:”"“':
            opening -= 1
        if opening < 1 or tokens[opening].group() != ",":
            return None
        end, at = tokens[at].start(), opening - 1
    elif tokens[at].group() == ")":
        while at >= 0 and tokens[at].group() != "(":
            at -= 1
        at -= 1
    start = at + 1
    while start > 0 and not _stops(tokens[start - 1].group(), tokens[start - 1], reading):
        start -= 1
    what_it_said = start and tokens[start - 1].group().casefold() == "what"
    if what_it_said and tokens[start].group().casefold() in ("he", "she", "it", "they"):
        return None
    if time := _TRAILING_TIME.search(text[tokens[start].start() : end] if start <= at else ""):
        end = tokens[start].start() + time.start()
    phrase = _without_adverbial(text, tokens, start, end)
    if phrase is None or len(phrase.of(text).split()) > MOST_SOURCE_WORDS:
        return None
    return phrase if meaning_of(phrase.of(text).split(",")[0]) is not None else None


def _stops(token: str, match: re.Match[str], reading: Reading) -> bool:
    return (
        token in ',;:()“”"—–-[]' or token.casefold() in _BOUNDARY or reading.quoted(match.start())
    )


def _without_adverbial(text: str, tokens: list[re.Match[str]], start: int, end: int) -> Span | None:
    """Return the span from token ``start``, less an adverbial before the subject."""
    while start < len(tokens) and tokens[start].start() < end:
        word = tokens[start].group()
        following = tokens[start + 1].group() if start + 1 < len(tokens) else ""
        if word in ("On", "In", "Late", "Early", "Last", "Earlier", "Meanwhile", "Still", "Later"):
            start += 1
            while start < len(tokens) and tokens[start].start() < end:
                if re.match(r"(?:the|a|an|he|she|they|it)$", tokens[start].group()):
                    break
                start += 1
            continue
        if word in ("But", "And", "Yet", "So", "Also", "Then", "Now") and following:
            start += 1
            continue
        return span(tokens[start].start(), end)
    return None


def _phrase_right(
    reading: Reading, position: int, sentence: Span, *, to_clause: bool = False
) -> Span | None:
    """Return the noun phrase that begins at ``position``, up to a mark or a word that ends it."""
    text = reading.text
    start = position
    while start < sentence.end and text[start].isspace():
        start += 1
    if text.startswith("that ", start):
        return None
    end_mark = _RIGHT_END.search(text, start, sentence.end)
    end = end_mark.start() if end_mark else sentence.end
    # "Lt. Ana Vale": the full stop of a title or an initial does not end the name.
    while (
        end_mark
        and end_mark.group() == "."
        and re.search(
            r"\b(?:Mr|Mrs|Ms|Dr|Gen|Lt|Col|Sgt|Capt|Rep|Sen|Gov|St|[A-Z]|U\.S|U\.N)$",
            text[start:end],
        )
    ):
        end_mark = _RIGHT_END.search(text, end + 1, sentence.end)
        end = end_mark.start() if end_mark else sentence.end
    while end > start and text[end - 1].isspace():
        end -= 1
    words = text[start:end].split()
    if not words or len(words) > MOST_SOURCE_WORDS:
        return None
    if not to_clause and meaning_of(text[start:end]) is None:
        return None
    return span(start, end)


def _addressee(reading: Reading, cue: Span, sentence: Span) -> Span | None:
    """Return who is told: up to "that", a mark, a day, or the clause that follows."""
    text = reading.text
    rest = text[cue.end : sentence.end]
    m = re.match(
        rf"\s+(?P<who>(?:(?:the|a|an|his|her|their|its|this)\s+)?(?:{mentions.NAME}(?:’s|'s)?\s*"
        rf"(?:newspaper|news agency|television|TV|radio|magazine|reporters|website)?"
        rf"|(?:[\w’'\-]+\s+){{0,4}}?(?:newspaper|daily|paper|news outlet|news agency|outlet|network|"
        rf"broadcaster|agency|magazine|website|station|reporters|journalists|lawmakers|parliament|"
        rf"court|crowd|audience|police|investigators|me|us|them|him|her)))\b",
        rest,
    )
    if m is None:
        return None
    return span(cue.end + m.start("who"), cue.end + len(rest[: m.end("who")].rstrip()))


def _content(reading: Reading, source: Span, after: int, sentence: Span) -> tuple[Span, ...]:
    """Return what is said: the clause behind the verb, or, where that is short, the one before."""
    text = reading.text
    rest = text[after : sentence.end]
    when = _TIME.match(rest)
    rest_start = after + (when.end() if when else 0)
    if that := _THAT.match(text[rest_start : sentence.end]):
        rest_start += that.end()
    behind = _trimmed(text, span(rest_start, sentence.end))
    before = _trimmed(text, span(sentence.start, source.start))
    stops_there = text[rest_start : rest_start + 1] in (",", ".", ";") or (
        when is not None and when.end() > 0 and rest[when.end() : when.end() + 1] in (",", ".", ";")
    )
    ends_clause = text[sentence.start : source.start].rstrip()[-1:] in ',”"’—–'
    n_behind = _n_words(text, behind) if behind else 0
    opens_quote = bool(re.search(r"[“\"]", text[after : rest_start + 1]))
    if before and ends_clause and _n_words(text, before) >= FEWEST_CONTENT_WORDS:
        closes_quote = text[sentence.start : source.start].rstrip()[-1:] in '”"'
        if closes_quote or n_behind < FEWEST_CONTENT_WORDS or stops_there or rest[:1] in ",.;":
            return (before, behind) if behind and opens_quote else (before,)
    return (behind,) if behind and n_behind else ((before,) if before and ends_clause else ())


def _strong_enough(
    reading: Reading,
    family: str,
    after: int,
    source: Span,
    pieces: tuple[Span, ...],
    sentence: Span,
) -> bool:
    """Return whether a weaker verb is used to state something: that-clause, quotation, end."""
    if family in ("say", "tell", "deny"):
        return True
    text = reading.text
    rest = text[after : sentence.end]
    if re.match(r"[^,;]{0,40}?\b(?:that|whether|how)\b", rest) or re.match(
        r"\s*[,:]?\s*[“\"]", rest
    ):
        return True
    if pieces[0].end <= source.start:
        return True
    named = reading.outlet_in(source) or mentions.media_name(source.of(text))
    return family == "report" and bool(named)


def _trimmed(text: str, where: Span) -> Span | None:
    """Return the span without white space, commas and dashes at its edges, or None if empty."""
    start, end = where.start, where.end
    while start < end and (text[start].isspace() or text[start] in ",;:–—"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:–—"):
        end -= 1
    return span(start, end) if re.search(r"\w", text[start:end]) else None


def _n_words(text: str, where: Span) -> int:
    return len(re.findall(r"\w+", where.of(text)))


def by_outlet(reading: Reading) -> Iterator[Found]:
    """Yield "first reported by X", "in an interview with X", "documents obtained by X", "via X"."""
    text = reading.text
    for mention in reading.outlets:
        if reading.quoted(mention.span.start) or not mention.sure:
            continue
        sentence = reading.sentence_at(mention.span.start)
        before = text[sentence.start : mention.span.start]
        before += "" if before.endswith((" ", "(")) else " "
        pieces = (sentence,)
        if m := _BY_OUTLET.search(before):
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
            yield Found(
                cue=cue, family="tell", rule="interview", addressee=mention.span, pieces=pieces
            )


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
    pattern, known = _cues()
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


def _with_quotations(found: Found, reading: Reading, others: list[Found]) -> Found:
    """Return the attribution with its content widened to whole quotations and those that follow."""
    if not found.pieces or found.rule in (
        "cited piece",
        "interview",
        "by outlet",
        "first reported",
    ):
        return found
    pieces = list(found.pieces)
    for quote in reading.quotes:
        for i, piece in enumerate(pieces):
            if piece.overlaps(quote) and not piece.holds(quote):
                pieces[i] = hull([piece, quote])
    end = max(p.end for p in [*pieces, found.cue])
    quote_near = any(p.overlaps(q) for p in pieces for q in reading.quotes)
    following = min((f.cue.start for f in others if f.cue.start > found.cue.start), default=None)
    for quote in reading.quotes if quote_near else ():
        gap = reading.text[end : quote.start]
        if quote.start >= end and len(gap) < 8 and not re.search(r"\w", gap):
            sentence_end = reading.sentence_at(quote.start).end
            if following is None or following > sentence_end:
                pieces.append(quote)
                end = quote.end
    return replace(found, pieces=tuple(sorted(pieces)))


class Cast:
    """Who has been named so far in one article, so that "he" and "the paper" can be resolved."""

    def __init__(self, reading: Reading) -> None:
        """List the people and outlets the text names, with where."""
        self.reading = reading
        self.people = mentions.people(reading.text)
        self.last_person: str | None = None
        self.last_body: Meant | None = None
        self.bodies: dict[str, Meant] = {}
        self.outlets: list[_Known] = [
            _Known(m.span.start, m.outlet.name, m.outlet.outlet_id, m.outlet.kind, m.outlet.medium)
            for m in reading.outlets
            if m.sure and not reading.quoted(m.span.start)
        ]

    def attribution(self, found: Found) -> Attribution:
        """Return the finished attribution: whom its source and addressee mean."""
        text, article = self.reading.text, self.reading.article
        addressee = self._addressee(found)
        kind, name, source_id, strength = self._source(found, told=addressee is not None)
        if addressee is None and found.addressee and kind == "unnamed":
            addressee = self._told_unknown(found.addressee)
        content = hull(found.pieces) if found.pieces else None
        around = self.reading.sentence_at(found.cue.start)
        edge = found.source or found.addressee or found.cue
        return Attribution(
            attribution_id=digest(article.article_id, found.cue.start, edge.start, found.rule),
            article_id=article.article_id,
            kind="statement",
            in_=found.in_,
            cue=found.cue,
            source=found.source,
            content=content,
            content_pieces=found.pieces,
            addressee=found.addressee,
            source_name=name,
            source_kind=kind,
            source_id=source_id,
            addressee_name=addressee.name if addressee else None,
            addressee_id=addressee.outlet_id if addressee else None,
            hedged=bool(_hedges().search(around.of(text))),
            denied=found.family == "deny",
            strength=strength,
            rule=found.rule,
        )

    def _source(
        self, found: Found, *, told: bool
    ) -> tuple[SourceKind | None, str | None, str | None, float]:
        if found.source is None:
            return self._speaker_before(found)
        phrase = found.source.of(self.reading.text)
        if via := _VIA_REPORT.search(phrase):
            known = self._known_in(found.source) or self._meant_outlet(via["who"], found)
            if known:
                return known.kind, known.name, known.outlet_id, known.strength
        known = self._known_in(found.source)
        if known and self._is_head(phrase, found.source, known):
            self._heard(known, found.cue.start)
            return known.kind, known.name, known.outlet_id, known.strength
        meant = found.meant or meaning_of(phrase) or meaning_of(phrase.split(",")[0])
        if meant is None:
            return None, phrase, None, 0.5
        return self._resolved(meant, found, phrase)

    def _is_head(self, phrase: str, source: Span, known: _Known) -> bool:
        """Return whether the outlet is the source itself, not "a reporter for X" or "X's editor"."""
        behind = phrase[known.position - source.start :]
        owned = re.search(r"(?:’s|'s)\s+[A-Za-z]", behind)
        before = phrase[: max(0, known.position - source.start)]
        role = re.search(r"\b(?:spokes\w+|editor|owner|executive|anchor|host)\b", phrase)
        return not role and not owned and not re.search(r"\b(?:to|about|against)\s+$", before)

    def _resolved(
        self, meant: Meant, found: Found, phrase: str
    ) -> tuple[SourceKind | None, str | None, str | None, float]:
        if meant.how == "pronoun":
            return self._pronoun(meant)
        if mentions.short_media_name(meant.name):
            known = self._short_name(meant.name)
            return (
                ("outlet", known.name, known.outlet_id, 0.85)
                if known
                else ("outlet", None, None, 0.4)
            )
        if meant.how in ("descriptor", "report"):
            known = self._last_outlet(found.cue.start, mentions.descriptor_medium(phrase))
            if known is None and meant.how == "report":
                return "document", phrase, None, 0.6
            if known is None:
                return "outlet", None, None, 0.4
            return known.kind, known.name, known.outlet_id, min(known.strength, 0.85)
        if meant.kind == "outlet":
            known = self._unknown_outlet(meant.name, found, phrase)
            if known is None:
                return "outlet", None, None, 0.4
            return known.kind, known.name, known.outlet_id, known.strength
        if meant.kind == "person":
            full = self._full_name(meant.name, found.cue.start)
            if (
                full is None
                and meant.how == "surname"
                and not re.search(r"\bM(?:r|rs|s)\.", phrase)
            ):
                # "Norvik reported": a bare name that reports may be a newsroom; nothing says so yet.
                weak = found.family in ("report", "according")
                self.last_body = Meant("organisation", meant.name)
                return "organisation", meant.name, None, 0.5 if weak else 0.7
            self.last_person = full or meant.name
            return "person", self.last_person, None, 0.8
        if meant.kind in ("organisation", "government"):
            meant = self._body(meant)
        return meant.kind, meant.name, None, 0.8

    def _body(self, meant: Meant) -> Meant:
        """Return the body meant; "the ministry" is the ministry last named in full."""
        last = meant.name.split()[-1].casefold()
        if " " in meant.name or not meant.name[0].islower():
            self.bodies[last] = self.last_body = meant
        self.last_body = self.bodies.get(last, meant)
        return self.last_body

    def _pronoun(self, meant: Meant) -> tuple[SourceKind | None, str | None, str | None, float]:
        if meant.kind == "person":
            return "person", self.last_person, None, 0.7 if self.last_person else 0.4
        if self.last_body is None:
            return None, meant.name, None, 0.4
        return self.last_body.kind, self.last_body.name, None, 0.6

    def _speaker_before(
        self, found: Found
    ) -> tuple[SourceKind | None, str | None, str | None, float]:
        """Return who speaks "in an interview with X": the nearest full name in the sentence."""
        sentence = self.reading.sentence_at(found.cue.start)
        near = [name for at, name in self.people if sentence.start <= at < found.cue.start]
        if near:
            return "person", near[-1], None, 0.7
        return (
            ("person", self.last_person, None, 0.6) if self.last_person else (None, None, None, 0.6)
        )

    def _full_name(self, name: str, before: int) -> str | None:
        last = name.split()[-1].rstrip("’'s") if name.endswith(("’s", "'s")) else name.split()[-1]
        if len(name.split()) > 1:
            return name
        earlier = [full for at, full in self.people if full.split()[-1] == last and at < before]
        return earlier[-1] if earlier else None

    def _known_in(self, where: Span) -> _Known | None:
        mention = self.reading.outlet_in(where)
        if mention is None or not mention.sure:
            return None
        o = mention.outlet
        return _Known(mention.span.start, o.name, o.outlet_id, o.kind, o.medium)

    def _addressee(self, found: Found) -> _Known | None:
        if found.addressee is None:
            return None
        if known := self._known_in(found.addressee):
            return known
        phrase = found.addressee.of(self.reading.text)
        return self._meant_outlet(phrase, found)

    def _meant_outlet(self, phrase: str, found: Found) -> _Known | None:
        meant = meaning_of(phrase)
        if meant is None or meant.kind != "outlet":
            return None
        if meant.how == "descriptor":
            known = self._last_outlet(found.cue.start, mentions.descriptor_medium(phrase))
            return replace(known, strength=min(known.strength, 0.85)) if known else None
        return self._unknown_outlet(meant.name, found, phrase)

    def _unknown_outlet(self, name: str, found: Found, phrase: str) -> _Known | None:
        if mentions.short_media_name(name):
            return self._short_name(name)
        way = "media word" if mentions.media_name(phrase) else "named"
        listed = table().named(name)
        strength = STRENGTH["table" if listed else way]
        known = _Known(
            found.cue.start,
            listed.name if listed else name,
            listed.outlet_id if listed else outlet_id_of(name),
            "agency" if (listed and listed.kind == "agency") or "agency" in phrase else "outlet",
            listed.medium if listed else "",
            strength,
        )
        self._heard(known, found.cue.start)
        return known

    def _short_name(self, name: str) -> _Known | None:
        """Return the one outlet the article names in full that "the Times" is short for."""
        last = name.split()[-1].casefold()
        names = {k.outlet_id: k for k in self.outlets if k.name.split()[-1].casefold() == last}
        own = self.reading.article.outlet
        listed = (table().named(own) or table().at(own)) if own else None
        if not names and listed and listed.name.split()[-1].casefold() == last:
            return _Known(0, listed.name, listed.outlet_id, "outlet", listed.medium)
        return next(iter(names.values())) if len(names) == 1 else None

    def _told_unknown(self, where: Span) -> _Known | None:
        """Return the outlet a source that will not be named has told, if a bare name stands there."""
        name = re.sub(r"^[Tt]he ", "", where.of(self.reading.text))
        meant = meaning_of(name)
        if meant is None or not name[0].isupper() or meant.kind in ("government", "unnamed"):
            return None
        known = _Known(where.start, name, outlet_id_of(name), "outlet", "", STRENGTH["told"])
        self._heard(known, where.start)
        return known

    def _heard(self, known: _Known, position: int) -> None:
        self.outlets.append(replace(known, position=position))

    def _last_outlet(self, position: int, medium: str | None) -> _Known | None:
        """Return the outlet last named before a position that a descriptor's medium fits."""
        fitting = [k for k in self.outlets if k.position < position and _fits(k, medium)]
        return max(fitting, key=lambda k: k.position) if fitting else None


@dataclass(frozen=True, slots=True)
class _Known:
    position: int
    name: str
    outlet_id: str
    kind: SourceKind = "outlet"
    medium: str = ""
    strength: float = field(default=0.95)


_MEDIA_OF = {
    "newspaper": {"newspaper"},
    "daily": {"newspaper"},
    "paper": {"newspaper"},
    "tabloid": {"newspaper"},
    "weekly": {"newspaper", "magazine"},
    "magazine": {"magazine"},
    "broadcaster": {"broadcaster", "radio"},
    "network": {"broadcaster", "radio", "website"},
    "channel": {"broadcaster"},
    "station": {"broadcaster", "radio"},
    "news agency": {"agency"},
    "agency": {"agency"},
    "wire service": {"agency"},
    "newswire": {"agency"},
}


def _fits(known: _Known, medium: str | None) -> bool:
    return (
        not known.medium or medium is None or known.medium in _MEDIA_OF.get(medium, {known.medium})
    )


def _cited_through(found: list[Attribution], reading: Reading) -> Iterator[Attribution]:
    """
    Yield the attributions; "citing a source, the Post reported" makes the Post the one told.

    A name that only "reported" so far becomes an outlet where a descriptor later calls it one.
    """
    found = _promoted(found, reading)
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


def _promoted(found: list[Attribution], reading: Reading) -> list[Attribution]:
    """Return the attributions with unresolved "the daily" joined to the name that last reported."""
    promoted: dict[str, str] = {}
    result: list[Attribution] = []
    last: Attribution | None = None
    for a in found:
        if a.source_kind == "organisation" and a.source_name and a.strength <= 0.5:
            last = a
        phrase = a.source.of(reading.text) if a.source else ""
        named = a.source_kind == "outlet" and a.source_id is None and a.source_name is None
        told = (
            a.addressee
            and a.addressee_id is None
            and mentions.descriptor_medium(a.addressee.of(reading.text))
        )
        report = a.source_kind == "document" and bool(phrase) and a.strength == 0.6
        if last is not None and last.source_name and (named or told or report):
            name, known = last.source_name, outlet_id_of(last.source_name)
            if named or told:
                promoted[name_key(name)] = name
            if name_key(name) in promoted and (named or report):
                a = replace(
                    a, source_kind="outlet", source_name=name, source_id=known, strength=0.8
                )
            elif name_key(name) in promoted:
                a = replace(a, addressee_name=name, addressee_id=known)
        result.append(a)
    return [
        replace(a, source_kind="outlet", source_id=outlet_id_of(a.source_name), strength=0.8)
        if a.source_name and name_key(a.source_name) in promoted and a.source_id is None
        and a.source_kind == "organisation"
        else a
        for a in result
    ]  # fmt: skip
