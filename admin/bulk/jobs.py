"""What the worker does for uploads: it enrolls batch by batch, and forgets old files."""

from datetime import timedelta

from admin.bulk import services
from core import jobs
from core.database import transaction


def register() -> None:
    """Let the worker enroll at the bell, and each minute what a lost bell or worker left."""
    jobs.answer_alone(services.BELL, apply)
    jobs.periodic("bulk-sweep", timedelta(minutes=1), sweep)
    jobs.periodic("bulk-purge", timedelta(days=1), purge)


def apply(upload_id: int) -> None:
    """Enroll the people of an upload to its end, each batch in a transaction of its own."""
    is_more = True
    while is_more:
        with transaction():
            is_more = services.apply_next(upload_id)


def sweep() -> None:
    """A bell for each upload that is not at its end."""
    for upload_id in services.under_way():
        jobs.ring(services.BELL, upload_id)


def purge() -> None:
    """Forget what old files named."""
    with transaction():
        services.forget_old()
