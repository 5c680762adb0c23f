"""The life of a gift: sent once, on its day; claimed once; taken back; forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.clock import now
from core.database import db, transaction
from core.errors import Conflict, DomainError, NotFound
from core.ids import fingerprint
from courses.models import Course
from enrollment.models import Grant
from enrollment.rules import EndReason, PauseReason
from enrollment.services import find_enrollment, revoke
from shop.fulfilment import fulfilment_of
from shop.gifts import jobs, services
from shop.gifts.models import Gift
from shop.gifts.rules import GiftCodeRefused, GiftState, read_code
from shop.models import Order
from tests import factories
from tests.conftest import NOON, Clock
from tests.crowd import at_once
from tests.shop.gifts.giving import ANNA, Giving


def test_a_gift_of_today_is_mailed_as_soon_as_it_is_paid_and_once(giving: Giving) -> None:
    order = giving.buy()
    giving.turn(order, "give")
    jobs.send_due()

    assert giving.mails() == ["gift"]
    assert giving.gift().state is GiftState.SENT
    assert giving.gift().code_hash == fingerprint(read_code(giving.code()))


def test_a_gift_of_another_day_is_mailed_on_it_and_once(giving: Giving, clock: Clock) -> None:
    giving.buy(days=3)
    jobs.send_due()
    assert (giving.mails(), giving.gift().state) == ([], GiftState.PLANNED)

    clock(NOON + timedelta(days=3))
    jobs.send_due()
    jobs.send_due()

    assert giving.mails() == ["gift"]


def test_the_mail_names_giver_message_and_course_and_no_price(giving: Giving) -> None:
    giving.buy(giver_name="Mara <b>", message="One.\nTwo.")

    (mail,) = factories.mails(ANNA)
    for said in (mail.text, mail.html):
        assert giving.course.title in said
        assert "One." in said
        assert "Two." in said
        assert "USD" not in said
        assert "49.00" not in said
    assert mail.subject == f"Mara <b> gives you {giving.course.title}"
    assert "Mara &lt;b&gt;" in mail.html


def test_whoever_claims_is_in_by_the_gift_and_the_giver_is_told(giving: Giving) -> None:
    order, anna = giving.buy(), factories.make_user()

    giving.claim(anna)
    giving.claim(anna)  # The button, pressed twice.

    grant = db.session.scalars(select(Grant).filter_by(user_id=anna.id)).one()
    assert (grant.kind, grant.source, grant.order_id) == ("gift", f"gift:{giving.gift().id}", order.id)
    assert giving.is_in(anna)
    assert not giving.is_in(giving.giver)
    assert giving.mails(giving.giver.email) == ["gift_claimed"]


def test_a_claimed_code_opens_nothing_for_another(giving: Giving) -> None:
    giving.buy()
    giving.claim(factories.make_user())

    other = factories.make_user()
    with pytest.raises(GiftCodeRefused):
        giving.claim(other)
    assert not giving.is_in(other)


def test_a_gift_whose_claimer_was_erased_is_claimed_to_a_visitor_too(giving: Giving) -> None:
    giving.buy()
    giving.claim(factories.make_user())
    with transaction() as session:
        session.scalars(select(Gift)).one().claimed_by = None

    with pytest.raises(GiftCodeRefused):
        services.find_claimable(giving.code(), None)


def test_of_many_who_claim_at_once_one_is_in(giving: Giving) -> None:
    giving.buy()
    code, people = giving.code(), [factories.make_user() for _ in range(4)]
    db.session.rollback()

    answers = at_once(giving.app, 4, lambda i: giving.claim(people[i], code))

    assert sum(giving.is_in(person) for person in people) == 1
    assert sum(isinstance(each, GiftCodeRefused) for each in answers) == 3


def test_the_step_that_claims_looks_itself_whether_it_is_taken(giving: Giving) -> None:
    giving.buy()
    with transaction() as session:
        gift = session.scalars(select(Gift)).one()
        services._take(gift, giving.giver.id)
        with pytest.raises(GiftCodeRefused):
            services._take(gift, giving.giver.id)


@pytest.mark.parametrize("why", ["held", "put out", "not open yet"])
def test_who_may_not_come_in_leaves_the_gift_good(giving: Giving, why: str) -> None:
    giving.buy()
    anna, other = factories.make_user(), factories.make_user()
    _keep_out(giving, anna, why)

    with pytest.raises(Conflict):
        giving.claim(anna)

    assert giving.gift().state is GiftState.SENT
    if why != "not open yet":
        giving.claim(other)
        assert giving.is_in(other)


def _keep_out(giving: Giving, person: Any, why: str) -> None:
    if why == "not open yet":
        with transaction() as session:
            session.get_one(Course, giving.course.id).enroll_from = now().date() + timedelta(days=2)
        return
    factories.enroll(person, giving.course, "admin")
    if why == "put out":
        found = find_enrollment(person.id, giving.course.id)
        assert found is not None
        with transaction():
            revoke(found.id, giving.giver.id)


def test_who_holds_the_course_may_give_it_and_more_than_once(giving: Giving) -> None:
    factories.enroll(giving.giver, giving.course, "admin")

    giving.buy()
    giving.buy(recipient_email="bo@example.org")

    assert giving.code() != giving.code("bo@example.org")


def test_another_address_makes_another_code_and_the_old_one_is_dead(giving: Giving) -> None:
    order = giving.buy()
    old = giving.code()
    to = giving.wrapping(recipient_email="right@example.org")

    giving.act(services.plan, order, services.Recipient("Ann", to.recipient_email, to.send_on, to.send_at))

    assert giving.code("right@example.org") != old
    with pytest.raises(GiftCodeRefused):
        giving.claim(factories.make_user(), old)
    giving.claim(anna := factories.make_user(), giving.code("right@example.org"))
    assert giving.is_in(anna)


def test_the_same_address_gets_the_same_code_again(giving: Giving) -> None:
    order = giving.buy()
    first = giving.code()

    giving.act(services.send_again, order)

    assert giving.mails() == ["gift", "gift"]
    assert giving.code() == first
    assert read_code(giving.act(services.print_code, order)) == read_code(first)


def test_a_later_day_waits_for_it(giving: Giving, clock: Clock) -> None:
    order = giving.buy(days=1)
    later = giving.wrapping(5)

    giving.act(services.plan, order, services.Recipient("Anna", ANNA, later.send_on, later.send_at))
    clock(NOON + timedelta(days=2))
    jobs.send_due()
    assert giving.mails() == []

    clock(NOON + timedelta(days=5))
    jobs.send_due()
    assert giving.mails() == ["gift"]


@pytest.mark.parametrize("deed", [services.send_again, services.print_code])
def test_a_claimed_gift_is_changed_no_more(giving: Giving, deed: Any) -> None:
    order = giving.buy()
    giving.claim(factories.make_user())

    with pytest.raises(Conflict):
        giving.act(deed, order)


def test_an_order_without_a_gift_says_so(giving: Giving) -> None:
    order = factories.make_order(giving.giver, giving.course)

    with pytest.raises(NotFound):
        giving.act(services.send_again, order)


def test_a_refund_kills_an_unclaimed_code_and_one_that_fails_revives_it(giving: Giving) -> None:
    order = giving.buy()
    giving.turn(order, "take_back", EndReason.REFUND)
    with pytest.raises(GiftCodeRefused):
        services.find_claimable(giving.code(), None)

    giving.turn(order, "give")

    giving.claim(anna := factories.make_user())
    assert giving.is_in(anna)
    assert giving.mails() == ["gift"]


def test_a_refund_takes_a_claimed_gift_back_and_one_that_fails_gives_it_again(giving: Giving) -> None:
    order, anna = giving.buy(), factories.make_user()
    giving.claim(anna)

    giving.turn(order, "take_back", EndReason.REFUND)
    assert not giving.is_in(anna)
    assert giving.gift().state is GiftState.ENDED

    giving.turn(order, "give")
    assert giving.is_in(anna)
    told = factories.mails(anna.email)
    assert [mail.kind for mail in told] == ["given_ended", "given_restored"]
    assert "your gift from Mara" in told[0].text
    assert giving.gift().state is GiftState.CLAIMED


def test_a_dispute_pauses_the_code_and_what_it_opened(giving: Giving) -> None:
    first, second, anna = giving.buy(), giving.buy(recipient_email="bo@example.org"), factories.make_user()
    giving.claim(anna)
    for order in (first, second):
        giving.turn(order, "pause", PauseReason.DISPUTE)

    bo = factories.make_user()
    with pytest.raises(GiftCodeRefused):
        services.find_claimable(giving.code("bo@example.org"), bo.id)
    assert not giving.is_in(anna)

    for order in (first, second):
        giving.turn(order, "resume", PauseReason.DISPUTE)
    giving.claim(bo, giving.code("bo@example.org"))
    assert giving.is_in(anna)
    assert giving.is_in(bo)


def test_a_paused_gift_is_not_mailed_on_its_day(giving: Giving, clock: Clock) -> None:
    order = giving.buy(days=1)
    giving.turn(order, "pause", PauseReason.DISPUTE)

    clock(NOON + timedelta(days=1))
    jobs.send_due()
    assert giving.mails() == []

    giving.turn(order, "resume", PauseReason.DISPUTE)
    jobs.send_due()
    assert giving.mails() == ["gift"]


def test_the_giver_is_reminded_once_of_a_gift_that_nobody_claims(giving: Giving, clock: Clock) -> None:
    giving.buy()
    giving.buy(recipient_email="bo@example.org")
    giving.claim(factories.make_user(), giving.code("bo@example.org"))

    clock(NOON + timedelta(days=29))
    jobs.remind()
    assert "gift_unclaimed" not in giving.mails(giving.giver.email)
    clock(NOON + timedelta(days=30))
    jobs.remind()
    jobs.remind()

    assert giving.mails(giving.giver.email) == ["gift_claimed", "gift_unclaimed"]


def test_what_was_kept_for_a_payment_that_did_not_come_is_deleted(giving: Giving) -> None:
    order = giving.buy(days=3)

    giving.turn(order, "forget")

    gift = giving.gift()
    assert (gift.giver_name, gift.recipient_name, gift.recipient_email, gift.message) == ("", "", "", "")
    assert gift.state is GiftState.UNADDRESSED
    with pytest.raises(DomainError):
        giving.act(services.send_again, order)


@pytest.mark.parametrize(
    ("erased", "is_claimed", "left"),
    [
        ("giver", False, ("", "", "Anna", ANNA)),
        ("giver", True, ("", "", "", "")),
        ("anna", True, ("", "", "", "")),
        ("nobody", True, ("Mara", "For quiet evenings.\nYours", "Anna", ANNA)),
    ],
)
def test_who_is_erased_is_forgotten(
    giving: Giving, erased: str, is_claimed: bool, left: tuple[str, ...]
) -> None:
    order, anna = giving.buy(), factories.make_user()
    if is_claimed:
        giving.claim(anna)
    with transaction() as session:
        if erased == "giver":
            session.get_one(Order, order.id).user_id = None
        if erased == "anna":
            session.scalars(select(Gift)).one().claimed_by = None

    jobs.forget_erased()

    gift = giving.gift()
    assert (gift.giver_name, gift.message, gift.recipient_name, gift.recipient_email) == left


def test_words_speak_of_the_gift(giving: Giving) -> None:
    order = giving.buy()

    with transaction() as session:
        found = session.get_one(Order, order.id)
        words = fulfilment_of(found).words(found)

    assert (words.noun, words.name) == ("gift", f"the gift for Anna ({giving.course.title})")
