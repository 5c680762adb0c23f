"""Whatever is posted to a play of a case: the play stands, no scene is skipped, nothing closed is shown or made."""

import re
from collections.abc import Sequence

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.database import db
from quizzes.cases import services
from quizzes.cases.play import Play, replay
from quizzes.cases.reads import edition
from quizzes.models import Attempt, CasePlay, CaseStep
from tests import factories
from tests.quizzes.playing import Player

# A loop that moves a state, scores far beyond 100 and below 0, a choice that opens late, and both ends.
CASE = """The file.

## door

- [Knock](#hall) {+90 trust+30}
- [Shout](#hall) {-200 trust-90}
- [Break in](#stop) {unsafe}

## hall

- [Wait](#hall) {+40 trust+25}
- [Go round](#door) {trust-10}
- [Ask to come in](#room) {+5 needs trust>=80}
- [Push](#room) {-30 critical}

## room

- [Sit down](#end) {+9 refer}
- [Lie down](#end) {-150 needs trust<30}

## end {end}
The end.

## stop {end}
Why one stops.
"""
Made = tuple[int, str, int, int]
words = st.one_of(
    st.text(max_size=20), st.sampled_from(["", "0", "-1", "1e3", "²", "99999999999999", "\x00", "1 OR 1"])
)
posts = st.one_of(
    st.tuples(st.just("shown"), st.integers(0, 3)),
    st.tuples(st.just("shown"), st.integers(0, 3)),  # twice as often, so that plays come far
    st.tuples(st.just("any"), st.integers(0, 4)),
    st.tuples(st.just("foreign"), st.integers(0, 3)),
    st.tuples(st.just("ahead"), st.integers(0, 3)),
    st.tuples(st.just("replayed"), st.integers(0, 9)),
    st.tuples(st.just("garbage"), st.tuples(words, words)),
)


class Stranger:
    """A browser that sends what it likes to one play."""

    def __init__(self, player: Player) -> None:
        self.player, self.sent = player, list[dict[str, str]]()
        user = factories.make_user()
        factories.enroll(user, player.course)
        self.browser = factories.sign_in(player.app.test_client(), user)
        self.url = str(factories.post(self.browser, f"{player.url}/start").location)
        self.attempt_id = self.url.rpartition("/")[2]

    def form(self, how: str, what: object) -> dict[str, str]:
        position = len(self.made()) + 1
        shown = self.shown()
        tokens = services.tokens(self.attempt_id, position, range(5))
        if how == "shown" and shown:
            return {"position": str(position), "choice": shown[int(str(what)) % len(shown)]}
        if how == "ahead" and shown:
            return {"position": str(position + 1), "choice": shown[int(str(what)) % len(shown)]}
        if how == "foreign":
            tokens = services.tokens("01ANOTHERPLAY", position, range(5))
        if how == "replayed" and self.sent:
            return self.sent[int(str(what)) % len(self.sent)]
        if how == "garbage":
            place, token = what if isinstance(what, tuple) else ("", "")
            return {"position": place, "choice": token}
        named = {index: token for token, index in tokens.items()}
        return {"position": str(position), "choice": named[int(str(what)) % 5]}

    def post(self, how: str, what: object) -> int:
        form = self.form(how, what)
        self.sent.append(form)
        return int(factories.post(self.browser, f"{self.url}/choose", form).status_code)

    def shown(self) -> list[str]:
        """The names of the choices that the page offers now."""
        page = self.browser.get(self.url)
        assert page.status_code == 200
        return re.findall(r'name="choice" value="([0-9a-f]+)"', page.text)

    def made(self) -> list[Made]:
        """The path as stored."""
        db.session.rollback()
        steps = select(CaseStep).filter_by(attempt_id=self.attempt_id).order_by(CaseStep.position)
        return [(step.position, step.scene, step.choice, step.score) for step in db.session.scalars(steps)]

    def played(self, made: Sequence[Made]) -> Play:
        """The play from its beginning, by the rules alone; each choice must have been open where it was made."""
        play = Play(edition(db.session.get_one(CasePlay, self.attempt_id).revision_id).case)
        for position, scene, choice, score in made:
            assert play.scene is not None
            assert (position, scene) == (len(play.turns) + 1, play.scene.id)
            assert choice in play.offered
            play = play.choose(choice)
            assert play.score == score
        return play


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(posts, min_size=1, max_size=8))
def test_whatever_is_posted_the_path_is_one_that_the_case_allows(
    app: Flask, sent: list[tuple[str, object]]
) -> None:
    stranger = Stranger(_player(app))
    before: list[Made] = []
    for how, what in sent:
        assert stranger.post(how, what) == 303
        made = stranger.made()
        assert made[: len(before)] == before  # what was chosen stays
        assert len(made) - len(before) in (0, 1)
        play = stranger.played(made)
        assert _choices_named(stranger, play) == set(play.offered)
        attempt = db.session.get_one(Attempt, stranger.attempt_id)
        assert (attempt.percent is not None) == play.is_over
        assert play.is_over == (attempt.submitted_at is not None)
        if attempt.percent is not None:
            assert (attempt.percent, attempt.passed) == (play.points, play.passed)
            assert 0 <= attempt.percent <= 100
        before = made
    again = replay(play.case, [choice for _, _, choice, _ in before])
    assert (again.points, again.states) == (play.points, play.states)


def _choices_named(stranger: Stranger, play: Play) -> set[int]:
    """The numbers of the choices that the page shows."""
    named = services.tokens(stranger.attempt_id, len(play.turns) + 1, range(5))
    return {named[token] for token in stranger.shown()}


_players: dict[int, Player] = {}


def _player(app: Flask) -> Player:
    """One course for all examples of a test; each has a learner of its own."""
    if id(app) not in _players:
        _players.clear()
        _players[id(app)] = Player(app, CASE, state=(("trust", 40),))
    return _players[id(app)]
