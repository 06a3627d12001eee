"""The shipped table of outlets and agencies: its shape, and that its names do not collide."""

import csv
import re
from collections import defaultdict
from pathlib import Path

TABLE = Path(__file__).parents[1] / "src/firsthand/data/outlets.tsv"
COLUMNS = (
    "outlet_id name kind aliases domains country city language medium frequency group ambiguous "
    "seen_at"
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


def test_there_are_enough_rows():
    assert len(rows()) >= 300


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
