"""Figures, films, captions and long texts of a bundle: what each file must be by its name. Pure."""

import re
from collections.abc import Callable, Iterator

from core.errors import Problem
from core.markup.proofreading import check_lesson
from core.markup.svg import clean_svg
from publishing.texts.front_matter import read_text

PATH = re.compile(r"media(?:/\w[\w.-]*)+")
STARTS: dict[str, tuple[bytes, ...]] = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
}
RASTER = tuple(STARTS)
FILMS = ("mp4", "webm")
KNOWN = f"svg, {', '.join(RASTER)}, {', '.join(FILMS)}, vtt and md"
CUE = re.compile(r"(\S+)\s+-->\s+(\S+)")
TIME = re.compile(r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})")


def ending(path: str) -> str:
    return path.rpartition(".")[2].lower()


def check_media_file(path: str, data: bytes) -> list[Problem]:
    """What is wrong with the file by itself."""
    if not PATH.fullmatch(path):
        return [Problem(path, 0, "this name cannot be an address", "Use letters, digits, _, - and dots.")]
    check = CHECKS.get(ending(path))
    if check is None:
        return [Problem(path, 0, f"“{ending(path)}” is no kind of media", f"Known are {KNOWN}.")]
    if not data:
        return [Problem(path, 0, "the file is empty", "Put its content there, or delete it.")]
    return list(check(path, data))


def _drawing(path: str, data: bytes) -> Iterator[Problem]:
    if clean_svg(data) is None:
        yield Problem(path, 0, "not an SVG drawing in UTF-8", "Save it as plain SVG.")


def _picture(path: str, data: bytes) -> Iterator[Problem]:
    if not data.startswith(STARTS[ending(path)]):
        yield Problem(path, 0, f"not a {ending(path)} picture", "Save it again in the format of its name.")


def _film(path: str, data: bytes) -> Iterator[Problem]:
    is_film = data[4:8] == b"ftyp" if ending(path) == "mp4" else data.startswith(b"\x1aE\xdf\xa3")
    if not is_film:
        yield Problem(path, 0, f"not a {ending(path)} film", "Save it again in the format of its name.")


def _long_text(path: str, data: bytes) -> Iterator[Problem]:
    text, problems = read_text(data, path)
    yield from problems
    yield from check_lesson(text, path)


def _captions(path: str, data: bytes) -> Iterator[Problem]:
    text, problems = read_text(data, path)
    yield from problems
    if problems:
        return
    lines = text.split("\n")
    if not re.match(r"WEBVTT(\s|$)", lines[0]):
        yield Problem(path, 1, "captions begin with WEBVTT", "Write WEBVTT into the first line.")
    cues = [(number, line) for number, line in enumerate(lines, 1) if "-->" in line]
    if not cues:
        yield Problem(path, 1, "there is no caption", "Write each below a line `00:00.000 --> 00:04.000`.")
    yield from (_cue_problem(path, number) for number, line in cues if not _is_cue(line))


def _cue_problem(path: str, line: int) -> Problem:
    return Problem(
        path, line, "these times cannot be read", "Write `00:00.000 --> 00:04.000`, the end after the start."
    )


def _is_cue(line: str) -> bool:
    found = CUE.match(line)
    times = [TIME.fullmatch(part) for part in found.groups()] if found else []
    moments = [tuple(int(part or 0) for part in time.groups()) for time in times if time]
    return len(moments) == 2 and moments[0] < moments[1]


CHECKS: dict[str, Callable[[str, bytes], Iterator[Problem]]] = {
    "svg": _drawing,
    "vtt": _captions,
    "md": _long_text,
    **dict.fromkeys(RASTER, _picture),
    **dict.fromkeys(FILMS, _film),
}
