"""A `.docx` as it comes from anywhere: a zip whose every part is read within limits before anything reads it. Pure."""

import stat
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as BrokenStream

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from core.errors import InvalidInput

MOST_FILES = 2_000
MOST_BYTES = 200_000_000  # unpacked
MOST_XML = 10_000_000  # bytes of one part in XML
MOST_RATIO = 100  # unpacked to packed, beyond the first megabyte
FREE_OF_RATIO = 1_000_000
NOT_WORD = "This is no Word document (.docx). Open it in Word, save it as .docx and send it again."
TOO_MUCH = "This document unpacks to more than a document holds, so it is not opened."
UNSAFE = "This document has parts that no word processor writes, so it is not opened."
TOO_LONG = "This document has too much text. Split it into several and send them."
DAMAGED = "This document is damaged. Open it in Word, save it anew and send it again."
LOCKED = "This document is protected by a password. Save it without one and send it again."
OLD_WORD = b"\xd0\xcf\x11\xe0"  # .doc, and a .docx with a password


def read_package(data: bytes) -> dict[str, bytes]:
    """The document's parts by path. Raises InvalidInput with the remedy for what is no document or no safe one."""
    if data.startswith(OLD_WORD):
        raise InvalidInput(f"{NOT_WORD} One with a password has to be saved without it.")
    try:
        with ZipFile(BytesIO(data)) as packed:
            parts = dict(_parts(packed))
    except (BadZipFile, BrokenStream, EOFError, NotImplementedError, OSError, ValueError):
        raise InvalidInput(NOT_WORD) from None
    if "[Content_Types].xml" not in parts or not any(name.startswith("word/") for name in parts):
        raise InvalidInput(NOT_WORD)
    for name, part in parts.items():
        if is_xml(name):
            _require_plain_xml(part)
    return parts


def rewritten(parts: dict[str, bytes]) -> BytesIO:
    """The same parts in a zip of ours, so that who reads it sees the bytes that were checked and no others."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as packed:
        for name, part in parts.items():
            packed.writestr(ZipInfo(name), part)
    out.seek(0)
    return out


def is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _parts(packed: ZipFile) -> Iterator[tuple[str, bytes]]:
    infos = packed.infolist()
    if len(infos) > MOST_FILES:
        raise InvalidInput(TOO_MUCH)
    left, seen = MOST_BYTES, set[str]()
    for info in infos:
        _require_safe(info, seen)
        if info.is_dir():
            continue
        part = _read(packed, info, left)
        left -= len(part)
        yield info.filename, part


def _require_safe(info: ZipInfo, seen: set[str]) -> None:
    """No place outside, no link, no second part of the same name, nothing locked."""
    steps = info.filename.replace("\\", "/").split("/")
    is_outside = info.filename.startswith(("/", "\\")) or ".." in steps or ":" in steps[0]
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    if is_outside or is_link or info.filename.lower() in seen:
        raise InvalidInput(UNSAFE)
    if info.flag_bits & 1:
        raise InvalidInput(LOCKED)
    seen.add(info.filename.lower())


def _read(packed: ZipFile, info: ZipInfo, left: int) -> bytes:
    """One part, read no further than the limits, whatever its header says."""
    most = min(left, max(FREE_OF_RATIO, info.compress_size * MOST_RATIO))
    with packed.open(info) as stream:
        part = stream.read(most + 1)
    if len(part) > most:
        raise InvalidInput(TOO_MUCH)
    if is_xml(info.filename) and len(part) > MOST_XML:
        raise InvalidInput(TOO_LONG)
    return part


def _require_plain_xml(part: bytes) -> None:
    """XML that declares nothing: no entities, no document type, nothing from elsewhere."""
    try:
        fromstring(part, forbid_dtd=True)
    except DefusedXmlException:
        raise InvalidInput(UNSAFE) from None
    except (ParseError, ValueError, LookupError):
        raise InvalidInput(DAMAGED) from None
