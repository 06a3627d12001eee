"""
Which passages two articles share, and in what form.

Every passage a pair shares (``passages.py``, over many pairs at once by ``corpus.py``): without
other words in it ``verbatim``, with them ``edited``.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from firsthand import corpus, kernels
from firsthand.model import Article, Pair, Reuse, Span
from firsthand.stage import (
    each,
    records_of,
    schema_of,
    table_of,
    usable_threads,
)


@each(takes=Pair, beside={"left_id": Article, "right_id": Article}, gives=Reuse, arrow=True)
def align(pairs: pa.Table, articles: pa.Table) -> pa.Table:
    """Return the passages that each pair of articles shares, by pair and by place in the left."""
    names = articles.column("article_id").combine_chunks()
    left, right = (_places(pairs.column(c), names) for c in ("left_id", "right_id"))
    used = np.unique(np.concatenate((left, right)))
    texts = articles.column("text")
    if 2 * len(used) < len(texts):
        texts, names = texts.take(pa.array(used)), names.take(pa.array(used))
        left, right = used.searchsorted(left), used.searchsorted(right)
    texts = corpus.Texts(texts.combine_chunks(), threads=usable_threads.get())
    order = np.lexsort((right, left))
    columns = {name: pairs.column(name).to_numpy()[order] for name in _PLACES}
    first, last = (
        np.column_stack([columns[f"{side}_{edge}"] for side in ("left", "right")])
        for edge in ("first", "last")
    )
    given = corpus.Pairs(left[order], right[order], columns["n_shared"], first, last)
    return _rows(names, given, texts.passages(given))


def compare(left: Article, right: Article) -> list[Reuse]:
    """Return the passages of two articles, compared whatever they have in common, by place."""
    first, second = sorted((left, right), key=lambda a: a.article_id)
    pair = Pair(
        left_id=first.article_id, right_id=second.article_id, n_shared=corpus.FEW_SHARED + 1
    )
    found = align(table_of(Pair, [pair]), table_of(Article, [first, second]))
    return records_of(Reuse, found)


_PLACES = ("n_shared", "left_first", "right_first", "left_last", "right_last")


def _places(ids: pa.ChunkedArray, names: pa.Array) -> kernels.Ints:
    """Return for each id of a column its place among the names."""
    if pa.types.is_dictionary(ids.type):
        ids = ids.cast(pa.string())
    found: kernels.Ints = pc.index_in(ids, names).to_numpy().astype(np.int64)
    return found


def _rows(names: pa.Array, pairs: corpus.Pairs, found: corpus.Rows) -> pa.Table:
    """Return passages as rows of reuse; their meaning is not decided yet."""
    similarity = np.round(found.n_equal / np.maximum(found.n_words, 1), 6)
    exact = pa.array(found.n_equal == found.n_words)
    n = len(similarity)
    columns = {
        "left_id": names.take(pa.array(pairs.left[found.pair])),
        "left": _spans(found.left),
        "right_id": names.take(pa.array(pairs.right[found.pair])),
        "right": _spans(found.right),
        "form": pc.if_else(exact, "verbatim", "edited"),
        "meaning": pa.nulls(n, pa.string()),
        "similarity": pa.array(similarity),
        "strength": pa.array(similarity),
        "rule": pc.if_else(exact, "same words", "same words with edits"),
        "story_id": pa.nulls(n, pa.string()),
    }
    return pa.table(columns, schema=schema_of(Reuse))


def _spans(ends: kernels.Ints) -> pa.Array:
    begin_end = [pa.array(ends[:, i]) for i in (0, 1)]
    return pa.StructArray.from_arrays(begin_end, fields=list(schema_of(Span)))
