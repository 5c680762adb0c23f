"""Ids: sortable, unguessable, and forgiving to those who type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import CROCKFORD, crockford, fingerprint, new_id, random_token, read_crockford

MOMENTS = st.integers(0, 2**48 - 1)
NUMBERS = st.text(CROCKFORD, min_size=20, max_size=20)


@given(MOMENTS, MOMENTS)
def test_ids_sort_as_the_moments_they_were_made_at(one: int, other: int) -> None:
    assert (new_id(one)[:10] < new_id(other)[:10]) == (one < other)


@given(MOMENTS)
def test_an_id_has_26_characters_of_crockfords_alphabet(moment: int) -> None:
    made = new_id(moment)

    assert len(made) == 26
    assert set(made) <= set(CROCKFORD)


def test_two_ids_of_one_moment_differ() -> None:
    assert len({new_id(1) for _ in range(100)}) == 100


def test_a_token_holds_256_random_bits() -> None:
    assert len(random_token()) >= 43
    assert len({random_token() for _ in range(100)}) == 100


@given(NUMBERS)
def test_a_number_is_read_in_any_case_with_spaces_and_hyphens(number: str) -> None:
    typed = " - ".join(number[i : i + 4] for i in range(0, 20, 4)).lower()

    assert read_crockford(typed, 20) == number


@given(NUMBERS)
def test_letters_that_look_like_digits_are_read_as_the_digits(number: str) -> None:
    for zero in "oO":
        for one in "iIlL":
            assert read_crockford(number.replace("0", zero).replace("1", one), 20) == number


@pytest.mark.parametrize(
    "typed", ["", "0" * 19, "0" * 21, "U" * 20, "é" * 20, "0" * 19 + "\x00", "0" * 19 + "."]
)
def test_what_cannot_be_a_number_is_none(typed: str) -> None:
    assert read_crockford(typed, 20) is None


def test_random_numbers_are_read_back() -> None:
    number = crockford(20)

    assert read_crockford(number, 20) == number


def test_a_fingerprint_tells_nothing_of_its_token_and_is_always_the_same() -> None:
    assert fingerprint("secret") == fingerprint("secret")
    assert fingerprint("secret") != fingerprint("secret2")
    assert "secret" not in fingerprint("secret")
    assert len(fingerprint("x")) == 64
