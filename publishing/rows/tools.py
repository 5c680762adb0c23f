"""Practice tools as rows, and which lessons link them."""

import re

from sqlalchemy import delete, select

from core.database import db
from core.markup.rendered import Rendered
from lessons.models import Lesson, Tool, ToolLink
from publishing.bundle import Bundle
from publishing.rendering import Pages
from publishing.rows.filling import cited_in, fill
from publishing.texts.page_texts import ToolText

TOOL_FILE = re.compile(r"courses/[^/]+/tools/([^/]+)\.md")


def publish_tools(bundle: Bundle, pages: Pages) -> set[str]:
    """The tools' rows; the slugs of those that changed or are gone."""
    rows = {row.slug: row for row in db.session.scalars(select(Tool))}
    changed = {
        text.slug
        for text in bundle.tools.values()
        if _publish(rows.get(text.slug), text, pages.tools.get(text.slug))
    }
    return changed | _remove(bundle, rows)


def _publish(row: Tool | None, text: ToolText, page: Rendered | None) -> bool:
    row = row or Tool(slug=text.slug, html="", cited=[])
    db.session.add(row)
    return fill(
        row,
        course=text.course,
        title=text.title,
        summary=text.summary,
        reviewed=text.reviewed,
        paced=text.paced,
        html=str(page.html) if page else row.html,
        cited=cited_in(page) if page else row.cited,
    )


def _remove(bundle: Bundle, rows: dict[str, Tool]) -> set[str]:
    """Tools that left a course which the bundle holds."""
    kept = {text.slug for text in bundle.tools.values()}
    gone = {slug for slug, row in rows.items() if slug not in kept and row.course in bundle.courses}
    db.session.execute(delete(Tool).where(Tool.slug.in_(gone)))
    return gone


def publish_links(pages: Pages) -> None:
    """Which tools the lessons that were rendered link, by a slot or by a plain link to the tool's file."""
    names = select(Lesson.name, Lesson.id).where(Lesson.name.in_(pages.lessons))
    ids = dict(db.session.execute(names).all())
    db.session.execute(delete(ToolLink).where(ToolLink.lesson_id.in_(ids.values())))
    for name, lesson_id in ids.items():
        db.session.add_all(
            ToolLink(lesson_id=lesson_id, tool=slug) for slug in sorted(_linked(pages.lessons[name]))
        )
    db.session.flush()


def _linked(lesson: Rendered) -> set[str]:
    found = (TOOL_FILE.fullmatch(link.file or "") for link in lesson.links)
    return {*lesson.tools, *(match[1] for match in found if match)}
