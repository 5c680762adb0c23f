"""Cases and assignments as authors write them, and the checks that every play of a case comes to an end."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.assignment_text import Assignment, parse_assignment
from quizzes.cases.case import Case, Choice, Move, Need
from quizzes.cases.text import parse_case
from quizzes.quiz_settings import QuizSettings

CONTRACT = """\
Amira, 22. Exam season.

## intake
"It always gets worse when work is bad," she says.

- [Ask what has changed in the last six weeks](#history) {+10 trust+10 refer}
  : Opens the timeline.
- [Recommend a stronger exfoliant](#flare) {-15 itch+10}
  : Treats the surface before the story is known.
- [Carry on with the peel](#stop) {unsafe}
  : A damaged barrier is a contraindication.
- [Name what you see](#shame) {+12 needs trust>=40}
- [Tell her to stop the cream](#plan) {-30 critical}

## history
She thinks.

- [Go on](#plan) {+20}

## flare

- [Calm it](#plan) {needs trust>=10,itch<=80}

## shame
She looks away.

- [Wait](#plan) {+13}

## plan {end}
The plan.

## stop {end}
The coach stops you.
"""
SETTINGS = QuizSettings(title="A case", kind="case", pass_mark=75, state=(("trust", 40), ("itch", 70)))
TWO_SCENES = "## a\nText\n\n- [Go](#b) {+30}\n\n## b {end}\nEnd\n"


def faults(text: str, settings: QuizSettings = SETTINGS) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in parse_case(text, "c.md", 1, settings)[1]]


def test_the_contracts_case_is_read_with_all_its_marks() -> None:
    case, problems = parse_case(CONTRACT, "c.md", 1, SETTINGS)

    assert problems == []
    assert case.file_md == "Amira, 22. Exam season.\n\n"
    assert [(scene.id, scene.end) for scene in case.scenes][-2:] == [("plan", True), ("stop", True)]
    ask, exfoliate, peel, name, stop_cream = case.scenes[0].choices
    assert ask == Choice(
        "Ask what has changed in the last six weeks", "history", 10, (Move("trust", 10),), (), False, False,
        "Opens the timeline.", 6, refer=True,
    )  # fmt: skip
    assert (exfoliate.score, exfoliate.moves) == (-15, (Move("itch", 10),))
    assert (peel.unsafe, peel.score) == (True, 0)
    assert name.needs == (Need("trust", ">=", 40),)
    assert (stop_cream.critical, stop_cream.score) == (True, -30)
    assert case.scenes[2].choices[0].needs == (Need("trust", ">=", 10), Need("itch", "<=", 80))
    assert (case.start, case.pass_mark, case.state) == (50, 75, (("trust", 40), ("itch", 70)))


def test_a_case_survives_json_and_keeps_its_source() -> None:
    case, _ = parse_case(CONTRACT, "c.md", 1, SETTINGS)

    assert Case.from_json(json.loads(json.dumps(case.to_json()))) == case
    assert case.source == CONTRACT


def test_lines_count_from_where_the_text_begins() -> None:
    case, problems = parse_case(TWO_SCENES.replace("#b", "#c"), "c.md", 21, SETTINGS)

    assert case.scenes[0].choices[0].line == 24
    assert [problem.line for problem in problems] == [24]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("#b", "#c", 4, "there is no scene “c”"),
        ("+30", "+30 mood+1", 4, "there is no state “mood”"),
        ("+30", "needs mood>1", 4, "there is no state “mood”"),
        ("+30", "+30 +5", 4, "a second score"),
        ("+30", "many", 4, "“many” means nothing behind a choice"),
        ("+30", "unsafe refer", 4, "an unsafe choice is no referral"),
        ("+30", "needs", 4, "“” is no need"),
        ("+30", "needs trust", 4, "“trust” is no need"),
        ("[Go]", "[]", 4, "this choice has no text"),
        ("(#b) {+30}", "(#b) and more", 4, "this choice cannot be read"),
        ("## a", "## A_1", 1, "“A_1” cannot be the id of a scene"),
        ("{end}", "{final}", 6, "a scene cannot be {final}"),
        ("## b {end}", "## a {end}", 6, "the scene “a” already stands in line 1"),
        ("\n## b", "stray\n\n## b", 5, "this text belongs to no choice"),
        ("- [Go](#b) {+30}", "No choice.", 1, "the scene “a” is a dead end"),
        ("## b {end}\nEnd", "## b\nOn\n\n- [Back](#a)", 1, "the case never ends"),
        ("\nEnd\n", "\n- [On](#a)\n", 6, "an end has choices"),
        ("{+30}", "{+30}\n- [Lie](#a) {unsafe}", 5, "an unsafe choice ends the case, but “a” goes on"),
        ("\nEnd\n", "\nEnd\n\n## c {end}\nLost\n", 9, "no play reaches the scene “c”"),
        ("{+30}", "{+30}\n- [Deep](#b) {needs trust>=90}", 5, "no play can meet the needs trust>=90"),
        ("+30", "needs trust<40", 1, "with trust=40 no choice of “a” is open"),
        ("+30", "+24", 1, "no play without a critical choice reaches the pass mark of 75"),
        ("+30", "+30 critical", 1, "no play without a critical choice reaches the pass mark of 75"),
        (
            "{+30}\n",
            "{+30}\n- [Round](#l)\n\n## l\nLoop\n\n- [Again](#m)\n\n## m\nLoop\n\n- [Again](#l)\n",
            7,
            "from the scene “l” no choice ever leads to an end",
        ),
    ],
)
def test_a_fault_is_named_with_its_line(old: str, new: str, line: int, message: str) -> None:
    assert old in TWO_SCENES

    assert (line, message) in faults(TWO_SCENES.replace(old, new, 1))


def test_a_sound_case_has_no_fault() -> None:
    assert faults(TWO_SCENES) == []


def test_a_state_stays_between_nothing_and_a_hundred() -> None:
    scene = parse_case(CONTRACT, "c.md", 1, SETTINGS)[0].scenes[0]

    assert scene.choices[0].moved({"trust": 95}) == {"trust": 100}
    assert scene.choices[1].moved({"trust": 95, "itch": 95}) == {"trust": 95, "itch": 100}


def test_a_case_without_scenes_says_so() -> None:
    assert faults("Only a file.\n") == [(1, "the case has no scene")]


LINKS = ["## a\n", "## b {end}\n", "## ", "- [x](#a) ", "- [x](#b)"]
MARKS = ["{+1 ", "needs ", "trust>=", "itch+5", "unsafe", "critical", "}", ",", "99999", "−1 "]
PIECES = LINKS + MARKS + ["\n", "  : ", "```\n", "words: 1-2\n", "a | 0 | 1\n", "|"]


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_any_text_is_read_without_raising(text: str) -> None:
    case, problems = parse_case(text, "c.md", 7, SETTINGS)
    assignment, more = parse_assignment(text, "a.md", 7)

    assert case.source == assignment.source == text
    assert all(problem.line >= 7 and problem.remedy for problem in problems + more)
    assert Case.from_json(json.loads(json.dumps(case.to_json()))) == case


BRIEF = """\
Write the plan.

## What to hand in
Three pages.

| criterion | 0 | 1 | 2 |
|---|---|---|---|
| Safety * | none | some | all |

words: 600-800
"""


def test_only_the_first_table_of_levels_is_the_rubric() -> None:
    table = "\n\nscale | 1 | 2\na | b | c"

    assignment, _ = parse_assignment(BRIEF + table, "a.md")

    assert assignment.brief_md.endswith(table)


def test_an_assignment_has_a_brief_a_rubric_and_a_length() -> None:
    assignment, problems = parse_assignment(BRIEF, "a.md")

    assert problems == []
    assert assignment.brief_md == "Write the plan.\n\n## What to hand in\nThree pages."
    assert assignment.words == (600, 800)
    assert assignment.rubric is not None
    assert (assignment.rubric.levels, assignment.rubric.most) == ((0, 1, 2), 2)
    assert assignment.rubric.criteria[0].required
    assert Assignment.from_json(json.loads(json.dumps(assignment.to_json()))) == assignment


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("Do it.\n", 5, "the rubric is missing"),
        ("a | 0 | 1\nb | x | y\n", 5, "the brief is missing"),
        ("Do it.\n\na | 0 | 1\nb | x\n", 8, "this criterion has 1 levels"),
        ("Do it.\n\nwords: some\n", 7, "this is no range of words"),
    ],
)
def test_a_fault_of_an_assignment_is_named_with_its_line(text: str, line: int, message: str) -> None:
    assert (line, message) in [(p.line, p.message) for p in parse_assignment(text, "a.md", 5)[1]]
