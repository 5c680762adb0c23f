"""What the forms of an attempt carry, and whether they were opened under this very sign-in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, jsonify, redirect, request
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import ValidationError

from core.database import transaction
from core.limits import require_within
from core.web import Reader, asks_for_data, reader
from quizzes import kept, rules
from quizzes.marks import Certainty
from quizzes.presentation import TEXT_LIMIT
from quizzes.reads import Target, asked
from quizzes.saving import Given, NotKept

ITEM = re.compile(r"item([1-9]\d{0,3})")
FILES = re.compile(r"files([1-9]\d{0,3})")
SEQ = re.compile(r"[0-9]{1,15}")  # milliseconds
MOST_BASES = 50  # changes that a page may have sent without an answer
NOT_SENT_ON = ("csrf_token",)
OF_THE_FORM = re.compile(r"csrf_token|go|(?:item|seq|base|flag|sure)\d+")
SIGNED_OUT = "Not saved: you are signed out. Your answer is kept here. Sign in, then come back to this page."
TOO_LONG = (
    "Not saved: this text has {length:,} characters, and {limit:,} is the most. What was saved before stands. Shorten "
    "it here, or hand in a part of it as a file where that is asked for."
)
KEPT_FORMS = "30/hour; 100/day"


@dataclass(frozen=True)
class Onward:
    """Where a saved page leads: to a question, to the whole paper, to the summary, or out."""

    query: str = ""
    page: str = ""  # review, hand-in, files or leave


def sender() -> Reader | None:
    """Who sent this form: the reader if it was opened under this sign-in, else None."""
    person = reader()
    if person is None:
        return None
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return None
    return person


def wants_json() -> bool:
    """Whether a script asks, not a page."""
    return asks_for_data()


def told(sentence: str, status: int) -> Response:
    """What a script is answered where a page would be shown a message."""
    answer = jsonify(message=sentence)
    answer.status_code = status
    return answer


def keep_for_later() -> WerkzeugResponse:
    """The sign-in under which the form was opened is over: keep what it holds, ask to sign in."""
    if wants_json():
        return told(SIGNED_OUT, 401)
    require_within(KEPT_FORMS, "kept-forms")
    with transaction():
        address = f"/attempts/kept/{kept.keep(request.path, fields())}"
    return redirect(address if reader() else "/login?" + urlencode({"next": address}), 303)


def positions(names: Iterable[str]) -> list[int]:
    """The questions that a form says it carries, by its fields `item1`, `item2` and so on."""
    return sorted({int(found[1]) for name in names if (found := ITEM.fullmatch(name))})


def read_given(targets: Sequence[Target], form: Mapping[str, Sequence[str]]) -> list[Given]:
    """The answers that a form holds; a question that it left empty is one that was cleared.

    Raises NotKept for a text that is too long: cut, it would be called saved.
    """
    return [_given(target, form) for target in targets]


def _given(target: Target, form: Mapping[str, Sequence[str]]) -> Given:
    question, place = asked(target.revision_id).question, target.position
    # An essay is a text of somebody's own: it is not cut, and no other window writes over it unseen.
    is_own = question.kind == "essay"
    if is_own:
        _require_length(form.get(target.layout.name))
    return Given(
        place,
        rules.read_answer(question, form, target.layout),
        bool(form.get(f"flag{place}")),
        _certainty(form.get(f"sure{place}")),
        _seq(form.get(f"seq{place}")),
        _bases(form.get(f"base{place}")) if is_own else None,
    )


def _certainty(values: Sequence[str] | None) -> Certainty | None:
    """How sure somebody said to be; whatever else stands there is nothing said."""
    known = {str(word): word for word in Certainty}
    return known.get(values[0]) if values else None


def _seq(values: Sequence[str] | None) -> int | None:
    """The number of a change, as a script counts it; a form without a script has none."""
    found = SEQ.fullmatch(values[0]) if values else None
    return int(found[0]) if found else None


def _require_length(values: Sequence[str] | None) -> None:
    text = values[0].replace("\r\n", "\n") if values else ""
    if len(text) > TEXT_LIMIT:
        raise NotKept(TOO_LONG.format(length=len(text), limit=TEXT_LIMIT), text)


def _bases(values: Sequence[str] | None) -> frozenset[int] | None:
    """The numbers of the changes that a page goes on from: the one it was loaded with, and those it has sent."""
    found = values[0].split(",")[-MOST_BASES:] if values else []
    return frozenset(int(each) for each in found if SEQ.fullmatch(each)) or None


def longest_text(form: Mapping[str, Sequence[str]]) -> str:
    """The longest thing that somebody wrote into a form, whatever its field is called."""
    written = (value for name, values in form.items() if not OF_THE_FORM.fullmatch(name) for value in values)
    return max(written, key=len, default="")


def fields() -> list[list[str]]:
    """The form as it can be kept and sent again: names and values, without its token."""
    pairs = request.form.items(multi=True)
    return [[name, value] for name, value in pairs if name not in NOT_SENT_ON]


def as_form(kept: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """A kept form as one that has just been sent."""
    form: dict[str, list[str]] = {}
    for name, value in kept:
        form.setdefault(name, []).append(value)
    return form


def onward(go: str, here: int | None, last: int) -> Onward:
    """Where the pressed button leads; `here` is the question shown, None on the whole paper."""
    place = here or 1
    leads = {
        "next": Onward(f"?q={min(place + 1, last)}"),
        "back": Onward(f"?q={max(place - 1, 1)}"),
        "one": Onward(f"?q={place}"),
        "paper": Onward("?view=paper"),
        "review": Onward(page="review"),
        "hand-in": Onward(page="hand-in"),
        "leave": Onward(page="leave"),
    }
    if found := FILES.fullmatch(go):
        return Onward(page=f"files?q={found[1]}")
    if go.isascii() and go.isdigit():
        return Onward(f"?q={min(max(int(go[:6]), 1), last)}")
    return leads.get(go) or Onward(f"?q={here}" if here else "?view=paper")
