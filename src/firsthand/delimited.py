"""
CSV and TSV → rows: the delimiter told by the header, text kept as it stands between the marks.

The first line names the columns. The delimiter is the one of ``, ; tab |`` that gives the header
the most columns (spreadsheets write ``;`` where a comma is the decimal mark); a first line
``sep=;`` says it outright. Quotation marks are read strictly: a mark in the wrong place shifts text
from column to column, and a shifted row is worse than a rejected one.

A mark that nobody closes would swallow every row behind it. Such a row is rejected with its line
and offset, and reading goes on at the line after the one it began on.

Known to fail: tables that escape marks with a backslash (rows with such marks are rejected); a file
whose first bytes are ASCII and whose later ones are not UTF-8 (those rows are rejected).
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from firsthand.encoding import encoding_of
from firsthand.inflate import TornError, some

DELIMITERS = ",;\t|"
# A unit separator stands in no text: a table of one column is then a line a row.
NO_DELIMITER = "\x1f"
# Enough to meet the first letter that is not ASCII in any table of articles.
ENCODING_BYTES = 1 << 18
# Rows that a lone quotation mark swallowed are read again, but not without end: every line of a
# file could open such a mark. Beyond this many times the size of a row, the rest is given up.
MOST_REREADS = 64
CHUNK_CHARS = 1 << 16
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)
_WITHOUT_MARK = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A row: the line it begins on, the byte, its values; a code and a reason if it is bad."""

    number: int
    offset: int
    values: dict[str, str] | None = None
    code: str | None = None
    reason: str | None = None


class _Lines:
    """The lines of a table, each with its number and offset; some can be put back."""

    def __init__(self, plain: BinaryIO, most_chars: int) -> None:
        head = b""
        with contextlib.suppress(TornError):  # met again when the rest is read
            while len(head) < ENCODING_BYTES and (more := some(plain, ENCODING_BYTES)):
                head += more
        name = encoding_of(head).partition("/")[0]
        self.encoding = "utf-8-sig" if name == "utf-8" else name
        # Bytes that cannot be read stay visible as such, so that their row can be rejected.
        self.errors = "surrogateescape" if "utf-8" in self.encoding else "replace"
        source = io.BufferedReader(cast(io.RawIOBase, _Joined(head, plain)))
        self.source = io.TextIOWrapper(source, self.encoding, self.errors, newline="")
        self.most_chars = most_chars
        self.number, self.offset = 1, max((len(m) for m in _MARKS if head.startswith(m)), default=0)
        self.back: list[tuple[str, int]] = []  # lines and how many bytes they are
        self.taken: list[tuple[str, int]] = []
        self.began = (1, 0)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line, n_bytes = self.back.pop() if self.back else self._read()
        if not line:
            raise StopIteration
        self.taken.append((line, n_bytes))
        self.number += 1
        self.offset += n_bytes
        return line

    def _read(self) -> tuple[str, int]:
        """Return the next line; of one over the cap only its beginning, but the size of all."""
        line = self.source.readline(self.most_chars + 1)
        n_bytes = self._n_bytes(line)
        if len(line) > self.most_chars and line[-1] not in "\r\n":
            while (more := self.source.readline(CHUNK_CHARS)) and more[-1] not in "\r\n":
                n_bytes += self._n_bytes(more)
            return line + "\n", n_bytes + self._n_bytes(more)
        return line, n_bytes

    def _n_bytes(self, line: str) -> int:
        # The mark at the beginning of a file is counted once and written by no line.
        name = _WITHOUT_MARK.get(self.encoding, self.encoding)
        return len(line.encode(name, self.errors))

    def begin(self) -> None:
        """Begin a row here."""
        self.taken, self.began = [], (self.number, self.offset)

    def again(self) -> int:
        """Put back all lines of this row but its first; return how many characters they hold."""
        rest = self.taken[1:]
        self.number -= len(rest)
        self.offset -= sum(n_bytes for _, n_bytes in rest)
        self.back += reversed(rest)
        return sum(len(line) for line, _ in rest)


class _Joined(io.RawIOBase):
    """Bytes already read, and the stream that goes on behind them."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self.head, self.rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray) -> int:  # type: ignore[override]
        data = self.head[: len(into)] or some(self.rest, len(into))
        self.head = self.head[len(data) :]
        into[: len(data)] = data
        return len(data)


def rows(plain: BinaryIO, *, most_chars: int, tab: bool = False) -> Iterator[Line]:
    """
    Yield the header as a first line of empty values, then every row that is not blank.

    ``most_chars`` caps a field and a row; ``tab`` says the table is named as one of tabs.

    >>> found = list(rows(io.BytesIO(b'title;text\\r\\nFog;"a; b"\\r\\nRain\\r\\n'), most_chars=99))
    >>> [line.values for line in found]
    [{'title': '', 'text': ''}, {'title': 'Fog', 'text': 'a; b'}, {'title': 'Rain'}]
    """
    lines = _Lines(plain, most_chars)
    # One setting for the whole process; it is never lowered, so that nobody else's reading breaks.
    csv.field_size_limit(max(most_chars, csv.field_size_limit()))
    try:
        header, delimiter = _header(lines, tab)
    except TornError as torn:
        yield Line(number=1, offset=0, code=torn.code, reason=torn.why)
        return
    if header is None:
        return
    yield Line(number=1, offset=0, values=dict.fromkeys(header, ""))
    reread = 0
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin()
        number, offset = lines.began
        try:
            values = next(reader)
        except StopIteration:
            return
        except TornError as torn:
            reason = f"{torn.why}; what came before is read"
            yield Line(number=number, offset=offset, code=torn.code, reason=reason)
            return
        except csv.Error as error:
            reason = (
                f"line {number}: {error}; quote fields that hold quotation marks, and double them"
            )
            yield Line(number=number, offset=offset, code="csv", reason=reason)
            reread += lines.again()
            if reread > MOST_REREADS * most_chars:
                reason = "too many quotation marks that never close; the rest is not read"
                yield Line(number=lines.number, offset=lines.offset, code="csv", reason=reason)
                return
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if values and any(value.strip() for value in values):
            yield _row(
                header,
                values,
                number,
                offset,
                sum(len(line) for line, _ in lines.taken),
                most_chars,
            )


def _header(lines: _Lines, tab: bool) -> tuple[list[str] | None, str]:
    """Return the names of the columns, and the delimiter that shows them."""
    said = ""
    for line in lines:
        bare = line.strip("\ufeff \r\n")
        if bare[:4].casefold() == "sep=" and len(bare) == 5:
            said = bare[4]
        elif bare:
            lines.begin()
            options = [said] if said else ["\t"] if tab and "\t" in bare else list(DELIMITERS)
            split = {d: _split(bare, d) for d in options}
            best = max(options, key=lambda d: len(split[d]))
            names = [name.strip() for name in split[best]]
            return names, best if len(names) > 1 or said else NO_DELIMITER
    return None, ","


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _row(
    header: Sequence[str], values: list[str], number: int, offset: int, size: int, most: int
) -> Line:
    """Return a row by the names of its columns, or why it is none."""
    code = reason = None
    if size > most:
        code = "too-large"
    elif any(values[len(header) :]):
        code = "csv"
        reason = f"line {number}: {len(values)} fields where the header names {len(header)}"
    elif any("\udc80" <= c <= "\udcff" for value in values for c in set(value) if c > "\ud7ff"):
        code = "encoding"
    if code:
        return Line(number=number, offset=offset, code=code, reason=reason)
    # The first of two columns with one name counts; a spreadsheet leaves out empty fields at the
    # end, so a short row is none that is broken.
    named: dict[str, str] = {}
    for name, value in zip(header, values, strict=False):
        named.setdefault(name, value)
    return Line(number=number, offset=offset, values=named)
