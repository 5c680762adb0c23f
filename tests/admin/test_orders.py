"""The admin's orders: who may come in, the list, and one order."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from admin import orders
from core.audit import AuditEntry
from core.database import db, transaction
from core.mail import queue
from payments.values import RefundState
from shop.models import OrderChange, OrderKind
from shop.refunds.models import RefundRequest, RefundRow
from shop.refunds.rules import RequestState
from shop.rules import OrderState
from tests.admin.orders import Answers, make_event, make_run, next_page, part, shown
from tests.conftest import NOON, Clock
from tests.counting import statements
from tests.factories import mails, make_course, make_gift, make_order, make_user, post, sign_in

PAGES = ("/admin/orders", "/admin/orders/ONE", "/admin/events", "/admin/reconcile")


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


THREE = ("ONE", "TWO", "THREE")


@pytest.fixture
def three(admin: Any, ada: Any, course: Any, clock: Clock) -> tuple[Any, Any, Any]:
    """Ada paid for the first course, then Bea began on the second; a guest was paid back for the first."""
    second, bea = make_course("second", title="Second course"), make_user("bea@example.org", "Bea Learner")
    one = make_order(ada, course, number="ONE", session_id="cs_test_a1", payment_id="pi_3PaidByAda")
    clock(NOON + timedelta(hours=1))
    clinic = {"company": "Praxis Dr. Müller", "order_reference": "PO-4711"}
    two = make_order(bea, second, "pending", number="TWO", amount_minor=12900, **clinic)
    clock(NOON + timedelta(hours=2))
    given_back = {"refunded_minor": 48900, "refunded_at": NOON + timedelta(hours=2)}
    return one, two, make_order(None, course, "refunded", number="THREE", livemode=True, **given_back)


# ---- the list


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["THREE", "TWO", "ONE"]),
        ("?q=two", ["TWO"]),
        ("?q=ADA", ["ONE"]),
        ("?q=bea%40example.org", ["TWO"]),
        ("?q=GUEST%40example.org", ["THREE"]),
        ("?q=cs_test_a1", ["ONE"]),
        ("?q=pi_3PaidByAda", ["ONE"]),
        ("?q=learner+two", ["TWO"]),
        ("?q=%25", []),
        ("?state=paid", ["ONE"]),
        ("?state=refunded", ["THREE"]),
        ("?course=second", ["TWO"]),
        ("?q=M%C3%BCller", ["TWO"]),
        ("?q=praxis+PO-47", ["TWO"]),
        ("?q=4711", ["TWO"]),
        ("?q=11", []),
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
    second = client.get(next_page(first)).text

    assert "27 orders, oldest first." in first
    assert "course=first&sort=ordered&after=" in next_page(first)
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
    [("/admin/orders", 5), ("/admin/orders/N00", 11), ("/admin/events", 5), ("/admin/reconcile", 5)],
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


def test_the_page_of_a_gift_shows_how_it_stands_and_sends_its_code_again(
    client: FlaskClient, admin: Any, course: Any
) -> None:
    order = make_order(make_user(), course, number="N01", kind=OrderKind.GIFT)
    make_gift(order, course)
    page = client.get("/admin/orders/N01").text
    assert "Sent, not claimed" in page
    assert "anna@example.org" in page

    assert post(client, "/admin/orders/N01/gift/send").status_code == 303

    assert [mail.kind for mail in mails("anna@example.org")] == ["gift"]


def test_each_mail_about_an_order_is_on_its_page_whatever_follows_its_kind(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    order = make_order(ada, course, number="N1", kind=OrderKind.GIFT)
    gift = make_gift(order, course, mails=2)
    with transaction() as session:
        asked = RefundRequest(order_id=order.id, state=RequestState.OPEN, text="", progress=0, asked_at=NOON)
        failed = RefundRow(
            order_id=order.id,
            amount_minor=1,
            currency="USD",
            state=RefundState.FAILED,
            reason="",
            created_at=NOON,
        )
        session.add_all([asked, failed])
        session.flush()
        to_ada = ("order:N1:partly_refunded:7", "order:N1:refunded:1", f"order:N1:refund_asked:{asked.id}",
                  "plan:N1:ends:20261201", f"{gift.source}:claimed")  # fmt: skip
        to_others = (f"refund-request:{asked.id}", f"refund-request:{asked.id}:withdrawn",
                     f"refund:{failed.id}:failed", f"{gift.source}:code:2",
                     f"order:N1:review:{order.session_id}")  # fmt: skip
        about_others = ("order:N12:receipt", "plan:N12:begun", "refund-request:99", f"{gift.source}1:code:2")
        for address, keys in (
            (ada.email, to_ada), ("else@example.org", to_others), (ada.email, about_others),
        ):  # fmt: skip
            for key in keys:
                queue("password_changed", address, {"name": ""}, dedupe_key=key)

    mails = orders.find_file("N1").mails

    assert [mail.dedupe_key for mail in mails] == [*to_ada, *to_others]
