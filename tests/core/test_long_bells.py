"""Bells for long work: one that names what is under way is let be."""

import pytest

from core import jobs


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
