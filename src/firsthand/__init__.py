"""
firsthand: who has a story firsthand, who repeats it, and which words show it.

This is the public door: a few functions, the nouns and the errors. What stands behind it is
imported when it is first asked for, so that ``import firsthand`` costs next to nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from firsthand.clusters import Annotated, annotated
    from firsthand.errors import EngineError, FirsthandError, InputError
    from firsthand.explain import explain
    from firsthand.intake import Reading
    from firsthand.model import (
        Article,
        Attribution,
        Capture,
        Citation,
        Claim,
        Derivation,
        Difference,
        Dispute,
        Evidence,
        Furniture,
        Lineage,
        Note,
        Origin,
        PairRelation,
        PrimarySource,
        Rejected,
        Result,
        Reuse,
        Run,
        Skipped,
        Source,
        Span,
        Statement,
        Story,
        Summary,
        When,
    )
    from firsthand.outletrows import own_outlets
    from firsthand.overlaps import SharedPassage, reuse
    from firsthand.pipeline import Settings, articles, trace
    from firsthand.reference import Carried, Month, carried, months
    from firsthand.sourcing import Sourced, Sourcing, counted, sources
    from firsthand.store import open_run

__all__ = [
    "Annotated",
    "Article",
    "Attribution",
    "Capture",
    "Carried",
    "Citation",
    "Claim",
    "Derivation",
    "Difference",
    "Dispute",
    "EngineError",
    "Evidence",
    "FirsthandError",
    "Furniture",
    "InputError",
    "Lineage",
    "Month",
    "Note",
    "Origin",
    "PairRelation",
    "PrimarySource",
    "Reading",
    "Rejected",
    "Result",
    "Reuse",
    "Run",
    "Settings",
    "SharedPassage",
    "Skipped",
    "Source",
    "Sourced",
    "Sourcing",
    "Span",
    "Statement",
    "Story",
    "Summary",
    "When",
    "annotated",
    "articles",
    "carried",
    "counted",
    "explain",
    "months",
    "open_run",
    "own_outlets",
    "reuse",
    "sources",
    "trace",
]

_ERRORS = ("EngineError", "FirsthandError", "InputError")
_FUNCTIONS = {
    "Annotated": "clusters",
    "Carried": "reference",
    "Month": "reference",
    "Reading": "intake",
    "Settings": "pipeline",
    "SharedPassage": "overlaps",
    "Sourced": "sourcing",
    "Sourcing": "sourcing",
    "annotated": "clusters",
    "articles": "pipeline",
    "carried": "reference",
    "counted": "sourcing",
    "explain": "explain",
    "months": "reference",
    "open_run": "store",
    "own_outlets": "outletrows",
    "reuse": "overlaps",
    "sources": "sourcing",
    "trace": "pipeline",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'firsthand' has no attribute {name!r}")
    home = _FUNCTIONS.get(name) or ("errors" if name in _ERRORS else "model")
    value = getattr(import_module(f"firsthand.{home}"), name)
    globals()[name] = value
    return value


class _Door(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        # Python puts a module that was imported into its package; the function of that name stays.
        if name == "explain" and isinstance(value, ModuleType):
            value = value.explain
        if name == "sources" and isinstance(value, ModuleType):
            # The stage module of that name is no attribute: the function is, of another module.
            return
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Door
