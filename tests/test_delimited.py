"""Tables as spreadsheets and crawlers write them: no text in the wrong column, no row lost."""

import csv
import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.delimited import rows
from firsthand.ingest import read
from firsthand.intake import Reading
from firsthand.model import Capture, Rejected


def table(content, most=1 << 20, **how):
    return list(rows(io.BytesIO(content), most_chars=most, **how))[1:]


def values(content, **how):
    return [line.values for line in table(content, **how)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_that_of_the_header(mark):
    content = f'id{mark}title{mark}text\r\n7{mark}Fog, rain; snow{mark}"a{mark}b"\r\n'
    wanted = {"id": "7", "title": "Fog, rain; snow", "text": f"a{mark}b"}
    if mark in ",;":
        content, wanted["title"] = content.replace("Fog, rain; snow", "Fog"), "Fog"
    assert values(content.encode()) == [wanted]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"sep=;\r\ntitle;text\r\nFog;a, b\r\n", [{"title": "Fog", "text": "a, b"}]),
        (b"\xef\xbb\xbftext\r\nFog, rain\r\n", [{"text": "Fog, rain"}]),
        ("text\ttitle\r\nNebel\tMöwe\r\n".encode("utf-16"), [{"text": "Nebel", "title": "Möwe"}]),
        ("title,text\nMöwe,x\n".encode("windows-1252"), [{"title": "Möwe", "text": "x"}]),
        (
            b'title,text\nFog,"a\r\n""b""\r\n\r\nc"\n',
            [{"title": "Fog", "text": 'a\r\n"b"\r\n\r\nc'}],
        ),
        (b"title,text\n\n , \nFog,a\n", [{"title": "Fog", "text": "a"}]),
        (b"title,text,n\nFog,a\n", [{"title": "Fog", "text": "a"}]),
        (b"title,text\nFog,a,,\n", [{"title": "Fog", "text": "a"}]),
        (b"text,text\nFog,a\n", [{"text": "Fog"}]),
    ],
)
def test_tables_in_the_wild(content, expected):
    assert values(content) == expected


def test_a_row_with_too_many_fields_is_rejected_with_its_place():
    good, bad, last = table("title,text\nFög,a\nFog,a,b\nRain,c\n".encode())
    assert (good.code, last.code) == (None, None)
    assert (bad.code, bad.number, bad.offset) == ("csv", 3, 18)
    assert "3 fields" in bad.reason


@pytest.mark.parametrize("mark", ['"Fog', 'Fog,"a', '"a"b,c'])
def test_a_mark_that_never_closes_costs_its_own_row_only(mark):
    content = f"title,text\nMist,1\n{mark}\nRain,2\nSnow,3\n".encode()
    assert [(line.number, line.code) for line in table(content)] == [
        (2, None), (3, "csv"), (4, None), (5, None),
    ]  # fmt: skip
    assert [line.offset for line in table(content)][2:] == [18 + len(mark) + 1, 25 + len(mark) + 1]


def test_marks_on_every_line_do_not_take_forever():
    found = table(b"title,text\n" + b'Fog,"a\n' * 20_001, most=2000)
    assert found[-1].code == "csv" and "not read" in found[-1].reason


def test_bytes_in_another_encoding_cost_their_row():
    content = "title,text\nMöwe,äöü\n".encode() + b"M\xf6we,b\n" + b"Fog,c\n"
    assert [line.code for line in table(content)] == [None, "encoding", None]


def test_a_line_over_the_cap_is_one_row():
    content = b"title,text\nFog," + b"a " * 200_000 + b"\nRain,b\n"
    found = table(content, most=1000)
    assert [(line.code, line.number) for line in found] == [("too-large", 2), (None, 3)]
    assert found[1].offset == content.index(b"Rain")


@given(
    st.lists(st.tuples(st.text("aö \",;\n\t\r'", min_size=1), st.text('bß"|\n')), max_size=8),
    st.sampled_from(",;\t|"),
)
def test_what_the_standard_library_writes_is_read_back(pairs, mark):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=mark, quoting=csv.QUOTE_ALL)
    writer.writerow(["title", "text"])
    writer.writerows(pairs)
    content = file.getvalue().encode()
    found = table(content)
    assert [line.code for line in found if line.code] == []
    kept = [pair for pair in pairs if any(part.strip() for part in pair)]
    assert [tuple(line.values.values()) for line in found] == kept
    assert all(content[line.offset : line.offset + 1] == b'"' for line in found)


def test_a_table_without_text_says_which_columns_it_has(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("nr,article\n7,Fog.\n")
    (bad,) = read([path])
    assert isinstance(bad, Rejected) and bad.code == "columns" and "nr, article" in bad.reason
    (row,) = read([path], reading=Reading(columns=(("text", "article"),)))
    assert isinstance(row, Capture) and row.content == b'{"text":"Fog."}'


@pytest.mark.parametrize("cut", [9, 400])
def test_rows_before_a_torn_end_are_kept(tmp_path, cut):
    lines = "".join(f"{n},{n * 7919 % 10007}\n" for n in range(30_000))
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(b"id,text\n" + lines.encode())[:-cut])
    *kept, last = read([path])
    assert last.code == "truncated" and len(kept) > 25_000
    path.write_bytes(gzip.compress(b"id,text\n" + lines.encode())[:30])
    assert [x.code for x in read([path])] == ["truncated"]
