"""Which mails a person wants. Rooms name the kinds that may be refused; what must be told is not among them."""

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select

from accounts.models import MailRefusal, User
from accounts.services import find_by_uniquifier
from core.clock import now
from core.config import current_config
from core.database import db, insert_once


@dataclass(frozen=True)
class MailKind:
    """A kind of mail that may be refused, by its word, with its name and what it is for."""

    word: str
    label: str
    hint: str


_kinds: dict[str, MailKind] = {}


def offer(kind: MailKind) -> None:
    """Let people choose whether they want mails of this kind; said in app.py."""
    _kinds[kind.word] = kind


def kinds() -> list[MailKind]:
    """What may be refused, in the order in which rooms offered it."""
    return list(_kinds.values())


def refused_by(user_id: int) -> frozenset[str]:
    """The words of the kinds that this person wants no more."""
    return frozenset(db.session.scalars(select(MailRefusal.kind).filter_by(user_id=user_id)))


def choose(user_id: int, wanted: set[str]) -> None:
    """Write down which of the kinds this person wants."""
    for word in _kinds:
        accept(user_id, word) if word in wanted else refuse(user_id, word)


def refuse(user_id: int, word: str) -> None:
    """No mails of this kind any more; twice is once."""
    row = {"user_id": user_id, "kind": word, "refused_at": now()}
    insert_once(MailRefusal, row, ("user_id", "kind"))


def accept(user_id: int, word: str) -> None:
    """Mails of this kind again."""
    db.session.execute(delete(MailRefusal).filter_by(user_id=user_id, kind=word))


def refusal_path(user: User, word: str) -> str:
    """The path of a link in a mail that ends mails of this kind, without signing in. It does nothing else."""
    return f"/account/notifications/off/{_links().dumps([user.fs_uniquifier, word])}"


def read_refusal(token: str) -> tuple[User, MailKind] | None:
    """Whose link this is and which kind it ends; None for one that is forged or of a closed account."""
    try:
        who, word = _links().loads(token)
    except (BadSignature, ValueError):
        return None
    user = find_by_uniquifier(who)
    return (user, _kinds[word]) if user and word in _kinds else None


def _links() -> URLSafeSerializer:
    return URLSafeSerializer(current_config().secret_key, salt="no-more-mails")
