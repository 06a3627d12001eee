"""
Are run-on pages cut where one article ends and the next begins, and single articles left whole?

    python benchmarks/quality/runons.py [--pages 6] [--held-out] [--last] [--layouts] [--wrong]

Pages are made by ``benchmarks/make_runons.py`` from the articles of ``FIRSTHAND_DATA`` (texts
belong to their publishers; nothing of them is in this repository) that ``scripts/fit-boundaries``
leaves aside: for every layout ``--pages`` pages of two to five articles and as many of one. They go
through ``extract`` and ``segment`` as plain-text captures do, each page for itself, so no other
page confirms a boundary. ``--held-out`` fits the points anew for every family of layouts, without
that family, without mixed layouts that share a part with it and without the articles measured, and
prints those figures beside the shipped ones.

A boundary is right where the article above it holds nothing of the next one's text and the article
below nothing of the one above; each counts once. ``±2`` is the F1 of where articles' texts begin,
within two lines that are not empty. ``titles`` is the share of second and later articles, rightly
cut, whose title is the one shown. ``split`` counts pages of one article that were cut; pages of
one article that look like several (an interview, a live blog) are a row of their own.

Pools: news with its own headlines; pages of all kinds from the web, of which many are tips, lists
and forums rather than news; news whose headlines were made of its first words, which is easier;
short notes; one outlet's articles on like topics; two and more reports of one event, where the
words hardly tell where one ends.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import sys
import tarfile
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import zstandard

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import boundary_points
from firsthand import boundaries
from firsthand.boundaries import Points
from firsthand.extract import extract
from firsthand.layout import text_lines
from firsthand.model import Article, Capture, Page, digest
from firsthand.segment import segment
from firsthand.topics import share, word_set
from make_runons import (
    LAYOUTS,
    MOST_ARTICLES,
    SAME_CHARS,
    SINGLES,
    Runon,
    Source,
    rows,
    runon,
    source_of,
    sources,
)

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
SHORT = "stories/ecb_train_dev.jsonl.zst"
NEAR_LINES = 2
# Of 10,000 articles: more would not change a figure.
MOST_UNTITLED = 2000
# Of twelve parts of the articles four are measured while rules are worked on (``--wrong`` shows
# pages made of them), one is looked at for its figures only (``--last``), the others are fitted on.
PARTS = 12
MEASURED, LAST = frozenset({0, 3, 6, 9}), frozenset({1})
FITTED = frozenset(range(PARTS)) - MEASURED - LAST


# Notes are articles cut to so many characters; shorter ones are no article to anybody.
NOTE_CHARS, FEWEST_NOTE_CHARS = 700, 250
# How many articles of one outlet make a pool of like topics, and how many such pools there are.
LIKE, MOST_LIKE = 8, 60
Groups = list[list[Source]]


def pools(data: Path = DATA) -> dict[str, Groups]:
    """
    Return the articles pages are made of, by what they are; absent sets are none.

    Articles of one page come from one group.
    """
    rng = random.Random(0)
    titled = sources(_titled_rows(data), rng)
    made = sources(_untitled_rows(data), rng)
    notes = [_note(source) for source in [*titled, *made[: len(titled)], *_short(data, rng)]]
    found = {
        "news with its own headlines": [titled],
        "web pages with their own titles": [sources(_page_truths(data), rng)],
        "news with headlines made": [made],
        "short notes": [[note for note in notes if note]],
        "one outlet, like topics": _like(data, rng),
        "one event": _events(data, rng),
    }
    return {name: groups for name, groups in found.items() if groups and groups[0]}


def part_of(groups: Groups, parts: Collection[int]) -> Groups:
    """Return the groups with the articles of some of the twelve parts."""
    kept = [[source for source in group if part_number(source) in parts] for group in groups]
    if len(groups) > 1:  # a group of one event or topic is measured as a whole, or not
        kept = [group for group in groups if part_number(group[0]) in parts]
    return [group for group in kept if len(group) > 1]


def _note(source: Source) -> Source | None:
    """Return the first paragraphs of an article, as a note."""
    kept: list[str] = []
    for paragraph in source.paragraphs:
        if kept and sum(map(len, kept)) + len(paragraph) > NOTE_CHARS:
            break
        kept.append(paragraph)
    return Source(source.title, tuple(kept)) if sum(map(len, kept)) >= FEWEST_NOTE_CHARS else None


def _short(data: Path, rng: random.Random) -> list[Source]:
    return [source for group in _ecb(data, rng) for source in group]


def _ecb(data: Path, rng: random.Random) -> Groups:
    """Return ECB+ documents by event, their tokens set as text is."""
    if not (data / SHORT).is_file():
        return []
    found: dict[str, list[Source]] = {}
    for row in rows(data / SHORT):
        text = re.sub(r" ([.,;:!?')%]|'s|n't)(?= |$)", r"\1", row["text"])
        text = re.sub(r"`` ?|'' ?", '"', text)
        source = source_of({**row, "text": text}, rng, FEWEST_NOTE_CHARS)
        if source:
            found.setdefault(row["story"], []).append(source)
    return list(found.values())


def _events(data: Path, rng: random.Random) -> Groups:
    """Return reports of one event: those Wikinews cites for one page, those of one ECB+ event."""
    found: dict[str, list[Source]] = {}
    if (data / TITLED[0]).is_file():
        for row in rows(data / TITLED[0]):
            mended = {"title": _mended(row["title"] or ""), "text": _mended(row["text"])}
            source = source_of(mended, rng) if mended["title"] else None
            if source:
                found.setdefault(row["story"], []).append(source)
    groups = [*found.values(), *_ecb(data, rng)]
    return [list(_unlike(group)) for group in groups if len(list(_unlike(group))) > 1]


def _unlike(group: Sequence[Source]) -> Iterator[Source]:
    """Yield articles of a group that do not begin alike: one text twice is no boundary."""
    seen = set()
    for source in group:
        begins = source.paragraphs[0][:SAME_CHARS]
        if begins not in seen:
            seen.add(begins)
            yield source


def _like(data: Path, rng: random.Random) -> Groups:
    """Return articles of one outlet, each group those most like its first."""
    if not (data / UNTITLED).is_file():
        return []
    by_outlet: dict[str, list[Source]] = {}
    for _, row in zip(range(MOST_UNTITLED), rows(data / UNTITLED), strict=False):
        source = source_of(row, rng) if 800 < len(row["text"]) < 12_000 else None
        if source and row["outlet"] != "planted":
            by_outlet.setdefault(row["outlet"], []).append(source)
    found: Groups = []
    for outlet in sorted(by_outlet, key=lambda name: -len(by_outlet[name])):
        given = list(_unlike(by_outlet[outlet]))
        words = [word_set(" ".join(source.paragraphs[:6])) for source in given]
        for n in range(0, len(given) - LIKE, LIKE):
            alike = sorted(range(len(given)), key=lambda i: -share(words[n], words[i]))
            found.append([given[i] for i in alike[:LIKE]])
    return found[:MOST_LIKE]


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


def part_number(source: Source) -> int:
    """Return which of the twelve parts an article belongs to, by how it begins."""
    begins = source.paragraphs[0][:SAME_CHARS].encode()
    return int(hashlib.sha256(begins).hexdigest()[:8], 16) % PARTS


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
    counts += near(page, found)
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
            counts["titles"] += title is not None and _same(below.title, title)
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


def _same(found: str | None, shown: str) -> bool:
    return " ".join((found or "").casefold().split()) == " ".join(shown.casefold().split())


def near(page: Runon, found: Sequence[Article]) -> Counter[str]:
    """Return how many texts begin within two lines of where one does; empty lines do not count."""
    starts = [at.start for at in text_lines(page.text)]
    true = [bisect_right(starts, placed.body) for placed in page.articles[1:]]
    said = [bisect_right(starts, a.pieces[0].start) for a in found[1:] if a.pieces]
    counts: Counter[str] = Counter({"said": len(said), "true": len(true)})
    for at in said:
        close = [line for line in true if abs(line - at) <= NEAR_LINES]
        if close:
            true.remove(min(close, key=lambda line: abs(line - at)))
            counts["near"] += 1
    return counts


def line(name: str, n: Counter[str]) -> str:
    """Return one line of the table."""
    precision = n["right"] / max(1, n["right"] + n["false"])
    recall = n["right"] / max(1, n["right"] + n["missed"])
    f1 = 2 * n["right"] / max(1, 2 * n["right"] + n["false"] + n["missed"])
    close = 2 * n["near"] / max(1, n["said"] + n["true"])
    titles = f"{n['titles'] / n['titled']:8.3f}" if n["titled"] else f"{'-':>8}"
    boundaries = n["right"] + n["missed"]
    split = f"{n['split']} of {n['single']}"
    shares = f"{precision:11.3f}{recall:8.3f}{f1:7.3f}{close:7.3f}{titles}"
    return f"{name:30}{boundaries:6}{shares}{split:>13}"


HEAD = f"{'':30}{'n':>6}{'precision':>11}{'recall':>8}{'F1':>7}{'±2':>7}{'titles':>8}{'split':>13}"


def measure(
    groups: Groups, layouts: Sequence[str], options: argparse.Namespace
) -> dict[str, Counter[str]]:
    """Return the counts of each layout over pages made of ``groups``."""
    found: dict[str, Counter[str]] = {}
    for layout in layouts:
        rng = random.Random(f"{options.seed} {layout}")
        counts: Counter[str] = Counter()
        for _ in range(options.pages):
            group = rng.choice(groups)
            several = rng.sample(group, min(rng.randint(2, MOST_ARTICLES), len(group)))
            pages = [] if layout in SINGLES else [runon(layout, several, rng)]
            for page in [*pages, runon(layout, [rng.choice(group)], rng)]:
                counts += score(page, articles_of(page.text), options.wrong)
        found[layout] = counts
    return found


def report(
    found: dict[str, dict[str, Counter[str]]], title: str, options: argparse.Namespace
) -> None:
    """Print the table of what was found, by pool and by layout."""
    print(f"\n{title}\n{HEAD}")
    every: Counter[str] = Counter()
    by_layout: dict[str, Counter[str]] = {}
    for pool, layouts in found.items():
        counts = sum(layouts.values(), Counter())
        print(line(pool, counts))
        every += counts
        for layout, n in layouts.items():
            by_layout[layout] = by_layout.get(layout, Counter()) + n
    print(line("all", every))
    alone = sum((n for layout, n in by_layout.items() if layout in SINGLES), Counter())
    print(line("of these, one like several", alone))
    if options.layouts:
        for layout, n in by_layout.items():
            print(line(f"  {layout}", n))


@contextmanager
def deciding_by(points: Points) -> Iterator[None]:
    """Let ``segment`` decide by other points for a while."""
    usual = boundaries.shipped
    boundaries.shipped = lambda: points
    try:
        yield
    finally:
        boundaries.shipped = usual


def held_out(
    taken: dict[str, Groups], every: dict[str, Groups], options: argparse.Namespace
) -> dict[str, dict[str, Counter[str]]]:
    """Return what is found of each layout by points fitted without its family and the articles."""
    rng = random.Random(options.seed)
    given = [
        example
        for groups in every.values()
        for example in boundary_points.drawn(part_of(groups, FITTED), options.fit_pages, rng)
    ]
    found: dict[str, dict[str, Counter[str]]] = {name: {} for name in taken}
    families = list(dict.fromkeys(how.family for how in {**LAYOUTS, **SINGLES}.values()))
    for n in range(options.folds):
        fold = families[n :: options.folds]
        fitted = boundary_points.fit(boundary_points.without(given, fold))
        layouts = [name for name, how in {**LAYOUTS, **SINGLES}.items() if how.family in fold]
        with deciding_by(boundaries.points_from(fitted)):
            for name, groups in taken.items():
                found[name] |= measure(groups, layouts, options)
        print(f"held out: {', '.join(fold)}", file=sys.stderr, flush=True)
    return found


def singles(taken: dict[str, Groups], n_pages: int, seed: int) -> Counter[str]:
    """Return how many pages of one article, the layouts in turn, there were and were cut."""
    rng = random.Random(seed)
    counts: Counter[str] = Counter()
    layouts = list(LAYOUTS)
    for n in range(n_pages):
        groups = taken[list(taken)[n % len(taken)]]
        page = runon(layouts[n % len(layouts)], [rng.choice(rng.choice(groups))], rng)
        counts["single"] += 1
        counts["split"] += len(articles_of(page.text)) > 1
    return counts


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--pages", type=int, default=6, help="a layout, of several and of one")
    parser.add_argument("--fit-pages", type=int, default=8, help="a layout, to fit on")
    parser.add_argument("--folds", type=int, default=7, help="of families of layouts")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--held-out", action="store_true", help="fit without what is measured")
    parser.add_argument("--last", action="store_true", help="measure the part kept for the end")
    parser.add_argument("--singles", type=int, default=1000, help="more pages of one article")
    parser.add_argument("--layouts", action="store_true", help="a line for every layout")
    parser.add_argument("--wrong", action="store_true", help="show what is false and what missed")
    options = parser.parse_args()
    found = pools()
    if not found:
        print(f"skipped: no evaluation data at {DATA}; set FIRSTHAND_DATA")
        return 0
    started = time.process_time()
    parts = LAST if options.last else MEASURED
    taken = {name: part_of(groups, parts) for name, groups in found.items()}
    taken = {name: groups for name, groups in taken.items() if groups}
    layouts = [*LAYOUTS, *SINGLES]
    shipped = {name: measure(groups, layouts, options) for name, groups in taken.items()}
    report(shipped, "as shipped", options)
    alone = singles(taken, options.singles, options.seed)
    print(f"more pages of one article, layouts in turn: {alone['split']} of {alone['single']} cut")
    if options.held_out:
        report(held_out(taken, found, options), "layouts held out", options)
    print(f"{time.process_time() - started:.1f} CPU-s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
