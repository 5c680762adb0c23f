"""A small bundle that uses every part of the format, for tests to publish and to break."""

from base64 import b64decode

DRAWING = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><title>Wall</title>
<desc>Two bricks and mortar.</desc><rect width="40" height="20"/></svg>
"""
PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"

COURSE = """---
# a comment that must survive
title: Barriers
subtitle: Walls of skin
collection: Foundations
language: en
price: "12.50"
currency: EUR
level: Introductory
order: strict
cover: media/wall.svg
outcomes:
  - Tell bricks from mortar
authors: [ada]
modules:
  - slug: walls
    title: Walls
    steps:
      - lessons/bricks
      - [lessons/mortar]
      - quizzes/wall-quiz
  - slug: doors
    title: Doors
    steps:
      - quizzes/door-case
      - quizzes/door-essay
certificate:
  requires: [lessons/bricks, wall-quiz]
  pass: 80
  valid_months: 24
  category: barriers
faq:
  - question: Is it long?
    answer: >-
      No, see [the first lesson](lessons/bricks.md).
---

Begin with [bricks](lessons/bricks.md#the-wall).
"""

BRICKS = """---
title: Bricks
summary: What a wall is made of.
practice_minutes: 3
objectives:
  name-bricks: Name the bricks
preview: true
reviewed: 2026-11-01
---

Skin has a barrier [@madison2003 moderate]. See [mortar](mortar.md).

## The wall

![Two bricks and mortar](media/wall.svg "A wall.")

![A dot](media/dot.png "A dot.")

[[check: brick-shape]]

[[video: media/wall.mp4]]

!!! pearl
    Use the [[tool: wall-sheet]].

!!! reflect first-wall
    Where did you see one?
"""

MORTAR = """---
title: Mortar
objectives:
  name-mortar: Name the mortar
---

## Between the bricks

The barrier needs lipids.
"""

WALL_QUIZ = """---
title: Wall quiz
pass: 80
attempts: 3
items: [brick-shape]
draw: {mortar-topic: 1}
---

## mortar-kind {choice objective=name-mortar topic=mortar-topic see=mortar#between-the-bricks}
What is mortar made of? [@madison2003]

- [x] Lipids
  : Ceramides above all [@madison2003 early].
- [ ] Clay
"""

DOOR_CASE = """---
title: The door
kind: case
start: 50
pass: 60
state: {trust: 40}
---

She knocks.

## intake
Who is there?

- [Ask](#answer) {+20 trust+10}
  : Opens the door.
- [Say nothing](#stop) {unsafe}

## answer {end}

## stop {end}
"""

DOOR_ESSAY = """---
title: The door, described
kind: assignment
---

Describe a door in 100 words.

words: 80-120

criterion | 0 | 1
--- | --- | ---
Names the hinge | no | yes
"""

CHECKS = """---
title: Checks
---

## brick-shape {truefalse objective=name-bricks see=bricks#the-wall}
A brick is a cell.

answer: true

- [x] True: a flat one
- [ ] False: it is a fat
"""

TEXTS = {
    "courses/barriers/course.md": COURSE,
    "courses/barriers/lessons/bricks.md": BRICKS,
    "courses/barriers/lessons/mortar.md": MORTAR,
    "courses/barriers/quizzes/wall-quiz.md": WALL_QUIZ,
    "courses/barriers/quizzes/door-case.md": DOOR_CASE,
    "courses/barriers/quizzes/door-essay.md": DOOR_ESSAY,
    "courses/barriers/questions/checks.md": CHECKS,
    "courses/barriers/tools/wall-sheet.md": "---\ntitle: Wall sheet\nreviewed: 2026-10-01\n---\n\nDraw it.\n",
    "authors/ada.md": "---\nname: Ada Wall\nportrait: media/wall.svg\nmay: [Teach]\n---\n\nAda teaches.\n",
    "articles/why-walls.md": (
        "---\ntitle: Why walls\nsummary: Because.\nauthors: [ada]\npublished: 2026-11-02\n"
        "related: [barriers]\n---\n\nBecause of water [@madison2003].\n"
    ),
    "legal/terms/2026-11-21.md": (
        "---\ntitle: Terms\nsummary: The first ones.\n---\n\n## Who\n\n"
        "{{school}} is run by {{legal_name}}. Write to {{support_email}} within {{refund_days}} days.\n"
    ),
    "references.bib": (
        "@article{madison2003,\n  author = {Madison, K. C.},\n  title = {Barrier function of the skin},\n"
        "  journal = {J Invest Dermatol},\n  year = {2003},\n  note = {narrative review},\n"
        "  annote = {Says little of other walls.}\n}\n"
    ),
    "glossary.md": "Barrier, skin barrier\n: What holds water back.\n",
    "media/wall.md": "Two bricks lie in mortar.\n",
    "media/wall.en.vtt": "WEBVTT\n\n00:00.000 --> 00:02.000\nA wall.\n",
}
BYTES = {"media/wall.svg": DRAWING, "media/dot.png": PICTURE, "media/wall.mp4": FILM}


def sample() -> dict[str, bytes]:
    """The files by path."""
    return {path: text.encode() for path, text in TEXTS.items()} | BYTES


def edited(path: str, before: str, after: str) -> dict[str, bytes]:
    """The files with one place changed."""
    files = sample()
    assert before.encode() in files[path], f"{path} has no {before!r}"
    files[path] = files[path].replace(before.encode(), after.encode(), 1)
    return files
