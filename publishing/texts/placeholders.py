"""Places in a text that the school's settings fill when it is shown, written `{{name}}`. Pure."""

import re
from collections.abc import Iterator, Sequence

from core.errors import Problem

WRITTEN = re.compile(r"\{\{([^{}\n]*)\}\}")
IN_A_LINK = re.compile(r"\]\([^)\n]*\{\{|<[^>\n]*\{\{")


def placeholder_problems(
    text: str, file: str, first_line: int, names: Sequence[str], example: str
) -> Iterator[Problem]:
    """Places that nothing fills, that stand in a link's address, or that do not begin or end."""
    for number, line in enumerate(text.split("\n"), first_line):
        yield from _line_problems(file, number, line, names, example)


def _line_problems(
    file: str, number: int, line: str, names: Sequence[str], example: str
) -> Iterator[Problem]:
    for name in WRITTEN.findall(line):
        if name not in names:
            known = f"Known are {', '.join(f'{{{{{each}}}}}' for each in names)}."
            yield Problem(file, number, f"there is no placeholder {{{{{name}}}}}", known)
    if IN_A_LINK.search(line):
        remedy = "Put it into the text; an email address becomes a link by itself."
        yield Problem(file, number, "a placeholder within a link's address", remedy)
    left = WRITTEN.sub("", line)
    if "{{" in left or "}}" in left:
        remedy = f"Write it as {{{{{example}}}}}."
        yield Problem(file, number, "a placeholder that does not begin or end", remedy)
