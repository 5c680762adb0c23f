"""One course of the shipped content taken out: nothing that it needs is missing, and taking it out again changes
nothing."""

from pathlib import Path

from publishing.bundle import read_bundle
from publishing.cross_references import reference_problems
from publishing.excerpt import excerpt
from publishing.services import read_folder

CONTENT = Path(__file__).parents[2] / "content"


def taken(files: dict[str, bytes], slug: str) -> dict[str, bytes]:
    found = excerpt(read_bundle(files)[0], slug)
    return {path: files[path] for path in found.paths} | found.cut


def test_a_shipped_course_lacks_nothing_but_what_is_of_other_courses() -> None:
    once = taken(read_folder(CONTENT), "the-stress-skin-cycle")
    problems = reference_problems(read_bundle(once)[0], headings={})
    missing = {problem.message.removeprefix("there is no ").split()[0] for problem in problems}
    assert missing == {"course", "step", "tool"}
    assert taken(once, "the-stress-skin-cycle") == once
