import io
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from PIL import Image
from pypdf import PdfReader

from certificates.coverage import families_for, printable
from certificates.paper import Paper, render_pdf

PAPER = Paper(
    school="Fern House School",
    colour_primary="#9c3d28",
    colour_accent="#c9795b",
    holder="Dana Okafor",
    course="The Stress–Skin Cycle",
    issued_on=date(2026, 11, 14),
    issued="Issued 14 November 2026",
    contact_hours="1 contact hour (95 minutes of study)",
    assessed="4 lessons on 12 learning objectives. Assessed by 1 quiz with 10 questions.",
    certificate_id="7Q4M-2X9K-H3TB-0VWE-C8RN",
    verify_url="https://school.example/certificates/7Q4M2X9KH3TB0VWEC8RN",
    verify_at="Verify at school.example/verify",
    signatory="Mara Ellery",
    signed_as="Mara Ellery, instructor",
    not_a_licence="Not a medical licence",
)
NOTE = "Some characters of the name cannot be printed"
TIBETAN, HIEROGLYPHS = "བསྟན་འཛིན", "𓂀𓃭"


@pytest.fixture(autouse=True)
def without_ornament(monkeypatch) -> None:
    """The engraved lines hold no words and are slow to read back; test_ornament.py prints them."""
    blank = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    monkeypatch.setattr("certificates.paper.frame", lambda *_: blank)
    monkeypatch.setattr("certificates.paper.medallion", lambda *_: blank)


def pages_of(pdf: bytes):
    return PdfReader(io.BytesIO(pdf)).pages


def text_of(pdf: bytes) -> str:
    """The words of the sheet in one line, ligatures and presentation forms undone."""
    extracted = pages_of(pdf)[0].extract_text()
    return unicodedata.normalize("NFKC", " ".join(extracted.split()))


def letters_of(text: str) -> list[str]:
    return sorted(unicodedata.normalize("NFKC", text).replace(" ", ""))


@pytest.mark.parametrize("size", ["a4", "letter"])
def test_a_sheet_says_everything_it_was_given(size) -> None:
    text = text_of(render_pdf(replace(PAPER, valid_until="Valid until 14 November 2029"), size))

    for words in (
        "Fern House School",
        "Certificate of completion",
        "Dana Okafor",
        "The Stress–Skin Cycle",
        "1 contact hour (95 minutes of study)",
        "Assessed by 1 quiz with 10 questions.",
        "7Q4M-2X9K-H3TB-0VWE-C8RN",
        "Issued 14 November 2026",
        "Valid until 14 November 2029",
        "school.example/certificates/7Q4M2X9KH3TB0VWEC8RN",
        "Verify at school.example/verify",
        "Mara Ellery, instructor",
        "Not a medical licence",
    ):
        assert words in text
    assert "Stratum" not in text
    assert "cannot be printed" not in text


@pytest.mark.parametrize(
    "name",
    [
        "Bo",
        "Łucja Šarūnaitė-Þórðardóttir",
        "Nguyễn Thị Ánh Tuyết",
        "Əliyeva Aygün Ɓello",
        "Ελευθερία Παπαδοπούλου",
        "Екатерина Ґалаґан",
        "श्रीमती प्रिया रामन",
        "李明",
        "朱镕喆",
        "陳鑫龍",
        "山田 花子 さくら ジョン",
        "김민서 뷁",
    ],
)
def test_names_of_many_scripts_are_printed(name) -> None:
    pdf = render_pdf(replace(PAPER, holder=name))

    assert not set(letters_of(name)) - set(letters_of(text_of(pdf)))
    assert NOTE not in text_of(pdf)
    assert len(pages_of(pdf)) == 1


@pytest.mark.parametrize("name", ["فاطمة الزهراء", "پریسا گلچین", "نورٌ"])
def test_arabic_names_are_set_in_an_arabic_font(name) -> None:
    """In which order a reader copies Arabic letters out is its affair; that all are there is ours."""
    pdf = render_pdf(replace(PAPER, holder=name))

    fonts = {str(font.get_object()["/BaseFont"]) for font in pages_of(pdf)[0]["/Resources"]["/Font"].values()}
    assert any("NotoNaskhArabic" in font for font in fonts)
    assert not set(letters_of(name)) - set(letters_of(text_of(pdf)))


@pytest.mark.parametrize("size", ["a4", "letter"])
@pytest.mark.parametrize(
    "name",
    [
        "Maria Aleksandra Konstancja Wołoszczańska-Brzęczyszczykiewicz "
        "von Hohenzollern-Sigmaringen de Albuquerque e Castro Fonseca",
        "A" * 120,
        "寿限無" * 40,
        "W. " * 40,
    ],
)
def test_the_longest_names_stay_whole_on_one_page(name, size) -> None:
    pdf = render_pdf(replace(PAPER, holder=name), size)

    assert len(pages_of(pdf)) == 1
    assert name.replace(" ", "").strip() in text_of(pdf).replace(" ", "")


def test_a_text_beyond_all_bounds_is_cut_with_an_ellipsis() -> None:
    text = text_of(render_pdf(replace(PAPER, assessed="word " * 200)))

    assert "word wor..." in text or "word..." in text


def test_the_longest_words_of_everything_else_stay_on_one_page() -> None:
    full = replace(
        PAPER, course="Foundations of psychodermatology " * 6, assessed="Assessed at length. " * 25
    )

    assert len(pages_of(render_pdf(full, "letter"))) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (f"{TIBETAN} Tenzin", "… Tenzin"),
        (f"Tenzin {HIEROGLYPHS}", "Tenzin …"),
        (HIEROGLYPHS, "the person named on the verification page"),
        ("Dana 🌿 Okafor", "Dana … Okafor"),
        ("Da\u064ena", "D…na"),
    ],
)
def test_letters_without_a_font_are_left_out_and_the_sheet_says_so(name, shown) -> None:
    text = text_of(render_pdf(replace(PAPER, holder=name)))

    assert unicodedata.normalize("NFKC", shown) in text
    assert f"{NOTE}; the name as registered is shown on the verification page: {PAPER.verify_url}" in text


def test_a_title_without_a_font_is_no_remark_on_the_name() -> None:
    text = text_of(render_pdf(replace(PAPER, course=f"Skin {TIBETAN}")))

    assert "Some characters of this certificate cannot be printed" in text
    assert NOTE not in text


def test_joiners_inside_a_name_are_no_missing_letters() -> None:
    assert printable("علی\u200cرضا क्\u200dष") == "علی\u200cرضا क्\u200dष"
    assert families_for("Dana\u200e")[0] == "Newsreader Display"


def test_a_joiner_still_shapes_the_letters_beside_it() -> None:
    joined, apart = (render_pdf(replace(PAPER, holder=name)) for name in ("علیرضا", "علی\u200cرضا"))

    assert joined != apart


def test_a_name_is_set_in_one_family_where_one_suffices() -> None:
    assert families_for("Dana")[0] == "Newsreader Display"
    assert families_for("Ɓello Ədil")[0] == "Noto Serif Display"
    assert families_for("山田 花子")[0] == "Noto Serif CJK JP"


def test_printable_leaves_what_can_be_printed_alone() -> None:
    assert printable("Dana Ökafor 李 فا") == "Dana Ökafor 李 فا"
    assert printable("") == ""
    assert printable(HIEROGLYPHS) == ""
    assert printable("One.\n\nTwo,\nthree.") == "One.\n\nTwo,\nthree."


def test_printable_puts_one_ellipsis_for_each_run_of_letters_without_a_font() -> None:
    assert printable("a𓂀b𓃭𓂀") == "a…b…"


def test_a_sheet_without_signatory_has_no_empty_signature() -> None:
    text = text_of(render_pdf(replace(PAPER, signatory="", signed_as="")))

    assert "Mara" not in text
    assert "7Q4M-2X9K-H3TB-0VWE-C8RN" in text


def test_markup_in_a_name_is_printed_not_run() -> None:
    name = 'A#] $x$ #panic("x")'

    assert name.replace(" ", "") in text_of(render_pdf(replace(PAPER, holder=name))).replace(" ", "")


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert render_pdf(PAPER) == render_pdf(PAPER)


def test_a_sheet_is_tagged_titled_and_in_its_language() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(replace(PAPER, language="de-AT"))))

    assert reader.metadata is not None
    assert reader.metadata.title == "Certificate of completion: Dana Okafor, The Stress–Skin Cycle"
    assert reader.metadata.creation_date == datetime(2026, 11, 14, tzinfo=UTC)
    assert reader.trailer["/Root"]["/Lang"] == "de"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def logo(kind: str, side: int = 40) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (side * 3, side), "#264653").save(drawn, kind)
    return drawn.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_takes_the_place_of_the_name_in_letters(kind) -> None:
    pdf = render_pdf(replace(PAPER, logo=logo(kind)))

    assert "Fern House School" not in text_of(pdf)
    assert len(pages_of(pdf)) == 1


@pytest.mark.parametrize(
    "broken", [b"", b"no picture", b"<svg/>", logo("GIF"), logo("PNG")[:60], logo("PNG", 1200)]
)
def test_a_logo_that_cannot_be_used_costs_nobody_a_certificate(broken) -> None:
    assert "Fern House School" in text_of(render_pdf(replace(PAPER, logo=broken)))
