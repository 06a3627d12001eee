"""
Which articles are worth comparing: those that share a fingerprint.

An article's fingerprint is a winnowed set of hashes of word n-grams (Schleimer, Wilkerson, Aiken
2003): a shared passage of :data:`SURE_WORDS` words is certain to leave a common hash, and only
about two hashes in five are kept. Hashes that stand in more than :data:`MOST_ARTICLES` articles are
not paired up (n articles would make n²/2 pairs): they are stock phrases and page furniture far
more often than copies, and they are counted in ``skipped`` with an example, never dropped silently.

The stages chain as ``fingerprint`` → ``pair`` → ``merge``; ``tally`` sums the rows that the calls
of ``pair`` leave in ``skipped``, so that neither table depends on how many calls an engine made.

A pair that shares a single hash, and one that more than :data:`FEW_ARTICLES` articles hold, is not
worth comparing either, and is counted in the same way.

Known to miss: a passage in which no :data:`SURE_WORDS` words in a row stand unchanged may be found
or not; a text carried by more than :data:`MOST_ARTICLES` different outlets is paired only through
whatever its versions do not all share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from firsthand import kernels
from firsthand.model import Article, Pair, Shingle, Skipped
from firsthand.stage import each, schema_of, table_of, together

# Some five words in a row survive where three words in ten are replaced; six often do not, and
# with four, chance pairs outnumber real ones.
GRAM_WORDS = 5
WINDOW = 4
SURE_WORDS = GRAM_WORDS + WINDOW - 1
# 4,950 pairs from one hash at the most. Agency copy in more outlets than this exists, but hashes
# that common are nearly all stock phrases.
MOST_ARTICLES = 100
# A hash in more articles than this, shared alone, is a phrase anyone writes: of pairs of news
# articles with nothing else in common, one in fourteen had a passage to show, all of them stock.
FEW_ARTICLES = 10
FEWEST_COMMON = 2
# Pages that are not the article: two outlets' consent pages are alike and mean nothing.
_NO_ARTICLE = ("consent", "paywall")


@each(takes=Article, gives=Shingle)
def fingerprint(article: Article) -> Iterator[Shingle]:
    """Yield the winnowed hashes of an article, each once, at its first place."""
    if article.copy_of is not None or article.not_read in _NO_ARTICLE:
        return
    grams = kernels.ngrams(kernels.tokenise(article.text).hash, GRAM_WORDS)
    kept = kernels.winnow(grams, WINDOW)
    hashes, first = np.unique(grams[kept], return_index=True)
    places = kept[first]
    for value, place in sorted(zip(hashes.tolist(), places.tolist(), strict=True)):
        yield Shingle(hash=value, article_id=article.article_id, word=place)


@together(takes=Shingle, by="hash", gives=(Pair, Skipped), arrow=True)
def pair(shingles: pa.Table) -> dict[type, pa.Table]:
    """
    Return pairs of articles with the number of hashes they share here, and the hashes passed over.

    A pair's hashes may be spread over several calls: :func:`merge` adds them up.
    """
    ids, article, place, begin = _groups(shingles)
    size = np.diff(np.concatenate((begin, [len(article)])))
    left, right, group = _pairs_within(article, begin, np.where(size > MOST_ARTICLES, 0, size))
    keys, back, n_shared = np.unique(
        left * len(ids) + right, return_inverse=True, return_counts=True
    )
    n_rare = np.bincount(back, size[group] <= FEW_ARTICLES, len(keys))
    left, right = np.divmod(keys, max(1, len(ids)))
    over = begin[size > MOST_ARTICLES]
    skipped = Skipped(
        stage="candidates.pair",
        kind=f"sequence of {GRAM_WORDS} words in more than {MOST_ARTICLES} articles",
        count=len(over),
        example=min((f"{ids[article[i]]} from word {place[i]}" for i in over), default=""),
    )
    return {
        Pair: _pairs(ids.take(pa.array(left)), ids.take(pa.array(right)), n_shared, n_rare),
        Skipped: table_of(Skipped, [skipped] if len(over) else []),
    }


def _pairs(left: pa.Array, right: pa.Array, *counts: NDArray[Any]) -> pa.Table:
    columns = [left, right, *(pa.array(count.astype(np.int64)) for count in counts)]
    return pa.Table.from_arrays(columns, schema=schema_of(Pair))


def _groups(shingles: pa.Table) -> tuple[pa.Array, kernels.Ints, kernels.Ints, kernels.Ints]:
    """
    Return the article ids in order, then a row a shingle: article, word; and where groups begin.

    Rows are ordered by hash, then article.
    """
    ids = shingles.column("article_id").combine_chunks().unique().sort()
    article = pc.index_in(shingles.column("article_id"), ids).to_numpy().astype(np.int64)
    value = shingles.column("hash").to_numpy()
    order = np.lexsort((article, value))
    value, article = value[order], article[order]
    begin = np.flatnonzero(np.concatenate(([len(value) > 0], value[1:] != value[:-1])))
    return ids, article, shingles.column("word").to_numpy()[order], begin


def _pairs_within(
    article: kernels.Ints, begin: kernels.Ints, size: kernels.Ints
) -> tuple[kernels.Ints, kernels.Ints, kernels.Ints]:
    """Return all pairs (earlier, later) of rows of one group, and the group each is from."""
    found = [(np.zeros(0, np.int64),) * 3]
    for n in np.unique(size[size > 1]).tolist():
        earlier, later = np.triu_indices(n, 1)
        groups = np.flatnonzero(size == n)
        starts = begin[groups][:, None]
        ends = article[starts + earlier].ravel(), article[starts + later].ravel()
        found.append((*ends, np.repeat(groups, len(earlier))))
    left, right, group = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return left, right, group


@together(takes=Pair, by="left_id", gives=(Pair, Skipped), arrow=True)
def merge(pairs: pa.Table) -> dict[type, pa.Table]:
    """Return every pair once, with all the hashes it shares; a single common one is no reason."""
    ids = ["left_id", "right_id"]
    total = pairs.group_by(ids).aggregate([("n_shared", "sum"), ("n_rare", "sum")])
    total = total.sort_by([(column, "ascending") for column in ids])
    counts = [total.column(f"{c}_sum").to_numpy() for c in ("n_shared", "n_rare")]
    kept = (counts[0] >= FEWEST_COMMON) | (counts[1] > 0)
    names = [total.column(c).combine_chunks() for c in ids]
    merged = _pairs(
        *(column.filter(pa.array(kept)) for column in names), *(c[kept] for c in counts)
    )
    dropped = np.flatnonzero(~kept)
    skipped = Skipped(
        stage="candidates.merge",
        kind=f"pair that shares one sequence of words found in more than {FEW_ARTICLES} articles",
        count=len(dropped),
        example=" and ".join(str(column[int(dropped[0])]) for column in names)
        if len(dropped)
        else "",
    )
    return {Pair: merged, Skipped: table_of(Skipped, [skipped] if len(dropped) else [])}


@together(takes=Skipped, by="kind", gives=Skipped)
def tally(skipped: list[Skipped]) -> Iterator[Skipped]:
    """Yield one row for each stage and kind: the counts added, the least of the examples."""
    for stage in sorted({row.stage for row in skipped}):
        rows = [row for row in skipped if row.stage == stage]
        yield replace(
            rows[0], count=sum(r.count for r in rows), example=min(r.example for r in rows)
        )
