"""The learners of the workload: enrolled, some way into the course, each signed in with a cookie of their own."""

from dataclasses import dataclass

from flask import Flask, session
from flask_wtf.csrf import generate_csrf

from accounts.access import TOKEN
from accounts.services import add_user, begin_sign_in
from bench.bundle import COURSE, SHIPPED_COURSE
from core.database import transaction
from courses.services import course_outline, find_course, find_step
from enrollment.rules import GrantKind
from enrollment.services import enroll
from progress.services import complete_step, remember_place

LEARNERS = 200
DONE = 8  # lessons that each has completed; the next one is where they are


@dataclass(frozen=True)
class Learner:
    """A signed-in learner as the load client needs one: the cookie, and a token for forms."""

    cookie: str
    csrf: str


def make_learners(app: Flask) -> list[Learner]:
    """Write the learners into the app's database and sign all of them in."""
    with app.app_context(), transaction():
        tokens = [_make_learner(number) for number in range(LEARNERS)]
    return [signed_in(app, token) for token in tokens]


def _make_learner(number: int) -> str:
    user = add_user(f"learner{number}@bench.example", f"Learner {number}", None, confirmed=True)
    for slug, done in ((SHIPPED_COURSE, 0), (COURSE, DONE)):
        _read_into(user.id, slug, done)
    return begin_sign_in(user.id, "bench", remembered=True)[1]


def _read_into(user_id: int, slug: str, done: int) -> None:
    """Enroll, complete the first steps, and be at the next one."""
    course = find_course(slug)
    enroll(user_id, course.id, GrantKind.FREE)
    steps = [find_step(step.id) for step in course_outline(course).steps[: done + 1]]
    for step in steps[:done]:
        complete_step(user_id, step)
    remember_place(user_id, steps[done], "")


def signed_in(app: Flask, token: str) -> Learner:
    """Cookie and form token of the sign-in that this token opens."""
    with app.test_request_context(base_url=app.config["STRATUM"].base_url):
        session[TOKEN], session["_fresh"], session.permanent = token, True, True
        csrf = generate_csrf()
        response = app.response_class()
        app.session_interface.save_session(app, session, response)
    return Learner(response.headers["Set-Cookie"].partition(";")[0], csrf)
