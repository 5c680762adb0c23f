"""Reviews of invented learners, by the real services."""

from random import Random
from zoneinfo import ZoneInfo

from core.database import db
from demo.answers import answer_to
from quizzes.reads import asked
from reviews import services
from reviews.news import take_in
from reviews.rules import Kind, Rating


def review(user_id: int, skill: float, time_zone: str, rng: Random) -> None:
    """One session of what is due, in the caller's transaction; `skill` is the share that is recalled."""
    take_in(user_id)
    zone = ZoneInfo(time_zone)
    for card_id in services.session_of(services.due_cards(user_id)):
        card = services.find_card(user_id, card_id)
        knows = rng.random() < skill
        if card.kind is Kind.TERM:
            rating = (
                rng.choice((Rating.HARD, Rating.GOOD, Rating.GOOD, Rating.EASY)) if knows else Rating.AGAIN
            )
            services.rate(user_id, card_id, card.reviews, rating, zone)
            continue
        revision = services.revision_of(card)
        answer = answer_to(asked(revision).question, knows, rng) or {}
        given = services.Given(revision, answer, rng.random() < skill)
        services.answer(user_id, card_id, card.reviews, given, zone)
    db.session.expire_all()
