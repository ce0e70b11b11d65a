"""The programme file: everything Vetrina knows about one programme. No module knows a programme by name.

One TOML file under `data/programmes/`; every key is checked on load, and a wrong one is named with what was expected.
"""

import tomllib
from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pandas as pd
from pydantic import Field, ValidationError, ValidationInfo, model_validator

from analytics.folders import PROGRAMME_FILES
from analytics.language.text import Text
from analytics.model import DataKind, DisclosureRules, Settings, Specification, UserError
from analytics.programme.contradictions import contradictions, empty_sectors, in_order
from analytics.programme.dimensions import Dimension, Group, dimensions_of, sector_of_division
from analytics.programme.field_errors import field_problems
from analytics.programme.parts import (
    CC_BY_4,
    IDENTIFIER,
    IN_FILE,
    Announced,
    Area,
    BeneficiaryKind,
    Calendar,
    CatalogueEntry,
    CheckThresholds,
    Contact,
    Context,
    Council,
    Disclosure,
    Grouping,
    ImportanceLimits,
    Licence,
    MainQuestion,
    Month,
    Named,
    Outcome,
    Part,
    RegisteredAids,
    Sector,
    Thresholds,
    Tranche,
    WindowRules,
    Words,
)
from analytics.programme.problems import FileProblem, ProgrammeFileError, shown


class Programme(Part):
    """A programme file, checked."""

    id: Annotated[str, Field(pattern=IDENTIFIER)]
    title: Words
    short_title: Words
    authority: Words
    region: Words
    data_kind: DataKind
    source: Words
    comparison: Words
    firm_identifier: Literal["it_fiscal_code", "opaque"] = "it_fiscal_code"
    currency: str = Field("EUR", pattern="^[A-Z]{3}$")
    requires: tuple[str, ...] = ()
    call_opened: Month | None = None
    grant_max: float | None = Field(None, gt=0)
    call_source: Words | None = None
    announced: Announced | None = None
    tranches: tuple[Tranche, ...] = ()
    windows: WindowRules = WindowRules()
    headline: MainQuestion
    importance: ImportanceLimits = ImportanceLimits()
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    macro_sectors: tuple[Named, ...] = Field(min_length=1)
    groupings: tuple[Grouping, ...] = ()
    sectors: tuple[Sector, ...] = Field(min_length=1)
    areas: tuple[Area, ...] = ()
    size_classes: tuple[Named, ...] = ()
    channels: tuple[Named, ...] = ()
    beneficiary_kinds: tuple[BeneficiaryKind, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    thresholds: Thresholds = Field(Thresholds(), alias="settings")
    checks: CheckThresholds = CheckThresholds()
    disclosure: Disclosure = Disclosure()
    ineligible_reasons: tuple[str, ...] = ()
    threshold_reasons: tuple[str, ...] = ()
    specifications: tuple[Specification, ...] = ()
    calendar: Calendar = Calendar()
    contact: Contact | None = None
    council: Council | None = None
    licence: Licence = CC_BY_4
    catalogue: CatalogueEntry = CatalogueEntry()
    rna: RegisteredAids = RegisteredAids()
    context: tuple[Context, ...] = ()
    tiles: tuple[tuple[str, ...], ...] = ()

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        """What a file contradicts itself in is told together with the rest (`parse_programme`); a release has none."""
        if info.context != IN_FILE:
            for problem in contradictions(self.model_dump()):
                raise ValueError(problem.said(Text("en")))
        return self

    @property
    def disclosure_rules(self) -> DisclosureRules:
        """The thresholds as the disclosure code takes them."""
        return DisclosureRules(self.disclosure.min_units, self.disclosure.p_percent)

    @property
    def settings(self) -> Settings:
        """How this programme's effects are estimated."""
        return Settings(
            mie=self.importance.mie,
            mie_points=self.importance.mie_points,
            before_ends=self.windows.before_ends,
            award_period=self.windows.award_period,
            years_after=self.windows.years_after,
            total_outcome=next((o.share_of for o in self.outcomes if o.share_of), Settings().total_outcome),
            loss_baseline=self.windows.loss_baseline,
            checks=self.checks.limits,
            **self.thresholds.model_dump(),
        )

    @cached_property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The ways in which its firms are grouped, in the order of a release's columns."""
        return dimensions_of(
            sectors=self.sectors,
            macro_sectors=self.macro_sectors,
            groupings=self.groupings,
            tranches=self.tranches,
            size_classes=self.size_classes,
            channels=self.channels,
            areas=self.areas,
            beneficiary_kinds=self.beneficiary_kinds,
        )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values, and with the dimensions that follow from those."""
        copy = super().model_copy(update=update, deep=deep)
        for name in ("dimensions", "sector_dimensions"):
            copy.__dict__.pop(name, None)
        return copy

    @property
    def dimension_names(self) -> tuple[str, ...]:
        """The names of the dimensions."""
        return tuple(dimension.name for dimension in self.dimensions)

    @cached_property
    def sector_dimensions(self) -> tuple[str, ...]:
        """The dimensions of which claims are made: macro-sectors, sectors, then the programme's own groupings."""
        names = [dimension.name for dimension in self.dimensions if dimension.of_sectors]
        return ("macro_sector", *(name for name in names if name != "macro_sector"))

    def dimension(self, name: str) -> Dimension:
        """The dimension of that name."""
        return next(dimension for dimension in self.dimensions if dimension.name == name)

    def grouping(self, name: str) -> Grouping | None:
        """The programme's own grouping of that name; None for a dimension that every programme has."""
        return next((grouping for grouping in self.groupings if grouping.id == name), None)

    def wholes_of(self, sector: str) -> Group:
        """The groups of sectors that a sector lies in: its macro-sector, then those of the programme's groupings."""
        parents = (self.dimension(name) for name in self.dimension("sector").parents)
        return tuple((parent.name, parent.code_by[sector]) for parent in parents if parent.code_by is not None)

    def parent_of(self, dimension: str, code: str) -> tuple[str, str] | None:
        """The macro-sector that a sector lies in, as dimension and code; None of any other group: the programme."""
        of_sector = self.dimension("macro_sector").code_by or {}
        return ("macro_sector", of_sector[code]) if dimension == "sector" and code in of_sector else None

    def sector_of(self, division: int) -> str:
        """The sector of an ATECO 2007 division."""
        return sector_of_division(self.sectors)[division]

    def kind_frame(self) -> pd.DataFrame:
        """One row per kind of beneficiary: beneficiary_kind, sells."""
        rows = [(kind.id, kind.sells) for kind in self.beneficiary_kinds]
        return pd.DataFrame(rows, columns=["beneficiary_kind", "sells"]).astype(
            {"beneficiary_kind": "str", "sells": "bool"}
        )

    def outcome(self, name: str) -> Outcome:
        """The outcome of that name."""
        return next(outcome for outcome in self.outcomes if outcome.name == name)

    def whole_of(self, outcome: Outcome) -> Outcome | None:
        """The outcome that one is a part of (total sales, of online sales); None where the programme has none."""
        return next((whole for whole in self.outcomes if whole.name == outcome.share_of), None)

    def with_outcomes(self, names: Collection[str]) -> "Programme":
        """The same with those outcomes alone, such as those that any file brought."""
        return self.model_copy(update={"outcomes": tuple(o for o in self.outcomes if o.name in names)})

    def sells_in_part(self, outcome: Outcome) -> bool:
        """Whether an outcome is sales that a firm may or may not have: not all its sales."""
        wholes = {other.share_of for other in self.outcomes}
        return outcome.unit == "currency" and bool(wholes - {None}) and outcome.name not in wholes

    def codes(self, dimension: str) -> list[str]:
        """The codes of a dimension, in the order of the programme file."""
        return [item.id for item in self.dimension(dimension).codes]

    def label(self, dimension: str, code: str, text: Text) -> str:
        """What readers call a code of a dimension."""
        item = next((item for item in self.dimension(dimension).codes if item.id == code), None)
        return item.label.in_(text) if item else code


def parse_programme(content: str, name: str, programme: str | None = None) -> Programme:
    """Check the text of a programme file. programme: the id that it must have, where that is known.

    Raises ProgrammeFileError with all that is wrong, or UserError where it is no TOML.
    """
    try:
        raw = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise UserError("programme.toml", file=name, problem=error) from error
    problems: list[FileProblem] = []
    try:
        parsed = Programme.model_validate(raw, context=IN_FILE)
    except ValidationError as error:
        problems += field_problems(raw, error.errors())
    problems += [*contradictions(raw), *empty_sectors(raw)]
    if programme is not None and raw.get("id", programme) != programme:
        problems.append(FileProblem("other_id", "id", {"found": shown(raw["id"]), "expected": shown(programme)}))
    if problems:
        raise ProgrammeFileError(name, in_order(problems, raw))
    return parsed


def load_programme(programme: str, folder: Path = PROGRAMME_FILES) -> Programme:
    """The programme with that id. Raises UserError when there is none, or when its file is wrong."""
    path = folder / f"{programme}.toml"
    known = sorted(file.stem for file in folder.glob("*.toml"))
    if programme not in known:
        raise UserError("programme.unknown", programme=programme, known=", ".join(known), folder=folder)
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("file.unreadable", file=path, problem=error) from error
    return parse_programme(content, path.name, programme)
