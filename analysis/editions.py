"""Editions of a question: revisions that ask with the same parts in the same order, so that answers compare. Pure."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from quizzes.questions import Options, Pairs, Question, Steps

# What an answer is told by: texts of parts. A key that was mended, a reason or a prompt makes no new edition.
TOLD_BY: dict[type[Any], Callable[[Any], list[str]]] = {
    Options: lambda parts: [option.text_md for option in parts.options],
    Steps: lambda parts: [step.text_md for step in parts.steps],
    Pairs: lambda parts: [pair.left_md for pair in parts.pairs] + list(parts.rights),
}


def edition_of(question: Question) -> str:
    """The name of the question's edition: its id and a mark of its parts."""
    texts = TOLD_BY.get(type(question.parts), lambda parts: [])(question.parts)
    mark = sha256(json.dumps([question.kind, *texts]).encode()).hexdigest()[:12]
    return f"{question.id}/{mark}"


def question_of(edition: str) -> str:
    """The id of the question that an edition is of."""
    return edition.rpartition("/")[0]
