"""The mail to a learner whose result is another one now. One sentence; the page tells the rest."""

from accounts.models import User
from core.database import db
from core.mail import queue
from quizzes.models import Attempt, Quiz
from quizzes.regrading.models import Regrade
from quizzes.regrading.rules import Cause

BECAUSE = {Cause.KEY: "the key of a question was mended", Cause.DROPPED: "a question was dropped"}


def tell_regraded(regrade: Regrade, attempt: Attempt) -> None:
    """At most one mail for an attempt and a regrade."""
    person = db.session.get_one(User, attempt.user_id)
    title = db.session.get_one(Quiz, attempt.quiz_id).title
    context: dict[str, object] = {"name": person.name, "title": title, "because": BECAUSE[regrade.cause]}
    context["path"] = f"/attempts/{attempt.id}"
    queue("regraded", person.email, context, dedupe_key=f"regraded:{regrade.id}:{attempt.id}")
