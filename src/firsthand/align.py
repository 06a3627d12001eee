"""
Which passages two articles share, in what form, and which articles are one article twice.

The stages chain as ``collapse`` → (``candidates``: fingerprint, pair, merge) → ``align`` →
``recapture``:

``collapse``
    identical texts become recaptures of one article before anything is compared, so that a hundred
    copies cost no pairs.
``align``
    every passage a pair shares (``passages.py``, over many pairs at once by ``corpus.py``): without
    other words in it ``verbatim``, with them ``edited``.
``recapture``
    the 90 % rule: the same page with a paragraph more is not a second article. Afterwards one row
    joins each recapture to its representative, and all other rows name representatives only.

Two outlets that carry the same text keep an article each: that is reuse, and what the rest of the
program is about.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from firsthand import corpus, kernels, passages
from firsthand.model import Article, Pair, Reuse, Span, digest, span
from firsthand.passages import Passage
from firsthand.stage import (
    each,
    records_of,
    schema_of,
    table_of,
    together,
    usable_threads,
)

# Of the longer text. A page more, not an article more.
RECAPTURE_PERCENT = 90
# Pages that are not the article: the same consent page twice is not one article twice.
NO_ARTICLE = ("consent", "paywall")
# Some 400 bytes each: what a reading of any length holds stays below 200 MB.
MOST_TEXTS_KEPT = 400_000


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
    """
    Return the article that stands for all.

    Readable before not, of known outlet before not, then the most complete text, then the earliest
    captured, then the least id.
    """
    return min(articles, key=_rank)


def _rank(article: Article) -> tuple[bool, bool, int, bool, str, str]:
    when = article.captured_at
    unread, unknown = article.not_read is not None, not outlet_key(article)
    return unread, unknown, -len(article.text), when is None, when or "", article.article_id


# Added to addresses by whoever passes them on; they never choose another page.
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|ocid|cmpid)=")


def address(url: str | None) -> str | None:
    """
    Return what two spellings of one page's URL have in common, or None.

    >>> address("HTTP://www.post.example:80/quay/?utm_source=x&id=7#top")
    'post.example/quay?id=7'
    >>> address("https://post.example/quay?id=8") == address("https://post.example/quay?id=7")
    False
    """
    found = _URL.fullmatch(url or "")
    if found is None:
        return url or None
    host, path, query = found["host"].casefold(), found["path"].rstrip("/"), found["query"] or ""
    kept = "&".join(part for part in query.split("&") if part and not _TRACKING.match(part))
    return host.removeprefix("www.") + path + (f"?{kept}" if kept else "")


_URL = re.compile(
    r"https?://(?P<host>[^/?#:]+)(?::(?:80|443))?(?P<path>/[^?#]*|)(?:\?(?P<query>[^#]*))?(?:#.*)?",
    re.IGNORECASE | re.DOTALL,
)


def copy_of(article: Article, head: Article) -> Article:
    """Return the article as a recapture of ``head``, or unchanged where it is ``head`` itself."""
    return replace(
        article, copy_of=None if article.article_id == head.article_id else head.article_id
    )


class Copies:
    """
    What :func:`collapse` does, for articles that come one by one: the first of a text stands.

    Nothing is known of what is still to come, so a copy that is readable, or whose outlet is known,
    does not stand for an earlier one that is not. Otherwise the rule is the same: two known outlets
    with one text keep an article each. The last :data:`MOST_TEXTS_KEPT` texts are remembered.
    """

    def __init__(self) -> None:
        """Begin with no text seen."""
        self._heads: dict[int, dict[str, str]] = {}

    def marked(self, article: Article) -> Article:
        """Return the article, as a recapture of the first one with its text if there was one."""
        if article.not_read in NO_ARTICLE or not any(map(str.isalnum, article.text)):
            return article
        heads = self._heads.setdefault(int(article.text_id, 16), {})
        outlet = sys.intern(outlet_key(article))
        if "" in heads and outlet:
            # What was read before without an outlet may well be of this one.
            heads[outlet] = heads.pop("")
        head = heads.get(outlet) or (None if outlet else next(iter(heads.values()), None))
        if head is None:
            heads[outlet] = article.article_id
            if len(self._heads) > MOST_TEXTS_KEPT:
                del self._heads[next(iter(self._heads))]
        return replace(article, copy_of=head)


@lru_cache(maxsize=512)
def _tokens(text: str) -> kernels.Tokens:
    return kernels.tokenise(text)


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


def _characters(tokens: kernels.Tokens, at: tuple[int, int]) -> Span:
    """Return the characters from the first word to the end of the last; empty for no words."""
    if at[0] == at[1]:
        return span(0, 0)
    return span(int(tokens.start[at[0]]), int(tokens.end[at[1] - 1]))


@together(takes=(Article, Reuse), by=None, gives=(Article, Reuse))
def recapture(articles: list[Article], reuse: list[Reuse]) -> Iterator[Article | Reuse]:
    """
    Yield the articles with recaptures marked, and the reuse rows with each recapture joined once.

    An article is a recapture of its representative when they have the same URL, or the same known
    outlet, and share 90 % of the longer text; or when their words are all the same and no two
    different outlets are known. It is measured against the representative itself, so that a page
    which changes a little every day does not end as a recapture of what it no longer resembles.
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


@dataclass(kw_only=True, slots=True)
class _Group:
    """Recaptures of one article, with what is known of all of them: outlets and addresses."""

    head: Article
    ids: list[str]
    outlets: set[str]
    addresses: set[str | None]

    def take(self, other: _Group) -> None:
        self.ids += other.ids
        self.outlets |= other.outlets
        self.addresses |= other.addresses


# A page such as a front page has one address and ever other text: an article is compared with this
# many others there, the most complete ones. What shares words with it is compared in any case.
MOST_AT_AN_ADDRESS = 20


def _heads(by_id: Mapping[str, Article], reuse: Iterable[Reuse]) -> dict[str, str]:
    """
    Return the representative of every article.

    The most complete come first, and each article joins the first group it belongs to or begins
    one. It is compared with articles that share a passage with it, stand at the same address, or
    have the same words: the last two because what hundreds of pages share makes no pairs.
    """
    rows: dict[tuple[str, str], list[Reuse]] = defaultdict(list)
    beside: dict[str, list[str]] = defaultdict(list)
    for row in reuse:
        rows[row.left_id, row.right_id].append(row)
    for left_id, right_id in rows:
        beside[left_id].append(right_id)
        beside[right_id].append(left_id)
    groups: dict[str, _Group] = {}
    at: dict[str, list[_Group]] = defaultdict(list)
    for group in sorted(_texts(by_id), key=lambda g: _rank(g.head)):
        keys = _meeting_places(group)
        met = [groups[i] for i in beside[group.head.article_id] if i in groups]
        met += [other for key in keys for other in at[key][:MOST_AT_AN_ADDRESS]]
        met.sort(key=lambda g: _rank(g.head))
        kept = next((other for other in met if _is_one(other, group, rows)), None)
        if kept is None:
            kept = groups[group.head.article_id] = group
        else:
            kept.take(group)
        for key in keys:
            if not any(other is kept for other in at[key]):
                at[key].append(kept)
    return {i: group.head.article_id for group in groups.values() for i in group.ids}


def _texts(by_id: Mapping[str, Article]) -> list[_Group]:
    """Return a group for every text, as ``collapse`` has put them together."""
    members: dict[str, list[Article]] = defaultdict(list)
    for article in by_id.values():
        members[article.copy_of or article.article_id].append(article)
    return [
        _Group(
            head=by_id[head_id],
            ids=[a.article_id for a in group],
            outlets={outlet_key(a) for a in group} - {""},
            addresses={address(a.url) for a in group},
        )
        for head_id, group in members.items()
    ]


def _meeting_places(group: _Group) -> list[str]:
    """Return the addresses of a text, and what is left of it without white space."""
    if group.head.not_read in NO_ARTICLE:
        return []
    squeezed = "".join(group.head.text.casefold().split())
    return sorted(a for a in group.addresses if a) + ([f"text {digest(squeezed)}"] * bool(squeezed))


def _is_one(kept: _Group, group: _Group, rows: Mapping[tuple[str, str], Sequence[Reuse]]) -> bool:
    """Return whether a text belongs to a group: enough of it stands in the representative."""
    outlets, addresses = kept.outlets | group.outlets, kept.addresses | group.addresses
    at_one = (kept.addresses & group.addresses) - {None}
    if len(outlets) > 1 and (len(addresses) > 1 or not at_one):
        return False
    known = at_one or (kept.outlets and kept.outlets == group.outlets)
    left, right = sorted((kept.head, group.head), key=lambda a: a.article_id)
    lengths = sorted(len(_tokens(a.text).hash) for a in (left, right))
    least = (RECAPTURE_PERCENT if known else 100) * lengths[1]
    if 100 * lengths[0] < least or not lengths[1]:
        return False
    found = rows.get((left.article_id, right.article_id))
    if found is None:
        return 100 * _all_equal(left.text, right.text) >= least
    return 100 * n_shared_words(left.text, right.text, found) >= least


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
    return _none_twice(passages.between(_tokens(left).hash, _tokens(right).hash), left, right)
