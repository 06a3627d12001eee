"""
Which passages two articles share, in what form, and which articles are one article twice.

The stages chain as ``collapse`` → (``candidates``: fingerprint, pair, merge) → ``align`` →
``recapture``:

``collapse``
    identical texts become recaptures of one article before anything is compared, so that a hundred
    copies cost no pairs.
``align``
    seeds of :data:`SEED_WORDS` equal words grow into maximal runs; runs a few words apart chain
    into passages. A passage without other words in it is ``verbatim``, one with them ``edited``.
``recapture``
    the 90 % rule: the same page with a paragraph more is not a second article. Afterwards one row
    joins each recapture to its representative, and all other rows name representatives only.

Two outlets that carry the same text keep an article each: that is reuse, and what the rest of the
program is about.

Where it is known to fail: a passage rewritten so that no :data:`ANCHOR_WORDS` words in a row are
left is not seen (that is paraphrase, looked for inside stories only); two edited passages less than
:data:`firsthand.kernels.WIDEST_GAP` words apart on both sides are shown as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from firsthand import kernels
from firsthand.model import Article, Form, Pair, Reuse, Span, span
from firsthand.stage import each, together

# Runs this short count only inside a passage; shorter, and "of the" would hold passages together.
SEED_WORDS = 3
# Shorter, and "the prime minister said on Tuesday" links strangers.
SHORTEST_PASSAGE_WORDS = 8
# An exact run this long inside an edited passage is also a row of its own (DESIGN §3).
SHORTEST_EXACT_RUN_WORDS = 16
# An edited passage must hold one run of this many words; chance seldom makes one.
ANCHOR_WORDS = 5
# … and this many equal words in all, and more equal words than others.
FEWEST_EQUAL_WORDS = 12
LEAST_SIMILARITY = 0.5
# Of the longer text. A page more, not an article more.
RECAPTURE_PERCENT = 90
# Pages that are not the article: the same consent page twice is not one article twice.
NO_ARTICLE = ("consent", "paywall")


@together(takes=Article, by="text_id", gives=Article)
def collapse(articles: list[Article]) -> Iterator[Article]:
    """
    Yield the articles of one text, all but one of them as recaptures.

    Where different known outlets carry the text each keeps its own article; copies of unknown
    outlet then go to the first of these.
    """
    if not any(map(str.isalnum, articles[0].text)):
        yield from articles
        return
    by_outlet: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        if article.not_read in NO_ARTICLE:
            yield article
            continue
        by_outlet[outlet_key(article)].append(article)
    unknown = by_outlet.pop("", [])
    if len(by_outlet) < 2:
        by_outlet[next(iter(by_outlet), "")] += unknown
        unknown = []
    heads = {key: representative(group) for key, group in by_outlet.items() if group}
    for key, head in heads.items():
        yield from (copy_of(a, head) for a in by_outlet[key])
    yield from (copy_of(a, representative(heads.values())) for a in unknown)


def outlet_key(article: Article) -> str:
    """Return what tells this article's outlet from others: its id, else its name, else nothing."""
    return article.outlet_id or (article.outlet or "").casefold().strip()


def representative(articles: Iterable[Article]) -> Article:
    """Return the article that stands for all: readable, of known outlet, then the least id."""
    return min(articles, key=lambda a: (a.not_read is not None, not outlet_key(a), a.article_id))


def copy_of(article: Article, head: Article) -> Article:
    """Return the article as a recapture of ``head``, or unchanged where it is ``head`` itself."""
    return replace(
        article, copy_of=None if article.article_id == head.article_id else head.article_id
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """Words of two texts that belong together: first and past-last word, and how many are equal."""

    left: tuple[int, int]
    right: tuple[int, int]
    n_equal: int

    @property
    def similarity(self) -> float:
        """Equal words ÷ words of the longer side."""
        longer = max(self.left[1] - self.left[0], self.right[1] - self.right[0])
        return self.n_equal / longer

    def within(self, other: Passage) -> bool:
        """Return whether both sides lie inside the other's."""
        return all(
            theirs[0] <= mine[0] and mine[1] <= theirs[1]
            for mine, theirs in ((self.left, other.left), (self.right, other.right))
        )


@lru_cache(maxsize=512)
def _tokens(text: str) -> kernels.Tokens:
    return kernels.tokenise(text)


@lru_cache(maxsize=64)
def _index(text: str) -> kernels.Index:
    return kernels.index(kernels.ngrams(_tokens(text).hash, SEED_WORDS))


@each(takes=Pair, beside={"left_id": Article, "right_id": Article}, gives=Reuse)
def align(pair: Pair, left: Article, right: Article) -> Iterator[Reuse]:
    """Yield the passages two articles share, in the order of the left one."""
    for passage in passages(left.text, right.text):
        yield _row(left, right, passage)


def _row(left: Article, right: Article, passage: Passage) -> Reuse:
    similarity = passage.similarity
    form: Form = "verbatim" if similarity == 1.0 else "edited"
    return Reuse(
        left_id=left.article_id,
        left=_characters(_tokens(left.text), passage.left),
        right_id=right.article_id,
        right=_characters(_tokens(right.text), passage.right),
        form=form,
        similarity=round(similarity, 6),
        strength=round(similarity, 6),
        rule="same words" if form == "verbatim" else "same words with edits",
    )


def _characters(tokens: kernels.Tokens, at: tuple[int, int]) -> Span:
    """Return the characters from the first word to the end of the last; empty for no words."""
    if at[0] == at[1]:
        return span(0, 0)
    return span(int(tokens.start[at[0]]), int(tokens.end[at[1] - 1]))


def passages(left: str, right: str) -> list[Passage]:
    """
    Return the passages two texts share, by place: edited ones, and exact ones in or beside them.

    >>> a = "Boats left the harbour before dawn on Monday while the crews slept ashore, they said."
    >>> b = "All boats left the harbour before sunrise on Monday while the crews slept ashore."
    >>> [(p.left, p.right, p.n_equal) for p in passages(a, b)]
    [((0, 13), (1, 14), 12)]
    >>> passages(a, "Crews slept. Boats left at dawn, and the harbour was empty on Monday.")
    []
    """
    words, others = _tokens(left).hash, _tokens(right).hash
    found: list[Passage] = []
    runs = kernels.runs(words, others, SEED_WORDS, _index(left))
    if runs.length.max(initial=0) < ANCHOR_WORDS:
        return []
    for parts in kernels.chains(runs):
        found.extend(_of_chain(words, others, parts))
    return _without_repeats(found)


def _of_chain(
    words: kernels.Ints, others: kernels.Ints, parts: Sequence[tuple[int, int, int]]
) -> Iterator[Passage]:
    """Yield the passage a chain of runs makes, if it is one, and its exact runs worth a row."""
    exact = [Passage(left=(a, a + n), right=(b, b + n), n_equal=n) for a, b, n in parts]
    whole = _edited(words, others, parts) if len(parts) > 1 else None
    if whole:
        yield whole
    shortest = SHORTEST_EXACT_RUN_WORDS if whole else SHORTEST_PASSAGE_WORDS
    yield from (run for run in exact if run.n_equal >= shortest)


def _edited(
    words: kernels.Ints, others: kernels.Ints, parts: Sequence[tuple[int, int, int]]
) -> Passage | None:
    """Return the runs and what stands between them as one passage; None if too little is equal."""
    if max(n for _, _, n in parts) < ANCHOR_WORDS:
        return None
    (a, b, n_equal), (last_a, last_b, last_n) = parts[0], parts[-1]
    for (at, bt, n), (next_at, next_bt, m) in pairwise(parts):
        between = words[at + n : next_at].tolist(), others[bt + n : next_bt].tolist()
        n_equal += m + kernels.equal_words(*between)
    whole = Passage(left=(a, last_a + last_n), right=(b, last_b + last_n), n_equal=n_equal)
    enough = n_equal >= FEWEST_EQUAL_WORDS and whole.similarity >= LEAST_SIMILARITY
    return whole if enough else None


def _without_repeats(found: Iterable[Passage]) -> list[Passage]:
    """Return the passages without those inside another, but for long exact runs; by place."""
    kept: list[Passage] = []
    around: list[Passage] = []
    for passage in sorted(found, key=_outermost_first):
        own = passage.similarity == 1.0 and passage.n_equal >= SHORTEST_EXACT_RUN_WORDS
        around = [p for p in around if p.left[1] > passage.left[0]]
        if not any(passage.within(p) and not (own and p.similarity < 1.0) for p in around):
            kept.append(passage)
            around.append(passage)
    return kept


def _outermost_first(passage: Passage) -> tuple[int, int, int, int, int]:
    (left, left_end), (right, right_end) = passage.left, passage.right
    return left, -left_end, right, -right_end, -passage.n_equal


@together(takes=(Article, Reuse), by=None, gives=(Article, Reuse))
def recapture(articles: list[Article], reuse: list[Reuse]) -> Iterator[Article | Reuse]:
    """
    Yield the articles with recaptures marked, and the reuse rows with each recapture joined once.

    Two articles become one when they have the same URL, or the same known outlet, and share 90 % of
    the longer text; or when their words are all the same and no two different outlets are known.
    """
    by_id = {a.article_id: a for a in articles}
    head_of = _heads(by_id, reuse)
    for article in articles:
        yield copy_of(article, by_id[head_of[article.article_id]])
    for row in reuse:
        if head_of[row.left_id] == row.left_id and head_of[row.right_id] == row.right_id:
            yield row
    for article in articles:
        head = by_id[head_of[article.article_id]]
        if head is not article:
            yield whole_row(*sorted((article, head), key=lambda a: a.article_id))


def _heads(by_id: Mapping[str, Article], reuse: Iterable[Reuse]) -> dict[str, str]:
    """Return the representative of every article; groups never join two different known outlets."""
    rows: dict[tuple[str, str], list[Reuse]] = defaultdict(list)
    for row in reuse:
        rows[row.left_id, row.right_id].append(row)
    groups = _Groups(by_id)
    for article in by_id.values():
        if article.copy_of:
            groups.join(article.article_id, article.copy_of)
    for left_id, right_id in sorted(rows):
        if _same(by_id[left_id], by_id[right_id], rows[left_id, right_id]):
            groups.join(left_id, right_id)
    members: dict[str, list[Article]] = defaultdict(list)
    for key, article in by_id.items():
        members[groups.root(key)].append(article)
    heads = {root: representative(group).article_id for root, group in members.items()}
    return {key: heads[groups.root(key)] for key in by_id}


class _Groups:
    """Articles joined into recaptures of one, with the known outlets and the URLs of each group."""

    def __init__(self, by_id: Mapping[str, Article]) -> None:
        self._above = {key: key for key in by_id}
        self._outlets = {key: {outlet_key(a)} - {""} for key, a in by_id.items()}
        self._urls = {key: {a.url} for key, a in by_id.items()}

    def root(self, key: str) -> str:
        while self._above[key] != key:
            self._above[key] = key = self._above[self._above[key]]
        return key

    def join(self, one: str, other: str) -> None:
        """Join two groups unless two different outlets are known, other than at one URL."""
        kept, given = sorted((self.root(one), self.root(other)))
        outlets = self._outlets[kept] | self._outlets[given]
        urls = self._urls[kept] | self._urls[given]
        if len(outlets) > 1 and (len(urls) > 1 or None in urls):
            return
        self._above[given] = kept
        self._outlets[kept], self._urls[kept] = outlets, urls


def _same(left: Article, right: Article, rows: Sequence[Reuse]) -> bool:
    """Return whether two articles that share these passages are one article captured twice."""
    same_url = left.url is not None and left.url == right.url
    outlets = {outlet_key(left), outlet_key(right)}
    if not same_url and len(outlets - {""}) == 2:
        return False
    known = same_url or (len(outlets) == 1 and "" not in outlets)
    longer = max(len(_tokens(a.text).hash) for a in (left, right))
    percent = RECAPTURE_PERCENT if known else 100
    return 100 * n_shared_words(left.text, right.text, rows) >= percent * longer


def n_shared_words(left: str, right: str, rows: Iterable[Reuse]) -> int:
    """Return the equal words of all passages, none counted twice."""
    starts = _tokens(left).start, _tokens(right).start
    found = []
    for row in rows:
        sides = _words_at(starts[0], row.left), _words_at(starts[1], row.right)
        longer = max(end - start for start, end in sides)
        n_equal = round(row.similarity * longer)
        found.append(Passage(left=sides[0], right=sides[1], n_equal=n_equal))
    return _none_twice(found, left, right)


def _none_twice(found: Iterable[Passage], left: str, right: str) -> int:
    """Return the equal words of the largest passages that share no word on either side."""
    taken = np.zeros(len(_tokens(left).hash), bool), np.zeros(len(_tokens(right).hash), bool)
    n_equal = 0
    for passage in sorted(found, key=lambda p: (-p.n_equal, p.left, p.right)):
        here = taken[0][slice(*passage.left)], taken[1][slice(*passage.right)]
        if not any(side.any() for side in here):
            n_equal += passage.n_equal
            here[0][:], here[1][:] = True, True
    return n_equal


def _words_at(starts: kernels.Ints, at: Span) -> tuple[int, int]:
    first, end = starts.searchsorted([at.start, at.end]).tolist()
    return first, end


def whole_row(left: Article, right: Article) -> Reuse:
    """Return the one row between a recapture and its representative: whole text to whole text."""
    words, others = _tokens(left.text), _tokens(right.text)
    n_equal = _all_equal(left.text, right.text)
    longer = max(len(words.hash), len(others.hash), 1)
    same = n_equal == longer or (len(words.hash) == len(others.hash) == 0)
    similarity = 1.0 if same else round(n_equal / longer, 6)
    return Reuse(
        left_id=left.article_id,
        left=_characters(words, (0, len(words.hash))),
        right_id=right.article_id,
        right=_characters(others, (0, len(others.hash))),
        form="verbatim" if same else "edited",
        similarity=similarity,
        strength=similarity,
        rule="recapture",
    )


def _all_equal(left: str, right: str) -> int:
    """Return how many words two whole texts share, by their passages; all where they are equal."""
    words, others = _tokens(left).hash, _tokens(right).hash
    if len(words) == len(others) and bool((words == others).all()):
        return len(words)
    return _none_twice(passages(left, right), left, right)
