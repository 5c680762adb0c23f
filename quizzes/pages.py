"""What the pages of a quiz show, put together for their templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from certificates.services import certificate_in
from core.web import Reader
from courses.services import OutlineStep
from progress.access import Visit
from quizzes import rules, services
from quizzes.eligibility import eligibility
from quizzes.models import Attempt, Quiz
from quizzes.paper import given_in_words, show_question
from quizzes.quiz_settings import QuizKind, QuizSettings
from quizzes.reads import AttemptHead, Item, Target, asked, items_of
from quizzes.results import ToldQuestion, ToldTally, exact, tell_items, tell_tallies
from quizzes.rules import AttemptState, StartDecision
from quizzes.saving import Given

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
TAKEN_OUT = " The {noun} is no longer part of the course; your result stays here."
UNITS = {
    QuizKind.QUIZ: "%",
    QuizKind.CASE: " of 100",
    QuizKind.ASSIGNMENT: "%",
}  # behind what an attempt earned


@dataclass(frozen=True)
class PastAttempt:
    """A line in the list of attempts."""

    url: str
    title: str
    when: str
    is_open: bool
    score: str  # empty while it is open or being marked
    passed: bool | None


@dataclass(frozen=True)
class StartPage:
    """A quiz or a case before it is begun."""

    noun: str
    title: str
    summary: str
    kicker: str
    minutes: int
    pass_mark: int
    attempts: str
    decision: StartDecision
    url: str
    past: tuple[PastAttempt, ...]
    course_title: str
    course_url: str


@dataclass(frozen=True)
class PaletteEntry:
    number: int
    state: str  # done, flag or open
    words: str
    here: bool


@dataclass(frozen=True)
class Palette:
    """All questions at a glance."""

    summary: str
    answered: int
    count: int
    entries: tuple[PaletteEntry, ...]


@dataclass(frozen=True)
class ResultPage:
    """A marked attempt. `told` is None while key and reasons may not be seen."""

    title: str
    kicker: str
    headline: str
    lede: str
    percent: int | None
    points: str
    possible: str
    passed: bool | None
    may_retry: bool
    start_url: str
    course_url: str
    following: OutlineStep | None
    certificate_url: str
    tallies: tuple[ToldTally, ...]
    missed: tuple[ToldQuestion, ...] | None
    right: tuple[ToldQuestion, ...]
    marks_url: str  # what a marker says; empty where the machine marked all


def start_page(here: Visit, quiz: Quiz, reader: Reader) -> StartPage:
    """The first page of a quiz or a case for one reader."""
    settings = QuizSettings.from_json(quiz.settings)
    learner = eligibility(reader.user_id, quiz, here.step.id)
    decision = learner.decision
    return StartPage(
        noun=quiz.kind,
        title=quiz.title,
        summary=settings.summary,
        kicker=kicker(here),
        minutes=quiz.minutes,
        pass_mark=settings.pass_mark,
        attempts=_attempts_in_words(len(learner.tried), learner.attempts_allowed, decision.left),
        decision=decision,
        url=here.step.url,
        past=tuple(_past(attempt, reader, quiz.kind) for attempt in reversed(learner.tried)),
        course_title=here.outline.title,
        course_url=f"/learn/{here.outline.slug}",
    )


def kicker(here: Visit) -> str:
    """Where the quiz or case stands: `Module 3 quiz`."""
    has_place = len(here.outline.modules) > 1 and not here.step.is_taken_out
    noun = here.step.noun
    return f"Module {here.step.module_number} {noun}" if has_place else noun.capitalize()


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def palette(items: Sequence[Item], here: int | None) -> Palette:
    """How each question stands; `here` is the one shown."""
    answered = sum(item.is_answered for item in items)
    flagged = sum(item.flagged for item in items)
    parts = [f"{answered} of {len(items)} answered", *([f"{flagged} flagged"] if flagged else [])]
    entries = tuple(_palette_entry(item, item.position == here) for item in items)
    return Palette(", ".join(parts), answered, len(items), entries)


def answers_in_words(targets: Sequence[Target], given: Sequence[Given]) -> list[tuple[str, list[str]]]:
    """Each question by number and prompt, with the words of what was answered to it."""
    shown = [
        show_question(asked(target.revision_id), target.layout, one.answer, target.position)
        for target, one in zip(targets, given, strict=True)
    ]
    return [(f"Question {each.position}: {each.name}", given_in_words(each)) for each in shown]


def first_open(items: Sequence[Item]) -> int:
    """Where to go on: the first question without an answer, else the last one."""
    return next((item.position for item in items if not item.is_answered), len(items))


def result_page(head: AttemptHead, here: Visit, reader: Reader) -> ResultPage:
    """What became of a submitted attempt, with key and reasons where they may be seen."""
    quiz = services.find_quiz(here.step.body)
    learner = eligibility(reader.user_id, quiz, here.step.id)
    decision = learner.decision
    items = items_of(head.id, reader.user_id)
    open_to_see = rules.may_see_feedback(head.settings, head.state, learner.standing)
    told = tell_items(items, lambda slug: _lesson(here, slug)) if open_to_see else None
    missed = None if told is None else tuple(each for each in told if each.verdict != "right")
    return ResultPage(
        title=head.title,
        kicker=f"{kicker(here)}, {ordinal(head.number)} attempt",
        headline=_headline(head, None if missed is None else len(missed)),
        lede=_lede(head) + taken_out(here),
        percent=head.percent,
        points="" if head.points is None else exact(head.points),
        possible=exact(head.possible),
        passed=head.passed,
        may_retry=decision.may and not here.step.is_taken_out,
        start_url=here.step.url,
        course_url=f"/learn/{here.outline.slug}",
        following=here.outline.neighbours(here.step)[1],
        certificate_url=certificate_url(reader, here),
        tallies=() if told is None else tuple(_tallies(quiz, items)),
        missed=missed,
        right=tuple(each for each in told or () if each.verdict == "right"),
        marks_url=f"{head.url}/marks" if any(_is_for_people(item) for item in items) else "",
    )


def _is_for_people(item: Item) -> bool:
    return rules.grade(item.asked.question, item.answer).pending


def _tallies(quiz: Quiz, items: Sequence[Item]) -> list[ToldTally]:
    """By objective where the quiz knows the words of its objectives, else by topic."""
    words = quiz.content.get("objectives", {})
    return tell_tallies("objective" if words else "topic", items, words)


def taken_out(here: Visit) -> str:
    """A sentence where the step is no longer part of the course, else nothing."""
    return TAKEN_OUT.format(noun=here.step.noun) if here.step.is_taken_out else ""


def certificate_url(reader: Reader, here: Visit) -> str:
    """Where the certificate of this course stands, or nothing as long as none is held."""
    held = certificate_in(reader.user_id, here.outline.course_id)
    return f"/certificates/{held.id}" if held else ""


def _lesson(here: Visit, slug: str) -> tuple[str, str] | None:
    found = (step for step in here.outline.steps if step.kind == "lesson" and step.slug == slug)
    return next(((step.url, step.title) for step in found), None)


def _headline(head: AttemptHead, missed: int | None) -> str:
    if head.passed is None:
        return "Handed in. A person marks a part of it."
    if not head.passed:
        return "Not passed yet."
    if not missed:
        return "Passed."
    count = NUMBERS[missed] if missed < len(NUMBERS) else str(missed)
    return f"Passed, with {count} {'question' if missed == 1 else 'questions'} worth a second look."


def _lede(head: AttemptHead) -> str:
    if head.percent is None:
        return f"You need {head.pass_percent} percent. The result stands here once it is marked."
    return f"You needed {head.pass_percent} percent and have {head.percent}."


def _attempts_in_words(used: int, limit: int | None, left: int | None) -> str:
    if limit is None:
        return f"As many attempts as you like{f', {used} so far' if used else ''}"
    return f"{plural(used, 'attempt')} of {limit} used, {left} left"


def _past(attempt: Attempt, reader: Reader, kind: str) -> PastAttempt:
    moment = attempt.submitted_at or attempt.started_at
    return PastAttempt(
        url=f"/attempts/{attempt.id}",
        title=f"Attempt {attempt.number}",
        when=in_words(moment, reader),
        is_open=attempt.state == AttemptState.OPEN,
        score="" if attempt.percent is None else f"{attempt.percent}{UNITS[QuizKind(kind)]}",
        passed=attempt.passed,
    )


def in_words(moment: datetime, reader: Reader) -> str:
    """A moment as the reader's clock shows it."""
    local = moment.astimezone(ZoneInfo(reader.time_zone or "UTC"))
    return f"{local.day} {local:%B %Y, %H:%M}"


def _palette_entry(item: Item, here: bool) -> PaletteEntry:
    words = "answered" if item.is_answered else "not answered"
    state = "done" if item.is_answered else "open"
    if item.flagged:
        state, words = "flag", f"{words} and flagged"
    return PaletteEntry(item.position, state, words, here)


def ordinal(number: int) -> str:
    """`first`, `second`, and beyond the tenth in figures."""
    return ORDINALS[number - 1] if number <= len(ORDINALS) else f"{number}th"
