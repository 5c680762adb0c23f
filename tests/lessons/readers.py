"""Learners with a browser each, and what their clicks left."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import storage
from core.database import db, transaction
from lessons.models import LessonMedia
from lessons.services import find_lesson
from tests.factories import enroll, make_user, sign_in


def learner(app: Flask, *courses: Any, name: str = "Ada Learner") -> FlaskClient:
    person = make_user("", name)
    for course in courses:
        enroll(person, course)
    client = app.test_client()
    client.person = person
    return sign_in(client, person)


def rows(model: Any) -> list[Any]:
    db.session.rollback()
    return list(db.session.scalars(select(model)))


def publish_media(step: Any, name: str = "a.svg", data: bytes = b"<svg/>") -> None:
    key = f"lessons/{step.id}/{name}"
    storage.media().put(key, data)
    with transaction() as session:
        lesson = find_lesson(step.body)
        session.add(LessonMedia(lesson_id=lesson.id, name=name, storage_key=key, mime="image/svg+xml"))
