"""Private answers within a lesson: what each reader sees of the others."""

from typing import Any

from flask import Flask

from lessons.models import Reflection
from tests.factories import make_user, post, sign_in
from tests.lessons.readers import learner, rows

TEXT = "My own private thoughts <b>"


def test_an_answer_is_shown_to_who_wrote_it_and_to_nobody_else(app: Flask, skin: Any) -> None:
    """V3, V1"""
    one, other = learner(app, skin), learner(app, skin, name="Eve Other")
    admin = sign_in(app.test_client(), make_user("", "Ida", "admin"))

    answer = post(one, "/learn/skin/lesson-1/reflections/why", {"text": TEXT})

    assert (answer.status_code, answer.location) == (303, "/learn/skin/lesson-1#reflect-why")
    assert "My own private thoughts &lt;b&gt;" in one.get("/learn/skin/lesson-1").text
    for stranger in (other, admin):
        assert "private thoughts" not in stranger.get("/learn/skin/lesson-1").text
    assert "private thoughts" not in one.get("/learn/skin/lesson-2").text


def test_each_private_answer_says_that_no_client_belongs_in_it(app: Flask, skin: Any) -> None:
    page = learner(app, skin).get("/learn/skin/lesson-1").text

    assert 'aria-describedby="hint-why"' in page
    assert "No names or photographs of clients" in page


def test_one_learner_cannot_change_anothers_answer(app: Flask, skin: Any) -> None:
    """V3"""
    one, other = learner(app, skin), learner(app, skin)
    post(one, "/learn/skin/lesson-1/reflections/why", {"text": TEXT})

    post(other, "/learn/skin/lesson-1/reflections/why", {"text": "", "user_id": one.person.id})

    assert [(row.user_id, row.text) for row in rows(Reflection)] == [(one.person.id, TEXT)]


def test_a_prompt_that_the_lesson_does_not_have_is_a_404_and_too_much_text_a_422(
    app: Flask, skin: Any
) -> None:
    client = learner(app, skin)

    assert post(client, "/learn/skin/lesson-1/reflections/none", {"text": "x"}).status_code == 404
    assert post(client, "/learn/skin/lesson-1/checks/none", {"text": "x"}).status_code == 404
    assert post(client, "/learn/skin/lesson-1/reflections/why", {"text": "x" * 10_001}).status_code == 422
