"""``examples/newsroom`` gives what its truth file says, story by story (the golden test)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from firsthand import Result, Settings, trace
from firsthand.contract import document
from firsthand.terminal import summary

ROOT = Path(__file__).resolve().parent.parent
NEWSROOM = ROOT / "examples" / "newsroom"
TRUTH = json.loads((ROOT / "examples" / "newsroom.truth.json").read_text("utf-8"))
NUMBERS = (
    "n_pages",
    "n_articles",
    "n_origins",
    "n_presumed",
    "n_primary_sources",
    "n_lineage_unknown",
)


class Read:
    """The result, with articles under the names the truth file gives them."""

    def __init__(self, result: Result) -> None:
        self.result = result
        captures = {c.capture_id: c for c in result.captures}
        urls = {c.get("url"): name.partition("|")[2] for name, c in TRUTH["captures"].items()}
        self.name = {}
        for a in result.articles:
            capture = captures[a.capture_id]
            record = urls[capture.url] if capture.path.endswith(".gz") else ""
            self.name[a.article_id] = f"{Path(capture.path).name}|{record}|{a.place}"
        self.kept = {a.article_id: a.copy_of or a.article_id for a in result.articles}
        self.by_name = {self.name[a.article_id]: a for a in result.articles}
        self.source = {s.source_id: s.name for s in result.sources}

    def node(self, node: str) -> str | None:
        return self.kept.get(node) or self.source.get(node)

    def story(self, names: list[str]):
        ids = {self.by_name[n].article_id for n in names}
        (found,) = [s for s in self.result.stories if ids & set(s.article_ids)]
        return found


@pytest.fixture(scope="module")
def read() -> Read:
    return Read(trace([NEWSROOM]))


@pytest.mark.parametrize("story", TRUTH["stories"], ids=lambda s: s["label"][:1])
def test_a_story_is_read_as_a_careful_reader_reads_it(story: dict, read: Read) -> None:
    found = read.story(story["articles"])
    assert {read.name[i] for i in found.article_ids} == set(story["articles"])
    assert {n: getattr(found, n) for n in NUMBERS} == {n: story[n] for n in NUMBERS}
    origins = {(o.name, o.access) for o in found.origins}
    assert origins == {(o["name"], o["access"]) for o in story["origins"]}
    assert {read.name[row.article_id]: row.status for row in found.lineage} == story["lineage"]
    edges = {
        (read.node(d.child_id), read.node(d.parent_id))
        for d in read.result.derivations
        if d.story_id == found.story_id
    }
    wanted = {
        tuple(read.node(read.by_name[x].article_id) if x in read.by_name else x for x in pair)
        for pair in story["derivations"]
    }
    assert edges == wanted


@pytest.mark.parametrize("story", TRUTH["stories"], ids=lambda s: s["label"][:1])
def test_differences_and_notes_are_found(story: dict, read: Read) -> None:
    found = read.story(story["articles"])
    differences = [
        (d.kind, {d.left.value, d.right.value})
        for c in read.result.claims
        if c.story_id == found.story_id
        for d in c.differences
    ]
    for wanted in story["differences"]:
        assert (wanted["kind"], set(wanted["values"])) in differences
    notes = {(n.kind, read.name.get(n.article_id or "")) for n in read.result.notes}
    for note in story["notes"]:
        assert (note["kind"], note["article"]) in notes


def test_every_article_is_found_whole(read: Read) -> None:
    wanted = {
        f"{name}|{a['place']}": a
        for name, capture in TRUTH["captures"].items()
        for a in capture["articles"]
    }
    assert set(wanted) == set(read.by_name)
    for name, truth in wanted.items():
        article = read.by_name[name]
        text = " ".join(article.text.split())
        assert article.title == truth["title"]
        assert article.outlet in (truth["outlet"], truth.get("outlet_also"))
        published = (
            article.published.at[:10] if article.published and article.published.at else None
        )
        assert published == truth["published"]
        firsts = (truth["first_words"], truth.get("first_words_also", truth["first_words"]))
        lasts = (truth["last_words"], truth.get("last_words_also", truth["last_words"]))
        assert text.startswith(firsts)
        assert text.endswith(lasts)


def test_unrelated_articles_stand_alone(read: Read) -> None:
    alone = [s for s in read.result.stories if s.n_pages == 1]
    assert len(alone) == TRUTH["single_page_stories"]
    assert len(read.result.stories) == len(TRUTH["stories"]) + len(alone)


def test_picture_agencies_are_no_sources(read: Read) -> None:
    named = {a.source_name for a in read.result.attributions}
    named |= {a.addressee_name for a in read.result.attributions}
    assert not named & set(TRUTH["never_sources"])


def test_the_readme_shows_what_is_printed(read: Read) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (shown,) = [b for b in readme.split("```\n") if b.startswith("Container port")]
    assert shown.strip() in summary(read.result)


def test_two_workers_give_the_same(read: Read) -> None:
    again = trace([NEWSROOM], settings=Settings(workers=2))
    assert document(again, canonical=True) == document(read.result, canonical=True)
