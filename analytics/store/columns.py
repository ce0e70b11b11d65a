"""The input tables: each column's type, constraint and meaning, said once. Checks and documentation derive from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from analytics.programme.classifications import ATECO_EDITIONS, PROVINCES
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome
from analytics.programme.problems import FileProblem, ProgrammeFileError, listing, shown


class CellKind(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    FIRM = "firm"
    CODE = "code"
    DATE = "date"
    PERIOD = "period"
    DECIMAL = "decimal"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `key` columns identify a row; `required` ones must stand in the file, with a value in every row;
    `of_award` ones only make sense where a grant was awarded."""

    name: str
    kind: CellKind
    meaning: str
    required: bool = False
    key: bool = False
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    of_award: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A canonical table: its name and columns. corrects: whether the store has such rows, which a file may add to or
    correct: then its keys are enough, and an empty cell says nothing.
    """

    name: str
    columns: tuple[Column, ...]
    corrects: bool = False

    def __iter__(self) -> Iterator[Column]:
        """The columns in order."""
        return iter(self.columns)

    @property
    def stored(self) -> str:
        """The store's table that its rows come to. Sales come to one that is shaped otherwise."""
        return "comparison_firms" if self.name == "comparison" else self.name

    @property
    def keys(self) -> list[str]:
        """The columns that identify a row."""
        return [column.name for column in self.columns if column.key]


APPLICATION_OUTCOMES = ("funded", "not_admitted", "not_funded", "withdrawn", "revoked")

_APPLICATIONS = (
    Column("application_id", CellKind.TEXT, "the application's number", required=True, key=True),
    Column(
        "fiscal_code", CellKind.FIRM, "the firm's fiscal code, or the programme's own firm identifier", required=True
    ),
    Column("name", CellKind.TEXT, "the firm's name; never published"),
    Column("ateco_code", CellKind.TEXT, "main activity, ATECO code"),
    Column("ateco_edition", CellKind.CODE, "edition of the activity code", values=ATECO_EDITIONS),
    Column("province", CellKind.CODE, "province of the funded seat, car-plate code", values=tuple(PROVINCES)),
    Column("employees", CellKind.DECIMAL, "staff at the application, full-time equivalents", minimum=0),
    Column("turnover_eur", CellKind.DECIMAL, "turnover of the last closed year, euros", minimum=0),
    Column("balance_sheet_eur", CellKind.DECIMAL, "balance sheet total of the last closed year, euros", minimum=0),
    Column(
        "size_class", CellKind.CODE, "size by 2003/361/EC; computed when empty", values=("micro", "small", "medium")
    ),
    Column("beneficiary_kind", CellKind.TEXT, "what the applicant is: firm, association, university, …"),
    Column("channel", CellKind.CODE, "what was funded", values=("cross_border_platform", "own_site", "app", "several")),
    Column("score", CellKind.DECIMAL, "points given by the evaluators"),
    Column("outcome", CellKind.CODE, "how the application ended", required=True, values=APPLICATION_OUTCOMES),
    Column("tranche", CellKind.CODE, "the funding decision, an id of the programme file", of_award=True),
    Column("awarded_on", CellKind.DATE, "date of the award; empty when none was made", of_award=True),
    Column("grant_eur", CellKind.DECIMAL, "grant awarded", minimum=0, of_award=True),
    Column("eligible_spend_eur", CellKind.DECIMAL, "eligible spending, net of VAT", minimum=0, of_award=True),
    Column("paid_eur", CellKind.DECIMAL, "grant paid out so far", minimum=0, of_award=True),
    Column("cor", CellKind.TEXT, "code of the aid in the national register (RNA)"),
    Column("exclusion_reason", CellKind.TEXT, "why the application was not admitted"),
    Column("other_aid_on", CellKind.DATE, "date of other aid for the same purpose"),
    Column("closed_on", CellKind.DATE, "closure in the business register"),
)


def applications(programme: Programme) -> Table:
    """The applications table as this programme needs it: its own tranches; its own channels and kinds of
    beneficiaries where it lists some.

    Raises ProgrammeFileError when the programme requires a column that there is not.
    """
    codes = {
        "tranche": tuple(programme.codes("wave")),
        "channel": tuple(programme.codes("channel")),
        "beneficiary_kind": tuple(programme.codes("beneficiary_kind")),
    }
    columns = tuple(
        replace(column, kind=CellKind.CODE, values=codes[column.name]) if codes.get(column.name) else column
        for column in _APPLICATIONS
    )
    _refuse(programme, required_problems(programme))
    return Table("applications", columns)


# Of a firm from outside the applicants: those of its columns that an application has, too.
_COMPARISON = (
    *("fiscal_code", "name", "ateco_code", "ateco_edition", "province", "employees", "turnover_eur"),
    *("balance_sheet_eur", "size_class", "beneficiary_kind", "other_aid_on", "closed_on"),
)
_MEANINGS = {
    "province": "province of the seat, car-plate code",
    "employees": "staff when the call opened, full-time equivalents",
    "beneficiary_kind": "what it is: firm, association, university, …",
}


def comparison(programme: Programme) -> Table:
    """The table of firms from outside the applicants: what an application says of its firm, one row per firm."""
    of_firm = {column.name: column for column in applications(programme)}
    columns = tuple(
        replace(of_firm[name], key=name == "fiscal_code", meaning=_MEANINGS.get(name, of_firm[name].meaning))
        for name in _COMPARISON
    )
    return Table("comparison", columns)


_SALES = (
    Column("fiscal_code", CellKind.FIRM, "the firm, as in the other files", required=True, key=True),
    Column("period", CellKind.PERIOD, "month 2021-03, quarter 2021Q1 or year 2021", required=True, key=True),
    Column("source", CellKind.TEXT, "how the figure was collected"),
)


def sales(programme: Programme) -> Table:
    """The sales table: firm, period, and the outcomes that the programme declares. An empty cell is "not reported".

    Raises ProgrammeFileError when an outcome's column has the name of another column.
    """
    _refuse(programme, outcome_problems(programme))
    return Table("sales", (*_SALES, *map(_of_outcome, programme.outcomes)))


def _of_outcome(outcome: Outcome) -> Column:
    maximum = 100.0 if outcome.unit == "percent" else None
    return Column(outcome.column, CellKind.DECIMAL, outcome.label.in_language("en"), minimum=0, maximum=maximum)


def required_problems(programme: Programme) -> list[FileProblem]:
    """Columns that a programme file requires of the applications, and which do not exist."""
    known = [column.name for column in _APPLICATIONS]
    unknown = dict.fromkeys(name for name in programme.requires if name not in known)
    return [
        FileProblem("no_column", "requires", {"found": shown(name), "expected": listing(known)}) for name in unknown
    ]


def outcome_problems(programme: Programme) -> list[FileProblem]:
    """Outcomes of a programme file whose column stands for something else already."""
    taken, problems = {column.name for column in _SALES}, []
    for outcome in programme.outcomes:
        if outcome.column in taken:
            entry = f"outcomes.{outcome.name}.column"
            problems.append(FileProblem("column_taken", entry, {"found": shown(outcome.column)}))
        taken.add(outcome.column)
    return problems


def _refuse(programme: Programme, problems: Sequence[FileProblem]) -> None:
    if problems:
        raise ProgrammeFileError(f"{programme.id}.toml", problems)


def required_columns(table: Table, programme: Programme) -> list[str]:
    """The columns that a file must have: those every programme needs, those this one adds, the headline's outcome; of a
    file that may correct what is stored, its keys.
    """
    if table.corrects:
        return table.keys
    names = [column.name for column in table if column.required]
    if table.name != "sales":
        return list(dict.fromkeys([*names, *required_of_firms(table, programme)]))
    return [*names, programme.outcome(programme.headline.outcome).column]


def required_of_firms(table: Table, programme: Programme) -> list[str]:
    """What the programme requires of applications, as far as the table has it."""
    known = {column.name for column in table}
    return [name for name in programme.requires if name in known]
