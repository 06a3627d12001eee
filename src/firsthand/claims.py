"""
Statements lined up across a story: each claim, whom it goes back to, where reports of it differ.

Every article is cut into clauses, attribution taken off ("…, the ministry said"), and clauses of
different articles that say one thing are a claim. Which do is decided in :mod:`firsthand.joining`,
whom a claim goes back to in :mod:`firsthand.verdicts`, where its reports differ in
:mod:`firsthand.slots`. The story's main claim is given in any case, if a clause states it.

Known to fail: what is a headline only ("five things to know") has no clause, and where attribution
was not read its words stay in the statement.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from firsthand.figures import Figure, tolls
from firsthand.joining import TOLL_WEIGHT, Clause, joined, likeness_of, likenesses, toll
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
from firsthand.slots import (
    Side,
    differences,
    figures_apart,
    may_be_one,
    negates,
    sole_figures,
)
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
from firsthand.wordings import Words, worded_apart

# Share (per mille) of the words of the main claim that a clause which states it has.
STATES_MAIN_CLAIM = 500


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
    known = _clauses_of(read, attributions, _reading_ends(story, read))
    lineage = Lineages(story, articles, derivations)
    groups = joined(known, likenesses(known, read, reuse))
    groups += _counted_apart(known, read, groups)
    main = _main_clause(story, read, known)
    if main and not any(c is main for g in groups for c in g):
        groups.append([main])
    order = {id(c): n for n, c in enumerate(_in_order(known, read, story))}
    groups.sort(key=lambda g: (-len({c.at for c in g}), min(order[id(c)] for c in g)))
    seen: set[tuple[str, ...]] = set()
    found = [_claim_of(group, read, lineage, order, seen) for group in groups]
    return [replace(claim, place=place) for place, claim in enumerate(found)]


def _reading_ends(story: Story, read: Sequence[Article]) -> int | None:
    """
    Return where reading may stop: a story of one article has its main claim alone to be found.

    None where all of every text counts. On a pool of single articles this is most of the work.
    """
    at = read[0].text.find(story.main_claim or "") if len(read) == 1 else -1
    return None if at < 0 else at + len(story.main_claim or "")


def _in_order(known: Sequence[Clause], read: Sequence[Article], story: Story) -> list[Clause]:
    """Return all clauses, those of origin articles first, each article in reading order."""
    own = {i for origin in story.origins for i in origin.article_ids}
    return sorted(known, key=lambda c: (read[c.at].article_id not in own, c.at, c.span))


def _clauses_of(
    read: Sequence[Article], attributions: Sequence[Attribution], end: int | None = None
) -> list[Clause]:
    by_article: dict[str, list[Attribution]] = defaultdict(list)
    for a in attributions:
        if a.in_ == "text" and not a.listed_only:
            by_article[a.article_id].append(a)
    cut: list[tuple[int, Span, int | None, tuple[Attribution, ...]]] = []
    for at, article in enumerate(read):
        mine = sorted(by_article[article.article_id], key=lambda a: a.attribution_id)
        said: set[str] = set()
        sentences = list(joined_sentences(article.text[:end]))
        for sentence, near in zip(sentences, _near_each(sentences, mine), strict=True):
            if not is_statement(article.text, sentence) or _repeats(article, sentence, said):
                continue
            deed = None
            for place in clauses(article.text, _stated(article.text, sentence, near)):
                is_purpose = _PURPOSE.match(article.text, place.start) is not None
                cut.append((at, place, deed if is_purpose else None, near))
                deed = deed if is_purpose else len(cut) - 1
    vocabulary = Vocabulary([a.text[:end] for a in read], ((at, place) for at, place, *_ in cut))
    found: list[Clause] = []
    for at, place, deed, near in cut:
        whole = None if deed is None else found[deed].weights
        found.append(_clause(read[at].text, at, place, whole, near, vocabulary))
    return found


def _near_each(
    sentences: Sequence[Span], attributions: Sequence[Attribution]
) -> list[tuple[Attribution, ...]]:
    """Return for each sentence (in order, apart) the attributions that reach into it."""
    near: list[list[Attribution]] = [[] for _ in sentences]
    starts, ends = [s.start for s in sentences], [s.end for s in sentences]
    for a in attributions:
        at: set[int] = set()
        for reach in _spans_of(a):
            at.update(range(bisect_right(ends, reach.start), bisect_left(starts, reach.end)))
        for i in at:
            near[i].append(a)
    return [tuple(found) for found in near]


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
    terms = vocabulary.terms(text, place, masks)
    weights = vocabulary.weighed(terms, text, place)
    if counted := tolls(text, place):
        # How many were hurt is what may differ: that there is a count of the hurt is what is said.
        weights = {key: told for key, told in weights.items() if not key.startswith("#")}
        weights |= dict.fromkeys(map(toll, counted), TOLL_WEIGHT)
    return Clause(
        at=at,
        deed=deed,
        span=place,
        weights=weights,
        names=frozenset(t.key for t in terms if t.is_name),
        is_negated=negates(text, place),
        total=sum(weights.values()),
        masks=masks,
        attributions=near,
    )


def _stated(text: str, place: Span, near: Sequence[Attribution]) -> Span:
    """Return what a sentence states: without dateline, without "X said that" at either end."""
    for a in near:
        if a.kind != "statement":
            place = _after_credit(place, a)
            continue
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


def _after_credit(place: Span, a: Attribution) -> Span:
    """Return a sentence without the dateline or credit that it begins with."""
    end = max((s.end for s in (a.cue, a.source) if s), default=place.start)
    begins = any(s and s.start - place.start <= LONGEST_DATELINE_CHARS for s in (a.cue, a.source))
    if begins and place.start < end < place.end - SHORTEST_CHARS:
        return span(end, place.end)
    return place


# "PORT LOW, Vessia, March 4 (CNA) -" and no more.
LONGEST_DATELINE_CHARS = 48


def _unmarked(text: str, place: Span) -> Span:
    """Return a statement without loose stops before it and a mark that it does not close."""
    said = place.of(text)
    start = place.start + len(said) - len(said.lstrip(" .,;:)]—–-"))
    if text[start : start + 1] in OPENING and not any(m in said for m in CLOSING):
        start += 1
    return span(start, place.end)


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
    seen: set[tuple[str, ...]],
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
        differences=tuple(_differences_of(members, read, seen)),
    )


# Terms that two clauses share beside the thing they count.
LEAST_CONTEXT = 3
# Articles of a story whose numbers are held against each other.
MOST_COUNTING = 40


def _counted_apart(
    known: Sequence[Clause], read: Sequence[Article], groups: Sequence[Sequence[Clause]]
) -> list[list[Clause]]:
    """
    Return pairs of clauses, not lined up yet, that give two numbers for one thing.

    Each article gives one number only for that thing, the numbers are near each other, and the
    clauses have more in common than the thing.
    """
    held = {id(c): n for n, group in enumerate(groups) for c in group}
    told: dict[str, list[tuple[Clause, Figure]]] = defaultdict(list)
    for at, article in enumerate(read[:MOST_COUNTING] if len(read) > 1 else ()):
        mine = [c for c in known if c.at == at]
        for key, figure in sorted(sole_figures(article.text).items()):
            clause = next((c for c in mine if c.span.holds(figure.span)), None)
            if clause:
                told[key].append((clause, figure))
    found = []
    for rows in told.values():
        for (a, x), (b, y) in combinations(rows, 2):
            common = a.weights.keys() & b.weights.keys()
            together = id(a) in held and held[id(a)] == held.get(id(b), -1)
            is_new = not together and len(common) >= LEAST_CONTEXT and may_be_one(x, y)
            if is_new and any(figures_apart(_side(a, read), _side(b, read))):
                found.append([a, b])
                break
    return found


def _is_torn(c: Clause, read: Sequence[Article]) -> bool:
    """Return whether a clause does not begin where a sentence does."""
    said = c.span.of(read[c.at].text).lstrip("“‘\"'([")
    return not said[:1].isupper()


# Differences a claim: more than a reader takes in are no help.
MOST_DIFFERENCES = 6


def _differences_of(
    members: Sequence[Clause], read: Sequence[Article], seen: set[tuple[str, ...]]
) -> list[Difference]:
    """Return where statements differ from the plainest ones, without values ``seen`` before."""
    found: list[Difference] = []
    for n, pivot in enumerate(members[:PIVOTS]):
        for other in members[n + 1 : n + 1 + MOST_COMPARED]:
            if other.at == pivot.at:
                continue
            for difference in _between(pivot, other, read):
                values = sorted((difference.left.value, difference.right.value))
                key = (difference.kind, *values)
                if key not in seen:
                    seen.add(key)
                    found.append(difference)
    return found[:MOST_DIFFERENCES]


# So many statements of a claim are held against others, each against so many: the plainest come
# first, and a claim that hundreds of pages carry is mostly one wording hundreds of times.
PIVOTS, MOST_COMPARED = 3, 40


def _between(left: Clause, right: Clause, read: Sequence[Article]) -> list[Difference]:
    ours, theirs = _side(left, read), _side(right, read)
    found = differences(ours, theirs, likeness_of(left, right))
    return found + worded_apart(_words(ours), _words(theirs))


def _words(side: Side) -> Words:
    return Words(article_id=side.article_id, text=side.text, span=side.span)


def _side(c: Clause, read: Sequence[Article]) -> Side:
    article = read[c.at]
    return Side(
        article_id=article.article_id,
        text=article.text,
        span=c.span,
        published=article.published,
        denied=any(a.denied and _denies(a, c, article.text) for a in c.attributions),
        masks=c.masks,
    )


_GOES_ON = re.compile(r"\b(?:and|but)\b")


def _denies(a: Attribution, c: Clause, text: str) -> bool:
    """Return whether a denial is of this statement: "denied the one and called the other"."""
    if not covers(a, c.span):
        return False
    return a.cue is None or not _GOES_ON.search(text, a.cue.end, max(a.cue.end, c.span.start))


__all__ = ["line_up"]
