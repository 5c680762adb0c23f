"""What is asked of the site: each case is a stream of visits by learners in turn, and the text an answer must hold."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import urlencode

from bench import client
from bench.bundle import (
    COURSE,
    EXAM,
    LAST_WORDS,
    LESSONS,
    QUIZ,
    SHIPPED_COURSE,
    SHIPPED_LESSON,
    STEPS,
    lesson_slug,
)
from bench.client import Visit
from bench.hello import WORD, make_cookies
from bench.people import DONE, Learner
from bench.shop import FOR_SALE, Shop
from bench.sites import hand_in_all

ROTATING = 50  # learners whose cookies take turns on a page; the others hand in quizzes
ITEM = re.compile(rb'<input type="hidden" name="(item\d+)" value="1">')
RADIO = re.compile(rb'<input type="radio"[^>]* name="([^"]+)" value="([^"]+)"')
HOME_TEXT = "The Stress-Skin Cycle"
FAR_AHEAD = "9" * 15  # the server takes a number of a change from beyond its clock for this moment
FRESH = 60  # paid orders for one load of fresh events


@dataclass(frozen=True)
class Paper:
    """An open attempt of one learner: its address and a form that answers all its questions, one dict each."""

    learner: Learner
    address: str
    fields: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Site:
    """A running site as the cases see it: where it listens, its learners, the open attempts of the first ones, and
    who can buy from it."""

    port: int
    learners: tuple[Learner, ...]
    papers: tuple[Paper, ...]
    shop: Shop

    @property
    def readers(self) -> tuple[Learner, ...]:
        return self.learners[:ROTATING]


@dataclass(frozen=True)
class Case:
    """`visits` gives the stream; an endless one is cut by the clock, a finite one is measured whole.

    `beside` is a stream that goes on at the same time, on as many connections, and is not measured.

    `crowd` is false where a process refuses more than a few at once by design: then one connection is measured.
    """

    name: str
    visits: Callable[[Site], Iterable[Visit]]
    endless: bool = True
    crowd: bool = True
    beside: Callable[[Site], Iterable[Visit]] | None = None


def hello(_: Site) -> Iterator[Visit]:
    return cycle([(client.get("/hello", cookie, WORD),) for cookie in make_cookies(ROTATING)])


def lesson(site: Site) -> Iterator[Visit]:
    return _each(site, f"/learn/{COURSE}/{lesson_slug(DONE + 1)}", LAST_WORDS)


def next_lesson(site: Site) -> Iterator[Visit]:
    """Every visit opens a lesson that its learner was not at, so that each writes the new place durably."""
    paths = [f"/learn/{COURSE}/{lesson_slug(number)}" for number in range(1, LESSONS + 1)]
    return cycle([(client.get(path, one.cookie, LAST_WORDS),) for path in paths for one in site.readers])


def shipped_lesson(site: Site) -> Iterator[Visit]:
    return _each(site, f"/learn/{SHIPPED_COURSE}/{SHIPPED_LESSON}", "Alarm and recovery")


def course(site: Site) -> Iterator[Visit]:
    return cycle([(client.get(f"/courses/{COURSE}", "", "Twenty lessons and a quiz"),)])


def outline(site: Site) -> Iterator[Visit]:
    return _each(site, f"/learn/{COURSE}", f"{DONE} of {STEPS} steps")


def dashboard(site: Site) -> Iterator[Visit]:
    return _each(site, "/dashboard", f"{DONE} of {STEPS} steps")


def home(site: Site) -> Iterator[Visit]:
    return cycle([(client.get("/", "", HOME_TEXT),)])


def quiz_page(site: Site) -> Iterator[Visit]:
    asked = "Question 3 of 10"
    return cycle(
        [(client.get(f"{paper.address}?q=3", paper.learner.cookie, asked),) for paper in site.papers]
    )


def start(site: Site) -> Iterator[Visit]:
    """All learners begin the same quiz under a clock: ten questions are drawn and laid out. Of the load before,
    nobody has an attempt open."""
    hand_in_all(site.shop.environ, EXAM)
    return iter([(_beginning(learner, EXAM),) for learner in site.learners])


def save(site: Site) -> Iterator[Visit]:
    """One answer under a clock, as the page's script sends it, each with a greater number than the one before."""
    newest = [{**paper.fields[2], f"seq{_position(paper.fields[2])}": FAR_AHEAD} for paper in site.papers]
    return cycle(
        [
            (_saving(paper, [fields], "application/json", 200, "won"),)
            for paper, fields in zip(site.papers, newest, strict=True)
        ]
    )


def submit(site: Site) -> Iterator[Visit]:
    """Ten saved answers are handed in and the result is shown: two requests. The attempts are made beforehand."""
    papers = [open_paper(site.port, learner) for learner in site.learners[ROTATING:]]
    for paper in papers:
        client.fetch(site.port, _saving(paper, paper.fields, "text/html", 303, ""))
    return iter([_submission(paper) for paper in papers])


def last_page(site: Site) -> Iterator[Visit]:
    """The page before the payment, of a learner who is not in the course that is sold."""
    return _each(site, f"/courses/{FOR_SALE}/enroll", "Enroll for")


def settled_event(site: Site) -> Iterator[Visit]:
    """Stripe delivers what was acted on before: nothing is asked of it, and nothing changes."""
    (event,) = site.shop.deliveries(1)
    client.fetch(site.port, event)
    return cycle([(event,)])


def fresh_event(site: Site) -> Iterator[Visit]:
    """Each tells of an order that was just paid: the session is asked for at the sandbox, the buyer is enrolled."""
    return iter([(event,) for event in site.shop.deliveries(FRESH)])


CASES = (
    Case("lesson page", lesson),
    Case("lesson page, while as many learners hand in", lesson, beside=submit),
    Case("lesson page, the next lesson (one write)", next_lesson),
    Case("lesson page of the shipped course, with its questions", shipped_lesson),
    Case("course page, visitor", course),
    Case("course outline, learner", outline),
    Case("dashboard", dashboard),
    Case("home, visitor", home),
    Case("quiz, 200 learners begin it (one write)", start, endless=False),
    Case("quiz, one question", quiz_page),
    Case("quiz, save one answer (one write)", save),
    Case("quiz, submit and result (2 requests, one write)", submit, endless=False),
    Case("enroll page, learner", last_page),
    Case("webhook, an event settled before (one write)", settled_event),
    Case(
        "webhook, a fresh event fulfilled (the sandbox asked, two writes)",
        fresh_event,
        endless=False,
        crowd=False,
    ),
)
HELLO = Case("bare Flask, signed session", hello)


def open_paper(port: int, learner: Learner) -> Paper:
    """Begin an attempt as the page's button does, and read its form."""
    begun = client.fetch(port, _beginning(learner, QUIZ))
    address = re.search(rb"/attempts/[0-9A-Za-z]+", begun)
    assert address is not None
    page = client.fetch(port, client.get(f"{address[0].decode()}?view=paper", learner.cookie, "item10"))
    return Paper(learner, address[0].decode(), tuple(_answers(page)))


def _beginning(learner: Learner, quiz: str) -> client.Request:
    """The button of a quiz's first page, pressed."""
    path = f"/learn/{COURSE}/quizzes/{quiz}/start"
    return client.post(path, learner.cookie, _form(learner), "/attempts/", 303)


def _position(fields: dict[str, str]) -> str:
    return next(name for name in fields if name.startswith("item")).removeprefix("item")


def _answers(page: bytes) -> Iterator[dict[str, str]]:
    """For each question its mark and the first of its options."""
    parts = ITEM.split(page)
    for item, form in zip(parts[1::2], parts[2::2], strict=True):
        chosen = RADIO.search(form)
        assert chosen is not None
        yield {item.decode(): "1", chosen[1].decode(): chosen[2].decode()}


def _each(site: Site, path: str, text: str) -> Iterator[Visit]:
    return cycle([(client.get(path, one.cookie, text),) for one in site.readers])


def _saving(
    paper: Paper, fields: Iterable[dict[str, str]], accept: str, status: int, text: str
) -> client.Request:
    values = {name: value for one in fields for name, value in one.items()}
    body = _form(paper.learner, **values)
    return client.post(f"{paper.address}?q=3", paper.learner.cookie, body, text, status, accept)


def _submission(paper: Paper) -> Visit:
    cookie = paper.learner.cookie
    return (
        client.post(f"{paper.address}/submit", cookie, _form(paper.learner), paper.address, 303),
        client.get(paper.address, cookie, "You needed 80 percent"),
    )


def _form(learner: Learner, **values: str) -> str:
    return urlencode({"csrf_token": learner.csrf, **values})
