"""Certificates: issued once, in the transaction that earns them, frozen as they were, and only ever withdrawn."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from accounts.models import User
from certificates import services
from certificates.models import Certificate
from certificates.rules import State
from certificates.services import certificates_of, find_certificate, revoke, state_of
from core import mail
from core.audit import AuditEntry
from core.clock import now
from core.database import db, transaction
from core.errors import NotFound
from courses.models import Author, Course, Module, Step
from enrollment.services import revoke as end_enrollment
from progress.models import CourseCompletion, StepCompletion
from progress.services import recount
from tests.conftest import NOON, Clock
from tests.factories import add_step, complete, enroll, mails, make_course, make_user, sign_in, steps_of


def issued() -> list[Certificate]:
    db.session.rollback()
    return list(db.session.scalars(select(Certificate)))


def rows(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def earn(app: Flask, **columns: object) -> Certificate:
    person, course = make_user("ada@example.org", "Ada Learner"), make_course("skin", **columns)
    complete(person, *steps_of(course))
    return issued()[0]


def test_the_last_step_issues_the_certificate_with_its_mail_and_its_trail(app: Flask, clock: Clock) -> None:
    """V5"""
    certificate = earn(app, modules=("lesson lesson",), title="The Skin", revision=3, language="en")

    assert len(issued()) == 1
    assert (certificate.holder, certificate.course_title, certificate.course_revision) == (
        "Ada Learner",
        "The Skin",
        3,
    )
    assert (certificate.issued_at, certificate.minutes, certificate.cycle) == (NOON, 20, 1)
    assert certificate.assessed["lessons"] == 2
    assert certificate.assessed["objectives"] == 2
    number = certificate.id
    (letter,) = mails("ada@example.org")
    assert letter.kind == "certificate_issued"
    assert f"/certificates/{number}" in letter.text
    entry = db.session.scalars(select(AuditEntry).filter_by(action="certificate.issue")).one()
    assert entry.subject == f"certificate:{number}"


def test_nothing_is_issued_before_the_last_required_step(app: Flask) -> None:
    """V5"""
    person, course = make_user(), make_course(modules=("lesson [lesson] lesson",))
    first, optional, _ = steps_of(course)

    complete(person, first, optional)

    assert issued() == []


def test_a_step_that_is_asked_for_no_more_issues_the_certificate_to_who_had_all_others(app: Flask) -> None:
    person, course = make_user("ada@example.org"), make_course(modules=("lesson lesson",))
    enroll(person, course)
    first, second = steps_of(course)
    complete(person, first)

    with transaction() as session:
        session.execute(update(Step).where(Step.id == second.id).values(retired_at=now()))
        session.execute(update(Course).where(Course.id == course.id).values(version=2))
        recount(course.id)
        recount(course.id)

    assert [(one.user_id, one.minutes) for one in issued()] == [(person.id, 10)]
    assert [mail.kind for mail in mails("ada@example.org")] == ["certificate_issued"]


def test_a_course_without_certificate_issues_none(app: Flask) -> None:
    person, course = make_user(), make_course(certificate=None)

    complete(person, *steps_of(course))

    assert issued() == []
    assert rows(CourseCompletion) == 1


@pytest.mark.parametrize("named", ["skin/lessons/lesson-2", "lessons/lesson-2"])
def test_a_certificate_may_ask_for_steps_by_name(app: Flask, named: str) -> None:
    person = make_user()
    course = make_course("skin", ("lesson [lesson] lesson",), certificate={"requires": [named]})
    first, second, _ = steps_of(course)

    complete(person, first)
    assert issued() == []
    complete(person, second)

    assert len(issued()) == 1
    assert rows(CourseCompletion) == 0


@pytest.mark.parametrize("requires", [["lessons/none"], ["lessons/lesson-1", "lessons/none"], []])
def test_a_certificate_that_asks_for_a_step_that_is_not_there_is_not_given_away(
    app: Flask, requires: list[str]
) -> None:
    """V5"""
    person, course = make_user(), make_course("skin", certificate={"requires": requires})

    complete(person, *steps_of(course))

    assert issued() == []


def test_a_course_of_optional_steps_gives_no_certificate_away(app: Flask) -> None:
    """V5"""
    person, course = make_user(), make_course(modules=("[lesson] [lesson]",))

    complete(person, *steps_of(course))

    assert issued() == []


def test_a_failing_issue_rolls_the_completion_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """V5: a completion and its certificate are one commit."""
    person, course = make_user(), make_course(modules=("lesson",))

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no paper")

    monkeypatch.setattr(mail, "queue", fail)
    with pytest.raises(RuntimeError, match="no paper"):
        complete(person, *steps_of(course))

    assert [rows(model) for model in (StepCompletion, CourseCompletion, Certificate, AuditEntry)] == [
        0,
        0,
        0,
        0,
    ]
    monkeypatch.undo()
    complete(person, *steps_of(course))
    assert [rows(model) for model in (StepCompletion, CourseCompletion, Certificate)] == [1, 1, 1]


def test_what_a_certificate_says_is_frozen(app: Flask, clock: Clock) -> None:
    with transaction() as session:
        session.add(
            Author(
                slug="ann", name="Ann Author", portrait="", may=[], may_not=[], publications=[], body_html=""
            )
        )
    before = earn(app, title="The Skin", authors=["ann"])
    said = {
        name: getattr(before, name) for name in ("holder", "course_title", "signatory", "assessed", "minutes")
    }
    with transaction() as session:
        session.execute(update(User).values(name="Somebody Else"))
        session.execute(update(Course).values(title="Other", revision=9, version=2))
        session.execute(update(Author).values(name="Other Author"))
        course = session.scalars(select(Course)).one()
        add_step(course, session.scalars(select(Module)).first(), "lesson")

    (after,) = issued()

    assert {name: getattr(after, name) for name in said} == said
    assert said["signatory"] == "Ann Author"


def test_a_second_completion_of_a_retired_and_new_step_issues_no_second(app: Flask) -> None:
    """V5"""
    earn(app)
    person_id = issued()[0].user_id
    with transaction() as session:
        course = session.scalars(select(Course)).one()
        session.execute(update(Step).where(Step.slug == "lesson-1").values(retired_at=now()))
        add_step(course, session.scalars(select(Module)).first(), "lesson")
        course.version += 1
    person = db.session.get_one(User, person_id)

    complete(person, steps_of(make_stub())[-1])

    assert len(issued()) == 1
    assert len(mails("ada@example.org")) == 1


def make_stub() -> Any:
    db.session.rollback()
    return db.session.scalars(select(Course)).one()


@pytest.mark.parametrize(("months", "until"), [(None, None), (24, date(2028, 11, 21))])
def test_validity_is_counted_from_the_issue(
    app: Flask, clock: Clock, months: int | None, until: date | None
) -> None:
    certificate = earn(app, certificate={"requires": "all", "valid_months": months})

    assert certificate.valid_until == until
    if until:
        clock(datetime.combine(until, NOON.timetz()))
        assert state_of(certificate) == State.VALID
        clock(NOON + timedelta(days=3 * 365))
        assert state_of(certificate) == State.EXPIRED


def test_a_certificate_is_found_however_its_number_is_typed(app: Flask) -> None:
    number = earn(app).id
    spaced = "-".join(number[i : i + 4] for i in range(0, 20, 4))

    for typed in (number, spaced, spaced.lower(), f"  {spaced} ", number.replace("0", "o").replace("1", "l")):
        assert find_certificate(typed).id == number
    for wrong in ("", "x", number[:-1], number[:-1] + ("0" if number[-1] != "0" else "1"), "nul\x00"):
        with pytest.raises(NotFound, match="No certificate has this number"):
            find_certificate(wrong)


def test_numbers_are_random_and_tell_nothing(app: Flask) -> None:
    """V5: unguessable, and unlike each other."""
    course = make_course(modules=("lesson",))
    for _ in range(5):
        complete(make_user(), *steps_of(course))

    numbers = [certificate.id for certificate in issued()]

    assert len(set(numbers)) == 5
    assert {len(number) for number in numbers} == {20}
    assert len({number[:4] for number in numbers}) == 5


def test_a_withdrawn_certificate_stays_and_says_why(app: Flask, clock: Clock) -> None:
    admin, certificate = make_user("", "Ida", "admin"), earn(app)
    clock(NOON + timedelta(days=1))
    for reason in ("Issued in error", "another reason"):
        with transaction():
            revoke(certificate.id, reason, admin.id)

    (found,) = issued()
    assert (found.revoked_at, found.revoked_reason) == (NOON + timedelta(days=1), "Issued in error")
    assert state_of(found) == State.REVOKED
    entries = db.session.scalars(select(AuditEntry).filter_by(action="certificate.revoke")).all()
    assert [entry.actor_id for entry in entries] == [admin.id]


def test_a_person_has_their_own_certificates_newest_first(app: Flask, clock: Clock) -> None:
    """V3"""
    one, other = make_user(), make_user()
    courses = [make_course(modules=("lesson",)) for _ in range(2)]
    for day, course in enumerate(courses):
        clock(NOON + timedelta(days=day))
        complete(one, *steps_of(course))
    complete(other, *steps_of(courses[0]))

    assert [c.course_id for c in certificates_of(one.id)] == [courses[1].id, courses[0].id]
    assert len(certificates_of(other.id)) == 1


def test_the_record_outlives_its_holders_account(app: Flask) -> None:
    certificate = earn(app)
    with transaction() as session:
        session.delete(session.get_one(User, certificate.user_id))

    (found,) = issued()

    assert found.user_id is None
    assert found.holder == "Ada Learner"


def test_each_room_that_tells_of_content_is_asked_once(app: Flask) -> None:
    assert len(services._tellers) == len(set(services._tellers)) == 2


def refund(source: str = "order") -> None:
    """All of the order that let this person in goes back."""
    from enrollment.rules import EndReason
    from enrollment.services import take_back_grants

    with transaction():
        take_back_grants(source, EndReason.REFUND)


def test_a_refund_withdraws_the_certificate_and_says_why_in_general_terms(app: Flask, clock: Clock) -> None:
    person, course = make_user(), make_course()
    enroll(person, course, "order")
    complete(person, *steps_of(course))

    refund()

    (certificate,) = issued()
    assert (certificate.revoked_at, certificate.revoked_reason) == (NOON, "The course was refunded.")


def test_who_was_refunded_and_buys_again_gets_a_new_certificate_for_what_was_kept(app: Flask) -> None:
    person, course = make_user(), make_course()
    for source in ("order:1", "order:2"):
        enroll(person, course, "order", source)
        complete(person, *steps_of(course))
        refund(source)

    enroll(person, course, "order", "order:3")

    held = issued()
    assert [each.cycle for each in sorted(held, key=lambda each: each.cycle)] == [1, 2, 3]
    assert [each.revoked_at is None for each in sorted(held, key=lambda each: each.cycle)] == [
        False,
        False,
        True,
    ]


def test_a_certificate_that_the_school_withdrew_is_not_issued_again_by_enrolling_again(app: Flask) -> None:
    admin, person, course = make_user("", "Ida", "admin"), make_user(), make_course()
    number = enroll(person, course)
    complete(person, *steps_of(course))
    certificate = issued()[0].id
    with transaction():
        revoke(certificate, "Issued in error.", admin.id)
        end_enrollment(number, admin.id)

    enroll(person, course, "admin")

    assert [each.revoked_reason for each in issued()] == ["Issued in error."]


def test_two_certificates_of_one_course_are_one_course_on_the_dashboard(app: Flask) -> None:
    person, course = make_user(), make_course()
    enroll(person, course, "order")
    complete(person, *steps_of(course))
    refund()
    enroll(person, course, "order")
    client = sign_in(app.test_client(), person)

    page = client.get("/dashboard").text

    newest = max(issued(), key=lambda each: each.cycle)
    assert page.count(f'/learn/{course.slug}"') == 1
    assert f"/certificates/{newest.id}" in page
    assert "Withdrawn" not in page
