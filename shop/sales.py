"""What is on sale at an address: a course or a bundle, with its offer in each currency."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import InvalidInput
from core.money import Money
from core.school import current_school
from courses.models import Course
from courses.rules import access_in_words
from courses.services import prices_of
from shop.offers import Offer, of_course


@dataclass(frozen=True)
class Sale:
    """`noun` is what it is called, `offers` what it costs by currency, the one that is proposed first;
    `access_text` says how long it stays open."""

    noun: str
    title: str
    url: str
    offers: Mapping[str, Offer]
    access_text: str

    @property
    def enroll_url(self) -> str:
        return f"{self.url}/enroll"

    @property
    def first(self) -> Offer:
        return next(iter(self.offers.values()))

    def offer_in(self, currency: str) -> Offer:
        """The offer in this currency, the proposed one for an empty word. Raises InvalidInput for another one."""
        if currency and currency not in self.offers:
            raise InvalidInput(f"It is not sold in {currency}. Choose among the prices below.", "currency")
        return self.offers[currency] if currency else self.first


def of_this_course(course: Course) -> Sale:
    """One course for oneself."""
    offers = {
        currency: of_course(course, price) for currency, price in school_first(prices_of(course)).items()
    }
    return Sale(
        "course", course.title, f"/courses/{course.slug}", offers, access_in_words(course.access_months)
    )


def school_first(prices: Mapping[str, Money]) -> dict[str, Money]:
    """The prices with the school's own currency ahead, where there is one in it."""
    own = current_school().currency
    return dict(sorted(prices.items(), key=lambda each: each[0] != own))
