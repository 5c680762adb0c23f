"""Files of works through their doors: brought, refused, sent to those who may read them."""

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marking import uploads
from tests import factories
from tests.marking.bench import Bench
from tests.marking.doors import bring
from tests.marking.test_files import HTML, SVG, bomb, picture
from tests.marking.test_uploads import Broken
from tests.quizzes.visiting import words


@pytest.fixture
def bench(safe: Bench) -> Bench:
    return safe


@pytest.mark.parametrize(
    ("name", "data"), [("me.png", SVG), ("me.png", HTML), ("me.png", bomb(60_000, 60_000)), ("me.svg", SVG),
     ("a.zip", b"PK\x03\x04")]
)  # fmt: skip
def test_a_file_that_is_none_of_ours_is_refused_with_the_remedy(
    bench: Bench, author: FlaskClient, name: str, data: bytes
) -> None:
    attempt = bench.start()

    said = bring(author, attempt, name, data)

    assert "send it again" in said
    assert bench.files() == []


def test_a_file_that_is_too_large_is_let_by_and_refused_with_the_limit(
    bench: Bench, author: FlaskClient
) -> None:
    attempt = bench.start()
    bench.write(attempt)

    body = BytesIO(b"x" * 11_000_000)

    answer = author.post(
        f"/attempts/{attempt}/files?q=1",
        input_stream=body,
        content_length=11_000_000,
        content_type="multipart/form-data; boundary=b",
    )

    assert body.tell() == 11_000_000  # else a browser that still sends shows no answer
    said = words(author.get(answer.location, follow_redirects=True).text)
    assert "This file is larger than 10 MB" in said
    assert "What was saved before is still here" in said
    assert "I name every flag" in said
    assert bench.files() == []


def test_a_file_is_sent_to_be_saved_and_to_its_readers_alone(
    app: Flask, bench: Bench, author: FlaskClient
) -> None:
    attempt = bench.start()
    assert "The file is here." in bring(author, attempt, "../../<b>me</b>.png", picture("PNG"))
    file = bench.files()[0]
    assert re.fullmatch(r"works/[0-9A-Z]{26}", file.key)
    other = factories.sign_in(app.test_client(), factories.make_user())
    tutor = factories.sign_in(app.test_client(), bench.tutor)

    sent = author.get(f"/attempts/{attempt}/files/{file.id}")

    assert (sent.status_code, sent.mimetype) == (200, "image/png")
    headers = sent.headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert "<" not in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers.get_all("Content-Security-Policy") == ["default-src 'none'; sandbox"]
    assert headers["Cache-Control"] == "private, no-store"
    assert other.get(f"/attempts/{attempt}/files/{file.id}").status_code == 404
    assert tutor.get(f"/attempts/{attempt}/files/{file.id}").status_code == 404
    assert tutor.get(f"/studio/marking/{attempt}/files/{file.id}").status_code == 404
    bench.hand_in(attempt)
    seen = tutor.get(f"/studio/marking/{attempt}/files/{file.id}")
    assert seen.status_code == 200
    assert "me" not in seen.headers["Content-Disposition"].replace("filename", "").replace("attachment", "")


def test_a_file_of_another_work_is_not_reached_through_ones_own(
    app: Flask, bench: Bench, author: FlaskClient
) -> None:
    theirs = bench.bring(bench.start())
    stranger = factories.make_user()
    factories.enroll(stranger, bench.course)
    bench.user = stranger
    own = bench.start()
    client = factories.sign_in(app.test_client(), stranger)

    assert client.get(f"/attempts/{own}/files/{theirs}").status_code == 404
    assert factories.post(client, f"/attempts/{own}/files/{theirs}/remove").status_code == 404


def test_where_the_storage_fails_the_author_is_told_and_keeps_the_rest(
    bench: Bench, author: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = bench.start()
    bench.write(attempt)
    assert "The file is here." in bring(author, attempt, "first.png", picture("PNG"))
    monkeypatch.setattr(uploads, "media", lambda: Broken("put", "delete"))

    said = bring(author, attempt, "second.png", picture("PNG"))

    assert "Files cannot be taken at the moment" in said
    assert "first.png" in said
    assert "second.png" not in said
    assert "I name every flag" in said
