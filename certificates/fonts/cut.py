"""Cut the fonts of the printed certificate down to what names, titles and small print need.

Run by hand when a font or the wanted characters change; the product itself never imports it.

    pip install fonttools fontpkg-newsreader fontpkg-instrument-sans     (in a scratch environment)
    apt-get install fonts-noto-core fonts-noto-cjk                       (or unpack them elsewhere)
    python certificates/fonts/cut.py [--noto /usr/share/fonts]

It writes the .ttf and .otf files beside itself, and coverage.json: for each family the code points it
can print, as inclusive ranges, so that the product can tell what is missing without reading a font.
Hints are dropped: they serve screens of low resolution, and these fonts are only printed and zoomed.
"""

# mypy: ignore-errors
# fontTools and the font packages are no dependency of the product, so there is nothing to check them against.

import argparse
import json
from importlib.metadata import files
from itertools import product
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).parent
LATIN_GREEK_CYRILLIC = [(0x20, 0x52F), (0x1C80, 0x1C8F), (0x1D00, 0x1FFF), (0x2000, 0x206F), (0x20A0, 0x20CF),
                        (0x2DE0, 0x2DFF), (0x2116, 0x2116), (0xA640, 0xA69F), (0xA720, 0xA7FF)]  # fmt: skip
EVERYTHING = [(0x20, 0x10FFFF)]
# The national sets, in their widest usual form: GBK has the letters of Chinese names that GB 2312 lacks,
# code page 949 every Hangul syllable.
CJK_SETS = ("gbk", "big5", "cp932", "cp949")

NEWSREADER = ("fontpkg-newsreader", "Newsreader[opsz,wght].ttf")
NEWSREADER_ITALIC = ("fontpkg-newsreader", "Newsreader-Italic[opsz,wght].ttf")
INSTRUMENT_SANS = ("fontpkg-instrument-sans", "InstrumentSans[wdth,wght].ttf")

# file name: (package and the variable font in it, axes, family, style)
CUTS_OF_PACKAGES = {
    "Newsreader-Text.ttf": (NEWSREADER, {"opsz": 18, "wght": 400}, "Newsreader", "Regular"),
    "Newsreader-Display.ttf": (NEWSREADER, {"opsz": 72, "wght": 430}, "Newsreader Display", "Regular"),
    "Newsreader-DisplayItalic.ttf": (
        NEWSREADER_ITALIC,
        {"opsz": 72, "wght": 400},
        "Newsreader Display",
        "Italic",
    ),
    "InstrumentSans-Regular.ttf": (INSTRUMENT_SANS, {"wdth": 100, "wght": 400}, "Instrument Sans", "Regular"),
    "InstrumentSans-SemiBold.ttf": (INSTRUMENT_SANS, {"wdth": 100, "wght": 600}, "Instrument Sans", "Bold"),
}
# file name: (characters, family, style)
CUTS_OF_NOTO = {
    "NotoSerifDisplay-Regular.ttf": (LATIN_GREEK_CYRILLIC, "Noto Serif Display", "Regular"),
    "NotoSerifDisplay-Italic.ttf": (LATIN_GREEK_CYRILLIC, "Noto Serif Display", "Italic"),
    "NotoNaskhArabic-Regular.ttf": (EVERYTHING, "Noto Naskh Arabic", "Regular"),
    "NotoSerifDevanagari-Regular.ttf": (EVERYTHING, "Noto Serif Devanagari", "Regular"),
}
CJK_FILE = "NotoSerifCJK-Regular.otf"


def main() -> None:
    """Write every cut, then the coverage of them all."""
    parser = argparse.ArgumentParser(description="Cut the fonts of the printed certificate.")
    parser.add_argument(
        "--noto", type=Path, default=Path("/usr/share/fonts"), help="folder of the Noto fonts"
    )
    noto = parser.parse_args().noto
    for name, (source, axes, family, style) in CUTS_OF_PACKAGES.items():
        font = instantiateVariableFont(open_packaged(*source), axes)
        save(font, EVERYTHING, family, style, name)
    for name, (wanted, family, style) in CUTS_OF_NOTO.items():
        save(TTFont(find(noto, name)), wanted, family, style, name)
    save_cjk(find(noto, "NotoSerifCJK-Regular.ttc"))
    (HERE / "coverage.json").write_text(json.dumps(coverage(), indent=0).replace(",\n", ",") + "\n")


def open_packaged(package: str, source: str) -> TTFont:
    """The variable font `source` out of an installed package."""
    found = [file for file in files(package) if file.name == source]
    return TTFont(found[0].locate())


def find(folder: Path, name: str) -> Path:
    """The file of that name below the folder."""
    return next(folder.rglob(name))


def save(font: TTFont, ranges: list[tuple[int, int]], family: str, style: str, name: str) -> None:
    """Keep the characters of the ranges, name the font by its family and style, write it."""
    wanted = {point for point in font.getBestCmap() if any(low <= point <= high for low, high in ranges)}
    keep(font, wanted)
    rename(font, family, style)
    font.save(HERE / name)


def save_cjk(path: Path) -> None:
    """The Japanese face of the CJK collection, cut to the national character sets.

    Only one table of characters (format 12) is written: the collection's own subtables of variation
    sequences and of 16 bits cannot be packed again after the cut.
    """
    font = next(face for face in TTCollection(path).fonts if face["name"].getDebugName(1).endswith("CJK JP"))
    wanted = cjk_characters()
    keep(font, wanted, layout=(), drop=("BASE", "VORG", "vhea", "vmtx"))
    font["cmap"] = one_wide_cmap(font.getBestCmap())
    font.save(HERE / CJK_FILE)


def cjk_characters() -> set[int]:
    """Every two-byte character of the national sets but those for private use."""
    pairs = [bytes(pair) for pair in product(range(0x81, 0xFF), range(0x40, 0xFF))]
    decoded = {pair.decode(name, "ignore") for name in CJK_SETS for pair in pairs}
    return {ord(text) for text in decoded if len(text) == 1 and not 0xE000 <= ord(text) < 0xF900}


def keep(
    font: TTFont, wanted: set[int], layout: tuple[str, ...] = ("*",), drop: tuple[str, ...] = ()
) -> None:
    """Drop all glyphs that the wanted characters do not need, all hints, and unused names."""
    options = subset.Options(hinting=False, glyph_names=False, notdef_outline=True)
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.layout_features = list(layout)
    options.drop_tables += ["DSIG", "STAT", *drop]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)


def one_wide_cmap(characters: dict[int, str]):
    """A character table with a single subtable for all of Unicode."""
    subtable = CmapSubtable.newSubtable(12)
    subtable.platformID, subtable.platEncID, subtable.language, subtable.cmap = 3, 10, 0, characters
    table = newTable("cmap")
    table.tableVersion, table.tables = 0, [subtable]
    return table


def rename(font: TTFont, family: str, style: str) -> None:
    """Give the font plain names: an instance of a variable font keeps the names of the whole."""
    names = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family}-{style}".replace(" ", "")}
    font["name"].names = [record for record in font["name"].names if record.nameID in (0, 13, 14)]
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    bold, italic = style == "Bold", style == "Italic"
    font["OS/2"].usWeightClass = 600 if bold else 400
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0x61) | (0x20 * bold | 0x01 * italic or 0x40)
    font["head"].macStyle = 1 * bold | 2 * italic


def coverage() -> dict[str, list[list[int]]]:
    """The code points that every style of a family can print, as inclusive ranges by family."""
    points: dict[str, set[int]] = {}
    for path in sorted([*HERE.glob("*.ttf"), *HERE.glob("*.otf")]):
        font = TTFont(path, lazy=True)
        mine = set(font.getBestCmap())
        points[font["name"].getDebugName(1)] = mine & points.get(font["name"].getDebugName(1), mine)
    return {family: ranges(found) for family, found in points.items()}


def ranges(points: set[int]) -> list[list[int]]:
    """The sorted points, runs of neighbours joined to [first, last]."""
    runs: list[list[int]] = []
    for point in sorted(points):
        if runs and runs[-1][1] == point - 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return runs


if __name__ == "__main__":
    main()
