"""Questions inside lessons: shown with their reasons once answered, and answered as often as one likes."""

import hmac
import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from flask import render_template
from markupsafe import Markup

from core.config import current_config
from core.errors import InvalidInput, NotFound
from core.prerender import Prerendered, Shelf, cut, hole
from quizzes import rules
from quizzes.paper import show_question
from quizzes.presentation import Layout
from quizzes.reads import Asked, asked
from quizzes.results import sources_in_words, tell_question
from quizzes.services import current_revision, dropped_questions

LONGEST_KEPT = 200  # characters of an answer
_shown = Shelf(size=2_000)
_current: dict[tuple[str, str], tuple[Hashable, "_Now"]] = {}


@dataclass(frozen=True)
class _Now:
    """What a question asks now: a revision, or None for one that is not published or was dropped."""

    revision_id: int | None
    is_dropped: bool


@dataclass(frozen=True)
class CheckGiven:
    """A reader's newest answer to a check, under the numbers of the revision that was asked then."""

    revision_id: int
    answer: dict[str, Any]


def check_html(
    question_id: str, action_url: str, csrf: str, given: CheckGiven | None, edition: Hashable
) -> Markup:
    """The question as a form; once answered what became of each option, why, and the form again.

    `edition` is new with each publication that the page shows (its course and version): while it stands, a check
    that nobody has answered costs no query. A question that is not published leaves a line that says so; one that
    was dropped leaves nothing, whoever answered it before.
    """
    now = _now_in(question_id, edition)
    if now.is_dropped:
        return Markup()
    if now.revision_id is None:
        return Markup(render_template("quizzes/_check_missing.html", question_id=question_id))  # noqa: S704 - a template of ours
    page = _page(question_id, now.revision_id, given, edition)
    return Markup(page.fill({"action": action_url, "csrf": csrf}))  # noqa: S704 - escaped by fill


def answer_check(question_id: str, form: Mapping[str, Sequence[str]]) -> tuple[int, dict[str, Any]]:
    """The revision that is asked now and the answer that a form holds. Raises NotFound, InvalidInput for none."""
    revision = current_revision(question_id)
    if revision is None:
        raise NotFound("This question is asked no more. Go back to the lesson; nothing else changed.")
    question = asked(revision.id)
    answer = rules.read_answer(question.question, form, _layout(question))
    if not rules.is_answered(answer):
        raise InvalidInput(
            "Answer the question first; then the reasons are shown. Go back to the lesson to do so."
        )
    return revision.id, dict(answer)


def _now_in(question_id: str, edition: Hashable) -> _Now:
    """What the question asks in this edition, from memory after the first time."""
    key = (current_config().database_url, question_id)
    kept = _current.get(key)
    if kept is None or kept[0] != edition:
        revision = current_revision(question_id)
        is_dropped = revision is None and question_id in dropped_questions()
        kept = _current[key] = (edition, _Now(revision.id if revision else None, is_dropped))
    return kept[1]


def _page(question_id: str, revision_id: int, given: CheckGiven | None, edition: Hashable) -> Prerendered:
    """Kept for all who gave this answer, but for long ones: each is one person's own and would fill the memory."""
    answered = (given.revision_id, json.dumps(given.answer, sort_keys=True)) if given else None
    if answered and len(answered[1]) > LONGEST_KEPT:
        return cut(_render(question_id, revision_id, given))
    key = (current_config().database_url, question_id, revision_id, answered, edition)
    return _shown.page(key, lambda: _render(question_id, revision_id, given))


def _layout(question: Asked) -> Layout:
    """The same for everybody, so that one form serves all; without the secret nobody tells what a name stands for.

    It follows from what is asked and not from a row's number, so that the same content is laid out alike in every
    database; a form of other words holds other names, and is not taken for this one.
    """
    key = current_config().secret_key.encode()
    words = f"check:{question.question.id}\n{question.question.source}"
    seed = hmac.new(key, words.encode(), "sha256").digest()
    return rules.lay_out(question.question, Random(seed), shuffle=True)


def _render(question_id: str, revision_id: int, given: CheckGiven | None) -> str:
    now_asked = asked(revision_id)
    return render_template(
        "quizzes/_check.html",
        question_id=question_id,
        question=show_question(now_asked, _layout(now_asked), None),
        told=_told(given) if given else None,
        action=hole("action"),
        csrf=hole("csrf"),
    )


def _told(given: CheckGiven) -> object:
    was_asked = asked(given.revision_id)
    feedback = rules.feedback(was_asked.question, given.answer)
    sources = sources_in_words(feedback.sources)
    # Inside a lesson the way to another one of the course is its slug.
    return tell_question(
        was_asked, _layout(was_asked), given.answer, feedback, sources, lambda slug: (slug, "the lesson")
    )
