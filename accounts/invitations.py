"""Links by which somebody for whom the school made an account sets the first password."""

from itsdangerous import BadSignature, URLSafeTimedSerializer

from accounts.models import User
from accounts.services import find_by_uniquifier
from core.config import current_config

LASTS = 30 * 24 * 3600  # seconds


def invitation_path(user: User) -> str:
    """The path of a link that leads to setting a password, for thirty days."""
    return f"/invitations/{_signer().dumps(user.fs_uniquifier)}"


def invited_by(token: str) -> User | None:
    """The person whose invitation this is, while it lasts and they have set no password."""
    try:
        user = find_by_uniquifier(str(_signer().loads(token, max_age=LASTS)))
    except BadSignature:
        return None
    return user if user is not None and not user.password else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_config().secret_key, salt="invitation")
