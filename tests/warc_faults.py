"""
WARCs with faults whose place is known: ``made(seed)`` gives a file and what must come out of it.

Every kind of packing (plain, a gzip member or zstd frame a record, one gzip member for all) and
every kind of fault below, one a file or several. ``complaints`` holds a reading against the truth:
what was not touched comes back byte for byte, what was is listed, nothing is invented.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import random
import zlib
from dataclasses import dataclass, field

import zstandard

from firsthand import warc

WORDS = (
    "the ferry left Harbour at dawn while fog lay over mole and nobody knew when it would".split()
)
QUOTED = (
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:quoted>\r\n"
    b"Content-Type: text/plain\r\nContent-Length: 11\r\n\r\nFog, later."
)  # fmt: skip
PACKINGS = ("plain", "plain", "gzip", "gzip", "zstd", "single")


@dataclass
class Stored:
    """One record as it was written: its parts, and where in the file it ended up."""

    id: str
    fields: list[tuple[str, str]]
    block: bytes
    proven: bool  # a digest, or the length in its HTTP head
    digest: bool
    before: bytes = b""
    raw: bytes | None = None  # the whole record, where a fault wrote it
    after: bytes = b""
    packed: bytes = b""
    faults: list[str] = field(default_factory=list)
    start: int = 0
    end: int = 0

    def written(self) -> bytes:
        """Return the record as plain bytes."""
        return self.raw if self.raw is not None else head_of(self.fields) + self.block + b"\r\n\r\n"


@dataclass
class Made:
    """A file with faults and the truth about it."""

    packing: str
    data: bytes
    records: list[Stored]


def head_of(fields: list[tuple[str, str]], line: str = "\r\n", version: str = "WARC/1.1") -> bytes:
    lines = [version, *(f"{name}: {value}" for name, value in fields), "", ""]
    return line.join(lines if version else lines[1:]).encode()


def text(rng: random.Random, n: int) -> bytes:
    line = rng.choice(["\n", "\r\n", "\r\n\r\n", "\n\n"])
    return line.join(" ".join(rng.choices(WORDS, k=9)) for _ in range(n)).encode()


def stored(rng: random.Random, n: int) -> Stored:
    """Return a sound record of some kind."""
    kind = rng.choice(["text", "text", "text", "empty", "binary", "quoting", "breaks"])
    body = b"" if kind == "empty" else text(rng, rng.choice([1, 3, 20, 60]))
    if kind == "binary":
        body = rng.randbytes(rng.randrange(1, 3000))
    elif kind == "quoting":
        body += rng.choice([b"\n", b"\r\n\r\n<pre>\r\n"]) + QUOTED + rng.choice([b"", b"\r\n\r\n"])
        body += text(rng, 3)
    elif kind == "breaks":
        body += rng.choice([b"\n", b"\r\n", b"\r\n\r\n", b"\n\n\n"])
    http = rng.random() < 0.6
    told = rng.random() < 0.7
    block = body
    if http:
        length = b"Content-Length: %d\r\n" % len(body) if told else b""
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + length + b"\r\n" + body
    name = f"urn:uuid:{n}"
    fields = [
        ("WARC-Type", "response" if http else rng.choice(["resource", "metadata"])),
        ("WARC-Record-ID", f"<{name}>"),
        ("WARC-Date", "2031-05-04T00:00:00Z"),
        ("WARC-Target-URI", f"https://harbour.example/{n}"),
        ("Content-Type", "application/http; msgtype=response" if http else "text/plain"),
        ("Content-Length", str(len(block))),
    ]
    digest = rng.random() < 0.5
    if digest:
        sha = hashlib.new(kind := rng.choice(["sha1", "sha256"]), block)
        value = rng.choice([base64.b32encode(sha.digest()).decode(), sha.hexdigest()])
        fields.insert(4, ("WARC-Block-Digest", f"{kind}:{value}"))
    return Stored(f"<{name}>", fields, block, digest or (http and told), digest)


def with_length(record: Stored, value: str | None) -> None:
    fields = [(k, v) for k, v in record.fields if k != "Content-Length"]
    if value is not None:
        fields.append(("Content-Length", value))
    record.raw = head_of(fields) + record.block + b"\r\n\r\n"


def plain_fault(rng: random.Random, records: list[Stored], at: int) -> str:
    """Do one thing wrong to a record as it is written; return what."""
    record = records[at]
    size = len(record.block)
    last = at == len(records) - 1
    kind = rng.choice(
        ["shorter", "longer", "by a few", "huge", "none", "negative", "not a number", "twice",
         "swallows", "line feeds", "no version", "odd version", "unclosed", "half closed", "cut",
         "garbage", "zeros", "flip"]
    )  # fmt: skip
    if kind == "shorter":
        with_length(record, str(rng.randrange(size) if size else 9))
    elif kind == "longer":
        with_length(record, str(size + rng.randrange(5, 4000)))
    elif kind == "by a few":
        with_length(record, str(max(0, size + rng.choice([-4, -3, -2, -1, 1, 2, 3, 4]))))
    elif kind == "huge":
        with_length(record, str(rng.choice([10**7, 10**11, 2**63, 10**30])))
    elif kind == "none":
        with_length(record, None)
    elif kind == "negative":
        with_length(record, f"-{size}")
    elif kind == "not a number":
        with_length(record, rng.choice(["", "many", "1e3", "٣", f"{size} bytes", "0x10"]))
    elif kind == "twice":
        fields = list(record.fields)
        fields.insert(rng.choice([0, len(fields)]), ("Content-Length", str(size // 2)))
        record.raw = head_of(fields) + record.block + b"\r\n\r\n"
    elif kind == "swallows" and not last:
        with_length(record, str(size + 4 + len(records[at + 1].written()) - 4))
    elif kind == "line feeds":
        record.raw = head_of(record.fields, "\n") + record.block + b"\n\n"
    elif kind == "no version":
        record.raw = head_of(record.fields, version="") + record.block + b"\r\n\r\n"
    elif kind == "odd version":
        version = rng.choice(["WARC/9.9", "WRC/1.1", "warc/1.0", "WARC/1.1 "])
        record.raw = head_of(record.fields, version=version) + record.block + b"\r\n\r\n"
    elif kind == "unclosed":
        record.raw = head_of(record.fields) + record.block
    elif kind == "half closed":
        some = rng.choice([b"\r\n", b"\n", b"\r\n\r", b"\r\n\r\n\r\n", b"\r\n\r\n\n"])
        record.raw = head_of(record.fields) + record.block + some
    elif kind == "cut":
        record.raw = record.written()[: -rng.randrange(4, max(5, size))]
    elif kind == "garbage":
        filth = [b"<html>lost</html>", b"\x00\xff\x13", b"WARC/1.1\r\n", b"\r\nlost\r\n\r\n"]
        record.after = rng.choice(filth) * rng.randrange(1, 9)
    elif kind == "zeros":
        record.after = b"\0" * rng.randrange(1, 2000)
    elif kind == "flip" and record.digest and size:
        block = bytearray(record.block)
        block[rng.randrange(size)] ^= 1 << rng.randrange(8)
        record.raw = head_of(record.fields) + bytes(block) + b"\r\n\r\n"
    else:
        return plain_fault(rng, records, at)
    return kind


def packed_fault(rng: random.Random, record: Stored, last: bool) -> str:
    """Do one thing wrong to a record as it lies compressed; return what."""
    data = bytearray(record.packed)
    kind = rng.choice(["flip", "flip", "head", "trailer", "cut", "garbage", "zeros", "overwritten"])
    if kind == "flip":
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(10, len(data) - 8)] ^= 1 << rng.randrange(8)
    elif kind == "head":
        data[rng.randrange(10)] ^= 1 << rng.randrange(8)
    elif kind == "trailer":
        data[-rng.randint(1, 4)] ^= 1 << rng.randrange(8)
    elif kind == "cut":
        del data[rng.randrange(1, len(data)) :]
    elif kind == "overwritten":
        at = rng.randrange(10, len(data))
        data[at : at + 40] = bytes(len(data[at : at + 40]))
    elif kind == "garbage":
        record.after = rng.choice([rng.randbytes(rng.randint(1, 300)), b"lost\n", warc.GZIP_MAGIC])
    else:
        record.after = b"\0" * rng.randrange(1, 2000)
    record.packed = bytes(data)
    return kind


def packed_as(packing: str, data: bytes) -> bytes:
    if packing == "gzip":
        return gzip.compress(data, mtime=0)
    if packing == "zstd":
        return zstandard.ZstdCompressor(write_checksum=True).compress(data)
    return data


def made(seed: int) -> Made:
    """Return a file with at least one fault."""
    rng = random.Random(seed)
    packing = rng.choice(PACKINGS)
    records = [stored(rng, n) for n in range(rng.randint(4, 9))]
    struck = rng.sample(range(len(records)), rng.choice([1, 1, 1, 2, 3]))
    inside = packing == "plain" or rng.random() < 0.5
    if inside:
        # From behind, so that a length that swallows the next record fits what that one became.
        for at in sorted(struck, reverse=True):
            records[at].faults.append(plain_fault(rng, records, at))
    for record in records:
        record.packed = packed_as(packing, record.written())
        if inside and packing in ("gzip", "zstd"):
            record.packed, record.after = packed_as(packing, record.written() + record.after), b""
    if not inside and packing != "single":
        for at in struck:
            last = at == len(records) - 1
            records[at].faults.append(packed_fault(rng, records[at], last))
    data = b""
    for record in records:
        record.start = len(data)
        data += record.packed + record.after
        record.end = len(data)
    if packing == "single":
        data = gzip.compress(data, mtime=0)
        if not inside:
            data = struck_whole(rng, records, data)
        for record in records:
            record.start, record.end = 0, len(data)
    elif rng.random() < 0.1:
        cut = rng.randrange(5, records[-1].end - records[-1].start + 5)
        data = data[:-cut]
        for record in records:
            if record.end > len(data):
                record.faults.append("file cut")
    # Of a record whose first byte is gone nobody can know.
    return Made(packing, data, [record for record in records if record.start < len(data)])


def struck_whole(rng: random.Random, records: list[Stored], data: bytes) -> bytes:
    """Damage the one member that all records lie in; those behind the damage are struck too."""
    torn = bytearray(data)
    if rng.random() < 0.3:
        del torn[rng.randrange(20, len(torn)) :]
    else:
        torn[rng.randrange(10, len(torn) - 8)] ^= 1 << rng.randrange(8)
    plain, whole = readable(bytes(torn)), gzip.decompress(data)
    equal = next(
        (i for i, (a, b) in enumerate(zip(plain, whole, strict=False)) if a != b), len(plain)
    )
    for record in records:
        if record.end > equal or (equal == len(whole) and record is records[-1]):
            record.faults.append("behind the damage")
    return bytes(torn)


def readable(data: bytes) -> bytes:
    """Return what a patient reader gets out of damaged gzip, byte by byte."""
    inflate, out, rest = zlib.decompressobj(31), b"", data
    while rest and not inflate.eof:
        try:
            out += inflate.decompress(rest, 1)
        except zlib.error:
            break
        rest = inflate.unconsumed_tail
    return out


def complaints(made: Made, found: list[warc.Record | warc.Broken]) -> list[str]:
    """Return what a reading did wrong: records lost, faults unlisted, anything made up."""
    given: dict[str, list[warc.Record]] = {}
    for one in found:
        if isinstance(one, warc.Record):
            given.setdefault(one.fields.get("warc-record-id", ""), []).append(one)
    broken = [one for one in found if isinstance(one, warc.Broken)]
    known = {record.id for record in made.records}
    wrong = [
        f"made up: {name}"
        for name, records in given.items()
        if name not in known and not all(record.doubt for record in records)
    ]
    wrong += [
        f"given twice: {name}"
        for name, records in given.items()
        if sum(not record.doubt for record in records) > 1
    ]
    for record in made.records:
        whole = [g for g in given.get(record.id, []) if g.block == record.block]
        changed = [g for g in given.get(record.id, []) if g.block != record.block]
        listed = any(touches(b, record) for b in broken) or any(g.doubt for g in changed)
        if not record.faults and not whole:
            wrong.append(f"lost: {record.id}")
        elif record.faults and not whole and not listed:
            wrong.append(f"unlisted: {record.id} {record.faults}")
        if any(not g.doubt for g in changed) and not (made.packing == "single" and broken):
            wrong.append(f"changed, unsaid: {record.id} {record.faults}")
    for one in broken:
        if not any(touches(one, record) for record in made.records if record.faults):
            wrong.append(f"no fault there: {one}")
    return wrong


def touches(broken: warc.Broken, record: Stored) -> bool:
    """Return whether a broken place lies in a record, or the record in what it passed over."""
    if broken.record == record.id:
        return True
    end = max(broken.end or 0, broken.offset + 1)
    return broken.offset < record.end and end > record.start
