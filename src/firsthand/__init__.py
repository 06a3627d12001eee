"""
firsthand: who has a story firsthand, who repeats it, and which words show it.

This is the public door: four functions, the nouns and the errors. What stands behind it is
imported when it is first asked for, so that ``import firsthand`` costs next to nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
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
    from firsthand.pipeline import Settings, articles, trace
    from firsthand.store import open_run

__all__ = [
    "Article",
    "Attribution",
    "Capture",
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
    "Skipped",
    "Source",
    "Span",
    "Statement",
    "Story",
    "Summary",
    "When",
    "articles",
    "explain",
    "open_run",
    "trace",
]

_ERRORS = ("EngineError", "FirsthandError", "InputError")
_FUNCTIONS = {
    "Reading": "intake",
    "Settings": "pipeline",
    "articles": "pipeline",
    "explain": "explain",
    "open_run": "store",
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
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Door
