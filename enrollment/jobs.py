"""What the worker does for access: it ends what ran out, gives places on, and warns two weeks before the end."""

from datetime import timedelta

from core import jobs
from core.database import transaction
from enrollment.cohorts.services import lapsed_places, let_lapse
from enrollment.notices import ends_to_tell, warn
from enrollment.services import end_run_out, grants_run_out

BATCH = 500  # a run; what is left waits for the next one, and is closed all the same


def register() -> None:
    """Let the worker look each hour."""
    jobs.periodic("access-ends", timedelta(hours=1), hourly)


def hourly() -> None:
    """Nothing stays open for want of this job: the door looks at the clock. It settles the records, and writes."""
    for user_id, course_id in grants_run_out(BATCH):
        with transaction():
            end_run_out(user_id, course_id)
    for place_id in lapsed_places(BATCH):
        with transaction():
            let_lapse(place_id)
    for enrollment_id in ends_to_tell(BATCH):
        with transaction():
            warn(enrollment_id)
