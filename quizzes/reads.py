"""What the pages of an attempt need, on the bare driver.

Revisions of questions never change, so they are kept in memory.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import bindparam, select

from core.database import db
from core.errors import NotFound
from core.reads import HotRead
from courses.models import Course, Step
from quizzes.kinds import QUESTION_KINDS
from quizzes.marks import Certainty
from quizzes.models import Attempt, AttemptItem, CasePlay, QuestionRevision, Quiz
from quizzes.presentation import Layout
from quizzes.questions import Question
from quizzes.quiz_settings import QuizKind, QuizSettings
from quizzes.revisions import Revisions
from quizzes.rules import AttemptState, answer_that_counts, grade, is_answered
from quizzes.terms import Terms

MOST_KEPT = 5_000  # revisions
PARAGRAPH = re.compile(r"\s*<p>((?:(?!<p[ >]).)*)</p>\s*", re.DOTALL)

_mine = (Attempt.id == bindparam("attempt_id"), Attempt.user_id == bindparam("user_id"))
_head = HotRead(
    select(
        Attempt.state, Attempt.number, Attempt.pass_percent, Attempt.percent, Attempt.passed,
        Attempt.points_num, Attempt.points_den, Attempt.max_num, Attempt.max_den, Attempt.submitted_at,
        Attempt.terms, Attempt.started_at, Attempt.deadline_at, Attempt.timed_out, Attempt.reached,
        Attempt.quiz_id, Quiz.title, Quiz.kind, Quiz.settings, Course.slug, Step.slug, CasePlay.revision_id,
    )
    .outerjoin(CasePlay, CasePlay.attempt_id == Attempt.id)
    .join(Quiz, Quiz.id == Attempt.quiz_id)
    .join(Step, Step.id == Attempt.step_id)
    .join(Course, Course.id == Step.course_id)
    .where(*_mine)
)  # fmt: skip
_items_query = (
    select(
        AttemptItem.position, AttemptItem.revision_id, AttemptItem.layout, AttemptItem.answer,
        AttemptItem.flagged, AttemptItem.score_num, AttemptItem.score_den, AttemptItem.mark_num,
        AttemptItem.mark_den, AttemptItem.seq, AttemptItem.certainty, AttemptItem.hinted, AttemptItem.tried,
        AttemptItem.final_at, AttemptItem.dropped,
    )
    .join(Attempt, Attempt.id == AttemptItem.attempt_id)
    .where(*_mine)
)  # fmt: skip
_items = HotRead(_items_query.order_by(AttemptItem.position))
_asked_query = (
    select(
        Attempt.state,
        Course.slug,
        Step.slug,
        AttemptItem.position,
        AttemptItem.revision_id,
        AttemptItem.layout,
    )
    .join(Attempt, Attempt.id == AttemptItem.attempt_id)
    .join(Step, Step.id == Attempt.step_id)
    .join(Course, Course.id == Step.course_id)
    .where(*_mine)
)
_asked_one = HotRead(_asked_query.where(AttemptItem.position == bindparam("position")))
_asked_all = HotRead(_asked_query)


@dataclass(frozen=True)
class Asked:
    """One revision of a question with the HTML of its texts; never to be sent to a learner as it is."""

    id: int
    question: Question
    html: dict[str, str]

    def markup(self, text_md: str) -> Markup:
        """The HTML of a text; texts that are no Markdown of the author (a number, a place) are escaped."""
        found = self.html.get(text_md)
        if found is not None:
            return Markup(found)
        blocks = text_md.split("\n\n")
        if len(blocks) > 1:
            return Markup("<br>").join(map(self.markup, blocks))
        return escape(text_md)


@dataclass(frozen=True)
class AttemptHead:
    """An attempt without its questions, and where in which course it stands.

    `case_revision` is the revision of the case that it plays; None in an attempt at a quiz.
    """

    id: str
    state: AttemptState
    number: int
    pass_percent: int
    percent: int | None
    passed: bool | None
    points: Fraction | None
    possible: Fraction
    submitted_at: datetime | None
    terms: Terms | None
    started_at: datetime
    deadline_at: datetime | None
    timed_out: bool
    reached: int
    quiz_id: int
    title: str
    quiz_kind: str
    settings: QuizSettings
    course: str
    step: str
    case_revision: int | None

    @property
    def kind(self) -> QuizKind:
        """What was begun, whatever stands at its address by now."""
        if self.case_revision is not None:
            return QuizKind.CASE
        return QuizKind.ASSIGNMENT if self.quiz_kind == QuizKind.ASSIGNMENT else QuizKind.QUIZ

    @property
    def is_open(self) -> bool:
        return self.state is AttemptState.OPEN

    @property
    def url(self) -> str:
        return f"/attempts/{self.id}"


@dataclass(frozen=True)
class Item:
    """One question of an attempt as it stands."""

    position: int
    revision_id: int
    layout: Layout
    answer: dict[str, Any] | None
    flagged: bool
    score: Fraction | None
    mark: Fraction | None = None
    seq: int = 0
    certainty: Certainty | None = None
    hinted: bool = False
    tried: tuple[dict[str, Any], ...] = ()
    is_final: bool = False
    dropped: bool = False

    @cached_property
    def asked(self) -> Asked:
        return asked(self.revision_id)

    @property
    def counting(self) -> dict[str, Any] | None:
        """The answer that its mark comes from."""
        return answer_that_counts(self.asked.question, self.answer, self.tried)[0]

    @property
    def is_answered(self) -> bool:
        return is_answered(self.answer)

    @property
    def is_for_people(self) -> bool:
        """Whether a person marks what was given; what was left empty nobody needs to read."""
        return grade(self.asked.question, self.counting).pending


@dataclass(frozen=True)
class Target:
    """A question that a posted answer goes to."""

    position: int
    revision_id: int
    layout: Layout


@dataclass(frozen=True)
class Mailbox:
    """Where posted answers go: the attempt's state, the step it belongs to, and the questions that were named."""

    state: AttemptState
    course: str
    step: str
    targets: tuple[Target, ...]


def attempt_head(attempt_id: str, user_id: int) -> AttemptHead:
    """The attempt, if it is this person's. Raises NotFound for any other."""
    rows = _head(attempt_id=attempt_id, user_id=user_id)
    if not rows:
        raise no_such_attempt()
    state, number, mark, percent, passed, num, den, most, of, submitted_at, *timing = rows[0]
    terms, started_at, deadline_at, timed_out, reached, *rest = timing
    quiz_id, title, quiz_kind, settings, course, step, case_revision = rest
    return AttemptHead(
        attempt_id,
        AttemptState(state),
        number,
        mark,
        percent,
        None if passed is None else bool(passed),
        None if num is None else Fraction(num, den),
        Fraction(most, of),
        submitted_at,
        None if terms is None else Terms.from_json(terms),
        started_at,
        deadline_at,
        bool(timed_out),
        reached,
        quiz_id,
        title,
        quiz_kind,
        QuizSettings.from_json(settings),
        course,
        step,
        case_revision,
    )


def items_of(attempt_id: str, user_id: int) -> list[Item]:
    """The questions of this person's attempt, in order."""
    return [_item(*row) for row in _items(attempt_id=attempt_id, user_id=user_id)]


def _item(
    position: int, revision_id: int, layout: Any, answer: Any, flagged: bool, score_num: int | None,
    score_den: int | None, mark_num: int | None, mark_den: int | None, seq: int, certainty: str | None,
    hinted: bool, tried: list[Any], final_at: datetime | None, dropped: bool,
) -> Item:  # fmt: skip
    return Item(
        position=position,
        revision_id=revision_id,
        layout=Layout.from_json(layout),
        answer=answer,
        flagged=bool(flagged),
        score=_score(score_num, score_den),
        mark=_score(mark_num, mark_den),
        seq=seq,
        certainty=Certainty(certainty) if certainty else None,
        hinted=bool(hinted),
        tried=tuple(tried),
        is_final=final_at is not None,
        dropped=bool(dropped),
    )


def mailbox(attempt_id: str, user_id: int, positions: Sequence[int]) -> Mailbox:
    """Where the answers to these questions of this person's attempt go. Raises NotFound."""
    if len(positions) == 1:
        rows = _asked_one(attempt_id=attempt_id, user_id=user_id, position=positions[0])
    else:
        rows = _asked_all(attempt_id=attempt_id, user_id=user_id)
    if not rows:
        raise no_such_attempt()
    state, course, step = rows[0][:3]
    found = [Target(row[3], row[4], Layout.from_json(row[5])) for row in rows if row[3] in positions]
    taken = (each for each in found if QUESTION_KINDS[asked(each.revision_id).question.kind].in_form)
    return Mailbox(AttemptState(state), course, step, tuple(taken))


def _read_asked(revision_id: int) -> Asked:
    row = db.session.get(QuestionRevision, revision_id)
    if row is None:
        raise NotFound("There is no such question.")
    texts = {text: inside(html) for text, html in row.html.items()}
    return Asked(row.id, Question.from_json(row.content), texts)


# The revision, from memory after the first time. Raises NotFound.
asked = Revisions(_read_asked, MOST_KEPT)


def no_such_attempt() -> NotFound:
    return NotFound("You have no attempt at this address. Your courses list the quizzes that you began.")


def _score(num: int | None, den: int | None) -> Fraction | None:
    return None if num is None or den is None else Fraction(num, den)


def inside(html: str) -> str:
    """The inside of a text that is one paragraph, so that it may stand in a legend or a label."""
    only = PARAGRAPH.fullmatch(html)
    return only[1] if only else html
