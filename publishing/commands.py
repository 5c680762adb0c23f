"""The operator's commands for content: check a bundle, publish it, write one out."""

import sys
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import AppGroup

from core.database import transaction
from core.errors import DomainError, Problem
from quizzes.words import plural

content = AppGroup("content", help="Content as a folder of plain files: check it, publish it, write it out.")
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@content.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--strict", is_flag=True, help="Name every point of advice too, and exit 1 if there is one.")
def check(folder: Path, strict: bool) -> None:
    """Name every fault of the bundle in DIR with its file, its line and a remedy; exit 1 if there is one.

    A bundle with faults cannot be published. Advice is where it falls short of the school's editorial standard
    (docs/editorial-standard.md); without --strict it is only counted.

    Example: flask stratum content check content --strict
    """
    from publishing import services  # the renderer is loaded for these commands alone
    from publishing.standards.house import advice

    files = _read(folder)
    proof = services.proofread(files)
    points = advice(proof.manuscript)
    for finding in [*proof.problems, *(points if strict else ())]:
        click.echo(str(finding))
    click.echo(
        plural(len(proof.problems), "problem") if proof.problems else f"{len(files)} files, no problems"
    )
    if points:
        hint = "" if strict else "; --strict names each"
        click.echo(f"{plural(len(points), 'point')} of advice by the editorial standard{hint}")
    if proof.problems or (strict and points):
        sys.exit(1)


@content.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
def report(folder: Path) -> None:
    """Print the bundle in DIR in figures: words, minutes, reading level, questions, cases, sources, claims, guessing.

    Example: flask stratum content report content
    """
    from publishing import services
    from publishing.report import report

    click.echo("\n".join(report(services.proofread(_read(folder)))))


@content.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
def sync(folder: Path) -> None:
    """Publish the bundle in DIR. One with faults changes nothing; one that is published already neither.

    Example: flask stratum content sync content
    """
    from publishing import services

    try:
        edition = services.prepare(_read(folder))
    except services.BrokenBundle as broken:
        _refuse(broken.problems)
    try:
        with transaction():
            plan = services.publish(edition)
    except DomainError as overtaken:
        _fail(overtaken.sentence)
    for word in ("added", "changed"):
        for path in getattr(plan, word):
            click.echo(f"{word:<9} {path}")
    click.echo(plan.summary)


@content.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write everything that is published as a bundle into DIR, which must be empty or new.

    Example: flask stratum content export /tmp/bundle
    """
    from publishing import services

    if folder.exists() and any(folder.iterdir()):
        _fail(f"{folder} is not empty. Name an empty or new folder.")
    click.echo(f"{services.export(folder)} files written to {folder}")


def _read(folder: Path) -> dict[str, bytes]:
    from publishing import services

    try:
        return services.read_folder(folder)
    except DomainError as wrong:
        _fail(wrong.sentence)


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)


def _refuse(problems: list[Problem]) -> NoReturn:
    for problem in problems:
        click.echo(str(problem))
    click.echo(plural(len(problems), "problem"))
    sys.exit(1)
