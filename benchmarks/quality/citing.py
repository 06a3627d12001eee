"""
Which outlets an article cites, and whose wire copy it is: ``python benchmarks/quality/citing.py``.

**Citations.** 300 sentences read one by one (``tests/cases/citing.json``: article, characters,
digest; no text), drawn at random from ``planted_10k`` and ``overlap`` articles in four strata: A an
outlet the table knows beside a verb of saying, B one without, C a word such as "newspaper" or
"media" and no listed outlet, D "told X" with none. ``cites`` holds the newsrooms through which
something is said there (told X, X reported, wrote in X, on X's programme, a dateline), each with
the names that are right for it; ``either`` those that a reader may count or not: an outlet's poll,
"contributed to this report", a line of copyright. A photograph credit, an employer, an outlet that
is only spoken of is no citation. A citation is right if its outlet is. Every third sentence was
held out (``held_out``): one reader annotated all 300 before any output was seen and wrote the rules
afterwards; what the rules get wrong on these was never looked at, their totals were.

**Wire credit.** PolNeAR's ``metadata.tsv`` says for each article which agency's copy it is. Found
are datelines, bylines and credit lines; "contributed to this report" alone is none. A dateline or
byline regular expression reaches .988 / .940.

``--misses`` prints the worked-on sentences that are wrong (their text comes from
``FIRSTHAND_DATA`` and is not ours to publish).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import os
import sys
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import zstandard

from firsthand.attribution import attribute
from firsthand.credits import credits_of
from firsthand.model import Article, Attribution, span
from firsthand.outlets import outlet_id_of, table
from firsthand.sources import resolve

CASES = Path(__file__).parents[2] / "tests" / "cases" / "citing.json"
SETS = {"planted": "reuse/planted_10k.jsonl.zst", "overlap": "overlap/articles.jsonl.zst"}
AGENCIES = {"AP": "Associated Press", "UPI": "United Press International",
            "AFP": "Agence France-Presse", "reuters": "Reuters", "Reuters": "Reuters"}  # fmt: skip
Case = dict[str, Any]


def main() -> None:
    """Print both parts, or say that the data is absent."""
    given = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    given.add_argument("--misses", action="store_true", help="print what is wrong, held out not")
    wanted = given.parse_args()
    data = Path(os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    if not data.is_dir():
        sys.exit(f"skipped: no evaluation data at {data}; set FIRSTHAND_DATA")
    citations(data, misses=wanted.misses)
    wire(data, misses=wanted.misses)


def citations(data: Path, *, misses: bool) -> None:
    """Print precision and recall of the outlets cited, by part and by stratum."""
    cases: list[Case] = json.loads(CASES.read_text("utf-8"))
    articles = {a.article_id: a for a in _articles(data, {c["article"] for c in cases})}
    found = [a for article in articles.values() for a in attribute(article)]
    by_article: dict[str, list[Attribution]] = defaultdict(list)
    for row in resolve.stage.function(found, list(articles.values())):
        if isinstance(row, Attribution):
            by_article[row.article_id].append(row)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        text = articles[case["article"]].text
        if hashlib.sha256(text[slice(*case["span"])].encode()).hexdigest()[:16] != case["sha256"]:
            sys.exit(f"{case['article']}: not the text that was read; other data?")
        right, wrong, missed = scored(case, cited(case, by_article[case["article"]]))
        part = "held out" if case["held_out"] else "worked on"
        for name in ("all", part, f"stratum {case['stratum']}"):
            counts[name].update(right=len(right), wrong=len(wrong), missed=len(missed), n=1)
        if misses and (wrong or missed) and not case["held_out"]:
            print(f"wrong {wrong} missed {missed}: {text[slice(*case['span'])]!r}\n")
    print("outlets cited    sentences  right wrong missed  precision recall")
    for name in sorted(counts):
        print(f"{name:16} {counts[name]['n']:9}  {_figures(counts[name])}")


def cited(case: Case, attributions: Iterable[Attribution]) -> set[str]:
    """Return the ids of the newsrooms that attributions in the sentence cite."""
    place = span(*case["span"])
    ids: set[str] = set()
    for a in attributions:
        where = [s for s in (a.cue, a.source, a.addressee) if s is not None]
        if a.in_ != "text" or a.rule == "contributed" or not where:
            continue
        if any(place.overlaps(s) for s in where[:1]):
            newsroom = a.source_kind in ("outlet", "agency") and a.source_id
            ids |= {i for i in (a.source_id if newsroom else None, a.addressee_id) if i}
    return ids


def scored(case: Case, found: set[str]) -> tuple[list[str], list[str], list[str]]:
    """Return what is right, wrong and missed, as names or ids."""
    right, missed, used = [], [], set()
    for names in case["cites"]:
        hit = {i for name in names for i in _ids(name)} & found
        used |= hit
        (right if hit else missed).append(names[0])
    either = {i for name in case["either"] for i in _ids(name)}
    return right, sorted(found - used - either), missed


def _ids(name: str) -> set[str]:
    """Return the ids that a name may have: the table's, and the one made of the name."""
    bare = name.removeprefix("The ")
    listed = [table().named(n) for n in (name, bare)]
    return {outlet_id_of(name), outlet_id_of(bare)} | {o.outlet_id for o in listed if o}


def _articles(data: Path, wanted: set[str]) -> Iterator[Article]:
    for file in SETS.values():
        with (data / file).open("rb") as packed:
            reader = zstandard.ZstdDecompressor().stream_reader(packed)
            for line in io.TextIOWrapper(reader, encoding="utf-8"):
                row = json.loads(line)
                if row["id"] in wanted:
                    wanted = wanted - {row["id"]}
                    yield _article(row["id"], row["text"], outlet=row["outlet"])


def _article(name: str, text: str, **more: Any) -> Article:
    return Article(
        article_id=name, capture_id=name, place=0, text_id=name, path=name, text=text, **more
    )


def wire(data: Path, *, misses: bool) -> None:
    """Print precision and recall of the agency whose copy an article is."""
    texts, rows = _polnear(data / "attribution" / "polnear_train_dev.tar.zst")
    counts = {"byline kept": Counter[str](), "text alone": Counter[str]()}
    for row in rows:
        text = texts.get(row["filename"])
        if text is None:
            continue
        truth = AGENCIES.get(row["wire"])
        author = None if row["author"] in ("None", "") else row["author"]
        for part, byline in (("byline kept", author), ("text alone", None)):
            agencies = _agencies(_article(row["filename"], text, byline=byline))
            right = bool(truth) and truth in agencies
            counts[part].update(
                right=right, wrong=len(agencies - {truth}), missed=bool(truth) and not right
            )
            if misses and part == "byline kept" and (agencies != ({truth} if truth else set())):
                print(f"{row['filename']}: wire {truth}, found {agencies}, author {author}")
    print("wire credit      right wrong missed  precision recall")
    for part, count in counts.items():
        print(f"{part:16} {_figures(count)}")


def _agencies(article: Article) -> set[str]:
    return {
        a.source_name
        for a in credits_of(article)
        if a.source_name in AGENCIES.values() and a.rule != "contributed"
    }


def _polnear(packed: Path) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return name → text of the train and dev articles, and the rows of the metadata."""
    stream = io.BytesIO(zstandard.ZstdDecompressor().stream_reader(packed.open("rb")).read())
    texts, rows = {}, []
    with tarfile.open(fileobj=stream) as tar:
        for member in tar:
            path, inside = Path(member.name), tar.extractfile(member) if member.isfile() else None
            if inside is not None and path.suffix == ".txt":
                texts[path.stem] = inside.read().decode("utf-8")
            elif inside is not None and path.name == "metadata.tsv":
                rows = list(csv.DictReader(inside.read().decode().splitlines(), delimiter="\t"))
    return texts, rows


def _figures(count: Counter[str]) -> str:
    right, wrong, missed = (count[k] for k in ("right", "wrong", "missed"))
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    return f"{right:5} {wrong:5} {missed:6}  {precision:9.3f} {recall:6.3f}"


if __name__ == "__main__":
    main()
