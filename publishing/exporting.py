"""What is published, as a bundle: everything, or one course with what it needs of the school's."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import NotFound, Problem
from publishing.bundle import course_of, read_bundle
from publishing.cross_references import reference_problems
from publishing.excerpt import excerpt
from publishing.syncing import standing_files


@dataclass(frozen=True)
class CourseFiles:
    """A course's files by path, byte for byte; of the bibliography and the glossary the entries that it needs.

    `leads_away` are the places where it leads to what is not among the files: other courses, and articles. Files with
    such a place cannot be taken in by a school that does not have what they lead to.
    """

    files: dict[str, bytes]
    leads_away: tuple[Problem, ...]


def all_files() -> dict[str, bytes]:
    """The newest revision of every file."""
    return {path: file.read() for path, file in sorted(standing_files().items())}


def course_files(slug: str) -> CourseFiles:
    """Raises NotFound where no such course is published."""
    standing = standing_files()
    if f"courses/{slug}/course.md" not in standing:
        raise NotFound(f"There is no course “{slug}”.")
    # Media are many times larger than texts, and only some of them are asked for.
    files = {
        path: file.read()
        for path, file in standing.items()
        if course_of(path) == slug or not path.startswith(("courses/", "media/")) or path.endswith(".md")
    }
    bundle, _ = read_bundle(files | dict.fromkeys(standing.keys() - files.keys(), b""))
    taken = excerpt(bundle, slug)
    whole = {path: standing[path].read() for path in taken.paths & standing.keys()}
    course = dict(sorted((whole | taken.cut).items()))
    return CourseFiles(course, tuple(reference_problems(read_bundle(course)[0], headings={})))


def write(folder: Path, files: Mapping[str, bytes]) -> int:
    """Write files below a folder; how many."""
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return len(files)
