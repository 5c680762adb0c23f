"""A bundle in figures: lessons, courses, questions, cases, sources, claims, and what guessing would gain."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from certificates.rules import contact_hours
from core.markup.grammar import CERTAINTIES
from core.markup.rendered import Rendered
from courses.rules import lesson_minutes
from publishing.rendering import Pages, figure_paths, long_text_path
from publishing.rows.quizzes import minutes_of
from publishing.services import Proof
from publishing.standards.blocks import MARK
from publishing.standards.cues import by_file, items_of
from publishing.standards.guessing import STRATEGIES, Bank, Outcome, outcomes
from publishing.standards.manuscript import Manuscript
from publishing.standards.reading import smog
from publishing.texts.course_text import CourseText
from publishing.texts.page_texts import LessonText
from quizzes.cases.paths import best_safe_score
from quizzes.kinds import QUESTION_KINDS
from quizzes.quiz_text import BLOOM

UNGRADED = "no word"  # textbooks, reviews, guidelines and regulators, by design
GRADES = (*CERTAINTIES, UNGRADED)
Row = Sequence[object]


@dataclass(frozen=True)
class LessonFigures:
    """One lesson. `grade` is SMOG; `claims` are citations and marked opinions by their word of certainty."""

    name: str
    words: int
    minutes: int
    grade: float | None
    figures: int
    checks: int
    claims: Counter[str] = field(default_factory=Counter)

    def row(self) -> Row:
        claims = [self.claims[word] for word in GRADES]
        shown = "-" if self.grade is None else f"{self.grade:.1f}"
        return (
            self.name, self.words, self.minutes, shown, self.figures, self.checks, sum(claims), *claims,
        )  # fmt: skip


def claims_in(text: str) -> Counter[str]:
    """Citations and opinions by word; a citation of several sources is one claim."""
    found = MARK.finditer(text)
    return Counter("opinion" if mark[1] is None else mark[2] or UNGRADED for mark in found)


def lesson_figures(manuscript: Manuscript, pages: Pages) -> list[LessonFigures]:
    """Every lesson that could be rendered, by file."""
    return [
        _lesson(lesson, pages.lessons[lesson.name], smog(blocks))
        for lesson, blocks in manuscript.lessons
        if lesson.name in pages.lessons
    ]


def _lesson(text: LessonText, page: Rendered, grade: float | None) -> LessonFigures:
    figures, checks = len(page.figures), len(page.checks)
    minutes = lesson_minutes(page.words, checks, figures, text.practice_minutes)
    return LessonFigures(text.name, page.words, minutes, grade, figures, checks, claims_in(text.body))


def report(proof: Proof) -> list[str]:
    """The lines of the whole report."""
    manuscript = proof.manuscript
    lessons = lesson_figures(manuscript, proof.pages)
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        ("Lessons", _lesson_lines(lessons)),
        ("Courses", _course_lines(manuscript, lessons)),
        ("Questions", _question_lines(manuscript)),
        ("Cases", _case_lines(manuscript)),
        ("Claims by certainty", _claim_lines(manuscript)),
        ("Beside the courses", _other_lines(manuscript)),
        ("Guessing with the stems hidden", _guessing_lines(manuscript)),
    )
    told = (line for title, lines in parts for line in (title, *(f"  {line}".rstrip() for line in lines), ""))
    return list(told)[:-1]


def _lesson_lines(lessons: Sequence[LessonFigures]) -> list[str]:
    head = ("lesson", "words", "min", "SMOG", "figures", "checks", "claims", *GRADES)
    return table(head, [lesson.row() for lesson in (*lessons, _together(lessons))])


def _together(lessons: Sequence[LessonFigures]) -> LessonFigures:
    """The sums; a reading level belongs to one text."""
    sums = (
        sum(getattr(lesson, name) for lesson in lessons) for name in ("words", "minutes", "figures", "checks")
    )
    words, minutes, figures, checks = sums
    claims = sum((lesson.claims for lesson in lessons), Counter[str]())
    return LessonFigures(f"all {len(lessons)}", words, minutes, None, figures, checks, claims)


def _course_lines(manuscript: Manuscript, lessons: Sequence[LessonFigures]) -> list[str]:
    head = ("course", "lessons", "words", "minutes", "contact hours", "quizzes", "cases", "assignments")
    courses = sorted(manuscript.bundle.courses.items())
    return table(head, [_course_row(manuscript, course, lessons) for _, course in courses])


def _course_row(manuscript: Manuscript, course: CourseText, lessons: Sequence[LessonFigures]) -> Row:
    """What its outline holds; minutes are those of required steps."""
    by_name, quizzes = {lesson.name: lesson for lesson in lessons}, manuscript.bundle.quizzes
    taught = [by_name[step.name] for step in course.steps if step.name in by_name]
    kinds = Counter(str(quizzes[step.name].settings.kind) for step in course.steps if step.name in quizzes)
    minutes = {name: lesson.minutes for name, lesson in by_name.items()}
    minutes |= {name: minutes_of(quiz) for name, quiz in quizzes.items()}
    required = sum(minutes.get(step.name, 0) for step in course.steps if step.required)
    words = sum(lesson.words for lesson in taught)
    asked = [kinds[kind] for kind in ("quiz", "case", "assignment")]
    return course.slug, len(taught), words, required, contact_hours(required), *asked


def _question_lines(manuscript: Manuscript) -> list[str]:
    questions = [question for question, _ in manuscript.questions]
    kinds, depths = Counter(q.kind for q in questions), Counter(q.bloom or "no level" for q in questions)
    return [
        f"{len(questions)} in all, {sum(q.id in manuscript.asked for q in questions)} asked somewhere",
        f"by kind: {_counted(kinds, QUESTION_KINDS)}",
        f"by Bloom level: {_counted(depths, dict.fromkeys((*BLOOM, 'no level')))}",
    ]


def _case_lines(manuscript: Manuscript) -> list[str]:
    rows = [
        (
            name,
            sum(not scene.end for scene in quiz.case.scenes),
            sum(scene.end for scene in quiz.case.scenes),
            sum(choice.unsafe for scene in quiz.case.scenes for choice in scene.choices),
            sum(choice.critical for scene in quiz.case.scenes for choice in scene.choices),
            best_safe_score(quiz.case) if quiz.case.scenes else 0,
        )
        for name, quiz in sorted(manuscript.bundle.quizzes.items())
        if quiz.case is not None
    ]
    return table(("case", "scenes", "ends", "unsafe", "critical", "best score"), rows)


def _claim_lines(manuscript: Manuscript) -> list[str]:
    kinds = ("lesson", "article", "question", "case")
    counts = {kind: Counter[str]() for kind in kinds}
    for text in manuscript.texts:
        counts.get(text.kind, Counter()).update(claims_in(text.body))
    rows: list[Row] = [
        (kind, sum(found.values()), *(found[w] for w in GRADES)) for kind, found in counts.items()
    ]
    whole = sum(counts.values(), Counter[str]())
    rows.append(("all", sum(whole.values()), *(whole[word] for word in GRADES)))
    return table(("in", "claims", *GRADES), rows)


def _other_lines(manuscript: Manuscript) -> Iterator[str]:
    bundle = manuscript.bundle
    shown = {path for text in manuscript.texts for path in figure_paths(text.body)}
    described = sum(long_text_path(path) in bundle.files for path in shown)
    cited = sum(key in manuscript.cited for key in bundle.sources)
    yield f"articles {len(bundle.articles)}, tools {len(bundle.tools)}, terms of the glossary {len(bundle.terms)}"
    yield f"figures shown {len(shown)}, with a longer description {described}"
    yield f"sources {len(bundle.sources)}: cited {cited}, not cited {len(bundle.sources) - cited}"


def _guessing_lines(manuscript: Manuscript) -> Iterator[str]:
    items = items_of(manuscript)
    if not items:
        yield "no question has options to tick"
        return
    bank = Bank(items)
    head = ("to tick", "can tell", "of", "right %", "chance %", "points over chance")
    yield from table(head, [_outcome_row(outcome) for outcome in outcomes(items, bank)])
    yield from _place_lines(bank)
    yield "points over chance by file"
    files = by_file(items)
    rows = [(file, len(own), *(each.gain for each in outcomes(own, bank))) for file, own in files.items()]
    yield from table(("file", "of", *STRATEGIES), rows)


def _place_lines(bank: Bank) -> Iterator[str]:
    """How often the right option stands first, second and so on."""
    for size in sorted({len(item.options) for item in bank.items}):
        counts = " ".join(str(bank.places[size, place]) for place in range(size))
        yield f"right among {size} options, by place: {counts}"


def _outcome_row(outcome: Outcome) -> Row:
    hits, chance = (f"{100 * share:.1f}" for share in (outcome.hits, outcome.chance))
    return outcome.strategy, outcome.told, outcome.items, hits, chance, f"{outcome.gain:+.1f}"


def _counted(counts: Counter[str], order: Iterable[str]) -> str:
    """Those that there are, in this order."""
    return ", ".join(f"{word} {counts[word]}" for word in order if counts[word]) or "none"


def table(head: Row, rows: Sequence[Row]) -> list[str]:
    """Rows of text in columns, the first to the left, the others to the right."""
    cells = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    return ["  ".join(_set(n, cell, widths[n]) for n, cell in enumerate(row)).rstrip() for row in cells]


def _set(column: int, cell: str, width: int) -> str:
    return cell.rjust(width) if column else cell.ljust(width)
