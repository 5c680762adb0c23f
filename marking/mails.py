"""Mails about works. None holds the work, a mark or a reason: each leads to the page that does."""

from accounts.models import User
from core.database import db
from core.mail import queue
from marking.models import Work
from quizzes.models import Attempt, AttemptRequest, Quiz


def receipt(work: Work) -> None:
    """To the author: it is handed in."""
    _to_author("work_handed_in", work)


def returned(work: Work) -> None:
    """To the author: something is to be changed."""
    _to_author("work_returned", work)


def marked(work: Work) -> None:
    """To the author: the mark is there."""
    _to_author("work_marked", work)


def assigned(work: Work, to: int, by: int) -> None:
    """To a marker whom somebody else gave a work."""
    if to != by:
        _to_marker("work_assigned", work, to)


def back_to_marker(work: Work) -> None:
    """To the marker of a work that comes back after its revision."""
    if work.marker_id is not None:
        _to_marker("work_assigned", work, work.marker_id)


def request_answered(request: AttemptRequest, path: str) -> None:
    """To the learner: an instructor answered."""
    person = db.session.get_one(User, request.user_id)
    title = db.session.get_one(Quiz, request.quiz_id).title
    queue("attempt_request", person.email, {"name": person.name, "title": title, "path": path})


def _to_author(kind: str, work: Work) -> None:
    attempt = db.session.get_one(Attempt, work.attempt_id)
    person = db.session.get_one(User, attempt.user_id)
    title = db.session.get_one(Quiz, attempt.quiz_id).title
    queue(kind, person.email, {"name": person.name, "title": title, "path": f"/attempts/{work.attempt_id}"})


def _to_marker(kind: str, work: Work, marker_id: int) -> None:
    attempt = db.session.get_one(Attempt, work.attempt_id)
    person = db.session.get_one(User, marker_id)
    title = db.session.get_one(Quiz, attempt.quiz_id).title
    path = f"/studio/marking/{work.attempt_id}"
    queue(kind, person.email, {"name": person.name, "title": title, "path": path})
