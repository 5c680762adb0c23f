"""What a learner's page needs of one course, in one statement on the bare driver."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, and_, bindparam, select

from core.clock import now
from core.errors import NotFound
from core.reads import HotRead, IdList, read_ids
from core.school import current_school
from courses.models import Course, CourseInstructor, Step
from enrollment.cohorts.models import Cohort, CohortPlace
from enrollment.cohorts.rules import PlaceState
from enrollment.models import Enrollment
from enrollment.rules import Schedule, is_open
from progress.models import CourseCompletion, ReadingPlace, StepCompletion

# The reader's id, and the ids of the steps of the enclosing Course that this reader has completed, as text.
READER: BindParameter[int] = bindparam("user_id")
DONE_STEPS = (
    select(IdList(StepCompletion.step_id))
    .join(Step, Step.id == StepCompletion.step_id)
    .where(StepCompletion.user_id == READER, Step.course_id == Course.id)
    .correlate(Course)
    .scalar_subquery()
)
_state = (
    select(
        Course.id,
        Course.version,
        Course.order,
        Enrollment.state,
        Enrollment.reason,
        Enrollment.end_reason,
        Enrollment.pause_reason,
        Enrollment.started_at,
        Enrollment.ends_at,
        Cohort.starts_on,
        CourseInstructor.user_id,
        ReadingPlace.step_id,
        ReadingPlace.heading,
        ReadingPlace.seen_at,
        CourseCompletion.completed_at,
        DONE_STEPS.label("done"),
    )
    .outerjoin(Enrollment, and_(Enrollment.course_id == Course.id, Enrollment.user_id == READER))
    .outerjoin(
        CohortPlace,
        and_(
            CohortPlace.course_id == Course.id,
            CohortPlace.user_id == READER,
            CohortPlace.state == PlaceState.TAKEN,
            CohortPlace.stays_open.is_(False),
        ),
    )
    .outerjoin(Cohort, Cohort.id == CohortPlace.cohort_id)
    .outerjoin(
        CourseInstructor, and_(CourseInstructor.course_id == Course.id, CourseInstructor.user_id == READER)
    )
    .outerjoin(ReadingPlace, and_(ReadingPlace.course_id == Course.id, ReadingPlace.user_id == READER))
    .outerjoin(
        CourseCompletion,
        and_(
            CourseCompletion.course_id == Course.id,
            CourseCompletion.user_id == READER,
            CourseCompletion.cycle == 1,
        ),
    )
)
_by_course = HotRead(_state.where(Course.slug == bindparam("course")))


@dataclass(frozen=True)
class Learner:
    """Where one person stands in one course.

    `enrollment` is the state of the enrollment or None, `reason` the kind of grant that decides, `end_reason` why it
    ended, `pause_reason` why it is paused; `since` is when the stay began, `ends_at` when it runs out, `begins_on` the
    first day of their cohort, where they wait for it; `done` holds the ids of completed steps; `place` and `heading`
    say where the reading stopped at `seen_at`; `completed_at` is set once all required steps were done.
    """

    user_id: int
    course_id: int
    version: int
    order: str
    enrollment: str | None
    reason: str
    end_reason: str
    pause_reason: str
    since: datetime | None
    ends_at: datetime | None
    begins_on: date | None
    teaches: bool
    place: int | None
    heading: str
    seen_at: datetime | None
    completed_at: datetime | None
    done: frozenset[int]

    @property
    def state(self) -> str | None:
        return self.enrollment

    @property
    def is_in(self) -> bool:
        """Whether the course is open to this person as its learner."""
        return is_open(self, now())

    @property
    def schedule(self) -> Schedule:
        """From when this person's steps open."""
        return Schedule(self.since, self.begins_on, ZoneInfo(current_school().time_zone))


def learner_in(course_slug: str, user_id: int) -> Learner:
    """Where this person stands in the course of this address. Raises NotFound for no such course."""
    rows = _by_course(course=course_slug, user_id=user_id)
    if not rows:
        raise NotFound("There is no course at this address. The catalogue lists all of them.")
    (
        course_id, version, order, state, reason, ended, paused, since, ends_at, begins_on, teaches, place, heading,
        seen_at, completed_at, done,
    ) = rows[0]  # fmt: skip
    return Learner(
        user_id,
        course_id,
        version,
        order,
        state,
        reason or "",
        ended or "",
        paused or "",
        since,
        ends_at,
        begins_on,
        teaches is not None,
        place,
        heading or "",
        seen_at,
        completed_at,
        read_ids(done),
    )
