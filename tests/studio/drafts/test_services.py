"""Drafts: no save is lost, whoever else saves; what docs/studio.md guarantees of them."""

import pytest
from flask import Flask

from core.database import transaction
from core.errors import InvalidInput, NotFound
from publishing import services as publishing
from studio.drafts import services
from studio.drafts.models import Draft, DraftSave
from studio.drafts.rules import KEPT_SAVES, DraftState
from studio.drafts.services import Overtaken, discard, drafts_in, find_draft, text_of
from tests.conftest import Clock
from tests.factories import make_user
from tests.publishing.sample import sample

PATH = "courses/barriers/lessons/bricks.md"
NEW = "courses/barriers/lessons/roof.md"


@pytest.fixture
def published(app: Flask, clock: Clock) -> str:
    """The sample bundle is published: the text of a lesson."""
    with transaction():
        publishing.sync(sample())
    return sample()[PATH].decode()


@pytest.fixture
def mara(app: Flask) -> int:
    return make_user("mara@example.org", "Mara", "instructor").id


@pytest.fixture
def ben(app: Flask) -> int:
    return make_user("ben@example.org", "Ben", "instructor").id


def save(text: str, made_from: int, by: int, path: str = PATH) -> int:
    """The number of the draft's newest save."""
    with transaction():
        return services.save(path, text, made_from, by).number


def saves() -> list[tuple[int, str]]:
    with transaction() as session:
        return [(each.number, each.text) for each in session.query(DraftSave).order_by(DraftSave.number)]


def test_a_draft_begins_with_the_first_save_and_goes_on_by_number(published: str, mara: int) -> None:
    assert text_of(PATH) == (0, published)
    assert save(published + "One.\n", 0, mara) == 1
    assert save(published + "Two.\n", 1, mara) == 2

    draft = find_draft(PATH)
    assert draft is not None
    assert (draft.course, draft.base_revision, draft.base_text) == ("barriers", 1, published)
    assert text_of(PATH) == (2, published + "Two.\n")
    assert saves() == [(1, published + "One.\n"), (2, published + "Two.\n")]
    assert [each.path for each in drafts_in("barriers")] == [PATH]
    assert drafts_in("another") == []


def test_a_save_that_changes_nothing_gets_no_number(published: str, mara: int, ben: int) -> None:
    save(published + "One.\n", 0, mara)

    assert save(published + "One.\n", 1, mara) == 1
    assert save(published + "One.\r\n", 0, ben) == 1
    assert len(saves()) == 1


def test_whoever_saves_from_an_older_number_gets_both_changes_merged(
    published: str, mara: int, ben: int
) -> None:
    save(published + "One.\n", 0, mara)
    save(published + "One.\nTwo.\n", 1, mara)

    with pytest.raises(Overtaken) as late:
        save("# Ahead\n" + published + "One.\n", 1, ben)

    assert (late.value.number, late.value.text) == (2, published + "One.\nTwo.\n")
    assert late.value.merged.text == "# Ahead\n" + published + "One.\nTwo.\n"
    assert text_of(PATH) == (2, published + "One.\nTwo.\n")
    assert save(late.value.merged.text, late.value.number, ben) == 3


def test_of_two_who_begin_at_once_the_second_is_told(published: str, mara: int, ben: int) -> None:
    save(published + "Mara's.\n", 0, mara)

    with pytest.raises(Overtaken) as late:
        save(published + "Ben's.\n", 0, ben)

    assert late.value.merged.conflicts == 1
    assert "Mara's." in late.value.merged.text
    assert "Ben's." in late.value.merged.text


def test_a_tab_that_slept_through_a_publication_is_told(published: str, mara: int) -> None:
    save(published + "One.\n", 0, mara)
    with transaction():
        publishing.sync(sample() | {PATH: (published + "Published.\n").encode()})
        draft = find_draft(PATH)
        assert draft is not None
        discard(draft)

    with pytest.raises(Overtaken) as late:
        save("# Ahead\n" + published + "One.\n", 1, mara)

    assert (late.value.number, late.value.text) == (0, published + "Published.\n")
    assert "# Ahead" in late.value.merged.text
    assert find_draft(PATH) is None


def test_a_draft_that_was_discarded_is_begun_anew_from_what_is_published(published: str, mara: int) -> None:
    save(published + "One.\n", 0, mara)
    with transaction():
        draft = find_draft(PATH)
        assert draft is not None
        discard(draft)

    assert text_of(PATH) == (0, published)
    assert save(published + "Anew.\n", 0, mara) == 2
    assert [number for number, _ in saves()] == [1, 2]


def test_a_save_takes_the_draft_back_to_writing(published: str, mara: int) -> None:
    save(published + "One.\n", 0, mara)
    with transaction() as session:
        session.query(Draft).one().state = DraftState.APPROVED

    save(published + "Two.\n", 1, mara)

    draft = find_draft(PATH)
    assert draft is not None
    assert draft.state is DraftState.WRITING


def test_a_new_file_has_a_draft_and_no_base(published: str, mara: int) -> None:
    with pytest.raises(NotFound):
        text_of(NEW)
    save("---\ntitle: New\n---\nText.\n", 0, mara, NEW)

    draft = find_draft(NEW)
    assert draft is not None
    assert (draft.base_revision, draft.base_text) == (0, "")


def test_of_very_many_saves_the_oldest_go(published: str, mara: int) -> None:
    for number in range(KEPT_SAVES + 3):
        save(f"{published}{number}\n", number, mara)

    assert [number for number, _ in saves()] == list(range(4, KEPT_SAVES + 4))


def test_a_character_that_no_text_may_hold_is_refused(published: str, mara: int) -> None:
    with pytest.raises(InvalidInput, match="NUL"):
        save(published + "\0", 0, mara)
    assert find_draft(PATH) is None
