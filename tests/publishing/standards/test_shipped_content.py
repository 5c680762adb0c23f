"""What is shipped is held to the school's own standard: the check with --strict finds nothing."""

import re
from pathlib import Path

import pytest

from publishing.bundle import Bundle
from publishing.pools import pool_of
from publishing.services import proofread, read_folder
from publishing.standards.house import advice
from publishing.standards.manuscript import Manuscript
from quizzes.quiz_settings import FeedbackWhen

CONTENT = Path(__file__).parents[3] / "content"
CERTIFICATION = "holistic-dermatology-certification"
CHECK = re.compile(r"\[\[check: *([\w-]+) *\]\]")


@pytest.fixture(scope="module")
def manuscript() -> Manuscript:
    return proofread(read_folder(CONTENT)).manuscript


@pytest.fixture
def bundle(manuscript: Manuscript) -> Bundle:
    return manuscript.bundle


def test_the_shipped_content_keeps_the_editorial_standard(manuscript: Manuscript) -> None:
    points = advice(manuscript)
    assert [str(point) for point in points] == []


def test_the_certification_asks_for_all_of_its_capstone_and_is_valid_for_two_years(bundle: Bundle) -> None:
    course = bundle.courses[CERTIFICATION]
    certificate = course.certificate
    assert certificate is not None
    assert (certificate.requires, certificate.valid_months) == ((), 24)  # none named: all
    parts = [(step.name.rpartition("/")[2], step.required) for step in course.modules[-1].steps]
    assert parts == [(f"capstone-{part}", True) for part in ("exam", "case", "assignment", "claims")]


def test_the_exam_asks_what_nothing_else_asks_and_never_shows_its_key(bundle: Bundle) -> None:
    exam = bundle.quizzes[f"{CERTIFICATION}/quizzes/capstone-exam"]
    its_own = set(pool_of(bundle, exam))
    assert (len(its_own), sum(count for _, count in exam.settings.draw)) == (60, 40)
    assert exam.settings.feedback == FeedbackWhen.NEVER

    others = {item for quiz in bundle.quizzes.values() if quiz != exam for item in pool_of(bundle, quiz)}
    checks = {name for lesson in bundle.lessons.values() for name in CHECK.findall(lesson.body)}
    assert its_own.isdisjoint(others | checks)
