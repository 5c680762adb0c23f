"""The admin's pure rules."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin import rules
from core import spreadsheet


@pytest.mark.parametrize("opening", ["=", "+", "-", "@", "\t", "\r", "\0"])
def test_a_cell_that_would_begin_a_formula_gets_a_quote_in_front(opening: str) -> None:
    cell = f'{opening}HYPERLINK("http://evil.example")'

    assert spreadsheet.safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("value", ["Ada", "a=b", "", "1 + 1", -3, 42, None])
def test_other_cells_stay_as_they_are(value: object) -> None:
    assert spreadsheet.safe_cell(value) == value


@pytest.mark.parametrize(
    ("zone", "over"),
    [
        ("UTC", datetime(2026, 11, 22, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 11, 21, 23, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 11, 22, 8, tzinfo=UTC)),
    ],
)
def test_a_day_is_over_at_its_midnight_in_the_zone(zone: str, over: datetime) -> None:
    assert rules.end_of_day(date(2026, 11, 21), zone) == over


@given(st.lists(st.lists(st.text(), min_size=1)))
def test_no_cell_of_an_export_begins_a_formula(table: list[list[str]]) -> None:
    lines = "".join(spreadsheet.csv_lines(table))

    cells = [cell for row in csv.reader(io.StringIO(lines, newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\0"))] == []


def test_an_export_is_made_line_by_line() -> None:
    asked: list[int] = []
    rows = (asked.append(n) or ("row", n) for n in range(3))

    lines = spreadsheet.csv_lines(rows)

    assert next(lines) == "row,0\r\n"
    assert asked == [0]


@pytest.mark.parametrize(
    ("wanted", "total", "number", "first", "last"),
    [
        (1, 0, 1, 0, 0), (1, 25, 1, 1, 25), (2, 26, 2, 26, 26),
        (9, 26, 2, 26, 26), (0, 26, 1, 1, 25), (-4, 26, 1, 1, 25),
    ],
)  # fmt: skip
def test_the_page_is_the_nearest_that_there_is(
    wanted: int, total: int, number: int, first: int, last: int
) -> None:
    page = rules.page_of(wanted, total)

    assert (page.number, page.first, page.last) == (number, first, last)


def test_only_what_is_different_counts_as_changed() -> None:
    changed = rules.changes(
        {"name": "Old", "currency": "USD", "version": 3}, {"name": "New", "currency": "USD"}
    )

    assert changed == {"name": ["Old", "New"]}


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_bars_stay_within_the_drawing_and_in_proportion(values: list[int]) -> None:
    chart = rules.bar_chart([("week", value) for value in values])

    assert all(0 <= bar.height <= 190 and bar.y + bar.height == 210 for bar in chart.bars)
    heights = [bar.height for bar in chart.bars]
    assert all(height == 0 for height, value in zip(heights, values, strict=True) if value == 0)
    assert heights[values.index(max(values))] == max(heights)


@pytest.mark.parametrize(("highest", "top"), [(0, 4), (4, 4), (5, 8), (31, 40), (41, 80), (160, 200)])
def test_the_scale_ends_at_a_round_number(highest: int, top: int) -> None:
    assert rules.bar_chart([("week", highest)]).lines[-1].words == str(top)


def test_many_bars_have_no_words_and_fewer_labels() -> None:
    bars = rules.bar_chart([(f"{n} Nov", 5) for n in range(1, 31)]).bars

    assert [bar.label for bar in bars if bar.label][:2] == ["1 Nov", "4 Nov"]
    assert not any(bar.words for bar in bars)


@pytest.mark.parametrize(
    ("number", "words"),
    [("0", "0"), ("489.50", "490"), ("950", "950"), ("1500", "1.5k"), ("20000", "20k"), ("3000000", "3M")],
)
def test_a_scale_is_labelled_in_few_signs(number: str, words: str) -> None:
    assert rules.compact(Decimal(number)) == words


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=1), "1 second"), (timedelta(0), "0 seconds"), (timedelta(seconds=-2), "0 seconds"),
        (timedelta(seconds=119), "1 minute"), (timedelta(hours=5), "5 hours"), (timedelta(days=3), "3 days"),
    ],
)  # fmt: skip
def test_an_age_is_told_in_its_largest_unit(age: timedelta, words: str) -> None:
    assert rules.age_in_words(age) == words


def test_links_in_a_mail_lose_their_keys_and_nothing_else() -> None:
    key = "WyJhYmMiLDEyM10.aR_x-9" + "Z" * 30
    text = f"Open https://school.example/reset/{key}\nor /courses/holistic-dermatology-certification"

    shown = rules.without_keys(text)

    assert (
        shown == "Open https://school.example/reset/[hidden]\nor /courses/holistic-dermatology-certification"
    )
