"""A file before anything is loaded: how it is laid out, what is wrong with it, what it would change."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from analytics.folders import Home, WorkFolder
from analytics.language.text import Text
from analytics.model import Progress, UserError
from analytics.officer.importing import given_mapping
from analytics.officer.layout import layout_of
from analytics.officer.told import (
    Asked,
    ChangedValue,
    FileDifference,
    Layout,
    Problem,
    ProblemKind,
    Reading,
    Sheet,
    UnknownWord,
    Words,
    in_all,
    words_of,
)
from analytics.programme.file import Programme, load_programme
from analytics.store.cells.parser import Rejection
from analytics.store.columns import Table
from analytics.store.database import Store
from analytics.store.differences import Difference
from analytics.store.ingest import INPUT_TABLES, Report, RowsRefusedError, import_file
from analytics.store.mapping.code_words import meaning_of
from analytics.store.mapping.looking import look
from analytics.store.plausibility.warned import Warned, in_words
from analytics.store.rejected_file import RejectedFile
from analytics.store.sheets import SheetReport

LONGEST_VALUE = 80  # characters of a cell that are shown
MOST_PROBLEMS = 200  # told one by one; the file of rejected rows has all
MOST_CHANGES = 50


def read_file(asked: Asked, home: Home, progress: Progress) -> Reading:
    """What a file says and would change: an import that is rehearsed. A refusal is told, not raised."""
    programme = load_programme(asked.programme)
    table = INPUT_TABLES[asked.kind].columns(programme)
    layout: Layout | None = None
    with WorkFolder() as folder:
        target = RejectedFile(Path(folder) / "rejected.xlsx", Text(asked.language))
        try:
            layout = _look(asked, table, programme)
            report = _rehearsed(asked, programme, home, target, progress)
        except RowsRefusedError as error:
            return _refused_for_rows(error, layout, table, programme, _written(target))
        except UserError as error:
            return Reading(refused=words_of(error), error=error.key, layout=layout)
        if report.already:
            return Reading(already=_already(asked, report), layout=layout)
        return _accepted(report, layout, table, programme, _written(target))


def _written(target: RejectedFile) -> tuple[bytes, bytes]:
    """The workbook of rejected rows and its mapping, where there are any."""
    rows, mapping = (path.read_bytes() if path.exists() else b"" for path in (target.path, target.mapping_path))
    return rows, mapping


def _look(asked: Asked, table: Table, programme: Programme) -> Layout:
    with WorkFolder() as folder:
        looked = look(asked.path, table, programme, given_mapping(asked), Path(folder))
        return layout_of(looked, table, programme, given_mapping(asked))


def _rehearsed(asked: Asked, programme: Programme, home: Home, target: RejectedFile, progress: Progress) -> Report:
    with Store(home.store(programme.id), programme.id) as store:
        return import_file(
            asked.kind,
            asked.path,
            programme=programme,
            store=store,
            archive=home.archive,
            mapping=given_mapping(asked),
            partial=asked.partial,
            takes_back=asked.takes_back,
            rehearsed=True,
            rejected_to=target,
            progress=progress,
        )


def _already(asked: Asked, report: Report) -> Words:
    batch = report.batch
    return in_all(
        lambda text: text("cli.done.already", file=asked.path.name, batch=batch.batch_id, at=batch.imported_at)
    )


def _refused_for_rows(
    error: RowsRefusedError, layout: Layout | None, table: Table, programme: Programme, rejected: tuple[bytes, bytes]
) -> Reading:
    return Reading(
        refused=words_of(error),
        error=error.key,
        layout=layout,
        warnings=_warnings(error.warnings, {}, ()),
        words=_unknown_words(error.words, table, programme),
        problems=tuple(map(_problem, error.rejections[:MOST_PROBLEMS])),
        kinds=tuple(
            ProblemKind(group.column, _why(group.reason, group.value, group.expected), group.count)
            for group in error.groups
        ),
        rejected=rejected,
        rows_in=int(str(error.details["rows_in"])),
        rows_rejected=int(str(error.details["bad"])),
    )


def _accepted(
    report: Report, layout: Layout | None, table: Table, programme: Programme, rejected: tuple[bytes, bytes]
) -> Reading:
    sheets = [sheet.sheet for sheet in report.sheets if not sheet.unread]
    notices = tuple(_notice(key, details) for key, details in report.notices)
    unused = ", ".join(report.unused_columns)
    if unused:
        notices += (in_all(lambda text: text("cli.unused_columns", columns=unused)),)
    absent = tuple(_without_column(programme, name) for name in report.outcomes_without_column)
    return Reading(
        layout=layout,
        sheets=tuple(map(_sheet, report.sheets)),
        notices=notices,
        warnings=(*absent, *_warnings(report.warnings, report.proposal.mapping.columns, sheets)),
        words=_unknown_words(report.words, table, programme),
        problems=tuple(map(_problem, report.rejections[:MOST_PROBLEMS])),
        kinds=tuple(
            ProblemKind(group.column, _why(group.reason, group.value, group.expected), group.count)
            for group in report.groups
        ),
        rejected=rejected,
        rows_in=report.batch.rows_in,
        rows_loaded=report.batch.rows_loaded,
        rows_rejected=report.batch.rows_rejected,
        difference=_difference(report.difference),
    )


def _without_column(programme: Programme, name: str) -> Words:
    outcome = programme.outcome(name)
    return in_all(
        lambda text: text("cli.outcome_without_column", outcome=outcome.label.in_(text), column=outcome.column)
    )


def _notice(key: str, details: dict[str, object]) -> Words:
    return in_all(lambda text: text(f"notice.{key}", **details))


def _warnings(warnings: Sequence[Warned], names: dict[str, str], sheets: Sequence[str]) -> tuple[Words, ...]:
    return tuple(_warning(warned, names, sheets) for warned in warnings)


def _warning(warned: Warned, names: dict[str, str], sheets: Sequence[str]) -> Words:
    return in_all(lambda text: in_words(warned, text, names, sheets))


def _sheet(report: SheetReport) -> Sheet:
    def says(text: Text) -> str:
        if report.unread == "hidden":
            return text("officer.hidden_sheet", sheet=report.sheet)
        if report.unread:
            return text(f"part.{report.unread}", sheet=report.sheet)
        if not report.sheet:
            return text("officer.no_sheets", n=text.number(report.rows), row=report.header_row)
        return text("part.read", sheet=report.sheet, n=text.number(report.rows), row=report.header_row)

    above = [_left_out("part.above", 0, words) for words in report.above if words]
    totals = [_left_out("part.total", row, words) for row, words in report.totals]
    return Sheet(report.sheet, not report.unread, in_all(says), (*above, *totals))


def _left_out(key: str, row: int, words: str) -> Words:
    return in_all(lambda text: text(key, row=row, words=printable(words)))


def _problem(bad: Rejection) -> Problem:
    return Problem(bad.sheet, bad.row, bad.column, printable(bad.value), _why(bad.reason, bad.value, bad.expected))


def _why(reason: str, value: str, expected: str) -> Words:
    return in_all(lambda text: text(f"reject.{reason}", value=printable(value), expected=expected))


def printable(value: str) -> str:
    """A cell's text as it may be shown: not too long, without control characters."""
    return "".join(mark if mark.isprintable() else "�" for mark in value[:LONGEST_VALUE])


def _unknown_words(words: Mapping[str, Counter[str]], table: Table, programme: Programme) -> tuple[UnknownWord, ...]:
    columns = {column.name: column for column in table}
    found = []
    for ours, counted in words.items():
        for word, rows in counted.most_common():
            meaning = meaning_of(word, columns[ours], programme)
            found.append(UnknownWord(ours, word, rows, meaning.code, meaning.certain))
    return tuple(found)


def _difference(found: Difference) -> FileDifference:
    changes = tuple(ChangedValue(one.key, one.column, one.before, one.after) for one in found.changes[:MOST_CHANGES])
    return FileDifference(
        found.new, found.revised, found.unchanged, found.empty, found.takes_back, found.columns, changes
    )
