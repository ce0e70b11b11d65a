"""The command that writes files: tables of a release in every format, the whole release, the report on it, the
catalogue, the feed. Twins of the addresses for machines.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analytics.cli import releases
from analytics.cli.progress import Bar
from analytics.cli.who import typist
from analytics.faults import writing
from analytics.folders import Home, programme_ids, to_disk, usual_mode
from analytics.language.text import Text
from analytics.model import Progress, UserError

if TYPE_CHECKING:
    from analytics.present.tables.table import Table
    from analytics.publish.about import Origin
    from analytics.release import Release, Releases

RELEASE, CODEBOOK, CATALOGUE, FEED = "release", "codebook", "catalogue", "feed"
REPORT, IMAGE = "report", "image"
TABLES: Final = (
    *("cohorts", "group-time", "figures", "lines", "spread"),
    *("reconciliation", "reconciliation-gaps", "applications"),
)
WHAT: Final = (*TABLES, CODEBOOK, RELEASE, REPORT, IMAGE, CATALOGUE, FEED)
PACKAGE = "package"
FORMS: Final = ("xlsx", "csv", "csv-it", "parquet", "json", "sdmx", PACKAGE)
FORMS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(TABLES, FORMS),
    CODEBOOK: ("xlsx", "csv", "csv-it", "parquet", "json"),
    RELEASE: (PACKAGE, "xlsx"),
    REPORT: ("html", "pdf"),
    IMAGE: ("png", "svg", "txt"),
    CATALOGUE: ("ttl", "rdf", "jsonld"),
    FEED: ("atom",),
}
FILTERS: Final = ("by", "outcome", "horizon", "estimand", "find", "columns")
_BY_ENDING = {"zip": PACKAGE, "xml": "atom"}  # the format that the ending of a file's name means, where it is no format
OUT = "-"  # in place of a file: the standard output


def run_export(arguments: argparse.Namespace, text: Text) -> int:
    """Write a file; on the error stream, what was written. Nothing is left behind where it cannot be."""
    form, known = _form(arguments), FORMS_OF[arguments.what]
    if form not in known:
        raise UserError("export.format", what=arguments.what, file=arguments.output, known=", ".join(known))
    with _recorded(arguments, form):
        with Bar(text) as bar:
            if arguments.what in (CATALOGUE, FEED):
                written = _of_all_releases(arguments, form, text)
            else:
                written = _of_release(arguments, form, text, bar)
        if arguments.output == OUT:
            sys.stdout.buffer.write(written)
            return 0
        _write(Path(arguments.output), written)
    print(text("cli.done.export", file=arguments.output, size=text.number(len(written))), file=sys.stderr)
    return 0


def _recorded(arguments: argparse.Namespace, form: str) -> AbstractContextManager[object]:
    """The record of an export of what readers do not see, such as a release under embargo; none of what they do."""
    from analytics.audit.log import audited

    if arguments.what in (CATALOGUE, FEED) or not arguments.release:
        return nullcontext()
    of, home = releases.of(arguments), Home.default()
    if arguments.release not in of.known() or arguments.release in of.published():
        return nullcontext()
    state = of.state(arguments.release)
    details = {"release": arguments.release, "state": state, "what": arguments.what, "format": form}
    return audited(home, "export", typist(home), programme=of.programme, **details)


def _form(arguments: argparse.Namespace) -> str:
    """The format asked for, else that of the file's ending."""
    ending = Path(arguments.output).suffix.lower().lstrip(".")
    return str(arguments.format or _BY_ENDING.get(ending, ending))


def _of_all_releases(arguments: argparse.Namespace, form: str, text: Text) -> bytes:
    """What lists the published releases of all programmes. Raises UserError without the site's address."""
    from analytics.publish.catalogue import catalogue
    from analytics.publish.feed import feed
    from analytics.release.readable import Shelves

    if not arguments.site:
        raise UserError("export.site", what=arguments.what)
    shelves, site = Shelves(Home.default().releases, programme_ids), arguments.site.rstrip("/")
    return catalogue(shelves, site, form) if arguments.what == CATALOGUE else feed(shelves, site, text)


def _of_release(arguments: argparse.Namespace, form: str, text: Text, progress: Progress) -> bytes:
    """Tables of one release, published or not."""
    from analytics.publish.formats import FORMATS
    from analytics.publish.formats.workbook import write_tables
    from analytics.publish.package import package

    of = releases.of(arguments)
    release = releases.named(of, arguments.release) if arguments.release else of.open()
    if arguments.what == REPORT:
        return _report(arguments, of, release, form, progress)
    if arguments.what == IMAGE:
        return _image(arguments, release, form)
    tables = _tables(arguments, release, text, progress)
    origin = _origin(of, release)
    if form == PACKAGE:
        return package(tables, origin, text, progress)
    if form == "xlsx":
        return write_tables(tables, origin, text, progress)
    progress("files", 0, 1)
    written = FORMATS[form].write(tables[0], origin, text)
    progress("files", 1, 1)
    return written


def _report(arguments: argparse.Namespace, of: "Releases", release: "Release", form: str, progress: Progress) -> bytes:
    """The report on a release, as a page or a PDF."""
    from analytics.present.sentences.phrases import reader
    from analytics.publish.report.browser import printed
    from analytics.publish.report.document import report

    if filters := _filters(arguments):
        raise UserError("export.no_filter", what=arguments.what, name=next(iter(filters)))
    site = (arguments.site or "").rstrip("/")
    progress("report", 0, 1)
    page = report(release, _origin(of, release), reader(release, arguments.lang), site)
    progress("report", 1, 1)
    if form == "html":
        return page
    progress("pdf", 0, 1)
    pdf = printed(page, made=release.manifest.built_at)
    progress("pdf", 1, 1)
    return pdf


def _image(arguments: argparse.Namespace, release: "Release", form: str) -> bytes:
    """The image of an approved sentence, by its figure's id; without one, of the programme's own."""
    from analytics.present.sentences.headlines import approved_sentences
    from analytics.present.sentences.phrases import reader
    from analytics.publish.images.figure_image import figure_image, written
    from analytics.publish.images.sizes import SIZES
    from analytics.release.figure_id import short

    text = reader(release, arguments.lang)
    by_id = {short(one.figure.figure_id): one for one in approved_sentences(release, text) if one.figure.published}
    wanted = short(arguments.figure.upper()) if arguments.figure else next(iter(by_id), "")
    for name, value, known in (("figure", wanted, by_id), ("size", arguments.size, SIZES)):
        if value not in known:
            raise UserError("export.unknown", name=name, value=value, known=", ".join(known))
    headline = by_id[wanted]
    image = figure_image(release, headline, text, site=(arguments.site or "").rstrip("/"))
    return written(image, release, headline, SIZES[arguments.size], text, form)


def _tables(arguments: argparse.Namespace, release: "Release", text: Text, progress: Progress) -> "Sequence[Table]":
    from analytics.present.tables.codebook import codebook
    from analytics.present.tables.named import release_tables, table_named

    progress("tables", 0, 1)
    filters = _filters(arguments)
    if arguments.what not in TABLES:
        if filters:
            raise UserError("export.no_filter", what=arguments.what, name=next(iter(filters)))
        tables = release_tables(release, text)
        tables = [codebook(tables, release, text)] if arguments.what == CODEBOOK else tables
    else:
        tables = [table_named(release, arguments.what, filters, text)]
    progress("tables", 1, 1)
    return tables


def _filters(arguments: argparse.Namespace) -> Mapping[str, str]:
    """Filters by their names, as in an address."""
    asked = {name: value for name in FILTERS if (value := getattr(arguments, name)) is not None}
    for written in arguments.where:
        name, equals, code = written.partition("=")
        if not equals:
            raise UserError("export.where", written=written)
        asked[name] = code
    return asked


def _origin(of: "Releases", release: "Release") -> "Origin":
    from analytics.publish.about import Origin
    from analytics.release.ledger import State

    state = of.state(release.release_id)
    return Origin(state=state, newer=of.current if state is State.SUPERSEDED else None)


def _write(path: Path, content: bytes) -> None:
    """The whole file, or none: whoever had one of that name keeps it until the new one is there."""
    part = None
    with writing(path):
        try:
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                part = Path(file.name)
                file.write(content)
            part.chmod(usual_mode())
            to_disk(part)
            part.replace(path)
        except BaseException:
            if part is not None:
                part.unlink(missing_ok=True)
            raise
