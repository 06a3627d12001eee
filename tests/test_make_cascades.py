"""The generated stories: the same for one seed, and true to what they say of themselves."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture
def made(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import make_cascades

    yield make_cascades
    for name in ("make_cascades", "cascade_words"):
        sys.modules.pop(name, None)


def test_one_seed_gives_the_same_pages_and_another_gives_others(made, tmp_path) -> None:
    written = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        made.write(tmp_path / name, made.cascades(24, seed), seed)
        files = sorted((tmp_path / name).iterdir())
        written.append({f.name: f.read_bytes() for f in files})
    assert written[0] == written[1] != written[2]


def test_edges_join_articles_of_the_story_and_lead_round_in_no_circle(made) -> None:
    for cascade in made.cascades(80, 3):
        known = {a.id for a in cascade.made}
        parents: dict[str, set[str]] = {}
        for edge in cascade.edges:
            assert edge.child in known or not edge.child.startswith("s0")
            parents.setdefault(edge.child, set()).add(edge.parent)
        for start in parents:
            todo, seen = list(parents[start]), set()
            while todo:
                seen.add(node := todo.pop())
                todo += parents.get(node, set()) - seen
            assert start not in seen
        echoes = {a.id for a in cascade.made if a.status in ("echo", "mixed")}
        assert echoes == {c for c in parents if c in known}


def test_an_echo_names_what_it_rests_on_unless_it_is_said_to_leave_it_out(made) -> None:
    for cascade in made.cascades(80, 4):
        pages = {a.id: a for a in cascade.made}
        for edge in cascade.edges:
            if edge.child in pages and "uncredited" not in edge.how:
                parent = pages[edge.parent].outlet if edge.parent in pages else edge.parent
                assert parent in pages[edge.child].text


def test_wordings_held_out_are_others_than_those_in_use(made) -> None:
    import cascade_words as words

    pairs = [v for k, v in vars(words).items() if k.isupper() and isinstance(v, tuple)]
    pairs = [v for v in pairs if len(v) == 2 and all(isinstance(x, tuple) for x in v)]
    assert len(words.CITED[0]) >= 12
    for used, held_out in pairs:
        assert not set(used) & set(held_out)


def test_pages_run_together_are_found_where_the_truth_says(made, tmp_path) -> None:
    made.write(tmp_path, made.cascades(120, 5), 5)
    truth = [json.loads(x) for x in (tmp_path / "truth.jsonl").read_text("utf-8").splitlines()]
    together = [a for t in truth for a in t["articles"] if a["path"].endswith(".html")]
    assert together
    for a in together:
        assert (tmp_path / a["path"]).read_text("utf-8").count("<article>") == 2
