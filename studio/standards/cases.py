"""A case is long enough to be a conversation, and something in it can go dangerously wrong. Pure.

Dead ends, scenes that no play reaches, needs that no play meets and a pass that no play earns are faults already.
"""

from collections.abc import Iterator

from core.errors import Problem
from quizzes.cases.case import Case
from quizzes.cases.paths import best_safe_score, explore
from studio.standards.manuscript import Manuscript
from studio.texts.quiz_files import QuizText

LEAST_SCENES = 8  # ends are not counted


def thin_cases(manuscript: Manuscript) -> Iterator[Problem]:
    for quiz, case in _cases(manuscript):
        scenes = sum(not scene.end for scene in case.scenes)
        if scenes < LEAST_SCENES:
            remedy = f"Write at least {LEAST_SCENES} besides its ends."
            yield Problem(quiz.file, quiz.body_line, f"the case has {scenes} scenes", remedy)


def harmless_cases(manuscript: Manuscript) -> Iterator[Problem]:
    for quiz, case in _cases(manuscript):
        if not any(choice.unsafe for scene in case.scenes for choice in scene.choices):
            remedy = "Let one choice be {unsafe} and lead to an end that tells why."
            yield Problem(quiz.file, quiz.body_line, "no choice of the case is unsafe", remedy)


def choices_without_a_reason(manuscript: Manuscript) -> Iterator[Problem]:
    for quiz, case in _cases(manuscript):
        for scene in case.scenes:
            for choice in (each for each in scene.choices if not each.why_md):
                message = f"no reason for the choice in “{scene.id}”"
                yield Problem(quiz.file, choice.line, message, "Write it below as `  : …`.")


def cases_too_large_to_play(manuscript: Manuscript) -> Iterator[Problem]:
    """Beyond some thousand places the check judges links alone, and nobody knows whether needs can be met."""
    for quiz, case in _cases(manuscript):
        if case.scenes and (not explore(case).complete or best_safe_score(case) is None):
            remedy = "Take out a state, or make its steps coarser."
            yield Problem(quiz.file, quiz.body_line, "the case is too large to be played through", remedy)


def _cases(manuscript: Manuscript) -> Iterator[tuple[QuizText, Case]]:
    for _, quiz in sorted(manuscript.bundle.quizzes.items()):
        if quiz.case is not None:
            yield quiz, quiz.case
