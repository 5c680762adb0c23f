"""What a search of the admin's lists means: each word begins a word of a person's name or address, or is the whole
of a number."""

from sqlalchemy import ColumnElement, ColumnExpressionArgument, and_, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from accounts.models import PersonWord
from accounts.rules import LONGEST_WORD, folded

WORDS = 4  # of one person that begin alike, as a rule: a name, the address that begins with it, its parts
LAST = "\U0010ffff"  # no text of people sorts after it


def begins(word: str, column: InstrumentedAttribute[str] = PersonWord.word) -> ColumnElement[bool]:
    """Whether a person's word, or that of something else, begins with this one, as a range of the index."""
    start = folded(word)[:LONGEST_WORD]
    return and_(column >= start, column < start + LAST)


def is_found(
    person: ColumnExpressionArgument[int] | ColumnExpressionArgument[int | None], word: str
) -> ColumnElement[bool]:
    """Whether the person of this id has a word that begins so."""
    return exists(select(PersonWord.user_id).where(PersonWord.user_id == person, begins(word)))
