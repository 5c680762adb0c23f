"""Where a link of the bundle leads on the site. Pure."""

import posixpath
import re
from urllib.parse import unquote, urlsplit

from core.markup.rendered import Link

STEP = re.compile(r"courses/([^/]+)/(lessons|quizzes)/([^/]+)\.md$")
COURSE = re.compile(r"courses/([^/]+)/course\.md$")
TOOL = re.compile(r"(?:^|/)tools/([^/]+)\.md$")
PAGE = re.compile(r"(?:^|/)(articles|authors)/([^/]+)\.md$")
SIBLING = re.compile(r"(?:^|/)(?:lessons/)?([^/]+)\.md$")


def is_outside(href: str) -> bool:
    """A link to another site, or to a mailbox."""
    parts = urlsplit(href)
    return bool(parts.scheme or parts.netloc)


def resolve(href: str, name: str, base: str = "") -> tuple[str, Link]:
    """The address to print for a link written in the file `name`, and the link's facts.

    A step of the same course gets an address relative to the course, so that it holds under every course it
    is in; `base` is put before it.
    """
    path, _, fragment = href.partition("#")
    if is_outside(href) or not path.endswith(".md"):
        return href, Link(href, name if not path else None, unquote(fragment))
    file = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path)))
    address = _address(file, name)
    if not address.startswith("/"):
        address = base + address
    return address + (f"#{fragment}" if fragment else ""), Link(href, file, unquote(fragment))


def _address(file: str, name: str) -> str:
    if step := STEP.search(file):
        return _step_address(step, name)
    if course := COURSE.search(file):
        return f"/courses/{course[1]}"
    if tool := TOOL.search(file):
        return f"/tools/{tool[1]}"
    if page := PAGE.search(file):
        return f"/{page[1]}/{page[2]}"
    if posixpath.basename(file) == "glossary.md":
        return "/glossary"
    sibling = SIBLING.search(file)
    return sibling[1] if sibling else file


def _step_address(step: re.Match[str], name: str) -> str:
    """From one lesson to another step: beside it, or by way of the other course's name; an article is in none."""
    course, folder, slug = step.groups()
    own = re.search(r"courses/([^/]+)/", name)
    within = slug if folder == "lessons" else f"quizzes/{slug}"
    if PAGE.fullmatch(name):
        return f"/learn/{course}/{within}"
    return within if own is None or own[1] == course else f"../{course}/{within}"
