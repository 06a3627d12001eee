"""What test modules share: where the evaluation data lies, and how to skip without it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says something of the machine only. In continuous integration the
# examples are the same every time, so that a run can be repeated; elsewhere they vary and search.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of shared evaluation data, or a skip that says how to name it."""
    if not DATA.is_dir():
        pytest.skip(f"no shared data at {DATA}: set FIRSTHAND_DATA to run this test")
    return DATA


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder with the five founding captures, or a skip that says where it was looked for."""
    folder = DATA.parent / "seeds"
    if not folder.is_dir():
        pytest.skip(f"no founding captures at {folder}")
    return folder
