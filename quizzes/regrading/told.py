"""How a result became another one since it was handed in, as its learner is told."""

from fractions import Fraction

from sqlalchemy import bindparam, or_, select

from core.reads import HotRead
from core.web import Reader
from quizzes import rules
from quizzes.models import AttemptItem, Grade, QuestionRevision
from quizzes.quiz_settings import Counts
from quizzes.reads import AttemptHead
from quizzes.regrading.models import Regrade
from quizzes.regrading.rules import Cause
from quizzes.times import in_words

ANEW = "This result was graded anew on {day}, because {cause}. The reason: “{reason}”"
CAUSES = {
    Cause.KEY: "the key of question {} was mended",
    Cause.DROPPED: "question {} was dropped and counts no more",
}
LEFT_OUT = "Question {} was dropped before you handed in, so it does not count. The reason: “{}”"
STAYS = " Your pass stays."
PASSED_BEFORE = " This attempt passed before; what counts is {}."
COUNTING = {
    Counts.BEST: "the best attempt",
    Counts.LAST: "the last attempt",
    Counts.AVERAGE: "the average of your attempts",
}

_entries = HotRead(
    select(Grade.cause, Grade.items, Grade.words, Grade.at)
    .where(Grade.attempt_id == bindparam("attempt_id"))
    .where(or_(*(Grade.cause == str(cause) for cause in Cause)))
    .order_by(Grade.id)
)
_dropped = HotRead(
    select(AttemptItem.position, Regrade.reason)
    .join(QuestionRevision, QuestionRevision.id == AttemptItem.revision_id)
    .join(Regrade, Regrade.question_id == QuestionRevision.question_id)
    .where(AttemptItem.attempt_id == bindparam("attempt_id"), AttemptItem.dropped.is_(True))
    .where(Regrade.cause == Cause.DROPPED)
    .order_by(AttemptItem.position)
)


def told_of(head: AttemptHead, reader: Reader, has_passed: bool) -> tuple[str, ...]:
    """A sentence for each regrade of the attempt, and for what was dropped before it was handed in.

    `has_passed`: the quiz, by what counts of all attempts.
    """
    entries = _entries(attempt_id=head.id)
    told = [_anew(Cause(cause), items[0][0], in_words(at, reader), why) for cause, items, why, at in entries]
    if told and _fell_below(head):
        told[-1] += STAYS if has_passed else PASSED_BEFORE.format(COUNTING[Counts(head.settings.counts)])
    logged = {items[0][0] for cause, items, *_ in entries if cause == Cause.DROPPED}
    left_out = [row for row in _dropped(attempt_id=head.id) if row[0] not in logged]
    return (*told, *(LEFT_OUT.format(position, reason) for position, reason in left_out))


def _anew(cause: Cause, position: int, day: str, reason: str) -> str:
    return ANEW.format(day=day, cause=CAUSES[cause].format(position), reason=reason)


def _fell_below(head: AttemptHead) -> bool:
    """Whether the attempt passed once and its figures would not by now."""
    return bool(head.passed) and not rules.passed(
        head.points or Fraction(0), head.possible, head.pass_percent
    )
