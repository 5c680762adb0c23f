"""What is printed of one's own attempt: the words of its result page, gathered for the typesetter."""

from typing import TYPE_CHECKING

from core.school import current_school
from core.web import Reader
from progress.access import Visit
from quizzes.paper import show_item
from quizzes.quiz_settings import FeedbackWhen
from quizzes.reads import AttemptHead, items_of
from quizzes.result_page import ResultPage, result_page
from quizzes.times import in_words

if TYPE_CHECKING:  # it loads typst
    from quizzes.result_paper import PrintedQuestion, Sheet


def result_sheet(head: AttemptHead, here: Visit, reader: Reader) -> "Sheet":
    """The sheet of a submitted attempt."""
    from quizzes.result_paper import Sheet, certainty

    school, page = current_school(), result_page(head, here, reader)
    handed_in = head.submitted_at or head.started_at
    return Sheet(
        school=school.name,
        colour_primary=school.colour_primary,
        learner=reader.name,
        handed_in=handed_in.date(),
        handed_in_words=in_words(handed_in, reader),
        title=page.title,
        kicker=page.kicker,
        headline=page.headline,
        lede=page.lede,
        score=""
        if page.percent is None
        else f"{page.percent} percent: {page.points} of {page.possible} points",
        hidden=page.hidden,
        objectives=tuple((tally.name, tally.words) for tally in page.objectives or ()),
        topics=tuple((tally.name, tally.words) for tally in page.topics or ()),
        gain=page.gain.sentence if page.gain else "",
        certainty=certainty(page),
        questions=_questions(head, page, reader),
    )


def _questions(head: AttemptHead, page: ResultPage, reader: Reader) -> "tuple[PrintedQuestion, ...]":
    """None of an exam that keeps its items for others: a paper goes from hand to hand."""
    from quizzes.result_paper import printed

    if page.missed is None and head.settings.feedback == FeedbackWhen.NEVER:
        return ()
    return printed(page, [show_item(item) for item in items_of(head.id, reader.user_id)])
