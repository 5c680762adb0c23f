"""The door between a draft and its learners: what kind of change it is, what goes with it, and the deed."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.database import transaction
from core.errors import InvalidInput, Problem
from core.web import INSTRUCTOR, allow, render, signed_in
from courses.roles import Deed
from publishing.services import BrokenBundle
from studio.drafts.models import Draft
from studio.drafts.services import catch_up
from studio.outline.rules import Step, title_in
from studio.publication.services import (
    KINDS,
    Choice,
    companions,
    gather,
    outline_with,
    prepare_drafts,
    publish_drafts,
    read_change,
    require_draft,
    texts_of,
)
from studio.record import look_at
from studio.texts import Text, text_for

bp = Blueprint("publication", __name__, url_prefix="/studio/texts/<path:path>")
Answer = str | tuple[str, int] | Response
MERGED = "What learners see changed meanwhile. Both changes are in this text: look it over."


@bp.get("/publish")
@allow(INSTRUCTOR)
def ask(path: str) -> Answer:
    """What kind of change the draft is, before it is published."""
    text = text_for(path, Deed.PUBLISH)
    draft = require_draft(path)
    with transaction():
        merged = [each for each in _all_with(draft) if catch_up(each, signed_in().user_id)]
    if merged:
        flash(MERGED, "warn")
        return redirect(text.url, 303)
    return _question(text, draft)


@bp.post("/publish")
@allow(INSTRUCTOR)
def publish(path: str) -> Answer:
    """Publish the draft, in one transaction with all that follows from it."""
    text = text_for(path, Deed.PUBLISH)
    draft = require_draft(path)
    try:
        change = read_change(request.form, asks_kind=_asks_kind(text, draft))
        prepared = prepare_drafts(_choice(path))
        with transaction():
            publish_drafts(prepared, signed_in().user_id, change)
    except BrokenBundle as broken:
        return _question(text, draft, faults=broken.problems), 422
    except InvalidInput as wrong:
        return _question(text, draft, problem=wrong), 422
    flash("It is published. Learners see it now.", "ok")
    return redirect(text.url, 303)


def _all_with(draft: Draft) -> list[Draft]:
    """The draft, the outline that goes with it, and the new texts that may."""
    outline = outline_with(draft)
    return [draft, *([outline] if outline else []), *companions(draft)]


def _asks_kind(text: Text, draft: Draft) -> bool:
    """Of what is new nobody asks, and of a course's outline nobody has learned anything."""
    return text.is_step and bool(draft.base_revision)


def _choice(path: str) -> Choice:
    """What the form says: saves as `7 courses/anatomy/course.md`, and the paths of what goes with it."""
    return Choice(path, dict(map(_seen, request.form.getlist("seen"))), set(request.form.getlist("with")))


def _seen(written: str) -> tuple[str, int]:
    number, _, path = written.partition(" ")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise InvalidInput("The form does not say which save it was made from. Load the page again.")
    return path, int(number)


def _question(
    text: Text, draft: Draft, faults: Sequence[Problem] = (), problem: InvalidInput | None = None
) -> str:
    """The question what kind of change it is; with the faults that keep the draft from being published."""
    others = companions(draft)
    taken = set(request.form.getlist("with")) if request.method == "POST" else {each.path for each in others}
    return render(
        "studio/publish.html",
        nav="studio",
        text=text,
        title=_title(draft),
        draft=draft,
        saves=_all_with(draft),
        others=[(each.path, _title(each), each.path in taken) for each in others],
        asks_kind=_asks_kind(text, draft),
        faults=sorted({*faults, *_faults(Choice(draft.path, {}, taken))}),
        kinds=KINDS,
        form=request.form,
        problem=problem,
    )


def _faults(choice: Choice) -> list[Problem]:
    """What is wrong with the texts themselves; a merge that is not decided says so when it is pressed."""
    try:
        return look_at(texts_of(choice, gather(choice))).faults
    except InvalidInput:
        return []


def _title(draft: Draft) -> str:
    return title_in(draft.text) or Step.name_of(draft.path)
