"""Forms of an attempt carried out: answers saved, the attempt handed in. Each opens its own transaction."""

from collections.abc import Sequence

from core.database import db, transaction
from core.errors import Conflict
from core.limits import require_within
from core.web import Reader
from quizzes import closing, forms, saving
from quizzes.access import require_open, where
from quizzes.assignment_text import is_of_assignment
from quizzes.models import AttemptItem
from quizzes.presentation import Layout
from quizzes.quiz_settings import QuizKind
from quizzes.reads import Target, asked, attempt_head, mailbox
from quizzes.rules import AttemptStep, next_state
from quizzes.saving import Kept, NotKept

Form = dict[str, list[str]]
ERASED = (
    "This work was erased meanwhile, and what you sent was written before. Nothing of it is kept. Copy what you still "
    "want of it, then open the work again to write anew."
)
SUBMISSIONS = "60/hour"
NOT_SUBMITTED = {
    QuizKind.CASE: "A case is not handed in: it ends with its last choice.",
    QuizKind.ASSIGNMENT: "An assignment is handed in from its own page, where you confirm that it names no client.",
}


def save_answers(attempt_id: str, person: Reader, form: Form) -> list[Kept]:
    """Save what a form holds; what stands then of each question. Raises NotFound, Forbidden, Conflict."""
    box = mailbox(attempt_id, person.user_id, forms.positions(form))
    require_open(where(box.course, box.step, person))
    next_state(box.state, AttemptStep.SAVE)
    given = forms.read_given(box.targets, form)
    with transaction():
        saved = saving.save(person.user_id, attempt_id, given)
        _require_its_field(attempt_id, box.targets, form)
        return saved


def _require_its_field(attempt_id: str, targets: Sequence[Target], form: Form) -> None:
    """An assignment that was erased has a field of another name. Asked after the save, whose row nobody else writes
    now: whoever erases comes before it and is seen, or after it. Raises NotKept."""
    for target in targets:
        if is_of_assignment(asked(target.revision_id).question):
            item = db.session.get_one(AttemptItem, (attempt_id, target.position), populate_existing=True)
            if Layout.from_json(item.layout).name not in form:
                raise NotKept(ERASED, forms.longest_text(form))


def hand_in(attempt_id: str, person: Reader) -> None:
    """Hand in an attempt at a quiz. Raises NotFound, Forbidden, Conflict."""
    require_within(SUBMISSIONS, "quiz-submit", str(person.user_id))
    head = attempt_head(attempt_id, person.user_id)
    require_open(where(head.course, head.step, person))
    if head.kind is not QuizKind.QUIZ:
        raise Conflict(NOT_SUBMITTED[head.kind])
    with transaction():
        closing.submit(person.user_id, attempt_id)
