"""From a question to the lesson in which its section stands."""

from progress.access import Visit


def find_lesson(here: Visit, slug: str) -> tuple[str, str] | None:
    """The address and title of a lesson of the reader's course, or None where it has no such lesson."""
    found = (step for step in here.outline.steps if step.kind == "lesson" and step.slug == slug)
    return next(((step.url, step.title) for step in found), None)
