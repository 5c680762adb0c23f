"""The child that renders: kept from text to text, started anew where it ended, and told nothing."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.markup.child import Child

PATIENT = 300.0  # seconds; only a broken child takes as long


@pytest.fixture
def child() -> Iterator[Child]:
    made = Child(start_limit=PATIENT)
    yield made
    made.close()


def pid_of(child: Child) -> int:
    assert child._process is not None
    return child._process.pid


def test_it_is_kept_from_text_to_text(child: Child) -> None:
    assert child.convert("*one*", PATIENT) == "<p><em>one</em></p>"
    first = pid_of(child)
    assert child.convert("two\n\nlines – “and” more", PATIENT) == "<p>two</p>\n<p>lines – “and” more</p>"
    assert pid_of(child) == first


def test_a_text_that_takes_too_long_ends_it_and_the_next_has_another(child: Child) -> None:
    child.convert("one", PATIENT)
    first = pid_of(child)

    assert child.convert("<a " * 20_000, 0.2) is None
    assert child.convert("two", PATIENT) == "<p>two</p>"
    assert pid_of(child) != first


def test_one_that_has_ended_by_itself_is_replaced(child: Child) -> None:
    child.convert("one", PATIENT)
    os.kill(pid_of(child), signal.SIGALRM)  # as when it had nothing to do for long

    assert child.convert("two", PATIENT) == "<p>two</p>"


def test_threads_take_turns(child: Child) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: child.convert(f"{number}", PATIENT), range(40)))

    assert made == [f"<p>{number}</p>" for number in range(40)]


def test_one_that_does_not_come_up_is_given_up() -> None:
    assert Child(start_limit=0.0).convert("x", 0.001) is None


def test_one_that_fails_to_start_says_why() -> None:
    with pytest.raises(RuntimeError, match="does not start"):
        Child(command=("/bin/false",)).convert("x", PATIENT)


def test_it_gets_no_secret(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hush")
    child.convert("x", PATIENT)
    told = Path(f"/proc/{pid_of(child)}/environ").read_bytes().decode().split("\0")

    assert {each.partition("=")[0] for each in told if each} == {"PATH", "PYTHONUTF8"}
