"""
Passages told again in other words: sentences of two texts that say much the same.

Two sentences are held against each other by the words they share. A word counts the more the fewer
sentences of the two texts hold it (inverse sentence frequency): in two reports of one storm "storm"
tells nothing. Sentences that are each other's best match make seeds; seeds not more than a few
sentences apart on both sides make a passage, if all of it together is alike as well and neither
side is a multiple of the other. The method is that of Sanchez-Perez, Sidorov and Gelbukh (PAN
2014), with our words and without its choice between two settings; ``benchmarks/quality/pan13.py``
has its figures. No encoder: on news of one event vectors of meaning find every report of it alike.

Where :mod:`firsthand.passages` has found equal words a retelling is known by its borders already:
:func:`retold` gives only passages that are not mostly covered by those, and takes in the ones that
stand inside.

Two sets of rules. :data:`ANY_PAIR` is for two texts somebody has chosen to compare.
:data:`ONE_STORY` is for reports of one event, which share names, figures and facts although nobody
took anything from anybody: there a sentence must share most of what it says, and its numbers must
agree.

Known to fail: a summary that draws one sentence from ten is not found; two reporters who describe
one announcement in its own terms look as if one had reworded the other, which is why a retelling
never makes a derivation; other languages than English have their endings left on.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import isqrt
from typing import TYPE_CHECKING

from firsthand.background import weight
from firsthand.model import Article, Meaning, Reuse, Span, hull, span
from firsthand.reading import cues
from firsthand.stage import records_of, table_of, together
from firsthand.statements import stem
from firsthand.text import quotations, sentences

if TYPE_CHECKING:
    import pyarrow as pa

SCALE = 100
# Shorter "sentences" are rests of lists and headings; they are read with what stands before them.
SHORTEST_SENTENCE_WORDS = 4
# A word in more sentences than this on one side brings no pair of sentences together: it would be
# quadratic in a text that repeats, and such a word weighs next to nothing.
MOST_SENTENCES = 60
# So many of a sentence's terms, the rarest, are looked up in the other text.
RAREST_TERMS = 12
# Equal words at least this dense (per mille) know the borders of their passage themselves …
FIRM = 900
# … and where they cover half of a retelling they are the passage.
COVERED = 500
# A passage with this much of it in quotation marks (per mille) gives somebody's words.
MOSTLY_QUOTED = 500
# In a story of more pairs than this only those that share a passage are compared again.
MOST_PAIRS = 2000
_WORD = re.compile(r"\w+")
# Words that are no names, and that few enough articles have (`background.weight`).
_PLAIN = re.compile(r"\b[a-z]\w+")
TELLING, FEWEST_PLAIN = 60, 3
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

Terms = Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """
    When two sentences, and two runs of sentences, say the same.

    Likenesses are cosines in per mille. ``least_shared`` is the share (per mille) of the words of
    both sentences that must be common; ``gap`` how many sentences may lie between two seeds. With
    ``joins_aligned`` a passage of equal words that begins or ends in a retelling becomes part of
    it.
    """

    least_likeness: int
    least_shared: int
    fewest_terms: int
    gap: int
    least_whole: int
    fewest_whole_terms: int
    most_times_longer: int
    shortest_chars: int
    same_numbers: bool
    joins_aligned: bool


# Chosen on half of the PAN 2013 development pairs and checked on the other half.
ANY_PAIR = Rules(
    least_likeness=330, least_shared=330, fewest_terms=3, gap=4, least_whole=340,
    fewest_whole_terms=8, most_times_longer=3, shortest_chars=150, same_numbers=False,
    joins_aligned=True,
)  # fmt: skip
ONE_STORY = Rules(
    least_likeness=550, least_shared=500, fewest_terms=7, gap=1, least_whole=500,
    fewest_whole_terms=8, most_times_longer=2, shortest_chars=60, same_numbers=True,
    joins_aligned=False,
)  # fmt: skip
# How near a match must come to the best one of either sentence, in per mille.
NEAR_BEST = 800


@dataclass(frozen=True, kw_only=True, slots=True)
class Aligned:
    """A passage that two texts share in nearly the same words, and how many of them are equal."""

    left: Span
    right: Span
    similarity: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Retelling:
    """Two passages that say the same in other words; ``likeness`` is a cosine, 0–1."""

    left: Span
    right: Span
    likeness: float


@dataclass(frozen=True, slots=True)
class _Side:
    """The sentences of one text, and what each says: its terms with their weights."""

    text: str
    spans: list[Span]
    terms: Sequence[Terms]

    def all_terms(self, first: int, last: int) -> Counter[str]:
        """Return the terms of a run of sentences, weights added."""
        found: Counter[str] = Counter()
        for terms in self.terms[first : last + 1]:
            found.update(terms)
        return found


def retold(
    left: str, right: str, aligned: Iterable[Aligned] = (), rules: Rules = ANY_PAIR
) -> list[Retelling]:
    """
    Return the passages of two texts that say the same in other words, by place in the left one.

    >>> a = ("The council of Port Low shut the swing bridge on Monday after divers had found a "
    ...      "crack in the northern pier. Trams go by the old town. Nobody was hurt.")
    >>> b = ("Rain fell all day long. After divers found a crack in the northern pier, the swing "
    ...      "bridge was shut on Monday, the council of Port Low said.")
    >>> [(r.left.of(a)[-15:], r.right.of(b)[:12]) for r in retold(a, b, rules=ONE_STORY)]
    [(' northern pier.', 'After divers')]
    >>> c = "Divers praised the council of Port Low on Monday for a bridge nobody wants to cross."
    >>> retold(a, c, rules=ONE_STORY)
    []
    """
    sides = _sides(left, right)
    near = list(aligned)
    found: set[tuple[Span, Span, int]] = set()
    for rows in _together(_seeds(*sides, rules), rules.gap):
        found.update(_whole(rows, sides, rules))
    kept = [
        whole
        for ends in sorted(found)
        if (whole := _beside(ends, near, rules)) and _shorter(whole) >= rules.shortest_chars
    ]
    return [Retelling(left=a, right=b, likeness=n / 1000) for a, b, n in kept]


def _shorter(ends: tuple[Span, Span, int]) -> int:
    return min(side.end - side.start for side in ends[:2])


# Sentences and their terms


def _sides(left: str, right: str) -> tuple[_Side, _Side]:
    """Return both texts as sentences; a term weighs by how few sentences of the two hold it."""
    (ours, our_counts), (theirs, their_counts) = _read(left), _read(right)
    spans, counts = (ours, theirs), (our_counts, their_counts)
    held = Counter(term for side in counts for terms in side for term in terms)
    n = sum(map(len, spans)) + 1
    worth = {term: round(SCALE * math.log(n / k)) for term, k in held.items()}
    told = [
        [{t: worth[t] * k for t, k in terms.items() if worth[t]} for terms in side]
        for side in counts
    ]
    return _Side(left, spans[0], told[0]), _Side(right, spans[1], told[1])


# Articles of a story are compared with each other in turn.
@lru_cache(maxsize=128)
def _read(text: str) -> tuple[list[Span], list[Counter[str]]]:
    """Return the sentences of a text, and how often each term stands in each of them."""
    units = _units(text)
    return units, [Counter(map(_term, _WORD.findall(text, s.start, s.end))) for s in units]


def _term(word: str) -> str:
    return stem(word.casefold())


def _units(text: str) -> list[Span]:
    """Return the sentences of a text, very short ones joined to what stands before them."""
    found: list[Span] = []
    n_before = SHORTEST_SENTENCE_WORDS
    for sentence in sentences(text):
        n = sum(1 for _ in _WORD.finditer(text, sentence.start, sentence.end))
        if found and min(n, n_before) < SHORTEST_SENTENCE_WORDS:
            found[-1], n_before = span(found[-1].start, sentence.end), n_before + n
        else:
            found.append(sentence)
            n_before = n
    return found


# Which sentences say the same


def _seeds(left: _Side, right: _Side, rules: Rules) -> list[tuple[int, int]]:
    """Return the pairs of sentences that are alike, each near the best match of both."""
    likeness: dict[tuple[int, int], int] = {}
    best: tuple[Counter[int], Counter[int]] = Counter(), Counter()
    norms = [[_norm(terms) for terms in side.terms] for side in (left, right)]
    for pair, n_shared in _sharing(left, right):
        i, j = pair
        ours, theirs = left.terms[i], right.terms[j]
        few = n_shared < rules.fewest_terms
        if few or 2000 * n_shared < rules.least_shared * (len(ours) + len(theirs)):
            continue
        alike = _cosine(ours, theirs, norms[0][i], norms[1][j])
        if alike < rules.least_likeness or not _agree(left, i, right, j, rules):
            continue
        likeness[pair] = alike
        best[0][i], best[1][j] = max(best[0][i], alike), max(best[1][j], alike)
    return sorted(
        (i, j)
        for (i, j), alike in likeness.items()
        if 1000 * alike >= NEAR_BEST * max(best[0][i], best[1][j])
    )


def _sharing(left: _Side, right: _Side) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield the pairs of sentences that share two of the left one's rarest terms, and how many."""
    postings: dict[str, list[int]] = defaultdict(list)
    for j, terms in enumerate(right.terms):
        for term in terms:
            postings[term].append(j)
    for i, terms in enumerate(left.terms):
        known = [postings[t] for t in sorted(terms) if t in postings]
        rarest = sorted((j for j in known if len(j) <= MOST_SENTENCES), key=len)[:RAREST_TERMS]
        hits = Counter(j for held in rarest for j in held)
        for j in sorted(j for j, n in hits.items() if n > 1):
            yield (i, j), len(terms.keys() & right.terms[j].keys())


def _norm(terms: Terms) -> int:
    return sum(n * n for n in terms.values())


def _cosine(ours: Terms, theirs: Terms, our_norm: int, their_norm: int) -> int:
    """Return how alike two sets of terms are, in per mille; whole numbers, whatever the order."""
    product = sum(ours[t] * theirs[t] for t in ours.keys() & theirs.keys())
    return isqrt(1_000_000 * product * product // max(1, our_norm * their_norm))


def _agree(left: _Side, i: int, right: _Side, j: int, rules: Rules) -> bool:
    """
    Return whether two sentences about one event may be one sentence told twice.

    Neither has figures of its own where both have some, and they share more than names: two lists
    of the same people say the same without anybody having read the other.
    """
    if not rules.same_numbers:
        return True
    said = left.spans[i].of(left.text), right.spans[j].of(right.text)
    ours, theirs = (set(_NUMBER.findall(s)) for s in said)
    if ours and theirs and not (ours <= theirs or theirs <= ours):
        return False
    plain = [{_term(w) for w in _PLAIN.findall(s) if weight(w) >= TELLING} for s in said]
    return len(plain[0] & plain[1]) >= FEWEST_PLAIN


# Runs of such sentences


def _together(seeds: Sequence[tuple[int, int]], gap: int) -> list[list[tuple[int, int]]]:
    """
    Return the seeds in groups that are at most ``gap`` sentences apart on both sides.

    >>> _together([(0, 0), (1, 9), (2, 1)], 1)
    [[(0, 0), (2, 1)], [(1, 9)]]
    """
    groups, todo = [], [(list(seeds), 0, False)] if seeds else []
    while todo:
        rows, side, is_one = todo.pop()
        parts = _split(rows, side, gap)
        if len(parts) == 1 and is_one:
            groups.append(sorted(rows))
        else:
            todo += [(part, 1 - side, len(parts) == 1) for part in parts]
    return sorted(groups)


def _split(rows: Sequence[tuple[int, int]], side: int, gap: int) -> list[list[tuple[int, int]]]:
    ordered = sorted(rows, key=lambda row: row[side])
    parts = [[ordered[0]]]
    for row in ordered[1:]:
        if row[side] - parts[-1][-1][side] <= gap + 1:
            parts[-1].append(row)
        else:
            parts.append([row])
    return parts


def _whole(
    rows: Sequence[tuple[int, int]], sides: tuple[_Side, _Side], rules: Rules
) -> Iterator[tuple[Span, Span, int]]:
    """Yield the passages that a group of seeds makes: one, or several with smaller gaps."""
    todo = [(list(rows), rules.gap)]
    while todo:
        group, gap = todo.pop()
        ends = [(min(r[k] for r in group), max(r[k] for r in group)) for k in (0, 1)]
        places = [
            span(side.spans[first].start, side.spans[last].end)
            for side, (first, last) in zip(sides, ends, strict=True)
        ]
        terms = [side.all_terms(*at) for side, at in zip(sides, ends, strict=True)]
        alike = _cosine(terms[0], terms[1], _norm(terms[0]), _norm(terms[1]))
        shorter, longer = sorted(p.end - p.start for p in places)
        if alike >= rules.least_whole and longer <= rules.most_times_longer * shorter:
            if len(terms[0].keys() & terms[1].keys()) >= rules.fewest_whole_terms:
                yield places[0], places[1], alike
        elif gap > 0:
            todo += [(part, gap - 1) for part in _together(group, gap - 1)]


# Beside what is known from equal words


def _beside(
    ends: tuple[Span, Span, int], aligned: Sequence[Aligned], rules: Rules
) -> tuple[Span, Span, int] | None:
    """Return a retelling with the passages that lie in it, or None where those are all of it."""
    left, right, alike = ends
    inside = [a for a in aligned if a.left.overlaps(left) and a.right.overlaps(right)]
    firm = [a for a in inside if round(1000 * a.similarity) >= FIRM or not rules.joins_aligned]
    covered = max(_cover(left, [a.left for a in firm]), _cover(right, [a.right for a in firm]))
    if covered >= COVERED:
        return None
    if not rules.joins_aligned:
        return ends
    return hull([left, *(a.left for a in inside)]), hull([right, *(a.right for a in inside)]), alike


def _cover(place: Span, passages: Iterable[Span]) -> int:
    """Return how much of a place the passages hold, in per mille; overlaps count once."""
    held, reached = 0, place.start
    for passage in sorted(passages):
        start, end = max(passage.start, reached), min(passage.end, place.end)
        held += max(0, end - start)
        reached = max(reached, end)
    return 1000 * held // max(1, place.end - place.start)


# What a retelling means, and the stage


def rows_of(
    left: Article, right: Article, reuse: Iterable[Reuse], rules: Rules = ANY_PAIR
) -> Iterator[Reuse]:
    """
    Yield the retellings of two articles as rows; ``reuse`` are the rows known from equal words.

    ``left`` is the one with the lesser id.
    """
    aligned = [Aligned(left=r.left, right=r.right, similarity=r.similarity) for r in reuse]
    for found in retold(left.text, right.text, aligned, rules):
        yield Reuse(
            left_id=left.article_id,
            left=found.left,
            right_id=right.article_id,
            right=found.right,
            form="paraphrased",
            meaning=meaning_of(left.text, found.left, right.text, found.right),
            similarity=equal_share(found.left.of(left.text), found.right.of(right.text)),
            # Less than that of equal words: what two tell alike may have happened so.
            strength=round(found.likeness / 2, 6),
            rule="same in other words",
            story_id=left.story_id if left.story_id == right.story_id else None,
        )


def meaning_of(left_text: str, left: Span, right_text: str, right: Span) -> Meaning:
    """
    Return ``quote`` where either side gives most of a retelling as somebody's words, else ``copy``.

    In quotation marks, or told with a verb of speech: what two reporters were told they tell alike.

    >>> a, b = 'He said: “The bridge is safe to cross.”', "The bridge, he said, was safe to cross."
    >>> meaning_of(a, span(0, len(a)), b, span(0, len(b)))
    'quote'
    >>> c = "The bridge was shut for repairs in the spring of 2031 and has not been opened since."
    >>> meaning_of(c, span(0, len(c)), c, span(0, len(c)))
    'copy'
    """
    sides = (left_text, left), (right_text, right)
    quoted = any(_cover(at, quotations(text)) >= MOSTLY_QUOTED for text, at in sides)
    told = any(cues()[0].search(text, at.start, at.end) for text, at in sides)
    return "quote" if quoted or told else "copy"


def equal_share(left: str, right: str) -> float:
    """
    Return the words two passages have in common in any order ÷ words of the longer one.

    >>> equal_share("the gate was shut", "they shut the gate at noon")
    0.5
    """
    ours, theirs = (Counter(map(str.casefold, _WORD.findall(t))) for t in (left, right))
    return round((ours & theirs).total() / max(1, ours.total(), theirs.total()), 6)


@together(takes=(Article, Reuse), by=None, gives=Reuse, arrow=True, sorts=True)
def retell(articles: pa.Table, reuse: pa.Table) -> pa.Table:
    """Return the rows of reuse, and beside them the retellings between articles of one story."""
    import pyarrow as pa

    members = defaultdict(list)
    for article in records_of(Article, _in_company(articles)):
        members[article.story_id].append(article)
    in_story = pa.array([i in members for i in reuse.column("story_id").to_pylist()], pa.bool_())
    by_pair: dict[tuple[str, str], list[Reuse]] = defaultdict(list)
    for row in records_of(Reuse, reuse.filter(in_story)):
        by_pair[row.left_id, row.right_id].append(row)
    found = [row for story_id in sorted(members) for row in _of_story(members[story_id], by_pair)]
    return pa.concat_tables([reuse, table_of(Reuse, found)])


def _in_company(articles: pa.Table) -> pa.Table:
    """Return the articles that were read and are not the only one of their story."""
    import pyarrow as pa

    columns = ("copy_of", "not_read", "story_id", "language")
    rows = list(zip(*(articles.column(c).to_pylist() for c in columns), strict=True))
    own = [story if copy is None and unread is None and (language or "en").casefold()[:2] == "en"
           else None for copy, unread, story, language in rows]  # fmt: skip
    size = Counter(own)
    return articles.filter(pa.array([i is not None and size[i] > 1 for i in own], pa.bool_()))


def _of_story(
    articles: Sequence[Article], by_pair: Mapping[tuple[str, str], Sequence[Reuse]]
) -> Iterator[Reuse]:
    """Yield the retellings between the articles of one story."""
    ordered = sorted(articles, key=lambda a: a.article_id)
    all_pairs = len(ordered) * (len(ordered) - 1) // 2 <= MOST_PAIRS
    for left, right in combinations(ordered, 2):
        pair = left.article_id, right.article_id
        if all_pairs or pair in by_pair:
            yield from rows_of(left, right, by_pair.get(pair, ()), ONE_STORY)


__all__ = [
    "ANY_PAIR",
    "ONE_STORY",
    "Rules",
    "equal_share",
    "meaning_of",
    "retell",
    "retold",
    "rows_of",
]
