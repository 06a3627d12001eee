"""The whole way: order, workers and batches change nothing, and a result holds together."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from firsthand import contract, engines, pipeline, store
from firsthand.errors import InputError
from firsthand.model import Rejected, Result, Skipped
from firsthand.pipeline import Settings, trace
from firsthand.stage import TABLES
from integrity import as_text, dangling, span_faults

ROOT = Path(__file__).resolve().parent.parent
NEWSROOM = ROOT / "examples" / "newsroom"
FERRY = """Harbour Council Withdraws Lower Quay Ferry

The Lower Quay ferry will stop running before winter, a council official told the Harbour Post.

“The hull is past repair and the money for a new one is not there,” the official said on Tuesday.

Some 340 commuters cross the Sound on it each morning, and the bus takes forty minutes longer.

The council meets again on Friday to hear the pilots' guild, which has asked for a year's delay.
"""
ORCHARD = """Growers Open the Orchard Fair

The orchard fair opens on Saturday with forty kinds of pear, the growers' union said in a notice.

Visitors may taste them all between nine and noon. The road from Eddis is closed to cars that day.
"""


@pytest.fixture(scope="module")
def newsroom() -> Result:
    return trace([NEWSROOM])


def pages(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_every_stage_is_handed_what_was_made_before_it():
    have = {Rejected, Skipped, *pipeline._stage(pipeline.FIRST).takes}
    for stage in (pipeline._stage(pipeline.FIRST), *pipeline.stages()):
        missing = {*stage.takes, *stage.beside.values()} - have
        assert not missing, f"{stage.name} needs {missing}"
        have |= set(stage.gives)
    assert set(TABLES) <= have, "every table is made by some stage"


def test_order_of_paths_changes_nothing(newsroom):
    files = sorted(p for p in NEWSROOM.iterdir() if p.is_file())
    assert as_text(trace(files[::-1])) == as_text(newsroom)


@pytest.mark.parametrize("size", [1, 7])
def test_batches_change_nothing(newsroom, size, monkeypatch):
    monkeypatch.setattr(pipeline, "MOST_CAPTURES_A_BATCH", size)
    assert as_text(trace([NEWSROOM])) == as_text(newsroom)


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_change_nothing(newsroom, workers, monkeypatch):
    monkeypatch.setattr(engines, "FEWEST_ROWS_TO_SPREAD", 2)
    monkeypatch.setattr(engines, "ROWS_A_TASK", 10)
    assert as_text(trace([NEWSROOM], settings=Settings(workers=workers))) == as_text(newsroom)


def test_two_runs_have_the_same_canonical_form(newsroom, tmp_path):
    copied = shutil.copytree(NEWSROOM, tmp_path / "elsewhere")
    assert as_text(trace([copied])) == as_text(newsroom)


def test_a_page_given_twice_is_a_recapture(tmp_path):
    once = trace([pages(tmp_path / "once", ferry=FERRY, orchard=ORCHARD)])
    twice = trace([pages(tmp_path / "twice", ferry=FERRY, ferry_again=FERRY, orchard=ORCHARD)])
    assert (once.summary.articles, once.summary.distinct_articles) == (2, 2)
    assert (twice.summary.articles, twice.summary.distinct_articles) == (3, 2)
    assert once.summary.stories == twice.summary.stories == 2


def test_nothing_vanishes(newsroom, tmp_path):
    assert newsroom.summary.captures == len(newsroom.captures) == 20
    assert newsroom.summary.rejected == 0
    folder = pages(tmp_path / "in", ferry=FERRY, empty="", orchard=ORCHARD)
    result = trace([folder])
    assert (result.summary.captures, result.summary.rejected) == (2, 1)
    assert {Path(c.path).stem for c in result.captures} == {"ferry", "orchard"}


def test_a_page_that_a_stage_cannot_read_is_rejected_and_no_capture(tmp_path, monkeypatch):
    folder = pages(tmp_path / "in", ferry=FERRY, orchard=ORCHARD)
    first = pipeline._stage(pipeline.FIRST)

    def fails(capture):
        if "orchard" in capture.path:
            raise RuntimeError("too many pears")
        return first.function(capture)

    broken = replace(first, function=fails)
    real = pipeline._stage
    monkeypatch.setattr(pipeline, "_stage", lambda n: broken if n == pipeline.FIRST else real(n))
    result = trace([folder])
    assert [Path(c.path).stem for c in result.captures] == ["ferry"]
    assert [(Path(r.path).stem, r.code) for r in result.rejected] == [("orchard", "stage-failed")]


def test_a_good_record_stays_beside_a_bad_one_of_the_same_name(tmp_path):
    head = b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:7>\r\n"
    head += b"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
    good, bad = FERRY.encode(), b"\x00" * 500
    records = [head % len(block) + block + b"\r\n\r\n" for block in (good, bad)]
    (tmp_path / "pages.warc").write_bytes(b"".join(records))
    result = trace(tmp_path)
    assert [row.code for row in result.rejected] == ["binary"]
    assert [row.record for row in result.captures] == [result.rejected[0].record]
    assert result.articles[0].capture_id == result.captures[0].capture_id


def test_bytes_are_let_go(newsroom):
    assert {c.content for c in newsroom.captures} == {b""}


def test_the_run_says_what_was_run(newsroom):
    assert newsroom.run
    digests = sorted(c.sha256 for c in newsroom.captures)
    manifest = hashlib.sha256("".join(f"{d}\n" for d in digests).encode()).hexdigest()
    assert newsroom.run.manifest_sha256 == manifest
    settings = json.loads(newsroom.run.settings)
    assert (settings["no_text"], settings["reading"]["columns"]) == (False, [])
    assert "workers" not in settings
    assert newsroom.run.started_at.endswith("+00:00")


def test_what_is_kept_is_what_is_returned(tmp_path):
    folder = pages(tmp_path / "in", ferry=FERRY, orchard=ORCHARD)
    result = trace([folder], keep=tmp_path / "run")
    assert store.open_run(tmp_path / "run") == result


def test_a_folder_that_may_not_be_written_is_refused_before_anything_is_read(tmp_path):
    folder = pages(tmp_path / "in", ferry=FERRY)
    seen = []
    kept = tmp_path / "run"
    trace([folder], keep=kept)
    for given, keep, slug in (
        (folder, folder / "run", "out-in-input"),
        (folder, folder, "not-a-run"),
        (kept, kept, "out-in-input"),
        (kept / "result.json", kept, "out-in-input"),
    ):
        with pytest.raises(InputError) as caught:
            trace([given], keep=keep, progress=lambda *step: seen.append(step))
        assert caught.value.slug == slug
    assert not seen
    assert [p.name for p in folder.iterdir()] == ["ferry.txt"]


def interrupt_at(wanted):
    def told(what, done, of):
        if what == wanted:
            raise KeyboardInterrupt

    return told


@pytest.mark.parametrize("at", [pipeline.READING, "candidates.fingerprint", pipeline.STAGES[-1]])
def test_an_interrupted_run_keeps_what_was_finished(tmp_path, at):
    folder = pages(tmp_path / "in", ferry=FERRY, orchard=ORCHARD)
    with pytest.raises(KeyboardInterrupt):
        trace([folder], keep=tmp_path / "run", progress=interrupt_at(at))
    with pytest.raises(InputError) as caught:
        store.open_run(tmp_path / "run")
    assert caught.value.slug == "unfinished-run"
    found = store.open_run(tmp_path / "run", unfinished=True)
    assert found.summary.captures == 2
    assert found.summary.articles == (0 if at == pipeline.READING else 2)


def test_an_interrupted_run_without_a_folder_keeps_nothing(tmp_path):
    folder = pages(tmp_path / "in", ferry=FERRY)
    with pytest.raises(KeyboardInterrupt):
        trace([folder], progress=interrupt_at(pipeline.STAGES[0]))
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


def test_progress_is_told_stage_by_stage(tmp_path):
    seen = []
    trace([pages(tmp_path / "in", ferry=FERRY)], progress=lambda *step: seen.append(step))
    n = len(pipeline.STAGES)
    assert seen[0] == (pipeline.READING, 1, 0)
    assert seen[1:] == [(name, i, n) for i, name in enumerate(pipeline.STAGES)]


@pytest.fixture(params=["newsroom", "seeds"])
def any_result(request, newsroom):
    if request.param == "newsroom":
        return newsroom
    return trace([request.getfixturevalue("seeds")])


def test_every_span_lies_in_its_text(any_result):
    assert not list(span_faults(any_result))


def test_pieces_lead_back_to_the_capture(any_result):
    captures = {c.capture_id: c for c in any_result.captures}
    traced = [a for a in any_result.articles if a.pieces is not None]
    assert traced
    for article in traced:
        capture = captures[article.capture_id]
        source = Path(capture.path).read_bytes().decode(capture.encoding)
        words = " ".join(piece.of(source) for piece in article.pieces)
        assert words.split() == article.text.split(), article.path


def test_every_id_leads_somewhere(any_result):
    assert not list(dangling(any_result))


def test_keys_are_distinct(any_result):
    for table, key in (
        ("captures", "capture_id"),
        ("articles", "article_id"),
        ("attributions", "attribution_id"),
        ("sources", "source_id"),
        ("stories", "story_id"),
        ("claims", "claim_id"),
    ):
        ids = [getattr(row, key) for row in getattr(any_result, table)]
        assert len(set(ids)) == len(ids), table


def test_every_article_is_in_exactly_one_story(any_result):
    told = sorted(i for story in any_result.stories for i in story.article_ids)
    assert told == sorted(a.article_id for a in any_result.articles)
    for story in any_result.stories:
        assert sorted(row.article_id for row in story.lineage) == sorted(story.article_ids)


def test_counts_of_a_story_are_those_of_its_rows(any_result):
    articles = {a.article_id: a for a in any_result.articles}
    for story in any_result.stories:
        mine = [articles[i] for i in story.article_ids]
        assert story.n_pages == len({a.capture_id for a in mine})
        assert story.n_articles == sum(a.copy_of is None for a in mine)
        assert story.n_origins == len(story.origins)
        assert story.n_presumed == sum(o.access == "presumed" for o in story.origins)


def test_real_results_are_what_the_schema_says(any_result):
    import jsonschema

    schema = json.loads((ROOT / "src/firsthand/data/result.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(contract.document(any_result))
