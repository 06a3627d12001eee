"""Lines and values of JSON: one bad line costs itself, and depth costs nothing."""

import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.jsonl import depth, lines, parsed, values


def read(content, most=1 << 20):
    return list(values(io.BytesIO(content), most_bytes=most))


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"text": "Fog.", "a": [' + b"["])
def test_deep_nesting_is_met_before_the_parser(opening):
    deep = opening * 100_000
    assert parsed(deep)[1] == "json-depth"
    assert [v.code for v in read(b'{"text": "Fog."} ' + deep)][-1] in ("json-depth", "json")


def test_brackets_in_strings_are_not_nesting():
    line = json.dumps({"text": "[" * 1000 + '\\"' + "{" * 1000}).encode()
    assert depth(line) == 1 and parsed(line)[1] is None


@given(
    st.lists(
        st.dictionaries(st.text(max_size=5), st.text() | st.integers() | st.none()), max_size=9
    ),
    st.sampled_from(["list", "lines", "pretty"]),
)
def test_values_are_those_of_the_whole_file(rows, form):
    text = {
        "list": json.dumps(rows, ensure_ascii=False),
        "lines": "\n".join(json.dumps(row) for row in rows),
        "pretty": json.dumps(rows, indent=3),
    }[form]
    # Half a character cannot be written as UTF-8; as an escape it can.
    content = text.encode("utf-8", "backslashreplace")
    found = read(content)
    assert [v.values for v in found] == rows
    assert all(json.loads(content[v.offset : v.offset + len(v.content)]) == v.values for v in found)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'[{"a": 1}, {"a": 2', [None, "json"]),
        (b'[{"a": 1}, {"a": 2}', [None, None, "json"]),
        (b'[{"a": 1}, {"a" 2}, {"a": 3}]', [None, "json"]),
        (b'[{"a": 1}, 7, {"a": 3}]', [None, "json", None]),
        (b"[1, 2, 3]", ["json"]),
        (b'[{"a": "\xff"}]', ["encoding"]),
        (b"[]", []),
        (b"", []),
    ],
)
def test_a_broken_value_is_said(content, expected):
    assert [v.code for v in read(content)] == expected


def test_a_value_over_the_cap_is_not_gathered():
    assert [v.code for v in read(b'[{"a": "' + b"x" * 500_000 + b'"}]', most=1000)] == ["too-large"]


def test_a_long_array_is_never_held():
    class Endless(io.RawIOBase):
        rows = iter([b"["] + [b'{"text": "%s"},' % (b"fog " * 2000)] * 5000 + [b"{}]"])
        rest = b""

        def readable(self):
            return True

        def readinto(self, into):
            self.rest = self.rest or next(self.rows, b"")
            size = min(len(into), len(self.rest))
            into[:size], self.rest = self.rest[:size], self.rest[size:]
            return size

    tracemalloc.start()
    n_values = sum(1 for _ in values(io.BufferedReader(Endless()), most_bytes=1 << 20))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n_values == 5001 and peak < 4_000_000


def test_lines_know_their_bytes():
    content = '{"a": "Fög"}\r\n\n{"b"\n{"c": 1}'.encode()
    found = list(lines(io.BytesIO(content), most_bytes=99))
    assert [(v.number, v.offset, v.code) for v in found] == [
        (1, 0, None), (3, 16, "json"), (4, 21, None),
    ]  # fmt: skip
