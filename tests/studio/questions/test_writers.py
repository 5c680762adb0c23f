"""Ours out and in again: what a format can hold comes back as it was."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.quiz_text import parse_questions
from studio.questions import formats, gift_writing, moodle_writing

CHOICE = (
    "## one {choice topic=barrier}\nWhich *of* these: {a} = b?\n\n"
    "- [x] This # one\n  : So it is.\n- [ ] That ~ two\n\nwhy: All.\n"
)
EVERY = {
    "choice": CHOICE,
    "choices": "## two {choices}\nWhich?\n\nAnd \\why?\n\n- [x] a\n- [x] b\n  : yes\n- [x] c\n- [ ] d\n",
    "match": "## three {match}\nJoin.\n\n- a = b\n- c \\= d = e\n- = f\n",
    "number": "## four {number bloom=apply objective=a,b}\nMuch?\n\n= 9.4 ± 0.1\n  : so\n",
    "text": "## five {text}\nWho?\n\n= Ada | Ada * L: {b}\n= Ben\n  : too\n",
    "essay": "## six {essay}\nSay.\n\nwhy: Because.\n",
}
MOODLE_ONLY = {
    "unit": "## four {number points=2}\nMuch?\n\n= 9.4 ± 0.1 days\n\nhint: Few.\n",
    "order": "## five {order}\nSort.\n\n1. b\n2. a\n3. c\n",
    "blanks": "## six {blanks}\nThe {{HPA|axis ~ b}} ends in {{so}}.\n",
    "essay": "## seven {essay points=3}\nSay.\n\n- b\n- c\n\nwords: 60-90\n",
    "file": "## eight {file}\nBring it.\n\n- b\n",
}
WRITERS = {"gift": gift_writing.write, "moodle": moodle_writing.write}


def back(text: str, form: str) -> str:
    """Our text out and in again."""
    questions, problems = parse_questions(text, "")
    assert not problems
    written = WRITERS[form](questions)
    assert (written.questions, written.left_out) == (len(questions), ())
    return formats.read(formats.checked(written.text), form, ()).text


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("text", EVERY.values(), ids=EVERY)
def test_what_goes_out_comes_back(text: str, form: str) -> None:
    assert back(text, form) == text


@pytest.mark.parametrize("text", MOODLE_ONLY.values(), ids=MOODLE_ONLY)
def test_moodle_xml_holds_more(text: str) -> None:
    assert back(text, "moodle") == text


WORDS = st.text("ab ~=#{}:\\%*<>&;'\"`_[]()|!-/1.é", min_size=1, max_size=20).map(str.strip).filter(bool)


@pytest.mark.parametrize("form", WRITERS)
@settings(max_examples=60, deadline=None)
@given(prompt=WORDS, options=st.lists(WORDS, min_size=2, max_size=4, unique_by=str.casefold), why=WORDS)
def test_any_signs_come_back(form: str, prompt: str, options: list[str], why: str) -> None:
    listed = "\n".join(f"- [{'x' if n == 0 else ' '}] o{text}" for n, text in enumerate(options))
    text = f"## one {{choice}}\nW{prompt}\n\n{listed}\n  : y{why}\n"
    assert back(text, form) == text


def test_what_a_format_cannot_hold_is_listed() -> None:
    text = f"{CHOICE}\n{MOODLE_ONLY['order']}\n{MOODLE_ONLY['unit']}"
    written = gift_writing.write(parse_questions(text, "")[0])
    assert written.questions == 2
    assert [each.line for each in written.left_out] == [10, 17, 17, 17]
