"""The tables: medians over the rounds of one run, as Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from statistics import median

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


@dataclass(frozen=True)
class Sample:
    """One load: visits a second, CPU milliseconds a visit (nan where others were served too), latencies in ms."""

    rate: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Key:
    """What was loaded: which server, which case, over how many connections."""

    server: str
    case: str
    connections: int


Samples = Mapping[Key, Sequence[Sample]]


@dataclass(frozen=True)
class Facts:
    """What else the tables say: statements by case, memory by server in MB, the machine and the run in words."""

    statements: Mapping[str, int]
    memory_mb: Mapping[str, float]
    run: str


def tables(samples: Samples, facts: Facts, servers: Sequence[str], hellos: Mapping[str, str]) -> str:
    """All tables; `hellos` names for each server the bare app that it is compared with."""
    parts = [facts.run]
    parts += [f"### {server}\n\n{_table(samples, facts, server, hellos[server])}" for server in servers]
    memory = ", ".join(f"{server} {size:.0f} MB" for server, size in facts.memory_mb.items())
    return "\n\n".join([*parts, f"Memory of the whole server after the run (PSS): {memory}."])


def write(text: str, begin: str = BEGIN, end: str = END) -> None:
    """Put the tables between the markers of docs/performance.md."""
    page = PAGE.read_text()
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}")


def _table(samples: Samples, facts: Facts, server: str, hello: str) -> str:
    head = [
        "| case | SQL | req/s c8 | req/s c1 | p50 c8 | p99 c8 | p50 c1 | p99 c1 | CPU ms | of hello |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    bare = next(key.case for key in samples if key.server == hello)
    yard = _median(samples, Key(hello, bare, 8))
    rows = [_row(samples, facts, hello, bare, yard)]
    rows += [_row(samples, facts, server, case, yard) for case in _cases(samples, server)]
    return "\n".join(head + rows)


def _cases(samples: Iterable[Key], server: str) -> list[str]:
    return list(dict.fromkeys(key.case for key in samples if key.server == server))


def _row(samples: Samples, facts: Facts, server: str, case: str, yard: Sample | None) -> str:
    eight, one = (_median(samples, Key(server, case, connections)) for connections in (8, 1))
    measured = eight or one
    assert measured is not None
    assert yard is not None
    cells = [
        case,
        str(facts.statements.get(case, "")),
        f"{eight.rate:,.0f}" if eight else "",
        f"{one.rate:,.0f}" if one else "",
        f"{eight.p50_ms:.2f}" if eight else "",
        f"{eight.p99_ms:.2f}" if eight else "",
        f"{one.p50_ms:.2f}" if one else "",
        f"{one.p99_ms:.2f}" if one else "",
        "" if isnan(measured.cpu_ms) else f"{measured.cpu_ms:.3f}",
        "" if isnan(measured.cpu_ms) else f"{100 * yard.cpu_ms / measured.cpu_ms:.0f} %",
    ]
    return f"| {' | '.join(cells)} |"


def _median(samples: Samples, key: Key) -> Sample | None:
    """The median of each figure by itself."""
    found = samples.get(key)
    if not found:
        return None
    names = ("rate", "cpu_ms", "p50_ms", "p99_ms")
    return Sample(*(median(getattr(sample, name) for sample in found) for name in names))
