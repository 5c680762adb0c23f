"""What somebody was certified, as evidence that they finished the course."""

from collections.abc import Sequence

from sqlalchemy import select

from certificates.models import Certificate
from certificates.rules import show_id
from core.database import db
from core.web import absolute_url
from shop.disputes.pack import Happening, Section


def tell(user_id: int, course_ids: Sequence[int]) -> Section:
    """Each certificate with the address at which anybody may verify it."""
    query = select(Certificate).where(Certificate.user_id == user_id, Certificate.course_id.in_(course_ids))
    rows = db.session.scalars(query.order_by(Certificate.issued_at))
    return Section("Certificates", tuple(Happening(row.issued_at, _issued(row)) for row in rows), is_use=True)


def _issued(row: Certificate) -> str:
    address = absolute_url(f"/certificates/{row.id}")
    return f"Certificate {show_id(row.id)} issued to {row.holder} for {row.course_title}; verify at {address}"
