"""From what an importer found to our text: ids, and the proof that the text says what was found. Pure."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import fields
from itertools import count

from core.errors import Problem
from quizzes.kinds import QUESTION_KINDS
from quizzes.questions import Parts, Question
from quizzes.quiz_text import LONGEST_ID, parse_questions
from studio.questions.found import Found, Held, Imported, Refusal, change, few_enough, measured
from studio.questions.our_text import slug, write

MOST_QUESTIONS = 2_000
WORDS_OF_AN_ID = 40  # characters of the prompt that stand for a name


def gather(findings: Iterable[Found | Problem], taken: Container[str]) -> Imported:
    """Everything that was found, each question with an id that is neither `taken` nor given twice."""
    held: list[Held] = []
    refused: list[Problem] = []
    given: set[str] = set()
    for number, finding in enumerate(findings):
        if number == MOST_QUESTIONS:
            message = f"from here on nothing was read: there are more than {MOST_QUESTIONS} questions"
            refused.append(Refusal(message, "Bring the file in parts.").at(finding.line))
            break
        if isinstance(finding, Problem):
            refused.append(finding)
        else:
            _take(finding, _free_id(finding, taken, given), held, refused)
            given |= {each.id for each in held[-1:]}
    return Imported(tuple(held), tuple(sorted(refused)))


def _take(found: Found, name: str, held: list[Held], refused: list[Problem]) -> None:
    try:
        held.append(_held(found, name))
    except Refusal as refusal:
        refused.append(refusal.at(found.line))


def _held(found: Found, name: str) -> Held:
    """The question in our text. Raises Refusal where that text would say something else."""
    found.prompt_md = _lines(found.prompt_md)
    few_enough(_answers(found.parts))
    text = measured(write(found, name))
    questions, problems = parse_questions(text, "")
    if problems:
        raise Refusal(problems[0].message, problems[0].remedy)
    if len(questions) != 1 or not _says(questions[0], found):
        raise Refusal(
            "our text cannot hold the way this is laid out",
            "Put it in plainer words, without lists in the prompt.",
        )
    wanted = slug(found.name)
    renamed = [change(found.line, f"“{wanted}” is the id of another question", f"It is “{name}” now.")]
    changes = (*found.changes, *(renamed if wanted and wanted != name else []))
    return Held(name, found.kind, found.line, text, questions[0].prompt_md, changes)


def _answers(parts: Parts) -> int:
    """How many a question's longest list has."""
    lists = (getattr(parts, each.name) for each in fields(parts))
    return max((len(each) for each in lists if isinstance(each, tuple)), default=0)


def _says(question: Question, found: Found) -> bool:
    prompt = QUESTION_KINDS[found.kind].prompt(found.prompt_md)
    told = (question.prompt_md, question.parts, question.why_md, question.hint_md)
    return told == (prompt, found.parts, found.why_md, found.hint_md)


def _lines(text_md: str) -> str:
    return "\n".join(line.rstrip() for line in text_md.strip("\n").split("\n")).rstrip()


def _free_id(found: Found, taken: Container[str], given: set[str]) -> str:
    name = slug(found.name) or slug(found.prompt_md, WORDS_OF_AN_ID) or "question"
    return next(each for each in _names(name) if each not in taken and each not in given)


def _names(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name[: LONGEST_ID - 5].rstrip('-')}-{number}" for number in count(2))
