"""The formulas of item analysis, pure. Shares lie between 0 and 1; a figure that cannot be given is None."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import sqrt
from statistics import NormalDist
from typing import TypeVar

LEAST = 10  # answers, attempts or learners: below, a figure says more about chance than about the question
TAIL = 0.27  # of the learners: T. L. Kelley, "The selection of upper and lower groups", J. Educ. Psychol. 30 (1939)
GROUPS = 3
TEN = 10  # bars of a distribution

Group = TypeVar("Group", bound=Hashable)


@dataclass
class Spread:
    """Count, mean and sum of squared deviations of one variable, fed value by value (B. P. Welford, 1962)."""

    n: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, value: float) -> None:
        self.n += 1
        off = value - self.mean
        self.mean += off / self.n
        self.squares += off * (value - self.mean)

    @property
    def deviation(self) -> float | None:
        """The standard deviation of a sample (divided by n - 1); None below two values."""
        return sqrt(self.squares / (self.n - 1)) if self.n > 1 else None


@dataclass
class Pairing:
    """Two variables of the same learners and the sum of products of their deviations, fed pair by pair."""

    first: Spread
    second: Spread
    products: float = 0.0

    def add(self, one: float, other: float) -> None:
        off = one - self.first.mean
        self.first.add(one)
        self.second.add(other)
        self.products += off * (other - self.second.mean)

    @property
    def correlation(self) -> float | None:
        """Pearson's product-moment correlation, -1 to 1; None where one of the two does not vary.

        Of a share that is 0 or 1 it is the point-biserial correlation (K. Pearson, 1909). With the score on the
        *other* questions as second variable it is the item-rest correlation: an item that is part of its own
        criterion would seem to discriminate by that alone (S. Henrysson, Psychometrika 28, 1963).
        """
        spread = sqrt(self.first.squares) * sqrt(self.second.squares)
        return min(max(self.products / spread, -1.0), 1.0) if spread > 1e-12 else None

    @property
    def share_of_spread(self) -> float | None:
        """The covariance of the first with the second as a share of the second's variance.

        With the total as second variable it is the question's effective weight: the covariances of all questions
        with the total add up to its variance, so the shares of a whole paper add up to 1.
        """
        return self.products / self.second.squares if self.second.squares > 1e-12 else None


def pairing() -> Pairing:
    """An empty one."""
    return Pairing(Spread(), Spread())


@dataclass
class Agreement:
    """How questions go together, from deviations of scores from their question's mean, learner by learner.

    Papers may differ. `squares` sums squared deviations, `products` those of all pairs of questions that a
    learner was asked both of, `answers` and `pairs` count them (each pair twice).
    """

    squares: float = 0.0
    products: float = 0.0
    answers: int = 0
    pairs: int = 0

    def add(self, deviations: Sequence[float]) -> None:
        """One learner's deviations, in points."""
        squares = sum(each * each for each in deviations)
        self.squares += squares
        self.products += sum(deviations) ** 2 - squares
        self.answers += len(deviations)
        self.pairs += len(deviations) * (len(deviations) - 1)

    def alpha(self, questions: float) -> float | None:
        """Cronbach's alpha of a paper of so many questions, at most 1; None where nothing varies.

        L. J. Cronbach, Psychometrika 16 (1951), in the form of averages: k c / (v + (k - 1) c), with v the mean
        variance of a question and c the mean covariance of two. Where all learners have the same paper it is
        exactly k / (k - 1) * (1 - sum of variances / variance of totals). Where papers are drawn, v and c are
        taken over the questions and pairs that were asked, about each question's own mean.
        """
        if questions < 2 or not self.pairs or self.squares <= 1e-12:
            return None
        variance, covariance = self.squares / self.answers, self.products / self.pairs
        spread = variance + (questions - 1) * covariance
        return min(questions * covariance / spread, 1.0) if spread > 1e-12 else None


def standard_error(deviation: float, alpha: float) -> float:
    """The standard error of measurement, in the unit of the deviation: SD * sqrt(1 - reliability).

    F. M. Lord and M. R. Novick, "Statistical Theories of Mental Test Scores" (1968). A reliability is a share of a
    variance, so an alpha below zero estimates one of zero: the error is at most the deviation.
    """
    return deviation * sqrt(1 - min(max(alpha, 0.0), 1.0))


def tail_weights(counts: Mapping[int, int], *, upper: bool, part: float = TAIL) -> dict[int, float]:
    """How much of the learners with each score belongs to the upper or lower `part` of all, 0 to 1.

    Learners with equal scores are not told apart: of those at the border each counts in part.
    """
    left = part * sum(counts.values())
    weights: dict[int, float] = {}
    for score in sorted(counts, reverse=upper):
        taken = min(left, counts[score])
        weights[score] = taken / counts[score] if counts[score] else 0.0
        left -= taken
    return weights


@dataclass
class Tails:
    """Shares of one question in the two tails of the scores, weighted."""

    upper: float = 0.0
    upper_weight: float = 0.0
    lower: float = 0.0
    lower_weight: float = 0.0

    def add(self, share: float, upper: float, lower: float) -> None:
        self.upper += upper * share
        self.upper_weight += upper
        self.lower += lower * share
        self.lower_weight += lower

    @property
    def difference(self) -> float | None:
        """The upper-lower index, -1 to 1: mean share in the upper 27 % less that in the lower (Kelley, 1939;
        A. P. Johnson, J. Educ. Psychol. 42, 1951). None where a tail was not asked."""
        if self.upper_weight <= 1e-9 or self.lower_weight <= 1e-9:
            return None
        index = self.upper / self.upper_weight - self.lower / self.lower_weight
        return min(max(index, -1.0), 1.0)


def score_groups(counts: Mapping[int, int], groups: int = GROUPS) -> dict[int, int]:
    """The group of each score, from 0 for the lowest, by the middle rank of those who have it.

    Equal scores are never parted, so groups may differ in size, and one may be empty.
    """
    total, below, found = sum(counts.values()), 0, {}
    for score in sorted(counts):
        middle = (below + counts[score] / 2) / total if total else 0.0
        found[score] = min(int(middle * groups), groups - 1)
        below += counts[score]
    return found


def tenth(share: float) -> int:
    """Which of ten bars a share falls into: 0 for below 10 %, 9 for 90 % and more."""
    return min(max(int(share * TEN + 1e-9), 0), TEN - 1)


def median(counts: Mapping[int, int]) -> float | None:
    """The median of whole numbers that were counted; None of nothing."""
    total = sum(counts.values())
    if not total:
        return None
    return (_nth(counts, (total - 1) // 2) + _nth(counts, total // 2)) / 2


def _nth(counts: Mapping[int, int], place: int) -> int:
    for value in sorted(counts):
        place -= counts[value]
        if place < 0:
            return value
    raise IndexError(place)


@dataclass(frozen=True)
class Gain:
    """What the same learners gained from one check to the next, in shares; None below LEAST learners.

    `low` and `high` are the ends of the 95 % interval of the mean.
    """

    n: int
    mean: float | None
    low: float | None
    high: float | None


@dataclass
class Gaining:
    """Shares of the same learners before and after, fed pair by pair."""

    before: Spread = field(default_factory=Spread)
    after: Spread = field(default_factory=Spread)
    change: Spread = field(default_factory=Spread)

    def add(self, before: float, after: float) -> None:
        self.before.add(before)
        self.after.add(after)
        self.change.add(after - before)

    @property
    def gain(self) -> Gain:
        """The mean change and its 95 % interval by Student's t (1908)."""
        spread, deviation = self.change, self.change.deviation
        if spread.n < LEAST or deviation is None:
            return Gain(spread.n, None, None, None)
        half = t_quantile(spread.n - 1) * deviation / sqrt(spread.n)
        return Gain(spread.n, spread.mean, spread.mean - half, spread.mean + half)


def paired_gain(before: Sequence[float], after: Sequence[float]) -> Gain:
    """The mean difference of pairs and its 95 % interval.

    Both hold one share a learner, in the same order. Raises ValueError for lists of different length.
    """
    gaining = Gaining()
    for one, other in zip(before, after, strict=True):
        gaining.add(one, other)
    return gaining.gain


def t_quantile(freedom: int, probability: float = 0.975) -> float:
    """The quantile of Student's t by the expansion of R. A. Fisher and E. A. Cornish (Technometrics 2, 1960).

    From nine degrees of freedom on it is right to four decimals at 0.975.
    """
    z = NormalDist().inv_cdf(probability)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / float(freedom) ** power for power, term in enumerate(terms, 1))


def seconds_between(moments: Iterable[float], together: float, longest: float) -> dict[float, float]:
    """How long before each moment the one before it was; the first of all is where time begins.

    Moments closer than `together` count as one, and nothing is said of those; nor of a gap over `longest`.
    All in seconds.
    """
    groups: list[list[float]] = []
    for moment in sorted(moments):
        if groups and moment - groups[-1][-1] <= together:
            groups[-1].append(moment)
        else:
            groups.append([moment])
    gaps = ((one[-1], other) for one, other in pairwise(groups))
    return {other[0]: other[0] - end for end, other in gaps if len(other) == 1 and other[0] - end <= longest}


def given_of(
    members: Mapping[frozenset[Group], int], groups: Sequence[Group], fewest: int, together: int
) -> set[Group]:
    """The groups whose figure is given: from `fewest` people on. `members` counts people by all groups they are in.

    Where fewer than `together` stand behind all that is withheld, the smallest group of those left is withheld too:
    else a figure for all would tell theirs once the others are taken away. A group that only `members` names is
    always withheld.
    """
    shown = {group for group in groups if people_in(members, {group}) >= fewest}
    hidden = people_in(members, {group for each in members for group in each} - shown)
    if shown and 0 < hidden < together:
        in_order = [group for group in groups if group in shown]
        shown.remove(min(in_order, key=lambda group: people_in(members, {group})))
    return shown


def people_in(members: Mapping[frozenset[Group], int], groups: set[Group]) -> int:
    """How many people are in at least one of these groups."""
    return sum(n for each, n in members.items() if each & groups)
