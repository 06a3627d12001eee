"""Hostile inputs in small batches: nothing crashes, nothing vanishes, every reject can be acted on.

``make hostile`` runs over all of them and says what each costs; see benchmarks/hostile.py.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from firsthand import ingest
from firsthand.model import Capture, Rejected, Skipped

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 50_000  # bytes; what is larger costs seconds and is left to make hostile
# Of folders with thousands of alike pages every so many are read here, of all others every file.
EVERY = {"html_cases": 150, "json_testsuite": 8, "gen/parquet": 160, "parquet_fuzz": 20}


@pytest.fixture(scope="session")
def hostile(data, tmp_path_factory) -> Path:
    packed = data / "hostile" / "hostile.tar.zst"
    if not packed.is_file():
        pytest.skip(f"no hostile inputs at {packed}")
    folder = tmp_path_factory.mktemp("hostile")
    with packed.open("rb") as file:
        stream = zstandard.ZstdDecompressor().stream_reader(file)
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in chosen(tar):
                tar.extract(member, folder, filter="data")
    return folder


def chosen(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    seen = dict.fromkeys(EVERY, 0)
    for member in tar:
        if not member.isfile() or member.size > LARGEST:
            continue
        name = next((n for n in EVERY if f"/{n}/" in f"/{member.name}"), None)
        if name is not None:
            seen[name] += 1
        if name is None or seen[name] % EVERY[name] == 1:
            yield member


@pytest.fixture(scope="session")
def traced(hostile) -> dict:
    command = [sys.executable, "-m", "firsthand", "trace", str(hostile), "--json", "--workers", "2"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode in (0, 3), done.stderr[-2000:].decode()
    return json.loads(done.stdout)


def test_a_run_over_hostile_inputs_comes_to_its_end(traced):
    assert traced["summary"]["captures"] > 100


def test_every_input_is_accepted_rejected_or_skipped(hostile, traced):
    found = list(ingest.read([hostile], None))
    n_in = sum(r.count if isinstance(r, Skipped) else 1 for r in found)
    summary = traced["summary"]
    assert n_in == summary["captures"] + summary["rejected"] + summary["skipped"]
    spoken_of = {r.path for r in found if isinstance(r, Capture | Rejected)}
    n_skipped = sum(r.count for r in found if isinstance(r, Skipped))
    n_files = sum(p.is_file() for p in hostile.rglob("*"))
    assert len(spoken_of) <= n_files <= len(spoken_of) + n_skipped


def test_every_reject_has_a_documented_code_and_a_reason(traced):
    messages = (ROOT / "docs" / "messages.md").read_text("utf-8")
    documented = set(re.findall(r"^### (.+)$", messages, re.MULTILINE))
    assert {row["code"] for row in traced["rejected"]} <= documented
    assert all(row["path"] and len(row["reason"]) > 20 for row in traced["rejected"])
    assert not [row for row in traced["rejected"] if row["code"] == "stage-failed"]
