"""Reading a bundle: every fault is told with its file, its line and a remedy, and nothing sound is refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Problem
from publishing import services
from publishing.bundle import read_bundle
from publishing.cross_references import reference_problems
from publishing.texts.bibliography import read_bibliography
from publishing.texts.front_matter import read_front_matter
from publishing.texts.glossary import read_glossary
from tests.publishing.sample import edited, sample

CONTENT = Path(__file__).parents[2] / "content"
HEADINGS = {"barriers/lessons/bricks": {"the-wall"}, "barriers/lessons/mortar": {"between-the-bricks"}}


def faults(files: dict[str, bytes]) -> list[str]:
    bundle, problems = read_bundle(files)
    return [str(problem) for problem in sorted({*problems, *reference_problems(bundle, HEADINGS)})]


def broken_bundles() -> list[tuple[str, str, str, list[str]]]:
    text = (Path(__file__).parent / "broken_bundles.txt").read_text(encoding="utf-8")
    blocks = [block.split("\n") for block in text.strip().split("\n\n")[1:]]
    return [
        (path, out[2:].replace("\\n", "\n"), into[2:].replace("\\n", "\n"), [line[2:] for line in told])
        for path, out, into, *told in blocks
    ]


def test_a_sound_bundle_has_no_problems():
    assert faults(sample()) == []


@pytest.mark.parametrize(("path", "before", "after", "told"), broken_bundles())
def test_every_fault_is_told_with_its_place_and_a_remedy(path, before, after, told):
    assert faults(edited(path, before, after)) == told


@settings(max_examples=60)
@given(st.sampled_from(sorted(sample())), st.integers(0), st.integers(0, 40), st.binary(max_size=12))
def test_no_edit_however_wrong_makes_the_check_fall_over(path, place, length, into):
    files = sample()
    start = place % (len(files[path]) + 1)
    files[path] = files[path][:start] + into + files[path][start + length :]
    assert all(isinstance(problem, str) for problem in faults(files))


def test_the_shipped_content_has_no_problems():
    assert services.check(services.read_folder(CONTENT)) == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("courses/barriers/notes.txt", "this file has no place in a bundle"),
        ("courses/Barriers/course.md", "this file has no place in a bundle"),
        ("courses/barriers/lesson/bricks.md", "this file has no place in a bundle"),
        ("media/wall.exe", "“exe” is no kind of media"),
        ("media/a wall.svg", "this name cannot be an address"),
        ("legal/terms/21-11-2026.md", "this file has no place in a bundle"),
        ("courses/gates/lessons/gate.md", "courses/gates has no course.md"),
        ("media/gate.md", "this text belongs to no figure or film"),
        ("media/gate.en.vtt", "these captions belong to no film"),
    ],
)
def test_a_file_that_belongs_nowhere_is_named(path, message):
    bodies = {"md": b"---\ntitle: Gate\n---\n\nA gate.\n", "vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nA\n"}
    body = b"A gate.\n" if path == "media/gate.md" else bodies.get(path.rpartition(".")[2], b"x")
    told = faults(sample() | {path: body})
    assert len(told) == 1
    assert told[0].startswith(f"{path}:0: {message} (")


@pytest.mark.parametrize(
    ("missing", "message"),
    [("media/wall.en.vtt", "a film without captions"), ("media/wall.md", "a film without a transcript")],
)
def test_a_film_needs_captions_and_a_transcript(missing, message):
    files = sample()
    del files[missing]
    assert any(told.startswith(f"media/wall.mp4:0: {message} (") for told in faults(files))


def test_bytes_that_are_no_text_are_told_by_line():
    path = "courses/barriers/lessons/mortar.md"
    files = sample() | {path: b"---\ntitle: M\n---\n\nWa\xffl\n"}
    assert faults(files)[0] == f"{path}:5: this is not UTF-8 (Save the file as UTF-8.)"


def test_windows_line_ends_and_a_byte_order_mark_change_nothing():
    files = {
        path: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") if path.endswith(".md") else data
        for path, data in sample().items()
    }
    assert faults(files) == []


def test_a_lesson_of_another_course_is_a_step_by_its_full_name():
    files = sample()
    gates = files["courses/barriers/course.md"].decode()
    head, _, _ = gates.partition("modules:")
    steps = "modules:\n  - slug: one\n    title: One\n    steps: [barriers/lessons/bricks]\n---\n\nGates.\n"
    bundle, problems = read_bundle(files | {"courses/gates/course.md": (head + steps).encode()})
    assert [*problems, *reference_problems(bundle, HEADINGS)] == []
    assert bundle.courses["gates"].steps[0].name == "barriers/lessons/bricks"


def test_brackets_make_a_step_optional():
    course = read_bundle(sample())[0].courses["barriers"]
    assert {step.slug: step.required for step in course.steps} == {
        "bricks": True, "mortar": False, "wall-quiz": True, "door-case": True, "door-essay": True,
    }  # fmt: skip


def test_values_stay_text_until_they_are_typed():
    front, _ = read_front_matter(b"---\nprice: 12.50\nday: 2026-11-21\nyes: no\n---\nBody\n", "x.md")
    assert front.plain() == {"price": "12.50", "day": "2026-11-21", "yes": "no"}
    assert (front.body, front.body_line) == ("Body\n", 6)


def test_a_heading_is_found_by_rendering_it():
    files = edited("courses/barriers/lessons/bricks.md", "## The wall", "## The wall again")
    assert [str(problem) for problem in services.check(files)] == [
        "courses/barriers/course.md:38: courses/barriers/lessons/bricks.md has no heading “the-wall” "
        "(Link to a heading's id: its words in lower case with hyphens.)",
        "courses/barriers/questions/checks.md:5: see: bricks has no heading “the-wall” "
        "(Write a heading's id: its words in lower case with hyphens.)",
    ]


def test_a_picture_that_cannot_be_read_is_told():
    files = sample() | {"media/dot.png": b"\x89PNG\r\n\x1a\nnothing"}
    (problem,) = services.check(files)
    assert problem == Problem(
        "courses/barriers/lessons/bricks.md",
        10,
        "The figure media/dot.png is not a picture that we can read",
        "Save the figure again.",
    )


def test_sources_are_written_as_lists_of_references_are():
    entry = (
        '@Book{wall:1, title = {The {UV} wall}, author = {M{\\"u}ller, Anna B. and Council of Walls}, '
        'publisher = "Wall Press", year = 2001, pages = {1--2}, doi = {https://doi.org/10.1/x}, note = {review}}'
    )
    (source,), problems = read_bibliography(entry.encode(), "references.bib")
    assert problems == []
    assert (source.authors, source.title, source.published_in, source.year, source.doi) == (
        "Müller AB, Council of Walls", "The UV wall", "Wall Press", "2001", "10.1/x",
    )  # fmt: skip


def test_many_authors_are_shortened():
    names = " and ".join(f"Name{letter}, X." for letter in "ABCDEFG")
    entry = f"@misc{{many, title = {{T}}, author = {{{names}}}, note = {{n}}}}"
    (source,), _ = read_bibliography(entry.encode(), "references.bib")
    assert source.authors == "NameA X, NameB X, NameC X, et al"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{{Office of Walls and Doors}}", "Office of Walls and Doors"),
        ("{Ada, B. and {Walls and {UV} Doors, Inc.} and others}", "Ada B, Walls and UV Doors, Inc., et al"),
        ("{Anders, C.\n  and  Land, D.}", "Anders C, Land D"),
        ('"{Walls and Doors}"', "Walls and Doors"),
    ],
)
def test_and_within_braces_is_part_of_a_name(written: str, shown: str):
    entry = f"@misc{{house, title = {{T}}, author = {written}, note = {{n}}}}"
    (source,), problems = read_bibliography(entry.encode(), "references.bib")
    assert problems == []
    assert source.authors == shown


def test_a_term_goes_by_other_words_and_over_several_lines():
    (first, second), problems = read_glossary(
        b"Barrier, skin barrier\n:  Holds\n   water.\n\nNGF\n: A factor.\n", "g.md"
    )
    assert problems == []
    assert (first.slug, first.name, first.aliases, first.definition) == (
        "barrier", "Barrier", ("skin barrier",), "Holds water.",
    )  # fmt: skip
    assert second.words == ("ngf",)


@pytest.mark.parametrize(
    "address",
    [
        "/courses/barriers", "/courses/barriers/preview/bricks", "/tools/wall-sheet", "/articles/why-walls#water",
        "/glossary", "/faq",
    ],
)  # fmt: skip
def test_an_address_of_the_site_that_leads_somewhere_is_no_problem(address):
    assert faults(edited("courses/barriers/lessons/bricks.md", "(mortar.md)", f"({address})")) == []
