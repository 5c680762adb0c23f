"""A school with one course to sell, the sandbox that plays Stripe for it, and buying as a person does."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests import servers
from tests.journeys.people import DEMO_PASSWORD, sign_in
from tests.journeys.school import School, inside, open_school
from tests.stripe import KEY, SECRET, Sandbox, sandbox_running

BUNDLE = Path(__file__).parent / "bundle"
SLUG, TITLE, PRICE = "hands-and-skin", "Hands and Skin", "49.00 USD"
COURSE = f"/courses/{SLUG}"
DAY = 24 * 3600  # seconds


@dataclass(frozen=True)
class Shop:
    """The running school and its sandbox. Events reach the school when a test has them delivered."""

    school: School
    sandbox: Sandbox

    def deliver(self) -> None:
        """Stripe's webhooks arrive; each is taken."""
        answers = [each.status for each in self.sandbox.deliver(early=True)]
        assert answers
        assert set(answers) == {200}, answers

    @contextmanager
    def tomorrow(self) -> Iterator[None]:
        """In the block it is a day later at Stripe."""
        self.sandbox.clock(advance=DAY)
        try:
            yield
        finally:
            self.sandbox.clock(advance=-DAY)

    def make_buyer(self, address: str, name: str = "Noa Lindqvist") -> str:
        """Somebody with a confirmed address who may sign in; gives the address."""
        from accounts.services import create_user
        from app import create_app
        from core.database import transaction

        with inside(create_app(self.school.config)), transaction():
            create_user(address, name, DEMO_PASSWORD, confirmed=True)
        return address

    def enroll_by_hand(self, address: str) -> None:
        """What an admin of the school does."""
        from accounts.services import require_by_email
        from app import create_app
        from core.database import transaction
        from courses.services import find_course
        from enrollment.rules import GrantKind
        from enrollment.services import enroll

        with inside(create_app(self.school.config)), transaction():
            enroll(require_by_email(address).id, find_course(SLUG).id, GrantKind.ADMIN)


@contextmanager
def open_shop(instance: Path) -> Iterator[Shop]:
    """Serve an instance that has the bundle, and a sandbox in this process, until the block ends."""
    port = servers.free_port()
    with sandbox_running(f"http://127.0.0.1:{port}/webhooks/stripe") as sandbox:
        stripe = {
            "STRIPE_SECRET_KEY": KEY,
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_API_BASE": sandbox.api_base,
        }
        with open_school(instance, port, **stripe) as school:
            yield Shop(school, sandbox)


def goes_to_checkout(page: Page, address: str) -> str:
    """Sign in, press Enroll on the course's page; gives the id of the checkout's session."""
    sign_in(page, address)
    page.goto(COURSE)
    presses_enroll(page)
    return at_checkout(page)


def presses_enroll(page: Page) -> None:
    """The button says what it costs."""
    button = page.get_by_role("button", name=re.compile("^Enroll"))
    expect(button).to_contain_text(PRICE)
    button.click()


def at_checkout(page: Page) -> str:
    """The sandbox's page, which is another site's and says that it is none of money; gives the session's id."""
    expect(page.get_by_text("no money moves")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    return urlsplit(page.url).path.rpartition("/")[2]


def pays(page: Page) -> None:
    page.get_by_role("button", name="Pay", exact=True).click()


def is_received(page: Page) -> None:
    """Back at the school, where the payment is known."""
    expect(page.get_by_text("Payment received")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Start the first lesson, 1 minute$"))).to_be_visible()
