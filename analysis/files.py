"""Figures as a file for a spreadsheet."""

from collections.abc import Iterable, Sequence

from flask import Response

from core.clock import now
from core.spreadsheet import csv_lines


def file_of(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """A CSV file that is named by what it holds and the day."""
    headers = {"Content-Disposition": f'attachment; filename="{name}-{now():%Y-%m-%d}.csv"'}
    return Response(csv_lines(rows), mimetype="text/csv", headers=headers)
