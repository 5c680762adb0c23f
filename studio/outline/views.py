"""The doors of a course's outline. Every press names the save that its page was made from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from core.database import transaction
from core.errors import InvalidInput
from core.web import INSTRUCTOR, allow, asks_for_data, render, signed_in
from courses.access import deeds_in, require
from courses.roles import Deed
from studio.drafts.services import Overtaken
from studio.outline import rules, services

bp = Blueprint("outline", __name__, url_prefix="/studio/courses/<course>")
Answer: TypeAlias = "str | tuple[str, int] | Response"
LONGEST_TITLE = 200  # characters
OVERTAKEN = "Somebody changed the outline meanwhile, so nothing was done. This is how it stands now."


@dataclass(frozen=True)
class Press:
    """What a form of the page sends; `number` is the save that the page was made from."""

    course: str
    number: int
    by: int
    module: str
    step: str
    title: str
    kind: str
    place: int

    def edit(self, change: services.Edit) -> None:
        services.change(self.course, self.number, self.by, change)


def _add_module(press: Press) -> str:
    if not press.title:
        raise InvalidInput(services.NO_TITLE)
    press.edit(lambda text: rules.add_module(text, press.title))
    return "The module is added."


def _rename_module(press: Press) -> str:
    if not press.title:
        raise InvalidInput(services.NO_TITLE)
    press.edit(lambda text: rules.rename_module(text, press.module, press.title))
    return "The module has a new title."


def _drop_module(press: Press) -> str:
    press.edit(lambda text: rules.drop_module(text, press.module))
    return "The module is taken out."


def _begin(press: Press) -> str:
    begun = press.course, press.number, press.by, press.module
    services.begin_step(*begun, press.kind if press.kind in services.FOLDERS else "lesson", press.title)
    return "It is added as a draft, at the end of its module."


def _rename(press: Press) -> str:
    services.rename_step(press.course, press.by, press.step, press.title)
    return "The new title is in the draft."


def _drop(press: Press) -> str:
    press.edit(lambda text: rules.drop_step(text, press.course, press.step))
    return "It is taken out of the outline. Its text is kept below, and nobody loses what was done."


def _place(press: Press) -> str:
    press.edit(lambda text: rules.place_step(text, press.course, press.step, press.module, press.place))
    return "It is moved."


def _duplicate(press: Press) -> str:
    services.duplicate_step(press.course, press.number, press.by, press.step)
    return "The copy stands at the end of the module, as a draft."


def _put_back(press: Press) -> str:
    services.put_back(press.course, press.number, press.by, press.module, press.step)
    return "It is back, at the end of the module."


def _shift_module(by: int) -> Callable[[Press], str]:
    def deed(press: Press) -> str:
        press.edit(lambda text: rules.shift_module(text, press.module, by))
        return "The module is moved."

    return deed


def _shift(by: int) -> Callable[[Press], str]:
    def deed(press: Press) -> str:
        press.edit(lambda text: rules.shift_step(text, press.course, press.step, by))
        return "It is moved."

    return deed


def _require(required: bool) -> Callable[[Press], str]:
    def deed(press: Press) -> str:
        press.edit(lambda text: rules.set_required(text, press.course, press.step, required))
        return "It is required." if required else "It is optional."

    return deed


DEEDS: Mapping[str, Callable[[Press], str]] = {
    "add-module": _add_module,
    "rename-module": _rename_module,
    "drop-module": _drop_module,
    "module-up": _shift_module(-1),
    "module-down": _shift_module(1),
    "begin": _begin,
    "rename": _rename,
    "drop": _drop,
    "up": _shift(-1),
    "down": _shift(1),
    "place": _place,
    "require": _require(True),
    "make-optional": _require(False),
    "duplicate": _duplicate,
    "put-back": _put_back,
}
"""What the page's buttons do; each answers what to say."""


@bp.get("")
@allow(INSTRUCTOR)
def show(course: str) -> Answer:
    """The outline as it is being written."""
    require(course, Deed.READ_DRAFTS)
    return _page(course)


@bp.post("/outline")
@allow(INSTRUCTOR)
def change(course: str) -> Answer:
    """One deed of the outline's buttons."""
    require(course, Deed.WRITE)
    deed = DEEDS.get(request.form.get("deed", ""))
    try:
        if deed is None:
            raise InvalidInput("There is no such button any more. Load the page again.")
        with transaction():
            said = deed(_press(course))
    except Overtaken:
        return _page(course, OVERTAKEN), 409
    except InvalidInput as refused:
        return _page(course, refused.sentence), 422
    if not asks_for_data():
        flash(said, "ok")
    return redirect(url_for("outline.show", course=course), 303)


def _press(course: str) -> Press:
    sent = request.form
    return Press(
        course,
        sent.get("number", -1, type=int),
        signed_in().user_id,
        sent.get("module", ""),
        sent.get("step", ""),
        " ".join(sent.get("title", "").split())[:LONGEST_TITLE],
        sent.get("kind", ""),
        sent.get("place", 0, type=int),
    )


def _page(course: str, refused: str = "") -> str:
    return render(
        "studio/outline.html",
        nav="studio",
        outline=services.outline_page(course),
        refused=refused,
        deeds=deeds_in(course),
    )
