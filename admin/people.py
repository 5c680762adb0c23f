"""People as the admin reads them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from accounts.models import User, UserRole
from accounts.rules import Role
from accounts.services import get_user
from admin.listing import Listing, holds
from admin.rules import PageOf, page_of
from core.database import db
from core.errors import NotFound
from enrollment.models import Enrollment

ROLES = {role.value: role.value.capitalize() for role in Role}
COLUMNS: dict[str, InstrumentedAttribute[Any] | ColumnElement[Any]] = {
    "name": func.lower(User.name),
    "email": User.email,
    "joined": User.created_at,
}
_roles = (
    select(func.aggregate_strings(UserRole.role, ","))
    .where(UserRole.user_id == User.id)
    .correlate(User)
    .scalar_subquery()
)
_enrollments = (
    select(func.count()).where(Enrollment.user_id == User.id).correlate(User).scalar_subquery()
)  # fmt: skip


@dataclass(frozen=True)
class PersonRow:
    """One person in the list. `roles` are words to show, in the order of ROLES."""

    id: int
    name: str
    email: str
    active: bool
    is_confirmed: bool
    joined_at: datetime
    roles: tuple[str, ...]
    enrollments: int


def page_of_people(asked: Listing) -> tuple[list[PersonRow], PageOf]:
    """One page of what was asked for, and where it stands in the whole."""
    wanted = _conditions(asked)
    total = db.session.scalar(select(func.count()).select_from(User).where(*wanted)) or 0
    page = page_of(asked.wanted_page, total)
    query = select(
        User.id, User.name, User.email, User.active, User.confirmed_at, User.created_at, _roles, _enrollments
    )
    ordered = query.where(*wanted).order_by(*asked.order(COLUMNS, User.id))
    rows = db.session.execute(ordered.offset(page.offset).limit(page.last - page.offset))
    return [_row(tuple(row)) for row in rows], page


def find_person(user_id: int) -> User:
    """The person of this id. Raises NotFound."""
    user = get_user(user_id)
    if user is None:
        raise NotFound("There is nobody at this address. The list of people has a search.")
    return user


def _conditions(asked: Listing) -> list[ColumnElement[bool]]:
    found = [holds(word, User.name, User.email) for word in asked.words]
    if asked.filters["role"]:
        found.append(User.roles.any(UserRole.role == asked.filters["role"]))
    return found


def _row(facts: tuple[Any, ...]) -> PersonRow:
    number, name, email, active, confirmed_at, created_at, roles, enrollments = facts
    held = (roles or "").split(",")
    shown = tuple(text for role, text in ROLES.items() if role in held)
    return PersonRow(number, name, email, active, confirmed_at is not None, created_at, shown, enrollments)
