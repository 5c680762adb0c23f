"""What authors see of their works, put together for the templates."""

from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import or_, select

from core.database import db
from core.errors import NotFound
from core.web import Reader
from courses.models import Course, Step
from marking.drafts import draft_text
from marking.files import MOST_FILES
from marking.models import Mark, Work
from marking.public_text import render
from marking.rules import IN_THE_QUEUE, WITH_ITS_AUTHOR, WorkState
from marking.services import (
    UNMARKED,
    items_for_people,
    marks_of,
    own_work,
    question_of,
    versions_of,
)
from marking.shown import (
    ShownAnswer,
    ShownFile,
    ShownRubric,
    ShownVersion,
    show_answer,
    show_files,
    show_rubric,
    show_version,
    without_criteria,
    words_in_words,
    words_wanted,
)
from marking.uploads import NO_FILES_HERE, draft_files
from progress.access import Visit
from progress.reads import READER
from quizzes import rules as grading
from quizzes.eligibility import eligibility
from quizzes.models import Attempt, Quiz
from quizzes.pages import certificate_url, kicker, taken_out
from quizzes.quiz_settings import QuizKind
from quizzes.reads import AttemptHead, asked, items_of
from quizzes.results import exact
from quizzes.services import find_quiz
from quizzes.start_page import StartPage, start_page
from quizzes.times import in_words

TOLD = (*IN_THE_QUEUE, WorkState.RETURNED)  # of the states, on the dashboard
HAS_WORK = (  # of a hot read, which takes no list for its states
    select(Work.attempt_id)
    .join(Attempt, Attempt.id == Work.attempt_id)
    .where(Attempt.user_id == READER, or_(*(Work.state == state for state in TOLD)), UNMARKED)
    .exists()
)
STATES = {
    WorkState.DRAFT: "Draft",
    WorkState.WAITING: "Handed in",
    WorkState.SECOND: "Being marked by a tutor",
    WorkState.AGREEING: "Being marked by a tutor",
    WorkState.RETURNED: "Returned for revision",
}
NOTHING_LEFT = "Not marked"
DROPPED = "Its question was dropped, so nobody marks it and it counts for nothing."
A_MAIL = "A mail tells you when the mark is here."
KIND_OF_STATE = {WorkState.RETURNED: "warn", WorkState.MARKED: "ok"}


@dataclass(frozen=True)
class WorkStanding:
    """A work in a line: its state in words, where it is, and whether its author has something to do."""

    title: str
    course: str
    state: str
    kind: str  # of the badge
    url: str
    is_with_author: bool


@dataclass(frozen=True)
class AssignmentPage:
    """An assignment before it is begun, or beside the work that is under way."""

    start: StartPage
    brief: Markup
    rubric: ShownRubric | None
    words: tuple[int, int] | None
    standing: WorkStanding | None


@dataclass(frozen=True)
class WritePage:
    """A draft: its text and files, the brief to look at, what came back with earlier versions.

    `note` says what stands in its way; `is_from_last`: it still holds the text of the last attempt, as it began.
    """

    head: AttemptHead
    kicker: str
    field: str
    seq: int  # the number of the save that the text is from
    text: str
    words: str
    wanted: tuple[int, int] | None
    files: tuple[ShownFile, ...]
    may_add: bool
    brief: Markup
    rubric: ShownRubric
    standing: WorkStanding
    earlier: tuple[ShownVersion, ...]
    html: Markup
    is_empty: bool
    start_url: str
    note: str
    is_from_last: bool


@dataclass(frozen=True)
class FilesPage:
    """The files of one answer of a quiz."""

    head: AttemptHead
    kicker: str
    position: int
    prompt: Markup
    files: tuple[ShownFile, ...]
    may_add: bool


@dataclass(frozen=True)
class WorkPage:
    """A work that was handed in: its state, the answers, and once it is marked levels and comments."""

    head: AttemptHead
    kicker: str
    title: str
    standing: WorkStanding
    when: str
    answers: tuple[ShownAnswer, ...]
    earlier: tuple[ShownVersion, ...]
    comment: str
    is_marked: bool
    lede: str  # empty once it is marked
    may_erase: bool
    points: str
    possible: str
    start_url: str
    course_url: str
    certificate_url: str


def assignment_page(here: Visit, quiz: Quiz, reader: Reader) -> AssignmentPage:
    """The first page of an assignment for one reader."""
    revision = quiz.content.get("revision")
    question = asked(revision) if revision else None
    return AssignmentPage(
        start=start_page(here, quiz, reader),
        brief=question.markup(question.question.prompt_md) if question else Markup(),
        rubric=show_rubric(question, 1, None) if question else None,
        words=words_wanted(question.question) if question else None,
        standing=_newest(reader.user_id, quiz.id),
    )


def write_page(head: AttemptHead, here: Visit, reader: Reader) -> WritePage:
    """The draft, if it is this reader's. Raises NotFound."""
    work, item = own_work(reader.user_id, head.id), items_of(head.id, reader.user_id)[0]
    text = draft_text(item)
    files = draft_files(head.id, item.position)
    question = item.asked.question
    return WritePage(
        head=head,
        kicker=kicker(here),
        field=item.layout.name,
        seq=item.seq,
        text=text,
        words=words_in_words(text, question),
        wanted=words_wanted(question),
        files=show_files(files, head.url),
        may_add=len(files) < MOST_FILES,
        brief=item.asked.markup(question.prompt_md),
        rubric=show_rubric(item.asked, item.position, None),
        standing=_standing(work, head.title, "", None),
        earlier=_earlier(work, reader, head.url),
        html=render(text),
        is_empty=not (text.strip() or files),
        start_url=here.step.url,
        note=taken_out(here),
        is_from_last=bool(text) and item.seq == 0 and work.state is WorkState.DRAFT,
    )


def files_page(head: AttemptHead, here: Visit, reader: Reader, position: int) -> FilesPage:
    """The files of one answer of a quiz. Raises NotFound for a question that takes none."""
    items = {item.position: item for item in items_of(head.id, reader.user_id)}
    item = items.get(position)
    if item is None or item.asked.question.kind != "file":
        raise NotFound(NO_FILES_HERE)
    files = draft_files(head.id, position)
    return FilesPage(
        head=head,
        kicker=kicker(here),
        position=position,
        prompt=item.asked.markup(item.asked.question.prompt_md),
        files=show_files(files, head.url),
        may_add=len(files) < MOST_FILES,
    )


def work_page(head: AttemptHead, here: Visit, reader: Reader) -> WorkPage:
    """A work that is handed in or marked, if it is this reader's. Raises NotFound."""
    work = own_work(reader.user_id, head.id)
    is_marked = work.state is WorkState.MARKED
    final = marks_of(work, work.version).get(work.final_place or 0) if is_marked else None
    return WorkPage(
        head=head,
        kicker=kicker(here),
        title=head.title,
        standing=_standing(work, head.title, "", head.passed),
        when=in_words(work.handed_in_at, reader) if work.handed_in_at else "",
        answers=_answers(head, here, reader, work, final),
        earlier=_earlier(work, reader, head.url),
        comment=final.words if final else "",
        is_marked=is_marked,
        lede="" if is_marked else _lede(work, head.passed),
        may_erase=not is_marked and head.kind is QuizKind.ASSIGNMENT,
        points="" if head.points is None else exact(head.points),
        possible=exact(head.possible),
        start_url=here.step.url,
        course_url=f"/learn/{here.outline.slug}",
        certificate_url=certificate_url(reader, here),
    )


def works_of(user_id: int) -> list[WorkStanding]:
    """The works of a person for their dashboard: what is with a marker or came back, the newest first."""
    query = (
        select(Work, Quiz.title, Course.title, Attempt.passed)
        .join(Attempt, Attempt.id == Work.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Course, Course.id == Work.course_id)
        .where(Attempt.user_id == user_id, Work.state.in_(TOLD), UNMARKED)
        .order_by(Work.attempt_id.desc())
    )
    return [_standing(*row) for row in db.session.execute(query)]


def steps_that_wait(user_id: int) -> frozenset[int]:
    """The steps at which a work of this person is with the markers, so that there is nothing to do for its author."""
    query = select(Attempt.step_id).join(Work, Work.attempt_id == Attempt.id)
    here = query.where(Attempt.user_id == user_id, Work.state.in_(IN_THE_QUEUE), UNMARKED)
    return frozenset(db.session.scalars(here))


def _newest(user_id: int, quiz_id: int) -> WorkStanding | None:
    """The work that was begun last; None before the first."""
    query = (
        select(Work, Quiz.title, Course.title, Attempt.passed)
        .join(Attempt, Attempt.id == Work.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Step, Step.id == Attempt.step_id)
        .join(Course, Course.id == Step.course_id)
        .where(Attempt.user_id == user_id, Attempt.quiz_id == quiz_id)
        .order_by(Attempt.number.desc())
    )
    row = db.session.execute(query).first()
    return _standing(*row) if row else None


def _standing(work: Work, title: str, course: str, passed: bool | None) -> WorkStanding:
    state, kind = STATES.get(work.state, ""), KIND_OF_STATE.get(work.state, "info")
    if work.state is WorkState.WAITING and work.marker_id is not None:
        state = STATES[WorkState.SECOND]
    if work.state is WorkState.MARKED:
        state, kind = ("Passed", "ok") if passed else ("Not passed", "")
    if _has_left(work, passed):
        state, kind = NOTHING_LEFT, ""
    is_with_author = work.state in WITH_ITS_AUTHOR
    return WorkStanding(title, course, state, kind, f"/attempts/{work.attempt_id}", is_with_author)


def _has_left(work: Work, passed: bool | None) -> bool:
    """Whether it left the queue with all that was to be marked: a result came without a marker."""
    return work.state in IN_THE_QUEUE and passed is not None


def _lede(work: Work, passed: bool | None) -> str:
    if _has_left(work, passed):
        return DROPPED
    is_on_a_desk = work.state is not WorkState.WAITING or work.marker_id is not None
    return f"{'A tutor has it on the desk.' if is_on_a_desk else 'A tutor reads it.'} {A_MAIL}"


def _answers(
    head: AttemptHead, here: Visit, reader: Reader, work: Work, final: Mark | None
) -> tuple[ShownAnswer, ...]:
    shown = (show_answer(item, final, head.url) for item in items_for_people(work.attempt_id))
    return tuple(shown if _may_see_criteria(head, here, reader) else map(without_criteria, shown))


def _may_see_criteria(head: AttemptHead, here: Visit, reader: Reader) -> bool:
    """Those of an assignment are told before it is begun; those of a quiz are its key."""
    if head.kind is QuizKind.ASSIGNMENT:
        return True
    learner = eligibility(reader.user_id, find_quiz(here.step.body), here.step.id)
    return grading.may_see_feedback(head.settings, head.state, learner.standing)


def _earlier(work: Work, reader: Reader, base: str) -> tuple[ShownVersion, ...]:
    """The versions that came back, the newest first."""
    return tuple(
        show_version(
            version, question_of(work.attempt_id), marks_of(work, version.number).get(1), base, reader
        )
        for version in reversed(versions_of(work.attempt_id))
        if version.returned_at
    )
