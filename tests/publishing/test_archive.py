"""Zip files of bundles: what comes in is what went out, and nothing hostile comes in."""

import stat
import zlib
from contextlib import suppress
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from publishing import archive
from publishing.archive import read_zip, write_zip
from tests.publishing.sample import sample

SLUGS = st.text("abcdefgh", min_size=1, max_size=6)
BUNDLES = st.dictionaries(SLUGS.map("media/{}.md".format), st.binary(max_size=300), max_size=8)


def packed(*entries: tuple[str, bytes], mode: int = 0, method: int = ZIP_DEFLATED) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as zipped:
        for name, data in entries:
            info = ZipInfo("x")
            info.filename, info.external_attr, info.compress_type = name, mode << 16, method
            zipped.writestr(info, data)
    return target.getvalue()


def patched(data: bytes, flag: int) -> bytes:
    """A zip of one entry whose flags hold one more."""
    central = data.rindex(b"PK\x01\x02")
    changed = bytearray(data)
    changed[6] |= flag
    changed[central + 8] |= flag
    return bytes(changed)


@given(BUNDLES)
@settings(max_examples=25)
def test_what_was_written_is_read_and_written_again_byte_for_byte(files: dict[str, bytes]) -> None:
    zipped = write_zip(files)
    assert read_zip(zipped) == files
    assert write_zip(dict(reversed(files.items()))) == zipped


def test_hidden_files_and_folders_are_no_part_of_a_bundle() -> None:
    zipped = packed(("a.md", b"a"), ("media/", b""), (".git/config", b"x"), ("__MACOSX/._a.md", b"x"))
    assert read_zip(zipped) == {"a.md": b"a"}


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../up.md",
        "media/../../up.md",
        "media/./a.md",
        "media//a.md",
        "C:/a.md",
        "c:a.md",
        "media\\..\\a.md",
        "\\\\server\\a.md",
        "a\0.md",
        "a\n.md",
        "",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="outside|damaged"):
        read_zip(packed((name, b"x")))


@pytest.mark.parametrize(
    "names",
    [
        ("a.md", "a.md"),
        ("a.md", "A.md"),
        ("stra\u00dfe.md", "STRASSE.md"),
        ("caf\u00e9.md", "cafe\u0301.md"),
        ("a", "a/b.md"),
        ("A", "a/b/c.md"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_are_one_on_some_disk_are_refused(names: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput, match="one name|as well"):
        read_zip(packed(*((name, b"x") for name in names)))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind: int) -> None:
    with pytest.raises(InvalidInput, match="a\\.md is a link or a device"):
        read_zip(packed(("a.md", b"/etc/passwd"), mode=kind | 0o777))


@pytest.mark.parametrize("flag", [0x01, 0x40])
def test_what_is_encrypted_is_refused(flag: int) -> None:
    with pytest.raises(InvalidInput, match="encrypted"):
        read_zip(patched(packed(("a.md", b"x")), flag))


def test_other_ways_of_packing_are_refused() -> None:
    with pytest.raises(InvalidInput, match="plain zip"):
        read_zip(packed(("a.md", b"x"), method=ZIP_BZIP2))


def test_too_many_files_are_refused() -> None:
    with pytest.raises(InvalidInput, match="2,000 files"):
        read_zip(packed(*((f"{n}.md", b"") for n in range(2_001))))


def test_what_unpacks_to_far_more_than_its_size_is_refused() -> None:
    with pytest.raises(InvalidInput, match="100 times"):
        read_zip(packed(("a.md", bytes(1_000_000))))


def test_files_of_a_zip_are_weighed_together() -> None:
    bomb = packed(*((f"{n}.md", bytes(50_000)) for n in range(20)))
    with pytest.raises(InvalidInput, match="100 times"):
        read_zip(bomb)


def test_what_is_too_large_is_refused_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1_000)
    noise = b"".join(zlib.crc32(bytes([n % 256, n // 256])).to_bytes(4, "big") for n in range(300))
    assert read_zip(packed(("a.md", noise[:1_000])))
    with pytest.raises(InvalidInput, match="larger than"):
        read_zip(packed(("a.md", noise)))


@given(st.data())
@settings(max_examples=60)
def test_a_damaged_zip_is_read_or_refused_with_a_sentence(data: st.DataObject) -> None:
    zipped = bytearray(write_zip(sample()))
    for _ in range(data.draw(st.integers(1, 4))):
        zipped[data.draw(st.integers(0, len(zipped) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(zipped)) | st.just(len(zipped)))
    with suppress(InvalidInput):
        files = read_zip(bytes(zipped[:cut]))
        assert all(not path.startswith(("/", "..")) for path in files)
