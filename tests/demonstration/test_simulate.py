"""The demonstration's files add up to what was announced, and hold nothing that a real firm could be found by."""

import json
from decimal import Decimal

import ateco
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from stdnum.it import codicefiscale

from analytics.demonstration import office_files as office
from analytics.demonstration.applicants import APPLICANT_COLUMNS
from analytics.demonstration.assumptions import NON_FIRMS, SECTORS
from analytics.demonstration.sales import MONTHS, PotentialSales, SalesSeries, simulate_sales
from analytics.demonstration.simulate import Simulation, simulate
from analytics.demonstration.truth import compute_truth
from analytics.model import Estimand
from analytics.programme.classifications import division_2007, size_class
from analytics.programme.file import Programme, load_programme
from analytics.store.formats import one_line
from analytics.store.mapping.file import load_mapping
from tests.helpers.panels import classified

HORIZONS = (None, 1, 2, 3)
POINTS = (Estimand.STARTED_SELLING, Estimand.ONLINE_SHARE)
SMALL = ("electronics", "other_making")  # 2 and 7 funded firms


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme("ecommerce-2020")


@pytest.fixture(scope="module")
def simulation(programme: Programme) -> Simulation:
    return simulate(programme)


@pytest.fixture(scope="module")
def applications(simulation: Simulation, programme: Programme) -> pd.DataFrame:
    """The applications with the sector and macro-sector that their activity code has in the programme file."""
    return classified(simulation.applications, programme)


def awarded(applications: pd.DataFrame) -> pd.Series:
    """Revoked or withdrawn after the award counts as funded."""
    return applications["awarded_on"].notna()


def comparison(applications: pd.DataFrame, programme: Programme) -> pd.Series:
    eligible = ~applications["exclusion_reason"].isin(programme.ineligible_reasons)
    return applications["outcome"].isin(["not_admitted", "not_funded"]) & eligible


def sells(applications: pd.DataFrame) -> pd.Series:
    return applications["beneficiary_kind"] == "firm"


def euros(amounts: pd.Series) -> Decimal:
    return sum((Decimal(str(amount)) for amount in amounts), Decimal())


# ---- applications ----------------------------------------------------------------------------------------------------


def test_grants_add_up_to_the_announced_amounts_to_the_cent(applications):
    totals = {tranche: euros(rows["grant_eur"]) for tranche, rows in applications.groupby("tranche")}
    assert totals["first"] == Decimal("2618000.00")
    assert totals["third"] == Decimal("2138366.96")


def test_waves_hold_the_announced_counts_and_all_applications_are_there(applications, programme):
    assert len(applications) == programme.announced.applications == 1649
    assert applications["tranche"].value_counts().to_dict() == {"first": 286, "second": 117, "third": 235}
    assert awarded(applications).sum() == 638
    for column in ("tranche", "grant_eur", "eligible_spend_eur", "paid_eur", "cor"):
        assert (applications[column].notna() == awarded(applications)).all(), column
    assert applications["cor"].dropna().is_unique


def test_a_wave_was_awarded_when_it_was_decided_and_better_scores_came_first(applications):
    days = applications.groupby("tranche")["awarded_on"].agg(["min", "max"])
    assert (days["min"] == days["max"]).all()
    assert days["min"].dt.strftime("%Y-%m-%d").to_dict() == {
        "first": "2020-11-30",
        "second": "2020-12-16",
        "third": "2021-02-01",
    }
    score = applications.groupby("tranche")["score"].agg(["min", "max"])
    below = applications.loc[applications["exclusion_reason"] == "below_threshold", "score"].max()
    assert score.loc["first", "min"] >= score.loc["second", "max"] >= score.loc["second", "min"]
    assert score.loc["second", "min"] >= score.loc["third", "max"] > score.loc["third", "min"] > below


def test_grants_are_seventy_percent_of_eligible_spending_up_to_the_cap(applications):
    funded = applications[awarded(applications)]
    assert funded["grant_eur"].between(2_800, 10_000).all()
    assert (funded["eligible_spend_eur"] >= 4_000).all()
    expected = (0.7 * funded["eligible_spend_eur"]).clip(upper=10_000)
    assert (funded["grant_eur"] - expected).abs().max() < 0.01  # a cent of rounding
    assert (funded["paid_eur"] <= funded["grant_eur"]).all()
    assert ((funded["paid_eur"] == 0) == (funded["outcome"] != "funded")).all()


def test_outcomes_are_those_of_the_call(applications, programme):
    """638 = 626 funded, 8 revoked, 4 that withdrew after the award; 60 more withdrew before it."""
    assert applications.loc[awarded(applications), "outcome"].value_counts().to_dict() == {
        "funded": 626,
        "revoked": 8,
        "withdrawn": 4,
    }
    rest = applications.loc[~awarded(applications), "outcome"].value_counts()
    assert set(rest.index) == {"not_admitted", "not_funded", "withdrawn"}
    assert rest["withdrawn"] == 60
    reasons = applications["exclusion_reason"].value_counts()
    assert set(reasons.index) == {"below_threshold", *programme.ineligible_reasons}
    assert reasons[list(programme.ineligible_reasons)].sum() == 60
    assert (applications.loc[applications["exclusion_reason"].notna(), "outcome"] == "not_admitted").all()


def test_every_kind_of_beneficiary_applied_and_only_firms_sell(applications, programme, simulation):
    kinds = applications.groupby(["beneficiary_kind", awarded(applications)]).size().unstack()
    assert set(kinds.index) == set(programme.codes("beneficiary_kind"))
    assert (kinds >= 3).all(axis=None)
    bodies = applications[~sells(applications)]
    assert {kind.id for kind in programme.beneficiary_kinds if not kind.sells} == set(bodies["beneficiary_kind"])
    assert (awarded(bodies) | comparison(bodies, programme)).all()
    assert not simulation.sales["fiscal_code"].isin(bodies["fiscal_code"]).any()
    rest = next(sector.id for sector in programme.sectors if sector.rest)
    assert (bodies["sector"] == rest).all()


def test_fiscal_codes_are_valid_unique_and_nobodys(applications):
    """Bodies without a VAT number, an office that has not come so far, or a person without a name born nowhere."""
    codes = applications["fiscal_code"]
    assert codes.is_unique
    assert applications["application_id"].is_unique
    assert all(codicefiscale.is_valid(code) for code in codes)
    persons = codes.str.fullmatch(r"X{6}\d\d[A-Z]\d\dX000[A-Z]")
    bodies, zeros = codes.str.fullmatch(r"99\d{9}"), codes.str.fullmatch(r"099\d{4}999\d")
    assert (persons | bodies | zeros).all()
    assert persons.sum() == 24
    assert (applications.loc[persons, "employees"] < 10).all()
    assert zeros.sum() > 200
    assert applications["name"].str.fullmatch(r"(Impresa simulata|Ente simulato) \d{4}").all()


def test_activity_codes_are_of_the_edition_and_provinces_and_channels_of_the_programme(applications, programme):
    assert (applications["ateco_edition"] == "2007").all()
    assert all(
        ateco.lookup(code, edition="2007").level == "subcategory" for code in applications["ateco_code"].unique()
    )
    assert set(applications["province"]) == set(programme.codes("province"))
    assert set(applications["channel"]) == set(programme.codes("channel"))
    assert tuple(applications.columns[: len(APPLICANT_COLUMNS)]) == APPLICANT_COLUMNS


def test_every_code_of_a_sector_falls_in_that_sector(programme):
    assert set(SECTORS.index) == set(programme.codes("sector"))
    for name, codes in SECTORS["codes"].items():
        assert {programme.sector_of(division_2007(code, "2007")) for code in codes.split(",")} == {name}


def test_size_class_follows_from_staff_turnover_and_balance_sheet(applications):
    """Where it is given, it is right; where not, it can be computed, but for applicants that are too large."""
    figures = applications[["employees", "turnover_eur", "balance_sheet_eur"]].astype(object)
    rows = figures.where(figures.notna(), None).itertuples(index=False)
    computed = pd.Series([size_class(*row) for row in rows], index=applications.index, dtype=object)
    stated = applications["size_class"].notna()
    assert (computed[stated] == applications.loc[stated, "size_class"]).all()
    assert 0.1 < 1 - stated[sells(applications)].mean() < 0.3
    assert (computed.isna() == (applications["exclusion_reason"] == "size")).all()


def test_one_sector_is_confidential_one_of_low_quality_and_all_others_can_be_estimated(applications, programme):
    firms = applications[sells(applications)]
    in_sector = firms.loc[awarded(firms), "sector"].value_counts()
    compared = firms.loc[comparison(firms, programme), "sector"].value_counts()
    assert set(in_sector.index) == set(programme.codes("sector"))
    assert in_sector[list(SMALL)].to_list() == [2, 7]
    others = in_sector.drop(list(SMALL))
    assert others.min() >= 18
    assert (compared[list(SMALL)] >= 12).all()
    assert (compared[others.index] >= 25).all()
    macro = firms.loc[awarded(firms), "macro_sector"].value_counts()
    assert macro.min() >= 60
    assert len(macro) == len(programme.macro_sectors)


def test_rejected_firms_found_later_aid_more_often(applications, programme):
    """Aid before the award is as common in both arms; later aid is an outcome of rejection."""
    firms = applications[sells(applications)]
    funded, turned_down = firms[awarded(firms)], firms[comparison(firms, programme)]
    assert set(firms["other_aid_on"].dropna().dt.year) == {2018, 2021, 2022}
    before, later = (
        [(arm["other_aid_on"].dt.year.isin(years)).mean() for arm in (funded, turned_down)]
        for years in ((2018,), (2021, 2022))
    )
    assert abs(before[0] - before[1]) < 0.04
    assert later[1] > later[0] + 0.05


def test_firms_of_both_arms_close_after_the_award_and_sell_nothing_more(applications, programme, simulation):
    closed = applications["closed_on"]
    assert closed.dropna().between("2020-07-01", "2024-01-31").all()
    for arm in (awarded(applications), comparison(applications, programme)):
        assert 0.01 < closed[arm].notna().mean() < 0.06
    last = simulation.sales.groupby("fiscal_code")["period"].max()
    month = applications.set_index("fiscal_code")["closed_on"].dropna().dt.strftime("%Y-%m")
    closed = last.index.intersection(month.index)
    assert len(closed) > 20
    assert (last[closed] <= month[closed]).all()
    assert (last[closed] == month[closed]).mean() > 0.8  # the others had stopped reporting before


# ---- sales -----------------------------------------------------------------------------------------------------------


def test_sales_cover_the_months_and_no_firm_sells_less_than_nothing(simulation):
    sales = simulation.sales
    months = pd.period_range("2018-01", "2024-02", freq="M").strftime("%Y-%m")
    assert sorted(sales["period"].unique()) == list(months)
    assert len(months) == 74
    assert not sales.duplicated(["fiscal_code", "period"]).any()
    assert (sales["online_sales_eur"].dropna() >= 0).all()
    assert (sales["total_sales_eur"] >= sales["online_sales_eur"])[sales["online_sales_eur"].notna()].all()
    for column in ("online_sales_eur", "total_sales_eur", "online_abroad_eur"):
        assert (sales[column].dropna().round(2) == sales[column].dropna()).all()
    assert sales["source"].nunique() == 1  # both arms were asked alike


def test_missing_is_never_zero_and_each_kind_of_gap_occurs(simulation):
    sales, applications = simulation.sales, simulation.applications
    firms = applications[sells(applications)]
    assert set(sales["fiscal_code"]) <= set(firms["fiscal_code"])
    assert 0.02 < 1 - sales["fiscal_code"].nunique() / len(firms) < 0.04  # never reported
    assert 0.05 < sales["online_sales_eur"].isna().mean() < 0.07  # months left out
    closed = set(firms.loc[firms["closed_on"].notna(), "fiscal_code"])
    reported = sales.groupby("fiscal_code")
    stopped = (reported["period"].max() < "2024-02") & ~reported["period"].max().index.isin(closed)
    assert 0.03 < stopped.mean() < 0.08  # stopped reporting
    assert 0.05 < (reported["online_sales_eur"].max() == 0).mean() < 0.11  # never sold online
    first = sales[sales["online_sales_eur"] > 0].groupby("fiscal_code")["period"].min()
    assert (first > "2020-06").sum() > 50  # started to sell


def test_sales_abroad_are_part_of_online_sales_and_reported_by_some(simulation):
    sales = simulation.sales.merge(simulation.applications[["fiscal_code", "channel"]], on="fiscal_code")
    abroad = sales[sales["online_abroad_eur"].notna()]
    assert 0.3 < abroad["fiscal_code"].nunique() / sales["fiscal_code"].nunique() < 0.4
    assert (abroad["online_abroad_eur"] <= abroad["online_sales_eur"]).all()
    assert (abroad["destination_countries"].notna()).all()
    assert ((abroad["destination_countries"] > 0) == (abroad["online_abroad_eur"] > 0)).all()
    assert sales["destination_countries"].max() < 100
    sums = abroad.groupby("channel")[["online_abroad_eur", "online_sales_eur"]].sum()
    share = sums["online_abroad_eur"] / sums["online_sales_eur"]
    assert share.idxmax() == "cross_border_platform"


def test_equal_seeds_give_equal_files_and_another_seed_other_firms(programme, simulation, tmp_path):
    again = simulate(programme)
    assert_frame_equal(again.applications, simulation.applications)
    assert_frame_equal(again.sales, simulation.sales)
    assert_frame_equal(again.truth.effects, simulation.truth.effects)
    for run, name in ((simulation, "a"), (again, "b")):
        office.write_office_files(run, programme, tmp_path / name)
    written = sorted(file.name for file in (tmp_path / "a").iterdir())
    assert written == ["domande.csv", "domande.toml", "truth.json", "vendite.csv", "vendite.toml"]
    for name in written:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
    assert not simulate(programme, seed=1).sales.equals(simulation.sales)


# ---- files as an office hands them over ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def handed_over(simulation, programme, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    return office.write_office_files(simulation, programme, folder)


def raw(file, mapping):
    form = load_mapping(mapping).format
    how = {"sep": form.separator, "encoding": form.encoding or "utf-8-sig", "header": (form.header_row or 1) - 1}
    return pd.read_csv(file, dtype=str, keep_default_na=False, **how).rename(columns=one_line)


def test_applications_are_written_as_offices_write_them(handed_over, simulation):
    file, mapping = handed_over["applications"]
    content = file.read_bytes()
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    cells = raw(file, mapping)
    assert content.decode("cp1252").startswith("DATI SIMULATI")
    assert len(cells) == 1649
    assert cells["Contributo concesso (€)"].replace("", pd.NA).dropna().str.fullmatch(r"€ \d{1,2}\.\d{3},\d\d").all()
    days = pd.to_datetime(cells["Data di concessione"].replace("", pd.NA), format="%d/%m/%Y")
    assert days.equals(simulation.applications["awarded_on"].rename(days.name).astype(days.dtype))
    lost = cells["Codice fiscale"].str.len() < 11
    assert (cells.loc[lost, "Codice fiscale"].str.zfill(11) == simulation.applications.loc[lost, "fiscal_code"]).all()
    assert 100 < lost.sum() < 200
    assert {"Attività prevalente (ATECO 2007)", "Tipologia di beneficiario"} <= set(cells)
    assert "Università o centro di ricerca" in set(cells["Tipologia di beneficiario"])


def test_sales_are_written_in_another_style_and_lose_nothing(handed_over, simulation):
    file, mapping = handed_over["sales"]
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    cells = raw(file, mapping)
    assert cells["Mese"].str.fullmatch(r"\d\d/20\d\d").all()
    for column, name in office.SALES_NAMES.items():
        if column.endswith("_eur"):
            read = pd.to_numeric(cells[name].str.replace(",", ".").replace("", None))
            assert np.array_equal(read, simulation.sales[column], equal_nan=True)


def test_the_truth_is_kept_beside_the_files(handed_over, simulation):
    content = json.loads((handed_over["sales"][0].parent / "truth.json").read_text(encoding="utf-8"))
    assert content["seed"] == simulation.truth.seed
    assert_frame_equal(pd.DataFrame(content["effects"]), simulation.truth.effects, rtol=1e-12)
    assert len(content["money"]) == len(simulation.truth.money)


# ---- truth -----------------------------------------------------------------------------------------------------------


def groups(programme: Programme) -> list[tuple[str, str]]:
    """The programme, macro-sectors, and sectors that are not too small."""
    parts = [(by, code) for by in ("macro_sector", "sector") for code in programme.codes(by) if code not in SMALL]
    return [("programme", "all"), *parts]


def test_truth_has_every_group_estimand_and_year(simulation, programme):
    truth = simulation.truth
    for by, group in groups(programme):
        for year in HORIZONS:
            assert all(np.isfinite(truth.effect(estimand, by, group, year)) for estimand in Estimand), (by, group, year)
            for outcome in ("total_sales", "online_abroad"):
                assert np.isfinite(truth.effect(Estimand.TYPICAL_FIRM, by, group, year, outcome))
            assert all(
                np.isfinite(truth.money_value(what, by, group, year)) for what in ("extra", "per_grant", "per_spend")
            )
    scales = truth.effects.groupby("estimand")["scale"].unique().str.join("")
    assert scales.to_dict() == {
        "typical_firm": "log",
        "euro_weighted": "log",
        "symmetric_growth": "score",
        "started_selling": "points",
        "online_share": "points",
    }


def test_truth_is_zero_where_no_firm_has_an_effect_and_negative_where_grants_harm(simulation):
    truth = simulation.truth
    none = [name for name, effect in SECTORS["effect"].items() if effect == 0]
    assert len(none) == 3
    for name in none:
        assert {truth.effect(estimand, "sector", name, year) for estimand in Estimand for year in HORIZONS} == {0.0}
        assert truth.money_value("extra", "sector", name) == 0
    negative = [
        name for name in SECTORS.index.drop(list(SMALL)) if truth.effect(Estimand.TYPICAL_FIRM, "sector", name) < 0
    ]
    assert negative == ["software"]
    assert truth.effect(Estimand.ONLINE_SHARE, "sector", "software") < 0
    assert truth.effect(Estimand.STARTED_SELLING, "sector", "software") == 0


def test_truth_grows_over_the_years_and_is_larger_abroad(simulation):
    truth = simulation.truth
    year_1, year_2, year_3 = (truth.effect(Estimand.TYPICAL_FIRM, year=year) for year in (1, 2, 3))
    assert year_1 < year_2 < year_3
    overall = truth.effect(Estimand.TYPICAL_FIRM)
    assert np.log(1.10) < overall < np.log(1.15)
    assert truth.effect(Estimand.TYPICAL_FIRM, outcome="online_abroad") > overall
    assert 0 < truth.effect(Estimand.TYPICAL_FIRM, outcome="total_sales") < overall / 2
    assert 0.01 < truth.effect(Estimand.STARTED_SELLING) < 0.04


def test_programme_truth_is_the_mean_of_its_sectors_by_firm(simulation):
    effects = simulation.truth.effects.query("outcome == 'online_sales' and horizon == 'overall'")
    for estimand in (Estimand.TYPICAL_FIRM, *POINTS):
        sectors = effects[(effects["by"] == "sector") & (effects["estimand"] == estimand.value)]
        mean = np.average(sectors["value"], weights=sectors["n_firms"])
        assert mean == pytest.approx(simulation.truth.effect(estimand), abs=1e-12)


def test_money_adds_up_over_sectors_and_follows_from_the_effect(simulation, applications):
    """Extra euros are additive; 638 grants less those of the bodies that sell nothing stand below them."""
    money = simulation.truth.money.query("horizon == 'overall'").set_index(["by", "group"])
    whole = money.loc[("programme", "all")]
    for name in ("extra", "lost"):
        for by in ("macro_sector", "sector"):
            assert money.loc[by, name].sum() == pytest.approx(whole[name])
    grants = applications.loc[sells(applications), "grant_eur"].sum()
    assert whole["per_grant"] == pytest.approx(whole["extra"] / grants)
    assert whole["per_spend"] < whole["per_grant"]
    assert whole["offset"] == pytest.approx(whole["extra"] / whole["lost"])
    assert 0.05 < whole["offset"] < 0.4  # in part
    assert whole["n_firms"] == 638 - NON_FIRMS["funded"].sum()


# Two funded firms of one sector, awarded on 30 November 2020; sales by month before, in the year after, and later.
#                 online before   year 1 with   without   offline before  year 1
# first firm                100           150       100              900     850
# second firm                 0            50         0             1000    1000
def test_truth_of_two_firms_by_hand(programme):
    firms = pd.DataFrame(
        {
            "arm": "funded",
            "sector": "retail",
            "awarded_on": pd.to_datetime(["2020-11-30"] * 2),
            "grant_eur": [4_000.0, 6_000.0],
            "eligible_spend_eur": [8_000.0, 12_000.0],
        }
    )
    years = (MONTHS > "2020-11").astype(int) + (MONTHS > "2021-11")
    spread = np.array([0, 1, 1])[years]

    def path(before, after):
        return np.array([[b, a] for b, a in zip(before, after, strict=True)], dtype=float)[:, spread]

    with_grant = made(path((100, 0), (150, 50)), path((900, 1000), (850, 1000)))
    without = made(path((100, 0), (100, 0)), path((900, 1000), (900, 1000)))
    truth = compute_truth(programme, 0, firms, PotentialSales(with_grant, without))
    assert truth.effect(Estimand.TYPICAL_FIRM, year=1) == pytest.approx(np.log(1.5))
    assert truth.effect(Estimand.EURO_WEIGHTED, year=1) == pytest.approx(np.log(2))
    assert truth.effect(Estimand.STARTED_SELLING, year=1) == 0.5
    assert truth.effect(Estimand.SYMMETRIC_GROWTH, year=1) == pytest.approx(
        (0.4 + 2) / 2
    )  # without, the first alone: 0
    assert truth.effect(Estimand.ONLINE_SHARE, year=1) == pytest.approx((0.05 + 50 / 1050) / 2)
    assert truth.money_value("extra", year=1) == pytest.approx(1_200)
    assert truth.money_value("per_grant", year=1) == pytest.approx(0.12)
    assert truth.money_value("per_spend", year=1) == pytest.approx(0.06)
    assert truth.money_value("lost", year=1) == pytest.approx(600)
    assert truth.money_value("offset", year=1) == pytest.approx(2)


def made(online, offline):
    """One world in which nothing is sold abroad."""
    return SalesSeries(online, offline, np.zeros(online.shape), np.zeros(online.shape))


def test_nothing_is_sold_after_a_closure_in_either_world():
    firms = pd.DataFrame(
        {
            "sector": ["retail", "retail"],
            "channel": "own_site",
            "turnover_eur": [1e6, 1e6],
            "awarded_on": pd.to_datetime(["2020-11-30", None]),
            "other_aid_on": pd.to_datetime([None, None]),
            "aid_if_rejected_on": pd.to_datetime([None, None]),
            "closed_on": pd.to_datetime(["2021-06-15", "2021-06-15"]),
        }
    )
    potential = simulate_sales(firms, np.random.default_rng(0))
    after = MONTHS > "2021-06"
    for series in (potential.with_grant, potential.without_grant):
        assert (series.total[:, after] == 0).all()
        assert (series.abroad[:, after] == 0).all()
        assert (series.total[:, ~after] > 0).all()


def test_a_programme_that_announces_other_totals_is_refused(programme):
    fewer = programme.tranches[0].model_copy(update={"announced_firms": 285})
    with pytest.raises(ValueError, match="change those counts"):
        simulate(programme.model_copy(update={"tranches": (fewer, *programme.tranches[1:])}))
