"""The reuse table alone: the same rows as trace, listed pairs, copies marked, agency copy."""

from __future__ import annotations

import csv
import json
import os
import random
from dataclasses import fields
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import firsthand
from firsthand import InputError, cli, overlaps, pipeline, reference
from firsthand.model import Article, Reuse, Skipped, digest, span

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data"))
SEEDS = DATA.parent / "seeds"
COLUMNS = sorted({f.name for f in fields(overlaps.SharedPassage)} & {f.name for f in fields(Reuse)})

WIRE = (
    "The harbour council voted on Tuesday to close the lower quay ferry before the winter, after "
    "engineers had found cracks in its hull that could not be mended in time. Some three hundred "
    "commuters cross there every morning, and they will have to take the bus over the long bridge."
)
RETOLD = (
    "Cracks in the hull of the lower quay ferry, found by engineers, could not be mended in time, "
    "so before the winter it will close, the harbour council decided in a vote on Tuesday. Every "
    "morning some three hundred commuters cross there; now the bus over the bridge awaits them."
)
BREAD = (
    "A baker in the upper town has sold bread from a boat for nine years and wants to go on, she "
    "wrote in a letter to her customers, whatever the weather and the price of flour may do to her."
)
MILL = (
    "Firemen put out a blaze at the mill above Ostrey before dawn, and the miller's family slept "
    "in the school while neighbours carried sacks of grain out of the lower floor in their arms."
)


def written(folder: Path, name: str, rows: list[dict]) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def papers(tmp_path):
    folder = tmp_path / "papers"
    folder.mkdir()
    rows = [
        ("p1", f"{WIRE}\n\n{BREAD}", "Daily Lantern", "2031-03-04T12:00:00Z"),
        ("p2", f"(Coastline News Agency) {WIRE}", "Inland Tribune", "2031-03-05"),
        ("p3", f"{WIRE} Nobody was asked.", "Eddis Mirror", "2031-03-03T12:00:00Z"),
        ("p4", MILL, "Harbour Post", "2031-03-05"),
        ("p5", RETOLD, "Harbour Post", None),
    ]
    columns = ("id", "text", "outlet", "date")
    return written(folder, "papers.jsonl", [dict(zip(columns, r, strict=True)) for r in rows])


def rows_of(found) -> list[tuple]:
    return [tuple(getattr(row, name) for name in COLUMNS) for row in found]


def run(capsysbinary, *args):
    status = cli.run(["reuse", *map(str, args)])
    out, err = capsysbinary.readouterr()
    return status, out.decode(), err.decode()


def told_in_words(path) -> list[tuple]:
    found = pipeline.trace(path).reuse
    return rows_of(row for row in found if row.form != "paraphrased")


def test_the_rows_are_those_of_trace():
    path = ROOT / "examples" / "newsroom"
    found = rows_of(firsthand.reuse(path))
    assert len(found) > 20
    assert found == told_in_words(path)


@pytest.mark.skipif(not SEEDS.is_dir(), reason=f"{SEEDS} is not there")
def test_the_rows_are_those_of_trace_on_the_founding_case():
    paths = sorted(SEEDS.glob("*.txt"))
    assert rows_of(firsthand.reuse(paths)) == told_in_words(paths)


def test_articles_that_say_whose_they_are_need_no_reading_of_sources(papers):
    told = []
    found = rows_of(firsthand.reuse(papers, progress=lambda what, done, of: told.append(what)))
    assert found == told_in_words(papers)
    assert overlaps.ATTRIBUTE not in told
    list(
        firsthand.reuse(ROOT / "examples" / "newsroom", progress=lambda what, *_: told.append(what))
    )
    assert overlaps.ATTRIBUTE in told


def test_a_row_has_the_words_ids_and_paths_of_both_sides(papers):
    for row in firsthand.reuse(papers):
        assert row.left_text and row.right_text
        assert row.left_given_id.startswith("p") and row.right_given_id.startswith("p")
        assert Path(row.left_path).name == "papers.jsonl"
    kept = firsthand.reuse(papers, settings=firsthand.Settings(no_text=True))
    assert {(row.left_text, row.right_text) for row in kept} == {(None, None)}


# Listed pairs


def test_only_listed_pairs_are_compared_and_retellings_are_found(papers, tmp_path, capsysbinary):
    listed = tmp_path / "pairs.tsv"
    listed.write_text("p1\tp5\np4\tp1\n\n", encoding="utf-8")
    status, out, _ = run(capsysbinary, papers, "--pairs", listed)
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert {frozenset((r["left_given_id"], r["right_given_id"])) for r in rows} == {
        frozenset(("p1", "p5"))
    }
    assert "paraphrased" in {r["form"] for r in rows}
    assert {r["meaning"] for r in rows} <= {"copy", "quote", "formula", "furniture"}


def test_passages_with_a_gap_between_are_one_row_where_asked(tmp_path):
    first, second = WIRE.split(". ")
    texts = {"a": f"{first}. {BREAD} {second}", "b": f"{first}. {MILL} {second}"}
    rows = [{"id": i, "text": text, "outlet": f"Outlet {i}"} for i, text in texts.items()]
    path = written(tmp_path, "rows.jsonl", rows)
    apart = list(firsthand.reuse(path, pairs=[("a", "b")]))
    assert len(apart) == 2
    assert len(list(firsthand.reuse(path, pairs=[("a", "b")], merge_gap=50))) == 2
    (one,) = firsthand.reuse(path, pairs=[("a", "b")], merge_gap=300)
    assert all(one.left.holds(row.left) and one.right.holds(row.right) for row in apart)
    assert (one.form, one.meaning) == ("edited", "copy")
    assert 0 < one.similarity < 1
    shortest = min(row.left.end - row.left.start for row in apart) + 1
    assert len(list(firsthand.reuse(path, pairs=[("a", "b")], shortest=shortest))) == 1


def test_unknown_ids_are_named_and_nothing_is_written(papers, tmp_path, capsysbinary):
    listed, to = tmp_path / "pairs.tsv", tmp_path / "out.jsonl"
    listed.write_text("".join(f"p1\tx{n}\n" for n in range(7)), encoding="utf-8")
    status, _, err = run(capsysbinary, papers, "--pairs", listed, "-o", to)
    assert status == cli.MISUSED
    assert "7 of the ids" in err and "x0, x1, x2, x3, x4 and 2 more" in err
    assert not to.exists()


@pytest.mark.parametrize("line", ["p1", "p1\tp2\tp3", "p1\t"])
def test_a_line_that_is_no_pair_is_named(papers, tmp_path, line):
    listed = tmp_path / "pairs.tsv"
    listed.write_text(f"p1\tp2\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        list(firsthand.reuse(papers, pairs=listed))


def test_options_of_different_tables_are_refused(papers, capsysbinary):
    for wrong in (
        ["--annotate", "--reference", papers],
        ["--merge-gap", 5],
        ["--lag", "0h..1h"],
        ["--reference", papers, "--lag", "5h..1h"],
    ):
        assert run(capsysbinary, papers, *wrong)[0] == cli.MISUSED


# Formats


def test_the_same_rows_in_every_format(papers, tmp_path, capsysbinary):
    lines = [json.loads(line) for line in run(capsysbinary, papers)[1].splitlines()]
    table, cells = tmp_path / "rows.parquet", tmp_path / "rows.csv"
    run(capsysbinary, papers, "-o", table)
    run(capsysbinary, papers, "-o", cells)
    spans = [
        {k: [v["start"], v["end"]] if isinstance(v, dict) else v for k, v in row.items()}
        for row in pq.read_table(table).to_pylist()
    ]
    assert spans == lines
    with cells.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert [row["left_text"] for row in read] == [row["left_text"] for row in lines]
    assert [json.loads(row["left"]) for row in read] == [row["left"] for row in lines]


# Copies marked


def test_every_row_comes_back_in_order_with_its_cluster(papers):
    rows = list(firsthand.annotated(papers))
    assert [row.given_id for row in rows] == ["p1", "p2", "p3", "p4", "p5"]
    by_id = {row.given_id: row for row in rows}
    assert len({by_id[i].cluster_id for i in ("p1", "p2", "p3")}) == 1
    assert by_id["p1"].cluster_size == 3 and by_id["p4"].cluster_size == 1
    assert by_id["p4"].kept_because == "only one" and by_id["p4"].share_unique == 1.0
    assert by_id["p1"].share_unique == pytest.approx(len(BREAD) / len(f"{WIRE}{BREAD}"), abs=0.02)


@pytest.mark.parametrize(("keep", "kept"), [("longest", "p1"), ("earliest", "p3")])
def test_one_of_each_cluster_is_kept(papers, capsysbinary, keep, kept):
    status, out, _ = run(capsysbinary, papers, "--keep", keep)
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [row["given_id"] for row in rows] == sorted([kept, "p4", "p5"])
    assert all(row["kept_because"] for row in rows)


def test_the_origin_is_the_one_that_another_names(tmp_path):
    rows = [
        {"id": "a", "text": f"{WIRE} {BREAD}", "outlet": "Merrow Courier"},
        {"id": "b", "text": f"According to the Norrane Ledger: {WIRE}", "outlet": "Eddis Mirror"},
        {"id": "c", "text": WIRE, "outlet": "Norrane Ledger"},
    ]
    found = list(firsthand.annotated(written(tmp_path, "rows.jsonl", rows)))
    ledger = next(row for row in found if row.given_id == "c")
    assert {row.origin_id for row in found} == {ledger.article_id}
    assert [row.kept_because for row in found] == [None, None, "others name it"]


def test_no_cluster_joins_articles_that_share_nothing(tmp_path):
    texts = [f"{BREAD[:60]} {WIRE}", f"{WIRE} {MILL} {RETOLD}", f"{RETOLD} {MILL} {BREAD[80:]}"]
    rows = [{"id": f"r{n}", "text": t, "outlet": f"Outlet {n}"} for n, t in enumerate(texts)]
    path = written(tmp_path, "rows.jsonl", rows)
    joined = {frozenset((r.left_id, r.right_id)) for r in firsthand.reuse(path)}
    clusters: dict[str, list[str]] = {}
    for row in firsthand.annotated(path):
        clusters.setdefault(row.cluster_id, []).append(row.article_id)
    assert len(joined) == 2 and len(clusters) == 2
    for members in clusters.values():
        assert all(frozenset((a, b)) in joined for a in members for b in members if a < b)


def test_a_recapture_goes_with_its_article(tmp_path):
    rows = [{"id": f"c{n}", "text": WIRE, "outlet": "Harbour Post"} for n in range(100)]
    path = written(tmp_path, "rows.jsonl", rows)
    assert len(list(firsthand.reuse(path))) == 99
    found = list(firsthand.annotated(path))
    assert {(row.cluster_size, row.share_unique) for row in found} == {(100, 0.0)}
    assert sum(row.kept_because is not None for row in found) == 1


# Agency copy


@pytest.fixture
def agency(tmp_path):
    row = {
        "id": "w1",
        "text": WIRE,
        "outlet": "Coastline News Agency",
        "date": "2031-03-04T09:00:00Z",
    }
    return written(tmp_path, "agency.jsonl", [row])


def test_the_share_of_agency_copy_and_of_its_credit(papers, agency):
    found = firsthand.carried(papers, agency, within=reference.lag("0h..48h"))
    rows = {row.given_id: row for row in found}
    assert list(rows) == ["p1", "p2", "p3", "p4", "p5"]
    assert rows["p1"].share_reference == pytest.approx(
        len(WIRE) / len(f"{WIRE}\n\n{BREAD}"), abs=0.02
    )
    assert rows["p1"].share_credited == 0.0
    assert rows["p2"].share_credited == rows["p2"].share_reference > 0.9
    assert (rows["p3"].n_compared, rows["p3"].share_reference) == (0, None)
    assert (rows["p4"].n_compared, rows["p4"].share_reference) == (1, 0.0)
    assert rows["p5"].n_compared == 0
    anytime = {row.given_id: row for row in firsthand.carried(papers, agency)}
    assert anytime["p3"].share_reference > 0.9 and anytime["p5"].n_compared == 1


def test_the_table_by_outlet_and_month(papers, agency, tmp_path, capsysbinary):
    to = tmp_path / "months.csv"
    status, out, _ = run(
        capsysbinary, papers, "--reference", agency, "--lag", "0h..2d", "--months", to
    )
    assert status == 0 and len(out.splitlines()) == 5
    with to.open(encoding="utf-8", newline="") as file:
        rows = {row["outlet"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["Daily Lantern", "Harbour Post", "Inland Tribune"]
    lantern = rows["Daily Lantern"]
    assert (lantern["month"], lantern["n_articles"], lantern["n_carrying"]) == ("2031-03", "1", "1")
    assert 0 < float(lantern["least"]) < float(lantern["proportion"]) == float(lantern["most"]) == 1


def test_the_wilson_interval_is_that_of_its_formula():
    for n in (1, 7, 40):
        for found in range(n + 1):
            least, most = reference.wilson(found, n)
            # The ends are where the observed share lies 1.96 standard errors away.
            for end in (least, most):
                if 0 < end < 1:
                    away = abs(found / n - end) / (end * (1 - end) / n) ** 0.5
                    assert away == pytest.approx(reference.Z, abs=1e-3)


# Bad input

ODD = {
    "empty": "",
    "blank": " \n\u2003",
    "one word": "quay " * 100_000,
    "one letter": "a" * 200_000,
    "no boundaries": "港口议会星期二投票决定在冬天之前关闭渡轮" * 400,
    "right to left": "אמר ראש העיר כי הנמל ייסגר לפני החורף " * 60,
    "combining": "e\u0301 o\u0308 n\u0303 the cafe\u0301 by the quay was shut " * 200,
    "folding": "Straße İstanbul ﬁsh ŉot ẞ Ǆ the harbour was shut for the winter " * 200,
    "astral": "𝔥𝔞𝔯𝔟𝔬𝔲𝔯 🚢 𐐷𐑌 the ferry was late again on the lower quay 👩‍👩‍👧 " * 200,
    "controls": "the\x00 ferry\x1b[31m was\u202e late\ufeff again\u2028 today " * 200,
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_odd_text_is_compared_and_a_passage_is_the_slice_it_names(tmp_path, kind):
    text = ODD[kind]
    texts = {"a": text, "b": f"Another beginning. {text}", "c": f"{text} 🚢 And another end."}
    rows = [{"id": i, "text": t, "outlet": f"Outlet {i}"} for i, t in texts.items()]
    path = written(tmp_path, "rows.jsonl", rows)
    is_text = bool(text.strip())
    for pairs in (None, [("a", "b"), ("b", "c")] if is_text else [("b", "c")]):
        for row in firsthand.reuse(path, pairs=pairs):
            assert row.left_text == row.left.of(texts[row.left_given_id])
            assert row.right_text == row.right.of(texts[row.right_given_id])


def test_half_a_surrogate_pair_is_rejected_or_kept_but_breaks_nothing(tmp_path):
    path = tmp_path / "rows.jsonl"
    lines = [json.dumps({"id": "a", "text": WIRE, "outlet": "Harbour Post"})]
    lines += ['{"id": "b", "outlet": "Eddis Mirror", "text": "\\ud83d ' + WIRE + '"}']
    path.write_text("\n".join(lines), encoding="utf-8")
    left_out = []
    rows = list(firsthand.reuse(path, on_left_out=left_out.append))
    assert len(rows) == 1 or [row.code for row in left_out if not isinstance(row, Skipped)]


def article(name: str, text: str) -> Article:
    return Article(
        article_id=digest(name), capture_id=name, place=0, text_id=digest(text), path="p", text=text
    )


def test_merged_rows_hold_their_parts_and_lie_apart():
    dice = random.Random(7)
    left, right = (article(name, "x" * 900) for name in ("a", "b"))
    by_id = {left.article_id: left, right.article_id: right}
    for _ in range(30):
        rows = []
        for _ in range(dice.randrange(1, 9)):
            a, b = dice.randrange(800), dice.randrange(800)
            rows.append(
                Reuse(
                    left_id=left.article_id,
                    left=span(a, a + dice.randrange(1, 90)),
                    right_id=right.article_id,
                    right=span(b, b + dice.randrange(1, 90)),
                    form="verbatim",
                    meaning="copy",
                    similarity=1.0,
                    strength=0.9,
                    rule="prose",
                )
            )
        found = list(overlaps.merged(rows, by_id, 20))
        assert len(found) <= len(rows)
        for row in rows:
            assert any(f.left.holds(row.left) and f.right.holds(row.right) for f in found)
