"""
Lines of JSON, and files of JSON values, → rows, one at a time.

A ``.jsonl`` file is read line by line: a bad line costs itself. A ``.json`` file may be such lines
under another name, one object, or an array of them; its values are taken one by one, so that a
large array is never held whole, but behind a value that is broken nobody can say where the next
begins, and reading stops there, said.

JSON is parsed by the standard library after its depth was looked at: faster parsers fall over on
100,000 open brackets (pyarrow's takes the process with it), and DuckDB's reader with
``ignore_errors`` makes rows of what is no JSON.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from firsthand.inflate import TornError, some

# Deeper than this no export of articles goes, and a parser's recursion is never in question.
MAX_DEPTH = 64
CHUNK_BYTES = 1 << 16
_BLANK = b" \t\r\n\xef\xbb\xbf"
_BETWEEN = re.compile(r"[\s,\ufeff]*")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """A line or value: its number from 1, the byte it begins at, its bytes; a code if it is bad."""

    number: int
    offset: int
    content: bytes = b""
    values: dict[str, Any] | None = None
    code: str | None = None
    reason: str | None = None


def lines(plain: BinaryIO, *, most_bytes: int) -> Iterator[Value]:
    """Yield every line that is not blank; offsets are bytes of the plain lines."""
    offset, number = 0, 0
    while True:
        try:
            line = plain.readline(most_bytes + 1)
        except TornError as torn:
            yield Value(number=number + 1, offset=offset, code=torn.code, reason=_kept(torn))
            return
        if not line:
            return
        number, begin, whole = number + 1, offset, len(line)
        if len(line) > most_bytes:
            with contextlib.suppress(TornError):  # met again by the next line
                while not line.endswith(b"\n") and (line := plain.readline(CHUNK_BYTES)):
                    whole += len(line)
            yield Value(number=number, offset=begin, code="too-large")
        elif line.strip(_BLANK):
            content = line.rstrip(b"\r\n")
            values, code = parsed(content)
            yield Value(number=number, offset=begin, content=content, values=values, code=code)
        offset += whole


def _kept(torn: TornError) -> str:
    return f"{torn.why}; what came before is read"


def parsed(content: bytes) -> tuple[dict[str, Any] | None, str | None]:
    """
    Return the JSON object in a line, or the code of why there is none.

    >>> parsed(b'{"text": "Fog."}')
    ({'text': 'Fog.'}, None)
    >>> [parsed(line)[1] for line in (b"[1]", b"{'text': 1}", b"[" * 99, b'{"text": "\\xff"}')]
    ['json', 'json', 'json-depth', 'encoding']
    """
    brackets = content.count(b"[") + content.count(b"{")
    if brackets > MAX_DEPTH and depth(content) > MAX_DEPTH:
        return None, "json-depth"
    try:
        row = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None, "encoding"
    except ValueError:  # also an integer of too many digits
        return None, "json"
    return (row, None) if isinstance(row, dict) else (None, "json")


def depth(content: bytes) -> int:
    """
    Return how deep brackets nest outside strings.

    >>> depth(b'{"a": [1, "[[["]}')
    2
    """
    deepest = now = 0
    for mark in _TOKEN.finditer(content):
        sign = mark.group()[:1]
        now += (sign in b"[{") - (sign in b"]}")
        deepest = max(deepest, now)
    return deepest


class _Window:
    """Text of a stream with look-ahead, and the byte that the first of it came from."""

    def __init__(self, plain: BinaryIO) -> None:
        self.plain = plain
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.text, self.offset, self.ended = "", 0, False

    def more(self) -> bool:
        """Make the window at least twice as long; return whether there was more to come."""
        size, wanted = len(self.text), max(len(self.text), CHUNK_BYTES)
        pieces = []
        while wanted > 0 and not self.ended:
            data = some(self.plain, CHUNK_BYTES)
            self.ended = not data
            pieces.append(self.decoder.decode(data, self.ended))
            wanted -= len(pieces[-1])
        self.text += "".join(pieces)
        return len(self.text) > size

    def drop(self, n_chars: int) -> None:
        """Forget the first characters."""
        self.offset += len(self.text[:n_chars].encode("utf-8"))
        self.text = self.text[n_chars:]

    def skip(self) -> str:
        """Go over what stands between values; return the next character, or nothing at the end."""
        while True:
            found = _BETWEEN.match(self.text)
            self.drop(found.end() if found else 0)
            if self.text or not self.more():
                return self.text[:1]


def values(plain: BinaryIO, *, most_bytes: int) -> Iterator[Value]:
    """
    Yield the values of a JSON file in order: those of an array, or those that follow each other.

    >>> import io
    >>> [v.values for v in values(io.BytesIO(b'[{"a": 1}, {"a": 2}]'), most_bytes=99)]
    [{'a': 1}, {'a': 2}]
    >>> [v.code for v in values(io.BytesIO(b'{"a": 1}\\n{"a": 2} [3]'), most_bytes=99)]
    [None, None, 'json']
    """
    window, number = _Window(plain), 0
    try:
        listed = window.skip() == "["
        if listed:
            window.drop(1)
        while window.skip() not in ("", "]" if listed else ""):
            number += 1
            found = _next(window, number, most_bytes)
            yield found
            if found.code and (number == 1 or not found.content):
                return
    except UnicodeDecodeError:
        yield Value(number=number + 1, offset=window.offset, code="encoding")
        return
    except TornError as torn:
        yield Value(number=number + 1, offset=window.offset, code=torn.code, reason=_kept(torn))
        return
    if listed and not window.text:
        reason = "the array never ends: the file was cut off; what came before is read"
        yield Value(number=number + 1, offset=window.offset, code="json", reason=reason)


def _next(window: _Window, number: int, most_bytes: int) -> Value:
    """Return the value the window stands at, and go behind it."""
    begin = window.offset
    while True:
        try:
            end, code = _end(window.text), None
        except ValueError as error:
            end, code = 0, "json-depth" if isinstance(error, _TooDeepError) else "json"
        size = len(window.text)
        # A number at the very end of the window may go on behind it.
        if code == "json-depth" or (end and end < size) or size > most_bytes or not window.more():
            break
    if code or end > most_bytes:
        reason = None if code != "json" else f"{_why(window.text)}; the rest is not read"
        if size > most_bytes:
            code, reason = "too-large", None
        return Value(number=number, offset=begin, code=code, reason=reason)
    content = window.text[:end].encode("utf-8")
    window.drop(end)
    row, code = parsed(content)
    # A list of words or numbers is no table: said once, not for every one of them.
    reason = "its first value is no object; the rest is not read" if code and number == 1 else None
    return Value(number=number, offset=begin, content=content, values=row, code=code, reason=reason)


class _TooDeepError(ValueError):
    pass


def _end(text: str) -> int:
    """Return where the value that a text begins with ends."""
    try:
        return json.JSONDecoder().raw_decode(text)[1]
    except RecursionError as error:
        raise _TooDeepError from error


def _why(text: str) -> str:
    try:
        json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as error:
        return f"it is no JSON ({error})"
    return "it is no JSON"
