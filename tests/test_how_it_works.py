"""The map in docs/how-it-works.md gives the stages in the order the pipeline runs them."""

from __future__ import annotations

import re
from pathlib import Path

from firsthand import pipeline

ROOT = Path(__file__).resolve().parent.parent
MAP = (ROOT / "docs" / "how-it-works.md").read_text("utf-8")


def test_the_map_and_the_pipeline_have_one_order() -> None:
    rows = [line.split("|")[1] for line in MAP.splitlines() if line.startswith("| `")]
    told = [name for row in rows for name in re.findall(r"`([a-z_]+\.[a-z_]+)`", row)]
    assert told == [pipeline.READING, pipeline.FIRST, *pipeline.STAGES]


def test_every_module_is_on_the_map() -> None:
    modules = {p.name for p in (ROOT / "src" / "firsthand").glob("*.py")}
    named = set(re.findall(r"`([a-z_]+\.py)`", MAP))
    named |= {f"{stage.partition('.')[0]}.py" for stage in pipeline.STAGES}
    named |= {
        "ingest.py",
        "extract.py",
        "__init__.py",
        "__main__.py",
        "cli.py",
        "errors.py",
        "text.py",
    }
    assert modules - named == set()
    assert named - modules == set()
