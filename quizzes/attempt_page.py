"""What the pages of an open attempt show: one question or the whole paper, the clock, and what may be done here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from core.clock import now
from core.web import Reader
from progress.access import Visit
from quizzes import rules
from quizzes.calibration import WORDS
from quizzes.lesson_links import find_lesson
from quizzes.paper import ShownQuestion, show_item
from quizzes.quiz_settings import View
from quizzes.reads import AttemptHead, Item
from quizzes.results import ToldQuestion, tell_items
from quizzes.terms import Terms
from quizzes.times import clock_time, in_minutes
from quizzes.words import plural


@dataclass(frozen=True)
class Clock:
    """The time of an attempt that has a deadline; the milliseconds are for a script, the words for everybody."""

    deadline_ms: int
    now_ms: int
    whole_ms: int
    left: str  # 12 minutes
    ends: str  # 14:05


@dataclass(frozen=True)
class PaletteEntry:
    """`is_shut`: the question was left in a quiz that goes forward only, or lies ahead."""

    number: int
    state: str  # done, flag, open, right or wrong
    words: str
    here: bool
    is_answered: bool
    is_flagged: bool
    is_shut: bool = False


@dataclass(frozen=True)
class Palette:
    """All questions at a glance."""

    summary: str
    answered: int
    count: int
    entries: tuple[PaletteEntry, ...]


@dataclass(frozen=True)
class ShownItem:
    """One question of an open attempt with all that belongs to it.

    `told` is its key and reasons, once its answer is final. `missed`: the saved answer was checked and found wrong.
    """

    question: ShownQuestion
    seq: int
    sure: tuple[tuple[str, str, bool], ...]  # value, words, chosen; empty where nobody asks
    told: ToldQuestion | None
    missed: str
    hint: Markup
    may_take_hint: bool
    hint_cost: int


@dataclass(frozen=True)
class AttemptPage:
    """An open attempt. `may_switch`: between one question and the whole paper."""

    head: AttemptHead
    kicker: str
    shown: tuple[ShownItem, ...]
    count: int
    palette: Palette
    clock: Clock | None
    may_go_back: bool
    may_switch: bool
    checks: bool


def wanted_view(head: AttemptHead, asked_for: str | None) -> View:
    """One question or all: as asked for, but what goes forward only or checks answers one by one is one a page."""
    terms = terms_of(head)
    if not terms.back or terms.checks:
        return View.ONE
    return View(asked_for) if asked_for in tuple(View) else View(terms.view)


def place_of(head: AttemptHead, items: Sequence[Item], asked_for: int | None) -> int:
    """The question to show: as asked for, else the first one that is open; where there is no way back, that one."""
    last = len(items)
    if not terms_of(head).back:
        return min(head.reached, last)
    first_open = next((item.position for item in items if not item.is_answered), last)
    return min(max(asked_for or first_open, 1), last)


def attempt_page(
    head: AttemptHead, here: Visit, reader: Reader, kicker: str, items: Sequence[Item], place: int | None
) -> AttemptPage:
    """The page of one question, or with no `place` of them all."""
    terms = terms_of(head)
    final = [item for item in items if item.is_final and place in (None, item.position)]
    told = {each.position: each for each in tell(head, here, final)}
    return AttemptPage(
        head=head,
        kicker=kicker,
        shown=tuple(
            _shown(item, terms, told.get(item.position)) for item in items if place in (None, item.position)
        ),
        count=len(items),
        palette=palette(head, items, place),
        clock=clock_of(head, reader),
        may_go_back=terms.back,
        may_switch=terms.back and not terms.checks,
        checks=terms.checks,
    )


def palette(head: AttemptHead, items: Sequence[Item], here: int | None) -> Palette:
    """How each question stands; `here` is the one shown."""
    answered = sum(item.is_answered for item in items)
    flagged = sum(item.flagged for item in items)
    parts = [f"{answered} of {len(items)} answered", *([f"{flagged} flagged"] if flagged else [])]
    forward_only = not terms_of(head).back
    entries = tuple(_entry(item, here, forward_only and item.position != head.reached) for item in items)
    return Palette(", ".join(parts), answered, len(items), entries)


def clock_of(head: AttemptHead, reader: Reader) -> Clock | None:
    """The attempt's clock, or None where no time is running."""
    if head.deadline_at is None:
        return None
    left = max(head.deadline_at - now(), timedelta(0))
    return Clock(
        deadline_ms=_milliseconds(head.deadline_at),
        now_ms=_milliseconds(now()),
        whole_ms=_milliseconds(head.deadline_at) - _milliseconds(head.started_at),
        left=in_minutes(left),
        ends=clock_time(head.deadline_at, reader),
    )


def terms_of(head: AttemptHead) -> Terms:
    """The terms of an attempt at questions. A case has none and never comes here."""
    assert head.terms is not None
    return head.terms


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def tell(head: AttemptHead, here: Visit, items: Sequence[Item]) -> list[ToldQuestion]:
    """Questions of the attempt with their key, as its learner's course can link them: only where that may be seen."""
    return tell_items(items, terms_of(head), lambda slug: find_lesson(here, slug)) if items else []


def _shown(item: Item, terms: Terms, told: ToldQuestion | None) -> ShownItem:
    hint = item.asked.question.hint_md if terms.hints else ""
    is_open = not item.is_final
    sure = tuple((str(value), words, item.certainty == value) for value, words in WORDS.items())
    return ShownItem(
        question=show_item(item),
        seq=item.seq,
        sure=sure if terms.certainty else (),
        told=told,
        missed=_missed(item, terms) if is_open else "",
        hint=item.asked.markup(hint if item.hinted else ""),
        may_take_hint=bool(hint) and not item.hinted and is_open,
        hint_cost=terms.hint_penalty,
    )


def _missed(item: Item, terms: Terms) -> str:
    """What a learner is told whose saved answer was checked and is not right; nothing for one not checked yet."""
    if not item.tried or item.tried[-1] != item.answer:
        return ""
    left = plural(terms.tries - len(item.tried), "try", "tries")
    score = rules.grade(item.asked.question, item.answer)
    if score.is_full:  # by a key that was mended since
        return ""
    return f"{'Partly right' if score.earned else 'Not right yet'}. You have {left} left."


def _entry(item: Item, here: int | None, is_shut: bool) -> PaletteEntry:
    state, words = ("done", "answered") if item.is_answered else ("open", "not answered")
    if item.is_final:
        state, words = _outcome(item)
    elif item.flagged:
        state, words = "flag", f"{words} and flagged"
    is_here = item.position == here
    return PaletteEntry(item.position, state, words, is_here, item.is_answered, item.flagged, is_shut)


def _outcome(item: Item) -> tuple[str, str]:
    """What is known of an answer that is final."""
    score = rules.grade(item.asked.question, item.counting)
    if score.pending:
        return "done", "a person marks it"
    return ("right", "right") if score.is_full else ("wrong", "not right")
