"""ARC files: whole records only, and never none without a word."""

import gzip
import io

import pytest
from fastwarc.warc import ArchiveIterator

from firsthand.arc import Broken, Record, records
from firsthand.ingest import read
from firsthand.model import Capture, Rejected, Skipped

PAGE = b"<html><h1>Fog</h1><p>The harbour stayed closed on Monday.</p></html>"


def part(number, body=PAGE, *, length=None, url=None):
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    url = (url or f"http://post.example/{number}").encode()
    size = len(block) if length is None else length
    return b"%s 192.0.2.1 20080430204825 text/html %d\n%s\n" % (url, size, block)


HEAD = (
    b"filedesc://crawl.arc 0.0.0.0 20080430204825 text/plain 75\n"
    b"1 0 Harbour Crawl\nURL IP-address Archive-date Content-type Archive-length\n\n"
)
HEAD = HEAD.replace(b" 75\n", b" %d\n" % (len(HEAD.partition(b"\n")[2]) - 1))


def found(content):
    return list(records(io.BytesIO(content), max_bytes=1 << 20))


def urls(content):
    return [r.url[-1] for r in found(content) if isinstance(r, Record) and r.url[0] == "h"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("name", ["crawl.arc", "crawl.arc.gz"])
def test_pages_of_an_arc(tmp_path, pack, name):
    path = tmp_path / name
    path.write_bytes(b"".join(map(pack, (HEAD, part(1), part(2, url="http://a.example/x y?2")))))
    got = list(read([path]))
    pages = [x for x in got if isinstance(x, Capture)]
    assert [(p.url, p.fetched_at, p.content) for p in pages] == [
        ("http://post.example/1", "2008-04-30T20:48:25Z", PAGE),
        ("http://a.example/x y?2", "2008-04-30T20:48:25Z", PAGE),
    ]
    assert [x.kind for x in got if isinstance(x, Skipped)] == ["arc filedesc"]


def test_a_reader_for_warc_finds_nothing_in_an_arc_and_says_nothing(tmp_path):
    content = HEAD + part(1)
    assert list(ArchiveIterator(io.BytesIO(content), quirks_mode=True)) == []
    path = tmp_path / "crawl.warc"  # named wrongly, so that our WARC reader meets it
    path.write_bytes(content)
    assert all(isinstance(x, Rejected) for x in read([path])) and list(read([path]))


@pytest.mark.parametrize("length", [0, 7, 100, 150, 10**6, 10**12, -1])
def test_a_wrong_length_costs_one_record(length):
    content = HEAD + part(1) + part(2, length=length) + part(3)
    assert urls(content) == ["1", "3"]
    (bad,) = [r for r in found(content) if isinstance(r, Broken)]
    assert bad.offset == len(HEAD + part(1))


def test_a_record_over_the_cap_is_passed_over():
    content = HEAD + part(1, b"x" * (3 << 20)) + part(2)
    assert urls(content) == ["2"]
    assert [r.code for r in found(content) if isinstance(r, Broken)] == ["too-large"]


def test_an_end_in_the_middle_is_said():
    content = HEAD + part(1) + part(2)
    assert urls(content[:-20]) == ["1"]
    (bad,) = [r for r in found(content[:-20]) if isinstance(r, Broken)]
    assert "ends 19 bytes before" in bad.reason


def test_version_2_lines_and_litter():
    line = (
        b"http://post.example/1 192.0.2.1 20080430204825 text/html 200 - - 17 crawl.arc 4\nFog.\n"
    )
    content = HEAD + line + b"litter\nmore\n" + part(2)
    assert urls(HEAD + line + part(2)) == ["1", "2"]
    # Whether the litter is the record's own cannot be told, so it is not believed.
    assert urls(content) == ["2"]
    assert [r.code for r in found(content) if isinstance(r, Broken)] == ["arc"]


@pytest.mark.parametrize("content", [b"", b"\n\n", gzip.compress(b"")])
def test_no_record_at_all_is_said(tmp_path, content):
    (tmp_path / "crawl.arc").write_bytes(content)
    assert [x.code for x in read([tmp_path])] == ["empty"]


def test_damaged_compression_is_said(tmp_path):
    content = gzip.compress(HEAD + part(1)) + gzip.compress(part(2))[:-20]
    (tmp_path / "crawl.arc.gz").write_bytes(content)
    got = list(read([tmp_path]))
    assert [x.code for x in got if isinstance(x, Rejected)][-1] == "truncated"
    assert [x.url[-1] for x in got if isinstance(x, Capture)] == ["1"]
