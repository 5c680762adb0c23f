"""What is shipped is held to the school's own standard: the check with --strict finds nothing."""

from pathlib import Path

from studio.services import proofread, read_folder
from studio.standards.house import advice

CONTENT = Path(__file__).parents[3] / "content"


def test_the_shipped_content_keeps_the_editorial_standard():
    points = advice(proofread(read_folder(CONTENT)).manuscript)
    assert [str(point) for point in points] == []
