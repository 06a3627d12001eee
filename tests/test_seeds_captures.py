"""The five founding captures are cut as a careful reader cuts them: text, HTML and WARC."""

import gzip
import hashlib
import html
import os
import re
from pathlib import Path

import pytest

from firsthand.extract import extract
from firsthand.ingest import read
from firsthand.model import Article, Capture, Cut, Furniture
from firsthand.segment import open_page, part, segment

HERE = Path(__file__).parent
SEEDS = Path(os.environ.get("FIRSTHAND_SEEDS", HERE.parent.parent / "shared" / "seeds"))
if not SEEDS.is_dir():
    pytest.skip(f"the founding captures are not at {SEEDS}", allow_module_level=True)

# capture, place → length of the text and SHA-256 (16 characters) of text and title, white space out
EXPECTED = {
    ("000", 0): (1508, "2fc2eed9645e5c86", "e0c34dd8efb44091"),
    ("000", 1): (1860, "ceaa81f5cb6e10a1", "fc54754421b810bf"),
    ("001", 0): (1508, "2fc2eed9645e5c86", "e0c34dd8efb44091"),
    ("001", 1): (1253, "2d3c63fa18413cb6", "ae6921d20c7a4ef9"),
    ("002", 0): (1508, "2fc2eed9645e5c86", "e0c34dd8efb44091"),
    ("002", 1): (1330, "31d13e6d5c05ecef", "a9335000a6c0f6d0"),
    ("003", 0): (5510, "aa3e1bbea97e1f9c", "a89654b5b146777d"),
    ("004", 0): (1352, "b58d2b1cb5e3ef1b", "414d3794e5837b46"),
}


def folded(text):
    return re.sub(r"\s", "", text)


def short(text):
    return hashlib.sha256(folded(text).encode()).hexdigest()[:16]


def cut(paths):
    """Return (capture number, articles, furniture) of every capture in ``paths``."""
    captures = [x for x in read(paths) if isinstance(x, Capture)]
    pages = [page for capture in captures for page in extract(capture)]
    groups = {}
    for page in pages:
        for opening in open_page(page):
            groups.setdefault(opening.opening, []).append(opening)
    cuts = {c.capture_id: c for group in groups.values() for c in part(group) if isinstance(c, Cut)}
    found = []
    for page in pages:
        rows = list(segment(page, cuts.get(page.capture_id)))
        number = re.search(r"00\d", Path(page.url or page.path).name).group()
        articles = [x for x in rows if isinstance(x, Article)]
        found.append((number, page, articles, [x for x in rows if isinstance(x, Furniture)]))
    return found


def facts(found):
    return {
        (number, a.place): (len(folded(a.text)), short(a.text), short(a.title or ""))
        for number, _, articles, _ in found
        for a in articles
    }


def test_articles_titles_and_bodies():
    assert facts(cut([SEEDS])) == EXPECTED


def test_pieces_lead_back_to_the_capture():
    for _, page, articles, furniture in cut([SEEDS]):
        for article in articles:
            assert folded("".join(p.of(page.text) for p in article.pieces)) == folded(article.text)
        assert all(f.span.of(page.text) == f.text for f in furniture)


def test_furniture_is_kept_with_its_kind():
    kinds = {number: sorted(f.kind for f in furniture) for number, _, _, furniture in cut([SEEDS])}
    assert kinds["003"] == ["section header"] * 2
    assert kinds["004"] == ["related link"] * 5
    head = ["caption"] * 4 + ["player", "repeated title"]
    assert all(kinds[n] == sorted(2 * head) for n in ("000", "001", "002"))


def in_paragraphs(text):
    return "".join(f"<p>{html.escape(line)}</p>\n" for line in text.split("\n") if line.strip())


def headed(text):
    first, _, rest = text.lstrip().partition("\n")
    return f"<h1>{html.escape(first)}</h1>" + in_paragraphs(rest)


WRAPS = {
    "p": in_paragraphs,
    "pre": lambda text: f"<pre>{html.escape(text)}</pre>",
    "br": lambda text: html.escape(text).replace("\n", "<br>\n"),
    "h1": headed,
    "article": lambda text: f"<article>{in_paragraphs(text)}</article>",
}


def wrapped(text, wrap, head):
    body = WRAPS[wrap](text)
    return f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize("titled", ["none", "first line", "file name"])
@pytest.mark.parametrize("wrap", WRAPS)
def test_wrapped_in_html_they_give_the_same_articles(tmp_path, wrap, titled):
    for path in SEEDS.glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        said = {"none": None, "first line": text.split("\n")[0], "file name": path.stem}[titled]
        head = f"<title>{html.escape(said)}</title>" if said else ""
        (tmp_path / f"{path.stem}.html").write_text(wrapped(text, wrap, head), encoding="utf-8")
    assert facts(cut([tmp_path])) == EXPECTED


def test_inside_one_warc_they_give_the_same_articles(tmp_path):
    records = []
    for path in sorted(SEEDS.glob("*.txt")):
        page = wrapped(path.read_text(encoding="utf-8"), "p", "")
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page.encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://x.example/{path.stem}\r\n"
            f"WARC-Record-ID: <urn:x:{path.stem}>\r\nContent-Length: {len(block)}\r\n\r\n"
        )
        records.append(gzip.compress(head.encode() + block + b"\r\n\r\n"))
    (tmp_path / "pages.warc.gz").write_bytes(b"".join(records))
    assert facts(cut([tmp_path])) == EXPECTED


def test_each_alone_is_cut_the_same():
    for path in SEEDS.glob("*.txt"):
        found = facts(cut([path]))
        assert found == {key: EXPECTED[key] for key in found} and found
