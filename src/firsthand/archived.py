"""
Records of web archives (WARC, WET, ARC, and what a WACZ holds) → pages, and what is no page.

A page is a response with status 200, a resource or a conversion (WET) of type HTML or plain text.
Requests, metadata, redirects, pictures, answers to scripts and files for crawlers are no pages:
they are counted in ``skipped``. So is what archiving tools write about a page into its archive: its
text again (``urn:text:``), their log (``metadata:``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from firsthand import arc, response, warc, wayback
from firsthand.inflate import TornError, plain_stream
from firsthand.intake import HTML_TYPE, TEXT_TYPE, Intake, media_type_of, rejected
from firsthand.model import Capture, Rejected
from firsthand.revisits import Revisits

_PAGE_TYPES: Mapping[str, str] = {
    "text/html": HTML_TYPE,
    "application/xhtml+xml": HTML_TYPE,
    "text/plain": TEXT_TYPE,
}
_PAGE_KINDS = ("response", "resource", "conversion")
# Doubts that say the bytes of a whole record are not those that were captured.
DAMAGED: Mapping[str, str] = {
    "compression": "the checksum of its compressed data fails: the page is damaged",
    "gzip": "the checksum of its compressed data fails: the page is damaged",
    "warc-digest": "its digest is another: the page was damaged or changed after it was captured",
}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# Plain text for crawlers and advertisers, at the addresses their conventions give.
_FOR_CRAWLERS = re.compile(
    r"https?://[^/]+/(?:robots|ads|app-ads|humans|llms|security|\.well-known/[^/?#]+)\.txt",
    re.IGNORECASE,
)
_ABOUT_A_PAGE = re.compile(r"(urn|metadata):")


def warc_pages(source: BinaryIO, name: str, intake: Intake) -> Iterator[Capture | Rejected]:
    """Yield the pages of a WARC or WET, and its records that cannot be read."""
    n_seen, most = 0, intake.reading.record_bytes
    revisits = Revisits(source, max_bytes=most)
    for found in warc.records(source, max_bytes=most):
        n_seen += 1
        if isinstance(found, warc.Broken):
            yield rejected(name, found.code, found.reason, record=found.record, offset=found.offset)
            continue
        revisits.note(found)
        if found.fields.get("warc-type", "").lower() == "revisit":
            again = revisits.resolved(found)
            if again is None:
                intake.skip("warc revisit, not resolved", f"{name}: {found.offset}")
                continue
            found = again
        if page := _warc_page(found, name, intake):
            yield _doubted(page, found, name, intake)
    if not n_seen:
        yield rejected(name, "empty", "there is no WARC record in it")


def _warc_page(record: warc.Record, name: str, intake: Intake) -> Capture | Rejected | None:
    fields = record.fields
    kind = fields.get("warc-type", "without type").lower()
    record_id = fields.get("warc-record-id", "").strip("<>") or None
    example = f"{name}: {record_id or record.offset}"
    url = fields.get("warc-target-uri", "").strip("<>") or None
    # Crawlers that drive a browser say what the browser asked for a response as.
    part = fields.get("warc-resource-type", "document").lower()
    if kind not in _PAGE_KINDS:
        intake.skip(f"warc {kind}", example)
    elif part != "document":
        intake.skip(f"a page's parts ({part})", example)
    else:
        return page_of(
            record.block,
            intake,
            name=name,
            declared=fields.get("content-type", ""),
            is_response=kind == "response",
            url=url,
            fetched_at=fields.get("warc-date") or None,
            record=record_id,
            offset=record.offset,
        )
    return None


def _doubted(
    page: Capture | Rejected, record: warc.Record, name: str, intake: Intake
) -> Capture | Rejected:
    """Return the page, or a reject where the bytes are not those that were once captured."""
    if record.doubt is None or isinstance(page, Rejected):
        return page
    if record.doubt in DAMAGED:
        why = DAMAGED[record.doubt]
        return rejected(name, record.doubt, why, record=page.record, offset=record.offset)
    # Many tools close their records carelessly; the page is read, and said to be.
    intake.skip(f"no page lost, but a record in doubt ({record.doubt})", f"{name}: {page.record}")
    return page


def arc_pages(source: BinaryIO, name: str, intake: Intake) -> Iterator[Capture | Rejected]:
    """Yield the pages of an ARC, and its records that cannot be read."""
    n_seen = 0
    plain = plain_stream(source, intake.reading.stream_caps())
    for found in arc.records(plain, max_bytes=intake.reading.record_bytes):
        n_seen += 1
        if isinstance(found, arc.Broken):
            yield rejected(name, found.code, found.reason, offset=found.offset)
        elif found.url.startswith(("filedesc:", "dns:")):
            intake.skip(f"arc {found.url.partition(':')[0]}", f"{name}: {found.offset}")
        elif page := _arc_page(found, name, intake):
            yield page
    if not n_seen:
        yield rejected(name, "empty", "there is no ARC record in it")


def _arc_page(record: arc.Record, name: str, intake: Intake) -> Capture | Rejected | None:
    return page_of(
        record.block,
        intake,
        name=name,
        declared=record.media_type,
        is_response=record.block.startswith(b"HTTP/"),
        url=record.url,
        fetched_at=wayback.moment(record.date[:14]),
        record=None,
        offset=record.offset,
    )


def page_of(
    content: bytes,
    intake: Intake,
    *,
    name: str,
    declared: str,
    is_response: bool,
    url: str | None,
    fetched_at: str | None,
    record: str | None,
    offset: int,
) -> Capture | Rejected | None:
    """Return the page in a record, why it cannot be read, or None where it is none (counted)."""
    example = f"{name}: {record or offset}"
    if not is_response and url and (found := _ABOUT_A_PAGE.match(url)):
        intake.skip(f"written by the archiving tool ({found.group(1)}:)", example)
        return None
    if url and _FOR_CRAWLERS.fullmatch(url):
        intake.skip("text for crawlers (robots.txt and the like)", example)
        return None
    try:
        if is_response or declared.startswith("application/http"):
            status, declared, content = response.opened(content, intake.reading.record_caps())
            if status != 200:
                intake.skip(f"http status {status}", example)
                return None
    except TornError as torn:
        return rejected(name, torn.code, torn.why, record=record, offset=offset)
    said = declared.partition(";")[0].strip().lower()
    media_type = _PAGE_TYPES.get(said) or (None if said else media_type_of(content))
    if media_type is None:
        intake.skip(f"{said}, no page", example)
        return None
    charset = _CHARSET.search(declared)
    return intake.page(
        content,
        media_type,
        name,
        record=record or str(offset),
        offset=offset,
        key=record or "",
        url=url,
        fetched_at=fetched_at,
        charset=charset.group(1) if charset else None,
    )
