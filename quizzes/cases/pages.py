"""What the pages of a play show while it goes on: the scene, the choices, what came of one, the way so far."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from progress.access import Visit
from quizzes.cases.case import LEAST, MOST, Choice, States
from quizzes.cases.citations import Notes
from quizzes.cases.play import Play, Turn, steps_left
from quizzes.cases.reads import Edition
from quizzes.cases.services import tokens
from quizzes.pages import kicker
from quizzes.reads import AttemptHead
from sources.services import CitedSource


@dataclass(frozen=True)
class Gauge:
    """A state: its name and value in words, and how the last choice moved it (empty where none is shown)."""

    name: str
    value: int
    words: str
    moved: str


@dataclass(frozen=True)
class ShownChoice:
    """A choice as the form names it; `effect` and `why` stand only where the scene was left."""

    token: str
    text: Markup
    chosen: bool
    effect: str = ""
    why: Markup = Markup()


@dataclass(frozen=True)
class ShownTurn:
    """A choice that was made, with what it did: `moved` tells the states, `referral` how it stands to one (of
    play.Referral; empty: in no way). `better`, in the debrief, is the choice that scores most there, where it was
    another."""

    number: int
    url: str
    scene: str
    choice: Markup
    effect: str
    points: str
    total: str
    why: Markup
    moved: str
    referral: str
    better: Markup = Markup()
    better_why: Markup = Markup()


@dataclass(frozen=True)
class PathEntry:
    """A scene on the way so far; `is_here`: the one that the page shows."""

    url: str
    title: str
    is_here: bool


@dataclass(frozen=True)
class ScenePage:
    """One scene of a play: with its choices, or, where one was made, with what came of it."""

    title: str
    kicker: str
    course_title: str
    course_url: str
    step_words: str
    points_words: str
    url: str
    position: int
    scene_title: str
    scene_text: Markup
    choices: tuple[ShownChoice, ...]
    outcome: ShownTurn | None
    gauges: tuple[Gauge, ...]
    path: tuple[PathEntry, ...]
    goes_on: bool
    file: Markup
    sources: tuple[CitedSource, ...]
    onward_url: str
    onward_words: str


def scene_page(head: AttemptHead, here: Visit, notes: Notes, play: Play, step: int | None) -> ScenePage:
    """The scene at `step` (from 1) of the way so far, read again; without it, the one that waits for a choice."""
    turn = play.turns[step - 1] if step else None
    position = step or len(play.turns) + 1
    scene = turn.scene if turn else play.scene
    onward_url, onward_words = _onward(head, play, position)
    text = notes.scene(scene)
    outcome = show_turn(head.url, notes, position, turn) if turn else None
    choices = _choices(head.id, notes, play, turn, position)
    file = notes.file()
    return ScenePage(
        title=head.title,
        kicker=kicker(here),
        course_title=here.outline.title,
        course_url=f"/learn/{here.outline.slug}",
        step_words=_step_words(play, position),
        points_words=_points_words(play, head.pass_percent),
        url=head.url,
        position=position,
        scene_title=notes.edition.title(scene),
        scene_text=text,
        choices=choices,
        outcome=outcome,
        gauges=gauges(turn.states if turn else play.states, turn.moves() if turn else None),
        path=_path(head.url, notes.edition, play, position),
        goes_on=not play.is_over,
        file=file,
        sources=notes.sources,
        onward_url=onward_url,
        onward_words=onward_words,
    )


def show_turn(url: str, notes: Notes, number: int, turn: Turn) -> ShownTurn:
    """A choice that was made, as the outcome and the debrief tell it."""
    return ShownTurn(
        number=number,
        url=f"{url}?step={number}",
        scene=notes.edition.title(turn.scene),
        choice=notes.phrase(turn.choice.text_md),
        effect=turn.effect,
        points=points_in_words(turn.choice),
        total="" if turn.choice.unsafe else f"{min(max(turn.score, LEAST), MOST)} of {MOST} so far",
        why=notes.phrase(turn.choice.why_md),
        moved="" if turn.choice.unsafe else _moves_in_words(turn),
        referral=turn.referral or "",
    )


def points_in_words(choice: Choice) -> str:
    """`+6`, `−30`, `0`: what a choice scored; an unsafe one takes all."""
    if choice.unsafe:
        return "ends with 0"
    return f"{choice.score:+d}".replace("-", "\N{MINUS SIGN}") if choice.score else "0"


def gauges(states: States, moves: Mapping[str, int] | None = None) -> tuple[Gauge, ...]:
    """The states in the author's order, `skin_load` as `Skin load`."""
    return tuple(
        Gauge(
            _state_name(name),
            value,
            f"{value} of {MOST}",
            "" if moves is None else _moved(moves.get(name, 0)),
        )
        for name, value in states.items()
    )


def _state_name(name: str) -> str:
    return name.replace("_", " ").strip().capitalize()


def _moves_in_words(turn: Turn) -> str:
    """`Trust up 15, skin load down 10`: only the states that the choice moved."""
    moved = [f"{_state_name(name)} {_moved(by)}" for name, by in turn.moves().items() if by]
    return ", ".join(moved).capitalize()


def _moved(by: int) -> str:
    if not by:
        return "as before"
    return f"up {by}" if by > 0 else f"down {-by}"


def _step_words(play: Play, position: int) -> str:
    """How far it is: a case has many ways, so its length is a guess from where it stands."""
    left = 0 if play.is_over else max(steps_left(play.case, play.scene), 1)
    return f"Step {position} of about {max(len(play.turns) + left, position)}"


def _points_words(play: Play, mark: int) -> str:
    """The points before the choice that waits, of how many, and how many pass if any still can."""
    if not play.turns:
        return f"You start with {play.points} points of {MOST}. To pass you need {mark} at the end."
    if play.critical:
        return f"{play.points} of {MOST} points so far. A critical error has lost the pass in this play."
    return f"{play.points} of {MOST} points so far. To pass you need {mark} at the end."


def _choices(
    attempt_id: str, notes: Notes, play: Play, turn: Turn | None, position: int
) -> tuple[ShownChoice, ...]:
    if turn is None:
        named = tokens(attempt_id, position, play.offered).items()
        texts = play.scene.choices if play.scene else ()
        return tuple(ShownChoice(token, notes.phrase(texts[index].text_md), False) for token, index in named)
    return tuple(
        _left_behind(notes, turn, token, index)
        for token, index in tokens(attempt_id, position, turn.offered).items()
    )


def _left_behind(notes: Notes, turn: Turn, token: str, index: int) -> ShownChoice:
    """A choice of a scene that was left, with what it would have taught."""
    choice = turn.scene.choices[index]
    effect = turn.if_chosen(index).effect
    return ShownChoice(
        token, notes.phrase(choice.text_md), index == turn.index, effect, notes.phrase(choice.why_md)
    )


def _path(url: str, edition: Edition, play: Play, position: int) -> tuple[PathEntry, ...]:
    """The scenes that were left, and the one that waits on its own page alone: to name it is for Continue."""
    taken = tuple(
        PathEntry(f"{url}?step={number}", edition.title(turn.scene), number == position)
        for number, turn in enumerate(play.turns, 1)
    )
    if position <= len(taken):
        return taken
    return (*taken, PathEntry(url, edition.title(play.scene), True))


def _onward(head: AttemptHead, play: Play, position: int) -> tuple[str, str]:
    """Where `Continue` leads from the outcome: to the next scene of the way, or to the debrief."""
    if position < len(play.turns):
        return f"{head.url}?step={position + 1}", "Continue"
    return head.url, "See the debrief" if play.is_over else "Continue"
