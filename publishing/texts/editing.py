"""Front matter changed in place: a value is replaced, and every byte around it stays. Pure.

Values are found by the marks that YAML's reader leaves, and what is written is spliced between them; so comments, the
order of keys, quotes, blank lines and line ends of everything else stay as somebody wrote them. Each edit is read back
before it is handed out: it says what was asked for and nothing else has changed, or it is refused.

`keys` lead to a value: the words of mappings and the numbers of lists, from 0, as `("modules", 0, "title")`. All raise
InvalidInput where the front matter cannot be read, or holds nothing at that place.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from core.errors import InvalidInput
from publishing.texts import splicing
from publishing.texts.dumping import Plain, tidy
from publishing.texts.splicing import LINE_END, NOT_THERE, Front, Keys

TOO_ODD = "This is written in a way that a form cannot change. Change it in the text."


def values_of(text: str) -> dict[str, Any]:
    """What the front matter says, as texts, lists and dicts."""
    return Front(text).plain()


def body_of(text: str) -> str:
    """What stands below the front matter."""
    return text[Front(text).body :]


def set_body(text: str, body: str) -> str:
    """The text with another body."""
    front = Front(text)
    return text[: front.body] + LINE_END.sub(front.newline, body)


def set_value(text: str, keys: Keys, value: Plain) -> str:
    """The text in which `keys` lead to the value. What holds it is made where it is missing; of a list or a mapping
    that is there, only the entries that differ are written anew."""
    value, wanted = tidy(value), values_of(text)
    _holder(wanted, keys)[keys[-1]] = value
    return _held(splicing.put(text, keys, value), wanted)


def remove(text: str, keys: Keys) -> str:
    """The text without this key; the same text where it is not there."""
    wanted = values_of(text)
    if Front(text).find(keys) is None:
        return text
    del _holder(wanted, keys)[keys[-1]]
    return _held(splicing.cut(text, keys), wanted)


def insert(text: str, keys: Keys, index: int, value: Plain) -> str:
    """The text with one entry more in a list, before that of this number; a missing list is begun."""
    entries, new = _entries(text, keys), tidy(value)
    wanted = [*entries[:index], new, *entries[index:]]
    return _with_entries(text, keys, wanted, lambda: splicing.add_entry(text, keys, index, new))


def remove_item(text: str, keys: Keys, index: int) -> str:
    """The text with one entry less in a list."""
    entries = _entries(text, keys)
    _check_index(entries, index)
    wanted = entries[:index] + entries[index + 1 :]
    return _with_entries(text, keys, wanted, lambda: splicing.cut_entry(text, keys, index))


def move(text: str, keys: Keys, index: int, to: int) -> str:
    """The text in which an entry of a list stands at number `to`. The lines of each stay as they are, and the comment
    directly above an entry goes with it."""
    entries = _entries(text, keys)
    _check_index(entries, index)
    _check_index(entries, to)
    order = list(range(len(entries)))
    order.insert(to, order.pop(index))
    wanted = [entries[n] for n in order]
    return _with_entries(text, keys, wanted, lambda: splicing.permute(text, keys, order))


def _held(edited: str, wanted: dict[str, Any]) -> str:
    """The edited text, if it says what was asked for."""
    if values_of(edited) != wanted:
        raise InvalidInput(TOO_ODD)
    return edited


def _holder(values: dict[str, Any], keys: Keys) -> Any:
    """What holds the last key, made where it is missing."""
    found: Any = values
    for key in keys[:-1]:
        if isinstance(found, dict) and isinstance(key, str):
            found[key] = found.get(key) or {}
        else:
            _check_entry(found, key)
        found = found[key]
    if not isinstance(found, dict):
        _check_entry(found, keys[-1])
    return found


def _check_entry(found: Any, key: str | int) -> None:
    if not isinstance(found, list) or not isinstance(key, int):
        raise InvalidInput(NOT_THERE)
    _check_index(found, key)


def _check_index(entries: list[Any], index: int) -> None:
    if not 0 <= index < len(entries):
        raise InvalidInput(NOT_THERE)


def _entries(text: str, keys: Keys) -> list[Any]:
    found = deepcopy(values_of(text))
    entries = _holder(found, keys)
    entries = entries.get(keys[-1]) if isinstance(entries, dict) else entries[keys[-1]]
    if entries and not isinstance(entries, list):
        raise InvalidInput(NOT_THERE)
    return entries or []


def _with_entries(text: str, keys: Keys, entries: list[Any], edit: Callable[[], str]) -> str:
    """The text after an edit of a list, which is written anew where it was empty or becomes so."""
    wanted = values_of(text)
    holder = _holder(wanted, keys)
    was = holder.get(keys[-1]) if isinstance(holder, dict) else holder[keys[-1]]
    holder[keys[-1]] = entries
    return _held(edit() if was and entries else splicing.put(text, keys, entries), wanted)
