"""The proof of the stage idea: same table for any order of input and any number of workers."""

from __future__ import annotations

import random

import pytest
from toy_stages import (
    Basket,
    Fruit,
    Label,
    Link,
    Slice,
    all_at_once,
    by_basket,
    by_colour,
    cut,
    cut_or_die,
    label_it,
    lowest,
    price,
    price_all,
    restless,
    weigh,
)

from firsthand import engines
from firsthand.engines import in_order, run_stage
from firsthand.errors import EngineError
from firsthand.model import Rejected
from firsthand.stage import records_of, table_of

FRUITS = [
    Fruit(
        fruit_id=f"f{n:03}",
        colour=("red", "green", None, "blue")[n % 4],
        weight=(n * 37) % 450,
        basket=f"b{n % 7}",
    )
    for n in range(120)
]
# Two rows that only their last columns tell apart, and two that nothing does.
FRUITS += [Fruit(fruit_id="twin", colour="red", weight=w, basket="b1") for w in (5, 4, 4)]
BASKETS = [Basket(basket=f"b{n}", price=n * 10) for n in range(5)] + [Basket(basket="b9", price=90)]


def shuffled(records, seed):
    records = list(records)
    random.Random(seed).shuffle(records)
    return records


def tables(seed):
    return {
        Fruit: table_of(Fruit, shuffled(FRUITS, seed)),
        Basket: table_of(Basket, shuffled(BASKETS, seed)),
    }


def run(function, given, *, workers=1):
    (gives,) = [g for g in function.stage.gives if g is not Rejected]
    found = run_stage(function.stage, given, workers=workers)
    return records_of(gives, in_order(gives, found[gives], None))


@pytest.fixture
def spread_early(monkeypatch):
    monkeypatch.setattr(engines, "FEWEST_ROWS_TO_SPREAD", 2)
    monkeypatch.setattr(engines, "ROWS_A_TASK", 10)


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize(
    "function", [cut, price, price_all, weigh, by_colour, by_basket, all_at_once]
)
def test_order_and_workers_change_nothing(function, workers, spread_early):
    expected = run(function, tables(0))
    assert expected
    assert run(function, tables(1), workers=workers) == expected


def test_each_sees_one_record_at_a_time():
    grams = {}
    for piece in run(cut, tables(3)):
        grams[piece.fruit_id] = grams.get(piece.fruit_id, 0) + piece.grams
    assert grams == {f.fruit_id: f.weight for f in FRUITS[:120] if f.weight} | {"twin": 13}


def test_each_is_handed_the_record_its_column_points_to():
    said = {label.said for label in run(price, tables(4))}
    assert "f001:10" in said
    assert "f005:None" in said, "a key that dangles gives None"


def test_whole_tables_give_what_records_give_one_by_one():
    assert run(price_all, tables(7)) == run(price, tables(8))


def test_together_sees_all_rows_of_a_key_in_total_order():
    labels = {label.basket: label.said for label in run(by_colour, tables(5))}
    assert set(labels) == {"red", "green", "blue"}, "rows without a key belong to no group"
    assert labels["green"].split() == sorted(labels["green"].split())


def test_two_tables_meet_by_one_key():
    labels = {label.basket: label.said for label in run(by_basket, tables(6))}
    assert labels["b9"] == "90", "a key only one table has is a group too"
    assert "twin4 twin4 twin5" in labels["b1"], "ties of the key are ordered by all columns"
    assert labels["b1"].endswith(" 10"), "then comes the second table"


def test_settle_runs_until_nothing_changes():
    chain = [Link(left=f"n{n:02}", right=f"n{n + 1:02}", lowest=f"n{n:02}") for n in range(30)]
    chain += [Link(left="z1", right="z2", lowest="z1")]
    for seed in (1, 2, 3):
        found = run(lowest, {Link: table_of(Link, shuffled(chain, seed))})
        assert {link.lowest for link in found} == {"n00", "z1"}
        assert len(found) == 31


def test_what_never_settles_is_an_error_with_a_way_on():
    with pytest.raises(EngineError, match="did not settle") as caught:
        run(restless, {Link: table_of(Link, [Link(left="a", right="b", lowest="a")])})
    assert caught.value.slug == "did-not-settle"


def test_a_dead_worker_costs_one_row(spread_early):
    rows = [
        Fruit(fruit_id=f"f{n:02}", colour="deadly" if n == 17 else "red", weight=1, basket="b")
        for n in range(40)
    ]
    found = run_stage(cut_or_die.stage, {Fruit: table_of(Fruit, rows)}, workers=2)
    kept = {s.fruit_id for s in records_of(Slice, found[Slice])}
    assert kept == {f.fruit_id for f in rows} - {"f17"}
    (reject,) = records_of(Rejected, found[Rejected])
    assert (reject.path, reject.code) == ("f17", "worker-died")
    assert "died twice" in reject.reason


@pytest.mark.parametrize("workers", [1, 2])
def test_a_row_that_raises_is_rejected_and_the_rest_goes_on(workers, spread_early):
    rows = [
        Fruit(fruit_id=f"f{n}", colour="odd" if n == 3 else "red", weight=1, basket="b")
        for n in range(5)
    ]
    found = run_stage(cut_or_die.stage, {Fruit: table_of(Fruit, rows)}, workers=workers)
    assert found[Slice].num_rows == 4
    (reject,) = records_of(Rejected, found[Rejected])
    assert reject.code == "stage-failed"
    assert "ValueError: no such colour" in reject.reason


def test_a_row_no_table_can_hold_is_rejected(spread_early):
    rows = [
        Fruit(fruit_id=f"f{n}", colour="half" if n == 3 else "red", weight=1, basket="b")
        for n in range(5)
    ]
    found = run_stage(label_it.stage, {Fruit: table_of(Fruit, rows)})
    assert found[Label].num_rows == 4
    (reject,) = records_of(Rejected, found[Rejected])
    assert reject.code == "stage-failed"
    assert "UnicodeEncodeError" in reject.reason


def test_a_table_survives_the_way_to_arrow_and_back():
    assert records_of(Fruit, table_of(Fruit, FRUITS)) == FRUITS
    assert records_of(Label, table_of(Label, [])) == []
