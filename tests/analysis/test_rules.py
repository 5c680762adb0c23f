"""The formulas: against a published example, against NumPy and SciPy, and on data that may be anything."""

from collections import Counter
from collections.abc import Sequence
from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis import rules
from analysis.figures import Marked, Paper
from analysis.tally import Counting, Standings
from tests.analysis import lsat

SHARES = st.sampled_from((0.0, 0.25, 0.5, 1.0))
TABLES = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(SHARES, min_size=width, max_size=width), min_size=1, max_size=40)
)
COUNTS = st.dictionaries(st.integers(0, 60), st.integers(1, 20), min_size=1, max_size=20)


def paper(shares: Sequence[float], points: Sequence[float] = ()) -> Paper:
    worth = points or [1.0] * len(shares)
    items = (
        Marked(f"q{n}/x", each, share * each, True)
        for n, (share, each) in enumerate(zip(shares, worth, strict=True))
    )
    return Paper(tuple(items), passed=False)


def count(papers: Sequence[Paper]) -> Counting:
    """Both rounds."""
    standings = Standings()
    for each in papers:
        standings.add(each)
    counting = Counting(standings)
    for each in papers:
        counting.add(each)
    return counting


def as_array(table: Sequence[Sequence[float]]) -> np.ndarray:
    return np.array(table, dtype=float)


def alpha_of(scores: np.ndarray) -> float:
    """The textbook's formula."""
    width = scores.shape[1]
    return float(
        width / (width - 1) * (1 - scores.var(axis=0, ddof=1).sum() / scores.sum(axis=1).var(ddof=1))
    )


def test_the_published_example_comes_out_to_all_its_digits() -> None:
    counting = count([paper(row) for row in lsat.answers()])
    sheets = [counting.sheets[f"q{n}/x"] for n in range(5)]

    assert [round(sheet.facility or 0, 3) for sheet in sheets] == list(lsat.FACILITIES)
    assert [round(sheet.rest_correlation or 0, 4) for sheet in sheets] == list(lsat.ITEM_REST)
    assert [round(sheet.total.correlation or 0, 4) for sheet in sheets] == list(lsat.ITEM_TOTAL)
    assert round(counting.figures().alpha or 0, 4) == lsat.ALPHA


def test_an_example_that_can_be_checked_by_hand() -> None:
    """Ten learners; totals 3 3 3 2 2 2 1 1 0 0 of variance 1.3444, the questions' 0.2333, 0.2667 and 0.2667."""
    rows = [
        (1, 1, 1), (1, 1, 1), (1, 1, 1), (1, 1, 0), (1, 1, 0), (1, 0, 1), (1, 0, 0), (0, 1, 0), (0, 0, 0), (0, 0, 0),
    ]  # fmt: skip
    counting = count([paper(row) for row in rows])
    first = counting.sheets["q0/x"]

    assert first.facility == pytest.approx(0.7)
    # 2.7 learners stand in each tail: all of the upper are right, and of the lower two of 0 and 0.7 of a 1 who is
    # right in one of two: 0.35 / 2.7.
    assert first.upper_lower == pytest.approx(1 - 0.35 / 2.7)
    assert counting.figures().alpha == pytest.approx(1.5 * (1 - (21 / 90 + 24 / 90 + 24 / 90) / (121 / 90)))


def test_figures_are_those_of_numpy_and_scipy() -> None:
    rng = np.random.default_rng(7)
    skill = rng.normal(size=(200, 1))
    table = (rng.normal(size=(200, 8)) + skill > rng.normal(size=8)).astype(float)
    points = [1.0, 2.0, 1.0, 3.0, 1.0, 1.0, 2.0, 0.5]
    scores = table * points
    total = scores.sum(axis=1)

    counting = count([paper(row, points) for row in table.tolist()])
    figures = counting.figures()

    for n in range(8):
        sheet = counting.sheets[f"q{n}/x"]
        rest = total - scores[:, n]
        assert sheet.rest_correlation == pytest.approx(stats.pointbiserialr(table[:, n], rest).statistic)
        assert sheet.rest_correlation == pytest.approx(np.corrcoef(table[:, n], rest)[0, 1])
        assert sheet.weight == pytest.approx(np.cov(scores[:, n], total)[0, 1] / total.var(ddof=1))
        assert sheet.due_weight == pytest.approx(points[n] / sum(points))
    share = total / sum(points)
    assert figures.mean == pytest.approx(share.mean())
    assert figures.deviation == pytest.approx(share.std(ddof=1))
    assert figures.alpha == pytest.approx(alpha_of(scores))
    assert figures.error == pytest.approx(share.std(ddof=1) * np.sqrt(1 - alpha_of(scores)))


def test_the_upper_lower_index_is_the_difference_of_the_tails_where_nobody_ties() -> None:
    rng = np.random.default_rng(3)
    points = [2.0**n for n in range(8)]  # every total is another one
    table = np.array(
        [[(number >> n) & 1 for n in range(8)] for number in rng.permutation(256)[:100]], dtype=float
    )

    sheet = count([paper(row, points) for row in table.tolist()]).sheets["q6/x"]

    order = (table * points).sum(axis=1).argsort()
    expected = table[order[-27:], 6].mean() - table[order[:27], 6].mean()
    assert sheet.upper_lower == pytest.approx(expected)


def test_alpha_of_drawn_papers_is_near_that_of_whole_ones() -> None:
    """A pool of 20 questions, of which each learner is asked ten."""
    rng = np.random.default_rng(11)
    skill = rng.normal(size=(4000, 1))
    table = (rng.normal(size=(4000, 20)) + skill > rng.normal(scale=0.7, size=20)).astype(float)
    drawn = [rng.permutation(20)[:10] for _ in range(4000)]
    papers = [
        Paper(tuple(Marked(f"q{n}/x", 1.0, row[n], True) for n in chosen), False)
        for row, chosen in zip(table.tolist(), drawn, strict=True)
    ]

    figures = count(papers).figures()

    whole = alpha_of(table)
    half = (whole / 2) / (1 - whole / 2)  # Spearman and Brown, for a test of half the length
    assert figures.is_drawn
    assert figures.alpha == pytest.approx(half, abs=0.02)


@given(TABLES)
def test_figures_are_bounded_and_never_fail(table: list[list[float]]) -> None:
    counting = count([paper(row) for row in table])
    figures = counting.figures()

    for sheet in counting.sheets.values():
        for value in (sheet.rest_correlation, sheet.upper_lower, sheet.total.correlation):
            assert value is None or -1 <= value <= 1
        assert sheet.facility is None or 0 <= sheet.facility <= 1
    assert figures.alpha is None or figures.alpha <= 1
    assert figures.error is None or figures.error >= 0
    assert (figures.mean is None) == (len(table) < rules.LEAST)


@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_learners_changes_nothing(table: list[list[float]], rng: object) -> None:
    shuffled = list(table)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = count([paper(row) for row in table]), count([paper(row) for row in shuffled])

    assert same(one.figures().alpha, other.figures().alpha)
    for edition, sheet in one.sheets.items():
        twin = other.sheets[edition]
        assert same(sheet.rest_correlation, twin.rest_correlation)
        assert same(sheet.upper_lower, twin.upper_lower)
        assert [(each.learners) for each in sheet.thirds] == [(each.learners) for each in twin.thirds]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=2, max_size=40), st.integers(-5, 5))
def test_a_correlation_is_that_of_numpy_and_a_constant_changes_nothing(
    pairs: list[tuple[int, int]], constant: int
) -> None:
    plain, moved = rules.pairing(), rules.pairing()
    for one, other in pairs:
        plain.add(one, other)
        moved.add(one + constant, other + constant)

    array = as_array(pairs)
    if array.std(axis=0).min() == 0:
        assert plain.correlation is None
    else:
        assert plain.correlation == pytest.approx(np.corrcoef(array.T)[0, 1], abs=1e-9)
    assert same(plain.correlation, moved.correlation)


def same(one: float | None, other: float | None) -> bool:
    return (one is None and other is None) or (
        one is not None and other is not None and isclose(one, other, abs_tol=1e-7)
    )


@given(COUNTS, st.booleans())
def test_a_tail_holds_its_part_and_the_border_is_shared(counts: dict[int, int], upper: bool) -> None:
    weights = rules.tail_weights(counts, upper=upper)

    assert sum(weights[score] * count for score, count in counts.items()) == pytest.approx(
        0.27 * sum(counts.values())
    )
    assert sum(0 < weight < 1 for weight in weights.values()) <= 1
    ordered = [weights[score] for score in sorted(counts, reverse=upper)]
    assert ordered == sorted(ordered, reverse=True)


@given(COUNTS)
def test_equal_scores_stand_in_one_group_and_groups_are_in_order(counts: dict[int, int]) -> None:
    groups = rules.score_groups(counts)

    assert set(groups) == set(counts)
    assert [groups[score] for score in sorted(counts)] == sorted(groups.values())
    assert set(groups.values()) <= {0, 1, 2}


def test_thirds_are_thirds_where_nobody_ties() -> None:
    assert Counter(rules.score_groups(dict.fromkeys(range(12), 1)).values()) == {0: 4, 1: 4, 2: 4}


@given(st.lists(st.integers(0, 500), min_size=1))
def test_the_median_is_that_of_numpy(values: list[int]) -> None:
    assert rules.median(Counter(values)) == np.median(values)


def test_of_nothing_there_is_no_median() -> None:
    assert rules.median({}) is None


@pytest.mark.parametrize(
    ("share", "bar"), [(0, 0), (0.0999, 0), (0.1, 1), (0.3, 3), (0.7, 7), (0.9, 9), (1, 9)]
)
def test_a_share_falls_into_its_tenth(share: float, bar: int) -> None:
    assert rules.tenth(share) == bar


@pytest.mark.parametrize("freedom", [9, 15, 30, 100, 5000])
def test_the_quantile_of_t_is_that_of_scipy(freedom: int) -> None:
    assert rules.t_quantile(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=5e-5)


def test_a_gain_has_the_interval_of_scipy() -> None:
    rng = np.random.default_rng(5)
    before = rng.uniform(0.2, 0.7, size=24)
    after = before + rng.normal(0.15, 0.1, size=24)

    gain = rules.paired_gain(before.tolist(), after.tolist())

    expected = stats.ttest_rel(after, before).confidence_interval(0.95)
    assert gain.n == 24
    assert gain.mean == pytest.approx((after - before).mean())
    assert (gain.low, gain.high) == pytest.approx((expected.low, expected.high), abs=1e-5)


def test_a_gain_of_few_learners_is_not_given() -> None:
    assert rules.paired_gain([0.1] * 9, [0.9] * 9) == rules.Gain(9, None, None, None)


def test_a_gain_that_is_the_same_for_all_has_an_interval_without_width() -> None:
    gain = rules.paired_gain([0.25] * 10, [0.75] * 10)

    assert (gain.low, gain.mean, gain.high) == pytest.approx((0.5, 0.5, 0.5))


def test_a_gain_takes_pairs_alone() -> None:
    with pytest.raises(ValueError, match="shorter"):
        rules.paired_gain([0.1, 0.2], [0.3])


def test_time_is_told_from_one_save_to_the_next() -> None:
    assert rules.seconds_between([0, 40, 100], together=1, longest=1800) == {40: 40, 100: 60}


def test_saves_that_came_together_and_pauses_tell_no_time() -> None:
    assert rules.seconds_between([0, 40, 40.5, 70, 9000], together=1, longest=1800) == {70: 29.5}


def test_a_correlation_needs_ten_learners_who_were_asked_something_else_too() -> None:
    alone, beside = [paper((1.0,))] * 8, [paper((0.0, 0.0)), paper((1.0, 1.0))]

    few, enough = count(alone + beside).sheets["q0/x"], count(beside * 5).sheets["q0/x"]

    assert (few.shares.n, few.rest_correlation) == (10, None)
    assert enough.rest_correlation == pytest.approx(1.0)


def test_an_alpha_below_zero_makes_no_error_beyond_the_deviation() -> None:
    assert rules.standard_error(0.2, -8.0) == 0.2
    assert rules.standard_error(0.2, 0.75) == pytest.approx(0.1)


def said(*words: str | None) -> Paper:
    """A paper whose answers are right, each given with one of these certainties."""
    items = (Marked(f"q{n}/x", 1.0, 1.0, True, certainty=word) for n, word in enumerate(words))
    return Paper(tuple(items), passed=True)


@pytest.mark.parametrize(
    ("high", "mid", "low", "unsaid", "shown"),
    [
        (20, 12, 0, 0, {"high", "mid"}),
        (20, 12, 3, 0, {"high"}),
        (20, 12, 9, 1, {"high", "mid"}),
        (20, 0, 9, 0, set()),
        (20, 12, 0, 3, {"high"}),
        (20, 9, 9, 0, {"high"}),
    ],
)
def test_no_certainty_of_few_is_found_by_taking_the_others_from_the_whole(
    high: int, mid: int, low: int, unsaid: int, shown: set[str]
) -> None:
    chosen = [*["high"] * high, *["mid"] * mid, *["low"] * low, *[None] * unsaid]
    found = count([said(word) for word in chosen])

    for levels in (found.sheets["q0/x"].certainty, found.figures().certainty):
        assert {each.level for each in levels if each.share is not None} == shown
        assert [each.answers for each in levels] == [low, mid, high]


def test_of_a_quiz_who_chose_two_certainties_is_one_learner_behind_both() -> None:
    found = count([*[said("high", "high")] * 12, *[said("low", "mid")] * 8])

    assert [each.share for each in found.figures().certainty] == [None, None, None]


MEMBERS = st.dictionaries(st.frozensets(st.integers(0, 4), min_size=1), st.integers(0, 12), max_size=6)


@given(MEMBERS, st.sampled_from((5, 10)))
def test_what_is_withheld_of_groups_that_overlap_is_of_nobody_or_of_enough(
    members: dict[frozenset[int], int], fewest: int
) -> None:
    shown = rules.given_of(members, range(4), fewest, fewest)

    hidden = rules.people_in(members, set(range(5)) - shown)
    assert all(rules.people_in(members, {group}) >= fewest for group in shown)
    assert 4 not in shown
    assert hidden == 0 or hidden >= fewest or not shown
