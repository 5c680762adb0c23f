"""Rules about people, alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import rules
from core.errors import InvalidInput
from core.permissions import Permission
from tests.conftest import NOON

HOSTILE = (
    "https://evil.example", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example",
    "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", " //evil.example", "\x19//evil.example",
    "javascript:alert(1)", "/ok\r\nSet-Cookie: a=b", "evil.example", "http:evil.example", "/x\x7f", "", "//[evil",
    "/\x00",
)  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
def test_next_never_leaves_the_site(url: str) -> None:
    assert rules.safe_next(url) == rules.HOME


@pytest.mark.parametrize(
    "url", ["/", "/courses/x?y=1#z", "/learn/a/b", "/%2F/evil.example", "/a//b", "/caf\u00e9"]
)
def test_next_keeps_a_path_of_the_site(url: str) -> None:
    assert rules.safe_next(url) == url


@given(st.text())
def test_next_is_a_plain_path_whatever_was_asked(url: str) -> None:
    answer = rules.safe_next(url)
    assert answer.startswith("/")
    assert not answer.startswith("//")
    assert "\\" not in answer


@pytest.mark.parametrize(
    ("onward", "words"),
    [
        ("/courses/skin/enroll?code=SPRING", "go on with your enrollment"),
        ("/bundles/all/enroll", "go on with your enrollment"),
        ("/courses/skin/gift", "give this course"),
        ("/plans/7", "pay over time"),
        ("/redeem?code=ABC", "take your gift"),
        ("/team/join/x", "take your seat"),
        ("/team/managers/join/x", "manage the team"),
        ("/courses/skin/team", "order seats for a team"),
        ("/dashboard", ""),
        ("/courses/enroll-now", ""),
        ("", ""),
    ],
)
def test_who_signs_in_on_the_way_to_something_is_told_to_what(onward: str, words: str) -> None:
    assert rules.errand(onward) == words


def test_next_is_the_default_where_nothing_was_asked() -> None:
    assert rules.safe_next(None, "/here") == "/here"


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", "10 characters"),
        ("password123", "harder to guess"),
        ("Pass-Word-123", "harder to guess"),
        ("aaaaaaaaaaaa", "harder to guess"),
        ("AdaLovelace1", "your name"),
        ("lovelace@example.org", "your email"),
        ("x" * 201, "at most 200"),
    ],
)
def test_a_weak_password_is_refused_with_its_fault(password: str, fault: str) -> None:
    problem = rules.password_problem(password, "Ada Lovelace", "lovelace@example.org")
    assert problem
    assert fault in problem


@pytest.mark.parametrize(
    "password", ["correct horse battery", "lovelace and the analytical engine", "\u00fcber-lange Nacht"]
)
def test_a_good_password_passes(password: str) -> None:
    assert rules.password_problem(password, "Ada Lovelace", "lovelace@example.org") is None


def test_a_password_is_the_same_from_every_keyboard() -> None:
    assert rules.normal_password("u\u0308ber") == rules.normal_password("\u00fcber")


def test_an_address_has_one_form() -> None:
    assert rules.normal_email("  Ada@Example.ORG ") == "ada@example.org"


@pytest.mark.parametrize(
    "text", ["", "ada", "ada@", "@example.org", "ada@example", "a b@example.org", "a@b@c.org"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.normal_email(text)
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 (KHTML) Chrome/150 Safari/537 Edg/150",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Version/19 Safari/604.1", "Safari on iPhone"),
        ("curl/8", "An unknown device"),
    ],
)
def test_a_device_is_told_by_its_browser_and_system(agent: str, label: str) -> None:
    assert rules.device_label(agent) == label


@pytest.mark.parametrize(
    ("remembered", "idle", "over"),
    [
        (True, timedelta(days=29), False),
        (True, timedelta(days=31), True),
        (False, timedelta(hours=11), False),
        (False, timedelta(hours=13), True),
    ],
)
def test_a_sign_in_ends_by_lying_idle(remembered: bool, idle: timedelta, over: bool) -> None:
    assert rules.is_over(NOON - idle, remembered, NOON) is over


def test_a_sign_in_is_fresh_for_half_an_hour() -> None:
    assert rules.is_fresh(NOON - timedelta(minutes=29), NOON)
    assert not rules.is_fresh(NOON - timedelta(minutes=31), NOON)


def test_recovery_codes_are_ten_and_read_as_they_are_typed() -> None:
    codes = rules.new_recovery_codes()
    assert len(set(codes)) == 10
    assert rules.read_recovery_code(codes[0].lower().replace("-", " ")) == codes[0].replace("-", "")
    assert rules.read_recovery_code("no code") is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Ana\tMaría \n Ruiz ", "Ana María Ruiz"),
        ("Ana\x00 Ruiz\x1b", "Ana Ruiz"),
        ("Ana \u202eziuR\u202c", "Ana ziuR"),
        ("\u2067Ana\u2069", "Ana"),
        ("محمد بن\u200cسلمان", "محمد بن\u200cسلمان"),
        (" \u202e\t ", ""),
        (None, ""),
    ],
)
def test_a_name_is_one_line_that_turns_nothing_around(typed: str | None, name: str) -> None:
    assert rules.normal_name(typed) == name


@pytest.mark.parametrize(
    ("actor", "roles", "may"),
    [
        ("support", ["learner"], True),
        ("support", [], True),
        ("support", ["learner", "instructor"], False),
        ("support", ["finance"], False),
        ("support", ["learner", "support"], False),
        ("admin", ["learner", "support"], True),
        ("admin", ["admin"], True),
    ],
)
def test_only_an_admin_looks_after_accounts_of_the_staff(actor: str, roles: list[str], may: bool) -> None:
    assert rules.may_look_after(rules.permissions_of([actor]), roles) is may


def test_support_has_no_money_finance_no_people_and_an_admin_everything() -> None:
    support, finance = rules.permissions_of(["support"]), rules.permissions_of(["finance"])

    assert Permission.MONEY not in support
    assert not finance & {Permission.PEOPLE, Permission.ENROLLMENTS, Permission.SEE_AS, Permission.INSTRUCTOR}
    assert rules.permissions_of(["learner", "admin"]) == frozenset(Permission)
    assert Permission.ADMIN not in rules.permissions_of(["learner", "instructor", "support", "finance"])
