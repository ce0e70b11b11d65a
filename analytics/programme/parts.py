"""The tables of a programme file, each checked on its own; `programme` puts them together."""

import datetime as dt
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from analytics.language.text import DEFAULT_LANGUAGE, LANGUAGES, Text
from analytics.model import CheckLimits, Estimand, Settings

IDENTIFIER = r"^[a-z0-9]+(-[a-z0-9]+)*$"
SLUG = r"^[a-z][a-z0-9_]*$"
MONTH = r"^(19|20)\d{2}(-(0[1-9]|1[0-2]))?$"
YEAR = r"^(19|20)\d{2}$"
WEB_ADDRESS = r"^https?://[^\s<>()\"\\^`{|}]+$"  # may stand in a link, and in RDF
EMAIL = r"^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$"
Slug = Annotated[str, Field(pattern=SLUG)]
Month = Annotated[str, Field(pattern=MONTH)]
Year = Annotated[str, Field(pattern=YEAR)]
WebAddress = Annotated[str, Field(pattern=WEB_ADDRESS)]
LONGEST_WORDS = 300  # characters of a name
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # marks of the direction of writing
IN_FILE = {"file": True}  # context of a validation: what is checked stands in a programme file, not in a release
Theme = Literal["AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH", "TRAN"]


class Part(BaseModel):
    """A table of the programme file: unknown keys are refused, values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)


class Words(RootModel[dict[str, str]]):
    """A name in every language: code of the language -> words.

    A programme file names every language that is spoken; a release that was made before one was added speaks the
    default language in its place.
    """

    model_config = ConfigDict(frozen=True)
    root: Annotated[dict[str, str], Field(min_length=1)]

    @model_validator(mode="after")
    def _can_be_said(self, info: ValidationInfo) -> Self:
        """In a programme file: words in every language that is spoken and in no other, without control characters,
        which come along with what is pasted and break files made of them, or turn around what stands beside them.
        """
        if info.context == IN_FILE and (problems := list(_unsayable(self.root))):
            raise PydanticCustomError("words", "no words", {"problems": problems})
        return self

    def in_(self, text: Text) -> str:
        """The name in the reader's language."""
        return self.in_language(text.language)

    def in_language(self, language: str) -> str:
        """The name in a language, else in the default one, else in the first that there is."""
        return next(self.root[code] for code in (language, DEFAULT_LANGUAGE, *self.root) if code in self.root)


def _unsayable(said: dict[str, str]) -> Iterator[tuple[str, str, dict[str, object]]]:
    """What is wrong with the words of a name: kind of problem, language, details."""
    yield from (("missing", language, {}) for language in LANGUAGES if language not in said)
    for language, words in said.items():
        if language not in LANGUAGES:
            yield "language", language, {"expected": ", ".join(LANGUAGES)}
        if odd := next((mark for mark in words if _is_control(mark)), None):
            yield "control", language, {"found": f"U+{ord(odd):04X}"}
        if len(words) > LONGEST_WORDS:
            yield "long", language, {"expected": LONGEST_WORDS}


def _is_control(mark: str) -> bool:
    """A control character, no character at all, or one that turns the direction of writing."""
    return mark != "\n" and (unicodedata.category(mark) in ("Cc", "Cn", "Cs") or mark in TURNING)


class Named(Part):
    """Something with an id that stays and a label that readers see."""

    id: Slug
    label: Words


class Tranche(Named):
    """One funding decision, as announced. A count or amount that was not stated is absent, never guessed."""

    announced_firms: int | None = Field(None, gt=0)
    announced_eur: float | None = Field(None, gt=0)
    announced_eur_is: Literal["grants", "endowment"] = "grants"
    decided_on: dt.date | None = None
    source: Words


class Sector(Named):
    """A group of ATECO 2007 divisions, or (`rest`) all divisions that no other sector names."""

    macro_sector: Slug
    divisions: tuple[int, ...] = ()
    rest: bool = False


class SectorGroup(Named):
    """A group of whole sectors, in a grouping of the programme's own."""

    sectors: tuple[Slug, ...] = Field(min_length=1)


class Grouping(Named):
    """A second way of grouping the sectors, beside macro-sectors: every sector lies in exactly one of its groups."""

    groups: tuple[SectorGroup, ...] = Field(min_length=1)

    @property
    def group_of_sector(self) -> dict[str, str]:
        """Sector -> group."""
        return {sector: group.id for group in self.groups for sector in group.sectors}


class Area(Named):
    """A group of provinces."""

    provinces: tuple[str, ...] = Field(min_length=1)


class BeneficiaryKind(Named):
    """What an applicant is. One that does not sell (an association, a university) is counted, and in no effect."""

    sells: bool = True


class Outcome(Part):
    """A quantity compared before and after. `column` is its column in the sales table; `noun` its name in sentences;
    `share_of` the outcome that it is a part of (online sales, of total sales), `rest` what the remainder is called."""

    name: Slug
    column: str
    unit: Literal["currency", "number", "percent"] = "currency"
    currency: str | None = Field(None, pattern="^[A-Z]{3}$")
    transform: Literal["none", "log"] = "none"
    label: Words
    noun: Words
    gender: Literal["f", "m"] = "f"
    plural: bool = True
    share_of: Slug | None = None
    rest: Words | None = None

    @model_validator(mode="after")
    def _currency_where_money(self) -> Self:
        if (self.unit == "currency") != (self.currency is not None):
            raise PydanticCustomError("contradiction", "currency and its unit", {"kind": "currency"})
        return self


class WindowRules(Part):
    """Where before ends and after begins (METHODS.md 1), and the calendar year that losses are counted from."""

    before_ends: Month | None = None
    award_period: Literal["skip", "after"] = "skip"
    years_after: int = Field(3, ge=1, le=10)
    loss_baseline: Year | None = None


class MainQuestion(Part):
    """The one figure of the first screen: which outcome, which estimand, over which horizon."""

    outcome: Slug
    estimand: Literal[Estimand.TYPICAL_FIRM, Estimand.EURO_WEIGHTED]
    horizon: Literal["overall"] | int = "overall"

    @property
    def year(self) -> int | None:
        """The year after funding that is asked about; None: all complete years together."""
        return None if self.horizon == "overall" else int(self.horizon)

    @property
    def horizon_code(self) -> str:
        """The horizon as it stands in a release: "overall", or the year."""
        return str(self.horizon)


class ImportanceLimits(Part):
    """The smallest effect that matters, fixed before any estimate is seen."""

    mie: float = Field(0.10, gt=0, lt=1)
    mie_points: float = Field(0.03, gt=0, lt=1)


_SETTINGS, _CHECKS = Settings(), CheckLimits()
Share = Annotated[float, Field(ge=0, le=1)]


class Thresholds(Part):
    """How this programme's effects are estimated, where it departs from `Settings`, whose defaults these are."""

    min_firms: int = Field(_SETTINGS.min_firms, ge=3, le=1000)
    level: float = Field(_SETTINGS.level, gt=0.5, lt=1)
    adjustment: Literal["pooled_slopes", "none"] = _SETTINGS.adjustment
    alpha: float = Field(_SETTINGS.alpha, gt=0)
    sector_range: Literal["shared", "own"] = _SETTINGS.sector_range


class CheckThresholds(Part):
    """The limits of the five checks, where this programme departs from `CheckLimits`, whose defaults these are."""

    most_unknown: Share = _CHECKS.most_unknown
    most_gap: Share = _CHECKS.most_gap
    least_firms: int = Field(_CHECKS.least_firms, ge=3)
    least_effective: float = Field(_CHECKS.least_effective, ge=1)
    least_earlier: Share = _CHECKS.least_earlier
    least_measured: Share = _CHECKS.least_measured
    least_specifications: int = Field(_CHECKS.least_specifications, ge=1)
    least_same_sign: Share = _CHECKS.least_same_sign

    @property
    def limits(self) -> CheckLimits:
        """As the checks take them."""
        return CheckLimits(**self.model_dump())


class Disclosure(Part):
    """Thresholds of DisclosureRules for this programme."""

    min_units: int = Field(3, ge=3, le=10)
    p_percent: float = Field(10.0, ge=0)


class Announced(Part):
    """The totals of the call, as reported."""

    applications: int | None = Field(None, gt=0)
    requested_eur: float | None = Field(None, gt=0)
    source: Words


class Calendar(Part):
    """What readers are told of the releases: whether figures may still change, and when the next ones come."""

    state: Literal["provisional", "final"] = "provisional"
    next_release: dt.date | None = None


class Contact(Part):
    """Who answers for the figures, and corrects them."""

    name: Words
    email: Annotated[str, Field(pattern=EMAIL)]


class Licence(Part):
    """The terms on which the data may be used by others.

    id: the SPDX identifier, or where there is none a short code; name: as it is said in sentences; url: its text.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")]
    name: Words
    url: WebAddress


# Of a programme that names no licence, and of releases made before there was a key for it; a name that is the same in
# every language.
CC_BY_4 = Licence(
    id="CC-BY-4.0",
    name=Words({DEFAULT_LANGUAGE: "CC BY 4.0"}),
    url="https://creativecommons.org/licenses/by/4.0/",
)


class Council(Part):
    """To whom an account of the programme is given. title: of the report; law: the clause that asks for it."""

    title: Words
    law: Words


class CatalogueEntry(Part):
    """What catalogues of open data (DCAT-AP_IT) ask beyond what the file says elsewhere.

    publisher: who publishes the figures and holds their rights; publisher_id: its code in the index of public
    administrations (IPA), or a VAT number; frequency: how often releases come; place: the address of the area in a
    gazetteer, such as GeoNames; themes: of the European vocabulary. Grants to firms are economy and finance.
    """

    publisher: Words | None = None
    publisher_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")] | None = None
    frequency: Literal["MONTHLY", "QUARTERLY", "ANNUAL_2", "ANNUAL", "BIENNIAL", "IRREG", "UNKNOWN"] = "UNKNOWN"
    place: WebAddress | None = None
    themes: tuple[Theme, ...] = Field(("ECON",), min_length=1)

    @model_validator(mode="after")
    def _of_somebody(self) -> Self:
        if self.publisher_id is not None and self.publisher is None:
            raise PydanticCustomError("contradiction", "no publisher", {"kind": "publisher"})
        return self


class RegisteredAids(Part):
    """Which aids of the state aid register (RNA) are this programme's.

    car: codes of the measure in the register; title_words: words that all stand in the measure's title, whatever their
    order, capitals and accents. Where both are given both must hold.
    """

    car: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9._/-]+$")], ...] = ()
    title_words: Annotated[str, Field(pattern=r"\w")] | None = None


class Context(Part):
    """Official statistics on the world meanwhile: shares or changes by year (0.12 is 12%), with their source.

    change: against the year before, not a share; sectors: those it speaks of (none named: all).
    """

    label: Words
    source: Words
    points: dict[Year, float] = Field(min_length=1)
    change: bool = False
    sectors: tuple[Slug, ...] = ()
