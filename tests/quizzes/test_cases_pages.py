"""Cases in a learner's browser: from the first scene to the debrief, and what cannot be done on the way."""

import re

import pytest
from flask import Flask

from core.clock import now
from core.database import transaction
from core.school import change_school
from quizzes.cases import services
from quizzes.models import Quiz
from quizzes.quiz_settings import QuizSettings
from tests import factories
from tests.counting import statements
from tests.crowd import at_once
from tests.quizzes.playing import Player
from tests.quizzes.visiting import words


@pytest.fixture
def player(app: Flask) -> Player:
    """A learner at the first page of a case with four scenes."""
    return Player(app)


# ---- playing


def test_the_first_page_tells_what_a_case_is_and_shows_the_clients_file(player: Player) -> None:
    page = player.read(player.url)

    assert "Ada in a hurry" in page
    assert "Pass mark 75 points of 100" in page
    assert "The file of Ada, a client." in page
    assert "Start case" in page
    assert "quiz" not in page.lower()


def test_a_case_is_played_to_a_pass_choice_by_choice(player: Player) -> None:
    play = player.start()
    assert "She sits down" in player.read(play)

    told = player.choose(play, "Ask what happened")
    assert "Strong choice +20 points, 70 of 100 so far." in told
    assert "It opens the talk." in told
    assert "Trust 60 of 100 60 of 100, up 20" in told
    player.choose(play, "Name what you see")
    debrief = player.read(play)

    assert "Passed, safe and strong." in debrief
    assert "You needed 75 points of 100 and have 95." in debrief
    assert player.path() == [(1, "intake", 0, 70, {"trust": 60}), (2, "history", 0, 95, {"trust": 60})]
    attempt = player.attempt()
    assert (attempt.points, attempt.possible, attempt.percent, attempt.passed) == (95, 100, 95, True)
    assert player.completed()


def test_an_unsafe_act_stops_the_case_and_it_may_be_played_again(player: Player) -> None:
    play = player.start()

    told = player.choose(play, "Peel at once")
    debrief = player.read(play)

    assert "Unsafe act The case stops here, with 0 points. The barrier is damaged." in told
    assert "Stopped at an unsafe act." in debrief
    assert "You chose: Peel at once The barrier is damaged." in debrief
    assert "Red flag Why one stops." in debrief
    assert "Better here: Ask what happened It opens the talk." in debrief
    assert (player.attempt().percent, player.attempt().passed, player.completed()) == (0, False, False)
    assert f'href="{player.url}">Try again</a>' in player.browser.get(play).text
    again = player.start()
    assert again != play
    assert "She sits down" in player.read(again)


def test_a_critical_choice_is_named_at_once_and_in_the_debrief_and_loses_the_pass(player: Player) -> None:
    play = player.start()

    told = player.choose(play, "Stop her own cream")
    player.choose(play, "Go on")
    debrief = player.read(play)

    assert (
        "Critical error 0 points, 50 of 100 so far. The pass is lost in this play; the case goes on." in told
    )
    assert (
        "A critical error loses the pass, whatever the points: you have 60 of 100, and needed 75." in debrief
    )
    assert "It was prescribed." in debrief
    assert player.attempt().passed is False


def test_the_stop_says_what_to_do_in_life(player: Player) -> None:
    play = player.start()
    player.choose(play, "Peel at once")

    stop = player.read(play).partition("Why the case stopped")[2].partition("Red flag")[0]

    assert "In life: stop, stay with the person, and do what stands below ." in stop
    assert "Where somebody may be in danger, or you cannot tell, call your local emergency number." in stop


def test_the_stop_names_the_numbers_of_the_school(player: Player) -> None:
    with transaction():
        change_school({"emergency_number": "112", "crisis_line": "The Line, 116 123"})
    play = player.start()
    player.choose(play, "Peel at once")

    told = player.read(play)

    assert "or you cannot tell, call 112. In a crisis of the mind: The Line, 116 123." in told


def test_the_debrief_tells_how_each_choice_moved_the_states(player: Player) -> None:
    play = player.start()
    player.choose(play, "Sell her a cream")
    player.choose(play, "Go on")

    path = player.read(play).partition("The path you took")[2].partition("The map")[0]

    assert "Weaker choice −10 points, 40 of 100 so far Trust down 40 " in path
    assert path.count("Trust") == 1


REFERRING = (
    factories.CASE.replace("{+20 trust+20}", "{+20 refer trust+20}")
    .replace("{-10 trust-50}", "{-10 refer trust-50}")
    .replace("{+10}", "{+10 refer}")
)


def test_a_referral_is_graded_at_once_and_in_the_debrief(app: Flask) -> None:
    player = Player(app, REFERRING)
    play = player.start()

    told = player.choose(play, "Ask what happened")
    player.choose(play, "Go on")
    part = player.read(play).partition("Referring out")[2].partition("The path you took")[0]

    assert "Strong choice Referred well +20 points, 70 of 100 so far." in told
    assert part == (
        " A referral was called for in 1 scene on your way, and you made it."
        " In 1 scene you referred where something else was called for."
        " She sits down Referred well +20 You chose: Ask what happened"
        " History Referred without need +10 You chose: Go on Better here: Name what you see "
    )


@pytest.mark.parametrize(
    ("choice", "grade", "made"),
    [
        ("Sell her a cream", "Weaker choice Referred, but not the best way", ""),
        ("Stop her own cream", "Critical error Not referred", " in 1 of them"),
    ],
)
def test_a_referral_that_was_poor_or_left_out_is_named(
    app: Flask, choice: str, grade: str, made: str
) -> None:
    player = Player(app, REFERRING)
    play = player.start()

    told = player.choose(play, choice)

    assert grade in told
    player.choose(play, "Go on")
    debrief = player.read(play)
    assert f"A referral was called for in 2 scenes on your way, and you made it{made}." in debrief
    assert "Better here: Ask what happened" in debrief.partition("Referring out")[2].partition("The path")[0]


def test_a_case_without_a_referral_says_nothing_of_it(player: Player) -> None:
    play = player.start()
    player.choose(play, "Ask what happened")
    player.choose(play, "Go on")

    assert "eferr" not in player.read(play)


def test_points_enough_with_a_critical_choice_are_no_pass(app: Flask) -> None:
    player = Player(app, pass_mark=55)
    play = player.start()

    player.choose(play, "Stop her own cream")
    player.choose(play, "Go on")

    assert (player.attempt().percent, player.attempt().passed) == (60, False)
    assert "Not passed yet." in player.read(play)


def test_a_choice_whose_needs_are_unmet_is_not_shown(player: Player) -> None:
    play = player.start()
    player.choose(play, "Sell her a cream")

    page = player.read(play)

    assert "Go on" in page
    assert "Name what you see" not in page


def test_the_debrief_draws_the_way_taken_and_the_better_one(player: Player) -> None:
    play = player.start()
    player.choose(play, "Sell her a cream")
    player.choose(play, "Go on")

    page = player.browser.get(play).text
    debrief = words(page)

    assert '<svg class="case-map"' in page
    assert (
        "Your path: She sits down (−10), History (+10), Plan. "
        "The better path: She sits down (+20), History (+25), Plan."
    ) in debrief
    assert "The better path in words: 95 of 100" in debrief
    assert "Weaker choice −10 points, 40 of 100 so far" in debrief
    assert "style=" not in page


def test_an_earlier_scene_is_read_again_and_its_choice_stays(player: Player) -> None:
    play = player.start()
    player.choose(play, "Ask what happened")

    page = player.browser.get(f"{play}?step=1").text

    assert "Ask what happened Your choice" in words(page)
    assert "<form" not in page.partition("<main")[2].partition("</main")[0]
    assert "She tells." in player.read(f"{play}?step=2")  # the scene that waits
    assert "She tells." in player.read(f"{play}?step=99")


def test_names_and_order_of_choices_tell_nothing_of_the_authors_order(player: Player) -> None:
    orders = set()
    for number in range(12):
        shown = services.tokens(f"attempt-{number}", 1, range(4))
        orders.add(tuple(shown.values()))
        assert all(re.fullmatch(r"[0-9a-f]{12}", token) for token in shown)

    assert len(orders) > 3


# ---- twice, late, elsewhere


def test_the_same_choice_sent_twice_is_made_once(player: Player) -> None:
    play = player.start()
    form = player.form(play, "Ask what happened")

    answers = [factories.post(player.browser, f"{play}/choose", form) for _ in range(2)]

    assert [answer.location for answer in answers] == [f"{play}?step=1#outcome"] * 2
    assert len(player.path()) == 1


def test_another_choice_from_a_stale_form_is_refused_politely(player: Player) -> None:
    play = player.start()
    stale = player.form(play, "Peel at once")
    player.choose(play, "Ask what happened")

    answer = factories.post(player.browser, f"{play}/choose", stale)

    assert answer.location == play
    assert "You chose already in that scene, and your first choice stands." in player.read(play)
    assert [step[1:3] for step in player.path()] == [("intake", 0)]


@pytest.mark.parametrize(
    "form",
    [
        {}, {"position": "1"}, {"position": "1", "choice": "0"}, {"position": "7", "choice": "x"},
        {"position": "0", "choice": "x"}, {"position": "-1", "choice": "x"}, {"position": "²", "choice": "x"},
    ],
)  # fmt: skip
def test_a_form_that_says_nothing_of_use_changes_nothing(player: Player, form: dict[str, str]) -> None:
    play = player.start()

    answer = factories.post(player.browser, f"{play}/choose", form)

    assert (answer.status_code, answer.location) == (303, play)
    assert player.path() == []


def test_a_closed_choice_cannot_be_sent_either(player: Player) -> None:
    play = player.start()
    player.choose(play, "Sell her a cream")
    closed = services.tokens(play.rpartition("/")[2], 2, [0])

    factories.post(player.browser, f"{play}/choose", {"position": "2", "choice": next(iter(closed))})

    assert len(player.path()) == 1


def test_after_the_end_nothing_is_chosen(player: Player) -> None:
    play = player.start()
    form = player.form(play, "Ask what happened")
    player.choose(play, "Peel at once")

    factories.post(player.browser, f"{play}/choose", {**form, "position": "2"})

    assert "This attempt is submitted." in player.read(play)
    assert len(player.path()) == 1
    assert player.attempt().percent == 0


def test_two_tabs_at_once_make_one_choice(player: Player) -> None:
    play = player.start()
    forms = [player.form(play, choice) for choice in ("Ask what happened", "Sell her a cream")] * 3

    def choose(number: int) -> str:
        with transaction():
            services.choose(player.user.id, play.rpartition("/")[2], 1, forms[number]["choice"])
        return "made"

    answers = at_once(player.app, len(forms), choose)

    assert sorted(str(answer) for answer in answers) == [services.CHOSEN_ALREADY] * 3 + ["made"] * 3

    assert len(player.path()) == 1


def test_a_new_text_changes_nothing_under_an_open_play(player: Player) -> None:
    play = player.start()
    settings = QuizSettings.from_json(player.quiz.settings)
    with transaction() as session:
        quiz = session.get_one(Quiz, player.quiz.id)
        factories.publish_case(
            quiz,
            factories.CASE.replace("Peel at once", "Peel later").replace("+20 trust", "+1 trust"),
            settings,
        )

    assert "Peel at once" in player.read(play)
    player.choose(play, "Ask what happened")
    assert player.path()[0][3] == 70
    player.choose(play, "Name what you see")
    again = player.start()
    assert "Peel later" in player.read(again)


def test_a_choice_made_after_the_sign_in_ended_is_kept_and_made_later(app: Flask, player: Player) -> None:
    play = player.start()
    form = player.form(play, "Ask what happened")
    visitor = app.test_client()

    answer = visitor.post(f"{play}/choose", data=form)
    address = answer.location.partition("next=")[2].replace("%2F", "/")
    page = player.read(address)
    sent = factories.post(player.browser, address)

    assert answer.location.startswith("/login?next=")
    assert "You chose after your sign-in had ended." in page
    assert "She sits down Ask what happened" in page
    assert sent.location == f"{play}?step=1#outcome"
    assert [step[1:3] for step in player.path()] == [("intake", 0)]


# ---- who, and how often


def test_a_play_of_somebody_else_is_not_found(app: Flask, player: Player) -> None:
    play = player.start()
    stranger = factories.make_user()
    factories.enroll(stranger, player.course)
    other = factories.sign_in(app.test_client(), stranger)

    answers = [other.get(play), factories.post(other, f"{play}/choose", player.form(play, "Peel at once"))]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert player.path() == []


def test_plays_are_counted_as_attempts(app: Flask) -> None:
    player = Player(app, attempts=1)
    play = player.start()
    assert player.start() == play

    player.choose(play, "Peel at once")

    assert factories.post(player.browser, f"{player.url}/start").status_code == 409
    assert "The one attempt at this case is used." in player.read(player.url)
    assert "Try again" not in player.read(play)
    assert "0 of 100" in player.read(player.url)


def test_a_case_is_neither_handed_in_nor_answered_like_a_quiz(player: Player) -> None:
    play = player.start()

    assert factories.post(player.browser, f"{play}/submit").status_code == 409
    assert factories.post(player.browser, play, {"item1": "1"}).status_code == 404
    assert player.browser.get(f"{play}/review").location == play
    assert player.attempt().submitted_at is None


def test_a_case_taken_out_of_the_course_waits(player: Player) -> None:
    from courses.models import Course, Step

    play = player.start()
    form = player.form(play, "Peel at once")
    with transaction() as session:
        session.get_one(Step, player.step.id).retired_at = now()
        session.get_one(Course, player.course.id).version += 1

    assert player.browser.get(play).status_code == 409
    assert factories.post(player.browser, f"{play}/choose", form).status_code == 409
    assert player.path() == []


def test_a_certificate_says_what_passing_a_case_took(player: Player) -> None:
    lessons = factories.steps_of(player.course)
    factories.complete(player.user, lessons[0], lessons[2])
    play = player.start()

    player.choose(play, "Ask what happened")
    player.choose(play, "Name what you see")

    address = re.search(r'href="(/certificates/\w+)"', player.browser.get(play).text)
    assert address
    page = player.read(address[1])
    assert (
        "Assessed by 1 case, passed at 75 of 100 points or more, with no unsafe act and no critical error."
        in page
    )
    assert "Ada in a hurry : a branching client case, pass mark 75 of 100 points" in page


def test_the_course_and_the_dashboard_call_it_a_case(player: Player) -> None:
    factories.complete(player.user, factories.steps_of(player.course)[0])

    assert "Case: Step 2" in player.read(f"/learn/{player.course.slug}")
    assert "Case. About 10 minutes." in player.read("/dashboard")


def test_a_scene_costs_few_statements(player: Player) -> None:
    play = player.start()
    player.choose(play, "Ask what happened")
    player.read(play)

    with statements() as sent:
        player.read(play)

    assert len(sent) <= 4, sent
