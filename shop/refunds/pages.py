"""The page of one's own order, with what may be asked of it."""

from core.web import render
from shop.endings import Ending
from shop.endings import order_page as page_of
from shop.models import Order
from shop.plans.pages import card_of
from shop.refunds.forms import AskForm
from shop.refunds.requests import asking_of


def order_page(order: Order, time_zone: str, form: AskForm | None = None) -> str:
    """The order, and the form that asks for its money, as it came back with errors where it did."""
    page = page_of(order, time_zone)
    return render(
        "shop/order.html",
        nav="learning",
        page=page,
        asking=asking_of(order, time_zone, page.ending is Ending.DISPUTED),
        form=form or AskForm(),
        plan=card_of(order, time_zone),
    )
