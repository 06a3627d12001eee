#!/usr/bin/env python3
"""
Are the right articles put together? One default setting, full pool, no tuning per set.

Sets (``FIRSTHAND_DATA``; nothing of them is in this repository):

- Wikinews dev: articles cited by one Wikinews page (frnsys/galaxy, no licence stated: measured
  only). Pages with more than 12 articles are round-ups and left out.
- ECB+ train and dev: two similar events a topic, the hard case (annotations CC).
- origins_dev: 12 stories read article by article, with distractors (own annotation).
- 2,000 real US articles of 2012-2020 with their dates hidden: most are strangers, and two that are
  joined though their dates lie more than a week apart are almost surely of different events.

Known figure: TF-IDF, average link, one fixed threshold .16: B-cubed F1 .837 Wikinews, .863 ECB+.
"""

import io
import json
import os
import random
import time
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import zstandard

from firsthand.model import Article, Membership, When
from firsthand.stories import cluster

DATA = Path(
    os.environ.get("FIRSTHAND_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
)
MOST_A_STORY = 12
FAR_DAYS = 8
Row = dict[str, Any]


def rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a .jsonl.zst."""
    with path.open("rb") as file:
        reader = zstandard.ZstdDecompressor().stream_reader(file)
        for line in io.TextIOWrapper(reader, encoding="utf-8"):
            yield json.loads(line)


def article(row: Row) -> Article:
    """Return the row as an article; ids are the set's own."""
    day = row.get("date") or (row.get("day") and date.fromordinal(int(row["day"])).isoformat())
    return Article(
        article_id=row["id"],
        capture_id=row["id"],
        place=0,
        text_id=row["id"],
        path=row["id"],
        title=row.get("title") or None,
        text=row["text"],
        published=When(at=str(day)[:10], precision="day", basis="given") if day else None,
    )


def clustered(found: Sequence[Row]) -> dict[str, str]:
    """Return article → story."""
    members: Iterator[Membership] = cluster([article(row) for row in found], [])
    return {m.article_id: m.story_id for m in members}


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def b_cubed(given: Sequence[Hashable], gold: Sequence[Hashable]) -> tuple[float, float]:
    """Return B-cubed precision and recall (Bagga and Baldwin 1998)."""
    n_given, n_gold = Counter(given), Counter(gold)
    both = Counter(zip(given, gold, strict=True))
    precision = sum(n * n / n_given[k] for (k, _), n in both.items()) / len(gold)
    return precision, sum(n * n / n_gold[k] for (_, k), n in both.items()) / len(gold)


def pairwise(given: Sequence[Hashable], gold: Sequence[Hashable]) -> tuple[float, float]:
    """Return precision and recall over the pairs put together."""

    def pairs(of: Sequence[Hashable]) -> int:
        return sum(n * (n - 1) // 2 for n in Counter(of).values())

    right = pairs(list(zip(given, gold, strict=True)))
    return right / max(1, pairs(given)), right / max(1, pairs(gold))


def score(name: str, found: list[Row]) -> None:
    """Print one line of figures for a set whose rows have a ``story``."""
    started = time.process_time()
    stories = clustered(found)
    seconds = time.process_time() - started
    given = [stories[row["id"]] for row in found]
    gold = [row["story"] for row in found]
    figures = [(p, r, f1(p, r)) for p, r in (b_cubed(given, gold), pairwise(given, gold))]
    shown = "   ".join(" ".join(f"{x:.3f}" for x in three) for three in figures)
    print(f"{name:12} {len(found):5}   {shown}   {seconds:6.2f}")


def distractors() -> None:
    """Print for each story of origins_dev what its largest cluster misses and what it lets in."""
    truth = json.loads((DATA / "origins" / "origins_dev.json").read_text(encoding="utf-8"))
    stories = clustered(list(rows(DATA / "origins" / "articles.jsonl.zst")))
    print(
        "\norigins_dev: found of all · distractors in it of all · articles of other stories in it"
    )
    clean = 0
    placed = {a["article_id"] for s in truth["stories"] for a in s["articles"] if a["in_story"]}
    for story in truth["stories"]:
        inside = [a["article_id"] for a in story["articles"] if a["in_story"]]
        outside = [a["article_id"] for a in story["articles"] if not a["in_story"]]
        main, held = Counter(stories[i] for i in inside).most_common(1)[0]
        let_in = sum(stories[i] == main for i in outside)
        # A distractor of one story may well belong to another: only what a reader placed counts.
        strangers = sum(stories[i] == main for i in placed) - held
        clean += held == len(inside) and not let_in and not strangers
        figures = f"{held} of {len(inside)} · {let_in} of {len(outside)} · {strangers}"
        print(f"  {story['story_id']:16} {figures}")
    print(f"  exactly right: {clean} of {len(truth['stories'])}")


def strangers() -> None:
    """Print how many pairs 2,000 undated articles give, and how many lie far apart in time."""
    every = rows(DATA / "reuse" / "planted_10k.jsonl.zst")
    real = [row for row in every if row["outlet"] != "planted" and day_of(row) is not None]
    # These two begin hundreds of pages with one run of links or summaries: no story, a bad capture.
    real = [row for row in real if row["outlet"] not in ("The Flip Side", "The Hill")]
    found = random.Random(7).sample(real, 2000)
    days = {row["id"]: day_of(row) or 0 for row in found}
    stories: dict[str, list[int]] = {}
    for article_id, story_id in clustered([{**row, "date": None} for row in found]).items():
        stories.setdefault(story_id, []).append(days[article_id])
    gaps = [abs(a - b) for told in stories.values() for a, b in combinations(told, 2)]
    far = sum(gap > FAR_DAYS for gap in gaps)
    print(
        f"\n2,000 articles, dates hidden: {len(gaps)} pairs joined, {far} of them far apart in time"
    )


def day_of(row: Row) -> int | None:
    """Return the ordinal of the row's day, None where it has none."""
    try:
        return date.fromisoformat(row["date"] or "").toordinal()
    except ValueError:
        return None


def main() -> None:
    """Print all figures, or say that the data is absent."""
    if not DATA.is_dir():
        print(f"skipped: no shared data at {DATA} (set FIRSTHAND_DATA)")
        return
    wikinews = list(rows(DATA / "stories" / "wikinews_dev.jsonl.zst"))
    sizes = Counter(row["story"] for row in wikinews)
    print("set           n       B³ P   R     F1      pairs P R   F1      CPU-s")
    score("wikinews", [row for row in wikinews if sizes[row["story"]] <= MOST_A_STORY])
    score("ecb+", list(rows(DATA / "stories" / "ecb_train_dev.jsonl.zst")))
    distractors()
    strangers()


if __name__ == "__main__":
    main()
