"""
Every attribution of the five founding captures, written down by reading, against what is found.

``cases/founding_attributions.json`` has, for each, the file, the characters of cue, source and some
words of the content in it, and digests of these words: no text. The second and third capture of
one article are left out. Found means: cue and source meet the words read, and so does the content.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from firsthand import Result, trace
from firsthand.model import Article, Attribution, digest
from firsthand.text import folded_words

HERE = Path(__file__).parent
SEEDS = Path(os.environ.get("FIRSTHAND_DATA", HERE.parent.parent / "shared" / "data")) / "../seeds"
CASES = json.loads((HERE / "cases" / "founding_attributions.json").read_text("utf-8"))
PARTS = ("cue", "source", "content")
LEAST_FOUND = 0.9


@pytest.fixture(scope="module")
def result() -> Result:
    if not SEEDS.is_dir():
        pytest.skip(f"no founding captures at {SEEDS}; set FIRSTHAND_DATA")
    return trace([SEEDS])


def test_the_words_are_where_they_were_read(result: Result) -> None:
    for case in CASES:
        with (SEEDS / case["file"]).open(encoding="utf-8", newline="") as file:
            whole = file.read()
        for part in PARTS:
            start, end = case[part]
            assert digest(*folded_words(whole[start:end])) == case[f"{part}_digest"], case


def in_capture(article: Article, start: int, end: int) -> tuple[int, int]:
    """Return a range of an article's text as characters of its capture."""
    at = 0
    for piece in article.pieces or ():
        length = piece.end - piece.start
        if at <= start <= at + length:
            return piece.start + start - at, piece.start + end - at
        at += length + 1
    raise AssertionError("outside the article")


def ranges(a: Attribution, article: Article) -> dict[str, list[tuple[int, int]]]:
    spans = {"cue": [a.cue], "source": [a.source], "content": a.content_pieces}
    return {
        part: [in_capture(article, s.start, s.end) for s in found if s is not None]
        for part, found in spans.items()
    }


def test_nine_in_ten_are_found(result: Result) -> None:
    articles = {a.article_id: a for a in result.articles}
    found: dict[str, list[dict[str, list[tuple[int, int]]]]] = {}
    for a in result.attributions:
        article = articles[a.article_id]
        if a.in_ == "text" and a.kind == "statement":
            found.setdefault(Path(article.path).name, []).append(ranges(a, article))

    def is_found(case: dict) -> bool:
        return any(
            all(any(s < case[p][1] and case[p][0] < e for s, e in one[p]) for p in PARTS)
            for one in found.get(case["file"], ())
        )

    missed = [(c["file"], c["cue"]) for c in CASES if not is_found(c)]
    assert len(missed) <= (1 - LEAST_FOUND) * len(CASES), missed
