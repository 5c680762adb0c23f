"""Cases that are played."""

from typing import Any

from core.database import db, transaction
from tests.factories.rows import detached

CASE = """The file of Ada, a client.

## intake
**She sits down**

"Do the peel."

- [Ask what happened](#history) {+20 trust+20}
  : It opens the talk.
- [Sell her a cream](#history) {-10 trust-50}
  : Nothing is known yet.
- [Peel at once](#stop) {unsafe}
  : The barrier is damaged.
- [Stop her own cream](#history) {+0 critical}
  : It was prescribed.

## history
She tells.

- [Name what you see](#plan) {+25 needs trust>=50}
- [Go on](#plan) {+10}

## plan {end}
It ended well.

## stop {end}
**Red flag**

Why one stops.
"""


def make_case(step: Any, text: str = CASE, **settings: Any) -> Any:
    """The case of a course's quiz step, published; `settings` are of QuizSettings. Detached."""
    from courses.models import Step
    from quizzes.models import Quiz
    from quizzes.quiz_settings import QuizSettings

    defaults = {"title": "Ada in a hurry", "kind": "case", "pass_mark": 75, "state": (("trust", 40),)}
    chosen = QuizSettings(**{**defaults, **settings})
    with transaction() as session:
        quiz = Quiz(
            name=step.body, slug=step.slug, title=chosen.title, kind=chosen.kind, settings=chosen.to_json(),
            pool=[], content={}, minutes=10, revision=1,
        )  # fmt: skip
        session.add(quiz)
        session.flush()
        session.get_one(Step, step.id).noun = "case"
        publish_case(quiz, text, chosen)
    return detached(quiz)


def publish_case(quiz: Any, text: str, settings: Any) -> int:
    """One more revision of a case, inside the caller's transaction; it is what new plays begin with."""
    from sqlalchemy import func, select

    from core.clock import now
    from core.markup import render_many
    from core.markup.rendered import Source
    from quizzes.cases.text import parse_case
    from quizzes.models import CaseRevision

    case, problems = parse_case(text, f"courses/{quiz.name}.md", 1, settings)
    assert not problems, problems
    blocks = [case.file_md, *(scene.text_md for scene in case.scenes)]
    lines = [
        each for scene in case.scenes for choice in scene.choices for each in (choice.text_md, choice.why_md)
    ]
    sources = [Source(each, "case.md", "block", base="/") for each in blocks if each.strip()]
    sources += [Source(each, "case.md", "inline", base="/") for each in lines if each]
    html = {source.text: str(done.html) for source, done in zip(sources, render_many(sources), strict=True)}  # type: ignore[union-attr]
    counted = select(func.count()).select_from(CaseRevision).filter_by(quiz_id=quiz.id)
    revision = CaseRevision(
        quiz_id=quiz.id, number=(db.session.scalar(counted) or 0) + 1, content=case.to_json(), html=html,
        published_at=now(),
    )  # fmt: skip
    db.session.add(revision)
    db.session.flush()
    quiz.content = {"revision": revision.id}
    db.session.flush()
    return revision.id
