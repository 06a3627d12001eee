"""
Records per CPU-second of WARC readers, in one run: ``python benchmarks/speed/readers.py``.

Makes WARCs out of the pages of ``captures/wcxb_dev.tar.zst`` under ``FIRSTHAND_DATA``, as crawlers
write them (an HTTP head, a block digest, a gzip member a record), the same plain and as ``.zst``,
without a length in the HTTP heads, and of tiny records, in a temporary folder, and reads each with
every reader in turn, several rounds; medians are printed.

fastwarc and warcio believe Content-Length; ours checks it. The comparison to hold is **fastwarc,
content read**: ours hands over the block, so a reader that skips it does less. ``--rounds 9`` turns
more rounds. CPU seconds are of this process; compare them within one run only.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import random
import statistics
import sys
import tarfile
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import zstandard

from firsthand import ingest, members, warc

ROOT = Path(__file__).resolve().parents[2]
MAX_BYTES = 64 << 20
N_TINY = 20_000


def pages(packed: Path) -> Iterator[bytes]:
    """Yield the HTML pages of the set."""
    with packed.open("rb") as source:
        plain = zstandard.ZstdDecompressor().stream_reader(source)
        with tarfile.open(fileobj=io.BytesIO(plain.read())) as tar:
            for member in tar:
                found = tar.extractfile(member) if member.name.endswith(".html") else None
                if found is not None:
                    yield found.read()


def record(n: int, body: bytes, *, told: bool = True) -> bytes:
    """Return one response as a crawler writes it; ``told``: its HTTP head gives its length."""
    length = f"Content-Length: {len(body)}\r\n" if told else "Transfer-Encoding: chunked\r\n"
    http = (
        "HTTP/1.1 200 OK\r\nDate: Sun, 04 May 2031 00:00:00 GMT\r\nServer: nginx\r\n"
        f"Content-Type: text/html; charset=utf-8\r\nCache-Control: max-age=60\r\n{length}\r\n"
    ).encode() + body
    sha = base64.b32encode(hashlib.sha1(http, usedforsecurity=False).digest()).decode()
    head = (
        "WARC/1.1\r\nWARC-Type: response\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{n:012}>\r\n"
        "WARC-Date: 2031-05-04T00:00:00Z\r\n"
        f"WARC-Target-URI: https://harbour.example/{n}\r\nWARC-Block-Digest: sha1:{sha}\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def written(folder: Path, bodies: list[bytes]) -> dict[str, Path]:
    """Write the WARCs to read and return them by what they are."""
    whole = [record(n, body) for n, body in enumerate(bodies)]
    untold = [record(n, body, told=False) for n, body in enumerate(bodies)]
    tiny = [record(n, b"<p>Fog over the harbour.</p>") for n in range(N_TINY)]
    squeeze = zstandard.ZstdCompressor().compress
    kinds: dict[str, tuple[str, list[bytes], Callable[[bytes], bytes]]] = {
        "pages, gzip": ("pages.warc.gz", whole, gzip.compress),
        "pages, zstd": ("pages.warc.zst", whole, squeeze),
        "pages, plain": ("pages.warc", whole, bytes),
        "pages without HTTP length, gzip": ("untold.warc.gz", untold, gzip.compress),
        "tiny, gzip": ("tiny.warc.gz", tiny, gzip.compress),
        "tiny, plain": ("tiny.warc", tiny, bytes),
    }
    found = {}
    for name, (file, records, packed) in kinds.items():
        found[name] = folder / file
        found[name].write_bytes(b"".join(map(packed, records)))
    return found


def fastwarc_read(path: Path) -> int:
    """Read every record's content with fastwarc."""
    from fastwarc.warc import ArchiveIterator

    with path.open("rb") as source:
        return sum(1 for r in ArchiveIterator(source, parse_http=False) if r.reader.read())


def fastwarc_skipping(path: Path) -> int:
    """Go over the records with fastwarc, content unread."""
    from fastwarc.warc import ArchiveIterator

    with path.open("rb") as source:
        return sum(1 for _ in ArchiveIterator(source, parse_http=False))


def fastwarc_digests(path: Path) -> int:
    """Read every record's content with fastwarc, its digest checked."""
    from fastwarc.warc import ArchiveIterator

    with path.open("rb") as source:
        found = ArchiveIterator(source, parse_http=False, verify_digests=True)
        return sum(1 for r in found if r.reader.read())


def warcio_read(path: Path) -> int:
    """Read every record's content with warcio."""
    from warcio.archiveiterator import ArchiveIterator

    with path.open("rb") as source:
        found = ArchiveIterator(source, no_record_parse=True)
        return sum(1 for r in found if r.content_stream().read())


def ours(path: Path, *, digests: bool = False) -> int:
    """Read every record, its length checked."""
    with path.open("rb") as source:
        found = warc.records(source, max_bytes=MAX_BYTES, digests=digests)
        return sum(isinstance(one, warc.Record) for one in found)


def ours_zlib(path: Path) -> int:
    """Read every record where isal is not installed."""
    fast, members.fast_zlib = members.fast_zlib, zlib
    try:
        return ours(path)
    finally:
        members.fast_zlib = fast


def ours_digests(path: Path) -> int:
    """Read every record, its length and its digest checked."""
    return ours(path, digests=True)


def through_ingest(path: Path) -> int:
    """Read every record into a capture: HTTP undone, SHA-256 taken, encoding told."""
    return sum(isinstance(one, ingest.Capture) for one in ingest.read([path]))


READERS: dict[str, Callable[[Path], int]] = {
    "fastwarc, content read": fastwarc_read,
    "fastwarc, content skipped": fastwarc_skipping,
    "fastwarc, digests": fastwarc_digests,
    "warcio, content read": warcio_read,
    "ours, lengths checked": ours,
    "ours, lengths, without isal": ours_zlib,
    "ours, lengths and digests": ours_digests,
    "ours, through ingest.read": through_ingest,
}


def timed(reader: Callable[[Path], int], path: Path) -> tuple[float, int]:
    """Return CPU seconds and records of one reading."""
    begin = time.process_time()
    n = reader(path)
    return time.process_time() - begin, n


def compared(name: str, path: Path, rounds: int) -> None:
    """Print what every reader does with one file."""
    spent: dict[str, list[float]] = {reader: [] for reader in READERS}
    counts = {}
    for turn in range(rounds):
        # What ran just before shows in the memory that the next one finds.
        for reader in random.Random(turn).sample(list(READERS), len(READERS)):
            if "warcio" in reader and path.suffix == ".zst":
                continue  # warcio reads no zstd
            seconds, counts[reader] = timed(READERS[reader], path)
            spent[reader].append(seconds)
    base = statistics.median(spent["fastwarc, content read"])
    print(f"\n{name}: {path.stat().st_size / 1e6:.1f} MB")
    for reader, seconds in spent.items():
        if seconds:
            median = statistics.median(seconds)
            rate = counts[reader] / median
            print(
                f"  {reader:28} {counts[reader]:6} records {rate:9,.0f}/CPU-s {base / median:6.2f}"
            )


def main() -> None:
    """Write the files, then measure."""
    rounds = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 5
    data = Path(os.environ.get("FIRSTHAND_DATA", ROOT.parent / "shared" / "data"))
    packed = data / "captures" / "wcxb_dev.tar.zst"
    if not packed.is_file():
        sys.exit(f"skipped: no evaluation data at {data}; set FIRSTHAND_DATA")
    print("last column: speed as a multiple of fastwarc with the content read")
    with tempfile.TemporaryDirectory() as folder:
        for name, path in written(Path(folder), list(pages(packed))).items():
            compared(name, path, rounds)


if __name__ == "__main__":
    main()
