"""Bells for long work: one that names what is under way is let be."""

from threading import Barrier, Event, Thread, local

import pytest

from core import jobs

WAIT = 5  # seconds at most


def test_a_bell_for_what_is_under_way_is_let_be_and_others_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers: dict[str, object] = {}
    monkeypatch.setattr(jobs, "_answers", answers)
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        for rung in (1, 2):
            jobs._answers["long"](rung)

    jobs.answer_alone("long", work)
    jobs._answers["long"](1)
    assert begun == [1, 2]

    jobs._answers["long"](1)
    assert begun == [1, 2, 1, 2]


def test_of_two_threads_that_pick_up_the_same_bell_one_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, object] = {}
    monkeypatch.setattr(jobs, "_answers", answers)
    both_look, one_is_through, here = Barrier(2), Event(), local()
    looked_twice: list[int] = []
    begun: list[int] = []

    class Course(int):
        """A number at which the threads wait for each other: when they look it up, and again to look it up anew."""

        def __hash__(self) -> int:
            if not hasattr(here, "has_looked"):
                here.has_looked = True
                both_look.wait(WAIT)
            else:
                looked_twice.append(int(self))
                if len(looked_twice) == 2:
                    one_is_through.set()
                one_is_through.wait(WAIT)
            return int.__hash__(self)

    def work(number: int) -> None:
        begun.append(number)
        one_is_through.wait(WAIT)

    def pick_up() -> None:
        jobs._answers["long"](course)
        one_is_through.set()

    course = Course(7)
    jobs.answer_alone("long", work)
    threads = [Thread(target=pick_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * WAIT)

    assert begun == [7]
