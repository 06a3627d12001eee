"""
Are run-on pages cut where one article ends and the next begins, and single articles left whole?

    python benchmarks/quality/runons.py [--pages 40] [--every N] [--seed S] [--wrong]

Pages are made by ``benchmarks/make_runons.py`` from the articles of ``FIRSTHAND_DATA`` (texts
belong to their publishers; nothing of them is in this repository) that ``scripts/fit-boundaries``
leaves aside: for every layout ``--pages`` pages of two to five articles and as many of one. They go
through ``extract`` and ``segment`` as plain-text captures do, each page for itself, so no other
page confirms a boundary. ``--every N`` takes every N-th page.

A boundary is right where the article above it holds nothing of the next one's text and the article
below nothing of the one above; each counts once. ``titles`` is the share of second and later
articles, rightly cut, whose title is the one shown. ``split`` counts pages of one article that were
cut. Three pools: news with its own headlines; pages of all kinds from the web, of which many are
tips, lists and forums rather than news; news whose headlines were made of its first words, which is
easier: such a headline fits its text.

The layouts are those fitted on; ``scripts/fit-boundaries`` without ``--all-layouts`` says how far
points carry to others. The points in ``boundaries`` date from before articles were set aside this
way, so they have seen some of those measured here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import zstandard

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from firsthand.extract import extract
from firsthand.model import Article, Capture, Page, digest
from firsthand.segment import segment
from make_runons import LAYOUTS, MOST_ARTICLES, SAME_CHARS, Runon, Source, rows, runon, sources

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data"))
# Sets whose rows have a headline; those of wikinews_dev were decoded wrongly once.
TITLED = (
    "stories/wikinews_dev.jsonl.zst",
    "overlap/articles.jsonl.zst",
    "origins/articles.jsonl.zst",
    "overlap/enriched_articles.jsonl.zst",
)
PAGES = "captures/wcxb_dev.tar.zst"
UNTITLED = "reuse/planted_10k.jsonl.zst"
# Of 10,000 articles: more would not change a figure.
MOST_UNTITLED = 2000
# One article in three is measured, the others are fitted on.
PARTS = 3


def pools(data: Path = DATA) -> dict[str, list[Source]]:
    """Return the articles pages are made of, by what they are; absent sets are none."""
    rng = random.Random(0)
    found = {
        "news with its own headlines": sources(_titled_rows(data), rng),
        "web pages with their own titles": sources(_page_truths(data), rng),
        "news with headlines made": sources(_untitled_rows(data), rng),
    }
    return {name: pool for name, pool in found.items() if pool}


def _titled_rows(data: Path) -> Iterator[dict[str, Any]]:
    for name in TITLED:
        if (data / name).is_file():
            for row in rows(data / name):
                title, text = _mended(row.get("title") or ""), _mended(row["text"])
                if title:
                    yield {"title": title, "text": text}


def _mended(text: str) -> str:
    """Return a text that was UTF-8 taken for Latin-1 as it was; any other text as it is."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _page_truths(data: Path) -> Iterator[dict[str, Any]]:
    """Yield title and text of the pages in an archive of captures, from what is true of them."""
    if not (data / PAGES).is_file():
        return
    with (data / PAGES).open("rb") as file:
        reader = zstandard.ZstdDecompressor().stream_reader(file)
        truths = {}
        with tarfile.open(fileobj=reader, mode="r|") as archive:
            for member in archive:
                inside = archive.extractfile(member) if member.name.endswith(".json") else None
                if inside and "/truth/" in member.name:
                    truths[member.name] = json.loads(inside.read())
    for name in sorted(truths):
        truth = truths[name]["ground_truth"]
        if truth["title"]:
            yield {"title": truth["title"], "text": truth["main_content"] or ""}


def _untitled_rows(data: Path) -> Iterator[dict[str, Any]]:
    if not (data / UNTITLED).is_file():
        return
    texts = (row["text"] for row in rows(data / UNTITLED) if row["outlet"] != "planted")
    usable = (text for text in texts if 800 < len(text) < 20_000)
    for _, text in zip(range(MOST_UNTITLED), usable, strict=False):
        yield {"text": text}


def measured(source: Source) -> bool:
    """Return whether an article is measured; the others are fitted on."""
    begins = source.paragraphs[0][:SAME_CHARS].encode()
    return int(hashlib.sha256(begins).hexdigest()[:8], 16) % PARTS == 0


def articles_of(text: str) -> list[Article]:
    """Return the articles that the stages find in a plain text."""
    name = digest(text)
    capture = Capture(
        capture_id=name,
        path=f"{name}.txt",
        media_type="text/plain",
        encoding="utf-8",
        sha256=name,
        content=text.encode(),
    )
    return [
        row
        for page in extract(capture)
        if isinstance(page, Page)
        for row in segment(page)
        if isinstance(row, Article)
    ]


def score(page: Runon, found: Sequence[Article], wrong: bool = False) -> Counter[str]:
    """Return what was found of a page: boundaries right, false, missed; titles; single or split."""
    counts: Counter[str] = Counter()
    if len(page.articles) == 1:
        counts["single"] += 1
        counts["split"] += len(found) > 1
    left = list(range(1, len(page.articles)))
    for above, below in pairwise(found):
        if not above.pieces or not below.pieces:
            continue
        ends, begins = above.pieces[-1].end, below.pieces[0].start
        right = [
            i for i in left if ends <= page.articles[i].body and begins >= page.articles[i - 1].end
        ]
        if right:
            left.remove(right[0])
            counts["right"] += 1
            title = page.articles[right[0]].title
            counts["titled"] += title is not None
            counts["titles"] += title is not None and below.title == title
        else:
            counts["false"] += 1
            if wrong:
                print(f"  false  {page.layout:12}{page.text[begins - 120 : begins + 60]!r}")
    counts["missed"] += len(left)
    if wrong:
        for i in left:
            body = page.articles[i].body
            print(f"  missed {page.layout:12}{page.text[max(body - 120, 0) : body + 60]!r}")
    return counts


def line(name: str, n: Counter[str]) -> str:
    """Return one line of the table."""
    precision = n["right"] / max(1, n["right"] + n["false"])
    recall = n["right"] / max(1, n["right"] + n["missed"])
    f1 = 2 * n["right"] / max(1, 2 * n["right"] + n["false"] + n["missed"])
    titles = f"{n['titles'] / n['titled']:9.3f}" if n["titled"] else f"{'-':>9}"
    boundaries = n["right"] + n["missed"]
    split = f"{n['split']} of {n['single']}"
    return f"{name:14}{boundaries:7}{precision:11.3f}{recall:8.3f}{f1:8.3f}{titles}{split:>12}"


def report(pool: Sequence[Source], options: argparse.Namespace) -> None:
    """Print the table of one pool."""
    print(f"{'layout':14}{'n':>7}{'precision':>11}{'recall':>8}{'F1':>8}{'titles':>9}{'split':>12}")
    total: Counter[str] = Counter()
    for layout in LAYOUTS:
        rng = random.Random(f"{options.seed} {layout}")
        counts: Counter[str] = Counter()
        for n in range(options.pages):
            several = runon(layout, rng.sample(pool, rng.randint(2, MOST_ARTICLES)), rng)
            single = runon(layout, [rng.choice(pool)], rng)
            if n % options.every == 0:
                for page in (several, single):
                    counts += score(page, articles_of(page.text), options.wrong)
        print(line(layout, counts))
        total += counts
    print(line("all", total))


def main() -> int:
    """Print a table a pool."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--pages", type=int, default=30, help="a layout, of several and of one")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--wrong", action="store_true", help="show what is false and what missed")
    options = parser.parse_args()
    found = pools()
    if not found:
        print(f"skipped: no evaluation data at {DATA}; set FIRSTHAND_DATA")
        return 0
    started = time.process_time()
    for name, pool in found.items():
        taken = [source for source in pool if measured(source)]
        print(f"\n{name}: {len(taken)} articles", flush=True)
        if len(taken) < MOST_ARTICLES:
            print("skipped: too few articles")
            continue
        report(taken, options)
    print(f"{time.process_time() - started:.1f} CPU-s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
