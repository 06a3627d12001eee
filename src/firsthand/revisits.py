"""
Revisit records → the page they say was there again, where it was read before in the same file.

A crawler that meets the same payload twice writes it once, and then a revisit record that points
back: by record id, by address and date, or by payload digest. What was read is kept as places in
the file, not as bytes: the page is read again from there and given with the address and date of the
revisit. What it points to must fit (digests must not differ); else it is not resolved.

Known to fail: files that cannot be read again from an earlier place, those in a WACZ, WARCs
compressed as one single member, and zstd with a dictionary leave revisits unresolved; so do
revisits of another file's records, and of more than ``MAX_NOTED`` records before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO
from zipfile import ZipExtFile

from firsthand import warc

# Some 300 bytes each: 75 MB at most.
MAX_NOTED = 250_000


class Revisits:
    """The records of one file that a later revisit may point to."""

    def __init__(self, source: BinaryIO, *, max_bytes: int) -> None:
        """``source``: the file that is being read, from its beginning; ``max_bytes`` as there."""
        self.source, self.max_bytes = source, max_bytes
        self.places: dict[int, int] = {}
        self.noted = 0

    def note(self, record: warc.Record) -> None:
        """Remember where a response or resource stands."""
        if record.fields.get("warc-type") in ("response", "resource") and self.noted < MAX_NOTED:
            self.noted += 1
            for key in _own_keys(record.fields):
                self.places[hash(key)] = record.offset

    def resolved(self, revisit: warc.Record) -> warc.Record | None:
        """
        Return the record that a revisit points to, with the revisit's id, address and date.

        None if it was not among those noted, or does not fit any more. The place in the file is
        left as it was.
        """
        # Going back inside a zip file means unpacking it from its beginning, for every revisit.
        if isinstance(self.source, ZipExtFile) or not self.source.seekable():
            return None
        for key in _pointed_keys(revisit.fields):
            place = self.places.get(hash(key))
            found = self._again(place) if place is not None else None
            if found and key in _own_keys(found.fields) and not _differ(found, revisit):
                own = {k: v for k, v in revisit.fields.items() if k in _KEPT}
                return replace(found, offset=revisit.offset, fields={**found.fields, **own})
        return None

    def _again(self, place: int) -> warc.Record | None:
        here = self.source.tell()
        try:
            self.source.seek(place)
            found = next(warc.records(self.source, max_bytes=self.max_bytes), None)
        finally:
            self.source.seek(here)
        return found if isinstance(found, warc.Record) else None


_KEPT = ("warc-record-id", "warc-target-uri", "warc-date")


def _own_keys(fields: dict[str, str]) -> list[tuple[str, ...]]:
    """Return what a revisit may call a record by, surest first."""
    place = (fields.get("warc-target-uri", ""), fields.get("warc-date", ""))
    return _keys(fields.get("warc-record-id"), place, fields.get("warc-payload-digest"))


def _pointed_keys(fields: dict[str, str]) -> list[tuple[str, ...]]:
    """Return what a revisit calls the record by that it points to, surest first."""
    place = (fields.get("warc-refers-to-target-uri", ""), fields.get("warc-refers-to-date", ""))
    return _keys(fields.get("warc-refers-to"), place, fields.get("warc-payload-digest"))


def _keys(record: str | None, place: tuple[str, str], payload: str | None) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [("record", record)] if record else []
    found += [("place", *place)] if all(place) else []
    return found + ([("payload", payload.upper())] if payload else [])


def _differ(left: warc.Record, right: warc.Record) -> bool:
    digests = {r.fields.get("warc-payload-digest", "").upper() for r in (left, right)}
    return len(digests - {""}) > 1
