"""How a source is written out."""

import pytest

from sources.rules import sentences


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (("Arck P", "Skin", "J", "2006"), "Arck P. Skin. J. 2006."),
        (("Oyetakin-White P", "Does it?", "J"), "Oyetakin-White P. Does it? J."),
        (("Stop!",), "Stop!"),
        (("FDA", "A drug, or both? (Or soap?)"), "FDA. A drug, or both? (Or soap?)"),
        (("Lee, A. B.", "“So what?”"), "Lee, A. B. “So what?”"),
        (("Lee (ed.)", "Skin (second edition)"), "Lee (ed.) Skin (second edition)."),
        (("", "Skin", "", ""), "Skin."),
        ((), ""),
    ],
)
def test_each_fact_ends_once(facts: tuple[str, ...], words: str) -> None:
    assert sentences(*facts) == words
