"""Faults in the lesson dialect, each named with its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import markup
from tests.core.dialect import NAME


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("x\n\n!!! pearls\n    y", 3, "unknown callout 'pearls'"),
        ("!!! pearl: x\n    y", 1, "not read as a callout"),
        ("!!! pearl big\n    y", 1, "means nothing"),
        ("!!! pearl\ny", 1, "without text"),
        ("!!! reflect\n    y", 1, "without an id"),
        ("!!! reflect a\n    y\n\n!!! reflect a\n    z", 4, "stands twice"),
        ("x\n\n![](media/a.svg)", 3, "without alternative text"),
        ("![a](http://x.example/a.png)", 1, "not in the bundle"),
        ("see ![a](media/a.svg) here", 1, "within a paragraph"),
        ('![a](media/a.svg "x [@k early]")', 1, "citation in a caption"),
        ("x\nwell [@key likely]", 2, "unknown certainty 'likely'"),
        ("[@Key early]", 1, "not read as a citation"),
        ("[@a, @b early]", 1, "not read as a citation"),
        ("[@a early; @b]", 1, "not read as a citation"),
        ("x [@a early", 1, "never ends"),
        ("a\n\n```\ncode", 3, "never closed"),
        ("# Title", 1, "level 1"),
        ("Title\n=====", 1, "level 1"),
        ("#1 cause of itch", 1, "level 1"),
        ("## A\n\n#### B", 3, "level 4 after one of level 2"),
        ("### A", 1, "level 3 after one of level 1"),
        ("[[quiz: a]]", 1, "unknown part 'quiz'"),
        ("see [[check: a]]", 1, "within a line"),
        ("[[check: a]]\n\n[[check: a]]", 3, "stands twice"),
        ("[[check: a b]]", 1, "no name"),
        ("x[^1]", 1, "footnote '1' is not written"),
        ("- a\n\n    [@X]", 3, "not read as a citation"),
        ("!!! pearl\n    x\n\n    [@X]", 4, "not read as a citation"),
    ],
)
def test_a_fault_is_named_with_its_line(text: str, line: int, message: str) -> None:
    problems = markup.check_lesson(text, NAME, 11)

    assert [(problem.file, problem.line) for problem in problems] == [(NAME, line + 10)]
    assert message in problems[0].message
    assert problems[0].remedy


@pytest.mark.parametrize(
    "text",
    [
        "x [@key], [@key early], [@a; @b moderate], [opinion], [@home](x.md), [@home][r], `[@X]`, \\[@X]",
        "    [@X]\n    # code",
        "```\n# code\n!!! nothing\n[[quiz: a]]\n```",
        "~~~ text\n```\n~~~",
        '!!! pearl\n    x\n\n!!! say "A title"\n    y\n\n!!! reflect first-client "Own"\n    z',
        "- a\n\n    !!! pearl\n        x",
        "!!! practice\n\n    x\n\n    ![a](media/a.svg)",
        '![a](media/a.svg "b")\n![c](media/c.png)\n\n[[video: media/x.mp4]]\n[[tool: t]]\n\nUse [[tool: t]].',
        "## A\n\n### B\n\n## C\n\na | b\n--|--\n1 | 2\n\n---\n\nx[^1]\n\n[^1]: y",
        "<!-- # not a heading [@X] -->",
        '![a (b)](media/a.svg "Mast cells (red)")',
    ],
)
def test_a_text_in_the_dialect_has_no_fault(text: str) -> None:
    assert markup.check_lesson(text, NAME) == []


@settings(max_examples=200)
@given(st.text(alphabet='[]()!@#`~:;{}"\\<>-|^ \n\taek1', max_size=300))
def test_any_text_is_read_to_its_end(text: str) -> None:
    for problem in markup.check_lesson(text, NAME):
        assert 1 <= problem.line <= text.count("\n") + text.count("\r") + 1
    markup.proofreading.mentions(text)


@pytest.mark.parametrize(
    "text",
    [
        "`a" * 60_000,
        "<!--" * 50_000,
        "![\n\n" * 40_000,
        "[a](" + "x" * 190_000,
        "x" * 199_000,
        "a\n" * 99_000,
        "[@a " * 190,
    ],
    ids=lambda text: text[:6],
)
def test_reading_for_faults_takes_no_long_time(text: str) -> None:
    """Reading is linear, so the worst text of the allowed size is read well within a test's patience."""
    from time import process_time

    began = process_time()
    markup.check_lesson(text, NAME)
    markup.proofreading.mentions(text)

    assert process_time() - began < 2.0
