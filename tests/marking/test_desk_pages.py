"""What markers see: the queue, the desk, and no name before the mark. Without JavaScript."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.clock import set_now
from tests import factories
from tests.marking.bench import FULL, NOON, Bench
from tests.marking.doors import bring, mark
from tests.marking.test_files import paper
from tests.quizzes.visiting import words


@pytest.fixture
def bench(safe: Bench) -> Bench:
    return safe


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


@pytest.mark.parametrize("claimed", [True, False])
def test_a_work_that_was_erased_meanwhile_leads_its_markers_to_the_queue(
    app: Flask, bench: Bench, tutor: FlaskClient, claimed: bool
) -> None:
    attempt = bench.handed_in()
    if claimed:
        bench.claim(bench.first, attempt)
    bench.erase(attempt)
    desk = f"/studio/marking/{attempt}"
    stranger = factories.sign_in(app.test_client(), factories.make_user("", "Sam", "instructor"))

    refused = [tutor.get(desk), factories.post(tutor, f"{desk}/mark", {"l1-0": "2", "go": "give"})]
    if not claimed:
        refused.append(factories.post(tutor, f"{desk}/claim"))

    assert {(each.status_code, each.location) for each in refused} == {(303, "/studio/marking")}
    assert "Its author erased this work" in words(tutor.get("/studio/marking").text)
    assert stranger.get(desk).status_code == 404


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
    assert "Works that wait 2" in said
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


def test_the_studio_tells_what_waits(bench: Bench, tutor: FlaskClient) -> None:
    assert "Nothing waits" in words(tutor.get("/studio").text)
    bench.handed_in()

    page = tutor.get("/studio").text
    assert "1 work or question waits for somebody" in words(page)
    assert f"/studio/courses/{bench.course.slug}/accommodations" in page
