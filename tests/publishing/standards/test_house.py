"""The editorial standard: the model keeps it, and each way to fall short is told with its file and line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing.services import check
from publishing.standards.house import advice
from tests.publishing.standards.model import (
    ADVICE,
    ARTICLE,
    CASE,
    CHECKS,
    LESSON,
    QUESTIONS,
    SUMMARY,
    edited,
    manuscript,
    model,
    told,
)

COURSE = "courses/skin/course.md"
LAST_SCENE = "\n## scene-8\nShe speaks.\n\n- [Listen](#plan)\n  : She knows most about it.\n"

SHORTFALLS = [
    # Objectives and what tests them.
    (LESSON, "objectives:\n  name-mortar: Name the mortar of the barrier\n", "",
     f"{LESSON}:1: the lesson has no objective"),
    (LESSON, "  name-mortar:", "  new: Name\n  name-mortar:",
     f"{LESSON}:5: no question tests the objective “new”"),
    # Length and reading.
    (LESSON, SUMMARY.strip(), "A wall.", f"{LESSON}:1: the summary has 2 words"),
    (LESSON, SUMMARY.strip(), SUMMARY * 2, f"{LESSON}:1: the summary has 152 words"),
    (LESSON, "## Bricks and mortar\n",
     "## Bricks and mortar\n\n" + "Skin is a wall [opinion]. " * 30,
     f"{LESSON}:7: it reads at grade 8.0 (SMOG)"),
    (LESSON, "## Bricks and mortar\n",
     "## Bricks and mortar\n\n" + "Epidermal permeability deteriorates considerably [opinion]. " * 30,
     f"{LESSON}:7: it reads at grade 13.7 (SMOG)"),
    # Parts of a lesson.
    (LESSON, "!!! pearl", "!!! practice", f"{LESSON}:7: the lesson has no part: a pearl"),
    (LESSON, "!!! practice", "!!! unknown", f"{LESSON}:7: the lesson has no part: practice or reflect"),
    (LESSON, "!!! unknown", "!!! practice", f"{LESSON}:7: the lesson has no part: what is unknown"),
    (LESSON, "## Key points", "## In short", f"{LESSON}:48: the key points are not last"),
    (LESSON, "- The mortar", "The mortar", f"{LESSON}:46: the key points are no list"),
    (LESSON, "consists of lipids.", "consists of lipids.\n\n## More\n\nAnd so on [opinion].",
     f"{LESSON}:52: the key points are not last"),
    # Sources.
    (LESSON, "lipids [@madison2003].", "lipids.",
     f"{LESSON}:12: no source: “The outermost layer is an effective barrier of …”"),
    (LESSON, "acids [@madison2003]", "acids",
     f"{LESSON}:16: no source: “- Ceramides - Cholesterol and free fatty acids”"),
    (LESSON, "Three groups of lipids make up its mortar:", "Three groups of lipids make up its mortar.",
     f"{LESSON}:14: no source: “Three groups of lipids make up its mortar.”"),
    (LESSON, "product [opinion]", "product",
     f"{LESSON}:27: no source: “Ask about tightness before you discuss any particular …”"),
    (LESSON, "immediately [opinion]", "immediately",
     f"{LESSON}:30: no source: “Inflammation that spreads belongs to a physician immediately.”"),
    (LESSON, "\n| Study", "\nHere is one.\n\n| Study", f"{LESSON}:23: no source: “Here is one.”"),
    (ARTICLE, " [@madison2003]", "", f"{ARTICLE}:13: no source: “Skin feels tight when it loses water.”"),
    ("references.bib", "@article{garg2001",
     "@article{x2020,\n  title = {X},\n  note = {review}\n}\n\n@article{garg2001",
     "references.bib:6: nothing cites x2020"),
    # Figures.
    (LESSON, "![Two bricks and the mortar between them]", "![Two bricks]",
     f"{LESSON}:19: media/wall.svg: the alternative text has 10 characters"),
    (LESSON, '"A wall."', '"Two bricks and the mortar between them."',
     f"{LESSON}:19: media/wall.svg: the alternative text is the caption"),
    # Questions.
    (QUESTIONS, "  : That is inside the bricks.\n", "",
     f"{QUESTIONS}:1: what-is-mortar: no reason for “Keratin in sheets”"),
    (QUESTIONS, "made of? [@madison2003]", "made of?", f"{QUESTIONS}:1: what-is-mortar: no source"),
    (QUESTIONS, "{choice bloom=understand ", "{choice ", f"{QUESTIONS}:1: what-is-mortar: no bloom"),
    (QUESTIONS, "=remember topic=barrier objective=name-mortar see=the-wall}",
     "=remember objective=name-mortar}",
     f"{QUESTIONS}:9: mortar-order: no topic, see"),
    ("courses/skin/quizzes/order.md", "mortar-order", "what-is-mortar",
     f"{QUESTIONS}:9: mortar-order: nothing asks it"),
    # Cases.
    (CASE, LAST_SCENE, "", f"{CASE}:6: the case has 7 scenes"),
    (CASE, "#stop) {unsafe}", "#stop)", f"{CASE}:6: no choice of the case is unsafe"),
    (CASE, "{+20 refer}", "{+20}", f"{CASE}:6: no choice of the case refers"),
    (CASE, ADVICE, "", f"{CASE}:62: the unsafe end “stop” has 2 words"),
    (CASE, "  : She is expected.\n", "", f"{CASE}:12: no reason for the choice in “scene-1”"),
    # Promises.
    (LESSON, "an effective barrier", "a miracle", f"{LESSON}:12: “miracle” is a promise"),
    (LESSON, "| Students |", "| Toxins |", f"{LESSON}:25: “Toxins” is a promise"),
    (LESSON, "    Examine the", "    Look.\n\n    Boost the", f"{LESSON}:42: “Boost” is a promise"),
    (LESSON, "title: The wall", "title: The root cause", f"{LESSON}:1: “root cause” is a promise"),
    (COURSE, "outcomes: [Name the mortar]", "outcomes: [Balance hormones]",
     f"{COURSE}:9: “Balance hormones” is a promise"),
    (ARTICLE, "answer: Seldom.", "answer: It heals the skin.", f"{ARTICLE}:8: “heals the” is a promise"),
    ("glossary.md", "What holds", "What detoxifies, and holds", "glossary.md:1: “detoxifies” is a promise"),
]  # fmt: skip


def test_the_model_is_sound_and_keeps_the_standard():
    assert check(model()) == []
    assert told(model()) == []


@pytest.mark.parametrize(("path", "before", "after", "message"), SHORTFALLS)
def test_each_shortfall_is_told_with_its_place(path, before, after, message):
    assert message in told(edited(path, before, after))


@pytest.mark.parametrize(("words", "count"), [(1499, 1), (1500, 0), (2500, 0), (2501, 1)])
def test_a_lesson_has_1500_to_2500_words(words, count):
    assert len(told(model(), words)) == count


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ('![Two bricks and the mortar between them](media/wall.svg "A wall.")\n', "a figure"),
        (
            '!!! say\n    "Your barrier may be irritated. I can\'t promise that anything cures it."\n',
            "words to say",
        ),
        ("[[check: what-is-mortar]]\n", "a check"),
    ],
)
def test_a_lesson_wants_every_part(before, name):
    assert f"{LESSON}:7: the lesson has no part: {name}" in told(edited(LESSON, before, ""))


def test_an_essay_tests_no_objective():
    files = edited(QUESTIONS, CHECKS, CHECKS.split("## mortar-order")[0].replace("{choice", "{essay"))
    files["courses/skin/quizzes/order.md"] = b"---\ntitle: Order\nitems: [what-is-mortar]\n---\n"
    assert f"{LESSON}:5: no question tests the objective “name-mortar”" in told(files)


def test_a_question_that_nothing_asks_tests_no_objective():
    files = edited(LESSON, "[[check: what-is-mortar]]\n", "") | {
        "courses/skin/quizzes/order.md": b"---\ntitle: Order\n---\n"
    }
    assert f"{LESSON}:5: no question tests the objective “name-mortar”" in told(files)


def test_one_reason_for_all_is_enough_where_nothing_is_ticked():
    without = edited(QUESTIONS, "why: Cells travel outwards.", "hint: Look outside.")
    assert told(without) == [
        f"{QUESTIONS}:9: mortar-order: no reason for “{step} layer”" for step in ("Basal", "Horny")
    ]


def test_a_case_too_large_to_be_played_is_told():
    steps = "".join(
        f"- [Say {letter}](#scene-1) {{s{letter}+1 needs s{letter}<100}}\n  : Why.\n" for letter in "abcdefgh"
    )
    state = ", ".join(f"s{letter}: 0" for letter in "abcdefgh")
    files = edited(CASE, "- [Let her in]", f"{steps}- [Let her in]")
    files[CASE] = files[CASE].replace(b"pass: 60\n", f"pass: 60\nstate: {{{state}}}\n".encode())
    assert f"{CASE}:7: the case is too large to be played through" in told(files)


@settings(max_examples=60)
@given(st.sampled_from(sorted(model())), st.integers(0), st.integers(0, 40), st.binary(max_size=12))
def test_no_edit_however_wrong_makes_the_standard_fall_over(path, place, length, into):
    files = model()
    start = place % (len(files[path]) + 1)
    files[path] = files[path][:start] + into + files[path][start + length :]
    assert isinstance(advice(manuscript(files)), list)
