"""What a file is, by its bytes, and in which form it is kept: pictures drawn anew, PDF written anew."""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from unicodedata import category

from core.errors import InvalidInput
from marking.papers import without_names

MOST_FILES = 3  # with a work, or with one answer
LARGEST = 10_000_000  # bytes
MOST_PIXELS = 25_000_000
LONGEST_NAME = 80  # characters
REFUSED = "This file is none of PNG, JPEG, WebP and PDF. Save it as one of them and send it again."
TOO_LARGE = "This file is larger than 10 MB. Make it smaller and send it again."
TOO_MANY_PIXELS = "This picture has more than 25 million pixels. Make it smaller and send it again."
BROKEN = "This file is damaged or cut short. Open it, save it anew and send it again."
EMPTY = "Choose a file first."


@dataclass(frozen=True)
class Brought:
    """A file that was checked: the name for those who save it, its kind, and the bytes that are kept."""

    name: str
    mime: str
    data: bytes


def check(name: str, data: bytes) -> Brought:
    """The file as it is kept. Raises InvalidInput with the remedy for one that is refused."""
    if not data:
        raise InvalidInput(EMPTY, "file")
    if len(data) > LARGEST:
        raise InvalidInput(TOO_LARGE, "file")
    for begins, mime, suffix, keep in KINDS:
        if begins.match(data):
            return Brought(_plain_name(name, suffix), mime, keep(data))
    raise InvalidInput(REFUSED, "file")


def _plain_name(name: str, suffix: str) -> str:
    """The last part of what the browser called it, without signs that lead anywhere, with the ending of its kind."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    kept = "".join(char for char in stem if category(char)[0] != "C" and char not in '<>:"/\\|?*').strip(" .")
    return f"{kept[:LONGEST_NAME] or 'file'}{suffix}"


def _draw_anew(kind: str) -> Callable[[bytes], bytes]:
    def draw(data: bytes) -> bytes:
        # Late: Pillow takes long to load, and most pages never meet a file.
        from PIL import Image, ImageOps, UnidentifiedImageError

        try:
            with warnings.catch_warnings(), Image.open(BytesIO(data), formats=[kind]) as picture:
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                if picture.width * picture.height > MOST_PIXELS:
                    raise InvalidInput(TOO_MANY_PIXELS, "file")
                upright = ImageOps.exif_transpose(picture)
                plain = upright.convert("RGBA" if kind != "JPEG" and upright.has_transparency_data else "RGB")
        except Image.DecompressionBombError:
            raise InvalidInput(TOO_MANY_PIXELS, "file") from None
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
            raise InvalidInput(BROKEN, "file") from None
        return _written(plain, kind)

    return draw


def _written(picture: object, kind: str) -> bytes:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    # The pixels alone go over into the new picture: no profile, no comment, no place, no device.
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    out = BytesIO()
    bare.save(out, format=kind, quality=90)
    return out.getvalue()


def _written_anew(data: bytes) -> bytes:
    if b"%%EOF" not in data[-1024:]:
        raise InvalidInput(BROKEN, "file")
    return without_names(data)


KINDS: tuple[tuple[re.Pattern[bytes], str, str, Callable[[bytes], bytes]], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png", ".png", _draw_anew("PNG")),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg", ".jpg", _draw_anew("JPEG")),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp", ".webp", _draw_anew("WEBP")),
    (re.compile(rb"%PDF-\d"), "application/pdf", ".pdf", _written_anew),
)
