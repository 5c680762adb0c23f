"""What the pages of quizzes and cases share: where they stand, answers in words, a text that was not kept."""

from collections.abc import Sequence

from flask import Response

from certificates.services import certificate_in
from core.error_pages import status_of
from core.web import Reader, render
from progress.access import Visit
from quizzes.paper import given_in_words, show_question
from quizzes.reads import Target, asked
from quizzes.saving import Given, NotKept

TAKEN_OUT = " The {noun} is no longer part of the course; your result stays here."


def kicker(here: Visit) -> str:
    """Where the quiz or case stands: `Module 3 quiz`."""
    has_place = len(here.outline.modules) > 1 and not here.step.is_taken_out
    noun = here.step.noun
    return f"Module {here.step.module_number} {noun}" if has_place else noun.capitalize()


def taken_out(here: Visit) -> str:
    """A sentence where the step is no longer part of the course, else nothing."""
    return TAKEN_OUT.format(noun=here.step.noun) if here.step.is_taken_out else ""


def certificate_url(reader: Reader, here: Visit) -> str:
    """Where the certificate of this course stands, or nothing as long as none is held."""
    held = certificate_in(reader.user_id, here.outline.course_id)
    return f"/certificates/{held.id}" if held else ""


def give_back(attempt_id: str, refused: NotKept) -> Response:
    """The text on a page of its own: whoever sent it without a script has it nowhere else."""
    page = render("quizzes/not_kept.html", nav="learning", refused=refused, url=f"/attempts/{attempt_id}")
    return Response(page, status_of(refused), mimetype="text/html")


def answers_in_words(targets: Sequence[Target], given: Sequence[Given]) -> list[tuple[str, list[str]]]:
    """Each question by number and prompt, with the words of what was answered to it."""
    shown = [
        show_question(asked(target.revision_id), target.layout, one.answer, target.position)
        for target, one in zip(targets, given, strict=True)
    ]
    return [(f"Question {each.position}: {each.name}", given_in_words(each)) for each in shown]
