"""Reading lessons, and keeping what a learner writes into them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from core.clock import now
from core.database import db, upsert
from core.errors import InvalidInput, NotFound
from lessons.models import CheckAnswer, Lesson, LessonMedia, Reflection

LONGEST_REFLECTION = 10_000  # characters


def find_lesson(name: str) -> Lesson:
    """The published lesson of this full name, `course/lessons/slug`. Raises NotFound."""
    lesson = db.session.scalar(select(Lesson).filter_by(name=name))
    if lesson is None:
        raise NotFound("This lesson is not published.")
    return lesson


def find_media(lesson_id: int, name: str) -> LessonMedia:
    """A file that the lesson shows. Raises NotFound."""
    media = db.session.scalar(select(LessonMedia).filter_by(lesson_id=lesson_id, name=name))
    if media is None:
        raise NotFound("This lesson has no such file.")
    return media


def keep_reflection(user_id: int, lesson: Lesson, prompt: str, text: str) -> None:
    """Keep a learner's private answer; an empty one takes it away. Raises NotFound, InvalidInput."""
    if prompt not in prompts_of(lesson):
        raise NotFound("This lesson does not ask that.")
    if len(text) > LONGEST_REFLECTION:
        raise InvalidInput(
            f"A note holds up to {LONGEST_REFLECTION} characters; this one has {len(text)}.", "text"
        )
    place = {"user_id": user_id, "lesson_id": lesson.id, "prompt": prompt}
    if text.strip():
        upsert(Reflection, {**place, "text": text, "written_at": now()}, tuple(place))
    else:
        db.session.execute(delete(Reflection).filter_by(**place))


def prompts_of(lesson: Lesson) -> set[str]:
    """The ids of the lesson's reflect prompts."""
    return {part["name"] for part in slots(lesson.parts) if part["kind"] == "reflect"}


def checks_of(lesson: Lesson) -> list[str]:
    """The ids of the questions inside the lesson, in order."""
    return [part["name"] for part in slots(lesson.parts) if part["kind"] == "check"]


def slots(parts: Sequence[Any]) -> list[dict[str, Any]]:
    """The parts of a lesson that a page fills."""
    return [part for part in parts if isinstance(part, dict)]


def check_of(lesson: Lesson, question: str) -> str:
    """The id of a question that this lesson holds. Raises NotFound for any other."""
    if question not in checks_of(lesson):
        raise NotFound("This lesson does not ask that.")
    return question


def keep_check_answer(
    user_id: int, lesson_id: int, question: str, revision_id: int, answer: dict[str, Any]
) -> None:
    """Keep the newest answer to a question inside a lesson."""
    place = {"user_id": user_id, "lesson_id": lesson_id, "question": question}
    news = {"revision_id": revision_id, "answer": answer, "answered_at": now()}
    upsert(CheckAnswer, {**place, **news}, tuple(place))
