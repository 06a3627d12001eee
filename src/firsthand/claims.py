"""
Statements lined up across a story: each claim, whom it goes back to, where reports of it differ.

Every article is cut into clauses, attribution taken off ("…, the ministry said"), and clauses of
different articles are joined where the terms they share weigh much of what both say. Joining is by
average link, best pair first, so that a sentence which states two things cannot chain two claims
together. A passage that the reuse stages tied counts as a stronger likeness.

Thresholds were chosen on stories read by hand. Whom a claim goes back to is decided in
:mod:`firsthand.verdicts`, where its reports differ in :mod:`firsthand.slots`.

Known to fail: two facts in nearly the same words (two villages hit on one day) can be one claim;
one fact in quite other words is missed. The second is the better error.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isqrt

from firsthand.figures import tolls
from firsthand.model import (
    Article,
    Attribution,
    Claim,
    Derivation,
    Difference,
    Reuse,
    Span,
    Statement,
    Story,
    digest,
    hull,
    span,
)
from firsthand.slots import Side, differences
from firsthand.stage import together
from firsthand.statements import (
    SHORTEST_CHARS,
    Vocabulary,
    clauses,
    is_statement,
    joined_sentences,
    stem,
)
from firsthand.text import CLOSING, OPENING, folded_words, name_key
from firsthand.verdicts import Lineages, covers

# Likeness is in per mille: weight shared ÷ geometric mean of both weights.
LEAST_LIKENESS = 360  # a pair below this is not looked at
LEAST_AVERAGE = 330  # two groups are joined only if all their cross-article pairs average this
REPEAT_LIKENESS = 560  # a second statement of one article must be this like one of another's
REUSE_BONUS = 150  # what a passage tied by the reuse stages adds
ALIKE_WITHIN = 400  # two statements of one article in one claim must be this like each other
# Share (per mille) of the words of the main claim that a clause which states it has.
STATES_MAIN_CLAIM = 500
# Two shared terms are a topic, not a fact, unless they are nearly all that both say.
LEAST_SHARED_TERMS = 3
SHORT_LIKENESS = 600
# Two accounts of one accident agree on little but where it was and that people were hurt, and both
# count them.
TOLL_WEIGHT, TOLL_BONUS = 300, 100
# What is left of the likeness where both sides name somebody and nobody is in both.
STRANGE_NAMES = 700
# A term in more clauses than this for each article makes no candidate pairs (every clause of a
# flood story has *flood*); it still counts towards likeness.
WIDEST_TERM, LEAST_WIDE = 4, 30
# An article may state a claim more than once, but a claim is no summary of the article.
MOST_REPEATS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """
    One statement of one article, with its terms and the words that are attribution in it.

    ``deed`` holds the terms of the clause whose purpose this one gives ("to avoid …"), if it does.
    """

    at: int
    deed: Mapping[str, int] | None
    span: Span
    weights: Mapping[str, int]
    names: frozenset[str]
    total: int
    masks: tuple[Span, ...]
    attributions: tuple[Attribution, ...]


@together(takes=(Story, Article, Attribution, Reuse, Derivation), by="story_id", gives=Claim)
def line_up(
    stories: list[Story],
    articles: list[Article],
    attributions: list[Attribution],
    reuse: list[Reuse],
    derivations: list[Derivation],
) -> Iterator[Claim]:
    """Yield what articles of a story state in common, and its main claim in any case."""
    for story in stories:
        read = [a for a in articles if a.copy_of is None and a.not_read is None and _is_english(a)]
        read.sort(key=lambda a: a.article_id)
        if read:
            yield from _claims_of(story, read, articles, attributions, reuse, derivations)


def _is_english(article: Article) -> bool:
    return article.language is None or article.language.lower().startswith("en")


def _claims_of(
    story: Story,
    read: Sequence[Article],
    articles: Sequence[Article],
    attributions: Sequence[Attribution],
    reuse: Sequence[Reuse],
    derivations: Sequence[Derivation],
) -> list[Claim]:
    known = _clauses_of(read, attributions)
    lineage = Lineages(story, articles, derivations)
    groups = _grouped(known, _likenesses(known, read, reuse))
    main = _main_clause(story, read, known)
    if main and not any(c is main for g in groups for c in g):
        groups.append([main])
    order = {id(c): n for n, c in enumerate(_in_order(known, read, story))}
    groups.sort(key=lambda g: (-len({c.at for c in g}), min(order[id(c)] for c in g)))
    return [_claim_of(group, read, lineage, order) for group in groups]


def _in_order(known: Sequence[Clause], read: Sequence[Article], story: Story) -> list[Clause]:
    """Return all clauses, those of origin articles first, each article in reading order."""
    own = {i for origin in story.origins for i in origin.article_ids}
    return sorted(known, key=lambda c: (read[c.at].article_id not in own, c.at, c.span))


def _clauses_of(read: Sequence[Article], attributions: Sequence[Attribution]) -> list[Clause]:
    by_article: dict[str, list[Attribution]] = defaultdict(list)
    for a in attributions:
        if a.in_ == "text" and a.kind == "statement":
            by_article[a.article_id].append(a)
    cut: list[tuple[int, Span, int | None, tuple[Attribution, ...]]] = []
    for at, article in enumerate(read):
        mine = sorted(by_article[article.article_id], key=lambda a: a.attribution_id)
        said: set[str] = set()
        for sentence in joined_sentences(article.text):
            near = tuple(a for a in mine if any(sentence.overlaps(s) for s in _spans_of(a)))
            if not is_statement(article.text, sentence) or _repeats(article, sentence, said):
                continue
            deed = None
            for place in clauses(article.text, _stated(article.text, sentence, near)):
                is_purpose = _PURPOSE.match(article.text, place.start) is not None
                cut.append((at, place, deed if is_purpose else None, near))
                deed = deed if is_purpose else len(cut) - 1
    vocabulary = Vocabulary([a.text for a in read], ((at, place) for at, place, *_ in cut))
    found: list[Clause] = []
    for at, place, deed, near in cut:
        whole = None if deed is None else found[deed].weights
        found.append(_clause(read[at].text, at, place, whole, near, vocabulary))
    return found


def _repeats(article: Article, sentence: Span, said: set[str]) -> bool:
    """Return whether the title or an earlier sentence of the article has the very words."""
    key = name_key(sentence.of(article.text))
    if key in said or key == name_key(article.title or ""):
        return True
    said.add(key)
    return False


_PURPOSE = re.compile(r"(?:in order to|so as to|so that|to)\s")


def _spans_of(a: Attribution) -> list[Span]:
    return [s for s in (a.cue, a.source, a.addressee, a.content) if s is not None]


def _clause(
    text: str,
    at: int,
    place: Span,
    deed: Mapping[str, int] | None,
    near: tuple[Attribution, ...],
    vocabulary: Vocabulary,
) -> Clause:
    masks = tuple(
        s for a in near for s in (a.cue, a.source, a.addressee) if s and s.overlaps(place)
    )
    weights = vocabulary.weights(text, place, masks)
    if counted := tolls(text, place):
        # How many were hurt is what may differ: that there is a count of the hurt is what is said.
        weights = {key: told for key, told in weights.items() if not key.startswith("#")}
        weights |= {f"toll {fate}": TOLL_WEIGHT for fate in counted}
    return Clause(
        at=at,
        deed=deed,
        span=place,
        weights=weights,
        names=vocabulary.names(text, place, masks),
        total=sum(weights.values()),
        masks=masks,
        attributions=near,
    )


def _stated(text: str, place: Span, near: Sequence[Attribution]) -> Span:
    """Return the part of a sentence that is stated: without "X said that" before or after it."""
    for a in near:
        pieces = a.content_pieces or ((a.content,) if a.content else ())
        inside = [
            span(max(p.start, place.start), min(p.end, place.end))
            for p in pieces
            if p.overlaps(place)
        ]
        if not inside or a.cue is None or not a.cue.overlaps(place):
            continue
        kept = hull(inside)
        if a.cue.overlaps(kept) or kept.end - kept.start < SHORTEST_CHARS:
            continue
        # Cut off only on the side where the words of attribution stand.
        start = kept.start if a.cue.start < kept.start else place.start
        end = kept.end if a.cue.start >= kept.end else place.end
        place = span(start, end)
    return _unmarked(text, place)


def _unmarked(text: str, place: Span) -> Span:
    """Return a statement without loose stops before it and a mark that it does not close."""
    said = place.of(text)
    start = place.start + len(said) - len(said.lstrip(" .,;:—–-"))
    if text[start : start + 1] in OPENING and not any(m in said for m in CLOSING):
        start += 1
    return span(start, place.end)


def _likenesses(
    known: Sequence[Clause], read: Sequence[Article], reuse: Sequence[Reuse]
) -> dict[tuple[int, int], int]:
    """Return (clause, clause) → likeness for the pairs from different articles worth a look."""
    tied = _ties(known, read, reuse)
    found = {}
    for pair in sorted(_candidates(known, len(read)) | tied):
        likeness = _likeness(known[pair[0]], known[pair[1]])
        found[pair] = min(1000, likeness + (REUSE_BONUS if likeness and pair in tied else 0))
    return {pair: likeness for pair, likeness in found.items() if likeness}


def _candidates(known: Sequence[Clause], n_articles: int) -> set[tuple[int, int]]:
    """Return the pairs of clauses from different articles that share a term few clauses have."""
    postings: dict[str, list[int]] = defaultdict(list)
    for i, c in enumerate(known):
        for key in c.weights:
            postings[key].append(i)
    found: set[tuple[int, int]] = set()
    for rows in postings.values():
        if len(rows) <= max(LEAST_WIDE, WIDEST_TERM * n_articles):
            found.update((i, j) for i, j in combinations(rows, 2) if known[i].at != known[j].at)
    return found


def _likeness(left: Clause, right: Clause) -> int:
    """
    Return the weight two clauses share against what each says, in per mille.

    A purpose leaves out whose it is ("to prevent them from being hit"): what its deed shares with
    the other clause counts half, and never more than what the purpose itself shares.
    """
    common = left.weights.keys() & right.weights.keys()
    is_purpose = left.deed is not None or right.deed is not None
    if len(common) < 2:
        return 0
    shared = sum(min(left.weights[k], right.weights[k]) for k in common)
    shared += min(shared, (_unsaid(left, right) + _unsaid(right, left)) // 2)
    likeness = min(1000, 1000 * shared // isqrt(left.total * right.total))
    if left.names and right.names and not left.names & right.names:
        likeness = likeness * STRANGE_NAMES // 1000
    if left.names & right.names and any(key.startswith("toll ") for key in common):
        likeness = min(1000, likeness + TOLL_BONUS)
    few = len(common) < LEAST_SHARED_TERMS and not is_purpose
    return 0 if few and likeness < SHORT_LIKENESS else likeness


def _unsaid(purpose: Clause, other: Clause) -> int:
    """Return the weight of what ``purpose`` leaves unsaid, its deed says, and ``other`` says."""
    if purpose.deed is None or other.deed is not None:
        return 0
    deed = purpose.deed
    return sum(deed[k] for k in deed.keys() & other.weights.keys() - purpose.weights.keys())


def _ties(
    known: Sequence[Clause], read: Sequence[Article], reuse: Sequence[Reuse]
) -> set[tuple[int, int]]:
    """Return the pairs of clauses that stand in the same place of the two passages of a row."""
    mine: dict[str, list[int]] = defaultdict(list)
    for i, c in enumerate(known):
        mine[read[c.at].article_id].append(i)
    found: set[tuple[int, int]] = set()
    for row in reuse:
        if row.meaning in ("furniture", "formula"):
            continue
        left = [i for i in mine[row.left_id] if _is_mostly_in(known[i].span, row.left)]
        right = [j for j in mine[row.right_id] if _is_mostly_in(known[j].span, row.right)]
        if len(left) == len(right):
            found.update((min(i, j), max(i, j)) for i, j in zip(left, right, strict=True))
    return found


def _is_mostly_in(place: Span, passage: Span) -> bool:
    inside = min(place.end, passage.end) - max(place.start, passage.start)
    return 2 * inside >= place.end - place.start


def _grouped(
    known: Sequence[Clause], likeness: Mapping[tuple[int, int], int]
) -> list[list[Clause]]:
    """Return clauses joined by average link, best pair first, one or a few an article."""
    group = {i: [i] for i in {i for pair in likeness for i in pair}}
    close = [(value, pair) for pair, value in likeness.items() if value >= LEAST_LIKENESS]
    for _, (i, j) in sorted(close, key=lambda item: (-item[0], item[1])):
        left, right = group[i], group[j]
        if left is not right and _are_one(known, likeness, left, right):
            left.extend(right)
            for k in right:
                group[k] = left
    distinct = {id(g): g for g in group.values()}.values()
    shared = [g for g in distinct if len({known[i].at for i in g}) > 1]
    return [[known[i] for i in _pruned(known, likeness, sorted(g))] for g in shared]


def _are_one(
    known: Sequence[Clause],
    likeness: Mapping[tuple[int, int], int],
    left: Sequence[int],
    right: Sequence[int],
) -> bool:
    """Return whether two groups state one thing: alike on average, and no article states two."""
    across = []
    for i in left:
        for j in right:
            if known[i].at != known[j].at:
                across.append(likeness.get((min(i, j), max(i, j)), 0))
            elif _likeness(known[i], known[j]) < ALIKE_WITHIN:
                return False
    return sum(across) >= LEAST_AVERAGE * max(1, len(across))


def _pruned(
    known: Sequence[Clause], likeness: Mapping[tuple[int, int], int], members: Sequence[int]
) -> list[int]:
    """Return the members without weak second statements of one article."""

    def best(i: int) -> int:
        return max(likeness.get((min(i, j), max(i, j)), 0) for j in members if j != i)

    kept: list[int] = []
    by_article: dict[int, list[int]] = defaultdict(list)
    for i in members:
        by_article[known[i].at].append(i)
    for rows in by_article.values():
        ranked = sorted(rows, key=lambda i: (-best(i), i))
        kept += ranked[:1]
        kept += [i for i in ranked[1:MOST_REPEATS] if best(i) >= REPEAT_LIKENESS]
    return sorted(kept)


def _main_clause(story: Story, read: Sequence[Article], known: Sequence[Clause]) -> Clause | None:
    """
    Return the clause that states the story's main claim, or None.

    A main claim is often a headline; the clause that has most of its words is taken for it, and in
    a story of one article the first clause if none has.
    """
    ordered = _in_order(known, read, story)
    if not ordered or not story.main_claim:
        return None
    wanted = {stem(w) for w in folded_words(story.main_claim)}

    def shared(c: Clause) -> int:
        said = {stem(w) for w in folded_words(c.span.of(read[c.at].text))}
        return 1000 * len(wanted & said) // max(1, len(wanted))

    best = max(ordered, key=shared)
    if shared(best) >= STATES_MAIN_CLAIM:
        return best
    return ordered[0] if len(read) == 1 else None


def _claim_of(
    group: Sequence[Clause],
    read: Sequence[Article],
    lineage: Lineages,
    order: Mapping[int, int],
) -> Claim:
    members = sorted(group, key=lambda c: (_is_torn(c, read), order[id(c)]))
    statements = tuple(
        Statement(article_id=read[c.at].article_id, span=c.span)
        for c in sorted(group, key=lambda c: (c.at, c.span))
    )
    verdict, n_origins = lineage.verdict(
        [(read[c.at].article_id, c.span, c.attributions) for c in group]
    )
    ids = [part for s in statements for part in (s.article_id, s.span.start, s.span.end)]
    return Claim(
        claim_id=digest("claim", *ids),
        story_id=lineage.story.story_id,
        text=members[0].span.of(read[members[0].at].text),
        verdict=verdict,
        n_origins=n_origins,
        statements=statements,
        differences=tuple(_differences_of(members, read)),
    )


def _is_torn(c: Clause, read: Sequence[Article]) -> bool:
    """Return whether a clause does not begin where a sentence does."""
    said = c.span.of(read[c.at].text).lstrip("“‘\"'([")
    return not said[:1].isupper()


# Differences a claim: more than a reader takes in are no help.
MOST_DIFFERENCES = 6


def _differences_of(members: Sequence[Clause], read: Sequence[Article]) -> list[Difference]:
    """Return where the statements differ from the plainest one, each kind and value once."""
    found: list[Difference] = []
    seen: set[tuple[str, str, str]] = set()
    pivot = _side(members[0], read)
    for other in members:
        if other.at == members[0].at:
            continue
        likeness = _likeness(members[0], other)
        for difference in differences(pivot, _side(other, read), likeness):
            key = (difference.kind, difference.left.value, difference.right.value)
            if key not in seen:
                seen.add(key)
                found.append(difference)
    return found[:MOST_DIFFERENCES]


def _side(c: Clause, read: Sequence[Article]) -> Side:
    article = read[c.at]
    return Side(
        article_id=article.article_id,
        text=article.text,
        span=c.span,
        published=article.published,
        denied=any(a.denied and covers(a, c.span) for a in c.attributions),
        masks=c.masks,
    )


__all__ = ["line_up"]
