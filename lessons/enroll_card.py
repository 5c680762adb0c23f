"""The card on a course's page that says how one gets in, for whoever looks at it."""

from dataclasses import dataclass

from core.config import current_config
from core.web import Reader
from courses.models import Course
from enrollment.models import EnrollmentState
from enrollment.rules import Reason
from enrollment.services import find_enrollment
from shop.bundles.models import Bundle
from shop.bundles.services import bundles_with
from shop.standing import open_order, reason_of


@dataclass(frozen=True)
class EnrollCard:
    """`reason` is `enrolled`, or the most telling reason why not; `takes_money` whether the course can be paid for.

    `order_url` leads to the order whose payment is on its way; `bundles` are on sale and hold the course.
    """

    reason: Reason
    url: str
    is_visitor: bool
    takes_money: bool
    is_test_money: bool
    order_url: str = ""
    bundles: tuple[Bundle, ...] = ()


def enroll_card(course: Course, person: Reader | None) -> EnrollCard:
    """What the card says. A visitor's costs one statement, for the bundles."""
    enrollment = find_enrollment(person.user_id, course.id) if person else None
    is_inside = enrollment is not None and enrollment.state == EnrollmentState.ACTIVE
    order = open_order(person.user_id, course.id) if person and not is_inside else None
    config = current_config()
    return EnrollCard(
        reason_of(enrollment, order),
        f"/learn/{course.slug}" if is_inside else f"/courses/{course.slug}/enroll",
        person is None,
        config.takes_money,
        config.takes_test_money,
        order.url if order else "",
        () if is_inside else tuple(bundles_with(course.id)),
    )
