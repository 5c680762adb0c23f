"""A small bundle that keeps the whole editorial standard, for tests to fall short of in one place at a time."""

from publishing.bundle import read_bundle
from publishing.standards.house import advice
from publishing.standards.manuscript import Manuscript
from tests.publishing.sample import DRAWING

LESSON = "courses/skin/lessons/the-wall.md"
QUESTIONS = "courses/skin/questions/checks.md"
CASE = "courses/skin/quizzes/first-client.md"
ARTICLE = "articles/tight-skin.md"

SUMMARY = "Clients say that their skin feels tight and ask what they may do about it at home this week. " * 4

THE_WALL = f"""---
title: The wall
summary: {SUMMARY.strip()}
objectives:
  name-mortar: Name the mortar of the barrier
---

Ines, 34, is an accountant. She says that her skin feels uncomfortable every winter.

## Bricks and mortar

The outermost layer is an effective barrier of corneocytes and intercellular lipids [@madison2003].

Three groups of lipids make up its mortar:

- Ceramides
- Cholesterol and free fatty acids [@madison2003]

![Two bricks and the mortar between them](media/wall.svg "A wall.")

Researchers have measured recovery in volunteers during examinations, and they reported less of it [@garg2001 moderate].

| Study | Limit |
| --- | --- |
| Students | Nobody was randomised |

!!! pearl
    Ask about tightness before you discuss any particular product [opinion].

!!! caution
    Inflammation that spreads belongs to a physician immediately [opinion].

!!! unknown
    Nobody has investigated whether recovery differs in everyday situations.

!!! say
    "Your barrier may be irritated. I can't promise that anything cures it."

!!! practice
    Examine the ingredients of a moisturiser carefully.

[[check: what-is-mortar]]

Ines considers a simpler regimen, and you arrange another appointment.

## Key points

- The mortar consists of lipids.
"""

CHECKS = """## what-is-mortar {choice bloom=understand topic=barrier objective=name-mortar see=the-wall}
What is the mortar of the barrier made of? [@madison2003]

- [x] Lipids in layers
  : Ceramides, cholesterol and free fatty acids.
- [ ] Keratin in sheets
  : That is inside the bricks.

## mortar-order {order bloom=remember topic=barrier objective=name-mortar see=the-wall}
Put the layers in order, from the outside. [opinion]

1. Horny layer
2. Basal layer

why: Cells travel outwards.
"""

FIRST_CLIENT = """---
title: A first client
kind: case
pass: 60
---

Ines, 34, says that her skin feels tight.

## scene-1
She knocks.

- [Let her in](#scene-2) {+20 refer}
  : She is expected.
- [Peel at once](#stop) {unsafe}
  : Her barrier is broken.
""" + "".join(
    f"""
## scene-{n}
She speaks.

- [Listen](#scene-{n + 1})
  : She knows most about it.
"""
    for n in range(2, 9)
).replace("#scene-9", "#plan")

ADVICE = "A broken barrier lets more in than it should, and she would leave with burns. " * 3

ENDS = f"""
## plan {{end}}
She leaves with a plan.

## stop {{end}}
You stop. {ADVICE}
"""

TIGHT_SKIN = """---
title: Why skin feels tight
summary: A short answer.
authors: [ada]
published: 2026-11-02
faq:
  - question: Is it dangerous?
    answer: Seldom.
---

## Water

Skin feels tight when it loses water [@madison2003].
"""

COURSE = """---
title: Skin
subtitle: A wall
collection: Foundations
language: en
price: "0.00"
currency: EUR
authors: [ada]
outcomes: [Name the mortar]
modules:
  - slug: walls
    title: Walls
    steps: [lessons/the-wall, quizzes/order, quizzes/first-client]
---

What you will learn.
"""

BIBLIOGRAPHY = """@article{madison2003,
  title = {Barrier function of the skin},
  note = {review}
}

@article{garg2001,
  title = {Stress and the barrier},
  note = {cohort study}
}
"""

TEXTS = {
    LESSON: THE_WALL,
    QUESTIONS: CHECKS,
    CASE: FIRST_CLIENT + ENDS,
    ARTICLE: TIGHT_SKIN,
    "courses/skin/course.md": COURSE,
    "courses/skin/quizzes/order.md": "---\ntitle: Order\nitems: [mortar-order]\n---\n",
    "authors/ada.md": "---\nname: Ada\n---\n\nAda teaches.\n",
    "glossary.md": "Barrier\n: What holds water back.\n",
    "references.bib": BIBLIOGRAPHY,
}


def model() -> dict[str, bytes]:
    """The files by path."""
    return {path: text.encode() for path, text in TEXTS.items()} | {"media/wall.svg": DRAWING}


def edited(path: str, before: str, after: str) -> dict[str, bytes]:
    """The files with one place changed."""
    text = TEXTS[path]
    assert before in text, f"{path} has no {before!r}"
    return model() | {path: text.replace(before, after, 1).encode()}


def manuscript(files: dict[str, bytes], words: int = 2000) -> Manuscript:
    """As the check makes it; each lesson has so many words."""
    bundle = read_bundle(files)[0]
    return Manuscript(bundle, dict.fromkeys(bundle.lessons, words))


def told(files: dict[str, bytes], words: int = 2000) -> list[str]:
    """All advice: file, line and message."""
    points = advice(manuscript(files, words))
    return [f"{point.file}:{point.line}: {point.message}" for point in points]
