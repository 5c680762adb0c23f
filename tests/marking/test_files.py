"""What is taken as a file: by its bytes, within its size, drawn anew. V2, V25, V31 of the security rules."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Text
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

from core.errors import InvalidInput
from marking import files, papers
from marking.files import BROKEN, EMPTY, LARGEST, REFUSED, TOO_LARGE, TOO_MANY_PIXELS, check

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"


def paper(**settings: str) -> bytes:
    """A PDF of one page whose program wrote down who made it, in three places, with a script and a file inside."""
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": "Ada Learner", "/Title": "Plan of Ada"})
    told = StreamObject()
    told.set_data(b"<x:xmpmeta>Ada</x:xmpmeta>")
    script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
    root = writer.root_object
    root[NameObject("/Metadata")] = writer._add_object(told)
    root[NameObject("/OpenAction")] = DictionaryObject({NameObject(key): script[key] for key in script})
    writer.add_attachment("ada.txt", b"Ada inside")
    remark = Text(rect=(1, 1, 20, 20), text="A remark.")
    remark[NameObject("/T")] = TextStringObject("Ada")
    writer.add_annotation(0, remark)
    if settings:
        writer.encrypt(**settings)
    writer.write(out)
    return out.getvalue()


PDF = paper()


def picture(kind: str, **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 6), "teal").save(out, format=kind, **options)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises a huge picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


PNG = picture("PNG")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (SVG, REFUSED), (HTML, REFUSED), (b"PK\x03\x04zip", REFUSED), (b"MZ\x90", REFUSED), (b"GIF89a", REFUSED),
        (b"", EMPTY),
        (b"\x89PNG\r\n\x1a\n" + HTML, BROKEN), (b"\xff\xd8\xff" + HTML, BROKEN), (b"RIFF1234WEBP" + HTML, BROKEN),
        (b"%PDF-1.7 and nothing", BROKEN), (PDF + b"x" * LARGEST, TOO_LARGE),
    ],
)  # fmt: skip
def test_what_is_no_picture_and_no_pdf_is_refused_whatever_it_is_called(data: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check("photo.png", data)

    assert refused.value.sentence == sentence


@pytest.mark.parametrize("size", [(5001, 5000), (60_000, 60_000), (2**31 - 1, 1)])
def test_a_picture_that_would_unfold_to_too_many_pixels_is_refused_unopened(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidInput) as refused:
        check("small.png", bomb(*size))

    assert refused.value.sentence == TOO_MANY_PIXELS


@pytest.mark.parametrize(
    ("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
def test_a_picture_is_drawn_anew_without_what_hid_behind_it(kind: str, mime: str) -> None:
    brought = check("a.png", picture(kind) + HTML)

    assert brought.mime == mime
    assert b"<script" not in brought.data
    assert Image.open(BytesIO(brought.data)).size == (8, 6)


def test_what_a_camera_wrote_is_taken_out_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "MakerOfCameras", 6  # turned by a quarter

    brought = check("a.jpg", picture("JPEG", exif=exif, comment=b"where I live"))

    shown = Image.open(BytesIO(brought.data))
    assert shown.size == (6, 8)
    assert not shown.getexif()
    assert b"MakerOfCameras" not in brought.data
    assert b"where I live" not in brought.data


def test_a_pdf_keeps_its_pages_and_remarks_and_loses_who_wrote_it() -> None:
    assert PDF.count(b"Ada") >= 5

    kept = check("plan.pdf", PDF).data

    assert b"Ada" not in kept
    assert b"alert" not in kept
    page = PdfReader(BytesIO(kept)).pages[0]
    assert page.mediabox.width == 200
    assert page["/Annots"][0].get_object()["/Contents"] == "A remark."


@pytest.mark.parametrize("data", [paper(user_password="x"), b"%PDF-1.7\n%%EOF\n", PDF[:200] + b"%%EOF"])
def test_a_pdf_that_is_locked_or_broken_is_refused_with_the_remedy(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="new PDF"):
        check("plan.pdf", data)


def test_a_pdf_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "PATIENCE", 0.001)

    with pytest.raises(InvalidInput, match="new PDF"):
        check("plan.pdf", PDF)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.png"), ("C:\\temp\\plan.exe", "plan.png"), ("plan.pdf.html", "plan.pdf.png"),
        ("", "file.png"), ("a\r\nSet-Cookie: x.png", "aSet-Cookie x.png"), ("..", "file.png"),
        ("ü" * 200, "ü" * 80 + ".png"),
        ("\u202egpj.png", "gpj.png"),
    ],
)  # fmt: skip
def test_of_a_name_only_its_last_part_stays_with_the_ending_of_its_kind(name: str, kept: str) -> None:
    assert check(name, PNG).name == kept


def test_limits_are_those_of_the_rules() -> None:
    assert (files.MOST_FILES, files.LARGEST, files.MOST_PIXELS) == (3, 10_000_000, 25_000_000)
