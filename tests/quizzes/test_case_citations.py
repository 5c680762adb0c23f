"""Sources on the pages of a case: each mark has its entry, each entry its mark, and nothing is told before its time."""

import re

import pytest
from flask import Flask

from core.database import transaction
from core.markup import render_lesson
from courses.models import Course
from quizzes.cases.marks import Mark, pieces, quiet
from sources.models import Source
from tests import factories
from tests.quizzes.playing import Player
from tests.quizzes.visiting import words

TITLES = {
    "opens": "On opening",
    "sells": "On selling",
    "tells": "On telling",
    "names": "On naming",
    "ended": "On ending",
}
CASE = (
    factories.CASE.replace("It opens the talk.", "It opens the talk [@opens early]; often.")
    .replace("Nothing is known yet.", "Little is known [@sells; @opens moderate].")
    .replace("She tells.", "She tells of a review [@tells].")
    .replace("{+25 needs trust>=50}", "{+25 needs trust>=50}\n  : It was named [@names].")
    .replace("It ended well.", "It ended well [@ended strong].")
)


@pytest.fixture
def player(app: Flask) -> Player:
    """A learner in a case that cites, with a bibliography."""
    blank = {"kind": "article", "authors": "", "published_in": "", "year": "", "url": "", "limit": "the rest"}
    with transaction() as session:
        for key, title in TITLES.items():
            session.add(
                Source(key=key, title=title, doi=f"10.1/{key}", design=f"Cohort, 5 of {key}", **blank)
            )
    return Player(app, CASE)


def main_of(player: Player, address: str) -> str:
    return player.browser.get(address).text.partition("<main")[2].partition("</main")[0]


def cited(page: str) -> list[str]:
    """The titles that the page lists, in order; every mark leads to an entry, and every entry has a mark."""
    numbers = set(re.findall(r'href="#ref-(\d+)"', page))
    assert numbers == set(re.findall(r'id="ref-(\d+)"', page)), page
    return re.findall(r'<li id="ref-\d+"><span>(On \w+)', page)


# ---- marks and lists


def test_a_scene_that_cites_nothing_lists_nothing(player: Player) -> None:
    page = main_of(player, player.start())

    assert cited(page) == []
    assert "Sources" not in page
    assert not [title for title in TITLES.values() if title in page]


def test_an_outcome_lists_what_it_and_the_other_choices_cite_and_nothing_of_later_scenes(
    player: Player,
) -> None:
    play = player.start()
    player.choose(play, "Sell her a cream")

    page = main_of(player, f"{play}?step=1")

    assert cited(page) == ["On selling", "On opening"]
    told = words(page)
    assert "Little is known 1 , 2 moderate ." in told
    assert "It opens the talk 2 early ; often." in told
    assert "On opening. doi:10.1/opens Cohort, 5 of opens. Does not show: the rest" in told
    entry = words(page.partition('id="ref-2"')[2].partition("</li>")[0])
    assert entry.endswith("Certainty: moderate Certainty: early"), entry
    folded = page.partition("<details")[0]
    assert 'id="ref-' not in folded


def test_a_scene_that_waits_lists_what_it_cites_with_the_kind_of_study(player: Player) -> None:
    play = player.start()
    player.choose(play, "Ask what happened")

    page = main_of(player, play)

    assert cited(page) == ["On telling"]
    assert "She tells of a review 1 Cohort ." in words(page)
    assert 'aria-label="Source 1, Cohort"' in page


def test_the_debrief_lists_what_the_way_the_better_choices_and_the_end_cite(player: Player) -> None:
    play = player.start()
    player.choose(play, "Sell her a cream")
    player.choose(play, "Go on")

    page = main_of(player, play)

    assert cited(page) == ["On ending", "On selling", "On opening"]
    told = words(page)
    assert "It ended well 1 strong ." in told
    assert "Better here: Ask what happened It opens the talk 3 early ; often." in told


def test_a_source_that_was_mended_is_shown_mended(player: Player) -> None:
    play = player.start()
    player.choose(play, "Ask what happened")
    assert "On telling" in player.read(play)
    with transaction() as session:
        session.query(Source).filter_by(key="tells").update({"title": "On telling again"})
        session.get_one(Course, player.course.id).version += 1

    assert "On telling again" in player.read(play)


def test_a_source_that_nobody_knows_leaves_the_word_of_certainty(app: Flask) -> None:
    player = Player(app, CASE)
    play = player.start()

    told = player.choose(play, "Ask what happened")

    assert "It opens the talk certainty: early ; often." in told
    assert cited(main_of(player, f"{play}?step=1")) == []


def test_marks_stand_where_the_text_cites() -> None:
    text = "So [@b; @a] and so [@a early]."
    html = str(render_lesson(text, "case.md").html)

    found = pieces(text, html)

    assert [part for part in found if isinstance(part, Mark)] == [Mark(("b", "a"), ""), Mark(("a",), "early")]
    assert quiet(text, html) == "<p>So and so.</p>"


# ---- points, the path, an end that is no pass


def test_the_first_scene_tells_the_points_one_starts_with(player: Player) -> None:
    start = player.read(player.url)
    play = player.start()

    assert "You start with 50 points of 100; choices move them up and down." in start
    assert "You start with 50 points of 100. To pass you need 75 at the end." in player.read(play)
    player.choose(play, "Ask what happened")
    assert "70 of 100 points so far. To pass you need 75 at the end." in player.read(play)


def test_a_scene_after_a_critical_error_promises_no_pass(player: Player) -> None:
    play = player.start()

    player.choose(play, "Stop her own cream")

    told = player.read(play)
    assert "50 of 100 points so far. A critical error has lost the pass in this play." in told


def test_the_path_does_not_name_the_next_scene_before_one_goes_on(player: Player) -> None:
    play = player.start()
    outcome = player.choose(play, "Ask what happened")
    again = player.read(f"{play}?step=1")
    path = outcome.partition("Your path")[2]

    assert path.startswith(" She sits down Not yet known")
    assert "History" not in outcome + again
    assert "Your path She sits down History Not yet known" in player.read(play)


def test_the_end_of_a_play_with_a_critical_error_says_that_and_links_the_choice(player: Player) -> None:
    play = player.start()
    player.choose(play, "Stop her own cream")
    player.choose(play, "Go on")

    page = main_of(player, play)
    end = page.partition('aria-labelledby="end"')[2].partition("</section>")[0]

    told = words("<p " + end)
    assert "How the story ended The case is not passed. This choice loses the pass" in told
    assert "She sits down : Stop her own cream" in told
    assert f'href="{play}?step=1#outcome"' in end
    assert told.index("not passed") < told.index("Plan") < told.index("It ended well")


def test_the_end_of_a_play_below_the_pass_says_which_points_were_needed(player: Player) -> None:
    play = player.start()
    player.choose(play, "Sell her a cream")
    player.choose(play, "Go on")

    told = player.read(play)

    assert (
        "How the story ended The case is not passed. You needed 75 points of 100 and have 50. The text"
        in told
    )


def test_the_end_of_a_pass_needs_no_such_words(player: Player) -> None:
    play = player.start()
    player.choose(play, "Ask what happened")
    player.choose(play, "Name what you see")

    told = player.read(play)

    assert "not passed" not in told
    assert "How the story ended" not in told


def test_where_one_has_read_the_debrief_one_may_try_again(player: Player) -> None:
    play = player.start()
    player.choose(play, "Peel at once")

    page = main_of(player, play)

    again = f'href="{player.url}">Try again</a>'
    assert page.count(again) == 2
    assert page.rindex(again) > page.index('id="way"')
