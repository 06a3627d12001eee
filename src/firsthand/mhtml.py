"""
MHTML, a page saved as one file → the page in it, with its address and when it was saved.

Browsers write a mail: the page is its first part of type ``text/html``, pictures, styles and frames
are further parts. The address stands in ``Snapshot-Content-Location`` or in the part's
``Content-Location``, the time in ``Date``.

Known to fail: frames of the page are left out (and counted); a file cut off in the middle gives the
page as far as it goes only if its part is whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime

from firsthand.inflate import TornError

# A mail nests a part or two; each level costs a frame of the parser.
MOST_BOUNDARIES = 200
_HEAD = re.compile(rb"(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedPage:
    """The page in a saved file; ``n_frames`` are the other pages in it."""

    content: bytes
    charset: str | None = None
    url: str | None = None
    saved_at: str | None = None
    n_frames: int = 0


def is_mhtml(head: bytes) -> bool:
    """
    Return whether a file begins as a saved page does: mail fields, one of them of many parts.

    >>> is_mhtml(b"From: Blink\\nMIME-Version: 1.0\\nContent-Type: multipart/related;")
    True
    >>> is_mhtml(b"From: the harbour\\nFog closed it.")
    False
    """
    found = _HEAD.match(head.removeprefix(b"\xef\xbb\xbf").lstrip())
    said = (found.group() + head[found.end() : found.end() + 200] if found else b"").lower()
    return b"mime-version:" in said and (b"multipart/related" in said or b"text/html" in said)


def page_in(content: bytes) -> SavedPage:
    """Return the page in a saved file; :class:`TornError` where there is none."""
    if content.lower().count(b"boundary=") > MOST_BOUNDARIES:
        raise TornError("mhtml", "the parts of the saved page are nested too deep")
    try:
        mail = BytesParser(policy=compat32).parsebytes(content)
        pages = [part for part in _parts(mail) if part.get_content_type() == "text/html"]
    except (RecursionError, ValueError, LookupError) as error:
        raise TornError("mhtml", f"the saved page cannot be taken apart: {error}") from error
    if not pages:
        raise TornError("mhtml", "no part of the saved page is of type text/html")
    body = pages[0].get_payload(decode=True)
    if not isinstance(body, bytes) or not body.strip():
        raise TornError("mhtml", "the part of type text/html is empty")
    return SavedPage(
        content=body,
        charset=pages[0].get_content_charset(),
        url=_address(mail.get("Snapshot-Content-Location"), pages[0].get("Content-Location")),
        saved_at=_time(mail.get("Date")),
        n_frames=len(pages) - 1,
    )


def _parts(mail: Message) -> Iterator[Message]:
    """Yield the parts that hold something, in order."""
    return (part for part in mail.walk() if not part.is_multipart())


def _address(*said: object) -> str | None:
    for value in said:
        url = "".join(str(value or "").split())
        if url.startswith(("http://", "https://")):
            return url
    return None


def _time(said: object) -> str | None:
    try:
        moment = parsedate_to_datetime(str(said or ""))
    except ValueError:
        return None
    # "-0000" says UTC without a zone of its own.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
