"""A text of the bundle by its path: who may do what with it, what it is called, and where it is edited."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import url_for

from core.errors import NotFound
from courses.access import deeds_somewhere, require
from courses.roles import Deed
from publishing.bundle import course_of

EDITORS = (
    (re.compile(r"courses/(?P<course>[a-z0-9-]+)/lessons/(?P<lesson>[a-z0-9-]+)\.md"), "editor.show"),
    (re.compile(r"courses/(?P<course>[a-z0-9-]+)/course\.md"), "outline.show"),
)
"""Where texts are edited; the groups of a path are the values of the address."""


@dataclass(frozen=True)
class Text:
    """A text and what the reader may do with it. `course` is empty for what belongs to the school."""

    path: str
    course: str
    deeds: Collection[Deed]

    @property
    def is_step(self) -> bool:
        """Whether it is something that learners do in a course."""
        return bool(self.course) and not self.path.endswith("/course.md")

    @property
    def url(self) -> str:
        """Where it is edited; the studio's front page for what has no editor."""
        for pattern, endpoint in EDITORS:
            if at := pattern.fullmatch(self.path):
                values: dict[str, Any] = at.groupdict()
                return url_for(endpoint, **values)
        return url_for("studio.index")


def text_for(path: str, deed: Deed) -> Text:
    """The text, for those who may do this with it: in its course, or in some course where it belongs to the school.
    Raises NotFound."""
    course = course_of(path)
    deeds = require(course, deed) if course else deeds_somewhere()
    if deed not in deeds:
        raise NotFound("There is no such text, or you may not do this with it.")
    return Text(path, course, deeds)
