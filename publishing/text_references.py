"""Whether what a text cites, shows, asks and links to exists in its bundle. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from core.errors import Problem
from core.markup.links import is_outside, resolve
from core.markup.proofreading import check_lesson, mentions
from core.markup.rendered import Mention
from core.markup.svg import check_svg
from publishing.bundle import GLOSSARY, Bundle
from publishing.bundle_texts import Text
from publishing.texts.media_files import FILMS, RASTER, ending

Headings = Mapping[str, set[str]]  # of each lesson by full name: the ids of its headings
LESSON_FILE = re.compile(r"courses/([^/]+)/lessons/([^/]+)\.md")
ADDRESS = re.compile(r"/(courses|tools|articles)/([a-z0-9-]+)/?(?:preview/([a-z0-9-]+)/?)?(?:[#?].*)?")
EVERYWHERE = ("cite", "figure", "link")
ALLOWED = {
    "lesson": (*EVERYWHERE, "check", "tool", "video", "reflect"),
    "tool": ("cite", "link"),
}


class TextReferences:
    """Checks texts of one bundle."""

    def __init__(self, bundle: Bundle, headings: Headings) -> None:
        self.bundle, self.headings = bundle, headings
        self.sources = bundle.source_keys()
        self.questions = {question.id for question, _ in bundle.questions()}
        self.tools = {tool.slug for tool in bundle.tools.values()}
        self.terms = {term.slug for term in bundle.terms}
        self.readers: dict[str, Callable[[str, int, str], Iterator[Problem]]] = {
            "cite": self._cite,
            "check": self._check,
            "tool": self._tool,
            "video": self._video,
            "figure": self._figure,
            "link": self._link,
        }

    def problems(self, text: Text) -> Iterator[Problem]:
        """Faults of the text itself, and names in it that lead nowhere."""
        faults = check_lesson(text.body, text.file, text.line)
        yield from faults
        if not any(fault.line == text.line and "over" in fault.message for fault in faults):
            for found in mentions(text.body, text.line):
                yield from self._mention(found, text.file, text.kind)

    def _mention(self, found: Mention, file: str, where: str) -> Iterator[Problem]:
        if found.kind not in ALLOWED.get(where, EVERYWHERE):
            remedy = "It has its place in a lesson." if where != "lesson" else "Take it out."
            yield Problem(file, found.line, f"a {found.kind} within a text of the {where}", remedy)
        elif where == "case" and found.kind == "link" and found.name.startswith("#"):
            return
        elif found.kind in self.readers:
            yield from self.readers[found.kind](file, found.line, found.name)
        if where == "question" and found.kind == "figure" and ending(found.name) in RASTER:
            remedy = "Draw it as SVG, or show it in a lesson."
            yield Problem(file, found.line, f"{found.name}: a picture within a question", remedy)

    def _cite(self, file: str, line: int, key: str) -> Iterator[Problem]:
        if key not in self.sources:
            remedy = "Add it to references.bib, or cite one that is there."
            yield Problem(file, line, f"there is no source “{key}”", remedy)

    def _check(self, file: str, line: int, name: str) -> Iterator[Problem]:
        if name not in self.questions:
            remedy = "Write it into a file of questions, or name one that exists."
            yield Problem(file, line, f"there is no question “{name}”", remedy)

    def _tool(self, file: str, line: int, name: str) -> Iterator[Problem]:
        if name not in self.tools:
            remedy = f"Write courses/<course>/tools/{name}.md, or name one that exists."
            yield Problem(file, line, f"there is no tool “{name}”", remedy)

    def _video(self, file: str, line: int, name: str) -> Iterator[Problem]:
        path = film_path(name)
        if ending(path) not in FILMS:
            yield Problem(file, line, f"“{name}” is no film", f"Known are {', '.join(FILMS)}.")
        elif path not in self.bundle.files:
            yield Problem(file, line, f"there is no film {path}", "Put it there, or name one that exists.")

    def _figure(self, file: str, line: int, path: str) -> Iterator[Problem]:
        if ending(path) not in ("svg", *RASTER):
            yield Problem(file, line, f"“{path}” is no figure", f"Known are svg, {', '.join(RASTER)}.")
        elif path not in self.bundle.files:
            yield Problem(file, line, f"there is no figure {path}", "Put it there, or name one that exists.")
        elif ending(path) == "svg":
            yield from check_svg(self.bundle.files[path], path)

    def _link(self, file: str, line: int, href: str) -> Iterator[Problem]:
        if is_outside(href):
            if urlsplit(href).scheme not in ("http", "https", "mailto"):
                yield Problem(file, line, f"the link “{href}” goes nowhere", "Begin it with https://.")
            return
        link = resolve(href, file)[1]
        if link.file is not None:
            yield from self._link_to_file(file, line, link.file, link.fragment)
        elif not href.startswith("/"):
            remedy = "Name a file of the bundle with its ending, as in the-barrier.md, or an https address."
            yield Problem(file, line, f"the link “{href}” goes nowhere", remedy)
        elif (address := ADDRESS.fullmatch(href)) and (missing := self._missing(*address.groups(""))):
            yield Problem(file, line, f"there is no {missing}", "Link to one that exists.")

    def _missing(self, room: str, slug: str, lesson: str) -> str:
        """What an address of the site would lead to in vain, in words; empty where it leads somewhere."""
        known = {
            "courses": self.bundle.has_course(slug),
            "tools": slug in self.tools,
            "articles": f"articles/{slug}.md" in self.bundle.files,
        }
        if not known[room]:
            return f"{room.removesuffix('s')} “{slug}”"
        return f"preview “{lesson}” of {slug}" if lesson and not self._has_preview(slug, lesson) else ""

    def _has_preview(self, course: str, slug: str) -> bool:
        """Whether the course shows this lesson to anyone; true while the course cannot be read."""
        text = self.bundle.courses.get(course)
        names = [step.name for step in text.steps if step.name.endswith(f"/lessons/{slug}")] if text else []
        shown = [self.bundle.lessons[name].preview for name in names if name in self.bundle.lessons]
        return text is None or any(shown) or len(shown) < len(names)

    def _link_to_file(self, file: str, line: int, target: str, fragment: str) -> Iterator[Problem]:
        if target not in self.bundle.files:
            yield Problem(file, line, f"there is no file {target}", "Link to one that exists.")
        elif fragment and fragment not in self.places_in(target, fragment):
            remedy = "Link to a heading's id: its words in lower case with hyphens."
            yield Problem(file, line, f"{target} has no heading “{fragment}”", remedy)

    def places_in(self, target: str, fragment: str) -> set[str]:
        """What a link may lead to in a file; any place where that is not known."""
        if target == GLOSSARY:
            return self.terms
        lesson = LESSON_FILE.fullmatch(target)
        name = f"{lesson[1]}/lessons/{lesson[2]}" if lesson else ""
        return self.headings.get(name, {fragment})


def film_path(name: str) -> str:
    """`[[video: breath.mp4]]` and `[[video: media/breath.mp4]]` are one file."""
    return name if name.startswith("media/") else f"media/{name}"
