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
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from firsthand import corpus
from firsthand.kernels import Ints
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


@each(takes=Article, gives=Shingle, arrow=True)
def fingerprint(articles: pa.Table) -> pa.Table:
    """Return the winnowed hashes of articles that are not copies; equal ones are not joined."""
    told = pc.fill_null(pc.is_in(articles.column("not_read"), pa.array(_NO_ARTICLE)), False)
    articles = articles.filter(pc.and_(pc.is_null(articles.column("copy_of")), pc.invert(told)))
    texts = corpus.Texts(articles.column("text").combine_chunks())
    kept = texts.fingerprints(GRAM_WORDS, WINDOW)
    names = articles.column("article_id").combine_chunks()
    columns = [
        pa.array(kept.hash),
        pa.DictionaryArray.from_arrays(pa.array(kept.text), names),
        pa.array(kept.word),
    ]
    return pa.Table.from_arrays(columns, schema=schema_of(Shingle))


class _Rows(NamedTuple):
    """Shingles as arrays, ordered by hash, then article, one row for each article of a hash."""

    hash: Ints
    article: Ints
    word: Ints


@together(takes=Shingle, by="hash", gives=(Pair, Skipped), arrow=True, sorts=True)
def pair(shingles: pa.Table) -> dict[type, pa.Table]:
    """
    Return pairs of articles with the number of hashes they share here, and the hashes passed over.

    A pair's hashes may be spread over several calls: :func:`merge` adds them up.
    """
    ids, rows = _ordered(shingles)
    begin = np.flatnonzero(_changes(rows.hash))
    size = np.diff(np.append(begin, len(rows.hash)))
    one, other, group = _pairs_within(begin, np.where(size > MOST_ARTICLES, 0, size))
    key = rows.article[one] * len(ids) + rows.article[other]
    # By pair, then by place: the first and the last of a pair's hashes are looked at first.
    order = np.lexsort((rows.word[other], rows.word[one], key))
    key, one, other, group = key[order], one[order], other[order], group[order]
    first = np.flatnonzero(_changes(key))
    last = np.append(first[1:], len(key))[: len(first)] - 1
    rare = np.append(0, np.cumsum(size[group] <= FEW_ARTICLES))
    left, right = np.divmod(key[first], max(1, len(ids)))
    places = (rows.word[at[edge]] for edge in (first, last) for at in (one, other))
    over = begin[size > MOST_ARTICLES]
    skipped = Skipped(
        stage="candidates.pair",
        kind=f"sequence of {GRAM_WORDS} words in more than {MOST_ARTICLES} articles",
        count=len(over),
        example=min((f"{ids[rows.article[i]]} from word {rows.word[i]}" for i in over), default=""),
    )
    counts = last + 1 - first, rare[last + 1] - rare[first]
    return {
        Pair: _pairs(ids, left, right, *counts, *places),
        Skipped: table_of(Skipped, [skipped] if len(over) else []),
    }


def _pairs(ids: pa.Array, left: Ints, right: Ints, *columns: NDArray[Any]) -> pa.Table:
    """Return a table of pairs; ``left`` and ``right`` are places in ``ids``."""
    names = [
        pa.DictionaryArray.from_arrays(pa.array(side.astype(np.int32)), ids)
        for side in (left, right)
    ]
    schema = schema_of(Pair)
    rest = [
        pa.array(column).cast(field.type)
        for column, field in zip(columns, list(schema)[2:], strict=True)
    ]
    return pa.Table.from_arrays([*names, *rest], schema=schema)


def _ordered(shingles: pa.Table) -> tuple[pa.Array, _Rows]:
    """
    Return the article ids in order, and the shingles that may stand in two articles as arrays.

    ``article`` are places among the ids. Of the hashes of a corpus most stand once; they are left
    out before anything is sorted.
    """
    (names, codes), hashes = _numbered(shingles, "article_id"), _numbers(shingles, "hash")
    kept = np.flatnonzero(recurring(hashes))
    hashes, article = hashes[kept], codes[kept]
    word = _numbers(shingles, "word")[kept].astype(np.int64)
    order = np.lexsort((word, article, hashes))
    hashes, article, word = hashes[order], article[order], word[order]
    first = _changes(hashes) | _changes(article)
    return names, _Rows(hashes[first], article[first], word[first])


def _numbered(table: pa.Table, column: str) -> tuple[pa.Array, Ints]:
    """Return the different names in a column, in order, and for each row the place of its name."""
    names = table.column(column).unify_dictionaries().combine_chunks()
    if isinstance(names, pa.ChunkedArray):  # no chunks at all
        names = pa.array([], names.type)
    order = pc.sort_indices(names.dictionary)
    place = np.empty(len(order), np.int64)
    place[order.to_numpy()] = np.arange(len(order))
    return names.dictionary.take(order), place[names.indices.to_numpy()]


def _numbers(table: pa.Table, column: str) -> NDArray[Any]:
    found: NDArray[Any] = table.column(column).to_numpy()
    return found


def _changes(values: Ints) -> NDArray[np.bool_]:
    """Return for each value whether it differs from the one before it; the first does."""
    return np.append(np.ones(min(1, len(values)), bool), values[1:] != values[:-1])


def recurring(hashes: Ints) -> NDArray[np.bool_]:
    """
    Return which values may stand more than once: all that do, and few others.

    One bit for each value by its lowest bits, in a table that is small enough to be fast.

    >>> recurring(np.array([5, 9, 5, 6])).tolist()
    [True, False, True, False]
    """
    if corpus.pays(hashes.nbytes):
        from firsthand import loops

        return loops.recurring(hashes)
    order = np.argsort(hashes, kind="stable")
    new = _changes(hashes[order])
    found = np.empty(len(hashes), bool)
    found[order] = ~new | ~np.append(new[1:], True)[: len(new)]
    return found


def _pairs_within(begin: Ints, size: Ints) -> tuple[Ints, Ints, Ints]:
    """Return all pairs (earlier, later) of rows of one group, and the group each is from."""
    found = [(np.zeros(0, np.int64),) * 3]
    for n in np.unique(size[size > 1]).tolist():
        earlier, later = np.triu_indices(n, 1)
        groups = np.flatnonzero(size == n)
        starts = begin[groups][:, None]
        ends = (starts + earlier).ravel(), (starts + later).ravel()
        found.append((*ends, np.repeat(groups, len(earlier))))
    one, other, group = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return one, other, group


@together(takes=Pair, by="left_id", gives=(Pair, Skipped), arrow=True, sorts=True)
def merge(pairs: pa.Table) -> dict[type, pa.Table]:
    """Return every pair once, with all the hashes it shares; a single common one is no reason."""
    (names, left), (others, right) = (_numbered(pairs, c) for c in ("left_id", "right_id"))
    ids = pa.concat_arrays([names, others]).unique()
    ids = ids.take(pc.sort_indices(ids))
    left = pc.index_in(names, ids).to_numpy()[left].astype(np.int64)
    right = pc.index_in(others, ids).to_numpy()[right].astype(np.int64)
    key = left * len(ids) + right
    places = [_numbers(pairs, c) for c in ("left_first", "right_first", "left_last", "right_last")]
    order = np.lexsort((places[1], places[0], key))
    first = np.flatnonzero(_changes(key[order]))
    n_shared, n_rare = (
        np.add.reduceat(_numbers(pairs, c)[order], first) if len(first) else np.zeros(0, np.int64)
        for c in ("n_shared", "n_rare")
    )
    last = np.append(first[1:], len(key))[: len(first)] - 1
    at_last = np.lexsort((places[3], places[2], key))[last]
    at_first = order[first]
    columns = [
        left[at_first], right[at_first], n_shared, n_rare,
        places[0][at_first], places[1][at_first], places[2][at_last], places[3][at_last],
    ]  # fmt: skip
    kept = (n_shared >= FEWEST_COMMON) | (n_rare > 0)
    merged = _pairs(ids, *(column[kept] for column in columns))
    dropped = np.flatnonzero(~kept)
    example = [ids[int(column[dropped[0]])].as_py() for column in columns[:2] if len(dropped)]
    skipped = Skipped(
        stage="candidates.merge",
        kind=f"pair that shares one sequence of words found in more than {FEW_ARTICLES} articles",
        count=len(dropped),
        example=" and ".join(example),
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
