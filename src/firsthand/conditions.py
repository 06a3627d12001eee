"""
Conditions on a story's numbers, for scripts: ``firsthand trace --fail-if 'origins<2'``.

A condition is a number of the story, a comparison and a whole number, and nothing else: no "and",
no arithmetic. Who wants two of them gives the option twice. It is read before anything is run, so
that a slip of the pen costs no hour.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from firsthand.errors import InputError
from firsthand.model import Story

# What a condition may name → the column of a story that holds it.
NUMBERS = {
    "pages": "n_pages",
    "articles": "n_articles",
    "outlets": "n_outlets",
    "origins": "n_origins",
    "presumed": "n_presumed",
    "primary_sources": "n_primary_sources",
    "lineage_unknown": "n_lineage_unknown",
    "not_read": "n_not_read",
}
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}
_CONDITION = re.compile(r"\s*([a-z_]+)\s*(<=|>=|<|>|=)\s*(\d{1,9})\s*", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A number of a story, how it is compared, and with what; ``text`` as it was given."""

    text: str
    number: str
    comparison: str
    limit: int

    def holds_of(self, story: Story) -> bool:
        """Return whether the story's number is so."""
        return COMPARISONS[self.comparison](getattr(story, NUMBERS[self.number]), self.limit)


def condition(text: str) -> Condition:
    """
    Return what a condition says; raise ``InputError`` where it is none.

    >>> c = condition("primary_sources < 2")
    >>> c.number, c.comparison, c.limit
    ('primary_sources', '<', 2)
    >>> condition("origins < two")
    Traceback (most recent call last):
    ...
    firsthand.errors.InputError: 'origins < two' is no condition. ...
    """
    found = _CONDITION.fullmatch(text)
    if found is None or found[1] not in NUMBERS:
        raise InputError(
            f"{text!r} is no condition. Write one of {', '.join(NUMBERS)}, then one of "
            f"{' '.join(COMPARISONS)}, then a whole number: 'origins<2'.",
            slug="fail-if",
        )
    return Condition(text=text, number=found[1], comparison=found[2], limit=int(found[3]))


def held(conditions: Iterable[Condition], stories: Iterable[Story]) -> list[tuple[Condition, int]]:
    """Return the conditions that hold of some story, each with the number of stories."""
    shown = list(stories)
    counts = [(c, sum(map(c.holds_of, shown))) for c in conditions]
    return [(c, n) for c, n in counts if n]
