"""Whether the bank of questions gives its answers away to one who has not read the stems. Pure."""

from collections.abc import Iterator

from core.errors import Problem
from publishing.standards.guessing import Bank, Item, Outcome, outcomes, shown
from publishing.standards.manuscript import Manuscript
from quizzes.questions import Options, Question

MOST_GAIN = 10.0  # percentage points over chance
FEWEST_ITEMS = 20  # below, luck says more than writing


def items_of(manuscript: Manuscript) -> list[Item]:
    """Every question with options to tick, in the order of the files."""
    found = (_item(question, file) for question, file in manuscript.questions)
    return [item for item in found if item.right and len(item.options) > len(item.right)]


def _item(question: Question, file: str) -> Item:
    options = question.parts.options if isinstance(question.parts, Options) else ()
    texts = tuple(shown(option.text_md) for option in options)
    return Item(file, texts, frozenset(n for n, option in enumerate(options) if option.right))


def by_file(items: list[Item]) -> dict[str, list[Item]]:
    return {
        file: [item for item in items if item.file == file] for file in dict.fromkeys(i.file for i in items)
    }


def answers_given_away(manuscript: Manuscript) -> Iterator[Problem]:
    """Strategies that beat chance by too much over the whole bank; told at the file where they gain most."""
    items = items_of(manuscript)
    if len(items) < FEWEST_ITEMS:
        return
    bank = Bank(items)
    for outcome in outcomes(items, bank):
        if outcome.gain > MOST_GAIN:
            yield Problem(
                _worst_file(items, bank, outcome),
                0,
                _message(outcome),
                "Reword options until it does not pay.",
            )


def _message(outcome: Outcome) -> str:
    found = f"{100 * outcome.hits:.0f} % against {100 * outcome.chance:.0f} % by chance"
    return f"over all {outcome.items} items, to tick {outcome.strategy} finds {found}"


def _worst_file(items: list[Item], bank: Bank, outcome: Outcome) -> str:
    """Where most hits over chance are won."""
    files = by_file(items)

    def won(file: str) -> float:
        own = files[file]
        return next(len(own) * each.gain for each in outcomes(own, bank) if each.strategy == outcome.strategy)

    return max(files, key=won)
