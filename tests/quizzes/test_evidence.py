"""What a disputed order's evidence tells of attempts."""

import pytest

from quizzes.evidence import in_words


@pytest.mark.parametrize(
    ("pass_percent", "said"),
    [
        (80, "Passed the quiz “Skin” with 90 percent"),
        (0, "Took the quiz “Skin” with 90 percent"),
    ],
)
def test_nobody_passes_what_nobody_can_fail(pass_percent: int, said: str) -> None:
    assert in_words("quiz", "Skin", 90, pass_percent) == said
