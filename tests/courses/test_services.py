"""The outline: in order, numbered, and read again only when the course has changed."""

import pytest
from flask import Flask
from sqlalchemy import update

from core.clock import now
from core.database import db, transaction
from core.errors import NotFound
from courses.authors import authors_of
from courses.models import Author, Course, CourseInstructor, Module, Step
from courses.roles import CourseRole
from courses.services import (
    catalogue,
    course_outline,
    find_course,
    find_ever,
    find_step,
    outline_of,
    role_in,
)
from tests.counting import statements
from tests.factories import add_step, make_course, make_user, steps_of


def change(course_id: int, **columns: object) -> None:
    with transaction() as session:
        session.execute(
            update(Course).where(Course.id == course_id).values(version=Course.version + 1, **columns)
        )


def test_an_outline_has_modules_and_steps_in_order_and_numbers_lessons(app: Flask) -> None:
    course = make_course("skin", ("quiz lesson quiz lesson", "lesson"))

    outline = course_outline(course)

    assert f"{outline.steps[-1].number}" == "1"  # as a page prints it
    assert [[(s.slug, s.number, s.position) for s in m.steps] for m in outline.modules] == [
        [("quiz-1", 0, 1), ("lesson-2", 1, 2), ("quiz-3", 0, 3), ("lesson-4", 2, 4)],
        [("lesson-5", 1, 5)],
    ]
    assert [module.lessons for module in outline.modules] == [2, 1]
    assert [step.url for step in outline.steps][2:4] == ["/learn/skin/quizzes/quiz-3", "/learn/skin/lesson-4"]


def test_optional_steps_are_not_required(app: Flask) -> None:
    course = make_course(modules=("lesson [lesson] quiz",))
    first, _, last = steps_of(course)

    assert course_outline(course).required == {first.id, last.id}


def test_a_retired_step_leaves_the_outline_and_the_numbers_close_up(app: Flask) -> None:
    course = make_course(modules=("lesson lesson lesson",))
    gone = steps_of(course)[1]
    with transaction() as session:
        session.execute(update(Step).where(Step.id == gone.id).values(retired_at=now()))
    change(course.id)

    outline = outline_of(course.id, 2)

    assert [(step.slug, step.position) for step in outline.steps] == [("lesson-1", 1), ("lesson-3", 2)]


def test_a_module_whose_steps_were_all_taken_out_is_not_shown(app: Flask) -> None:
    course = make_course(modules=("lesson", "lesson", "lesson"))
    gone = steps_of(course)[1]
    with transaction() as session:
        session.execute(update(Step).where(Step.id == gone.id).values(retired_at=now()))
    change(course.id)

    outline = outline_of(course.id, 2)

    assert [(module.number, module.title) for module in outline.modules] == [(1, "Module 1"), (2, "Module 3")]
    assert outline.modules[outline.steps[1].module_number - 1].slug == "m3"


def test_neighbours_cross_modules_and_end_at_the_ends(app: Flask) -> None:
    outline = course_outline(make_course(modules=("lesson lesson", "lesson")))
    first, second, third = outline.steps

    assert outline.neighbours(first) == (None, second)
    assert outline.neighbours(second) == (first, third)
    assert outline.neighbours(third) == (second, None)


def test_an_outline_costs_nothing_until_the_version_changes(app: Flask) -> None:
    course = make_course()
    outline_of(course.id, 1)
    with statements() as sent:
        outline_of(course.id, 1)
    assert sent == []

    change(course.id, title="Renamed")

    assert outline_of(course.id, 2).title == "Renamed"


def test_what_is_not_there_is_not_found(app: Flask) -> None:
    outline = course_outline(make_course())

    for look in (
        lambda: find_course("none"),
        lambda: find_step(10**6),
        lambda: outline.find("none", "lesson"),
        lambda: outline.find("lesson-1", "quiz"),
        lambda: outline_of(10**6, 1),
    ):
        with pytest.raises(NotFound):
            look()


def test_the_catalogue_groups_by_collection_and_puts_free_courses_first(app: Flask) -> None:
    for slug, collection, price in (("a", "B", 100), ("b", "B", 0), ("c", "A", 0)):
        make_course(slug, title=slug, collection=collection, price_minor=price)

    found = [(name, [course.slug for course in courses]) for name, courses in catalogue()]

    assert found == [("A", ["c"]), ("B", ["b", "a"])]


def test_authors_come_in_the_order_in_which_the_course_names_them(app: Flask) -> None:
    with transaction() as session:
        for slug in ("ann", "bea"):
            session.add(
                Author(slug=slug, name=slug, portrait="", may=[], may_not=[], publications=[], body_html="")
            )
    course = make_course(authors=["bea", "unknown", "ann"])

    assert [author.slug for author in authors_of(course)] == ["bea", "ann"]


def test_someone_teaches_the_courses_they_were_given_and_no_other(app: Flask) -> None:
    """V4"""
    teacher, own, other = make_user(), make_course(), make_course()
    with transaction() as session:
        session.add(CourseInstructor(course_id=own.id, user_id=teacher.id))

    assert role_in(teacher.id, own.id) is CourseRole.OWNER
    assert role_in(teacher.id, other.id) is None


def test_a_step_added_later_joins_the_outline(app: Flask) -> None:
    course = make_course(modules=("lesson",))
    with transaction() as session:
        module = session.query(Module).filter_by(course_id=course.id).one()
        add_step(course, module, "quiz")
    change(course.id)

    assert [step.slug for step in outline_of(course.id, 2).steps] == ["lesson-1", "quiz-2"]
    db.session.rollback()


def test_a_step_that_was_taken_out_is_still_found_by_who_asks_for_it_without_a_place(app: Flask) -> None:
    course = make_course(modules=("lesson lesson",))
    gone = steps_of(course)[1]
    with transaction() as session:
        session.execute(update(Step).where(Step.id == gone.id).values(retired_at=now()))
    change(course.id)
    outline = outline_of(course.id, 2)

    found = find_ever(outline, gone.slug, "lesson")

    assert (found.id, found.position, found.is_taken_out) == (gone.id, 0, True)
    assert outline.neighbours(found) == (None, None)
    assert not find_ever(outline, "lesson-1", "lesson").is_taken_out
    with pytest.raises(NotFound):
        find_ever(outline, gone.slug, "quiz")
