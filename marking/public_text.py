"""Markdown of the public as safe HTML: headings, lists, tables, quotations, emphasis, code. Pure.

Everything is escaped before any tag is set, no address becomes a link and no picture is fetched. Each line is read
once and each pattern stops at the sign that it begins with, so a text takes time in proportion to its length.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup, escape

HEADING = re.compile(r"(#{1,6})[ \t]+(.*)")
BULLET = re.compile(r"[ \t]*[-*+][ \t]+(.*)")
NUMBER = re.compile(r"[ \t]*\d{1,9}[.)][ \t]+(.*)")
RULE_ROW = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
EMPHASIS = re.compile(r"`([^`\n]+)`|\*\*([^*\n]+)\*\*|\*([^*\n]+)\*")
TAGS = (("<code>", "</code>"), ("<strong>", "</strong>"), ("<em>", "</em>"))  # by the group that was found
FIRST_LEVEL, LAST_LEVEL = 3, 6  # a page's own headings are above those of a text in it
LONGEST_ROW = 5_000  # characters of a line that is tried as the rule of a table


def render(text: str) -> Markup:
    """The HTML of a text."""
    lines = text.replace("\r\n", "\n").split("\n")
    return Markup("\n").join(_blocks(lines))


def _blocks(lines: Sequence[str]) -> Iterator[Markup]:
    place = 0
    while place < len(lines):
        if not lines[place].strip():
            place += 1
            continue
        reader = next(reader for begins, reader in BLOCKS if begins(lines, place))
        block, place = reader(lines, place)
        yield block


def _inline(text: str) -> str:
    # In one pass from left to right, so that no two emphases cross each other.
    return EMPHASIS.sub(_emphasized, str(escape(text.strip())))


def _emphasized(found: re.Match[str]) -> str:
    opening, closing = TAGS[(found.lastindex or 1) - 1]
    return f"{opening}{found[found.lastindex or 1]}{closing}"


def _run(lines: Sequence[str], place: int, belongs: Callable[[str], bool]) -> tuple[list[str], int]:
    """The lines from `place` on that belong together, and the place after them."""
    end = place
    while end < len(lines) and belongs(lines[end]):
        end += 1
    return list(lines[place:end]), end


def _heading(lines: Sequence[str], place: int) -> tuple[Markup, int]:
    found = HEADING.match(lines[place])
    signs, words = found.groups() if found else ("", lines[place])
    level = min(FIRST_LEVEL - 1 + max(1, len(signs)), LAST_LEVEL)
    return Markup(f"<h{level}>{_inline(words.rstrip('# '))}</h{level}>"), place + 1


def _listed(pattern: re.Pattern[str], tag: str) -> Callable[[Sequence[str], int], tuple[Markup, int]]:
    def read(lines: Sequence[str], place: int) -> tuple[Markup, int]:
        items: list[list[str]] = []
        while place < len(lines) and lines[place].strip():
            found = pattern.match(lines[place])
            if found is None and not lines[place][:1].isspace():
                break
            if found:
                items.append([found[1]])
            else:
                items[-1].append(lines[place])
            place += 1
        written = "".join(f"<li>{'<br>'.join(map(_inline, item))}</li>" for item in items)
        return Markup(f"<{tag}>{written}</{tag}>"), place

    return read


def _quoted(lines: Sequence[str], place: int) -> tuple[Markup, int]:
    found, end = _run(lines, place, lambda line: line.startswith(">"))
    inner = "<br>".join(_inline(line.lstrip("> ")) for line in found)
    return Markup(f"<blockquote><p>{inner}</p></blockquote>"), end


def _fenced(lines: Sequence[str], place: int) -> tuple[Markup, int]:
    found, end = _run(lines, place + 1, lambda line: not line.startswith("```"))
    return Markup(f"<pre>{escape(chr(10).join(found))}</pre>"), end + 1


def _table(lines: Sequence[str], place: int) -> tuple[Markup, int]:
    found, end = _run(lines, place + 2, lambda line: "|" in line)
    head = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in _cells(lines[place]))
    body = "".join(
        f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in _cells(row))}</tr>" for row in found
    )
    opened = '<div class="table-box" tabindex="0" role="group" aria-label="Table">'
    table = f"{opened}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    return Markup(table), end


def _cells(row: str) -> list[str]:
    return row.strip().removeprefix("|").removesuffix("|").split("|")


def _paragraph(lines: Sequence[str], place: int) -> tuple[Markup, int]:
    end = place + 1
    while end < len(lines) and lines[end].strip() and _is_plain(lines, end):
        end += 1
    return Markup(f"<p>{'<br>'.join(map(_inline, lines[place:end]))}</p>"), end


def _is_plain(lines: Sequence[str], place: int) -> bool:
    return not any(begins(lines, place) for begins, reader in BLOCKS if reader is not _paragraph)


def _begins_table(lines: Sequence[str], place: int) -> bool:
    if "|" not in lines[place] or place + 1 >= len(lines) or len(lines[place + 1]) > LONGEST_ROW:
        return False
    return "-" in lines[place + 1] and RULE_ROW.fullmatch(lines[place + 1]) is not None


Begins = Callable[[Sequence[str], int], bool]
Reads = Callable[[Sequence[str], int], tuple[Markup, int]]
BLOCKS: tuple[tuple[Begins, Reads], ...] = (
    (lambda lines, place: lines[place].startswith("```"), _fenced),
    (lambda lines, place: HEADING.match(lines[place]) is not None, _heading),
    (lambda lines, place: lines[place].startswith(">"), _quoted),
    (lambda lines, place: BULLET.match(lines[place]) is not None, _listed(BULLET, "ul")),
    (lambda lines, place: NUMBER.match(lines[place]) is not None, _listed(NUMBER, "ol")),
    (_begins_table, _table),
    (lambda lines, place: True, _paragraph),
)
