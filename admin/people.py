"""People as the admin reads them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from accounts.models import PersonWord, User, UserRole
from accounts.rules import Role
from accounts.services import get_user
from admin.listing import Listing
from admin.paging import Order, Page, Table, Term, find_page, in_order
from admin.search import WORDS, begins, is_found
from core.database import db
from core.errors import NotFound
from enrollment.models import Enrollment

ROLES = {role.value: role.value.capitalize() for role in Role}
PEOPLE = Table(
    User.id,
    {"name": Order((User.name_key,)), "email": Order((User.email,)), "joined": Order((User.created_at,))},
)
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


def page_of_people(asked: Listing) -> tuple[list[PersonRow], Page]:
    """One page of what was asked for, and where it stands in the whole."""
    page = find_page(PEOPLE, asked, _terms(asked))
    query = select(
        User.id, User.name, User.email, User.active, User.confirmed_at, User.created_at, _roles, _enrollments
    )
    rows = db.session.execute(query.where(User.id.in_(page.ids)))
    return in_order(page.ids, {row[0]: _row(tuple(row)) for row in rows}), page


def find_person(user_id: int) -> User:
    """The person of this id. Raises NotFound."""
    user = get_user(user_id)
    if user is None:
        raise NotFound("There is nobody at this address. The list of people has a search.")
    return user


def _terms(asked: Listing) -> list[Term]:
    found = [
        Term(is_found(User.id, word), select(PersonWord.user_id).where(begins(word)), WORDS)
        for word in asked.words
    ]
    if role := asked.filters["role"]:
        found.append(
            Term(User.roles.any(UserRole.role == role), select(UserRole.user_id).where(UserRole.role == role))
        )
    return found


def _row(facts: tuple[Any, ...]) -> PersonRow:
    number, name, email, active, confirmed_at, created_at, roles, enrollments = facts
    held = (roles or "").split(",")
    shown = tuple(text for role, text in ROLES.items() if role in held)
    return PersonRow(number, name, email, active, confirmed_at is not None, created_at, shown, enrollments)
