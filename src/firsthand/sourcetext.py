"""
The counts of ``firsthand sources --summary`` as text: four short tables, each cut and saying so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from firsthand.sourcing import Sourcing
from firsthand.wording import say, visible

# More rows than these are for a file, not for a screen.
MOST_ROWS = 20
MOST_NAME_CHARS = 32


def summary(counts: Sourcing) -> str:
    """
    Return the counts as text, one table after another.

    Shares are given in hundredths of the statements in the row; a row of few says little.
    """
    head = say("sources.head", n=counts.attributions, articles=counts.articles)
    if counts.copies:
        head += " " + say("sources.copies", n=counts.copies)
    blocks = [head, _kinds(counts), _outlets(counts), _citing(counts)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _kinds(counts: Sourcing) -> str:
    rows = [(k.kind, k.attributions, _share(k.attributions, counts.attributions), k.articles)
            for k in counts.kinds]  # fmt: skip
    columns = ("kind", "attributions", "share", "articles")
    return _table("sources.kinds", columns, rows)


def _outlets(counts: Sourcing) -> str:
    rows = [
        (
            _name(o.outlet),
            o.articles,
            o.statements,
            _share(o.unnamed, o.statements),
            _share(o.hedged, o.statements),
            _share(o.citing, o.statements),
        )
        for o in counts.outlets
    ]
    columns = ("outlet", "articles", "statements", "unnamed", "hedged", "citing")
    return _table("sources.outlets", columns, rows)


def _citing(counts: Sourcing) -> str:
    rows = [(_name(c.outlet), visible(c.cites), c.articles, c.attributions) for c in counts.citing]
    return _table("sources.citing", ("outlet", "cites", "articles", "attributions"), rows)


def _name(outlet: str | None) -> str:
    return visible(outlet) if outlet else say("sources.no-outlet")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"


def _table(key: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return one table under its heading: names to the left, numbers to the right."""
    if not rows:
        return ""
    heads = [say(f"sources.column-{column}") for column in columns]
    shown = [[_cell(value) for value in row] for row in rows[:MOST_ROWS]]
    lines = [say(key), *_aligned([heads, *shown])]
    if more := len(rows) - len(shown):
        lines.append("  " + say("sources.more", n=more))
    return "\n".join(lines)


def _cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return text if len(text) <= MOST_NAME_CHARS else text[: MOST_NAME_CHARS - 1] + "…"


def _aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    cells = list(rows)
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    numeric = [all(_is_number(row[i]) for row in cells[1:]) for i in range(len(widths))]
    return [
        "  "
        + "  ".join(
            c.rjust(w) if right else c.ljust(w)
            for c, w, right in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in cells
    ]


def _is_number(text: str) -> bool:
    return text.rstrip(" %").replace(",", "").isdigit() or text == "-"
