"""Rules about people, pure: roles, addresses, passwords, where `next` may lead, how long a sign-in lives."""

import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from core.errors import InvalidInput
from core.ids import crockford, read_crockford
from core.permissions import Permission

PASSWORD_LENGTH = 10  # characters, at least
REMEMBERED_FOR = timedelta(days=30)  # since it was last used
IDLE_FOR = timedelta(hours=12)
TOUCHED_EVERY = timedelta(hours=1)
FRESH_FOR = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)
SEES_FOR = timedelta(minutes=30)  # with a learner's eyes
LINK_LIVES = timedelta(minutes=15)
CODE_LENGTH, CODES = 10, 10  # of recovery codes: characters (5 bits each), and how many
HOME = "/dashboard"
ERRANDS = {  # by the address that one goes on to
    r"/.+/enroll": "go on with your enrollment",
    r"/courses/[^/]+/gift": "give this course",
    r"/courses/[^/]+/team": "order seats for a team",
    r"/plans/\d+": "pay over time",
    r"/redeem": "take your gift",
    r"/team/join/[^/]+": "take your seat",
    r"/team/managers/join/[^/]+": "manage the team",
}
LONGEST_WORD = 80  # characters of a word that a search compares
# Marks without a look of their own that set the direction of the text after them.
TURNING_MARKS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_COMMON = """
1234567890 0123456789 9876543210 0987654321 1111111111 0000000000 12345678910 123456789a a123456789
123456789q 1q2w3e4r5t 1qaz2wsx3edc q1w2e3r4t5 qwertyuiop qwerty1234 qwerty12345 qwerty123456
asdfghjkl1 password01 password11 password12 password123 password1234 passw0rd123 mypassword
mypassword1 letmein123 welcome123 welcome1234 iloveyou12 iloveyou123 sunshine12 sunshine123
princess12 princess123 football12 football123 baseball12 baseball123 superman12 superman123
administrator admin12345 adminadmin changeme12 changeme123 abcdefghij abcdef1234 abcd123456
abc1234567 aaaaaaaaaa asdasdasdasd qazwsxedcrfv zaq12wsxcde trustno1trustno1 dragon1234 monkey1234
master1234 michael123 jennifer12 computer12 internet12 secret1234 qwertzuiop azertyuiop passwort123
motdepasse motdepasse1 contrasena123 dermatology esthetician
"""
COMMON = frozenset(_COMMON.split())
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrom": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS": "Mac",
    "Linux": "Linux",
}  # fmt: skip


class Role(StrEnum):
    """What a person may be. The school's owner is an admin, who may do all that the others may."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    SUPPORT = "support"
    FINANCE = "finance"
    ADMIN = "admin"


PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.LEARNER: frozenset(),
    Role.INSTRUCTOR: frozenset({Permission.INSTRUCTOR}),
    Role.SUPPORT: frozenset({
        Permission.OVERVIEW, Permission.PEOPLE, Permission.SEE_AS, Permission.ENROLLMENTS, Permission.MAIL,
    }),
    Role.FINANCE: frozenset({Permission.OVERVIEW, Permission.MONEY}),
    Role.ADMIN: frozenset(Permission),
}  # fmt: skip


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """All that these roles may do together."""
    return frozenset[Permission]().union(*(PERMISSIONS[role] for role in roles))


def may_look_after(permissions: AbstractSet[str], roles: Iterable[str]) -> bool:
    """Whether who has these permissions may act on an account with these roles: only an admin touches the staff's."""
    return Permission.ADMIN in permissions or not permissions_of(roles)


def may_see_as(permissions: AbstractSet[str], roles: Iterable[str]) -> bool:
    """Whether who has these permissions may look at the school with the eyes of somebody who has these roles.

    An admin's eyes see all that there is, so nobody borrows them.
    """
    held = set(roles)
    return Permission.SEE_AS in permissions and may_look_after(permissions, held) and Role.ADMIN not in held


def normal_email(text: str) -> str:
    """The one form in which an address is stored and looked up. Raises InvalidInput for what is none."""
    address = unicodedata.normalize("NFC", text.strip()).lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", address) or len(address) > 254:
        raise InvalidInput("Enter an email address with an @, such as name@example.com", "email")
    return address


def normal_name(text: str | None) -> str:
    """A name on one line, with single spaces; empty where there is none.

    Control characters are dropped (PostgreSQL stores no NUL), and so are the marks that turn the text after
    them around: a name must not change how its certificate reads. Joiners stay, some scripts need them.
    """
    return " ".join("".join(filter(_may_stand, text or "")).split())


def folded(text: str) -> str:
    """The text as lists sort it and searches compare it: without case, and without accents where these come off."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))


def search_words(name: str, email: str) -> frozenset[str]:
    """What a search for this person may begin with: the words of the name, the address, its parts, its domain."""
    return words_of(f"{name} {email} {email.partition('@')[2]}")


def words_of(text: str) -> frozenset[str]:
    """What a search for this text may begin with: its words, and the parts of each between marks."""
    words = folded(text).split()
    parts = (part for word in words for part in re.findall(r"\w+", word))
    return frozenset(word[:LONGEST_WORD] for word in (*words, *parts))


def _may_stand(character: str) -> bool:
    is_control = unicodedata.category(character) == "Cc" and not character.isspace()
    return not is_control and character not in TURNING_MARKS


def safe_next(url: str | None, default: str = HOME) -> str:
    """The address to go on to, when it is a path on this site; else `default`.

    Browsers read a backslash as a slash and drop control characters, so neither may stand in it.
    """
    if not url or not url.startswith("/") or url.startswith("//") or "\\" in url:
        return default
    if any(ord(character) < 33 or ord(character) == 127 for character in url):
        return default
    try:
        parts = urlsplit(url)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else url


def errand(onward: str) -> str:
    """What somebody came for who has to sign in before, by the address that they go on to; empty for nothing special.
    It goes on from “you can”."""
    path = onward.partition("?")[0]
    return next((words for pattern, words in ERRANDS.items() if re.fullmatch(pattern, path)), "")


def normal_password(password: str) -> str:
    """The same password from any keyboard: composed and decomposed letters are one."""
    return unicodedata.normalize("NFKC", password)


def password_problem(password: str, name: str = "", email: str = "") -> str | None:
    """What is wrong with a new password, as a sentence, or None. `password` is in its normal form."""
    if len(password) < PASSWORD_LENGTH:
        return f"Make the password at least {PASSWORD_LENGTH} characters long"
    if len(password) > 200:
        return "Make the password at most 200 characters long"
    plain = re.sub(r"[\W_]", "", password).casefold()
    if plain in COMMON or len(set(plain)) < 3:
        return "Choose a password that is harder to guess: this one is among the first that are tried"
    if any(word in plain and len(plain) < len(word) + 6 for word in _own_words(name, email)):
        return "Choose a password that is not your name or your email address"
    return None


def device_label(user_agent: str) -> str:
    """A browser and its system in a few words, as a person would tell two of their devices apart."""
    browser, system = _first(user_agent, BROWSERS), _first(user_agent, SYSTEMS)
    return f"{browser or 'A browser'} on {system}" if system else browser or "An unknown device"


def is_over(last_seen: datetime, remembered: bool, moment: datetime) -> bool:
    """Whether a sign-in has ended because nobody used it."""
    return moment - last_seen > (REMEMBERED_FOR if remembered else IDLE_FOR)


def wants_touch(last_seen: datetime, moment: datetime) -> bool:
    """Whether its last use is long enough ago to be written down again."""
    return moment - last_seen >= TOUCHED_EVERY


def is_fresh(authenticated: datetime, moment: datetime) -> bool:
    """Whether the person proved who they are so lately that they may change how they sign in."""
    return moment - authenticated <= FRESH_FOR


def new_recovery_codes() -> list[str]:
    """Ten codes, each opens once: `7K2QX-M04TD`."""
    return [f"{code[:5]}-{code[5:]}" for code in (crockford(CODE_LENGTH) for _ in range(CODES))]


def read_recovery_code(text: str) -> str | None:
    """A recovery code as it was typed, in its stored form, or None when it cannot be one."""
    return read_crockford(text, CODE_LENGTH)


def _own_words(name: str, email: str) -> list[str]:
    whole = re.sub(r"[\W_]", "", name).casefold()
    local = re.sub(r"[\W_]", "", email.partition("@")[0]).casefold()
    address = re.sub(r"[\W_]", "", email).casefold()
    return [word for word in (whole, local, address) if len(word) >= 4]


def _first(text: str, names: dict[str, str]) -> str:
    return next((name for mark, name in names.items() if mark in text), "")
