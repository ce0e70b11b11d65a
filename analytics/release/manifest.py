"""How a release was made: its programme, settings, code, inputs and windows, as its file keeps them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from analytics.model import Arm, CheckLimits, Settings
from analytics.programme.file import Programme

T = TypeVar("T")
METHOD = 2  # of estimation; 1: each group by its own firms alone, as up to format 7
FEW_ROWS = 100  # of a file: of fewer it is not told how many


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One imported file as the store knows it: confidential, since how many rows a correction has, and its hash, tell
    what was corrected. imported_at: UTC, ISO format.
    """

    table: str
    sha256: str
    imported_at: str
    rows_in: int
    rows_loaded: int
    rows_rejected: int

    @property
    def published(self) -> "InputFile":
        """What a release may say of it."""
        return InputFile(self.table, self.imported_at[:10], *map(rough_rows, (self.rows_loaded, self.rows_rejected)))


@dataclass(frozen=True, slots=True)
class InputFile:
    """One imported file that a release rests on. imported_on: an ISO date; rows: at least so many, see `rough_rows`."""

    table: str
    imported_on: str
    rows_loaded: int
    rows_rejected: int


def rough_rows(rows: int) -> int:
    """At least so many rows, to two digits; 0 of fewer than a hundred, also of none."""
    return 0 if rows < FEW_ROWS else rows - rows % 10 ** (len(str(rows)) - 2)


@dataclass(frozen=True, slots=True)
class WaveAward:
    """The first award of a wave; on: an ISO date."""

    wave: str
    on: str


@dataclass(frozen=True, slots=True)
class ProtectionCounts:
    """How many groups a release tells of, of one arm and outcome, and of how many all is withheld: what its figures say
    as well. held: of how many anything is as an earlier release had it.
    """

    cells: int
    withheld: int
    held: int


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """What a release says of itself.

    outcomes: those of the programme that any file brought; as_of, built_at: UTC, ISO format (as_of None: of all that
    was imported); frequency: M, Q or Y; before: first and last period of the year before (before_is_fixed: for all
    firms alike); cohorts: funded periods; years_after: complete years after funding; beside: releases that this one
    was protected together with; disclosure: by arm and outcome ("*": counts and grants). own_inputs: the files as a
    release up to format 6 still tells them; method: by which effects were estimated. deletions: a mark of the requests
    by which firms had been deleted from the data; "" where there were none.
    """

    release: str
    programme: Programme
    code_version: str
    settings: Settings
    as_of: str | None
    inputs: tuple[InputFile, ...]
    outcomes: tuple[str, ...]
    frequency: str
    first_period: str
    last_period: str
    data_to: str
    before: tuple[str, str]
    before_is_fixed: bool
    cohorts: tuple[str, ...]
    awards: tuple[WaveAward, ...]
    years_after: tuple[int, ...]
    beside: tuple[str, ...]
    disclosure: Mapping[tuple[Arm, str], ProtectionCounts]
    built_at: str = ""
    own_inputs: tuple[ImportedFile, ...] = ()
    method: int = METHOD
    deletions: str = ""

    @property
    def yearly(self) -> bool:
        """Whether the data are yearly."""
        return self.frequency == "Y"

    @property
    def horizons(self) -> tuple[str, ...]:
        """Every horizon of a figure: all complete years together, then each year after funding."""
        return ("overall", *map(str, self.years_after))

    def as_json(self) -> dict[str, str]:
        """Key -> value in JSON, as the file keeps it."""
        written: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        del written["own_inputs"]
        written |= {
            "programme": self.programme.model_dump(mode="json"),
            "settings": asdict(self.settings),
            "inputs": [asdict(file) for file in self.inputs],
            "awards": [asdict(award) for award in self.awards],
            "disclosure": {f"{arm} {outcome}": asdict(found) for (arm, outcome), found in self.disclosure.items()},
        }
        return {key: json.dumps(value, ensure_ascii=False) for key, value in written.items()}

    @classmethod
    def from_json(cls, rows: Mapping[str, str]) -> "Manifest":
        """The manifest of a file of any format that can be read; what an older one lacks has its default."""
        read = {key: json.loads(value) for key, value in rows.items()}
        programme = Programme.model_validate(read["programme"])
        own = tuple(_known(ImportedFile, file) for file in read["inputs"] if "sha256" in file)
        return _known(
            cls,
            read
            | {
                "programme": programme,
                "settings": _settings(read["settings"]),
                "inputs": tuple(file.published for file in own)
                or tuple(_known(InputFile, file) for file in read["inputs"]),
                "own_inputs": own,
                "method": read.get("method", 1),
                "outcomes": tuple(read.get("outcomes", [outcome.name for outcome in programme.outcomes])),
                "before": tuple(read["before"]),
                "cohorts": tuple(read["cohorts"]),
                "awards": tuple(_known(WaveAward, award) for award in read["awards"]),
                "years_after": tuple(read["years_after"]),
                "beside": tuple(read["beside"]),
                "disclosure": {
                    (Arm(arm), outcome): _protection_counts(summary)
                    for (arm, outcome), summary in (
                        (key.split(" "), summary) for key, summary in read["disclosure"].items()
                    )
                },
            },
        )


def _settings(read: Mapping[str, Any]) -> Settings:
    """Settings with the limits of the checks; those of a release that named none had the defaults."""
    return _known(Settings, {**read, "checks": _known(CheckLimits, read.get("checks", {}))})


def _protection_counts(read: Mapping[str, Any]) -> ProtectionCounts:
    """Counts of a release; formats 4 and 5 told those withheld by rule."""
    withheld = read["withheld"] if "withheld" in read else read["primary"] + read["secondary"]
    return _known(ProtectionCounts, {**read, "withheld": withheld})


def _known(kind: type[T], values: Mapping[str, Any]) -> T:
    """A record of those values that it knows: a later version may have written more."""
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in values.items() if name in names})
