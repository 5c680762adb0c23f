"""Guilloche: the interlaced engraved lines of a certificate's border and medallion, drawn as SVG.

Pure geometry in millimetres. Curves are Bezier segments that follow the sine exactly at their ends,
so that the lines stay smooth at any zoom and the file stays small.
"""

import math
import re
from functools import lru_cache

Point = tuple[float, float]

RULE_OUTER = 8.0  # distances from the paper's edge to the four straight rules, in millimetres
RULE_BAND = 15.6
RULE_FINE = 16.7
BAND = (RULE_OUTER + RULE_BAND) / 2
AMPLITUDE = 3.4
PERIOD = 10.5
STRANDS = 10
CORNER = 6.9  # radius of the roundels that hide where the borders meet
PALE_DEPTH = 32  # how far below white the medallion stands, of 255
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def tint(colour: str, share: float) -> str:
    """The colour mixed with white; `share` is how much of the colour stays, 0 to 1.

    Raises ValueError unless the colour is written as #rrggbb.
    """
    return "#" + "".join(f"{round(255 - (255 - channel) * share):02x}" for channel in _channels(colour))


def pale(colour: str) -> str:
    """A tint that is about as light for a dark colour as for a bright one, to stand behind text."""
    red, green, blue = _channels(colour)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return tint(colour, min(1.0, PALE_DEPTH / max(255 - luma, PALE_DEPTH)))


@lru_cache(maxsize=8)
def frame(width: float, height: float, primary: str, accent: str) -> str:
    """The border of a sheet of that size: rules, a band of woven waves, a roundel in each corner."""
    corners = [(x, y) for x in (BAND, width - BAND) for y in (BAND, height - BAND)]
    inner = [
        _rules(width, height, primary, accent),
        _group(tint(primary, 0.62), 0.11, _bands(width, height)),
        *(_roundel(corner, primary) for corner in corners),
    ]
    return _svg(width, height, inner)


@lru_cache(maxsize=8)
def medallion(size: float, accent: str) -> str:
    """The pale rosette behind the name, `size` millimetres square."""
    middle, radius = (size / 2, size / 2), size / 2 - 0.5
    turns = [(0.90, 0.10, 24), (0.72, 0.16, 24), (0.50, 0.14, 16), (0.33, 0.09, 16)]
    rings = [
        _ring(middle, radius * base, radius * swing, waves, turn / 4)
        for base, swing, waves in turns
        for turn in range(4)
    ]
    return _svg(size, size, [_group(pale(accent), 0.14, rings)])


def _channels(colour: str) -> list[int]:
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"{colour!r} is not a colour of the form #rrggbb")
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _rules(width: float, height: float, primary: str, accent: str) -> str:
    drawn = [
        (RULE_OUTER, primary, 0.34),
        (RULE_OUTER - 1.0, tint(accent, 0.55), 0.14),
        (RULE_BAND, primary, 0.34),
        (RULE_FINE, tint(accent, 0.55), 0.14),
    ]
    return "".join(
        f'<rect x="{inset}" y="{inset}" width="{width - 2 * inset:.2f}" height="{height - 2 * inset:.2f}" '
        f'fill="none" stroke="{colour}" stroke-width="{stroke}"/>'
        for inset, colour, stroke in drawn
    )


def _bands(width: float, height: float) -> list[str]:
    """The strands of all four sides, whole periods from corner to corner."""
    across, down = width - 2 * BAND, height - 2 * BAND
    strands = []
    for strand in range(STRANDS):
        horizontal, vertical = _wave(across, strand / STRANDS), _wave(down, strand / STRANDS)
        strands += [_path([(BAND + x, y0 + y) for x, y in horizontal]) for y0 in (BAND, height - BAND)]
        strands += [_path([(x0 + y, BAND + x) for x, y in vertical]) for x0 in (BAND, width - BAND)]
    return strands


def _wave(length: float, phase: float) -> list[Point]:
    """Bezier points of a sine along `length`, its amplitude breathing once every three periods."""
    periods = 3 * round(length / PERIOD / 3)
    pieces = periods * 4
    turn = 2 * math.pi * periods / length

    def at(x: float) -> Point:
        swell = 0.80 + 0.20 * math.cos(turn * x / 3)
        slope = -0.20 * math.sin(turn * x / 3) * turn / 3
        angle = turn * x + 2 * math.pi * phase
        height = AMPLITUDE * swell * math.sin(angle)
        return height, AMPLITUDE * (slope * math.sin(angle) + swell * turn * math.cos(angle))

    return _bezier([(step * length / pieces, *at(step * length / pieces)) for step in range(pieces + 1)])


def _bezier(samples: list[tuple[float, float, float]]) -> list[Point]:
    """Control points through samples (x, y, slope): the first point, then three a segment."""
    points: list[Point] = [samples[0][:2]]
    for (x0, y0, slope0), (x1, y1, slope1) in zip(samples, samples[1:], strict=False):
        third = (x1 - x0) / 3
        points += [(x0 + third, y0 + slope0 * third), (x1 - third, y1 - slope1 * third), (x1, y1)]
    return points


def _ring(centre: Point, base: float, swing: float, waves: int, phase: float) -> str:
    """A closed wavy ring: radius base + swing * sin(waves * angle), started `phase` of a wave later."""
    pieces = waves * 6
    step = 2 * math.pi / pieces

    def at(angle: float) -> tuple[float, float, float, float]:
        inner = waves * angle + 2 * math.pi * phase
        radius, growth = base + swing * math.sin(inner), swing * waves * math.cos(inner)
        cosine, sine = math.cos(angle), math.sin(angle)
        place = (centre[0] + radius * cosine, centre[1] + radius * sine)
        return (*place, growth * cosine - radius * sine, growth * sine + radius * cosine)

    points: list[Point] = [at(0)[:2]]
    for piece in range(pieces):
        x0, y0, dx0, dy0 = at(piece * step)
        x1, y1, dx1, dy1 = at((piece + 1) * step)
        third = step / 3
        points += [(x0 + dx0 * third, y0 + dy0 * third), (x1 - dx1 * third, y1 - dy1 * third), (x1, y1)]
    return _path(points)


def _roundel(centre: Point, primary: str) -> str:
    """A small rosette on a white ground."""
    rings = [_ring(centre, CORNER * 0.80, CORNER * 0.16, 16, turn / 4) for turn in range(4)]
    rings += [_ring(centre, CORNER * 0.44, CORNER * 0.17, 10, turn / 4) for turn in range(4)]
    place = f'<circle cx="{centre[0]}" cy="{centre[1]}"'
    ground = f'{place} r="{CORNER}" fill="#fff"/>'
    edge = f'{place} r="{CORNER}" fill="none" stroke="{primary}" stroke-width="0.3"/>'
    heart = f'{place} r="0.55" fill="{primary}"/>'
    return ground + _group(tint(primary, 0.75), 0.11, rings) + edge + heart


def _path(points: list[Point]) -> str:
    (x, y), rest = points[0], points[1:]
    return f'<path d="M{x:.2f} {y:.2f}C' + " ".join(f"{x:.2f} {y:.2f}" for x, y in rest) + '"/>'


def _group(colour: str, stroke: float, paths: list[str]) -> str:
    return f'<g fill="none" stroke="{colour}" stroke-width="{stroke}">' + "".join(paths) + "</g>"


def _svg(width: float, height: float, inner: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}mm" height="{height}mm">' + "".join(inner) + "</svg>"
    )
