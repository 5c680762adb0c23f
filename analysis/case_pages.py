"""The ways through a case as its page shows them: scene by scene, how many took each choice."""

from collections.abc import Callable, Sequence
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
    score: str


@dataclass(frozen=True)
class SceneLine:
    id: str
    title: str
    visits: str
    choices: tuple[ChoiceLine, ...]


@dataclass(frozen=True)
class RevisionLink:
    label: str
    url: str
    is_shown: bool


@dataclass(frozen=True)
class Ways:
    """All plays of one revision; `scenes` is empty below LEAST plays."""

    plays: str
    passed: str
    unsafe: str
    scenes: tuple[SceneLine, ...]
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
        score=_points(choice),
    )


def _points(choice: Choice) -> str:
    """Nothing for an unsafe one: it takes them all."""
    if choice.unsafe:
        return ""
    return f"{choice.score:+d}".replace("-", "\N{MINUS SIGN}") if choice.score else "0"


def _effect(choice: Choice) -> str:
    return "unsafe" if choice.unsafe else "critical" if choice.critical else ""
