"""Assignments in courses of their own, for journeys, with works in the states that a page shows."""

from dataclasses import dataclass
from random import Random

from tests import factories
from tests.journeys.school import School, inside

TEXT = (
    "# Flags\n\nThe sentence at the door: **today**.\n\n| flag | speed |\n|---|---|\n| fingers | two weeks |"
)


@dataclass(frozen=True)
class Assigned:
    """An assignment's address, and that of its course in the studio."""

    url: str
    course: str


def open_assignment(school: School, learner: str, tutor: str, **settings: object) -> Assigned:
    """An assignment that `learner` may do and `tutor` marks; who has no account yet gets one."""
    from accounts.services import find_by_email
    from app import create_app

    with inside(create_app(school.config)):
        person = find_by_email(learner) or factories.make_user(learner, "Ada Learner")
        teacher = find_by_email(tutor) or factories.make_user(tutor, "Tea Tutor", "instructor")
        course = factories.make_course(modules=("quiz lesson",))
        step = factories.steps_of(course)[0]
        factories.make_assignment(step, **{"pass_mark": 50, **settings})
        factories.enroll(person, course)
        factories.teach(teacher, course)
        return Assigned(f"/learn/{course.slug}/quizzes/{step.slug}", f"/studio/courses/{course.slug}")


def begin_work(school: School, learner: str, assigned: Assigned, *deeds: str, tutor: str = "") -> str:
    """Begin a work and carry it on by these deeds, in order: hand in, claim, return, mark; its id."""
    from accounts.services import require_by_email
    from app import create_app
    from core.database import transaction
    from courses.services import find_course
    from marking import drafts, judging
    from marking.judging import Judgement
    from marking.services import Marker
    from quizzes import saving
    from quizzes.saving import Given
    from quizzes.services import find_quiz

    _, _, slug, folder, name = assigned.url.split("/")
    with inside(create_app(school.config)):
        person = require_by_email(learner).id
        marker = Marker(require_by_email(tutor).id if tutor else 0, False)
        step = next(each for each in factories.steps_of(find_course(slug)) if each.slug == name)
        with transaction():
            work = drafts.start(person, find_quiz(f"{slug}/{folder}/{name}"), step.id, Random(1)).id
            saving.save(person, work, [Given(1, {"text": [TEXT]}, False)])
        judgement = Judgement({1: [0, 2, 2, 2, 2]}, {1: ["More."] * 5}, "Name the speed.")
        known = {
            "hand in": lambda: drafts.hand_in(person, work, True),
            "claim": lambda: judging.claim(marker, work),
            "return": lambda: judging.return_work(marker, work, judgement),
            "mark": lambda: judging.give_mark(marker, work, judgement),
        }
        for deed in deeds:
            with transaction():
                known[deed]()
        return work
