"""The texts of a bundle rendered, once and together, before any transaction: pages that publishing writes down."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import Element

from markupsafe import Markup

from core import icons, markup
from core.errors import InvalidInput, Problem
from core.markup import tree
from core.markup.proofreading import mentions
from core.markup.rendered import Kind, Rendered, Source
from publishing.bundle import BIBLIOGRAPHY, GLOSSARY, Bundle
from publishing.texts.course_text import CourseText
from publishing.texts.legal_texts import LegalDraft
from publishing.texts.media_files import RASTER, check_media_file, ending
from publishing.texts.page_texts import ArticleText, AuthorText, LessonText, ToolText
from publishing.texts.quiz_files import QuizText
from quizzes.questions import Question


@dataclass
class Pages:
    """What was rendered. A lesson's is complete but for its slots, an article's body is complete; the others are
    HTML by Markdown text."""

    lessons: dict[str, Rendered] = field(default_factory=dict)  # by full name
    tools: dict[str, Rendered] = field(default_factory=dict)  # by slug
    articles: dict[str, Rendered] = field(default_factory=dict)  # by slug
    texts: dict[str, dict[str, str]] = field(default_factory=dict)  # by path: Markdown -> HTML
    questions: dict[str, dict[str, str]] = field(default_factory=dict)  # by id: Markdown -> HTML
    long_texts: dict[str, Markup] = field(default_factory=dict)  # of figures, by the figure's path
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Job:
    """One text to render: `place` is lesson, article, tool, text, question or media, `key` what it belongs to."""

    place: str
    key: str
    source: Source
    says_certainty: bool = True
    lists_sources: bool = False  # the page that shows it lists what it cites


@cache
def renderer_version() -> str:
    """Changes whenever the same Markdown might give other HTML."""
    renderer = Path(markup.__file__).parent
    digest = hashlib.sha256(f"{version('markdown')} {version('nh3')}".encode())
    for file in (*sorted(renderer.glob("*.py")), Path(icons.__file__), Path(__file__)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def fingerprints(bundle: Bundle) -> dict[str, str]:
    """For each file that makes a page, the hash of all that the page is made of."""
    shared = [bundle.files.get(BIBLIOGRAPHY, b""), bundle.files.get(GLOSSARY, b"")]
    citing = [(lesson.file, lesson.body) for lesson in bundle.lessons.values()]
    citing += [(article.file, article.body) for article in bundle.articles.values()]
    citing += [(tool.file, tool.body) for tool in bundle.tools.values()]
    others = [(quiz.file, quiz.body) for quiz in bundle.quizzes.values()]
    others += [(each.file, each.body) for each in bundle.question_files.values()]
    others += [(author.file, author.body) for author in bundle.authors.values()]
    others += [(course.file, course.body) for course in bundle.courses.values()]
    others += [(draft.file, draft.body) for draft in bundle.legal.values()]
    found = {path: _hash(bundle, path, body, shared) for path, body in citing}
    return found | {path: _hash(bundle, path, body, ()) for path, body in others}


def _hash(bundle: Bundle, path: str, body: str, shared: Iterable[bytes]) -> str:
    digest = hashlib.sha256(renderer_version().encode())
    for data in (bundle.files[path], *shared, *_figure_files(bundle, body)):
        digest.update(hashlib.sha256(data).digest())
    return digest.hexdigest()


def _figure_files(bundle: Bundle, body: str) -> Iterator[bytes]:
    for path in figure_paths(body):
        yield bundle.files.get(path, b"")
        yield bundle.files.get(long_text_path(path), b"")


def figure_paths(body: str) -> list[str]:
    """The paths of the figures that a text shows, each once."""
    return list(dict.fromkeys(found.name for found in mentions(body) if found.kind == "figure"))


def long_text_path(path: str) -> str:
    return path.rpartition(".")[0] + ".md"


def render(
    bundle: Bundle, paths: Iterable[str], long_texts: Mapping[str, Markup] = MappingProxyType({})
) -> Pages:
    """The pages of the files at these paths, and what is wrong with them. `long_texts` are those of figures that were
    rendered before, and are taken as they are."""
    pages = Pages(long_texts=dict(long_texts))
    jobs = [job for job in _jobs(bundle, set(paths)) if job.place != "media" or job.key not in long_texts]
    results = list(zip(jobs, markup.render_many([job.source for job in jobs]), strict=True))
    pages.problems += [result for _, result in results if isinstance(result, Problem)]
    rendered = [(job, result) for job, result in results if isinstance(result, Rendered)]
    pages.long_texts |= {job.key: result.html for job, result in rendered if job.place == "media"}
    plates = _Plates(bundle, pages.long_texts, pages.problems)
    for job, result in rendered:
        _keep(bundle, pages, plates, job, result)
    return pages


def _keep(bundle: Bundle, pages: Pages, plates: "_Plates", job: Job, result: Rendered) -> None:
    if job.place in ("lesson", "article"):
        kept_pages = pages.lessons if job.place == "lesson" else pages.articles
        kept_pages[job.key] = _page(bundle, plates, job, result)
    elif job.place == "tool":
        pages.tools[job.key] = replace(result, html=markup.name_designs(result.html, _designs(bundle)))
    elif job.place != "media":
        html = str(plates.place(result, job.source, "").html)
        if not job.lists_sources:
            html = quiet_citations(html, job.says_certainty)
        kept = pages.questions if job.place == "question" else pages.texts
        kept.setdefault(job.key, {})[job.source.text] = html


def _page(bundle: Bundle, plates: "_Plates", job: Job, result: Rendered) -> Rendered:
    """A page with sources of its own: its figures drawn in, designs named, terms explained."""
    folder = f"{job.key.rpartition('/')[2]}/media"
    designs, terms = _designs(bundle), bundle.explanations()
    placed = plates.drawn(
        result, job.source, partial(markup.complete_page, folder=folder, designs=designs, terms=terms)
    )
    if placed is not None:
        return placed
    named = markup.name_designs(result.html, designs)
    return replace(result, html=markup.mark_terms(named, terms))


def _designs(bundle: Bundle) -> dict[str, str]:
    """In the text the kind of study is enough; the list of sources tells the rest."""
    return {source.key: source.design.partition(",")[0] for source in bundle.sources.values()}


class _Plates:
    """Draws figures in; one that cannot be placed is a problem of the text that shows it."""

    def __init__(self, bundle: Bundle, long_texts: Mapping[str, Markup], problems: list[Problem]) -> None:
        self.media, self.long_texts = bundle.media(), long_texts
        self.problems = problems

    def place(self, rendered: Rendered, source: Source, folder: str) -> Rendered:
        """The text with its figures, or as it was."""
        if not rendered.figures:
            return rendered
        return self.drawn(rendered, source, partial(markup.place_figures, folder=folder)) or rendered

    def drawn(self, rendered: Rendered, source: Source, draw: Callable[..., Rendered]) -> Rendered | None:
        """What `draw` makes of the text with the media and long texts; None where a figure cannot be placed."""
        try:
            return draw(rendered, self.media, self.long_texts)
        except InvalidInput as wrong:
            # A file that is missing, or is not what its name says, is told by those who look at files.
            if all(self._is_picture(figure.path) for figure in rendered.figures):
                sentence, remedy = wrong.sentence.rstrip("."), "Save the figure again."
                self.problems.append(Problem(source.name, source.first_line, sentence, remedy))
            return None

    def _is_picture(self, path: str) -> bool:
        is_figure = path in self.media and ending(path) in ("svg", *RASTER)
        return is_figure and not check_media_file(path, self.media[path])


def quiet_citations(html: str, says_certainty: bool) -> str:
    """Without numbers of sources, for texts that have no list of them; a word of certainty may stay."""
    if 'class="cited"' not in html and 'class="grade' not in html:
        return html
    root = tree.parse(html)
    for parent, child in tree.parents(root):
        if tree.has_class(child, "cited"):
            _quiet(parent, child, says_certainty)
        elif tree.has_class(child, "grade") and not says_certainty and child in parent:
            _take_out(parent, child)
    return tree.inner(root).strip()


def _quiet(parent: Element, cited: Element, says_certainty: bool) -> None:
    words = [child for child in cited if tree.has_class(child, "grade")] if says_certainty else []
    if not words:
        _take_out(parent, cited)
        return
    word = words[0]
    certainty, word.text = word.text, None
    word.attrib.pop("aria-hidden", None)
    tree.add(word, "span", "certainty: ", class_="vh").tail = certainty
    word.tail = None
    cited.attrib = {"class": "certainty"}
    cited.text, cited[:] = " ", [word]


def _take_out(parent: Element, child: Element) -> None:
    """Remove the element, and keep the text after it."""
    place, tail = list(parent).index(child), child.tail or ""
    if place:
        parent[place - 1].tail = (
            ((parent[place - 1].tail or "").rstrip() + tail) if tail else parent[place - 1].tail
        )
    else:
        parent.text = (parent.text or "").rstrip() + tail
    parent.remove(child)


def _jobs(bundle: Bundle, wanted: set[str]) -> Iterator[Job]:
    lessons = [lesson for lesson in bundle.lessons.values() if lesson.file in wanted]
    articles = [article for article in bundle.articles.values() if article.file in wanted]
    yield from (_lesson_job(lesson) for lesson in lessons)
    bodies = [*(lesson.body for lesson in lessons), *(article.body for article in articles)]
    yield from _long_text_jobs(bundle, bodies)
    for article in articles:
        yield from _article_jobs(article)
    for tool in bundle.tools.values():
        yield from _tool_jobs(tool) if tool.file in wanted else ()
    for course in bundle.courses.values():
        yield from _course_jobs(course) if course.file in wanted else ()
    for author in bundle.authors.values():
        yield from _author_jobs(author) if author.file in wanted else ()
    for draft in bundle.legal.values():
        yield from _legal_jobs(draft) if draft.file in wanted else ()
    for question, file in bundle.questions():
        yield from question_jobs(question, file) if file in wanted else ()
    for quiz in bundle.quizzes.values():
        yield from _quiz_jobs(quiz) if quiz.file in wanted else ()


def _lesson_job(lesson: LessonText) -> Job:
    return Job("lesson", lesson.name, Source(lesson.body, lesson.file, first_line=lesson.body_line))


def _tool_jobs(tool: ToolText) -> Iterator[Job]:
    base = f"/learn/{tool.course}/"
    source = Source(tool.body, tool.file, "tool", base=base, first_line=tool.body_line)
    yield Job("tool", tool.slug, source)


def _article_jobs(article: ArticleText) -> Iterator[Job]:
    source = Source(article.body, article.file, first_line=article.body_line)
    yield Job("article", article.slug, source)
    for number, (_, answer, line) in enumerate(article.faq, 1):
        answering = Source(
            answer, article.file, "block", f"article-{article.slug}-faq-{number}-", first_line=line
        )
        yield Job("text", article.file, answering)


def _long_text_jobs(bundle: Bundle, bodies: Iterable[str]) -> Iterator[Job]:
    shown = dict.fromkeys(path for body in bodies for path in figure_paths(body))
    for path in shown:
        text = bundle.files.get(long_text_path(path))
        if text is not None:
            name = path.removeprefix("media/").replace("/", "-").replace(".", "-")
            source = Source(text.decode("utf-8-sig", "replace"), long_text_path(path), "block", f"{name}-")
            yield Job("media", path, source)


def _course_jobs(course: CourseText) -> Iterator[Job]:
    base = f"/learn/{course.slug}/"
    if course.body.strip():
        source = Source(course.body, course.file, "block", base=base, first_line=course.body_line)
        yield Job("text", course.file, source)
    for number, (_, answer, line) in enumerate(course.faq, 1):
        source = Source(answer, course.file, "block", f"course-{course.slug}-faq-{number}-", base, line)
        yield Job("text", course.file, source)


def _author_jobs(author: AuthorText) -> Iterator[Job]:
    if author.body.strip():
        yield Job("text", author.file, Source(author.body, author.file, "block", first_line=author.body_line))


def _legal_jobs(draft: LegalDraft) -> Iterator[Job]:
    if draft.body.strip():
        yield Job("text", draft.file, Source(draft.body, draft.file, "block", first_line=draft.body_line))


def question_jobs(question: Question, file: str) -> Iterator[Job]:
    """Its prompt may hold paragraphs and figures; all else stands within a line where it can."""
    base = f"/learn/{file.split('/')[1]}/"
    for text in question.markdown():
        kind: Kind = "block" if text == question.prompt_md else "inline"
        source = Source(text, file, kind, f"{question.id}-", base, question.line)
        yield Job("question", question.id, source, says_certainty=kind == "inline")


def _quiz_jobs(quiz: QuizText) -> Iterator[Job]:
    """The texts of a case's scenes, or of an assignment's brief and rubric."""
    base = f"/learn/{quiz.course}/"
    for line, text, kind in _quiz_texts(quiz):
        if text.strip():
            source = Source(text, quiz.file, kind, base=base, first_line=line)
            yield Job("text", quiz.file, source, lists_sources=quiz.case is not None)


def _quiz_texts(quiz: QuizText) -> Iterator[tuple[int, str, Kind]]:
    if quiz.case is not None:
        yield quiz.body_line, quiz.case.file_md, "block"
        for scene in quiz.case.scenes:
            yield scene.line, scene.text_md, "block"
            for choice in scene.choices:
                yield choice.line, choice.text_md, "inline"
                yield choice.line, choice.why_md, "inline"
    if quiz.assignment is not None:
        yield quiz.body_line, quiz.assignment.brief_md, "block"
        for criterion in quiz.assignment.rubric.criteria if quiz.assignment.rubric else ():
            yield from ((quiz.body_line, level, "inline") for level in criterion.levels_md)


def parts_of(rendered: Rendered) -> list[Any]:
    """The lesson as it is stored: markup and slots in order."""
    return markup.to_parts(rendered.html)
