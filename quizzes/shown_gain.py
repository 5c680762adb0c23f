"""What was gained, in words: before the module, after it, and long after it."""

from dataclasses import dataclass
from fractions import Fraction

from quizzes import rules
from quizzes.afterwards import Recalled
from quizzes.gain import Gain

TO_COME = (
    "Some of them return in your reviews after three months. What you know of them then will stand here."
)


@dataclass(frozen=True)
class ShownGain:
    """Percents right `before` and `after`; `later` is None until something was asked long after."""

    sentence: str
    before: int
    after: int
    later: int | None
    later_label: str
    later_words: str


def show_gain(found: Gain | None, recalled: Recalled | None) -> ShownGain | None:
    """The gain on ideas that both quizzes asked; None where there is nothing to compare."""
    if found is None:
        return None
    before, after = (rules.percent(share, Fraction(1)) for share in (found.before, found.after))
    ideas = "this idea" if len(found.ideas) == 1 else f"these {len(found.ideas)} ideas"
    return ShownGain(
        sentence=f"Before the module you had {before} percent of {ideas} right, now {after}.",
        before=before,
        after=after,
        later=None if recalled is None else rules.percent(Fraction(recalled.right), Fraction(recalled.n)),
        later_label="" if recalled is None else f"After {recalled.days} days",
        later_words=TO_COME if recalled is None else _counted(recalled),
    )


def _counted(recalled: Recalled) -> str:
    answers = "answer" if recalled.n == 1 else "answers"
    said = f"{recalled.right} of {recalled.n} {answers} wholly right"
    return f"In your reviews, {recalled.days} days later or more: {said}."
