"""The content of the workload: the shipped bundle, and one course of 20 lessons of 10 KB with two quizzes of 10
questions, both under a clock: one that is answered, one that all begin at once."""

import shutil
from pathlib import Path

SHIPPED = Path(__file__).parent.parent / "content"
COURSE, QUIZ, EXAM = "bench", "bench-quiz", "bench-exam"
SHIPPED_COURSE, SHIPPED_LESSON = "the-stress-skin-cycle", "alarm-and-recovery"
LESSONS, QUESTIONS = 20, 10
STEPS = LESSONS + 2
LESSON_BYTES = 10_240
LAST_WORDS = "Here the lesson ends."  # every lesson page must hold them
SENTENCES = (
    "A barrier that loses *more water* than it should is dry before it looks dry.",
    "Ask **when** it began, what changed in that week, and who else has it.",
    "Note the place, the size and the edge, and [compare](https://example.org/edge) them next time.",
    "What a client feels and what a lamp shows are two findings, and both count.",
    "One measure on one day says little; a row of them in the same light says more.",
)


def write_bundle(folder: Path) -> Path:
    """Copy the shipped content to `folder` and add the course of the workload."""
    shutil.copytree(SHIPPED, folder)
    course = folder / "courses" / COURSE
    for part in ("lessons", "quizzes"):
        (course / part).mkdir(parents=True)
    (course / "course.md").write_text(_course())
    for number in range(1, LESSONS + 1):
        (course / "lessons" / f"{lesson_slug(number)}.md").write_text(_lesson(number))
    for quiz in (QUIZ, EXAM):
        (course / "quizzes" / f"{quiz}.md").write_text(_quiz(quiz))
    return folder


def lesson_slug(number: int) -> str:
    """The slug of a lesson, by its number from 1."""
    return f"lesson-{number:02}"


def _course() -> str:
    lessons = "".join(f"      - lessons/{lesson_slug(n)}\n" for n in range(1, LESSONS + 1))
    return (
        "---\ntitle: The bench course\nsubtitle: Twenty lessons and a quiz\ncollection: Bench\nlanguage: en\n"
        'price: "0.00"\ncurrency: USD\nlevel: Introductory\norder: free\n'
        "outcomes:\n  - Measure\naudience:\n  - Machines\nnot_for:\n  - People\nauthors:\n  - mara-ellery\n"
        "modules:\n  - slug: all\n    title: All of it\n    steps:\n"
        f"{lessons}      - quizzes/{QUIZ}\n      - quizzes/{EXAM}\n---\n\nA course for measuring.\n"
    )


def _lesson(number: int) -> str:
    head = f"---\ntitle: Lesson {number} of the bench\nsummary: Ten kilobytes of plain lesson.\n---\n\n"
    sections: list[str] = []
    while len((head + "".join(sections)).encode()) < LESSON_BYTES - 100:
        sections.append(_section(len(sections) + 1))
    return f"{(head + ''.join(sections))[: LESSON_BYTES - 100].rsplit('.', 1)[0]}.\n\n{LAST_WORDS}\n"


def _section(number: int) -> str:
    paragraphs = "\n\n".join(" ".join(SENTENCES) for _ in range(3))
    points = "\n".join(f"- {sentence}" for sentence in SENTENCES)
    return f"## Part {number}\n\n{paragraphs}\n\n{points}\n\n"


def _quiz(name: str) -> str:
    head = f"---\ntitle: The {name}\nkind: quiz\npass: 80\ntime_limit: 600\nshuffle: true\n---\n\n"
    return head + "\n".join(_question(name, number) for number in range(1, QUESTIONS + 1))


def _question(quiz: str, number: int) -> str:
    options = "\n".join(
        f"- [{'x' if n == number % 4 else ' '}] Answer {n + 1} of question {number}\n  : Because it is so."
        for n in range(4)
    )
    return (
        f"## {quiz}-{number:02} {{choice points=1}}\nWhich one is right, in question {number}?\n\n{options}\n"
    )
