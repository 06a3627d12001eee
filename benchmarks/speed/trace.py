"""
Articles per CPU-second and peak memory of the main job: ``python benchmarks/speed/trace.py``.

Runs ``firsthand trace`` in a process of its own on the first articles of ``planted_10k`` under
``FIRSTHAND_DATA``, at each size given (default 200 and 1,000), and on ``examples/newsroom`` for the
cost of a cold start. CPU seconds are user and system of all processes together; compare them within
one run only, machines differ and are noisy.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

import zstandard

ROOT = Path(__file__).resolve().parents[2]


def measured(path: Path, n: int, name: str) -> None:
    """Print one line: what was read, CPU seconds, articles a CPU-second, peak memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "firsthand", "trace", str(path), "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    megabytes = after.ru_maxrss / 1024
    print(f"{name:24} {spent:7.1f} CPU-s  {n / spent:6.1f} articles/CPU-s  {megabytes:6.0f} MB")


def main() -> None:
    """Measure the example, then the sizes given on the command line."""
    sizes = [int(argument) for argument in sys.argv[1:]] or [200, 1000]
    measured(ROOT / "examples" / "newsroom", 23, "examples/newsroom")
    data = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data"))
    packed = data / "reuse" / "planted_10k.jsonl.zst"
    if not packed.is_file():
        sys.exit(f"the rest is skipped: no evaluation data at {data}; set FIRSTHAND_DATA")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, packed.open("rb") as source:
            lines = zstandard.ZstdDecompressor().stream_reader(source)
            rows = islice(map(json.loads, _lines(lines)), size)
            pool = Path(folder) / "pool.jsonl"
            pool.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
            measured(pool, size, f"planted_10k, {size:,}")


def _lines(stream: zstandard.ZstdDecompressionReader):  # type: ignore[no-untyped-def]
    rest = b""
    while chunk := stream.read(1 << 20):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest


if __name__ == "__main__":
    main()
