"""The people of the demo, all invented."""

import unicodedata
from itertools import product
from random import Random

PASSWORD = "demo-password-1"  # noqa: S105 - published in the README, and only where the demo runs
LEARNER, NEW = ("learner@demo.example", "Priya Raman"), ("new@demo.example", "Jonas Weber")
INSTRUCTOR, ADMIN = ("instructor@demo.example", "Mara Ellery"), ("admin@demo.example", "Sam Rivera")
SUPPORT, FINANCE = ("support@demo.example", "Noor Haddad"), ("finance@demo.example", "Erik Solberg")
MANAGER, PRACTICE = ("manager@demo.example", "Carla Brandt"), "Brandt Skin Practice"
# Whom she invited; the last one has no account yet.
TEAM = (
    ("ines.duarte@demo.example", "Inês Duarte"), ("petra.vogel@demo.example", "Petra Vogel"),
    ("kim.larsson@demo.example", "Kim Larsson"),
)  # fmt: skip
# Three who went on to the written parts of the capstone.
AUTHORS = (
    ("claire.moreau@demo.example", "Claire Moreau"), ("dorothea.lindqvist@demo.example", "Dorothea Lindqvist"),
    ("samira.elmasri@demo.example", "Samira El Masri"),
)  # fmt: skip

GIVEN = (
    "Aisha", "Ana", "Beatriz", "Chloé", "Daniel", "Eleni", "Fatima", "Greta", "Hana", "Ingrid", "Ivana",
    "Jun", "Kerstin", "Laleh", "Lucía", "Maya", "Mei", "Nadia", "Niamh", "Olga", "Paula", "Rosa", "Sofía",
    "Tomasz", "Yuki", "Zoë",
)  # fmt: skip
FAMILY = (
    "Abebe", "Bauer", "Costa", "Dimitriou", "Eriksen", "Fontaine", "García", "Haddad", "Ito", "Jansen",
    "Kowalska", "Larsen", "Mbeki", "Novák", "Okafor", "Petrova", "Quinn", "Rossi", "Sato", "Türk", "Vega",
    "Weiss",
)  # fmt: skip
TIME_ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Tokyo")


def invent(count: int, rng: Random) -> list[tuple[str, str]]:
    """So many different people: address and name."""
    names = rng.sample([f"{given} {family}" for given, family in product(GIVEN, FAMILY)], count)
    return [(_address(name), name) for name in names]


def _address(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '.')}@demo.example"
