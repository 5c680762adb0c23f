"""What comes as a document and is none, or a hostile one, is refused before anything reads it."""

import stat
from io import BytesIO
from zipfile import ZipFile, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from studio.documents import package
from studio.documents.converting import read_word
from studio.documents.package import read_package, rewritten
from tests.studio.documents.paper import cell, figure, item, p, packed, table, word

WHOLE = word(p("Title", "H1"), p("Words"), item("a"), table(cell("a")), p(inside=figure()))
ENTITY = '<!DOCTYPE w [<!ENTITY a "aaaa">]><w:document>&a;</w:document>'


def link() -> bytes:
    entry = ZipInfo("word/link.xml")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = BytesIO()
    with ZipFile(out, "w") as zipped:
        zipped.writestr(entry, "/etc/passwd")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", package.NOT_WORD),
        (b"no zip at all", package.NOT_WORD),
        (packed({"a.txt": "x"}), package.NOT_WORD),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "saved without it"),
        (word()[:-40], package.NOT_WORD),
        (packed({"../outside.xml": "x"}), package.UNSAFE),
        (packed({"/word/x.xml": "x"}), package.UNSAFE),
        (packed({"C:/x.xml": "x"}), package.UNSAFE),
        (packed({"word/a.xml": "x", "WORD/A.xml": "y"}), package.UNSAFE),
        (link(), package.UNSAFE),
        (packed({f"word/{n}.xml": "" for n in range(2_001)}), package.TOO_MUCH),
        (packed({"word/bomb.bin": b"\0" * 20_000_000}), package.TOO_MUCH),
        (word(**{"word__document.xml": ENTITY}), package.UNSAFE),
        (word(**{"word__document.xml": "<w:broken"}), package.DAMAGED),
        (word(**{"word__document.xml": '<?xml version="1.0" encoding="odd"?><a/>'}), package.DAMAGED),
    ],
)  # fmt: skip
def test_what_is_no_safe_document_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_package(data)

    assert sentence in refused.value.sentence


def test_a_part_with_more_text_than_a_lesson_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_XML", 100)

    with pytest.raises(InvalidInput, match="too much text"):
        read_package(WHOLE)


def test_the_reader_sees_the_parts_that_were_checked() -> None:
    parts = read_package(WHOLE)

    assert read_package(rewritten(parts).getvalue()) == parts


PIECES = sorted(read_package(WHOLE))


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_a_mutated_document_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    parts = dict(read_package(WHOLE))
    name = data.draw(st.sampled_from(PIECES))
    part = parts[name]
    at = data.draw(st.integers(0, max(len(part) - 1, 0)))
    length = data.draw(st.integers(0, 60))
    parts[name] = part[:at] + data.draw(st.binary(max_size=20)) + part[at + length :]
    mutated = bytearray(packed(parts))
    for place in data.draw(st.lists(st.integers(0, len(mutated) - 1), max_size=2)):
        mutated[place] ^= 0x41

    said = ""
    try:
        said = read_word("A paper", bytes(mutated))[0].name
    except InvalidInput as refused:
        said = refused.sentence

    assert said.startswith("A paper")
