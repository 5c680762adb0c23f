"""The door of every step: who is here, where in the course, and whether they may come in."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from flask import flash, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from core.clock import now
from core.errors import Forbidden, Way
from core.school import current_school
from core.web import Reader, asks_for_page
from courses.services import Outline, OutlineStep, outline_of
from enrollment.refusals import Opener, refusal
from enrollment.rules import Decision, Facts, OpenCheckout, Reason, may_enter
from progress.reads import Learner, learner_in
from shop.standing import checkout_of, open_order

Finder = Callable[[Outline, str, str], OutlineStep]


@dataclass(frozen=True)
class Visit:
    """One person at one step of one course."""

    outline: Outline
    step: OutlineStep
    learner: Learner
    decision: Decision
    time_zone: str  # of the reader, empty for UTC
    is_seen: bool = False  # Somebody of the staff looks with the learner's eyes.

    @property
    def is_kept(self) -> bool:
        """Whether what is done here goes into the records: a learner's, but not a teacher's who looks in."""
        return self.learner.is_in and not self.is_seen


def visit(course_slug: str, slug: str, kind: str, reader: Reader, find: Finder = Outline.find) -> Visit:
    """Look up the step and decide. Raises NotFound for no such course or step; a refusal is in the decision.

    With `courses.services.find_ever` steps that were taken out are found too.
    """
    return visit_of(learner_in(course_slug, reader.user_id), slug, kind, reader, find)


def visit_of(learner: Learner, slug: str, kind: str, reader: Reader, find: Finder = Outline.find) -> Visit:
    """The same for one whose place in the course is known: `learner` is the reader's."""
    outline = outline_of(learner.course_id, learner.version)
    step = find(outline, slug, kind)
    decision = decide(outline, step, learner, reader.roles)
    return Visit(outline, step, learner, decision, reader.time_zone, bool(reader.seen_by))


def is_in_course(learner: Learner, reader: Reader) -> bool:
    """Whether the course is open to the reader, as its learner or as one who teaches it."""
    return learner.is_in or _teaches(learner, reader.roles)


def turn_away(here: Visit) -> Response:
    """Say why a step is closed, and lead to what opens it; from outside a preview, to its public page."""
    if here.decision.reason == Reason.PREVIEW:
        return redirect(f"/courses/{here.outline.slug}/preview/{here.step.slug}")
    flash(sentence_of(here), "info")
    return redirect(_opener(here).url)


def closed(here: Visit) -> Exception:
    """What to raise at what somebody sends to a step that is closed to them.

    A browser's form is led to what opens the step, as the step's own page would be; a script gets the refusal with the
    way there, and so does a preview, which is open and keeps nothing.
    """
    if _is_form() and here.decision.reason != Reason.PREVIEW:
        flash(sentence_of(here), "info")
        return HTTPException(response=redirect(_opener(here).url, 303))
    opener = _opener(here)
    return Forbidden(sentence_of(here), Way(opener.title, opener.url))


def _is_form() -> bool:
    return request.method == "POST" and asks_for_page()


def decide(outline: Outline, step: OutlineStep, learner: Learner, roles: AbstractSet[str]) -> Decision:
    """Whether somebody with these roles may enter, and why."""
    facts = facts_of(outline, learner, roles)
    decision = may_enter(facts, step, now())
    if decision.allowed or learner.is_in:
        return decision
    # Only who stands outside can have an order open, so only they pay for asking.
    return may_enter(replace(facts, checkout=_checkout(learner)), step, now())


def facts_of(outline: Outline, learner: Learner, roles: AbstractSet[str]) -> Facts:
    """What is known of a person and a course but for their order."""
    return Facts(
        _teaches(learner, roles),
        learner.enrollment,
        learner.end_reason,
        learner.order,
        learner.done,
        outline.steps,
        pause_reason=learner.pause_reason,
        ends_at=learner.ends_at,
        schedule=learner.schedule,
        reason=learner.reason,
    )


def _checkout(learner: Learner) -> OpenCheckout | None:
    return checkout_of(open_order(learner.user_id, learner.course_id))


def _teaches(learner: Learner, roles: AbstractSet[str]) -> bool:
    return learner.teaches or "admin" in roles


def sentence_of(here: Visit) -> str:
    """What the reader is told of a closed step."""
    zone = ZoneInfo(here.time_zone or "UTC")
    return refusal(here.decision, here.step.title, _opener(here), current_school().support_email, zone)


def _opener(here: Visit) -> Opener:
    """The step that comes first where one does; the outline, which tells the days, where one has to wait for its day;
    else the course's page, which says how to get in."""
    step = here.outline.by_id(here.decision.waits_for or 0)
    if step is not None:
        return Opener(step.title, step.url, _modules_before(here))
    if here.decision.opens_at is not None:
        return Opener(here.outline.title, f"/learn/{here.outline.slug}")
    return Opener(here.outline.title, f"/courses/{here.outline.slug}")


def _modules_before(here: Visit) -> tuple[str, ...]:
    """Where modules open one after the other: those that are still to be done before the one of this step."""
    if here.learner.order != "modules":
        return ()
    missing = here.outline.required - here.learner.done
    return tuple(
        f"module {module.number}, “{module.title}”,"
        for module in here.outline.modules[: here.step.module_number - 1]
        if any(step.id in missing for step in module.steps)
    )
