"""Legal texts come in with the bundle, a version for each day; what was published is never changed."""

import pytest
from flask import Flask
from sqlalchemy import select

from core.database import db
from core.errors import Conflict
from publishing import services
from publishing.services import BrokenBundle, check
from shop.models import LegalText
from tests.publishing.sample import edited, sample
from tests.publishing.test_services import sync

TERMS = "legal/terms/2026-11-21.md"
LATER = "legal/terms/2026-12-01.md"


def versions() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(LegalText).order_by(LegalText.page, LegalText.version))
    return [(row.page, row.version, row.title) for row in rows]


def test_a_text_is_stored_as_its_page_shows_it(app: Flask) -> None:
    sync(sample())

    text = db.session.get_one(LegalText, ("terms", "2026-11-21"))

    assert (text.title, text.summary) == ("Terms", "The first ones.")
    assert "<p>{{school}} is run by {{legal_name}}." in text.html


def test_a_new_day_is_a_new_version_beside_the_old_one(app: Flask) -> None:
    sync(sample())

    plan = sync(sample() | {LATER: sample()[TERMS].replace(b"title: Terms", b"title: New terms")})

    assert plan.added == (LATER,)
    assert versions() == [("terms", "2026-11-21", "Terms"), ("terms", "2026-12-01", "New terms")]


def test_a_version_that_was_published_cannot_be_changed(app: Flask) -> None:
    sync(sample())

    with pytest.raises(BrokenBundle) as refused:
        sync(edited(TERMS, "Write to", "Never write to"))

    assert [str(problem) for problem in refused.value.problems] == [
        f"{TERMS}:0: 2026-11-21 is published, buyers have accepted it, and it cannot be changed "
        "(Put its old text back, and publish a new day: legal/terms/<YYYY-MM-DD>.md.)"
    ]
    assert "Never" not in db.session.get_one(LegalText, ("terms", "2026-11-21")).html


def test_a_version_that_is_published_by_two_syncs_at_once_stays_that_of_the_first(app: Flask) -> None:
    late = services.prepare(edited(TERMS, "Write to", "Never write to"))
    sync(sample())

    with pytest.raises(Conflict):
        services.publish(late)


def test_a_bundle_without_them_takes_no_version_away(app: Flask) -> None:
    sync(sample())
    files = sample()
    del files[TERMS]

    sync(files)

    assert versions() == [("terms", "2026-11-21", "Terms")]


def test_a_day_that_no_calendar_has_is_a_fault() -> None:
    files = {"legal/terms/2026-02-30.md": sample()[TERMS]}

    assert [str(problem) for problem in check(files)] == [
        "legal/terms/2026-02-30.md:0: 2026-02-30 is no day (Name the file by the day it is published.)"
    ]
