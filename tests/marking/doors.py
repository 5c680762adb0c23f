"""What authors and markers do through their doors."""

import re
from io import BytesIO

from flask.testing import FlaskClient

from tests import factories
from tests.quizzes.visiting import words


def field_of(page: str) -> str:
    found = re.search(r'<textarea[^>]* name="([^"]+)"', page)
    assert found
    return found[1]


def bring(client: FlaskClient, attempt: str, name: str, data: bytes, position: int = 1) -> str:
    fields = {"position": str(position), "file": (BytesIO(data), name)}
    answer = factories.post(client, f"/attempts/{attempt}/files", fields, content_type="multipart/form-data")
    assert answer.status_code == 303
    return words(client.get(answer.location).text)


def mark(client: FlaskClient, attempt: str, levels: list[int], go: str, text: str = "") -> str:
    fields = {f"l1-{place}": str(level) for place, level in enumerate(levels)}
    answer = factories.post(client, f"/studio/marking/{attempt}/mark", {**fields, "words": text, "go": go})
    return words(client.get(answer.location).text)
