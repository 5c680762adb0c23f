"""What Stripe is given of an order's evidence: every field in words, none empty, none too long."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.disputes.pack import LEFT_OUT, LONGEST_FIELD, Happening, LegalVersion, Pack, Section, fields_of

DAY = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
PACK = Pack(
    school="Epidermis", seller="Epidermis Ltd, 1 High Street", number="261122-AAAA", title="The Skin",
    buyer="Ada Learner", email="ada@example.org", amount="49.00 USD", disputed="49.00 USD", refunded="",
    reason="no reason was given", ordered_at=DAY, paid_at=DAY, paid_by="card",
    consent="2026-11-22 12:04 UTC: “At once.”",
    terms=LegalVersion("2026-10-01", "https://school.example/legal/terms?version=2026-10-01", "Fair."),
    refunds=LegalVersion("2026-10-02", "https://school.example/legal/refunds?version=2026-10-02", "Money back."),
    refund_days=14, refund_max_progress=30,
    sections=(
        Section("Progress", (Happening(DAY, "Completed the lesson “One”"),), is_use=True),
        Section("Certificates", (), is_use=True),
        Section("Mails", (Happening(DAY, "Receipt (sent)"),)),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("product_description", "Online course: The Skin. Sold by Epidermis Ltd, 1 High Street."),
        ("service_date", "2026-11-22"),
        ("customer_name", "Ada Learner"),
        ("customer_email_address", "ada@example.org"),
        ("access_activity_log", "2026-11-22 12:05 UTC  Completed the lesson “One”"),
        ("refund_policy_disclosure", "The buyer accepted the version of 2026-10-02"),
        ("refund_policy_disclosure", "within 14 days of paying, as long as no more than 30 percent"),
        ("uncategorized_text", "Terms accepted with the order: version of 2026-10-01"),
        ("uncategorized_text", "Consent: 2026-11-22 12:04 UTC: “At once.”"),
        ("uncategorized_text", "Receipt (sent)"),
    ],
)
def test_each_field_says_its_part(field: str, said: str) -> None:
    assert said in fields_of(PACK)[field]


def test_what_is_not_known_is_not_sent() -> None:
    bare = fields_of(replace(PACK, buyer="", sections=()))

    assert "customer_name" not in bare
    assert "access_activity_log" not in bare


def test_what_somebody_adds_and_what_went_back_stand_first() -> None:
    text = fields_of(replace(PACK, refunded="10.00 USD"), " She thanked us. ")["uncategorized_text"]

    assert text.startswith("She thanked us.\n\nRefunded already: 10.00 USD")


@given(st.integers(0, 900), st.integers(1, 400))
def test_no_field_is_longer_than_stripe_takes_it(lines: int, width: int) -> None:
    happenings = tuple(Happening(DAY, "x" * width) for _ in range(lines))
    log = fields_of(replace(PACK, sections=(Section("Use", happenings, is_use=True),))).get(
        "access_activity_log", ""
    )

    assert len(log) <= LONGEST_FIELD
    assert log.endswith(LEFT_OUT) or log.count("\n") == lines


def test_a_text_of_one_line_is_cut_within_it() -> None:
    texts = fields_of(replace(PACK, refunds=replace(PACK.refunds, words="y" * 30_000)))

    assert len(texts["refund_policy_disclosure"]) <= LONGEST_FIELD
