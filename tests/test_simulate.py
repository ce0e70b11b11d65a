"""The demonstration's files add up to what was announced, and hold nothing that a real firm could be found by."""

import json
from decimal import Decimal

import ateco
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from stdnum.it import codicefiscale, iva

from analytics.applicants import COLUMNS, SECTORS
from analytics.model import Estimand
from analytics.programme import Programme, load_programme
from analytics.reference import division_2007, size_class
from analytics.simulate import Simulation, simulate, write

AWARDED = ("funded", "revoked")  # revoked after the award counts as funded


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme("ecommerce-2020")


@pytest.fixture(scope="module")
def simulation(programme: Programme) -> Simulation:
    return simulate(programme)


@pytest.fixture(scope="module")
def applications(simulation: Simulation, programme: Programme) -> pd.DataFrame:
    """The applications with the sector and macro-sector that their activity code has in the programme file."""
    sectors = programme.sector_frame().set_index("division")
    divisions = [division_2007(code, "2007") for code in simulation.applications["ateco_code"]]
    return simulation.applications.join(sectors.loc[divisions].reset_index(drop=True))


def comparison(applications: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    eligible = ~applications["exclusion_reason"].isin(programme.ineligible_reasons)
    return applications[applications["outcome"].isin(["not_admitted", "not_funded"]) & eligible]


def euros(amounts: pd.Series) -> Decimal:
    return sum((Decimal(str(amount)) for amount in amounts), Decimal())


def test_grants_add_up_to_the_announced_amounts_to_the_cent(applications):
    totals = {tranche: euros(rows["grant_eur"]) for tranche, rows in applications.groupby("tranche")}
    assert totals["first"] == Decimal("2618000.00")
    assert totals["third"] == Decimal("2138366.96")


def test_waves_hold_the_announced_counts_and_all_applications_are_there(applications, programme):
    assert len(applications) == programme.announced.applications == 1649
    assert applications["tranche"].value_counts().to_dict() == {"first": 286, "second": 117, "third": 235}
    awarded = applications["outcome"].isin(AWARDED)
    assert awarded.sum() == 638
    for column in ("tranche", "awarded_on", "grant_eur", "eligible_spend_eur", "paid_eur"):
        assert (applications[column].notna() == awarded).all(), column


def test_a_wave_was_awarded_when_it_was_decided_and_better_scores_came_first(applications):
    awarded = applications.groupby("tranche")["awarded_on"].agg(["min", "max"])
    assert (awarded["min"] == awarded["max"]).all()
    assert awarded["min"].dt.strftime("%Y-%m-%d").to_dict() == {
        "first": "2020-11-30",
        "second": "2020-12-16",
        "third": "2021-02-01",
    }
    score = applications.groupby("tranche")["score"].agg(["min", "max"])
    below = applications.loc[applications["exclusion_reason"] == "below_threshold", "score"].max()
    assert score.loc["first", "min"] >= score.loc["second", "max"] >= score.loc["second", "min"]
    assert score.loc["second", "min"] >= score.loc["third", "max"] > score.loc["third", "min"] > below


def test_grants_are_seventy_percent_of_eligible_spending_up_to_the_cap(applications):
    funded = applications[applications["outcome"].isin(AWARDED)]
    assert funded["grant_eur"].between(2_800, 10_000).all()
    assert (funded["eligible_spend_eur"] >= 4_000).all()
    expected = (0.7 * funded["eligible_spend_eur"]).clip(upper=10_000)
    assert (funded["grant_eur"] - expected).abs().max() < 0.01  # a cent of rounding
    assert (funded["paid_eur"] <= funded["grant_eur"]).all()


def test_outcomes_are_those_of_the_call(applications, programme):
    outcomes = applications["outcome"].value_counts()
    assert outcomes["revoked"] == 8
    assert outcomes["withdrawn"] == 60
    assert set(outcomes.index) == {"funded", "revoked", "not_admitted", "not_funded", "withdrawn"}
    reasons = applications["exclusion_reason"].value_counts()
    assert set(reasons.index) == {"below_threshold", *programme.ineligible_reasons}
    assert reasons[list(programme.ineligible_reasons)].sum() == 60
    assert (applications.loc[applications["exclusion_reason"].notna(), "outcome"] == "not_admitted").all()


def test_fiscal_codes_are_valid_unique_and_no_firms(applications):
    codes = applications["fiscal_code"]
    assert codes.is_unique
    assert applications["application_id"].is_unique
    assert all(iva.is_valid(code) and codicefiscale.is_valid(code) for code in codes)
    assert codes.str.startswith("99").all()  # numbers from 8000000 up go to bodies without a VAT number
    assert applications["name"].str.fullmatch(r"Impresa simulata \d{4}").all()


def test_activity_codes_are_of_the_edition_and_provinces_and_channels_of_the_programme(applications, programme):
    assert (applications["ateco_edition"] == "2007").all()
    assert all(
        ateco.lookup(code, edition="2007").level == "subcategory" for code in applications["ateco_code"].unique()
    )
    assert set(applications["province"]) == set(programme.area_frame()["province"])
    assert set(applications["channel"]) == set(programme.codes("channel"))
    assert tuple(applications.columns[: len(COLUMNS)]) == COLUMNS


def test_every_code_of_a_sector_falls_in_that_sector(programme):
    sector = programme.sector_frame().set_index("division")["sector"]
    assert set(SECTORS.index) == set(programme.codes("sector"))
    for name, codes in SECTORS["codes"].items():
        assert {sector[division_2007(code, "2007")] for code in codes.split(",")} == {name}


def test_size_class_follows_from_staff_turnover_and_balance_sheet(applications):
    given = applications["size_class"].astype(object).where(applications["size_class"].notna(), None)
    figures = applications[["employees", "turnover_eur", "balance_sheet_eur"]].itertuples(index=False)
    assert [size_class(*row) for row in figures] == given.to_list()
    assert (given.isna() == (applications["exclusion_reason"] == "size")).all()  # only those are too large


def test_one_sector_is_confidential_one_of_low_quality_and_all_others_can_be_estimated(applications, programme):
    funded = applications[applications["outcome"].isin(AWARDED)]
    in_sector = funded["sector"].value_counts()
    compared = comparison(applications, programme)["sector"].value_counts()
    assert set(in_sector.index) == set(programme.codes("sector"))
    assert sorted(in_sector)[:2] == [2, 7]
    assert sorted(in_sector)[2] >= 18
    assert (compared[in_sector.index[in_sector < 18]] >= 12).all()
    assert (compared[in_sector.index[in_sector >= 18]] >= 25).all()
    assert funded["macro_sector"].value_counts().min() >= 60
    assert funded["macro_sector"].nunique() == len(programme.macro_sectors)


def test_sales_cover_the_months_and_no_firm_sells_less_than_nothing(simulation):
    sales = simulation.sales
    months = pd.period_range("2018-01", "2024-02", freq="M").strftime("%Y-%m")
    assert sorted(sales["period"].unique()) == list(months)
    assert len(months) == 74
    assert not sales.duplicated(["fiscal_code", "period"]).any()
    assert (sales["online_sales_eur"].dropna() >= 0).all()
    assert (sales["total_sales_eur"] >= sales["online_sales_eur"])[sales["online_sales_eur"].notna()].all()
    for column in ("online_sales_eur", "total_sales_eur"):
        assert (sales[column].dropna().round(2) == sales[column].dropna()).all()
    assert (sales["source"] == "closing_report").all()


def test_missing_is_never_zero_and_each_kind_of_gap_occurs(simulation):
    sales, applications = simulation.sales, simulation.applications
    assert set(sales["fiscal_code"]) <= set(applications["fiscal_code"])
    assert 0.02 < 1 - sales["fiscal_code"].nunique() / len(applications) < 0.04  # never reported
    assert 0.05 < sales["online_sales_eur"].isna().mean() < 0.07  # months left out
    firms = sales.groupby("fiscal_code")
    assert 0.03 < (firms["period"].max() < "2024-02").mean() < 0.08  # stopped reporting
    assert 0.05 < (firms["online_sales_eur"].max() == 0).mean() < 0.11  # never sold online


def test_equal_seeds_give_equal_files_and_another_seed_other_firms(programme, simulation, tmp_path):
    again = simulate(programme)
    assert_frame_equal(again.applications, simulation.applications)
    assert_frame_equal(again.sales, simulation.sales)
    assert_frame_equal(again.truth.effects, simulation.truth.effects)
    first, second = (
        [file.read_bytes() for file in write(run, tmp_path / name)] for run, name in ((simulation, "a"), (again, "b"))
    )
    assert first == second
    assert not simulate(programme, seed=1).sales.equals(simulation.sales)


def test_what_is_written_reads_back_with_iso_dates_and_empty_cells(simulation, tmp_path):
    applications, sales = write(simulation, tmp_path)
    read = pd.read_csv(applications, dtype={"fiscal_code": "str", "ateco_edition": "str"})
    assert read["fiscal_code"].to_list() == simulation.applications["fiscal_code"].to_list()
    assert set(read["awarded_on"].dropna()) == {"2020-11-30", "2020-12-16", "2021-02-01"}
    assert euros(read.loc[read["tranche"] == "third", "grant_eur"]) == Decimal("2138366.96")
    online = pd.read_csv(sales)["online_sales_eur"]
    assert np.array_equal(online, simulation.sales["online_sales_eur"], equal_nan=True)
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert truth["scale"] == "log"
    assert len(truth["effects"]) == len(simulation.truth.effects)


def test_truth_has_every_group_estimand_and_year(simulation, programme):
    groups = [("programme", "all")]
    groups += [(by, code) for by in ("macro_sector", "sector") for code in programme.codes(by)]
    for by, group in groups:
        for estimand in Estimand:
            for year in (None, 1, 2, 3):
                assert np.isfinite(simulation.truth.of(estimand, by, group, year)), (by, group, estimand, year)
    assert len(simulation.truth.effects) == len(groups) * len(Estimand) * 4


def test_truth_is_known_where_no_firm_has_an_effect_and_grows_over_the_years(simulation):
    truth = simulation.truth
    none = [name for name, effect in SECTORS["effect"].items() if effect == 0]
    assert len(none) == 3
    for name in none:
        assert {truth.of(estimand, "sector", name, year) for estimand in Estimand for year in (None, 1, 2, 3)} == {0.0}
    assert [name for name in SECTORS.index if truth.of(Estimand.TYPICAL_FIRM, "sector", name) < 0] == ["software"]
    year_1, year_2, year_3 = (truth.of(Estimand.TYPICAL_FIRM, year=year) for year in (1, 2, 3))
    assert year_1 < year_2 < year_3
    assert np.log(1.10) < truth.of(Estimand.TYPICAL_FIRM) < np.log(1.15)


def test_programme_truth_is_the_mean_of_its_sectors_by_firm(simulation):
    effects = simulation.truth.effects
    typical = effects[(effects["estimand"] == "typical_firm") & (effects["horizon"] == "overall")]
    sectors = typical[typical["by"] == "sector"]
    mean = np.average(sectors["value"], weights=sectors["n_firms"])
    assert mean == pytest.approx(simulation.truth.of(Estimand.TYPICAL_FIRM), abs=1e-12)


def test_a_programme_that_announces_other_totals_is_refused(programme):
    fewer = programme.tranches[0].model_copy(update={"announced_firms": 285})
    with pytest.raises(ValueError, match="change those counts"):
        simulate(programme.model_copy(update={"tranches": (fewer, *programme.tranches[1:])}))
