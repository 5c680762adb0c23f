"""A small case in a course of its own, for journeys: with a weak, a critical and an unsafe way."""

from tests import factories
from tests.journeys.school import School, inside


def open_case(school: School, email: str, text: str = factories.CASE) -> str:
    """The address of a case that this person may play; who has no account yet gets one."""
    from accounts.services import find_by_email
    from app import create_app

    with inside(create_app(school.config)):
        person = find_by_email(email) or factories.make_user(email)
        course = factories.make_course(modules=("quiz lesson",))
        step = factories.steps_of(course)[0]
        factories.make_case(step, text)
        factories.enroll(person, course)
        return f"/learn/{course.slug}/quizzes/{step.slug}"


def play(school: School, email: str, case: str, *choices: int) -> str:
    """Begin a play of the case and make these choices, numbered as the author wrote them; its address."""
    from accounts.services import require_by_email
    from app import create_app
    from core.database import transaction
    from courses.services import find_course
    from quizzes.cases import services
    from quizzes.services import find_quiz

    _, _, course, folder, slug = case.split("/")
    with inside(create_app(school.config)):
        person = require_by_email(email).id
        step = next(each for each in factories.steps_of(find_course(course)) if each.slug == slug)
        with transaction():
            attempt = services.start(person, find_quiz(f"{course}/{folder}/{slug}"), step.id).id
        for position, index in enumerate(choices, 1):
            token = next(iter(services.tokens(attempt, position, [index])))
            with transaction():
                services.choose(person, attempt, position, token)
    return f"/attempts/{attempt}"
