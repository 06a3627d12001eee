"""
Acts of speech that are listed and never counted: who demanded, urged, informed, made it clear.

Verbs by which somebody acts in speaking ("demanded that", "informed them of") stand in quotations
and beside partial ones as often as in the writer's words, where neither the cues of the table nor
the tagger look. The subject is the few words before the verb, from a mark or a joining word on, so
a long or far one is missed. Nothing is concluded from what is found here.

``governed`` finds the source of a tagged cue that the tagger gave none: the pronoun just before it,
or, for a verb joined on ("…, saying", "and says"), who speaks in what it is joined to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from firsthand.mentions import meaning_of
from firsthand.model import Span, span
from firsthand.reading import FEWEST_CONTENT_WORDS, Found, Reading, n_words, trimmed

_VERB = re.compile(
    r"\b(?:demand(?:ed|s)|inform(?:ed|s)|urg(?:ed|es)|order(?:ed|s)|instruct(?:ed|s)|"
    r"call(?:ed|s) (?:on|for)|appeal(?:ed|s) (?:to|for)|object(?:ed|s) to|"
    r"ma(?:de|kes?) (?:it )?clear|"
    r"pledg(?:ed|es)|vow(?:ed|s)|threaten(?:ed|s) to|accus(?:ed|es)|warn(?:ed|s))\b"
)
_BESIDE = (
    r"(?:[’'](?:ve|s|d) )?"
    r"(?:(?:has|have|had|also|now|then|later|again|\w+ly|\w+sel(?:f|ves)) ){0,3}"
)
_SUBJECT = re.compile(
    r"(?:^|[.,:;(“\"—–]\s*|\b(?:that|and|but|as|while|because) )"
    r"(?P<who>(?:[A-Z][\w’'\-]*?|(?:the|their|its|his|her|a|an) [\w’'\-]+?|he|she|they|it)"
    rf"(?: [\w\-]+){{0,3}}?)(?:\s|(?=[’'])){_BESIDE}[“\"]?$"
)
# A subject with its article, title and adverbs is not longer than this.
MOST_SUBJECT_CHARS = 90
_VIEW = re.compile(
    r"\b(?P<cue>[Aa]s far as) (?P<who>[^,.;]{2,60}?) (?:is|are|was|were) concerned\b"
    r"|\b(?P<cue2>[Ii]n the (?:view|eyes|words|opinion) of) (?P<who2>[^,.;:“\"]{2,60})(?=[,.;:“\"])"
)
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Ii]t|[Tt]hey)\s$")
_JOINED = re.compile(r"(?:,|\b(?:and|but|or|then))\s(?:\w+ly\s)?$")
_OPENS = re.compile(r"(?P<who>(?:The [a-z]+|[A-Z][\w\-]+(?: [A-Z][\w\-]+){0,3})) (?=[a-z])")


def acts(reading: Reading) -> Iterator[Found]:
    """
    Yield what somebody demanded, urged or made clear, wherever it stands.

    >>> from firsthand.model import Article
    >>> def read(text):
    ...     one = Article(article_id="a", capture_id="c", place=0, text_id="t", path="p", text=text)
    ...     return [(f.source.of(text), f.cue.of(text)) for f in acts(Reading(one))]
    >>> read("“The officers also demanded that the pier be shut,” a clerk said.")
    [('The officers', 'demanded')]
    >>> read("A new pier is demanded by nobody.")
    []
    """
    text = reading.text
    for m in _VERB.finditer(text):
        sentence = reading.narrow_at(m.start())
        start = max(sentence.start, m.start() - MOST_SUBJECT_CHARS)
        subject = _SUBJECT.search(text[start : m.start()])
        said = trimmed(text, span(m.end(), sentence.end)) if m.end() < sentence.end else None
        if subject is None or said is None or n_words(text, said) < FEWEST_CONTENT_WORDS:
            continue
        source = span(start + subject.start("who"), start + subject.end("who"))
        if meaning_of(source.of(text)) is not None:
            yield _found(span(m.start(), m.end()), source, (said,))


def views(reading: Reading) -> Iterator[Found]:
    """Yield "as far as X is concerned" and "in the view of X"."""
    text = reading.text
    for m in _VIEW.finditer(text):
        sentence = reading.narrow_at(m.start())
        n = "" if m["cue"] else "2"
        around = (span(sentence.start, m.start()), span(m.end(), max(m.end(), sentence.end)))
        pieces = tuple(p for p in (trimmed(text, w) for w in around) if p and n_words(text, p) > 1)
        if pieces and meaning_of(m[f"who{n}"]) is not None:
            cue, who = m.span(f"cue{n}"), m.span(f"who{n}")
            yield _found(span(*cue), span(*who), pieces)


def _found(cue: Span, source: Span, pieces: tuple[Span, ...]) -> Found:
    return Found(cue=cue, family="say", rule="act", source=source, pieces=pieces)


def governed(reading: Reading, cue: Span, earlier: Sequence[Found]) -> Span | None:
    """Return whom a cue without a source belongs to: the pronoun before it, or the verb before."""
    text = reading.text
    sentence = reading.narrow_at(cue.start)
    before = text[max(sentence.start, cue.start - 24) : cue.start]
    if m := _PRONOUN.search(before):
        return span(cue.start - len(before) + m.start(), cue.start - 1)
    if not _JOINED.search(before):
        return None
    near = [f for f in earlier if f.source and sentence.start <= f.cue.start < cue.start]
    if near:
        # What a rule has read is more surely the verb that this one is joined to.
        return max(near, key=lambda f: (f.rule not in ("tagged", "act"), f.cue.start)).source
    opens = _OPENS.match(text, sentence.start)
    if opens is None or before.endswith(", ") or meaning_of(opens["who"]) is None:
        return None
    return span(*opens.span("who"))
