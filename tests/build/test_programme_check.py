"""A programme file beside the data: what would tell something false is refused, the rest is said, all at once."""

import pytest

from analytics.build.candidate import build
from analytics.build.firms_by_sector import SectorFirms, firms_by_sector
from analytics.build.programme_check import (
    ProgrammeRefusedError,
    Severity,
    check_programme,
    refused,
)
from analytics.language.text import LANGUAGES, Text
from analytics.model import Specification, UserError
from analytics.programme.parts import Sector, Words
from analytics.release import Releases
from tests.helpers.officer import Desk, application, as_csv, sale

NOT_FUNDED = {"outcome": "not_funded", "tranche": "", "awarded_on": "", "grant_eur": ""}
TURNED_DOWN = NOT_FUNDED | {"outcome": "not_admitted"}
WORDS = Words({"it": "x", "en": "x"})


@pytest.fixture
def desk(tmp_path) -> Desk:
    """Two funded firms of retail, one of them without an edition of its code, and three that were not funded."""
    desk = Desk.at(tmp_path)
    desk.programme = desk.programme.model_copy(update={"requires": ()})
    rows = [
        application(1),
        application(2, ateco_edition=""),
        application(3, **NOT_FUNDED, ateco_code="10.71", channel="app", province="BG"),
        application(4, **TURNED_DOWN, ateco_code="", ateco_edition=""),
        application(5, **TURNED_DOWN),
    ]
    reasons = {4: "late", 5: "size"}
    desk.load("applications", as_csv([row | {"exclusion_reason": reasons.get(n, "")} for n, row in enumerate(rows, 1)]))
    return desk


def found(desk: Desk, **changes: object) -> dict[tuple[str, str], object]:
    """Entry and kind of every finding -> the finding, of the desk's programme with these changes."""
    with desk.open() as store:
        findings = check_programme(desk.programme.model_copy(update=changes), store)
    assert all(finding.said(Text(language)) for finding in findings for language in LANGUAGES)
    return {(finding.entry, finding.kind): finding for finding in findings}


def test_groups_are_held_against_the_firms(desk):
    """Codes without firms, firms without a code, an edition that was assumed, a tranche without awards, reasons."""
    of = found(desk)
    assert of["sectors", "edition_assumed"].details == {"n": 1}
    assert of["sectors", "firms_without"].details == {"column": "ateco_code", "firms": 1}
    assert "metal" in of["sectors", "no_firm"].details["codes"]
    assert "retail" not in of["sectors", "no_firm"].details["codes"].split(", ")
    assert of["tranches", "tranche_without_awards"].details == {"codes": "second, third"}
    assert of["channels", "no_firm"].details == {"codes": "cross_border_platform, several"}
    assert of["areas", "no_firm"].details == {"codes": "north_west, south"}
    assert of["size_classes", "column_empty"].details == {"column": "size_class"}
    assert of["beneficiary_kinds", "column_empty"].details == {"column": "beneficiary_kind"}
    assert of["ineligible_reasons", "reasons_unknown"].details == {"codes": "late", "n": 1}
    assert of["ineligible_reasons", "reasons_unused"].details == {"codes": "sector, insolvency, no_seat"}
    assert of["threshold_reasons", "reasons_unused"].details == {"codes": "below_threshold"}
    assert ("outcomes", "no_sales") in of
    assert {finding.severity for finding in of.values()} == {Severity.WARNED}


def test_what_the_file_no_longer_lists_is_refused_where_it_counts_firms_wrongly(desk):
    """A tranche renamed after the import: refused; a channel that is gone: told by name."""
    renamed = tuple(t.model_copy(update={"id": "one"} if t.id == "first" else {}) for t in desk.programme.tranches)
    kept = tuple(channel for channel in desk.programme.channels if channel.id != "own_site")
    of = found(desk, tranches=renamed, channels=kept)
    assert of["tranches", "not_in_file"].details == {"column": "tranche", "codes": "first", "firms": 2}
    assert of["tranches", "not_in_file"].severity is Severity.REFUSED
    assert of["channels", "not_in_file"].details == {"column": "channel", "codes": "own_site", "firms": 4}
    assert [one.kind for one in refused([*of.values()])] == ["not_in_file"]


def test_sales_are_held_against_what_the_file_asks(desk):
    """Outcomes without figures, the year of losses, where before ends, how sales were collected."""
    desk.load("sales", as_csv([sale(n, period) for n in (1, 2, 3) for period in ("2021-01", "2021-02")]))
    of = found(desk)
    assert of["outcomes.online_abroad", "outcome_without_figures"].details == {"column": "online_abroad_eur"}
    assert of["windows.loss_baseline", "loss_baseline"].details == {"year": "2019", "first": "2021-01"}
    assert of["windows.before_ends", "before_ends_early"].severity is Severity.REFUSED
    assert of["outcomes", "source_missing"].details == {"firms": 3, "all": 3}
    late = desk.programme.windows.model_copy(update={"before_ends": "2021-03"})
    assert found(desk, windows=late)["windows.before_ends", "before_ends_late"].details["award"] == "2020-11-30"
    question = desk.programme.headline.model_copy(update={"outcome": "online_abroad"})
    of = found(desk, windows=late, headline=question)
    assert of["headline.outcome", "headline_without_figures"].severity is Severity.REFUSED


def test_sources_that_differ_between_the_arms_are_told_with_their_shares(desk):
    """Funded firms by one way, the others by another."""
    ways = {1: "closing report", 2: "closing report", 3: "tax data"}
    desk.load("sales", as_csv([sale(n, "2019-01", source=way) for n, way in ways.items()]))
    details = found(desk)["outcomes", "source_differs"].details
    assert (details["funded"], details["other"]) in {("0%", "100%"), ("100%", "0%")}


def test_specifications_that_the_data_cannot_make_are_named_with_what_is_missing(desk):
    """Each once; and whether enough are left."""
    with desk.open() as store:
        findings = check_programme(desk.programme, store)
    named = {one.details.get("specification"): one.kind for one in findings if one.kind.startswith("spec_")}
    assert named == {
        Specification.BELOW_THRESHOLD_ONLY: "spec_threshold",
        Specification.OUTSIDE_FIRMS: "spec_outside",
        Specification.PAID_ONLY: "spec_paid",
        Specification.NO_AID_BEFORE: "spec_other_aid",
        Specification.WITHIN_SIZE: "spec_size",
    }
    few = found(desk, specifications=(Specification.PAID_ONLY, Specification.UNADJUSTED, Specification.WITHIN_SIZE))
    assert few["specifications", "few_possible"].details == {"n": 1, "least": 3}
    assert found(desk, specifications=())["specifications", "few_specifications"].details == {"n": 0, "least": 3}


def test_columns_that_there_are_not_are_refused_with_the_rest(desk):
    """Also without a store: then the file alone is checked."""
    outcomes = tuple(o.model_copy(update={"column": "period"}) for o in desk.programme.outcomes[:2])
    changes = {"requires": ("tranch", "grant"), "outcomes": outcomes}
    wrong = check_programme(desk.programme.model_copy(update=changes), None)
    assert [(one.entry, one.kind) for one in refused(wrong)] == [
        ("requires", "no_column"),
        ("requires", "no_column"),
        ("outcomes.online_sales.column", "column_taken"),
        ("outcomes.total_sales.column", "column_taken"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_build_refuses_what_the_check_refuses(desk, tmp_path, language):
    """All refusals in one answer; no release."""
    desk.load("sales", as_csv([sale(1, "2021-01")]))
    renamed = tuple(t.model_copy(update={"id": f"{t.id}_list"}) for t in desk.programme.tranches)
    programme = desk.programme.model_copy(update={"tranches": renamed})
    with desk.open() as store, pytest.raises(ProgrammeRefusedError) as caught:
        build(programme, store, Releases(tmp_path / "releases", programme.id))
    said = caught.value.said(Text(language))
    assert [
        word for word in ("ecommerce-2020.toml", "tranches", "first", "windows.before_ends") if word not in said
    ] == []
    assert not (tmp_path / "releases").exists()


def test_firms_are_counted_by_sector(desk):
    """Every sector of the file in its order, also without firms; then those without a sector. All firms once."""
    with desk.open() as store:
        rows = firms_by_sector(store, desk.programme)
    assert [row.sector for row in rows] == [*desk.programme.codes("sector"), None]
    held = {row.sector: row for row in rows if row.funded or row.not_funded}
    assert held == {
        "food": SectorFirms("food", 0, 1),
        "retail": SectorFirms("retail", 2, 1),
        None: SectorFirms(None, 0, 1),
    }


def test_a_programme_of_one_sector_needs_no_codes(desk):
    """Every firm is of its sector: nothing is missing, and no edition is assumed."""
    only = Sector(id="all", label=WORDS, macro_sector=desk.programme.macro_sectors[0].id, rest=True)
    of = found(desk, sectors=(only,), context=())
    assert not {entry for entry, _ in of} & {"sectors"}


# ---- what build needs ------------------------------------------------------------------------------------------------


def months(first: int, last: int) -> list[str]:
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(first, last + 1)]


@pytest.mark.parametrize(
    ("periods", "key", "words"),
    [
        (months(2019 * 12, 2020 * 12 + 9), "store.no_year_after", ("2019-01", "2020-10", "2020-11", "2021-11")),
        (months(2019 * 12, 2021 * 12 + 5), "store.no_year_after", ("2021-06", "2020-12", "2021-11")),
        (months(2020 * 12 + 2, 2022 * 12), "store.no_before", ("2020-03", "2019-06", "2020-05")),
        (["2019Q1", "2021Q2"], "store.no_year_after", ("2019Q1", "2021Q2", "2021Q4")),
        (["2019", "2020"], "store.no_year_after", ("2019", "2020", "2021")),
        (["2020-05"], "store.no_year_after", ("2020-05", "2020-12", "2021-11")),
    ],
)
def test_build_says_which_sales_it_needs(desk, tmp_path, periods, key, words):
    """What there is, the awards, what is missing: with the periods as files write them; in no frequency a traceback."""
    desk.load("sales", as_csv([sale(n, period) for n in (1, 2, 3) for period in periods]))
    with desk.open() as store, pytest.raises(UserError) as caught:
        build(desk.programme, store, Releases(tmp_path / "releases", desk.programme.id))
    assert caught.value.key == key
    for language in LANGUAGES:
        assert [word for word in words if word not in caught.value.said(Text(language))] == []


def test_build_says_which_year_the_main_figure_lacks(desk, tmp_path):
    """Year 3 is asked for, and one year is there."""
    desk.load("sales", as_csv([sale(n, period) for n in (1, 2, 3) for period in months(2019 * 12, 2021 * 12 + 11)]))
    question = desk.programme.headline.model_copy(update={"horizon": 3})
    programme = desk.programme.model_copy(update={"headline": question})
    with desk.open() as store, pytest.raises(UserError) as caught:
        build(programme, store, Releases(tmp_path / "releases", programme.id))
    assert caught.value.key == "store.no_headline_year"
    assert [word for word in ("2021-12", "2022-12", "2023-11") if word not in str(caught.value)] == []
