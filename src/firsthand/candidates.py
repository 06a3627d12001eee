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

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from firsthand import corpus
from firsthand.kernels import Ints
from firsthand.model import Article, Pair, Shingle, Skipped
from firsthand.stage import each, schema_of, table_of, together, usable_threads

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
# Texts whose words are held at once: three bytes of arrays for each of text.
BATCH_BYTES = 16_000_000
# Pages that are not the article: two outlets' consent pages are alike and mean nothing.
_NO_ARTICLE = ("consent", "paywall")


@each(takes=Article, gives=Shingle, arrow=True)
def fingerprint(articles: pa.Table) -> pa.Table:
    """Return the winnowed hashes of articles that are not copies; equal ones are not joined."""
    told = pc.fill_null(pc.is_in(articles.column("not_read"), pa.array(_NO_ARTICLE)), False)
    own = pc.and_(pc.is_null(articles.column("copy_of")), pc.invert(told))
    articles = articles.select(["article_id", "text"])
    if not pc.all(own).as_py():
        articles = articles.filter(own)
    compiled = corpus.pays(articles.nbytes)
    size = max(1, articles.num_rows * BATCH_BYTES // max(1, articles.nbytes))
    batches = articles.to_batches(max_chunksize=size)
    with ThreadPoolExecutor(usable_threads.get()) as pool:
        found = list(pool.map(partial(_shingles, compiled=compiled), batches))
    return pa.Table.from_batches(found, schema_of(Shingle))


def _shingles(articles: pa.RecordBatch, *, compiled: bool) -> pa.RecordBatch:
    texts = corpus.Texts(articles.column("text"), compiled=compiled)
    kept = texts.fingerprints(GRAM_WORDS, WINDOW)
    columns = [
        pa.array(kept.hash),
        pa.DictionaryArray.from_arrays(pa.array(kept.text), articles.column("article_id")),
        pa.array(kept.word),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema_of(Shingle))


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
    place = rows.word[one] << _HALF | rows.word[other]
    over = begin[size > MOST_ARTICLES]
    skipped = Skipped(
        stage="candidates.pair",
        kind=f"sequence of {GRAM_WORDS} words in more than {MOST_ARTICLES} articles",
        count=len(over),
        example=min((f"{ids[rows.article[i]]} from word {rows.word[i]}" for i in over), default=""),
    )
    n_rare = (size[group] <= FEW_ARTICLES).astype(np.int64)
    added = _added(key, np.ones(len(key), np.int64), n_rare, place, place)
    return {
        Pair: _pairs(ids, added),
        Skipped: table_of(Skipped, [skipped] if len(over) else []),
    }


# Two words' numbers in one integer, which orders by the first and then the second.
_HALF = 32


class _Added(NamedTuple):
    """Pairs, each once: its key, hashes shared, rare ones, places of the first and the last."""

    key: Ints
    n_shared: Ints
    n_rare: Ints
    first: Ints
    last: Ints


def _added(key: Ints, n_shared: Ints, n_rare: Ints, first: Ints, last: Ints) -> _Added:
    """Return the rows with equal keys as one, in order of their keys."""
    if not len(key):
        return _Added(key, n_shared, n_rare, first, last)
    order = np.argsort(key, kind="stable")
    begin = np.flatnonzero(_changes(key[order]))
    return _Added(
        key[order[begin]],
        np.add.reduceat(n_shared[order], begin),
        np.add.reduceat(n_rare[order], begin),
        np.minimum.reduceat(first[order], begin),
        np.maximum.reduceat(last[order], begin),
    )


def _pairs(ids: pa.Array, added: _Added) -> pa.Table:
    """Return a table of pairs; keys are places among the ids, the left one first."""
    left, right = (side.astype(np.int32) for side in np.divmod(added.key, max(1, len(ids))))
    low = (1 << _HALF) - 1
    places = (half for p in (added.first, added.last) for half in (p >> _HALF, p & low))
    schema = schema_of(Pair)
    columns = (added.n_shared, added.n_rare, *(p.astype(np.int32) for p in places))
    rest = [pa.array(c, type=f.type) for c, f in zip(columns, list(schema)[2:], strict=True)]
    names = [pa.DictionaryArray.from_arrays(pa.array(side), ids) for side in (left, right)]
    return pa.Table.from_arrays([*names, *rest], schema=schema)


def _ordered(shingles: pa.Table) -> tuple[pa.Array, _Rows]:
    """
    Return the article ids in order, and the shingles that may stand in two articles as arrays.

    ``article`` are places among the ids. Of the hashes of a corpus most stand once; they are left
    out before anything is copied or sorted.
    """
    batches = [batch for batch in shingles.to_batches() if batch.num_rows]
    ids = _sorted_names([batch.column("article_id").dictionary for batch in batches])
    kept = recurring([batch.column("hash").to_numpy() for batch in batches])
    parts = [
        (
            batch.column("hash").to_numpy()[at],
            _codes(batch.column("article_id"), ids)[at],
            batch.column("word").to_numpy()[at].astype(np.int64),
        )
        for batch, at in zip(batches, kept, strict=True)
    ]
    empty = (np.zeros(0, np.int64),) * 3
    hashes, article, word = (np.concatenate(c) for c in zip(empty, *parts, strict=True))
    order = np.argsort(article << _HALF | word, kind="stable")
    order = order[np.argsort(hashes[order], kind="stable")]
    hashes, article, word = hashes[order], article[order], word[order]
    first = _changes(hashes) | _changes(article)
    return ids, _Rows(hashes[first], article[first], word[first])


def _sorted_names(dictionaries: Iterable[pa.Array]) -> pa.Array:
    """Return the different names of dictionaries, in order."""
    names = pc.unique(pa.chunked_array(dictionaries, pa.string()))
    return names.take(pc.sort_indices(names))


def _codes(names: pa.DictionaryArray, ids: pa.Array) -> Ints:
    """Return for each row of a column the place of its name among the ids."""
    place = pc.index_in(names.dictionary, ids).to_numpy(zero_copy_only=False).astype(np.int64)
    found: Ints = place[names.indices.to_numpy()]
    return found


def _changes(values: Ints) -> NDArray[np.bool_]:
    """Return for each value whether it differs from the one before it; the first does."""
    return np.append(np.ones(min(1, len(values)), bool), values[1:] != values[:-1])


def recurring(parts: Sequence[Ints]) -> list[NDArray[np.bool_]]:
    """
    Return which values may stand more than once in all the parts: all that do, and few others.

    >>> [found.tolist() for found in recurring([np.array([5, 9]), np.array([5, 6])])]
    [[True, False], [True, False]]
    """
    if corpus.pays(sum(part.nbytes for part in parts)):
        from firsthand import word_loops

        return word_loops.recurring(parts)
    hashes = np.concatenate([np.zeros(0, np.int64), *parts])
    order = np.argsort(hashes, kind="stable")
    new = _changes(hashes[order])
    found = np.empty(len(hashes), bool)
    found[order] = ~new | ~np.append(new[1:], True)[: len(new)]
    return np.split(found, np.cumsum([len(part) for part in parts])[:-1]) if parts else []


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
    batches = [batch for batch in pairs.to_batches() if batch.num_rows]
    sides = ("left_id", "right_id")
    ids = _sorted_names([b.column(side).dictionary for b in batches for side in sides])
    left, right, n_shared, n_rare, *places = (
        np.concatenate([np.zeros(0, np.int64), *(_column(b, name, ids) for b in batches)])
        for name in schema_of(Pair).names
    )
    first, last = (places[i] << _HALF | places[i + 1] for i in (0, 2))
    added = _added(left * len(ids) + right, n_shared, n_rare, first, last)
    kept = (added.n_shared >= FEWEST_COMMON) | (added.n_rare > 0)
    dropped = _pairs(ids, _Added(*(column[~kept][:1] for column in added)))
    example = [dropped.column(side)[0].as_py() for side in sides if dropped.num_rows]
    skipped = Skipped(
        stage="candidates.merge",
        kind=f"pair that shares one sequence of words found in more than {FEW_ARTICLES} articles",
        count=int((~kept).sum()),
        example=" and ".join(example),
    )
    return {
        Pair: _pairs(ids, _Added(*(column[kept] for column in added))),
        Skipped: table_of(Skipped, [skipped] if example else []),
    }


def _column(batch: pa.RecordBatch, name: str, ids: pa.Array) -> Ints:
    column = batch.column(name)
    if pa.types.is_dictionary(column.type):
        return _codes(column, ids)
    found: Ints = column.to_numpy().astype(np.int64)
    return found


@together(takes=Skipped, by="kind", gives=Skipped)
def tally(skipped: list[Skipped]) -> Iterator[Skipped]:
    """Yield one row for each stage and kind: the counts added, the least of the examples."""
    for stage in sorted({row.stage for row in skipped}):
        rows = [row for row in skipped if row.stage == stage]
        yield replace(
            rows[0], count=sum(r.count for r in rows), example=min(r.example for r in rows)
        )
