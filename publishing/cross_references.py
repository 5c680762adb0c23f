"""Whether the parts of a bundle fit together: steps, authors, questions, pools, media, former names. Pure."""

import re
from collections.abc import Iterable, Iterator
from random import Random

from core.errors import Problem
from publishing.bundle import Bundle
from publishing.bundle_texts import texts_of
from publishing.pools import draw_pools, meanings, neighbourhood
from publishing.text_references import Headings, TextReferences
from publishing.texts.course_text import CourseText
from publishing.texts.media_files import FILMS, RASTER, ending
from publishing.texts.page_texts import ArticleText
from publishing.texts.quiz_files import QuizText
from quizzes.questions import Question
from quizzes.quiz_settings import QuizKind
from quizzes.rules import choose_items

NAME_ONE = "Name one that exists."


def reference_problems(bundle: Bundle, headings: Headings) -> list[Problem]:
    """Every name that leads nowhere or stands twice. `headings` are known once lessons are rendered."""
    rules: tuple[Iterable[Problem], ...] = (
        text_problems(bundle, headings),
        *(_course_problems(bundle, course) for course in bundle.courses.values()),
        *(_article_problems(bundle, article) for article in bundle.articles.values()),
        *(_quiz_problems(bundle, quiz) for quiz in bundle.quizzes.values()),
        *(_question_problems(bundle, headings, *each) for each in bundle.questions()),
        _portraits(bundle),
        _repeated_names(bundle),
        _former_names(bundle),
        _homeless(bundle),
        _media_problems(bundle),
    )
    return [problem for rule in rules for problem in rule]


def text_problems(bundle: Bundle, headings: Headings, file: str = "") -> Iterator[Problem]:
    """Faults of the texts themselves and names in them that lead nowhere; of one file alone where it is named."""
    references = TextReferences(bundle, headings)
    for text in texts_of(bundle):
        if file and text.file != file:
            continue
        for fault in references.problems(text):
            folded = text.folded and fault.file == text.file
            yield Problem(fault.file, text.line, fault.message, fault.remedy) if folded else fault


def _course_problems(bundle: Bundle, course: CourseText) -> Iterator[Problem]:
    yield from _picture(bundle, course.file, course.line_of("cover"), course.cover)
    yield from _unknown("author", course.authors, bundle.authors, course.file, course.line_of("authors"))
    for step in course.steps:
        if not bundle.has_body(step.name):
            path = f"courses/{step.name}.md"
            yield Problem(
                course.file, step.line, f"there is no step {path}", f"Write it, or {NAME_ONE.lower()}"
            )
    yield from _pass_problems(bundle, course)
    yield from _prerequisite_problems(bundle, course)


def _prerequisite_problems(bundle: Bundle, course: CourseText) -> Iterator[Problem]:
    """Each course that has to be completed before exists, and none waits for itself, by whatever way."""
    line = course.line_of("requires")
    known = [slug for slug in course.requires if bundle.has_course(slug)]
    yield from _unknown("course", course.requires, known, course.file, line)
    if course.slug in _all_before(bundle, course.slug):
        message = "requires: to begin this course one would have to complete it before"
        yield Problem(course.file, line, message, "Take one of the courses out of requires.")


def _all_before(bundle: Bundle, slug: str) -> set[str]:
    """All courses that have to be completed before this one, also those that they ask for in turn."""
    found: set[str] = set()
    ahead = [slug]
    while ahead:
        course = bundle.courses.get(ahead.pop())
        new = set(course.requires) - found if course else set()
        found |= new
        ahead += new
    return found


def _pass_problems(bundle: Bundle, course: CourseText) -> Iterator[Problem]:
    """A certificate says its pass mark of every quiz that it asks for, so none of them may ask for less."""
    certificate = course.certificate
    if certificate is None or certificate.pass_mark is None:
        return
    names = certificate.requires or tuple(step.name for step in course.steps if step.required)
    for quiz in (bundle.quizzes[name] for name in names if name in bundle.quizzes):
        if quiz.settings.kind == QuizKind.QUIZ and quiz.settings.pass_mark < certificate.pass_mark:
            message = f"pass: {quiz.settings.pass_mark} is below the {certificate.pass_mark} of {course.file}"
            yield Problem(quiz.file, quiz.line_of("pass"), message, "Raise it, or lower certificate.pass.")


def _unknown(
    what: str, names: Iterable[str], known: Iterable[str], file: str, line: int
) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            yield Problem(file, line, f"there is no {what} “{name}”", NAME_ONE)


def _picture(bundle: Bundle, file: str, line: int, path: str) -> Iterator[Problem]:
    """A cover or a portrait."""
    if path and ending(path) not in ("svg", *RASTER):
        yield Problem(file, line, f"“{path}” is no picture", f"Known are svg, {', '.join(RASTER)}.")
    elif path and (not path.startswith("media/") or path not in bundle.files):
        yield Problem(
            file, line, f"there is no picture {path}", "Put it below media/, and name it from there."
        )


def _portraits(bundle: Bundle) -> Iterator[Problem]:
    for author in bundle.authors.values():
        yield from _picture(bundle, author.file, author.portrait_line, author.portrait)


def _article_problems(bundle: Bundle, article: ArticleText) -> Iterator[Problem]:
    courses = [slug for slug in article.related if bundle.has_course(slug)]
    yield from _unknown("author", article.authors, bundle.authors, article.file, article.line_of("authors"))
    yield from _unknown("course", article.related, courses, article.file, article.line_of("related"))


def _quiz_problems(bundle: Bundle, quiz: QuizText) -> Iterator[Problem]:
    if quiz.case is not None or quiz.assignment is not None:
        return
    questions = {question.id for question, _ in bundle.questions()}
    own = {question.id for question in quiz.questions}
    yield from _unknown("question", quiz.settings.items, questions, quiz.file, quiz.line_of("items"))
    for item in own & set(quiz.settings.items):
        message = f"“{item}” is this quiz's own question already"
        yield Problem(quiz.file, quiz.line_of("items"), message, "Take it out of items.")
    wrong = [each for wish in quiz.settings.draw for each in _draw_problems(bundle, quiz, *wish)]
    yield from wrong or (() if own & set(quiz.settings.items) else _overlap_problems(bundle, quiz))
    if (baseline := quiz.settings.baseline) and f"{quiz.course}/quizzes/{baseline}" not in bundle.quizzes:
        message = f"there is no quiz “{baseline}” in this course"
        yield Problem(quiz.file, quiz.line_of("baseline"), message, NAME_ONE)
    if not (own or quiz.settings.items or quiz.settings.draw):
        remedy = "Write questions, or take some by `items:` or `draw:`."
        yield Problem(quiz.file, quiz.body_line, "the quiz asks nothing", remedy)


def _draw_problems(bundle: Bundle, quiz: QuizText, name: str, count: int) -> Iterator[Problem]:
    found, line = meanings(bundle, quiz.course, name), quiz.line_of("draw")
    if not found:
        remedy = "Name a quiz, a file of questions, a module or a topic of this course."
        yield Problem(quiz.file, line, f"draw: “{name}” names no questions", remedy)
    elif len(found) > 1:
        words = " and ".join(words for words, _ in found)
        yield Problem(
            quiz.file, line, f"draw: “{name}” has {len(found)} meanings: {words}", "Rename all but one."
        )
    elif len(found[0][1]) < count:
        message = f"draw: {count} of {found[0][0]}, which has {len(found[0][1])}"
        yield Problem(quiz.file, line, message, "Draw fewer, or write more.")


def _overlap_problems(bundle: Bundle, quiz: QuizText) -> Iterator[Problem]:
    """Pools that have enough each, but not together, or not beside what is asked by name."""
    pools = draw_pools(bundle, quiz)
    drawn = sum(count for _, count in quiz.settings.draw)
    found = len(choose_items(quiz.settings, (), pools, Random(0))) - len(quiz.settings.items)
    if pools and found < drawn:
        message = f"draw: {drawn} in all, and {found} can be drawn, none of them twice or from items"
        yield Problem(quiz.file, quiz.line_of("draw"), message, "Draw fewer, or write more.")


def _question_problems(
    bundle: Bundle, headings: Headings, question: Question, file: str
) -> Iterator[Problem]:
    course = file.split("/")[1]
    near = neighbourhood(bundle, course)
    known = {
        key for lesson in bundle.lessons.values() if lesson.course in near for key, _, _ in lesson.objectives
    }
    for key in question.objectives if _all_read(bundle, near) else ():
        if key not in known:
            remedy = "Add it to a lesson's objectives, or name one that exists."
            yield Problem(file, question.line, f"no lesson has the objective “{key}”", remedy)
    if question.see:
        yield from _see_problems(bundle, headings, question, file)


def _all_read(bundle: Bundle, courses: set[str]) -> bool:
    """Whether every lesson of these courses could be read: one that could not may hold any objective."""
    names = [
        path.removeprefix("courses/").removesuffix(".md") for path in bundle.files if "/lessons/" in path
    ]
    return all(name in bundle.lessons for name in names if name.partition("/")[0] in courses)


def _see_problems(bundle: Bundle, headings: Headings, question: Question, file: str) -> Iterator[Problem]:
    written, _, heading = question.see.partition("#")
    name = written if "/" in written else f"{file.split('/')[1]}/lessons/{written}"
    if not bundle.has_body(name):
        message = f"see: there is no lesson “{written}”"
        yield Problem(file, question.line, message, "Name a lesson of this course, or course/lessons/slug.")
    elif heading and heading not in headings.get(name, {heading}):
        remedy = "Write a heading's id: its words in lower case with hyphens."
        yield Problem(file, question.line, f"see: {written} has no heading “{heading}”", remedy)


def _repeated_names(bundle: Bundle) -> Iterator[Problem]:
    """Ids of questions, objectives and tools are unique in the whole bundle."""
    questions = [(question.id, file, question.line) for question, file in bundle.questions()]
    objectives = [
        (key, lesson.file, line)
        for _, lesson in sorted(bundle.lessons.items())
        for key, _, line in lesson.objectives
    ]
    tools = [(tool.slug, tool.file, 1) for _, tool in sorted(bundle.tools.items())]
    for what, names in (("question", questions), ("objective", objectives), ("tool", tools)):
        first: dict[str, tuple[str, int]] = {}
        for name, file, line in names:
            before = first.setdefault(name, (file, line))
            if before[0] != file:
                message = f"“{name}” is already the id of the {what} in {before[0]}:{before[1]}"
                yield Problem(file, line, message, "An id is unique in the whole bundle: choose another.")


def _former_names(bundle: Bundle) -> Iterator[Problem]:
    """A former slug must be free: while something bears it, nobody can tell which of the two is meant."""
    for course in bundle.courses.values():
        for old in course.formerly:
            if old in bundle.courses:
                yield _still_there(course.file, course.line_of("formerly"), old)
    for lesson in bundle.lessons.values():
        for old in lesson.formerly:
            if f"{lesson.course}/lessons/{old}" in bundle.lessons:
                yield _still_there(lesson.file, lesson.formerly_line, old)
    for quiz in bundle.quizzes.values():
        for old in quiz.settings.formerly:
            if f"{quiz.course}/quizzes/{old}" in bundle.quizzes:
                yield _still_there(quiz.file, quiz.line_of("formerly"), old)


def _still_there(file: str, line: int, old: str) -> Problem:
    return Problem(file, line, f"formerly: “{old}” still exists", "Delete the old file, or this line.")


def _homeless(bundle: Bundle) -> Iterator[Problem]:
    """Files of a course that is not there."""
    for path in bundle.files:
        found = re.match(r"courses/([^/]+)/", path)
        if found and f"courses/{found[1]}/course.md" not in bundle.files:
            yield Problem(path, 0, f"courses/{found[1]} has no course.md", "Write it, or move this file.")


def _media_problems(bundle: Bundle) -> Iterator[Problem]:
    """Films have captions and a transcript; captions and long texts belong to something."""
    for path in bundle.media():
        stem, kind = path.rpartition(".")[0], ending(path)
        if kind in FILMS:
            yield from _film_problems(bundle, path, stem)
        if kind == "vtt" and not _beside(bundle, stem.rpartition(".")[0], FILMS):
            yield Problem(
                path, 0, "these captions belong to no film", "Name them as film.en.vtt beside film.mp4."
            )
        if kind == "md" and not _beside(bundle, stem, ("svg", *RASTER, *FILMS)):
            yield Problem(
                path, 0, "this text belongs to no figure or film", "Name it as the file it describes."
            )


def _film_problems(bundle: Bundle, path: str, stem: str) -> Iterator[Problem]:
    captions = re.compile(re.escape(stem) + r"\.[a-z]{2,3}(-[A-Za-z]+)?\.vtt")
    if not any(captions.fullmatch(other) for other in bundle.files):
        yield Problem(path, 0, "a film without captions", f"Write them into {stem}.en.vtt.")
    if f"{stem}.md" not in bundle.files:
        yield Problem(path, 0, "a film without a transcript", f"Write it into {stem}.md.")


def _beside(bundle: Bundle, stem: str, endings: Iterable[str]) -> bool:
    return any(f"{stem}.{kind}" in bundle.files for kind in endings)
