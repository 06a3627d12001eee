"""
The command line: one function a command, each a thin call into the library.

What a program reads goes to standard output, what a person reads beside it to standard error: with
``--json`` the summary moves there. Progress is a single line that is rewritten, shown on a terminal
only. Whatever takes long to import is imported inside the command that needs it, so that
``--version`` and ``--help`` answer at once.

Exit status: 0 done; 1 failed; 2 misused; 3 done, but some inputs were rejected; 4 done, and a
condition of ``--fail-if`` holds; 130 interrupted. A reader that goes away (``| head``) ends the
command quietly. A bug shows its traceback.
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
    from firsthand.conditions import Condition
    from firsthand.model import Rejected, Result, Skipped
    from firsthand.pipeline import Settings
    from firsthand.tables import Format

Command = TypeVar("Command", bound=Callable[..., Any])

FAILED, MISUSED, SOME_REJECTED, CONDITION_HELD, INTERRUPTED = 1, 2, 3, 4, 130
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


def _table_options(*formats: str) -> Callable[[Command], Command]:
    """Give a command that writes one table what all of these take: inputs, and where to write."""
    options = (
        click.argument("paths", metavar="PATH...", nargs=-1, required=True),
        click.option(
            "-o", "--output", metavar="FILE", help="Where to write.  [default: standard output]"
        ),
        click.option(
            "--format",
            "format_",
            type=click.Choice(formats),
            help="What to write.  [default: as FILE is called, else jsonl]",
        ),
        click.option(
            "--rejected", metavar="FILE", help="Write there, as JSONL, what could not be read."
        ),
        click.option(
            "--workers", type=click.IntRange(min=1), help="Processes to use.  [default: all]"
        ),
        _parse_limits,
        _reading_options,
    )

    def give(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return give


def _own_outlets(command: Command) -> Command:
    """Give a command the option for a user's own table of outlets; see ``outletrows``."""
    return click.option(
        "--outlets",
        metavar="FILE",
        help="A table of newsrooms of your own, beside the shipped one.",
    )(command)


class _Stories(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """How alike two articles of one story must be: a word, or a number between 0 and 1."""

    name = "stories"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the value as given, if it is one."""
        with contextlib.suppress(ValueError):
            if value in ("tight", "default", "loose") or 0.05 <= float(value) <= 0.99:
                return value
        self.fail(f"{value!r} is not tight, default, loose or a number from 0.05 to 0.99")


def _settings(
    workers: int | None,
    parse_seconds: float,
    parse_memory: int,
    *,
    columns: tuple[str, ...],
    max_page: int,
    max_growth: int,
    no_text: bool = False,
    outlets: str | None = None,
    stories: str = "default",
) -> Settings:
    """Return what was chosen on the command line as the settings of a run."""
    from firsthand import engines, grouping, intake, outletrows, pipeline, rows, worker

    return pipeline.Settings(
        stories=grouping.SETTINGS.get(stories) or round(1000 * float(stories)),
        workers=workers or engines.usable_workers(),
        no_text=no_text,
        outlets=outletrows.own_outlets(outlets) if outlets else None,
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
@_own_outlets
@click.option(
    "--stories",
    metavar="HOW",
    type=_Stories(),
    default="default",
    show_default=True,
    help="How alike articles of one story must be: tight, default, loose, or 0.05 to 0.99.",
)
@click.option("--no-text", is_flag=True, help="Leave captured text out of JSON and tables.")
@click.option("--all", "all_stories", is_flag=True, help="Show stories of a single page too.")
@click.option(
    "--fail-if",
    metavar="CONDITION",
    multiple=True,
    help="Exit with status 4 where this holds of a story: 'origins<2'. May be repeated.",
)
def trace(
    paths: tuple[str, ...],
    out: str | None,
    as_json: bool,
    workers: int | None,
    parse_seconds: float,
    parse_memory: int,
    no_text: bool,
    all_stories: bool,
    fail_if: tuple[str, ...],
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
    from firsthand import conditions, pipeline

    asked = [conditions.condition(text) for text in fail_if]
    settings = _settings(workers, parse_seconds, parse_memory, no_text=no_text, **reading)
    stdin = _stdin(paths)
    try:
        with _Progress() as told:
            result = pipeline.trace(paths, settings=settings, stdin=stdin, progress=told, keep=out)
    except KeyboardInterrupt:
        _interrupted(out)
        return INTERRUPTED
    _tell(result, out, as_json, no_text, all_stories)
    if _condition_held(asked, result, all_stories):
        return CONDITION_HELD
    return SOME_REJECTED if result.rejected else 0


def _condition_held(asked: Sequence[Condition], result: Result, all_stories: bool) -> bool:
    """Return whether a condition holds of a story that is shown; say of how many."""
    from firsthand import conditions
    from firsthand.wording import say

    # A run in which every story stands on one page is asked about those.
    shown = [s for s in result.stories if all_stories or s.n_pages > 1] or result.stories
    held = conditions.held(asked, shown)
    for condition, n in held:
        _print(say("cli.fail-if", condition=condition.text, n=n) + "\n", sys.stderr)
    return bool(held)


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
@_table_options("jsonl", "csv", "parquet", "datatrove")
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

    _apart(rejected, output)
    with _left_out(rejected, paths) as left_out, _Progress() as told:
        found = pipeline.articles(
            paths,
            settings=_settings(workers, parse_seconds, parse_memory, **reading),
            stdin=_stdin(paths),
            progress=told,
            on_left_out=left_out.append,
        )
        status = _write_table(
            model.Article, found, output, format_, read=paths, leave_out=pipeline.NOT_FROM_READING
        )
    return status or _status(left_out)


@cli.command()
@_table_options("jsonl", "csv", "parquet")
@click.option("--no-text", is_flag=True, help="Leave the texts out.")
@click.option(
    "--pairs", metavar="FILE", help="Compare these only: two ids a line, a tab between them."
)
@click.option(
    "--merge-gap",
    metavar="N",
    type=click.IntRange(min=0),
    help="With --pairs: make one row of passages at most N characters apart.",
)
@click.option(
    "--shortest",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    help="With --pairs: leave out rows of fewer than N characters.",
)
@click.option("--annotate", is_flag=True, help="Write every article, with the copies of it.")
@click.option(
    "--keep",
    type=click.Choice(["origin", "earliest", "longest"]),
    help="Write one article of each set of copies.",
)
@click.option("--reference", metavar="PATH", help="Say how much of each article stands in these.")
@click.option("--lag", metavar="0h..48h", help="With --reference: time between the publications.")
@click.option("--months", metavar="FILE", help="With --reference: the table by outlet and month.")
def reuse(
    paths: tuple[str, ...],
    output: str | None,
    format_: Format | None,
    rejected: str | None,
    no_text: bool,
    workers: int | None,
    parse_seconds: float,
    parse_memory: int,
    columns: tuple[str, ...],
    max_page: int,
    max_growth: int,
    **asked: Any,
) -> int:
    """
    Write every passage that two articles share, and what it means, as one table.

    PATH is as in trace. With --annotate or --keep the articles are written instead, with
    --reference how much of each stands in the reference. Passages told in other words need trace or
    --pairs.

    \b
    firsthand reuse papers.jsonl -o passages.parquet
    """
    from firsthand import modes

    _apart(rejected, output)
    if wrong := modes.misused(**asked):
        raise click.UsageError(wrong)
    settings = _settings(
        workers,
        parse_seconds,
        parse_memory,
        no_text=no_text,
        columns=columns,
        max_page=max_page,
        max_growth=max_growth,
    )
    stdin = _stdin(paths)
    read = [*paths, *(p for p in (asked["pairs"], asked["reference"]) if p)]
    with _left_out(rejected, read) as left_out, _Progress() as told:
        rows = modes.rows_of(
            paths,
            settings=settings,
            stdin=stdin,
            progress=told,
            on_left_out=left_out.append,
            **asked,
        )
        status = _write_table(rows.record_class, rows.found, output, format_, read=read)
        if rows.months and not status:
            _write_table(rows.months, rows.by_month(), asked["months"], None, read=read)
    return status or _status(left_out)


@cli.command()
@_table_options("jsonl", "csv", "parquet")
@click.option("--summary", is_flag=True, help="Print counts; rows are written with -o only.")
@click.option("--no-text", is_flag=True, help="Leave the words out.")
@_own_outlets
def sources(
    paths: tuple[str, ...],
    output: str | None,
    format_: Format | None,
    summary: bool,
    rejected: str | None,
    no_text: bool,
    workers: int | None,
    parse_seconds: float,
    parse_memory: int,
    **reading: Any,
) -> int:
    """
    Write every statement of source as one table: who says so, by what words, to whom.

    PATH is as in trace. With --summary counts are printed: kinds of source, how often unnamed,
    which outlet cites which. Persons are counted, never listed.

    \b
    firsthand sources pages/ -o sources.parquet --summary
    """
    from firsthand import sourcing

    _apart(rejected, output)
    if summary and output == "-":
        raise click.UsageError("--summary is printed; name a file with -o for the rows.")
    settings = _settings(workers, parse_seconds, parse_memory, no_text=no_text, **reading)
    read = [*paths, *(p for p in (reading["outlets"],) if p)]
    with _left_out(rejected, read) as left_out, _Progress() as told:
        found = sourcing.sources(
            paths,
            settings=settings,
            stdin=_stdin(paths),
            progress=told,
            on_left_out=left_out.append,
        )
        status = _sourced(found, output, format_, read, summary=summary)
    return status or _status(left_out)


def _sourced(
    found: Generator[Any, None, None],
    output: str | None,
    format_: Format | None,
    read: Sequence[str],
    *,
    summary: bool,
) -> int:
    """Write the rows, print their counts, or both, and return the exit status."""
    from firsthand import sourcetext, sourcing

    if not summary:
        return _write_table(sourcing.Sourced, found, output, format_, read=read)
    rows = list(found)
    status = 0
    if output:
        status = _write_table(sourcing.Sourced, (r for r in rows), output, format_, read=read)
    _print(sourcetext.summary(sourcing.counted(rows)), sys.stdout)
    return status


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


def _apart(rejected: str | None, output: str | None) -> None:
    """Refuse to write rejects into the table itself or onto standard output."""
    if rejected in (output or "-", "-"):
        raise click.UsageError("--rejected needs a file of its own.")


def _status(left_out: Sequence[Rejected | Skipped]) -> int:
    """Return the exit status of a command that did what it could."""
    from firsthand import model

    return SOME_REJECTED if any(isinstance(row, model.Rejected) for row in left_out) else 0


def _stdin(paths: Sequence[str]) -> BinaryIO | None:
    """Return standard input where it is to be read, and there is one."""
    return sys.stdin.buffer if "-" in paths and sys.stdin else None


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
    status = run()
    try:
        sys.stdout.flush()
    except OSError:
        # What a full disk did not take is still waiting: Python would try once more while it ends,
        # and leave with a status of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = status or FAILED
    sys.exit(status)


if __name__ == "__main__":
    main()
