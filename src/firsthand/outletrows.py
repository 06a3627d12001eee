"""
Rows of a table of outlets: what a row says, and a user's own rows beside the shipped ones.

The shipped rows were written from general knowledge. ``checked`` says what of a row was held
against something else: the Wikidata id under which a public list (CC0) has a newspaper of that name
in that country, and ``address`` where articles under the row's domain were seen to bear its name.
An empty cell is a row nobody has checked.

A user's table is the shipped one in small: tab-separated, with a line of column names. Only
``name`` must be there. Its rows win: one that has the id or the name of a shipped outlet takes its
place, and a name, alias or domain it claims is taken from every shipped outlet that had it. A
mistake is said with its line and column and nothing is run, since a half-read table would join the
wrong newsrooms.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from firsthand.errors import InputError
from firsthand.model import digest
from firsthand.text import name_key

COLUMNS = (
    "outlet_id", "name", "kind", "aliases", "domains", "country", "city", "language", "medium",
    "frequency", "group", "ambiguous", "seen_at", "checked",
)  # fmt: skip
KINDS = ("outlet", "agency")
MEDIUMS = ("agency", "newspaper", "magazine", "broadcaster", "website", "radio")
FREQUENCIES = ("", "daily", "weekly", "monthly")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
# Cells that must be one of a few, or of a form; what to write instead.
_FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "outlet_id": (re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*"), "small letters, digits and hyphens"),
    "country": (re.compile(r"(?:[A-Z]{2})?"), "two capital letters (ISO 3166), or nothing"),
    "language": (re.compile(r"(?:[a-z]{2,3})?"), "two small letters (ISO 639), or nothing"),
    "kind": (re.compile("|".join(KINDS)), " or ".join(KINDS)),
    "medium": (re.compile("|".join(("", *MEDIUMS))), ", ".join(MEDIUMS) + " or nothing"),
    "frequency": (re.compile("|".join(FREQUENCIES)), "daily, weekly, monthly or nothing"),
}
MOST_BYTES = 16_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlet:
    """One row of the table: an outlet or agency with the names and domains it goes by."""

    outlet_id: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    domains: tuple[str, ...]
    country: str
    city: str
    language: str
    medium: str
    frequency: str
    group: str
    ambiguous: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnOutlets:
    """A user's table of outlets: where it lies, the digest of what was read, how many rows."""

    path: str
    sha256: str
    n_rows: int


def outlet_id_of(name: str) -> str:
    """Return the id of an outlet no table knows: a digest of its name's normal form."""
    return digest("outlet", name_key(name))


def outlet_of(row: dict[str, str]) -> Outlet:
    """Return a row as an outlet; columns that are not there are empty."""

    def several(column: str) -> tuple[str, ...]:
        return tuple(part for part in (row.get(column) or "").split("|") if part)

    name = row["name"]
    kind = row.get("kind") or ("agency" if row.get("medium") == "agency" else "outlet")
    return Outlet(
        outlet_id=row.get("outlet_id") or outlet_id_of(name),
        name=name,
        kind=kind,
        aliases=several("aliases"),
        domains=several("domains"),
        country=row.get("country") or "",
        city=row.get("city") or "",
        language=row.get("language") or "",
        medium=row.get("medium") or ("agency" if kind == "agency" else ""),
        frequency=row.get("frequency") or "",
        group=row.get("group") or "",
        ambiguous=frozenset(several("ambiguous")),
    )


def own_outlets(path: str | Path) -> OwnOutlets:
    """Return a user's table, read and found right; raises :class:`InputError` where it is not."""
    data = _bytes(path)
    rows = _read(str(path), data)
    return OwnOutlets(
        path=str(Path(path).resolve()),
        sha256=hashlib.sha256(data).hexdigest(),
        n_rows=len(rows),
    )


def rows_of(path: str | Path) -> list[Outlet]:
    """Return the outlets of a user's table."""
    return _read(str(path), _bytes(path))


def _bytes(path: str | Path) -> bytes:
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"{path}: the table of outlets cannot be read ({error.strerror or error}).",
            slug="outlets-file",
        ) from error
    if len(data) > MOST_BYTES:
        raise _wrong(str(path), 1, 1, f"is larger than {MOST_BYTES // 1_000_000} MB")
    return data


def _wrong(path: str, line: int, column: int, what: str) -> InputError:
    return InputError(
        f"{path}: line {line}, column {column}: {what}. The columns are "
        f"{', '.join(COLUMNS)}, tabs between them; only name must be filled.",
        slug="outlets-file",
    )


def _read(path: str, data: bytes) -> list[Outlet]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _wrong(path, line, 1, "is not UTF-8") from error
    lines = [
        (number, line.rstrip("\r"))
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines:
        raise _wrong(path, 1, 1, "has no line of column names")
    names = _header(path, *lines[0])
    found = [_checked(path, number, names, line) for number, line in lines[1:]]
    _no_clash(path, [number for number, _ in lines[1:]], found)
    return found


def _cells(line: str) -> list[str]:
    return next(csv.reader([line], delimiter="\t", quoting=csv.QUOTE_NONE))


def _header(path: str, number: int, line: str) -> list[str]:
    names = [name.strip() for name in _cells(line)]
    for at, name in enumerate(names, start=1):
        if name not in COLUMNS:
            raise _wrong(path, number, at, f"there is no column {name!r}")
        if name in names[: at - 1]:
            raise _wrong(path, number, at, f"{name!r} is there twice")
    if "name" not in names:
        raise _wrong(path, number, 1, "there is no column 'name'")
    return names


def _checked(path: str, number: int, names: list[str], line: str) -> Outlet:
    cells = [cell.strip() for cell in _cells(line)]
    if len(cells) > len(names):
        raise _wrong(path, number, len(names) + 1, "has more cells than there are columns")
    row = dict(zip(names, [*cells, *[""] * (len(names) - len(cells))], strict=True))
    for at, name in enumerate(names, start=1):
        form, wanted = _FORMS.get(name, (None, ""))
        if row[name] and form and not form.fullmatch(row[name]):
            raise _wrong(path, number, at, f"{name} is {row[name]!r}; it must be {wanted}")
        for domain in row[name].split("|") if name == "domains" and row[name] else ():
            if not _DOMAIN.fullmatch(domain):
                raise _wrong(
                    path, number, at, f"{domain!r} is no domain (write harbour-post.example)"
                )
    if not name_key(row["name"]):
        raise _wrong(path, number, names.index("name") + 1, "has no name")
    for entry in row.get("ambiguous", "").split("|"):
        if entry and entry not in (row["name"], *row.get("aliases", "").split("|")):
            at = names.index("ambiguous") + 1
            raise _wrong(path, number, at, f"{entry!r} is neither the name nor an alias of its row")
    return outlet_of(row)


def _no_clash(path: str, numbers: Sequence[int], found: Sequence[Outlet]) -> None:
    """Refuse two rows of one id or one domain, and one name of two rows that is not ambiguous."""
    seen: dict[tuple[str, str], int] = {}
    for number, outlet in zip(numbers, found, strict=True):
        sure = {name_key(n) for n in (outlet.name, *outlet.aliases) if n not in outlet.ambiguous}
        claims = [("outlet_id", outlet.outlet_id), *(("domain", d) for d in outlet.domains)]
        for claim in [*claims, *(("name", key) for key in sorted(sure))]:
            if (before := seen.setdefault(claim, number)) != number:
                what = f"has the {claim[0]} {claim[1]!r} of line {before}"
                more = "; name it under ambiguous in both rows" if claim[0] == "name" else ""
                raise _wrong(path, number, 1, what + more)


def with_own(shipped: Iterable[Outlet], own: Sequence[Outlet]) -> list[Outlet]:
    """
    Return the shipped outlets and a user's, the user's first and with all that they claim.

    >>> post = outlet_of({"name": "Harbour Post", "outlet_id": "hp", "domains": "hp.example"})
    >>> mine = outlet_of({"name": "Harbour Post", "city": "Marl"})
    >>> [(o.outlet_id, o.city, o.domains) for o in with_own([post], [mine])]
    [('hp', 'Marl', ())]
    """
    kept = list(shipped)
    by_name = {name_key(o.name): o.outlet_id for o in kept}
    ids = {o.outlet_id for o in kept}
    named = [
        o
        if o.outlet_id in ids or o.outlet_id != outlet_id_of(o.name)
        else replace(o, outlet_id=by_name.get(name_key(o.name), o.outlet_id))
        for o in own
    ]
    replaced = {o.outlet_id for o in named}
    names = {name_key(n) for o in named for n in (o.name, *o.aliases)}
    domains = {d for o in named for d in o.domains}
    return [*named, *_left(kept, replaced, names, domains)]


def _left(
    shipped: Iterable[Outlet], replaced: set[str], names: set[str], domains: set[str]
) -> Iterator[Outlet]:
    """Yield the shipped outlets that stay, without the names and domains that others claim."""
    for outlet in shipped:
        if outlet.outlet_id in replaced or name_key(outlet.name) in names:
            continue
        yield replace(
            outlet,
            aliases=tuple(a for a in outlet.aliases if name_key(a) not in names),
            domains=tuple(d for d in outlet.domains if d not in domains),
        )
