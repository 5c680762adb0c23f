"""The door of every step: who is here, where in the course, and whether they may come in."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect
from werkzeug.wrappers import Response

from core.web import Reader
from courses.services import Outline, OutlineStep, outline_of
from enrollment.models import EnrollmentState
from enrollment.rules import Decision, Facts, Place, Reason, may_enter
from progress.reads import Learner, learner_in

Finder = Callable[[Outline, str, str], OutlineStep]
REFUSALS = {
    Reason.NOT_ENROLLED: "That step is part of the course. Start the course to open it.",
    Reason.REVOKED: "Your access to this course has ended. What you completed is kept.",
}


@dataclass(frozen=True)
class Visit:
    """One person at one step of one course."""

    outline: Outline
    step: OutlineStep
    learner: Learner
    decision: Decision

    @property
    def is_kept(self) -> bool:
        """Whether what is done here goes into the records: a learner's, but not a teacher's who looks in."""
        return self.learner.enrollment == EnrollmentState.ACTIVE


def visit(course_slug: str, slug: str, kind: str, reader: Reader, find: Finder = Outline.find) -> Visit:
    """Look up the step and decide. Raises NotFound for no such course or step; a refusal is in the decision.

    With `courses.services.find_ever` steps that were taken out are found too.
    """
    learner = learner_in(course_slug, reader.user_id)
    outline = outline_of(learner.course_id, learner.version)
    step = find(outline, slug, kind)
    return Visit(outline, step, learner, decide(outline, step, learner, reader))


def decide(outline: Outline, step: OutlineStep, learner: Learner, reader: Reader) -> Decision:
    """Whether the reader may enter this step, and why."""
    teaches = learner.teaches or "admin" in reader.roles
    facts = Facts(teaches, learner.enrollment, learner.order, learner.done)
    return may_enter(facts, _place(step), map(_place, outline.steps))


def turn_away(here: Visit) -> Response:
    """Say why a step is closed, and lead to what opens it; from outside a preview, to its public page."""
    if here.decision.reason == Reason.EARLIER_STEP:
        opener = here.outline.by_id(here.decision.waits_for or 0)
        if opener is not None:
            flash(f"{here.step.title} opens when this step is done.", "info")
            return redirect(opener.url)
    if here.decision.reason == Reason.PREVIEW:
        return redirect(f"/courses/{here.outline.slug}/preview/{here.step.slug}")
    flash(REFUSALS[here.decision.reason], "info")
    return redirect(f"/courses/{here.outline.slug}")


def _place(step: OutlineStep) -> Place:
    return Place(step.id, step.module_number, step.position, step.required, step.preview)
