"""Forms that arrived after their sign-in had ended: kept for a day, sent when the learner has signed in again."""

from datetime import timedelta

from sqlalchemy import delete, select

from core.clock import now
from core.database import db, transaction
from core.errors import InvalidInput, NotFound
from core.ids import fingerprint, random_token
from quizzes.models import KeptForm

LARGEST = 64 * 1024  # bytes of names and values
LIVES = timedelta(days=1)


def keep(path: str, fields: list[list[str]]) -> str:
    """Keep a form; the token that is returned opens it. Raises InvalidInput for one that is too large."""
    if sum(len(part.encode()) for field in fields for part in field) > LARGEST:
        raise InvalidInput("You are signed out, and these answers are too long to be kept. Copy them first.")
    token = random_token()
    db.session.add(KeptForm(id=fingerprint(token), path=path, fields=fields, kept_at=now()))
    db.session.flush()
    return token


def find(token: str) -> KeptForm:
    """The form that a token opens. Raises NotFound after a day, or once it was sent."""
    query = select(KeptForm).where(KeptForm.id == fingerprint(token), KeptForm.kept_at > now() - LIVES)
    form = db.session.scalar(query)
    if form is None:
        raise NotFound("These answers are no longer kept: they were sent, or a day has passed.")
    return form


def take(token: str) -> KeptForm:
    """The form, taken out: it is sent once."""
    form = find(token)
    db.session.delete(form)
    db.session.flush()
    return form


def forget(path: str) -> None:
    """Take out what was kept for this address: only the author of its attempt could send it."""
    db.session.execute(delete(KeptForm).where(KeptForm.path == path))


def sweep() -> None:
    """Take out the forms of more than a day ago."""
    with transaction() as session:
        session.execute(delete(KeptForm).where(KeptForm.kept_at <= now() - LIVES))
