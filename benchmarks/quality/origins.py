"""
Origins per story against two readers: ``python benchmarks/quality/origins.py [--show]``.

Truth: ``origins/origins_dev.json`` under ``FIRSTHAND_DATA`` (own annotation; texts belong to their
publishers and are measured, never shipped). All articles go in as one pool. Nothing measured here
is fitted to these stories by weights or thresholds chosen on them; rules were mended by reading
them, so the figures are those of a set that was looked at.

- A count is right where it equals either reader's; an article's status is scored where both
  readers agree.
- An edge from an article is right where the first reader has the parent: among ``derived_from``, as
  a newsroom of its ``lineage``, or as the ``via`` of one. To be found: the parents of the main
  claim (roles *main* and *confirm*). A newsroom and its captured article are one parent.
- Baselines in the same run: as many origins as outlets; as many as groups of headlines that share
  words; always one primary source.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import zstandard

from firsthand import Result, trace
from firsthand.model import Story
from firsthand.outlets import table

ROLES = {
    "own reporting": "origin",
    "echo": "echo",
    "syndicated copy": "echo",
    "mixed": "mixed",
    "lineage_unknown": "unknown",
}
NEWSROOMS = ("outlet", "wire")
OF_THE_CLAIM = ("main", "confirm")
# Headlines that share this much of their words (Jaccard) are taken for one report by the baseline.
LIKE_HEADLINES = 0.3
Truth = dict[str, Any]


def main() -> None:
    """Print one line a story, then the totals beside their baselines."""
    data = Path(os.environ.get("FIRSTHAND_DATA", "../shared/data")) / "origins"
    if not data.is_dir():
        sys.exit(f"skipped: no evaluation data at {data}; set FIRSTHAND_DATA")
    stories = json.loads((data / "origins_dev.json").read_text("utf-8"))["stories"]
    wanted = {a["article_id"] for s in stories for a in s["articles"]}
    packed = (data / "articles.jsonl.zst").read_bytes()
    lines = zstandard.ZstdDecompressor().stream_reader(packed).read().decode("utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        pool = Path(folder) / "pool.jsonl"
        pool.write_text("\n".join(x for x in lines if json.loads(x)["id"] in wanted), "utf-8")
        started = time.process_time()
        result = trace([pool])
        spent = time.process_time() - started
    report(stories, result, show="--show" in sys.argv)
    print(f"{spent:.1f} CPU-s for {len(result.articles)} articles")


def report(stories: list[Truth], result: Result, *, show: bool = False) -> None:
    """Print how the result compares with the readers, story by story and in all."""
    scores = Scores(result, show=show)
    for truth in stories:
        scores.add(truth)
    n, got = len(stories), scores.n
    print(
        f"origins: exact {got['exact']} of {n}, within one {got['near']} (counting outlets: exact "
        f"{got['outlets']}, within one {got['outlets near']}; headlines: exact "
        f"{got['headlines']}, within one {got['headlines near']})"
    )
    print(
        f"primary sources: exact {got['primary']} of {n} (always one: {got['one']}); where both "
        f"readings have several: {got['several right']} of {got['several']} (always one: 0)"
    )
    print(
        f"status of article: {got['status right']} of {got['status']} "
        f"({got['status right'] / got['status']:.2f})"
    )
    precision = got["edges right"] / max(1, got["edges"])
    recall = got["parents found"] / max(1, got["parents"])
    print(
        f"edges: precision {got['edges right']} of {got['edges']} ({precision:.2f}), "
        f"recall {got['parents found']} of {got['parents']} ({recall:.2f})"
    )


class Scores:
    """What was right so far, by name of the measure."""

    def __init__(self, result: Result, *, show: bool) -> None:
        """Look up what the result says of each article under the id it was given."""
        self.result, self.show = result, show
        self.n: Counter[str] = Counter()
        self.given = {a.article_id: a.given_id or "" for a in result.articles}
        self.by_given = {a.given_id: a for a in result.articles}
        self.names = {s.source_id: s for s in result.sources}
        rows = (row for s in result.stories for row in s.lineage)
        self.status = {self.given[row.article_id]: row.status for row in rows}

    def add(self, truth: Truth) -> None:
        """Count one story, and print its line."""
        inside = {a["article_id"] for a in truth["articles"] if a["in_story"]}
        found = max(
            self.result.stories,
            key=lambda s: (len(inside & {self.given[i] for i in s.article_ids}), -len(s.lineage)),
        )
        self._counts(truth, found, inside)
        self._statuses(truth)
        self._edges(truth)

    def _counts(self, truth: Truth, found: Story, inside: set[str]) -> None:
        second = truth["second_reading"]
        counts = (truth["n_independent_origins"], second["n_independent_origins"])
        roots = (truth["n_roots"], second["n_roots"])
        outlets = len({self.by_given[i].outlet_id for i in inside})
        headlines = n_headlines([self.by_given[i].title or "" for i in sorted(inside)])
        self.n["primary"] += found.n_primary_sources in roots
        self.n["one"] += 1 in roots
        self.n["several"] += min(roots) > 1
        self.n["several right"] += min(roots) > 1 and found.n_primary_sources in roots
        for name, near, said in (
            ("exact", "near", found.n_origins),
            ("outlets", "outlets near", outlets),
            ("headlines", "headlines near", headlines),
        ):
            self.n[name] += said in counts
            self.n[near] += min(abs(said - n) for n in counts) <= 1
        members = {self.given[i] for i in found.article_ids}
        print(
            f"{truth['story_id']:18} origins {found.n_origins} of {counts}, primary sources "
            f"{found.n_primary_sources} of {roots}, articles {len(inside & members)}/{len(inside)}"
            f" +{len(members - inside)}"
        )
        if self.show:
            for o in found.origins:
                print(f"    origin {o.name}: {[(p.name, p.kind) for p in o.primary_sources]}")
            print(f"    readers: {second['origins']}; {truth['roots']}")

    def _statuses(self, truth: Truth) -> None:
        second = truth["second_reading"]["articles"]
        roles = {a["article_id"]: a.get("article_role") for a in second}
        for a in truth["articles"]:
            role = ROLES.get(a["article_role"])
            if not a["in_story"] or not role or role != ROLES.get(roles.get(a["article_id"], "")):
                continue
            right = self.status[a["article_id"]] == role
            self.n["status"] += 1
            self.n["status right"] += right
            if self.show and not right:
                print(f"    {a['article_id']}: {self.status[a['article_id']]}, not {role}")

    def _edges(self, truth: Truth) -> None:
        for a in truth["articles"]:
            if not a["in_story"]:
                continue
            child = self.by_given[a["article_id"]]
            parents = {
                self._newsroom(d.parent_id): d
                for d in self.result.derivations
                if d.child_id == child.article_id and self._is_shown(d.parent_id)
            }
            allowed, wanted = self._parents(a)
            self.n["edges"] += len(parents)
            self.n["edges right"] += len(parents.keys() & allowed)
            self.n["parents"] += len(wanted)
            self.n["parents found"] += len(wanted & parents.keys())
            if self.show:
                more, less = parents.keys() - allowed, wanted - parents.keys()
                if more or less:
                    print(f"    {a['article_id']} ({child.outlet}): more {more}, missed {less}")

    def _parents(self, a: Truth) -> tuple[set[str], set[str]]:
        """Return the parents an article may be said to have, and those it must."""
        rows = [x for x in a["lineage"] if x["via"] or (x["kind"] in NEWSROOMS)]
        edited = {self._newsroom(self.by_given[d["article_id"]].article_id)
                  for d in a["derived_from"] if d["article_id"] in self.by_given}  # fmt: skip
        own = self._newsroom(self.by_given[a["article_id"]].article_id)
        wanted = {key(x["via"] or x["name"]) for x in rows if x["role"] in OF_THE_CLAIM}
        allowed = {key(name) for x in rows for name in (x["via"], x["name"]) if name}
        return (allowed | edited) - {own}, (wanted | edited) - {own}

    def _is_shown(self, node: str) -> bool:
        return node in self.given or self.names[node].kind != "unseen"

    def _newsroom(self, node: str) -> str:
        """Return the newsroom of an article or source, by a name that truth and result share."""
        if node in self.given:
            article = self.by_given[self.given[node]]
            return key(article.outlet or article.article_id)
        return key(self.names[node].name or node)


def key(name: str) -> str:
    """Return what a newsroom goes by in the table of outlets, or else its name."""
    known = table().named(name) or next((m.outlet for m in table().find(name)), None)
    return known.name if known else name.casefold()


def n_headlines(titles: list[str]) -> int:
    """Return how many groups headlines fall into that are joined where they share words."""
    words = [set(re.findall(r"[^\W_]{3,}", t.casefold())) for t in titles]
    group = list(range(len(titles)))
    for i, left in enumerate(words):
        for j, right in enumerate(words[:i]):
            if len(left & right) >= LIKE_HEADLINES * max(1, len(left | right)):
                group = [group[j] if g == group[i] else g for g in group]
    return len(set(group))


if __name__ == "__main__":
    main()
