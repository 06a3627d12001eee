"""A guarded stage that does to its worker whatever a row tells it to."""

from __future__ import annotations

import contextlib
import os
import pickle
import re
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from firsthand.model import Rejected
from firsthand.stage import each


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    order_id: str
    do: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    order_id: str
    said: str


def eat(n_mib: int) -> int:
    return len(bytearray(n_mib << 20))


def sink(depth: int) -> int:
    return sink(depth + 1) + 1


def stumble() -> None:
    raise ValueError("no such row")


def speak() -> None:
    sys.stdout.write("from a worker\n")
    sys.stdout.flush()
    sys.stderr.write("from a worker\n")
    os.write(1, b"from a worker\n")


def count_input() -> int:
    return len(os.read(0, 100))


def spin() -> None:
    while True:
        pass


def once(marker: str) -> None:
    """Die the first time only, as a worker does whose machine was short of memory for a moment."""
    if not os.path.exists(marker):  # noqa: PTH110
        open(marker, "w").close()  # noqa: PTH123
        os._exit(1)


class Trap:
    """Runs a command in whoever unpickles it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (77,)


def send() -> None:
    """Answer in the place of the crew, as a parser that a page got hold of could."""
    answer = pickle.dumps(Trap())
    for pipe in range(3, 20):
        with contextlib.suppress(OSError):
            os.write(pipe, struct.pack("<Q", len(answer)) + answer)


DEEDS: dict[str, Callable[..., Any]] = {
    "work": lambda: None,
    "match": lambda: re.fullmatch(r"(a|aa)+", "a" * 60 + "b"),
    "spin": spin,
    "sleep": lambda: time.sleep(600),
    "eat": eat,
    "abort": os.abort,
    "leave": lambda: os._exit(0),
    "exit": lambda: sys.exit("enough"),
    "lack": lambda: (_ for _ in ()).throw(MemoryError),
    "sink": lambda: sink(0),
    "stumble": stumble,
    "speak": speak,
    "listen": count_input,
    "close": lambda: os.closerange(0, 200),
    "once": once,
    "send": send,
}


@each(takes=Order, gives=(Done, Rejected), guarded=lambda order: order.do != "plain")
def obey(order: Order) -> Iterator[Done]:
    """Do what the row says, in a worker unless it is plain."""
    deed, _, rest = order.do.partition(" ")
    yield Done(order_id=order.order_id, said="begun")
    if deed != "plain":
        args = [int(a) if a.isdigit() else a for a in rest.split(" ") if a]
        DEEDS[deed](*args)
    yield Done(order_id=order.order_id, said=str(os.getpid()) if deed == "plain" else "done")
