"""The certification near its end, for the journey of the capstone: what is done in a learner's or a tutor's name."""

from random import Random

from tests import factories
from tests.journeys.cases import play
from tests.journeys.places import CERTIFICATION
from tests.journeys.school import School, inside

EXAM, CASE, FORMULATION, CLAIMS = (
    f"/learn/{CERTIFICATION}/quizzes/capstone-{part}" for part in ("exam", "case", "assignment", "claims")
)
CRITERIA_OF_CLAIMS = 5


def reach_capstone(school: School, learner: str, name: str, tutor: str) -> None:
    """New people: one who has done the eight modules, and one who teaches the certification."""
    from app import create_app
    from courses.services import find_course

    with inside(create_app(school.config)):
        course = find_course(CERTIFICATION)
        person = factories.make_user(learner, name)
        factories.enroll(person, course)
        before = [step for step in factories.steps_of(course) if "/quizzes/capstone-" not in step.body]
        factories.complete(person, *(step for step in before if step.required))
        factories.teach(factories.make_user(tutor, "Tea Tutor", "instructor"), course)


def answer_the_rest(school: School, learner: str, attempt: str, done: int, wrong: int) -> None:
    """Save answers by the key to all questions of an attempt but the first `done`; the last `wrong` ones are wrong."""
    from accounts.services import require_by_email
    from app import create_app
    from core.database import transaction
    from demo.answers import answer_to
    from quizzes.reads import asked, items_of
    from quizzes.saving import Given, save

    rng = Random(7)
    with inside(create_app(school.config)):
        person = require_by_email(learner).id
        rest = items_of(attempt, person)[done:]
        given = [
            Given(item.position, answer_to(asked(item.revision_id).question, right, rng), False)
            for item, right in zip(rest, [True] * (len(rest) - wrong) + [False] * wrong, strict=True)
        ]
        with transaction():
            save(person, attempt, given)


def pass_case_and_claims(school: School, learner: str, tutor: str) -> None:
    """The safe path of the case; five claims that two markers find faultless."""
    from accounts.services import require_by_email
    from app import create_app
    from quizzes.cases.play import better_play
    from quizzes.cases.reads import edition
    from quizzes.services import find_quiz

    with inside(create_app(school.config)):
        person, teacher = require_by_email(learner).id, require_by_email(tutor).id
        best = better_play(edition(int(find_quiz(_name(CASE)).content["revision"])).case)
        _write_claims(person, teacher)
    assert best is not None
    play(school, learner, CASE, *(turn.index for turn in best.turns))


def _write_claims(person: int, tutor: int) -> None:
    from core.database import transaction
    from courses.services import find_course
    from marking import drafts, judging
    from marking.judging import Judgement
    from marking.services import Marker
    from quizzes.saving import Given, save
    from quizzes.services import find_quiz

    step = next(each for each in factories.steps_of(find_course(CERTIFICATION)) if each.body == _name(CLAIMS))
    with transaction():
        work = drafts.start(person, find_quiz(step.body), step.id, Random(1)).id
        save(person, work, [Given(1, {"text": ["Guests say that they feel rested."]}, False)])
    with transaction():
        drafts.hand_in(person, work, True)
    marker = Marker(tutor, False)  # All points are far from the pass mark: no second marker reads it.
    with transaction():
        judging.claim(marker, work)
    with transaction():
        judging.give_mark(marker, work, Judgement({1: [2] * CRITERIA_OF_CLAIMS}))


def may_come_back(school: School, learner: str, attempt: str) -> set[str]:
    """Of the questions that an attempt asked, those that reviews may ask or have a card for."""
    from accounts.services import require_by_email
    from app import create_app
    from quizzes.reads import asked, items_of
    from reviews import bank
    from reviews.models import ReviewCard

    with inside(create_app(school.config)):
        from core.database import db

        person = require_by_email(learner).id
        told = {asked(item.revision_id).question.id for item in items_of(attempt, person)}
        cards = {card.subject for card in db.session.query(ReviewCard).filter_by(user_id=person)}
        return told & (bank.askable() | cards)


def _name(address: str) -> str:
    """The full name of a step's body: `course/quizzes/slug`."""
    return address.removeprefix("/learn/")
