"""
Attribution on PolNeAR's dev part: ``python benchmarks/quality/attribution.py``.

Prints, for the whole stage (``attribution.attribute``: rules, and what is tagged beside them) and
for the tagger alone (``tagger.events``), precision, recall and F1 of source, cue and content, exact
and by overlap, of whole events, and speed. Data:
``attribution/`` under ``FIRSTHAND_DATA`` (PolNeAR, networkdynamics/PolNeAR, no licence file:
measured, never shipped). Where several people annotated an article, the first by name counts.

A discontinuous span counts as its contiguous fragments; punctuation at their edges is trimmed;
equal fragments of one article count once. "Overlap": any shared word. An event is right when its
source and its content both overlap those of one annotated attribution; "strict" also asks that the
cues overlap, and that each annotated attribution is used once. Attributions without source or
content are no events. Published for other data (PARC 3): BBC Citron, F1 82 / 82 / 59 exact for
source / cue / content; without a parser, on this data, the best known were 66 exact for source, 60
for cue, 82 overlap for content and 63 for events.
"""

from __future__ import annotations

import io
import os
import re
import resource
import sys
import tarfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import zstandard

from firsthand import tagger, text
from firsthand.attribution import attribute
from firsthand.model import Article

Range = tuple[int, int]
_WORD = re.compile(r"\w+")


class Gold(NamedTuple):
    """One attribution: the character ranges of its parts (several where discontinuous)."""

    cue: list[Range]
    source: list[Range]
    content: list[Range]


def data_folder() -> Path:
    """Return the folder of evaluation data, or stop where PolNeAR is not in it."""
    data = Path(os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    if not (data / "attribution" / "polnear_train_dev.tar.zst").is_file():
        sys.exit(f"skipped: no PolNeAR at {data / 'attribution'}; set FIRSTHAND_DATA")
    return data


def read_part(data: Path, part: str) -> list[tuple[str, list[Gold]]]:
    """Return (text, attributions) of every article of "train" or "dev", by name."""
    packed = data / "attribution" / "polnear_train_dev.tar.zst"
    texts: dict[str, str] = {}
    notes: dict[str, dict[str, str]] = defaultdict(dict)
    with packed.open("rb") as file:
        stream = io.BytesIO(zstandard.ZstdDecompressor().stream_reader(file).read())
    with tarfile.open(fileobj=stream) as tar:
        for member in tar:
            path = Path(member.name)
            inside = tar.extractfile(member) if member.isfile() else None
            if inside is None or part not in path.parts:
                continue
            content = inside.read().decode("utf-8")
            if path.suffix == ".txt":
                texts[path.stem] = content
            elif path.suffix == ".ann":
                article, _, reader = path.stem.rpartition("_")
                notes[article][reader] = content
    return [(texts[n], _gold(notes[n][min(notes[n])])) for n in sorted(texts) if notes[n]]


def _gold(notes: str) -> list[Gold]:
    """Return the attributions of a file in brat's format."""
    # The words of a span may hold line breaks: what looks like no note is such words.
    spans = {
        m[1]: [(int(a), int(b)) for a, b in (r.split() for r in m[2].split(";"))]
        for m in re.finditer(r"^(T\d+)\t\S+ (\d+ \d+(?:;\d+ \d+)*)\t", notes, re.MULTILINE)
    }
    events = []
    for m in re.finditer(r"^E\d+\t(.*)$", notes, re.MULTILINE):
        parts: dict[str, list[Range]] = defaultdict(list)
        for pair in m[1].split():
            role, _, of = pair.partition(":")
            parts[role.rstrip("0123456789")] += spans.get(of, [])
        events.append(Gold(parts["Cue"], parts["Source"], parts["Content"]))
    return events


def _trimmed(whole: str, ranges: Iterable[Range]) -> list[Range]:
    found = []
    for start, end in ranges:
        while start < end and not whole[start].isalnum():
            start += 1
        while end > start and not whole[end - 1].isalnum():
            end -= 1
        if start < end:
            found.append((start, end))
    return found


def _share_word(whole: str, one: Range, others: Iterable[Range]) -> bool:
    return any(
        one[0] < b and a < one[1] and _WORD.search(whole, max(a, one[0]), min(b, one[1]))
        for a, b in others
    )


class Score:
    """Counts of right spans and events over articles."""

    def __init__(self) -> None:
        """Start at nothing."""
        self._spans: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 4)
        self._events: dict[str, list[int]] = {"event": [0] * 4, "strict": [0] * 4}

    def add(self, whole: str, gold: list[Gold], found: list[Gold]) -> None:
        """Count one article: spans given and right of these, spans annotated and found of these."""
        for k, role in enumerate(Gold._fields):
            truth = {r for event in gold for r in _trimmed(whole, event[k])}
            given = {r for event in found for r in _trimmed(whole, event[k])}
            exact = len(truth & given)
            self._count((role, "exact"), len(given), exact, len(truth), exact)
            right = sum(_share_word(whole, r, truth) for r in given)
            hit = sum(_share_word(whole, r, given) for r in truth)
            self._count((role, "overlap"), len(given), right, len(truth), hit)
        self._add_events(_whole(whole, gold), _whole(whole, found), whole)

    def _count(self, key: tuple[str, str], *counts: int) -> None:
        self._spans[key] = [a + b for a, b in zip(self._spans[key], counts, strict=True)]

    def _add_events(self, gold: list[Gold], found: list[Gold], whole: str) -> None:
        hit: set[int] = set()
        used: set[int] = set()
        right = 0
        for event in found:
            same = [
                k
                for k, truth in enumerate(gold)
                if any(_share_word(whole, r, truth.source) for r in event.source)
                and any(_share_word(whole, r, truth.content) for r in event.content)
            ]
            right += bool(same)
            hit.update(same)
            cued = (k for k in same if any(_share_word(whole, r, gold[k].cue) for r in event.cue))
            used.update(k for k in list(cued)[:1] if k not in used)
        for name, counts in (("event", (right, len(hit))), ("strict", (len(used),) * 2)):
            row = (len(found), counts[0], len(gold), counts[1])
            self._events[name] = [a + b for a, b in zip(self._events[name], row, strict=True)]

    def f1(self, role: str, how: str = "") -> float:
        """Return the F1 of a role ("source", "exact") or of events ("event"), in percent."""
        return _prf(self._spans[role, how] if how else self._events[role])[2]

    def table(self, name: str) -> str:
        """Return all figures as lines of text."""
        lines = [f"{name:28} precision  recall      F1"]
        rows = [(f"{role} {how}", c) for (role, how), c in sorted(self._spans.items())]
        for label, counts in [*rows, *self._events.items()]:
            p, r, f = _prf(counts)
            lines.append(f"  {label:26} {p:8.1f} {r:8.1f} {f:8.1f}")
        return "\n".join(lines)


def _whole(whole: str, events: list[Gold]) -> list[Gold]:
    """Return the events that have a source and a content, trimmed."""
    trimmed = [Gold(*(_trimmed(whole, ranges) for ranges in event)) for event in events]
    return [event for event in trimmed if event.source and event.content]


def _prf(counts: list[int]) -> tuple[float, float, float]:
    given, right, truth, hit = counts
    p, r = 100 * right / max(1, given), 100 * hit / max(1, truth)
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def predicted(whole: str, weights: tagger.Weights | None = None) -> list[Gold]:
    """Return what the tagger finds, as the annotation is given."""
    return [
        Gold(
            [(e.cue.start, e.cue.end)] if e.cue else [],
            [(e.source.start, e.source.end)] if e.source else [],
            [(p.start, p.end) for p in e.pieces],
        )
        for e in tagger.events(whole, weights)
    ]


def staged(whole: str) -> list[Gold]:
    """Return what the whole stage finds, as the annotation is given."""
    article = Article(
        article_id="a", capture_id="c", place=0, text_id="t", path="p", text=whole, language="en"
    )
    return [
        Gold(
            [(a.cue.start, a.cue.end)] if a.cue else [],
            [(a.source.start, a.source.end)] if a.source else [],
            [(p.start, p.end) for p in a.content_pieces],
        )
        for a in attribute(article)
        if a.kind == "statement" and a.in_ == "text"
    ]


def main() -> None:
    """Print both tables, then speed, share of sentences marked, and memory."""
    articles = read_part(data_folder(), "dev")
    tagger.events("A clerk said that the bridge was shut.")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    n_tokens = sum(tagger.n_tokens(whole) for whole, _ in articles)
    for name, find in (("whole stage", staged), ("tagger alone", predicted)):
        score, spent = Score(), 0.0
        for whole, gold in articles:
            _forget()
            started = time.process_time()
            found = find(whole)
            spent += time.process_time() - started
            score.add(whole, gold, found)
        print(score.table(f"{name}, {len(articles)} articles"))
        print(f"  {n_tokens / spent / 1000:.0f} k tokens per CPU-second, all in\n")
    marked = n_sentences = 0
    for whole, _ in articles:
        cues = [r[0] for event in predicted(whole) for r in event.cue]
        sentences = text.sentences(whole)
        marked += len({text.span_at(sentences, start) for start in cues})
        n_sentences += len(sentences)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"sentences with a cue: {marked} of {n_sentences}; all are read")
    print(f"peak memory: {peak / 1024:.0f} MB ({before / 1024:.0f} before the first article)")


def _forget() -> None:
    """Forget sentences and quotations remembered, so that each system pays for its own."""
    for remembered in (text._sentences, text._paragraphs, text._quotations):
        remembered.cache_clear()


if __name__ == "__main__":
    main()
