"""A guarded row costs itself at most: the run, its output and the other rows are as without it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from rough_stages import Done, Order, obey
from toy_stages import Fruit, Slice, cut

from firsthand import cli, engines
from firsthand import crew as crews
from firsthand.crew import Crew
from firsthand.engines import run_stage
from firsthand.errors import EngineError
from firsthand.model import Rejected
from firsthand.stage import records_of, table_of
from firsthand.worker import LIMITS, Limits

TIGHT = Limits(seconds=0.3, memory=128 << 20)
HERE = Path(__file__).parent
LINUX = sys.platform == "linux"


def run(deeds, *, workers=1, limits=TIGHT):
    orders = [Order(order_id=f"o{n:03}", do=do) for n, do in enumerate(deeds)]
    found = run_stage(obey.stage, {Order: table_of(Order, orders)}, workers=workers, limits=limits)
    return records_of(Done, found[Done]), records_of(Rejected, found[Rejected])


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        pytest.param("match", "parse-time", id="a regex that never ends, in C"),
        pytest.param("spin", "parse-time", id="a loop"),
        pytest.param("sleep", "parse-time", id="uses no processor"),
        pytest.param(
            "eat 4096", "parse-memory", marks=pytest.mark.skipif(not LINUX, reason="needs /proc")
        ),
        ("lack", "parse-memory"),
        ("abort", "worker-died"),
        ("leave", "worker-died"),
        ("exit", "worker-died"),
        ("close", "worker-died"),
        pytest.param("send", "worker-died", id="sends what is no record"),
        ("sink", "stage-failed"),
        ("stumble", "stage-failed"),
    ],
)
def test_a_row_that_misbehaves_costs_itself_alone(deed, code):
    done, rejected = run(["work", "work", deed, "work", deed, "plain", "work"])
    assert [d.order_id for d in done if d.said != "begun"] == [
        "o000",
        "o001",
        "o003",
        "o005",
        "o006",
    ]
    assert [(r.path, r.code) for r in rejected] == [("o002", code), ("o004", code)]
    assert {d.order_id for d in done}.isdisjoint(r.path for r in rejected), (
        "all of a row or nothing"
    )


def test_reasons_say_what_was_exceeded_and_what_to_do():
    _, (late, fat, dead) = run(["spin", "lack", "abort"])
    assert "0.3 s of processor time" in late.reason
    assert "--parse-seconds" in late.reason
    assert "128 MiB" in fat.reason
    assert "--parse-memory" in fat.reason
    assert "SIGABRT" in dead.reason or os.name == "nt"


def test_a_death_that_does_not_repeat_costs_nothing(tmp_path):
    done, rejected = run(["work", f"once {tmp_path / 'marker'}", "work"])
    assert not rejected
    assert [d.said for d in done] == ["begun", "done"] * 3


@pytest.mark.skipif(not LINUX, reason="needs /proc")
def test_memory_is_counted_for_each_row_apart():
    _, rejected = run(["eat 80"] * 5)
    assert not rejected


@pytest.mark.parametrize("workers", [1, 3])
def test_order_and_workers_change_nothing(workers, monkeypatch):
    monkeypatch.setattr(engines, "GUARDED_ROWS_A_TASK", 3)
    deeds = [
        ("work", "plain", "stumble", "work", "leave")[n % 5 if n % 3 else 0] for n in range(25)
    ]
    done, rejected = run(deeds, workers=workers)
    assert [d.order_id for d in done] == sorted(d.order_id for d in done)
    assert [r.path for r in rejected] == [
        f"o{n:03}" for n, d in enumerate(deeds) if d in ("stumble", "leave")
    ]


def test_guarded_and_unguarded_give_the_same():
    fruits = [
        Fruit(fruit_id=f"f{n:03}", colour="red", weight=n * 40, basket="b") for n in range(50)
    ]
    given = {Fruit: table_of(Fruit, fruits)}
    guarded = replace(cut.stage, guarded=lambda fruit: fruit.weight % 3 == 0)
    # A worker finds the stage by the name of its function, and there nothing is guarded.
    assert run_stage(guarded, given)[Slice].equals(run_stage(cut.stage, given)[Slice])


def test_only_rows_that_need_it_leave_this_process():
    done, _ = run(["plain"] * 3)
    assert {d.said for d in done} == {"begun", str(os.getpid())}


def test_what_a_stage_prints_goes_nowhere(capfd):
    done, rejected = run(["speak", "listen", "work"])
    assert (len(done), rejected) == (6, [])
    assert capfd.readouterr() == ("", "")


def test_a_crew_stays_for_more_and_leaves_nothing_behind():
    with Crew(obey.stage, 2, TIGHT) as crew:
        first = crew.submit([(Order(order_id="a", do="work"),)])
        assert len(first.result()) == 1
        second = crew.submit([(Order(order_id="b", do="work"),)] * 3)
        assert len(second.result()) == 3
        held = [worker.process for worker in crew._all]
        assert len(held) == 1, "the second found the first one's worker idle"
    assert all(process.poll() is not None for process in held)
    assert not [t for t in threading.enumerate() if t.name.startswith("firsthand-crew")]


def test_leaving_in_the_middle_ends_what_is_at_work():
    with Crew(obey.stage, 2, Limits(seconds=600)) as crew:
        coming = [crew.submit([(Order(order_id="a", do="spin"),)]) for _ in range(3)]
        while len(crew._all) < 2:
            time.sleep(0.01)
        held = [worker.process for worker in crew._all]
    assert all(process.poll() is not None for process in held)
    assert all(future.done() for future in coming)


def test_a_worker_that_cannot_start_is_an_error_with_a_way_on(monkeypatch):
    monkeypatch.setattr(crews.sys, "path", [])
    with pytest.raises(EngineError, match="could not start") as caught:
        run(["work"])
    assert caught.value.slug == "worker-start"


SCRIPT = """
import sys
sys.path.insert(0, {here!r})
from rough_stages import Order, obey
from firsthand.crew import Crew
from firsthand.worker import Limits
with Crew(obey.stage, 2, Limits(seconds=600)) as crew:
    coming = [crew.submit([(Order(order_id="a", do=do),)]) for do in ("work", "spin", "spin")]
    coming[0].result()
    print("at work", *[w.process.pid for w in crew._all], flush=True)
    coming[1].result()
"""


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT to a process group")
def test_an_interrupt_ends_the_run_at_once_and_all_workers():
    # Without a __main__ guard: a worker must not run the caller's script again.
    script = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(here=str(HERE))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with script:
        assert script.stdout is not None
        assert script.stderr is not None
        pids = [int(pid) for pid in script.stdout.readline().split()[2:]]
        assert pids
        os.killpg(script.pid, signal.SIGINT)
        assert script.wait(60) != 0
        assert script.stderr.read().count("Traceback") == 1, "the parent's alone"
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_the_command_line_has_the_limits_of_the_library():
    for command in (cli.trace, cli.articles):
        given = {option.name: option.default for option in command.params}
        assert given["parse_seconds"] == LIMITS.seconds
        assert given["parse_memory"] << 20 == LIMITS.memory
