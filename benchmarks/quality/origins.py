"""
Origins per story against two readers: ``python benchmarks/quality/origins.py``.

Truth: ``origins/origins_dev.json`` under ``FIRSTHAND_DATA`` (own annotation; texts belong to their
publishers and are measured, never shipped). All articles go in as one pool. A count is right where
it equals either reader's; the status of an article is scored where both readers agree. Baselines:
counting outlets, and always saying one primary source.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import zstandard

from firsthand import Result, trace

ROLES = {
    "own reporting": "origin",
    "echo": "echo",
    "syndicated copy": "echo",
    "mixed": "mixed",
    "lineage_unknown": "unknown",
}


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
    report(stories, result)
    print(f"{spent:.1f} CPU-s for {len(result.articles)} articles")


def report(stories: list[dict[str, Any]], result: Result) -> None:
    """Print how the result compares with the readers, story by story and in all."""
    given = {a.article_id: a.given_id for a in result.articles}
    by_given = {a.given_id: a for a in result.articles}
    status = {given[row.article_id]: row.status for s in result.stories for row in s.lineage}
    exact = near = primary = outlets = one = right = scored = 0
    for truth in stories:
        inside = {a["article_id"] for a in truth["articles"] if a["in_story"]}
        found = max(
            result.stories,
            key=lambda s: (len(inside & {given[i] for i in s.article_ids}), -len(s.article_ids)),
        )
        second = truth["second_reading"]
        counts = (truth["n_independent_origins"], second["n_independent_origins"])
        roots = (truth["n_roots"], second["n_roots"])
        n_outlets = len({by_given[i].outlet_id for i in inside})
        exact += found.n_origins in counts
        near += min(abs(found.n_origins - n) for n in counts) <= 1
        primary += found.n_primary_sources in roots
        outlets += n_outlets in counts
        one += 1 in roots
        roles = {a["article_id"]: a.get("article_role") for a in second["articles"]}
        for a in truth["articles"]:
            role = ROLES.get(a["article_role"])
            if a["in_story"] and role and role == ROLES.get(roles.get(a["article_id"], "")):
                scored += 1
                right += status[a["article_id"]] == role
        members = {given[i] for i in found.article_ids}
        print(
            f"{truth['story_id']:18} origins {found.n_origins} of {counts}, primary sources "
            f"{found.n_primary_sources} of {roots}, articles {len(inside & members)}/{len(inside)}"
            f" +{len(members - inside)}"
        )
    n = len(stories)
    print(f"origins: exact {exact} of {n}, within one {near} (counting outlets: exact {outlets})")
    print(f"primary sources: exact {primary} of {n} (always one: {one})")
    print(f"status of article: {right} of {scored}")


if __name__ == "__main__":
    main()
