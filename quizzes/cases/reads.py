"""What the pages of a play need, on the bare driver. Revisions of cases never change, so they are kept in memory."""

import re
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup, escape
from sqlalchemy import bindparam, select

from core.database import db
from core.errors import NotFound
from core.reads import HotRead
from quizzes.cases.case import Case, Scene
from quizzes.cases.marks import quiet
from quizzes.cases.play import Play, better_play
from quizzes.models import Attempt, CaseRevision, CaseStep
from quizzes.reads import inside
from quizzes.revisions import Revisions

MOST_KEPT = 200  # revisions
TITLE = re.compile(r"\s*<p><strong>((?:(?!</?strong>|</?p>).)+)</strong></p>\s*", re.DOTALL)

_choices = HotRead(
    select(CaseStep.choice)
    .join(Attempt, Attempt.id == CaseStep.attempt_id)
    .where(Attempt.id == bindparam("attempt_id"), Attempt.user_id == bindparam("user_id"))
    .order_by(CaseStep.position)
)


@dataclass(frozen=True)
class Edition:
    """One revision of a case with the HTML of its texts."""

    id: int
    case: Case
    html: dict[str, str]

    @property
    def file(self) -> Markup:
        """The client's file."""
        return self._block(self.case.file_md)

    def title(self, scene: Scene | None) -> str:
        """The scene's name in plain words: a first paragraph that is all bold, else its id."""
        if scene is None:
            return ""
        found = TITLE.match(quiet(scene.text_md, self._block(scene.text_md)))
        return Markup(found[1]).striptags() if found else scene.id.replace("-", " ").capitalize()

    def text(self, scene: Scene | None) -> Markup:
        """What the scene tells, below its title."""
        return Markup(TITLE.sub("", self._block(scene.text_md), count=1)) if scene else Markup()

    def phrase(self, text_md: str) -> Markup:
        """The words of a choice, or its reason, to stand within a line."""
        found = self.html.get(text_md)
        return Markup(inside(found)) if found is not None else escape(text_md)

    def plain(self, text_md: str) -> Markup:
        """The words of a choice without their marks, for a page that lists no sources."""
        return Markup(quiet(text_md, self.phrase(text_md)))

    @cached_property
    def better(self) -> Play | None:
        """The best safe play."""
        return better_play(self.case)

    def _block(self, text_md: str) -> Markup:
        return Markup(self.html.get(text_md, ""))


def choices_of(attempt_id: str, user_id: int) -> list[int]:
    """The choices made in this person's play, in order, each as its number in its scene."""
    return [choice for (choice,) in _choices(attempt_id=attempt_id, user_id=user_id)]


def _read_edition(revision_id: int) -> Edition:
    row = db.session.get(CaseRevision, revision_id)
    if row is None:
        raise NotFound("There is no such case.")
    return Edition(row.id, Case.from_json(row.content), row.html)


# The revision, from memory after the first time. Raises NotFound.
edition = Revisions(_read_edition, MOST_KEPT)
