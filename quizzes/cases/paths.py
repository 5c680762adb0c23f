"""What is wrong with the paths of a case: dead ends, loops without exit, scenes and needs that no play reaches, a pass
that no play earns. Pure.

Each fault is certain, for it comes from following every play. Where a case has too many of them to be followed, faults
are told that hold of all plays alike; then a dead end or a loop that only some states lead into stays unseen.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence

from core.errors import Problem
from quizzes.cases.case import LEAST, MOST, Case, Choice, Scene
from quizzes.cases.places import Exploration, Place, Reach, Spot, explore, leading_to, reach, span

MOST_STEPS = 50_000
HIGHEST = 1_000  # a loop that gains points need not be followed beyond this score

Taken = set[tuple[str, int]]


def path_problems(case: Case, file: str) -> Iterator[Problem]:
    """What is wrong with a case whose scenes and states are all known."""
    shape = list(_shape_problems(case, file))
    yield from shape
    if shape:
        return
    found = explore(case)
    if found.complete:
        yield from _play_problems(case, file, found)
    else:
        yield from _common_problems(case, file, reach(case))


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


# ---- a case that was followed to its last place


def _play_problems(case: Case, file: str, found: Exploration) -> Iterator[Problem]:
    met: dict[str, list[Place]] = {}
    for place in found.onward:
        met.setdefault(place[0], []).append(place)
    for scene in case.scenes:
        yield from _needs_never_met(scene, file, found.taken, _brought(found, met.get(scene.id)))
        stuck = next((place for place in met.get(scene.id, ()) if not found.onward[place]), None)
        if stuck and not scene.end:
            message = f"{_with(found, stuck, scene)}no choice of “{scene.id}” is open"
            yield Problem(file, scene.line, message, "Add a choice without needs, or widen the needs.")
    yield from _unreached(case, file, found.taken, set(met))
    yield from _endless_places(case, file, found, met)
    yield from _never_passed(case, file, found)


def _brought(found: Exploration, places: Sequence[Place] | None) -> dict[str, tuple[int, int]] | None:
    """The least and the greatest value of each state with which plays come to a scene; None: no play does."""
    if not places:
        return None
    columns = zip(*(values for _, values in places), strict=True)
    return {
        name: (min(values), max(values)) for name, values in zip(found.board.names, columns, strict=False)
    }


def _with(found: Exploration, place: Place, scene: Scene) -> str:
    """`with trust=30 `: the states of a place that the scene's own needs name, else all that any need names."""
    own = {need.name for choice in scene.choices for need in choice.needs}
    held = dict(zip(found.board.names, place[1], strict=True))
    words = [f"{name}={value}" for name, value in sorted(held.items()) if name in own or not own]
    return f"with {', '.join(words)} " if words else ""


def _endless_places(
    case: Case, file: str, found: Exploration, met: Mapping[str, list[Place]]
) -> Iterator[Problem]:
    every = {place: [after for _, after in ways] for place, ways in found.onward.items()}
    safe = {
        place: [after for way, after in ways if not way.choice.unsafe] for place, ways in found.onward.items()
    }
    trapped = endless(safe)
    blamed = {name for name, _ in rounds(safe, trapped)}
    leaving = leading_to((place for place in every if place[0] in found.board.ends), every)
    for scene in case.scenes:
        caught = [place for place in met.get(scene.id, ()) if place in trapped]
        if scene.id in blamed:
            some = _with(found, caught[0], scene) if len(caught) < len(met[scene.id]) else ""
            yield _endless(file, scene, some, caught[0] in leaving)


def endless(onward: Mapping[Spot, Sequence[Spot]]) -> set[Spot]:
    """From where one never comes to a spot from which nothing leads on."""
    leaving = leading_to((spot for spot, targets in onward.items() if not targets), onward)
    return set(onward) - leaving


def rounds(onward: Mapping[Spot, Sequence[Spot]], trapped: set[Spot]) -> set[Spot]:
    """The endless spots without those that only lead into a loop: where one goes round, or on to the next round."""
    caught = set(trapped)
    entries = Counter(target for spot in caught for target in set(onward[spot]))
    before = deque(spot for spot in caught if not entries[spot])
    while before:
        spot = before.popleft()
        caught.discard(spot)
        for target in set(onward[spot]):
            entries[target] -= 1
            if not entries[target]:
                before.append(target)
    return caught


def _endless(file: str, scene: Scene, states: str, has_unsafe_exit: bool) -> Problem:
    which = "only an unsafe choice" if has_unsafe_exit else "no choice ever"
    if states:
        message = f"{states}{which} leads from the scene “{scene.id}” to an end"
        remedy = "Let a choice without needs lead out of the loop, or let the loop move the state back."
        return Problem(file, scene.line, message, remedy)
    message = f"from the scene “{scene.id}” {which} leads to an end"
    return Problem(file, scene.line, message, "Let a safe choice of the loop lead out of it.")


def _never_passed(case: Case, file: str, found: Exploration) -> Iterator[Problem]:
    best = _best_of(case, found)
    if best is not None and best < case.pass_mark:
        message = f"no play without a critical choice reaches the pass mark of {case.pass_mark}"
        remedy = "Raise the scores of the best choices, or lower pass."
        yield Problem(file, case.scenes[0].line, message, remedy)


# ---- a case that is too large to be followed


def _common_problems(case: Case, file: str, found: Reach | None) -> Iterator[Problem]:
    """What is certain of every play. Without a `Reach` needs are taken for met."""
    taken = (
        found.taken if found else {(s.id, number) for s in case.scenes for number in range(len(s.choices))}
    )
    links = {scene.id: _targets(scene, taken) for scene in case.scenes}
    met = _linked(case.scenes[0].id, links)
    for scene in case.scenes:
        if scene.id in met:
            yield from _needs_never_met(scene, file, taken, {})
            if not scene.end and not links[scene.id]:
                message = f"no choice of “{scene.id}” is ever open"
                yield Problem(file, scene.line, message, "Add a choice without needs, or widen the needs.")
    yield from _unreached(case, file, taken, met)
    onward = {name: targets for name, targets in links.items() if name in met}
    caught = rounds(onward, endless(onward))
    yield from (_endless(file, scene, "", False) for scene in case.scenes if scene.id in caught)


def _targets(scene: Scene, taken: Taken) -> list[str]:
    return [choice.target for number, choice in enumerate(scene.choices) if (scene.id, number) in taken]


def _linked(first: str, links: Mapping[str, Sequence[str]]) -> set[str]:
    met, waiting = {first}, [first]
    while waiting:
        for target in links[waiting.pop()]:
            if target not in met:
                met.add(target)
                waiting.append(target)
    return met


# ---- what both tell


def _needs_never_met(
    scene: Scene, file: str, taken: Taken, brought: Mapping[str, tuple[int, int]] | None
) -> Iterator[Problem]:
    """The choices that no play is offered in a scene that plays come to; where it is known, with which states."""
    if brought is None:
        return
    for number, choice in enumerate(scene.choices):
        if (scene.id, number) not in taken:
            needs = ",".join(f"{need.name}{need.sign}{need.value}" for need in choice.needs)
            yield Problem(file, choice.line, f"no play can meet the needs {needs}", _remedy(choice, brought))


def _remedy(choice: Choice, brought: Mapping[str, tuple[int, int]]) -> str:
    if _contradict(choice):
        return f"No number does, for states go from {LEAST} to {MOST}: ease one of them."
    known = [name for name in dict.fromkeys(need.name for need in choice.needs) if name in brought]
    here = ", ".join(_in_words(name, *brought[name]) for name in known)
    told = f"Plays come here with {here}: ease" if here else "Ease"
    return f"{told} them, or let an earlier choice move the state."


def _in_words(name: str, least: int, most: int) -> str:
    return f"{name} {least}" if least == most else f"{name} {least} to {most}"


def _contradict(choice: Choice) -> bool:
    """Whether no number could ever meet all the needs of a choice."""
    spans: dict[str, tuple[int, int]] = {}
    for need in choice.needs:
        least, most = span(need)
        held = spans.get(need.name, (LEAST, MOST))
        spans[need.name] = max(least, held[0]), min(most, held[1])
    return any(least > most for least, most in spans.values())


def _unreached(case: Case, file: str, taken: Taken, met: set[str]) -> Iterator[Problem]:
    closed: dict[str, int] = {}
    for scene in (each for each in case.scenes if each.id in met):
        for number, choice in enumerate(scene.choices):
            if (scene.id, number) not in taken:
                closed.setdefault(choice.target, choice.line)
    for scene in case.scenes:
        if scene.id not in met:
            line = closed.get(scene.id)
            eased = f"Ease the needs in line {line}, which leads to it, or link" if line else "Link"
            message = f"no play reaches the scene “{scene.id}”"
            yield Problem(
                file, scene.line, message, f"{eased} it from a choice that plays reach, or delete it."
            )


# ---- the most that a play can earn


def best_safe_score(case: Case) -> int | None:
    """The greatest score, at most HIGHEST, that a play without unsafe and critical choices ends with.

    A score below every one is given where no such play ends; None: too many places or steps to tell.
    """
    found = explore(case)
    return _best_of(case, found) if found.complete else None


def _best_of(case: Case, found: Exploration) -> int | None:
    best: dict[Place, int] = {found.board.first: case.start}
    waiting = deque(best)
    for _ in range(MOST_STEPS):
        if not waiting:
            ends = (score for (scene, _), score in best.items() if scene in found.board.ends)
            return max(ends, default=-HIGHEST)
        place = waiting.popleft()
        for way, after in found.onward[place]:
            score = max(min(best[place] + way.choice.score, HIGHEST), -HIGHEST)
            if way.choice.is_safe and score > best.get(after, -HIGHEST - 1):
                best[after] = score
                waiting.append(after)
    return None
