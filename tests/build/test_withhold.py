"""What a release holds is protected: no withheld value is in it, and none can be found from what is."""

import math

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from analytics.build import patterns
from analytics.build.candidate import contents
from analytics.build.contributions import contributions
from analytics.build.panel_from_store import from_store
from analytics.build.rows.dots import MIDDLE
from analytics.build.rows.effects import figures as candidate_figures
from analytics.build.rows.rounding import Amount, rough, share_for
from analytics.build.rows.row import group_named
from analytics.build.samples import samples_of
from analytics.build.withheld_cells import WithheldCells
from analytics.disclosure import Protection
from analytics.estimate.before_after import before_after_by_group
from analytics.folders import Home
from analytics.model import Arm, Estimand, UserError
from analytics.panel import Panel
from analytics.panel.arms import groups_of
from analytics.panel.windows import horizons
from analytics.programme.dimensions import DIMENSIONS
from analytics.programme.file import Programme, load_programme
from analytics.release import Release, Releases
from analytics.release.measures import measure_named
from analytics.store.database import Store
from tests.build.test_lasting import alike_per_firm
from tests.helpers.borrowed import guess
from tests.helpers.figures import as_row
from tests.reference import shared_range as reference


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme("ecommerce-2020")


@pytest.fixture(scope="module")
def everybody(demonstration: Home, programme: Programme) -> Panel:
    with Store(demonstration.store(programme.id), programme.id, read_only=True) as store:
        return from_store(store, programme, everybody=True)


@pytest.fixture(scope="module")
def release(demonstration: Home, programme: Programme) -> Release:
    return Releases(demonstration.releases, programme.id).open()


@pytest.fixture(scope="module")
def candidates(everybody: Panel, programme: Programme) -> pd.DataFrame:
    """The figures as they are before anything is withheld."""
    panel = everybody.compared
    samples = samples_of(panel, programme, horizons(panel, programme.settings))
    figures = candidate_figures(everybody, programme, samples, WithheldCells({}, {}))
    return pd.DataFrame(map(as_row, figures)).set_index(list(KEY))


KEY = ("outcome", "measure", "arm", "horizon", *DIMENSIONS)
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
CHANCE = ("selling_", "stopped_", "started_", "symmetric_", "check_", "measured_", "change")
NUMBERS = ["value", "low", "high", "sim_low", "sim_high", "half_low", "half_high", "mde"]


def test_no_withheld_value_is_anywhere_in_the_file(
    release: Release,
    candidates: pd.DataFrame,
    demonstration: Home,
    everybody: Panel,
    measured: dict[tuple[str, ...], frozenset[str]],
) -> None:
    """Every column of every table is decoded: what a withheld figure would have been stands in none of them, but where
    it is published of the very same firms. Numbers of few digits, shares of firms and rounded means and changes
    stand everywhere by chance, and so do sums of outcomes that many firms have none of.
    """
    hidden = release.figures[release.figures["value"].isna()].set_index(list(KEY)).index
    sector = everybody.units["sector"]
    secret: dict[float, list[tuple[str, ...]]] = {}
    for key, row in candidates.loc[candidates.index.intersection(hidden), NUMBERS].iterrows():
        if not key[1].startswith(CHANCE) and key[0] in ("*", "online_sales", "total_sales"):
            for value in row.dropna().astype(float).tolist():
                if len(repr(value).strip("0.").replace(".", "")) > 9:
                    secret.setdefault(value, []).append(key)
    assert len(secret) > 2000
    path = Releases(demonstration.releases, "ecommerce-2020").path(release.release_id)
    with duckdb.connect(path, read_only=True) as connection:
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            rows = connection.execute(f"SELECT * FROM {table}").df()
            for name in rows:
                if rows[name].dtype != float:
                    assert not {repr(value) for value in secret} & set(rows[name].astype(str)), (table, name)
                    continue
                for place in np.flatnonzero(rows[name].isin(set(secret))).tolist():
                    row = rows.iloc[place]
                    firms = measured[tuple(row[["outcome", "horizon", *DIMENSIONS]])]
                    for key in secret[row[name]]:
                        others = measured[(key[0], *key[3:])]
                        if key[2] == row["arm"] == "comparison":  # the firms of the sectors, whoever stands beside them
                            assert set(sector[list(others)]) == set(sector[list(firms)]), (key, row["measure"])
                        else:
                            assert others == firms, (key, row["measure"])


@pytest.fixture(scope="module")
def measured(everybody: Panel, programme: Programme) -> dict[tuple[str, ...], frozenset[str]]:
    """Outcome, horizon and cell -> the funded firms measured there."""
    panel = everybody.compared
    frame = contributions(panel, programme, samples_of(panel, programme, horizons(panel, programme.settings)))
    found = {}
    for outcome in programme.outcomes:
        for horizon in ("overall", "1", "2", "3"):
            mine = frame[(frame["arm"] == "funded") & frame[f"{outcome.name}|{horizon}|after"].notna()]
            for by in [(), *((name,) for name in DIMENSIONS), *programme.pairs]:
                for group, firms in mine.groupby(list(by)) if by else [((), mine)]:
                    codes = dict(zip(by, group, strict=True))
                    cell = tuple(codes.get(name, "*") for name in DIMENSIONS)
                    found[(outcome.name, horizon, *cell)] = frozenset(firms.index)
    return found


def test_a_withheld_figure_shows_nothing_of_itself(release: Release) -> None:
    """No interval, p, shrunken value, detectable effect, count, grade, verdict or result stays beside a secret."""
    secret = release.figures[(release.figures["conf_status"] == "C") & release.figures["value"].isna()]
    place = [*KEY, "figure_id", "cell", "unit", "obs_status", "conf_status", "reason", "grade", "result", "because"]
    assert not secret["n_comparison_at_least"].any()
    place.append("n_comparison_at_least")
    confidential = secret[~secret["measure"].str.startswith("spec_")]
    assert len(confidential) > 1000
    assert confidential.drop(columns=place).isna().all(axis=None)
    assert confidential["grade"].dropna().eq("withheld").all()
    assert confidential[["result", "because"]].isna().all(axis=None)


def test_checks_and_specifications_hide_with_the_effect_they_are_about(release: Release) -> None:
    """θ follows from θ − kδ and δ, and from the worst case: of a withheld group none of them is told."""
    figures = release.figures
    sectors = figures[(figures["sector"] != "*") & (figures["outcome"] == "online_sales")]
    effects = sectors[(sectors["measure"] == "typical_firm") & (sectors["horizon"] == "overall")]
    alone = (effects[[name for name in DIMENSIONS if name != "sector"]] == "*").all(axis=1)
    hidden = set(effects.loc[alone & effects["value"].isna(), "sector"])
    assert hidden == {"electronics", "plastics", "other_making"}
    about = sectors["measure"].str.match("check_|spec_|trend_|unusual_|worst_|equivalence_|measured_")
    assert not (about & sectors["sector"].isin(hidden) & (sectors["value"].notna() | sectors["result"].notna())).any()


@pytest.mark.parametrize("measure", ["firms", "grants"])
def test_what_is_published_leaves_every_confidential_cell_open(
    release: Release, candidates: pd.DataFrame, measure: str
) -> None:
    """Somebody who has nothing but the file writes down every total that it implies, and solves for the secrets.

    Written apart from the attacker of the build: a linear program per cell and side, in scipy, over the figures' rows.
    """
    mine = release.figures[(release.figures["measure"] == measure) & (release.figures["arm"] == "funded")]
    told = {tuple(row[list(DIMENSIONS)]): row["value"] for _, row in mine.iterrows()}
    unknown = [cell for cell, value in told.items() if np.isnan(value)]
    place = {cell: i for i, cell in enumerate(unknown)}
    matrix, right = [], []
    for parent, children in identities(told, load_programme("ecommerce-2020")):
        row, rest = np.zeros(len(unknown)), 0.0
        for cell, sign in [(parent, 1.0), *((child, -1.0) for child in children)]:
            if cell in place:
                row[place[cell]] += sign
            else:
                rest -= sign * told[cell]
        if row.any():
            matrix.append(row)
            right.append(rest)
    true = {cell: candidates["value"][("*", measure, "funded", "*", *cell)] for cell in unknown}
    counts = {cell: candidates["value"][("*", "firms", "funded", "*", *cell)] for cell in unknown}
    confidential = [cell for cell in unknown if 0 < counts[cell] < 3]
    assert len(confidential) > 20
    for cell in confidential:
        ends = []
        for sign in (1, -1):
            cost = np.zeros(len(unknown))
            cost[place[cell]] = sign
            found = linprog(cost, A_eq=np.array(matrix), b_eq=np.array(right), bounds=(0, None))
            ends.append(sign * found.fun if found.status == 0 else sign * -np.inf)
        asked = 1.0 if measure == "firms" else 0.1 * true[cell] / 2  # of two, the larger has at least half
        assert ends[0] <= true[cell] - min(asked, true[cell]) + 1e-3
        assert ends[1] >= true[cell] + asked - 1e-3


def identities(cells: dict[tuple[str, ...], float], programme: Programme):
    """Every total of the file and the rows that it is the sum of: dimensions added, sectors and provinces within."""
    place = {name: i for i, name in enumerate(DIMENSIONS)}
    macro = {sector.id: sector.macro_sector for sector in programme.sectors}
    area = {code: one.id for one in programme.areas for code in one.provinces}
    for parent in cells:
        for name in DIMENSIONS:
            if parent[place[name]] == "*":
                children = [
                    c for c in cells if c[place[name]] != "*" and {*range(len(c))} - {place[name]} <= same(c, parent)
                ]
                if children:
                    yield parent, children
        for outer, inner, of in (("macro_sector", "sector", macro), ("area", "province", area)):
            code = parent[place[outer]]
            if code != "*" and parent[place[inner]] == "*":
                swapped = {place[outer], place[inner]}
                children = [
                    c
                    for c in cells
                    if of.get(c[place[inner]]) == code
                    and c[place[outer]] == "*"
                    and {*range(len(c))} - swapped <= same(c, parent)
                ]
                if children:
                    yield parent, children


def same(one: tuple[str, ...], other: tuple[str, ...]) -> set[int]:
    return {i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a == b}


def test_what_is_withheld_enters_no_comparison_of_sectors(
    release: Release, everybody: Panel, programme: Programme
) -> None:
    """How the others are drawn together, what makes their ranges short, and whether they differ, would tell its effect:
    all are of those shown.
    """
    from analytics.estimate.comparing import sectors_differ
    from analytics.estimate.effects import as_shown, group_effects
    from analytics.estimate.sample import Sample

    panel = everybody.compared
    sample = Sample(panel, "online_sales", programme.settings)
    masks = {code: panel.funded & (panel.units["sector"] == code).to_numpy() for code in release.codes("sector")}
    effects = group_effects(sample, Estimand.TYPICAL_FIRM, masks)
    rows = {
        code: release.figure(
            measure_named("typical_firm"), outcome="online_sales", horizon="overall", group={"sector": code}
        )
        for code in masks
    }
    shown = {code: effects[code] for code, row in rows.items() if row is not None and row.published}
    assert len(shown) == 12
    values = {code: (effect.theta, effect.se, effect.df) for code, effect in shown.items()}
    for code, effect in shown.items():
        others = [value for other, value in values.items() if other != code]
        assert (rows[code].shared_low, rows[code].shared_high) == pytest.approx(
            as_shown(effect.unit, *reference.shared(*values[code], others)), rel=1e-7
        )
        assert rows[code].shrunk == pytest.approx(math.expm1(guess(values[code], list(values.values()))[0]), rel=1e-7)
    told = release.figure(measure_named("sectors_differ_typical_firm"), outcome="online_sales", horizon="overall")
    assert told is not None
    assert told.value == pytest.approx(sectors_differ(shown.values()).p_value, rel=1e-12)
    assert sectors_differ(effects.values()).p_value != pytest.approx(told.value, rel=1e-6)


def test_the_difference_of_two_filters_is_not_to_be_had(release: Release, candidates: pd.DataFrame) -> None:
    """All sectors of a macro-sector but one small one: what is left out cannot be found by taking the others away."""
    programme = load_programme("ecommerce-2020")
    macro = next(sector.macro_sector for sector in programme.sectors if sector.id == "electronics")
    inside = [sector.id for sector in programme.sectors if sector.macro_sector == macro]
    whole = release.figure(measure_named("firms"), arm="funded", group={"macro_sector": macro})
    parts = [release.figure(measure_named("firms"), arm="funded", group={"sector": code}) for code in inside]
    assert whole is not None
    assert whole.published
    assert sum(part is None or not part.published for part in parts) >= 2


def test_no_published_amount_bounds_its_largest_contribution(
    release: Release, everybody: Panel, programme: Programme
) -> None:
    """Of every mean that is published: whoever knows the rule and even the exact sum learns of no firm, from how finely
    it is rounded, a limit that is within 10% of its amount.
    """
    panel, seen, rules = everybody.compared, 0, programme.disclosure_rules
    for outcome in programme.outcomes:
        for sample in samples_of(panel, programme, horizons(panel, programme.settings))[outcome.name]:
            for by in [(), *((name,) for name in programme.dimension_names), *programme.pairs]:
                groups = dict(groups_of(panel, by)) if by else {(): panel.funded}
                for labels, change in before_after_by_group(sample, groups).items():
                    for arm, of_arm in ((Arm.FUNDED, change.funded), (Arm.COMPARISON, change.comparison)):
                        asked = {"outcome": outcome.name, "arm": arm, "horizon": sample.horizon}
                        told = [
                            release.figure(measure_named(name), group=group_named(by, labels), **asked)
                            for name in ("before_mean", "after_mean")
                        ]
                        if any(figure is None or not figure.published for figure in told):
                            continue
                        n = of_arm.n_measured
                        sums = [(of_arm.before_sum, of_arm.largest_before), (of_arm.after_sum, of_arm.largest_after)]
                        means = [Amount(total / n, *(one / n for one in largest), n) for total, largest in sums]
                        share = share_for(tuple(means), rules)
                        for total, (largest, _) in sums if share < 0.2 and min(total for total, _ in sums) > 0 else ():
                            seen += 1
                            assert bound(share, n) * total > 1.1 * largest
                        if outcome.unit == "currency":
                            assert told[0].value == rough(of_arm.before_mean, share)
                            assert told[1].value == pytest.approx(of_arm.after_mean, rel=2 * share)
    assert seen > 2000


def bound(share: float, n: int) -> float:
    """The part of a sum that its two largest contributions have at most, if that is its step: METHODS.md 7."""
    finest = 0.02 if n >= 100 else 0.1
    return (share + finest) / (0.2 + finest)


def test_a_planted_unsafe_pattern_stops_the_build(demonstration: Home, tmp_path, monkeypatch) -> None:
    """Were the search to answer the primary cells alone, the attacker would stop the build and name the cells."""

    def careless(measures, rules, **given):
        found = real(measures, rules, **given)
        return Protection(found.primary, np.zeros_like(found.secondary), found.few, found.held)

    real = patterns.protect_together
    monkeypatch.setattr(patterns, "protect_together", careless)
    programme = load_programme("ecommerce-2020")
    releases = Releases(tmp_path, programme.id)
    with (
        Store(demonstration.store(programme.id), programme.id, read_only=True) as store,
        pytest.raises(UserError, match="electronics"),
    ):
        contents(programme, store, releases, "2026-9", [])
    assert not list(tmp_path.rglob("*.duckdb"))


# ---- how firms vary, paths, and whether an effect lasts --------------------------------------------------------------


def test_withheld_sectors_have_no_dots(release: Release) -> None:
    """Dots stand beside a published effect alone, and of no fewer firms than it has."""
    headline = release.headline()
    for sector in release.codes("sector"):
        effect = release.figure(
            headline.measure, outcome=headline.outcome, horizon=headline.horizon, group={"sector": sector}
        )
        mine = release.picture("spread", headline.outcome, sector)
        assert effect is not None
        dotted = mine.loc[mine["place"] != MIDDLE, "n"].sum()
        assert len(mine) == 0 if not effect.published else dotted in (0, effect.n_funded)
        assert (len(mine) > 0) == (effect.published and effect.n_funded >= 20)
        assert (dotted > 0) == (effect.published and effect.n_funded >= 40)
    whole = release.picture("spread", headline.outcome)
    assert whole.loc[whole["place"] != MIDDLE, "n"].sum() == headline.n_funded
    assert set(release.spread["horizon"]) == {headline.horizon}


def test_extra_sales_per_firm_are_extra_sales_by_firms(release: Release) -> None:
    """Of groups of all kinds, with their grade and verdict."""
    assert alike_per_firm(release) > 200


def test_a_withheld_cell_may_be_empty(release: Release, programme: Programme) -> None:
    """Where firms of a table are withheld, no cell of it is told to be empty, and none is left out: with six withheld
    cells that hold one firm at least, and six firms in them, each would hold one.
    """
    cells = release.figures[(release.figures["measure"] == "firms") & (release.figures["arm"] == "funded")]
    named, seen = cells[list(DIMENSIONS)] != "*", 0
    for by in [*((name,) for name in DIMENSIONS), *programme.pairs]:
        rows = cells[(named == [name in by for name in DIMENSIONS]).all(axis=1)]
        if rows["value"].isna().any():
            seen += 1
            assert rows["value"].min() > 0
            assert len(rows) == math.prod(len(release.codes(name)) for name in by)
    assert seen > 4
    counted = release.manifest.disclosure[Arm.FUNDED, "*"]
    assert counted.cells == len(cells), "as many as are listed, whether or not they hold firms"
    assert counted.withheld == cells["value"].isna().sum()
    for (arm, outcome), of_arm in release.manifest.disclosure.items():
        listed = release.figures[(release.figures["arm"] == arm) & (release.figures["outcome"] == outcome)]
        assert of_arm.withheld <= of_arm.cells <= len(listed)


def test_grants_of_the_firms_analysed_are_told_by_the_published_sum_alone(release: Release) -> None:
    """Whoever divides extra sales by those per euro granted has the group's mean grant again: a sum of the analysed
    firms' own, less the published one, would tell what the one or two that are not analysed were granted.
    """
    amounts = release.figures[release.figures["measure"] == "extra_per_grant"]
    few = 0
    for figure_id in amounts.loc[amounts["value"].notna(), "figure_id"]:
        row = release.by_id(figure_id)
        asked = {"outcome": row.outcome, "horizon": row.horizon, "group": row.group}
        extra = release.figure(measure_named("extra_sales"), **asked)
        granted = release.figure(measure_named("grants"), arm="funded", group=row.group)
        assert granted.published
        assert extra.value / row.value / row.n_funded == pytest.approx(granted.value / granted.n_funded, rel=1e-9)
        few += 0 < granted.n_funded - row.n_funded <= 2
    assert few > 100


def test_how_many_firms_sell_does_not_follow_from_the_checks(release: Release) -> None:
    """Shares of the firms that sell come with their numerators: neither limits in all digits, nor a worst case beside
    the effect that it is a share of, tells the denominator.
    """
    rows = release.figures.set_index("measure")
    assert rows.loc["check_reporting_typical_firm", ["low", "high"]].isna().all(axis=None)
    for told in rows.loc["measured_funded_typical_firm"].to_dict("records"):
        measured, half = told["n_funded"], min(step for step in STEPS if step * told["n_funded"] >= 3) / 2
        may_be = [n for n in range(measured, 3 * measured) if abs(measured / n - told["value"]) < half + 1e-9]
        assert len(may_be) >= 3
    seen = 0
    for figure_id in rows.loc["worst_case_typical_firm", "figure_id"]:
        worst = release.by_id(figure_id)
        asked = {"outcome": worst.outcome, "horizon": worst.horizon, "group": worst.group}
        effect, *shares = (
            release.figure(measure_named(name), **asked).value
            for name in ("typical_firm", "measured_funded_typical_firm", "measured_comparison_typical_firm")
        )
        share = math.log1p(worst.value) / math.log1p(effect)
        assert min(abs(share - told) for told in shares) < 1e-9
        seen += 1
    assert seen > 15
    balance = release.figures[release.figures["measure"].str.startswith("balance_")]
    assert balance["value"].map(lambda value: float(f"{value:.3g}") == value).all()


def test_no_withheld_year_tells_whether_an_effect_lasts(release: Release) -> None:
    """What is told follows from the two years' effects; where either is withheld, nothing is; how many, never."""
    rows = release.figures[release.figures["measure"].str.startswith("lasting_")]
    assert rows[["n_funded", "n_comparison"]].isna().all(axis=None)
    told = 0
    for figure_id in rows["figure_id"]:
        row = release.by_id(figure_id)
        named = {"outcome": row.outcome, "group": dict(row.group)}
        years = [
            release.figure(measure_named("typical_firm"), horizon=year, **named) for year in ("overall", "1", "2", "3")
        ]
        secret = next((year.conf_status for year in years if year.conf_status != "F"), "F")
        assert row.conf_status == secret
        if row.published:
            told += 1
            assert all(year.published for year in years)
            last, first = (math.log1p(years[year].value) for year in (3, 1))
            assert row.value == pytest.approx(math.expm1(last - first), rel=1e-9)
    assert told > 10


def test_how_many_firms_sell_is_not_told_beside_who_reports(release: Release) -> None:
    """Neither with the shares of firms that report, nor with those of other aid: beside all firms it would tell how
    many sell nothing by their nature.
    """
    rows = release.figures[release.figures["measure"].isin(["reporting", "other_aid"])]
    assert set(rows["measure"]) == {"reporting", "other_aid"}
    assert rows["value"].notna().any()
    assert rows[["n_funded", "n_comparison"]].isna().all(axis=None)
