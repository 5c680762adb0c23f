"""Renames declared by `formerly:`: rows keep their ids, so progress, attempts and notes survive."""

from sqlalchemy import select

from core.database import db
from courses.models import Course, Step
from lessons.models import Lesson, Tool
from publishing.bundle import Bundle
from publishing.texts.page_texts import LessonText
from publishing.texts.quiz_files import QuizText
from quizzes.models import Quiz


def rename(bundle: Bundle) -> None:
    """Give rows their new names, courses first."""
    for course in bundle.courses.values():
        for old in course.formerly:
            _rename_course(old, course.slug)
    texts: list[tuple[LessonText | QuizText, tuple[str, ...]]] = [
        *((lesson, lesson.formerly) for lesson in bundle.lessons.values()),
        *((quiz, quiz.settings.formerly) for quiz in bundle.quizzes.values()),
    ]
    for text, formerly in texts:
        for old in formerly:
            _rename_body(f"{text.name.rpartition('/')[0]}/{old}", text.name)
    db.session.flush()


def _rename_course(old: str, new: str) -> None:
    row = db.session.scalar(select(Course).filter_by(slug=old))
    if row is None or db.session.scalar(select(Course.id).filter_by(slug=new)) is not None:
        return
    row.slug = new
    lessons = db.session.scalars(select(Lesson).where(Lesson.name.startswith(f"{old}/", autoescape=True)))
    quizzes = db.session.scalars(select(Quiz).where(Quiz.name.startswith(f"{old}/", autoescape=True)))
    for body in (*lessons, *quizzes):
        body.name = f"{new}/{body.name.partition('/')[2]}"
    for step in db.session.scalars(select(Step).where(Step.body.startswith(f"{old}/", autoescape=True))):
        step.body = f"{new}/{step.body.partition('/')[2]}"
    for tool in db.session.scalars(select(Tool).filter_by(course=old)):
        tool.course = new
    db.session.flush()


def _rename_body(old: str, new: str) -> None:
    """The body itself, and the steps that hold it in whatever course."""
    slug = new.rpartition("/")[2]
    lessons = list(db.session.scalars(select(Lesson).where(Lesson.name.in_((old, new)))))
    quizzes = list(db.session.scalars(select(Quiz).where(Quiz.name.in_((old, new)))))
    for rows in (lessons, quizzes):
        for row in rows if len(rows) == 1 else ():
            row.name, row.slug = new, slug
    for step in db.session.scalars(select(Step).filter_by(body=old)):
        taken = select(Step.id).filter_by(course_id=step.course_id, slug=slug)
        if db.session.scalar(taken) is None:
            step.body, step.slug = new, slug
    db.session.flush()
