"""Works through their doors: an author and their markers, without JavaScript."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.clock import set_now
from core.database import db
from marking import uploads
from marking.models import WorkVersion
from marking.rules import WorkState
from quizzes import reads
from tests import factories
from tests.marking.bench import FULL, TEXT, Bench
from tests.marking.test_files import HTML, SVG, bomb, paper, picture
from tests.marking.test_services import Broken
from tests.quizzes.visiting import Visitor, words
from tests.quizzes.world import count_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ESSAYS = """## one {choice}
Which?

- [x] This
- [ ] That

## two {essay points=4}
Why?

## three {file points=2}
Bring it.
"""


@pytest.fixture
def bench(app: Flask, clock: Callable[[datetime], None]) -> Bench:
    clock(NOON)
    return Bench(pass_mark=50)


@pytest.fixture
def author(app: Flask, bench: Bench) -> FlaskClient:
    return factories.sign_in(app.test_client(), bench.user)


@pytest.fixture
def tutor(app: Flask, bench: Bench) -> FlaskClient:
    return factories.sign_in(app.test_client(), bench.tutor)


def url(bench: Bench) -> str:
    return f"/learn/{bench.course.slug}/quizzes/{bench.step.slug}"


def field_of(page: str) -> str:
    found = re.search(r'<textarea[^>]* name="([^"]+)"', page)
    assert found
    return found[1]


def bring(client: FlaskClient, attempt: str, name: str, data: bytes, position: int = 1) -> str:
    fields = {"position": str(position), "file": (BytesIO(data), name)}
    answer = factories.post(client, f"/attempts/{attempt}/files", fields, content_type="multipart/form-data")
    assert answer.status_code == 303
    return words(client.get(answer.location).text)


def mark(client: FlaskClient, attempt: str, levels: list[int], go: str, text: str = "") -> str:
    fields = {f"l1-{place}": str(level) for place, level in enumerate(levels)}
    answer = factories.post(client, f"/studio/marking/{attempt}/mark", {**fields, "words": text, "go": go})
    return words(client.get(answer.location).text)


def test_a_work_from_its_first_page_to_the_receipt(bench: Bench, author: FlaskClient) -> None:
    first = author.get(url(bench)).text
    assert "Write the plan of one page." in words(first)
    assert "Must not be 0" in words(first)
    attempt = factories.post(author, f"{url(bench)}/start").location
    draft = author.get(attempt).text

    sent = factories.post(author, f"{attempt}?q=1", {"item1": "1", field_of(draft): TEXT, "go": "hand-in"})
    assert sent.location == f"{attempt}/hand-in"
    shown = words(author.get(sent.location).text)
    assert "My plan I name every flag" in shown
    assert "9 words; 5 to 40 are asked for" in shown
    refused = factories.post(author, f"{attempt}/hand-in")
    assert refused.status_code == 422
    assert "Confirm that your work names no client" in words(refused.text)
    factories.post(author, f"{attempt}/hand-in", {"confirmed": "y"})

    assert "Handed in" in words(author.get(attempt).text)
    assert author.get(f"{attempt}/hand-in").location == attempt
    assert count_of(WorkVersion) == 1


def test_the_script_of_an_author_is_text(bench: Bench, author: FlaskClient, tutor: FlaskClient) -> None:
    attempt = bench.handed_in("<script>alert(1)</script>")

    for client, address in ((author, f"/attempts/{attempt}"), (tutor, f"/studio/marking/{attempt}")):
        page = client.get(address).text
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page


def test_the_state_is_said_in_words(bench: Bench, author: FlaskClient) -> None:
    attempt = bench.handed_in()
    assert "Handed in" in words(author.get(f"/attempts/{attempt}").text)
    bench.claim(bench.first, attempt)
    page = words(author.get(f"/attempts/{attempt}").text)
    assert "Being marked by a tutor" in page
    assert "Tea" not in page
    assert "being marked by a tutor" in words(author.get("/dashboard").text)
    bench.send_back(bench.first, attempt)
    assert "Returned for revision" in words(author.get(f"/attempts/{attempt}").text)
    assert "returned for revision" in words(author.get("/dashboard").text)
    bench.hand_in(attempt)
    bench.give(bench.first, attempt, FULL, "Well done.")
    page = words(author.get(f"/attempts/{attempt}").text)
    assert "Passed" in page
    assert "Well done." in page
    assert "named and timed" in page
    assert "Version 1" in page
    assert "Name the speed." in page
    assert "Look again." in page


def test_a_marker_sees_no_name_before_the_mark(bench: Bench, tutor: FlaskClient) -> None:
    attempt = bench.start()
    bench.bring(attempt, "Ada Learner plan.pdf")
    bench.hand_in(attempt)

    for address in ("/studio/marking", f"/studio/marking/{attempt}"):
        page = tutor.get(address).text
        assert "Ada" not in page
        assert "Hidden until marked" in page
        assert bench.user.email not in page
    bench.claim_and_give(bench.first, attempt, FULL)
    assert "Ada Learner" in tutor.get(f"/studio/marking/{attempt}").text
    assert "Ada Learner" in tutor.get("/studio/marking?show=marked").text


def test_no_name_comes_to_a_marker_by_file_or_mail(
    bench: Bench, author: FlaskClient, tutor: FlaskClient
) -> None:
    attempt = bench.start()
    assert "The file is here." in bring(author, attempt, "Ada Learner plan.pdf", paper())
    bench.hand_in(attempt)
    factories.post(tutor, f"/studio/marking/{attempt}/pass-on", {"to": str(bench.other.id), "note": ""})
    bench.send_back(bench.second, attempt)
    bench.hand_in(attempt)

    sent = tutor.get(f"/studio/marking/{attempt}/files/{bench.files()[0].id}")

    assert b"Ada" not in sent.data
    assert "Ada" not in str(sent.headers)
    mails = factories.mails(bench.other.email)
    assert [mail.kind for mail in mails] == ["work_assigned", "work_assigned"]
    for mail in mails:
        said = f"{mail.subject} {mail.text} {mail.html}"
        assert "Ada" not in said
        assert bench.user.email not in said


def test_a_draft_is_its_authors_alone_also_after_a_return(bench: Bench, tutor: FlaskClient) -> None:
    attempt = bench.start()
    bench.write(attempt)
    assert tutor.get(f"/studio/marking/{attempt}").status_code == 404
    bench.hand_in(attempt)
    bench.claim(bench.first, attempt)
    bench.send_back(bench.first, attempt)
    bench.write(attempt, "Newly begun.")
    drafted = bench.bring(attempt)

    page = words(tutor.get(f"/studio/marking/{attempt}").text)

    assert "Newly begun" not in page
    assert "I name every flag" in page
    assert tutor.get(f"/studio/marking/{attempt}/files/{drafted}").status_code == 404
    bench.hand_in(attempt)
    assert "Newly begun" in words(tutor.get(f"/studio/marking/{attempt}").text)
    assert tutor.get(f"/studio/marking/{attempt}/files/{drafted}").status_code == 200


def test_an_assignment_may_show_names(app: Flask) -> None:
    bench = Bench(anonymous=False)
    attempt = bench.handed_in()
    tutor = factories.sign_in(app.test_client(), bench.tutor)

    assert "Ada Learner" in tutor.get(f"/studio/marking/{attempt}").text


def test_the_queue_tells_the_oldest_first_with_ages_and_the_median(bench: Bench, tutor: FlaskClient) -> None:
    first = bench.handed_in()
    set_now(NOON + timedelta(hours=6))
    bench.claim_and_give(bench.first, first, FULL)
    second = bench.handed_in()
    set_now(NOON + timedelta(hours=10))
    other = factories.make_user(name="Bea")
    factories.enroll(other, bench.course)
    bench.user = other
    third = bench.handed_in()

    page = tutor.get("/studio/marking").text
    assert page.index(second[-5:]) < page.index(third[-5:])
    said = words(page)
    assert "Wait now 2" in said
    assert "Oldest 4 hours" in said
    assert "median of 30 days 6 hours" in said
    assert "Marked in 30 days 1" in said
    assert "6 hours Marked" in words(tutor.get("/studio/marking?show=marked").text)


def test_works_are_filtered_by_links(bench: Bench, tutor: FlaskClient) -> None:
    attempt = bench.handed_in()
    code = attempt[-5:]

    assert code in tutor.get("/studio/marking?show=unclaimed").text
    factories.post(tutor, f"/studio/marking/{attempt}/claim")
    assert code not in tutor.get("/studio/marking?show=unclaimed").text
    assert code in tutor.get("/studio/marking?show=mine").text
    assert code in tutor.get("/studio/marking?show=nonsense").text


def test_the_desk_saves_gives_and_says_what_is_missing(
    bench: Bench, author: FlaskClient, tutor: FlaskClient
) -> None:
    attempt = bench.handed_in()
    factories.post(tutor, f"/studio/marking/{attempt}/claim")

    assert "Your mark is saved" in mark(tutor, attempt, [2, 2], "save")
    assert "4 of 10 points" in words(tutor.get(f"/studio/marking/{attempt}").text)
    assert "every criterion" in mark(tutor, attempt, [2, 2], "give")
    assert "The mark is given" in mark(tutor, attempt, FULL, "give", "Good.")
    assert "10 of 10 points, 100 percent" in words(author.get(f"/attempts/{attempt}").text)


def test_a_draft_of_a_mark_is_seen_by_its_marker_alone(app: Flask, bench: Bench, tutor: FlaskClient) -> None:
    attempt = bench.handed_in()
    factories.post(tutor, f"/studio/marking/{attempt}/claim")
    mark(tutor, attempt, FULL, "save", "Secretword.")
    other = factories.sign_in(app.test_client(), bench.other)
    author = factories.sign_in(app.test_client(), bench.user)

    assert "Secretword" in tutor.get(f"/studio/marking/{attempt}").text
    assert "Secretword" not in other.get(f"/studio/marking/{attempt}").text
    assert "Secretword" not in author.get(f"/attempts/{attempt}").text


def test_the_second_marker_sees_nothing_of_the_first_mark(
    app: Flask, bench: Bench, tutor: FlaskClient
) -> None:
    attempt = bench.handed_in()
    bench.claim(bench.first, attempt)
    bench.give(bench.first, attempt, [2, 2, 1, 0, 0], "Secretword.")
    other = factories.sign_in(app.test_client(), bench.other)
    factories.post(other, f"/studio/marking/{attempt}/claim")

    page = words(other.get(f"/studio/marking/{attempt}").text)
    assert "Secretword" not in page
    assert "5 of 10 points" not in page.replace("5 of 10 points pass", "")
    assert "Secretword" in tutor.get(f"/studio/marking/{attempt}").text
    assert "Being marked by a tutor" in words(
        factories.sign_in(app.test_client(), bench.user).get(f"/attempts/{attempt}").text
    )
    said = mark(other, attempt, [2, 1, 1, 0, 0], "give", "Otherword.")
    assert "Markers: Tea and Tom." in said
    assert "They lie 1 of 10 points apart" in said
    assert "Secretword" in said
    factories.post(other, f"/studio/marking/{attempt}/agree", {"place": "1", "reason": "It is fair."})
    done = words(factories.sign_in(app.test_client(), bench.user).get(f"/attempts/{attempt}").text)
    assert "5 of 10 points, 50 percent" in done
    assert "Otherword" not in done
    assert "It is fair." not in done


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


def test_a_file_that_is_too_large_is_refused_before_it_is_read(bench: Bench, author: FlaskClient) -> None:
    attempt = bench.start()

    answer = author.post(
        f"/attempts/{attempt}/files", data=b"x" * 11_000_000, content_type="multipart/form-data; boundary=b"
    )

    assert answer.status_code == 413
    assert bench.files() == []


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


def test_an_author_erases_a_work(bench: Bench, author: FlaskClient) -> None:
    attempt = bench.handed_in()

    said = words(author.get(factories.post(author, f"/attempts/{attempt}/erase").location).text)

    assert "Your work is erased" in said
    assert "name every flag" not in said
    assert bench.work(attempt).state is WorkState.DRAFT


# ---- essays and files in a quiz


def test_essays_and_files_of_a_quiz_wait_for_a_person(app: Flask, clock: Callable[[datetime], None]) -> None:
    clock(NOON)
    visitor = Visitor(app, ESSAYS, shuffle="none", pass_mark=50)
    teacher = factories.make_user("", "Tea", "instructor")
    factories.teach(teacher, visitor.course)
    tutor = factories.sign_in(app.test_client(), teacher)
    attempt = visitor.start()
    short = attempt.rpartition("/")[2]
    one, two, three = visitor.items(attempt)
    factories.post(visitor.browser, f"{attempt}?q=1", visitor.answer(one, 0))
    essay = {"item2": "1", two.layout.name: "Because."}
    factories.post(visitor.browser, f"{attempt}?q=2", essay)
    led = factories.post(visitor.browser, f"{attempt}?q=3", {"item3": "1", "go": "files3"})
    assert led.location == f"{attempt}/files?q=3"
    assert "The file is here." in bring(visitor.browser, short, "a.png", picture("PNG"), 3)
    factories.post(visitor.browser, f"{attempt}?q=3", {"item3": "1"})  # a form that holds no file clears none
    assert visitor.items(attempt)[2].is_answered

    page = words(visitor.submit(attempt))

    assert "A person marks what you wrote." in page
    assert short[-5:] in tutor.get("/studio/marking").text
    factories.post(tutor, f"/studio/marking/{short}/claim")
    fields = {"l2-0": "3", "l3-0": "2", "c2-0": "Say more.", "go": "give"}
    factories.post(tutor, f"/studio/marking/{short}/mark", fields)
    head = reads.attempt_head(short, visitor.user.id)
    assert (head.points, head.possible, head.passed) == (6, 7, True)
    assert "Say more." in words(visitor.browser.get(f"{attempt}/marks").text)
    result = words(visitor.browser.get(attempt).text)
    assert "See the marks and comments" in result
    assert "3 of 4 points" in result


def test_a_quiz_of_essays_left_empty_waits_for_nobody(app: Flask) -> None:
    visitor = Visitor(app, ESSAYS, shuffle="none")
    attempt = visitor.start()

    visitor.submit(attempt)

    head = reads.attempt_head(attempt.rpartition("/")[2], visitor.user.id)
    assert (head.points, head.passed) == (0, False)


def test_no_file_comes_to_a_question_that_asks_for_none(app: Flask) -> None:
    visitor = Visitor(app, ESSAYS, shuffle="none")
    short = visitor.start().rpartition("/")[2]

    assert "takes no file" in bring(visitor.browser, short, "a.png", picture("PNG"), 2)


def test_works_of_quizzes_are_neither_returned_nor_erased(app: Flask) -> None:
    visitor = Visitor(app, ESSAYS, shuffle="none")
    teacher = factories.make_user("", "Tea", "instructor")
    factories.teach(teacher, visitor.course)
    tutor = factories.sign_in(app.test_client(), teacher)
    attempt = visitor.start()
    short = attempt.rpartition("/")[2]
    two = visitor.items(attempt)[1]
    factories.post(visitor.browser, f"{attempt}?q=2", {"item2": "1", two.layout.name: "Because."})
    visitor.submit(attempt)
    factories.post(tutor, f"/studio/marking/{short}/claim")

    answer = factories.post(tutor, f"/studio/marking/{short}/mark", {"go": "return", "words": "Again."})

    assert "only assignments are returned" in words(tutor.get(answer.location).text)
    assert factories.post(visitor.browser, f"/attempts/{short}/erase").status_code == 409
    db.session.rollback()
    assert reads.attempt_head(short, visitor.user.id).points is None


def test_the_studio_tells_what_waits(bench: Bench, tutor: FlaskClient) -> None:
    assert "Nothing waits" in words(tutor.get("/studio").text)
    bench.handed_in()

    page = tutor.get("/studio").text
    assert "1 waits for somebody" in words(page)
    assert f"/studio/courses/{bench.course.slug}/accommodations" in page
