"""The closed list of measures: each has its words in every language, and nothing that a release holds is not on it."""

from collections.abc import Iterable
from types import SimpleNamespace

import pytest

from analytics.demonstration.truth import SCALES
from analytics.estimate.sample import Sample
from analytics.folders import Home
from analytics.language.text import LANGUAGES, sentences
from analytics.model import (
    _UNIT_OF,
    Check,
    ConfStatus,
    Estimand,
    Grade,
    ObsStatus,
    Reason,
    Result,
    Specification,
    Unit,
    Verdict,
)
from analytics.programme.file import load_programme
from analytics.release import Release, Releases
from analytics.release.measures import (
    ASKED_OF,
    EFFECTS,
    MEASURES,
    PARTS_COMPARED,
    beside_group,
    check_of,
    estimands_of,
    groups_counted,
    groups_differ,
    groups_gaining,
    measure_named,
    other_group,
)


def missing(keys: list[str], language: str) -> list[str]:
    """The keys that a language's file lacks."""
    return [key for key in keys if key not in sentences(language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_has_its_words(language: str) -> None:
    """A measure without words fails here, by the key that its language file lacks."""
    bases = {measure.base for measure in MEASURES.values()} | {
        "sectors_differ",
        "macro_sectors_differ",
        "groups_differ",
        *(groups_differ(dimension, Estimand.TYPICAL_FIRM).base for dimension in PARTS_COMPARED),
    }
    assert missing([f"measure.{base}" for base in sorted(bases)], language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_estimand_has_its_words(language: str) -> None:
    """What an effect is called where it is chosen, in figures, and in sentences about the headline's estimands."""
    keys = [f"{table}.{estimand}" for estimand in Estimand for table in ("estimand", "measure")]
    assert missing(keys, language) == []


@pytest.mark.parametrize(
    ("where", "known"),
    [
        ("its unit, in analytics/model.py", _UNIT_OF),
        ("its measure, in analytics/release/measures.py", EFFECTS),
        ("of which outcomes it is asked, in analytics/release/measures.py", ASKED_OF),
        ("its function, in analytics/estimate/sample.py", Sample._estimators.func(SimpleNamespace(windows=None))),
        ("its known truth, in analytics/demonstration/truth.py", SCALES),
    ],
)
def test_every_estimand_is_known_where_estimands_are_listed(where: str, known: Iterable[Estimand]) -> None:
    """An estimand that a list forgets fails here, by the place that must have it, not where it is asked for."""
    assert set(known) == set(Estimand), where


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("grade", Grade),
        ("result", Result),
        ("check", Check),
        ("why", Reason),
        ("why_long", [Reason.TOO_FEW_FIRMS, Reason.CONFIDENTIAL]),
        ("measure", [f"spec_{specification}" for specification in Specification]),
    ],
)
def test_every_status_has_its_words(table: str, codes: list[str], language: str) -> None:
    """A grade, result, check, reason or specification without words fails here, by the key that is missing."""
    assert missing([f"{table}.{code}" for code in codes], language) == []


def test_a_release_holds_nothing_that_is_not_on_the_list(demonstration: Home) -> None:
    """Every measure in either demonstration is known, and in the unit that the list gives it."""
    for programme in ("ecommerce-2020", "michigan-1988"):
        release = Releases(demonstration.releases, programme).open()
        for name, unit in release.figures[["measure", "unit"]].drop_duplicates().itertuples(index=False):
            measure = measure_named(name)
            assert measure.name in MEASURES or measure.base in of_groups(release), name
            assert measure.unit in (None, Unit(unit)), name
        assert set(release.figures["obs_status"]) <= set(ObsStatus)
        assert set(release.figures["conf_status"]) <= set(ConfStatus)
        assert set(release.figures["verdict"].dropna()) <= set(Verdict)


def of_groups(release: Release) -> set[str]:
    """What may be said of a list of groups at once, by the dimensions and codes of its programme."""
    programme = release.programme
    dimensions, about = programme.dimension_names, Estimand.TYPICAL_FIRM
    lists = {said(name, about).base for name in dimensions for said in (groups_differ, groups_gaining)}
    return lists | {f"beside_{code}" for name in programme.sector_dimensions for code in programme.codes(name)}


def test_a_name_leads_back_to_its_measure() -> None:
    """Also of a test of groups, of how many gain and of one beside another, whose dimensions and codes a programme may
    add; a name of another time stands for itself.
    """
    for name, measure in MEASURES.items():
        assert measure_named(name) is measure
        assert str(measure) == name
    assert measure_named("technologys_differ_typical_firm") == groups_differ("technology", Estimand.TYPICAL_FIRM)
    gaining = measure_named("technologys_gaining_typical_firm")
    assert gaining == groups_gaining("technology", Estimand.TYPICAL_FIRM)
    assert (gaining.unit, groups_counted(gaining), other_group(gaining)) == (Unit.COUNT, "technology", "")
    assert measure_named("beside_metal_typical_firm") == beside_group("metal", Estimand.TYPICAL_FIRM)
    assert other_group(measure_named("beside_metal_typical_firm")) == "metal"
    assert measure_named("of_another_time").base == "of_another_time"
    assert check_of(Check.BEFORE, Estimand.EURO_WEIGHTED).about is Estimand.EURO_WEIGHTED


def test_what_is_asked_of_an_outcome() -> None:
    """Everything of the headline's; of counts no euros; of a whole no start of selling and no share of itself."""
    programme = load_programme("ecommerce-2020")
    asked = {outcome.name: set(estimands_of(programme, outcome)) for outcome in programme.outcomes}
    assert asked["online_sales"] == set(Estimand)
    assert Estimand.EURO_WEIGHTED not in asked["destination_countries"]
    assert asked["total_sales"] == {Estimand.TYPICAL_FIRM, Estimand.EURO_WEIGHTED}
    alone = programme.with_outcomes(["online_sales"])  # no file brought what it is a share of
    assert Estimand.ONLINE_SHARE not in estimands_of(alone, alone.outcome("online_sales"))
