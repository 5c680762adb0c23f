"""Whether everything that a bundle's texts name exists. Pure."""

from collections.abc import Mapping

from core.errors import Problem
from studio.bundle import Bundle

Headings = Mapping[str, set[str]]  # of each lesson by full name: the ids of its headings


def reference_problems(bundle: Bundle, headings: Headings) -> list[Problem]:
    """Every name that leads nowhere."""
    return []
