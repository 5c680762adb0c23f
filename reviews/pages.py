"""What the pages of reviews show, put together for their templates."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.clock import now
from core.config import current_config
from core.database import db
from core.web import Reader
from courses.models import Course
from courses.services import Outline, course_outline, find_step
from quizzes import rules as grading
from quizzes.paper import ShownQuestion, plain_prompt, show_question
from quizzes.presentation import Layout
from quizzes.reads import Asked, asked
from quizzes.results import ToldQuestion, sources_in_words, tell_question
from reviews import bank, rules, services
from reviews.models import ReviewCard, ReviewEntry
from reviews.recalled import Recalled
from reviews.rules import Kind, Origin, Rating, Retention
from sources.models import Term

FEW = 20  # reviews, below which a share says little
SHOWN_DUE = 3  # cards on the dashboard
LONGEST_NAME = 70  # characters of a prompt in a list
BAR_HEIGHT = 96  # of the highest bar of the forecast
SPAN_HEIGHT = 150
WHY = {
    Origin.MISSED: "You missed it on {day} in {place}.",
    Origin.UNSURE: "You were right but not sure on {day} in {place}.",
    Origin.MARKED: "You asked on {day} to see it again. It comes from {place}.",
    Origin.LESSON: "It is a word of {place}, which you completed on {day}.",
    Origin.LATER: "You knew it on {day} in {place}. It is asked once more, three months later.",
}


@dataclass(frozen=True)
class DueCard:
    """A line in a list of cards."""

    id: int
    name: str
    why: str


@dataclass(frozen=True)
class Bar:
    """One bar of a drawing, in the units of its viewBox, and what it says."""

    x: float
    y: float
    height: float
    count: int
    label: str
    is_labelled: bool


@dataclass(frozen=True)
class Chart:
    """A drawing of bars, and its sentence."""

    words: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class DueBox:
    """What the dashboard says of reviews: what is due, the first of them, and what is held in memory."""

    count: int
    minutes: int
    is_more: bool  # than one session holds
    cards: tuple[DueCard, ...]
    memory: Chart


@dataclass(frozen=True)
class Overview:
    """The first page of reviews."""

    due: int
    in_session: int
    minutes: int
    has_cards: bool
    next_due: str
    forecast: Chart
    retention: Retention
    is_few: bool
    wished: int
    removed: tuple[DueCard, ...]


@dataclass(frozen=True)
class Face:
    """A card as it is asked. A question has `question`, a term has `term` and its `definition`."""

    id: int
    turn: int
    why: str
    seen: str
    question: ShownQuestion | None
    term: str
    definition: str


@dataclass(frozen=True)
class Told:
    """What became of an answer to a question, and when it is asked again."""

    card_id: int
    told: ToldQuestion
    again: str
    is_recalled: bool
    is_removed: bool


@dataclass(frozen=True)
class Forgotten:
    """A row of the instructor's table."""

    name: str
    kind: str
    n: int
    people: int
    share: str  # empty where too few people stand behind it


def overview(reader: Reader) -> Overview:
    """What is due, what comes, how much is recalled, and what the learner wishes."""
    cards = list(db.session.scalars(services.open_cards(reader.user_id)))
    due = services.in_order([card for card in cards if card.due_at <= now()])
    session = [card.kind for card in due[: rules.fitting([card.kind for card in due])]]
    retention = services.measured(reader.user_id)
    return Overview(
        due=len(due),
        in_session=len(session),
        minutes=rules.minutes(session),
        has_cards=bool(cards),
        next_due=_day_in_words(cards[0].due_at, reader) if cards and not due else "",
        forecast=_forecast(cards, _today(reader), _zone(reader)),
        retention=retention,
        is_few=retention.n < FEW,
        wished=services.retention_of(reader.user_id),
        removed=tuple(_lines(services.removed_cards(reader.user_id), reader)),
    )


def due_box(reader: Reader) -> DueBox | None:
    """The dashboard's box; None for somebody who has no cards."""
    held = services.open_cards(reader.user_id).with_only_columns(ReviewCard.stability, ReviewCard.reviews)
    stabilities = [stability if reviews else None for stability, reviews in db.session.execute(held)]
    if not stabilities:
        return None
    due = services.due_cards(reader.user_id)
    session = due[: rules.fitting([card.kind for card in due])]
    return DueBox(
        count=len(due),
        minutes=rules.minutes(card.kind for card in session),
        is_more=len(due) > len(session),
        cards=tuple(_lines(due[:SHOWN_DUE], reader)),
        memory=_memory(stabilities),
    )


def face(card: ReviewCard, reader: Reader) -> Face:
    """The card as it is asked now."""
    shown, term = None, None
    if card.kind is Kind.QUESTION:
        now_asked = asked(services.revision_of(card))
        shown = show_question(now_asked, layout_of(card.id, card.reviews, now_asked), None)
    else:
        term = db.session.scalar(select(Term).filter_by(slug=card.subject))
    return Face(
        id=card.id,
        turn=card.reviews,
        why=_why(card, reader),
        seen=_seen(card, reader),
        question=shown,
        term=term.name if term else "",
        definition=term.definition if term else "",
    )


def layout_of(card_id: int, turn: int, question: Asked) -> Layout:
    """How a card is laid out at one turn: another order each time, and the same for who loads the page again."""
    key = current_config().secret_key.encode()
    words = f"review:{card_id}:{turn}:{question.id}"
    seed = hmac.new(key, words.encode(), "sha256").digest()
    return grading.lay_out(question.question, Random(seed), shuffle=True)


def told(entry: ReviewEntry, card: ReviewCard, reader: Reader) -> Told:
    """The reasons of a question that was answered, key included."""
    assert entry.revision_id is not None
    was_asked = asked(entry.revision_id)
    feedback = grading.feedback(was_asked.question, entry.answer)
    layout = layout_of(card.id, entry.number - 1, was_asked)
    outline = _outline(card.course_id)
    sources = sources_in_words(feedback.sources)
    return Told(
        card_id=card.id,
        told=tell_question(
            was_asked, layout, entry.answer, feedback, sources, lambda slug: _lesson(outline, slug)
        ),
        again=again(entry),
        is_recalled=Rating(entry.rating).is_recalled,
        is_removed=card.removed_at is not None,
    )


def again(entry: ReviewEntry) -> str:
    """When an answered card comes back."""
    return "tomorrow" if entry.scheduled_days == 1 else f"in {entry.scheduled_days} days"


def forgotten(rows: Sequence[Recalled]) -> list[Forgotten]:
    """The instructor's table in words."""
    names = _names([(row.kind, row.subject) for row in rows])
    return [
        Forgotten(
            name=names.get((row.kind, row.subject), row.subject),
            kind=row.kind,
            n=row.retention.n,
            people=row.people,
            share=f"{row.retention.percent}%" if row.is_told else "",
        )
        for row in rows
    ]


def _lines(cards: Sequence[ReviewCard], reader: Reader) -> list[DueCard]:
    names = _names([(card.kind, card.subject) for card in cards])
    return [
        DueCard(card.id, names.get((card.kind, card.subject), card.subject), _short_why(card, reader))
        for card in cards
    ]


def _names(subjects: Sequence[tuple[Kind, str]]) -> dict[tuple[Kind, str], str]:
    """What a list calls these subjects: the question's prompt in plain words, or the term."""
    ids = [subject for kind, subject in subjects if kind is Kind.QUESTION]
    slugs = [subject for kind, subject in subjects if kind is Kind.TERM]
    questions = {
        (Kind.QUESTION, revision.question.id): _short(
            plain_prompt(revision.markup(revision.question.prompt_md))
        )
        for revision in map(asked, bank.revisions(ids))
    }
    terms = db.session.scalars(select(Term).where(Term.slug.in_(slugs)))
    return questions | {(Kind.TERM, term.slug): term.name for term in terms}


def _short(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= LONGEST_NAME:
        return words
    return f"{words[:LONGEST_NAME].rpartition(' ')[0]} …"


def _why(card: ReviewCard, reader: Reader) -> str:
    """Why this card is here, in a sentence."""
    return WHY[card.origin].format(day=_day_in_words(card.entered_at, reader), place=_place(card))


def _place(card: ReviewCard) -> str:
    """`the module 2 quiz`, or the step by its title where the course has one module only."""
    outline = _outline(card.course_id)
    step = outline.by_id(card.step_id)
    if step is None:
        return f"“{find_step(card.step_id).title}”"
    if card.kind is Kind.TERM or len(outline.modules) < 2:
        return f"the {step.noun} “{step.title}”"
    return f"the module {step.module_number} {step.noun}"


def _short_why(card: ReviewCard, reader: Reader) -> str:
    words = {
        Origin.MISSED: "Missed on {day}",
        Origin.UNSURE: "Right but not sure on {day}",
        Origin.MARKED: "Marked by you on {day}",
        Origin.LESSON: "Word of a lesson of {day}",
        Origin.LATER: "Known on {day}",
    }
    return words[card.origin].format(day=_day_in_words(card.entered_at, reader))


def _seen(card: ReviewCard, reader: Reader) -> str:
    """How many days ago it was last reviewed; nothing of a card that was not yet."""
    if not card.reviews or card.seen_at is None:
        return ""
    days = rules.days_between(card.seen_at, now(), ZoneInfo(reader.time_zone or "UTC"))
    return "Last seen yesterday." if days < 2 else f"Last seen {days} days ago."


def _forecast(cards: Iterable[ReviewCard], today: date, zone: ZoneInfo) -> Chart:
    counts = rules.forecast([card.due_at.astimezone(zone).date() for card in cards], today)
    total, most = sum(counts), max(counts)
    bars = tuple(
        _bar(place, count, most, today + timedelta(days=place)) for place, count in enumerate(counts)
    )
    words = f"{total} {'review' if total == 1 else 'reviews'} in the next {len(counts)} days, {counts[0]} of them today"
    return Chart(words, bars)


def _bar(place: int, count: int, most: int, day: date) -> Bar:
    height = round(BAR_HEIGHT * count / most, 1) if most else 0.0
    label = "Today" if place == 0 else f"{day.day} {day:%b}"
    return Bar(10 + place * 20, 24 + BAR_HEIGHT - height, height, count, label, place % 7 == 0)


def _memory(stabilities: Iterable[float | None]) -> Chart:
    counts = rules.spans(stabilities)
    most = max(count for _, count in counts)
    bars = tuple(
        Bar(16 + 102 * place, 200 - height, height, count, name, True)
        for place, (name, count) in enumerate(counts)
        for height in [round(SPAN_HEIGHT * count / most, 1) if most else 0.0]
    )
    told = [f"{count} {name if name == 'new' else f'for {name}'}" for name, count in counts]
    return Chart(f"{sum(count for _, count in counts)} ideas: {', '.join(told)}", bars)


def _outline(course_id: int) -> Outline:
    return course_outline(db.session.get_one(Course, course_id))


def _lesson(outline: Outline, slug: str) -> tuple[str, str] | None:
    found = (step for step in outline.steps if step.kind == "lesson" and step.slug == slug)
    return next(((step.url, step.title) for step in found), None)


def _day_in_words(moment: datetime, reader: Reader) -> str:
    local = moment.astimezone(_zone(reader))
    words = f"{local.day} {local:%B}"
    return words if local.year == _today(reader).year else f"{words} {local.year}"


def _today(reader: Reader) -> date:
    return now().astimezone(_zone(reader)).date()


def _zone(reader: Reader) -> ZoneInfo:
    return ZoneInfo(reader.time_zone or "UTC")
