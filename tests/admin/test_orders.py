"""The admin's orders, the events of Stripe and the reconciler, and the reader's own orders."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import jobs
from core.audit import AuditEntry
from core.database import db, transaction
from core.errors import Unavailable
from core.mail import queue
from core.money import Money
from enrollment import gateway
from enrollment.models import EventFate, Order, OrderChange, ReconcileRun, StripeEventRow
from enrollment.payments import Payment, Session, SessionStatus, StripeRefused, StripeSilent
from enrollment.rules import OrderState
from enrollment.services import is_enrolled
from tests.conftest import NOON
from tests.counting import statements
from tests.factories import make_course, make_order, make_user, post, sign_in

Clock = Callable[[datetime], None]
PAGES = ("/admin/orders", "/admin/orders/ONE", "/admin/events", "/admin/reconcile")
PRICE = Money(48900, "USD")
Answers = Callable[..., None]


@pytest.fixture
def admin(client: FlaskClient, clock: Clock) -> Any:
    """An admin, signed in."""
    user = make_user("sam@example.org", "Sam Rivera", "admin")
    sign_in(client, user)
    return user


@pytest.fixture
def course(app: Flask) -> Any:
    return make_course("first", title="First course", price_minor=48900)


@pytest.fixture
def ada(app: Flask) -> Any:
    return make_user("ada@example.org", "Ada Learner")


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Call it with what Stripe answers when it is asked for a session: one, or an error."""

    def answer(told: Session | Exception) -> None:
        def fetch(session_id: str) -> Session:
            if isinstance(told, Exception):
                raise told
            return replace(told, id=session_id)

        monkeypatch.setattr(gateway, "fetch_session", fetch)

    answer(AssertionError("nobody should ask Stripe here"))
    return answer


def session(order: Any, *, refunded: int = 0, **columns: Any) -> Session:
    """What Stripe says of an order that was paid as ordered."""
    paid = Payment(f"pi_of_{order.number}", False, captured=48900, refunded=refunded, method="card")
    defaults: dict[str, Any] = {
        "id": order.session_id, "status": SessionStatus.COMPLETE, "is_paid": True, "total": PRICE,
        "livemode": False, "order_number": order.number, "school": "127.0.0.1:8000", "url": "",
        "expires_at": NOON + timedelta(hours=23), "payment": paid,
    }  # fmt: skip
    return Session(**{**defaults, **columns})


def make_event(order: Any = None, fate: str = "applied", **columns: Any) -> None:
    defaults: dict[str, Any] = {
        "event_id": "evt_1", "kind": "checkout.session.completed", "object_id": "cs_elsewhere", "livemode": False,
        "api_version": "2026-10-28.endive", "created_at": NOON, "received_at": NOON, "fate": EventFate(fate),
        "order_id": order and order.id,
    }  # fmt: skip
    with transaction() as each:
        each.add(StripeEventRow(**{**defaults, **columns}))


def make_run(report: dict[str, Any] | None, cause: str = "job", **columns: Any) -> None:
    whole = {
        "looked_at": 0, "repaired": [], "events": {"replayed": 0, "failed": 0}, "unknown_sessions": [], "trouble": [],
    }  # fmt: skip
    ended = {"finished_at": NOON, "report": {**whole, **report}} if report is not None else {}
    defaults = {"started_at": NOON, "finished_at": None, "cause": cause, "report": None}
    with transaction() as each:
        each.add(ReconcileRun(**{**defaults, **ended, **columns}))


def state(number: str) -> str:
    db.session.rollback()
    return str(db.session.scalars(select(Order.state).filter_by(number=number)).one())


def part(page: str, heading: str) -> str:
    """What stands in the section with this heading, in one line."""
    return " ".join(page.partition(f'id="{heading}"')[2].partition("</section>")[0].split())


def shown(page: str, numbers: tuple[str, ...]) -> list[str]:
    """Which of these orders a list shows, in its order."""
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return sorted((n for n in numbers if f">{n}<" in table), key=lambda n: table.index(f">{n}<"))


# ---- who may come in


@pytest.mark.parametrize("path", [*PAGES, "/admin/orders.csv"])
def test_only_admins_see_orders(client: FlaskClient, course: Any, ada: Any, path: str) -> None:
    make_order(ada, course, number="ONE")

    assert client.get(path).location.startswith("/login")
    for person in (ada, make_user("", "Tea", "instructor")):
        assert sign_in(client, person).get(path).status_code == 403
    assert sign_in(client, make_user("", "Sam", "admin")).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/admin/orders/ONE/read", "/admin/reconcile"])
def test_a_learner_cannot_ask_stripe(
    client: FlaskClient, course: Any, ada: Any, stripe: Answers, path: str
) -> None:
    make_order(ada, course, number="ONE")

    assert post(sign_in(client, ada), path).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_each_page_marks_its_part(client: FlaskClient, admin: Any, course: Any, ada: Any, path: str) -> None:
    make_order(ada, course, number="ONE")

    page = client.get(path).text

    assert page.partition('aria-label="Admin"')[2].partition("</nav>")[0].count('aria-current="page"') == 1


# ---- the list


THREE = ("ONE", "TWO", "THREE")


@pytest.fixture
def three(admin: Any, ada: Any, course: Any, clock: Clock) -> tuple[Any, Any, Any]:
    """Ada paid for the first course, then Bea began on the second; a guest was paid back for the first."""
    second, bea = make_course("second", title="Second course"), make_user("bea@example.org", "Bea Learner")
    one = make_order(ada, course, number="ONE", session_id="cs_test_a1", payment_id="pi_3PaidByAda")
    clock(NOON + timedelta(hours=1))
    two = make_order(bea, second, "pending", number="TWO", amount_minor=12900)
    clock(NOON + timedelta(hours=2))
    given_back = {"refunded_minor": 48900, "refunded_at": NOON + timedelta(hours=2)}
    return one, two, make_order(None, course, "refunded", number="THREE", livemode=True, **given_back)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["THREE", "TWO", "ONE"]),
        ("?q=two", ["TWO"]),
        ("?q=ADA", ["ONE"]),
        ("?q=bea%40example.org", ["TWO"]),
        ("?q=guest", ["THREE"]),
        ("?q=cs_test_a1", ["ONE"]),
        ("?q=PI_3paidbyada", ["ONE"]),
        ("?q=learner+two", ["TWO"]),
        ("?q=%25", []),
        ("?state=paid", ["ONE"]),
        ("?state=refunded", ["THREE"]),
        ("?course=second", ["TWO"]),
        ("?course=first&state=pending", []),
        ("?sort=ordered", ["ONE", "TWO", "THREE"]),
        ("?sort=buyer", ["ONE", "TWO", "THREE"]),
        ("?sort=-course", ["TWO", "THREE", "ONE"]),
        ("?sort=password%3B--&state=nonsense&page=x", ["THREE", "TWO", "ONE"]),
    ],
)
def test_orders_are_searched_filtered_and_sorted_by_the_address(
    client: FlaskClient, three: object, query: str, found: list[str]
) -> None:
    page = client.get(f"/admin/orders{query}")

    assert page.status_code == 200
    assert shown(page.text, THREE) == found


def test_each_row_says_who_what_and_how_it_stands(client: FlaskClient, three: object) -> None:
    rows = client.get("/admin/orders?sort=ordered").text.partition("<tbody>")[2].split("</tr>")

    assert "Ada Learner" in rows[0]
    assert "489.00 USD" in rows[0]
    assert ">Paid</span>" in rows[0]
    assert ">Test</span>" in rows[0]
    assert "Not paid yet" in rows[1]
    assert "129.00 USD" in rows[1]
    assert "Without an account" in rows[2]
    assert "489.00 USD returned" in rows[2]
    assert ">Test</span>" not in rows[2]


def test_pages_hold_every_order_once_and_keep_the_filters(
    client: FlaskClient, admin: Any, course: Any
) -> None:
    for n in range(27):
        make_order(None, course, number=f"N{n:02d}")

    first = client.get("/admin/orders?course=first&sort=ordered").text
    second = client.get("/admin/orders?course=first&sort=ordered&page=2").text

    assert "27 orders. 1 to 25 shown, oldest first." in first
    assert "/admin/orders?course=first&amp;sort=ordered&amp;page=2" in first
    assert shown(first, ("N24", "N25")) == ["N24"]
    assert shown(second, ("N24", "N25", "N26")) == ["N25", "N26"]


def test_the_export_holds_the_same_filter_with_cells_that_are_safe(
    client: FlaskClient, three: object, course: Any
) -> None:
    make_order(make_user("eve@example.org", "=1+1"), course, number="EVIL", amount_minor=5)

    answer = client.get("/admin/orders.csv?course=first&sort=ordered")

    rows = {row["Order"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert answer.mimetype == "text/csv"
    assert "attachment; filename=" in answer.headers["Content-Disposition"]
    assert sorted(rows) == ["EVIL", "ONE", "THREE"]
    assert (rows["EVIL"]["Name"], rows["EVIL"]["Amount"]) == ("'=1+1", "0.05")
    assert (rows["ONE"]["Amount"], rows["ONE"]["Currency"], rows["ONE"]["Mode"]) == ("489.00", "USD", "test")
    assert (rows["ONE"]["Paid"], rows["ONE"]["Stripe payment"]) == ("2026-11-21 12:00", "pi_3PaidByAda")
    assert (rows["THREE"]["State"], rows["THREE"]["Refunded"]) == ("Refunded", "489.00")


def test_who_took_an_export_of_orders_is_in_the_trail(client: FlaskClient, admin: Any) -> None:
    client.get("/admin/orders.csv?q=ada").get_data()

    entry = db.session.scalar(select(AuditEntry).filter_by(action="order.export"))
    assert entry
    assert (entry.actor_id, entry.detail["q"]) == (admin.id, "ada")


@pytest.mark.parametrize(
    ("path", "most"),
    [("/admin/orders", 5), ("/admin/orders/N00", 6), ("/admin/events", 5), ("/admin/reconcile", 5)],
)
def test_a_page_of_many_costs_as_few_statements_as_one_of_few(
    client: FlaskClient, admin: Any, course: Any, path: str, most: int
) -> None:
    def fill(start: int, end: int) -> None:
        for n in range(start, end):
            order = make_order(make_user(), course, number=f"N{n:02d}")
            make_event(order, event_id=f"evt_{n}")
            make_run({})

    fill(0, 2)
    client.get(path)
    with statements() as few:
        client.get(path)
    fill(2, 9)
    with statements() as many:
        client.get(path)

    assert len(many) == len(few) <= most, many


# ---- one order


def test_an_order_says_what_was_agreed_and_what_became_of_it(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    order = make_order(
        ada, course, number="ONE", terms_version="2026-10-01", receipt_url="https://stripe.test/r"
    )
    make_event(order, event_id="evt_paid")
    receipt: dict[str, object] = {
        "course": "First course", "number": "ONE", "path": "/orders/ONE", "course_path": "/courses/first",
        "learn_path": "/learn/first",
    }  # fmt: skip
    with transaction() as each:
        for before, after, cause in ((None, "pending", "buyer"), ("pending", "paid", "evt_paid")):
            turn = (before and OrderState(before), OrderState(after))
            each.add(OrderChange(order_id=order.id, at=NOON, before=turn[0], after=turn[1], cause=cause))
        queue("receipt", ada.email, receipt, dedupe_key="order:ONE:receipt")
        queue("receipt", ada.email, receipt | {"course": "Another"}, dedupe_key="order:TWO:receipt")

    page = client.get("/admin/orders/ONE").text

    agreed = part(page, "agreed")
    assert f'<a href="/admin/people/{ada.id}">Ada Learner</a>' in agreed
    assert '<a href="/legal/terms?version=2026-10-01">' in agreed
    assert "489.00 USD" in agreed
    assert "14 days, up to 30% of the course" in agreed
    assert "https://stripe.test/r" in part(page, "became")
    history = part(page, "history")
    assert history.index("The buyer pressed Enroll") < history.index(
        "Stripe told us (checkout.session.completed)"
    )
    assert "was “Not paid yet”" in history
    assert "evt_paid" in part(page, "events")
    assert "Receipt: First course" in part(page, "mails")
    assert "Another" not in part(page, "mails")
    assert "made in test mode: no money moved" in page


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("return", "The buyer came back from Stripe"),
        ("reconcile", "Reconciled with Stripe"),
        ("evt_unknown", "Stripe told us (evt_unknown)"),
    ],
)
def test_history_says_in_words_who_brought_the_news(
    client: FlaskClient, admin: Any, course: Any, ada: Any, cause: str, words: str
) -> None:
    order = make_order(ada, course, number="ONE")
    with transaction() as each:
        each.add(OrderChange(order_id=order.id, at=NOON, before=None, after=OrderState.PAID, cause=cause))

    assert words in part(client.get("/admin/orders/ONE").text, "history")


def test_an_event_that_waits_is_shown_at_the_order_of_its_session(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    order = make_order(ada, course, "pending", number="ONE")
    make_event(None, "waiting", object_id=order.session_id, error="Stripe did not answer.")

    events = part(client.get("/admin/orders/ONE").text, "events")

    assert "Waiting" in events
    assert "Stripe did not answer." in events


def test_the_order_of_somebody_erased_still_has_a_page(client: FlaskClient, admin: Any, course: Any) -> None:
    make_order(None, course, number="ONE", livemode=True)

    page = client.get("/admin/orders/ONE").text

    assert "has no account here now" in page
    assert "no money moved" not in page


def test_an_order_that_needs_somebody_says_what_to_do(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    make_order(ada, course, "review", number="ONE")

    page = client.get("/admin/orders/ONE").text

    assert "This order needs you." in page
    assert 'action="/admin/orders/ONE/accept"' in page


@pytest.mark.parametrize("path", ["/admin/orders/NONE", "/admin/orders/NONE?stripe=now"])
def test_an_order_that_does_not_exist_is_not_found(client: FlaskClient, admin: Any, path: str) -> None:
    assert client.get(path).status_code == 404
    assert post(client, "/admin/orders/NONE/read").status_code == 404


# ---- what Stripe says now


def test_stripe_is_not_asked_unless_somebody_asks(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers
) -> None:
    make_order(ada, course, number="ONE")

    assert "Stripe is asked when you press a button" in client.get("/admin/orders/ONE").text


def test_stripe_agrees(client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers) -> None:
    order = make_order(ada, course, number="ONE")
    stripe(session(order))

    says = part(client.get("/admin/orders/ONE?stripe=now").text, "stripe")

    assert "The order and Stripe say the same." in says
    assert "Finished by the buyer" in says
    assert "489.00 USD" in says
    assert "pi_of_ONE" in says
    assert state("ONE") == "paid"


@pytest.mark.parametrize("ours", ["duplicate", "review"])
def test_stripe_agrees_with_what_only_the_school_knows(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers, ours: str
) -> None:
    stripe(session(make_order(ada, course, ours, number="ONE")))

    assert "say the same" in part(client.get("/admin/orders/ONE?stripe=now").text, "stripe")


@pytest.mark.parametrize(
    ("ours", "told", "words"),
    [
        ("pending", {}, "Stripe has moved on: there this order is “Paid”."),
        ("paid", {"refunded": 48900}, "Stripe has moved on: there this order is “Refunded”."),
        ("partly_refunded", {"refunded": 20000}, "Stripe has moved on: there this order is “Partly refunded”."),
        ("paid", {"status": SessionStatus.EXPIRED, "is_paid": False, "payment": None},
         "To Stripe this order is “Closed unpaid”, and from “Paid” it cannot turn into that."),
        ("paid", {"total": Money(100, "USD")}, "To Stripe this order is “Needs a look”"),
        ("refunded", {}, "To Stripe this order is “Paid”"),
    ],
)  # fmt: skip
def test_stripe_disagrees_and_the_page_says_what_to_do(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers, ours: str, told: Any, words: str
) -> None:
    gone = {"refunded": 48900, "partly_refunded": 10000}.get(ours, 0)
    order = make_order(ada, course, ours, number="ONE", refunded_minor=gone)
    stripe(session(order, **told))

    assert words in part(client.get("/admin/orders/ONE?stripe=now").text, "stripe")
    assert state("ONE") == ours


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (StripeSilent("You were not charged."), "Stripe does not answer at the moment."),
        (StripeRefused("There is no such session.", "resource_missing"), "There is no such session."),
        (Unavailable("Payments are not set up."), "Payments are not set up."),
    ],
)
def test_stripe_silent_or_refusing_is_said_and_the_page_stands(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers, answer: Exception, words: str
) -> None:
    make_order(ada, course, number="ONE")
    stripe(answer)

    page = client.get("/admin/orders/ONE?stripe=now")

    assert page.status_code == 200
    assert words in part(page.text, "stripe")
    read = post(client, "/admin/orders/ONE/read")
    assert words in client.get(read.location).text


def test_an_order_without_a_checkout_is_unknown_to_stripe(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers
) -> None:
    make_order(ada, course, "pending", number="ONE", session_id=None)

    assert "Stripe has never heard of this order" in client.get("/admin/orders/ONE?stripe=now").text
    read = post(client, "/admin/orders/ONE/read")
    assert "Stripe has never heard of this order" in client.get(read.location).text


def test_reading_again_makes_the_order_what_stripe_says(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers
) -> None:
    stripe(session(make_order(ada, course, "pending", number="ONE")))

    answer = post(client, "/admin/orders/ONE/read")

    page = client.get(answer.location).text
    assert "The order was “Not paid yet” and is “Paid” now." in page
    assert "Read again from Stripe by an admin" in part(page, "history")
    assert "Receipt: First course" in part(page, "mails").replace("Test receipt", "Receipt")
    assert ">Open</dd>" in part(page, "became")
    assert is_enrolled(ada.id, course.id)
    entry = db.session.scalar(select(AuditEntry).filter_by(action="order.read"))
    assert entry
    assert (entry.actor_id, entry.detail) == (admin.id, {"state": ["pending", "paid"]})


def test_reading_again_says_when_nothing_changed(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers
) -> None:
    stripe(session(make_order(ada, course, number="ONE")))

    answer = post(client, "/admin/orders/ONE/read")

    assert "nothing changed: the order is “Paid”." in client.get(answer.location).text


def test_without_payments_nobody_is_led_to_ask(
    app: Flask, client: FlaskClient, admin: Any, course: Any
) -> None:
    make_order(None, course, number="ONE")
    app.config["STRATUM"] = replace(app.config["STRATUM"], stripe_secret_key=None)

    order, runs = (client.get(path).text for path in ("/admin/orders/ONE", "/admin/reconcile"))

    assert "Payments are not set up, so Stripe cannot be asked." in order
    assert "Ask Stripe</button>" not in order
    assert "Reconcile now</button>" not in runs


# ---- events


def test_events_show_their_fate_and_what_they_were_about(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    make_event(make_order(ada, course, number="ONE"), event_id="evt_done", deliveries=3)
    make_event(None, "waiting", event_id="evt_waits", error="The payment service does not answer.")
    make_event(None, "waiting", event_id="evt_new", kind="charge.refunded")
    make_event(None, "ignored", event_id="evt_other")
    make_event(None, "ignored", event_id="evt_idle", kind="payment_intent.created")

    rows = client.get("/admin/events").text.partition("<tbody>")[2].split("</tr>")

    by_id = {
        name: row
        for row in rows
        for name in ("done", "waits", "new", "other", "idle")
        if f"evt_{name}" in row
    }
    assert 'href="/admin/orders/ONE"' in by_id["done"]
    assert "Applied" in by_id["done"]
    assert '<td class="r num">3</td>' in by_id["done"]
    assert "The payment service does not answer." in by_id["waits"]
    assert "It has arrived and is not handled yet." in by_id["new"]
    assert "Not about us" in by_id["other"]
    assert "Nothing to do" in by_id["idle"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"evt_a", "evt_b", "evt_c"}),
        ("?fate=waiting", {"evt_b"}),
        ("?kind=charge.refunded", {"evt_c"}),
        ("?kind=nonsense&fate=nonsense", {"evt_a", "evt_b", "evt_c"}),
        ("?q=evt_C", {"evt_c"}),
        ("?q=one", {"evt_a"}),
        ("?q=cs_of_b", {"evt_b"}),
        ("?fate=ignored&q=one", set()),
    ],
)
def test_events_are_searched_and_filtered(
    client: FlaskClient, admin: Any, course: Any, ada: Any, query: str, found: set[str]
) -> None:
    make_event(make_order(ada, course, number="ONE"), event_id="evt_a")
    make_event(None, "waiting", event_id="evt_b", object_id="cs_of_b")
    make_event(None, "ignored", event_id="evt_c", kind="charge.refunded")

    table = client.get(f"/admin/events{query}").text.partition("<tbody>")[2]

    assert {name for name in ("evt_a", "evt_b", "evt_c") if name in table} == found


# ---- the overview


def test_the_overview_sums_what_came_by_currency_and_names_test_money(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    make_order(ada, course, amount_minor=4900, livemode=True)
    make_order(None, course, "partly_refunded", amount_minor=4900, refunded_minor=900, livemode=True)
    make_order(None, course, "refunded", amount_minor=4900, refunded_minor=4900, livemode=True)
    make_order(None, course, amount_minor=1000)
    for state in ("review", "duplicate", "expired", "processing"):
        make_order(None, course, state, amount_minor=7700, livemode=True)
    make_order(None, course, amount_minor=8800, livemode=True, paid_at=NOON - timedelta(days=31))

    page = " ".join(client.get("/admin").text.split())

    money = page.partition('id="money"')[2]
    assert '<b class="num">89.00 USD</b> <span class="small muted">from 3 orders' in money
    assert '<b class="num">10.00 USD</b> of test money <span class="small muted">from 1 order,' in money
    assert '1 order <span class="small muted">whose money the bank is bringing.' in money
    assert "<b>1 order</b> paid, but not as ordered" in page


def test_the_overview_says_when_it_was_reconciled(client: FlaskClient, admin: Any) -> None:
    assert "Never so far." in client.get("/admin").text
    make_run({"looked_at": 3}, finished_at=NOON)

    money = part(client.get("/admin").text, "money")

    assert "3 orders looked at, 0 repaired" in money
    assert "Done" in money


# ---- the reconciler


def test_a_run_reports_in_words(client: FlaskClient, admin: Any, course: Any, ada: Any) -> None:
    make_order(ada, course, number="ONE")
    make_run(
        {
            "looked_at": 1, "repaired": [{"order": "ONE", "before": "pending", "after": "paid"}],
            "events": {"replayed": 2, "failed": 1}, "unknown_sessions": ["cs_lost"], "trouble": ["Stripe was silent."],
        },
        cause="command",
        finished_at=NOON + timedelta(seconds=8),
    )  # fmt: skip

    runs = part(client.get("/admin/reconcile").text, "runs")

    assert "1 order looked at, 1 repaired, 2 events replayed, 1 event failed again." in runs
    assert 'href="/admin/orders/ONE">ONE</a>: was “Not paid yet”, is “Paid”' in runs
    assert "<code>cs_lost</code>" in runs
    assert "Stripe was silent." in runs
    assert "from the command line, took 8 seconds" in runs
    assert "Needs a look" in runs


@pytest.mark.parametrize(
    ("report", "age", "word"),
    [
        ({}, timedelta(), "Done"),
        (None, timedelta(minutes=1), "Running"),
        (None, timedelta(hours=1), "Interrupted"),
    ],
)
def test_a_run_says_how_it_stands(
    client: FlaskClient, admin: Any, report: dict[str, Any] | None, age: timedelta, word: str
) -> None:
    make_run(report, started_at=NOON - age)

    assert f">{word}" in part(client.get("/admin/reconcile").text, "runs").replace("</svg>", ">")


def test_reconcile_now_asks_the_worker_and_says_who(
    client: FlaskClient, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr(jobs, "ring", lambda *words: rung.append(words))

    answer = post(client, "/admin/reconcile")

    assert rung == [("reconcile", "admin")]
    assert "The worker was asked to reconcile." in client.get(answer.location).text
    entry = db.session.scalar(select(AuditEntry).filter_by(action="stripe.reconcile"))
    assert entry
    assert entry.actor_id == admin.id


def test_a_silent_worker_is_told_beside_the_button(client: FlaskClient, admin: Any) -> None:
    assert "The worker is silent" in client.get("/admin/reconcile").text
    jobs.beat()

    assert "The worker is silent" not in client.get("/admin/reconcile").text


# ---- elsewhere


def test_the_overview_tells_what_waits_of_the_money(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    quiet = client.get("/admin").text
    make_order(ada, course, "review")
    make_order(ada, course, "duplicate")
    make_order(ada, course, "duplicate")
    make_event(None, "waiting")

    page = client.get("/admin").text

    for words in ("<b>1 order</b> paid, but not", "<b>2 payments</b> made twice", "<b>1 event</b> of Stripe"):
        assert words not in quiet
        assert words in page


def test_a_person_has_their_orders_and_what_the_trail_says_of_them(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers
) -> None:
    stripe(session(make_order(ada, course, "pending", number="ONE")))
    make_order(make_user(), course, number="OTHER")
    post(client, "/admin/orders/ONE/read")

    page = client.get(f"/admin/people/{ada.id}").text

    orders, trail = part(page, "orders"), part(page, "trail")
    assert 'href="/admin/orders/ONE"' in orders
    assert "489.00 USD" in orders
    assert "OTHER" not in orders
    assert "Order ONE, First course" in trail
    assert "order.read" in trail
    assert ">Paid</td>" in part(page, "courses")


def test_a_reader_finds_their_own_orders_and_no_others(
    client: FlaskClient, course: Any, ada: Any, clock: Clock
) -> None:
    make_order(ada, course, number="ONE")
    make_order(ada, course, "refunded", number="TWO", refunded_minor=48900)
    make_order(make_user(), course, number="OTHER")

    page = client.get("/account/orders")
    assert page.location.startswith("/login")
    page = sign_in(client, ada).get("/account/orders")

    listed = part(page.text, "all")
    assert listed.index("/orders/TWO") < listed.index("/orders/ONE")
    assert "OTHER" not in listed
    assert "489.00 USD returned" in listed
    assert "21 Nov 2026" in listed
    assert 'href="/account/orders" aria-current="page"' in page.text


def test_a_reader_without_orders_is_told_so(client: FlaskClient, ada: Any) -> None:
    assert "You have ordered nothing so far." in sign_in(client, ada).get("/account/orders").text


def test_every_state_has_its_words_for_admins_and_readers(
    client: FlaskClient, admin: Any, course: Any
) -> None:
    for n, word in enumerate(OrderState):  # Two open orders of one person are of two courses.
        bought = make_course() if word is OrderState.PENDING else course
        make_order(admin, bought, word, number=f"N{n}")

    assert client.get("/account/orders").text.count('href="/orders/N') == len(OrderState)
    for n, word in enumerate(OrderState):
        assert client.get(f"/admin/orders/N{n}").status_code == 200
        assert shown(client.get(f"/admin/orders?state={word}").text, (f"N{n}",)) == [f"N{n}"]
