"""
Cited words looked up in the cited article.

Where an article gives another outlet's words or report, and that outlet's own article is among the
captures of the story, the content is held against that article's text. Words that stand there in
the same order are ``verbatim``; words in quotation marks that stand there otherwise are
``altered``; the same said without marks is ``paraphrased``; what no passage says is ``not found``.
A passage says the same only if it holds much of the weight of what is cited: sharing a place and a
weapon is not enough. Every citation says what it was held against, since the captured text may be
a translation or another version.

Known to fail: a quotation pieced together from several sentences counts by its longest piece; an
article that cites a report of the same outlet other than the one captured is ``not found``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isqrt

from firsthand.model import (
    Article,
    Attribution,
    Citation,
    CitationVerdict,
    ComparedWith,
    Span,
    Statement,
    span,
)
from firsthand.stage import together
from firsthand.statements import Vocabulary, clauses, joined_sentences
from firsthand.text import folded_words, quotations, words

# Fewer words than this in marks are a name or a scare quote, not a citation.
SHORTEST_QUOTE_WORDS = 4
# A shorter run of equal words than this, found somewhere, proves nothing.
SHORTEST_RUN_WORDS = 6
# Per mille of likeness from which a passage says the same in other words.
SAYS_THE_SAME = 420
# From here on it may say the same, if it also has successive words of what is cited.
MAY_SAY_THE_SAME = 250
SHARED_RUN_WORDS = 3
# Between passages that say much the same, one that has the very words is the one meant.
RUN_WORTH, LONG_RUN_WORDS = 30, 8
# Per mille of the cited weight that the passage must hold in any case.
LEAST_HELD = 450


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A stretch of a cited article and how much it says of what is cited, in per mille."""

    article: Article
    span: Span
    likeness: int
    held: int
    run: int


@together(takes=(Article, Attribution), by="story_id", gives=Citation)
def check(articles: list[Article], attributions: list[Attribution]) -> Iterator[Citation]:
    """Yield, for every cited content whose source's article is in the story, what became of it."""
    by_id = {a.article_id: a for a in articles}
    own: dict[str, list[Article]] = defaultdict(list)
    for article in sorted(articles, key=lambda a: (a.copy_of is not None, a.article_id)):
        if article.outlet_id:
            own[article.outlet_id].append(article)
    for a in sorted(attributions, key=lambda a: a.attribution_id):
        citing = by_id.get(a.article_id)
        if citing is None or citing.copy_of or not _is_citation(a):
            continue
        cited = [x for x in _articles_of(a, own) if not _same_article(x, citing)]
        if cited:
            yield _checked(a, citing, cited)


def _is_citation(a: Attribution) -> bool:
    return (
        a.kind == "statement" and a.in_ == "text" and a.content is not None and not a.self_reference
    )


def _articles_of(a: Attribution, own: dict[str, list[Article]]) -> list[Article]:
    """Return the representatives of the cited outlet's articles, the outlet told before others."""
    found = [x for key in (a.source_id, a.addressee_id) if key for x in own.get(key, [])]
    return [x for x in found if x.copy_of is None] or found[:1]


def _same_article(left: Article, right: Article) -> bool:
    return left.article_id == right.article_id or left.text_id == right.text_id


def _checked(a: Attribution, citing: Article, cited: Sequence[Article]) -> Citation:
    """Return the citation's best outcome over the captured articles of the cited outlet."""
    read = [x for x in cited if _is_comparable(citing, x)]
    if not read:
        return _citation(a, cited[0], "not comparable", None)
    pieces = _pieces(a)
    for article in read:
        if found := _verbatim(citing.text, pieces, article):
            return _citation(a, article, "verbatim", found)
    best = max(
        (_nearest(citing, pieces, article) for article in read),
        key=lambda p: (*_nearness(p), p.article.article_id),
    )
    verdict = _verdict(citing.text, pieces, best)
    return _citation(a, best.article, verdict, best.span if verdict != "not found" else None)


def _is_comparable(citing: Article, cited: Article) -> bool:
    tongues = [(x.language or "en").lower()[:2] for x in (citing, cited)]
    return tongues[0] == tongues[1] == "en" and cited.not_read is None and bool(cited.text)


def _citation(
    a: Attribution, article: Article, verdict: CitationVerdict, found: Span | None
) -> Citation:
    where = Statement(article_id=article.article_id, span=found) if found else None
    return Citation(
        attribution_id=a.attribution_id,
        cited_article_id=article.article_id,
        verdict=verdict,
        found=where,
        compared_with=ComparedWith(
            article_id=article.article_id, language=article.language, captured_at=None
        ),
    )


def _pieces(a: Attribution) -> list[Span]:
    pieces = a.content_pieces or ((a.content,) if a.content else ())
    return sorted(pieces)


def _quoted(text: str, pieces: Sequence[Span]) -> list[Span]:
    """Return the words in quotation marks within the content that are long enough to be cited."""
    found = []
    for quotation in quotations(text):
        for piece in pieces:
            if quotation.overlaps(piece):
                part = span(max(quotation.start, piece.start), min(quotation.end, piece.end))
                if len(folded_words(part.of(text))) >= SHORTEST_QUOTE_WORDS:
                    found.append(part)
    return found


def _verbatim(text: str, pieces: Sequence[Span], cited: Article) -> Span | None:
    """
    Return where the cited words stand in the same order, or None.

    What counts is the quoted words where there are any, else the whole content (its opening mark
    may be lost).
    """
    wanted = _quoted(text, pieces) or [p for p in pieces if _is_long(text, p)]
    places = [_place_of(folded_words(part.of(text)), cited.text) for part in wanted]
    if not wanted or any(place is None for place in places):
        return None
    return max((p for p in places if p), key=lambda p: (p.end - p.start, -p.start))


def _is_long(text: str, piece: Span) -> bool:
    return len(folded_words(piece.of(text))) >= SHORTEST_RUN_WORDS


def _place_of(wanted: Sequence[str], text: str) -> Span | None:
    """
    Return where a sequence of casefolded words stands in ``text``.

    >>> t = "They shut “the Lower” gate."
    >>> _place_of(["the", "lower", "gate"], t).of(t)
    'the Lower” gate'
    >>> _place_of(["the", "gate"], t) is None
    True
    """
    places = words(text)
    folded = [w.of(text).casefold() for w in places]
    n = len(wanted)
    for i in range(len(folded) - n + 1):
        if folded[i] == wanted[0] and folded[i : i + n] == list(wanted):
            return span(places[i].start, places[i + n - 1].end)
    return None


def _nearest(citing: Article, pieces: Sequence[Span], cited: Article) -> Passage:
    """
    Return the passage of the cited article that says most of what is cited.

    Quoted words are looked up by themselves; without any, each clause of the content is, and the
    likenesses are averaged by what the clauses weigh.
    """
    there = [c for s in joined_sentences(cited.text) for c in clauses(cited.text, s)]
    here = [c for s in joined_sentences(citing.text) for c in clauses(citing.text, s)]
    vocabulary = Vocabulary(
        [citing.text, cited.text], [*((0, c) for c in here), *((1, c) for c in there)]
    )
    parts = _quoted(citing.text, pieces)
    parts = parts or [c for p in pieces for c in clauses(citing.text, p) or [p]]
    found = []
    for part in parts:
        wanted = vocabulary.weights(citing.text, part)
        said = part.of(citing.text)
        passages = [_passage(said, wanted, cited, place, vocabulary) for place in there]
        best = max(passages, key=_nearness, default=None)
        if best and wanted:
            found.append((sum(wanted.values()), best))
    return _joined(found, cited)


def _nearness(p: Passage) -> tuple[int, int]:
    """Return the order of passages: how much each says, and in whose words."""
    return p.likeness + p.held // 2 + RUN_WORTH * min(p.run, LONG_RUN_WORDS), -p.span.start


def _joined(found: Sequence[tuple[int, Passage]], cited: Article) -> Passage:
    """Return the passage of the heaviest part, with the likeness of all parts on average."""
    total = sum(heavy for heavy, _ in found)
    if not total:
        return Passage(article=cited, span=span(0, 0), likeness=0, held=0, run=0)
    _, best = max(found, key=lambda item: (item[0], -item[1].span.start))
    return replace(
        best,
        likeness=sum(heavy * p.likeness for heavy, p in found) // total,
        held=sum(heavy * p.held for heavy, p in found) // total,
        run=max(p.run for _, p in found),
    )


def _passage(
    said: str, wanted: dict[str, int], cited: Article, place: Span, vocabulary: Vocabulary
) -> Passage:
    there = vocabulary.weights(cited.text, place)
    shared = sum(min(wanted[k], there[k]) for k in wanted.keys() & there.keys())
    total, others = sum(wanted.values()), sum(there.values())
    return Passage(
        article=cited,
        span=place,
        likeness=1000 * shared // max(1, isqrt(total * others)),
        held=1000 * shared // max(1, total),
        run=_longest_run(said, place.of(cited.text)) if shared else 0,
    )


def _longest_run(left: str, right: str) -> int:
    """
    Return how many successive words two texts share at most.

    >>> _longest_run("They left their camp near the gate", "They must leave THEIR CAMP near Marl")
    3
    """
    ours, theirs = folded_words(left), folded_words(right)
    best, before = 0, [0] * (len(theirs) + 1)
    for a in ours:
        now = [0] * (len(theirs) + 1)
        for j, b in enumerate(theirs):
            if a == b:
                now[j + 1] = before[j] + 1
                best = max(best, now[j + 1])
        before = now
    return best


def _verdict(text: str, pieces: Sequence[Span], best: Passage) -> CitationVerdict:
    near = best.likeness >= MAY_SAY_THE_SAME and best.run >= SHARED_RUN_WORDS
    if best.held < LEAST_HELD or not (near or best.likeness >= SAYS_THE_SAME):
        return "not found"
    return "altered" if _quoted(text, pieces) else "paraphrased"


__all__ = ["check"]
