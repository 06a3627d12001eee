"""
Verbs of speech and "according to": which words are the source, and which are what it says.

The source is the noun phrase beside the cue: before the verb, over an appositive ("Jane Doe, the
mayor, said"), or behind an inverted one ("…," said the mayor). The content is the rest of the
sentence: behind the verb, or, where too little stands there, the clause before it. Weak verbs
(``claim``, ``publish``, ``report``) need a that-clause, a quotation or the end of the sentence.

Known to fail: a subject far from its verb, two subjects in one clause, "said to be".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firsthand import mentions
from firsthand.mentions import meaning_of
from firsthand.model import Span, span
from firsthand.reading import (
    DAY,
    FEWEST_CONTENT_WORDS,
    Found,
    Reading,
    cues,
    n_words,
    trimmed,
)

# A source phrase longer than this is a clause, not a name.
MOST_SOURCE_WORDS = 16
_TOKEN = re.compile(r"\w+(?:[’'.\-]\w+)*|[^\w\s]")
_SKIP = frozenset(
    "also has have had later then reportedly allegedly previously earlier first subsequently "
    "recently since repeatedly now still only further itself himself herself exclusively".split()
)
_BOUNDARY = frozenset(
    "that but and while as because when after although though if since which where whereas "
    "before so or than whether how what".split()
)
_PASSIVE = frozenset("is are was were be been being gets got".split())
_TIME = re.compile(
    rf"^\s{{0,3}}"
    rf"(?:(?:late |early )?(?:on |in |at |during |last |this |earlier |yesterday|today|over )"
    rf"(?:[\w.\[\]’' ]{{0,40}}?))?\s{{0,3}}(?:{DAY}(?: (?:morning|afternoon|evening|night))?)?"
    rf"(?:\s{{0,3}}\[[^\]]{{1,30}}\])?\s{{0,3}}(?=[,.:;]|that\b|$)"
)
# Words of time are short; what is longer is not looked through.
MOST_TIME_CHARS = 120
_THAT = re.compile(r"^[\s,:]*(?:that\s+)?")
_RIGHT_END = re.compile(
    rf"[,.;:()“”\"—–]|\s(?:that|which|while|when|as|after|before|on {DAY}|{DAY}|in an?|at a|"
    rf"during|through|adding|citing|referring|but|and that|who|last|this week|late|early|told)\b"
)
# A phrase with one of these in it is a clause, not the name of who speaks.
_FINITE = re.compile(
    r"\b(?:was|were|is|are|had|has|have|would|will|could|can|did|does|may|might|should|must)\b"
)
_TRAILING_TIME = re.compile(
    rf",?\s{{1,3}}(?:(?:late |early |earlier )?on |late |early |earlier )?(?:{DAY}|today|yesterday)"
    r"(?: (?:morning|afternoon|evening|night))?$"
    r"|\s+in (?:a|an) (?:statement|interview|e-?mail|tweet)$"
)


# "The Post, which cited the Gazette": what is cited, if it can be a source, not what the Post says.
_CITING = ("cited", "cites", "quoted", "quotes", "credited", "credits")
_WHICH = re.compile(r"\bwhich(?: (?:also|itself|in turn))? $")


def statements(reading: Reading) -> Iterator[Found]:
    """Yield what verbs of speech and "according to" attribute, cue by cue."""
    pattern, known = cues()
    for m in pattern.finditer(reading.text):
        if reading.quoted(m.start()):
            continue
        family = known[m.group().casefold()].family
        cue = span(m.start(), m.end())
        sentence = reading.sentence_at(m.start())
        if family in ("according", "cite"):
            found = _after_preposition(reading, cue, family, sentence)
        elif (
            m.group().casefold() in _CITING
            and _WHICH.search(reading.text[sentence.start : cue.start])
            and (through := _after_preposition(reading, cue, "cite", sentence))
        ):
            found = through
        else:
            found = _around_verb(reading, cue, family, sentence)
        if found is not None:
            yield found


def _after_preposition(reading: Reading, cue: Span, family: str, sentence: Span) -> Found | None:
    """Return "according to X" with what it introduces or follows."""
    source = _phrase_right(reading, cue.end, sentence, to_clause=True)
    meant = meaning_of(source.of(reading.text)) if source else None
    # "citing the new policy" gives a reason, not a source: only a known kind of source is cited.
    if source is None or (family == "cite" and (meant is None or meant.how == "guess")):
        return None
    rest = trimmed(reading.text, span(source.end, sentence.end))
    before = trimmed(reading.text, span(sentence.start, cue.start))
    pieces: tuple[Span, ...] = tuple(
        p for p in (before, rest) if p and n_words(reading.text, p) > 1
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
    source = subject_left(reading, cue, sentence)
    if source is None:
        return None
    addressee = addressee or _on_air(reading, source)
    pieces = _content(reading, source, after, sentence)
    if not pieces or not _strong_enough(reading, family, after, source, pieces, sentence):
        return None
    return Found(
        cue=cue, family=family, rule=family, source=source, addressee=addressee, pieces=pieces
    )


def _on_air(reading: Reading, source: Span) -> Span | None:
    """Return the newsroom in "on Radio Norvik, where the mayor said": the one that was told."""
    start = max(0, source.start - 12)
    before = re.search(r",?\s+where\s+$", reading.text[start : source.start])
    return reading.newsroom_ending_at(start + before.start()) if before else None


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
        rf"\s*(?:[,.;:)—–”\"]|(?:on|in|at|during|after|when|as|while|last|{DAY}|through|late)\b)",
        behind,
    ):
        return None
    before = trimmed(reading.text, span(sentence.start, cue.start))
    if before is None:
        return None
    pieces = [before]
    if quoted := re.search(r"[“\"]", behind):
        pieces.append(span(source.end + quoted.start(), sentence.end))
    return Found(
        cue=cue, family=family, rule=f"{family} inverted", source=source, pieces=tuple(pieces)
    )


def subject_left(reading: Reading, cue: Span, sentence: Span) -> Span | None:
    """Return the noun phrase that is the subject of the verb at ``cue``, appositives included."""
    text = reading.text
    tokens = list(_TOKEN.finditer(text, sentence.start, cue.start))
    at = len(tokens) - 1
    while at >= 0 and tokens[at].group().casefold() in _SKIP:
        at -= 1
    if at < 0:
        return None
    if tokens[at].group() in ("which", "who"):
        return _antecedent(reading, tokens[at].start())
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
    if start > at:
        return None
    what_it_said = start and tokens[start - 1].group().casefold() == "what"
    if what_it_said and tokens[start].group().casefold() in ("he", "she", "it", "they"):
        return None
    if time := _TRAILING_TIME.search(text[tokens[start].start() : end]):
        end = tokens[start].start() + time.start()
    phrase = _without_adverbial(text, tokens, start, end)
    if phrase is None or len(phrase.of(text).split()) > MOST_SOURCE_WORDS:
        return None
    return phrase if meaning_of(phrase.of(text)) is not None else None


def _antecedent(reading: Reading, position: int) -> Span | None:
    """Return the newsroom in "the Harbour Post, which reported", or None for anything else."""
    before = re.search(r",\s{0,3}$", reading.text[max(0, position - 4) : position])
    if before is None:
        return None
    return reading.newsroom_ending_at(position - len(before.group()))


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


def told(reading: Reading, cue: Span) -> Span | None:
    """Return who is told, behind a cue of telling, or None where nobody is named there."""
    return _addressee(reading, cue, reading.sentence_at(cue.start))


def _addressee(reading: Reading, cue: Span, sentence: Span) -> Span | None:
    """Return who is told: up to "that", a mark, a day, or the clause that follows."""
    text = reading.text
    rest = text[cue.end : sentence.end]
    m = re.match(
        rf"\s+(?P<who>(?:(?:the|a|an|his|her|their|its|this)\s+)?(?:{mentions.NAME}(?:’s|'s)?\s*"
        rf"(?:newspaper|news agency|television|TV|radio|magazine|reporters|website)?"
        rf"|(?:[\w’'\-]+\s+){{0,4}}?(?:newspaper|daily|paper|news outlet|news agency|outlet|"
        rf"network|broadcaster|agency|magazine|website|station|reporters|journalists|lawmakers|parliament|"
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
    when = _TIME.match(rest[:MOST_TIME_CHARS])
    rest_start = after + (when.end() if when else 0)
    if that := _THAT.match(text[rest_start : sentence.end]):
        rest_start += that.end()
    behind = trimmed(text, span(rest_start, sentence.end))
    before = trimmed(text, span(sentence.start, source.start))
    stops_there = text[rest_start : rest_start + 1] in (",", ".", ";") or (
        when is not None and when.end() > 0 and rest[when.end() : when.end() + 1] in (",", ".", ";")
    )
    ends_clause = text[sentence.start : source.start].rstrip()[-1:] in ',”"’—–'
    n_behind = n_words(text, behind) if behind else 0
    opens_quote = bool(re.search(r"[“\"]", text[after : rest_start + 1]))
    if before and ends_clause and n_words(text, before) >= FEWEST_CONTENT_WORDS:
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
