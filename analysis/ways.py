"""How learners went through a case: counted by the database, choice by choice, each revision for itself."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import func, select

from analysis.figures import QuizFigures, SceneFigures, WayFigures
from analysis.papers import counts_for
from analysis.rules import LEAST, TEN, Spread, tenth
from core.database import db
from quizzes.cases.case import MOST, Case
from quizzes.cases.reads import edition
from quizzes.models import Attempt, CasePlay, CaseRevision, CaseStep

Chosen = Mapping[tuple[str, int], int]
"""How often each choice, by scene and number, was made."""


def case_figures(quiz_id: int) -> QuizFigures:
    """The figures of a case over each learner's first finished play."""
    points = select(Attempt.points_num, Attempt.passed, func.count()).where(*counts_for(quiz_id))
    rows = db.session.execute(points.group_by(Attempt.points_num, Attempt.passed)).all()
    shares, tenths, passed = Spread(), Counter[int](), 0
    for score, has_passed, count in rows:
        share = (score or 0) / MOST
        tenths[tenth(share)] += count
        passed += count if has_passed else 0
        for _ in range(count):
            shares.add(share)
    is_given = shares.n >= LEAST
    return QuizFigures(
        n=shares.n,
        passed=passed,
        mean=shares.mean if is_given else None,
        deviation=shares.deviation if is_given else None,
        alpha=None,
        error=None,
        length=0.0,
        is_drawn=False,
        tenths=tuple(tenths[bar] for bar in range(TEN)) if is_given else (),
        certainty=(),
        ways=tuple(_ways(quiz_id)),
    )


def _ways(quiz_id: int) -> list[WayFigures]:
    """The newest revision first."""
    query = (
        select(CaseRevision.id, CaseRevision.number, Attempt.passed, func.count())
        .join(CasePlay, CasePlay.revision_id == CaseRevision.id)
        .join(Attempt, Attempt.id == CasePlay.attempt_id)
        .where(*counts_for(quiz_id))
        .group_by(CaseRevision.id, CaseRevision.number, Attempt.passed)
    )
    plays: dict[tuple[int, int], Counter[bool]] = {}
    for revision_id, number, passed, count in db.session.execute(query):
        plays.setdefault((number, revision_id), Counter())[bool(passed)] += count
    return [_way(quiz_id, *key, counted) for key, counted in sorted(plays.items(), reverse=True)]


def _way(quiz_id: int, number: int, revision_id: int, plays: Counter[bool]) -> WayFigures:
    case, chosen = edition(revision_id).case, _chosen(quiz_id, revision_id)
    return WayFigures(
        revision_id=revision_id,
        number=number,
        plays=plays.total(),
        passed=plays[True],
        unsafe=_unsafe(case, chosen),
        scenes=tuple(
            SceneFigures(
                scene.id, tuple(chosen.get((scene.id, choice), 0) for choice in range(len(scene.choices)))
            )
            for scene in case.scenes
            if scene.choices
        ),
    )


def _chosen(quiz_id: int, revision_id: int) -> dict[tuple[str, int], int]:
    query = (
        select(CaseStep.scene, CaseStep.choice, func.count())
        .join(Attempt, Attempt.id == CaseStep.attempt_id)
        .join(CasePlay, CasePlay.attempt_id == Attempt.id)
        .where(*counts_for(quiz_id), CasePlay.revision_id == revision_id)
        .group_by(CaseStep.scene, CaseStep.choice)
    )
    return {(scene, choice): count for scene, choice, count in db.session.execute(query)}


def _unsafe(case: Case, chosen: Chosen) -> int:
    """How many plays ended at an unsafe choice: it ends the play, so it is made once in it."""
    return sum(
        chosen.get((scene.id, number), 0)
        for scene in case.scenes
        for number, choice in enumerate(scene.choices)
        if choice.unsafe
    )
