"""The doors of forms that arrived when their sign-in had ended: seen again, and sent."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect
from werkzeug.wrappers import Response

from core.database import transaction
from core.web import SIGNED_IN, Reader, allow, render, signed_in
from quizzes import forms, kept, pages
from quizzes.cases import views as case_views
from quizzes.reads import AttemptHead, attempt_head, mailbox
from quizzes.saving import NotKept
from quizzes.sending import hand_in, save_answers

bp = Blueprint("kept_answers", __name__)
Answer = str | Response
Form = dict[str, list[str]]


@bp.get("/attempts/kept/<token>")
@allow(SIGNED_IN)
def show_kept(token: str) -> Answer:
    """What arrived after the sign-in had ended, and a button that sends it. A text that is too long is given back."""
    person = signed_in()
    form = kept.find(token)
    attempt_id, sort = _addressed(form.path)
    head = attempt_head(attempt_id, person.user_id)
    try:
        given = sort.tell(head, person, forms.as_form(form.fields))
    except NotKept as refused:
        return pages.give_back(attempt_id, refused)
    return render("quizzes/kept.html", nav="learning", head=head, given=given, sort=sort, token=token)


@bp.post("/attempts/kept/<token>")
@allow(SIGNED_IN)
def send_kept(token: str) -> Answer:
    """Send what was kept, if the attempt is the reader's."""
    person = signed_in()
    form = kept.find(token)
    attempt_id, sort = _addressed(form.path)
    try:
        address = sort.send(attempt_id, person, forms.as_form(form.fields))
    except NotKept as refused:
        return pages.give_back(attempt_id, refused)
    with transaction():
        kept.take(token)
    return redirect(address, 303)


def _tell_answers(head: AttemptHead, person: Reader, form: Form) -> list[tuple[str, list[str]]]:
    box = mailbox(head.id, person.user_id, forms.positions(form))
    return pages.answers_in_words(box.targets, forms.read_given(box.targets, form))


def _send_answers(attempt_id: str, person: Reader, form: Form) -> str:
    save_answers(attempt_id, person, form)
    flash("Your answers are saved.", "ok")
    return f"/attempts/{attempt_id}"


def _send_in(attempt_id: str, person: Reader, _form: Form) -> str:
    hand_in(attempt_id, person)
    return f"/attempts/{attempt_id}"


@dataclass(frozen=True)
class Late:
    """A sort of form that may arrive when its sign-in has ended: its words, and how it is told and sent."""

    lede: str
    button: str
    tell: Callable[[AttemptHead, Reader, Form], list[tuple[str, list[str]]]]
    send: Callable[[str, Reader, Form], str]  # gives the address to go on at


LATE = {
    "": Late(
        "You sent these after your sign-in had ended. Nothing is saved until you send them now.",
        "Send my answers",
        _tell_answers,
        _send_answers,
    ),
    "submit": Late(
        "You handed in after your sign-in had ended. Send it now and the answers saved so far are marked.",
        "Confirm and submit",
        lambda head, person, form: [],
        _send_in,
    ),
    "choose": Late(
        "You chose after your sign-in had ended. Nothing has happened in the case until you send it now.",
        "Send my choice",
        case_views.tell,
        case_views.send,
    ),
}


def _addressed(path: str) -> tuple[str, Late]:
    """The attempt that a kept form is for, and what sort of form it is."""
    _, _, attempt_id, *rest = path.split("/")
    return attempt_id, LATE["/".join(rest)]
