"""Plays of a case: what they earn, how they end, which way would have been better, and the map of it."""

from collections.abc import Iterable
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.cases.case import Case, Choice, Move, Need, Scene
from quizzes.cases.map import Stop, draw, rows_of
from quizzes.cases.play import Effect, Ending, Play, Referral, better_play, replay, steps_left
from quizzes.cases.text import parse_case
from quizzes.quiz_settings import QuizSettings

TEXT = """\
The client's file.

## intake
She sits down.

- [Ask](#history) {+20 trust+20}
  : It opens the talk.
- [Sell](#history) {-10 trust-50}
- [Peel](#stop) {unsafe}
  : The barrier is damaged.
- [Stop her cream](#history) {+30 critical}

## history
She tells.

- [Name it](#plan) {+25 needs trust>=50}
- [Go on](#plan) {+5}

## plan {end}
The end.

## stop {end}
Red flag.
"""
SETTINGS = QuizSettings(title="A case", kind="case", pass_mark=75, state=(("trust", 40),))
SVG = "{http://www.w3.org/2000/svg}"


def case(text: str = TEXT, **changes: object) -> Case:
    settings = QuizSettings(**{**SETTINGS.__dict__, **changes})
    read, problems = parse_case(text, "case.md", 1, settings)
    assert problems == []
    return read


def test_a_play_begins_at_the_first_scene_with_the_start() -> None:
    play = Play(case())

    assert play.scene is not None
    assert (play.scene.id, play.score, play.states) == ("intake", 50, {"trust": 40})
    assert (play.is_over, play.ending, play.offered) == (False, None, (0, 1, 2, 3))


def test_a_choice_scores_moves_the_states_and_leads_on() -> None:
    play = replay(case(), [0])

    assert play.scene is not None
    assert (play.scene.id, play.score, play.states) == ("history", 70, {"trust": 60})
    assert play.turns[0].moves() == {"trust": 20}


def test_only_choices_whose_needs_are_met_are_offered() -> None:
    trusted, doubted = replay(case(), [0]), replay(case(), [1])

    assert (trusted.offered, doubted.offered) == ((0, 1), (1,))
    assert doubted.choose(0) == doubted


@pytest.mark.parametrize(
    ("choices", "ending", "points", "passed"),
    [
        ([0, 0], Ending.STRONG, 95, True),
        ([0, 1], Ending.SAFE, 75, True),
        ([1, 1], Ending.REVIEW, 45, False),
        ([3, 1], Ending.REVIEW, 85, False),
        ([2], Ending.UNSAFE, 0, False),
    ],
)
def test_how_a_play_ends(choices: list[int], ending: Ending, points: int, passed: bool) -> None:
    play = replay(case(), choices)

    assert (play.ending, play.points, play.passed) == (ending, points, passed)


def test_the_score_is_brought_back_at_the_end_and_the_states_at_once() -> None:
    steep = TEXT.replace("{+20 trust+20}", "{+90 trust+90}").replace("{+25 needs", "{+0 needs")
    play = replay(case(steep), [0])

    assert (play.score, play.points, play.states) == (140, 100, {"trust": 100})
    assert play.turns[0].moves() == {"trust": 60}


def test_a_strong_pass_takes_the_pass_mark_too() -> None:
    assert replay(case(pass_mark=95), [0, 0]).ending is Ending.STRONG
    assert replay(case(TEXT.replace("+25", "+22"), pass_mark=92), [0, 0]).ending is Ending.STRONG
    assert replay(case(TEXT.replace("+25", "+26"), pass_mark=96), [0, 1]).ending is Ending.REVIEW


def test_an_unsafe_choice_stops_the_play_at_its_scene() -> None:
    play = replay(case(), [2, 0, 1])

    assert play.unsafe is not None
    assert play.scene is not None
    assert (len(play.turns), play.unsafe.choice.why_md, play.scene.id) == (
        1, "The barrier is damaged.", "stop",
    )  # fmt: skip


def test_a_critical_choice_is_named_and_the_play_goes_on() -> None:
    play = replay(case(), [3])

    assert not play.is_over
    assert [turn.choice.text_md for turn in play.critical] == ["Stop her cream"]


def test_what_a_choice_did_is_judged_by_what_was_open_and_safe() -> None:
    effects = [replay(case(), [index]).turns[0].effect for index in range(4)]

    assert effects == [Effect.STRONG, Effect.WEAKER, Effect.UNSAFE, Effect.CRITICAL]
    assert replay(case(), [0, 1]).turns[1].effect is Effect.WEAKER
    assert replay(case(), [1, 1]).turns[1].effect is Effect.STRONG  # the stronger one was closed
    assert replay(case(), [3]).turns[0].best == 0  # though the critical one scores more


REFERRING = """\
## intake
She coughs.

- [Send her to her doctor](#end) {+9 refer}
- [Ring for help at once](#end) {-3 refer}
- [Give her tea](#end) {-5}
- [Drive her there](#end) {+20 refer critical}
- [Wait and see](#stop) {unsafe}
- [Ask on](#tea) {+5 needs trust>=50}

## tea
She drinks.

- [Listen](#end) {+9}
- [Send her to her doctor](#end) {+2 refer}

## end {end}

## stop {end}
"""


@pytest.mark.parametrize(
    ("choices", "referrals"),
    [
        ([0], [Referral.WELL]),
        ([1], [Referral.WEAKER]),
        ([2], [Referral.MISSED]),
        ([3], [Referral.WEAKER]),  # lost for its danger, whatever it scores
        ([4], [Referral.MISSED]),
        ([5, 0], [Referral.MISSED, None]),
        ([5, 1], [Referral.MISSED, Referral.NEEDLESS]),
    ],
)
def test_a_referral_is_graded_by_whether_one_was_called_for(
    choices: list[int], referrals: list[Referral | None]
) -> None:
    play = replay(case(REFERRING, state=(("trust", 60),), pass_mark=0), choices)

    assert [turn.referral for turn in play.turns] == referrals


def test_a_case_stored_before_referrals_were_marked_is_read_without_any() -> None:
    stored = case().to_json()
    for scene in stored["scenes"]:
        for choice in scene["choices"]:
            del choice["refer"]

    assert Case.from_json(stored) == case()


def test_the_search_for_the_better_play_ends_however_large_the_case_is() -> None:
    chain = "".join(
        f"## s{n}\nText\n\n- [On](#s{n + 1}) {{+1}}\n- [Up](#s{n + 1}) {{trust+1}}\n\n" for n in range(3000)
    )

    assert better_play(case(f"{chain}## s3000 {{end}}\nEnd\n")) is None  # it gave up on the way


def test_the_better_play_is_the_safe_one_that_scores_most() -> None:
    better = better_play(case())

    assert better is not None
    assert ([turn.index for turn in better.turns], better.points) == ([0, 0], 95)


def test_the_better_play_sacrifices_a_scene_for_what_it_opens() -> None:
    text = TEXT.replace("{-10 trust-50}", "{-10 trust+50}").replace("trust>=50", "trust>=90").replace(
        "{+25 needs", "{+60 needs"
    )  # fmt: skip

    better = better_play(case(text))

    assert better is not None
    assert [turn.index for turn in better.turns] == [1, 0]


def test_the_better_play_of_a_loop_comes_to_an_end() -> None:
    loop = "## a\nText\n\n- [Again](#a) {+10}\n- [Go](#b) {+30}\n\n## b {end}\nEnd\n"

    better = better_play(case(loop, state=()))

    assert better is not None
    assert [turn.index for turn in better.turns] == [1]


def test_where_no_play_is_safe_there_is_no_better_one() -> None:
    only = Choice("Peel", "end", 0, (), (), True, False, "", 1)
    harmful = Case("", (Scene("a", "", False, (only,), 1), Scene("end", "", True, (), 2)), 50, 75, (), "")

    assert better_play(harmful) is None


def test_how_many_steps_are_left_at_least() -> None:
    whole = case()

    assert [steps_left(whole, scene) for scene in whole.scenes] == [2, 1, 0, 0]
    assert steps_left(whole, None) == 0


# ---- whatever is played

NAMES, STATES = ("a", "b", "c", "d"), ("trust", "itch")
moves = st.builds(Move, st.sampled_from(STATES), st.integers(-200, 200))
needs = st.builds(
    Need, st.sampled_from(STATES), st.sampled_from([">=", "<=", ">", "<", "="]), st.integers(0, 100)
)
choices = st.builds(
    Choice,
    text_md=st.just("Do"),
    target=st.sampled_from((*NAMES, "nowhere")),
    score=st.integers(-99, 99),
    moves=st.lists(moves, max_size=2).map(tuple),
    needs=st.lists(needs, max_size=1).map(tuple),
    unsafe=st.booleans(),
    critical=st.booleans(),
    why_md=st.just(""),
    line=st.just(1),
    refer=st.booleans(),
)


@st.composite
def cases(draw_from: st.DrawFn) -> Case:
    """Any case at all, also one that no check would let pass."""
    scenes = [
        Scene(name, "", draw_from(st.booleans()), tuple(draw_from(st.lists(choices, max_size=3))), 1)
        for name in NAMES[: draw_from(st.integers(0, 4))]
    ]
    state = tuple((name, draw_from(st.integers(0, 100))) for name in STATES)
    return Case("", tuple(scenes), draw_from(st.integers(0, 100)), draw_from(st.integers(0, 100)), state, "")


@given(cases(), st.lists(st.integers(-3, 5), max_size=12))
def test_whatever_is_chosen_a_play_stands_and_its_points_stay_within_bounds(
    any_case: Case, indexes: list[int]
) -> None:
    play = replay(any_case, indexes)

    assert 0 <= play.points <= 100
    assert all(0 <= value <= 100 for turn in play.turns for value in turn.states.values())
    assert play.is_over == (play.ending is not None)
    assert not (play.passed and (play.unsafe or play.critical))
    assert all(turn.index in turn.offered for turn in play.turns)


@given(cases(), st.lists(st.integers(-3, 5), max_size=12))
def test_the_path_as_stored_gives_the_same_play_again(any_case: Case, indexes: list[int]) -> None:
    play = replay(any_case, indexes)
    stored = Case.from_json(any_case.to_json())

    again = replay(stored, [turn.index for turn in play.turns])

    assert again == play
    assert (again.points, again.ending, again.scene) == (play.points, play.ending, play.scene)


@given(cases(), st.lists(st.integers(0, 2), max_size=6))
def test_no_safe_play_to_an_end_beats_the_better_one_where_none_goes_round(
    any_case: Case, indexes: list[int]
) -> None:
    play = replay(any_case, indexes)
    better = better_play(any_case)
    is_safe = not play.unsafe and not play.critical and play.scene is not None and play.scene.end
    goes_round = any(choice.target <= scene.id for scene in any_case.scenes for choice in scene.choices)

    assert better is None or (better.scene is not None and better.scene.end and not better.critical)
    if is_safe:
        assert better is not None
        assert goes_round or better.score >= play.score


# ---- the map


def stops(names: Iterable[str], effect: str = "strong") -> list[Stop]:
    return [Stop(name, name.title(), effect, "+1") for name in names]


def test_scenes_that_both_ways_come_to_share_a_row() -> None:
    rows = rows_of(stops("axbz"), stops("abcz"))

    seen = [
        ((row.taken or Stop("", "", "", "")).scene, (row.better or Stop("", "", "", "")).scene)
        for row in rows
    ]
    assert seen == [("a", "a"), ("x", ""), ("b", "b"), ("", "c"), ("z", "z")]


@given(st.text("abcd", max_size=9), st.text("abcd", max_size=9))
def test_the_map_holds_each_way_in_its_order(taken: str, better: str) -> None:
    rows = rows_of(stops(taken), stops(better))

    assert [row.taken.scene for row in rows if row.taken] == list(taken)
    assert [row.better.scene for row in rows if row.better] == list(better)


@given(st.text(max_size=90), st.text("ab", min_size=1, max_size=4), st.text("ab", max_size=4))
def test_the_map_is_a_drawing_with_title_and_description(title: str, taken: str, better: str) -> None:
    allowed = "".join(sign for sign in title if sign.isprintable())
    first = Stop("a", allowed, "critical", "<&>")

    drawn = ElementTree.fromstring(
        str(draw(allowed, [first, *stops(taken)], stops(better))).replace(
            "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1
        )
    )

    assert (drawn.findtext(f"{SVG}title") or "") == allowed
    assert "Your path: " in (drawn.findtext(f"{SVG}desc") or "")
    assert len(drawn.findall(f"{SVG}circle")) == 1 + len(taken) + len(better)


def test_the_map_says_in_words_what_each_way_chose() -> None:
    drawn = draw(
        "Map", [Stop("a", "Intake", "critical", "−30, critical error")], [Stop("a", "Intake", "strong", "+8")]
    )

    assert "you: −30, critical error, better: +8" in drawn
    long = Stop("a", "Intake", "strong", "+8, referral")
    assert rows_of([Stop("a", "Intake", "critical", "−30, critical error, referral")], [long])[0].words == [
        "you: −30, critical error, referral",
        "better: +8, referral",
    ]
    assert "Your path: Intake (−30, critical error). The better path: Intake (+8)." in drawn
