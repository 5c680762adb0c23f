"""Syllables by rule, sentences as they are read, and SMOG as its author gives it."""

from math import sqrt

import pytest

from publishing.standards.blocks import blocks_of
from publishing.standards.reading import sentences, smog, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("skin", 1), ("stress", 1), ("care", 1), ("healed", 1), ("tired", 1), ("needed", 2), ("little", 2),
        ("water", 2), ("tension", 2), ("patient", 2), ("cortisol", 3), ("moderate", 3), ("period", 3),
        ("inflammation", 4), ("usually", 4), ("12", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_by_rule(word, count):
    assert syllables(word) == count


def test_headings_tables_and_captions_are_not_read_as_sentences():
    text = (
        '## A heading\n\nFirst one [@a2001 early]. Second one: third one.\n\n![Alt text](media/a.svg "Caption")\n\n'
        "| a b | c d |\n|---|---|\n| e f | g h |\n\n- an item\n- two items\n\n!!! say\n    Say this. Then that.\n"
    )
    assert [sentence.strip(" \n.") for sentence in sentences(blocks_of(text))] == [
        "First one", "Second one:", "third one", "an item", "two items", "Say this", "Then that",
    ]  # fmt: skip


def test_smog_is_the_published_formula():
    text = "Inflammation is a protection. Cortisol is a hormone. Skin is warm."
    assert smog(blocks_of(text)) == round(1.0430 * sqrt(3 * 30 / 3) + 3.1291, 1)
    assert smog(blocks_of("## No sentence")) is None
