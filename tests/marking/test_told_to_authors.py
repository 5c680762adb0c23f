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
    attempt = written(visitor, 2)
    judge(visitor, attempt, Judgement({2: [0, 1]}, {2: ["Look again.", ""]}, "Well told."))
    return visitor, f"/attempts/{attempt}"


def written(visitor: Visitor, position: int) -> str:
    """An attempt whose essay is handed in; its id."""
    attempt = visitor.start().rpartition("/")[2]
    with transaction():
        saving.save(visitor.user.id, attempt, [Given(position, {"text": ["My words"]}, False)])
    visitor.submit(f"/attempts/{attempt}")
    return attempt


def judge(visitor: Visitor, attempt: str, given: Judgement) -> None:
    tutor = factories.make_user("", "Tea Teacher", "instructor")
    factories.teach(tutor, visitor.course)
    with transaction():
        judging.claim(Marker(tutor.id, False), attempt)
    with transaction():
        judging.give_mark(Marker(tutor.id, False), attempt, given)


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


RUBRIC = """## told {essay points=6}
Tell it.

criterion | 0 | 1 | 2
---|---|---|---
Namestheflag* | not | nearly | named
Namesthetime | not | nearly | named
Namestheway | not | nearly | named
"""


@pytest.mark.parametrize(("feedback", "is_named"), [("never", False), ("submitted", True)])
def test_an_answer_that_counts_for_nothing_says_so_also_where_the_criteria_are_hidden(
    app: Flask, feedback: str, is_named: bool
) -> None:
    visitor = Visitor(app, RUBRIC, feedback=feedback)
    attempt = written(visitor, 1)
    judge(visitor, attempt, Judgement({1: [0, 2, 2]}, {}, ""))

    page = words(visitor.browser.get(f"/attempts/{attempt}/marks").text)

    assert "0 of 6 points, 0 percent" in page
    assert ("One thing that must not be missing is missing" in page) is not is_named
    assert ("Namestheflag" in page) is is_named
    assert "counts for nothing, whatever else it earned: 4 of 6 points" in page
