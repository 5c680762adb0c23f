"""What each role in a course may do, as docs/studio.md says it, and where it is asked."""

import re

import pytest
from flask.testing import FlaskClient

from courses.roles import DEEDS, CourseRole, Deed, roles_with
from tests.factories import make_course, make_user, sign_in, teach
from tests.servers import ROOT

STATISTICS, ACCOMMODATIONS = "/studio/courses/skin/statistics", "/studio/courses/skin/accommodations"


def test_the_table_of_the_docs_is_the_table_of_the_code() -> None:
    text = (ROOT / "docs/studio.md").read_text()
    head, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in re.findall(r"^\| (?:in this course|\w+) \|.*\|$", text, re.MULTILINE)
        if "---" not in line
    ]
    told = {row[0]: {head[n] for n, cell in enumerate(row) if cell == "yes"} for row in rows}

    assert told == {str(role): set(map(str, deeds)) for role, deeds in DEEDS.items()}
    assert set(head[1:]) == set(map(str, Deed))


def test_roles_by_deed() -> None:
    assert roles_with(Deed.MARK) == {CourseRole.OWNER, CourseRole.MARKER}


@pytest.mark.parametrize(
    ("role", "statistics", "accommodations"),
    [("owner", 200, 200), ("editor", 200, 404), ("reviewer", 200, 404), ("marker", 200, 200), ("assistant", 200, 404)],
)  # fmt: skip
def test_a_role_has_its_pages_and_another_course_has_none(
    client: FlaskClient, role: str, statistics: int, accommodations: int
) -> None:
    course, other = make_course("skin"), make_course("gut")
    teacher = make_user("mara@example.org", "Mara", "instructor")
    teach(teacher, course, role)
    sign_in(client, teacher)

    assert client.get(STATISTICS).status_code == statistics
    assert client.get(ACCOMMODATIONS).status_code == accommodations
    assert client.get(STATISTICS.replace("skin", other.slug)).status_code == 404
    studio = client.get("/studio")
    assert studio.status_code == 200
    assert ("Accommodations" in studio.text) == (accommodations == 200)
    assert other.slug not in studio.text
