"""Just the articles: every format, streamed, never half a file under its own name."""

from __future__ import annotations

import csv
import gzip
import json
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import firsthand
from firsthand import cli, pipeline, recaptures, tables
from firsthand.model import Article, Rejected, Skipped, When, digest, span
from firsthand.stage import schema_of

FERRY = """Harbour Council Withdraws Lower Quay Ferry

The Lower Quay ferry across the Sound will stop running before winter, a council official told the \
Harbour Post.

“The hull of the Marigold is past repair, and the money for a new one is not there,” the official \
said. Some 340 commuters cross from Lower Quay to Eddis on the Marigold each morning.
"""
MARKET = """Fire Closes the Market Hall

A fire in the roof of the market hall was put out on Tuesday night, and nobody was hurt, the fire \
chief, Ada Quill, told reporters at the scene.

The forty stalls will stay shut for a week at least, and fishmongers are to sell from the quay.
"""


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, text in (("a.txt", FERRY), ("b.txt", FERRY), ("c.txt", MARKET)):
        (folder / name).write_text(text, encoding="utf-8")
    rows = [
        {
            "id": "r1",
            "text": "Fog held the boats.\r\nAll of them, =1+1, “quoted”.",
            "date": "2024-03-02",
        },
        {"id": "r2", "text": "A second\u2028row, with a comma", "outlet": "Harbour Post"},
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "rows.jsonl").write_text(lines, encoding="utf-8")
    return folder


def run(capsysbinary, *args):
    status = cli.run(["articles", *(str(arg) for arg in args)])
    out, err = capsysbinary.readouterr()
    return status, out.decode("utf-8"), err.decode("utf-8")


def lines_of(out):
    """Return the lines, ended by a line break alone: a text may hold other separators."""
    return out.split("\n")[:-1]


def texts(pages):
    return [article.text for article in firsthand.articles(pages)]


def article(name: str, text: str, **more: object) -> Article:
    return Article(
        article_id=digest(name),
        capture_id=name,
        place=0,
        text_id=digest(text),
        path=name,
        text=text,
        **more,
    )


def test_lines_of_json_have_the_published_names(capsysbinary, pages):
    status, out, err = run(capsysbinary, pages)
    assert (status, err) == (0, "")
    rows = [json.loads(line) for line in lines_of(out)]
    left_out = set(pipeline.NOT_FROM_READING)
    assert all(set(row) == set(schema_of(Article).names) - left_out for row in rows)
    assert rows[0]["title"] == "Harbour Council Withdraws Lower Quay Ferry"
    assert [row["copy_of"] for row in rows] == [None, rows[0]["article_id"], None, None, None]
    assert [row["given_id"] for row in rows[3:]] == ["r1", "r2"]


def test_csv_parquet_and_datatrove_hold_the_same_texts(capsysbinary, pages, tmp_path):
    wanted = texts(pages)
    for name, read in (("a.csv", from_csv), ("a.parquet", from_parquet), ("a.jsonl.gz", from_gzip)):
        file = tmp_path / name
        assert run(capsysbinary, pages, "-o", file)[0] == 0
        assert [row["text"] for row in read(file)] == wanted, name
    out = run(capsysbinary, pages, "--format", "datatrove")[1]
    rows = [json.loads(line) for line in lines_of(out)]
    assert [row["text"] for row in rows] == wanted
    assert {tuple(row) for row in rows} == {("text", "id", "metadata")}
    flat = [value for row in rows for value in row["metadata"].values()]
    assert flat and all(isinstance(value, str | int) for value in flat)


def from_csv(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def from_parquet(file):
    return pq.read_table(file).to_pylist()


def from_gzip(file):
    return [json.loads(line) for line in lines_of(gzip.decompress(file.read_bytes()).decode())]


def test_times_are_columns_of_their_own_where_nothing_nests(pages, capsysbinary, tmp_path):
    file = tmp_path / "a.csv"
    run(capsysbinary, pages, "-o", file)
    row = from_csv(file)[3]
    assert (row["published"], row["published_precision"]) == ("2024-03-02", "day")
    assert from_csv(file)[0]["pieces"].startswith("[[")


def test_columns_beside_the_records_own(tmp_path):
    row = article("a", "Fog.", byline_span=span(1, 2), published=When(at="2024"))
    more = {"size": lambda a: str(len(a.text))}
    for name, read in (("a.parquet", from_parquet), ("a.csv", from_csv)):
        file = tmp_path / name
        with tables.written(Article, output=file, stdout=sys.stdout.buffer, more=more) as table:
            table.write(row)
        assert [found["size"] for found in read(file)] == ["4"]
    assert from_parquet(tmp_path / "a.parquet")[0]["byline_span"] == {"start": 1, "end": 2}


def test_parquet_is_written_in_row_groups_and_has_columns_without_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS_A_GROUP", 2)
    for n, n_groups in ((5, 3), (0, 1)):
        file = tmp_path / f"{n}.parquet"
        with tables.written(Article, output=file, stdout=sys.stdout.buffer) as table:
            for i in range(n):
                table.write(article(str(i), f"Fog {i}."))
        found = pq.ParquetFile(file)
        assert (found.num_row_groups, found.metadata.num_rows) == (n_groups, n)
        assert "published" in found.schema_arrow.names


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("articles.jsonl", "jsonl"),
        ("articles.jsonl.zst", "jsonl"),
        ("corpus.jsonl.gz", "datatrove"),
        ("articles.parquet", "parquet"),
        ("articles.csv", "csv"),
    ],
)
def test_what_is_written_is_read_again_as_it_is(capsysbinary, pages, tmp_path, name, format_):
    file = tmp_path / name
    run(capsysbinary, pages, "-o", file, "--format", format_)
    wanted, found = list(firsthand.articles(pages)), list(firsthand.articles(file))
    assert [a.text for a in found] == [a.text for a in wanted]
    assert [a.given_id for a in found] == [a.article_id for a in wanted]
    assert [a.title for a in found] == [a.title for a in wanted]
    assert [a.published and a.published.at for a in found][3] == "2024-03-02"
    assert firsthand.trace(file).summary.distinct_articles == 4


def test_rejects_are_said_and_written_and_show_in_the_status(capsysbinary, pages, tmp_path):
    (pages / "empty.txt").write_bytes(b"")
    (pages / "logo.png").write_bytes(b"\x89PNG")
    status, out, err = run(capsysbinary, pages, "--rejected", tmp_path / "rejected.jsonl")
    assert status == 3 and len(lines_of(out)) == 5
    assert "empty.txt" in err and "logo.png" in err
    (row,) = map(json.loads, (tmp_path / "rejected.jsonl").read_text("utf-8").splitlines())
    assert row["code"] == "empty" and row["path"].endswith("empty.txt")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--format", "xml"], "--format"),
        (["--rejected", "-"], "--rejected"),
        (["-o", "x", "--rejected", "x"], "--rejected"),
        (["-o", "pages/articles.jsonl"], "messages.md#out-in-input"),
        (["-o", "pages"], "messages.md#out-in-input"),
        (["-o", "nowhere/articles.jsonl"], "messages.md#cannot-write"),
        (["nowhere.txt", "-o", "x"], "messages.md#no-such-path"),
    ],
)
def test_misuse_has_status_2_and_leaves_no_file(
    capsysbinary, pages, tmp_path, monkeypatch, args, words
):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    status, out, err = run(capsysbinary, "pages", *args)
    assert (status, out) == (2, "")
    assert words in err
    assert sorted(tmp_path.rglob("*")) == before


def test_parquet_is_not_shown_on_a_terminal(tmp_path):
    class Terminal:
        def isatty(self):
            return True

    with (
        pytest.raises(firsthand.InputError, match="terminal"),
        tables.written(Article, output=None, stdout=Terminal(), format="parquet"),
    ):
        pass


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".jsonl.zst", ".csv", ".parquet"])
def test_an_interrupt_keeps_finished_rows_under_another_name(
    capsysbinary, pages, tmp_path, monkeypatch, suffix
):
    found = list(firsthand.articles(pages))

    def interrupted(*_, **__):
        yield from found[:2]
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "articles", interrupted)
    file = tmp_path / f"articles{suffix}"
    file.write_text("an older table")
    status, _, err = run(capsysbinary, pages, "-o", file)
    assert status == 130
    kept = tables.unfinished(file)
    assert str(kept) in err and file.read_text() == "an older table"
    if suffix == ".parquet":
        assert pq.read_table(kept).num_rows == 2
    elif suffix.startswith(".jsonl"):
        assert texts(kept) == [a.text for a in found[:2]]
    else:
        assert len(from_csv(kept)) == 2


def test_a_failure_leaves_nothing_and_what_was_there(pages, tmp_path, monkeypatch):
    def fails(*_, **__):
        yield article("a", "Fog.")
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline, "articles", fails)
    file = tmp_path / "articles.jsonl"
    file.write_text("an older table")
    with pytest.raises(ZeroDivisionError):
        cli.run(["articles", str(pages), "-o", str(file)])
    assert file.read_text() == "an older table"
    assert not tables.unfinished(file).exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_disk_is_said_as_what_it_is(pages):
    command = [sys.executable, "-m", "firsthand", "articles", str(pages)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert b"messages.md#cannot-write" in done.stderr and b"Traceback" not in done.stderr


def test_a_reader_that_goes_away_ends_it_quietly(pages):
    command = [sys.executable, "-m", "firsthand", "articles", str(pages)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait() == 0


def test_ctrl_c_while_standard_input_is_awaited(tmp_path):
    file = tmp_path / "articles.parquet"
    command = [sys.executable, "-m", "firsthand", "articles", "-", "-o", str(file)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while not tables.unfinished(file).exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said = process.communicate()[1]
    assert process.returncode == 130 and b"Traceback" not in said
    assert pq.read_table(tables.unfinished(file)).num_rows == 0 and not file.exists()


# Batches


def test_batches_change_nothing_but_what_pages_confirm_across_them(pages, monkeypatch):
    wanted = list(firsthand.articles(pages))
    monkeypatch.setattr(pipeline, "MOST_CAPTURES_A_BATCH", 1)
    assert list(firsthand.articles(pages)) == wanted


def test_one_batch_is_held_and_rows_come_before_all_is_read(pages, monkeypatch):
    from firsthand import ingest

    given, real = [], ingest.read

    def counted(*args):
        for found in real(*args):
            given.append(found)
            yield found

    monkeypatch.setattr(pipeline, "MOST_CAPTURES_A_BATCH", 2)
    monkeypatch.setattr(ingest, "read", counted)
    with closing(firsthand.articles(pages)) as found:
        next(found)
        assert len(given) == 2
        assert len(list(found)) == 4 and len(given) == 5


def test_the_library_tells_what_was_left_out(pages):
    (pages / "empty.txt").write_bytes(b"")
    (pages / "logo.png").write_bytes(b"\x89PNG")
    left_out: list[Rejected | Skipped] = []
    assert len(list(firsthand.articles(pages, on_left_out=left_out.append))) == 5
    assert {type(row) for row in left_out} == {Rejected, Skipped}


# Copies as they come


@pytest.mark.parametrize(
    ("outlets", "expected"),
    [
        (["", "", ""], [None, 0, 0]),
        (["Post", "Post", ""], [None, 0, 0]),
        (["Post", "Echo", ""], [None, None, 0]),
        (["", "Post", "Echo"], [None, 0, None]),
        (["", "Post", "Echo", "Post"], [None, 0, None, 0]),
    ],
)
def test_copies_are_told_as_they_come(outlets, expected):
    given = [article(str(i), "Fog.", outlet=name or None) for i, name in enumerate(outlets)]
    copies = recaptures.Copies()
    found = [copies.marked(a).copy_of for a in given]
    assert found == [None if i is None else given[i].article_id for i in expected]


def test_a_consent_page_is_no_copy_and_old_texts_are_forgotten(monkeypatch):
    copies = recaptures.Copies()
    pages = [article(str(i), "We value you.", not_read="consent") for i in range(2)]
    assert [copies.marked(a).copy_of for a in pages] == [None, None]
    monkeypatch.setattr(recaptures, "MOST_TEXTS_KEPT", 2)
    for name in ("a", "b", "c"):
        copies.marked(article(name, f"Fog {name}."))
    assert copies.marked(article("later", "Fog a.")).copy_of is None
    assert copies.marked(article("again", "Fog c.")).copy_of == digest("c")
