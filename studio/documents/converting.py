"""Documents are read in a child process that a timer ends: what goes in, what comes out, both as text."""

import atexit
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from core.errors import InvalidInput
from core.markup.child import Child
from studio.documents.rules import Document, Picture

TIME_LIMIT = 10.0  # seconds for one document, its pictures with it
TOO_SLOW = "This document cannot be read within ten seconds. Split it, or save its pictures smaller, and send it again."


def read_word(name: str, data: bytes) -> tuple[Document, list[Picture]]:
    """A `.docx`. Raises InvalidInput, with the document's name, for one that cannot be read."""
    return _asked({"name": name, "word": b64encode(data).decode()})


def read_pasted(name: str, html: str) -> tuple[Document, list[Picture]]:
    """HTML from a clipboard, or plain text. Raises as read_word."""
    return _asked({"name": name, "pasted": html})


def _asked(question: dict[str, str]) -> tuple[Document, list[Picture]]:
    said = converter.convert(json.dumps(question), TIME_LIMIT)
    kept: dict[str, Any] = json.loads(said) if said is not None else {"refused": TOO_SLOW}
    if "refused" in kept:
        raise InvalidInput(f"{question['name']}: {kept['refused']}")
    pictures = [Picture(each["ending"], b64decode(each["data"])) for each in kept["pictures"]]
    return Document.of(kept["document"]), pictures


def answer(question: str) -> str:
    """What the child answers: the document with its pictures, or the sentence why it is refused."""
    from studio.documents import reading  # what reads documents is loaded in the child alone

    asked: dict[str, str] = json.loads(question)
    try:
        if "word" in asked:
            document, pictures = reading.read_word(asked["name"], b64decode(asked["word"]))
        else:
            document, pictures = reading.read_pasted(asked["name"], asked["pasted"])
    except InvalidInput as refused:
        return json.dumps({"refused": refused.sentence})
    return json.dumps({"document": asdict(document), "pictures": _as_text(pictures)})


def _as_text(pictures: Sequence[Picture]) -> list[dict[str, str]]:
    return [{"ending": each.ending, "data": b64encode(each.data).decode()} for each in pictures]


converter = Child((sys.executable, "-m", "studio.documents"))
atexit.register(converter.close)
