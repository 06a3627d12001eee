"""Inputs that are broken, huge or something else: listed with a code, and the rest unharmed."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from firsthand import cli, pipeline
from firsthand.ingest import Reading
from firsthand.model import Result

FERRY = """Harbour Council Withdraws Lower Quay Ferry

The Lower Quay ferry will stop running before winter, a council official told the Harbour Post.

“The hull is past repair and the money for a new one is not there,” the official said on Tuesday.
"""


@pytest.fixture
def folder(tmp_path):
    """A folder that holds one good page beside what a test puts there."""
    (tmp_path / "ferry.txt").write_text(FERRY, encoding="utf-8")
    return tmp_path


def trace(folder: Path) -> Result:
    result = pipeline.trace([folder])
    (good,) = [a for a in result.articles if a.path.endswith("ferry.txt")]
    assert good.title == "Harbour Council Withdraws Lower Quay Ferry"
    assert "past repair" in good.text
    return result


def codes(result: Result) -> list[tuple[str, str]]:
    assert all(row.reason for row in result.rejected)
    return [(Path(row.path).name, row.code) for row in result.rejected]


def response(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://harbour-post.example/ferry\r\n"
        b"WARC-Record-ID: <urn:uuid:%d>\r\nContent-Type: application/http;msgtype=response\r\n"
        b"Content-Length: %d\r\n\r\n"
    ) % (len(body), len(head + body))
    return record + head + body + b"\r\n\r\n"


def page(words: str) -> bytes:
    return f"<html><body><h1>Tide Table</h1><p>{words}</p></body></html>".encode()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.html", b" \r\n\t\n", "empty"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "binary"),
        ("noise.txt", os.urandom(5000), "binary"),
        ("zeros.html", bytes(5000), "binary"),
        ("paper.pdf", b"%PDF-1.7 ...", "unknown-format"),
        ("page.docx", b"PK\x03\x04", "unknown-format"),
        ("rows.jsonl", b'{"text": "Fog."', "json"),
        ("rows.jsonl", b'{"title": "Fog"}\n', "no-text"),
        ("rows.jsonl", b"[" * 100_000, "json-depth"),
        ("rows.jsonl", b'{"text": "Fog \\ud83d."}', "surrogates"),
        ("rows.jsonl.gz", gzip.compress(b'{"text": "Fog."}')[:-9], "truncated"),
        ("script.html", b"<html><script>let fog = 1</script></html>", "no-text"),
        ("deep.html", b"<div>" * 200_000 + b"Fog.", "nesting"),
        ("pages.warc", b"no record at all", "warc-record"),
    ],
)
def test_what_cannot_be_read_is_listed_and_the_rest_is_read(folder, name, content, code):
    (folder / name).write_bytes(content)
    assert (name, code) in codes(trace(folder))


def test_rejected_inputs_give_status_3(folder, capsysbinary):
    (folder / "empty.txt").write_bytes(b"")
    assert cli.run(["trace", str(folder), "--json"]) == 3
    found = json.loads(capsysbinary.readouterr().out)
    assert found["summary"]["captures"] == found["summary"]["rejected"] == 1


def test_latin_1_is_read_and_the_encoding_noted(folder):
    text = FERRY.replace("winter", "the fête in Sør-Eidet").encode("latin-1", "ignore")
    (folder / "fete.txt").write_bytes(text)
    result = trace(folder)
    assert codes(result) == []
    (capture,) = [c for c in result.captures if c.path.endswith("fete.txt")]
    assert capture.encoding not in (None, "utf-8")
    (article,) = [a for a in result.articles if a.path.endswith("fete.txt")]
    assert "the fête in Sør-Eidet" in article.text


@pytest.mark.parametrize("name", ["line.txt", "line.html", "line.jsonl"])
def test_a_hundred_megabytes_in_one_line_are_too_large(folder, name):
    with (folder / name).open("wb") as file:
        for _ in range(100):
            file.write(b"fog on the Sound " * 58_824)  # a million bytes
    assert (folder / name).stat().st_size > 99_000_000
    assert (name, "too-large") in codes(trace(folder))


def test_a_line_just_below_the_limit_is_read(folder):
    (folder / "line.txt").write_bytes(b"The fog on the Sound lifted at noon. " * 8_000)
    settings = pipeline.Settings(reading=Reading(page_bytes=300_000))
    result = pipeline.trace([folder], settings=settings)
    assert codes(result) == []
    (article,) = [a for a in result.articles if a.path.endswith("line.txt")]
    assert len(article.text) > 290_000


def test_a_truncated_warc_gives_what_came_before(folder):
    good, cut = response(page("High water at nine. " * 20)), response(page("Low water. " * 40))
    (folder / "plain.warc").write_bytes(good + cut[:-300])
    packed = gzip.compress(good) + gzip.compress(cut)[:-40]
    (folder / "packed.warc.gz").write_bytes(packed)
    result = trace(folder)
    read = {Path(c.path).name for c in result.captures}
    assert read == {"ferry.txt", "plain.warc", "packed.warc.gz"}
    lost = {name for name, _ in codes(result)}
    assert lost == {"plain.warc", "packed.warc.gz"}
    assert all(row.offset for row in result.rejected)


def test_a_record_with_a_wrong_length_does_not_take_the_next_with_it(folder):
    first, second = response(page("High water at nine. " * 20)), response(page("Low water. " * 40))
    wrong = first.replace(b"Content-Length: ", b"Content-Length: 9", 1)
    (folder / "pages.warc").write_bytes(wrong + second)
    result = trace(folder)
    assert [code for _, code in codes(result)] == ["warc-length"]
    assert sum(c.path.endswith(".warc") for c in result.captures) == 1


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may read anything")
def test_a_file_without_permission_is_listed(folder):
    (folder / "locked.txt").write_text(FERRY)
    (folder / "locked.txt").chmod(0)
    assert codes(trace(folder)) == [("locked.txt", "unreadable")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_link_to_nowhere_is_listed(folder):
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    assert codes(trace(folder)) == [("gone.txt", "unreadable")]


@pytest.mark.skipif(os.name != "posix", reason="file names are text here")
def test_a_file_name_that_is_no_text_is_read_and_shown(folder, capsysbinary):
    try:
        (folder / os.fsdecode(b"f\xeate.txt")).write_text(FERRY)
        (folder / os.fsdecode(b"vide-\xe9.txt")).write_text("")
    except OSError:
        pytest.skip("this file system takes only names that are text")
    out = folder.with_name("kept")
    assert cli.run(["trace", str(folder), "--json", "--out", str(out)]) == 3
    found = json.loads(capsysbinary.readouterr().out)
    assert "vide-\\udce9.txt" in {Path(r["path"]).name for r in found["rejected"]}
    assert (found["summary"]["captures"], found["summary"]["rejected"]) == (2, 1)


def test_half_a_character_in_the_markup_harms_nothing(folder):
    data = '{"@type": "NewsArticle", "headline": "Fog \\ud83d", "author": "A. \\udc00 Brook"}'
    body = "The fog on the Sound lifted at noon, the harbour master said on Monday. " * 9
    html = f"<html><script type='application/ld+json'>{data}</script><h1>Fog &#xD83D;</h1><p>{body}"
    (folder / "fog.html").write_text(html, encoding="utf-8")
    result = trace(folder)
    assert len(result.captures) + len(result.rejected) == 2
