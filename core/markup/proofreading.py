"""Reads a text of the dialect before it is rendered: what is wrong, on which line, and what it names.

Pure. A code span, a fenced or indented block and an escaped bracket are not read.
"""

import re
from collections.abc import Callable, Iterator
from operator import itemgetter

from core.errors import Problem
from core.markup.grammar import (
    CALLOUTS,
    CERTAINTIES,
    CITATION,
    KEY,
    OPINION,
    PLAIN_ID,
    SLOT,
    SLOT_NAME,
    SLOTS,
    keys_of,
)
from core.markup.rendered import Mention

MAX_BYTES = 200_000
MAX_OPEN_BRACKETS = 200
MAX_SPACES = 100

FENCE = re.compile(r"^(`{3,}|~{3,})[^`]*$")
CONTAINER = re.compile(r"^[ ]{0,3}([-*+][ ]|\d+\.[ ]|!!!|\[\^|:[ ])")
CODE_SPAN = re.compile(r"(?<![\\`])(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
ESCAPED = re.compile(r"\\[\\`\[\]!]")
COMMENT = re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL)
BRACKETS = re.compile(r"\]\(|[\[\])]")

ADMONITION_LINE = re.compile(r"^[ ]*!!!.*$", re.MULTILINE)
ADMONITION = re.compile(r"^[ ]*!!! ?([\w-]+(?: +[\w-]+)*)(?: +\"(.*?)\")? *$")
HEADING = re.compile(r"^(#{1,6})(?!#).*$|^(?P<text>[^\n]++)\n(?P<rule>=+|-+)[ ]*$", re.MULTILINE)
IMAGE = re.compile(
    r"!\[(?P<alt>[^\[\]]*+)\]\(\s*+(?P<path>[^\s)]*+)(?P<caption>(?:\s*+\"[^\"\n]*+\"|[^)\n])*+)\)"
)
LINK = re.compile(r"(?<!!)\[[^\[\]]*+\]\(\s*+(?P<path>[^\s)]++)[^)\n]*+\)")
CITE_LIKE = re.compile(r"\[@(?P<inside>[^\]\[]*+)(?:(?P<end>\])(?![(\[])|(?=\[|\Z))")
SLOT_LIKE = re.compile(r"\[\[(?P<kind>\w+):[ ]*(?P<name>[^\]\n]*)\]\]")
NOTE = re.compile(r"\[\^([^\]\n]+)\](:?)")
QUOTATION = re.compile(r"^(?:[ ]{0,3}>.*(?:\n|\Z))+", re.MULTILINE)
PULLED = re.compile(r"^[ ]{0,3}>[ ]?\{:?[ ]*\.pull[ ]*\}[ ]*$", re.MULTILINE)

Finding = tuple[int, str, str]  # place in the text, what is wrong, remedy
Rule = Callable[[str], Iterator[Finding]]


def check_lesson(text: str, file: str, first_line: int = 1) -> list[Problem]:
    """Every fault of the text itself, in order of lines; names that must exist elsewhere are `mentions`."""
    limits = check_limits(text, file, first_line)
    if limits:
        return limits
    text = _tidy(text)
    readable = _readable(text)
    findings = [*unclosed_fence(text), *(finding for rule in RULES for finding in rule(readable))]
    return sorted({_problem(text, file, first_line, finding) for finding in findings})


def check_limits(text: str, file: str, first_line: int = 1) -> list[Problem]:
    """What would make a renderer slow is refused before it is tried."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return [Problem(file, first_line, "the text is over 200 kB", "split it into several")]
    text = _unix(text)
    return [_problem(text, file, first_line, finding) for finding in (*open_brackets(text), *wide_gaps(text))]


def mentions(text: str, first_line: int = 1) -> tuple[Mention, ...]:
    """Every name the text relies on, with its line: sources, checks, tools, videos, figures, links."""
    readable = _readable(_tidy(text))
    found = sorted(_mentions(readable), key=itemgetter(0))
    return tuple(
        Mention(kind, name, first_line + readable.count("\n", 0, place)) for place, kind, name in found
    )


def _mentions(text: str) -> Iterator[tuple[int, str, str]]:
    for cite in re.finditer(CITATION, text):
        yield from ((cite.start(), "cite", key) for key in keys_of(cite[1]))
    for slot in re.finditer(SLOT, text):
        yield slot.start(), slot[1], slot[2]
    for line in ADMONITION_LINE.finditer(text):
        words = _admonition_words(line[0])
        if words[:1] == ["reflect"] and len(words) > 1:
            yield line.start(), "reflect", words[1]
    yield from ((image.start(), "figure", image["path"]) for image in IMAGE.finditer(text))
    yield from ((link.start(), "link", link["path"]) for link in LINK.finditer(text))


def _problem(text: str, file: str, first_line: int, finding: Finding) -> Problem:
    place, message, remedy = finding
    return Problem(file, first_line + text.count("\n", 0, place), message, remedy)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _tidy(text: str) -> str:
    """Lines end in one way, and a blank line is empty."""
    return re.sub(r"^[ \t]+$", "", _unix(text), flags=re.MULTILINE)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _readable(text: str) -> str:
    """The text with code and escapes blanked out, every character still in its place."""
    text = "\n".join(_without_code_blocks(text.split("\n")))
    for pattern in (CODE_SPAN, ESCAPED, COMMENT):
        text = pattern.sub(_blank, text)
    return text


def _without_code_blocks(lines: list[str]) -> Iterator[str]:
    """An indented line after a blank one is code, unless it goes on with a list, a callout or a note."""
    fence, holder, before = "", "", ""
    for line in lines:
        mark = FENCE.match(line)
        is_code = line.startswith("    ") and not before.strip() and not CONTAINER.match(holder)
        yield " " * len(line) if fence or mark or is_code else line
        if fence or mark:
            fence = _fence_after(line, fence, mark)
        if not is_code:
            before = line
            holder = line if line.strip() and not line.startswith("    ") else holder


def _fence_after(line: str, fence: str, mark: re.Match[str] | None) -> str:
    """The marks of the code block that is open after this line, or ''."""
    if fence:
        return "" if line.rstrip() == fence else fence
    return mark[1] if mark else ""


def unclosed_fence(text: str) -> Iterator[Finding]:
    """A fence that no line of the same marks closes."""
    fence, place, opened = "", 0, 0
    for line in text.split("\n"):
        opened = opened if fence else place
        fence = _fence_after(line, fence, FENCE.match(line))
        place += len(line) + 1
    if fence:
        yield opened, "a code block is opened and never closed", f"close it with {fence} on a line of its own"


def open_brackets(text: str) -> Iterator[Finding]:
    """Brackets that a renderer would look for the end of, again and again."""
    place = 0
    for block in re.split(r"(\n(?:[ \t]*\n)+)", text):
        if _most_open(block) > MAX_OPEN_BRACKETS:
            wrong = f"more than {MAX_OPEN_BRACKETS} brackets opened and not closed in a paragraph"
            yield place, wrong, "close them, or write \\["
        place += len(block)


def _most_open(block: str) -> int:
    """The most brackets, square or round after square, that stand open at one place."""
    square = most = round_ = 0
    for found in BRACKETS.finditer(block):
        square = max(0, square + {"[": 1, "]": -1, "](": -1}.get(found[0], 0))
        round_ = max(0, round_ + {"](": 1, ")": -1}.get(found[0], 0))
        most = max(most, square, round_)
    return most


def wide_gaps(text: str) -> Iterator[Finding]:
    """A run of spaces, a tab counted as four."""
    place = 0
    for line in text.split("\n"):
        if " " * (MAX_SPACES + 1) in line.expandtabs(4):
            yield place, f"more than {MAX_SPACES} spaces in a row", "take them out"
        place += len(line) + 1


def headings(text: str) -> Iterator[Finding]:
    """The page's title is its only heading of level 1, and no level is skipped."""
    last = 1
    for found in HEADING.finditer(text):
        level = len(found[1]) if found[1] else 1 if found["rule"].startswith("=") else 2
        if found["rule"] and not (found["text"].strip() and _is_underlined(text, found)):
            continue
        if level == 1:
            yield (
                found.start(),
                "a heading of level 1",
                "the page has its title; begin with ## (or write \\#)",
            )
        elif level > last + 1:
            wrong = f"a heading of level {level} after one of level {last}"
            yield found.start(), wrong, f"use {'#' * (last + 1)}"
        last = max(level, 1)


def _is_underlined(text: str, found: re.Match[str]) -> bool:
    """Only the first line of a block can be a heading underlined."""
    before = text[: found.start()].rsplit("\n", 2)
    return len(before) < 2 or not before[-2].strip()


def admonitions(text: str) -> Iterator[Finding]:
    """Known words only, a prompt with an id of its own, and a text indented beneath."""
    prompts: set[str] = set()
    for line in ADMONITION_LINE.finditer(text):
        words = _admonition_words(line[0])
        if not words:
            yield line.start(), "not read as a callout", 'write !!! word, or !!! word "Title"'
        elif words[0] not in CALLOUTS:
            yield line.start(), f"unknown callout '{words[0]}'", f"one of {', '.join(CALLOUTS)}"
        elif words[0] == "reflect":
            yield from ((line.start(), *fault) for fault in _prompt_faults(words, prompts))
        elif len(words) > 1:
            yield line.start(), f"'{words[1]}' after {words[0]} means nothing", "put a title in quotes"
        if words and not _has_text(text, line):
            yield line.start(), "a callout without text", "indent its text by four spaces"


def _admonition_words(line: str) -> list[str]:
    found = ADMONITION.match(line)
    return found[1].lower().split() if found else []


def _prompt_faults(words: list[str], seen: set[str]) -> Iterator[tuple[str, str]]:
    if len(words) < 2:
        yield "a reflect prompt without an id", "give it a stable one: !!! reflect first-client"
    elif len(words) > 2:
        yield f"'{words[2]}' after the prompt's id means nothing", "put a title in quotes"
    elif not re.fullmatch(PLAIN_ID, words[1]):
        yield f"'{words[1]}' is no id", "use a-z, 0-9, - and _"
    elif words[1] in seen:
        yield f"the prompt '{words[1]}' stands twice", "each needs an id of its own"
    seen.update(words[1:2])


def _has_text(text: str, line: re.Match[str]) -> bool:
    indent = len(line[0]) - len(line[0].lstrip(" ")) + 4
    following = text[line.end() :].lstrip("\n").split("\n", 1)[0]
    return following.startswith(" " * indent)


def images(text: str) -> Iterator[Finding]:
    """A figure has words for those who do not see it, stands alone, and comes with the bundle."""
    for image in IMAGE.finditer(text):
        if not image["alt"].strip():
            yield image.start(), "a figure without alternative text", "say in the brackets what it shows"
        if not re.fullmatch(r"media/[\w./-]+", image["path"]) or ".." in image["path"]:
            wrong = f"'{image['path']}' is not in the bundle"
            yield image.start(), wrong, "a figure's path begins with media/"
        if "[@" in image["caption"]:
            yield image.start(), "a citation in a caption", "cite it in the text; a caption is plain"
        if not _stands_alone(text, image):
            yield image.start(), "a figure within a paragraph", "leave a blank line before and after it"


def _stands_alone(text: str, image: re.Match[str]) -> bool:
    """Its paragraph holds nothing but figures."""
    begin = text.rfind("\n\n", 0, image.start()) + 1
    end = text.find("\n\n", image.end())
    paragraph = text[begin : end if end >= 0 else len(text)]
    lines = [line for line in IMAGE.sub("", paragraph).split("\n") if line.strip()]
    return all(line.lstrip().startswith("!!!") for line in lines)


def citations(text: str) -> Iterator[Finding]:
    """`[@key]`, `[@a; @b]`, each with or without one word of certainty."""
    for found in CITE_LIKE.finditer(text):
        if re.fullmatch(CITATION, found[0]):
            continue
        word = re.fullmatch(rf"{KEY}(?:\s*;\s*@{KEY})*\s+(\w+)", found["inside"])
        if not found["end"]:
            yield found.start(), "a citation that never ends", "close it with ]"
        elif word:
            yield found.start(), f"unknown certainty '{word[1]}'", f"one of {', '.join(CERTAINTIES)}"
        else:
            remedy = "write [@key], [@key early] or [@a; @b moderate]; keys are a-z, 0-9, :, _ and -"
            yield found.start(), f"not read as a citation: {found[0][:40]}", remedy


def slots(text: str) -> Iterator[Finding]:
    """Known kinds only; questions and films on a line of their own, and a question once."""
    checks: set[str] = set()
    for found in SLOT_LIKE.finditer(text):
        kind, name = found["kind"], found["name"].strip()
        if kind not in SLOTS:
            yield found.start(), f"unknown part '{kind}'", f"one of {', '.join(SLOTS)}"
        elif not re.fullmatch(SLOT_NAME, name):
            yield found.start(), f"'{name}' is no name for a {kind}", f"write [[{kind}: name]]"
        elif kind != "tool" and not _own_line(text, found):
            yield found.start(), f"a {kind} within a line", "give it a line of its own"
        elif kind == "check" and name in checks:
            yield found.start(), f"the question '{name}' stands twice", "ask it once in a lesson"
        if kind == "check":
            checks.add(name)


def _own_line(text: str, found: re.Match[str]) -> bool:
    begin = text.rfind("\n", 0, found.start()) + 1
    end = text.find("\n", found.end())
    rest = text[begin : found.start()] + text[found.end() : end if end >= 0 else len(text)]
    return not rest.strip(" >")


def footnotes(text: str) -> Iterator[Finding]:
    """A note that is called for is written somewhere."""
    calls = list(NOTE.finditer(text))
    written = {call[1] for call in calls if call[2]}
    for call in calls:
        if call[1] not in written:
            yield call.start(), f"the footnote '{call[1]}' is not written", f"add [^{call[1]}]: with its text"


def pull_quotes(text: str) -> Iterator[Finding]:
    """A pull quote says words of the text again: it holds nothing that must be heard or pressed."""
    quotations = [found for found in QUOTATION.finditer(text) if PULLED.search(found[0])]
    told = _spoken(PULLED.sub("", QUOTATION.sub("", text))) if quotations else ""
    for found in quotations:
        words = PULLED.sub("", found[0]).replace(">", " ")
        if re.search(CITATION, words) or LINK.search(words):
            remedy = "cite and link in the text that it repeats"
            yield found.start(), "a citation or a link within a pull quote", remedy
        elif _spoken(words).rstrip(".!?") not in told:
            remedy = "take its words from the text, or leave {.pull} out"
            yield found.start(), "a pull quote whose words are not in the text", remedy


def _spoken(text: str) -> str:
    """The words as they are read aloud, to be compared: without marks of emphasis, citations and line ends."""
    for pattern, word in (
        (CITATION, ""),
        (OPINION, ""),
        (r"[*_]", ""),
        (r"\s+", " "),
        (r" ([.,;:!?])", r"\1"),
    ):
        text = re.sub(pattern, word, text)
    return text.strip().casefold()


RULES: tuple[Rule, ...] = (headings, admonitions, images, citations, slots, footnotes, pull_quotes)
