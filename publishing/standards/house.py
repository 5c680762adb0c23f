"""The standard as a table of rules. A new rule is a new entry; docs/editorial-standard.md tells each in words. Pure."""

from collections.abc import Callable, Iterator, Sequence

from core.errors import Problem
from publishing.standards import cases, citing, cues, figures, lessons, questions, wording
from publishing.standards.manuscript import Manuscript

Rule = Callable[[Manuscript], Iterator[Problem]]

LESSON_RULES: tuple[Rule, ...] = (
    lessons.lessons_without_objectives,
    lessons.summary_length,
    lessons.length,
    lessons.reading_level,
    lessons.missing_parts,
    lessons.key_points_last,
    citing.claims_without_a_source,
    figures.thin_alternatives,
    wording.promises,
)
"""Those that one lesson can be read by alone, without the rest of its bundle."""

RULES: tuple[Rule, ...] = (
    *LESSON_RULES,
    lessons.untested_objectives,
    citing.sources_without_a_claim,
    questions.answers_without_a_reason,
    questions.questions_without_a_source,
    questions.questions_without_attributes,
    questions.questions_never_asked,
    cues.answers_given_away,
    cases.thin_cases,
    cases.harmless_cases,
    cases.unsafe_ends_without_advice,
    cases.cases_without_a_referral,
    cases.choices_without_a_reason,
    cases.cases_too_large_to_play,
)


def advice(manuscript: Manuscript, rules: Sequence[Rule] = RULES) -> list[Problem]:
    """Everything in which a bundle falls short of the standard, by file and line."""
    return sorted({problem for rule in rules for problem in rule(manuscript)})
