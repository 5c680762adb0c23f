"""Numbers in words. Pure."""

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def plural(count: int, noun: str, nouns: str = "") -> str:
    """`1 question`, `2 questions`."""
    return f"{count} {noun}" if count == 1 else f"{count} {nouns or noun + 's'}"


def ordinal(number: int) -> str:
    """`first`, `second`, and beyond the tenth in figures."""
    return ORDINALS[number - 1] if number <= len(ORDINALS) else f"{number}th"


def number_word(number: int) -> str:
    """`no`, `one`, and beyond ten in figures."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)
