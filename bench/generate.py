"""A large school as rows: learners, what they are enrolled in and why, what they did, paid, and were told.

`python -m bench.generate [--learners 100000] [--seed 1]` fills the database of the environment (DATABASE_URL,
INSTANCE), which must be migrated and is meant to be thrown away. The same seed makes the same school. Rows are made
in batches and written past the ORM, ten enrollments a learner, so memory does not grow with the school.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.engine import Connection

from accounts.models import User
from accounts.rules import folded, search_words, words_of
from bench.sites import application
from core.clock import now
from core.database import db
from core.ids import CROCKFORD
from courses.models import Course, Step
from enrollment.models import Enrollment
from shop.models import Order

LEARNERS, COURSES, STEPS = 100_000, 12, 2
EACH = 10  # enrollments of a learner
AT_ONCE = 1_000  # learners in one transaction
YEARS = 3  # over which the school has grown
PRICE = 48_900
SEATS, CLINICS = 5, 10  # seats that a clinic buys, and learners for each of whom one does
FIRST = (
    "Ada",
    "Bea",
    "Cem",
    "Dana",
    "Elif",
    "Femi",
    "Gül",
    "Hans",
    "Ines",
    "Joon",
    "Kofi",
    "Lena",
    "Mara",
    "Noor",
)
LAST = (
    "Okafor",
    "Duarte",
    "Boateng",
    "Fischer",
    "Márquez",
    "Park",
    "Ørsted",
    "Raman",
    "Silva",
    "Tanaka",
    "Weiss",
)
SYLLABLES = ("ba", "ko", "ri", "mun", "sel", "tha", "vo", "zen", "lar", "di", "pe", "qua")
DEEDS = ("enrollment.enroll", "enrollment.revoke", "user.grant", "certificate.issue", "order.read")
EVENTS = ("checkout.session.completed", "payment_intent.succeeded", "charge.refunded")
TABLES = (
    "users", "user_roles", "person_words", "outbox", "orders", "order_lines", "order_words", "ledger_entries",
    "refunds", "refund_requests", "teams", "team_seats", "stripe_events", "enrollments", "grants", "audit_log",
    "step_completions", "course_completions", "certificates",
)  # fmt: skip
"""In an order in which each row finds what it names."""
Rows = dict[str, list[dict[str, Any]]]


@dataclass
class School:
    """What the rows hang on, and the ids that come next."""

    rng: Random
    courses: list[tuple[int, list[int]]]  # ids of courses, each with those of its steps
    today: datetime
    person: Iterator[int]
    enrollment: Iterator[int]
    order: Iterator[int]

    def moment(self) -> datetime:
        """Some time of the school's years; more of them are late, since it has grown."""
        days = YEARS * 365 * (1 - self.rng.random() ** 0.5)
        return self.today - timedelta(days=days, seconds=self.rng.randrange(86_400))


def fill(app: Flask, learners: int, seed: int = 1) -> None:
    """Add so many learners and all that belongs to them."""
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA synchronous=OFF")  # It is thrown away.
        school = _found(connection.execution_options(write=True), seed)
        write = _copy if connection.dialect.name == "postgresql" else _insert
        for begin in range(0, learners, AT_ONCE):
            for table, rows in _batch(school, min(AT_ONCE, learners - begin)).items():
                write(connection, table, rows)
            connection.commit()
        _settle(connection)


def _found(connection: Connection, seed: int) -> School:
    """The courses, and where the ids go on."""
    models = (User, Enrollment, Order, Course, Step)
    first = {model: connection.scalar(select(func.max(model.id))) or 0 for model in models}
    courses = [
        (first[Course] + n, [first[Step] + (n - 1) * STEPS + k for k in range(1, STEPS + 1)])
        for n in range(1, COURSES + 1)
    ]
    rows: Rows = {"courses": [], "steps": []}
    for number, steps in courses:
        rows["courses"].append(_course(number))
        rows["steps"] += [_step(number, place, step) for place, step in enumerate(steps)]
    for table, made in rows.items():
        (_copy if connection.dialect.name == "postgresql" else _insert)(connection, table, made)
    connection.commit()
    starts = (count(first[model] + 1) for model in (User, Enrollment, Order))
    return School(Random(seed), courses, now(), *starts)


def _batch(school: School, learners: int) -> Rows:
    rows: Rows = {table: [] for table in TABLES}
    for _ in range(learners):
        _learner(school, rows)
    return {table: made for table, made in rows.items() if made}


def _learner(school: School, rows: Rows) -> None:
    rng, number = school.rng, next(school.person)
    name = f"{rng.choice(FIRST)} {rng.choice(LAST)}-{''.join(rng.choices(SYLLABLES, k=3)).title()}"
    email = f"{folded(name.split()[0])}.{number}@clinic{number % 997}.example"
    joined = school.moment()
    rows["users"].append({
        "id": number, "email": email, "active": True, "fs_uniquifier": f"bench-{number}", "confirmed_at": joined,
        "name": name, "name_key": folded(name), "time_zone": "UTC", "language": "en", "link_serial": 0,
        "totp_last_step": 0, "recovery_codes": "[]", "created_at": joined,
    })  # fmt: skip
    rows["user_roles"].append({"user_id": number, "role": "learner"})
    rows["person_words"] += [{"user_id": number, "word": word} for word in search_words(name, email)]
    rows["outbox"].append(_mail(email, number, joined))
    for course, steps in rng.sample(school.courses, EACH):
        _enrollment(school, rows, (number, name, email), course, steps)
    if number % CLINICS == 0:
        _clinic(school, rows, (number, name, email), school.rng.choice(school.courses[5:8])[0])


def _clinic(school: School, rows: Rows, person: tuple[int, str, str], course: int) -> None:
    """Seats that somebody bought: the first is theirs, the next invited to, the others free."""
    order, at, (who, _, email) = next(school.order), school.moment(), person
    company = f"Clinic {who // CLINICS} am See"
    _order(rows, school.rng, order, person, course, at, SEATS, company)
    rows["order_words"] += [{"order_id": order, "word": word} for word in sorted(words_of(company))]
    rows["teams"].append({"id": who, "name": company, "created_at": at})
    for number in range(1, SEATS + 1):
        address = {1: email, 2: f"zoe.{who}@clinic{who % 997}.example"}.get(number, "")
        rows["team_seats"].append({
            "team_id": who, "course_id": course, "order_id": order, "number": number, "email": address,
            "invited_at": at if address else None, "mails": 1 if address else 0,
            "user_id": who if number == 1 else None, "accepted_at": at if number == 1 else None,
        })  # fmt: skip


def _enrollment(
    school: School, rows: Rows, person: tuple[int, str, str], course: int, steps: list[int]
) -> None:
    rng, number, began = school.rng, next(school.enrollment), school.moment()
    who, name, email = person
    is_paid, is_revoked, is_done = rng.random() < 0.2, rng.random() < 0.05, rng.random() < 0.55
    order = next(school.order) if is_paid else None
    kind, source = ("order", f"order:B{order}") if is_paid else ("free", "free")
    last = began + timedelta(days=9) if is_revoked else None
    ended = {"ended_at": last, "end_reason": "admin" if is_revoked else ""}
    rows["enrollments"].append({
        "id": number, "user_id": who, "course_id": course, "state": "revoked" if is_revoked else "active",
        "reason": kind, "started_at": began, "pause_reason": "", "is_finished": is_done, **ended,
    })  # fmt: skip
    rows["grants"].append({
        "user_id": who, "course_id": course, "kind": kind, "source": source, "order_id": order, "note": "",
        "started_at": began, **ended,
    })  # fmt: skip
    rows["audit_log"].append({
        "at": began, "actor_id": who, "action": rng.choice(DEEDS), "subject": f"enrollment:{number}", "detail": "{}",
    })  # fmt: skip
    if order is not None:
        _order(rows, rng, order, person, course, began)
    for place, step in enumerate(steps if is_done else steps[: rng.randrange(STEPS)]):
        done = {"user_id": who, "step_id": step, "completed_at": began + timedelta(days=place)}
        rows["step_completions"].append(done)
    if is_done:
        _completion(rows, rng, who, name, course, began + timedelta(days=STEPS))


def _completion(rows: Rows, rng: Random, who: int, name: str, course: int, at: datetime) -> None:
    rows["course_completions"].append(
        {"user_id": who, "course_id": course, "cycle": 1, "completed_at": at, "course_revision": 1}
    )
    rows["certificates"].append({
        "id": "".join(rng.choices(CROCKFORD, k=20)), "user_id": who, "course_id": course, "cycle": 1, "holder": name,
        "course_title": f"Bench course {course:03d}", "course_revision": 1, "signatory": "", "language": "en",
        "minutes": 90, "assessed": "{}", "issued_at": at, "revoked_reason": "",
    })  # fmt: skip


def _order(
    rows: Rows,
    rng: Random,
    number: int,
    person: tuple[int, str, str],
    course: int,
    at: datetime,
    seats: int = 1,
    company: str = "",
) -> None:
    who, _, email = person
    is_back, title, price = rng.random() < 0.05 and not company, f"Bench course {course:03d}", PRICE * seats
    rows["orders"].append({
        "id": number, "number": f"B{number}", "kind": "seats" if company else "own",
        "subject": f"course:{course}", "title": title,
        "user_id": who, "email": email, "state": "refunded" if is_back else "paid", "amount_minor": price,
        "currency": "USD", "livemode": True, "terms_version": "2026-01-01", "refunds_version": "2026-01-01",
        "refund_days": 14, "refund_max_progress": 25, "created_at": at, "expires_at": at + timedelta(days=1),
        "attempt": 1, "session_id": f"cs_bench_{number}", "payment_id": f"pi_bench_{number}",
        "payment_method": "card", "failure": "", "receipt_url": "", "paid_at": at + timedelta(minutes=3),
        "paid_minor": price, "paid_currency": "USD", "refunded_minor": price if is_back else 0,
        "refunded_at": at + timedelta(days=5) if is_back else None, "quantity": seats, "company": company,
    })  # fmt: skip
    rows["order_lines"].append({
        "order_id": number, "position": 1, "course_id": course, "title": title, "amount_minor": price,
        "paid_minor": price, "refunded_minor": price if is_back else 0, "livemode": True,
    })  # fmt: skip
    rows["ledger_entries"].append(
        _entry(number, "payment", f"ch_bench_{number}", price, at + timedelta(minutes=3))
    )
    if is_back:
        rows["ledger_entries"].append(
            _entry(number, "refund", f"re_bench_{number}", -price, at + timedelta(days=5))
        )
        rows["refunds"].append({
            "order_id": number, "amount_minor": price, "currency": "USD", "state": "succeeded",
            "stripe_id": f"re_bench_{number}", "reason": "requested_by_customer", "note": "",
            "ends_access": False, "attempt": 1, "failure": "", "created_at": at + timedelta(days=5),
        })  # fmt: skip
        rows["refund_requests"].append({
            "order_id": number, "state": "approved", "text": "It is not for me.", "progress": 0,
            "asked_at": at + timedelta(days=4), "answered_at": at + timedelta(days=5), "answer": "",
        })  # fmt: skip
    rows["stripe_events"].append({
        "event_id": f"evt_bench_{number}", "kind": rng.choice(EVENTS), "object_id": f"cs_bench_{number}",
        "livemode": True, "api_version": "2026-10-28.endive", "created_at": at, "received_at": at, "deliveries": 1,
        "fate": "applied", "handled_at": at, "order_id": number, "error": "",
    })  # fmt: skip


def _entry(order: int, kind: str, source: str, minor: int, at: datetime) -> dict[str, Any]:
    return {
        "order_id": order, "kind": kind, "source_id": source, "source_key": f"{kind}:{source}",
        "amount_minor": minor, "currency": "USD", "livemode": True, "at": at,
    }  # fmt: skip


def _mail(email: str, number: int, at: datetime) -> dict[str, Any]:
    return {
        "kind": "welcome", "to_address": email, "subject": "Welcome", "text": "Welcome.",
        "state": "sent" if number % 10 else "dead", "tries": 1, "leased_until": at, "created_at": at, "sent_at": at,
        "dedupe_key": f"bench:{number}",
    }  # fmt: skip


def _course(number: int) -> dict[str, Any]:
    lists = ("outcomes", "audience", "not_for", "authors", "faq")
    return {
        "id": number, "slug": f"bench-{number:03d}", "title": f"Bench course {number:03d}", "subtitle": "",
        "collection": "", "language": "en", "level": "", "order": "free", "cover": "", "price_minor": PRICE,
        "currency": "USD", "body_html": "", "revision": 1, "version": 1, **dict.fromkeys(lists, json.dumps([])),
    }  # fmt: skip


def _step(course: int, place: int, number: int) -> dict[str, Any]:
    return {
        "id": number, "course_id": course, "position": place, "slug": f"step-{place}", "kind": "lesson",
        "noun": "lesson", "body": f"bench-{course}/lessons/step-{place}", "title": f"Step {place}", "minutes": 45,
        "required": True, "preview": False, "added_at": datetime(2023, 1, 1, tzinfo=UTC),
    }  # fmt: skip


def _insert(connection: Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Into SQLite, which keeps moments as text in UTC."""
    columns = tuple(rows[0])
    marks = ", ".join("?" * len(columns))
    names = ", ".join(f'"{column}"' for column in columns)
    values = [tuple(_as_text(row[column]) for column in columns) for row in rows]
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608


def _as_text(value: object) -> object:
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value


def _copy(connection: Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    columns = tuple(rows[0])
    names = ", ".join(f'"{column}"' for column in columns)
    connection.execute(text("SELECT 1"))  # begins the transaction
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[column] for column in columns])


def _settle(connection: Connection) -> None:
    """What PostgreSQL does by itself in the background: its statistics, and its counters of ids."""
    if connection.dialect.name != "postgresql":
        return
    for table in ("users", "courses", "steps", "enrollments", "orders", "teams"):
        query = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
        connection.execute(text(query))
    connection.commit()
    connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.generate")
    parser.add_argument("--learners", type=int, default=LEARNERS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with application(os.environ) as app:
        fill(app, options.learners, options.seed)
    seconds = time.monotonic() - began
    print(f"{options.learners:,} learners and {options.learners * EACH:,} enrollments in {seconds:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
