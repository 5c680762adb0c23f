"""A course as its author writes it: what it promises, its modules and ordered steps, its certificate. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.errors import InvalidInput, Problem
from core.money import Money, read_money
from payments.least import can_be_asked, least
from publishing.texts.fields import Fields, read_faq
from publishing.texts.front_matter import FrontMatter, Node

KEYS = (
    "title", "subtitle", "collection", "language", "price", "currency", "prices", "level", "order", "cover",
    "formerly", "outcomes", "audience", "not_for", "authors", "modules", "certificate", "faq", "requires",
    "access_months", "enroll_from", "enroll_until",
)  # fmt: skip
REQUIRED = ("title", "collection", "language", "price", "currency", "authors", "modules")
ORDERS = ("free", "modules", "strict")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")
CURRENCY = re.compile(r"[A-Z]{3}")
STEP = re.compile(r"(?:([a-z0-9-]+)/)?(lessons|quizzes)/([a-z0-9-]+)")
STEP_RULE = "Write `lessons/slug` or `quizzes/slug`, before it the course where it is another's."


@dataclass(frozen=True)
class StepText:
    """One step: `name` is the full name of its body, `course/lessons/slug`. `line` is where it stands."""

    name: str
    required: bool
    line: int

    @property
    def slug(self) -> str:
        return self.name.rpartition("/")[2]

    @property
    def kind(self) -> str:
        return "lesson" if "/lessons/" in self.name else "quiz"


@dataclass(frozen=True)
class ModuleText:
    """`opens_days` and `opens_on` say from when it is open: so many days after a learner began, or a day."""

    slug: str
    title: str
    steps: tuple[StepText, ...]
    line: int
    opens_days: int | None = None
    opens_on: date | None = None


@dataclass(frozen=True)
class CertificateText:
    """What a certificate takes: `requires` names steps, empty means all required ones; `pass_mark` percent."""

    requires: tuple[str, ...]
    pass_mark: int | None
    valid_months: int | None
    category: str
    line: int


@dataclass(frozen=True)
class CourseText:
    """`prices` are those in further currencies; `faq` is (question, answer in Markdown, line of the answer); `body`
    the sales page.

    `requires` names the courses to complete before; `access_months` is None for as long as the course is offered;
    `enroll_from` and `enroll_until` are the first and the last day on which it takes learners.
    """

    slug: str
    file: str
    title: str
    subtitle: str
    collection: str
    language: str
    price: Money
    prices: tuple[Money, ...]
    level: str
    order: str
    cover: str
    formerly: tuple[str, ...]
    outcomes: tuple[str, ...]
    audience: tuple[str, ...]
    not_for: tuple[str, ...]
    authors: tuple[str, ...]
    modules: tuple[ModuleText, ...]
    certificate: CertificateText | None
    faq: tuple[tuple[str, str, int], ...]
    body: str
    body_line: int
    lines: tuple[tuple[str, int], ...]  # key, its line
    requires: tuple[str, ...] = ()
    access_months: int | None = None
    enroll_from: date | None = None
    enroll_until: date | None = None

    @property
    def steps(self) -> tuple[StepText, ...]:
        return tuple(step for module in self.modules for step in module.steps)

    def line_of(self, key: str) -> int:
        return dict(self.lines).get(key, 1)


def read_course(front: FrontMatter, slug: str) -> tuple[CourseText, list[Problem]]:
    """The course and what is wrong with it, as far as the file alone tells."""
    problems: list[Problem] = []
    fields = Fields.of(front, problems)
    fields.only(*KEYS)
    fields.require(*REQUIRED)
    modules = tuple(_modules(fields, slug))
    course = CourseText(
        slug=slug,
        file=front.file,
        title=fields.text("title"),
        subtitle=fields.text("subtitle"),
        collection=fields.text("collection"),
        language=_matching(fields, "language", LANGUAGE, "Write it as en or pt-BR."),
        price=_price(fields),
        prices=tuple(_prices(fields)),
        level=fields.text("level"),
        order=fields.one_of("order", ORDERS, "free"),
        cover=fields.text("cover"),
        formerly=fields.slugs("formerly"),
        outcomes=fields.texts("outcomes"),
        audience=fields.texts("audience"),
        not_for=fields.texts("not_for"),
        authors=fields.slugs("authors"),
        modules=modules,
        certificate=_certificate(fields, slug, modules),
        faq=read_faq(fields),
        body=front.body,
        body_line=front.body_line,
        lines=tuple((key, node.line) for key, node in front.values.items()),
        requires=fields.slugs("requires"),
        access_months=fields.whole("access_months", 1, 1200),
        enroll_from=fields.day("enroll_from"),
        enroll_until=fields.day("enroll_until"),
    )
    return course, problems + list(_repeated(course)) + list(_window_problems(course))


def _matching(fields: Fields, key: str, pattern: re.Pattern[str], remedy: str) -> str:
    value = fields.text(key)
    if value and not pattern.fullmatch(value):
        fields.fault(fields.line_of(key), f"{key}: “{value}” cannot be read", remedy)
    return value


def _price(fields: Fields) -> Money:
    currency = _matching(fields, "currency", CURRENCY, "Write it as USD.")
    return _money(fields, "price", currency)


def _prices(fields: Fields) -> Iterator[Money]:
    """What the course costs in other currencies: a mapping of the currency and the amount."""
    node = fields.values.get("prices")
    if node is None:
        return
    inner = fields.inside(node, "prices")
    for currency in inner.values:
        line = inner.line_of(currency)
        if not CURRENCY.fullmatch(currency) or currency == fields.text("currency"):
            remedy = "Write USD: …, once for each further currency."
            inner.fault(line, f"prices: “{currency}” is no further currency", remedy)
            continue
        before = len(fields.problems)
        price = _money(inner, currency, currency)
        if price.is_free and len(fields.problems) == before:
            inner.fault(line, f"prices.{currency}: is nothing", "Write it as 489.00.")
        if not price.is_free:
            yield price


def _money(fields: Fields, key: str, currency: str) -> Money:
    written = fields.text(key)
    try:
        price = read_money(written, currency) if written else Money(0, currency)
        if not can_be_asked(price):
            raise InvalidInput(f"{price} is below the least that can be paid. Ask {least(currency)} or more.")
    except InvalidInput as wrong:
        message, _, remedy = wrong.sentence.partition(". ")
        where = f"{fields.where}{key}"
        fields.fault(fields.line_of(key), f"{where}: {message.rstrip('.')}", remedy or "Write it as 489.00.")
        return Money(0, currency)
    return price


def _modules(fields: Fields, course: str) -> Iterator[ModuleText]:
    for node in fields.nodes("modules"):
        module = fields.inside(node, "modules")
        module.only("slug", "title", "steps", "opens")
        module.require("slug", "title", "steps")
        slug = module.text("slug")
        if slug:
            module.check_slug(slug, module.line_of("slug"), f"“{slug}” is no slug of a module")
        steps = tuple(_steps(module, course))
        line = module.line_of("slug")
        yield ModuleText(slug, module.text("title"), steps, line, *_opening(module))


def _opening(module: Fields) -> tuple[int | None, date | None]:
    """The days after the learner's beginning and the day before which a module is closed."""
    node = module.values.get("opens")
    if node is None:
        return None, None
    opens = module.inside(node, "modules.opens")
    opens.only("days", "date")
    days, day = opens.whole("days", 1, 3650), opens.day("date")
    if node.shape == "mapping" and not ("days" in opens.values or "date" in opens.values):
        opens.fault(node.line, "modules.opens: says no day", "Write `days: 7` or `date: 2026-12-01`.")
    return days, day


def _steps(module: Fields, course: str) -> Iterator[StepText]:
    for node in module.nodes("steps"):
        written, optional = _written(node)
        name = full_name(written, course)
        if name is None:
            module.fault(node.line, f"“{written}” names no step", STEP_RULE)
        else:
            yield StepText(name, not optional, node.line)


def _written(node: Node) -> tuple[str, bool]:
    """A step in brackets is optional; YAML reads the brackets as a list of one."""
    if node.shape == "list" and len(node.items) == 1:
        return node.items[0].text, True
    if node.text.startswith("[") and node.text.endswith("]"):
        return node.text[1:-1].strip(), True
    return node.text, False


def full_name(written: str, course: str) -> str | None:
    """`course/lessons/slug` of a step as written, or None for what cannot be one."""
    found = STEP.fullmatch(written)
    return f"{found[1] or course}/{found[2]}/{found[3]}" if found else None


def _certificate(fields: Fields, course: str, modules: tuple[ModuleText, ...]) -> CertificateText | None:
    node = fields.values.get("certificate")
    if node is None:
        return None
    inner = fields.inside(node, "certificate")
    inner.only("requires", "pass", "valid_months", "category")
    inner.require("requires")
    return CertificateText(
        requires=tuple(_requires(inner, course, modules)),
        pass_mark=inner.whole("pass", 0, 100),
        valid_months=inner.whole("valid_months", 1, 1200),
        category=inner.text("category"),
        line=node.line,
    )


def _requires(fields: Fields, course: str, modules: tuple[ModuleText, ...]) -> Iterator[str]:
    """Full names; a step may be named by its slug alone."""
    node = fields.values.get("requires")
    if node is None or (node.shape == "text" and node.text in ("", "all")):
        return
    names = {step.name for module in modules for step in module.steps}
    by_slug = {name.rpartition("/")[2]: name for name in names}
    for item in node.items or (node,):
        name = by_slug.get(item.text) or full_name(item.text, course)
        if name in names:
            yield name
        else:
            remedy = "Write all, or a list of steps of this course."
            fields.fault(item.line, f"certificate.requires: “{item.text}” is no step of this course", remedy)


def _window_problems(course: CourseText) -> Iterator[Problem]:
    """The last day on which learners are taken does not come before the first."""
    first, last = course.enroll_from, course.enroll_until
    if first is not None and last is not None and last < first:
        message = f"enroll_until: {last} is before enroll_from, {first}"
        yield Problem(course.file, course.line_of("enroll_until"), message, "Write a later day.")


def _repeated(course: CourseText) -> Iterator[Problem]:
    """Two steps of one course may not share a slug, nor two modules."""
    steps: dict[str, int] = {}
    for step in course.steps:
        if step.slug in steps:
            message = f"the step “{step.slug}” already stands in line {steps[step.slug]}"
            yield Problem(course.file, step.line, message, "Two steps of a course cannot share a slug.")
        steps.setdefault(step.slug, step.line)
    modules: dict[str, int] = {}
    for module in course.modules:
        if module.slug in modules:
            message = f"the module “{module.slug}” already stands in line {modules[module.slug]}"
            yield Problem(course.file, module.line, message, "Choose another slug.")
        modules.setdefault(module.slug, module.line)
