"""Use cases about people. Callers open the transaction; these flush."""

import hmac
import uuid
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import hash_password
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from accounts import rules, sights
from accounts.models import SignIn, User, UserRole
from accounts.rules import Role
from core.clock import now
from core.database import db
from core.errors import Conflict, InvalidInput, NotFound
from core.events import publish
from core.ids import fingerprint, random_token

ADDRESS_TAKEN = (
    "Somebody has an account with this address already. Enroll that account by hand, with the number of the order as "
    "the reason, and close this one."
)


@dataclass(frozen=True)
class UserRegistered:
    """A person now has an account (not yet confirmed, where they registered by themselves)."""

    user_id: int
    email: str


def find_by_email(address: str) -> User | None:
    """The person with this address, in whatever case it was typed."""
    return db.session.scalar(select(User).where(User.email == address.strip().lower()))


def require_by_email(address: str) -> User:
    """As find_by_email; raises NotFound."""
    user = find_by_email(address)
    if user is None:
        raise NotFound(f"Nobody has the address {address}.")
    return user


def get_user(user_id: int) -> User | None:
    """The person with this id."""
    return db.session.get(User, user_id)


def has_password(user_id: int) -> bool:
    """Whether this person signs in by a password too; those without one get links by mail."""
    return db.session.scalar(select(User.password).where(User.id == user_id)) is not None


def find_by_uniquifier(mark: str) -> User | None:
    """The person whose signed links carry this mark, while their account is open."""
    return db.session.scalar(select(User).where(User.fs_uniquifier == mark, User.active.is_(True)))


def create_user(
    email: str, name: str = "", password: str | None = None, roles: tuple[Role, ...] = (Role.LEARNER,),
    *, confirmed: bool = True, time_zone: str = "UTC",
) -> User:  # fmt: skip
    """A new person; without a password they get in by a reset link or a sign-in link.

    Raises InvalidInput for what is no address and Conflict when somebody has it.
    """
    hashed = hash_password(rules.normal_password(password)) if password else None
    return add_user(email, name, hashed, roles, confirmed=confirmed, time_zone=time_zone)


def add_user(
    email: str, name: str, hashed: str | None, roles: tuple[Role, ...] = (Role.LEARNER,),
    *, confirmed: bool = False, time_zone: str = "UTC",
) -> User:  # fmt: skip
    """As create_user, with a password that is hashed already."""
    address = rules.normal_email(email)
    taken = Conflict(f"Somebody already has the address {address}.")
    if find_by_email(address):
        raise taken
    user = User(
        email=address, name=rules.normal_name(name), password=hashed, active=True,
        fs_uniquifier=uuid.uuid4().hex,
        confirmed_at=now() if confirmed else None, time_zone=time_zone, created_at=now(), recovery_codes=[],
        roles=[UserRole(role=role.value) for role in roles],
    )  # fmt: skip
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError as error:  # Two came at once: the database let one in.
        raise taken from error
    publish(UserRegistered(user.id, user.email))
    return user


def reset_path(user: User) -> str:
    """The path of a link by which a person sets a new password, once, within two hours."""
    return f"/reset/{generate_reset_password_token(user)}"  # type: ignore[no-untyped-call]


def drop_claim(user: User) -> None:
    """Take an account that nobody confirmed from whoever registered it: their password, their name, where they are
    signed in and all links that were sent. Nothing where nobody did."""
    if user.confirmed_at is not None or user.password is None:
        return
    _void(user)


def move_unconfirmed(user: User, email: str) -> None:
    """Give an account that nobody confirmed another address: whatever was sent to the old one opens nothing any more.

    Raises Conflict where its address was confirmed, InvalidInput for what is no address or somebody else's.
    """
    address = rules.normal_email(email)
    db.session.refresh(user, with_for_update=True)
    if user.confirmed_at is not None:
        raise Conflict("This address was confirmed, so its owner has the account.")
    if find_by_email(address):
        raise InvalidInput(ADDRESS_TAKEN, "email")
    user.email = address
    try:
        _void(user)
    except IntegrityError as error:  # It was registered at this moment.
        raise InvalidInput(ADDRESS_TAKEN, "email") from error


def _void(user: User) -> None:
    """Let nobody be in an account, nor come in by what was sent for it so far."""
    user.password, user.name, user.fs_uniquifier = None, "", uuid.uuid4().hex
    end_sign_ins(user.id)


def take_over(user: User, name: str, hashed: str) -> None:
    """Let the owner of an address, by a link that went there, have the account that was made from it.

    Raises Conflict where the address was confirmed meanwhile.
    """
    db.session.refresh(user, with_for_update=True)
    if user.confirmed_at is not None:
        raise Conflict("This link has been used already. Sign in instead.")
    user.name, user.password, user.confirmed_at = rules.normal_name(name), hashed, now()
    end_sign_ins(user.id)
    db.session.flush()


def grant_role(user: User, role: Role) -> bool:
    """Give a role; False when they have it. All their sign-ins end, so that none carries the old rights."""
    if role.value in user.role_words:
        return False
    user.roles.append(UserRole(role=role.value))
    end_sign_ins(user.id)
    return True


def revoke_role(user: User, role: Role) -> bool:
    """Take a role; False when they do not have it. All their sign-ins end."""
    held = [row for row in user.roles if row.role == role.value]
    if not held:
        return False
    user.roles.remove(held[0])
    end_sign_ins(user.id)
    return True


def set_active(user: User, active: bool) -> None:
    """Close an account, or open it again. A closed one is signed in nowhere."""
    user.active = active
    end_sign_ins(user.id)


def set_profile(user: User, name: str, time_zone: str, language: str) -> None:
    """Change what a person says of themselves."""
    user.name, user.time_zone, user.language = rules.normal_name(name), time_zone, language
    db.session.flush()


# ---- where one is signed in


def begin_sign_in(user_id: int, user_agent: str, remembered: bool) -> tuple[SignIn, str]:
    """A new sign-in and its token, which only the cookie keeps."""
    token, moment = random_token(), now()
    row = SignIn(
        token_hash=fingerprint(token), user_id=user_id, created_at=moment, last_seen_at=moment,
        authenticated_at=moment, device=rules.device_label(user_agent), remembered=remembered,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row, token


def sign_ins_of(user_id: int) -> list[SignIn]:
    """Where a person is signed in now, the latest used first. Those that ran out are left out."""
    rows = db.session.scalars(
        select(SignIn).where(SignIn.user_id == user_id).order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    )
    return [row for row in rows if not rules.is_over(row.last_seen_at, row.remembered, now())]


def end_sign_in(user_id: int, sign_in_id: int) -> bool:
    """End one of a person's own sign-ins; False when it is not theirs or has ended."""
    row = db.session.scalar(select(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user_id))
    if row is None:
        return False
    sights.end(row.id)
    db.session.delete(row)
    db.session.flush()
    return True


def end_sign_ins(user_id: int, *, but: int | None = None) -> None:
    """End all sign-ins of a person, but the one whose id is `but`."""
    db.session.flush()
    theirs = SignIn.user_id == user_id, SignIn.id != (but or 0)
    sights.end_those(*theirs)
    db.session.execute(delete(SignIn).where(*theirs))


def touch_sign_in(sign_in_id: int) -> None:
    """Write down that a sign-in was used just now."""
    row = db.session.get(SignIn, sign_in_id)
    if row is not None:
        row.last_seen_at = now()
        db.session.flush()


def prove_sign_in(sign_in_id: int) -> None:
    """Write down that the person proved again who they are."""
    row = db.session.get(SignIn, sign_in_id)
    if row is not None:
        row.authenticated_at = now()
        db.session.flush()


def drop_dead_sign_ins() -> int:
    """Delete sign-ins that nobody can use any more; their number. For the daily job.

    What a sign-in saw as somebody else, and nobody came back to since, ends too.
    """
    sights.end_those(SignIn.sees_until < now() - timedelta(days=1))
    oldest = now() - rules.REMEMBERED_FOR
    dead = db.session.scalars(select(SignIn.id).where(SignIn.last_seen_at < oldest)).all()
    db.session.execute(delete(SignIn).where(SignIn.id.in_(dead)))
    return len(dead)


# ---- sign-in links


def use_link(user: User, serial: int) -> bool:
    """Use up a sign-in link. Raises Conflict when it, or a later one, was used before.

    It came by mail, so it also confirms the address. An address that nobody had confirmed may have been registered by
    somebody else: their password and what was signed in by it end here. True where there was such a password.
    """
    db.session.refresh(user, with_for_update=True)
    if user.link_serial != serial:
        raise Conflict("This link has been used already. Ask for a new one.")
    user.link_serial += 1
    drops = user.confirmed_at is None and user.password is not None
    if user.confirmed_at is None:
        user.password, user.confirmed_at = None, now()
        end_sign_ins(user.id)
    db.session.flush()
    return drops


# ---- the second step


def check_code(user: User, typed: str) -> bool:
    """Whether this is the code of the authenticator now, or a recovery code; either opens only once."""
    db.session.refresh(user, with_for_update=True)
    code = "".join(typed.split())
    if user.totp_secret and len(code) == 6:
        step = _step_of(user.totp_secret, code)
        if step is None or step <= user.totp_last_step:
            return False
        user.totp_last_step = step
        db.session.flush()
        return True
    return _use_recovery_code(user, typed)


def is_code_of(secret: str, typed: str) -> bool:
    """Whether an authenticator that was just set up shows the code it should."""
    return _step_of(secret, "".join(typed.split())) is not None


def turn_on_second_step(user: User, secret: str) -> list[str]:
    """Ask for a code from now on. Gives the recovery codes, which are shown once and kept as fingerprints."""
    user.totp_secret = secret
    user.totp_last_step = int(now().timestamp()) // 30
    return renew_recovery_codes(user)


def turn_off_second_step(user: User) -> None:
    """Ask for no code any more."""
    user.totp_secret, user.totp_last_step, user.recovery_codes = None, 0, []
    db.session.flush()


def renew_recovery_codes(user: User) -> list[str]:
    """Ten new recovery codes; the old ones open nothing any more."""
    codes = rules.new_recovery_codes()
    user.recovery_codes = [fingerprint(rules.read_recovery_code(code) or "") for code in codes]
    db.session.flush()
    return codes


def _step_of(secret: str, code: str) -> int | None:
    """The 30-second step whose code this is, of the present one and its neighbours."""
    totp, present = pyotp.TOTP(secret), int(now().timestamp()) // 30
    steps = (present, present - 1, present + 1)
    return next(
        (step for step in steps if hmac.compare_digest(totp.at(step * 30).encode(), code.encode())), None
    )


def _use_recovery_code(user: User, typed: str) -> bool:
    code = rules.read_recovery_code(typed)
    if code is None or fingerprint(code) not in user.recovery_codes:
        return False
    user.recovery_codes = [kept for kept in user.recovery_codes if kept != fingerprint(code)]
    db.session.flush()
    return True
