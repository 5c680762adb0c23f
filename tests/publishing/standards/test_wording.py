"""Promises are told in the house's own voice, and left alone where they are discussed."""

import pytest

from tests.publishing.standards.model import CASE, LESSON, QUESTIONS, edited, told

AT = "an effective barrier of corneocytes and intercellular lipids"


def promises(path: str, before: str, after: str) -> list[str]:
    return [point for point in told(edited(path, before, after)) if point.endswith("is a promise")]


@pytest.mark.parametrize(
    "promise",
    [
        "a cure", "what cures", "cured by oil", "a detox", "detoxifying", "the root cause",
        "root-cause work", "boosts repair",
        "what heals your face", "self-healing", "it heals itself", "balancing hormones",
        "rebalances your hormones", "toxins",
        "miraculous", "a leaky gut", "clinically proven",
    ],
)  # fmt: skip
def test_a_promise_is_told(promise):
    assert len(promises(LESSON, AT, promise)) == 1


@pytest.mark.parametrize(
    "careful",
    [
        "secure", "a wound that heals in ten days", "wound healing", "healed a biopsy", "bacterial toxins",
        "botulinum toxin",
        'called a "cure" by some', "called a “miracle” by some", "not a cure", "nothing that anyone has seen cure it",
        "no proof that it boosts repair", "without any hope that it cures", "a thing that doesn't detox",
        "[a page](https://example.org/detox)",
    ],
)  # fmt: skip
def test_what_is_discussed_or_means_something_else_is_not(careful):
    assert promises(LESSON, AT, careful) == []


def test_a_denial_ends_with_its_sentence():
    assert len(promises(LESSON, AT, "no barrier at all. It is a cure")) == 1


@pytest.mark.parametrize(
    "block",
    [
        "!!! say\n    Our cream cures it.",
        "> Our cream cures it.",
        "| Rather not | Better |\n|---|---|\n| cures it | may soothe [opinion] |",
    ],
)
def test_words_to_leave_and_quotations_are_free(block):
    assert promises(LESSON, "!!! pearl", f"{block}\n\n!!! pearl") == []


def test_the_other_column_is_the_houses_own_voice():
    table = "| Rather not | Better |\n|---|---|\n| soothes | cures it [opinion] |"
    assert len(promises(LESSON, "!!! pearl", f"{table}\n\n!!! pearl")) == 1


def test_learners_and_clients_may_believe_what_they_like():
    assert promises(QUESTIONS, "Keratin in sheets", "A detox") == []
    assert promises(CASE, "She knocks.", "She wants a miracle cure.") == []
