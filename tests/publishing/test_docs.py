"""The page on the content format tells the truth: its examples are one bundle, and the check finds no fault."""

import re
from pathlib import Path

from publishing.services import check
from publishing.texts.course_text import KEYS
from quizzes.quiz_settings import READERS
from tests.publishing.sample import DRAWING, FILM, TEXTS

PAGE = (Path(__file__).parents[2] / "docs" / "content-format.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^`([\w/.-]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MEDIA = {
    "media/wall.svg": DRAWING,
    "media/hands.mp4": FILM,
    "media/hands.md": b"Two hands.\n",
    "media/hands.en.vtt": TEXTS["media/wall.en.vtt"].encode(),
}


def examples() -> dict[str, bytes]:
    return {path: text.encode() for path, text in EXAMPLE.findall(PAGE)}


def test_the_examples_are_a_bundle_without_faults():
    files = examples()
    assert len(files) == 13
    assert check(files | MEDIA) == []


def test_every_key_is_explained():
    for key in (*KEYS, *READERS):
        assert f"`{key}`" in PAGE or f"\n{key}:" in PAGE, key
