"""Where the paths of a case lead: dead ends, loops, scenes and needs that no play reaches, no way to pass.

Plays are explored as places (scene, states). States are whole numbers from 0 to 100, so places are finite,
but a case with many states may have too many: beyond MOST_PLACES only the links are judged.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from core.errors import Problem
from quizzes.cases.case import Case, Choice, Scene

MOST_PLACES = 20_000
MOST_STEPS = 50_000
HIGHEST = 1_000  # a loop that gains points need not be followed beyond this score

States = tuple[tuple[str, int], ...]
Place = tuple[str, States]


@dataclass
class Exploration:
    """What plays reach. `complete`: nothing was left out for its number."""

    places: set[Place] = field(default_factory=set)
    scenes: set[str] = field(default_factory=set)
    taken: set[Choice] = field(default_factory=set)
    stuck: dict[str, States] = field(default_factory=dict)
    complete: bool = True


def path_problems(case: Case, file: str) -> Iterator[Problem]:
    """What is wrong with a case whose scenes and states are all known."""
    shape = list(_shape_problems(case, file))
    yield from shape
    if shape:
        return
    found = explore(case)
    if not found.complete:
        yield from _link_problems(case, file)
        return
    yield from _play_problems(case, file, found)
    best = best_safe_score(case)
    if best is not None and best < case.pass_mark:
        message = f"no play without a critical choice reaches the pass mark of {case.pass_mark}"
        yield Problem(
            file, case.scenes[0].line, message, "Raise the scores of the best choices, or lower pass."
        )


def _shape_problems(case: Case, file: str) -> Iterator[Problem]:
    ends = {scene.id for scene in case.scenes if scene.end}
    if not ends:
        yield Problem(file, case.scenes[0].line, "the case never ends", "Mark a last scene: `## id {end}`.")
    for scene in case.scenes:
        if scene.end and scene.choices:
            yield Problem(file, scene.line, "an end has choices", "Delete them, or delete {end}.")
        if not scene.end and not scene.choices:
            remedy = "Write a choice as `- [text](#scene)`, or mark the scene {end}."
            yield Problem(file, scene.line, f"the scene “{scene.id}” is a dead end", remedy)
        yield from _unsafe_problems(scene, ends, file)


def _unsafe_problems(scene: Scene, ends: set[str], file: str) -> Iterator[Problem]:
    for choice in scene.choices:
        if choice.unsafe and choice.target not in ends:
            message = f"an unsafe choice ends the case, but “{choice.target}” goes on"
            yield Problem(file, choice.line, message, "Link a scene that is marked {end}.")


def _link_problems(case: Case, file: str) -> Iterator[Problem]:
    """What can be told without playing."""
    links = {scene.id: {choice.target for choice in scene.choices} for scene in case.scenes}
    reached = _reach({case.scenes[0].id}, links)
    yield from _unreached(case, file, reached)
    yield from _endless(case, file, links, reached)


def _play_problems(case: Case, file: str, found: Exploration) -> Iterator[Problem]:
    links: dict[str, set[str]] = {scene.id: set() for scene in case.scenes}
    for scene in case.scenes:
        links[scene.id] = {choice.target for choice in scene.choices if choice in found.taken}
        yield from _needs_never_met(scene, file, found)
        if scene.id in found.stuck:
            states = ", ".join(f"{name}={value}" for name, value in found.stuck[scene.id])
            message = f"with {states} no choice of “{scene.id}” is open"
            yield Problem(file, scene.line, message, "Add a choice without needs, or widen the needs.")
    yield from _unreached(case, file, found.scenes)
    yield from _endless(case, file, links, found.scenes)


def _needs_never_met(scene: Scene, file: str, found: Exploration) -> Iterator[Problem]:
    for choice in scene.choices:
        if scene.id in found.scenes and choice not in found.taken:
            needs = ",".join(f"{need.name}{need.sign}{need.value}" for need in choice.needs)
            message = f"no play can meet the needs {needs}"
            yield Problem(file, choice.line, message, "Ease them, or let an earlier choice move the state.")


def _unreached(case: Case, file: str, reached: set[str]) -> Iterator[Problem]:
    for scene in case.scenes:
        if scene.id not in reached:
            message = f"no play reaches the scene “{scene.id}”"
            yield Problem(file, scene.line, message, "Link it from a choice, or delete it.")


def _endless(case: Case, file: str, links: dict[str, set[str]], reached: set[str]) -> Iterator[Problem]:
    back: dict[str, set[str]] = {scene.id: set() for scene in case.scenes}
    for source, targets in links.items():
        for target in targets:
            back[target].add(source)
    ending = _reach({scene.id for scene in case.scenes if scene.end}, back)
    for scene in case.scenes:
        if scene.id in reached and scene.id not in ending:
            message = f"from the scene “{scene.id}” no choice ever leads to an end"
            yield Problem(file, scene.line, message, "Let a choice of the loop lead out of it.")


def _reach(start: Iterable[str], links: dict[str, set[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for target in links[waiting.pop()] - reached:
            reached.add(target)
            waiting.append(target)
    return reached


def explore(case: Case) -> Exploration:
    """Every place that a play may come to. Unsafe choices lead to ends, from which nothing goes on."""
    found = Exploration()
    waiting: list[Place] = [(case.scenes[0].id, tuple(sorted(case.state)))]
    while waiting:
        place = waiting.pop()
        if place in found.places:
            continue
        if len(found.places) >= MOST_PLACES:
            found.complete = False
            break
        found.places.add(place)
        waiting += _next_places(case, place, found)
    return found


def _next_places(case: Case, place: Place, found: Exploration) -> list[Place]:
    name, states = place
    scene = case.scene(name)
    found.scenes.add(name)
    choices = open_choices(scene, states)
    if scene and not scene.end and not choices:
        found.stuck.setdefault(name, states)
    found.taken.update(choices)
    found.scenes.update(choice.target for choice in choices)
    return [(choice.target, _after(choice, states)) for choice in choices]


def open_choices(scene: Scene | None, states: States) -> list[Choice]:
    held = dict(states)
    return [choice for choice in scene.choices if choice.is_open(held)] if scene else []


def _after(choice: Choice, states: States) -> States:
    return tuple(sorted(choice.moved(dict(states)).items()))


def best_safe_score(case: Case) -> int | None:
    """The greatest score, at most HIGHEST, that a play without unsafe and critical choices ends with.

    A score below every one is given where no such play ends; None: too many steps to tell.
    """
    best: dict[Place, int] = {}
    waiting: list[tuple[Place, int]] = [((case.scenes[0].id, tuple(sorted(case.state))), case.start)]
    ends = {scene.id: scene for scene in case.scenes if scene.end}
    for _ in range(MOST_STEPS):
        if not waiting:
            return max((score for place, score in best.items() if place[0] in ends), default=-HIGHEST)
        place, score = waiting.pop()
        if score > best.get(place, -HIGHEST - 1):
            best[place] = score
            waiting += _next_scores(case, place, score)
    return None


def _next_scores(case: Case, place: Place, score: int) -> list[tuple[Place, int]]:
    safe = [c for c in open_choices(case.scene(place[0]), place[1]) if not c.unsafe and not c.critical]
    return [((c.target, _after(c, place[1])), min(score + c.score, HIGHEST)) for c in safe]
