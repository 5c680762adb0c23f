"""A mail in the morning to whoever has reviews waiting and wants to be told."""

import logging
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from accounts.models import MailRefusal, User
from accounts.notifications import MailKind, refusal_path, refused_by
from core.clock import now
from core.database import db, transaction, upsert
from core.mail import queue
from reviews import rules, services
from reviews.models import ReviewCard, ReviewHabit

KIND = MailKind(
    "reviews",
    "A reminder when reviews are due",
    "In the morning, once a day at most, and only on days on which you have not reviewed. After five that you leave "
    "unanswered they pause until you review again.",
)


def send_due() -> None:
    """Remind everybody in whose morning something is due; each in a transaction of their own."""
    for user_id in _waiting():
        try:
            with transaction():
                remind(user_id)
        except Exception:  # The others wait no longer because of one.
            logging.getLogger("reviews").exception("a reminder was not sent", extra={"user": user_id})


def _waiting() -> list[int]:
    """Who has cards that are due, wants to be told, and was not yet on this day, whose morning it is."""
    refused = exists().where(MailRefusal.user_id == User.id, MailRefusal.kind == KIND.word)
    rows = db.session.execute(
        select(User.id, User.time_zone, ReviewHabit.reminded_on)
        .join(ReviewCard, ReviewCard.user_id == User.id)
        .outerjoin(ReviewHabit, ReviewHabit.user_id == User.id)
        .where(
            ReviewCard.due_at <= now(),
            ReviewCard.removed_at.is_(None),
            ReviewCard.left_at.is_(None),
            User.active.is_(True),
            User.confirmed_at.is_not(None),
            ~refused,
        )
        .distinct()
        .order_by(User.id)
    ).all()
    return [user_id for user_id, zone, told_on in rows if _is_time(ZoneInfo(zone or "UTC"), told_on)]


def _is_time(zone: ZoneInfo, reminded_on: date | None) -> bool:
    return rules.is_morning(now(), zone) and now().astimezone(zone).date() != reminded_on


def remind(user_id: int) -> bool:
    """Queue the mail of this day, in the caller's transaction; False where none is to be sent."""
    user = db.session.get_one(User, user_id)
    due = services.due_cards(user_id)
    today = _day(now(), user)
    if not due or KIND.word in refused_by(user_id) or not _may_remind(user, today):
        return False
    path = refusal_path(user, KIND.word)
    context = {
        "name": user.name,
        "count": len(due),
        "minutes": rules.minutes(card.kind for card in due[: rules.fitting([card.kind for card in due])]),
        "off_path": path,
    }
    queue("review_reminder", user.email, context, f"reviews:{user_id}:{today}", unsubscribe=path)
    return True


def _may_remind(user: User, today: date) -> bool:
    """Whether it may be today; if so, it is written down."""
    habit = db.session.get(ReviewHabit, user.id)
    reviewed_at = services.last_review(user.id)
    reviewed_on = _day(reviewed_at, user) if reviewed_at else None
    unanswered = habit.unanswered if habit else 0
    if not rules.may_remind(today, habit.reminded_on if habit else None, reviewed_on, unanswered):
        return False
    upsert(
        ReviewHabit,
        {"user_id": user.id, "reminded_on": today, "unanswered": unanswered + 1},
        ("user_id",),
    )
    return True


def _day(moment: datetime, user: User) -> date:
    return moment.astimezone(ZoneInfo(user.time_zone or "UTC")).date()
