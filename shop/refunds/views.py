"""The door at which a learner asks for the money of an order."""

from flask import Blueprint, flash, redirect
from werkzeug.wrappers import Response

from core.database import transaction
from core.limits import require_within
from core.web import SIGNED_IN, allow, signed_in
from shop import orders
from shop.refunds import requests
from shop.refunds.forms import AskForm
from shop.refunds.pages import order_page

bp = Blueprint("refunds", __name__)
ASKED = "10/hour"


@bp.post("/orders/<number>/refund-request")
@allow(SIGNED_IN)
def ask(number: str) -> str | Response | tuple[str, int]:
    """Ask for the money back; the school answers by mail."""
    person, form = signed_in(), AskForm()
    order = orders.order_of(person.user_id, number=number)
    if not form.validate_on_submit():
        return order_page(order, person.time_zone, form), 422
    require_within(ASKED, "refund-request", str(person.user_id))
    with transaction():
        requests.ask(number, person.user_id, form.text.data or "", person.time_zone)
    flash("The school has your request, and answers by mail.", "success")
    return redirect(f"/orders/{number}", 303)


@bp.post("/orders/<number>/refund-request/withdraw")
@allow(SIGNED_IN)
def withdraw(number: str) -> Response:
    """Take the request back: nothing of the order changes."""
    with transaction():
        requests.withdraw(number, signed_in().user_id)
    flash("Your request is withdrawn. The order stays as it is.", "success")
    return redirect(f"/orders/{number}", 303)
