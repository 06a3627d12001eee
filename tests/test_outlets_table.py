"""The shipped table of outlets and agencies, and a user's own beside it: shape and collisions."""

import csv
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest

from firsthand.attribution import attribute
from firsthand.errors import InputError
from firsthand.model import Article
from firsthand.outletrows import COLUMNS as KNOWN_COLUMNS
from firsthand.outletrows import own_outlets, rows_of
from firsthand.outlets import OWN_TABLE, table, using
from firsthand.pipeline import Settings

TABLE = Path(__file__).parents[1] / "src/firsthand/data/outlets.tsv"
COLUMNS = (
    "outlet_id name kind aliases domains country city language medium frequency group ambiguous "
    "seen_at checked"
).split()
MEDIUMS = {"agency", "newspaper", "magazine", "broadcaster", "website", "radio"}


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def several(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def names(row: dict[str, str]) -> list[str]:
    return [row["name"], *several(row["aliases"])]


def key(name: str) -> str:
    return re.sub(r"^the\s+", "", name.casefold())


def test_the_header_and_the_cells_per_line():
    lines = TABLE.read_text(encoding="utf-8").split("\n")
    assert lines[0] == "\t".join(COLUMNS)
    assert lines[-1] == ""
    wrong = [line for line in lines[:-1] if line.count("\t") != len(COLUMNS) - 1]
    assert not wrong


def test_the_columns_are_those_a_user_may_write():
    assert tuple(COLUMNS) == KNOWN_COLUMNS


def test_what_was_checked_is_an_id_or_the_address():
    for row in rows():
        for entry in several(row["checked"]):
            assert re.fullmatch(r"Q\d+|address", entry), row["outlet_id"]


def test_the_shipped_table_would_do_as_a_users():
    assert own_outlets(TABLE).n_rows == len(rows())


def test_there_are_enough_rows():
    assert len(rows()) >= 800


def test_the_table_stays_small():
    assert TABLE.stat().st_size < 200_000


def test_ids_are_unique_slugs():
    ids = [row["outlet_id"] for row in rows()]
    assert len(ids) == len(set(ids))
    assert [i for i in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", i)] == []


def test_cells_come_from_their_lists():
    for row in rows():
        at = row["outlet_id"]
        assert row["kind"] in {"agency", "outlet"}, at
        assert row["medium"] in MEDIUMS, at
        assert row["frequency"] in {"", "daily", "weekly", "monthly"}, at
        assert re.fullmatch(r"[A-Z]{2}", row["country"]), at
        assert re.fullmatch(r"[a-z]{2}", row["language"]), at
        assert (row["kind"] == "agency") == (row["medium"] == "agency"), at


def test_no_cell_has_stray_blanks_or_quotes_or_empty_parts():
    for row in rows():
        for cell in row.values():
            assert '"' not in cell, row["outlet_id"]
            assert all(part == part.strip() for part in cell.split("|")), row["outlet_id"]
        for column in ("aliases", "domains", "ambiguous"):
            parts = several(row[column])
            assert all(parts), row["outlet_id"]
            assert len(parts) == len(set(parts)), row["outlet_id"]
        assert row["name"], row["outlet_id"]


def test_every_ambiguous_entry_is_a_name_of_its_row():
    strays = [
        (row["outlet_id"], entry)
        for row in rows()
        for entry in several(row["ambiguous"])
        if entry not in names(row)
    ]
    assert strays == []


def test_a_name_on_two_rows_is_ambiguous_on_both():
    held = defaultdict(dict)
    for row in rows():
        ambiguous = several(row["ambiguous"])
        for name in names(row):
            ids = held[key(name)]
            sure = name not in ambiguous
            ids[row["outlet_id"]] = ids.get(row["outlet_id"], False) or sure
    clashes = {name: ids for name, ids in held.items() if len(ids) > 1 and any(ids.values())}
    assert clashes == {}


def test_no_domain_on_two_rows_and_every_row_says_where_it_was_seen():
    seen: dict[str, str] = {}
    for row in rows():
        assert row["seen_at"] in several(row["domains"]), row["outlet_id"]
        for domain in several(row["domains"]):
            assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain), row["outlet_id"]
            assert domain not in seen, (domain, seen[domain], row["outlet_id"])
            seen[domain] = row["outlet_id"]


def own(folder: Path, text: str) -> Path:
    path = folder / "own.tsv"
    path.write_text(text, "utf-8")
    return path


def test_a_row_of_ones_own_is_a_newsroom_and_only_in_that_run(tmp_path):
    path = own(tmp_path, "name\tdomains\taliases\nKelmar Dinar\tkelmar.example\tKD-9\n")
    text = "The gate was open, according to Kelmar Dinar."
    article = Article(article_id="a", capture_id="c", place=0, text_id="t", path="p", text=text)
    assert [a.source_kind for a in attribute(article)] != ["outlet"]
    with using(own_outlets(path)):
        assert table().at("https://www.kelmar.example/a").name == "Kelmar Dinar"
        assert [(a.source_kind, a.source_name) for a in attribute(article)] == [
            ("outlet", "Kelmar Dinar")
        ]
    assert table().at("https://www.kelmar.example/a") is None
    assert not os.environ.get(OWN_TABLE)


def test_ones_own_rows_win(tmp_path):
    path = own(tmp_path, "name\taliases\tdomains\tcity\nReuters\tAP\treuters.com\tMarl\n")
    with using(own_outlets(path)):
        mine = table().named("Reuters")
        assert (mine.outlet_id, mine.city) == ("reuters", "Marl")
        assert table().named("AP") is mine
        assert table().named("Associated Press") is not mine
    assert table().named("AP").name == "Associated Press"


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("title\nA\n", 1, 1, "no column 'title'"),
        ("kind\noutlet\n", 1, 1, "no column 'name'"),
        ("name\tname\nA\tB\n", 1, 2, "twice"),
        ("# note\nname\tkind\nA\toutlet\nB\tpaper\n", 4, 2, "kind is 'paper'"),
        ("name\tcountry\nA\tgb\n", 2, 2, "two capital letters"),
        ("name\tdomains\nA\tb.example|https://a.example\n", 2, 2, "no domain"),
        ("name\tkind\n\toutlet\n", 2, 1, "no name"),
        ("name\nA\tB\n", 2, 2, "more cells"),
        ("name\tambiguous\nA\tB\n", 2, 2, "neither the name nor an alias"),
        ("name\nA\nA\n", 3, 1, "of line 2"),
        ("", 1, 1, "no line of column names"),
    ],
)
def test_mistakes_are_said_with_line_and_column(tmp_path, text, line, column, said):
    path = own(tmp_path, text)
    with pytest.raises(InputError, match=f"line {line}, column {column}: .*{said}"):
        own_outlets(path)


def test_a_table_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        own_outlets(tmp_path / "none.tsv")
    (tmp_path / "b.tsv").write_bytes(b"name\nA\n\xff\n")
    with pytest.raises(InputError, match="line 3, column 1: is not UTF-8"):
        rows_of(tmp_path / "b.tsv")


def test_the_run_record_keeps_the_digest_and_no_path(tmp_path):
    path = own(tmp_path, "name\nKelmar Dinar\n")
    said = Settings(outlets=own_outlets(path)).as_json()
    assert own_outlets(path).sha256 in said
    assert str(tmp_path) not in said
    assert '"outlets": null' in Settings().as_json()
