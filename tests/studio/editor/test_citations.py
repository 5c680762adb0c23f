"""Sources found by author or word."""

import pytest

from publishing.texts.bibliography import SourceText, read_bibliography
from studio.editor.citations import MOST, found, in_words

BIB = b"""@article{madison2003,
 author = {Madison, Kathi C.}, title = {Barrier function of the skin}, journal = {JID}, year = {2003},
 note = {Review}, annote = {Nothing.}
}
@article{arck2006,
 author = {Arck, Petra}, title = {Neuroimmunology of stress}, journal = {JID}, year = {2006},
 note = {Review}, annote = {Nothing.}
}
"""


@pytest.fixture(scope="module")
def sources() -> list[SourceText]:
    return list(read_bibliography(BIB, "references.bib")[0])


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["arck2006", "madison2003"]),
        ("MADI", ["madison2003"]),
        ("skin 2003", ["madison2003"]),
        ("stress skin", []),
        ("neuro", ["arck2006"]),
    ],
)
def test_every_word_is_in_key_authors_title_or_year(
    sources: list[SourceText], query: str, keys: list[str]
) -> None:
    assert [source.key for source in found(sources, query)] == keys


def test_a_list_is_short_and_each_line_says_who_what_when(sources: list[SourceText]) -> None:
    assert len(found(sources * 20, "")) == MOST
    assert "Barrier function of the skin (2003)" in in_words(found(sources, "madi")[0])
