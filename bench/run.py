"""`make bench`: every case against a bare Flask app under the same server, interleaved; tables of medians.

`python -m bench.run [--rounds 4] [--seconds 1.5] [--only WORD] [--write]`; --write puts the tables into
docs/performance.md. The load runs on the last core, single-worker servers on the first.
"""

import argparse
import os
import platform
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from math import nan
from pathlib import Path

from bench import client, report, sites
from bench.cases import CASES, HELLO, ROTATING, Case, Site, open_paper
from bench.counting import count
from bench.report import Facts, Key, Sample
from bench.servers import Server, serve
from bench.shop import Shop, sandbox

ONE, TWO = "1 worker", "2 workers"
SQLITE, POSTGRESQL = f"SQLite, {ONE}", f"PostgreSQL, {ONE}"
SQLITE_TWO = f"SQLite, {TWO}"
HELLOS = {SQLITE: f"hello, {ONE}", POSTGRESQL: f"hello, {ONE}", SQLITE_TWO: f"hello, {TWO}"}
MANY, SINGLE = 8, 1  # connections
WITH_TWO = (
    "lesson page",
    "lesson page, while as many learners hand in",
    "dashboard",
    "quiz, save one answer (one write)",
)
SERVER_CORES, ALL_CORES = {0}, set(range(os.cpu_count() or 1))
LOAD_CORE = max(ALL_CORES)


@dataclass(frozen=True)
class Cell:
    """One thing to measure, on one server, over some connections."""

    key: Key
    case: Case
    server: Server
    site: Site


def main(arguments: Sequence[str]) -> None:
    options = _options(arguments)
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="bench") as name:
        print("Preparing two instances with the workload ...", file=sys.stderr)
        cells, servers = _start(stack, Path(name), options.only)
        statements = _count_statements(cells)
        samples = _measure(cells, options.rounds, options.seconds)
        memory = {server: running.memory_mb() for server, running in servers.items()}
        facts = Facts(statements, memory, _run_in_words(options.rounds, options.seconds))
        measured = list(dict.fromkeys(cell.key.server for cell in cells if cell.key.server in HELLOS))
        text = report.tables(samples, facts, measured, HELLOS)
    print(text)
    if options.write:
        report.write(text)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.run", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--rounds", type=int, default=4, help="how often every case is run (medians are shown)"
    )
    parser.add_argument("--seconds", type=float, default=1.5, help="how long a case is run in a round")
    parser.add_argument("--only", default="", help="only cases whose name holds this word")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    return parser.parse_args(arguments)


def _start(stack: ExitStack, folder: Path, only: str) -> tuple[list[Cell], dict[str, Server]]:
    """Prepare and start everything; what is to be measured, and the servers by name."""
    stripe_api = stack.enter_context(sandbox(folder / "sandbox.log", LOAD_CORE))
    instances = {SQLITE: sites.prepare(folder / "sqlite", stripe_api)}
    instances[POSTGRESQL] = stack.enter_context(sites.postgresql(folder / "postgresql", stripe_api))
    instances[SQLITE_TWO] = instances[SQLITE]
    os.sched_setaffinity(0, {LOAD_CORE})
    servers: dict[str, Server] = {}
    cells: list[Cell] = []
    for name, instance in instances.items():
        workers, cores = (2, ALL_CORES) if name == SQLITE_TWO else (1, SERVER_CORES)
        roots = (instance.database_pid,) if instance.database_pid else ()
        log = folder / f"{len(servers)}.log"
        server = stack.enter_context(serve("app:create_app", workers, instance.environ, log, cores, roots))
        servers[name] = server
        if HELLOS[name] not in servers:
            hello = serve(
                "bench.hello:create_app", workers, instance.environ, log.with_suffix(".hello"), cores
            )
            servers[HELLOS[name]] = stack.enter_context(hello)
        papers = tuple(open_paper(server.port, learner) for learner in instance.learners[:ROTATING])
        shop = Shop(instance.environ, stripe_api)
        site = Site(server.port, instance.learners, papers, shop)
        cells += _cells(name, only, server, servers[HELLOS[name]], site)
    return list({cell.key: cell for cell in cells}.values()), servers


def _cells(name: str, only: str, server: Server, hello: Server, site: Site) -> Iterator[Cell]:
    for connections in (MANY, SINGLE) if name == SQLITE else (MANY,):
        yield Cell(Key(HELLOS[name], HELLO.name, connections), HELLO, hello, replace(site, port=hello.port))
        for case in CASES:
            if only in case.name and (name != SQLITE_TWO or case.name in WITH_TWO):
                load = connections if case.crowd else SINGLE
                yield Cell(Key(name, case.name, load), case, server, site)


def _count_statements(cells: Sequence[Cell]) -> dict[str, int]:
    """By case, on SQLite; the app of this process reads the same database as the server."""
    chosen = {cell.case.name: cell for cell in cells if cell.key.server == SQLITE}
    environ = next(cell.site.shop.environ for cell in chosen.values())
    with sites.application(environ) as app:
        return {name: count(app, cell.case, cell.site) for name, cell in chosen.items()}


def _measure(cells: Sequence[Cell], rounds: int, seconds: float) -> dict[Key, list[Sample]]:
    samples: dict[Key, list[Sample]] = {cell.key: [] for cell in cells}
    for number in range(rounds + 1):  # the first round warms up and is not counted
        print(f"Round {number} of {rounds} ...", file=sys.stderr)
        for cell in random.sample(cells, len(cells)):
            sample = _load(cell, seconds if number else 0.3)
            if number:
                samples[cell.key].append(sample)
    return samples


def _load(cell: Cell, seconds: float) -> Sample:
    case, site = cell.case, cell.site
    visits, beside = case.visits(site), case.beside(site) if case.beside else ()
    before = cell.server.cpu_seconds()
    load = client.run(
        cell.server.port, visits, cell.key.connections, seconds if case.endless else None, beside
    )
    cpu = cell.server.cpu_seconds() - before
    p50, p99 = (load.percentile(part) * 1000 for part in (0.5, 0.99))
    cpu_ms = nan if case.beside else cpu * 1000 / len(load.latencies)
    return Sample(load.rate, cpu_ms, p50, p99)


def _run_in_words(rounds: int, seconds: float) -> str:
    return (
        f"{platform.machine()}, {len(ALL_CORES)} cores shared with the load; Python {platform.python_version()}; "
        f"medians of {rounds} interleaved rounds of {seconds:g} s a case."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
