"""Real files of other programs. They are not ours to pass on, so they stand beside the repository, if at all."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("REAL_FILES", ROOT.parent / "shared" / "fixtures"))


def fixture_text(name: str) -> str:
    """A file's text; the test is skipped, and says so, where it is not there."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{path} is not there: set REAL_FILES to the folder of real files")
    return path.read_text()
