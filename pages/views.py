"""Home, about, the glossary's and the questions' pages, the school's colours, the demo's mail."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, Response, abort, request
from sqlalchemy import func, select

from articles.pages import newest
from core.config import current_config
from core.database import db
from core.errors import NotFound
from core.school import current_school, stylesheet
from core.web import ANYONE, SIGNED_IN, allow, render, signed_in
from courses.authors import AuthorFacts, author_facts
from courses.models import Author, Course
from lessons.course_page import course_facts
from pages.dashboard import dashboard_of, greeting
from pages.faq import gathered
from shop.legal import read_legal
from sources.models import Term

bp = Blueprint("pages", __name__)
ARTICLES_AT_HOME = 3
FREE, CERTIFICATION = "the-stress-skin-cycle", "holistic-dermatology-certification"


@bp.get("/")
@allow(ANYONE)
def home() -> str:
    """The front page."""
    return render(
        "pages/home.html",
        free=_course(FREE),
        certification=_course(CERTIFICATION),
        author=_author(),
        articles=newest(ARTICLES_AT_HOME),
    )


@bp.get("/dashboard")
@allow(SIGNED_IN)
def dashboard() -> str:
    """Where the learner goes on."""
    person = signed_in()
    found = dashboard_of(person)
    courses, begun = found.courses, [c for c in found.courses if c.is_open and not c.completed and c.next]
    return render(
        "pages/dashboard.html",
        nav="learning",
        greeting=greeting(person),
        courses=[course for course in courses if course.is_open],
        current=next((c for c in begun if not (c.waits or c.opens or c.day)), next(iter(begun), None)),
        paused=[course for course in courses if course.is_paused],
        ended=[course for course in courses if not course.is_open and not course.is_paused],
        certificates=[course.certificate for course in courses if course.certificate],
        reminders=found.reminders,
        works=found.works,
        attempts=found.attempts,
        reviews=found.reviews,
        team=found.team,
    )


@bp.get("/about")
@allow(ANYONE)
def about() -> str:
    """Who teaches here and how."""
    return render("pages/about.html", nav="about", author=_author())


@bp.get("/glossary")
@allow(ANYONE)
def glossary() -> str:
    """The terms that lessons explain, in the order of the alphabet."""
    terms = db.session.scalars(select(Term).order_by(func.lower(Term.name))).all()
    return render("pages/glossary.html", terms=terms)


@bp.get("/faq")
@allow(ANYONE)
def faq() -> str:
    """Questions and answers."""
    return render("pages/faq.html", groups=gathered())


@bp.get("/legal/<page>")
@allow(ANYONE)
def legal(page: str) -> str:
    """A legal text: the version that holds now, or an older one that somebody accepted."""
    return render("pages/legal.html", text=read_legal(page, request.args.get("version")))


@bp.get("/school.css")
@allow(ANYONE)
def school_css() -> Response:
    """The school's two colours as tokens."""
    return Response(
        stylesheet(current_school()), mimetype="text/css", headers={"Cache-Control": "max-age=300"}
    )


@bp.get("/demo/mail")
@allow(ANYONE)
def demo_mail() -> str:
    """The mails that the demonstration would have sent, newest first."""
    files = sorted(_mail_folder().glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
    return render("pages/demo_mail.html", mails=[_summary(file) for file in files[:100]])


@bp.get("/demo/mail/<name>")
@allow(ANYONE)
def demo_mail_show(name: str) -> str:
    """One of them."""
    found = next((file for file in _mail_folder().glob("*.eml") if file.name == name), None)
    if found is None:
        raise NotFound("There is no such mail.")
    message = _message(found)
    body = message.get_body(("plain",))
    return render(
        "pages/demo_mail_show.html", mail={**_summary(found), "text": body.get_content() if body else ""}
    )


def _mail_folder() -> Path:
    if not current_config().is_demo:
        abort(404)
    return current_config().instance / "mail"


def _summary(file: Path) -> dict[str, str]:
    message = _message(file)
    return {
        "url": f"/demo/mail/{file.name}",
        "subject": str(message["Subject"]).strip(),  # A long one is folded after its name.
        "to": str(message["To"]),
        "when": str(message["Date"]),
    }


def _message(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def _course(slug: str) -> dict[str, object] | None:
    found = db.session.scalar(select(Course).filter_by(slug=slug))
    return course_facts(found) if found else None


def _author() -> AuthorFacts | None:
    found = db.session.scalar(select(Author).order_by(Author.id))
    return author_facts(found) if found else None
