"""The programme file: everything Vetrina knows about one programme. No module knows a programme by name.

One TOML file under `data/programmes/`; every key is checked on load, and a wrong one is named with what was expected.
"""

import tomllib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

import pandas as pd
from pydantic import Field, ValidationError, model_validator

from analytics.folders import PROGRAMME_FILES
from analytics.language.text import DEFAULT_LANGUAGE, LANGUAGES, Text
from analytics.model import DataKind, DisclosureRules, Estimand, Settings, Specification, UserError
from analytics.programme.classifications import DIVISIONS, PROVINCES
from analytics.programme.dimensions import DIMENSIONS
from analytics.programme.parts import (
    Announced,
    Area,
    BeneficiaryKind,
    Calendar,
    Contact,
    Context,
    Disclosure,
    Importance,
    MainQuestion,
    Month,
    Named,
    Outcome,
    Part,
    Sector,
    Tranche,
    WindowRules,
    Words,
    words_within,
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
    importance: Importance = Importance()
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    macro_sectors: tuple[Named, ...] = Field(min_length=1)
    sectors: tuple[Sector, ...] = Field(min_length=1)
    areas: tuple[Area, ...] = ()
    size_classes: tuple[Named, ...] = ()
    channels: tuple[Named, ...] = ()
    beneficiary_kinds: tuple[BeneficiaryKind, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    disclosure: Disclosure = Disclosure()
    ineligible_reasons: tuple[str, ...] = ()
    threshold_reasons: tuple[str, ...] = ()
    specifications: tuple[Specification, ...] = ()
    calendar: Calendar = Calendar()
    contact: Contact | None = None
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
    def _consistent(self) -> Self:
        for name, items in (
            ("tranches", self.tranches),
            ("macro_sectors", self.macro_sectors),
            ("sectors", self.sectors),
            ("areas", self.areas),
            ("size_classes", self.size_classes),
            ("channels", self.channels),
            ("beneficiary_kinds", self.beneficiary_kinds),
        ):
            _distinct(name, [item.id for item in items])
        _distinct("outcomes", [outcome.name for outcome in self.outcomes])
        macro = {item.id for item in self.macro_sectors}
        for sector in self.sectors:
            if sector.macro_sector not in macro:
                raise ValueError(
                    f"sectors: {sector.id} names macro_sector {sector.macro_sector!r}, which is not listed"
                )
        _whole_of("sectors: division", [d for s in self.sectors for d in s.divisions], DIVISIONS)
        if sum(sector.rest for sector in self.sectors) != 1:
            raise ValueError("sectors: exactly one must say rest = true, so that every activity has its sector")
        named = tuple(p for area in self.areas for p in area.provinces)
        _whole_of("areas: province", named, tuple(PROVINCES))
        _whole_of("tiles: province", [p for row in self.tiles for p in row], named)
        sectors = tuple(sector.id for sector in self.sectors)
        for context in self.context:
            _whole_of("context: sector", context.sectors, sectors)
        for pair in self.pairs:
            for dimension in pair:
                if dimension not in DIMENSIONS:
                    raise ValueError(f"pairs: {dimension!r} is not one of {', '.join(DIMENSIONS)}")
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
        )

    @cached_property
    def _sector_of_division(self) -> dict[int, str]:
        named = {division: sector.id for sector in self.sectors for division in sector.divisions}
        rest = next(sector.id for sector in self.sectors if sector.rest)
        return {division: named.get(division, rest) for division in DIVISIONS}

    def sector_of(self, division: int) -> str:
        """The sector of an ATECO 2007 division."""
        return self._sector_of_division[division]

    def sector_frame(self) -> pd.DataFrame:
        """One row per ATECO 2007 division: division, sector, macro_sector."""
        macro = {sector.id: sector.macro_sector for sector in self.sectors}
        return pd.DataFrame(
            [(division, sector, macro[sector]) for division, sector in self._sector_of_division.items()],
            columns=["division", "sector", "macro_sector"],
        )

    def area_frame(self) -> pd.DataFrame:
        """One row per province: province, area."""
        rows = [(province, area.id) for area in self.areas for province in area.provinces]
        return pd.DataFrame(rows, columns=["province", "area"], dtype="str")

    def kind_frame(self) -> pd.DataFrame:
        """One row per kind of beneficiary: beneficiary_kind, sells."""
        rows = [(kind.id, kind.sells) for kind in self.beneficiary_kinds]
        return pd.DataFrame(rows, columns=["beneficiary_kind", "sells"]).astype(
            {"beneficiary_kind": "str", "sells": "bool"}
        )

    def outcome(self, name: str) -> Outcome:
        """The outcome of that name."""
        return next(outcome for outcome in self.outcomes if outcome.name == name)

    def sells_in_part(self, outcome: Outcome) -> bool:
        """Whether an outcome is sales that a firm may or may not have: not all its sales."""
        wholes = {other.share_of for other in self.outcomes}
        return outcome.unit == "currency" and bool(wholes - {None}) and outcome.name not in wholes

    def estimands(self, outcome: Outcome) -> list[Estimand]:
        """What is asked of an outcome: of the headline's everything that has a meaning, of the others less.

        Euros are weighed where there are any; a firm can start to sell what is not all that it sells.
        """
        main = outcome.name == self.headline.outcome
        asked = {
            Estimand.TYPICAL_FIRM: True,
            Estimand.EURO_WEIGHTED: outcome.unit == "currency",
            Estimand.STARTED_SELLING: self.sells_in_part(outcome),
            Estimand.SYMMETRIC_GROWTH: main or outcome.unit != "currency",
            Estimand.ONLINE_SHARE: outcome.share_of is not None,
        }
        return [estimand for estimand, wanted in asked.items() if wanted]

    @cached_property
    def _dimensions(self) -> dict[str, tuple[Named, ...]]:
        provinces = tuple(
            Named.model_construct(id=code, label=Words({DEFAULT_LANGUAGE: PROVINCES[code].name}))
            for area in self.areas
            for code in area.provinces
        )
        lists = (
            *(self.sectors, self.macro_sectors, self.tranches, self.size_classes, self.channels, self.areas),
            *(provinces, self.beneficiary_kinds),
        )
        return dict(zip(DIMENSIONS, lists, strict=True))

    def codes(self, dimension: str) -> list[str]:
        """The codes of a dimension, in the order of the programme file."""
        return [item.id for item in self._dimensions[dimension]]

    def label(self, dimension: str, code: str, text: Text) -> str:
        """What readers call a code of a dimension."""
        found = next((item for item in self._dimensions[dimension] if item.id == code), None)
        return found.label.in_(text) if found else code


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
