"""What people ask, gathered from courses and articles, each question with an address of its own."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select

from articles.models import Article
from core.database import db
from courses.models import Course


@dataclass(frozen=True)
class Question:
    """`id` is unique on the page and stays while the question keeps its words."""

    id: str
    words: str
    answer: Markup


@dataclass(frozen=True)
class Group:
    """The questions of one course or article, which has a page of its own; `kind` says which of the two."""

    id: str
    kind: str
    title: str
    url: str
    questions: list[Question]


def gathered() -> list[Group]:
    """The questions of all courses, then of all articles, the newest first; what has none is passed over."""
    courses = select(Course.slug, Course.title, Course.faq).order_by(Course.price_minor.desc(), Course.title)
    articles = select(Article.slug, Article.title, Article.faq).order_by(
        Article.published.desc(), Article.title
    )
    groups = [
        Group(f"{kind}-{slug}", kind, title, f"/{kind}s/{slug}", _questions(f"{kind}-{slug}", faq))
        for kind, query in (("course", courses), ("article", articles))
        for slug, title, faq in db.session.execute(query)
    ]
    return [group for group in groups if group.questions]


def _questions(group: str, faq: Sequence[dict[str, str]]) -> list[Question]:
    names = anchors(group, [entry["question"] for entry in faq])
    return [
        Question(name, entry["question"], Markup(entry["answer_html"]))  # noqa: S704 - stored by the renderer
        for name, entry in zip(names, faq, strict=True)
    ]


def anchors(group: str, questions: Sequence[str]) -> Iterator[str]:
    """An id for each question of a group, made of its words; a number tells two with the same words apart.

    The two hyphens before the words, and before that number, stand in no slug and in no words: so no question of one
    group has the id of another group, or of a question in it.
    """
    seen: Counter[str] = Counter()
    for question in questions:
        words = re.sub(r"[^a-z0-9]+", "-", question.lower()).strip("-")
        seen[words] += 1
        yield f"{group}--{words}" + (f"--{seen[words]}" if seen[words] > 1 else "")
