"""A visitor pays: the page with the address, the way back, the mail's link."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.database import db, transaction
from courses.models import Course
from shop import buying
from shop.models import Order
from tests import factories
from tests.shop.shop import Shop

GUEST = "guest@example.com"


def press(shop: Shop, client: FlaskClient, email: str = GUEST, **fields: str) -> TestResponse:
    path = f"/courses/{shop.course.slug}/enroll"
    return factories.post(client, path, {"email": email, **fields})


def session_of(answer: TestResponse) -> str:
    assert answer.status_code == 303
    return urlsplit(answer.location).path.rsplit("/", 1)[-1]


def back(client: FlaskClient, session: str, **options: Any) -> TestResponse:
    return client.get(f"/checkout/return?session_id={session}", **options)


def main_of(answer: TestResponse) -> str:
    return answer.text.partition("<main")[2].partition("</main>")[0]


@pytest.fixture
def visitor(shop: Shop) -> FlaskClient:
    return shop.app.test_client()


def test_a_visitor_pays_and_chooses_a_password_by_the_mails_link(shop: Shop, visitor: FlaskClient) -> None:
    session = session_of(press(shop, visitor, "  Guest@Example.com "))
    shop.sandbox.pay(session)
    paid = main_of(back(visitor, session))
    assert "g…@example.com" in paid
    assert GUEST not in paid
    assert not factories.opens(visitor)

    link = re.search(r"/welcome/\S+", factories.mails(GUEST)[-1].text)
    assert link
    elsewhere = shop.app.test_client()
    assert f"an account under {GUEST}" in elsewhere.get(link[0]).text
    fields = {"name": "Zoë Lin", "password": "guest"}
    assert factories.post(elsewhere, link[0], fields).status_code == 422
    entered = factories.post(elsewhere, link[0], {**fields, "password": factories.PASSWORD})

    assert entered.location == f"/learn/{shop.course.slug}"
    assert elsewhere.get(entered.location).status_code == 200
    assert elsewhere.get(shop_order().url).status_code == 200
    assert visitor.get(link[0]).location == entered.location
    assert not factories.opens(visitor)
    assert factories.sign_in_by_form(visitor, GUEST).status_code == 302


def shop_order() -> Order:
    db.session.rollback()
    return db.session.query(Order).one()


def test_a_sign_in_link_opens_the_account_too(shop: Shop, visitor: FlaskClient) -> None:
    session = session_of(press(shop, visitor))
    shop.sandbox.pay(session)
    shop.sandbox.deliver()
    over = visitor.get("/welcome/made-up", follow_redirects=True)
    assert over.request.path == "/login/link"
    assert "This link is over." in over.text

    factories.post(visitor, "/login/link", {"email": GUEST, "next": f"/learn/{shop.course.slug}"})
    link = re.search(r"/login/link/\S+", factories.mails(GUEST)[-1].text)

    assert link
    assert factories.post(visitor, link[0]).location == f"/learn/{shop.course.slug}"


@pytest.mark.parametrize("has_it", [False, True])
def test_the_browser_is_told_the_same_whoever_has_the_address(
    shop: Shop, visitor: FlaskClient, has_it: bool
) -> None:
    if has_it:
        factories.enroll(factories.make_user(GUEST), shop.course, "order")

    session = session_of(press(shop, visitor))
    shop.sandbox.pay(session)
    shop.sandbox.deliver()
    page = back(visitor, session)

    words = re.sub(r"<[^>]+>", "", main_of(page))
    assert "Payment received" in words
    assert not re.search("already|back to you|refund(ed| of)|Paid twice", words, re.IGNORECASE), words
    asked = back(visitor, session, headers={"Accept": "application/json"})
    assert asked.json == {"state": "mailed", "confirmed": True}


def test_another_browser_is_told_nothing_of_the_order(shop: Shop, visitor: FlaskClient) -> None:
    session = session_of(press(shop, visitor))
    stranger, member = shop.app.test_client(), shop.browser(shop.buyer())

    there, nowhere = main_of(back(stranger, session)), main_of(back(stranger, "made-up"))
    assert there.replace(session, "made-up") == nowhere
    assert "Look into your mail." in there
    assert f"/login?next=/checkout/return?session_id%3D{session}" in there
    assert "g…@example.com" not in there
    assert back(member, session).status_code == 404
    press(shop, stranger, "other@example.com")
    assert main_of(back(stranger, session)) == there


def test_who_left_the_checkout_goes_on_in_the_same_browser(shop: Shop, visitor: FlaskClient) -> None:
    first = session_of(press(shop, visitor))
    left = visitor.get(f"/checkout/return?order={shop_order().number}")
    assert "You left before paying." in left.text

    page = visitor.get(f"/courses/{shop.course.slug}/enroll").text
    again = factories.post(
        visitor, f"/courses/{shop.course.slug}/enroll"
    )  # The button of the page just left.

    assert f'value="{GUEST}"' in page
    assert "Continue to payment</button>" in page
    assert session_of(again) == first
    assert GUEST not in shop.app.test_client().get(f"/courses/{shop.course.slug}/enroll").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "nobody"}, "Enter an email address with an @"),
        ({"code": "ALL"}, "With this code there is nothing to pay. Sign in, or make an account"),
        ({"code": "NONE"}, "code"),
    ],
)
def test_what_a_guest_typed_wrong_is_said_beside_it(
    shop: Shop, visitor: FlaskClient, fields: dict[str, str], sentence: str
) -> None:
    factories.make_coupon(code="ALL", percent=100)

    answer = press(shop, visitor, **fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{fields.get("email", GUEST)}"' in answer.text
    assert shop.count(Order) == 0


@pytest.mark.parametrize("way", ["login", "register"])
def test_a_code_goes_along_with_who_signs_in_first(shop: Shop, visitor: FlaskClient, way: str) -> None:
    factories.make_coupon()
    page = factories.post(
        visitor, f"/courses/{shop.course.slug}/enroll", {"code": "spring", "apply": "yes"}
    ).text

    (link,) = re.findall(rf'href="(/{way}\?next=[^"]*enroll[^"]*)"', page)

    asked = parse_qs(urlsplit(unescape(link)).query)["next"]
    assert asked == [f"/courses/{shop.course.slug}/enroll?code=spring"]


def test_one_address_begins_only_so_many_orders(
    shop: Shop, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buying, "GUEST_CHECKOUTS", "1/hour")
    press(shop, visitor)

    answer = press(shop, shop.app.test_client())

    assert answer.status_code == 422
    assert buying.TOO_MANY_ORDERS in answer.text


def test_a_course_that_a_guest_may_not_enter_yet_says_so_and_offers_to_sign_in(
    shop: Shop, visitor: FlaskClient
) -> None:
    factories.make_course("before", title="The First One")
    with transaction() as session:
        session.get_one(Course, shop.course.id).requires = ["before"]

    answer = visitor.get(f"/courses/{shop.course.slug}/enroll", follow_redirects=True)

    assert "Complete “The First One” first" in answer.text
    assert "Sign in</a> to see what you have completed" in answer.text


def test_a_free_course_needs_an_account(shop: Shop, visitor: FlaskClient) -> None:
    free = factories.make_course("free")

    answer = factories.post(visitor, f"/courses/{free.slug}/enroll", {"email": GUEST})

    assert answer.location.startswith("/login?next=")


def test_who_signs_in_before_the_money_is_heard_of_is_told_of_it_all_the_same(
    shop: Shop, visitor: FlaskClient
) -> None:
    member = factories.make_user(GUEST)
    session = session_of(press(shop, visitor))
    shop.sandbox.pay(session)
    factories.sign_in(visitor, member)

    told = back(visitor, session)

    assert (told.status_code, shop.is_in(member)) == (200, True)
    other = shop.browser(shop.buyer())
    assert back(other, session).status_code == 404


@pytest.mark.parametrize(("deed", "said"), [("pay", "it is paid"), ("debit", "the money is on its way")])
def test_the_browser_that_ordered_it_says_so_before_it_is_paid_again(
    shop: Shop, visitor: FlaskClient, deed: str, said: str
) -> None:
    session = session_of(press(shop, visitor))
    page = f"/courses/{shop.course.slug}/enroll"
    assert "You ordered this on" not in visitor.get(page).text

    getattr(shop.sandbox, deed)(session)
    shop.sandbox.deliver()

    told = main_of(visitor.get(page))
    assert said in told
    assert f'href="/checkout/return?order={shop_order().number}"' in told
    assert GUEST not in told
    assert "You ordered this on" not in shop.app.test_client().get(page).text


def test_enter_in_a_field_enrolls_and_does_not_only_apply_a_code(shop: Shop, visitor: FlaskClient) -> None:
    form = main_of(visitor.get(f"/courses/{shop.course.slug}/enroll")).partition("<form")[2]

    first = re.search(r"<button[^>]*>", form)

    assert first
    assert "formnovalidate" not in first[0]
