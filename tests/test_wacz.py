"""WACZ: what is in the zip is read, nothing leaves it, and its list of pages is held against it."""

import gzip
import io
import json
import zipfile

import pytest

from firsthand.ingest import read
from firsthand.model import Capture, Rejected, Skipped

PAGE = b"<html><h1>Fog</h1><p>The harbour stayed closed on Monday.</p></html>"


def record(url, body=PAGE):
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{url[-1]}>\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Date: 2025-03-04T05:06:07Z\r\n"
        f"Content-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)


def pages(*urls):
    rows = [{"format": "json-pages-1.0", "id": "pages"}, *({"url": u, "title": "x"} for u in urls)]
    return "\n".join(map(json.dumps, rows)).encode()


def wacz(path, members, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", method) as zipped:
        for name, content in members.items():
            zipped.writestr(name, content)
    return path


GOOD = {
    "archive/data.warc.gz": record("https://post.example/1") + record("https://post.example/2"),
    "pages/pages.jsonl": pages("https://post.example/1", "https://post.example/3"),
    "pages/extraPages.jsonl": pages("http://post.example/2/#top"),
    "indexes/index.cdx.gz": b"x",
    "datapackage.json": b"{}",
}


def test_pages_and_what_the_list_misses(tmp_path):
    path = wacz(tmp_path / "crawl.wacz", GOOD)
    found = list(read([path]))
    assert [(c.path, c.url) for c in found if isinstance(c, Capture)] == [
        (f"{path}/archive/data.warc.gz", f"https://post.example/{n}") for n in (1, 2)
    ]
    assert {x.kind: (x.count, x.example) for x in found if isinstance(x, Skipped)} == {
        "no capture (in a WACZ)": (4, f"{path}/pages/pages.jsonl"),
        "page listed in a WACZ, without a page in its archive": (1, f"{path}: post.example/3"),
    }


def test_standard_input_may_be_a_wacz(tmp_path):
    content = wacz(tmp_path / "crawl.wacz", GOOD).read_bytes()
    assert sum(isinstance(x, Capture) for x in read(["-"], io.BytesIO(content))) == 2


def test_names_that_climb_out_climb_nowhere(tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    names = [
        "../out.warc.gz",
        "/tmp/out.warc.gz",
        "archive/../../out.warc.gz",
        "archive/a\x1b[2J.warc.gz",
    ]
    wacz(inside / "crawl.wacz", dict.fromkeys(names, record("https://post.example/1")))
    found = list(read([inside]))
    assert [x.path for x in found if isinstance(x, Capture)] == [
        f"{inside}/crawl.wacz/archive/a\\x1b[2J.warc.gz"
    ]
    assert sum(x.count for x in found if isinstance(x, Skipped)) == 3
    assert [p.name for p in tmp_path.rglob("*")] == ["in", "crawl.wacz"]


def test_a_member_that_grows_too_much_is_not_opened(tmp_path):
    members = {"archive/bomb.warc": bytes(80 << 20), **GOOD}
    path = wacz(tmp_path / "crawl.wacz", members, zipfile.ZIP_DEFLATED)
    found = list(read([path]))
    assert [(x.code, x.path) for x in found if isinstance(x, Rejected)] == [
        ("expansion", f"{path}/archive/bomb.warc")
    ]
    assert sum(isinstance(x, Capture) for x in found) == 2


@pytest.mark.parametrize("fault", ["no zip", "empty", "cut off", "no archive", "locked"])
def test_what_is_no_wacz_is_rejected(tmp_path, fault):
    path = wacz(tmp_path / "crawl.wacz", {} if fault == "no archive" else GOOD)
    content = bytearray(path.read_bytes())
    if fault == "locked":  # the flag of an encrypted member, in both of its heads
        content[6] |= 1
        content[content.index(b"PK\x01\x02") + 8] |= 1
    change = {"no zip": b"noise" * 99, "empty": b"", "cut off": bytes(content[:-50])}
    path.write_bytes(change.get(fault, bytes(content)))
    assert "wacz" in [x.code for x in read([path]) if isinstance(x, Rejected)]
    assert not any(isinstance(x, Capture) for x in read([path]))


def test_damage_in_the_zip_keeps_what_came_before(tmp_path):
    path = wacz(tmp_path / "crawl.wacz", GOOD)
    content = bytearray(path.read_bytes())
    at = content.index(record("https://post.example/2")[:40]) + 60
    content[at] ^= 0xFF
    path.write_bytes(content)
    found = list(read([path]))
    assert [x.url for x in found if isinstance(x, Capture)] == ["https://post.example/1"]
    assert any(isinstance(x, Rejected) for x in found)
