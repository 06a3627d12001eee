#!/usr/bin/env python3
"""
Articles per CPU-second of the stories stage alone: ``python benchmarks/speed/stories.py [SIZE…]``.

Takes the first rows of ``planted_10k`` under ``FIRSTHAND_DATA`` (default sizes 2,500 and 10,000) as
articles that are read already, with their dates and with the dates hidden; reuse and attributions
are not given. CPU seconds are those of this process; compare them within one run only.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import time
from itertools import islice
from pathlib import Path

import zstandard

from firsthand.background import term_weight
from firsthand.model import Article, When
from firsthand.stories import cluster

ROOT = Path(__file__).resolve().parents[2]


def articles(path: Path, n: int, *, dates: bool) -> list[Article]:
    """Return the first real rows as articles."""
    found = []
    with path.open("rb") as file:
        reader = zstandard.ZstdDecompressor().stream_reader(file)
        rows = map(json.loads, io.TextIOWrapper(reader, encoding="utf-8"))
        for row in islice((r for r in rows if r["outlet"] != "planted"), n):
            day = When(at=row["date"], precision="day", basis="given") if row["date"] else None
            found.append(
                Article(
                    article_id=row["id"],
                    capture_id=row["id"],
                    place=0,
                    text_id=row["id"],
                    path=row["id"],
                    text=row["text"],
                    published=day if dates else None,
                )
            )
    return found


def main() -> None:
    """Print one line a size, with and without dates."""
    sizes = [int(argument) for argument in sys.argv[1:]] or [2500, 10000]
    data = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data"))
    packed = data / "reuse" / "planted_10k.jsonl.zst"
    if not packed.is_file():
        sys.exit(f"skipped: no evaluation data at {data}; set FIRSTHAND_DATA")
    term_weight("loads the table")
    for size in sizes:
        for dates in (True, False):
            given = articles(packed, size, dates=dates)
            started = time.process_time()
            stories = {m.story_id for m in cluster(given, [])}
            spent = time.process_time() - started
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{len(given):6,} articles, {'dated' if dates else 'dates hidden':12} "
                f"{spent:6.1f} CPU-s  {len(given) / spent:6.0f} articles/CPU-s  "
                f"{len(stories):6,} stories  peak {peak:5.0f} MB"
            )


if __name__ == "__main__":
    main()
