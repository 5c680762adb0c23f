"""The operator's commands for content: check a bundle, publish it, write one out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from flask.cli import AppGroup

from core.database import transaction
from core.errors import DomainError, Problem
from quizzes.words import plural

if TYPE_CHECKING:
    from publishing.syncing import Arrival

content = AppGroup("content", help="Content as a folder of plain files: check it, publish it, write it out.")
BUNDLE = click.Path(exists=True, path_type=Path)  # a folder, or a zip


@content.command()
@click.argument("bundle", metavar="DIR", type=BUNDLE)
@click.option("--strict", is_flag=True, help="Name every point of advice too, and exit 1 if there is one.")
def check(bundle: Path, strict: bool) -> None:
    """Name every fault of the bundle in DIR with its file, its line and a remedy; exit 1 if there is one.

    A bundle with faults cannot be published. Advice is where it falls short of the school's editorial standard
    (docs/editorial-standard.md); without --strict it is only counted.

    Example: flask stratum content check content --strict
    """
    from publishing import services  # the renderer is loaded for these commands alone
    from publishing.standards.house import advice

    files = _read(bundle)
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
@click.argument("bundle", metavar="DIR", type=BUNDLE)
def report(bundle: Path) -> None:
    """Print the bundle in DIR in figures: words, minutes, reading level, questions, cases, sources, claims, guessing.

    Example: flask stratum content report content
    """
    from publishing import services
    from publishing.report import report

    click.echo("\n".join(report(services.proofread(_read(bundle)))))


@content.command()
@click.argument("bundle", metavar="DIR", type=BUNDLE)
@click.option("--dry-run", is_flag=True, help="Print what would become of each file, and change nothing.")
@click.option("--theirs", is_flag=True, help="In a conflict take the text of DIR.")
@click.option("--ours", is_flag=True, help="In a conflict keep the studio's text.")
def sync(bundle: Path, dry_run: bool, theirs: bool, ours: bool) -> None:
    """Publish the bundle in DIR, a folder or a zip. One with faults changes nothing; one that is published already
    neither.

    What only the studio has changed since the last sync stays. Where both changed a text in different places it is
    merged; where they changed the same place nothing is published without --theirs or --ours. Of the bibliography
    and the glossary a zip may hold a part: entries that are not in it stay.

    Example: flask stratum content sync content
    """
    from publishing import services, syncing
    from publishing.entries import Side

    if theirs and ours:
        _fail("Choose one of --theirs and --ours.")
    side = Side.THEIRS if theirs else Side.OURS if ours else None
    try:
        arrival = syncing.look_at(_read(bundle), is_part=bundle.is_file(), choose=side)
        if dry_run:
            _tell(arrival)
            return
        _refuse_conflicts(arrival)
        edition = syncing.prepare(arrival)
        with transaction():
            syncing.take_over(arrival, edition)
        _tell(arrival)
    except services.BrokenBundle as broken:
        _refuse(broken.problems)
    except DomainError as overtaken:
        _fail(overtaken.sentence)


@content.command()
@click.argument("target", metavar="TARGET", type=click.Path(path_type=Path))
@click.option(
    "--course", metavar="SLUG", help="This course alone, with the sources, terms and media that it needs."
)
def export(target: Path, course: str | None) -> None:
    """Write what is published as a bundle: into a folder, which must be empty or new, or into a new file if TARGET
    ends with .zip.

    Example: flask stratum content export /tmp/bundle
    """
    from publishing import archive, exporting

    is_zip = target.suffix == ".zip"
    if target.exists() and (is_zip or not target.is_dir() or any(target.iterdir())):
        _fail(f"{target} is not empty. Name an empty or new folder, or a new file.")
    try:
        files = exporting.course_files(course).files if course else exporting.all_files()
    except DomainError as unknown:
        _fail(unknown.sentence)
    if is_zip:
        target.write_bytes(archive.write_zip(files))
    else:
        exporting.write(target, files)
    click.echo(f"{len(files)} files written to {target}")


def _tell(arrival: "Arrival") -> None:
    """Each file that does not stay as it was, then how many of each."""
    for change in arrival.changes:
        if change.fate != "unchanged":
            draft = " (a draft of it is open, and stays)" if change.path in arrival.drafted else ""
            click.echo(f"{change.fate:<9} {change.path}{draft}")
    click.echo(arrival.summary)


def _refuse_conflicts(arrival: "Arrival") -> None:
    for change in arrival.open_conflicts:
        click.echo(f"{change.fate:<9} {change.path}")
    if arrival.open_conflicts:
        _fail(
            "Nothing was changed. Keep the studio's text with --ours, or take that of the files with --theirs."
        )


def _read(bundle: Path) -> dict[str, bytes]:
    from publishing import archive, services

    try:
        return services.read_folder(bundle) if bundle.is_dir() else archive.read_zip(bundle.read_bytes())
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
