"""The list of sources below a lesson."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from core.database import transaction
from lessons.models import Lesson
from sources.models import Source
from tests.factories import make_course


def test_an_entry_ends_each_fact_once_and_says_nothing_of_what_it_lacks(
    app: Flask, client: FlaskClient
) -> None:
    make_course("skin", ("lesson!",))
    facts = {"kind": "article", "authors": "White P", "doi": "", "url": "", "design": "survey", "limit": ""}
    with transaction() as session:
        session.add(Source(key="a", title="Does sleep matter?", published_in="J", year="2015", **facts))
        session.add(Source(key="b", title="Sleep", published_in="", year="", **facts))
        cited = [{"key": key, "certainties": []} for key in "ab"]
        session.execute(update(Lesson).values(cited=cited))

    page = client.get("/courses/skin/preview/lesson-1").text

    assert "<span>White P. Does sleep matter? <i>J</i>, 2015.<span" in page
    assert "<span>White P. Sleep.<span" in page
