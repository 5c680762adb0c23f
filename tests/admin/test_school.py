"""The school's settings, and its logo."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from admin.logo import as_png
from core.audit import AuditEntry
from core.database import db
from core.errors import InvalidInput
from core.school import School, current_school
from core.storage import FolderStorage
from tests.factories import post


def fields(**changed: Any) -> dict[str, Any]:
    """The form as it stands, with some values changed."""
    names = (
        "name", "colour_primary", "colour_accent", "legal_name", "legal_address", "support_email", "time_zone",
        "currency", "refund_days", "refund_max_progress", "country", "emergency_number", "crisis_line",
        "certificate_host", "review_retention", "pauses_disputed",
    )  # fmt: skip
    return {**{name: str(getattr(School(), name)) for name in names}, **changed}


def image(kind: str, size: tuple[int, int] = (40, 20)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "#9c3d28").save(made, kind)
    return made.getvalue()


def test_a_change_shows_on_the_next_page_and_in_the_trail(client: FlaskClient, admin: Any) -> None:
    post(client, "/admin/school", fields(name="Epidermis Academy", refund_days="30"))

    page = client.get("/admin/school").text
    entry = db.session.scalar(select(AuditEntry).filter_by(action="school.change"))
    assert "Stratum" not in page
    assert "The settings are saved." in page
    assert entry
    assert entry.actor_id == admin.id
    assert entry.detail == {"name": ["Stratum", "Epidermis Academy"], "refund_days": [14, 30]}
    trail = client.get("/admin/audit").text
    assert "Stratum → Epidermis Academy" in trail


def test_saving_what_is_there_writes_nothing(client: FlaskClient, admin: Any) -> None:
    post(client, "/admin/school", fields())

    assert db.session.scalar(select(AuditEntry).filter_by(action="school.change")) is None


@pytest.mark.parametrize("name", ["colour_primary", "colour_accent"])
def test_a_faint_colour_is_refused_with_the_nearest_that_passes(
    client: FlaskClient, admin: Any, name: str
) -> None:
    answer = post(client, "/admin/school", fields(**{name: "#f4a58a", "legal_name": "Kept Ltd"}))

    assert answer.status_code == 422
    assert "The nearest shade that passes is #" in answer.text
    assert f'href="#{name}"' in answer.text
    assert 'value="Kept Ltd"' in answer.text
    assert getattr(current_school(), name) == getattr(School(), name)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "  "}, "name-error"),
        ({"currency": "euro"}, "three letters"),
        ({"refund_days": "many"}, "refund_days-error"),
        ({"refund_max_progress": "101"}, "refund_max_progress-error"),
        ({"support_email": "x@"}, "support_email-error"),
        ({"certificate_host": "https://a.example/x"}, "Write the host alone"),
        ({"time_zone": "Mars/Base"}, "time_zone-error"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    client: FlaskClient, admin: Any, wrong: dict[str, str], said: str
) -> None:
    answer = post(client, "/admin/school", fields(**wrong))

    assert answer.status_code == 422
    assert said in answer.text


def test_fields_that_the_form_does_not_list_are_not_written(client: FlaskClient, admin: Any) -> None:
    post(client, "/admin/school", fields(name="New", version="99", id="2"))

    assert current_school().version == 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_made_anew_and_stands_in_the_header(client: FlaskClient, admin: Any, kind: str) -> None:
    assert client.get("/school/logo").status_code == 404

    answer = post(
        client, "/admin/school", fields(logo=(io.BytesIO(image(kind)), "../../logo.svg")),
        content_type="multipart/form-data",
    )  # fmt: skip

    assert answer.status_code == 303, answer.text
    logo = client.get("/school/logo")
    assert logo.mimetype == "image/png"
    assert Image.open(io.BytesIO(logo.data)).size == (40, 20)
    assert '<img src="/school/logo?v=1"' in client.get("/").text


def test_a_logo_is_stored_before_the_settings_are_written(
    client: FlaskClient, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A storage at the other end of a network must not hold up every other writer."""
    held = []
    put = FolderStorage.put

    def slow_put(storage: FolderStorage, key: str, data: bytes) -> None:
        held.append("effects" in db.session.info)
        put(storage, key, data)

    monkeypatch.setattr(FolderStorage, "put", slow_put)

    post(
        client, "/admin/school", fields(logo=(io.BytesIO(image("PNG")), "logo.png")),
        content_type="multipart/form-data",
    )  # fmt: skip

    assert held == [False]
    assert current_school().logo


def test_a_logo_that_is_taken_away_is_gone(client: FlaskClient, admin: Any) -> None:
    with_logo = fields(logo=(io.BytesIO(image("PNG")), "logo.png"))
    post(client, "/admin/school", with_logo, content_type="multipart/form-data")

    post(client, "/admin/school", fields(drop_logo="y"))

    assert client.get("/school/logo").status_code == 404
    assert "/school/logo" not in client.get("/").text


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"GIF89a", image("GIF"),
        image("PNG")[:60], image("BMP"),
    ],
)  # fmt: skip
def test_what_is_no_image_of_these_kinds_is_refused(client: FlaskClient, admin: Any, data: bytes) -> None:
    wrong = fields(logo=(io.BytesIO(data), "logo.png"))

    answer = post(client, "/admin/school", wrong, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "not an image in PNG, JPG or WEBP" in answer.text
    assert current_school().logo == ""


def test_an_image_with_too_many_pixels_is_not_unpacked() -> None:
    with pytest.raises(InvalidInput, match="25 million"):
        as_png(image("PNG", (5001, 5000)))


def test_a_large_logo_becomes_small_and_loses_what_else_it_held() -> None:
    made = io.BytesIO()
    picture, notes = Image.new("RGB", (2000, 1000)), Image.Exif()
    notes[0x010E] = "where I live"
    picture.save(made, "JPEG", exif=notes)

    small = as_png(made.getvalue())

    assert Image.open(io.BytesIO(small)).size == (480, 240)
    assert b"where I live" not in small


def test_all_that_is_wrong_is_said_at_once(client: FlaskClient, admin: Any) -> None:
    answer = post(client, "/admin/school", fields(colour_primary="#ffffff", colour_accent="green", name=""))

    summary = answer.text.partition("There is a problem")[2].partition("</ul>")[0]
    assert [f'href="#{name}"' in summary for name in ("name", "colour_primary", "colour_accent")] == [
        True
    ] * 3
