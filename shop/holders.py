"""Mails to those who are in a course by what somebody else paid for. They paid nothing: they are told whose order it is
and whom to ask, never what it cost."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from core import mail
from core.clock import now
from core.database import db
from courses.models import Course
from enrollment.models import Enrollment
from shop.models import Order


@dataclass(frozen=True)
class Given:
    """What the holders have: what it is called, from whom, which is empty where that name is gone, and the source that
    names it in the records of access."""

    noun: str
    giver: str
    source: str


def tell_paused(order: Order, given: Given, closed: Iterable[Enrollment]) -> None:
    """That the payment is disputed, and the course closed meanwhile."""
    _tell("given_paused", order, given, closed)


def tell_ended(order: Order, given: Given, closed: Iterable[Enrollment]) -> None:
    """That the money went back, and the course is closed."""
    _tell("given_ended", order, given, closed)


def tell_restored(order: Order, given: Given, opened: Iterable[Enrollment]) -> None:
    """That the payment stands after all, and the course is open."""
    _tell("given_restored", order, given, opened)


def _tell(kind: str, order: Order, given: Given, turned: Iterable[Enrollment]) -> None:
    for each in turned:
        if each.user_id != order.user_id:  # The buyer has a mail about the order.
            _write(kind, given, each, is_test=not order.livemode)


def _write(kind: str, given: Given, turned: Enrollment, is_test: bool) -> None:
    person, course = db.session.get_one(User, turned.user_id), db.session.get_one(Course, turned.course_id)
    facts: dict[str, object] = {
        "name": person.name, "course": course.title, "noun": given.noun, "giver": given.giver, "is_test": is_test,
        "path": f"/courses/{course.slug}", "learn_path": f"/learn/{course.slug}",
    }  # fmt: skip
    # An enrollment turns once at a moment; the same may happen again after another dispute.
    key = f"{given.source}:{kind}:{turned.user_id}:{now().isoformat()}"
    mail.queue(kind, person.email, facts, dedupe_key=key)
