"""Answering a quiz and playing a case in a browser, by the key of the course's own bundle."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from quizzes.cases.case import Case
from quizzes.cases.text import parse_case
from quizzes.questions import Options, Pairs, Quantity, Question, Steps, Wordings
from quizzes.quiz_settings import QuizSettings
from quizzes.quiz_text import parse_questions
from tests import servers

COURSES = servers.ROOT / "content" / "courses"
CITATION = re.compile(r"\[(?:@[^\]]*|opinion)\]")


def key_of(file: str) -> list[Question]:
    """The questions of a file of the shipped courses, answers included."""
    path: Path = COURSES / file
    questions, _ = parse_questions(path.read_text().partition("\n---\n")[2], file)
    assert questions
    return questions


def case_of(file: str) -> Case:
    """The scenes and choices of a case of the shipped courses; its states are left to the product."""
    path: Path = COURSES / file
    case, _ = parse_case(path.read_text().partition("\n---\n")[2], file, 1, QuizSettings())
    assert case.scenes
    return case


def choose_best(page: Page, case: Case) -> None:
    """Mark the choice that scores most of those that the scene of the page offers."""
    group = page.get_by_role("group", name="Choose your response")
    expect(group).to_be_visible()
    page.wait_for_load_state()
    shown = [plain(text) for text in group.locator(".opt").all_inner_texts()]
    choices = [choice for scene in case.scenes for choice in scene.choices if plain(choice.text_md) in shown]
    best = max(choices, key=lambda choice: choice.score)
    _labelled(group, ".opt", best.text_md).locator("input").check()


def answer(group: Locator, key: list[Question]) -> str:
    """Answer the question of a group rightly, as a person does; gives the question's kind."""
    group.page.wait_for_load_state()
    question = _asked(group, key)
    ANSWERERS[type(question.parts)](group, question.parts)
    return question.kind


def question_group(page: Page) -> Locator:
    """The question of the page: the group that is named by its prompt."""
    return page.locator("fieldset.question").first


def plain(text: str) -> str:
    """Words only, so that a page's text and its Markdown compare."""
    words = CITATION.sub("", text).replace("<=", "≤")
    return re.sub(r"\W+", " ", words).strip().lower()


def reasons(key: list[Question]) -> list[str]:
    """Why each right option is right, in plain words."""
    parts = [question.parts for question in key if isinstance(question.parts, Options)]
    return [plain(option.why_md) for part in parts for option in part.options if option.right]


def _asked(group: Locator, key: list[Question]) -> Question:
    shown = plain(group.inner_text())
    found = [each for each in key if plain(each.prompt_md.partition("{{")[0])[:40] in shown]
    assert len(found) == 1, (shown, [each.id for each in found])
    return found[0]


def _tick(group: Locator, parts: Options) -> None:
    if parts.verdict is not None:
        group.get_by_role("radio", name=str(parts.verdict), exact=True).check()
    for option in parts.options:
        if option.right:
            _labelled(group, ".opt", option.text_md).locator("input").check()


def _put_in_order(group: Locator, parts: Steps) -> None:
    for place, step in enumerate(parts.steps, 1):
        _labelled(group, ".q-row", step.text_md).get_by_role("combobox").select_option(label=str(place))


def _pair(group: Locator, parts: Pairs) -> None:
    for pair in parts.pairs:
        box = _labelled(group, ".q-row", pair.left_md).get_by_role("combobox")
        texts = box.locator("option").all_inner_texts()
        box.select_option(label=next(text for text in texts if plain(text) == plain(pair.right_md)))


def _type_number(group: Locator, parts: Quantity) -> None:
    value = float(parts.value)
    group.get_by_role("textbox").fill(f"{value:g} {parts.unit}".strip())


def _type_words(group: Locator, parts: Wordings) -> None:
    boxes = group.get_by_role("textbox").all()
    for box, wording in zip(boxes, parts.wordings, strict=False):
        box.fill(wording.variants[0])


def _labelled(group: Locator, selector: str, text_md: str) -> Locator:
    """The row that says this; of several, as "trial" stands in "review of trials" too, the one that says no more."""
    rows = group.locator(selector)
    texts = rows.all_inner_texts()
    found = [n for n, text in enumerate(texts) if plain(text_md) in plain(text)]
    assert found, (text_md, texts)
    return rows.nth(min(found, key=lambda n: len(texts[n])))


ANSWERERS: dict[type, Callable[[Locator, object], None]] = {
    Options: _tick,  # type: ignore[dict-item]
    Steps: _put_in_order,  # type: ignore[dict-item]
    Pairs: _pair,  # type: ignore[dict-item]
    Quantity: _type_number,  # type: ignore[dict-item]
    Wordings: _type_words,  # type: ignore[dict-item]
}
