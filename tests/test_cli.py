"""Commands: what goes to which stream, with which status."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from firsthand import __version__, cli, contract, pipeline, store
from firsthand.errors import EngineError

ROOT = Path(__file__).resolve().parent.parent
FERRY = """Harbour Council Withdraws Lower Quay Ferry

The Lower Quay ferry across the Sound will stop running before winter, a council official told the \
Harbour Post.

“The hull of the Marigold is past repair and the money for a new one is not there,” the official \
said. Some 340 commuters cross from Lower Quay to Eddis on the Marigold each morning.
"""
WIRE = """Lower Quay Ferry to be Withdrawn

The Lower Quay ferry across the Sound will stop running before winter, according to the Harbour \
Post newspaper.

It cited a council official who said that the hull of the Marigold was past repair. Some 340 \
commuters take the ferry from Lower Quay to Eddis each morning, the newspaper said.
"""


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "post.txt").write_text(FERRY, encoding="utf-8")
    (folder / "wire.txt").write_text(WIRE, encoding="utf-8")
    return folder


@pytest.fixture
def kept(pages, tmp_path):
    folder = tmp_path / "run"
    pipeline.trace([pages], keep=folder)
    return folder


def run(capsysbinary, *args):
    status = cli.run([str(arg) for arg in args])
    out, err = capsysbinary.readouterr()
    return status, out.decode("utf-8"), err.decode("utf-8")


def process(*args, **options):
    command = [sys.executable, "-m", "firsthand", *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_the_summary_goes_to_standard_output(capsysbinary, pages):
    status, out, err = run(capsysbinary, "trace", pages)
    assert (status, err) == (0, "")
    assert "Other reports may exist." in out


def test_json_is_alone_on_standard_output(capsysbinary, pages):
    status, out, err = run(capsysbinary, "trace", pages, "--json")
    assert status == 0
    found = json.loads(out)
    jsonschema.Draft202012Validator(contract.json_schema()).validate(found)
    assert found["summary"]["captures"] == 2
    assert "Other reports may exist." in err


def test_no_text_is_in_json_if_so_wished(capsysbinary, pages):
    _, out, _ = run(capsysbinary, "trace", pages, "--json", "--no-text")
    assert {a["text"] for a in json.loads(out)["articles"]} == {None}
    assert "past repair" not in out


def test_out_keeps_the_run_with_its_report(capsysbinary, pages, tmp_path):
    status, out, _ = run(capsysbinary, "trace", pages, "--out", tmp_path / "run")
    assert status == 0
    assert {p.name for p in (tmp_path / "run").iterdir()} == {
        "result.json",
        "report.html",
        "tables",
    }
    assert str(tmp_path / "run") in out
    assert store.open_run(tmp_path / "run").summary.captures == 2


def test_all_shows_single_stories_too(capsysbinary, tmp_path):
    page = tmp_path / "post.txt"
    page.write_text(FERRY, encoding="utf-8")
    title = "Harbour Council Withdraws Lower Quay Ferry"
    assert title not in run(capsysbinary, "trace", page)[1]
    assert title in run(capsysbinary, "trace", page, "--all")[1]


def test_standard_input_is_read(capsysbinary, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FERRY.encode())))
    _, out, _ = run(capsysbinary, "trace", "-", "--json")
    assert json.loads(out)["captures"][0]["path"] == "-"


def test_rejected_inputs_show_in_the_status(capsysbinary, pages):
    (pages / "empty.txt").write_bytes(b"")
    status, out, _ = run(capsysbinary, "trace", pages, "--json")
    assert status == 3
    assert [r["code"] for r in json.loads(out)["rejected"]] == ["empty"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["trace"], "Missing argument"),
        (["trace", "page.txt", "--workers", "0"], "--workers"),
        (["scoop"], "No such command"),
        (["trace", "nowhere.txt"], "messages.md#no-such-path"),
        (["explain", "nowhere", "x"], "messages.md#no-such-run"),
        (["report", "nowhere"], "messages.md#no-such-run"),
    ],
)
def test_misuse_has_status_2_and_says_what_to_do(capsysbinary, args, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsysbinary, *args)
    assert (status, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_an_error_is_one_line_and_where_to_read_on(capsysbinary, tmp_path):
    _, _, err = run(capsysbinary, "trace", tmp_path / "nowhere.txt")
    first, second = err.splitlines()
    assert first.startswith("firsthand: ") and "nowhere.txt" in first
    assert second == "See docs/messages.md#no-such-path"


def test_a_run_that_cannot_go_on_has_status_1(capsysbinary, pages, monkeypatch):
    def fails(*_, **__):
        raise EngineError("it did not settle", slug="did-not-settle")

    monkeypatch.setattr(pipeline, "trace", fails)
    status, _, err = run(capsysbinary, "trace", pages)
    assert status == 1
    assert "messages.md#did-not-settle" in err


def test_a_bug_looks_like_a_bug(pages, monkeypatch):
    def fails(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline, "trace", fails)
    with pytest.raises(ZeroDivisionError):
        cli.run(["trace", str(pages)])


def test_an_interrupt_has_status_130_and_says_what_is_kept(
    capsysbinary, pages, tmp_path, monkeypatch
):
    real = pipeline.stages

    def interrupted():
        real()
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "stages", interrupted)
    status, out, err = run(capsysbinary, "trace", pages, "--out", tmp_path / "run", "--json")
    assert (status, out) == (130, "")
    assert str(tmp_path / "run") in err
    assert store.open_run(tmp_path / "run", unfinished=True).summary.captures == 2


def test_explain_prints_words_for_every_story(capsysbinary, kept):
    result = store.open_run(kept)
    assert result.stories
    for story in result.stories:
        status, out, err = run(capsysbinary, "explain", kept, story.story_id)
        assert (status, err) == (0, "")
        assert "ferry" in out.lower()


def test_explain_of_an_unknown_id_is_misuse(capsysbinary, kept):
    status, _, err = run(capsysbinary, "explain", kept, "nosuchid")
    assert status == 2
    assert "messages.md#unknown-id" in err


def test_report_is_written_where_asked(capsysbinary, kept, tmp_path):
    assert run(capsysbinary, "report", kept)[0] == 0
    plain = (kept / "report.html").read_text("utf-8")
    assert run(capsysbinary, "report", kept, "-o", tmp_path / "full.html", "--full-text")[0] == 0
    full = (tmp_path / "full.html").read_text("utf-8")
    mark = "contains captured text; not for publication"
    assert mark in full.lower() and mark not in plain.lower()
    _, out, _ = run(capsysbinary, "report", kept, "-o", "-")
    assert out == plain


def test_schema_prints_the_published_schema(capsysbinary):
    status, out, _ = run(capsysbinary, "schema")
    assert (status, json.loads(out)) == (0, contract.json_schema())


@pytest.mark.parametrize("command", [[], *([name] for name in cli.cli.commands)])
def test_every_command_has_help_with_an_example(capsysbinary, command):
    status, out, _ = run(capsysbinary, *command, "--help")
    assert status == 0
    assert "firsthand " + (command[0] if command else "trace") in out.partition("Options:")[0]


def test_version_and_help_import_nothing_heavy():
    code = (
        "import sys; from firsthand.cli import run\n"
        "assert run(['--version']) == 0 and run(['trace', '--help']) == 0\n"
        "heavy = {'pyarrow', 'numpy', 'duckdb', 'trafilatura', 'jinja2'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"firsthand {__version__}" in done.stdout


def test_a_reader_that_goes_away_ends_it_quietly(kept):
    running = process("report", kept, "-o", "-")
    running.stdout.close()
    err = running.stderr.read()
    running.stderr.close()
    assert (running.wait(), err) == (0, b"")


def on_terminal(*args, stream, env=None):
    """Run with a terminal as the given stream; return what it shows."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: theirs}
    command = [sys.executable, "-m", "firsthand", *map(str, args)]
    plain = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"}
    with subprocess.Popen(command, **streams, env=plain | (env or {})) as running:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 1 << 16):
                shown += piece
        except OSError:  # Linux says so when the other end is closed
            pass
        os.close(ours)
    assert running.returncode == 0
    return shown.decode("utf-8")


def test_progress_is_shown_on_a_terminal_and_wiped_at_the_end(pages):
    shown = on_terminal("trace", pages, stream="stderr")
    assert shown.count("\r") > len(pipeline.STAGES)
    assert shown.endswith("\r\x1b[K")


def test_colours_are_for_terminals_and_can_be_turned_off(capsysbinary, pages):
    assert "\x1b[1" in on_terminal("trace", pages, stream="stdout")
    assert "\x1b" not in on_terminal("trace", pages, stream="stdout", env={"NO_COLOR": "1"})
    assert "\x1b" not in run(capsysbinary, "trace", pages)[1]
