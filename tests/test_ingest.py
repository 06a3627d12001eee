"""Every input is a capture, is rejected with a code and a place, or is counted as skipped."""

import functools
import gzip
import io
import json
import random
import tracemalloc
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard

from firsthand import pipeline, warc
from firsthand.encoding import decode
from firsthand.errors import InputError
from firsthand.ingest import CODES, Reading, read
from firsthand.model import Capture, Rejected, Skipped

STORY = "Fog closes harbour\n\nThe harbour stayed closed on Monday because of thick fog.\n"
PAGE = "<!DOCTYPE html><html><body><h1>Fog</h1><p>The harbour stayed closed.</p></body></html>"

BYTES = PAGE.encode()


def captures(*paths, stdin=None, reading=None):
    return [x for x in read(paths, stdin, reading) if isinstance(x, Capture)]


def rejected(*paths, stdin=None, reading=None):
    return [x for x in read(paths, stdin, reading) if isinstance(x, Rejected)]


def skipped(*paths):
    return {x.kind: x.count for x in read(paths) if isinstance(x, Skipped)}


def record(number, body=BYTES, *, kind="response", head=b"HTTP/1.1 200 OK", length=None):
    """One WARC record; ``length`` overrides the true Content-Length."""
    block = head + b"\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    fields = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"WARC-Date: 2025-03-04T05:06:07Z\r\nWARC-Target-URI: https://post.example/{number}\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return fields.encode() + block + b"\r\n\r\n"


def test_a_text_file_is_a_capture(tmp_path):
    path = tmp_path / "fog.txt"
    path.write_text(STORY, encoding="utf-8")
    (found,) = captures(path)
    assert found.content == STORY.encode()
    assert (found.media_type, found.encoding, found.record, found.fetched_at) == (
        "text/plain", "utf-8", None, None,
    )  # fmt: skip


def test_folders_are_searched_and_what_is_no_capture_is_counted(tmp_path):
    (tmp_path / "b" / ".git").mkdir(parents=True)
    (tmp_path / "b" / ".git" / "x.txt").write_text(STORY)
    (tmp_path / "b" / "fog.txt").write_text(STORY)
    (tmp_path / "a.html").write_text(PAGE)
    (tmp_path / "a_files").mkdir()
    (tmp_path / "a_files" / "frame.html").write_text(PAGE)
    (tmp_path / ".hidden.txt").write_text(STORY)
    (tmp_path / "README.md").write_text("read me")
    assert [Path(c.path).name for c in captures(tmp_path)] == ["a.html", "fog.txt"]
    assert skipped(tmp_path) == {
        "hidden file": 1, "hidden folder": 1, "a saved page's parts": 1, "no capture (.md)": 1,
    }  # fmt: skip
    assert rejected(tmp_path) == []


def test_equal_bytes_get_ids_of_their_own_whatever_the_order(tmp_path):
    first, second = tmp_path / "1.txt", tmp_path / "2.txt"
    first.write_text(STORY)
    second.write_text(STORY)
    there = {c.path: c.capture_id for c in captures(first, second)}
    back = {c.path: c.capture_id for c in captures(second, first)}
    assert there == back and len(set(there.values())) == 2
    assert captures(first)[0].capture_id in there.values()


def test_a_path_given_twice_is_read_once(tmp_path):
    (tmp_path / "fog.txt").write_text(STORY)
    assert len(captures(tmp_path, tmp_path / "fog.txt")) == 1
    assert skipped(tmp_path, tmp_path / "fog.txt") == {"path given twice": 1}


def test_a_path_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(InputError) as caught:
        list(read([tmp_path / "nowhere"]))
    assert caught.value.slug == "no-such-path"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.html", b" \r\n\t\n", "empty"),
        ("nul.txt", b"\x00\x01\x02\x03" * 50, "binary"),
        ("paper.txt", b"%PDF-1.7 and so on", "binary"),
        ("paper.pdf", b"%PDF-1.7", "unknown-format"),
        ("noise", b"neither this nor that", "unknown-format"),
        ("empty.warc", b"", "empty"),
        ("empty.jsonl", b"", "empty"),
        ("torn.jsonl.gz", gzip.compress(b'{"text": "Fog."}\n' * 999)[:-9], "truncated"),
        ("torn.jsonl.zst", zstandard.compress(b'{"text": "Fog."}\n' * 99)[:-5], "truncated"),
        ("noise.jsonl.gz", b"\x1f\x8b\x08\x00noise noise noise noise", "compression"),
        ("list.jsonl", b"[1, 2]\n", "json"),
        ("deep.jsonl", b'{"text": ' + b"[" * 100_000 + b"\n", "json-depth"),
        ("bare.jsonl", b'{"title": "Fog"}\n', "no-text"),
        ("half.jsonl", b'{"text": "a \\ud83d b"}\n', "surrogates"),
        ("latin.jsonl", b'{"text": "caf\xe9"}\n', "encoding"),
        ("number.jsonl", b'{"text": "Fog", "n": ' + b"9" * 9999 + b"}\n", "json"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_a_code(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    found = rejected(tmp_path / name)
    assert [x.code for x in found] == [code]
    assert code in CODES and found[0].reason and found[0].path.endswith(name)


def test_a_file_over_the_cap_is_rejected_unread(tmp_path):
    (tmp_path / "long.txt").write_text("fog " * 1000)
    (tmp_path / "long.jsonl").write_text(json.dumps({"text": "fog " * 1000}) + '\n{"text": "Fog."}')
    small = Reading(page_bytes=1000)
    assert [x.code for x in rejected(tmp_path, reading=small)] == ["too-large", "too-large"]
    assert [c.record for c in captures(tmp_path, reading=small)] == ["2"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("\ufeffNebel im Hafen".encode(), "utf-8-sig"),
        ("Möwen über dem Hafen".encode("utf-16"), "utf-16"),
        ("“Möwen” über dem Hafen".encode("windows-1252"), "windows-1252"),
        (b"broken \x81 only in latin-1", "latin-1"),
    ],
)
def test_the_encoding_is_noted(tmp_path, content, encoding):
    (tmp_path / "fog.txt").write_bytes(content)
    assert captures(tmp_path)[0].encoding == encoding


def test_decoding_keeps_line_ends():
    assert decode(b"a\r\nb\rc\n", "utf-8") == "a\r\nb\rc\n"


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".jsonl.gz", ".jsonl.zst"])
def test_each_line_of_json_is_a_capture(tmp_path, suffix):
    lines = (
        b'{"id": 7, "text": "Fog."}\n\nno json\n{"text": "Rain.", "url": "https://post.example"}\n'
    )
    pack = {".gz": gzip.compress, ".zst": zstandard.compress}.get(Path(suffix).suffix, bytes)
    path = tmp_path / ("rows" + suffix)
    path.write_bytes(pack(lines))
    assert [(c.record, c.url) for c in captures(path)] == [
        ("1", None), ("4", "https://post.example"),
    ]  # fmt: skip
    (bad,) = rejected(path)
    assert (bad.code, bad.record, bad.offset) == ("json", "3", 27)


def test_the_id_of_a_line_does_not_depend_on_its_place(tmp_path):
    rows = ['{"text": "Fog."}', '{"text": "Rain."}']
    (tmp_path / "a.jsonl").write_text("\n".join(rows))
    (tmp_path / "b.jsonl").write_text("\n".join(reversed(rows)))
    ids = [{c.capture_id for c in captures(tmp_path / name)} for name in ("a.jsonl", "b.jsonl")]
    assert ids[0] == ids[1]


def test_lines_before_a_torn_end_are_kept(tmp_path):
    path = tmp_path / "torn.jsonl.gz"
    whole = b"".join(b'{"id": %d, "text": "Fog."}\n' % n for n in range(20_000))
    path.write_bytes(gzip.compress(whole)[:-2000])
    assert len(captures(path)) > 1000
    assert rejected(path)[-1].code == "truncated"


@pytest.mark.parametrize("zipped", [False, True])
def test_a_warc_gives_its_pages_and_counts_the_rest(tmp_path, zipped):
    parts = [
        record(0, kind="warcinfo"), record(1), record(2, kind="request"),
        record(3, head=b"HTTP/1.1 404 Not Found"), record(4, b"<p>Rain.</p>"),
    ]  # fmt: skip
    path = tmp_path / ("pages.warc.gz" if zipped else "pages.warc")
    path.write_bytes(b"".join(gzip.compress(p) if zipped else p for p in parts))
    found = captures(path)
    assert [(c.record, c.url, c.fetched_at) for c in found] == [
        (f"urn:uuid:{n}", f"https://post.example/{n}", "2025-03-04T05:06:07Z") for n in (1, 4)
    ]
    assert found[1].content == b"<p>Rain.</p>" and found[1].media_type == "text/html"
    assert skipped(path) == {"warc warcinfo": 1, "warc request": 1, "http status 404": 1}
    assert rejected(path) == []


@pytest.mark.parametrize("zipped", [False, True])
def test_a_revisit_gives_its_page_again_or_is_counted(tmp_path, zipped):
    field = b"Content-Type: application"
    revisits = [(2, b"WARC-Refers-To: <urn:uuid:1>\r\n"), (3, b"WARC-Refers-To: <urn:uuid:9>\r\n")]
    again, nowhere = (
        record(n, b"", kind="revisit").replace(field, to + field) for n, to in revisits
    )
    path = tmp_path / "pages.warc"
    path.write_bytes(
        b"".join(gzip.compress(p) if zipped else p for p in (record(1), again, nowhere))
    )
    first, second = captures(path)
    assert (second.content, second.url) == (first.content, "https://post.example/2")
    assert first.capture_id != second.capture_id
    assert skipped(path) == {"warc revisit, not resolved": 1}


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("fault", ["longer", "shorter", "swallows the next", "huge", "no length"])
def test_a_wrong_length_costs_one_record_only(tmp_path, fault, zipped):
    parts = [record(n) for n in range(5)]
    true = len(parts[2].split(b"\r\n\r\n", 1)[1]) - 4
    wrong = {
        "longer": true + 40, "shorter": true - 9, "huge": 10**11,
        "swallows the next": true + 4 + len(parts[3]) - 4, "no length": "x",
    }[fault]  # fmt: skip
    parts[2] = record(2, length=wrong)
    stored = [gzip.compress(p, mtime=0) if zipped else p for p in parts]
    path = tmp_path / "pages.warc"
    path.write_bytes(b"".join(stored))
    assert [c.url[-1] for c in captures(path)] == ["0", "1", "3", "4"]
    (bad,) = rejected(path)
    assert bad.offset == sum(map(len, stored[:2]))
    assert bad.code == ("warc-record" if fault == "no length" else "warc-length")


def test_damage_inside_a_zipped_record_costs_that_record_only(tmp_path):
    stored = [gzip.compress(record(n, PAGE.encode() * 9), mtime=0) for n in range(5)]
    torn = bytearray(stored[1])
    torn[40] ^= 0xFF
    path = tmp_path / "pages.warc.gz"
    path.write_bytes(b"".join([stored[0], bytes(torn), *stored[2:]]))
    assert [c.url[-1] for c in captures(path)] == ["0", "2", "3", "4"]
    assert [(x.code, x.offset) for x in rejected(path)] == [("gzip", len(stored[0]))]


def test_a_warc_that_ends_too_early_is_read_as_far_as_it_goes(tmp_path):
    path = tmp_path / "pages.warc"
    path.write_bytes(b"".join(record(n) for n in range(3))[:-60])
    assert [c.url[-1] for c in captures(path)] == ["0", "1"]
    (bad,) = rejected(path)
    assert (bad.code, bad.offset, bad.record) == (
        "warc-truncated",
        2 * len(record(0)),
        "<urn:uuid:2>",
    )


def test_a_page_that_shows_a_record_head_is_believed_by_its_digest():
    from base64 import b32encode
    from hashlib import sha1

    block = b"<pre>\nWARC/1.0\r\nWARC-Type: response\r\n</pre>"
    said = b"sha1:" + b32encode(sha1(block, usedforsecurity=False).digest())
    head = b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Block-Digest: %b\r\nContent-Length: %d\r\n\r\n"
    source = io.BytesIO(head % (said, len(block)) + block + b"\r\n\r\n")
    assert [type(x) for x in warc.records(source, max_bytes=9999)] == [warc.Record]


def test_random_faults_never_cost_a_neighbour():
    rng = random.Random(5)
    for trial in range(60):
        parts = [record(n, PAGE.encode() * rng.randint(1, 60)) for n in range(6)]
        at = rng.randrange(5)
        zipped = trial % 2 == 0
        stored = [gzip.compress(p, mtime=0) if zipped else p for p in parts]
        torn = bytearray(stored[at])
        for _ in range(rng.randint(1, 9)):
            torn[rng.randrange(20, len(torn) - 20)] ^= rng.randint(1, 255)
        stored[at] = bytes(torn)
        found = warc.records(io.BytesIO(b"".join(stored)), max_bytes=1 << 20)
        whole = {x.fields.get("warc-record-id") for x in found if isinstance(x, warc.Record)}
        assert {f"<urn:uuid:{n}>" for n in range(6) if n != at} <= whole


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (STORY.encode(), "text/plain"),
        (PAGE.encode(), "text/html"),
        (b'{"text": "Fog."}\n', "application/x-ndjson"),
        (gzip.compress(b'{"text": "Fog."}\n'), "application/x-ndjson"),
        (record(1), "text/html"),
        (gzip.compress(record(1)), "text/html"),
    ],
)
def test_standard_input_is_known_by_its_content(content, media_type):
    (found,) = captures("-", stdin=io.BytesIO(content))
    assert (found.path, found.media_type) == ("-", media_type)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_response_is_unpacked_up_to_the_cap(tmp_path, coding):
    pack = {
        "gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress,
        "zstd": zstandard.compress,
    }[coding]  # fmt: skip
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: " + coding.encode()
    path = tmp_path / "pages.warc"
    path.write_bytes(
        record(1, pack(PAGE.encode()), head=head) + record(2, pack(b"x" * 9999), head=head)
    )
    small = Reading(page_bytes=5000)
    assert [c.content for c in captures(path, reading=small)] == [PAGE.encode()]
    assert [x.code for x in rejected(path, reading=small)] == ["too-large"]


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_an_encoding_bomb_is_not_unpacked(tmp_path, coding):
    fast = functools.partial(brotli.compress, quality=4)
    pack = {"gzip": gzip.compress, "br": fast, "zstd": zstandard.compress}[coding]
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: " + coding.encode()
    path = tmp_path / "bomb.warc"
    path.write_bytes(record(1, pack(bytes(60_000_000)), head=head) + record(2))
    tracemalloc.start()
    found = list(read([path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [x.code for x in found if isinstance(x, Rejected)] == ["expansion"]
    assert [c.url[-1] for c in found if isinstance(c, Capture)] == ["2"]
    # What brotli's decompressor holds is not Python's to count; what comes out of it is.
    assert peak < 32_000_000


def test_codes_are_those_of_the_modules():
    from firsthand import extract

    folder = Path(warc.__file__).parent
    source = "".join(p.read_text("utf-8") for p in folder.glob("*.py") if p.name != "intake.py")
    source += (folder / "intake.py").read_text("utf-8").partition("_CONTROL = ")[2]
    assert [code for code in CODES if f'"{code}"' not in source] == []
    assert all(reason.strip() for reason in {**CODES, **extract.CODES}.values())


@pytest.mark.parametrize(
    "name", ["Fog.HTM", "fog.html.gz", "fog.html?p=7", "fog.php", "fog.example"]
)
def test_a_page_is_known_whatever_its_name(tmp_path, name):
    pack = gzip.compress if name.endswith(".gz") else bytes
    (tmp_path / name).write_bytes(pack(BYTES))
    (found,) = captures(tmp_path)
    assert (found.media_type, found.content) == ("text/html", BYTES)


def test_patterns_find_files_in_any_folder(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    for place in ("x.html", "a/y.html", "a/b/z.html", "a/notes.txt"):
        (tmp_path / place).write_text(PAGE)
    assert len(captures(f"{tmp_path}/**/*.html")) == 3
    assert len(captures(f"{tmp_path}/*.html", tmp_path / "x.html")) == 1
    with pytest.raises(InputError) as caught:
        list(read([f"{tmp_path}/**/*.warc"]))
    assert caught.value.slug == "no-match"


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path):
    (tmp_path / "fog[1].html").write_text(PAGE)
    assert len(captures(tmp_path / "fog[1].html")) == 1


def test_wet_records_are_pages_of_plain_text(tmp_path):
    head = (
        "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://post.example/fog\r\n"
        "WARC-Date: 2025-03-04T05:06:07Z\r\nWARC-Record-ID: <urn:uuid:9>\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(STORY.encode())}\r\n\r\n"
    )
    path = tmp_path / "crawl.warc.wet.gz"
    path.write_bytes(gzip.compress(head.encode() + STORY.encode() + b"\r\n\r\n"))
    (found,) = captures(path)
    assert (found.media_type, found.url, found.content.decode()) == (
        "text/plain", "https://post.example/fog", STORY,
    )  # fmt: skip


def test_what_tools_write_into_an_archive_is_no_page(tmp_path):
    def resource(url, type_="text/plain", extra=""):
        head = (
            f"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: {url}\r\n{extra}"
            f"Content-Type: {type_}\r\nContent-Length: {len(STORY)}\r\n\r\n"
        )
        return head.encode() + STORY.encode() + b"\r\n\r\n"

    path = tmp_path / "pages.warc"
    path.write_bytes(
        resource("urn:text:https://post.example/fog")
        + resource("metadata://gnu.org/software/wget/warc/wget.log")
        + resource("https://post.example/robots.txt")
        + resource("https://post.example/x", extra="WARC-Resource-Type: xhr\r\n")
        + resource("https://post.example/fog.txt")
    )
    assert [c.url for c in captures(path)] == ["https://post.example/fog.txt"]
    assert skipped(path) == {
        "written by the archiving tool (urn:)": 1, "a page's parts (xhr)": 1,
        "written by the archiving tool (metadata:)": 1,
        "text for crawlers (robots.txt and the like)": 1,
    }  # fmt: skip


class _Endless(io.RawIOBase):
    """A WARC of any size that exists only while it is read."""

    def __init__(self, n_records):
        self.parts = (record(n, PAGE.encode() * 200) for n in range(n_records))
        self.rest = b""

    def readable(self):
        return True

    def readinto(self, into):
        self.rest = self.rest or next(self.parts, b"")
        size = min(len(into), len(self.rest))
        into[:size], self.rest = self.rest[:size], self.rest[size:]
        return size


def test_a_long_archive_is_never_held():
    from firsthand.archived import warc_pages
    from firsthand.intake import Intake

    intake = Intake()
    tracemalloc.start()
    n_pages = n_bytes = 0
    for page in warc_pages(io.BufferedReader(_Endless(3000)), "long.warc", intake):
        n_pages, n_bytes = n_pages + 1, n_bytes + len(page.content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n_pages == 3000 and n_bytes > 50_000_000
    assert peak < 8_000_000


def test_a_folder_of_json_gives_its_articles_and_skips_the_rest(tmp_path):
    (tmp_path / "fog.json").write_text(json.dumps({"title": "Fog", "text": STORY}, indent=2))
    (tmp_path / "rows.json").write_text(json.dumps([{"id": 1, "text": STORY}, {"text": ""}]))
    (tmp_path / "package.json").write_text('{"name": "site", "content": "dist"}')
    (tmp_path / "words.json").write_text('["fog", "rain"]')
    assert [(Path(c.path).name, c.record) for c in captures(tmp_path)] == [
        ("fog.json", "1"), ("rows.json", "1"),
    ]  # fmt: skip
    assert [(x.code, x.record) for x in rejected(tmp_path)] == [("no-text", "2")]
    assert skipped(tmp_path) == {"no capture (.json)": 2}


def test_a_json_file_named_outright_is_read_or_rejected_with_advice(tmp_path):
    (tmp_path / "feed.json").write_text(
        json.dumps({"status": "ok", "articles": [{"text": "Fog."}]})
    )
    (bad,) = rejected(tmp_path / "feed.json")
    assert bad.code == "no-text" and "jq -c '.articles[]'" in bad.reason
    assert "status, articles" in bad.reason
    (tmp_path / "lines.json").write_text('{"text": "Fog."}\n{"text": \n{"text": "Rain."}\n')
    assert [c.record for c in captures(tmp_path / "lines.json")] == ["1", "3"]
    assert [x.offset for x in rejected(tmp_path / "lines.json")] == [17]


def test_columns_are_mapped_and_a_slip_is_told(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"article": "Fog.", "desk": "Harbour Post", "nr": 7}\n')
    assert [x.code for x in rejected(path)] == ["no-text"]
    assert "article, desk, nr" in rejected(path)[0].reason
    mapped = Reading(columns=(("text", "article"), ("outlet", "desk"), ("id", "nr")))
    (article,) = pipeline.trace([path], settings=pipeline.Settings(reading=mapped)).articles
    assert (article.text, article.outlet, article.given_id) == ("Fog.", "Harbour Post", "7")
    with pytest.raises(InputError, match="article, desk, nr") as caught:
        list(read([path], reading=Reading(columns=(("text", "article"), ("title", "headd")))))
    assert caught.value.slug == "map-column" and "title=headd" in str(caught.value)


def test_the_sha256_of_a_mapped_line_is_that_of_the_line(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "1", "article": "Fog.", "text": "Rain."}\n')
    plain = captures(path)
    mapped = captures(path, reading=Reading(columns=(("text", "article"),)))
    assert plain[0].sha256 == mapped[0].sha256 and b"Fog." in mapped[0].content


def test_a_row_of_html_is_a_page_with_the_row_s_address_time_and_id(tmp_path):
    row = {"id": "a7", "html": PAGE, "url": "https://post.example/fog", "crawled": 1741080000}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n")
    (found,) = captures(tmp_path)
    assert (found.media_type, found.url, found.fetched_at, found.given_id, found.record) == (
        "text/html", "https://post.example/fog", "2025-03-04T09:20:00+00:00", "a7", "1",
    )  # fmt: skip
    (article,) = pipeline.trace([tmp_path]).articles
    assert article.given_id == "a7" and "stayed closed" in article.text


def test_a_record_that_was_changed_after_its_capture_is_rejected(tmp_path):
    said = b"WARC-Block-Digest: sha1:" + b"A" * 32 + b"\r\n"
    changed = record(1).replace(b"WARC-Date", said + b"WARC-Date", 1)
    path = tmp_path / "pages.warc"
    path.write_bytes(record(0) + changed + record(2))
    assert [c.url[-1] for c in captures(path)] == ["0", "2"]
    assert [(x.code, x.offset) for x in rejected(path)] == [("warc-digest", len(record(0)))]
