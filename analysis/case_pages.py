"""The ways through a case as its page shows them: scene by scene, how many took each choice."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from analysis.figures import SceneFigures, WayFigures
from analysis.rules import LEAST
from analysis.words import TOO_FEW, counted, percent
from core.errors import NotFound
from quizzes.cases.case import Choice, Scene
from quizzes.cases.reads import Edition, edition


@dataclass(frozen=True)
class ChoiceLine:
    """A choice: its words, where it leads, how many made it (of a hundred: `share`), what it does."""

    text: Markup
    target: str
    count: str
    share: int
    percent: str
    effect: str
    kind: str
    score: str


@dataclass(frozen=True)
class SceneLine:
    id: str
    title: str
    visits: str
    choices: tuple[ChoiceLine, ...]


@dataclass(frozen=True)
class EndLine:
    """An end: how many plays came to it (of a hundred: `share`), and whether it is where an unsafe act leads."""

    title: str
    count: str
    share: int
    percent: str
    is_unsafe: bool


@dataclass(frozen=True)
class RevisionLink:
    label: str
    url: str
    is_shown: bool


@dataclass(frozen=True)
class Ways:
    """All plays of one revision; `scenes` and `ends` are empty below LEAST plays. `referred`: of the visits to scenes
    with a referral among their choices, those that made one; empty where no scene has any."""

    plays: str
    passed: str
    unsafe: str
    referred: str
    scenes: tuple[SceneLine, ...]
    ends: tuple[EndLine, ...]
    revisions: tuple[RevisionLink, ...]


def ways_of(ways: Sequence[WayFigures], wanted: int | None, url: Callable[[int], str]) -> Ways | None:
    """The revision that is wanted, else the newest; None where nobody has played. Raises NotFound."""
    if not ways:
        return None
    shown = next((way for way in ways if wanted is None or way.number == wanted), None)
    if shown is None:
        raise NotFound("Nobody has finished a play of that edition of the case.")
    story = edition(shown.revision_id)
    counted_scenes = {scene.scene: scene for scene in shown.scenes} if shown.plays >= LEAST else {}
    return Ways(
        plays=counted(shown.plays, "play"),
        passed=_part(shown.passed, shown.plays),
        unsafe=_part(shown.unsafe, shown.plays),
        referred=_referred(story, counted_scenes),
        ends=tuple(_ends(story, counted_scenes, shown.plays)) if counted_scenes else (),
        scenes=tuple(
            _scene(story, scene, counted_scenes[scene.id])
            for scene in story.case.scenes
            if scene.id in counted_scenes
        ),
        revisions=tuple(
            RevisionLink(f"Edition {way.number} ({way.plays:,})", url(way.number), way is shown)
            for way in ways
        ),
    )


def cells_of(ways: Sequence[WayFigures]) -> list[tuple[object, ...]]:
    """All editions as rows of a file, the same figures as on the page."""
    rows: list[tuple[object, ...]] = [("Edition", "Plays", "Scene", "Choice", "Leads to", "Effect", "Made")]
    for way in ways:
        story = edition(way.revision_id)
        for counts in way.scenes if way.plays >= LEAST else ():
            scene = story.case.scene(counts.scene)
            for choice, made in zip(scene.choices if scene else (), counts.choices, strict=True):
                words = story.plain(choice.text_md).striptags()
                target = story.title(story.case.scene(choice.target))
                rows.append((way.number, way.plays, story.title(scene), words, target, _effect(choice), made))
    return rows


def _part(count: int, of: int) -> str:
    return f"{count:,} ({percent(count / of)})" if of >= LEAST else TOO_FEW


def _referred(story: Edition, figures: Mapping[str, SceneFigures]) -> str:
    made = visits = 0
    for scene in story.case.scenes:
        if scene.id in figures and any(choice.refer for choice in scene.choices):
            counts = figures[scene.id].choices
            visits += sum(counts)
            made += sum(count for choice, count in zip(scene.choices, counts, strict=True) if choice.refer)
    return f"{made:,} of {counted(visits, 'visit')} ({percent(made / visits)})" if visits else ""


def _ends(story: Edition, figures: Mapping[str, SceneFigures], plays: int) -> Iterator[EndLine]:
    """The ends in the author's order. A choice that leads to one ends its play, so choices count plays."""
    came, stops = Counter[str](), set()
    for scene in story.case.scenes:
        for choice, made in zip(
            scene.choices, figures[scene.id].choices if scene.choices else (), strict=True
        ):
            came[choice.target] += made
            stops |= {choice.target} if choice.unsafe else set()
    for end in (scene for scene in story.case.scenes if scene.end):
        share = came[end.id] / plays
        title = story.title(end)
        yield EndLine(title, f"{came[end.id]:,}", round(share * 100), percent(share), end.id in stops)


def _scene(story: Edition, scene: Scene, figures: SceneFigures) -> SceneLine:
    visits = sum(figures.choices)
    lines = (
        _choice(story, choice, made, visits)
        for choice, made in zip(scene.choices, figures.choices, strict=True)
    )
    return SceneLine(scene.id, story.title(scene), counted(visits, "visit"), tuple(lines))


def _choice(story: Edition, choice: Choice, made: int, visits: int) -> ChoiceLine:
    share = made / visits if visits else 0.0
    return ChoiceLine(
        text=story.plain(choice.text_md),
        target=story.title(story.case.scene(choice.target)),
        count=f"{made:,}",
        share=round(share * 100),
        percent=percent(share),
        effect=_effect(choice),
        kind="ok" if choice.is_safe else "bad",
        score=_points(choice),
    )


def _points(choice: Choice) -> str:
    """Nothing for an unsafe one: it takes them all."""
    if choice.unsafe:
        return ""
    return f"{choice.score:+d}".replace("-", "\N{MINUS SIGN}") if choice.score else "0"


def _effect(choice: Choice) -> str:
    marks = (("unsafe", choice.unsafe), ("critical", choice.critical), ("referral", choice.refer))
    return ", ".join(word for word, is_so in marks if is_so)
