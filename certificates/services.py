"""Issuing, finding, suspending and revoking certificates.

One is issued in the transaction that earns it, and only once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from accounts.models import User
from certificates import rules
from certificates.models import Certificate
from certificates.rules import Assessment
from core import mail
from core.audit import record
from core.clock import now
from core.database import db, insert_once
from core.errors import NotFound
from courses.authors import authors_of
from courses.models import Course
from courses.services import Outline, course_outline
from enrollment.models import EnrollmentState
from enrollment.rules import EndReason
from enrollment.services import AccessGivenBack, AccessTakenBack, Enrolled, find_enrollment
from progress.rules import is_complete
from progress.services import CourseCompleted, StepCompleted, done_steps
from shop.disputes.services import DisputeOver, PaymentDisputed, is_held_back

# Why a certificate was withdrawn with its price, as its page says it.
PAID_BACK = {
    EndReason.REFUND: "The course was refunded.",
    EndReason.DISPUTE: "The payment for the course was taken back.",
}
UNKNOWN_ID = "No certificate has this number. Check it against the paper: 20 characters in groups of four."


@dataclass(frozen=True)
class Content:
    """What a room above tells of the steps it holds: how many learning objectives, and what assesses them."""

    objectives: int = 0
    assessments: tuple[Assessment, ...] = ()


Teller = Callable[[Sequence[str]], Content]
_tellers: list[Teller] = []


def tell_content(teller: Teller) -> None:
    """Let a room above say what the steps with these full names teach and assess (called in app.py)."""
    if teller not in _tellers:
        _tellers.append(teller)


def issue_if_earned(fact: StepCompleted | CourseCompleted | Enrolled) -> None:
    """Issue the certificate when nothing that it asks for is left. A second call changes nothing.

    Who was refunded and has bought the course again gets a new one, for what they had completed is kept.
    """
    course = db.session.get_one(Course, fact.course_id)
    if course.certificate is None:
        return
    outline = course_outline(course)
    if is_complete(required_steps(course, outline), done_steps(fact.user_id, course.id)) and _is_still_in(
        fact
    ):
        _issue(fact.user_id, course, outline)


def _is_still_in(fact: StepCompleted | CourseCompleted | Enrolled) -> bool:
    """Whether the access has not ended while the last step was on its way; both write one after the other."""
    found = find_enrollment(fact.user_id, fact.course_id)
    return found is None or found.state == EnrollmentState.ACTIVE


def required_steps(course: Course, outline: Outline) -> frozenset[int]:
    """The ids of the steps that the course's certificate asks for: all required ones, or those it names.

    Empty, which nobody completes, where it names one that is not there: it is never given away for less.
    """
    wanted = (course.certificate or {}).get("requires", "all")
    if wanted == "all":
        return outline.required
    named = {name: step.id for step in outline.steps for name in (step.body, _short(step.body))}
    return frozenset(named[name] for name in wanted) if set(wanted) <= named.keys() else frozenset()


def find_certificate(typed: str) -> Certificate:
    """The certificate of an id as somebody typed it. Raises NotFound for one that was never issued."""
    number = rules.read_id(typed)
    found = db.session.get(Certificate, number) if number else None
    if found is None:
        raise NotFound(UNKNOWN_ID)
    return found


def certificates_of(user_id: int) -> list[Certificate]:
    """All certificates of one person, newest first."""
    query = select(Certificate).filter_by(user_id=user_id).order_by(Certificate.issued_at.desc())
    return list(db.session.scalars(query))


def certificate_in(user_id: int, course_id: int) -> Certificate | None:
    """The newest certificate that one person holds of one course; a withdrawn one is not held."""
    query = select(Certificate).filter_by(user_id=user_id, course_id=course_id, revoked_at=None)
    return db.session.scalar(query.order_by(Certificate.issued_at.desc()).limit(1))


def state_of(certificate: Certificate) -> rules.State:
    """Whether it stands today."""
    return rules.state_of(
        certificate.revoked_at, certificate.suspended_at, certificate.valid_until, now().date()
    )


def revoke(certificate_id: str, reason: str, by: int | None = None) -> Certificate:
    """Withdraw a certificate, with a reason in general terms that its page will show. Raises NotFound."""
    found = find_certificate(certificate_id)
    if found.revoked_at is None:
        found.revoked_at, found.revoked_reason = now(), reason
        db.session.flush()
        record("certificate.revoke", f"certificate:{found.id}", {"reason": reason}, actor_id=by)
    return found


def revoke_paid_back(fact: AccessTakenBack) -> None:
    """Withdraw what was earned in a course that was paid back, in the transaction of the refund."""
    for certificate in _standing(fact.user_id, fact.course_id):
        revoke(certificate.id, PAID_BACK.get(fact.reason, PAID_BACK[EndReason.REFUND]))


def suspend(fact: PaymentDisputed) -> None:
    """Suspend what was earned in a course whose payment is disputed; what is suspended keeps its day."""
    for certificate in _standing(fact.user_id, fact.course_id):
        if certificate.suspended_at is None:
            certificate.suspended_at = now()
            record("certificate.suspend", f"certificate:{certificate.id}")


def restore(fact: DisputeOver) -> None:
    """Let what was suspended count again, where it was not withdrawn."""
    for certificate in _standing(fact.user_id, fact.course_id):
        if certificate.suspended_at is not None:
            certificate.suspended_at = None
            record("certificate.restore", f"certificate:{certificate.id}")


def _standing(user_id: int, course_id: int) -> Sequence[Certificate]:
    """The certificates of one person and course that were not withdrawn."""
    return db.session.scalars(
        select(Certificate).filter_by(user_id=user_id, course_id=course_id, revoked_at=None)
    ).all()


def reinstate_paid_back(fact: AccessGivenBack) -> None:
    """Let the certificate stand again that a refund had withdrawn, where none stands: the refund has failed."""
    if certificate_in(fact.user_id, fact.course_id) is not None:
        return
    query = select(Certificate).filter_by(
        user_id=fact.user_id, course_id=fact.course_id, revoked_reason=PAID_BACK[EndReason.REFUND]
    )
    found = db.session.scalar(query.order_by(Certificate.issued_at.desc()).limit(1))
    if found is not None:
        found.revoked_at, found.revoked_reason = None, ""
        db.session.flush()
        record("certificate.reinstate", f"certificate:{found.id}", {"reason": "refund failed"})


def _issue(user_id: int, course: Course, outline: Outline) -> None:
    holder = db.session.get_one(User, user_id)
    number = rules.certificate_id()
    row = _row(number, holder, course, outline) | {"cycle": 1 + _refunds(user_id, course.id)}
    issued = insert_once(Certificate, row, ("user_id", "course_id", "cycle"))
    if issued:
        record("certificate.issue", f"certificate:{number}", {"course": course.slug}, actor_id=user_id)
        facts = {"holder": holder.name, "course": course.title, "number": rules.show_id(number)}
        mail.queue("certificate_issued", holder.email, {**facts, "path": f"/certificates/{number}"})


def _refunds(user_id: int, course_id: int) -> int:
    """How many certificates of this course went back with its price."""
    query = select(func.count()).select_from(Certificate)
    returned = query.filter_by(user_id=user_id, course_id=course_id)
    return db.session.scalar(returned.where(Certificate.revoked_reason.in_(PAID_BACK.values()))) or 0


def _row(number: str, holder: User, course: Course, outline: Outline) -> dict[str, object]:
    certificate = course.certificate or {}
    moment = now()
    return {
        "id": number,
        "user_id": holder.id,
        "course_id": course.id,
        "holder": holder.name,
        "course_title": course.title,
        "course_revision": course.revision,
        "signatory": ", ".join(author.name for author in authors_of(course)),
        "language": course.language,
        "minutes": sum(step.minutes for step in outline.steps if step.required),
        "assessed": _assessed(outline),
        "issued_at": moment,
        "valid_until": rules.valid_until(moment.date(), certificate.get("valid_months")),
        "suspended_at": moment if is_held_back(holder.id, course.id) else None,
        "revoked_at": None,
        "revoked_reason": "",
    }


def _assessed(outline: Outline) -> dict[str, object]:
    bodies = [step.body for step in outline.steps if step.required]
    told = [tell(bodies) for tell in _tellers]
    lessons = sum(step.kind == "lesson" for step in outline.steps if step.required)
    assessments = [each for content in told for each in content.assessments]
    return rules.assessed_statement(lessons, sum(content.objectives for content in told), assessments)


def _short(body: str) -> str:
    """`quizzes/the-quiz` of `course/quizzes/the-quiz`: what a course's own front matter writes."""
    return body.partition("/")[2]
