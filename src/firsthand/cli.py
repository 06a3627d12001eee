"""
The command line: one function a command, each a thin call into the library.

What a program reads goes to standard output, what a person reads beside it to standard error: with
``--json`` the summary moves there. Progress is a single line that is rewritten, shown on a terminal
only. Whatever takes long to import is imported inside the command that needs it, so that
``--version`` and ``--help`` answer at once.

Exit status: 0 done; 1 failed; 2 misused; 3 done, but some inputs were rejected; 130 interrupted. A
reader that goes away (``| head``) ends the command quietly. A bug shows its traceback.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO, TypeVar

import click

from firsthand import __version__
from firsthand.errors import FirsthandError, InputError

if TYPE_CHECKING:
    from firsthand.model import Rejected, Result, Skipped
    from firsthand.pipeline import Settings
    from firsthand.tables import Format

Command = TypeVar("Command", bound=Callable[..., Any])

FAILED, MISUSED, SOME_REJECTED, INTERRUPTED = 1, 2, 3, 130
NARROWEST, WIDEST = 60, 110  # characters; longer lines are hard to read whatever the window


def _parse_limits(command: Command) -> Command:
    """Give a command the options that limit the parsing of one page; see ``worker.Limits``."""
    seconds = click.option(
        "--parse-seconds",
        metavar="S",
        type=click.FloatRange(min=0, min_open=True),
        default=10.0,
        show_default=True,
        help="Processor time that parsing one page may take.",
    )
    memory = click.option(
        "--parse-memory",
        metavar="MIB",
        type=click.IntRange(min=1),
        default=1024,
        show_default=True,
        help="Memory that parsing one page may take.",
    )
    return seconds(memory(command))


def _reading_options(command: Command) -> Command:
    """Give a command the options that say how inputs are read; see ``intake.Reading``."""
    columns = click.option(
        "--map",
        "columns",
        metavar="FIELD=COLUMN",
        multiple=True,
        help="Column of a table that holds a field (text, html, id, url, title, outlet, author, "
        "date, fetched, language). May be repeated.",
    )
    page = click.option(
        "--max-page",
        metavar="MIB",
        type=click.IntRange(min=1),
        default=16,
        show_default=True,
        help="Largest page, line or row that is read.",
    )
    growth = click.option(
        "--max-growth",
        metavar="N",
        type=click.IntRange(min=1),
        default=100,
        show_default=True,
        help="How many times larger than its compressed form data may be.",
    )
    return columns(page(growth(command)))


def _settings(
    workers: int | None,
    parse_seconds: float,
    parse_memory: int,
    *,
    columns: tuple[str, ...],
    max_page: int,
    max_growth: int,
    no_text: bool = False,
) -> Settings:
    """Return what was chosen on the command line as the settings of a run."""
    from firsthand import engines, intake, pipeline, rows, worker

    return pipeline.Settings(
        workers=workers or engines.usable_workers(),
        no_text=no_text,
        limits=worker.Limits(seconds=parse_seconds, memory=parse_memory << 20),
        reading=intake.Reading(
            page_bytes=max_page << 20, most_growth=max_growth, columns=rows.pairs(columns)
        ),
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="firsthand", message="%(prog)s %(version)s")
def cli() -> None:
    """
    Say who has a story firsthand, who repeats it, and which words show it.

    \b
    firsthand trace PAGES --out DIR
    """


@cli.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--out", metavar="DIR", help="Keep the run there: result.json, report.html, tables.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes to use.  [default: all]")
@_parse_limits
@_reading_options
@click.option("--no-text", is_flag=True, help="Leave captured text out of JSON and tables.")
@click.option("--all", "all_stories", is_flag=True, help="Show stories of a single page too.")
def trace(
    paths: tuple[str, ...],
    out: str | None,
    as_json: bool,
    workers: int | None,
    parse_seconds: float,
    parse_memory: int,
    no_text: bool,
    all_stories: bool,
    **reading: Any,
) -> int:
    """
    Read pages and say, for every story, who has it firsthand and who repeats it.

    PATH is a file (.txt, .html, .mhtml, .warc, .arc, .wacz, .jsonl, .json, .csv, .tsv, .parquet,
    also .gz and .zst), a folder of these, a quoted pattern ('pages/**/*.html'), or - for standard
    input. Nothing is fetched from the network and no input is written to.

    \b
    firsthand trace pages/ --out run/
    """
    from firsthand import pipeline

    settings = _settings(workers, parse_seconds, parse_memory, no_text=no_text, **reading)
    stdin = sys.stdin.buffer if "-" in paths and sys.stdin else None
    try:
        with _Progress() as told:
            result = pipeline.trace(paths, settings=settings, stdin=stdin, progress=told, keep=out)
    except KeyboardInterrupt:
        _interrupted(out)
        return INTERRUPTED
    _tell(result, out, as_json, no_text, all_stories)
    return SOME_REJECTED if result.rejected else 0


def _tell(result: Result, out: str | None, as_json: bool, no_text: bool, all_stories: bool) -> None:
    """Write report, summary and JSON, each where it belongs."""
    from firsthand import contract, store, terminal
    from firsthand.wording import say

    if out is not None:
        from firsthand import report

        store.write_text(Path(out, store.REPORT), report.render(result))
    stream = sys.stderr if as_json else sys.stdout
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))
    shown = terminal.summary(result, all_stories=all_stories, width=width, colour=_coloured(stream))
    _print(shown, stream)
    if out is not None:
        _print(say("cli.kept", folder=out, report=Path(out, store.REPORT)) + "\n", stream)
    if as_json:
        _print_bytes(lambda file: contract.write(result, file, no_text=no_text))


def _interrupted(out: str | None) -> None:
    from firsthand.wording import say

    said = say("cli.interrupted-kept", folder=out) if out else say("cli.interrupted")
    _print(said + "\n", sys.stderr)


@cli.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="FILE", help="Where to write.  [default: standard output]")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["jsonl", "csv", "parquet", "datatrove"]),
    help="What to write.  [default: as FILE is called, else jsonl]",
)
@click.option("--rejected", metavar="FILE", help="Write there, as JSONL, what could not be read.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes to use.  [default: all]")
@_parse_limits
@_reading_options
def articles(
    paths: tuple[str, ...],
    output: str | None,
    format_: Format | None,
    rejected: str | None,
    workers: int | None,
    parse_seconds: float,
    parse_memory: int,
    **reading: Any,
) -> int:
    """
    Write every article of the pages as one table, and do nothing else with them.

    PATH is as in trace. Rows are written while pages are read: there may be any number of them.

    \b
    firsthand articles crawl.warc.gz -o articles.jsonl.zst
    """
    from firsthand import model, pipeline

    if rejected in (output or "-", "-"):
        raise click.UsageError("--rejected needs a file of its own.")
    with _left_out(rejected, paths) as left_out, _Progress() as told:
        found = pipeline.articles(
            paths,
            settings=_settings(workers, parse_seconds, parse_memory, **reading),
            stdin=sys.stdin.buffer if "-" in paths and sys.stdin else None,
            progress=told,
            on_left_out=left_out.append,
        )
        status = _write_table(
            model.Article, found, output, format_, read=paths, leave_out=pipeline.NOT_FROM_READING
        )
    some_rejected = any(isinstance(row, model.Rejected) for row in left_out)
    return status or (SOME_REJECTED if some_rejected else 0)


def _write_table(
    record_class: type,
    rows: Generator[Any, None, None],
    output: str | None,
    format_: Format | None,
    **how: Any,
) -> int:
    """Write rows while they are found and return the exit status; ``how`` goes to the writer."""
    from firsthand import tables

    n_rows = 0
    to = None if output == "-" else output
    try:
        with (
            _quiet_when_unread(sys.stdout),
            contextlib.closing(rows),
            tables.written(
                record_class, output=to, stdout=sys.stdout.buffer, format=format_, **how
            ) as table,
        ):
            for row in rows:
                table.write(row)
                n_rows += 1
    except KeyboardInterrupt:
        _interrupted(str(tables.unfinished(to)) if to else None)
        return INTERRUPTED
    if to is not None:
        from firsthand.wording import say

        _print(say("cli.written", path=to, n=n_rows) + "\n", sys.stderr)
    return 0


@contextlib.contextmanager
def _left_out(file: str | None, read: Sequence[str]) -> Iterator[list[Rejected | Skipped]]:
    """Give a list for what is not read; say it at the end, and write rejects to ``file`` if any."""
    from firsthand import model, tables, terminal

    found: list[Rejected | Skipped] = []
    opened: contextlib.AbstractContextManager[tables.Rows | None] = contextlib.nullcontext()
    if file is not None:
        opened = tables.written(
            model.Rejected, output=file, stdout=sys.stdout.buffer, format="jsonl", read=read
        )
    with opened as table:
        yield found
        rejected = [row for row in found if isinstance(row, model.Rejected)]
        if table is not None:
            for row in rejected:
                table.write(row)
    skipped = [row for row in found if isinstance(row, model.Skipped)]
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))
    said = terminal.left_out(rejected, skipped, width=width, colour=_coloured(sys.stderr))
    _print(said, sys.stderr)


@cli.command()
@click.argument("directory", metavar="DIR")
@click.argument("id_", metavar="ID")
def explain(directory: str, id_: str) -> None:
    """
    Print the words that a conclusion of a kept run rests on, in context.

    ID is any id of the run: of a story, an article, a source, a claim, an attribution.

    \b
    firsthand explain run/ 9f86d081884c7d65
    """
    from firsthand.explain import explain as explained
    from firsthand.store import open_run

    _print(explained(open_run(directory), id_), sys.stdout)


@cli.command()
@click.argument("directory", metavar="DIR")
@click.option("-o", "--output", metavar="FILE", help="Where to write; - for standard output.")
@click.option("--full-text", is_flag=True, help="Show whole articles; not for publication.")
def report(directory: str, output: str | None, full_text: bool) -> None:
    """
    Write the report of a kept run again, as one HTML file that needs no network.

    \b
    firsthand report run/ --full-text -o full.html
    """
    from firsthand import store
    from firsthand.report import render
    from firsthand.wording import say

    page = render(store.open_run(directory), full_text=full_text)
    if output == "-":
        _print(page, sys.stdout)
        return
    path = Path(output) if output else Path(directory, store.REPORT)
    store.write_text(path, page)
    _print(say("cli.report", path=path) + "\n", sys.stdout)


@cli.command()
def schema() -> None:
    """
    Print the JSON Schema of the result.

    \b
    firsthand schema > result.schema.json
    """
    shipped = resources.files("firsthand").joinpath("data/result.schema.json")
    _print(shipped.read_text("utf-8"), sys.stdout)


class _Progress:
    """A line on standard error that is rewritten while a run works; nothing without a terminal."""

    def __enter__(self) -> Callable[[str, int, int], None] | None:
        return self._show if sys.stderr.isatty() else None

    def __exit__(self, *_: object) -> None:
        if sys.stderr.isatty():
            self._rewrite("")

    def _show(self, what: str, done: int, of: int) -> None:
        from firsthand.wording import say

        reading = not of
        self._rewrite(
            say("cli.reading", n=done) if reading else say("cli.stage", stage=what, n=done, of=of)
        )

    @staticmethod
    def _rewrite(line: str) -> None:
        room = shutil.get_terminal_size().columns - 1
        _print(f"\r{line[:room]}\x1b[K", sys.stderr)


def _coloured(stream: TextIO) -> bool:
    """Return whether colours may be shown; see https://no-color.org."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and stream.isatty()


def _print(text: str, stream: TextIO) -> None:
    encoding = stream.encoding or "utf-8"
    # A terminal that cannot show a letter gets its escape, not an error.
    data = text.encode(encoding, "backslashreplace")
    if not hasattr(stream, "buffer"):
        stream.write(data.decode(encoding))
        return
    _print_bytes(lambda file: file.write(data), stream)


def _print_bytes(write: Callable[[BinaryIO], object], stream: TextIO | None = None) -> None:
    """Write bytes to standard output; a reader that went away ends the command quietly."""
    stream = stream or sys.stdout
    with _quiet_when_unread(stream):
        stream.flush()
        write(stream.buffer)
        stream.buffer.flush()


@contextlib.contextmanager
def _quiet_when_unread(stream: TextIO) -> Iterator[None]:
    """End the command quietly where the reader of a stream went away (``| head``)."""
    try:
        yield
    except BrokenPipeError:
        # Whatever is left would be flushed at exit and fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise click.exceptions.Exit(0) from None


def run(args: list[str] | None = None) -> int:
    """Run a command and return its exit status; errors of ours become one line that says why."""
    try:
        status = cli.main(args, prog_name="firsthand", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except FirsthandError as error:
        lines = f"firsthand: {error}\nSee docs/messages.md#{error.slug}\n"
        _print(lines, sys.stderr)
        return MISUSED if isinstance(error, InputError) else FAILED
    return status if isinstance(status, int) else 0


def main() -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(run())


if __name__ == "__main__":
    main()
