"""
The way of the data: which stages there are, in which order, and what a run adds to them.

``STAGES`` is the order in code that ``docs/how-it-works.md`` gives in words. Reading is apart from
the rest: captures come as a stream and go through the first stage in batches, and after it their
bytes are let go, so that what a run holds is text and not pages. From there on every stage sees
whole tables.

A run that is interrupted keeps the tables of the stages that were done, marked as unfinished.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from firsthand import __version__, model, store
from firsthand.contract import TABLE_NAMES, in_canonical_order
from firsthand.crew import Crew
from firsthand.engines import Tables, run_local
from firsthand.errors import InputError
from firsthand.grouping import ALIKE
from firsthand.intake import DEFAULT as READING_AS_GIVEN
from firsthand.intake import Reading
from firsthand.model import Article, Capture, Page, Rejected, Result, Run, Skipped, Summary
from firsthand.outletrows import OwnOutlets
from firsthand.outlets import using
from firsthand.stage import TABLES, Stage, empty_tables, records_of, table_of
from firsthand.worker import LIMITS, Limits

READING = "ingest.read"
# The first stage turns bytes into text and is run while reading.
FIRST = "extract.extract"
STAGES = (
    "segment.open_page",
    "segment.part",
    "segment.gather",
    "segment.segment",
    "attribution.attribute",
    "sources.resolve",
    "recaptures.collapse",
    "candidates.fingerprint",
    "candidates.pair",
    "candidates.merge",
    "candidates.tally",
    "align.align",
    "recaptures.recapture",
    "meaning.interpret",
    "relations.relate",
    "stories.cluster",
    "stories.stamp_articles",
    "stories.stamp_reuse",
    "stories.stamp_attributions",
    "paraphrase.retell",
    "sources.join",
    "provenance.derive",
    "origins.count",
    "claims.line_up",
    "citations.check",
    "notes.look",
    "notes.linked_denials",
    "versions.compare",
    "versions.at_one_address",
)
# With FIRST, what makes articles of captures: all that firsthand articles runs.
TO_ARTICLES = STAGES[: STAGES.index("segment.segment") + 1]
# What finds shared passages and says what they mean: all that firsthand reuse runs. Between
# articles that are to be compared whatever they share, nothing is collapsed and no pairs are looked
# for.
TO_REUSE = STAGES[: STAGES.index("stories.cluster")]
OF_PAIRS = tuple(
    name
    for name in TO_REUSE
    if not name.startswith("candidates.") and not name.endswith((".collapse", ".recapture"))
)
# Columns of an article that later stages fill.
NOT_FROM_READING = ("outlet_id", "story_id")
# A batch must be large enough that its workers earn their start (0.3 s each), and small enough that
# its bytes, held up to three times on the way to Arrow and back, stay far below 400 MB.
MOST_CAPTURES_A_BATCH = 2000
MOST_BYTES_A_BATCH = 32_000_000

PathLike = str | os.PathLike[str]
Found = Capture | Rejected | Skipped
Progress = Callable[[str, int, int], None]  # what is done, how much of it, of how many (0: unknown)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """
    What a user can turn. ``workers`` changes no result and is not written into the run.

    ``limits`` are what the parsing of one page may use, ``reading`` how inputs are read,
    ``outlets`` is a table of newsrooms of one's own (:func:`firsthand.own_outlets`). ``stories`` is
    how alike, in thousandths, two articles must be to be one story: more is tighter.
    """

    workers: int = 1
    no_text: bool = False
    limits: Limits = LIMITS
    reading: Reading = READING_AS_GIVEN
    outlets: OwnOutlets | None = None
    stories: int = ALIKE

    def as_json(self) -> str:
        """Return what was chosen, as the run record keeps it."""
        chosen = {name: value for name, value in asdict(self).items() if name != "workers"}
        # What was read counts, not where it lay.
        chosen["outlets"] = self.outlets.sha256 if self.outlets else None
        return json.dumps(chosen, sort_keys=True)


DEFAULTS = Settings()


def trace(
    paths: PathLike | Sequence[PathLike],
    *,
    settings: Settings = DEFAULTS,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    keep: PathLike | None = None,
) -> Result:
    """
    Return what the captures in ``paths`` tell: every story, its origins, echoes and claims.

    ``paths`` are files, folders and ``-`` for ``stdin``. With ``keep`` the result is also written
    into that folder; an interrupted run keeps there what was finished, and the interrupt goes on.
    """
    paths = [paths] if isinstance(paths, str | os.PathLike) else paths
    told = progress or (lambda what, done, of: None)
    folder = _apart(store.usable(keep), paths) if keep is not None else None
    started_at = model.now()
    have = empty_tables()
    try:
        for have in _read(paths, stdin, settings):
            told(READING, have[Capture].num_rows + have[Rejected].num_rows, 0)
        chain = tuple(_tuned(stage, settings) for stage in stages())
        for number, stage in enumerate(chain):
            told(stage.name, number, len(chain))
            have = _ran([stage], have, settings)
            have = _without_spent(have, chain[number + 1 :])
    except KeyboardInterrupt:
        if folder:
            found = _result(have, settings, started_at)
            store.keep(found, folder, no_text=settings.no_text, unfinished=True)
        raise
    result = _result(_gave_articles(have), settings, started_at)
    if folder:
        store.keep(result, folder, no_text=settings.no_text)
    return result


def articles(
    paths: PathLike | Sequence[PathLike],
    *,
    settings: Settings = DEFAULTS,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    on_left_out: Callable[[Rejected | Skipped], object] | None = None,
) -> Generator[Article, None, None]:
    """
    Yield every article in ``paths`` while they are read, each after those read before it.

    Nothing is held but one batch of captures (:data:`MOST_CAPTURES_A_BATCH`), so there may be any
    number of them; pages confirm each other's boundaries inside a batch only. ``copy_of`` names the
    first article read with the same text (see :class:`firsthand.recaptures.Copies`).
    ``on_left_out`` is called with every capture that could not be read and with the counts of what
    was passed over.
    """
    from firsthand import ingest
    from firsthand.recaptures import Copies

    paths = [paths] if isinstance(paths, str | os.PathLike) else paths
    told = progress or (lambda what, done, of: None)
    leave_out = on_left_out or (lambda row: None)
    copies, n_read = Copies(), 0
    first, *rest = (_stage(name) for name in (FIRST, *TO_ARTICLES))
    with Crew(first, settings.workers, settings.limits) as crew:
        for batch in _batches(ingest.read(paths, stdin, settings.reading)):
            pages = _ran([first], _given(batch), settings, crew)
            done = _ran(rest, pages, settings)
            n_read += done[Capture].num_rows
            for row in (*records_of(Rejected, done[Rejected]), *records_of(Skipped, done[Skipped])):
                leave_out(row)
            for article in records_of(Article, done[Article]):
                yield copies.marked(article)
            told(READING, n_read, 0)


def read(
    paths: PathLike | Sequence[PathLike],
    *,
    settings: Settings = DEFAULTS,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
) -> Tables:
    """Return the captures in ``paths`` as tables, with the pages made of them, before any stage."""
    paths = [paths] if isinstance(paths, str | os.PathLike) else paths
    told = progress or (lambda what, done, of: None)
    have = empty_tables()
    for have in _read(paths, stdin, settings):
        told(READING, have[Capture].num_rows + have[Rejected].num_rows, 0)
    return have


def go_on(
    have: Tables,
    names: Sequence[str],
    *,
    settings: Settings = DEFAULTS,
    progress: Progress | None = None,
    keep: Sequence[type] = (),
) -> Tables:
    """Return the tables after these stages; working tables not to ``keep`` are emptied."""
    told = progress or (lambda what, done, of: None)
    chain = [_stage(name) for name in names]
    for number, stage in enumerate(chain):
        told(stage.name, number, len(chain))
        after = _ran([stage], have, settings)
        have = _without_spent(after, chain[number + 1 :]) | {c: after[c] for c in keep}
    return have


def _without_spent(tables: Tables, to_come: Sequence[Stage]) -> Tables:
    """Return the tables, emptied of working tables that no stage to come takes: they are large."""
    needed = {c for stage in to_come for c in (*stage.takes, *stage.beside.values())}
    empty = empty_tables()
    return {
        c: table if TABLES[c] in TABLE_NAMES or c in needed else empty[c]
        for c, table in tables.items()
    }


def _apart(folder: Path, paths: Iterable[PathLike]) -> Path:
    """Return the folder to keep a run in, if nothing that is read lies in it or around it."""
    for path in map(Path, paths):
        place, other = folder.resolve(), path.resolve()
        if path.exists() and (place.is_relative_to(other) or other.is_relative_to(place)):
            raise InputError(
                f"{folder}: overlaps with {path}, which is to be read, and inputs are never "
                "written to. Name a folder apart from it.",
                slug="out-in-input",
            )
    return folder


def _ran(
    stages: Sequence[Stage], tables: Tables, settings: Settings, crew: Crew | None = None
) -> Tables:
    """Return the tables after these stages, with the newsrooms of the settings known to them."""
    with using(settings.outlets):
        return run_local(stages, tables, workers=settings.workers, crew=crew)


def stages() -> tuple[Stage, ...]:
    """Return the stages after reading, in order; their modules are imported now, not before."""
    return tuple(_stage(name) for name in STAGES)


def _tuned(stage: Stage, settings: Settings) -> Stage:
    """Return the stage as the settings want it."""
    if stage.name != "stories.cluster":
        return stage
    return replace(stage, function=partial(stage.function, least=settings.stories))


def _stage(name: str) -> Stage:
    module, _, function = name.rpartition(".")
    stage: Stage = getattr(import_module(f"firsthand.{module}"), function).stage
    return stage


def _read(
    paths: Sequence[PathLike], stdin: BinaryIO | None, settings: Settings
) -> Iterator[Tables]:
    """Yield the tables after every batch of captures: what was read so far, without its bytes."""
    from firsthand import ingest

    have = empty_tables()
    first = _stage(FIRST)
    with Crew(first, settings.workers, settings.limits) as crew:
        for batch in _batches(ingest.read(paths, stdin, settings.reading)):
            done = _ran([first], _given(batch), settings, crew)
            done[Capture] = _accepted(done[Capture], done[Page], done[Rejected])
            have = {c: pa.concat_tables([have[c], done[c]]) for c in have}
            yield have


def _given(batch: list[Found]) -> Tables:
    """Return a batch as tables, and let its records go: their bytes are held once, not twice."""
    kinds: tuple[type, ...] = (Capture, Rejected, Skipped)
    given = {c: table_of(c, [r for r in batch if type(r) is c]) for c in kinds}
    batch.clear()
    return given


def _batches(found: Iterable[Found]) -> Iterator[list[Found]]:
    batch: list[Found] = []
    n_bytes = 0
    for record in found:
        batch.append(_writable(record))
        n_bytes += len(record.content) if isinstance(record, Capture) else 0
        if len(batch) >= MOST_CAPTURES_A_BATCH or n_bytes >= MOST_BYTES_A_BATCH:
            yield batch
            batch, n_bytes = [], 0
    if batch:
        yield batch


def _writable(record: Found) -> Found:
    """Return the record with a path that can be written down: a file's name need not be text."""
    if isinstance(record, Skipped):
        return replace(record, example=_as_text(record.example))
    return replace(record, path=_as_text(record.path))


def _as_text(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode()


def _accepted(captures: pa.Table, pages: pa.Table, rejected: pa.Table) -> pa.Table:
    """Return the captures that were not rejected on the way, without their bytes."""
    read = set(pages.column("capture_id").to_pylist())
    # A damaged WARC can give a good and a bad record one name, so the name alone rejects nothing.
    lost = set(zip(*(rejected.column(c).to_pylist() for c in ("path", "record")), strict=True))
    rows = (captures.column(c).to_pylist() for c in ("capture_id", "path", "record"))
    kept = [i in read or (path, record) not in lost for i, path, record in zip(*rows, strict=True)]
    at = captures.schema.get_field_index("content")
    empty = pa.array([b""] * captures.num_rows, captures.schema.field(at).type)
    light = captures.set_column(at, captures.schema.field(at), empty)
    return light.filter(pa.array(kept, pa.bool_()))


def _gave_articles(tables: Tables) -> Tables:
    """Return the tables without captures that a stage after reading gave up: those are rejected."""
    given_up = _accepted(tables[Capture], tables[Article], tables[Rejected])
    return {**tables, Capture: given_up}


def _result(tables: Tables, settings: Settings, started_at: str) -> Result:
    """Return the published tables as one result, every table in canonical order."""
    classes = {name: record_class for record_class, name in TABLES.items()}
    found: dict[str, Any] = {}
    for name in TABLE_NAMES:
        records = records_of(classes[name], tables[classes[name]])
        found[name] = tuple(in_canonical_order(name, records))
    run = _run(found["captures"], settings, started_at)
    return Result(summary=_summary(found), run=run, **found)


def _summary(found: dict[str, Any]) -> Summary:
    articles: Sequence[Article] = found["articles"]
    skipped: Sequence[Skipped] = found["skipped"]
    return Summary(
        captures=len(found["captures"]),
        rejected=len(found["rejected"]),
        # Inputs only: what later stages leave out is counted in other units than files.
        skipped=sum(row.count for row in skipped if row.stage == READING),
        articles=len(articles),
        distinct_articles=sum(article.copy_of is None for article in articles),
        stories=len(found["stories"]),
    )


def _run(captures: Sequence[Capture], settings: Settings, started_at: str) -> Run:
    digests = "".join(f"{sha256}\n" for sha256 in sorted(c.sha256 for c in captures))
    return Run(
        version=__version__,
        settings=settings.as_json(),
        manifest_sha256=hashlib.sha256(digests.encode()).hexdigest(),
        started_at=started_at,
    )
