"""
The table of shared passages alone: what ``firsthand reuse`` writes.

The stages are those of ``trace`` up to what a shared passage means; stories, origins and claims are
left out, and with them passages of form ``paraphrased``, which are looked for between articles of
one story only. The rows are the same as those of ``trace`` otherwise. What an article cites is read
only where it can change a row: where some article does not say whose it is, and its own words or
another's may show it. A corpus in which every row has an outlet is not read for sources at all.

With ``pairs`` only the articles listed are compared, whatever they share, and retellings are looked
for between them too. ``merge_gap`` and ``shortest`` make fewer and longer rows of them, one for
what a reader would call one case; rows of ``trace`` are never joined.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from firsthand import corpus, paraphrase, pipeline
from firsthand.contract import in_canonical_order
from firsthand.engines import Tables
from firsthand.errors import InputError
from firsthand.model import (
    Article,
    Attribution,
    Form,
    Meaning,
    Pair,
    Rejected,
    Reuse,
    Skipped,
    Span,
    hull,
)
from firsthand.pipeline import DEFAULTS, PathLike, Progress, Settings
from firsthand.stage import records_of, table_of

ATTRIBUTE, RESOLVE = "attribution.attribute", "sources.resolve"
# So many names are shown where ids are not found; the rest is counted.
MOST_SHOWN = 5
Pairs = PathLike | Iterable[tuple[str, str]]
LeftOut = Callable[[Rejected | Skipped], object]


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedPassage:
    """
    A row of reuse with what a reader needs beside it: given ids, paths and the texts of both sides.

    The columns of ``Reuse`` mean what they mean there; ``left_text`` is the passage itself, or None
    where texts are to be left out.
    """

    left_id: str
    left: Span
    right_id: str
    right: Span
    form: Form
    meaning: Meaning | None
    similarity: float
    strength: float
    rule: str
    left_given_id: str | None
    right_given_id: str | None
    left_path: str
    right_path: str
    left_text: str | None
    right_text: str | None


_OF_REUSE = {f.name for f in fields(SharedPassage)} & {f.name for f in fields(Reuse)}


def reuse(
    paths: PathLike | Sequence[PathLike],
    *,
    settings: Settings = DEFAULTS,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    on_left_out: LeftOut | None = None,
    pairs: Pairs | None = None,
    merge_gap: int | None = None,
    shortest: int = 0,
) -> Generator[SharedPassage, None, None]:
    """
    Yield every passage that two articles in ``paths`` share, by article and place.

    ``pairs`` names the articles to compare, as a file (two ids a line, a tab between) or as tuples;
    an id is what the input calls an article, or an ``article_id``. Then ``merge_gap`` joins
    passages at most so many characters apart in both articles, and those shorter than ``shortest``
    characters on either side are left out. ``on_left_out`` is called with what could not be read
    and with the counts of what was passed over. Raises :class:`InputError` where a pair names an
    article that is not there.
    """
    wanted = None if pairs is None else read_pairs(pairs)
    have = pipeline.read(paths, settings=settings, stdin=stdin, progress=progress)
    if wanted is None:
        have = compared(have, settings=settings, progress=progress)
        rows = records_of(Reuse, have[Reuse])
        by_id = articles_of(have)
    else:
        have = of_pairs(have, wanted, settings=settings, progress=progress)
        by_id = articles_of(have)
        rows = _with_retellings(records_of(Reuse, have[Reuse]), have[Pair], by_id)
        if merge_gap is not None:
            rows = list(merged(rows, by_id, merge_gap))
        rows = [row for row in rows if _n_chars(row) >= shortest]
    for left_out in left_out_of(have):
        if on_left_out:
            on_left_out(left_out)
    for row in in_canonical_order("reuse", rows):
        yield shared(row, by_id[row.left_id], by_id[row.right_id], no_text=settings.no_text)


def _n_chars(row: Reuse) -> int:
    return min(row.left.end - row.left.start, row.right.end - row.right.start)


def articles_of(have: Tables) -> dict[str, Article]:
    """Return the articles by id."""
    return {a.article_id: a for a in records_of(Article, have[Article])}


def left_out_of(have: Tables) -> Iterator[Rejected | Skipped]:
    """Yield what could not be read and the counts of what was passed over."""
    for record_class in (Rejected, Skipped):
        yield from records_of(record_class, have[record_class])


def shared(row: Reuse, left: Article, right: Article, *, no_text: bool = False) -> SharedPassage:
    """Return a row of reuse with what a reader needs beside it."""
    return SharedPassage(
        **{name: getattr(row, name) for name in _OF_REUSE},
        left_given_id=left.given_id,
        right_given_id=right.given_id,
        left_path=left.path,
        right_path=right.path,
        left_text=None if no_text else row.left.of(left.text),
        right_text=None if no_text else row.right.of(right.text),
    )


# The stages


def compared(
    have: Tables, *, settings: Settings = DEFAULTS, progress: Progress | None = None
) -> Tables:
    """Return what was read after everything that finds shared passages and says what they mean."""
    have = pipeline.go_on(have, pipeline.TO_ARTICLES, settings=settings, progress=progress)
    return compared_articles(have, settings=settings, progress=progress)


def compared_articles(
    have: Tables, *, settings: Settings = DEFAULTS, progress: Progress | None = None
) -> Tables:
    """Return tables that hold articles already after the rest of :func:`compared`."""
    have = with_outlets(have, settings, progress)
    return pipeline.go_on(
        have, after_outlets(pipeline.TO_REUSE), settings=settings, progress=progress
    )


def after_outlets(names: Sequence[str]) -> list[str]:
    """Return the stages that come after articles and their outlets."""
    first = (*pipeline.TO_ARTICLES, ATTRIBUTE, RESOLVE)
    return [name for name in names if name not in first]


def with_outlets(have: Tables, settings: Settings, progress: Progress | None) -> Tables:
    """
    Return the tables with each article's outlet, as ``trace`` finds it.

    What articles cite is read only if one of them does not say whose it is, or says it by the name
    of its host alone, which the words of another may spell out.
    """
    named = pipeline.go_on(have, [RESOLVE], settings=settings, progress=progress)
    ids, outlets = (named[Article].column(c).to_pylist() for c in ("outlet_id", "outlet"))
    if all(i is not None and not _is_host(name) for i, name in zip(ids, outlets, strict=True)):
        return named
    found = pipeline.go_on(have, [ATTRIBUTE, RESOLVE], settings=settings, progress=progress)
    return found | {Attribution: table_of(Attribution, ())}


def _is_host(outlet: str | None) -> bool:
    return "." in (outlet or "") and " " not in (outlet or "")


# Pairs somebody listed


def read_pairs(pairs: Pairs) -> list[tuple[str, str]]:
    """Return the pairs of a file (two ids a line, a tab between), or those given, once each."""
    if not isinstance(pairs, str | os.PathLike):
        return list(dict.fromkeys((str(a), str(b)) for a, b in pairs))
    path = Path(pairs)
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read as a list of pairs ({error}). It needs to be UTF-8 text with "
            "two ids a line and a tab between them.",
            slug="pairs-file",
        ) from error
    found: dict[tuple[str, str], None] = {}
    for number, line in enumerate(lines, 1):
        cells = line.rstrip("\r").split("\t")
        if not line.strip():
            continue
        if len(cells) != 2 or not all(cells):
            raise InputError(
                f"{path}: line {number} is not two ids with a tab between them. Write one pair a "
                "line: the ids that the input gives its articles, or article_ids.",
                slug="pairs-file",
            )
        found[cells[0], cells[1]] = None
    return list(found)


def of_pairs(
    have: Tables,
    pairs: Sequence[tuple[str, str]],
    *,
    settings: Settings = DEFAULTS,
    progress: Progress | None = None,
) -> Tables:
    """Return the tables after the listed pairs were compared, whatever they have in common."""
    have = pipeline.go_on(have, pipeline.TO_ARTICLES, settings=settings, progress=progress)
    named = {Pair: pair_table(_ids_of(pairs, have[Article]))}
    have = with_outlets(have, settings, progress) | named
    rest = after_outlets(pipeline.OF_PAIRS)
    return pipeline.go_on(have, rest, settings=settings, progress=progress) | named


def pair_table(pairs: Iterable[tuple[str, str]]) -> pa.Table:
    """Return pairs of article ids as a table in which each is compared in full."""
    each = sorted({(min(p), max(p)) for p in pairs if p[0] != p[1]})
    n_shared = corpus.FEW_SHARED + 1
    return table_of(Pair, [Pair(left_id=a, right_id=b, n_shared=n_shared) for a, b in each])


def _ids_of(pairs: Iterable[tuple[str, str]], articles: pa.Table) -> Iterator[tuple[str, str]]:
    """Yield the article ids that pairs of given ids mean; a page of several articles means all."""
    meant: dict[str, list[str]] = defaultdict(list)
    for column in ("article_id", "given_id"):
        names = articles.column(column).to_pylist()
        for name, article_id in zip(names, articles.column("article_id").to_pylist(), strict=True):
            if name is not None:
                meant[name].append(article_id)
    pairs = list(pairs)
    unknown = list(dict.fromkeys(name for pair in pairs for name in pair if name not in meant))
    if unknown:
        more = f" and {len(unknown) - MOST_SHOWN} more" if len(unknown) > MOST_SHOWN else ""
        raise InputError(
            f"{len(unknown)} of the ids in the list of pairs are not among the articles read: "
            f"{', '.join(unknown[:MOST_SHOWN])}{more}. Pairs are named by the ids that the input "
            "gives its articles; --map id=COLUMN says which column holds them.",
            slug="unknown-pairs",
        )
    for a, b in pairs:
        yield from ((left, right) for left in meant[a] for right in meant[b])


def _with_retellings(
    rows: Iterable[Reuse], pairs: pa.Table, by_id: dict[str, Article]
) -> list[Reuse]:
    """Return the rows of pairs, and what the two articles of each tell in other words."""
    found = list(rows)
    by_pair: dict[tuple[str, str], list[Reuse]] = defaultdict(list)
    for row in found:
        by_pair[row.left_id, row.right_id].append(row)
    for pair in records_of(Pair, pairs):
        left, right = by_id[pair.left_id], by_id[pair.right_id]
        found += paraphrase.rows_of(left, right, by_pair[pair.left_id, pair.right_id])
    return found


# One row for one case


def merged(rows: Iterable[Reuse], by_id: dict[str, Article], gap: int) -> Iterator[Reuse]:
    """
    Yield one row for passages of a pair that lie at most ``gap`` characters apart on both sides.

    A row made of several is ``edited``, or ``paraphrased`` where one of them is; its similarity is
    that of the words both sides have in common, its meaning that of its longest passage.
    """
    by_pair: dict[tuple[str, str], list[Reuse]] = defaultdict(list)
    for row in rows:
        by_pair[row.left_id, row.right_id].append(row)
    for (left_id, right_id), found in by_pair.items():
        texts = by_id[left_id].text, by_id[right_id].text
        for group in near(found, gap):
            yield group[0] if len(group) == 1 else _one(group, *texts)


def near(rows: Iterable[Reuse], gap: int) -> list[list[Reuse]]:
    """Return rows of one pair in groups whose hulls lie more than ``gap`` apart on some side."""
    open_, done = list[tuple[Span, Span, list[Reuse]]](), list[list[Reuse]]()
    for row in sorted(rows, key=lambda r: (r.left, r.right)):
        left, right, group = row.left, row.right, [row]
        kept = []
        for other in open_:
            if other[0].end + gap < row.left.start:
                done.append(other[2])
            elif _gap(left, other[0]) <= gap and _gap(right, other[1]) <= gap:
                left, right, group = (
                    hull([left, other[0]]),
                    hull([right, other[1]]),
                    other[2] + group,
                )
            else:
                kept.append(other)
        open_ = [*kept, (left, right, group)]
    return done + [group for _, _, group in open_]


def _gap(one: Span, other: Span) -> int:
    return max(one.start, other.start) - min(one.end, other.end)


def _one(group: Sequence[Reuse], left: str, right: str) -> Reuse:
    """Return several rows as one."""
    ends = hull(r.left for r in group), hull(r.right for r in group)
    longest = max(group, key=lambda r: (_n_chars(r), -r.left.start))
    similarity = paraphrase.equal_share(ends[0].of(left), ends[1].of(right))
    if (longest.left, longest.right) == ends:
        return longest
    retold = any(r.form == "paraphrased" for r in group)
    return replace(
        longest,
        left=ends[0],
        right=ends[1],
        form="paraphrased" if retold else "edited",
        similarity=similarity,
        strength=min(r.strength for r in group),
        rule="passages with a gap between",
    )


__all__ = ["SharedPassage", "compared", "merged", "of_pairs", "reuse", "with_outlets"]
