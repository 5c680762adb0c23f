"""The legal pages: the version that holds, older ones with a note, the school's own words in their places."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import transaction
from core.school import change_school
from payments.values import PaymentsOff
from shop.legal import Accepted, current_versions
from shop.models import LegalText

WORDS = (
    "<p>{{school}} by {{legal_name}}, {{legal_address}}. {{support_email}}, {{refund_days}} days, "
    "{{refund_max_progress}} %, {{country}}.</p>"
)


def publish(page: str, version: str, html: str = WORDS) -> None:
    with transaction() as session:
        text = LegalText(page=page, version=version, title=page.title(), summary=f"Of {version}.", html=html)
        session.add(text)


def text_of(client: FlaskClient, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    found = re.search(r'<div class="prose">(.*?)</div>', page.text, re.DOTALL)
    assert found
    return found[1].strip()


def test_the_school_stands_in_its_places(app: Flask, client: FlaskClient) -> None:
    publish("terms", "2026-11-21")
    with transaction():
        change_school(
            {
                "name": "Skin & Mind", "legal_name": "Skin <b> Ltd", "legal_address": "1 Wall Street\nBerlin\n",
                "support_email": "help@example.org", "refund_days": 21, "refund_max_progress": 25, "country": "Germany",
            }
        )  # fmt: skip

    assert text_of(client, "/legal/terms") == (
        "<p>Skin &amp; Mind by Skin &lt;b&gt; Ltd, 1 Wall Street, Berlin. "
        '<a href="mailto:help@example.org">help@example.org</a>, 21 days, 25 %, Germany.</p>'
    )


def test_a_school_that_has_not_said_who_it_is_still_has_terms_that_read(
    app: Flask, client: FlaskClient
) -> None:
    publish("terms", "2026-11-21")

    assert text_of(client, "/legal/terms") == (
        "<p>Stratum by its owner, whose address we give on request. our support address, 14 days, 30 %, "
        "the country in which the school has its seat.</p>"
    )


def test_a_placeholder_within_a_tag_and_one_that_nobody_knows_stay_as_they_are(
    app: Flask, client: FlaskClient
) -> None:
    publish("terms", "2026-11-21", '<p title="{{school}}">{{owner}}</p>')

    assert text_of(client, "/legal/terms") == '<p title="{{school}}">{{owner}}</p>'


def test_the_newest_version_holds_and_older_ones_can_still_be_read(app: Flask, client: FlaskClient) -> None:
    for day in ("2026-11-21", "2027-01-02", "2026-12-24"):
        publish("terms", day, f"<p>As of {day}.</p>")

    now, then = client.get("/legal/terms").text, client.get("/legal/terms?version=2026-12-24").text

    assert "As of 2027-01-02." in now
    assert "does not hold" not in now
    assert "As of 2026-12-24." in then
    assert "This version does not hold for new orders." in then
    assert 'href="/legal/terms">Read the version of 2 January 2027</a>' in then
    listed = re.findall(r'href="/legal/terms\?version=([\d-]+)"', then)
    assert listed == ["2027-01-02", "2026-12-24", "2026-11-21"]


@pytest.mark.parametrize(
    "address", ["/legal/privacy", "/legal/terms?version=2020-01-01", "/legal/terms?version=x"]
)
def test_a_text_that_is_not_there_is_an_honest_404(app: Flask, client: FlaskClient, address: str) -> None:
    publish("terms", "2026-11-21")

    assert client.get(address).status_code == 404


def test_any_page_that_has_a_text_is_shown(app: Flask, client: FlaskClient) -> None:
    publish("imprint", "2026-11-21", "<p>Who we are.</p>")

    assert text_of(client, "/legal/imprint") == "<p>Who we are.</p>"


def test_a_buyer_accepts_the_newest_of_both(app: Flask) -> None:
    for page, day in (("terms", "2026-11-21"), ("refunds", "2026-11-21"), ("terms", "2026-12-24")):
        publish(page, day)

    assert current_versions() == Accepted("2026-12-24", "2026-11-21")


@pytest.mark.parametrize("there", ["terms", "refunds", "imprint"])
def test_nothing_is_sold_without_both(app: Flask, there: str) -> None:
    publish(there, "2026-11-21")

    with pytest.raises(PaymentsOff, match="has not published its terms of sale"):
        current_versions()


@pytest.mark.parametrize("address", ["/", "/courses", "/login", "/no-such-page", "/legal/terms"])
def test_every_page_leads_to_both(app: Flask, client: FlaskClient, address: str) -> None:
    page = client.get(address).text

    assert 'href="/legal/terms"' in page
    assert 'href="/legal/refunds"' in page
