"""The doors of a case: its first page, a scene, a choice, the debrief."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from core.database import transaction
from core.errors import Conflict
from core.limits import require_within
from core.web import ANYONE, Reader, allow, render
from progress.access import Visit
from quizzes import forms
from quizzes.access import require_in_course, require_open, where
from quizzes.cases import services
from quizzes.cases.citations import Notes, notes_for
from quizzes.cases.debrief import debrief_page
from quizzes.cases.pages import scene_page
from quizzes.cases.play import Play, replay
from quizzes.cases.reads import choices_of, edition
from quizzes.models import Quiz
from quizzes.reads import AttemptHead, attempt_head
from quizzes.standing import asking
from quizzes.start_page import start_page

Answer = str | Response
CHOICES = "300/hour"


def show(here: Visit, quiz: Quiz, person: Reader) -> Answer:
    """The case before it is begun: the client's file, the rules of play, what was tried already."""
    notes = _notes(quiz.content["revision"], here)
    page = start_page(here, quiz, person)
    asks = asking(person.user_id, quiz.id) if page.is_used_up else None
    shown = {"file": notes.file(), "start": notes.edition.case.start, "sources": notes.sources}
    return render("quizzes/case_start.html", nav="learning", page=page, asks=asks, **shown)


def attempt(head: AttemptHead, here: Visit, person: Reader) -> Answer:
    """The scene that waits for a choice, or an earlier one (`?step=`) read again; at the end the debrief."""
    play = _play_of(head, person)
    step = request.args.get("step", 0, type=int)
    notes = _notes(head.case_revision or 0, here)
    if not 0 < step <= len(play.turns):
        step = 0
    if play.is_over and not step:
        page = debrief_page(head, here, person, notes, play)
        return render("quizzes/case_debrief.html", nav="learning", page=page)
    if head.is_open:
        require_in_course(here)
    return render("quizzes/case.html", nav="learning", page=scene_page(head, here, notes, play, step or None))


@allow(ANYONE)
def choose(play_id: str) -> Answer:
    """Make a choice in an attempt that is a play; what came of it stands at the scene's own address.

    It asks for its token itself.
    """
    person = forms.sender()
    if person is None:
        return forms.keep_for_later()
    return redirect(send(play_id, person, request.form.to_dict(flat=False)), 303)


def send(attempt_id: str, person: Reader, form: Mapping[str, Sequence[str]]) -> str:
    """Make the choice that a form holds; the address to go on at. A choice that comes too late is told there.

    Raises NotFound, Forbidden, Conflict where nothing may be chosen at all.
    """
    require_within(CHOICES, "case-choose", str(person.user_id))
    head = attempt_head(attempt_id, person.user_id)
    require_open(where(head.course, head.step, person))
    position, token = _chosen(form)
    try:
        with transaction():
            services.choose(person.user_id, attempt_id, position, token)
    except Conflict as refused:
        flash(refused.sentence, "info")
        return head.url
    return f"{head.url}?step={position}#outcome"


def tell(head: AttemptHead, person: Reader, form: Mapping[str, Sequence[str]]) -> list[tuple[str, list[str]]]:
    """The choice that a kept form holds, in words."""
    position, token = _chosen(form)
    play = _play_of(head, person)
    index = services.tokens(head.id, position, play.offered).get(token)
    if play.scene is None or index is None:
        return []
    shown = edition(head.case_revision or 0)
    return [(shown.title(play.scene), [shown.plain(play.scene.choices[index].text_md)])]


def _play_of(head: AttemptHead, person: Reader) -> Play:
    return replay(edition(head.case_revision or 0).case, choices_of(head.id, person.user_id))


def _notes(revision_id: int, here: Visit) -> Notes:
    return notes_for(edition(revision_id), (here.outline.course_id, here.outline.version))


def _chosen(form: Mapping[str, Sequence[str]]) -> tuple[int, str]:
    """The scene's place on the way and the choice's name; 0 for a place that is no number."""
    position, token = (next(iter(form.get(name, ())), "") for name in ("position", "choice"))
    is_number = position.isascii() and position.isdigit() and len(position) < 7
    return int(position) if is_number else 0, token
