"""The page on the editorial standard states the limits that the rules hold."""

from pathlib import Path

from publishing.standards import cases, citing, cues, figures, lessons, wording
from publishing.standards.guessing import STRATEGIES

PAGE = (Path(__file__).parents[3] / "docs" / "editorial-standard.md").read_text(encoding="utf-8")


def test_every_limit_is_stated():
    for limit in (
        f"{lessons.SUMMARY_WORDS[0]} to {lessons.SUMMARY_WORDS[1]} words",
        f"{lessons.WORDS[0]:,} to {lessons.WORDS[1]:,} words",
        f"grade {lessons.GRADES[0]:.0f} to {lessons.GRADES[1]:.0f}",
        f"{citing.LONGEST_LEAD} words at most",
        f"{figures.SHORTEST_ALT} characters",
        f"more than {cues.MOST_GAIN:.0f} percentage points",
        f"fewer than {cues.FEWEST_ITEMS} items",
        f"{cases.LEAST_SCENES} scenes besides the ends",
        f"at least {cases.LEAST_ADVICE} words",
    ):
        assert limit in PAGE, limit


def test_every_guesser_and_every_column_is_named():
    for name in (*STRATEGIES, *wording.LEFT_COLUMNS):
        assert name.lower() in PAGE.lower(), name
