"""The demo's data: the accounts of the README and three months of invented learners, by the real services."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from random import Random

from sqlalchemy import select, update

from accounts.rules import Role
from accounts.services import create_user, find_by_email
from core import clock
from core.database import db
from core.outbox import MailState, OutboxMail
from core.school import change_school
from courses.models import Course, CourseInstructor, Step
from courses.services import find_course
from demo import sales
from demo.answers import answer_to
from demo.people import (
    ADMIN,
    AUTHORS,
    FINANCE,
    INSTRUCTOR,
    LEARNER,
    MANAGER,
    NEW,
    PASSWORD,
    PRACTICE,
    SUPPORT,
    TEAM,
    TIME_ZONES,
    invent,
)
from demo.reviews import review
from demo.works import FORMULATION, Desk, story
from enrollment.rules import GrantKind
from enrollment.services import enroll, start_free
from lessons.models import Lesson
from marking.services import Marker
from progress.services import complete_step, remember_place
from quizzes.cases.play import Effect, Play
from quizzes.cases.reads import edition
from quizzes.cases.services import choose, tokens
from quizzes.cases.services import start as start_case
from quizzes.closing import submit
from quizzes.models import Attempt, AttemptItem
from quizzes.quiz_settings import QuizKind, QuizSettings
from quizzes.reads import asked
from quizzes.saving import Given, save
from quizzes.services import find_quiz, start
from reviews.entering import mark
from reviews.news import take_in
from shop.offers import of_course
from shop.orders import Buyer
from teams.rules import Share

SEED = 90
DAYS = 90
LEARNERS = 60
REVIEWING = 6  # learners who review, beside the first
REVIEWS_EVERY = 5  # days
HELP = "help@demo.example"
FREE, CERTIFICATION = "the-stress-skin-cycle", "holistic-dermatology-certification"
LONGEST = timedelta(hours=2)  # of what happens at one time, two attempts at a quiz or a case
BEFORE = 0.55  # of the skill is there before the module
SURE = 1.0  # the skill of one who misses nothing

Happening = Callable[[], None]


@dataclass
class Diary:
    """What happened when, to be lived through in order; nothing lies in the future."""

    present: datetime
    entries: list[tuple[datetime, int, Happening]] = field(default_factory=list)

    def write(self, moment: datetime, happening: Happening) -> None:
        if moment < self.present - LONGEST:
            self.entries.append((moment, len(self.entries), happening))

    def live(self) -> None:
        """Let it all happen, each thing at its time."""
        try:
            for moment, _, happening in sorted(self.entries, key=lambda entry: entry[:2]):
                clock.set_now(moment)
                happening()
                db.session.flush()
        finally:
            clock.set_now(None)


@dataclass
class Learner:
    """Someone of the demo, once registered. `skill` is the share of questions answered rightly."""

    email: str
    name: str
    skill: float
    rng: Random
    password: str | None = None
    slips: tuple[int, ...] = ()  # positions of questions that are always missed
    time_zone: str = "Europe/Berlin"
    user_id: int = 0

    def register(self) -> None:
        self.user_id = create_user(self.email, self.name, self.password, time_zone=self.time_zone).id

    @property
    def as_buyer(self) -> Buyer:
        return Buyer(self.user_id, self.email)


def seed() -> bool:
    """Write the demo's data; False where they are. The courses must be published. Raises NotFound."""
    if find_by_email(LEARNER[0]) is not None:
        return False
    free, certification = find_course(FREE), find_course(CERTIFICATION)
    diary, rng = Diary(clock.now()), Random(SEED)  # noqa: S311 - invented, and the same for everybody
    admin = _staff(diary.present - timedelta(days=DAYS + 5))
    change_school({"support_email": HELP})
    sales.open_shop(certification, admin)
    newcomer = Learner(*NEW, SURE, rng, PASSWORD)
    diary.write(diary.present - timedelta(days=1), newcomer.register)
    priya = _write_priya(diary, free, certification)
    _write_reviews(diary, priya, every=2)
    for number, (email, name) in enumerate(invent(LEARNERS, rng)):
        learner = Learner(email, name, rng.uniform(0.72, 0.98), rng)
        _write_learner(diary, learner, free, certification, admin)
        if number < REVIEWING:
            _write_reviews(diary, learner, REVIEWS_EVERY)
    _write_authors(diary, certification)
    _write_team(diary, certification)
    diary.live()
    take_in(priya.user_id)  # What waits of the others the worker takes in within a minute.
    _send_old_mail()
    return True


def _staff(moment: datetime) -> int:
    """The instructor of every course, support, finance, and the admin, whose id is returned."""
    clock.set_now(moment)
    try:
        teacher = create_user(*INSTRUCTOR, PASSWORD, (Role.LEARNER, Role.INSTRUCTOR))
        admin = create_user(*ADMIN, PASSWORD, (Role.LEARNER, Role.ADMIN))
        create_user(*SUPPORT, PASSWORD, (Role.LEARNER, Role.SUPPORT))
        create_user(*FINANCE, PASSWORD, (Role.LEARNER, Role.FINANCE))
    finally:
        clock.set_now(None)
    for course_id in db.session.scalars(select(Course.id)):
        db.session.add(CourseInstructor(course_id=course_id, user_id=teacher.id))
    db.session.flush()
    return admin.id


def _write_priya(diary: Diary, free: Course, certification: Course) -> Learner:
    """The free course finished a month ago, with its certificate; the certification about 40 % through."""
    priya = Learner(*LEARNER, SURE, Random(SEED), PASSWORD, slips=(4,))  # noqa: S311
    day = diary.present.replace(hour=9, minute=12, second=0, microsecond=0) - timedelta(days=49)
    diary.write(day, priya.register)
    diary.write(day + timedelta(minutes=6), partial(_start, priya, free))
    for number, step in enumerate(steps_of(free), 1):
        diary.write(day + timedelta(days=3 * number - 1, hours=number), partial(_do, priya, step))
    begun, left = 31, 2  # days ago
    evening = diary.present.replace(hour=18, minute=40, second=0, microsecond=0)
    diary.write(evening - timedelta(days=begun), partial(_buy, priya, certification))
    steps = steps_of(certification)
    half = round(len(steps) * 0.4)
    for number, step in enumerate(steps[:half], 1):
        days = begun - (begun - left) * number // half
        diary.write(evening - timedelta(days=days, minutes=-number), partial(_do, priya, step))
    last = evening - timedelta(days=left, minutes=-90)
    diary.write(last, partial(_stop_at, priya, steps[half]))
    first_quiz = next(step for step in steps if step.noun == QuizKind.QUIZ and step.required)
    diary.write(last, partial(_mark, priya, first_quiz))
    return priya


def _write_reviews(diary: Diary, learner: Learner, every: int) -> None:
    """Reviews in the evening of each of so many days, the last time three days ago: something is due again."""
    evening = diary.present.replace(hour=20, minute=5, second=0, microsecond=0)
    for days in range(3, DAYS, every):
        diary.write(evening - timedelta(days=days), partial(_review, learner, days))


def _write_learner(diary: Diary, learner: Learner, free: Course, certification: Course, admin: int) -> None:
    """Registers some day, starts one or both courses, goes on for a while."""
    rng = learner.rng
    learner.time_zone = rng.choice(TIME_ZONES)
    day = diary.present.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(
        days=DAYS * rng.random() ** 1.2
    )
    begun = _evening(day, rng)
    diary.write(begun, learner.register)
    if rng.random() < 0.85:
        begun += timedelta(minutes=rng.randint(2, 40))
        diary.write(begun, partial(_start, learner, free))
        begun = _write_steps(diary, learner, steps_of(free), begun, stays=0.86)
    # Nothing was bought in the last days, which the school goes through with Stripe, who knows nothing of it.
    latest = diary.present - timedelta(days=4)
    if rng.random() < 0.45 and begun < latest:
        begun = min(begun + timedelta(days=rng.randint(0, 6), minutes=rng.randint(5, 300)), latest)
        begun = _write_entry(diary, learner, certification, begun, admin)
        _write_steps(diary, learner, steps_of(certification), begun, stays=0.9)


def _write_authors(diary: Diary, course: Course) -> None:
    """Three who are done with all but the written parts; without such parts in the course there are none."""
    steps = _all_steps_of(course)
    written = {step.slug: step for step in steps if step.noun == QuizKind.ASSIGNMENT}
    if FORMULATION not in written:
        return
    authors = [Learner(email, name, SURE, Random(SEED)) for email, name in AUTHORS]  # noqa: S311
    done = [step for step in steps if step.slug not in written]
    for number, author in enumerate(authors):
        begun = diary.present - timedelta(days=DAYS - number, hours=2 * number)
        diary.write(begun, author.register)
        diary.write(begun + timedelta(minutes=9), partial(_buy, author, course))
        for place, step in enumerate(done, 1):
            diary.write(begun + timedelta(days=place, minutes=31), partial(_complete, author, step))
    teacher = find_by_email(INSTRUCTOR[0])
    assert teacher is not None
    for ago, deed in story(Desk(written, Marker(teacher.id, is_admin=False)), *authors):
        diary.write(diary.present - ago, deed)


def _write_team(diary: Diary, course: Course) -> None:
    """A practice with seats: one is used, one was just accepted, one is still invited, the others are free."""
    manager = Learner(*MANAGER, SURE, Random(SEED), PASSWORD)  # noqa: S311
    members = [Learner(email, name, SURE, Random(SEED)) for email, name in TEAM]  # noqa: S311
    bought = diary.present - timedelta(days=26, hours=3)
    for learner in (manager, *members[:2]):
        diary.write(bought - timedelta(minutes=40), learner.register)
    diary.write(bought, lambda: sales.buy_seats(manager.as_buyer, course, PRACTICE))
    addresses = [learner.email for learner in members]
    diary.write(bought + timedelta(minutes=20), lambda: sales.invite(manager.user_id, course, addresses))
    for learner, days, steps in zip(members, (1, 22), (8, 0), strict=False):
        begun = bought + timedelta(days=days)
        diary.write(begun, partial(_accept_seat, learner))
        for number, step in enumerate(steps_of(course)[:steps], 1):
            diary.write(begun + timedelta(days=2 * number), partial(_do, learner, step))


def _accept_seat(learner: Learner) -> None:
    sales.accept_seat(learner.user_id, Share.CERTIFICATE)


def _write_entry(diary: Diary, learner: Learner, course: Course, begun: datetime, admin: int) -> datetime:
    """One in eight is let in by hand, the others pay; one in six of them leaves a checkout first. When they are in."""
    if learner.rng.random() < 1 / 8:
        diary.write(begun, partial(_admit, learner, course, admin))
        return begun
    if learner.rng.random() < 1 / 6:
        diary.write(begun, partial(_leave_checkout, learner, course))
        begun += timedelta(days=1, hours=2)
    diary.write(begun, partial(_buy, learner, course))
    return begun


def _write_steps(
    diary: Diary, learner: Learner, steps: list[Step], begun: datetime, stays: float
) -> datetime:
    """Step by step until one stays away; the last moment."""
    moment = begun
    for step in steps:
        moment = _evening(
            moment + timedelta(days=learner.rng.choice((0, 1, 1, 2, 3, 7))), learner.rng, moment
        )
        if learner.rng.random() > stays:
            diary.write(moment, partial(_stop_at, learner, step))
            break
        diary.write(moment, partial(_do, learner, step))
    return moment


def _evening(day: datetime, rng: Random, after: datetime | None = None) -> datetime:
    """Some time of that day, and later than `after`."""
    moment = day.replace(
        hour=rng.choice((7, 8, 12, 13, 18, 19, 20, 21)), minute=rng.randrange(60), second=rng.randrange(60)
    )
    if after is not None and moment <= after:
        return after + timedelta(minutes=rng.randint(20, 55))
    return moment


def _start(learner: Learner, course: Course) -> None:
    start_free(learner.user_id, course)


def _admit(learner: Learner, course: Course, admin: int) -> None:
    enroll(learner.user_id, course.id, GrantKind.ADMIN, granted_by=admin)


def _buy(learner: Learner, course: Course) -> None:
    sales.buy(learner.as_buyer, of_course(course))


def _leave_checkout(learner: Learner, course: Course) -> None:
    sales.leave_checkout(learner.as_buyer, of_course(course))


def _do(learner: Learner, step: Step) -> None:
    TRIES[step.noun](learner, step)


def _stop_at(learner: Learner, step: Step) -> None:
    """Read half of a lesson, and leave."""
    outline = db.session.scalar(select(Lesson.outline).filter_by(name=step.body)) or []
    headings = [entry["id"] for entry in outline if entry["level"] == 2]
    remember_place(learner.user_id, step, headings[len(headings) // 2] if headings else "")


def _try_quiz(learner: Learner, step: Step) -> None:
    """One attempt, and a second one half an hour later where the first did not pass."""
    for _ in range(2):
        quiz = find_quiz(step.body)
        attempt = start(learner.user_id, quiz, step.id, learner.rng)
        is_baseline = bool(QuizSettings.from_json(quiz.settings).baseline)
        given = [_given(learner, item, BEFORE if is_baseline else 1.0) for item in attempt.items]
        moment = clock.now() + timedelta(minutes=len(given) + learner.rng.randint(2, 12))
        clock.set_now(moment)
        attempt_id = attempt.id
        save(learner.user_id, attempt_id, given)
        db.session.expire_all()  # Answers are saved past the session; a request would begin with a fresh one.
        if submit(learner.user_id, attempt_id).passed:
            return
        clock.set_now(moment + timedelta(minutes=30))


def _try_case(learner: Learner, step: Step) -> None:
    """One play, and a second one with more care where the first did not pass."""
    for skill in (learner.skill, (learner.skill + 2 * SURE) / 3):
        attempt_id = start_case(learner.user_id, find_quiz(step.body), step.id).id
        play = Play(edition(_current_case(step)).case)
        while not play.is_over:
            clock.set_now(clock.now() + timedelta(minutes=learner.rng.randint(1, 2)))
            token = _token_of_choice(learner, attempt_id, play, skill)
            play = choose(learner.user_id, attempt_id, len(play.turns) + 1, token)
        if play.passed:
            return
        clock.set_now(clock.now() + timedelta(minutes=20))


def _current_case(step: Step) -> int:
    return int(find_quiz(step.body).content["revision"])


def _token_of_choice(learner: Learner, attempt_id: str, play: Play, skill: float) -> str:
    """The name of the choice that scores most, or of any other one."""
    ways = [play.choose(index).turns[-1] for index in play.offered]
    best = next((turn.index for turn in ways if turn.effect == Effect.STRONG), play.offered[0])
    chosen = best if learner.rng.random() < skill else learner.rng.choice(play.offered)
    return next(iter(tokens(attempt_id, len(play.turns) + 1, [chosen])))


def _review(learner: Learner, days: int) -> None:
    # With chance of their own, the same in every demo: the course of the others stays what it was.
    chance = Random(f"{learner.email} {days}")  # noqa: S311
    review(learner.user_id, min(learner.skill, 0.9), learner.time_zone, chance)


def _mark(learner: Learner, step: Step) -> None:
    """A question of a quiz shall come back: one is due to her, whatever the day of the demo."""
    query = select(Attempt.id).filter_by(user_id=learner.user_id, step_id=step.id)
    mark(learner.user_id, db.session.scalars(query.order_by(Attempt.number)).all()[-1], 1)


def _complete(learner: Learner, step: Step) -> None:
    complete_step(learner.user_id, step)


TRIES: dict[str, Callable[[Learner, Step], None]] = {
    "lesson": _complete,
    QuizKind.QUIZ: _try_quiz,
    QuizKind.CASE: _try_case,
}


def _given(learner: Learner, item: AttemptItem, part: float) -> Given:
    """An answer; `part` of the skill is there."""
    right = item.position not in learner.slips and learner.rng.random() < learner.skill * part
    return Given(
        item.position, answer_to(asked(item.revision_id).question, right, learner.rng), flagged=False
    )


def steps_of(course: Course) -> list[Step]:
    """The steps that the course has now, in order, up to the first that the demo's learners cannot do yet."""
    return list(takewhile(lambda step: step.noun in TRIES, _all_steps_of(course)))


def _all_steps_of(course: Course) -> list[Step]:
    query = select(Step).where(Step.course_id == course.id, Step.retired_at.is_(None))
    return list(db.session.scalars(query.order_by(Step.position)))


def _send_old_mail() -> None:
    """What was written in those months is no news today: no worker needs to deliver it."""
    db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.state == MailState.NEW, OutboxMail.to_address.endswith("@demo.example"))
        .values(state=MailState.SENT, sent_at=OutboxMail.created_at)
        .execution_options(synchronize_session=False)
    )
