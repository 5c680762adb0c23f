"""What must hold of orders, access, gifts and the ledger, whatever happened: after each step, and once all is told.

The truth at the end is what the sandbox's own objects say, read here as raw JSON and not through the product.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import select

from accounts.models import User
from core import clock
from core.database import db
from enrollment.models import Grant
from enrollment.services import find_enrollment, grants_of
from shop import reconcile
from shop.disputes.models import DisputeRow
from shop.disputes.rules import HOLDING
from shop.disputes.services import is_disputed
from shop.gifts.models import Gift
from shop.ledger.models import LedgerEntry
from shop.ledger.rules import EntryKind
from shop.models import Order, OrderChange, OrderKind
from shop.refunds.models import RefundRow
from shop.refunds.services import ended_access, left_of
from shop.rules import OPEN_STATES, OrderState
from tests.shop.shop import Shop
from tests.shop.walking import (
    ENTERED,
    Ways,
    World,
    mails_say_once_what_happened,
    shares_are_what_the_ledger_has,
    states_move_along_the_table,
)
from tests.stripe import Sandbox

FEES = (EntryKind.DISPUTE_FEE, EntryKind.DISPUTE_FEE_BACK)  # a part of Stripe's lines, an entry here
Json = dict[str, Any]


@dataclass
class Hand:
    """What the school did by hand about one person, which is what their access stands on."""

    granted: bool = False
    put_out: bool = False  # now
    was_put_out: bool = False  # at any time: then money may end under review
    accepted: bool = False  # an order, at any time: what the school had ended may then be paid twice


class Model(RuleBasedStateMachine):
    """Of a member who buys, pays as a guest and gives; a guest who may have no account; and whoever is given to."""

    world: World
    sandbox: Sandbox
    shop: Shop
    buyer: Any
    recipient: Any
    guest: str  # an address
    hand: Hand  # on the buyer
    ended_part: bool  # at any time: access was ended by hand though only a part went back
    gift_came_back: (
        bool  # at any time: a refund of a gift failed, so that it is good beside what was bought since
    )

    def people(self) -> dict[int, Hand]:
        """Everybody who may be in the course, by their id: the guest once the account is made."""
        guest = db.session.scalar(select(User.id).filter_by(email=self.guest))
        others = [self.recipient.id, *([guest] if guest is not None else [])]
        return {self.buyer.id: self.hand, **{each: Hand() for each in others}}

    def orders(self) -> list[Order]:
        """All orders, oldest first, as they are now."""
        db.session.rollback()
        return list(db.session.scalars(select(Order).order_by(Order.id)))

    def gifts(self) -> list[Gift]:
        return list(db.session.scalars(select(Gift).order_by(Gift.id)))

    def sessions(self) -> list[Json]:
        """Stripe's checkout sessions, oldest first."""
        return self.sandbox.account.store.all("checkout.session")[::-1]

    # ---- What holds after each step

    @invariant()
    def all_is_right(self) -> None:
        held = self.orders()
        ways: dict[int, list[tuple[Any, OrderState]]] = {each.id: [] for each in held}
        for change in db.session.scalars(select(OrderChange).order_by(OrderChange.id)):
            ways[change.order_id].append((change.before, change.after))
        one_checkout_is_open_for_each(held)
        entered = {each.id for each in held if each.state in ENTERED and not ended_access(each)}
        for user_id, hand in self.people().items():
            self.access_stands_on_a_fact(user_id, hand, self.given_to(user_id, held) & entered)
        for gift in self.gifts():
            self.a_gift_is_as_good_as_its_money(gift, entered)
        for order in held:
            states_move_along_the_table(order, ways[order.id])
        mails_say_once_what_happened(held, ways)
        self.only_double_payments_go_back_by_themselves(held, ways)
        db.session.rollback()

    def given_to(self, user_id: int, held: list[Order]) -> set[int]:
        """The orders that give this person the course, where they are paid: their own, and the gifts they claimed."""
        own = {each.id for each in held if each.user_id == user_id and each.kind is OrderKind.OWN}
        return own | {gift.order_id for gift in self.gifts() if gift.claimed_by == user_id}

    def access_stands_on_a_fact(self, user_id: int, hand: Hand, entered: set[int]) -> None:
        """`entered`: the orders that give access. One that is paid gives none while the school says so."""
        found = find_enrollment(user_id, self.shop.course.id)
        is_in = found is not None and found.state == "active"
        grants = [each for each in grants_of(user_id, self.shop.course.id) if each.ended_at is None]
        by_orders = {each.order_id for each in grants if each.order_id is not None}
        paused = {each.order_id for each in grants if each.pause_reason}
        assert is_in == any(not each.pause_reason for each in grants), (
            "in by nothing, or a grant opens nothing"
        )
        assert paused == {each for each in by_orders if is_disputed(each)}, "paused, and not disputed, or not"
        assert by_orders <= entered, "in by an order that gives no access"
        assert hand.granted == (len(grants) > len(by_orders)), "let in by hand, or not"
        is_excused = hand.put_out or hand.accepted or entered <= paused
        assert is_in or not entered or is_excused, "paid, and not in"
        assert not is_in or not hand.put_out
        is_doubled = hand.was_put_out or self.ended_part or self.gift_came_back
        assert len(entered) <= 1 or is_doubled, "paid twice, and kept twice"

    def a_gift_is_as_good_as_its_money(self, gift: Gift, entered: set[int]) -> None:
        if gift.order_id in entered:
            assert gift.code_hash is not None
            assert gift.ended_at is None, "paid, and the gift is no good"
            assert bool(gift.pause_reason) == is_disputed(gift.order_id)
        else:
            assert gift.code_hash is None or gift.ended_at is not None, "good for nothing"
        if gift.claimed_by is not None:
            by_it = select(Grant.user_id).filter_by(source=gift.source)
            assert set(db.session.scalars(by_it)) == {gift.claimed_by}, "claimed by one, and given to another"

    def only_double_payments_go_back_by_themselves(self, held: list[Order], ways: Ways) -> None:
        doubled = {
            each.payment_id for each in held if OrderState.DUPLICATE in [after for _, after in ways[each.id]]
        }
        by_nobody = set(db.session.scalars(select(RefundRow.id).filter_by(asked_by=None)))
        asked = [
            each["params"]
            for each in self.shop.refunds()
            if int(each["params"]["metadata"]["refund"]) in by_nobody
        ]
        assert {each["payment_intent"] for each in asked} <= doubled

    # ---- What is true at the end

    def teardown(self) -> None:
        if not hasattr(self, "hand"):
            return
        try:
            self.quiet()
            self.everything_is_told()
            self.everybody_has_what_is_theirs()
        finally:
            self.quiet()

    def quiet(self) -> None:
        """No more faults and no more crashes."""
        self.sandbox.clear_faults()
        self.world.patch.undo()
        self.sandbox.account.send = self.world.send
        db.session.rollback()

    def everything_is_told(self) -> None:
        for _ in range(2):
            self.world.set_clock(clock.now() + timedelta(hours=1))
            self.sandbox.deliver(early=True)
            report = reconcile.reconcile("job")
        trouble = [each for each in report.trouble if "the refund has not gone through" not in each]
        assert (trouble, report.unknown_sessions, report.repaired) == ([], [], [])

    def everybody_has_what_is_theirs(self) -> None:
        kept = {each.session_id: each.state for each in self.orders() if each.session_id}
        self.world.reached.update(kept.values())
        for session in self.sessions():
            if session["id"] in kept:
                assert kept[session["id"]] in self.meant(session), (kept[session["id"]], session)
            else:  # Made and never shown to anybody: nobody can have paid it.
                assert session["payment_status"] == "unpaid"
        self.the_books_say_the_same()
        self.all_is_right()

    def the_books_say_the_same(self) -> None:
        """The ledger is Stripe's balance, entry by entry, and each refund there a row here that stands so."""
        db.session.rollback()
        store = self.sandbox.account.store
        moved = select(LedgerEntry.source_id, LedgerEntry.amount_minor)
        ours = Counter(map(tuple, db.session.execute(moved.where(LedgerEntry.kind.not_in(FEES)))))
        assert ours == Counter((each["source"], each["amount"]) for each in store.all("balance_transaction"))
        query = select(RefundRow.stripe_id, RefundRow.state).where(RefundRow.stripe_id.is_not(None))
        rows = {stripe_id: str(state) for stripe_id, state in db.session.execute(query)}
        assert rows == {each["id"]: each["status"] for each in store.all("refund")}
        told = dict(map(tuple, db.session.execute(select(DisputeRow.stripe_id, DisputeRow.status))))
        assert told == {each["id"]: each["status"] for each in store.all("dispute")}
        for order in self.orders():
            assert left_of(order).minor >= 0, "more went back than was paid"
            shares_are_what_the_ledger_has(order)

    def meant(self, session: Json) -> set[str]:
        """The states in which an order may end whose session stands so at Stripe."""
        store = self.sandbox.account.store
        if session["status"] == "open":
            return {"pending", "expired"}  # Expired here: a newer order stands in its place.
        if session["status"] == "expired":
            return {"expired"}
        intent = store.get("payment_intent", session["payment_intent"])
        assert intent is not None
        if session["payment_status"] == "unpaid":
            # A debit at a session whose order was closed: it is heard of again only when the money comes.
            return {"expired", "processing" if intent["status"] == "processing" else "failed"}
        refunds = [each for each in store.all("refund") if each["payment_intent"] == intent["id"]]
        returned = sum(each["amount"] for each in refunds if each["status"] == "succeeded")
        pending = any(each["status"] == "pending" for each in refunds)
        disputes = {d["status"] for d in store.all("dispute") if d["payment_intent"] == intent["id"]}
        gone = {"refunded"} if returned == intent["amount_received"] else set()
        if gone or "lost" in disputes:
            return gone | ({"charged_back"} if "lost" in disputes else set())
        review = {"review"} if self.hand.was_put_out else set()
        # A double payment is refunded in full, unless its refund is on the way or has failed, or a bank holds it.
        waits = pending or any(each["status"] == "failed" for each in refunds) or disputes & set(HOLDING)
        doubled = {"duplicate"} if waits else set()
        return ({"partly_refunded"} if returned else {"paid"}) | review | doubled


def one_checkout_is_open_for_each(held: list[Order]) -> None:
    """A member has one of the course and one of each gift. So has the address of a guest, as long as nothing was
    paid: where money is on its way, another browser may begin anew."""
    waiting = [each for each in held if each.state in OPEN_STATES]
    members = Counter((each.user_id, each.subject) for each in waiting if not each.guest_key)
    guests = Counter(
        (each.email, each.subject) for each in waiting if each.guest_key and each.state is OrderState.PENDING
    )
    assert set(members.values()) | set(guests.values()) <= {1}
