"""The command `import`: files into the store, and what became of every sheet, row and column."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from analytics.build.firms_by_sector import firms_by_sector
from analytics.cli.checks import sector_lines
from analytics.cli.mapping import write_new
from analytics.cli.progress import Bar
from analytics.cli.rna import reconciliation_lines
from analytics.cli.who import typist
from analytics.folders import Home
from analytics.language.text import Text
from analytics.model import DataKind, UserError
from analytics.officer import recorded
from analytics.programme.file import Programme, load_programme
from analytics.store.cells.parser import Rejection
from analytics.store.database import Store
from analytics.store.differences import Difference
from analytics.store.ingest import INPUT_TABLES, Report, RowsRefusedError
from analytics.store.mapping.file import load_mapping, mapping_toml
from analytics.store.mapping.paste import paste_columns, paste_values
from analytics.store.plausibility.warned import Warned, in_words
from analytics.store.rejected_file import RejectedFile
from analytics.store.rna.reconciliation import reconcile
from analytics.store.sheets import ColumnsMissingError, SheetReport
from analytics.store.staging import ProblemGroup

MOST_REJECTIONS = 20  # problems listed one by one; more are told by column and reason
MOST_CHANGES = 20  # changed values listed one by one
LONGEST_VALUE = 80  # characters of a cell that are shown
LONGEST_WARNING = 2000  # characters of a warning, whose words come from the text files


def run_import(arguments: argparse.Namespace, text: Text) -> int:
    """Each file is its own transaction; the first refused one stops."""
    programme = load_programme(arguments.programme)
    mapping = load_mapping(arguments.mapping) if arguments.mapping else None
    home = Home.default()
    person = typist(home)
    with Store(home.store(programme.id), programme.id) as store:
        for path in arguments.files:
            try:
                with Bar(text) as bar:
                    report = recorded.load(
                        arguments.table,
                        path,
                        programme,
                        store,
                        home,
                        person,
                        mapping=mapping,
                        partial=arguments.partial,
                        takes_back=arguments.empty_takes_back,
                        rehearsed=arguments.rehearse,
                        rejected_to=RejectedFile(arguments.rejected, text) if arguments.rejected else None,
                        progress=bar,
                    )
            except (RowsRefusedError, ColumnsMissingError) as error:
                print_refusal(error, programme, arguments.table, text)
                if isinstance(error, RowsRefusedError):
                    _print_rejected_file(path, arguments, text)
                return 1
            _print_report(path, report, programme, text)
            if report.batch.rows_rejected and (arguments.rejected or not report.already):
                _print_rejected_file(path, arguments, text)
            if arguments.rehearse and not report.already:
                print(text("cli.rehearsed", file=path.name))
            if arguments.save_mapping and not (report.already or arguments.rehearse):
                _save_mapping(arguments.save_mapping, report)
                print(text("cli.done.mapping", file=arguments.save_mapping))
        if arguments.table == "applications":
            print("\n".join(sector_lines(firms_by_sector(store, programme), programme, text)))
        if arguments.table == "applications" and any(batch.input_table == "rna" for batch in store.batches()):
            print("\n".join(reconciliation_lines(reconcile(store, programme), text, programme)))
    if programme.data_kind is DataKind.SIMULATED:
        print(text("cli.simulated_import", programme=programme.id), file=sys.stderr)
    return 0


def _save_mapping(path: Path, report: Report) -> None:
    """Write the mapping that was read by. Raises UserError where it cannot be: the import has been done."""
    try:
        write_new(path, mapping_toml(report.proposal.mapping, {}).encode())
    except UserError as error:
        if error.key == "mapping.exists":
            raise
        raise UserError("mapping.not_saved", file=path, problem=error.details.get("problem", "")) from error


def _print_report(path: Path, report: Report, programme: Programme, text: Text) -> None:
    """What was loaded and what was not; on the error stream what needs somebody's attention."""
    batch = report.batch
    if report.already:
        print(text("cli.done.already", file=path.name, batch=batch.batch_id, at=batch.imported_at))
        return
    print_problems(report.rejections, report.groups, text)
    for sheet in report.sheets:
        _print_sheet(sheet, text)
    for key, details in report.notices:
        print(text(f"notice.{key}", **details))
    if report.unused_columns:
        print(text("cli.unused_columns", columns=", ".join(report.unused_columns)))
    _print_lines(paste_columns(report.proposal, text), text, sys.stdout)
    _print_difference(report.difference, text)
    for outcome in map(programme.outcome, report.outcomes_without_column):
        absent = text("cli.outcome_without_column", outcome=outcome.label.in_(text), column=outcome.column)
        print(absent, file=sys.stderr)
    sheets = [sheet.sheet for sheet in report.sheets if not sheet.unread]
    _print_warnings(report.warnings, report.proposal.mapping.columns, sheets, text)
    counts = {"rows_in": batch.rows_in, "loaded": batch.rows_loaded, "rejected": batch.rows_rejected}
    print(text("cli.done.import", file=path.name, **{name: text.number(count) for name, count in counts.items()}))


def _print_difference(difference: Difference, text: Text) -> None:
    """What the file changes of what was there: nothing is said of a first file."""
    counts = {name: text.number(getattr(difference, name)) for name in ("new", "revised", "unchanged")}
    if difference.revised or difference.unchanged or difference.empty:
        print(text("cli.difference.of_file", **counts))
    for column, n in difference.columns:
        print(text("cli.difference.column", n=text.number(n), column=column))
    for change in difference.changes[:MOST_CHANGES]:
        before, after = (_printable(value) if value else "–" for value in (change.before, change.after))
        print(text("cli.difference.change", key=change.key, column=change.column, before=before, after=after))
    if len(difference.changes) > MOST_CHANGES:
        print(text("cli.difference.more_changes"))
    if difference.empty and not difference.takes_back:
        print(text.count("cli.difference.empty", difference.empty), file=sys.stderr)


def _print_rejected_file(path: Path, arguments: argparse.Namespace, text: Text) -> None:
    """Where the rejected rows are, to be corrected and imported again; or how to get them."""
    if arguments.rejected is None:
        print(text("cli.rejected.how", file=path.name), file=sys.stderr)
        return
    target = RejectedFile(arguments.rejected, text)
    mapping = f" --mapping {target.mapping_path}" if arguments.mapping else ""
    command = f"python -m analytics import {arguments.table} {target.path}{mapping} --programme {arguments.programme}"
    print(text("cli.rejected.written", file=target.path, command=command), file=sys.stderr)


def _print_sheet(sheet: SheetReport, text: Text) -> None:
    """What became of a sheet; of a file without sheets only what stands above its header and what is a total."""
    if sheet.unread:
        print(text(f"part.{sheet.unread}", sheet=sheet.sheet))
        return
    if sheet.sheet:
        print(text("part.read", sheet=sheet.sheet, n=text.number(sheet.rows), row=sheet.header_row))
    for words in sheet.above:
        print(text("part.above", words=_printable(words)))
    for row, words in sheet.totals:
        print(text("part.total", row=row, words=_printable(words)))


def print_refusal(error: UserError, programme: Programme, table: str, text: Text) -> None:
    """Why a file is refused, row by row where it is for its rows, and what to add to its mapping."""
    if isinstance(error, RowsRefusedError):
        print_problems(error.rejections, error.groups, text)
    print(error.said(text), file=sys.stderr)
    if isinstance(error, RowsRefusedError):
        lines = paste_values(error.words, INPUT_TABLES[table].columns(programme), programme, text)
        _print_lines(lines, text, sys.stderr)
        _print_warnings(error.warnings, {}, (), text)
    if isinstance(error, ColumnsMissingError):
        _print_lines(paste_columns(error.proposal, text), text, sys.stderr)


def _print_warnings(warnings: Sequence[Warned], names: Mapping[str, str], sheets: Sequence[str], text: Text) -> None:
    for warned in warnings:
        what = in_words(warned, text, names, sheets)
        print(text("cli.warned", what=_printable(what, LONGEST_WARNING)), file=sys.stderr)


def _print_lines(lines: str, text: Text, stream: TextIO) -> None:
    if lines:
        print(text("cli.lines", lines=lines.rstrip()), file=stream)


def print_problems(rejections: Sequence[Rejection], groups: Sequence[ProblemGroup], text: Text) -> None:
    """The first problems; where there are more, how many of each kind."""
    for bad in _worth_a_line(rejections)[:MOST_REJECTIONS]:
        why = _why(bad.reason, bad.value, bad.expected, text)
        key = "cli.rejected_row_of_sheet" if bad.sheet else "cli.rejected_row"
        print(text(key, row=bad.row, column=bad.column or "–", sheet=bad.sheet, why=why), file=sys.stderr)
    more = sum(group.count for group in groups) - min(len(_worth_a_line(rejections)), MOST_REJECTIONS)
    if more <= 0:
        return
    print(text("cli.rejected_more", n=text.number(more)), file=sys.stderr)
    for group in groups[:MOST_REJECTIONS] if len(groups) > 1 else ():
        why = _why(group.reason, group.value, group.expected, text)
        n = text.number(group.count)
        told = text("cli.rejected_group", n=n, row=group.row, column=group.column or "–", why=why)
        print(told, file=sys.stderr)


def _worth_a_line(rejections: Sequence[Rejection]) -> list[Rejection]:
    """Each problem; of a word that a column cannot hold the first alone, since it is listed with its count."""
    first: dict[object, Rejection] = {}
    for bad in rejections:
        word = bad.reason in ("code", "missing_word")
        first.setdefault((bad.column, bad.value) if word else (bad.sheet, bad.row, bad.column, bad.reason), bad)
    return list(first.values())


def _why(reason: str, value: str, expected: str, text: Text) -> str:
    return text(f"reject.{reason}", value=_printable(value), expected=expected)


def _printable(value: str, longest: int = LONGEST_VALUE) -> str:
    return "".join(mark if mark.isprintable() else "�" for mark in value[:longest])
