"""The reconciler's runs, and asking for one."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core import jobs
from core.audit import AuditEntry
from core.database import db
from tests.admin.orders import make_run, part
from tests.conftest import NOON
from tests.factories import make_order, post


def test_the_overview_says_when_it_was_reconciled(client: FlaskClient, admin: Any) -> None:
    assert "Never so far." in client.get("/admin").text
    make_run({"looked_at": 3}, finished_at=NOON)

    money = part(client.get("/admin").text, "money")

    assert "3 orders looked at, 0 repaired" in money
    assert "Done" in money


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
