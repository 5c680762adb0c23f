"""The check of a case's paths: what it finds, with which line and remedy, and that no case keeps it busy."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.cases.case import Case
from quizzes.cases.paths import best_safe_score, endless, rounds
from quizzes.cases.places import MOST_WORK, board_of, explore, reach
from quizzes.cases.play import Play
from quizzes.cases.text import parse_case
from quizzes.quiz_settings import QuizSettings
from tests.quizzes.test_case_play import cases


def told(text: str, pass_mark: int = 0, **state: int) -> list[str]:
    """What the check says of a case, as an author reads it after the name of the file."""
    settings = QuizSettings(title="A case", kind="case", pass_mark=pass_mark, state=tuple(state.items()))
    return [str(problem).partition(":")[2] for problem in parse_case(text, "case.md", 1, settings)[1]]


END = "\n## end {end}\nEnd\n"


def scenes(*texts: str) -> str:
    """Scenes `a`, `b`, `c` … with these choices; a line of text stands before them, so `a` has line 1, its first
    choice line 4, and each scene takes four lines more than it has choices."""
    return (
        "\n".join(f"## {name}\nText\n\n{text}\n" for name, text in zip("abcdef", texts, strict=False)) + END
    )


# ---- sound cases


@pytest.mark.parametrize(
    ("text", "state"),
    [
        # A need that only a loop can meet which moves the state, also against the bound of 100.
        (scenes("- [Warm up](#a) {trust+10}\n- [Go](#end) {needs trust>=100}"), {"trust": 3}),
        (scenes("- [Cool down](#a) {trust-30}\n- [Go](#end) {needs trust=0}"), {"trust": 100}),
        # Two states in turn: the second is moved only while the first is high.
        (
            scenes(
                "- [Up](#a) {trust+20}\n- [On](#b) {needs trust>=80}",
                "- [Calm](#b) {itch-20 trust-20 needs trust>=20}\n- [Back](#a)\n- [Go](#end) {needs itch<=10}",
            ),
            {"trust": 0, "itch": 100},
        ),
        # The bound itself can be met: 0 is at least 0, and 100 at most 100.
        (scenes("- [Go](#end) {needs trust>=0,trust<=100}"), {"trust": 50}),
        (scenes("- [Up](#b) {trust+90}", "- [Down](#end) {needs trust=100}"), {"trust": 50}),
        (scenes("- [Down](#b) {trust-90}", "- [Up](#end) {needs trust=0}"), {"trust": 50}),
        # Moves of one choice follow each other, each brought back into 0 to 100.
        (scenes("- [Both](#b) {trust+90 trust-40}", "- [Go](#end) {needs trust=60}"), {"trust": 50}),
        # Round and round, but always with a way out.
        (scenes("- [On](#b)", "- [Back](#a)\n- [Go](#end)"), {}),
    ],
)
def test_a_sound_case_has_no_fault(text: str, state: dict[str, int]) -> None:
    assert told(text, **state) == []


def test_a_loop_that_gains_points_does_not_hang_the_check() -> None:
    text = scenes("- [Round](#a) {+1 trust+1 itch-1}\n- [Go](#end) {needs trust>0,itch>0}\n- [Out](#end)")

    assert told(text, trust=5, itch=5, pass_mark=75) == []


# ---- faults, with line and remedy


def test_a_dead_end_is_a_scene_without_choices() -> None:
    assert told(scenes("- [Go](#b)\n- [Out](#end)", "Nothing.")) == [
        "7: the scene “b” is a dead end (Write a choice as `- [text](#scene)`, or mark the scene {end}.)"
    ]


def test_a_dead_end_is_a_scene_that_some_state_closes() -> None:
    text = scenes("- [Hurt](#b) {trust-50}\n- [Ask](#b)", "- [Go](#end) {needs trust>=40}")

    assert told(text, trust=60) == [
        "7: with trust=10 no choice of “b” is open (Add a choice without needs, or widen the needs.)"
    ]


def test_a_scene_that_nothing_links_is_unreached() -> None:
    assert told(scenes("- [Go](#end)", "- [Go](#end)")) == [
        "6: no play reaches the scene “b” (Link it from a choice that plays reach, or delete it.)"
    ]


def test_scenes_that_only_link_each_other_are_unreached() -> None:
    assert told(scenes("- [Go](#end)", "- [On](#c)", "- [Back](#b)\n- [Go](#end)")) == [
        "6: no play reaches the scene “b” (Link it from a choice that plays reach, or delete it.)",
        "11: no play reaches the scene “c” (Link it from a choice that plays reach, or delete it.)",
    ]


def test_a_scene_behind_an_impossible_choice_is_unreached_and_the_choice_is_named() -> None:
    text = scenes("- [Go](#end)\n- [Deep](#b) {needs trust>=50}", "- [Go](#end) {trust+10}")

    assert told(text, trust=40) == [
        "5: no play can meet the needs trust>=50"
        " (Plays come here with trust 40: ease them, or let an earlier choice move the state.)",
        "7: no play reaches the scene “b”"
        " (Ease the needs in line 5, which leads to it, or link it from a choice that plays reach, or delete it.)",
    ]


def test_a_scene_that_an_unsafe_choice_would_have_opened_is_unreached() -> None:
    text = scenes("- [Harm](#end) {unsafe trust+50}\n- [Go](#end)\n- [Deep](#end) {needs trust>=90}")

    assert told(text, trust=50) == [
        "6: no play can meet the needs trust>=90"
        " (Plays come here with trust 50: ease them, or let an earlier choice move the state.)"
    ]


@pytest.mark.parametrize(
    "needs", ["trust>=101", "trust>100", "trust<0", "trust>=60,trust<60", "trust=1,trust=2"]
)
def test_needs_that_no_number_meets_are_impossible_whatever_is_played(needs: str) -> None:
    text = scenes(f"- [Up](#a) {{trust+1}}\n- [Deep](#end) {{needs {needs}}}\n- [Go](#end)")

    assert told(text, trust=0) == [
        f"5: no play can meet the needs {needs}"
        " (No number does, for states go from 0 to 100: ease one of them.)"
    ]


def test_needs_that_the_bounds_keep_from_being_met_are_impossible() -> None:
    """On paper 40 + 90 - 60 is 70; the state is brought back to 100 in between."""
    text = scenes(
        "- [Up](#b) {trust+90}", "- [Down](#c) {trust-60}", "- [Deep](#end) {needs trust>=50}\n- [Go](#end)"
    )

    assert told(text, trust=40) == [
        "14: no play can meet the needs trust>=50"
        " (Plays come here with trust 40: ease them, or let an earlier choice move the state.)"
    ]


def test_needs_that_never_hold_together_are_impossible() -> None:
    text = scenes(
        "- [Left](#b) {trust+30 itch+30}\n- [Right](#b)",
        "- [Deep](#end) {needs trust>=60,itch<60}\n- [Go](#end)",
    )

    assert told(text, trust=40, itch=40) == [
        "10: no play can meet the needs trust>=60,itch<60"
        " (Plays come here with trust 40 to 70, itch 40 to 70: ease them,"
        " or let an earlier choice move the state.)"
    ]


def test_a_loop_without_exit_is_named_scene_by_scene() -> None:
    text = scenes("- [On](#b)\n- [Go](#end)", "- [On](#c)", "- [Back](#b)")

    assert told(text) == [
        "7: from the scene “b” no choice ever leads to an end (Let a safe choice of the loop lead out of it.)",
        "12: from the scene “c” no choice ever leads to an end (Let a safe choice of the loop lead out of it.)",
    ]


def test_a_scene_that_only_leads_into_a_loop_is_not_blamed_for_it() -> None:
    text = scenes("- [On](#b)\n- [Go](#end)", "- [On](#c)", "- [Again](#c)")

    assert [line.partition(" (")[0] for line in told(text)] == [
        "12: from the scene “c” no choice ever leads to an end"
    ]


def test_a_loop_whose_only_exit_has_an_impossible_need_has_none() -> None:
    text = scenes("- [On](#b)\n- [Out](#end)", "- [Again](#b) {trust-10}\n- [Go](#end) {needs trust>=50}")

    assert told(text, trust=40) == [
        "7: from the scene “b” no choice ever leads to an end (Let a safe choice of the loop lead out of it.)",
        "11: no play can meet the needs trust>=50"
        " (Plays come here with trust 0 to 40: ease them, or let an earlier choice move the state.)",
    ]


def test_a_loop_that_closes_its_exit_by_going_round_is_a_trap() -> None:
    text = scenes("- [Again](#a) {trust-10}\n- [Go](#end) {needs trust>=50}")

    assert told(text, trust=60) == [
        "1: with trust=40 no choice ever leads from the scene “a” to an end"
        " (Let a choice without needs lead out of the loop, or let the loop move the state back.)"
    ]


def test_a_loop_with_nothing_but_an_unsafe_exit_is_a_trap() -> None:
    text = scenes("- [On](#b)\n- [Go](#end)", "- [Again](#b)\n- [Harm](#end) {unsafe}")

    assert told(text) == [
        "7: from the scene “b” only an unsafe choice leads to an end"
        " (Let a safe choice of the loop lead out of it.)"
    ]


def test_a_pass_that_no_play_earns_is_a_fault() -> None:
    text = scenes("- [Go](#end) {+20}\n- [Harm](#end) {+90 critical}")

    assert told(text, pass_mark=75) == [
        "1: no play without a critical choice reaches the pass mark of 75"
        " (Raise the scores of the best choices, or lower pass.)"
    ]


# ---- the bound

MANY = 40


def wide(*, exit_needs: str = "s0>=50") -> tuple[str, dict[str, int]]:
    """A loop in which each of many states can be moved alone: 101 ** MANY places."""
    state = {f"s{'x' * number}": 0 for number in range(MANY)}
    moves = [f"- [Move {name}](#a) {{{name}+1}}" for name in state]
    needs = [f"- [If {name}](#end) {{needs {name}>=50}}" for name in state]
    return scenes("\n".join([*moves, *needs, f"- [Deep](#b) {{needs {exit_needs}}}"]), "- [Go](#end)"), state


def test_a_case_with_many_states_stops_the_search_at_its_bound() -> None:
    text, state = wide(exit_needs="s>=50")
    settings = QuizSettings(title="Wide", kind="case", state=tuple(state.items()))
    case, problems = parse_case(text, "case.md", 1, settings)

    found = explore(case)

    assert not found.complete
    assert len(found.onward) * board_of(case).price("a") <= MOST_WORK
    assert (best_safe_score(case), problems) == (None, [])


def test_in_a_case_too_large_to_follow_what_is_certain_is_still_told() -> None:
    text, state = wide(exit_needs="s>=101")

    assert told(text, **state) == [
        f"{4 + 2 * MANY}: no play can meet the needs s>=101"
        " (No number does, for states go from 0 to 100: ease one of them.)",
        f"{6 + 2 * MANY}: no play reaches the scene “b” (Ease the needs in line {4 + 2 * MANY},"
        " which leads to it, or link it from a choice that plays reach, or delete it.)",
    ]


def test_a_loop_beside_too_many_states_is_found_by_what_they_may_be_at_most() -> None:
    text, state = wide(exit_needs="s>=50")
    trap = text.replace(
        "- [Go](#end)\n", "- [Again](#b) {deep+1}\n- [Never](#end) {needs deep>=50,deep<50}\n", 1
    )

    faults = [line.partition(" (")[0].partition(": ")[2] for line in told(trap, deep=0, **state)]

    assert faults == [
        "from the scene “b” no choice ever leads to an end",
        "no play can meet the needs deep>=50,deep<50",
    ]


def test_needs_of_very_many_states_take_no_longer() -> None:
    """What one place costs grows with the states, so the bound is on the work and not on the places."""
    names = ["s" + "".join("abcdefghij"[int(digit)] for digit in str(number)) for number in range(1500)]
    needs = ",".join(f"{name}>=0" for name in names)
    text = scenes(
        "\n".join(f"- [Way {name}](#a) {{{name}+1 needs {needs}}}" for name in names[:40]) + "\n- [Go](#end)"
    )
    settings = QuizSettings(title="Wide", kind="case", state=tuple((name, 0) for name in names))
    case, problems = parse_case(text, "case.md", 1, settings)

    assert problems == []
    assert len(explore(case).onward) < 20
    assert reach(case) is None  # and even that is too much: the links alone are judged


# ---- whatever is written


def plays(case: Case, choices: list[int]) -> Iterator[Play]:
    """The play after each of these choices."""
    play = Play(case)
    yield play
    for index in choices:
        play = play.choose(index)
        yield play


@given(cases(), st.lists(st.integers(0, 2), max_size=10))
def test_what_a_play_does_the_search_and_its_bound_have_foreseen(any_case: Case, indexes: list[int]) -> None:
    if not any_case.scenes:
        return
    found, at_most = explore(any_case), reach(any_case)
    assert at_most is not None
    reached = {scene for scene, _ in found.onward}
    assert reached <= set(at_most.values)
    assert found.taken <= at_most.taken
    for play in plays(any_case, indexes):
        if play.scene is None or (play.unsafe and not play.scene.end):
            return
        assert play.scene.id in reached
        made = {(turn.scene.id, turn.index) for turn in play.turns if any_case.scene(turn.choice.target)}
        assert made <= found.taken


@given(st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=3), max_size=8))
def test_loops_are_where_one_goes_round_and_never_out(links: dict[int, list[int]]) -> None:
    onward = {spot: [target for target in targets if target in links] for spot, targets in links.items()}

    def ahead(spot: int) -> set[int]:
        seen: set[int] = set()
        waiting = list(onward[spot])
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                waiting.extend(onward[here])
        return seen

    found = rounds(onward, endless(onward))

    for spot in onward:
        is_trapped = all(onward[here] for here in ahead(spot) | {spot})
        assert (spot in found) <= is_trapped
        if is_trapped and spot in ahead(spot):
            assert spot in found
