"""
Generated stories against their true graph: ``python benchmarks/quality/cascades.py``.

    python benchmarks/quality/cascades.py [--stories N] [--seed S] [--held-out] [--show KIND]

Stories come from ``benchmarks/make_cascades.py``; all go in as one pool. Right is:

- origins: as many as are true, in the story that holds most of its articles;
- an edge: child and parent as in the truth, where a newsroom and its captured article are one
  (edges to sources that nobody captured or credits are not counted, nor are those of distractors);
- direction: of the true edges whose two ends are joined at all, those that point the right way;
- grouped: the story has its own articles and no others; *of them*: origins where that is so, which
  is what is left to the rules that count;
- apart: a distractor is in no story with an article it was made to distract from.

Baselines in the same run: as many origins as outlets, as many as groups of like headlines.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from origins import key, n_headlines

from firsthand import Result, trace
from firsthand.model import Story

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from make_cascades import ROWS, cascades, write

Truth = dict[str, Any]
MEASURES = ("grouped", "of them", "origins", "primary", "status", "edges P", "edges R",
            "direction", "apart", "outlets", "headlines")  # fmt: skip


def main() -> None:
    """Print one line a kind, then all of them, beside the baselines."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--stories", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held-out", action="store_true", help="the wordings nobody fixed on")
    parser.add_argument("--show", metavar="KIND", help="print what went wrong in this kind")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder, "pages")
        n = write(pages, cascades(asked.stories, asked.seed, asked.held_out), asked.seed)
        lines = (pages / "truth.jsonl").read_text("utf-8").splitlines()
        truth = [json.loads(line) for line in lines]
        (pages / "truth.jsonl").unlink()
        started = time.process_time()
        result = trace([pages])
        spent = time.process_time() - started
    print(f"{asked.stories} stories, {n} articles, {spent:.0f} CPU-s\n")
    report(truth, result, asked.show)


def report(truth: Iterable[Truth], result: Result, show: str | None) -> None:
    """Print the share that is right, by kind and in all."""
    scores = Scores(result)
    for story in truth:
        scores.add(story, show=show in (story["kind"], "all"))
    print(f"{'':23}" + "".join(f"{m:>10}" for m in MEASURES))
    for kind, of in sorted(scores.of.items(), key=lambda x: (x[0] == "all", x[0])):
        right = scores.right[kind]
        shares = (f"{right[m] / of[m]:10.3f}" if of[m] else f"{'-':>10}" for m in MEASURES)
        print(f"{kind:16} {of['origins']:6} " + "".join(shares))
    print("\nedges found, by what made them:")
    for how, n in sorted(scores.of_how.items()):
        print(f"    {how:40} {scores.by_how[how]:5} of {n:5}  {scores.by_how[how] / n:.3f}")


class Scores:
    """How much was right, of how many, by kind of story and in all."""

    def __init__(self, result: Result) -> None:
        """Look up what the result says of every page under the id it was made with."""
        self.right: dict[str, Counter[str]] = defaultdict(Counter)
        self.of: dict[str, Counter[str]] = defaultdict(Counter)
        self.by_how: Counter[str] = Counter()
        self.of_how: Counter[str] = Counter()
        self.articles = {
            (Path(a.path).name, a.given_id if Path(a.path).name == ROWS else a.place): a
            for a in result.articles
        }
        self.by_id = {a.article_id: a for a in result.articles}
        self.names = {s.source_id: s for s in result.sources}
        self.story_of = {i: s for s in result.stories for i in s.article_ids}
        self.status = {x.article_id: x.status for s in result.stories for x in s.lineage}
        self.edges: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for d in result.derivations:
            parent = self.names.get(d.parent_id)
            if parent is None or parent.kind != "unseen":
                ends = self._newsroom(d.child_id), self._newsroom(d.parent_id)
                self.edges[d.story_id].append(ends)

    def _newsroom(self, node: str) -> str:
        """Return the name of an article's newsroom, or of a newsroom nobody captured."""
        if node in self.by_id:
            return key(self.by_id[node].outlet or node)
        return key(self.names[node].name or node)

    def add(self, truth: Truth, *, show: bool) -> None:
        """Count one story; with ``show`` print what is wrong in it."""
        wrong: list[str] = []
        ids = {a["id"]: self._id(a) for a in truth["articles"]}
        found = self._story(ids.values())
        n = found.n_origins if found else 0
        names = [o.name for o in found.origins] if found else []
        true = sorted(truth["origins"])
        self._score(truth, "origins", n == len(true), wrong, f"origins {names}, not {true}")
        members = (
            {i for i in found.article_ids if self.by_id[i].copy_of is None} if found else set()
        )
        grouped = members == set(ids.values())
        self._score(truth, "grouped", grouped, wrong, "not grouped")
        if grouped:
            self._score(truth, "of them", n == len(true))
        primary = truth["primary_sources"]
        said = [p.name for o in found.origins for p in o.primary_sources] if found else []
        right = (found.n_primary_sources if found else 0) == len(primary)
        self._score(truth, "primary", right, wrong, f"primary sources {said}, not {primary}")
        titles = [self.by_id[i].title or "" for i in ids.values() if i]
        self._score(truth, "outlets", len(set(ids)) == len(true))
        self._score(truth, "headlines", n_headlines(titles) == len(true))
        for a in truth["articles"]:
            status = self.status.get(ids[a["id"]] or "", "absent")
            message = f"{a['id']} is {status}, not {a['status']}"
            self._score(truth, "status", status == a["status"], wrong, message)
        for a in truth["distractors"]:
            apart = self.story_of.get(self._id(a) or "") is not found
            self._score(truth, "apart", apart, wrong, f"{a['id']} joined")
        self._add_edges(truth, found, wrong)
        if show and wrong:
            print(truth["story"], *wrong, sep="\n    ")

    def _add_edges(self, truth: Truth, found: Story | None, wrong: list[str]) -> None:
        outlet = {a["id"]: a["outlet"] for a in truth["articles"]}
        apart = {key(a["outlet"]) for a in truth["distractors"]}
        stories = {s.story_id for i in map(self._id, truth["articles"]) if i
                   for s in [self.story_of[i]]}  # fmt: skip
        edges = {e for s in stories for e in self.edges[s] if e[0] not in apart}
        true = {}
        for e in truth["edges"]:
            ends = (key(outlet.get(e[end], e[end])) for end in ("child", "parent"))
            true[tuple(ends)] = e["how"]
        for edge in sorted(edges):
            self._score(truth, "edges P", edge in true, wrong, f"more: {edge}")
        for edge, how in true.items():
            self.of_how[how] += 1
            self.by_how[how] += edge in edges
            self._score(truth, "edges R", edge in edges, wrong, f"missed: {edge} {how}")
            turned = (edge[1], edge[0]) in edges
            if turned or edge in edges:
                self._score(truth, "direction", not turned, wrong, f"turned: {edge}")

    def _id(self, a: Truth) -> str | None:
        """Return the id of the article where it was put, or None where it is not."""
        found = self.articles.get((a["path"], a["id"] if a["path"] == ROWS else a["place"]))
        return found.article_id if found else None

    def _story(self, ids: Iterable[str | None]) -> Story | None:
        """Return the story that holds most of the articles."""
        count = Counter(self.story_of[i].story_id for i in ids if i)
        best = max(count, key=lambda s: (count[s], s), default=None)
        return next((s for s in self.story_of.values() if s.story_id == best), None)

    def _score(
        self,
        truth: Truth,
        measure: str,
        right: bool,
        wrong: list[str] | None = None,
        message: str = "",
    ) -> None:
        for kind in (truth["kind"], "all"):
            self.of[kind][measure] += 1
            self.right[kind][measure] += right
        if not right and wrong is not None:
            wrong.append(message)


if __name__ == "__main__":
    main()
