"""The school's settings, and its logo."""

from flask import Blueprint, Response, flash, redirect, url_for

from admin import services
from admin.forms import TEXTS, SchoolForm
from admin.logo import as_png
from admin.page import Answer, page
from core.database import transaction
from core.errors import InvalidInput
from core.school import current_school
from core.web import ADMIN, ANYONE, allow, signed_in

bp = Blueprint("admin_school", __name__)


@bp.route("/admin/school", methods=["GET", "POST"])
@allow(ADMIN)
def settings() -> Answer:
    """What the school says of itself; a change shows on the next page that anybody opens."""
    form = SchoolForm(data={name: getattr(current_school(), name) for name in TEXTS})
    if form.validate_on_submit():
        try:
            _save(form)
        except InvalidInput as problem:
            form[problem.field or "name"].errors = [problem.sentence]
        else:
            flash("The settings are saved.", "success")
            return redirect(url_for("admin_school.settings"), 303)
    return page("school", "school", form)


@bp.get("/school/logo")
@allow(ANYONE)
def logo() -> Response:
    """The logo. Its address carries the version of the settings, so that a new one is seen at once."""
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(services.read_logo(), mimetype="image/png", headers=headers)


def _save(form: SchoolForm) -> None:
    picture = form.logo.data.read() if form.logo.data else b""
    # Before the transaction: the storage may be at the other end of a network.
    logo = services.keep_logo(as_png(picture)) if picture else None
    with transaction():
        services.change_settings(form.values(), logo, form.drop_logo.data, signed_in().user_id)
