"""Legal texts as rows. A version that was published stays as it was: orders name the one that their buyer accepted."""

import hashlib
from collections.abc import Mapping

from core.database import db
from core.errors import Problem
from publishing.bundle import Bundle
from publishing.models import ContentFile
from publishing.rendering import Pages
from publishing.texts.legal_texts import LegalDraft
from shop.models import LegalText


def rewritten(bundle: Bundle, published: Mapping[str, ContentFile]) -> list[Problem]:
    """Each version that is published already and reads otherwise in the bundle."""
    changed = [draft for draft in bundle.legal.values() if _differs(bundle, published.get(draft.file))]
    return [_unchangeable(draft) for draft in changed]


def _differs(bundle: Bundle, kept: ContentFile | None) -> bool:
    return kept is not None and kept.sha256 != hashlib.sha256(bundle.files[kept.path]).hexdigest()


def _unchangeable(draft: LegalDraft) -> Problem:
    message = f"{draft.version} is published, buyers have accepted it, and it cannot be changed"
    remedy = f"Put its old text back, and publish a new day: legal/{draft.page}/<YYYY-MM-DD>.md."
    return Problem(draft.file, 0, message, remedy)


def publish_legal(bundle: Bundle, pages: Pages) -> None:
    """Rows for the versions that are new; those that are there are left alone."""
    for draft in bundle.legal.values():
        if db.session.get(LegalText, (draft.page, draft.version)) is not None:
            continue
        html = pages.texts[draft.file][draft.body]
        values = {"title": draft.title, "summary": draft.summary, "html": html}
        db.session.add(LegalText(page=draft.page, version=draft.version, **values))
