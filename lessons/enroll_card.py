"""The card on a course's page that says how one gets in, for whoever looks at it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.clock import now
from core.config import current_config
from core.school import current_school
from core.web import Reader
from courses.models import Course
from enrollment.admission.services import admission_to
from enrollment.admission.windows import Hindrance
from enrollment.rules import Reason, is_open
from enrollment.services import find_enrollment
from lessons.groups import Groups, groups_of
from shop.bundles.models import Bundle
from shop.bundles.services import bundles_with
from shop.standing import open_order, reason_of

ENDINGS = {
    Reason.REFUNDED: "Your payment was refunded.",
    Reason.DISPUTE_LOST: "Your bank took the payment back.",
    Reason.EXPIRED: "Your time in the course is over.",
    Reason.CANCELLED: "Your plan has ended.",
    Reason.SEAT_LEFT: "Your seat in the team has ended.",
    Reason.SEAT_TAKEN_BACK: "The team that gave you your seat had its money back.",
    Reason.GIFT_TAKEN_BACK: "Whoever gave you this course had their money back.",
}
DISPUTES = {  # of what somebody else paid for: what is disputed, and whom to ask
    Reason.SEAT_DISPUTED: ("The payment for your seat is disputed at the bank.", "the team that gave you the seat"),
    Reason.GIFT_DISPUTED: ("The payment for this gift is disputed at the bank.", "whoever gave it to you"),
}  # fmt: skip


PAUSES = {
    Reason.PAYMENT_DISPUTED: "Your payment is disputed at the bank.",
    Reason.PAYMENT_DUE: "A payment did not arrive in time.",
    **{reason: said for reason, (said, _) in DISPUTES.items()},
}
CLOSED = {**ENDINGS, **PAUSES, Reason.REVOKED: "The school has ended your access."}


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
    hindrances: tuple[str, ...] = ()  # in sentences
    missing: tuple[tuple[str, str], ...] = ()  # title and address of what is to be completed before
    groups: Groups = Groups(())  # to choose from, where a choice is all that is missing

    @property
    def may_enroll(self) -> bool:
        """Whether the card offers a way in."""
        outside = self.reason in ENDINGS or self.reason in (Reason.NOT_ENROLLED, Reason.CHECKOUT_OPEN)
        return outside and not self.hindrances

    @property
    def ended(self) -> str:
        """How an earlier stay ended, where one did and another may follow."""
        return ENDINGS.get(self.reason, "")

    @property
    def dispute(self) -> tuple[str, str] | None:
        """What is disputed of somebody else's payment, and whom to ask."""
        return DISPUTES.get(self.reason)

    bundles: tuple[Bundle, ...] = ()


def enroll_card(course: Course, person: Reader | None) -> EnrollCard:
    """What the card says. A visitor's costs one statement, for the bundles."""
    enrollment = find_enrollment(person.user_id, course.id) if person else None
    is_inside = enrollment is not None and is_open(enrollment, now())
    order = open_order(person.user_id, course.id) if person and not is_inside else None
    admission = admission_to(course, person.user_id if person else None)
    must_choose = admission.hindrances == (Hindrance.CHOOSE_GROUP,)
    zone = ZoneInfo((person.time_zone if person else "") or current_school().time_zone)
    config = current_config()
    return EnrollCard(
        reason_of(enrollment, order),
        f"/learn/{course.slug}" if is_inside else f"/courses/{course.slug}/enroll",
        person is None,
        config.takes_money,
        config.takes_test_money,
        order.url if order else "",
        tuple(admission.sentences(zone)),
        tuple((each.title, f"/courses/{each.slug}") for each in admission.missing),
        groups_of(course, person) if must_choose and not is_inside else Groups(()),
        () if is_inside else tuple(bundles_with(course.id)),
    )
