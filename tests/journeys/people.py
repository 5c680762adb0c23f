"""Whom journeys are walked as, and signing in as a person does."""

import re

from playwright.sync_api import Page

DEMO_LEARNER = "learner@demo.example"
DEMO_NEWCOMER = "new@demo.example"
DEMO_INSTRUCTOR = "instructor@demo.example"
DEMO_ADMIN = "admin@demo.example"
DEMO_PASSWORD = "demo-password-1"


def sign_in(page: Page, email: str, password: str = DEMO_PASSWORD) -> None:
    """Through the form, to the page that one comes to, whole: what counts buttons does not wait for them."""
    page.goto("/login")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/dashboard$"))
