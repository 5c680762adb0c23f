"""What figures say: each sentence at its threshold, and none where there is nothing to say."""

from dataclasses import replace

import pytest

from analysis.advice import advise, advise_quiz, letter
from analysis.figures import NOBODY, GroupFigures, LevelFigures, QuestionFigures

KEY = (True, False, False, False)
SOUND = QuestionFigures(
    question_id="q", revision_id=1, name="Which?", kind="choice", n=60, others=0, is_current=True,
    unanswered=0, facility=0.6, rest_correlation=0.35, upper_lower=0.5, weight=0.1, due_weight=0.1,
    seconds=40.0, timed=60,
    thirds=(GroupFigures(20, 0.4), GroupFigures(20, 0.6), GroupFigures(20, 0.8)),
    options=((8, 12, 16), (4, 3, 2), (4, 3, 1), (4, 2, 1)), certainty=(),
)  # fmt: skip


def said(figures: QuestionFigures, key: tuple[bool, ...] = KEY) -> list[tuple[str, str]]:
    return [(advice.level, advice.words) for advice in advise(figures, key)]


def test_of_a_sound_question_nothing_is_said() -> None:
    assert said(SOUND) == []


def test_below_ten_answers_nothing_is_said() -> None:
    assert said(replace(SOUND, n=9, facility=None, rest_correlation=-0.9, upper_lower=None)) == []


def test_stronger_learners_who_do_worse_point_at_the_key() -> None:
    found = said(replace(SOUND, rest_correlation=-0.3, upper_lower=-0.2))

    assert found == [("bad", "Stronger learners do worse: check the key.")]


def test_a_correlation_that_chance_may_give_points_at_nothing() -> None:
    assert said(replace(SOUND, n=16, rest_correlation=-0.3)) == []


def test_a_wrong_option_that_the_top_third_prefers_is_named() -> None:
    ((level, words),) = said(replace(SOUND, options=((8, 6, 5), (4, 3, 2), (4, 9, 13), (4, 2, 1))))

    assert level == "bad"
    assert words == "In the top third, 13 chose option C and 5 the key: is C right as well?"


@pytest.mark.parametrize(
    ("facility", "level", "word"),
    [
        (0.97, "info", "Nearly everybody is right"),
        (0.28, "warn", "Only 28 in 100"),
        (0.2, "warn", "than by guessing"),
    ],
)
def test_very_easy_and_very_hard_questions_are_named(facility: float, level: str, word: str) -> None:
    ((found, words),) = said(replace(SOUND, facility=facility))

    assert found == level
    assert word in words


@pytest.mark.parametrize(
    ("kind", "facility", "word"),
    [
        ("truefalse", 0.2, "Only 20 in 100"),  # verdict and one of four reasons: one in eight by guessing
        ("truefalse", 0.12, "than by guessing"),
        ("choice", 0.24, "than by guessing"),
        ("choices", 0.2, "Only 20 in 100"),
    ],
)
def test_what_guessing_earns_depends_on_the_kind(kind: str, facility: float, word: str) -> None:
    ((_, words),) = said(replace(SOUND, kind=kind, facility=facility))

    assert word in words


def test_an_option_that_nobody_takes_is_named_once_there_are_answers_enough() -> None:
    idle = replace(SOUND, options=((10, 14, 18), (5, 5, 4), (0, 0, 0), (2, 0, 0)))

    assert [words for _, words in said(idle)] == [
        "Option C is never chosen: write what a learner might believe, or leave it out.",
        "Option D is hardly ever chosen: write what a learner might believe, or leave it out.",
    ]
    assert said(replace(idle, n=29)) == []


def test_options_that_one_in_twenty_takes_do_their_work() -> None:
    assert said(replace(SOUND, options=((10, 14, 18), (5, 3, 1), (1, 1, 1), (1, 1, 1)))) == []


def test_a_weak_question_an_empty_one_and_one_that_is_wrongly_believed_are_named() -> None:
    sure = (LevelFigures("low", 5, None), LevelFigures("mid", 12, 0.7), LevelFigures("high", 20, 0.55))

    found = said(replace(SOUND, upper_lower=0.12, unanswered=9, certainty=sure))

    assert found == [
        ("bad", "Sure and wrong: of 20 answers given as certain, 55 in 100 are right."),
        ("warn", "It hardly tells stronger learners from weaker ones (0.12; below 0.20 is poor)."),
        ("info", "15 in 100 left it empty: time too short, or the way to answer unclear?"),
    ]


@pytest.mark.parametrize(
    ("alpha", "level", "words"),
    [
        (0.92, "info", "much hangs"),
        (0.84, "info", "ends a course"),
        (0.71, "info", "within a course"),
        (0.5, "warn", "About 23 questions like these would make it 0.70."),
        (-0.2, "warn", "do not rank learners by it."),
    ],
)
def test_alpha_is_said_in_words(alpha: float, level: str, words: str) -> None:
    (advice,) = advise_quiz(replace(NOBODY, n=40, alpha=alpha, length=10.0))

    assert advice.level == level
    assert words in advice.words


def test_of_a_quiz_that_few_have_done_nothing_is_said() -> None:
    assert list(advise_quiz(replace(NOBODY, n=9, alpha=0.2))) == []


def test_options_are_lettered_and_beyond_z_numbered() -> None:
    assert [letter(0), letter(25), letter(26)] == ["A", "Z", "27"]
