"""The courses' rows with their outlines: modules and steps."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import literal, select

from core.clock import now
from core.database import db
from courses.founding import hand_over
from courses.models import Course, CoursePrice, Module, Step
from lessons.models import Lesson
from progress.services import recount
from publishing.bundle import Bundle
from publishing.media import storage_key
from publishing.rendering import Pages
from publishing.rows.filling import fill
from publishing.texts.course_text import CourseText, StepText
from quizzes.models import Quiz


def publish_courses(bundle: Bundle, pages: Pages, changed: set[str], restated: set[str]) -> None:
    """Courses with modules and steps. `changed` names bodies and authors that look otherwise now,
    `restated` those whose own text changed."""
    for text in bundle.courses.values():
        row = _course_row(text)
        html = pages.texts.get(text.file)
        is_new_text = text.file in restated
        shown = _fill_course(row, text, bundle, html) | _publish_prices(row, text)
        hand_over(row)
        redrawn = _publish_outline(row, text, bundle)
        bodies = {step.name for step in text.steps}
        if shown or redrawn or is_new_text or changed & (bodies | set(text.authors)):
            row.version += 1
        if is_new_text or _files_of(bundle, bodies) & restated:
            row.revision += 1
        db.session.flush()
        if redrawn:
            recount(row.id)
    _publish_borrowed(bundle, changed)


def _publish_borrowed(bundle: Bundle, changed: set[str]) -> None:
    """Steps by which courses that are not in the bundle take a body that is: they show what it is now."""
    borrowed = select(Step, Course).join(Course, Course.id == Step.course_id)
    elsewhere = borrowed.where(Step.body.in_(changed), Course.slug.not_in(bundle.courses))
    courses = {}
    for step, course in db.session.execute(elsewhere.where(Step.retired_at.is_(None))).all():
        fill(step, **_body_facts(step.body, bundle))
        courses[course.id] = course
    for course in courses.values():
        course.version += 1
    db.session.flush()


def _files_of(bundle: Bundle, bodies: Iterable[str]) -> set[str]:
    """The files of bodies by their full names."""
    found = [bundle.lessons.get(name) or bundle.quizzes.get(name) for name in bodies]
    return {text.file for text in found if text is not None}


def _course_row(text: CourseText) -> Course:
    row = db.session.scalar(select(Course).filter_by(slug=text.slug))
    if row is None:
        row = Course(slug=text.slug, revision=0, version=0, body_html="", faq=[])
        db.session.add(row)
    return row


def _fill_course(row: Course, text: CourseText, bundle: Bundle, html: dict[str, str] | None) -> bool:
    if html is not None:
        faq = [
            {"question": question, "answer_html": html.get(answer, "")} for question, answer, _ in text.faq
        ]
        rendered = fill(row, body_html=html.get(text.body, ""), faq=faq)
    else:
        rendered = False
    plain = fill(
        row,
        title=text.title,
        subtitle=text.subtitle,
        collection=text.collection,
        language=text.language,
        level=text.level,
        order=text.order,
        cover=storage_key(bundle, text.cover),
        price_minor=text.price.minor,
        currency=text.price.currency,
        outcomes=list(text.outcomes),
        audience=list(text.audience),
        not_for=list(text.not_for),
        authors=list(text.authors),
        certificate=_certificate(text),
        reviewed=_oldest_review(text, bundle),
        requires=list(text.requires),
        access_months=text.access_months,
        enroll_from=text.enroll_from,
        enroll_until=text.enroll_until,
    )
    db.session.flush()
    return plain or rendered


def _publish_prices(course: Course, text: CourseText) -> bool:
    """The prices in further currencies; True when one is another now."""
    rows = {
        row.currency: row for row in db.session.scalars(select(CoursePrice).filter_by(course_id=course.id))
    }
    wanted = {price.currency: price.minor for price in text.prices}
    if wanted == {currency: row.amount_minor for currency, row in rows.items()}:
        return False
    for currency in rows.keys() - wanted.keys():
        db.session.delete(rows[currency])
    for currency, minor in wanted.items():
        db.session.merge(CoursePrice(course_id=course.id, currency=currency, amount_minor=minor))
    db.session.flush()
    return True


def _certificate(text: CourseText) -> dict[str, Any] | None:
    if text.certificate is None:
        return None
    return {
        "requires": list(text.certificate.requires) or "all",
        "pass": text.certificate.pass_mark,
        "valid_months": text.certificate.valid_months,
        "category": text.certificate.category,
    }


def _oldest_review(text: CourseText, bundle: Bundle) -> Any:
    """The course as a whole was reviewed when its longest unread lesson was."""
    lessons = [bundle.lessons[step.name] for step in text.steps if step.name in bundle.lessons]
    dates = [lesson.reviewed for lesson in lessons]
    return None if not dates or None in dates else min(day for day in dates if day)


def _publish_outline(course: Course, text: CourseText, bundle: Bundle) -> bool:
    """Modules and steps in their order. A step keeps its row for ever; True when anything changed."""
    modules = {row.slug: row for row in db.session.scalars(select(Module).filter_by(course_id=course.id))}
    steps = {row.slug: row for row in db.session.scalars(select(Step).filter_by(course_id=course.id))}
    changed, position = False, 0
    for number, module_text in enumerate(text.modules, 1):
        module = modules.pop(module_text.slug, None) or Module(course_id=course.id, slug=module_text.slug)
        changed |= fill(
            module,
            title=module_text.title,
            position=number,
            opens_days=module_text.opens_days,
            opens_on=module_text.opens_on,
        )
        db.session.add(module)
        db.session.flush()
        for step_text in module_text.steps:
            position += 1
            changed |= _publish_step(course, module, steps, step_text, position, bundle)
    changed |= _retire(steps, {step.slug for step in text.steps})
    return changed | _remove(modules)


def _publish_step(
    course: Course, module: Module, rows: dict[str, Step], text: StepText, position: int, bundle: Bundle
) -> bool:
    row = _row_of(rows.get(text.slug), text) or Step(course_id=course.id, slug=text.slug, added_at=now())
    facts = _body_facts(text.name, bundle)
    db.session.add(row)
    return fill(
        row,
        **facts,
        module_id=module.id,
        position=position,
        kind=text.kind,
        body=text.name,
        required=text.required,
        retired_at=None,
    )


def _row_of(row: Step | None, text: StepText) -> Step | None:
    """The step that this one goes on as. One of another kind stays behind with its records, under a slug that no
    text can have: who has read a lesson has not passed the quiz that takes its place."""
    if row is None or row.kind == text.kind:
        return row
    row.slug, row.retired_at = f"{row.slug}~{row.id}", now()
    db.session.flush()
    return None


def _body_facts(name: str, bundle: Bundle) -> dict[str, Any]:
    """What a step says of the lesson or quiz in it, which is published."""
    lesson = bundle.lessons.get(name)
    if lesson:
        found = select(Lesson.title, Lesson.minutes, literal("lesson").label("noun")).where(
            Lesson.name == name
        )
    else:
        found = select(Quiz.title, Quiz.minutes, Quiz.kind.label("noun")).where(Quiz.name == name)
    facts = db.session.execute(found).mappings().one()
    return {**facts, "preview": lesson is not None and lesson.preview}


def _retire(rows: dict[str, Step], kept: set[str]) -> bool:
    """Steps that were taken out keep their records and are asked for no more."""
    leaving = [row for slug, row in rows.items() if slug not in kept and row.retired_at is None]
    for row in leaving:
        row.retired_at = now()
    db.session.flush()
    return bool(leaving)


def _remove(modules: dict[str, Module]) -> bool:
    """Modules that are gone; retired steps belong to none."""
    for module in modules.values():
        for step in db.session.scalars(select(Step).filter_by(module_id=module.id)):
            step.module_id = None
        db.session.flush()
        db.session.delete(module)
    db.session.flush()
    return bool(modules)
