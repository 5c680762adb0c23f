"""A case is long enough to be a conversation, something in it can go dangerously wrong, and somebody else may have to
be called in. Pure.

Dead ends, scenes that no play reaches, needs that no play meets and a pass that no play earns are faults already.
"""

from collections.abc import Iterator

from core.errors import Problem
from publishing.standards.manuscript import Manuscript
from publishing.texts.quiz_files import QuizText
from quizzes.cases.case import Case
from quizzes.cases.paths import best_safe_score
from quizzes.cases.places import explore

LEAST_SCENES = 8  # ends are not counted
LEAST_ADVICE = 40  # words of an unsafe end


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


def unsafe_ends_without_advice(manuscript: Manuscript) -> Iterator[Problem]:
    """An unsafe act ends at a scene that says why, and what to do in life."""
    for quiz, case in _cases(manuscript):
        stops = {choice.target for scene in case.scenes for choice in scene.choices if choice.unsafe}
        for scene in (each for each in case.scenes if each.id in stops):
            words = len(scene.text_md.split())
            if words < LEAST_ADVICE:
                message = f"the unsafe end “{scene.id}” has {words} words"
                remedy = f"Tell why it is unsafe and what to do instead, in {LEAST_ADVICE} words or more."
                yield Problem(quiz.file, scene.line, message, remedy)


def cases_without_a_referral(manuscript: Manuscript) -> Iterator[Problem]:
    """Knowing when a client belongs with somebody else is graded in every case."""
    for quiz, case in _cases(manuscript):
        if not any(choice.refer for scene in case.scenes for choice in scene.choices):
            remedy = "Mark choices that bring the client to a doctor, a service or a lead with `refer`."
            yield Problem(quiz.file, quiz.body_line, "no choice of the case refers", remedy)


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
