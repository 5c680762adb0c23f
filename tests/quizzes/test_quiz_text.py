"""Questions as authors write them: what is read, what is refused and where, and that nothing is lost."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.questions import Marking, Option, Options, Pair, Pairs, Quantity, Question, Rubric, Wordings
from quizzes.quiz_text import introduction, parse_questions, sections

CONTRACT = """\
## substance-p-mast {choice points=1 bloom=understand objective=mast-1 topic=neuropeptides \
see=mast-cells#the-flare}
Which messenger, set free by cutaneous nerves under stress, makes mast cells release histamine? [@choidn2018]

- [x] Substance P
  : It binds MRGPRX2 and NK-1 on the mast cell.
- [ ] Melatonin
  : Largely protective in skin.

hint: It was the first neuropeptide found.

## hpa-cascade {order}
Put the cascade in order.

1. The hypothalamus releases CRH
2. The pituitary releases ACTH
3. The adrenal cortex releases cortisol
"""

EVERY_KIND = """\
A quiz on the barrier.

## kinds-choices {choices points=3 difficulty=hard objective=a,b}
Tick all that apply.

- a plain list in the prompt

- [x] ACTH
- [x] NGF
  : From keratinocytes,
    and mast cells.
- [ ] Insulin

why: Skin has its own axis.

## kinds-truefalse {truefalse}
"One layer, so skin disease starts in the brain."

answer: false

- [ ] False: another layer
- [x] False: origin shows no cause
- [ ] True: nerves reach every layer

## kinds-match {match}
Match.

- Melanocyte = neural crest
  : It migrates.
- pH \\= 5 = acid mantle
- = endoderm
  : Belongs to none.

## kinds-number {number}
How many days?

= 9.4 ± 0.1 days
  : 24 % longer.

## kinds-text {text}
Which messenger?

= substance P | SP

## kinds-blanks {blanks}
The {{HPA|hypothalamic-pituitary-adrenal}} axis
ends in {{cortisol}}.

## kinds-essay {essay points=2}
Rewrite the claim.

words: 60-80

- no disease claim
- no unmeasured claim
- an honest benefit

## kinds-rubric {essay}
Write the plan.

criterion | 0 | 1 | 2
--- | --- | --- | ---
Safety * | none | some | all
Words | unclear | fair | clear

## kinds-file {file}
Hand in the plan.
"""


def read(text: str) -> dict[str, Question]:
    questions, problems = parse_questions(text, "q.md")
    assert problems == []
    return {question.id: question for question in questions}


def faults(text: str, first_line: int = 1) -> list[tuple[int, str]]:
    return [(p.line, p.message) for p in parse_questions(text, "q.md", first_line)[1]]


def test_the_contracts_example_is_read_with_all_its_parts() -> None:
    mast, cascade = read(CONTRACT).values()

    assert (mast.id, mast.kind, mast.points, mast.bloom) == ("substance-p-mast", "choice", 1, "understand")
    assert (mast.objectives, mast.topic, mast.see) == (("mast-1",), "neuropeptides", "mast-cells#the-flare")
    assert mast.prompt_md.endswith("histamine? [@choidn2018]")
    assert isinstance(mast.parts, Options)
    assert mast.parts.options == (
        Option("Substance P", True, "It binds MRGPRX2 and NK-1 on the mast cell."),
        Option("Melatonin", False, "Largely protective in skin."),
    )
    assert mast.hint_md == "It was the first neuropeptide found."
    assert (cascade.line, cascade.kind) == (11, "order")
    assert [step.text_md for step in cascade.parts.steps][2] == "The adrenal cortex releases cortisol"


def test_several_right_options_with_a_list_in_the_prompt_and_a_long_rationale() -> None:
    question = read(EVERY_KIND)["kinds-choices"]

    assert [option.right for option in question.parts.options] == [True, True, False]
    assert question.parts.options[1].why_md == "From keratinocytes,\nand mast cells."
    assert question.prompt_md == "Tick all that apply.\n\n- a plain list in the prompt"
    assert (question.why_md, question.difficulty) == ("Skin has its own axis.", "hard")
    assert question.objectives == ("a", "b")


def test_truefalse_has_a_verdict_and_reasons() -> None:
    parts = read(EVERY_KIND)["kinds-truefalse"].parts

    assert parts.verdict is False
    assert [option.right for option in parts.options] == [False, True, False]


def test_match_splits_at_the_first_plain_equals_sign() -> None:
    parts = read(EVERY_KIND)["kinds-match"].parts

    assert parts == Pairs(
        (Pair("Melanocyte", "neural crest", "It migrates."), Pair("pH = 5", "acid mantle")),
        (Option("endoderm", False, "Belongs to none."),),
    )


@pytest.mark.parametrize(
    ("line", "value", "tolerance", "unit"),
    [
        ("= 12 ± 1 min", 12, 1, "min"),
        ("= 9.4 ± 0.1 days", Fraction("9.4"), Fraction("0.1"), "days"),
        ("= 9,4 +- 0,1 days", Fraction("9.4"), Fraction("0.1"), "days"),
        ("= 13", 13, 0, ""),
        ("= -3 %", -3, 0, "%"),
        ("= 3.1 ± 0.1 per 1000 person-years", Fraction("3.1"), Fraction("0.1"), "per 1000 person-years"),
    ],
)
def test_number_reads_value_tolerance_and_unit(
    line: str, value: Fraction, tolerance: Fraction, unit: str
) -> None:
    assert read(f"## n {{number}}\nHow many?\n\n{line}\n")["n"].parts == Quantity(
        Fraction(value), Fraction(tolerance), unit
    )


def test_text_and_blanks_take_variants_and_the_prompt_keeps_no_key() -> None:
    questions = read(EVERY_KIND)

    assert questions["kinds-text"].parts.wordings[0].variants == ("substance P", "SP")
    blanks = questions["kinds-blanks"]
    assert isinstance(blanks.parts, Wordings)
    assert [w.variants for w in blanks.parts.wordings] == [
        ("HPA", "hypothalamic-pituitary-adrenal"),
        ("cortisol",),
    ]
    assert blanks.prompt_md == "The ⟦1⟧ axis\nends in ⟦2⟧."


def test_essays_take_marking_points_or_a_rubric() -> None:
    questions = read(EVERY_KIND)

    essay, rubric = questions["kinds-essay"], questions["kinds-rubric"]
    assert isinstance(essay.parts, Marking)
    assert [point.text_md for point in essay.parts.points][2] == "an honest benefit"
    assert (essay.points, essay.parts.words) == (2, (60, 80))
    assert isinstance(rubric.parts.rubric, Rubric)
    assert rubric.parts.rubric.levels == (0, 1, 2)
    assert [(c.name, c.required) for c in rubric.parts.rubric.criteria] == [
        ("Safety", True),
        ("Words", False),
    ]
    assert rubric.points == 4


def test_a_heading_inside_a_fence_starts_no_question() -> None:
    text = "## a {text}\nRead:\n\n```\n## b {text}\nhint: no\n```\n\n= x\n"

    assert list(read(text)) == ["a"]
    assert "hint: no" in read(text)["a"].prompt_md


def test_every_byte_is_in_the_introduction_or_in_a_source() -> None:
    text = EVERY_KIND.replace("\n", "\r\n")

    sources = [question.source for question in read(text).values()]
    assert introduction(text) + "".join(sources) == text


CHOICE = "## q {choice}\nWhich?\n\n- [x] a\n- [ ] b\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("## Loose heading\n", 1, "this heading names no kind of question"),
        ("## q {chioce}\nWhich?\n", 1, "“chioce” is no kind of question"),
        (CHOICE.replace("## q", "## Q_1"), 1, "“Q_1” cannot be the id of a question"),
        (CHOICE.replace("{choice", "{choice colour=red"), 1, "“colour” is no attribute"),
        (CHOICE.replace("{choice", "{choice points=1 points=2"), 1, "“points” stands twice"),
        (CHOICE.replace("{choice", "{choice points"), 1, "“points” has no value"),
        (CHOICE.replace("{choice", "{choice points=0"), 1, "“0” is no number of points"),
        (CHOICE.replace("{choice", "{choice points=1/0"), 1, "“1/0” is no number of points"),
        (CHOICE.replace("{choice", "{choice bloom=grok"), 1, "“grok” is no value of bloom"),
        (CHOICE.replace("{choice", "{choice difficulty=M"), 1, "“M” is no value of difficulty"),
        (CHOICE.replace("{choice", "{choice see=Lesson#x y"), 1, "“y” is no attribute"),
        (CHOICE.replace("{choice", "{choice see=#x"), 1, "“#x” names no place"),
        (CHOICE.replace("{choice", "{choice topic=a,b"), 1, "a question has one topic"),
        (CHOICE.replace("Which?", ""), 1, "the prompt is missing"),
        (CHOICE.replace("[x]", "[ ]"), 1, "0 options are marked right, one must be"),
        (CHOICE.replace("[ ]", "[x]"), 1, "2 options are marked right, one must be"),
        (CHOICE.replace("b", "A"), 1, "the option “A” stands twice"),
        (CHOICE.replace("- [ ] b", "- [ ]"), 5, "this option has no text"),
        (CHOICE + "  : why\n  : again\n", 7, "a second rationale"),
        (CHOICE + "\nstray\n", 7, "this text belongs to no answer"),
        (CHOICE + "\nhint: a\n\nhint: b\n", 9, "`hint:` stands twice"),
        (CHOICE + "\nwords: 1-2\n", 7, "`words:` has no meaning in {choice}"),
        (CHOICE + CHOICE, 6, "“q” is already the id of the question in line 1"),
        (CHOICE + "```\nnever closed\n", 6, "this fenced block never ends"),
        ("## q {choices}\nWhich?\n\n- [ ] a\n- [ ] b\n", 1, "no option is marked right"),
        ("## q {truefalse}\nSo?\n\n- [x] a\n- [ ] b\n", 1, "the verdict is missing"),
        ("## q {truefalse}\nSo?\n\nanswer: maybe\n\n- [x] a\n- [ ] b\n", 4, "the verdict is missing"),
        ("## q {order}\nSort.\n\n1. a\n", 1, "there are fewer than two steps"),
        ("## q {match}\nMatch.\n\n- a = b\n- c\n", 5, "this pair has no right side"),
        ("## q {match}\nMatch.\n\n- a = b\n- c = d\n- = B\n", 1, "the distractor “B” is right for a pair"),
        ("## q {number}\nHow many?\n\n= many\n", 4, "this is no number"),
        ("## q {number}\nHow many?\n\n= 1,000\n", 4, "1,000 can be read in two ways"),
        ("## q {number}\nHow many?\n\n= 1\n= 2\n", 5, "a second number"),
        ("## q {number}\nHow many?\n", 1, "the number is missing"),
        ("## q {number}\nHow many?\n\n= 1 ± -2\n", 4, "the tolerance is below 0"),
        ("## q {text}\nWhich?\n", 1, "the answer is missing"),
        ("## q {text}\nWhich?\n\n= a |\n", 4, "an accepted answer is empty"),
        ("## q {blanks}\nNo blank.\n", 1, "no blank stands in the text"),
        ("## q {blanks}\nOne\n\nand {{ }}.\n", 4, "an accepted answer is empty"),
        ("## q {essay}\nWrite.\n\na | 0 | 1\nb | none\n", 5, "this criterion has 1 levels"),
        ("## q {essay}\nWrite.\n\na | 0 | 1\n", 4, "the rubric has no criterion"),
        ("## q {essay}\nWrite.\n\na | 1 | 1\nb | x | y\n", 4, "a level stands twice in the rubric's header"),
        (
            "## q {essay}\nWrite.\n\n- p\n\na | 0 | 1\nb | x | y\n",
            6,
            "marking points and a rubric stand together",
        ),
        ("## q {essay}\nWrite.\n\nwords: 80-60\n", 4, "this is no range of words"),
    ],
)
def test_a_fault_is_named_with_its_line(text: str, line: int, message: str) -> None:
    assert (line, message) in faults(text)
    assert (line + 40, message) in [(at, said.replace("line 41", "line 1")) for at, said in faults(text, 41)]


def test_every_problem_has_a_remedy() -> None:
    _, problems = parse_questions("## q {choice x}\n\n## r {number}\n= x\n\n## s\n", "q.md")

    assert len(problems) > 4
    assert all(problem.remedy and problem.file == "q.md" for problem in problems)


def test_a_faulty_question_still_stands_for_those_who_refer_to_it() -> None:
    questions, problems = parse_questions(CHOICE.replace("[x]", "[ ]"), "q.md")

    assert problems
    assert [question.id for question in questions] == ["q"]


@pytest.mark.parametrize(
    "question", read(CONTRACT + EVERY_KIND.partition("\n\n")[2]).values(), ids=lambda q: q.id
)
def test_a_revision_stored_as_json_is_the_same_question(question: Question) -> None:
    stored = json.dumps(question.to_json())

    assert Question.from_json(json.loads(stored)) == question


def test_all_markdown_of_a_question_can_be_rendered_beforehand() -> None:
    match = read(EVERY_KIND)["kinds-match"]

    sides = ["Melanocyte", "neural crest", "It migrates.", "pH = 5", "acid mantle"]
    assert match.markdown() == ("Match.", *sides, "endoderm", "Belongs to none.")


HEADINGS = [
    "## a {choice}\n",
    "## b {match points=2}\n",
    "## c {number}",
    "## d {essay}\n",
    "## e {file}\n",
    "## {",
]
MARKS = [
    "- [x] ",
    "- a = b\n",
    "= 1 ± ",
    "= ",
    "1. ",
    "  : ",
    "hint: ",
    "answer: ",
    "words: 1-",
    "a | 0 | 1\n",
    "|",
]
ODD = ["{{", "}}", "\n", "\n\n", "```\n", "\r\n", "\\=", " ", "x", "9" * 50, "\x00", "\u2028", "{blanks}\n"]
PIECES = st.sampled_from(HEADINGS + MARKS + ODD)


@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join)))
def test_any_text_is_read_without_raising_and_without_loss(text: str) -> None:
    questions, problems = parse_questions(text, "q.md", 5)

    assert introduction(text) + "".join(section.source for section in sections(text)) == text
    assert all(5 <= problem.line <= 5 + text.count("\n") for problem in problems)
    for question in questions:
        assert Question.from_json(json.loads(json.dumps(question.to_json()))) == question
