"""A bundle as one zip file: read with every guard against a hostile one, written so that the same files give the same
bytes. Pure."""

import re
import stat
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from core.errors import InvalidInput

MOST_FILES = 2_000
MOST_BYTES = 200_000_000  # unpacked
MOST_RATIO = 100  # unpacked bytes for each byte of the zip
BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can hold
PIECE = 1 << 16  # bytes
METHODS = (ZIP_STORED, ZIP_DEFLATED)  # of these a piece is never larger than what was asked for
KINDS = (0, stat.S_IFREG, stat.S_IFDIR)  # 0: made by a system that does not say
ENCRYPTED = 0x41  # flags: encrypted, and strongly so
ODD = re.compile(r"[\x00-\x1f\x7f\\]|^[A-Za-z]:")
DAMAGED = "This is no zip file, or it is damaged. Pack the folder again."
TOO_MANY = f"The zip holds more than {MOST_FILES:,} files. A bundle has fewer."
TOO_LARGE = f"Unpacked, the zip is larger than {MOST_BYTES // 1_000_000} MB."
TOO_DENSE = f"The zip unpacks to more than {MOST_RATIO} times its size, as no bundle does."


def read_zip(data: bytes) -> dict[str, bytes]:
    """The files by path; hidden ones are no part of a bundle. Raises InvalidInput with what is wrong, by name."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = _entries(archive.infolist())
            return dict(_unpack(archive, entries, most=MOST_RATIO * len(data)))
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError):
        raise InvalidInput(DAMAGED) from None


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """The files by path as a zip."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = ZipInfo(path, BEGINNING)
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[path])
    return target.getvalue()


def _entries(found: list[ZipInfo]) -> list[ZipInfo]:
    """The files among what a zip lists. Raises InvalidInput where one of them is not what a bundle holds."""
    if len(found) > MOST_FILES:
        raise InvalidInput(TOO_MANY)
    for entry in found:
        if wrong := _fault(entry):
            raise InvalidInput(f"{_shown(entry.orig_filename)} {wrong}.")
    entries = [each for each in found if not each.is_dir() and not _is_hidden(each.filename)]
    _require_apart([entry.filename for entry in entries])
    return entries


def _fault(entry: ZipInfo) -> str:
    """Why an entry is refused, empty where it is not."""
    name = entry.orig_filename
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if name.startswith("/") or ODD.search(name) or {"", ".", ".."} & set(name.removesuffix("/").split("/")):
        return "would lie outside of the bundle, or has a name that no file can have"
    if kind not in KINDS:
        return "is a link or a device. Put the file itself there"
    if entry.flag_bits & ENCRYPTED:
        return "is encrypted. Pack the folder without a password"
    if entry.compress_type not in METHODS:
        return "is packed in a way that is not read. Pack the folder as a plain zip"
    return ""


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))


def _require_apart(paths: Iterable[str]) -> None:
    """No two names that are one on some disk: by case, by the way an accent is written, or as file and folder."""
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        plain = unicodedata.normalize("NFC", path).casefold()
        folders.update({str(parent): path for parent in PurePosixPath(plain).parents})
        if plain in seen:
            raise InvalidInput(f"{_shown(path)} and {_shown(seen[plain])} are one name on many computers.")
        seen[plain] = path
    for plain in seen.keys() & folders.keys():
        raise InvalidInput(
            f"{_shown(seen[plain])} is a file, and a folder of {_shown(folders[plain])} as well."
        )


def _unpack(archive: ZipFile, entries: list[ZipInfo], most: int) -> Iterator[tuple[str, bytes]]:
    """Each file with its bytes, counted while they come: what a header says of a size is not believed."""
    total = 0
    for entry in entries:
        pieces = []
        with archive.open(entry) as file:
            while piece := file.read(PIECE):
                total += len(piece)
                if total > min(most, MOST_BYTES):
                    raise InvalidInput(TOO_DENSE if most < MOST_BYTES else TOO_LARGE)
                pieces.append(piece)
        yield entry.filename, b"".join(pieces)


def _shown(name: str) -> str:
    """A name that somebody else chose, fit to stand in a sentence."""
    plain = "".join(char if char.isprintable() else "?" for char in name)
    return plain if len(plain) <= 100 else f"{plain[:99]}…"
