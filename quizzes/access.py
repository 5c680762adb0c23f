"""The door of an attempt: whose it is, where it stands, and whether it may still be answered."""

from core.errors import Conflict
from core.web import Reader, signed_in
from courses.services import find_ever
from progress.access import Visit, closed, visit
from quizzes.reads import AttemptHead, attempt_head


def open_attempt(attempt_id: str) -> tuple[AttemptHead, Visit, Reader]:
    """The reader's attempt and where it stands; NotFound for anybody else's."""
    person = signed_in()
    head = attempt_head(attempt_id, person.user_id)
    return head, where(head.course, head.step, person), person


def where(course: str, step: str, person: Reader) -> Visit:
    """The step of an attempt, also when it was taken out of the course."""
    return visit(course, step, "quiz", person, find_ever)


def require_open(here: Visit) -> None:
    """The same question at each door: whoever may not read the step may not answer it either."""
    if not here.decision.allowed:
        raise closed(here)
    require_in_course(here)


def require_in_course(here: Visit) -> None:
    """No attempt goes on at a step that was taken out; it waits, in case the step comes back."""
    if here.step.is_taken_out:
        raise Conflict(
            f"{here.step.title} was taken out of the course. Nothing is lost: your answers are kept, and so is "
            f"all that you completed. If the {here.step.noun} comes back, you go on where you stopped."
        )
