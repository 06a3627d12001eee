"""The table of attributions alone: rows with their words, and counts of them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import firsthand
from firsthand.cli import run
from firsthand.sourcetext import summary

ROWS = [
    {
        "id": "1", "outlet": "Harbour Post", "date": "2031-05-04",
        "text": "A ministry source told the Northbank Gazette that the dredger would stay. "
        "The minister, Ana Bruhl, allegedly agreed, according to Reuters.",
    },
    {
        "id": "2", "outlet": "Kelmar Echo", "date": "2031-05-04",
        "text": "The harbour ministry said the dredger would stay. “It stays,” Ana Bruhl said.",
    },
    {
        "id": "3", "date": "2031-05-05",
        "text": "The harbour ministry said the dredger would stay. “It stays,” Ana Bruhl said.",
    },
]  # fmt: skip


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "papers.jsonl"
    path.parent.mkdir()
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    return path


def test_rows_carry_the_words_of_their_spans(papers: Path) -> None:
    rows = list(firsthand.sources(papers))
    texts = {row["id"]: row["text"] for row in ROWS}
    assert {row.given_id for row in rows} == {"1", "2", "3"}
    for row in rows:
        for place, words in (
            (row.cue, row.cue_text),
            (row.source, row.source_text),
            (row.content, row.content_text),
            (row.addressee, row.addressee_text),
        ):
            assert words == (place.of(texts[row.given_id or ""]) if place else None)
    [told] = [row for row in rows if row.addressee_name == "Northbank Gazette"]
    assert (told.source_text, told.outlet, told.path) == (
        "A ministry source",
        "Harbour Post",
        str(papers),
    )


def test_without_text_the_spans_stay(papers: Path) -> None:
    settings = firsthand.Settings(no_text=True)
    plain, bare = (
        list(firsthand.sources(papers)),
        list(firsthand.sources(papers, settings=settings)),
    )
    assert [row.cue for row in bare] == [row.cue for row in plain]
    assert not any(
        (row.cue_text, row.source_text, row.content_text, row.addressee_text) != (None,) * 4
        for row in bare
    )


def test_only_newsrooms_are_one_source_in_two_articles(papers: Path) -> None:
    rows = list(firsthand.sources(papers))
    first, second = (
        {
            r.source_id
            for r in rows
            if r.given_id == name and r.source_kind not in ("outlet", "agency")
        }
        for name in ("1", "2")
    )
    assert first - {None}
    assert second - {None}
    assert not (first & second) - {None}


def test_counts(papers: Path) -> None:
    rows = list(firsthand.sources(papers))
    counts = firsthand.counted(rows)
    assert counts.attributions + counts.copies == len(rows)
    assert {(c.outlet, c.cites) for c in counts.citing} == {
        ("Harbour Post", "Northbank Gazette"),
        ("Harbour Post", "Reuters"),
    }
    kinds = {k.kind: k.attributions for k in counts.kinds}
    assert kinds["unnamed"] >= 1
    assert sum(kinds.values()) == counts.attributions
    [post] = [o for o in counts.outlets if o.outlet == "Harbour Post"]
    assert post.unnamed >= 1
    assert post.citing >= 2
    assert post.hedged >= 1


def test_the_summary_names_no_person(papers: Path) -> None:
    shown = summary(firsthand.counted(firsthand.sources(papers)))
    assert "Northbank Gazette" in shown
    assert "Bruhl" not in shown
    assert summary(firsthand.counted([])).startswith("0 attributions")


def test_the_command_writes_rows_and_prints_counts(
    papers: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["sources", str(papers)]) == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert len(lines) == len(list(firsthand.sources(papers)))
    assert {"given_id", "path", "cue_text", "in"} <= set(json.loads(lines[0]))
    out = tmp_path / "rows.csv"
    assert run(["sources", str(papers), "-o", str(out), "--summary", "--no-text"]) == 0
    assert b"Which outlet cites which" in capfdbinary.readouterr().out
    table = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    assert len(table) == len(lines)
    assert {row["source_text"] for row in table} == {""}
    assert run(["sources", str(papers), "--summary", "-o", "-"]) == 2


def test_ones_own_newsrooms_are_known_in_rows(
    papers: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("outlet_id\tname\tkind\nng-1\tNorthbank Gazette\toutlet\n", "utf-8")
    assert run(["sources", str(papers), "--outlets", str(own)]) == 0
    rows = [json.loads(x) for x in capfdbinary.readouterr().out.decode().splitlines()]
    assert "ng-1" in {row["addressee_id"] for row in rows}
    own.write_text("name\tkind\nA\tpaper\n", "utf-8")
    assert run(["trace", str(papers), "--outlets", str(own)]) == 2
    assert b"line 2, column 2" in capfdbinary.readouterr().err
