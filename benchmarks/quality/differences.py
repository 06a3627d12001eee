"""
Differences between reports of a story, against those written down by readers.

Run ``python benchmarks/quality/differences.py``. Truth: the ``conflicts`` of
``origins/origins_dev.json`` under ``FIRSTHAND_DATA`` (own annotation; texts belong to their
publishers and are measured, never shipped). Each names a fact, a kind, and the sentences of two or
more articles in which reports part.

**A match.** A reported difference finds a conflict where each of its sides lies in one of the
conflict's sentences, or gives three or more successive words of one from another copy of it, and
the two sides do not both fit one and the same sentence only. ``aligned`` counts the conflicts of
which two sentences stand in one claim: what no claim lines up cannot be reported. Kinds that
firsthand does not type (causes, who did what, sequence) count as conflicts like all others, and are
left out of the second count.

What else is reported is no mistake by itself: readers wrote down what struck them. So the number of
unmatched differences a story is printed as an upper bound of the false ones; ``--show`` prints each
for reading (the text comes from ``FIRSTHAND_DATA`` and is not ours to publish).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import zstandard

from firsthand import Result, trace
from firsthand.model import Article, Claim, Difference, DifferenceSide, Span, span
from firsthand.text import WORD

# Kinds of conflict that have a counterpart among the kinds firsthand reports.
TYPED = ("number", "date", "name", "quotation", "claim against denial", "place of publication",
         "kind of document", "description of a person")  # fmt: skip

Place = tuple[str, Span]  # an article's own id and a sentence of it


def main() -> None:
    """Print one line a conflict, then recall and what was reported besides."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", action="store_true", help="print every difference to be read")
    data = Path(os.environ.get("FIRSTHAND_DATA", "../shared/data")) / "origins"
    if not data.is_dir():
        sys.exit(f"skipped: no evaluation data at {data}; set FIRSTHAND_DATA")
    options = parser.parse_args()
    stories = json.loads((data / "origins_dev.json").read_text("utf-8"))["stories"]
    wanted = {a["article_id"] for s in stories for a in s["articles"]}
    packed = (data / "articles.jsonl.zst").read_bytes()
    lines = zstandard.ZstdDecompressor().stream_reader(packed).read().decode("utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        pool = Path(folder) / "pool.jsonl"
        pool.write_text("\n".join(x for x in lines if json.loads(x)["id"] in wanted), "utf-8")
        result = trace([pool])
    report(stories, result, show=options.show)


def report(stories: list[dict[str, Any]], result: Result, *, show: bool = False) -> None:
    """Print which conflicts were found, by story and kind, and how much was reported besides."""
    articles = {a.given_id or a.article_id: a for a in result.articles}
    found = [(c, d) for c in result.claims for d in c.differences]
    matched: set[int] = set()
    n_found = n_aligned = n_typed = typed_found = 0
    conflicts = [(s["story_id"], c) for s in stories for c in s["conflicts"]]
    for story, conflict in conflicts:
        places = list(_places(conflict, articles))
        said = [" ".join(WORD.findall(row["sentence"])) for row in conflict["sentences"]]
        rows = {n for n, (_, d) in enumerate(found) if _is_match(d, places, said)}
        is_aligned = any(_lines_up(c, places) for c in result.claims)
        matched |= rows
        n_found += bool(rows)
        n_aligned += is_aligned
        n_typed += conflict["kind"] in TYPED
        typed_found += bool(rows) and conflict["kind"] in TYPED
        mark = "found" if rows else "aligned" if is_aligned else "missed"
        print(f"{mark:8} {story:16} {conflict['kind']:24} {conflict['fact']}")
    n = len(conflicts)
    print(f"conflicts: found {n_found} of {n}, aligned {n_aligned}")
    print(f"of the kinds firsthand types: {typed_found} of {n_typed}")
    besides = [row for i, row in enumerate(found) if i not in matched]
    print(f"reported besides: {len(besides)}, {len(besides) / len(stories):.2f} a story")
    if show:
        by_id = {a.article_id: a for a in result.articles}
        for _, d in besides:
            print("\n".join(_shown(d, by_id)))


def _places(conflict: dict[str, Any], articles: dict[str, Article]) -> Iterator[Place]:
    """Yield where the sentences of a conflict stand, compared by their words."""
    for row in conflict["sentences"]:
        article = articles[row["article_id"]]
        if place := _find(article.text, row["sentence"]):
            yield article.article_id, place


def _find(text: str, sentence: str) -> Span | None:
    there = list(WORD.finditer(text))
    wanted = WORD.findall(sentence)
    said = [m.group() for m in there]
    for i in range(len(said) - len(wanted) + 1):
        if said[i : i + len(wanted)] == wanted:
            return span(there[i].start(), there[i + len(wanted) - 1].end())
    return None


# Shorter values are looked up by place only: "three" stands everywhere.
LEAST_WORDS = 3


def _is_match(d: Difference, places: Iterable[Place], said: list[str]) -> bool:
    known = list(places)
    left, right = (_sentences_of(side, known, said) for side in (d.left, d.right))
    return bool(left and right) and len(left | right) > 1


def _sentences_of(side: DifferenceSide, places: list[Place], said: list[str]) -> set[int]:
    """Return which sentences of a conflict a side stands in, or gives the words of."""
    value = WORD.findall(side.value)
    words = f" {' '.join(value)} " if len(value) >= LEAST_WORDS else None
    return {
        n
        for n, (key, place) in enumerate(places)
        if (side.article_id == key and side.span.overlaps(place))
        or (words and words in f" {said[n]} ")
    }


def _lines_up(claim: Claim, places: Iterable[Place]) -> bool:
    known = list(places)
    inside = {
        s.article_id
        for s in claim.statements
        if any(s.article_id == key and s.span.overlaps(place) for key, place in known)
    }
    return len(inside) > 1


def _shown(d: Difference, articles: dict[str, Article]) -> Iterator[str]:
    yield f"{d.kind}: {d.left.value} | {d.right.value}"
    for side in (d.left, d.right):
        text = articles[side.article_id].text
        near = text[max(0, side.span.start - 90) : side.span.end + 90].replace("\n", " / ")
        yield f"    {articles[side.article_id].given_id}: {near}"


if __name__ == "__main__":
    main()
