"""
What ``firsthand reuse`` can be asked for: passages, a corpus with its copies marked, agency copy.

One command with three tables. Which options go together is said here, and which table they give.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from firsthand import clusters, overlaps, reference
from firsthand.clusters import Keep
from firsthand.reference import Carried, Month


@dataclass(kw_only=True)
class Asked:
    """The rows of a table while they are found, and with ``months`` a second table made of them."""

    record_class: type
    found: Generator[Any, None, None]
    months: type | None = None
    seen: list[Carried] = field(default_factory=list)

    def by_month(self) -> Generator[Month, None, None]:
        """Yield the second table; the rows of the first must have been found."""
        yield from reference.months(self.seen)


def misused(
    *,
    pairs: str | None,
    merge_gap: int | None,
    shortest: int,
    annotate: bool,
    keep: Keep | None,
    reference: str | None,
    lag: str | None,
    months: str | None,
) -> str | None:
    """Return what is wrong with a set of options, or None."""
    asked = {"--pairs": pairs, "--annotate or --keep": annotate or keep, "--reference": reference}
    if len(modes := [name for name, value in asked.items() if value]) > 1:
        return f"{' and '.join(modes)} give different tables: ask for one at a time."
    if (merge_gap is not None or shortest) and not pairs:
        return "--merge-gap and --shortest are for the pairs of --pairs."
    if (lag or months) and not reference:
        return "--lag and --months need a --reference."
    return None


def rows_of(
    paths: Any,
    *,
    pairs: str | None,
    merge_gap: int | None,
    shortest: int,
    annotate: bool,
    keep: Keep | None,
    reference: str | None,
    lag: str | None,
    months: str | None,
    **how: Any,
) -> Asked:
    """Return the table that the options ask for; ``how`` goes to the library's function."""
    if annotate or keep:
        kept_only = bool(keep) and not annotate
        found = clusters.annotated(paths, keep=keep or "origin", kept_only=kept_only, **how)
        return Asked(record_class=clusters.Annotated, found=found)
    if reference:
        return _carried(paths, reference, lag, bool(months), how)
    found_passages = overlaps.reuse(
        paths, pairs=pairs, merge_gap=merge_gap, shortest=shortest, **how
    )
    return Asked(record_class=overlaps.SharedPassage, found=found_passages)


def _carried(paths: Any, other: str, lag: str | None, months: bool, how: dict[str, Any]) -> Asked:
    within = reference.lag(lag) if lag else None
    seen: list[Carried] = []
    rows = reference.carried(paths, other, within=within, **how)
    return Asked(
        record_class=Carried,
        found=_watched(rows, seen.append),
        months=Month if months else None,
        seen=seen,
    )


def _watched(
    rows: Iterable[Carried], told: Callable[[Carried], object]
) -> Generator[Carried, None, None]:
    """Yield the rows, each told on its way."""

    def each() -> Iterator[Carried]:
        for row in rows:
            told(row)
            yield row

    yield from each()


__all__ = ["Asked", "misused", "rows_of"]
