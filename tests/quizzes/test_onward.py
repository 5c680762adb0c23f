"""Where a learner is led who has passed, who has not and must wait, and who has no attempt left."""

from flask import Flask

from tests import factories
from tests.quizzes.playing import Player
from tests.quizzes.visiting import Visitor, words


def test_who_failed_and_must_wait_is_led_to_the_page_that_says_how_long(app: Flask) -> None:
    visitor = Visitor(app, attempts=3, cool_down=24)

    result = visitor.submit(visitor.start())

    assert f'href="{visitor.url}">See how to go on</a>' in result
    assert "Come back from" in words(visitor.browser.get(visitor.url).text)


def test_a_case_that_may_not_be_played_again_yet_says_so_and_leads_on(app: Flask) -> None:
    player = Player(app, attempts=3, cool_down=24)
    play = player.start()
    player.choose(play, "Peel at once")

    debrief = player.browser.get(play).text

    assert "No attempt is left" not in debrief
    assert f'href="{player.url}">See how to go on</a>' in debrief


def test_who_has_no_play_left_may_ask_for_another(app: Flask) -> None:
    player = Player(app, attempts=1)
    player.choose(player.start(), "Peel at once")

    assert "Ask for another attempt" in player.browser.get(player.url).text
    factories.post(player.browser, f"{player.url}/ask", {"reason": "The line was bad."})

    assert "You asked for another attempt." in player.browser.get(player.url).text


def test_a_quiz_that_is_passed_says_so_before_it_offers_another_attempt(app: Flask) -> None:
    visitor = Visitor(app)
    assert "You have passed." not in visitor.browser.get(visitor.url).text
    attempt = visitor.start()
    visitor.answer_all(attempt)
    visitor.submit(attempt)

    assert "You have passed. That stays" in words(visitor.browser.get(visitor.url).text)


def test_a_baseline_is_no_pass_and_no_exam(app: Flask) -> None:
    visitor = Visitor(app, pass_mark=0, attempts=1, feedback="never", baseline="the-quiz-after")

    result = words(visitor.submit(visitor.start()))

    assert "Your starting point." in result
    assert "the module explains them" in result
    assert "You needed 0 percent" not in result
    assert "exam" not in result
