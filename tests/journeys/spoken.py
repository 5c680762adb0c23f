"""What a screen reader is given, compared with what was read and found good: the snapshots.

`UPDATE_SNAPSHOTS=1` writes them anew: read the difference line by line, as it would be spoken, before it is committed.
"""

import os
import re
from pathlib import Path

SNAPSHOTS = Path(__file__).parent / "snapshots"


def compare(name: str, snapshot: str) -> None:
    """Compare with what was read and found good, but for what each run makes new."""
    seen = _without_chance(snapshot) + "\n"
    file = SNAPSHOTS / f"{name}.aria.yml"
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        file.write_text(seen)
    assert seen == file.read_text()


def _without_chance(snapshot: str) -> str:
    """Addresses, numbers and days that differ from run to run, by their kind."""
    marks = {
        r"(?<=/attempts/)\w{26}": "ATTEMPT",
        r"(?<=/certificates/)[0-9A-Z]{20}": "CERTIFICATE",
        r"\b[0-9A-Z]{4}(-[0-9A-Z]{4}){4}\b": "NUMBER",
        r"\b\d{1,2} [A-Z][a-z]+ 20\d\d\b": "DAY",
        r"Returns (tomorrow|on [A-Za-z0-9 ]+)|Waits in your reviews": "RETURNS",
        r"http://127\.0\.0\.1:\d+": "SCHOOL",
    }
    for pattern, mark in marks.items():
        snapshot = re.sub(pattern, mark, snapshot)
    return snapshot


def in_one_order(snapshot: str) -> str:
    """A question's place and the order of its options are drawn for each attempt; here they stand in one order."""
    numbered = re.sub(r"Question \d+ of", "Question N of", snapshot)
    # The first question has no way back and the last leads to the end: the ways on are not compared.
    numbered = re.sub(r'(?m)^  - button "(Back|Next|Submit answers)"\n', "", numbered)
    numbered = re.sub(r'(?m)^    - paragraph:\n      - button "Submit answers"\n', "", numbered)
    lines = re.sub(
        r"(?m)^(\s*- radio .*)\n\s*- text: .*", r"\1", numbered
    ).splitlines()  # the label, once more
    options = sorted(line for line in lines if re.match(r"\s*- radio ", line))
    return "\n".join(options.pop(0) if re.match(r"\s*- radio ", line) else line for line in lines)
