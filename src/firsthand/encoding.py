"""
Bytes → text: which encoding a capture is in, and the one function that decodes it.

The order of trust is the one browsers use: a byte order mark, what the server said, what the page
says of itself, valid UTF-8, and only then windows-1252, which can read any byte. The answer is a
name that :func:`decode` understands and that is kept with the capture, so the same characters come
out whenever it is decoded again. Line ends are never translated: spans of a capture must lead back
to its own characters.

Known to fail: text in another single-byte encoding that says nothing of itself (Cyrillic in
windows-1251, say) is read as windows-1252 and comes out as nonsense.
"""

from __future__ import annotations

import codecs
import re

# What HTML may declare. Python knows many more codecs, some of which are no encodings of text
# (rot13), quadratic in the length of their input (punycode) or a way to smuggle markup (utf-7).
_WEB_ENCODING = re.compile(
    r"utf[-_]?(?:8|16|16[-_]?[lb]e|32)|us[-_]?ascii|ascii|latin[-_]?\d+|iso[-_]?8859[-_]\d+|"
    r"(?:windows|cp)[-_]?(?:125\d|874|866|949|932|936|950)|koi8[-_][rut]|macintosh|mac[-_]?roman|"
    r"gb2312|gbk|gb18030|big5(?:[-_]?hkscs)?|euc[-_](?:jp|kr)|shift[-_]?jis|sjis|iso[-_]?2022[-_]jp|"
    r"tis[-_]?620",
    re.IGNORECASE,
)
# Pages that say ASCII or Latin-1 are read as windows-1252 by every browser; curly quotes need it.
_LATIN = frozenset({"ascii", "iso8859-1"})
_META = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
# How far into a page the declaration may stand; browsers look at the first 1,024 bytes, but pages
# with a long comment in front of it are common enough.
META_WITHIN_BYTES = 4096
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(content: bytes, encoding: str | None) -> str:
    """
    Return the text of ``content``; ``encoding`` is a name that :func:`encoding_of` gave.

    >>> decode(b"caf\\xe9\\r\\n", encoding_of(b"caf\\xe9\\r\\n"))
    'café\\r\\n'
    """
    name, _, errors = (encoding or "utf-8").partition("/")
    return content.decode(name, errors or "replace")


def encoding_of(content: bytes, *, declared: str | None = None, markup: bool = False) -> str:
    """
    Return the encoding of ``content``, with ``/replace`` where some bytes of it cannot be read.

    ``declared`` is what the server said; ``markup`` allows the page to speak for itself.

    >>> encoding_of("“Hafen”".encode())
    'utf-8'
    >>> encoding_of(b"\\x93Hafen\\x94")
    'windows-1252'
    >>> encoding_of("“Hafen” – Möwe".encode() + b"\\xe2\\x80")
    'utf-8/replace'
    >>> encoding_of(b'<meta charset="koi8-r"><p>\\xf0\\xcf\\xd2\\xd4', markup=True)
    'koi8-r'
    >>> encoding_of(b"<meta charset=rot13><p>Port", markup=True)
    'utf-8'
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _checked(content, name)
    for said in (declared, _said_by_page(content) if markup else None):
        known = _known(said)
        if known and not (known.startswith(("utf-16", "utf-32")) and b"<" in content[:64]):
            return _checked(content, known)
    return _guess(content)


def _said_by_page(content: bytes) -> str | None:
    head = content[:META_WITHIN_BYTES]
    found = _XML.search(head) or _META.search(head)
    return found.group(1).decode("ascii", "replace") if found else None


def _known(said: str | None) -> str | None:
    """Return Python's name for an encoding the web may use, or None."""
    if not said or not _WEB_ENCODING.fullmatch(said.strip()):
        return None
    try:
        name = codecs.lookup(said.strip()).name
    except LookupError:
        return None
    return "windows-1252" if name in _LATIN else name


def _checked(content: bytes, name: str) -> str:
    """Return the name, with what to do about bytes it cannot read."""
    try:
        content.decode(name)
    except UnicodeDecodeError:
        return f"{name}/replace"
    return name


def _guess(content: bytes) -> str:
    try:
        content.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
    # One torn character in a page of good ones is damage; good ones do not come about by chance.
    broken = text.count("\ufffd")
    good = sum(1 for c in text if c > "\x7f") - broken
    if good > broken:
        return "utf-8/replace"
    try:
        content.decode("windows-1252")
        return "windows-1252"
    except UnicodeDecodeError:
        return "latin-1"
