"""The admin's one deed with a gift: sending its code again."""

from flask import Blueprint, flash, redirect, url_for

from admin.page import Answer
from core.database import transaction
from core.limits import require_within
from core.permissions import Permission
from core.web import allow, signed_in
from shop.gifts.services import send_again
from shop.orders import find_order

bp = Blueprint("admin_gifts", __name__, url_prefix="/admin")
MAILS = "20/hour"  # of one gift, by all of the staff


@bp.post("/orders/<number>/gift/send")
@allow(Permission.MONEY)
def send(number: str) -> Answer:
    """Mail the code to the address that the gift has. It moves no money."""
    order = find_order(number)
    require_within(MAILS, "admin-gift", number)
    with transaction():
        send_again(order, signed_in().user_id)
    flash("The code is on its way to the address of the gift.", "success")
    return redirect(url_for("admin_orders.show", number=number), 303)
