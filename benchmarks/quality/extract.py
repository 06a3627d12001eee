#!/usr/bin/env python3
"""
What of a news page is kept: body, title, day, author; beside the extractors people use.

    python benchmarks/quality/extract.py [--only NAME…] [--every N] [--misses FIELD N] [--keep FILE]

Pages and truth are WCXB's development set (497 article pages, Murrough Foley, CC BY 4.0), read
through ``FIRSTHAND_DATA``; nothing of them is in this repository. Ours goes the whole way: a WARC
is made of the pages, read, extracted and segmented, as ``firsthand articles`` does; where a page
gives several articles the longest is scored and the pages are counted (``several``). The others are
handed the decoded page and its address, which spares them the reading; a peer that is not installed
is said to be skipped (``pip install --group benchmarks``).

How things are compared:

- *words*: casefolded runs of letters and digits after NFKC, so marks and case do not count.
- *body*: F1, precision and recall of the multiset of words, the mean over pages, as WCXB defines
  them; *with* / *without* are the shares of its snippets found (higher / lower is better).
- *title*: right if at least 80 % alike (difflib's ratio over the words joined by spaces); *exact*
  if the words are the same. A site's name behind a long title passes the first, not the second.
- *date*: the same day, over the pages whose truth has one.
- *author*: names are what commas, semicolons, bars, "&" and "and" part; right if at least one name
  is the truth's; *all* if both sets of names are the same. Over the pages whose truth has one.
- *wrong*: a date or an author given where the truth has another; what is not given is no error
  there (``-`` where a peer reads none at all).

Pages per CPU-second are user and system time of this process and its children. They compare within
one run only.
"""

from __future__ import annotations

import argparse
import difflib
import gzip
import importlib.util
import json
import os
import re
import resource
import sys
import tarfile
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import zstandard

DATA = Path(
    os.environ.get("FIRSTHAND_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
)
PAGES = DATA / "captures" / "wcxb_dev.tar.zst"
ALIKE = 0.8
FIELDS = ("title", "date", "author", "body")
_BETWEEN_NAMES = re.compile(r"[,;|&]|\band\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Truth:
    """One page and what a reader finds on it; ``author`` and ``date`` are None where none is."""

    page_id: str
    url: str
    html: str
    body: str
    title: str
    author: str | None
    date: str | None
    present: tuple[str, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Given:
    """What an extractor gave for a page; None where it gave nothing."""

    body: str = ""
    title: str | None = None
    author: str | None = None
    date: str | None = None
    n_articles: int = 1


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What was right on one page; None where the truth has no such field."""

    precision: float
    recall: float
    f1: float
    present: float
    absent: float
    title: bool
    title_exact: bool
    date: bool | None
    date_wrong: bool
    author: bool | None
    author_all: bool | None
    author_wrong: bool


def truths(archive: Path = PAGES) -> list[Truth]:
    """Return the pages of a WCXB archive with their truth, by their number."""
    pages: dict[str, str] = {}
    said: dict[str, dict[str, Any]] = {}
    with archive.open("rb") as file:
        stream = zstandard.ZstdDecompressor().stream_reader(file)
        with tarfile.open(fileobj=stream, mode="r|") as members:
            for member in members:
                inside = members.extractfile(member) if member.isfile() else None
                if inside is None:
                    continue
                path = Path(member.name)
                if path.suffix == ".html":
                    pages[path.stem] = inside.read().decode("utf-8", "replace")
                elif path.suffix == ".json":
                    said[path.stem] = json.loads(inside.read())
    return [_truth(name, pages[name], said[name]) for name in sorted(pages) if name in said]


def _truth(name: str, html: str, said: dict[str, Any]) -> Truth:
    truth = said["ground_truth"]
    return Truth(
        page_id=name,
        url=said["url"],
        html=html,
        body=truth["main_content"] or "",
        title=truth["title"] or "",
        author=truth["author"] or None,
        date=(truth["publish_date"] or "")[:10] or None,
        present=tuple(truth["with"] or ()),
        absent=tuple(truth["without"] or ()),
    )


# The extractors


def ours(pages: Sequence[Truth]) -> Iterator[Given]:
    """Yield what the reading half of the main job gives for each page, end to end from a WARC."""
    from firsthand import ingest
    from firsthand.engines import run_local
    from firsthand.extract import extract
    from firsthand.model import Article, Capture, Rejected, Skipped
    from firsthand.pipeline import stages
    from firsthand.stage import empty_tables, records_of, table_of

    reading = [extract.stage]  # type: ignore[attr-defined]
    reading += [stage for stage in stages() if stage.name.startswith("segment.")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.warc.gz"
        path.write_bytes(b"".join(gzip.compress(_response(page), 1) for page in pages))
        read = list(ingest.read([path]))
        kinds: tuple[type, ...] = (Capture, Rejected, Skipped)
        tables = empty_tables()
        tables |= {c: table_of(c, [r for r in read if type(r) is c]) for c in kinds}
        for stage in reading:
            tables = run_local([stage], tables)
    by_capture: dict[str, list[Article]] = {}
    for article in records_of(Article, tables[Article]):
        by_capture.setdefault(article.capture_id, []).append(article)
    at = {c.record: c.capture_id for c in read if isinstance(c, Capture)}
    for page in pages:
        yield _of_articles(by_capture.get(at.get(f"urn:page:{page.page_id}", ""), []))


def _response(page: Truth) -> bytes:
    body = page.html.encode("utf-8", "replace")
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:page:{page.page_id}>\r\n"
        f"WARC-Target-URI: {page.url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def _of_articles(found: Sequence[Any]) -> Given:
    if not found:
        return Given(n_articles=0)
    article = max(found, key=lambda a: len(a.text))
    published = article.published.at if article.published else None
    return Given(
        body=article.text,
        title=article.title,
        author=article.byline,
        date=published[:10] if published and len(published) >= 10 else None,
        n_articles=len(found),
    )


def trafilatura_default(pages: Sequence[Truth], *, fast: bool = False) -> Iterator[Given]:
    """Yield what trafilatura gives, with its fallbacks or (``fast``) without."""
    import trafilatura

    for page in pages:
        found = trafilatura.bare_extraction(
            page.html, url=page.url, with_metadata=True, include_comments=False, fast=fast
        )
        yield (
            Given()
            if found is None
            else Given(
                body=found.text or "", title=found.title, author=found.author, date=found.date
            )
        )


def trafilatura_fast(pages: Sequence[Truth]) -> Iterator[Given]:
    """Yield what trafilatura gives without its fallbacks."""
    return trafilatura_default(pages, fast=True)


def resiliparse(pages: Sequence[Truth]) -> Iterator[Given]:
    """Yield what resiliparse gives: the main text, and the page's ``title`` tag."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    for page in pages:
        tree = HTMLTree.parse(page.html)
        text = extract_plain_text(
            tree, main_content=True, alt_texts=False, preserve_formatting=True
        )
        yield Given(body=text, title=tree.title)


def readability(pages: Sequence[Truth]) -> Iterator[Given]:
    """Yield what readability-lxml gives."""
    from lxml import html as lxml_html
    from readability import Document

    for page in pages:
        try:
            document = Document(page.html)
            body = lxml_html.fromstring(document.summary()).text_content()
            yield Given(body=body, title=document.short_title())
        except Exception:  # it raises whatever lxml does; a page it cannot read counts as empty
            yield Given()


def newspaper(pages: Sequence[Truth]) -> Iterator[Given]:
    """Yield what newspaper4k gives."""
    from newspaper import Article

    for page in pages:
        article = Article(page.url, fetch_images=False)
        try:
            article.download(input_html=page.html)
            article.parse()
        except Exception:  # its errors have no common root; such a page counts as empty
            yield Given()
            continue
        day = article.publish_date
        yield Given(
            body=article.text,
            title=article.title,
            author=", ".join(article.authors) or None,
            date=str(day)[:10] if day else None,
        )


Extractor = Callable[[Sequence[Truth]], Iterator[Given]]
EXTRACTORS: dict[str, tuple[str, Extractor]] = {
    "ours": ("firsthand", ours),
    "trafilatura-fast": ("trafilatura", trafilatura_fast),
    "trafilatura": ("trafilatura", trafilatura_default),
    "resiliparse": ("resiliparse", resiliparse),
    "readability-lxml": ("readability", readability),
    "newspaper4k": ("newspaper", newspaper),
}


# The marks


def words(text: str | None) -> list[str]:
    """Return the words of a text as they are compared."""
    return _WORD.findall(unicodedata.normalize("NFKC", text or "").casefold())


def names(text: str | None) -> set[str]:
    """Return the names in a byline as they are compared."""
    bare = re.sub(r"^\s*by\s+", "", text or "", flags=re.IGNORECASE)
    return {" ".join(words(name)) for name in _BETWEEN_NAMES.split(bare)} - {""}


def overlap(given: Sequence[str], truth: Sequence[str]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of words, each as often as it stands."""
    if not truth or not given:
        return (float(not given), float(not truth), float(not given and not truth))
    n_common = sum((Counter(given) & Counter(truth)).values())
    if not n_common:
        return (0.0, 0.0, 0.0)
    precision, recall = n_common / len(given), n_common / len(truth)
    return (precision, recall, 2 * precision * recall / (precision + recall))


def marked(page: Truth, given: Given) -> Marks:
    """Return what of a page was given rightly."""
    precision, recall, f1 = overlap(words(given.body), words(page.body))
    title, true_title = " ".join(words(given.title)), " ".join(words(page.title))
    alike = difflib.SequenceMatcher(None, title, true_title).ratio()
    author, true_author = names(given.author), names(page.author)
    return Marks(
        precision=precision,
        recall=recall,
        f1=f1,
        present=_found(page.present, given.body),
        absent=_found(page.absent, given.body) if page.absent else 0.0,
        title=alike >= ALIKE,
        title_exact=title == true_title,
        date=given.date == page.date if page.date else None,
        date_wrong=bool(page.date and given.date and given.date != page.date),
        author=bool(author & true_author) if true_author else None,
        author_all=author == true_author if true_author else None,
        author_wrong=bool(true_author and author and not author & true_author),
    )


def _found(snippets: Sequence[str], body: str) -> float:
    """Return the share of snippets that stand in the body, letter case apart."""
    text = body.lower()
    return sum(s.lower() in text for s in snippets) / len(snippets) if snippets else 1.0


def mean(values: Sequence[float | bool | None]) -> float:
    """Return the mean of the values that are there."""
    there = [float(v) for v in values if v is not None]
    return sum(there) / len(there) if there else 0.0


# The run


def spent() -> float:
    """Return CPU seconds of this process and its finished children, user and system."""
    usage = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in usage)


HEAD = (
    f"{'':17} {'F1':>5} {'prec':>5} {'rec':>5} {'with':>5} {'wout':>5}  {'title':>5} {'exact':>5}  "
    f"{'date':>5} {'wrong':>5}  {'author':>6} {'all':>5} {'wrong':>5}  {'pages/s':>7} "
    f"{'several':>7}"
)


def line(name: str, marks: Sequence[Marks], given: Sequence[Given], seconds: float) -> str:
    """Return one extractor's line of the table."""

    def of(field: str) -> float:
        return mean([getattr(m, field) for m in marks])

    dated, signed = any(g.date for g in given), any(g.author for g in given)
    date = (
        f"{of('date'):5.3f} {sum(m.date_wrong for m in marks):5}" if dated else f"{'-':>5} {'-':>5}"
    )
    author = (
        f"{of('author'):6.3f} {of('author_all'):5.3f} {sum(m.author_wrong for m in marks):5}"
        if signed
        else f"{'-':>6} {'-':>5} {'-':>5}"
    )
    return (
        f"{name:17} {of('f1'):5.3f} {of('precision'):5.3f} {of('recall'):5.3f} "
        f"{of('present'):5.3f} {of('absent'):5.3f}  {of('title'):5.3f} {of('title_exact'):5.3f}  "
        f"{date}  {author}  {len(given) / seconds:7.1f} {sum(g.n_articles > 1 for g in given):7}"
    )


def misses(
    field: str, pages: Sequence[Truth], marks: Sequence[Marks], given: Sequence[Given]
) -> Iterator[str]:
    """Yield a line to read for every page where a field was missed; bodies worst first."""
    rows = list(zip(pages, marks, given, strict=True))
    if field == "body":
        for page, mark, _ in sorted(rows, key=lambda row: row[1].f1):
            figures = f"F1 {mark.f1:.3f}  P {mark.precision:.3f}  R {mark.recall:.3f}"
            yield f"{page.page_id}  {figures}  {page.url}"
        return
    for page, mark, got in rows:
        if getattr(mark, field) is False:
            pair = f"{getattr(got, field)!r}  truth {getattr(page, field)!r}"
            yield f"{page.page_id}  {pair}  {page.url}"


def main() -> None:
    """Print one line an extractor, all over the same pages."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", nargs="+", choices=EXTRACTORS, default=list(EXTRACTORS))
    parser.add_argument("--every", type=int, default=1, help="take every N-th page")
    parser.add_argument("--misses", nargs=2, metavar=("FIELD", "N"), help=", ".join(FIELDS))
    parser.add_argument("--keep", type=Path, help="write marks and answers there, a page a line")
    options = parser.parse_args()
    if not PAGES.is_file():
        sys.exit(f"skipped: no {PAGES}; set FIRSTHAND_DATA to the folder that has captures/")
    pages = truths()[:: options.every]
    dated, signed = sum(bool(p.date) for p in pages), sum(bool(p.author) for p in pages)
    print(f"{len(pages)} pages, {dated} with a date, {signed} with an author\n\n{HEAD}")
    kept: list[dict[str, Any]] = []
    for name in options.only:
        package, extractor = EXTRACTORS[name]
        if importlib.util.find_spec(package) is None:
            print(f"{name:17} skipped: not installed")
            continue
        list(extractor(pages[:1]))  # imports and first-use tables are not the pages' cost
        began = spent()
        given = list(extractor(pages))
        seconds = spent() - began
        marks = [marked(page, got) for page, got in zip(pages, given, strict=True)]
        print(line(name, marks, given, seconds), flush=True)
        kept += [
            {"extractor": name, "page": p.page_id, "marks": asdict(m), "given": asdict(g)}
            for p, m, g in zip(pages, marks, given, strict=True)
        ]
        if options.misses:
            field, most = options.misses[0], int(options.misses[1])
            if field not in FIELDS:
                parser.error(f"--misses takes one of {', '.join(FIELDS)}")
            print("\n".join([*misses(field, pages, marks, given)][:most]))
    if options.keep:
        options.keep.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")


if __name__ == "__main__":
    main()
