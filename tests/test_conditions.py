"""Conditions on a story's numbers, and the status they give ``firsthand trace``."""

from __future__ import annotations

import json

import pytest

from firsthand import cli
from firsthand.conditions import NUMBERS, condition
from firsthand.errors import InputError

PAGE = (
    "The Lower Quay ferry will stop running before winter, a council official told the Harbour "
    "Post.\n\nThe hull of the Marigold is past repair, and some 340 commuters cross on it."
)


@pytest.fixture
def pages(tmp_path):
    path = tmp_path / "pages.jsonl"
    row = {"id": "a", "outlet": "Harbour Post", "title": "Ferry to stop", "text": PAGE}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text", ["", "origins", "origins<", "<2", "origins<two", "origins!=2", "origin<2",
             "origins<2 and pages>1", "origins<-1", "origins<1.5", "origins << 2"],
)  # fmt: skip
def test_what_is_no_condition_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(InputError, match="is no condition") as raised:
        condition(text)
    assert raised.value.slug == "fail-if"
    assert "'origins<2'" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "status"),
    [("origins<2", 4), ("origins < 1", 0), ("origins<=1", 4), ("origins>=2", 0), ("pages=1", 4),
     ("lineage_unknown>0", 0), ("primary_sources<2", 4)],
)  # fmt: skip
def test_a_condition_that_holds_gives_its_status_after_everything_is_printed(
    pages, tmp_path, capsys, text: str, status: int
) -> None:
    out = tmp_path / "run"
    asked = ["trace", str(pages), "--json", "--out", str(out), "--fail-if", text]
    assert cli.run(asked) == status
    printed = capsys.readouterr()
    assert len(json.loads(printed.out)["stories"]) == 1
    assert (text in printed.err) == bool(status)
    assert (out / "result.json").exists() and (out / "report.html").exists()


def test_one_of_several_that_holds_is_enough(pages, capsys) -> None:
    asked = ["--fail-if", "pages>9", "--fail-if", "origins=1"]
    assert cli.run(["trace", str(pages), *asked]) == 4
    told = capsys.readouterr().err
    assert "origins=1" in told and "pages>9" not in told


def test_a_wrong_condition_is_misuse_before_anything_is_read(tmp_path, capsys) -> None:
    assert cli.run(["trace", str(tmp_path / "absent"), "--fail-if", "origins<many"]) == 2
    assert "origins<many" in capsys.readouterr().err


def test_every_number_of_a_story_may_be_asked_for() -> None:
    from firsthand.model import Story

    columns = {name for name in Story.__dataclass_fields__ if name.startswith("n_")}
    assert set(NUMBERS.values()) == columns
