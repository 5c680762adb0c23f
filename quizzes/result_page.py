"""What became of a submitted attempt: points, ideas, calibration, and key with reasons where they may be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select

from core.database import db
from core.web import Reader
from courses.services import OutlineStep
from progress.access import Visit
from quizzes import rules, services
from quizzes.afterwards import Return, recalled_of, returns_of
from quizzes.attempt_page import tell, terms_of
from quizzes.baselines import gain_since
from quizzes.calibration_plot import ShownCalibration, calibration_of
from quizzes.eligibility import Eligibility, eligibility
from quizzes.models import Grade, Quiz
from quizzes.pages import certificate_url, kicker, taken_out
from quizzes.quiz_settings import FeedbackWhen, QuizSettings
from quizzes.reads import AttemptHead, Item, items_of
from quizzes.regrading.told import told_of
from quizzes.results import ToldQuestion, ToldTallies, exact, tell_tallies
from quizzes.shown_gain import ShownGain, show_gain
from quizzes.words import number_word, ordinal

ONCE = "Which answers were right, and why, is shown here once "
HIDDEN = {
    FeedbackWhen.PASSED: f"{ONCE}you have passed or used your last attempt.",
    FeedbackWhen.LAST: f"{ONCE}you have used your last attempt.",
    FeedbackWhen.CLOSED: f"{ONCE}the quiz has closed.",
    FeedbackWhen.NEVER: "The questions of this exam are kept for others, so their answers are not shown.",
}
BY_AVERAGE = "Passed, by the average of your attempts."
LAST_COUNTS = "Your last attempt counts."
STAYS = "This attempt did not pass. Your pass stays."
NOT_BEFORE_THE_MODULE = "Which answers were right is not shown here: the module explains them."


@dataclass(frozen=True)
class ResultPage:
    """A marked attempt. `missed` is None while key and reasons may not be seen; `hidden` then says until when."""

    title: str
    kicker: str
    headline: str
    lede: str
    percent: int | None
    points: str
    possible: str
    passed: bool | None  # the quiz, by what counts of all attempts; None while this one is being marked
    may_retry: bool
    start_url: str  # empty where the step was taken out
    course_url: str
    following: OutlineStep | None
    certificate_url: str
    objectives: ToldTallies | None
    topics: ToldTallies | None
    missed: tuple[ToldQuestion, ...] | None
    right: tuple[ToldQuestion, ...]
    hidden: str
    regraded: tuple[str, ...]  # sentences on how it became another one since the submission
    read_again: tuple[
        tuple[str, str], ...
    ]  # address and title of lessons, where the questions may not be named
    calibration: ShownCalibration | None
    print_url: str
    marks_url: str  # what a marker says of it; empty where the machine marked all
    gain: ShownGain | None  # since the quiz before the module
    pdf_url: str
    url: str
    attempt_id: str
    returns: Mapping[int, Return]  # by position; empty while key and reasons may not be seen


def result_page(head: AttemptHead, here: Visit, reader: Reader) -> ResultPage:
    """What became of a submitted attempt, with key and reasons where they may be seen."""
    quiz = services.find_quiz(here.step.body)
    learner = eligibility(reader.user_id, quiz, here.step.id)
    asked_for = items_of(head.id, reader.user_id)
    items = [item for item in asked_for if not item.dropped]
    may_see = rules.may_see_feedback(head.settings, head.state, learner.standing)
    told = tell(head, here, items) if may_see else None
    tells_ideas = may_see or _never_shows(head)
    missed = None if told is None else tuple(each for each in told if each.verdict != "right")
    return ResultPage(
        title=head.title,
        kicker=f"{kicker(here)}, {ordinal(head.number)} attempt",
        headline=_headline(head, learner, None if missed is None else len(missed)),
        lede=_lede(head, learner) + taken_out(here),
        percent=head.percent,
        points="" if head.points is None else exact(head.points),
        possible=exact(head.possible),
        passed=None if head.passed is None else learner.standing.has_passed,
        may_retry=learner.decision.may and not here.step.is_taken_out,
        start_url="" if here.step.is_taken_out else here.step.url,
        course_url=f"/learn/{here.outline.slug}",
        following=here.outline.neighbours(here.step)[1],
        certificate_url=certificate_url(reader, here),
        objectives=_objectives(quiz, items) if tells_ideas else None,
        topics=tell_tallies("topic", items, {}) if tells_ideas else None,
        missed=missed,
        right=tuple(each for each in told or () if each.verdict == "right"),
        regraded=told_of(head, reader, learner.standing.has_passed),
        hidden="" if may_see else _hidden(head.settings),
        read_again=() if may_see or not tells_ideas else _read_again(here, items),
        calibration=calibration_of(items, told) if told and terms_of(head).certainty else None,
        print_url=f"{head.url}/print",
        marks_url=f"{head.url}/marks" if _waited_for_person(head.id, asked_for) else "",
        gain=_gain(reader.user_id, quiz, head, items),
        pdf_url=f"{head.url}.pdf",
        url=head.url,
        attempt_id=head.id,
        returns=returns_of(head.id, reader) if may_see else {},
    )


def _waited_for_person(attempt_id: str, items: Sequence[Item]) -> bool:
    """Whether a person marks, or was to mark: not where all of that was dropped before it was handed in."""
    for_people = [item for item in items if item.is_for_people]
    if any(not item.dropped for item in for_people):
        return True
    first = select(Grade.points_num).filter_by(attempt_id=attempt_id).order_by(Grade.id).limit(1)
    return bool(for_people) and db.session.scalar(first) is None


def _gain(user_id: int, quiz: Quiz, head: AttemptHead, items: Sequence[Item]) -> ShownGain | None:
    found = gain_since(user_id, quiz, head.started_at, items)
    return show_gain(found, recalled_of(user_id, found.ideas)) if found else None


def _hidden(settings: QuizSettings) -> str:
    return NOT_BEFORE_THE_MODULE if settings.baseline else HIDDEN[FeedbackWhen(settings.feedback)]


def _never_shows(head: AttemptHead) -> bool:
    """An exam that never shows its items tells points by idea instead, and what to read again."""
    return head.settings.feedback == FeedbackWhen.NEVER


def _read_again(here: Visit, items: Sequence[Item]) -> tuple[tuple[str, str], ...]:
    """The lessons of the questions that were not wholly right, each once, in the order of the course."""
    missed = {item.asked.question.see.partition("#")[0] for item in items if not _is_right(item)}
    steps = (step for step in here.outline.steps if step.kind == "lesson" and step.slug in missed)
    return tuple((step.url, step.title) for step in steps)


def _is_right(item: Item) -> bool:
    return item.score == item.asked.question.points


def _objectives(quiz: Quiz, items: Sequence[Item]) -> ToldTallies | None:
    """None where the quiz does not know the words of its objectives."""
    words = quiz.content.get("objectives", {})
    return tell_tallies("objective", items, words) if words else None


def _headline(head: AttemptHead, learner: Eligibility, missed: int | None) -> str:
    if head.settings.baseline:
        return "Your starting point."
    if head.passed is None:
        return "Handed in. A person marks a part of it."
    if not learner.standing.has_passed:
        return "Not passed yet."
    if not head.passed:
        return BY_AVERAGE if learner.results.average is not None and learner.results.passes else STAYS
    if not missed:
        return "Passed."
    return f"Passed, with {number_word(missed)} {'question' if missed == 1 else 'questions'} worth a second look."


def _lede(head: AttemptHead, learner: Eligibility) -> str:
    if head.settings.baseline:
        return (
            "Nothing depends on it. The quiz after the module asks the same ideas and shows what you gained."
        )
    if head.percent is None:
        return f"You need {head.pass_percent} percent. The result stands here once it is marked."
    ran_out = " Time ran out, and what was saved by then was marked." if head.timed_out else ""
    return f"{_needed(head, learner)}{ran_out}"


def _needed(head: AttemptHead, learner: Eligibility) -> str:
    """What was needed and what there is, of this attempt and, where it counts, of all of them."""
    average = learner.results.average
    if average is not None:
        mean = rules.percent(average, Fraction(1), head.pass_percent)
        needed = f"You need {head.pass_percent} percent in the average of your attempts, which is {mean}."
        return f"{needed} This attempt has {head.percent}."
    needed = f"You needed {head.pass_percent} percent, and this attempt has {head.percent}."
    if head.passed and not learner.standing.has_passed:
        return f"{needed} {LAST_COUNTS}"
    if learner.standing.has_passed and not head.passed:
        return needed
    return f"You needed {head.pass_percent} percent and have {head.percent}."
