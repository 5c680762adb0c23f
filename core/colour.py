"""Contrast of colours by WCAG 2.2, and the nearest shade that can be read. Pure."""

import colorsys
import re

LEAST_CONTRAST = 4.5
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(text: str) -> bool:
    """A colour is written as `#` and six hexadecimal digits."""
    return bool(_HEX.fullmatch(text))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def nearest_readable(colour: str, ground: str) -> str:
    """The colour itself, or its nearest lighter or darker shade with at least 4.5:1 on `ground`."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    for step in range(101):
        for shade in (lightness - step / 100, lightness + step / 100):
            if 0 <= shade <= 1:
                candidate = _hex(colorsys.hls_to_rgb(hue, shade, saturation)) if step else colour.lower()
                if contrast(candidate, ground) >= LEAST_CONTRAST:
                    return candidate
    raise ValueError(f"no shade of {colour} can be read on {ground}")


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
