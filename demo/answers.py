"""Answers of invented learners: right ones, and wrong ones that somebody might give. Pure."""

from collections.abc import Callable
from random import Random
from typing import Any

from quizzes.presentation import Answer
from quizzes.questions import Options, Pairs, Quantity, Question, Steps, Wordings


def answer_to(question: Question, right: bool, rng: Random) -> Answer | None:
    """An answer that earns everything, or one that earns less; None where a person would have to mark it."""
    teller = _TELLERS.get(type(question.parts))
    return teller(question, right, rng) if teller else None


def _options(question: Question, right: bool, rng: Random) -> Answer:
    parts: Any = question.parts
    key = [number for number, option in enumerate(parts.options) if option.right]
    others = [number for number in range(len(parts.options)) if number not in key]
    ticked = key if right or not others else sorted([*key[1:], rng.choice(others)])
    if parts.verdict is None:
        return {"ticked": ticked}
    return {"verdict": ["true" if parts.verdict else "false"], "ticked": ticked}


def _steps(question: Question, right: bool, rng: Random) -> Answer:
    parts: Any = question.parts
    places = list(range(1, len(parts.steps) + 1))
    if not right:
        at = rng.randrange(len(places) - 1)
        places[at], places[at + 1] = places[at + 1], places[at]
    return {"places": places}


def _pairs(question: Question, right: bool, rng: Random) -> Answer:
    parts: Any = question.parts
    picked = [parts.rights.index(pair.right_md) for pair in parts.pairs]
    if not right:
        picked[rng.randrange(len(picked))] = len(parts.rights) - 1
    return {"picked": picked}


def _quantity(question: Question, right: bool, rng: Random) -> Answer:
    parts: Any = question.parts
    value = float(parts.value) if right else float(parts.value + 3 * parts.tolerance + rng.randint(1, 9))
    return {"text": [f"{value:g}"]}


def _wordings(question: Question, right: bool, rng: Random) -> Answer:
    parts: Any = question.parts
    words = [wording.variants[0] for wording in parts.wordings]
    if not right:
        words[rng.randrange(len(words))] = "I am not sure"
    return {"text": words[:1], "texts": words}


_TELLERS: dict[type, Callable[[Question, bool, Random], Answer]] = {
    Options: _options,
    Steps: _steps,
    Pairs: _pairs,
    Quantity: _quantity,
    Wordings: _wordings,
}
