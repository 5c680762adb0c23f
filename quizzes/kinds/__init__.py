"""The kinds of question, by the name that stands in their heading. A new kind is a new entry."""

from typing import Any

from quizzes.kinds.arranged import MatchKind, OrderKind
from quizzes.kinds.kind import Kind
from quizzes.kinds.ticked import ChoiceKind, ChoicesKind, TrueFalseKind
from quizzes.kinds.typed import BlanksKind, NumberKind, TextKind
from quizzes.kinds.written import EssayKind, FileKind

QUESTION_KINDS: dict[str, Kind[Any]] = {
    kind.name: kind
    for kind in (
        ChoiceKind(),
        ChoicesKind(),
        TrueFalseKind(),
        OrderKind(),
        MatchKind(),
        NumberKind(),
        TextKind(),
        BlanksKind(),
        EssayKind(),
        FileKind(),
    )
}
