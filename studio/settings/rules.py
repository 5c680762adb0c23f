"""What the form of a course's settings says, to and from the course's text. Pure.

The form holds plain texts by name: `title`, `outcomes` with one a line, `faq` as questions and answers, `opens` by
module. Written back, each value that differs replaces its own lines, and no other line changes.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from core.errors import Problem
from publishing.texts.course_text import full_name, read_course
from publishing.texts.editing import body_of, remove, set_body, set_value, values_of
from publishing.texts.front_matter import read_front_matter

Settings: TypeAlias = "dict[str, Any]"
TEXTS = ("title", "subtitle", "collection", "language", "level", "order", "cover", "access_months")
DAYS = ("enroll_from", "enroll_until")
LINES = ("outcomes", "audience", "not_for")
SLUGS = ("authors", "requires")
MONEY = ("price", "currency", "prices")
CERTIFICATE = ("pass", "valid_months", "category")
LINK = re.compile(r"\]\((lessons|quizzes|tools)/")
EMPTY = "---\n---\n\n"


def settings_of(text: str) -> Settings:
    """What the form shows."""
    values = values_of(text)
    certificate = values.get("certificate")
    held = certificate if isinstance(certificate, dict) else {}
    return {
        **{key: _line(values.get(key)) for key in (*TEXTS, *DAYS, "price", "currency")},
        **{key: "\n".join(_lines(values.get(key))) for key in LINES},
        **{key: _lines(values.get(key)) for key in SLUGS},
        **{key: _line(held.get(key)) for key in CERTIFICATE},
        "prices": _prices(values.get("prices")),
        "certified": certificate is not None,
        "certificate_steps": [] if held.get("requires") == "all" else _lines(held.get("requires")),
        "faq": _faq(values.get("faq")),
        "opens": _opens(values.get("modules")),
        "body": body_of(text).replace("\r\n", "\n").strip("\n"),
    }


def with_settings(text: str, wished: Settings) -> str:
    """The text that says what the form does; what the form leaves out stays."""
    there = settings_of(text)
    for key in (*TEXTS, *DAYS, "price", "currency"):
        text = _with(text, there, wished, key, lambda value: value)
    for key in (*LINES, "prices"):
        text = _with(text, there, wished, key, _pairs if key == "prices" else str.splitlines)
    for key in SLUGS:
        text = _with(text, there, wished, key, list)
    text = _with(text, there, wished, "faq", _entries)
    if "certified" in wished:
        text = _with_certificate(text, there, wished)
    for module, opens in wished.get("opens", {}).items():
        text = _with_opening(text, there["opens"], module, opens)
    if wished.get("body", there["body"]) != there["body"]:
        text = set_body(text, f"\n{wished['body']}\n")
    return text


def money_changes(there: Settings, wished: Settings) -> bool:
    """Whether the form asks for another price."""
    return any(wished.get(key, there[key]) != there[key] for key in MONEY)


def new_problems(before: str, after: str, course: str) -> list[Problem]:
    """What is wrong with the edited text and was not before; what was wrong already is not the form's to say."""
    known = {(problem.message, problem.remedy) for problem in _problems(before, course)}
    return [one for one in _problems(after, course) if (one.message, one.remedy) not in known]


def new_text(title: str, collection: str, language: str, currency: str, authors: Sequence[str]) -> str:
    """A course that was just begun: free, and with nothing in it."""
    first: dict[str, Any] = {
        "title": title, "collection": collection, "language": language, "price": "0.00", "currency": currency,
        "authors": list(authors), "modules": [],
    }  # fmt: skip
    text = EMPTY
    for key, value in first.items():
        text = set_value(text, (key,), value)
    return text


def duplicate_of(text: str, origin: str, title: str) -> str:
    """The same course under another title: it borrows the steps of the first, whose lessons stay one text."""
    values = values_of(text)
    text = remove(set_value(text, ("title",), title), ("formerly",))
    for number, module in enumerate(values.get("modules") or []):
        steps = [_borrowed(step, origin) for step in module.get("steps") or []]
        text = set_value(text, ("modules", number, "steps"), steps)
    asked = (values.get("certificate") or {}).get("requires")
    if isinstance(asked, list):
        text = set_value(text, ("certificate", "requires"), [_borrowed(step, origin) for step in asked])
    return LINK.sub(rf"](../{origin}/\1/", text)


def _with(text: str, there: Settings, wished: Settings, key: str, written: Any) -> str:
    """The text with one value as the form has it, if that is another one; an empty value takes its key out."""
    if wished.get(key, there[key]) == there[key]:
        return text
    value = written(wished[key])
    return set_value(text, (key,), value) if value else remove(text, (key,))


def _with_certificate(text: str, there: Settings, wished: Settings) -> str:
    if not wished["certified"]:
        return remove(text, ("certificate",))
    if not there["certified"] or wished["certificate_steps"] != there["certificate_steps"]:
        text = set_value(text, ("certificate", "requires"), wished["certificate_steps"] or "all")
    for key in CERTIFICATE:
        if wished[key] and wished[key] != there[key]:
            text = set_value(text, ("certificate", key), wished[key])
        elif not wished[key]:
            text = remove(text, ("certificate", key))
    return text


def _with_opening(
    text: str, there: Mapping[str, tuple[str, str]], module: str, opens: tuple[str, str]
) -> str:
    """When a module opens: days after the beginning, and a day."""
    if module not in there or opens == there[module]:
        return text
    keys = ("modules", list(there).index(module), "opens")
    value: dict[str, Any] = {name: day for name, day in zip(("days", "date"), opens, strict=True) if day}
    return set_value(text, keys, value) if value else remove(text, keys)


def _problems(text: str, course: str) -> list[Problem]:
    front, unread = read_front_matter(text.encode(), f"courses/{course}/course.md")
    return unread or read_course(front, course)[1]


def _borrowed(step: Any, origin: str) -> Any:
    if isinstance(step, list):
        return [_borrowed(inner, origin) for inner in step]
    return full_name(str(step), origin) or step


def _line(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _lines(value: Any) -> list[str]:
    """The entries of a list, or one alone."""
    return [_line(item) for item in value] if isinstance(value, list) else [_line(value)] if value else []


def _prices(value: Any) -> str:
    return (
        "\n".join(f"{key}: {_line(amount)}" for key, amount in value.items())
        if isinstance(value, dict)
        else ""
    )


def _pairs(text: str) -> dict[str, str]:
    """`EUR: 459.00`, one a line."""
    split = (line.partition(":") for line in text.splitlines() if line.strip())
    return {currency.strip().upper(): amount.strip() for currency, _, amount in split}


def _faq(value: Any) -> list[tuple[str, str]]:
    entries = value if isinstance(value, list) else []
    return [
        (_line(one.get("question")), str(one.get("answer") or "")) for one in entries if isinstance(one, dict)
    ]


def _entries(faq: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"question": question, "answer": answer} for question, answer in faq]


def _opens(modules: Any) -> dict[str, tuple[str, str]]:
    """By module: how many days after the beginning it opens, and on which day."""
    found = {}
    held_modules = modules if isinstance(modules, list) else []
    for module in filter(lambda entry: isinstance(entry, dict), held_modules):
        opens = module.get("opens")
        held = opens if isinstance(opens, dict) else {}
        found[_line(module.get("slug"))] = (_line(held.get("days")), _line(held.get("date")))
    return found
