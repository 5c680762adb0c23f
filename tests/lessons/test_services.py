"""What learners write into lessons: kept for them alone, the newest once, and only where the lesson asks."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.database import db, transaction
from core.errors import InvalidInput, NotFound
from lessons.models import Lesson, LessonMedia, Reflection
from lessons.services import (
    LONGEST_REFLECTION,
    check_of,
    checks_of,
    find_lesson,
    find_media,
    keep_reflection,
    prompts_of,
)
from sources.models import Source
from sources.services import cited_sources
from tests.crowd import at_once
from tests.factories import make_course, make_user, steps_of


def lesson_of(course: Any, number: int = 0) -> Lesson:
    return find_lesson(f"{course.slug}/lessons/lesson-{number + 1}")


def keep(user_id: int, lesson_name: str, text: str, prompt: str = "why") -> None:
    with transaction():
        keep_reflection(user_id, find_lesson(lesson_name), prompt, text)


def kept() -> list[tuple[int, str]]:
    db.session.rollback()
    return [
        (row.user_id, row.text) for row in db.session.scalars(select(Reflection).order_by(Reflection.user_id))
    ]


def test_an_answer_is_kept_changed_and_taken_away(app: Flask) -> None:
    person, name = make_user(), steps_of(make_course())[0].body

    keep(person.id, name, "First thoughts")
    assert kept() == [(person.id, "First thoughts")]
    keep(person.id, name, "Second thoughts")
    assert kept() == [(person.id, "Second thoughts")]
    keep(person.id, name, " \n ")
    assert kept() == []
    keep(person.id, name, "")


def test_each_learner_has_an_answer_of_their_own(app: Flask) -> None:
    """V3"""
    one, other, name = make_user(), make_user(), steps_of(make_course())[0].body
    keep(one.id, name, "mine")
    keep(other.id, name, "theirs")
    keep(other.id, name, "")

    assert kept() == [(one.id, "mine")]


def test_many_tabs_at_once_keep_one_answer(app: Flask) -> None:
    """R16"""
    person, course = make_user(), make_course(modules=("lesson lesson lesson",))
    for step in steps_of(course):
        name = step.body

        def send(i: int, name: str = name) -> None:
            keep(person.id, name, f"text {i}")

        assert at_once(app, 10, send) == [None] * 10
    assert len(kept()) == 3


def test_a_lesson_that_does_not_ask_keeps_nothing(app: Flask) -> None:
    person, name = make_user(), steps_of(make_course())[0].body

    with pytest.raises(NotFound):
        keep(person.id, name, "x", prompt="other")

    assert kept() == []


def test_an_endless_answer_is_refused(app: Flask) -> None:
    person, name = make_user(), steps_of(make_course())[0].body

    keep(person.id, name, "x" * LONGEST_REFLECTION)
    with pytest.raises(InvalidInput, match="10000 characters; this one has 10001"):
        keep(person.id, name, "x" * (LONGEST_REFLECTION + 1))

    assert len(kept()[0][1]) == LONGEST_REFLECTION


def test_a_lesson_tells_its_prompts_and_checks(app: Flask) -> None:
    course = make_course()
    with transaction():
        lesson = lesson_of(course)
        lesson.parts = [
            "<p>",
            {"kind": "check", "name": "q1"},
            {"kind": "reflect", "name": "r1"},
            {"kind": "check", "name": "q2"},
        ]
    lesson = lesson_of(course)

    assert prompts_of(lesson) == {"r1"}
    assert checks_of(lesson) == ["q1", "q2"]
    assert check_of(lesson, "q2") == "q2"
    with pytest.raises(NotFound):
        check_of(lesson, "q3")


def test_sources_are_listed_as_the_lesson_cites_them(app: Flask) -> None:
    course = make_course()
    blank = {
        "kind": "article",
        "authors": "A",
        "published_in": "J",
        "year": "2020",
        "url": "",
        "design": "",
        "limit": "",
    }
    with transaction() as session:
        session.add(Source(key="b", title="B", doi="10.1/b", **blank))
        session.add(Source(key="a", title="A", doi="", **{**blank, "url": "https://example.org/a"}))
        lesson_of(course).cited = [
            {"key": "b", "certainties": ["strong"]},
            {"key": "gone", "certainties": []},
            {"key": "a", "certainties": []},
        ]

    found = cited_sources(lesson_of(course).cited)

    assert [(s.title, s.url, s.link_text, s.certainties) for s in found] == [
        ("B", "https://doi.org/10.1/b", "doi:10.1/b", ("strong",)),
        ("A", "https://example.org/a", "Read it", ()),
    ]


def test_media_belong_to_their_lesson(app: Flask) -> None:
    """V11"""
    course = make_course()
    one, other = (lesson_of(course, i).id for i in (0, 1))
    with transaction() as session:
        session.add(LessonMedia(lesson_id=one, name="a.svg", storage_key="k", mime="image/svg+xml"))

    assert find_media(one, "a.svg").storage_key == "k"
    with pytest.raises(NotFound):
        find_media(other, "a.svg")


def test_what_is_not_published_is_not_found(app: Flask) -> None:
    with pytest.raises(NotFound):
        find_lesson("none/lessons/none")
