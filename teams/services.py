"""Teams and their managers. The door opens the transaction."""

from sqlalchemy import func, select

from accounts.models import User
from core import mail
from core.audit import record
from core.clock import now
from core.config import current_config
from core.database import db, insert_once
from core.errors import Conflict, NotFound
from core.ids import fingerprint, random_token
from enrollment.services import lock_person
from shop.models import Order, OrderKind
from shop.rules import OPEN_STATES, OrderState
from teams.models import Manager, Team
from teams.rules import MOST_MANAGERS

NO_TEAM = "You manage no team. Seats for a team are ordered on a course's page."
NO_LINK = "This link is not good any more: it was used, withdrawn, or a newer mail replaced it."
MANAGES_ONE = "You manage a team already. Use another account for a second one."
ON_ITS_WAY = (
    "Seats that you ordered are not paid yet, or their payment is being checked. Go when they are here."
)
MAY_BECOME_SEATS = (*OPEN_STATES, OrderState.REVIEW)


def find_team(user_id: int) -> Team | None:
    """The team that this person manages."""
    query = select(Team).join(Manager, Manager.team_id == Team.id).where(Manager.user_id == user_id)
    return db.session.scalar(query)


def team_of(user_id: int) -> Team:
    """The team that this person manages. Raises NotFound."""
    found = find_team(user_id)
    if found is None:
        raise NotFound(NO_TEAM)
    return found


def make_team(user_id: int, name: str) -> Team:
    """A team with this person as its first manager; the one that they manage where there is one."""
    found = find_team(user_id)
    if found is not None:
        return found
    team, person = Team(name=name, created_at=now()), db.session.get_one(User, user_id)
    db.session.add(team)
    db.session.flush()
    row = {
        "team_id": team.id,
        "user_id": user_id,
        "email": person.email,
        "invited_at": now(),
        "accepted_at": now(),
    }
    insert_once(Manager, row, ("user_id",))
    record("team.make", f"team:{team.id}", actor_id=user_id)
    return team


def managers_of(team_id: int) -> list[Manager]:
    """Who manages the team or was invited to, the oldest first."""
    return list(db.session.scalars(select(Manager).filter_by(team_id=team_id).order_by(Manager.id)))


def invite_manager(team: Team, email: str, by: int) -> None:
    """Send somebody a link by which they become a manager; to one who was invited before, a new one.

    Raises Conflict where the team has all managers that it may have.
    """
    _lock(team.id)
    found = db.session.scalar(select(Manager).filter_by(team_id=team.id, email=email))
    if found is not None and found.user_id is not None:
        raise Conflict("This person manages the team already.")
    if found is None and len(managers_of(team.id)) >= MOST_MANAGERS:
        raise Conflict(f"A team has at most {MOST_MANAGERS} managers. Withdraw the other invitation first.")
    token = random_token()
    found = found or Manager(team_id=team.id, email=email)
    found.token_hash, found.invited_at = fingerprint(token), now()
    db.session.add(found)
    db.session.flush()
    facts: dict[str, object] = {"team": team.name, "path": f"/team/managers/join/{token}"}
    mail.queue("manager_invitation", email, facts, dedupe_key=f"manager:{found.id}:{found.token_hash}")
    record("team.invite-manager", f"team:{team.id}", actor_id=by)


def managing_invitation(token: str) -> tuple[Manager, Team]:
    """Who was invited by this link, to manage what. Raises NotFound."""
    query = select(Manager, Team).join(Team, Team.id == Manager.team_id)
    found = db.session.execute(query.where(Manager.token_hash == fingerprint(token))).first()
    if found is None:
        raise NotFound(NO_LINK)
    return found[0], found[1]


def become_manager(token: str, user_id: int) -> Team:
    """Take the invitation. Raises NotFound, Conflict for somebody who manages a team."""
    manager, team = managing_invitation(token)
    _lock(team.id)
    db.session.refresh(manager)
    if manager.token_hash is None:
        raise NotFound(NO_LINK)
    if find_team(user_id) is not None:
        raise Conflict(MANAGES_ONE)
    manager.user_id, manager.token_hash, manager.accepted_at = user_id, None, now()
    db.session.flush()
    record("team.join-manager", f"team:{team.id}", actor_id=user_id)
    return team


def withdraw_manager(team: Team, manager_id: int, by: int) -> None:
    """Take an invitation back that nobody has taken. Raises NotFound, Conflict for a manager."""
    _lock(team.id)
    found = db.session.scalar(select(Manager).filter_by(team_id=team.id, id=manager_id))
    if found is None:
        raise NotFound("There is no such invitation.")
    if found.user_id is not None:
        raise Conflict("Only they themselves can give up managing the team.")
    db.session.delete(found)
    db.session.flush()
    record("team.withdraw-manager", f"team:{team.id}", actor_id=by)


def unsettled_orders(user_id: int) -> list[Order]:
    """The orders of seats by this person that may still make seats, the oldest first: their checkout is open, their
    money is on its way, or a person has to look at it."""
    query = select(Order).where(Order.user_id == user_id, Order.kind == OrderKind.SEATS)
    query = query.where(Order.state.in_(MAY_BECOME_SEATS), Order.livemode == current_config().is_live)
    return list(db.session.scalars(query.order_by(Order.id)))


def stop_managing(user_id: int) -> None:
    """Give up managing. Raises NotFound, Conflict for the last one and while seats that they ordered may still come,
    which would make a team of their own then."""
    lock_person(user_id)  # As ordering does: no order is begun meanwhile.
    team = team_of(user_id)
    _lock(team.id)
    if _managers_standing(team.id) < 2:
        raise Conflict("You are the team's only manager. Invite a second one before you go.")
    if unsettled_orders(user_id):
        raise Conflict(ON_ITS_WAY)
    db.session.delete(db.session.scalars(select(Manager).filter_by(user_id=user_id)).one())
    db.session.flush()
    record("team.leave-manager", f"team:{team.id}", actor_id=user_id)


def _managers_standing(team_id: int) -> int:
    """How many manage the team; who was only invited to does not yet."""
    standing = select(func.count()).where(Manager.team_id == team_id, Manager.user_id.is_not(None))
    return db.session.scalar(standing) or 0


def _lock(team_id: int) -> None:
    """Let one at a time decide about the team's managers."""
    db.session.execute(select(Team.id).where(Team.id == team_id).with_for_update())
