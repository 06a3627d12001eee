"""The public door: what is listed is what is there, and it opens quickly."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import firsthand

ROOT = Path(__file__).resolve().parent.parent


def test_the_docs_list_exactly_what_is_public():
    table = (ROOT / "docs" / "library.md").read_text("utf-8").partition("All there is")[2]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert listed == set(firsthand.__all__)


@pytest.mark.parametrize("name", firsthand.__all__)
def test_every_name_leads_to_something_with_a_docstring(name):
    assert getattr(firsthand, name).__doc__


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'scoop'"):
        firsthand.scoop  # noqa: B018


def run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_imports_nothing_heavy():
    run(
        "import sys, firsthand\n"
        "heavy = {'pyarrow', 'numpy', 'duckdb', 'click', 'trafilatura', 'jinja2'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )


def test_explain_is_the_function_whatever_is_imported_first():
    run("import firsthand.explain, firsthand; assert callable(firsthand.explain)")
    run("from firsthand import explain; import firsthand.explain as e; assert callable(e)")
