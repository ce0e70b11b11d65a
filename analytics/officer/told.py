"""What the officer is told, as plain values: made in a process of its own, shown by another that opens no store."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.language.text import LANGUAGES, Text, speaking
from analytics.model import UserError

Words = dict[str, str]  # language -> what is said in it
MappingParts = dict[str, Any]  # a mapping as its file has it: part -> entries


def in_all(say: Callable[[Text], str]) -> Words:
    """The same in every language."""
    return {language: say(speaking(language)) for language in LANGUAGES}


def words_of(error: UserError) -> Words:
    """What a user error says to who is at the officer's page, where the way out may be another than in a terminal."""
    key = f"officer.error.{error.key}"
    return in_all(lambda text: text(key, **error.details) if text.has(key) else error.said(text))


@dataclass(frozen=True, slots=True)
class Asked:
    """A file that is to be read. kind: "applications", "sales", …; mapping: None where the headings are to tell;
    partial: whether good rows are loaded though others are wrong; takes_back: whether empty cells take back what the
    store tells; language: of what is written beside rejected rows.
    """

    programme: str
    kind: str
    path: Path
    mapping: MappingParts | None = None
    partial: bool = False
    takes_back: bool = False
    language: str = LANGUAGES[0]


@dataclass(frozen=True, slots=True)
class OurColumn:
    """A column that a kind of file may have. codes: what its cells may hold, with what each means; {} where any."""

    name: str
    meaning: Words
    required: bool
    codes: dict[str, Words]
    is_amount: bool = False


@dataclass(frozen=True, slots=True)
class TheirColumn:
    """A column of the file. ours: what it is or may be; because: why, a key under `propose.because.`, or ""."""

    heading: str
    ours: str | None
    certain: bool
    because: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet, "" in a file without. says: what became of it; above, totals: what was left out, in words."""

    name: str
    is_read: bool
    says: Words
    left_out: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word of the file that a column cannot hold. proposed: what of ours it may mean, "" for an empty cell; certain:
    whether it can mean nothing else; rows: how many say it.
    """

    ours: str
    word: str
    rows: int
    proposed: str | None
    certain: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be loaded."""

    sheet: str
    row: int
    column: str
    value: str
    why: Words


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """How many rows have one kind of problem; the first of them stands for all."""

    column: str
    why: Words
    rows: int


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """One value that a file changes. key: application, firm, or firm and period; None where nothing is."""

    key: str
    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class FileDifference:
    """What a file changes: new, revised and unchanged rows or figures; empty: cells of it where the store has a value;
    columns: how many values change in each; changes: the first of them.
    """

    new: int
    revised: int
    unchanged: int
    empty: int
    takes_back: bool
    columns: tuple[tuple[str, int], ...]
    changes: tuple[ChangedValue, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out. columns: of its table, in order; of_kind: the columns that its kind may have; mapping: in
    force; wide: headings that hold a period -> the figure that they may be of; titles: constants that a title says;
    toml: the mapping as a file.
    """

    header_row: int
    columns: tuple[TheirColumn, ...]
    of_kind: tuple[OurColumn, ...]
    mapping: MappingParts
    wide: dict[str, str | None]
    titles: dict[str, str]
    toml: str
    sheets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says, before anything is loaded.

    refused: why it cannot be loaded, None where it can; error: the key of that, ""; already: that it was imported
    before and says nothing new; layout: None where the file could not even be opened; rejected: a workbook of
    the rejected rows, to be corrected, and the mapping that reads it, b"" where there is none; rows_in = loaded +
    rejected rows.
    """

    refused: Words | None = None
    error: str = ""
    already: Words | None = None
    layout: Layout | None = None
    sheets: tuple[Sheet, ...] = ()
    notices: tuple[Words, ...] = ()
    warnings: tuple[Words, ...] = ()
    words: tuple[UnknownWord, ...] = ()
    problems: tuple[Problem, ...] = ()
    kinds: tuple[ProblemKind, ...] = ()
    rejected: tuple[bytes, bytes] = (b"", b"")
    rows_in: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    difference: FileDifference | None = None

    @property
    def can_be_imported(self) -> bool:
        """Whether nothing stands against it."""
        return self.refused is None and self.already is None


@dataclass(frozen=True, slots=True)
class Imported:
    """One line of the history of imports. imported_at, undone_at: UTC, ISO; undone_at: None where it counts."""

    batch_id: int
    kind: str
    file_name: str
    imported_at: str
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    sha256: str
    undone_at: str | None


@dataclass(frozen=True, slots=True)
class Archive:
    """What a programme's store holds: its imports, oldest first; warnings: what does not add up in it."""

    imports: tuple[Imported, ...] = ()
    warnings: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What an act on the store did, and how the store stands then."""

    says: tuple[Words, ...]
    archive: Archive


@dataclass(frozen=True, slots=True)
class HeadlineChange:
    """One headline sentence in the release in use and in a candidate. how: "new", "gone", "changed", "same"; before,
    after: the sentence, None where there is none; grades: how reliable each is said to be, "" where nothing is.
    """

    label: Words
    kind: str
    how: str
    before: Words | None
    after: Words | None
    grade_before: Words | None
    grade_after: Words | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a candidate would change. old: the release in use, None before the first; unreadable: why that one cannot be
    compared; counts: figures by how they changed; causes: what was different when the two were made.
    """

    release: str
    old: str | None
    unreadable: Words | None
    counts: dict[str, int]
    causes: tuple[str, ...]
    headlines: tuple[HeadlineChange, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A release that was built. says: what its builder warns of; evidence: how reliable its results are, and what is
    missing behind them.
    """

    release: str
    says: tuple[Words, ...]
    evidence: Words
    comparison: Comparison
