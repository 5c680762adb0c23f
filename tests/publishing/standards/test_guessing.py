"""What guessers gain who see the options alone."""

import pytest

from core.errors import Problem
from publishing.standards.cues import answers_given_away, items_of
from publishing.standards.guessing import STRATEGIES, Bank, Item, expected, outcomes
from tests.publishing.standards.model import QUESTIONS, manuscript, model

QUESTION = """## item-{n} {{choice}}
What is so?

- [{a}] {first}
- [{b}] {second}
"""


def item(*options: str, right: int | tuple[int, ...] = 0) -> Item:
    places = (right,) if isinstance(right, int) else right
    return Item("file", options, frozenset(places))


def gains(*items: Item) -> dict[str, float]:
    return {outcome.strategy: outcome.gain for outcome in outcomes(items)}


@pytest.mark.parametrize(
    ("strategy", "options"),
    [
        ("the longest", ("far longer than this", "short", "brief", "small")),
        ("the shortest", ("short", "much longer", "very much longer", "even longer still")),
        ("the most qualified", ("may often be so", "is thus now", "is so then", "was so then")),
        ("the least absolute", ("is so", "always is", "never is", "all are")),
        ("one with a number", ("about 30", "many", "few", "none")),
        ("most like the others", ("red warm skin", "red cold skin", "blue warm skin", "red warm hair")),
        ("one that says no", ("False: so", "True: so", "True: thus", "True: then")),
    ],
)
def test_a_strategy_that_tells_the_key_gains_all_that_chance_leaves(strategy, options):
    assert gains(item(*options))[strategy] == 75.0


def test_options_that_are_all_alike_gain_nothing():
    assert set(gains(item("aa", "bb"), item("cc", "dd", right=1)).values()) == {0.0}


def test_the_usual_place_is_that_of_the_whole_bank():
    bank = Bank([item("aa", "bb", right=1)] * 3 + [item("aa", "bb")])
    assert {each.strategy: each.hits for each in outcomes(bank.items, bank)}["the usual place"] == 0.75


@pytest.mark.parametrize(
    ("right", "ranks", "share"),
    [
        ((0,), (1, 0, 0, 0), 1.0),
        ((0,), (0, 1, 0, 0), 0.0),
        ((0,), (1, 1, 0, 0), 0.5),
        ((0,), (0, 0, 0, 0), 0.25),
        ((0, 1), (2, 1, 0, 0), 1.0),
        ((0, 1), (2, 0, 1, 0), 0.5),
        ((0, 1), (1, 0, 0, 0), (1 + 1 / 3) / 2),
    ],
)
def test_ties_are_drawn_by_lot(right, ranks, share):
    assert expected(item("a", "b", "c", "d", right=right), ranks) == pytest.approx(share)


def bank_of(count: int, first: str, second: str) -> list[Problem]:
    """Two options each, the first right in the even items and the second in the odd ones; `first` is the right one."""
    texts = []
    for n in range(count):
        marks, words = (("x", " "), (first, second)) if n % 2 else ((" ", "x"), (second, first))
        texts.append(QUESTION.format(n=n, a=marks[0], b=marks[1], first=words[0], second=words[1]))
    files = model() | {QUESTIONS: "\n".join(texts).encode()}
    assert len(items_of(manuscript(files))) == count
    return list(answers_given_away(manuscript(files)))


def test_a_bank_whose_longest_options_are_right_is_told():
    (problem,) = bank_of(20, "skin holds water well", "skin loses heat")
    assert problem.file == QUESTIONS
    assert problem.message == "over all 20 items, to tick the longest finds 100 % against 50 % by chance"


def test_a_bank_without_a_cue_is_not():
    assert bank_of(20, "aaa bbb", "ccc ddd") == []


def test_few_items_are_left_to_luck():
    assert bank_of(19, "skin holds water well", "skin loses heat") == []


def test_citations_and_signs_are_no_part_of_an_option():
    files = model() | {
        QUESTIONS: QUESTION.format(n=1, a="x", b=" ", first="*a* [@a2001 early]", second="b").encode()
    }
    assert items_of(manuscript(files))[0].options == ("a", "b")
    assert len(STRATEGIES) == 8
