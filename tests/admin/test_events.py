"""The events of Stripe, as the admin reads them."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.admin.orders import make_event
from tests.factories import make_order


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
        ("?q=evt_c", {"evt_c"}),
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
