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

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
# Read on 320 pairs of a cited content and a text: of what other stories' texts seem to say, one in
# 160 gets this far; a report in quite other words does not, and is called not found.
SAYS_THE_SAME = 210
# Per mille of the cited weight that the passage must hold in any case.
LEAST_HELD = 260
# Two terms in common are a topic.
SHARED_TERMS = 3
# A reporter who rewords also splits and joins: this many clauses in a row may say it together.
WINDOW, WINDOW_HELD, WINDOW_TERMS = 4, 400, 4
# Of fewer terms without marks nobody can say that they are missing.
LEAST_TO_MISS = 5
# Words in marks are held to more: successive words of theirs, or much likeness.
SHARED_RUN_WORDS, QUOTED_LIKENESS, LEAST_QUOTED_HELD = 3, 300, 450
# Between passages that say much the same, one that has the very words is the one meant.
RUN_WORTH, LONG_RUN_WORDS = 30, 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A stretch of a cited text and how much it says of what is cited, in per mille."""

    span: Span
    likeness: int
    held: int
    n_shared: int
    run: int

    def nearness(self) -> tuple[int, int]:
        """Return the order of passages: how much each says, and in whose words."""
        worth = RUN_WORTH * min(self.run, LONG_RUN_WORDS)
        return self.likeness + self.held // 2 + worth, -self.span.start


NOWHERE = Passage(span=span(0, 0), likeness=0, held=0, n_shared=0, run=0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of cited words in one article, and where they were found."""

    verdict: CitationVerdict
    span: Span | None
    nearness: int
    is_vague: bool = False


@together(takes=(Article, Attribution), by="story_id", gives=Citation)
def check(articles: list[Article], attributions: list[Attribution]) -> Iterator[Citation]:
    """Yield, for every cited content whose source's article is in the story, what became of it."""
    by_id = {a.article_id: a for a in articles}
    own: dict[str, list[Article]] = defaultdict(list)
    for article in sorted(articles, key=lambda a: (a.copy_of is not None, a.article_id)):
        if article.outlet_id:
            own[article.outlet_id].append(article)
    compared: dict[tuple[str, str], Comparison] = {}
    seen: set[tuple[str, Span | None, str]] = set()
    for a in sorted(attributions, key=_order):
        citing = by_id.get(a.article_id)
        if citing is None or citing.copy_of or not _is_citation(citing, a):
            continue
        cited = [x for x in _articles_of(a, own) if not _is_same(x, citing)]
        for article in cited:
            key = (citing.article_id, article.article_id)
            if key not in compared and _is_comparable(citing, article):
                compared[key] = Comparison(citing, article)
        # "Citing a source, the newspaper reported": two attributions, one citation.
        if cited and (a.article_id, a.content, cited[0].article_id) not in seen:
            seen.add((a.article_id, a.content, cited[0].article_id))
            if citation := _checked(a, cited, compared):
                yield citation


def _order(a: Attribution) -> tuple[str, bool, str]:
    """Return the order of attributions: those whose source, not addressee, is the outlet first."""
    return a.article_id, a.source_kind not in ("outlet", "agency"), a.attribution_id


def _is_citation(citing: Article, a: Attribution) -> bool:
    said = a.content
    return (
        a.kind == "statement"
        and not a.listed_only
        and a.in_ == "text"
        and said is not None
        and not a.self_reference
        and bool(folded_words(said.of(citing.text)))
    )


def _articles_of(a: Attribution, own: dict[str, list[Article]]) -> list[Article]:
    """Return the representatives of the articles of the outlet named as source or listener."""
    found = [x for key in (a.source_id, a.addressee_id) if key for x in own.get(key, [])]
    return [x for x in found if x.copy_of is None] or found[:1]


def _is_same(left: Article, right: Article) -> bool:
    return left.article_id == right.article_id or left.text_id == right.text_id


def _is_comparable(citing: Article, cited: Article) -> bool:
    tongues = [(x.language or "en").lower()[:2] for x in (citing, cited)]
    return tongues[0] == tongues[1] == "en" and cited.not_read is None and bool(cited.text)


_RANK: tuple[CitationVerdict, ...] = ("verbatim", "altered", "paraphrased", "not found")


def _checked(
    a: Attribution, cited: Sequence[Article], compared: dict[tuple[str, str], Comparison]
) -> Citation | None:
    """Return the citation's best outcome over the cited outlet's articles; None if too vague."""
    outcomes = [
        (comparison.look_up(_pieces(a)), article)
        for article in cited
        if (comparison := compared.get((a.article_id, article.article_id)))
    ]
    if not outcomes:
        return _citation(a, cited[0], Outcome("not comparable", None, 0))
    outcome, article = min(
        outcomes, key=lambda o: (_RANK.index(o[0].verdict), -o[0].nearness, o[1].article_id)
    )
    if outcome.is_vague or (_holds_its_cue(a) and not _is_found_as_quoted(outcome)):
        return None
    return _citation(a, article, outcome)


def _holds_its_cue(a: Attribution) -> bool:
    """
    Return whether the content goes round the words of attribution: "The cut, first reported by X,".

    Such a sentence says more than what is cited, so that only words in marks can be looked up.
    """
    return a.cue is not None and any(piece.holds(a.cue) for piece in _pieces(a))


def _is_found_as_quoted(outcome: Outcome) -> bool:
    return outcome.verdict in ("verbatim", "altered")


def _citation(a: Attribution, article: Article, outcome: Outcome) -> Citation:
    found = outcome.span
    return Citation(
        attribution_id=a.attribution_id,
        cited_article_id=article.article_id,
        verdict=outcome.verdict,
        found=Statement(article_id=article.article_id, span=found) if found else None,
        compared_with=ComparedWith(
            article_id=article.article_id,
            language=article.language,
            captured_at=article.captured_at,
        ),
    )


def _pieces(a: Attribution) -> list[Span]:
    return sorted(a.content_pieces or ((a.content,) if a.content else ()))


class Comparison:
    """One article held against another that it cites."""

    def __init__(self, citing: Article, cited: Article) -> None:
        """Cut both into clauses and weigh their terms."""
        self.citing, self.cited = citing.text, cited.text
        self.places = words(cited.text)
        self.folded = [w.of(cited.text).casefold() for w in self.places]
        here, there = (
            [c for s in joined_sentences(t) for c in clauses(t, s)]
            for t in (citing.text, cited.text)
        )
        self.vocabulary = Vocabulary(
            [citing.text, cited.text], [*((0, c) for c in here), *((1, c) for c in there)]
        )
        self.there = [(c, self.vocabulary.weights(cited.text, c)) for c in there]
        self.quotations = quotations(citing.text)

    def look_up(self, pieces: Sequence[Span]) -> Outcome:
        """
        Return what became of a cited content.

        Quoted words are looked up by themselves: any that were changed make the citation
        ``altered``, else any that stand there make it ``verbatim``. Without marks the whole content
        counts (its opening mark may be lost), else its clauses, averaged by what they weigh.
        """
        quoted = self._quoted(pieces)
        if not quoted:
            return self._unquoted(pieces)
        outcomes = [self._quote(part) for part in quoted]
        for verdict in ("altered", "verbatim", "not found"):
            found = [o for o in outcomes if o.verdict == verdict]
            if found:
                return max(found, key=lambda o: o.nearness)
        return Outcome("not found", None, 0)

    def _quoted(self, pieces: Sequence[Span]) -> list[Span]:
        """Return the words in quotation marks within the content that are enough to be cited."""
        found = []
        for quotation in self.quotations:
            for piece in pieces:
                if quotation.overlaps(piece):
                    part = span(max(quotation.start, piece.start), min(quotation.end, piece.end))
                    if len(folded_words(part.of(self.citing))) >= SHORTEST_QUOTE_WORDS:
                        found.append(part)
        return found

    def _quote(self, part: Span) -> Outcome:
        if place := self._verbatim(part):
            return Outcome("verbatim", place, place.end - place.start)
        best = self._nearest(part)
        meant = best.run >= SHARED_RUN_WORDS or best.likeness >= QUOTED_LIKENESS
        if best.held >= LEAST_QUOTED_HELD and best.n_shared > 1 and meant:
            return Outcome("altered", best.span, best.nearness()[0])
        return Outcome("not found", None, best.nearness()[0])

    def _unquoted(self, pieces: Sequence[Span]) -> Outcome:
        long = [p for p in pieces if len(folded_words(p.of(self.citing))) >= SHORTEST_RUN_WORDS]
        places = [self._verbatim(p) for p in long]
        if places and all(places):
            longest = max((p for p in places if p), key=lambda p: (p.end - p.start, -p.start))
            return Outcome("verbatim", longest, longest.end - longest.start)
        parts = [c for p in pieces for c in clauses(self.citing, p) or [p]]
        found = [(sum(self._wanted(part).values()), self._nearest(part)) for part in parts]
        total = max(1, sum(heavy for heavy, _ in found))
        likeness = sum(heavy * p.likeness for heavy, p in found) // total
        held = sum(heavy * p.held for heavy, p in found) // total
        _, best = max(found, key=lambda item: (item[0], -item[1].span.start))
        is_said = likeness >= SAYS_THE_SAME and held >= LEAST_HELD
        is_said = is_said and max(p.n_shared for _, p in found) >= SHARED_TERMS
        if is_said or self._is_said_around(parts):
            return Outcome("paraphrased", best.span, likeness)
        n_terms = sum(len(self._wanted(part)) for part in parts)
        return Outcome("not found", None, likeness, is_vague=n_terms < LEAST_TO_MISS)

    def _is_said_around(self, parts: Sequence[Span]) -> bool:
        """Return whether clauses in a row together hold most terms of what is cited."""
        wanted = {key: told for part in parts for key, told in self._wanted(part).items()}
        for i in range(len(self.there)):
            there = {key for _, terms in self.there[i : i + WINDOW] for key in terms}
            common = wanted.keys() & there
            held = 1000 * sum(wanted[k] for k in common)
            if len(common) >= WINDOW_TERMS and held >= WINDOW_HELD * sum(wanted.values()):
                return True
        return False

    def _verbatim(self, part: Span) -> Span | None:
        """
        Return where the words stand in the same order, or None.

        What the writer put in square brackets or left out between dots need not stand there.
        """
        runs = [folded_words(run) for run in _GAP.split(part.of(self.citing))]
        start, found = 0, list[int]()
        for run in (run for run in runs if run):
            at = _place_of(run, self.folded, start)
            if at is None or (found and at - start > LONGEST_GAP_WORDS):
                return None
            start = at + len(run)
            found.append(at)
        is_torn = len(found) > 1 and min(map(len, filter(None, runs))) < SHORTEST_PART_WORDS
        if not found or is_torn:
            return None
        return span(self.places[found[0]].start, self.places[start - 1].end)

    def _wanted(self, part: Span) -> dict[str, int]:
        return self.vocabulary.weights(self.citing, part)

    def _nearest(self, part: Span) -> Passage:
        """Return the passage that says most of what is cited."""
        wanted = self._wanted(part)
        said = folded_words(part.of(self.citing))
        passages = [self._passage(said, wanted, place, there) for place, there in self.there]
        return max(passages, key=Passage.nearness, default=NOWHERE)

    def _passage(
        self, said: Sequence[str], wanted: dict[str, int], place: Span, there: dict[str, int]
    ) -> Passage:
        common = wanted.keys() & there.keys()
        shared = sum(min(wanted[k], there[k]) for k in common)
        total, others = sum(wanted.values()), sum(there.values())
        return Passage(
            span=place,
            likeness=1000 * shared // max(1, isqrt(total * others)),
            held=1000 * shared // max(1, total),
            n_shared=len(common),
            run=longest_run(said, folded_words(place.of(self.cited))) if shared else 0,
        )


_GAP = re.compile(r"\[[^\]]*\]|…|\.\.\.+")
# What stands in place of a bracket or dots is a few words; the parts around it are no single words.
LONGEST_GAP_WORDS, SHORTEST_PART_WORDS = 12, 2


def _place_of(wanted: Sequence[str], there: Sequence[str], start: int = 0) -> int | None:
    """
    Return the index at which a sequence of words stands among others, from ``start`` on.

    >>> there = folded_words("They shut “the Lower” gate.")
    >>> _place_of(["the", "lower", "gate"], there), _place_of(["the", "gate"], there)
    (2, None)
    """
    n = len(wanted)
    for i in range(start, len(there) - n + 1):
        if there[i] == wanted[0] and list(there[i : i + n]) == list(wanted):
            return i
    return None


def longest_run(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """
    Return how many successive words two texts share at most.

    >>> longest_run("they left their camp near it".split(), "they must leave their camp".split())
    2
    """
    best, before = 0, [0] * (len(theirs) + 1)
    for a in ours:
        now = [0] * (len(theirs) + 1)
        for j, b in enumerate(theirs):
            if a == b:
                now[j + 1] = before[j] + 1
                best = max(best, now[j + 1])
        before = now
    return best


__all__ = ["check"]
