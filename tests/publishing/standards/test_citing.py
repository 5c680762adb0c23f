"""Which blocks need a source, and which are free."""

import pytest

from publishing.standards.blocks import blocks_of
from publishing.standards.citing import unsourced

CLAIM = "Skin loses water."
STORY = "Ines knocks."


def lines(text: str) -> list[int]:
    return [block.line for block in unsourced(blocks_of(text))]


@pytest.mark.parametrize(
    "free",
    [
        "Water is lost [@a2001 early].",
        "Water is lost [@a2001; @b2002].",
        "Water is lost [opinion].",
        "Four things are measured:",
        "> Water is lost.",
        "![Water](media/a.svg)",
        "[[check: a]]",
        "### Water",
        "!!! practice\n    Water is lost.",
        "!!! reflect a\n    Water is lost.",
        "!!! say\n    Water is lost.",
        "!!! unknown\n    How much water is lost.",
        "!!! pearl\n    Ask.\n\n    Water is lost [opinion].",
        "Water is lost [@a2001]:\n\n- much\n- little",
        "Water is lost [@a2001].\n\n![Water](media/a.svg)\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        "- much\n- little [@a2001]",
        "| a | b |\n|---|---|\n| 1 | 2 [@a2001] |",
    ],
)
def test_what_is_free_or_cites(free):
    assert lines(f"## Water\n\n{free}") == []


@pytest.mark.parametrize(
    "claim",
    [
        CLAIM,
        "Water is lost [@a2001",
        " ".join(["word"] * 31) + ":",
        "!!! pearl\n    Water is lost.",
        "!!! caution\n    Water is lost.",
        "- much\n- little",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "Water\n: It is lost.",
    ],
)
def test_what_claims_and_cites_nothing(claim):
    assert lines(f"## Water\n\n{claim}") == [3]


def test_a_list_below_a_lead_in_cites_itself():
    assert lines("## Water\n\nTwo things are known:\n\n- much\n- little") == [5]


def test_the_opening_before_the_first_chapter_is_a_story():
    assert lines(f"{STORY}\n\nShe sits down.\n\n## Water\n\n{CLAIM}") == [7]


def test_a_text_without_chapters_is_no_story():
    assert lines(CLAIM) == [1]


@pytest.mark.parametrize("end", ["!!! practice\n    Try.", "[[check: a]]"])
def test_the_closing_story_stands_between_the_last_callout_or_check_and_the_key_points(end):
    assert lines(f"## Water\n\n{end}\n\n{STORY}\n\n{STORY}\n\n## Key points\n\n- Water.") == []


@pytest.mark.parametrize("between", ["## Back to Ines", "- Water is lost [opinion]."])
def test_after_a_heading_or_a_list_it_is_no_closing_story(between):
    text = f"## Water\n\n!!! say\n    Yes.\n\n{between}\n\n{CLAIM}\n\n## Key points\n\n- Water."
    assert lines(text) == [8]
