"""News: told at once, in order, and never twice to the same listener."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from core import events


@dataclass(frozen=True)
class Happened:
    what: str


@dataclass(frozen=True)
class HappenedMore(Happened):
    pass


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    events._handlers.pop(Happened, None)
    events._handlers.pop(HappenedMore, None)


def test_subscribers_hear_a_fact_in_the_order_of_their_subscription() -> None:
    heard: list[str] = []
    events.subscribe(Happened, lambda fact: heard.append(f"first {fact.what}"))
    events.subscribe(Happened, lambda fact: heard.append(f"second {fact.what}"))

    events.publish(Happened("it"))

    assert heard == ["first it", "second it"]


def test_the_same_subscription_twice_hears_once() -> None:
    heard: list[Happened] = []
    events.subscribe(Happened, heard.append)
    first = events._handlers[Happened][0]
    events.subscribe(Happened, first)

    events.publish(Happened("it"))

    assert len(heard) == 1


def test_a_failing_handler_fails_the_publisher_and_stops_the_rest() -> None:
    heard: list[Happened] = []

    def fail(_: Happened) -> None:
        raise RuntimeError("no")

    events.subscribe(Happened, fail)
    events.subscribe(Happened, heard.append)

    with pytest.raises(RuntimeError, match="no"):
        events.publish(Happened("it"))
    assert heard == []


def test_a_fact_is_heard_by_its_own_kind_only() -> None:
    heard: list[Happened] = []
    events.subscribe(Happened, heard.append)

    events.publish(HappenedMore("it"))

    assert heard == []
