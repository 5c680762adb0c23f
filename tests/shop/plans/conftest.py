"""A plan on sale, somebody who buys it, and time that passes for the school and for Stripe alike."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from core.clock import now, set_now
from core.database import db, transaction
from core.money import Money
from enrollment.models import Enrollment, Grant
from sandbox.deliveries import signature
from shop import checkout
from shop.models import Order
from shop.orders import Buyer
from shop.plans import following, services
from shop.plans.models import Plan, PlanPayment, PlanTerm, PlanWish
from shop.plans.rules import Rhythm
from shop.plans.services import Draft
from tests import factories
from tests.conftest import NOON
from tests.shop.shop import Shop
from tests.stripe import SECRET


class PlanShop:
    """The shop with plans, and the words of their tests."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.sandbox = shop, shop.sandbox
        self.begin_anew()

    def begin_anew(self) -> None:
        """Another buyer, at a Stripe that knows nothing."""
        self.sandbox.reset()
        self.buyer = self.shop.buyer()
        set_now(NOON)
        self.sandbox.clock(fixed=int(now().timestamp()))
        self.sandbox.account.send = self.send

    def send(self, _url: str, body: bytes, _headers: dict[str, str]) -> int:
        """A delivery, signed in the held time."""
        headers = {"Stripe-Signature": signature(body, (SECRET,), int(now().timestamp()))}
        return self.shop.app.test_client().post("/webhooks/stripe", data=body, headers=headers).status_code

    def make(self, instalments: int | None = 3, rhythm: Rhythm = Rhythm.MONTH, minor: int = 1900) -> int:
        """A plan for the shop's course: its id."""
        draft = Draft("Pay by month", Money(minor, "USD"), rhythm, instalments, (self.shop.course.id,))
        admin = factories.make_user("", "Ida", "admin")
        with transaction():
            return services.make_plan(draft, admin.id).id

    def begin(self, plan_id: int) -> str:
        db.session.rollback()
        offered = partial(services.of_plan, db.session.get_one(Plan, plan_id))
        url = checkout.begin(Buyer(self.buyer.id, self.buyer.email), offered)
        db.session.rollback()
        return urlsplit(url).path.rsplit("/", 1)[-1]

    def bought(self, instalments: int | None = 3) -> str:
        """The plan is bought and its first payment made: the id of the subscription."""
        session = self.begin(self.make(instalments))
        self.sandbox.pay(session)
        self.sandbox.deliver()
        return str(self.order.subscription_id)

    def pass_days(self, days: float) -> None:
        """For Stripe and the school; Stripe tells of all that happened, and the hourly look is taken."""
        self.drift(days)
        self.sandbox.deliver()
        following.look_at_overdue()

    def drift(self, days: float) -> None:
        """Time passes, and nobody hears of it yet."""
        set_now(now() + timedelta(days=days))
        self.sandbox.clock(fixed=int(now().timestamp()))

    @property
    def order(self) -> Order:
        return self.shop.order(self.buyer)

    @property
    def term(self) -> PlanTerm:
        order_id = self.order.id
        return db.session.get_one(PlanTerm, order_id, populate_existing=True)

    @property
    def standing(self) -> tuple[str, str, str]:
        """The plan's state, the enrollment's, and the kind of the grant."""
        term = self.term
        access = db.session.scalars(select(Enrollment).filter_by(user_id=self.buyer.id)).one()
        grant = db.session.scalars(select(Grant).filter_by(user_id=self.buyer.id)).one()
        return term.state.value, access.state.value, grant.kind.value

    @property
    def access(self) -> Enrollment:
        db.session.rollback()
        return db.session.scalars(select(Enrollment).filter_by(user_id=self.buyer.id)).one()

    @property
    def key(self) -> str:
        """The idempotency key of the last wish about its end, or none."""
        db.session.rollback()
        last = db.session.scalar(select(func.max(PlanWish.id)))
        return f"order:{self.order.number}:plan-wish:{last}" if last else ""

    @property
    def paid(self) -> int:
        return self.shop.count(PlanPayment)

    @property
    def mails(self) -> list[str]:
        return [kind for kind in self.shop.mails(self.buyer) if kind.startswith("plan_")]


@pytest.fixture
def plans(shop: Shop) -> Iterator[PlanShop]:
    send = shop.sandbox.account.send
    yield PlanShop(shop)
    shop.sandbox.account.send = send
    set_now(None)
