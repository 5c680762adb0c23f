"""PDF of the public, written anew: without what says who wrote it, without what could run or hides in it.

A stranger's PDF is read by a child process (`python -m marking.papers`), under limits of time and memory; why by
pypdf: docs/decisions/0014-pdf-without-names.md.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import InvalidInput

if TYPE_CHECKING:  # Late: only the child loads it.
    from pypdf.generic import DictionaryObject

CPU_SECONDS = 10
PATIENCE = 30  # seconds on the clock, for a machine that is busy
MEMORY = 1_500_000_000  # bytes of addresses
UNREADABLE = "This PDF is locked, damaged or too involved to be read. Print it into a new PDF and send that."
NAMES_SOMEBODY = ("/Metadata", "/PieceInfo", "/Author", "/Creator", "/Producer", "/LastModified")
RUNS_OR_HIDES = ("/OpenAction", "/AA", "/JavaScript", "/EmbeddedFiles", "/AF", "/XFA", "/Collection")
ACTIONS = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToR", "/GoToE")


def without_names(data: bytes) -> bytes:
    """The PDF written anew. Raises InvalidInput with the remedy for one that cannot be read."""
    command = [sys.executable, "-m", "marking.papers"]
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"}
    try:
        child = subprocess.run(
            command, input=data, capture_output=True, timeout=PATIENCE, check=False, env=environment,
            cwd=Path(__file__).parents[1],
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise InvalidInput(UNREADABLE, "file") from None
    if child.returncode != 0 or not child.stdout:
        raise InvalidInput(UNREADABLE, "file")
    return child.stdout


def strip(data: bytes) -> bytes:
    """What the child does. Raises whatever the library raises for a file that is none of its kind."""
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted:
        raise ValueError("a locked file")
    for found in _dictionaries(reader.root_object):
        _bare(found)
    writer, out = PdfWriter(), BytesIO()
    # The root alone, with all that it leads to: what nothing leads to any more is left behind.
    writer.clone_reader_document_root(reader)
    writer.write(out)
    return out.getvalue()


def _bare(found: "DictionaryObject") -> None:
    for name in (*NAMES_SOMEBODY, *RUNS_OR_HIDES):
        found.pop(name, None)
    if found.get("/Subtype") != "/Widget" and "/Rect" in found:
        found.pop("/T", None)  # a remark names who made it; a form's field has its own name there
    action = found.get("/A")
    if action is not None and action.get_object().get("/S") in ACTIONS:
        found.pop("/A")


def _dictionaries(root: Any) -> Iterator["DictionaryObject"]:
    """All dictionaries that the root leads to, each once, those of streams among them."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    waiting, seen = [root], set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if (found.idnum, found.generation) in seen:
                continue
            seen.add((found.idnum, found.generation))
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            yield found
            waiting += [found.raw_get(name) for name in found]
        elif isinstance(found, ArrayObject):
            waiting += list(list.__iter__(found))


def main() -> None:
    """The child: a PDF in, the PDF out; any failure is a status."""
    with suppress(ValueError, OSError):  # Some systems do not know such a limit.
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    sys.stdout.buffer.write(strip(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
