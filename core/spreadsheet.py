"""Tables as files for a spreadsheet, with cells that are safe to open."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response

from core.clock import now

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def safe_cell(value: object) -> object:
    """A cell that a spreadsheet shows and never computes: text that would begin a formula gets a `'` in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def csv_file(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """The rows as a CSV file to keep, named by what it lists and today."""
    headers = {"Content-Disposition": f'attachment; filename="{name}-{now():%Y-%m-%d}.csv"'}
    return Response(csv_lines(rows), mimetype="text/csv", headers=headers)


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows as lines of a CSV file, each made when it is asked for, with cells that are safe to open."""
    line = io.StringIO()
    writer = csv.writer(line)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()
