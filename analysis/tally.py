"""Counting papers, in two rounds and in bounded memory: what is kept grows with the questions, not the learners. Pure.

The first round knows the scores; the second, which knows where each learner stands among all, counts the rest.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.figures import (
    LEVELS,
    UNSAID,
    GroupFigures,
    LevelFigures,
    Marked,
    Paper,
    QuizFigures,
    levels_of,
)
from analysis.rules import (
    GROUPS,
    LEAST,
    TEN,
    Agreement,
    Pairing,
    Spread,
    Tails,
    given_of,
    median,
    pairing,
    score_groups,
    standard_error,
    tail_weights,
    tenth,
)

FINE = 10_000  # steps that shares of a paper are told apart by


@dataclass
class Standings:
    """The first round: how all learners did, and the mean score of each edition of a question."""

    totals: Spread = field(default_factory=Spread)
    lengths: Spread = field(default_factory=Spread)
    shares: Counter[int] = field(default_factory=Counter)
    tenths: Counter[int] = field(default_factory=Counter)
    scores: dict[str, Spread] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)  # the newest that was asked of each edition
    passed: int = 0

    def add(self, paper: Paper) -> None:
        """One learner."""
        self.totals.add(paper.share)
        self.lengths.add(len(paper.items))
        self.shares[fine(paper)] += 1
        self.tenths[tenth(paper.share)] += 1
        self.passed += paper.passed
        for item in paper.items:
            self.scores.setdefault(item.edition, Spread()).add(item.score)
            self.revisions[item.edition] = max(item.revision, self.revisions.get(item.edition, 0))

    @property
    def is_drawn(self) -> bool:
        """Whether some learners were asked other questions than others."""
        return any(spread.n < self.totals.n for spread in self.scores.values())


def fine(paper: Paper) -> int:
    """The paper's share in steps: what learners with equal scores have in common."""
    return round(paper.share * FINE)


@dataclass
class Sheet:
    """What the second round counts of one edition of a question."""

    rest: Pairing = field(default_factory=pairing)
    total: Pairing = field(default_factory=pairing)
    shares: Spread = field(default_factory=Spread)
    due: Spread = field(default_factory=Spread)
    tails: Tails = field(default_factory=Tails)
    groups: list[Spread] = field(default_factory=lambda: [Spread() for _ in range(GROUPS)])
    chosen: list[Counter[int]] = field(default_factory=lambda: [Counter() for _ in range(GROUPS)])
    times: Counter[int] = field(default_factory=Counter)
    sure: Counter[str] = field(default_factory=Counter)  # those who said nothing are left out
    right: dict[str, float] = field(default_factory=dict)
    unanswered: int = 0

    @property
    def is_given(self) -> bool:
        return self.shares.n >= LEAST

    @property
    def facility(self) -> float | None:
        """The mean share, 0 to 1: the higher, the easier."""
        return self.shares.mean if self.is_given else None

    @property
    def rest_correlation(self) -> float | None:
        return self.rest.correlation if self.rest.first.n >= LEAST else None

    @property
    def upper_lower(self) -> float | None:
        return self.tails.difference if self.is_given else None

    @property
    def weight(self) -> float | None:
        return self.total.share_of_spread if self.is_given else None

    @property
    def due_weight(self) -> float | None:
        return self.due.mean if self.is_given else None

    @property
    def timed(self) -> int:
        return self.times.total()

    @property
    def seconds(self) -> float | None:
        return median(self.times) if self.timed >= LEAST else None

    @property
    def thirds(self) -> tuple[GroupFigures, ...]:
        if not self.is_given:
            return ()
        return tuple(GroupFigures(each.n, each.mean if each.n else None) for each in self.groups)

    def options(self, count: int) -> tuple[tuple[int, ...], ...]:
        """For each of so many options how many of each third chose it."""
        if not self.is_given:
            return ()
        return tuple(tuple(group[option] for group in self.chosen) for option in range(count))

    @property
    def certainty(self) -> tuple[LevelFigures, ...]:
        if not self.is_given:
            return ()
        said = {frozenset({level}): n for level, n in self.sure.items()}
        unsaid = self.shares.n - self.unanswered - self.sure.total()
        return levels_of(self.sure, self.right, _given({**said, frozenset({UNSAID}): unsaid}))


def _given(learners: Mapping[frozenset[str], int]) -> set[str]:
    """The certainties whose share is given, by how many learners chose which: what is withheld is of LEAST or more."""
    return given_of(learners, LEVELS, fewest=LEAST, together=LEAST)


class Counting:
    """The second round."""

    def __init__(self, standings: Standings) -> None:
        self.standings = standings
        self.sheets: dict[str, Sheet] = {edition: Sheet() for edition in standings.scores}
        self.agreement = Agreement()
        self.sure: Counter[frozenset[str]] = Counter()  # learners by the certainties that they chose
        self._upper = tail_weights(standings.shares, upper=True)
        self._lower = tail_weights(standings.shares, upper=False)
        self._group = score_groups(standings.shares)

    def add(self, paper: Paper) -> None:
        """One learner, the same papers as in the first round; one that came meanwhile is passed over."""
        if fine(paper) not in self._group or any(item.edition not in self.sheets for item in paper.items):
            return
        for item in paper.items:
            self._add_item(self.sheets[item.edition], item, paper)
        means = self.standings.scores
        self.sure[frozenset(item.certainty or UNSAID for item in paper.items if item.answered)] += 1
        known = [item for item in paper.items if means[item.edition].n >= LEAST]
        self.agreement.add([item.score - means[item.edition].mean for item in known])

    def _add_item(self, sheet: Sheet, item: Marked, paper: Paper) -> None:
        share, place = item.share, fine(paper)
        rest = paper.points - item.points
        if rest > 0:
            sheet.rest.add(share, (paper.score - item.score) / rest)
        sheet.total.add(item.score / paper.points, paper.share)
        sheet.due.add(item.points / paper.points)
        sheet.shares.add(share)
        sheet.tails.add(share, self._upper[place], self._lower[place])
        sheet.groups[self._group[place]].add(share)
        sheet.chosen[self._group[place]].update(item.chosen)
        sheet.unanswered += not item.answered
        if item.seconds is not None:
            sheet.times[round(item.seconds)] += 1
        if item.certainty is not None and item.answered:
            sheet.sure[item.certainty] += 1
            sheet.right[item.certainty] = sheet.right.get(item.certainty, 0.0) + share

    def figures(self) -> QuizFigures:
        """The quiz as a whole."""
        seen = self.standings
        is_given = seen.totals.n >= LEAST
        deviation = seen.totals.deviation if is_given else None
        alpha = self.agreement.alpha(seen.lengths.mean) if is_given else None
        return QuizFigures(
            n=seen.totals.n,
            passed=seen.passed,
            mean=seen.totals.mean if is_given else None,
            deviation=deviation,
            alpha=alpha,
            error=None if alpha is None or deviation is None else standard_error(deviation, alpha),
            length=seen.lengths.mean,
            is_drawn=seen.is_drawn,
            tenths=tuple(seen.tenths[bar] for bar in range(TEN)) if is_given else (),
            certainty=self._certainty() if is_given else (),
            ways=(),
        )

    def _certainty(self) -> tuple[LevelFigures, ...]:
        answers: Counter[str] = Counter()
        shares: dict[str, float] = defaultdict(float)
        for sheet in self.sheets.values():
            answers.update(sheet.sure)
            for level, share in sheet.right.items():
                shares[level] += share
        return levels_of(answers, shares, _given(self.sure))
