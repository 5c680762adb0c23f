"""Links by which somebody whose account was made for them takes it over.

An invitation leads to a first password: the school made the account, and takes the address as theirs. A welcome
also confirms the address: the account was made from what somebody typed and paid with.
"""

from itsdangerous import BadSignature, URLSafeTimedSerializer

from accounts.models import User
from accounts.services import find_by_uniquifier
from core.config import current_config

LASTS = 30 * 24 * 3600  # seconds


def invitation_path(user: User) -> str:
    """The path of a link that leads to setting a password, for thirty days."""
    return f"/invitations/{_signer('invitation').dumps(user.fs_uniquifier)}"


def invited_by(token: str) -> User | None:
    """The person whose invitation this is, while it lasts and they have set no password."""
    try:
        user = find_by_uniquifier(str(_signer("invitation").loads(token, max_age=LASTS)))
    except BadSignature:
        return None
    return user if user is not None and not user.password else None


def welcome_path(user: User, onward: str) -> str:
    """The path of a link that confirms the address and asks for name and password, for thirty days; then it leads
    on."""
    return f"/welcome/{_signer('welcome').dumps([user.fs_uniquifier, onward])}"


def welcomed_by(token: str) -> tuple[User, str] | None:
    """The person whose welcome this is, while it lasts, and where it leads on. They may have used it already."""
    try:
        mark, onward = _signer("welcome").loads(token, max_age=LASTS)
    except (BadSignature, ValueError):
        return None
    user = find_by_uniquifier(mark)
    return (user, onward) if user is not None else None


def _signer(salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_config().secret_key, salt=salt)
