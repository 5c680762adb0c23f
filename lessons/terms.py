"""Which terms of the glossary a lesson explains."""

import re

from sqlalchemy import select

from core.database import db
from lessons.models import Lesson

EXPLAINED = re.compile(r'href="/glossary#([a-z0-9-]+)"')


def terms_in(name: str) -> list[str]:
    """The slugs of the terms that the lesson of this full name explains, in order, each once."""
    parts = db.session.scalar(select(Lesson.parts).filter_by(name=name)) or []
    texts = (part if isinstance(part, str) else part.get("html", "") for part in parts)
    return list(dict.fromkeys(slug for text in texts for slug in EXPLAINED.findall(text)))
