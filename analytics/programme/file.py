"""The programme file: everything Vetrina knows about one programme. No module knows a programme by name.

One TOML file under `data/programmes/`; every key is checked on load, and a wrong one is named with what was expected.
"""

import tomllib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pandas as pd
from pydantic import Field, ValidationError, model_validator

from analytics.folders import PROGRAMME_FILES
from analytics.language.text import LANGUAGES, Text
from analytics.model import DataKind, DisclosureRules, Estimand, Settings, Specification, UserError
from analytics.programme.classifications import DIVISIONS, PROVINCES
from analytics.programme.dimensions import DIMENSIONS, Dimension, Group, dimensions_of, sector_of_division
from analytics.programme.parts import (
    CC_BY_4,
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
    words_within,
)

# Names that stand for something else beside the dimensions: in panels, contributions, cubes and releases.
LONGEST_WORDS = 300  # characters of a name
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # marks of the direction of writing
RESERVED = frozenset(
    {*DIMENSIONS, "arm", "cohort", "division", "firm_id", "horizon", "measure", "outcome", "sells", "set_aside", "unit"}
)


class Programme(Part):
    """A programme file, checked."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
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
    def _headline_exists(self) -> Self:
        horizon = self.headline.horizon
        if horizon != "overall" and not 1 <= horizon <= self.windows.years_after:
            raise ValueError(f"headline.horizon: {horizon} is not a year from 1 to windows.years_after")
        units = {outcome.name: outcome.unit for outcome in self.outcomes}
        if self.headline.estimand is Estimand.EURO_WEIGHTED and units.get(self.headline.outcome) != "currency":
            raise ValueError("headline.estimand: 'euro_weighted' needs an outcome in money")
        names = set(units)
        if self.headline.outcome not in names:
            raise ValueError(f"headline.outcome: no outcome is named {self.headline.outcome!r}")
        wholes = {outcome.share_of for outcome in self.outcomes} - {None}
        if not wholes <= names or len(wholes) > 1:
            raise ValueError("outcomes.share_of: name one other outcome, the same for all that are part of it")
        return self

    @model_validator(mode="after")
    def _sectors_are_grouped(self) -> Self:
        sectors = tuple(sector.id for sector in self.sectors)
        macro = {item.id for item in self.macro_sectors}
        for sector in self.sectors:
            if sector.macro_sector not in macro:
                raise ValueError(
                    f"sectors: {sector.id} names macro_sector {sector.macro_sector!r}, which is not listed"
                )
        _whole_of("sectors: division", [d for s in self.sectors for d in s.divisions], DIVISIONS)
        if sum(sector.rest for sector in self.sectors) != 1:
            raise ValueError("sectors: exactly one must say rest = true, so that every activity has its sector")
        for grouping in self.groupings:
            if grouping.id in RESERVED:
                raise ValueError(f"groupings: {grouping.id!r} is the name of something else")
            _distinct(f"groupings.{grouping.id}", [group.id for group in grouping.groups])
            grouped = [sector for group in grouping.groups for sector in group.sectors]
            _whole_of(f"groupings.{grouping.id}: sector", grouped, sectors)
            if missing := [sector for sector in sectors if sector not in grouped]:
                raise ValueError(f"groupings.{grouping.id}: sector {missing[0]} stands in no group")
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name, items in (
            ("tranches", self.tranches),
            ("macro_sectors", self.macro_sectors),
            ("sectors", self.sectors),
            ("groupings", self.groupings),
            ("areas", self.areas),
            ("size_classes", self.size_classes),
            ("channels", self.channels),
            ("beneficiary_kinds", self.beneficiary_kinds),
        ):
            _distinct(name, [item.id for item in items])
        _distinct("outcomes", [outcome.name for outcome in self.outcomes])
        named = tuple(p for area in self.areas for p in area.provinces)
        _whole_of("areas: province", named, tuple(PROVINCES))
        _whole_of("tiles: province", [p for row in self.tiles for p in row], named)
        sectors = tuple(sector.id for sector in self.sectors)
        for context in self.context:
            _whole_of("context: sector", context.sectors, sectors)
        for pair in self.pairs:
            for dimension in pair:
                if dimension not in self.dimension_names:
                    raise ValueError(f"pairs: {dimension!r} is not one of {', '.join(self.dimension_names)}")
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


def _distinct(where: str, ids: list[str]) -> None:
    twice = sorted({item for item in ids if ids.count(item) > 1})
    if twice:
        raise ValueError(f"{where}: {', '.join(twice)} stands more than once")


def _whole_of(what: str, named: Sequence[object], known: tuple[object, ...]) -> None:
    for item in named:
        if item not in known:
            raise ValueError(f"{what} {item} does not exist")
        if list(named).count(item) > 1:
            raise ValueError(f"{what} {item} stands in more than one group")


def parse_programme(content: str, name: str) -> Programme:
    """Check the text of a programme file. Raises UserError naming the key and what was expected."""
    try:
        programme = Programme.model_validate(tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise UserError("programme.toml", file=name, problem=error) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or first["msg"].removeprefix("Value error, ").split(":")[0]
        problem = first["msg"].removeprefix("Value error, ")
        kind = {"missing": "programme.key_missing", "extra_forbidden": "programme.key_unknown"}.get(first["type"])
        more = len(error.errors()) - 1
        raise UserError(kind or "programme.key", file=name, entry=key, problem=problem, more=more) from error
    _check_languages(programme, name)
    _check_characters(programme, name)
    return programme


def _check_languages(programme: Programme, name: str) -> None:
    """Refuse a name without its words in a language that is spoken, or with words in one that is not."""
    problems = [
        (kind, f"{key}.{language}")
        for key, words in words_within(programme)
        for kind, languages in (
            ("missing", [language for language in LANGUAGES if language not in words.root]),
            ("unknown", [language for language in words.root if language not in LANGUAGES]),
        )
        for language in languages
    ]
    if problems:
        kind, entry = problems[0]
        raise UserError(f"programme.key_{kind}", file=name, entry=entry, more=len(problems) - 1)


def _check_characters(programme: Programme, name: str) -> None:
    """Refuse words with control characters, which come along with what is pasted and break files made of them, or turn
    around what stands beside them; and words that are no name any more.
    """
    for key, words in words_within(programme):
        for language, said in words.root.items():
            odd = next((mark for mark in said if _is_control(mark)), None)
            problem = "" if odd is None else f"it contains the control character U+{ord(odd):04X}"
            if len(said) > LONGEST_WORDS:
                problem = f"it is longer than {LONGEST_WORDS} characters"
            if problem:
                raise UserError("programme.key", file=name, entry=f"{key}.{language}", problem=problem, more=0)


def _is_control(mark: str) -> bool:
    """A control character, no character at all, or one that turns the direction of writing."""
    return mark != "\n" and (unicodedata.category(mark) in ("Cc", "Cn", "Cs") or mark in TURNING)


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
    loaded = parse_programme(content, path.name)
    if loaded.id != programme:
        raise UserError(
            "programme.key", file=path.name, entry="id", problem=f"{loaded.id!r} is not the file's name", more=0
        )
    return loaded
