"""Legal texts as they are written: a file for each version, with places for what the school says of itself. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.errors import Problem
from publishing.texts.fields import Fields
from publishing.texts.front_matter import FrontMatter
from publishing.texts.placeholders import placeholder_problems

PLACEHOLDERS = (
    "school",
    "legal_name",
    "legal_address",
    "support_email",
    "refund_days",
    "refund_max_progress",
    "country",
)


@dataclass(frozen=True)
class LegalDraft:
    """One version of a legal page; `version` is the day on which it is published, as 2026-11-21."""

    page: str
    version: str
    file: str
    title: str
    summary: str
    body: str
    body_line: int


def read_legal_text(front: FrontMatter, page: str, version: str) -> tuple[LegalDraft, list[Problem]]:
    """The text and what is wrong with it."""
    problems: list[Problem] = []
    fields = Fields.of(front, problems)
    fields.only("title", "summary")
    fields.require("title", "summary")
    draft = LegalDraft(
        page, version, front.file, fields.text("title"), fields.text("summary"), front.body, front.body_line
    )
    return draft, [*problems, *_version_problems(draft), *_body_problems(draft)]


def _version_problems(draft: LegalDraft) -> Iterator[Problem]:
    try:
        date.fromisoformat(draft.version)
    except ValueError:
        yield Problem(
            draft.file, 0, f"{draft.version} is no day", "Name the file by the day it is published."
        )


def _body_problems(draft: LegalDraft) -> Iterator[Problem]:
    if not draft.body.strip():
        yield Problem(draft.file, draft.body_line, "the text is missing", "Write it below the front matter.")
    yield from placeholder_problems(draft.body, draft.file, draft.body_line, PLACEHOLDERS, "school")
