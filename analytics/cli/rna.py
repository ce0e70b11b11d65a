"""The command that loads aids of the state aid register (RNA), and what it says: the load, then the reconciliation."""

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from analytics.cli.progress import Bar
from analytics.cli.who import typist
from analytics.folders import Home
from analytics.language.text import Text
from analytics.model import DataKind

if TYPE_CHECKING:
    from analytics.programme.file import Programme
    from analytics.store.cells.parser import Rejection
    from analytics.store.rna.measures import Measure
    from analytics.store.rna.reconciliation import Award, Match, Reconciliation, RegisteredAid
    from analytics.store.rna.report import RnaFile, RnaReport

MOST_LINES = 20  # of one list
EMPTY = "–"
_LONGEST = 80  # letters of a title
Item = TypeVar("Item")


def add_rna_options(parser: argparse.ArgumentParser, text: Text) -> None:
    """What selects the programme's aids, on the command line of `import`."""
    parser.add_argument("--car", action="append", default=[], metavar="CODE", help=text("cli.help.car"))
    parser.add_argument("--title", default="", metavar="WORDS", help=text("cli.help.title"))


def run_import_rna(arguments: argparse.Namespace, text: Text) -> int:
    """All files are one transaction; then awards and aids are compared."""
    from analytics.officer.recorded import load_rna
    from analytics.programme.file import load_programme
    from analytics.store.database import Store
    from analytics.store.rna.reconciliation import reconcile
    from analytics.store.rna.report import NoMeasureError

    programme = load_programme(arguments.programme)
    home = Home.default()
    person = typist(home)
    with Store(home.store(programme.id), programme.id) as store:
        try:
            with Bar(text) as bar:
                report = load_rna(
                    arguments.files,
                    programme,
                    store,
                    home,
                    person,
                    car=arguments.car,
                    title=arguments.title,
                    progress=bar,
                )
        except NoMeasureError as error:
            print("\n".join(measure_lines(error.measures, error.others, text, programme)), file=sys.stderr)
            raise
        print_load(report, text, programme)
        print("\n".join(reconciliation_lines(reconcile(store, programme, report.selection), text, programme)))
    if programme.data_kind is DataKind.SIMULATED:
        print(text("cli.simulated_import", programme=programme.id), file=sys.stderr)
    return 0


def measure_lines(measures: Sequence["Measure"], others: int, text: Text, programme: "Programme") -> Iterable[str]:
    """One line per measure: its code, its aids, their sum where it is known, its title."""
    for measure in measures[:MOST_LINES]:
        aids = text.count("cli.rna.aids", measure.aids)
        if measure.nominal is not None:
            aids += ", " + _money(measure.nominal, text, programme)
        yield text("cli.rna.measure", car=_shown(measure.car), aids=aids, title=_shown(measure.title))
    more = others + max(len(measures) - MOST_LINES, 0)
    if more:
        yield text("cli.rna.more", n=text.number(more))


def print_load(report: "RnaReport", text: Text, programme: "Programme") -> None:
    """File by file what was loaded and what was not; on the error stream what needs somebody's attention."""
    for file in report.files:
        if file.already:
            batch = file.batch
            print(text("cli.done.already", file=file.name, batch=batch.batch_id, at=batch.imported_at))
            continue
        for line in warning_lines(file, text):
            print(line, file=sys.stderr)
        for line in revision_lines(file, text, programme):
            print(line)
        counts = {
            "read": file.read,
            "selected": file.selected,
            "rows_in": file.rows_in,
            "loaded": file.batch.rows_loaded,
            "duplicates": file.duplicates,
            "rejected": file.batch.rows_rejected,
        }
        print(text("cli.rna.done", file=file.name, **{name: text.number(n) for name, n in counts.items()}))
    if len({measure.car for measure in report.measures}) > 1:
        print(text("cli.rna.several"))
        print("\n".join(measure_lines(report.measures, 0, text, programme)))
    if report.absent:
        print(text("cli.rna.absent", files=", ".join(_first(report.absent, text))), file=sys.stderr)


def warning_lines(file: "RnaFile", text: Text) -> Iterable[str]:
    """What of the file was not read as it stands, or not at all."""
    yield from _listed(
        file.rejections, lambda rejection: _rejection_line(rejection, text), text, file.batch.rows_rejected
    )
    for kind, n in (("removed", file.removed), ("missing", file.missing), ("rounded", file.rounded)):
        if n:
            yield text.count(f"cli.rna.{kind}", n)
    if file.recoded:
        yield text("cli.rna.recoded")
    if file.unknown:
        names = _first([f"{_shown(name)} ({text.number(n)})" for name, n in file.unknown], text)
        yield text("cli.rna.unknown", names=", ".join(names))


def _rejection_line(rejection: "Rejection", text: Text) -> str:
    why = text(f"reject.{rejection.reason}", value=_shown(rejection.value), expected=rejection.expected)
    return text("cli.rejected_row", row=rejection.row, column=rejection.column, why=why)


def revision_lines(file: "RnaFile", text: Text, programme: "Programme") -> Iterable[str]:
    """The amounts that this file gives otherwise than an earlier one."""
    if not file.revised:
        return
    yield text.count("cli.rna.revised", file.revised)
    yield from _listed(
        file.revisions,
        lambda revision: text(
            "cli.rna.revision",
            cor=revision.cor,
            earlier=_money(revision.earlier_nominal, text, programme),
            now=_money(revision.nominal, text, programme),
            earlier_element=_money(revision.earlier_element, text, programme),
            element=_money(revision.element, text, programme),
            earlier_day=_day(revision.earlier_granted_on, text),
            day=_day(revision.granted_on, text),
        ),
        text,
        file.revised,
    )


def reconciliation_lines(found: "Reconciliation", text: Text, programme: "Programme") -> Iterable[str]:
    """The comparison of awards and aids, for the officer's terminal alone: it names firms."""
    from analytics.store.rna.reconciliation import euros

    if not found.matches and not found.only_awarded:
        yield text("cli.rna.no_awards")
        return
    if not found.matches and not found.only_registered:
        yield text("cli.rna.no_aids")
        return

    def money(amount: Decimal | None) -> str:
        return _money(amount, text, programme)

    yield text("cli.rna.reconciliation")
    parts: tuple[tuple[str, int, Decimal], ...] = (
        ("equal", len(found.equal), euros(match.award for match in found.equal)),
        ("other_amount", len(found.other_amount), sum((m.difference for m in found.other_amount), Decimal(0))),
        ("only_awarded", len(found.only_awarded), euros(found.only_awarded)),
        ("only_registered", len(found.only_registered), -euros(found.only_registered)),
    )
    lists: dict[str, Iterable[str]] = {
        "other_amount": _match_lines(found.other_amount, "amount_pair", text, programme),
        "only_awarded": _listed(found.only_awarded, lambda award: _award_line(award, text, programme), text),
        "only_registered": _listed(found.only_registered, lambda aid: _aid_line(aid, text, programme), text),
    }
    for name, n, amount in parts:
        yield text(f"cli.rna.part.{name}", n=text.number(n), amount=money(amount))
        yield from lists.get(name, ())
    for name, matches in (
        ("other_day", found.other_day),
        ("other_firm", found.other_firm),
        ("other_cor", found.other_cor),
    ):
        if matches:
            yield text(f"cli.rna.part.{name}", n=text.number(len(matches)))
            yield from _match_lines(matches, f"{name}_pair", text, programme)
    yield text(
        "cli.rna.total",
        awards=text.number(len(found.matches) + len(found.only_awarded)),
        awarded=money(found.awarded),
        aids=text.number(len(found.matches) + len(found.only_registered)),
        registered=money(found.registered),
        difference=money(found.difference),
        unexplained=money(found.unexplained),
    )


def _match_lines(matches: Sequence["Match"], key: str, text: Text, programme: "Programme") -> Iterable[str]:
    def line(match: "Match") -> str:
        award, aid = match.award, match.aid
        return text(
            f"cli.rna.{key}",
            application=_shown(award.application_id),
            fiscal_code=_shown(award.fiscal_code),
            outcome=text(f"cli.rna.outcome.{award.outcome}"),
            cor=_shown(aid.cor),
            stated=_shown(award.cor),
            registered_code=_shown(aid.fiscal_code or EMPTY),
            grant=_money(award.grant, text, programme),
            nominal=_money(aid.nominal, text, programme),
            difference=_money(match.difference, text, programme),
            awarded_on=_day(award.awarded_on, text),
            granted_on=_day(aid.granted_on, text),
        )

    return _listed(matches, line, text)


def _award_line(award: "Award", text: Text, programme: "Programme") -> str:
    return text(
        "cli.rna.award",
        application=_shown(award.application_id),
        fiscal_code=_shown(award.fiscal_code),
        outcome=text(f"cli.rna.outcome.{award.outcome}"),
        grant=_money(award.grant, text, programme),
        day=_day(award.awarded_on, text),
        stated=_shown(award.cor or EMPTY),
    )


def _aid_line(aid: "RegisteredAid", text: Text, programme: "Programme") -> str:
    return text(
        "cli.rna.aid",
        cor=_shown(aid.cor),
        fiscal_code=_shown(aid.fiscal_code or EMPTY),
        nominal=_money(aid.nominal, text, programme),
        day=_day(aid.granted_on, text),
    )


def _listed(items: Sequence[Item], line: Callable[[Item], str], text: Text, total: int | None = None) -> Iterable[str]:
    """At most MOST_LINES lines, the last saying how many more of the `total` there are."""
    total = len(items) if total is None else total
    shown = items if total <= MOST_LINES else items[: MOST_LINES - 1]
    yield from map(line, shown)
    if total > len(shown):
        yield text("cli.rna.more", n=text.number(total - len(shown)))


def _first(names: Sequence[str], text: Text) -> list[str]:
    more = [text("cli.rna.more", n=text.number(len(names) - MOST_LINES)).strip()] if len(names) > MOST_LINES else []
    return [*names[:MOST_LINES], *more]


def _money(amount: Decimal | None, text: Text, programme: "Programme") -> str:
    """To the cent; a decimal is exact as a float where it has fewer than 15 digits."""
    return EMPTY if amount is None else text.money(float(amount), programme.currency, decimals=2)


def _day(day: dt.date | None, text: Text) -> str:
    return EMPTY if day is None else text.date(day)


def _shown(said: str) -> str:
    """A file's words without marks that a terminal would obey, and not too long."""
    printable = "".join(mark if mark.isprintable() else "�" for mark in said)
    return printable if len(printable) <= _LONGEST else printable[: _LONGEST - 1] + "…"
