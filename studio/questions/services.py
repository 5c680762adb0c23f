"""An import is looked at first, then kept as a draft: what docs/question-formats.md says of the way in."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from core.clock import now
from core.database import db
from core.errors import InvalidInput, NotFound, Problem
from publishing.models import ContentFile
from quizzes.models import Question as KnownQuestion
from quizzes.questions import Question
from studio.drafts.services import drafts_in, find_draft, published_text, save, text_of
from studio.questions import formats
from studio.questions.found import Held, Imported
from studio.questions.models import QuestionImport
from studio.questions.our_text import slug
from studio.questions.own import questions_in

KEPT_DAYS = 30  # of an import that was looked at


def read(text: str, form: str) -> tuple[str, Imported]:
    """The format of a text (`form`, or found where that is empty) and its questions, with ids that are free in the
    whole bundle. Raises InvalidInput for a text in no known format."""
    text = formats.checked(text)
    name = form or formats.format_of(text)
    taken = set(db.session.scalars(select(KnownQuestion.id)))
    return name, formats.read(text, name, taken)


def hold(course: str, name: str, form: str, found: Imported, by: int) -> QuestionImport:
    """Put the import by, to be looked at. Those that nobody kept go after a while."""
    oldest = now() - timedelta(days=KEPT_DAYS)
    db.session.execute(delete(QuestionImport).where(QuestionImport.made_at < oldest))
    made = QuestionImport(
        course=course,
        name=name,
        format=form,
        text=found.text,
        held=[_facts(each) for each in found.questions],
        refused=[_words(each) for each in found.refused],
        kept_path="",
        made_at=now(),
        made_by=by,
    )
    db.session.add(made)
    db.session.flush()
    return made


def find_import(course: str, import_id: int) -> QuestionImport:
    """The import that was made in this course. Raises NotFound."""
    found = db.session.get(QuestionImport, import_id)
    if found is None or found.course != course:
        raise NotFound("There is no such import in this course.")
    return found


def keep(made: QuestionImport, name: str, by: int) -> str:
    """The path of the draft that holds the questions now. Once kept, keeping again changes nothing.

    Raises InvalidInput for a name that no file can have, or that a file with other questions has.
    """
    if made.kept_path:
        return made.kept_path
    path = f"courses/{made.course}/questions/{_file_name(name)}.md"
    draft = find_draft(path)
    there = draft.text if draft else published_text(path)[1]
    if there and there != made.text:
        raise InvalidInput("The course has other questions under this name. Choose another one.", "name")
    save(path, made.text, draft.number if draft else 0, by)
    made.kept_path = path
    db.session.flush()
    return path


def question_files(course: str) -> list[str]:
    """The course's files that may hold questions, published or drafts, as `quizzes/slug` and `questions/name`."""
    begin = f"courses/{course}/"
    published = select(ContentFile.path).where(
        ContentFile.removed_at.is_(None), ContentFile.path.startswith(begin, autoescape=True)
    )
    paths = {*db.session.scalars(published), *(draft.path for draft in drafts_in(course))}
    names = (path.removeprefix(begin).removesuffix(".md") for path in paths if path.endswith(".md"))
    return sorted(name for name in names if name.partition("/")[0] in ("quizzes", "questions"))


def questions_of(course: str, name: str) -> list[Question]:
    """The questions of one of them, as its newest text has them. Raises NotFound."""
    if name not in question_files(course):
        raise NotFound("The course has no such quiz and no such file of questions.")
    return questions_in(text_of(f"courses/{course}/{name}.md")[1])


def _file_name(name: str) -> str:
    if not name.strip() or slug(name) != name.strip():
        raise InvalidInput("Write the name in a-z, 0-9 and single hyphens, 80 characters at most.", "name")
    return name.strip()


def _facts(held: Held) -> dict[str, Any]:
    changes = [_words(each) for each in held.changes]
    return {"id": held.id, "kind": held.kind, "line": held.line, "prompt": held.prompt_md, "changes": changes}


def _words(problem: Problem) -> list[Any]:
    return [problem.line, problem.message, problem.remedy]
