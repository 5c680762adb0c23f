"""Whatever bytes a browser sends: a form parser reads them, an answer comes out, and it is graded, always alike."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from io import BytesIO
from random import Random
from urllib.parse import quote_from_bytes

from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.formparser import FormDataParser

from quizzes import rules
from quizzes.kinds.ticked import verdict_name
from quizzes.presentation import Layout
from quizzes.questions import Question
from quizzes.quiz_text import parse_questions
from tests import factories
from tests.quizzes.visiting import PAPER, Visitor

URLENCODED = "application/x-www-form-urlencoded"
WRITTEN = "\n## written {essay points=6}\nPrompt of written\n\n- Markingpoint\n"
QUESTIONS = parse_questions(PAPER + WRITTEN, "courses/any/quizzes/any.md")[0]
LAYOUTS = [rules.lay_out(question, Random(number), shuffle=True) for number, question in enumerate(QUESTIONS)]
WORDS = ("9,4", "-0.1 days", "1e999", "SP", "Cortisol", "9" * 4000, "\0", "١٢", "½", "on", "1", "0")
TYPES = st.just(URLENCODED) | st.sampled_from(
    [f"{URLENCODED}; charset=utf-16", "multipart/form-data; boundary=x", "application/json", "", "\xff"]
)


def names_of(layout: Layout) -> list[bytes]:
    """The names of the fields that a page of this layout has."""
    fields = [layout.name, verdict_name(layout), *map(layout.field, layout.rows)]
    return [field.encode() for field in fields]


def pairs(layout: Layout, position: int = 1) -> st.SearchStrategy[list[tuple[bytes, bytes]]]:
    """Names and values, half of them such as the page has, the others of any bytes."""
    tokens = [pick.token.encode() for pick in layout.picks]
    known = st.sampled_from([*tokens, *(word.encode() for word in WORDS), b"true", b"false"])
    beside = (f"{word}{position}".encode() for word in ("item", "flag", "sure", "seq"))
    names = st.sampled_from([*names_of(layout), *beside, b"go", b"csrf_token"])
    return st.lists(st.tuples(names | st.binary(max_size=8), known | st.binary(max_size=60)), max_size=12)


def forged(layout: Layout) -> st.SearchStrategy[list[tuple[bytes, bytes]]]:
    """What somebody sends who knows the page: its own names with its own values, more of them than it would send."""
    tokens = [pick.token.encode() for pick in layout.picks] or [b"SP", b"9.4"]
    return st.lists(
        st.tuples(st.sampled_from(names_of(layout)), st.sampled_from(tokens)), min_size=2, max_size=8
    )


def encoded(chosen: Sequence[tuple[bytes, bytes]]) -> bytes:
    return b"&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}".encode() for name, value in chosen)


def parsed(body: bytes, content_type: str = URLENCODED) -> dict[str, list[str]]:
    """The form as the framework reads it from the wire."""
    kind, _, rest = content_type.partition(";")
    options = dict([rest.strip().split("=")]) if rest else {}
    _, form, _ = FormDataParser().parse(BytesIO(body), kind, len(body), options)
    return form.to_dict(flat=False)


def earned(question: Question, layout: Layout, form: Mapping[str, Sequence[str]]) -> Fraction | None:
    """What a form earns; it must be within bounds, and the same each time."""
    answer = rules.read_answer(question, form, layout)
    score = rules.grade(question, answer)
    assert rules.grade(question, rules.read_answer(question, form, layout)) == score
    assert score.earned is None or 0 <= score.earned <= score.possible == question.points
    return score.earned


@st.composite
def bodies(draw: st.DrawFn) -> tuple[Question, Layout, bytes]:
    number = draw(st.integers(0, len(QUESTIONS) - 1))
    some = draw((pairs(LAYOUTS[number]) | forged(LAYOUTS[number])).map(encoded) | st.binary(max_size=200))
    return QUESTIONS[number], LAYOUTS[number], some


@settings(max_examples=300)
@given(bodies(), TYPES)
def test_no_bytes_make_grading_fail(sent: tuple[Question, Layout, bytes], content_type: str) -> None:
    question, layout, body = sent

    earned(question, layout, parsed(body, content_type if "multipart" not in content_type else URLENCODED))


@settings(max_examples=200)
@given(st.sampled_from(range(len(QUESTIONS))), st.data(), st.randoms(use_true_random=False))
def test_the_order_of_the_fields_does_not_count(number: int, data: st.DataObject, rng: Random) -> None:
    question, layout = QUESTIONS[number], LAYOUTS[number]
    chosen = data.draw(forged(layout) | pairs(layout))
    ticked = layout.name.encode() if question.kind in ("choice", "choices", "truefalse") else None
    single = {name: (name, value) for name, value in chosen if name != ticked}
    once = [*single.values(), *(pair for pair in chosen if pair[0] == ticked)]

    mixed = rng.sample(once, len(once))

    assert earned(question, layout, parsed(encoded(mixed))) == earned(question, layout, parsed(encoded(once)))


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), content_type=TYPES, script=st.booleans())
@example(data=None, content_type="application/json", script=True)
def test_no_bytes_break_the_door_that_saves(
    app: Flask, data: st.DataObject | None, content_type: str, script: bool
) -> None:
    visitor, attempt, token = seat(app)
    items = visitor.items(attempt)
    item = data.draw(st.sampled_from(items)) if data else items[0]
    sent = pairs(item.layout, item.position).map(encoded) | st.binary(max_size=200)
    body = data.draw(sent) if data else b'{"item1": 1}'
    known = f"csrf_token={token}&item{item.position}=1&".encode()

    answer = visitor.browser.post(
        f"{attempt}?q={item.position}",
        data=known + body,
        content_type=content_type,
        headers={"Accept": "application/json" if script else "text/html"},
    )

    assert answer.status_code < 500, answer.text
    saved = visitor.items(attempt)[item.position - 1]
    score = rules.grade(saved.asked.question, saved.answer)
    assert score.earned is None or 0 <= score.earned <= score.possible
    assert visitor.browser.get(f"{attempt}?q={item.position}").status_code == 200


SEATS: dict[str, tuple[Visitor, str, str]] = {}


def seat(app: Flask) -> tuple[Visitor, str, str]:
    """One learner at an open attempt for all examples of a database."""
    key = app.config["SQLALCHEMY_DATABASE_URI"]
    if key not in SEATS:
        SEATS.clear()
        visitor = Visitor(app, PAPER + WRITTEN)
        SEATS[key] = visitor, visitor.start(), factories.csrf(visitor.browser)
    return SEATS[key]
