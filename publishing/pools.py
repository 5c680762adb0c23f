"""What the names in a quiz's `draw:` mean: a quiz, a file of questions, a module or a topic. Pure."""

from collections.abc import Iterable

from publishing.bundle import Bundle
from publishing.texts.quiz_files import QuizText

Meanings = list[tuple[str, list[str]]]


def draw_pools(bundle: Bundle, quiz: QuizText) -> dict[str, list[str]]:
    """The ids that each name may draw from, in order; a name without a meaning has none."""
    return {
        name: [item for _, ids in meanings(bundle, quiz.course, name)[:1] for item in ids]
        for name, _ in quiz.settings.draw
    }


def pool_of(bundle: Bundle, text: QuizText) -> list[str]:
    """The ids of all questions that an attempt may be asked, in order, each once."""
    own = [question.id for question in text.questions]
    drawn = [item for ids in draw_pools(bundle, text).values() for item in ids]
    return list(dict.fromkeys([*text.settings.items, *([] if text.settings.draw else own), *drawn]))


def meanings(bundle: Bundle, course: str, name: str) -> Meanings:
    """All that a name may mean in this course: what it is in words, and the ids of its questions."""
    found: Meanings = []
    for path, ids in _files(bundle).items():
        if path in (f"courses/{course}/quizzes/{name}.md", f"courses/{name}.md"):
            found.append((f"the quiz {path}" if "/quizzes/" in path else f"the file {path}", ids))
        elif path == f"courses/{course}/questions/{name}.md":
            found.append((f"the file {path}", ids))
    found += [
        (f"the module “{name}”", _ids_of_bodies(bundle, [step.name for step in module.steps]))
        for module in (bundle.courses[course].modules if course in bundle.courses else ())
        if module.slug == name
    ]
    topic = _topic(bundle, course, name)
    return found + ([(f"the topic “{name}”", topic)] if topic else [])


def _files(bundle: Bundle) -> dict[str, list[str]]:
    files = [(quiz.file, quiz.questions) for quiz in bundle.quizzes.values()]
    files += [(each.file, each.questions) for each in bundle.question_files.values()]
    return {file: [question.id for question in questions] for file, questions in files}


def _ids_of_bodies(bundle: Bundle, names: Iterable[str]) -> list[str]:
    """The questions of the quizzes among these steps, their own and those they take by id."""
    quizzes = [bundle.quizzes[name] for name in names if name in bundle.quizzes]
    ids = [item for quiz in quizzes for item in (*(q.id for q in quiz.questions), *quiz.settings.items)]
    return list(dict.fromkeys(ids))


def _topic(bundle: Bundle, course: str, topic: str) -> list[str]:
    """The questions of a topic in the course itself and in courses whose steps it takes."""
    near = neighbourhood(bundle, course)
    return [
        question.id
        for question, file in bundle.questions()
        if question.topic == topic and file.split("/")[1] in near
    ]


def neighbourhood(bundle: Bundle, course: str) -> set[str]:
    """The course and those whose steps it takes."""
    text = bundle.courses.get(course)
    return {course} | {step.name.partition("/")[0] for step in (text.steps if text else ())}
