"""Firms from outside the applicants: one specification and what rests on it, nothing else, and no few of them told."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.build.outside import OutsideFirms, changed_firms, hide_few_outside, outside_firms
from analytics.cli.commands import main
from analytics.estimate import effect
from analytics.estimate.effects import EffectEstimate
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import ConfStatus, Estimand, Reason, Result, Specification, Unit
from analytics.panel import Panel
from analytics.present.tables.evidence import specifications_table
from analytics.programme.file import load_programme
from analytics.release import Release, Releases, measures
from analytics.release.figure import Figure, FigureKey
from analytics.release.measures import ALL
from tests.helpers.outside import NAME, Invented, Rows, invented, outside_programme, programme_text

FIRMS = invented()
PROGRAMME = outside_programme()
TOLD = [
    measures.specification_of(Specification.OUTSIDE_FIRMS, estimand)
    for estimand in (Estimand.TYPICAL_FIRM, Estimand.EURO_WEIGHTED)
]
RESTS_ON_IT = {"grade", "verdict"}


def written(root: Path, name: str, rows: Rows) -> str:
    path = root / name
    pd.DataFrame(rows).to_csv(path, index=False)
    return str(path)


def typed(*words: str) -> None:
    assert main(["--lang", "en", *words, "--programme", NAME]) == 0


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Iterator[Path]:
    """A data folder, and a programme file of its own, into which an officer types commands."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / f"{NAME}.toml").write_text(programme_text(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load_programme, "__defaults__", (folder,))
        patch.setitem(os.environ, "VETRINA_DATA", str(folder / "data"))
        yield folder


@pytest.fixture(scope="module")
def built(root: Path) -> tuple[Release, Release]:
    """The release before the firms from outside came in, and, published, the one after."""
    applied = [str(firm) for firm in FIRMS.kind.index if firm not in set(FIRMS.outside)]
    typed("import", "applications", written(root, "applications.csv", FIRMS.applications()))
    typed("import", "sales", written(root, "sales.csv", FIRMS.sales(applied)))
    typed("build")
    typed("import", "comparison", written(root, "outside.csv", FIRMS.comparison()))
    typed("import", "sales", written(root, "outside_sales.csv", FIRMS.sales(FIRMS.outside)))
    typed("build")
    releases = Releases(Home.default().releases, NAME)
    first, second = (Release(releases.path(name)) for name in releases.known())
    releases.publish(second.release_id)
    return first, second


def rows(release: Release, name: str) -> pd.DataFrame:
    """A table of a release without its ids."""
    table = release._tables[name]
    table = table.drop(columns=[column for column in table if column == "figure_id"])
    return table.astype(object).where(table.notna(), None)


def test_without_them_and_with_them_all_else_is_the_same(built):
    """Every figure, line, dot and count, but for the specification, the check of stability and what rests on that."""
    first, second = built
    for name in ("lines", "spread", "reconciliation", "applications"):
        pd.testing.assert_frame_equal(rows(first, name), rows(second, name))
    before, after = rows(first, "figures"), rows(second, "figures")
    assert [*before["cell"]] == [*after["cell"]]
    differ = (before != after) & ~(before.isna() & after.isna())
    changed = differ.any(axis=1)
    own = before["measure"].str.startswith(("spec_outside_firms_", "check_stability_"))
    assert changed[own].any()
    assert {*differ.columns[differ[~own].any()]} <= RESTS_ON_IT
    for name in ("outcomes", "first_period", "last_period", "before", "cohorts", "awards", "years_after", "disclosure"):
        assert getattr(first.manifest, name) == getattr(second.manifest, name), name


@pytest.mark.parametrize("measure", TOLD, ids=str)
def test_the_figure_is_the_effect_against_them_alone(built, measure):
    """Of a panel put together from the drawn firms by hand, without a file, a store or a set-aside firm."""
    question = PROGRAMME.headline
    estimand = Estimand(measure.name.removeprefix("spec_outside_firms_"))
    expected, main_one = (
        effect(FIRMS.compared("funded", others), "sales", estimand, settings=PROGRAMME.settings, year=question.year)
        for others in ("outside", "turned_down")
    )
    assert isinstance(expected, EffectEstimate)
    figure = built[1].at(FigureKey(measure, "sales", horizon=question.horizon_code))
    assert (figure.value, figure.low, figure.high) == pytest.approx((expected.value, expected.ci_low, expected.ci_high))
    assert (figure.n_funded, figure.n_comparison) == (expected.n_funded, expected.n_comparison)
    assert figure.result is (Result.PASS if (expected.theta > 0) == (main_one.theta > 0) else Result.FAIL)
    before = built[0].at(figure.key)
    assert (before.published, before.result) == (False, Result.NOT_TESTABLE)


def test_of_sectors_the_sign_alone_is_told(built):
    """Food, the rest, and manufacturing, which is both."""
    table = rows(built[1], "figures")
    of_groups = table[table["measure"].isin([measure.name for measure in TOLD]) & (table["macro_sector"] != ALL)]
    of_groups = pd.concat([of_groups, table[(table["measure"] == TOLD[0].name) & (table["sector"] != ALL)]])
    assert len(of_groups) == 3
    assert {*of_groups["reason"]} == {Reason.CONFIDENTIAL}
    assert of_groups[["value", "low", "high", "n_funded", "n_comparison"]].isna().all(axis=None)
    assert {*of_groups["result"]} <= {Result.PASS, Result.FAIL}


@pytest.mark.parametrize("language", LANGUAGES)
def test_readers_learn_that_none_were_imported(built, language):
    """Before, the table of ways says why there is none; afterwards it gives the estimate."""
    text = Text(language)
    for release, none in zip(built, (True, False), strict=True):
        claim = release.at(FigureKey(measures.EFFECTS[Estimand.TYPICAL_FIRM], "sales", horizon="1"))
        table = specifications_table(release, claim, text)
        [name] = [name for name in table.index if name.casefold() == text("measure.spec_outside_firms").casefold()]
        assert (table.loc[name].iloc[0] == text("because_short.no_outside_firms")) is none


@pytest.mark.parametrize(("corrected", "told"), [(1, False), (15, True)])
def test_a_correction_of_few_of_them_is_not_told(root, built, corrected, told):
    """Beside the estimate that is published, another by one firm's figures would tell them; that the sign stays is."""
    tripled = [
        row | {"sales": f"{float(str(row['sales'])) * 3:.6f}"}
        for row in FIRMS.sales(FIRMS.outside[:corrected])
        if row["period"] == "2020"
    ]
    typed("import", "sales", written(root, f"corrected_{corrected}.csv", tripled))
    typed("build")
    releases = Releases(Home.default().releases, NAME)
    release = Release(releases.path(releases.known()[-1]))
    for measure in TOLD:
        key = FigureKey(measure, "sales", horizon="1")
        figure, before = release.at(key), built[1].at(key)
        assert figure.published is told
        assert figure.result in (Result.PASS, Result.FAIL)
        assert figure.value != before.value
        assert figure.conf_status is (ConfStatus.FREE if told else ConfStatus.CONFIDENTIAL)
        assert (figure.n_comparison is None) is not told


# ---- what few would tell ---------------------------------------------------------------------------------------------


def everybody(firms: Invented, sales: np.ndarray | None = None) -> Panel:
    """The panel as a store gives it."""
    panel = firms.panel
    outside = (firms.kind == "outside").to_numpy()
    units = panel.units.assign(outside=outside, set_aside=outside | (firms.kind == "ineligible").to_numpy())
    return Panel(units, panel.periods, panel.outcomes if sales is None else {"sales": sales})


def test_one_firm_that_makes_up_their_sales_is_found():
    """A thousand times as large as the others: the sums before and after would tell what it sold."""
    sales = FIRMS.panel.outcomes["sales"].copy()
    assert not outside_firms(everybody(FIRMS), PROGRAMME).few_tell
    sales[FIRMS.panel.units.index.get_loc(FIRMS.outside[0])] = 1e9
    assert outside_firms(everybody(FIRMS, sales), PROGRAMME).few_tell


def test_marks_tell_whose_figures_are_others():
    """A firm whose sales in the windows, sector or staff changed; not one whose name did, nor any that applied."""
    before = outside_firms(everybody(FIRMS), PROGRAMME).marks
    assert {*before.index} <= {*FIRMS.outside}
    panel = everybody(FIRMS)
    sales, place = panel.outcomes["sales"].copy(), panel.units.index.get_loc
    for firm in FIRMS.outside[:3]:
        sales[place(firm)] = 7.0
    sales[place(FIRMS.kind.index[FIRMS.kind == "turned_down"][0])] = 3.0
    after = outside_firms(everybody(FIRMS, sales), PROGRAMME).marks
    assert changed_firms(after, before) == 3
    assert changed_firms(after, before.drop(before.index[-2:])) == 5


def test_programmes_that_do_not_ask_look_at_none():
    silent = PROGRAMME.model_copy(update={"specifications": ()})
    assert outside_firms(everybody(FIRMS), silent).marks.empty


@pytest.mark.parametrize(("firms", "few_tell", "told"), [(10, False, True), (9, False, False), (10, True, False)])
def test_less_than_ten_or_one_large_are_not_told(firms, few_tell, told):
    key = FigureKey(TOLD[0], "sales", horizon="1")
    figure = Figure(key, Unit.FRACTION, 0.1, 0.0, 0.2, n_funded=30, n_comparison=firms, result=Result.PASS)
    other = replace(figure, key=FigureKey(measures.EFFECTS[Estimand.TYPICAL_FIRM], "sales", horizon="1"))
    found, same = hide_few_outside([figure, other], OutsideFirms(few_tell=few_tell), PROGRAMME, [])
    assert same == other
    assert (found == figure) is told
    assert found.result is Result.PASS
    assert told or (found.value, found.low, found.n_funded, found.reason) == (None, None, None, Reason.CONFIDENTIAL)
