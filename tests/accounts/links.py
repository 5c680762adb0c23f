"""Links in mails."""

import re
from urllib.parse import urlsplit


def link_in(mail: object) -> str:
    """The path of the link in a mail."""
    found = re.search(r"https?://\S+/(?:confirm|reset|login|account)\S*", mail.text)  # type: ignore[attr-defined]
    assert found, mail.text  # type: ignore[attr-defined]
    parts = urlsplit(found.group(0))
    return parts.path + (f"?{parts.query}" if parts.query else "")
