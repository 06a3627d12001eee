"""
Which articles are one article captured twice.

The stages chain as ``collapse`` → (pairs are found and aligned) → ``recapture``:

``collapse``
    identical texts become recaptures of one article before anything is compared, so that a hundred
    copies cost no pairs.
``recapture``
    the 90 % rule: the same page with a paragraph more is not a second article. Afterwards one row
    joins each recapture to its representative, and all other rows name representatives only.

Two outlets that carry the same text keep an article each: that is reuse, and what the rest of the
program is about.

Few articles of a large collection have anything to do with either, and arrays tell which: those of
one text, those that share half of their characters, and those that meet at an address or begin and
end alike. Only they are read as records; everything else passes as it came.
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
from numpy.typing import NDArray

from firsthand import kernels, passages
from firsthand.model import Article, Reuse, Span, digest, span
from firsthand.passages import Passage
from firsthand.stage import records_of, table_of, together

# Of the longer text. A page more, not an article more.
RECAPTURE_PERCENT = 90
# Pages that are not the article: the same consent page twice is not one article twice.
NO_ARTICLE = ("consent", "paywall")
# Some 400 bytes each: what a reading of any length holds stays below 200 MB.
MOST_TEXTS_KEPT = 400_000
# Nine words in ten hold half of the characters, unless what differs is no prose: pages that have
# less in common are not looked at.
LEAST_CHARS_SHARE = 0.5
# Texts that are equal but for white space begin and end with the same characters.
EDGE_CHARS = 40
# They are looked for in so many characters, and in the whole text where white space fills those.
_EDGE = 200


@together(takes=Article, by="text_id", gives=Article, arrow=True, sorts=True)
def collapse(articles: pa.Table) -> pa.Table:
    """
    Return the articles, those of one text but one as recaptures of it.

    Where different known outlets carry the text each keeps its own article; copies of unknown
    outlet then go to the first of these.
    """
    coded = articles.column("text_id").combine_chunks().dictionary_encode().indices.to_numpy()
    held = np.bincount(coded, minlength=1)[coded] > 1 if len(coded) else np.zeros(0, bool)
    groups: dict[str, list[Article]] = defaultdict(list)
    for article in _records(articles, held):
        groups[article.text_id].append(article)
    heads = {
        article.article_id: article.copy_of
        for _, group in sorted(groups.items())
        for article in of_one_text(group)
    }
    return _marked(articles, heads)


def _records(articles: pa.Table, held: NDArray[np.bool_]) -> list[Article]:
    """Return the articles flagged, by id."""
    found = records_of(Article, articles.filter(pa.array(held)))
    return sorted(found, key=lambda a: a.article_id)


def _marked(articles: pa.Table, heads: Mapping[str, str | None]) -> pa.Table:
    """Return the articles with ``copy_of`` set for those given; None for a representative."""
    if not heads:
        return articles
    place = articles.schema.get_field_index("copy_of")
    ids = articles.column("article_id")
    named = pa.array(list(heads))
    at = pc.index_in(ids, named)
    told = pa.array(list(heads.values()), pa.string()).take(at)
    column = pc.if_else(pc.is_valid(at), told, articles.column("copy_of"))
    return articles.set_column(place, articles.schema.field(place), column)


def of_one_text(articles: Sequence[Article]) -> Iterator[Article]:
    """Yield the articles of one text, all but one of them, or one an outlet, as recaptures."""
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


@together(takes=(Article, Reuse), by=None, gives=(Article, Reuse), arrow=True, sorts=True)
def recapture(articles: pa.Table, reuse: pa.Table) -> dict[type, pa.Table]:
    """
    Return the articles with recaptures marked, and the reuse rows with each recapture joined once.

    An article is a recapture of its representative when they have the same URL, or the same known
    outlet, and share 90 % of the longer text; or when their words are all the same and no two
    different outlets are known. It is measured against the representative itself, so that a page
    which changes a little every day does not end as a recapture of what it no longer resembles.
    """
    rows = _of_likely_pairs(articles, reuse)
    ends = pa.concat_arrays(
        [rows.column(c).combine_chunks().cast(pa.string()) for c in ("left_id", "right_id")]
    )
    held = pc.or_(
        pc.or_(pc.is_in(articles.column("article_id"), ends), pa.array(_meeting(articles))),
        _of_groups(articles),
    )
    found = _records(articles, np.array(held, bool))
    by_id = {a.article_id: a for a in found}
    head_of = _heads(by_id, records_of(Reuse, rows))
    copies = {i: head for i, head in head_of.items() if head != i}
    whole = [
        whole_row(*sorted((by_id[i], by_id[head]), key=lambda a: a.article_id))
        for i, head in sorted(copies.items())
    ]
    named = pa.array(list(copies), pa.string())
    gone = (pc.is_in(reuse.column(c), named) for c in ("left_id", "right_id"))
    kept = reuse.filter(pc.invert(pc.or_(*gone)))
    heads = {i: None if head == i else head for i, head in head_of.items()}
    return {
        Article: _marked(articles, heads),
        Reuse: pa.concat_tables([kept, table_of(Reuse, whole)]),
    }


def _of_likely_pairs(articles: pa.Table, reuse: pa.Table) -> pa.Table:
    """Return the rows of pairs that share enough characters to be recaptures."""
    if not reuse.num_rows:
        return reuse
    names = articles.column("article_id").combine_chunks()
    size = pc.utf8_length(articles.column("text")).to_numpy().astype(np.int64)
    left, right = (
        pc.index_in(reuse.column(c), names).to_numpy().astype(np.int64)
        for c in ("left_id", "right_id")
    )
    _, pair = np.unique(left * len(names) + right, return_inverse=True)
    shared = [np.bincount(pair, _lengths(reuse.column(c)))[pair] for c in ("left", "right")]
    likely = np.maximum(*shared) >= LEAST_CHARS_SHARE * np.maximum(size[left], size[right])
    return reuse.filter(pa.array(likely))


def _lengths(spans: pa.ChunkedArray) -> NDArray[np.int64]:
    flat = spans.combine_chunks()
    found: NDArray[np.int64] = pc.subtract(
        pc.struct_field(flat, "end"), pc.struct_field(flat, "start")
    ).to_numpy()
    return found


def _meeting(articles: pa.Table) -> NDArray[np.bool_]:
    """Return the articles that share an address with another, or begin and end like it."""
    at = [(address(url) or "") for url in articles.column("url").to_pylist()]
    alike = [_edges(text.as_py()) for chunk in articles.column("text").chunks for text in chunk]
    found = np.zeros(len(at), bool)
    for keys in (at, alike):
        seen: dict[object, int] = {}
        for number, key in enumerate(keys):
            if key:
                other = seen.setdefault(key, number)
                if other != number:
                    found[[other, number]] = True
    return found


def _edges(text: str) -> tuple[str, str] | None:
    """
    Return how a text begins and ends, whatever its case and white space; None for an empty one.

    >>> _edges("The  Quay is   shut.") == _edges("the quay is shut.")
    True
    """
    first = "".join(text[:_EDGE].split())
    last = "".join(text[-_EDGE:].split())
    if min(len(first), len(last)) < EDGE_CHARS < _EDGE < len(text):
        first = last = "".join(text.split())
    return (first[:EDGE_CHARS].casefold(), last[-EDGE_CHARS:].casefold()) if first else None


def _of_groups(articles: pa.Table) -> pa.ChunkedArray:
    """Return the articles that are recaptures, or have some."""
    heads = articles.column("copy_of")
    return pc.or_(pc.is_valid(heads), pc.is_in(articles.column("article_id"), heads.drop_null()))


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


def _characters(tokens: kernels.Tokens, at: tuple[int, int]) -> Span:
    """Return the characters from the first word to the end of the last; empty for no words."""
    if at[0] == at[1]:
        return span(0, 0)
    return span(int(tokens.start[at[0]]), int(tokens.end[at[1] - 1]))


@lru_cache(maxsize=512)
def _tokens(text: str) -> kernels.Tokens:
    return kernels.tokenise(text)


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
