"""What a paid order gives, and what becomes of it when the money goes back: one object for each kind of order.

Rooms above hand in theirs for what they sell (`fulfils`), so that orders need not know them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.database import db
from core.money import Money
from courses.models import Course
from courses.services import course_outline
from enrollment.cohorts.models import Cohort
from enrollment.cohorts.services import group_to_come
from enrollment.rules import EndReason, GrantKind, PauseReason
from enrollment.services import (
    enroll,
    find_enrollment,
    holds,
    pause_grants,
    resume_grants,
    take_back_grants,
    was_ended_by_school,
)
from shop import words
from shop.bundles.models import Bundle
from shop.models import Order, OrderKind
from shop.standing import open_still
from shop.words import Words


@dataclass(frozen=True)
class Thanks:
    """What the page of a paid order says, where it did not open a course for its buyer; `button` leads on, to `url`
    or, where that is empty, to where the order's path leads. An empty `button` leads nowhere."""

    title: str
    heading: str
    text: str
    button: str
    url: str = ""


@dataclass(frozen=True)
class PaidSoFar:
    """How far an order has come that is paid over time. `count` payments were made, of `of` in all (None: for as long
    as it is wished), and each is `payment`; `next_at` is when the next one is taken, None where none follows, or one is
    missing. `state` is the word of a plan's state."""

    count: int
    of: int | None
    payment: Money
    next_at: datetime | None
    state: str


class Fulfilment(Protocol):
    """What orders of one kind give. The door's transaction is open, the buyer and the order are locked.

    `receipt` is the kind of the mail that says what was paid and what it gives.
    """

    receipt: str

    def is_held(self, order: Order) -> bool:
        """Whether the buyer has all of it already, so that the payment was one too many."""

    def is_barred(self, order: Order) -> bool:
        """Whether a person has to look before anything is given."""

    def give(self, order: Order) -> None:
        """Give what was paid for; a second time changes nothing."""

    def pause(self, order: Order, reason: PauseReason) -> None:
        """Close for the time being what it gave, for this reason beside any other."""

    def resume(self, order: Order, reason: PauseReason) -> None:
        """Open again what it gave, where nothing but this reason had closed it."""

    def take_back(self, order: Order, reason: EndReason) -> None:
        """End what it gave."""

    def forget(self, order: Order) -> None:
        """Delete what was kept for a payment that did not come, beside the order."""

    def path(self, order: Order) -> str:
        """Where the buyer goes on once it is paid."""

    def words(self, order: Order) -> Words:
        """How its pages and mails speak of it."""

    def thanks(self, order: Order) -> Thanks | None:
        """What its page says once it is paid; None where a course was opened, whose steps it shows."""

    def paid_so_far(self, order: Order) -> PaidSoFar | None:
        """How far it is paid; None where that is done at once."""


_fulfilments: dict[OrderKind, Fulfilment] = {}
_pages: dict[OrderKind, Callable[[Order], str]] = {}


def fulfils(kind: OrderKind, fulfilment: Fulfilment) -> None:
    """Let this object fulfil all orders of a kind."""
    _fulfilments[kind] = fulfilment


def sold_at(kind: OrderKind, page: Callable[[Order], str]) -> None:
    """Let this tell the page on which what an order of this kind holds is sold; else its first course's page is."""
    _pages[kind] = page


def sale_page(order: Order) -> str:
    """The page on which what this order holds is sold."""
    return _pages.get(order.kind, _course_page)(order)


def fulfilment_of(order: Order) -> Fulfilment:
    """What fulfils this order."""
    return _fulfilments[order.kind]


def words_of_end(order: Order) -> Words:
    """How pages and mails speak of an order that gives nothing any more, where something else may let its buyer in."""
    found = fulfilment_of(order).words(order)
    titles = open_still(order)
    return found.but_open(titles, are_all=len(titles) == len(order.lines)) if titles else found


class OwnCourses:
    """Courses that the buyer takes themselves: each line is a grant."""

    receipt = "receipt"

    def is_held(self, order: Order) -> bool:
        return all(order.user_id is not None and holds(order.user_id, line.course_id) for line in order.lines)

    def is_barred(self, order: Order) -> bool:
        if order.user_id is None:
            return True
        found = [find_enrollment(order.user_id, line.course_id) for line in order.lines]
        return any(was_ended_by_school(each) for each in found)

    def give(self, order: Order) -> None:
        if order.user_id is None:
            raise AssertionError("an order without a buyer lets nobody in")
        for line in order.lines:
            enroll(order.user_id, line.course_id, GrantKind.ORDER, source=order.source, order_id=order.id)

    def pause(self, order: Order, reason: PauseReason) -> None:
        pause_grants(order.source, reason)

    def resume(self, order: Order, reason: PauseReason) -> None:
        resume_grants(order.source, reason)

    def take_back(self, order: Order, reason: EndReason) -> None:
        take_back_grants(order.source, reason)

    def forget(self, order: Order) -> None:
        pass

    def path(self, order: Order) -> str:
        return f"/learn/{first_course(order).slug}"

    def words(self, order: Order) -> Words:
        return words.of_course("course" if len(order.lines) == 1 else "bundle", order.title)

    def thanks(self, order: Order) -> Thanks | None:
        """Of a course that opens with a group, which one and when: nothing of it can be begun before."""
        if order.user_id is None or len(order.lines) > 1:
            return None
        cohort = group_to_come(order.user_id, order.lines[0].course_id)
        return _begins_with(cohort, order) if cohort else None

    def paid_so_far(self, order: Order) -> PaidSoFar | None:
        return None


def _begins_with(cohort: Cohort, order: Order) -> Thanks:
    day, course = f"{cohort.starts_on:%-d %B %Y}", first_course(order)
    ahead = next((step for step in course_outline(course).steps if step.preview), None)
    return Thanks(
        title="You are enrolled",
        heading=f"You begin on {day}.",
        text=f"You have a place in {order.title} with the group {cohort.name}. The course opens to you on {day}.",
        button=f"Read ahead: {ahead.title}" if ahead else "Go to the course’s page",
        url=f"/courses/{course.slug}" + (f"/preview/{ahead.slug}" if ahead else ""),
    )


class OwnBundle(OwnCourses):
    """Several courses that the buyer takes themselves."""

    def path(self, order: Order) -> str:
        return "/dashboard"


def first_course(order: Order) -> Course:
    """The first of the courses that an order is about."""
    return db.session.get_one(Course, order.lines[0].course_id)


def _course_page(order: Order) -> str:
    return f"/courses/{first_course(order).slug}"


def _bundle_page(order: Order) -> str:
    return db.session.get_one(Bundle, order.subject_id).url


fulfils(OrderKind.OWN, OwnCourses())
fulfils(OrderKind.BUNDLE, OwnBundle())
sold_at(OrderKind.BUNDLE, _bundle_page)
