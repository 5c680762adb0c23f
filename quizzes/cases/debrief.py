"""The debrief of a play: how it ended, what was unsafe or critical, the way taken and the better one."""

from collections import Counter
from dataclasses import dataclass, replace

from markupsafe import Markup

from core.web import Reader
from courses.services import OutlineStep
from progress.access import Visit
from quizzes import pages, services
from quizzes.cases.case import MOST
from quizzes.cases.citations import Notes
from quizzes.cases.map import Stop, draw
from quizzes.cases.pages import Gauge, ShownTurn, gauges, points_in_words, show_turn
from quizzes.cases.play import Effect, Ending, Play, Referral, Turn
from quizzes.cases.reads import Edition
from quizzes.eligibility import eligibility
from quizzes.reads import AttemptHead
from quizzes.words import ordinal
from sources.services import CitedSource

HEADLINES = {
    Ending.STRONG: "Passed, safe and strong.",
    Ending.SAFE: "Passed, and safe.",
    Ending.REVIEW: "Not passed yet.",
    Ending.UNSAFE: "Stopped at an unsafe act.",
}


@dataclass(frozen=True)
class BetterStep:
    """One choice of the better way."""

    scene: str
    choice: Markup
    points: str


@dataclass(frozen=True)
class DebriefPage:
    """A play that is over. `stop` is the unsafe act; `referrals` are the choices that made a referral or left
    one out; `better` is empty where the way taken scores as much."""

    title: str
    kicker: str
    headline: str
    lede: str
    points: int
    passed: bool
    may_retry: bool
    start_url: str  # empty where the step was taken out
    course_url: str
    following: OutlineStep | None
    certificate_url: str
    stop: ShownTurn | None
    critical: tuple[ShownTurn, ...]
    referrals: tuple[ShownTurn, ...]
    referrals_words: str
    pass_mark: int
    end_title: str
    end_text: Markup
    gauges: tuple[Gauge, ...]
    turns: tuple[ShownTurn, ...]
    better: tuple[BetterStep, ...]
    better_points: int
    map: Markup
    sources: tuple[CitedSource, ...]


def debrief_page(head: AttemptHead, here: Visit, reader: Reader, notes: Notes, play: Play) -> DebriefPage:
    """The debrief for one reader."""
    decision = eligibility(reader.user_id, services.find_quiz(here.step.body), here.step.id).decision
    edition = notes.edition
    better = _better(edition, play)
    critical = tuple(
        show_turn(head.url, notes, number, turn)
        for number, turn in enumerate(play.turns, 1)
        if turn.effect == Effect.CRITICAL
    )
    stop = show_turn(head.url, notes, len(play.turns), play.unsafe) if play.unsafe else None
    end_text = notes.scene(play.scene)
    turns = tuple(_told(head.url, notes, number, turn) for number, turn in enumerate(play.turns, 1))
    return DebriefPage(
        title=head.title,
        kicker=f"{pages.kicker(here)}, {ordinal(head.number)} attempt",
        headline=HEADLINES[play.ending or Ending.REVIEW],
        lede=_lede(head, play) + pages.taken_out(here),
        points=play.points,
        passed=play.passed,
        may_retry=decision.may and not here.step.is_taken_out,
        start_url="" if here.step.is_taken_out else here.step.url,
        course_url=f"/learn/{here.outline.slug}",
        following=here.outline.neighbours(here.step)[1],
        certificate_url=pages.certificate_url(reader, here),
        stop=stop,
        critical=critical,
        referrals=tuple(turn for turn in turns if turn.referral),
        referrals_words=_referrals_words(play),
        pass_mark=head.pass_percent,
        end_title=edition.title(play.scene),
        end_text=end_text,
        gauges=gauges(play.states),
        turns=turns,
        better=tuple(_better_step(edition, turn) for turn in better.turns) if better else (),
        better_points=better.points if better else play.points,
        map=draw(f"The map of {head.title}", _stops(edition, play), _stops(edition, better)),
        sources=notes.sources,
    )


def _told(url: str, notes: Notes, number: int, turn: Turn) -> ShownTurn:
    """A turn with the choice that would have been better there."""
    told = show_turn(url, notes, number, turn)
    if turn.best is None or turn.effect == Effect.STRONG:
        return told
    best = turn.scene.choices[turn.best]
    return replace(told, better=notes.phrase(best.text_md), better_why=notes.phrase(best.why_md))


def _referrals_words(play: Play) -> str:
    """How often a referral was called for and made; empty where neither was so."""
    grades = Counter(turn.referral for turn in play.turns)
    called = grades[Referral.WELL] + grades[Referral.WEAKER] + grades[Referral.MISSED]
    made = grades[Referral.WELL] + grades[Referral.WEAKER]
    needless = grades[Referral.NEEDLESS]
    told = (
        [f"A referral was called for in {_scenes(called)} on your way, and {_made(made, called)}."]
        if called
        else []
    )
    if needless:
        told.append(f"In {_scenes(needless)} you referred where something else was called for.")
    return " ".join(told)


def _made(made: int, called: int) -> str:
    if made == called:
        return "you made it"
    return f"you made it in {made} of them" if made else "you did not make it"


def _scenes(count: int) -> str:
    return "1 scene" if count == 1 else f"{count} scenes"


def _better(edition: Edition, play: Play) -> Play | None:
    """The better way, unless the one that was taken is as good."""
    found = edition.better
    return found if found and (found.score > play.score or not play.passed) else None


def _better_step(edition: Edition, turn: Turn) -> BetterStep:
    text = edition.plain(turn.choice.text_md)
    return BetterStep(edition.title(turn.scene), text, points_in_words(turn.choice))


def _stops(edition: Edition, play: Play | None) -> list[Stop]:
    """The scenes of a way as the map draws them, the last one without a choice."""
    if play is None:
        return []
    stops = [
        Stop(turn.scene.id, edition.title(turn.scene), turn.effect, _on_the_map(turn)) for turn in play.turns
    ]
    return [*stops, Stop(play.scene.id, edition.title(play.scene), "", "")] if play.scene else stops


def _on_the_map(turn: Turn) -> str:
    marks = {Effect.CRITICAL: ", critical error", Effect.UNSAFE: ", unsafe"}
    referral = ", referral" if turn.choice.refer else ""
    return points_in_words(turn.choice) + marks.get(turn.effect, "") + referral


def _lede(head: AttemptHead, play: Play) -> str:
    """What counted: the points and the mark, and what lost the pass whatever the points."""
    mark, lost = head.pass_percent, len(play.critical)
    if play.unsafe:
        return f"An unsafe act ends a case with 0 of {MOST} points, whatever came before. Its reason stands below."
    if lost:
        errors = "A critical error loses" if lost == 1 else f"{lost} critical errors lose"
        return f"{errors} the pass, whatever the points: you have {play.points} of {MOST}, and needed {mark}."
    return f"You needed {mark} points of {MOST} and have {play.points}."
