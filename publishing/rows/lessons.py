"""The lessons' rows, with the pictures and films that they show."""

from collections.abc import Iterable
from mimetypes import guess_type

from sqlalchemy import select

from core.clock import now
from core.database import db
from courses.rules import lesson_minutes
from lessons.models import Lesson, LessonMedia
from publishing.bundle import Bundle
from publishing.changes import Change, ChangeKind
from publishing.media import storage_key
from publishing.rendering import Pages, figure_paths, parts_of
from publishing.rows.filling import cited_in, fill
from publishing.text_references import film_path
from publishing.texts.media_files import RASTER, ending
from publishing.texts.page_texts import LessonText


def publish_lessons(bundle: Bundle, pages: Pages) -> set[str]:
    """The rows of the lessons that were rendered; their full names, which are those that changed."""
    for name, rendered in pages.lessons.items():
        text = bundle.lessons[name]
        row = db.session.scalar(select(Lesson).filter_by(name=name)) or Lesson(name=name, revision=0)
        fill(
            row,
            slug=text.slug,
            title=text.title,
            summary=text.summary,
            objectives=[{"id": key, "text": words} for key, words, _ in text.objectives],
            reviewed=text.reviewed,
            minutes=lesson_minutes(
                rendered.words, len(rendered.checks), len(rendered.figures), text.practice_minutes
            ),
            words=rendered.words,
            parts=parts_of(rendered),
            outline=[
                {"id": each.id, "title": each.title, "level": each.level, "minutes": each.minutes}
                for each in rendered.outline
            ],
            cited=cited_in(rendered),
            text=rendered.text,
        )
        row.revision += 1
        db.session.add(row)
        db.session.flush()
        _publish_media(bundle, row, text, rendered.videos)
    return set(pages.lessons)


def note_change(bundle: Bundle, restated: set[str], change: Change) -> None:
    """What was made clearer stands at the head of each lesson whose file says so; a material change takes it away."""
    if change.kind in (None, ChangeKind.TYPO):
        return
    is_clearer = change.kind == ChangeKind.CLARIFICATION
    names = [name for name, lesson in bundle.lessons.items() if lesson.file in restated]
    for row in db.session.scalars(select(Lesson).where(Lesson.name.in_(names))):
        row.clarification = change.reason if is_clearer else ""
        row.clarified_at = now() if is_clearer else None


def _publish_media(bundle: Bundle, lesson: Lesson, text: LessonText, videos: Iterable[str]) -> None:
    """Pictures and films that the lesson shows; drawings stand in its HTML."""
    shown = {path for path in figure_paths(text.body) if ending(path) in RASTER}
    for film in videos:
        stem = film_path(film).rpartition(".")[0]
        shown |= {path for path in bundle.files if path == film_path(film) or _is_caption(path, stem)}
    rows = {row.name: row for row in db.session.scalars(select(LessonMedia).filter_by(lesson_id=lesson.id))}
    for path in shown:
        name = path.removeprefix("media/")
        row = rows.pop(name, None) or LessonMedia(lesson_id=lesson.id, name=name)
        mime = guess_type(path)[0] or ("text/vtt" if path.endswith(".vtt") else "application/octet-stream")
        fill(row, storage_key=storage_key(bundle, path), mime=mime)
        db.session.add(row)
    for row in rows.values():
        db.session.delete(row)


def _is_caption(path: str, stem: str) -> bool:
    return path.startswith(f"{stem}.") and path.endswith(".vtt")
