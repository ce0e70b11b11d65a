"""What looks wrong in data that can be loaded is told once per kind, with count and example; what is right is not."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.language.text import LANGUAGES, Text, sentences
from analytics.programme.file import Programme, load_programme
from analytics.store.columns import applications as applications_table
from analytics.store.columns import sales as sales_table
from analytics.store.database import Store
from analytics.store.plausibility import checks as plausibility
from analytics.store.plausibility.checks import (
    APPLICATION_REASONS,
    SALES_REASONS,
    applications_warnings,
    other_call_warnings,
    sales_warnings,
)
from analytics.store.plausibility.warned import Warned, in_words

TODAY = dt.date(2026, 11, 28)
PROGRAMME = load_programme("ecommerce-2020")
MONTHS = [str(month) for month in pd.period_range("2019-01", periods=24, freq="M")]
FIRMS = [f"F{n:02}" for n in range(20)]
COLUMNS = ["online_sales_eur", "total_sales_eur", "online_abroad_eur", "destination_countries"]
Change = Callable[[pd.DataFrame], pd.DataFrame | None]


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    with Store(tmp_path / "store.duckdb", PROGRAMME.id) as opened:
        yield opened


def plausible_sales() -> pd.DataFrame:
    """Twenty firms, each with its own level and some noise, over two years; five countries each."""
    random = np.random.default_rng(20)
    frame = pd.MultiIndex.from_product([FIRMS, MONTHS], names=["firm_id", "period"]).to_frame(index=False)
    level = frame["firm_id"].map({firm: 3_000.0 * 1.3**i for i, firm in enumerate(FIRMS)})
    frame["online_sales_eur"] = (level * np.exp(random.normal(0, 0.4, len(frame)))).round(2)
    frame["total_sales_eur"] = (frame["online_sales_eur"] * random.uniform(5, 9, len(frame))).round(2)
    frame["online_abroad_eur"] = (frame["online_sales_eur"] / 4).round(2)
    return frame.assign(destination_countries=5.0, source="survey", sheet=0, row_number=range(2, len(frame) + 2))


def plausible_applications() -> pd.DataFrame:
    """Ten firms funded on the first list, ten turned down."""
    funded = np.arange(len(FIRMS)) < 10
    frame = pd.DataFrame({"application_id": [f"A{firm}" for firm in FIRMS], "firm_id": FIRMS})
    frame["name"] = [f"Ditta {'abcdefghijklmnopqrst'[i]} Srl" for i in range(len(FIRMS))]
    frame["outcome"] = np.where(funded, "funded", "not_funded")
    frame["tranche"] = np.where(funded, "second", None)
    frame["awarded_on"] = np.where(funded, dt.date(2020, 12, 16), None)
    frame["grant_eur"] = np.where(funded, 9_000.0, np.nan)
    frame["eligible_spend_eur"] = np.where(funded, 15_000.0, np.nan)
    frame["paid_eur"] = np.where(funded, 8_000.0, np.nan)
    frame["employees"] = 8.0
    frame["turnover_eur"] = 900_000.0 + np.arange(len(FIRMS))
    return frame.assign(size_class="micro", closed_on=None, other_aid_on=None, row_number=range(2, len(frame) + 2))


def stage(store: Store, name: str, like: str, frame: pd.DataFrame) -> None:
    """The frame as a staged table, its columns typed as the store's."""
    store._connection.register("given", frame)
    columns = ", ".join(frame.columns)
    store._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {like}")
    store._connection.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM given")
    store._connection.unregister("given")


def add_file(store: Store, kind: str, n: int) -> int:
    values = {"input_table": kind, "file_name": "x", "sha256": "", "mapping": "", "imported_at": TODAY}
    return store.add_batch(values | {"rows_in": n, "rows_loaded": n, "rows_rejected": 0})


def add_applications(store: Store, frame: pd.DataFrame) -> None:
    batch_id = add_file(store, "applications", len(frame))
    store.append("applications", frame.drop(columns="sheet", errors="ignore").assign(batch_id=batch_id))


def add_sales(store: Store, frame: pd.DataFrame, column: str = "online_sales_eur") -> None:
    """What an earlier file gave."""
    batch_id = add_file(store, "sales", len(frame))
    rows = frame[["firm_id", "period", "source"]].assign(value=frame[column], outcome="online_sales")
    store.append("observations", rows.assign(batch_id=batch_id))


def sales_found(store: Store, frame: pd.DataFrame, programme: Programme = PROGRAMME) -> tuple[Warned, ...]:
    amounts = ", ".join(f"NULL::DECIMAL(18, 6) AS {outcome.column}" for outcome in programme.outcomes)
    like = f"SELECT '' AS firm_id, '' AS period, '' AS source, {amounts}, 0 AS sheet, 0::BIGINT AS row_number LIMIT 0"
    stage(store, "staged_sales", like, frame)
    table = sales_table(programme)
    return told((*other_call_warnings(store, table), *sales_warnings(store, table, programme, today=TODAY)))


def applications_found(store: Store, frame: pd.DataFrame) -> tuple[Warned, ...]:
    stage(store, "staged_applications", "SELECT * EXCLUDE batch_id, 0 AS sheet FROM applications LIMIT 0", frame)
    table = applications_table(PROGRAMME)
    return told((*other_call_warnings(store, table), *applications_warnings(store, table, PROGRAMME, today=TODAY)))


def told(found: tuple[Warned, ...]) -> tuple[Warned, ...]:
    """The same, once each has a whole sentence in every language and none is told twice."""
    for warned in found:
        for language in LANGUAGES:
            assert "{" not in in_words(warned, Text(language), {})
    assert len({(warned.reason, warned.column) for warned in found}) == len(found)
    return found


def reasons(found: tuple[Warned, ...]) -> set[str]:
    return {warned.reason for warned in found}


# ---- each change below makes a plausible file look wrong in one way


def times(factor: float, column: str, mask: Callable[[pd.DataFrame], pd.Series]) -> Change:
    def change(frame: pd.DataFrame) -> None:
        frame.loc[mask(frame), column] = (frame[column] * factor).round(2)

    return change


def becomes(value: object, column: str, mask: Callable[[pd.DataFrame], pd.Series]) -> Change:
    def change(frame: pd.DataFrame) -> None:
        frame.loc[mask(frame), column] = value

    return change


def without(mask: Callable[[pd.DataFrame], pd.Series]) -> Change:
    return lambda frame: frame[~mask(frame)]


def copy_month(frame: pd.DataFrame) -> None:
    before = frame.loc[frame["period"] == "2020-04", "online_sales_eur"].to_numpy()
    frame.loc[frame["period"] == "2020-05", "online_sales_eur"] = before


def copy_firm(frame: pd.DataFrame) -> None:
    frame.loc[frame["firm_id"] == "F09", COLUMNS] = frame.loc[frame["firm_id"] == "F03", COLUMNS].to_numpy()


def month(period: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: frame["period"] == period


def firm(firm_id: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: frame["firm_id"] == firm_id


def cell(firm_id: str, period: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: (frame["firm_id"] == firm_id) & (frame["period"] == period)


ONLINE, TOTAL = "online_sales_eur", "total_sales_eur"
SALES_CASES = [
    ("scale_periods", 1, "2020-03", times(1000, TOTAL, month("2020-03"))),
    ("scale_periods", 1, "2020-03", times(0.01, ONLINE, month("2020-03"))),
    ("scale_periods", 1, "2020-12", times(0.001, ONLINE, month("2020-12"))),
    ("scale_periods", 8, "2019-01", times(1000, TOTAL, lambda f: f["period"] < "2019-09")),
    ("scale_firms", 1, "F07, 2020-03", times(1000, TOTAL, cell("F07", "2020-03"))),
    ("scale_firms", 1, "F07, 2020-12", times(100, TOTAL, cell("F07", "2020-12"))),
    ("scale_firms", 1, "F07, 2019-01", times(0.001, ONLINE, cell("F07", "2019-01"))),
    ("scale_firms", 1, "F07, 2020-01", times(1000, TOTAL, lambda f: firm("F07")(f) & (f["period"] >= "2020-01"))),
    ("above_whole", 1, "F05, 2019-02", becomes(10, TOTAL, cell("F05", "2019-02"))),
    ("above_whole", 24, "F05, 2019-01", times(5, "online_abroad_eur", firm("F05"))),
    ("tiny_part", 20, "F00", times(0.0001, ONLINE, lambda f: f["period"] > "")),
    ("countries", 1, "F05, 2019-02", becomes(250, "destination_countries", cell("F05", "2019-02"))),
    ("countries", 24, "F05, 2019-01", becomes(3.5, "destination_countries", firm("F05"))),
    ("future_periods", 20, "2027-01", becomes("2027-01", "period", month("2020-12"))),
    ("early_periods", 20, "1919-01", becomes("1919-01", "period", month("2019-01"))),
    ("all_zero", 20, "", becomes(0, "online_abroad_eur", lambda f: f["period"] > "")),
    ("zero_periods", 1, "2020-04", becomes(0, ONLINE, month("2020-04"))),
    ("repeated_periods", 1, "2020-05", copy_month),
    ("missing_periods", 2, "2020-02", without(lambda f: f["period"].isin(["2020-03", "2020-04"]))),
    ("thin_periods", 1, "2020-03", without(lambda f: month("2020-03")(f) & (f["firm_id"] > "F04"))),
    ("gaps", 12, "F00", becomes(np.nan, ONLINE, lambda f: month("2020-03")(f) & (f["firm_id"] < "F12"))),
    ("sources_by_arm", 2, "report", becomes("report", "source", lambda f: f["firm_id"] < "F10")),
    ("coverage", 5, "F00", without(lambda f: f["firm_id"] < "F05")),
    ("constant", 1, "F05", becomes(4321, ONLINE, firm("F05"))),
    ("same_series", 2, "F03", copy_firm),
    ("placeholders", 4, "F05, 2019-01", becomes(999_999, TOTAL, lambda f: firm("F05")(f) & (f["period"] < "2019-05"))),
    ("one_value", 60, "", becomes(1, "online_abroad_eur", lambda f: f["period"].isin([*MONTHS[1:3], "2020-03"]))),
    ("scale_sheets", 1, "1", lambda f: f.assign(sheet=f["firm_id"].str[1:].astype(int) // 7,
        total_sales_eur=f[TOTAL].where(f["firm_id"].str[1:].astype(int) // 7 != 1, (f[TOTAL] / 1000).round(2)))),
    ("scale_sources", 2, "tax", lambda f: f.assign(source=np.where(f["firm_id"] < "F08", "tax", "survey"),
        total_sales_eur=f[TOTAL].where(f["firm_id"] >= "F08", (f[TOTAL] / 1000).round(2)))),
]  # fmt: skip


def test_plausible_sales_raise_no_alarm(store):
    """An officer who sends good data reads no warning."""
    add_applications(store, plausible_applications())
    assert sales_found(store, plausible_sales()) == ()


@pytest.mark.parametrize(("reason", "count", "example", "change"), SALES_CASES, ids=[str(c[:3]) for c in SALES_CASES])
def test_sales_that_look_wrong_are_told(store, reason, count, example, change: Change):
    """Each kind of mistake is told by its own reason, with how many and the first."""
    add_applications(store, plausible_applications())
    frame = plausible_sales()
    changed = change(frame)
    found = sales_found(store, frame if changed is None else changed)
    assert (reason, count, example) in {(warned.reason, warned.count, warned.example) for warned in found}
    assert len(found) <= 4


@pytest.mark.parametrize("reason", sorted({case[0] for case in SALES_CASES} - {"all_zero", "scale_sources"}))
def test_one_mistake_does_not_drown_the_reader(store, reason):
    """What one mistake brings with it is not told as other mistakes in the same column."""
    add_applications(store, plausible_applications())
    for name, _, _, change in SALES_CASES:
        if name != reason:
            continue
        frame = plausible_sales()
        changed = change(frame)
        scales = [
            one for one in sales_found(store, frame if changed is None else changed) if one.reason.startswith("sc")
        ]
        assert len(scales) <= 1


def test_a_file_in_thousands_is_told_against_what_is_stored(store):
    """The earlier file was in euros; one firm alone is told as one firm."""
    add_applications(store, plausible_applications())
    add_sales(store, plausible_sales())
    later = plausible_sales().assign(
        period=lambda f: f["period"].str.replace("20", "202", n=1).str[:3] + f["period"].str[3:]
    )
    thousands = later.assign(**{name: (later[name] / 1000).round(3) for name in COLUMNS[:3]})
    found = {warned.reason: warned for warned in sales_found(store, thousands)}
    assert found["scale_file"].count == 20
    assert found["scale_file"].details["factor"] == 1000
    one = later.copy()
    one.loc[one["firm_id"] == "F07", COLUMNS[:3]] *= 1000
    found = {warned.reason: warned for warned in sales_found(store, one)}
    assert (found["scale_stored"].count, found["scale_stored"].example) == (1, "F07")
    assert "scale_file" not in found


def test_sales_are_told_against_the_turnover_of_the_application(store):
    """Total sales in thousands of euros beside turnovers in euros: of all firms, or of one."""
    frame = plausible_sales()
    turnovers = frame.groupby("firm_id")[TOTAL].mean() * 12
    add_applications(store, plausible_applications().assign(turnover_eur=turnovers.to_numpy().round(2)))
    assert sales_found(store, frame) == ()
    found = sales_found(store, frame.assign(total_sales_eur=(frame[TOTAL] * 1000).round(2)))
    seen = [(warned.reason, warned.count, warned.column) for warned in found]
    assert seen == [("scale_file_turnover", 20, TOTAL), ("tiny_part", 20, ONLINE)]
    times(1000, TOTAL, firm("F07"))(frame)
    found = sales_found(store, frame)
    assert [(warned.reason, warned.count, warned.example) for warned in found] == [("scale_turnover", 1, "F07")]


def test_an_older_vintage_is_told(store):
    """First figures, corrected ones, then the first file again; and a shorter file that changes what is there."""
    add_applications(store, plausible_applications())
    first = plausible_sales()
    corrected = first.assign(online_sales_eur=(first[ONLINE] * 1.01).round(2))
    add_sales(store, first)
    add_sales(store, corrected)
    assert sales_found(store, corrected) == ()
    [warned] = sales_found(store, first)
    assert (warned.reason, warned.count, warned.example) == ("older_vintage", 480, "F00, 2019-01")
    shorter = first[first["period"] < "2020-07"]
    other = shorter.assign(online_sales_eur=(shorter[ONLINE] * 1.02).round(2))
    [warned] = sales_found(store, other)
    assert (warned.reason, warned.count) == ("ends_earlier", 20)
    assert (warned.details["value"], warned.details["usual"]) == ("2020-06", "2020-12")
    few = other[other["firm_id"].isin(["F00", "F01"]) & ~other["period"].isin(["2019-03", "2019-04"])]
    assert sales_found(store, few) == ()  # a correction of two firms


def test_sales_of_another_call_are_told(store):
    """Most firms of the file never applied."""
    add_applications(store, plausible_applications())
    frame = plausible_sales()
    found = sales_found(store, frame.assign(firm_id=frame["firm_id"].str.replace("F1", "X1").str.replace("F0", "Y0")))
    assert ("unknown_firms", 20, "X10") in {(warned.reason, warned.count, warned.example) for warned in found}


def test_percentages_written_as_fractions_are_told(store):
    """A column in percent whose values never exceed 1."""
    share = PROGRAMME.outcomes[-1].model_copy(update={"unit": "percent", "column": "export_share", "name": "export"})
    programme = PROGRAMME.model_copy(update={"outcomes": (*PROGRAMME.outcomes[:3], share)})
    add_applications(store, plausible_applications())
    frame = plausible_sales().rename(columns={"destination_countries": "export_share"})
    frame["export_share"] = np.linspace(0.1, 0.9, len(frame)).round(3)
    assert [warned.reason for warned in sales_found(store, frame, programme)] == ["fractions"]
    assert sales_found(store, frame.assign(export_share=frame["export_share"] * 100), programme) == ()


def test_of_a_large_file_firms_are_sampled_and_each_firms_amounts_are_still_seen(store, monkeypatch):
    """Where one firm in several stands for all, a mistake of everybody is seen, and so is that of any one firm."""
    monkeypatch.setattr(plausibility, "LIMITS", replace(plausibility.LIMITS, most_rows=240))
    add_applications(store, plausible_applications())
    frame = plausible_sales()
    assert sales_found(store, frame) == ()
    for name in FIRMS:
        changed = frame.copy()
        times(1000, TOTAL, cell(name, "2020-03"))(changed)
        assert [warned.example for warned in sales_found(store, changed)] == [f"{name}, 2020-03"]
    copy_month(frame)
    assert reasons(sales_found(store, frame)) == {"repeated_periods"}


def test_few_rows_are_looked_at_too(store):
    """Four months of one firm, and three months of five firms, one of them in thousands; one row alone is no alarm."""
    add_applications(store, plausible_applications())
    report = {"F00", "F10"}
    frame = plausible_sales()
    assert not reasons(sales_found(store, frame.head(1))) - {"coverage"}
    four = frame[frame["firm_id"].isin(report)].groupby("firm_id").head(4)
    times(1000, TOTAL, cell("F00", "2019-02"))(four)
    assert "scale_firms" in reasons(sales_found(store, four))
    three = frame[frame["firm_id"] < "F05"].groupby("firm_id").head(3)
    times(1000, TOTAL, month("2019-02"))(three)
    assert "scale_periods" in reasons(sales_found(store, three))


def test_quarters_and_years_are_looked_at_alike(store):
    """A missing quarter, and a year that has not begun."""
    add_applications(store, plausible_applications())
    frame = plausible_sales()
    quarters = dict(zip(MONTHS, map(str, pd.period_range("2015Q1", periods=24, freq="Q")), strict=True))
    quarterly = frame.assign(period=frame["period"].map(quarters))
    assert sales_found(store, quarterly) == ()
    [warned] = sales_found(store, quarterly[quarterly["period"] != "2016Q3"])
    assert (warned.reason, warned.count, warned.example) == ("missing_periods", 1, "2016Q2")
    years = dict(zip(MONTHS, map(str, range(2012, 2036)), strict=True))
    found = sales_found(store, frame.assign(period=frame["period"].map(years)))
    assert [(warned.reason, warned.example) for warned in found] == [("future_periods", "2035")]


def test_growth_and_lumpy_sales_are_no_mistakes(store):
    """Firms that start selling online, and firms with few large orders, are told nothing of units."""
    add_applications(store, plausible_applications())
    frame = plausible_sales()
    age = frame.groupby("firm_id").cumcount()
    frame[ONLINE] = (frame[ONLINE] * 10 ** (-2.5 + 2.5 * age / 23)).round(2) + 1
    lumpy = frame["firm_id"] > "F14"
    frame.loc[lumpy, ONLINE] = np.where(np.random.default_rng(1).random(lumpy.sum()) < 0.3, frame.loc[lumpy, ONLINE], 0)
    frame["online_abroad_eur"] = np.nan
    assert not {one for one in reasons(sales_found(store, frame)) if one.startswith("scale")}


# ---- applications

FIRST = firm("F00")
APPLICATION_CASES = [
    ("closed_long_ago", 1, "AF00", becomes(dt.date(1900, 1, 1), "closed_on", FIRST)),
    ("closed_in_future", 1, "AF00", becomes(dt.date(2030, 1, 1), "closed_on", FIRST)),
    ("closed_before_award", 1, "AF00", becomes(dt.date(2020, 11, 1), "closed_on", FIRST)),
    ("closed_before_call", 1, "AF15", becomes(dt.date(2019, 11, 1), "closed_on", firm("F15"))),
    ("awarded_in_future", 1, "AF00", becomes(dt.date(2030, 1, 1), "awarded_on", FIRST)),
    ("awarded_far_from_decision", 1, "AF00", becomes(dt.date(2021, 12, 16), "awarded_on", FIRST)),
    ("awarded_far_from_decision", 1, "AF00", becomes(dt.date(2020, 6, 16), "awarded_on", FIRST)),
    ("awarded_long_after_call", 10, "AF00", becomes(dt.date(2024, 5, 2), "awarded_on", lambda f: f["firm_id"] < "F10")),
    ("other_aid_far", 1, "AF00", becomes(dt.date(1900, 1, 1), "other_aid_on", FIRST)),
    ("staff_above_sme", 1, "AF00", becomes(300, "employees", FIRST)),
    ("turnover_above_sme", 1, "AF00", becomes(90e6, "turnover_eur", FIRST)),
    ("size_contradicts", 1, "AF00", becomes(80, "employees", FIRST)),
    ("grant_above_spend", 1, "AF00", becomes(5_000, "eligible_spend_eur", FIRST)),
    ("paid_above_grant", 1, "AF00", becomes(9_500, "paid_eur", FIRST)),
    ("grant_zero", 1, "AF00", becomes(0, "grant_eur", FIRST)),
    ("mostly_zero", 6, "AF00", becomes(0, "employees", lambda f: f["firm_id"] < "F06")),
    ("typed_for_unknown", 3, "AF00", becomes(999_999, "turnover_eur", lambda f: f["firm_id"] < "F03")),
    ("turnover_unit", 20, "AF00", times(0.001, "turnover_eur", lambda f: f["firm_id"] > "")),
    ("grant_unit", 10, "AF00", times(0.001, "grant_eur", lambda f: f["firm_id"] > "")),
    ("several_awards", 1, "F00", becomes("F00", "firm_id", firm("F01"))),
    ("several_applications", 1, "F00", becomes("F00", "firm_id", firm("F15"))),
    ("two_names", 1, "F00", becomes("F00", "firm_id", firm("F15"))),
    ("two_codes", 1, "F00", becomes("DITTA A S.R.L.", "name", firm("F15"))),
    ("no_comparison", 10, "", without(lambda f: f["firm_id"] >= "F10")),
    ("no_award", 10, "", without(lambda f: f["firm_id"] < "F10")),
]


def test_plausible_applications_raise_no_alarm(store):
    """An officer who sends good data reads no warning."""
    assert applications_found(store, plausible_applications()) == ()


@pytest.mark.parametrize(
    ("reason", "count", "example", "change"), APPLICATION_CASES, ids=[str(case[:3]) for case in APPLICATION_CASES]
)
def test_applications_that_look_wrong_are_told(store, reason, count, example, change: Change):
    """Each kind of mistake is told by its own reason, with how many and the first."""
    frame = plausible_applications()
    changed = change(frame)
    found = applications_found(store, frame if changed is None else changed)
    assert (reason, count, example) in {(warned.reason, warned.count, warned.example) for warned in found}
    assert len(found) <= 2


def test_one_closing_date_for_many_is_told(store):
    """Thirty firms closed on one day; thirty on as many days are none of the file's doing."""
    frame = pd.concat([plausible_applications()] * 3, ignore_index=True)
    numbers = frame.index.astype(str)
    frame = frame.assign(application_id="A" + numbers, firm_id="X" + numbers, name="Ditta " + numbers)
    frame["closed_on"] = dt.date(2022, 3, 1)
    [warned] = applications_found(store, frame)
    assert (warned.reason, warned.count, warned.details["day"]) == ("closing_dates", 60, dt.date(2022, 3, 1))
    frame["closed_on"] = [dt.date(2022, 3, 1) + dt.timedelta(days=n) for n in range(len(frame))]
    assert applications_found(store, frame) == ()


def test_applications_of_another_call_are_told(store):
    """The numbers belong to other firms; or the firms are there under other numbers."""
    add_applications(store, plausible_applications())
    frame = plausible_applications()
    [taken] = applications_found(store, frame.assign(firm_id="X" + frame["firm_id"], name=None))
    assert (taken.reason, taken.count, taken.example, taken.details["other"]) == ("taken_ids", 20, "AF00", "F00")
    found = applications_found(store, frame.assign(application_id="B" + frame["application_id"]))
    assert {"firms_already_there", "several_awards"} <= reasons(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_sentence(language):
    """What the checks may find is what the text files can say, and the other way round."""
    said = {key.removeprefix("warn.") for key in sentences(language) if key.startswith("warn.")}
    assert said == {*SALES_REASONS, *APPLICATION_REASONS}


def test_a_warning_speaks_of_the_file_in_its_own_words():
    """The officer's column names, row numbers without marks, days and amounts as the language writes them."""
    details: dict[str, object] = {"row": 1344, "day": dt.date(1900, 1, 1)}
    said = in_words(
        Warned("closed_long_ago", 1200, "closed_on", "A-7", details), Text("it"), {"closed_on": "Cessazione"}
    )
    assert said.startswith("Colonna «Cessazione»: chiusure anteriori al 1950 (righe: 1.200; per esempio A-7, ")
    assert "riga 1344: 1 gennaio 1900)" in said
    whole = Warned("above_whole", 1, ONLINE, "F1, 2020-01", {"row": 2, "value": 12.5, "usual": 3000.0, "whole": TOTAL})
    assert in_words(whole, Text("en"), {TOTAL: "Totale"}).startswith("“online_sales_eur” is larger than “Totale”, of")
    assert "12.50 against 3,000" in in_words(whole, Text("en"), {})
    sheet = Warned("scale_sheets", 1, TOTAL, "1", {"sheet": 1, "value": 2.0, "usual": 3.0, "factor": 1000.0})
    assert "“Bergamo”" in in_words(sheet, Text("en"), {}, ["Milano", "Bergamo"])
