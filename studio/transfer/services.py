"""Zips that wait: kept for a day for who brought them, compared with what stands, taken over once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import delete, select

from core import storage
from core.audit import record
from core.clock import now
from core.database import after_commit, db
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.ids import crockford
from publishing import syncing
from publishing.archive import read_zip
from publishing.entries import Side
from publishing.services import Edition
from publishing.syncing import Arrival
from studio.transfer.models import BroughtZip
from studio.transfer.rules import Bringer, refusal

KEPT = timedelta(days=1)
MOST_WAITING = 5  # zips of one person
GONE = "This zip is gone: it was taken over, or its day is over. Upload it again."


@dataclass(frozen=True)
class Plan:
    """What a zip would do, and why its bringer may not do some of it, by path."""

    arrival: Arrival
    refused: Mapping[str, str]

    @property
    def can_be_taken(self) -> bool:
        return not self.refused and any(each.is_new_text or each.is_open for each in self.arrival.changes)


def store(data: bytes, by: int) -> str:
    """Put a zip that can be read into the storage: its key. It is done before the row is written, since a storage may
    be far away. Raises InvalidInput for what is no bundle, and Conflict where too many of this person wait."""
    if not data:
        raise InvalidInput("Choose a zip file first.")
    syncing.look_at(read_zip(data), is_part=True)
    if len(zips_of(by)) >= MOST_WAITING:
        raise Conflict("Five zips of yours wait already. Take them over or put them away first.")
    key = f"uploads/bundles/{crockford(26)}.zip"
    storage.media().put(key, data)
    return key


def keep(name: str, key: str, by: int) -> BroughtZip:
    """The row of a zip that is in the storage."""
    row = BroughtZip(made_by=by, made_at=now(), ends_at=now() + KEPT, name=name[:100], storage_key=key)
    db.session.add(row)
    db.session.flush()
    return row


def find_zip(zip_id: int, by: int) -> BroughtZip:
    """Raises NotFound for somebody else's, and for one whose end has come."""
    found = db.session.scalar(select(BroughtZip).filter_by(id=zip_id, made_by=by))
    if found is None or found.ends_at <= now():
        raise NotFound(GONE)
    return found


def zips_of(user_id: int) -> list[BroughtZip]:
    """Those that wait, the newest first."""
    query = select(BroughtZip).where(BroughtZip.made_by == user_id, BroughtZip.ends_at > now())
    return list(db.session.scalars(query.order_by(BroughtZip.id.desc())))


def plan_of(row: BroughtZip, bringer: Bringer, choices: Mapping[str, Side] | None = None) -> Plan:
    """What the zip would do now. Raises BrokenBundle where what stands does not let its files be read any more."""
    try:
        data = storage.media().read(row.storage_key)
    except FileNotFoundError:
        raise NotFound(GONE) from None
    arrival = syncing.look_at(read_zip(data), is_part=True, choose=choices)
    refused = {change.path: refusal(change, bringer) for change in arrival.changes}
    return Plan(arrival, {path: why for path, why in refused.items() if why})


def prepare(plan: Plan, seen: str) -> Edition:
    """Check and render it. `seen` is the fingerprint of what the person looked at. Raises Forbidden for what they may
    not do, Conflict where it has changed since or a conflict is open, BrokenBundle for faults."""
    if plan.refused:
        raise Forbidden("Some of these files you may not bring in. They are named below.")
    if plan.arrival.fingerprint != seen:
        raise Conflict(syncing.OVERTAKEN)
    return syncing.prepare(plan.arrival)


def take_over(row: BroughtZip, plan: Plan, edition: Edition, by: int) -> None:
    """Publish it, once. Raises Conflict where something else was published meanwhile, NotFound where this was."""
    put_away(row)
    syncing.take_over(plan.arrival, edition, by)
    changed = [change.path for change in plan.arrival.changes if change.is_new_text]
    record("content.import", f"zip:{row.id}", {"name": row.name, "files": _named(changed)}, actor_id=by)


def put_away(row: BroughtZip) -> None:
    """Forget the zip, row and bytes. Raises NotFound where it is gone already."""
    gone = delete(BroughtZip).where(BroughtZip.id == row.id).returning(BroughtZip.id)
    if db.session.execute(gone).first() is None:
        raise NotFound(GONE)
    after_commit(partial(storage.media().delete, row.storage_key))


def put_away_old() -> None:
    """Forget the zips whose day is over."""
    for row in db.session.scalars(select(BroughtZip).where(BroughtZip.ends_at <= now())).all():
        put_away(row)


def _named(paths: list[str]) -> list[str]:
    """So many of the paths that the trail stays readable."""
    return paths if len(paths) <= 50 else [*paths[:50], f"and {len(paths) - 50} more"]
