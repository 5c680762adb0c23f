"""Who of those that were ticked has no access, and what of it the school can give back."""

from collections.abc import Sequence
from dataclasses import dataclass

from admin.access_words import KINDS, LAPSED
from admin.enrollments import REVOKED, EnrollmentRow
from enrollment.reopening import Ended, ended_by_school


@dataclass(frozen=True)
class Outsider:
    """Somebody without access: in words, what would stand again, and what stays ended with the reason. Nothing of both
    where it was not the school that ended it."""

    row: EnrollmentRow
    stands: tuple[str, ...]
    lapsed: tuple[tuple[str, str], ...]

    @property
    def comes_back(self) -> bool:
        return bool(self.stands)


def outsiders(rows: Sequence[EnrollmentRow]) -> list[Outsider]:
    """Those of these who have no access."""
    outside = [row for row in rows if row.state == REVOKED]
    ended = ended_by_school([row.id for row in outside])
    return [_outsider(row, ended.get(row.id, Ended())) for row in outside]


def _outsider(row: EnrollmentRow, ended: Ended) -> Outsider:
    return Outsider(
        row,
        tuple(KINDS[grant.kind] for grant in ended.standing),
        tuple((KINDS[grant.kind], LAPSED[grant.kind]) for grant in ended.lapsed),
    )
