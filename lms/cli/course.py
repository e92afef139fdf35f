"""`lms course`: a published course as a package for another learning system."""

from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from lms.app import create_app
from lms.cli.edge import ready_database
from lms.interchange.packages.notice import notice_lines
from lms.interchange.packages.package import (
    Package,
    PackageKind,
    Wish,
    make_package,
    write_package,
)
from lms.interchange.packages.words import PackageWords
from lms.publishing.media import media_folder
from lms.settings import load_settings
from lms.web.package_words import package_words
from lms.web.request import LANGUAGES


@click.group()
def course() -> None:
    """Give a published course to another learning system."""


@course.command()
@click.argument("course_id", metavar="COURSE")
@click.option("--scorm12", "kind", flag_value=PackageKind.SCORM12.value, help="As SCORM 1.2.")
@click.option("--cmi5", "kind", flag_value=PackageKind.CMI5.value, help="As cmi5.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Otherwise the course's first.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Otherwise COURSE-LANGUAGE-KIND.zip, here.",
)
def export(course_id: str, kind: str | None, language: str | None, output: Path | None) -> None:
    """Write the published modules of COURSE as a package; gates then belong to who plays it."""
    if kind is None:
        raise click.UsageError("say --scorm12 or --cmi5")
    settings = load_settings()
    database = ready_database(settings)
    app = create_app(settings, database=database)
    wish = Wish(course_id, PackageKind(kind), language or "", settings.base_url.rstrip("/"))
    with database.read() as session:
        with app.test_request_context():
            words = {code: package_words(code) for code in LANGUAGES}
        package = make_package(session, wish, media_folder(settings), words)
    path = output or Path(f"{course_id}-{package.course.language}-{kind}.zip")
    try:
        _write(package, path)
    except OSError as fault:
        raise click.UsageError(f"{path}: {fault.strerror or fault}") from fault
    click.echo(path)
    for line in notice_lines(package.left, PackageWords().notice):
        click.echo(f"lms: {line}", err=True)


def _write(package: Package, path: Path) -> None:
    """Write all of it or nothing; who holds the file holds the keys, so it is its owner's alone."""
    with NamedTemporaryFile(dir=path.resolve().parent, prefix=".new-", delete=False) as stream:
        try:
            write_package(package, stream)
            Path(stream.name).replace(path)
        finally:
            Path(stream.name).unlink(missing_ok=True)
