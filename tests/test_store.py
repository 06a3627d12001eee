"""A kept run is read back as it was, and nothing else is taken for one."""

from __future__ import annotations

import json
import os

import pyarrow.parquet as pq
import pytest

from firsthand import contract, store
from firsthand.errors import EngineError, InputError
from firsthand.model import Result
from sample_result import sample


def names(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_what_is_kept_is_what_is_opened(tmp_path):
    folder = store.keep(sample(), tmp_path / "new" / "run")
    assert store.open_run(folder) == sample()
    assert json.loads((folder / "result.json").read_text("utf-8")) == contract.document(sample())


def test_the_folder_holds_json_and_a_parquet_file_a_table_and_no_leftovers(tmp_path):
    folder = store.keep(sample(), tmp_path / "run")
    tables = {f"tables/{name}.parquet" for name in (*contract.TABLE_NAMES, "run", "summary")}
    assert names(folder) == {"result.json", *tables}


def test_columns_of_the_tables_are_those_of_the_document(tmp_path):
    folder = store.keep(sample(), tmp_path / "run")
    found = contract.document(sample())
    for name in contract.TABLE_NAMES:
        rows = pq.read_table(folder / "tables" / f"{name}.parquet").to_pylist()
        if found[name]:
            assert list(rows[0]) == list(found[name][0]), name
    (evidence, *_) = pq.read_table(folder / "tables" / "derivations.parquet").to_pylist()
    assert set(evidence["evidence"][0]) == {"article_id", "span", "in"}


def test_without_text_no_text_is_written(tmp_path):
    folder = store.keep(sample(), tmp_path / "run", no_text=True)
    assert store.open_run(folder) == store.without_text(sample())
    words = sample().articles[0].text[:40].encode()
    assert words
    assert not any(words in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_large_result_has_its_stories_in_json_and_says_where_the_rest_is(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "MOST_ARTICLES_IN_JSON", len(sample().articles) - 1)
    folder = store.keep(sample(), tmp_path / "run")
    found = json.loads((folder / "result.json").read_text("utf-8"))
    assert set(found) == {"schema_version", "run", "summary", "left_out", "stories"}
    assert "articles" in found["left_out"]["tables"]
    assert store.open_run(folder) == sample()


def test_a_run_takes_the_place_of_the_one_before(tmp_path):
    folder = store.keep(sample(), tmp_path / "run")
    (folder / "report.html").write_text("of the run before")
    empty = Result(summary=sample().summary)
    store.keep(empty, folder)
    assert store.open_run(folder) == empty
    assert not (folder / "report.html").exists()


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "run").mkdir()
    store.keep(sample(), tmp_path / "run")
    assert store.open_run(tmp_path / "run") == sample()


@pytest.mark.parametrize("name", ["thesis.txt", "result.json"])
def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(InputError) as caught:
        store.keep(sample(), tmp_path)
    assert caught.value.slug == "not-a-run"
    assert names(tmp_path) == {name}
    assert (tmp_path / name).read_text() == "mine"


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(InputError) as caught:
        store.usable(tmp_path / "run")
    assert caught.value.slug == "not-a-run"


def test_a_write_that_fails_leaves_the_run_before_as_it_was(tmp_path, monkeypatch):
    folder = store.keep(sample(), tmp_path / "run")
    before = names(folder)

    def full(*_, **__):
        raise OSError("no space left on device")

    monkeypatch.setattr(contract, "write", full)
    with pytest.raises(EngineError, match="no space left") as caught:
        store.keep(Result(summary=sample().summary), folder)
    assert caught.value.slug == "cannot-write"
    assert names(folder) == before
    assert store.open_run(folder) == sample()


def test_an_unfinished_run_says_so_and_can_be_looked_into(tmp_path):
    folder = store.keep(sample(), tmp_path / "run", unfinished=True)
    assert not (folder / "result.json").exists()
    with pytest.raises(InputError, match="interrupted") as caught:
        store.open_run(folder)
    assert caught.value.slug == "unfinished-run"
    assert store.open_run(folder, unfinished=True) == sample()
    store.keep(sample(), folder)
    assert store.open_run(folder) == sample()


def test_what_is_no_run_cannot_be_opened(tmp_path):
    for folder, slug in ((tmp_path, "not-a-run"), (tmp_path / "nowhere", "no-such-run")):
        with pytest.raises(InputError) as caught:
            store.open_run(folder)
        assert caught.value.slug == slug


def test_tables_of_another_version_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "SCHEMA_VERSION", "0")
    folder = store.keep(sample(), tmp_path / "run")
    monkeypatch.undo()
    with pytest.raises(InputError, match="version 0") as caught:
        store.open_run(folder)
    assert caught.value.slug == "other-schema"


@pytest.mark.parametrize("damage", ["missing", "cut short"])
def test_a_damaged_run_names_the_file(tmp_path, damage):
    folder = store.keep(sample(), tmp_path / "run")
    path = folder / "tables" / "articles.parquet"
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match=r"articles\.parquet") as caught:
        store.open_run(folder)
    assert caught.value.slug == "damaged-run"


def test_a_text_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "report.html"
    store.write_text(path, "fog \ud800")
    assert path.read_text("utf-8") == "fog \\ud800"
    with pytest.raises(AttributeError):
        store.write_text(path, None)  # type: ignore[arg-type]
    assert names(tmp_path) == {"report.html"}


def test_a_place_that_cannot_be_written_is_said_to_be(tmp_path):
    with pytest.raises(EngineError, match="nowhere") as caught:
        store.write_text(tmp_path / "nowhere" / "report.html", "fog")
    assert caught.value.slug == "cannot-write"


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_one_may_not_write_in_is_refused_at_once(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError) as caught:
        store.usable(tmp_path / "run")
    assert caught.value.slug == "cannot-write"
