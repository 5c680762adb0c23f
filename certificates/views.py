"""The public doors of certificates: verify by address, by number typed in, and print."""

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, make_response, redirect, request, send_file
from werkzeug.wrappers import Response as WerkzeugResponse

from certificates import rules, services
from certificates.models import Certificate
from core.errors import NotFound
from core.limits import require_within
from core.school import School, current_school
from core.web import ANYONE, absolute_url, allow, render

if TYPE_CHECKING:
    from certificates.paper import Paper

bp = Blueprint("certificates", __name__)
Answer = str | WerkzeugResponse
STATE_SENTENCES = {
    rules.State.VALID: "Valid certificate",
    rules.State.EXPIRED: "Expired certificate",
    rules.State.SUSPENDED: "Suspended certificate",
    rules.State.REVOKED: "Withdrawn certificate",
}
NOT_PRINTED = {
    rules.State.SUSPENDED: "This certificate is suspended, so it is not printed for now. Its page says since when.",
    rules.State.REVOKED: "This certificate was withdrawn; there is nothing to print. Its page says since when.",
}


@bp.get("/certificates/<number>")
@allow(ANYONE)
def show(number: str) -> Answer:
    """Verify a certificate: what was earned, by whom, how it was assessed, and whether it stands."""
    try:
        certificate = services.find_certificate(number)
    except NotFound as error:
        return _unknown(number, error)
    if number != certificate.id:
        return redirect(f"/certificates/{certificate.id}")
    page = render("certificates/show.html", certificate=_shown(certificate))
    answer = make_response(page)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/certificates/<number>.pdf")
@allow(ANYONE)
def paper(number: str) -> Answer:
    """The certificate to print, on A4 or with `?size=letter` on Letter."""
    from certificates.paper import render_pdf  # typst is loaded by those who print, not by every page

    require_within("60/minute", "certificate-pdf")
    certificate = services.find_certificate(number)
    state = services.state_of(certificate)
    if state in NOT_PRINTED:
        raise NotFound(NOT_PRINTED[state])
    data = render_pdf(
        _paper(certificate, current_school()), "letter" if request.args.get("size") == "letter" else "a4"
    )
    name = f"certificate-{rules.show_id(certificate.id)}.pdf"
    answer = send_file(BytesIO(data), mimetype="application/pdf", download_name=name)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/verify")
@allow(ANYONE)
def verify() -> Answer:
    """Type a number in; a right one leads to its page, a wrong one is told so as a 404."""
    typed = request.args.get("number", "")
    if not typed.strip():
        return render("certificates/verify.html", typed="", problem="")
    try:
        return redirect(f"/certificates/{services.find_certificate(typed).id}")
    except NotFound as error:
        return _unknown(typed, error)


def _unknown(typed: str, error: NotFound) -> Answer:
    """The form again, with what was typed or scanned: the remedy for a slip stands beside its name."""
    return make_response(render("certificates/verify.html", typed=typed, problem=error.sentence), 404)


def _shown(certificate: Certificate) -> dict[str, object]:
    state = services.state_of(certificate)
    return {
        "id": certificate.id,
        "number": rules.show_id(certificate.id),
        "holder": certificate.holder,
        "course": certificate.course_title,
        "revision": certificate.course_revision,
        "issued": _day(certificate.issued_at),
        "valid_until": _day(certificate.valid_until) if certificate.valid_until else "",
        "hours": rules.contact_hours_shown(certificate.minutes),
        "signatory": certificate.signatory,
        "assessed": certificate.assessed,
        "state": state.value,
        "state_text": STATE_SENTENCES[state],
        "suspended": _day(certificate.suspended_at) if certificate.suspended_at else "",
        "revoked": _day(certificate.revoked_at) if certificate.revoked_at else "",
        "revoked_reason": certificate.revoked_reason,
    }


def _paper(certificate: Certificate, school: School) -> "Paper":
    from certificates.paper import Paper

    path = f"/certificates/{certificate.id}"
    return Paper(
        school=school.name,
        colour_primary=school.colour_primary,
        colour_accent=school.colour_accent,
        holder=certificate.holder,
        course=certificate.course_title,
        issued_on=certificate.issued_at.date(),
        issued=f"Issued {_day(certificate.issued_at)}",
        valid_until=f"Valid until {_day(certificate.valid_until)}" if certificate.valid_until else "",
        contact_hours=rules.contact_hours_shown(certificate.minutes),
        assessed=str(certificate.assessed["sentence"]),
        certificate_id=rules.show_id(certificate.id),
        verify_url=absolute_url(path),
        verify_at=f"Check at {absolute_url('/verify').partition('://')[2]}",
        signatory=certificate.signatory,
        signed_as=f"{certificate.signatory}, author of the course" if certificate.signatory else "",
        language=certificate.language,
    )


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%B %Y}"
