"""What the mark of a written answer in a quiz tells its author: the criteria where the key may be seen."""

import pytest
from flask import Flask

from core.database import transaction
from marking import judging
from marking.judging import Judgement
from marking.services import Marker
from quizzes import saving
from quizzes.saving import Given
from tests import factories
from tests.quizzes.visiting import Visitor, words

ESSAY = """## first {choice}
Which is right?

- [x] This
- [ ] That

## told {essay points=2}
Tell it.

- Namestheflag
- Namesthetime
"""


def marked(app: Flask, **settings: object) -> tuple[Visitor, str]:
    """A learner whose essay got a mark in the first of three attempts, and the attempt's address."""
    visitor = Visitor(app, ESSAY, attempts=3, shuffle="none", **settings)
    url = visitor.start()
    attempt = url.rpartition("/")[2]
    with transaction():
        saving.save(visitor.user.id, attempt, [Given(2, {"text": ["My words"]}, False)])
    visitor.submit(url)
    tutor = factories.make_user("", "Tea Teacher", "instructor")
    factories.teach(tutor, visitor.course)
    with transaction():
        judging.claim(Marker(tutor.id, False), attempt)
    with transaction():
        given = Judgement({2: [0, 1]}, {2: ["Look again.", ""]}, "Well told.")
        judging.give_mark(Marker(tutor.id, False), attempt, given)
    return visitor, url


@pytest.mark.parametrize("feedback", ["never", "passed", "last"])
def test_marking_points_stay_hidden_like_the_key_and_the_comments_are_told(app: Flask, feedback: str) -> None:
    visitor, url = marked(app, feedback=feedback, pass_mark=100)

    page = visitor.browser.get(f"{url}/marks").text

    assert "Namesthe" not in page
    assert "1 of 2 points" in words(page)
    assert "Comment: Look again." in words(page)
    assert "Well told." in page


def test_marking_points_are_told_where_the_key_is(app: Flask) -> None:
    visitor, url = marked(app, feedback="submitted")

    page = visitor.browser.get(f"{url}/marks").text

    assert "Namestheflag" in page
    assert words(page).count("Look again.") == 1
