"""Metadata: what a caller may tie to an object."""

from sandbox.errors import InvalidRequest, Json

PAIRS, NAME, VALUE = 50, 40, 500


def check_metadata(metadata: Json, name: str) -> None:
    """Up to 50 pairs, names of up to 40 characters, values of up to 500."""
    if len(metadata) > PAIRS:
        raise InvalidRequest(f"{name} may hold up to {PAIRS} pairs.", param=name)
    for key, value in metadata.items():
        if len(key) > NAME or len(value) > VALUE:
            message = f"{name} takes names of up to {NAME} and values of up to {VALUE} characters."
            raise InvalidRequest(message, param=f"{name}[{key}]")
