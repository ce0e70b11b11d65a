"""The choices of the pages that have pictures: what there is to choose from in a release, and a reader's own."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from analytics.language.text import Text
from analytics.model import Estimand, UserError
from analytics.present.asked import Asked
from analytics.present.sentences.headlines import Headline, claims
from analytics.programme.dimensions import Group
from analytics.release import Release
from analytics.release.measures import estimands_of

SECTOR: Final = "sector"
OUTCOME: Final = "outcome"
ESTIMAND: Final = "estimand"
YEAR: Final = "year"
LINES: Final = "lines"  # of the typical firm, or of the sum
CLAIM: Final = "claim"
CHOICES: Final = (SECTOR, OUTCOME, ESTIMAND, YEAR, LINES, CLAIM)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A reader's choices, by the names that they have in the address of a page; empty: of no matter there."""

    sector: str = ""
    outcome: str = ""
    estimand: str = ""
    year: str = ""
    lines: str = ""
    claim: str = ""

    def of(self, names: Sequence[str]) -> dict[str, str]:
        """Some of them, by name."""
        every = asdict(self)
        return {name: every[name] for name in names}


@dataclass(frozen=True, slots=True)
class View:
    """What a page is opened with: a release, who speaks of it, the reader's choices."""

    release: Release
    text: Text
    chosen: Chosen = Chosen()

    @property
    def main(self) -> Asked:
        """The programme's own question."""
        return Asked.headline(self.release)

    @property
    def asked(self) -> Asked:
        """The effect that the reader asks for."""
        return Asked(self.chosen.outcome, Estimand(self.chosen.estimand), self.chosen.year)

    @property
    def group(self) -> Group:
        """The sector that the reader looks at."""
        return ((SECTOR, self.chosen.sector),)

    @property
    def outcome_label(self) -> str:
        """The outcome that the reader asks for, in words."""
        return self.release.programme.outcome(self.chosen.outcome).label.in_(self.text)


@dataclass(frozen=True, slots=True)
class Options:
    """What there is to choose from, and what is shown to who has not chosen."""

    codes: list[str]
    usual: str


def options(name: str, release: Release, text: Text, outcome: str = "") -> Options:
    """The options of a choice. outcome: the one chosen, on which the measures of its effect depend."""
    main = Asked.headline(release)
    if name == SECTOR:
        codes, usual = release.codes("sector"), ""
    elif name == OUTCOME:
        codes, usual = [one.name for one in release.outcomes], main.outcome
    elif name == ESTIMAND:
        programme = release.programme
        codes = [str(one) for one in estimands_of(programme, programme.outcome(outcome or main.outcome))]
        usual = str(main.estimand)
    elif name == YEAR:
        codes, usual = list(release.manifest.horizons), main.horizon
    elif name == LINES:
        codes, usual = list(release.line_bases), ""
    else:
        codes, usual = list(claims_by_key(release, text)), ""
    return Options(codes, usual if usual in codes else next(iter(codes), ""))


def unusual(choices: Mapping[str, str], release: Release, text: Text) -> dict[str, str]:
    """Those of a reader's choices that are not the usual ones, as pages name them in their addresses."""
    outcome = choices.get(OUTCOME, "")
    return {name: choice for name, choice in choices.items() if choice != options(name, release, text, outcome).usual}


def claims_by_key(release: Release, text: Text) -> dict[str, Headline]:
    """The claims that checks stand behind, by what the address of a page calls them."""
    return {f"{claim.kind}-{claim.dimension}-{claim.code}": claim for claim in claims(release, text)}


def choices_read(names: Sequence[str], given: Mapping[str, str], release: Release, text: Text) -> Chosen:
    """Choices as an address names them, the usual ones where it does not. Raises UserError for a choice that the
    picture does not depend on, and for one that the release does not have, saying what there is.
    """
    for name in given:
        if name not in names:
            raise UserError("export.filter", name=name, known=", ".join(names))
    read: dict[str, str] = {}
    for name in names:
        there = options(name, release, text, read.get(OUTCOME, ""))
        value = given.get(name, there.usual)
        if value not in there.codes:
            raise UserError("export.unknown", name=name, value=value, known=", ".join(there.codes))
        read[name] = value
    return Chosen(**read)
