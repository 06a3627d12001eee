"""Small stages over small records, as plain as can be, to prove the idea of a stage."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from firsthand.model import Rejected
from firsthand.stage import each, settle, table_of, together, usable_threads


@dataclass(frozen=True, kw_only=True, slots=True)
class Fruit:
    fruit_id: str
    colour: str | None
    weight: int
    basket: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    fruit_id: str
    grams: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Basket:
    basket: str
    price: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    basket: str
    said: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    left: str
    right: str
    lowest: str


@each(takes=Fruit, gives=Slice)
def cut(fruit: Fruit) -> Iterator[Slice]:
    """Yield one slice for every started hundred grams."""
    for at in range(0, fruit.weight, 100):
        yield Slice(fruit_id=fruit.fruit_id, grams=min(100, fruit.weight - at))


@each(takes=Fruit, beside={"basket": Basket}, gives=Label)
def price(fruit: Fruit, basket: Basket | None) -> Iterator[Label]:
    """Yield the fruit with the price of its basket, looked up by the key."""
    yield Label(basket=fruit.basket, said=f"{fruit.fruit_id}:{basket and basket.price}")


@each(takes=Fruit, beside={"basket": Basket}, gives=Label, arrow=True)
def price_all(fruits: pa.Table, baskets: pa.Table) -> pa.Table:
    """Return what ``price`` gives one by one, with a lookup over whole tables."""
    assert usable_threads.get() >= 1
    at = pc.index_in(fruits.column("basket"), baskets.column("basket").combine_chunks())
    prices = baskets.column("price").take(at).to_pylist()
    ids, names = (fruits.column(c).to_pylist() for c in ("fruit_id", "basket"))
    return table_of(
        Label,
        [
            Label(basket=name, said=f"{fruit_id}:{found}")
            for fruit_id, name, found in zip(ids, names, prices, strict=True)
        ],
    )


@together(takes=Fruit, by="colour", gives=Label, arrow=True, sorts=True)
def weigh(fruits: pa.Table) -> dict[type, pa.Table]:
    """Return the weight of each colour; a sum hangs on no order, so the rows need none."""
    total = fruits.group_by("colour").aggregate([("weight", "sum")]).to_pylist()
    known = [t for t in total if t["colour"] is not None]
    return {
        Label: table_of(
            Label, [Label(basket=t["colour"], said=str(t["weight_sum"])) for t in known]
        )
    }


@together(takes=Fruit, by="colour", gives=Label)
def by_colour(fruits: list[Fruit]) -> Iterator[Label]:
    """Yield one label a colour; its words depend on the order of the rows, on purpose."""
    yield Label(basket=str(fruits[0].colour), said=" ".join(f.fruit_id for f in fruits))


@together(takes=(Fruit, Basket), by="basket", gives=Label)
def by_basket(fruits: list[Fruit], baskets: list[Basket]) -> Iterator[Label]:
    """Yield one label a basket out of two tables, in the order the rows are handed over."""
    name = (fruits or baskets)[0].basket  # type: ignore[operator]
    rows = [f"{f.fruit_id}{f.weight}" for f in fruits] + [str(b.price) for b in baskets]
    yield Label(basket=name, said=" ".join(rows))


@together(takes=Fruit, by=None, gives=Label)
def all_at_once(fruits: list[Fruit]) -> Iterator[Label]:
    """Yield one label for everything."""
    yield Label(basket="all", said=" ".join(f"{f.fruit_id}{f.weight}" for f in fruits))


@settle(takes=Link, by=None, gives=Link)
def lowest(links: list[Link]) -> Iterator[Link]:
    """Hand the lowest name on along every link: connected components after enough rounds."""
    low: dict[str, str] = {}
    for link in links:
        for end in (link.left, link.right):
            low[end] = min(low.get(end, link.lowest), link.lowest)
    for link in links:
        yield replace(link, lowest=min(low[link.left], low[link.right]))


@settle(takes=Link, by=None, gives=Link)
def restless(links: list[Link]) -> Iterator[Link]:
    """Never settle."""
    for link in links:
        yield replace(link, lowest=link.lowest + "x")


@each(takes=Fruit, gives=(Slice, Rejected))
def cut_or_die(fruit: Fruit) -> Iterator[Slice]:
    """Kill the worker on one fruit, raise on another."""
    if fruit.colour == "deadly":
        os._exit(9)
    if fruit.colour == "odd":
        raise ValueError("no such colour")
    yield Slice(fruit_id=fruit.fruit_id, grams=fruit.weight)


@each(takes=Fruit, gives=Label)
def label_it(fruit: Fruit) -> Iterator[Label]:
    """Yield a label, for one fruit with half of a character pair in it."""
    half = "\ud83d" if fruit.colour == "half" else ""
    yield Label(basket=fruit.basket, said=fruit.fruit_id + half)
