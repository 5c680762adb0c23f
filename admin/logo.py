"""The school's logo: whatever image somebody brings becomes a small PNG of our own making."""

import io
import warnings

from core.errors import InvalidInput

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 25_000_000
LARGEST = (960, 240)  # pixels, twice what the header shows


def as_png(data: bytes) -> bytes:
    """The image again as PNG, within LARGEST and without what else the file held.

    Raises InvalidInput for what is no PNG, JPG or WEBP, is damaged, or has more than MOST_PIXELS.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # Late: no page needs it.

    try:
        # The size is read from the head of the file, before any pixel is unpacked; ours is the limit, not Pillow's.
        with warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning):
            image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
            if image.width * image.height > MOST_PIXELS:
                raise InvalidInput(
                    "This image has more than 25 million pixels. Make it smaller first.", "logo"
                )
            image = ImageOps.exif_transpose(image).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise InvalidInput(
            "This file is not an image in PNG, JPG or WEBP that can be read.", "logo"
        ) from error
    image.thumbnail(LARGEST)
    made = io.BytesIO()
    image.save(made, "PNG", optimize=True)
    return made.getvalue()
