"""The doors of accommodations: find a learner of a course, change something for them, end it."""

from contextlib import suppress
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from accounts.models import User
from core.database import db, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.school import current_school
from core.web import INSTRUCTOR, Reader, allow, render, signed_in
from courses.access import course_for
from courses.models import Course
from courses.roles import Deed
from marking.allowances import services
from marking.allowances.forms import AccommodationForm, local
from marking.allowances.words import changed_in_words
from marking.services import Marker
from quizzes.models import Accommodation, Quiz

bp = Blueprint("accommodations", __name__, url_prefix="/studio/courses/<course>/accommodations")
Answer = str | tuple[str, int] | Response
LONGEST_SEARCH = 200  # characters


@dataclass(frozen=True)
class Row:
    """One accommodation in the list."""

    id: int
    user_id: int
    quiz_id: int
    name: str
    email: str
    place: str
    words: str


@bp.get("")
@allow(INSTRUCTOR)
def index(course: str) -> Answer:
    """What is changed for whom in this course; a search finds its learners."""
    found = course_for(course, Deed.MARK)
    asked = " ".join(request.args.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH]
    return render(
        "marking/accommodations.html",
        nav="studio",
        course=found,
        rows=_rows(found, signed_in()),
        q=asked,
        learners=services.learners_matching(found.id, asked) if asked else [],
    )


@bp.route("/<int:user_id>", methods=["GET", "POST"])
@allow(INSTRUCTOR)
def change(course: str, user_id: int) -> Answer:
    """Change something for one learner, in one quiz or in all of the course."""
    found = course_for(course, Deed.MARK)
    person = _learner(found, user_id)
    form = _form(found, user_id)
    if form.validate_on_submit() and _saved(found, user_id, form):
        flash("It holds from now on, also for an attempt that is open.", "ok")
        return redirect(f"/studio/courses/{course}/accommodations", 303)
    standing = _standing(found, user_id, form.quiz_id) if services.STANDS in form.form_errors else None
    html = render(
        "marking/accommodate.html", nav="studio", course=found, person=person, form=form,
        zone=current_school().time_zone, standing=standing,
    )  # fmt: skip
    return (html, 422) if form.errors else html


@bp.post("/<int:accommodation_id>/end")
@allow(INSTRUCTOR)
def end(course: str, accommodation_id: int) -> Answer:
    """Take an accommodation back. A second press finds it ended."""
    found = course_for(course, Deed.MARK)
    with suppress(NotFound), transaction():
        services.end(Marker.of(signed_in()), found.id, accommodation_id)
    flash("It is ended.", "ok")
    return redirect(f"/studio/courses/{course}/accommodations", 303)


def _learner(course: Course, user_id: int) -> User:
    """The learner, if they are of this course. Raises NotFound."""
    services.require_learner(user_id, course.id)
    return db.session.get_one(User, user_id)


def _form(course: Course, user_id: int) -> AccommodationForm:
    """Empty, or filled with what is changed already where the address names the quiz. Raises NotFound."""
    quiz_id, quizzes = request.args.get("quiz", 0, type=int), services.quizzes_for(user_id, course.id)
    if quiz_id and quiz_id not in {quiz.id for quiz in quizzes}:
        raise NotFound(services.NO_ACCOMMODATION)  # Else the form would be that of all of the course.
    found = services.find_row(user_id, course.id, quiz_id or None)
    row = services.change_of(found)
    form = AccommodationForm(
        filled_from=services.stamp_of(found), quiz=str(quiz_id), extra_time=row.extra_time,
        extra_attempts=row.extra_attempts, opens=local(row.opens_at), closes=local(row.closes_at),
    )  # fmt: skip
    return form.offer(quizzes)


def _saved(course: Course, user_id: int, form: AccommodationForm) -> bool:
    """Change it, or leave in the form why not."""
    marker, seen = Marker.of(signed_in()), form.filled_from.data or ""
    try:
        with transaction():
            services.change(marker, user_id, course.id, form.quiz_id, form.change, seen)
    except (InvalidInput, Conflict) as refused:
        form.form_errors = [refused.sentence]
        return False
    return True


def _standing(course: Course, user_id: int, quiz_id: int | None) -> Row | None:
    """What stands in the way of a change; None where it was ended in this moment."""
    return next(
        (row for row in _rows(course, signed_in()) if (row.user_id, row.quiz_id) == (user_id, quiz_id or 0)),
        None,
    )


def _rows(course: Course, reader: Reader) -> list[Row]:
    query = (
        select(Accommodation, User, Quiz.title)
        .join(User, User.id == Accommodation.user_id)
        .outerjoin(Quiz, Quiz.id == Accommodation.quiz_id)
        .where(Accommodation.course_id == course.id)
        .order_by(User.name, User.id, Accommodation.id)
    )
    return [_row(*row, reader) for row in db.session.execute(query)]


def _row(row: Accommodation, person: User, title: str | None, reader: Reader) -> Row:
    words = changed_in_words(row, reader)
    place = title or "All of the course"
    return Row(row.id, person.id, row.quiz_id or 0, person.name or person.email, person.email, place, words)
