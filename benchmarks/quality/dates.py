"""
Do words of time get the right value? ``python benchmarks/quality/dates.py``.

``tests/cases/dates.json``: cases in our own wording, in the shape news gives them, with the
publication day (or its bounds, or none) and the value a careful reader gives: a day, month, year,
hour, or bounds. Every third of those written for this benchmark was held out: what the rules get
wrong there was never looked at. One hand wrote cases and rules, the cases first, so the figure says
how far the rules reach what their author could think of.

A case is right where words that overlap those named have exactly that value; where there is nothing
to find, if nothing is found. A set in TimeML (TempEval-3) is not at hand here.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from firsthand.dates import values
from firsthand.model import When

CASES = Path(__file__).parents[2] / "tests" / "cases" / "dates.json"
Case = dict[str, Any]


def published(value: str | list[str] | None) -> When | None:
    """Return a case's publication time."""
    if isinstance(value, list):
        return When(not_before=value[0], not_after=value[1], precision="day")
    return When(at=value, precision="day") if value else None


def given(case: Case) -> tuple[str | None, ...] | None:
    """Return the value found for a case's words; None where words are found that should not be."""
    text, words = case["text"], case["expected"]["words"]
    found = values(text, published(case["published"]))
    if words is None:
        return None if found else (None, None, None)
    start = text.index(words)
    here = [
        d
        for d in found
        if d.expression.span.start < start + len(words) and d.expression.span.end > start
    ]
    when = (here[0].when if here else None) or When()
    return when.at, when.not_before, when.not_after


def main() -> None:
    """Print the share of right values by part and by kind, and the speed."""
    wanted = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    wanted.add_argument("--misses", action="store_true", help="print what is wrong, held out not")
    misses = wanted.parse_args().misses
    cases: list[Case] = json.loads(CASES.read_text("utf-8"))
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for case in cases:
        e = case["expected"]
        right = given(case) == (e["at"], e["not_before"], e["not_after"])
        part = "held out" if case["held_out"] else "worked on"
        for name in ("all", part, f"  {case['kind']}"):
            counts[name][right] += 1
        if misses and not right and not case["held_out"]:
            value = (e["at"], e["not_before"], e["not_after"])
            print(f"{case['published']} {case['text']!r}\n   {value} but {given(case)}")
    print("time values                                     n  right  share")
    for name in sorted(counts, key=lambda k: (k.startswith(" "), k)):
        n = sum(counts[name].values())
        print(f"{name:44} {n:4}  {counts[name][True]:5}  {counts[name][True] / n:.3f}")
    speed(cases)


def speed(cases: list[Case]) -> None:
    """Print characters per CPU second over the cases as one text, short and ten times as long."""
    text = "\n".join(case["text"] for case in cases)
    for times in (10, 100):
        long = "\n".join([text] * times)
        began = time.process_time()
        n_found = len(values(long, When(at="2021-03-10", precision="day")))
        spent = time.process_time() - began
        print(
            f"{len(long):9,} characters, {n_found:6,} times: {len(long) / spent / 1e6:.2f} MB/CPU-s"
        )


if __name__ == "__main__":
    main()
