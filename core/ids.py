"""Identifiers: sortable ids for addresses, and random tokens that open things."""

import hashlib
import secrets

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORGIVEN = str.maketrans("OIL", "011")


def random_token(nbytes: int = 32) -> str:
    """An unguessable URL-safe token of `nbytes` random bytes."""
    return secrets.token_urlsafe(nbytes)


def crockford(length: int) -> str:
    """`length` random characters of Crockford's base32 (5 bits each, no I, L, O, U)."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))


def read_crockford(text: str, length: int) -> str | None:
    """The canonical form of an id that a person typed, or None when it cannot be one.

    Case, spaces and hyphens do not matter; O is read as 0, I and L as 1.
    """
    kept = "".join(text.split()).replace("-", "").upper().translate(_FORGIVEN)
    return kept if len(kept) == length and set(kept) <= set(CROCKFORD) else None


def new_id(milliseconds: int) -> str:
    """A 26-character id that sorts by the time it was made (the layout of a ULID) and ends in 80 random bits."""
    digits = []
    for _ in range(10):
        milliseconds, digit = divmod(milliseconds, 32)
        digits.append(CROCKFORD[digit])
    return "".join(reversed(digits)) + crockford(16)


def fingerprint(token: str) -> str:
    """The SHA-256 of a token: what is stored, so that a stolen backup opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
