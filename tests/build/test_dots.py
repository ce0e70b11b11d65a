"""How far single firms lie apart: dots of ten firms or more, the middle, and nothing of a sector that is withheld."""

import math
import shutil
from collections.abc import Iterator
from dataclasses import asdict

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from analytics.build.recompute import Recipe, compared, rebuilt, store_of
from analytics.build.rows import dots as dots_module
from analytics.build.rows.dots import MIDDLE, growth_beside, spread_dots
from analytics.build.withheld_cells import WithheldCells
from analytics.estimate.effects import EffectEstimate, effect
from analytics.estimate.sample import Sample
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import Arm, Rule, Settings, Withheld
from analytics.panel import Panel
from analytics.present.sentences.phrases import described
from analytics.programme.file import Programme, load_programme
from analytics.programme.parts import Sector
from analytics.release import Release, Releases
from analytics.release.figure import group_of
from analytics.release.format import LATER
from tests.helpers.michigan_release import as_they_are, built
from tests.helpers.panels import drawn, rich
from tests.reference import effects as reference
from tests.reference import own_sector
from tests.whole.test_as_of import forged

GAPS = 1e-9  # a gap is told from what the deletion of a firm does to a mean of up to some hundred firms
COLUMNS = ["outcome", "sector", "horizon", "place", "value", "n", "obs_status"]
OUTCOME = "sales"
PLAIN = Settings(adjustment="none", award_period="after")


def dots(growth: np.ndarray) -> list[dict]:
    """Middle and dots, with their places."""
    return [
        {"place": place, "value": value, "n": n} for place, (value, n) in enumerate(dots_module.dots(growth), MIDDLE)
    ]


# ---- the gaps --------------------------------------------------------------------------------------------------------


def gaps(panel, group: set, settings: Settings, year: int | None) -> list[float]:
    """e_i less the mean e of the sector's comparison firms, e growth in one number at an equal past, in loops."""
    firms, rules = reference.read(panel, OUTCOME, award_period="after", years_after=settings.years_after)
    adjust = settings.adjustment != "none"
    entering = own_sector.Reference(firms, rules, "typical_firm", year, adjust=adjust).firms
    found = []
    for name, firm in entering.items():
        if firm.funded and name in group:
            beside = [other.e for other in entering.values() if not other.funded and other.sector == firm.sector]
            found.append(firm.e - math.fsum(beside) / len(beside))
    return sorted(found)


@given(
    seed=st.integers(0, 10_000),
    frequency=st.sampled_from(["Y", "Q", "M"]),
    year=st.sampled_from([None, 1]),
    sectors=st.sampled_from([(12,), (14, 11), (23, 1, 4)]),
    cohorts=st.sampled_from([(2,), (2, 3)]),
    missing=st.sampled_from([0.0, 0.2]),
)
@examples(max_examples=15)
def test_the_gaps_are_those_of_plain_loops(seed, frequency, year, sectors, cohorts, missing):
    """What leaving a firm out does to the mean tells how each firm that enters did beside the typical comparison firm
    of its sector, and nothing of any other.
    """
    ppy = {"Y": 1, "Q": 4, "M": 12}[frequency]
    at = tuple(cohort * ppy for cohort in cohorts)
    panel = drawn(seed, frequency=frequency, years=5, funded=sectors, comparison=(12, 2, 9)[: len(sectors)],
                  cohorts=at, missing=missing)  # fmt: skip
    few = Settings(adjustment="none", award_period="after", min_firms=3)
    found = growth_beside(Sample(panel, OUTCOME, few, year), panel.funded)
    expected = gaps(panel, set(panel.units.index[panel.funded]), few, year)
    assert found == pytest.approx(expected, abs=GAPS)


@pytest.mark.parametrize("seed", range(3))
def test_the_gaps_are_at_an_equal_past(seed):
    """With slopes that both arms tell, growth is that of firms alike in sales, size and path until then, in loops."""
    panel = rich(drawn(seed, funded=(25, 22), comparison=(30, 18), cohorts=(8, 10)), seed)
    sample = Sample(panel, OUTCOME, Settings(award_period="after"))
    as_they_are = gaps(panel, set(panel.units.index[panel.funded]), PLAIN, None)
    assert np.abs(growth_beside(sample, panel.funded) - as_they_are).max() > 0.01
    for mine in (panel.funded, panel.funded & (panel.units["sector"] == "s1").to_numpy()):
        found = growth_beside(sample, mine)
        expected = gaps(panel, set(panel.units.index[mine]), sample.settings, None)
        assert found == pytest.approx(expected, abs=GAPS)
        assert found.mean() == pytest.approx(sample.deletions("typical_firm", sample.group(mine)).theta, abs=GAPS)


def test_nothing_is_told_where_nothing_is_estimated():
    """Under the minimum of firms in either arm, or without a comparison, there are no gaps and so no dots."""
    for funded, comparison in (((9,), (30,)), ((30,), (9,)), ((30,), (1,)), ((30,), (0,))):
        panel = drawn(1, funded=funded, comparison=comparison, missing=0, zeros=0)
        assert len(growth_beside(Sample(panel, OUTCOME, PLAIN), panel.funded)) == 0
    panel = drawn(1, funded=(30,), comparison=(30,), missing=0, zeros=0)
    sample = Sample(panel, OUTCOME, PLAIN)
    assert len(growth_beside(sample, panel.funded)) == 30
    assert len(growth_beside(sample, np.zeros_like(panel.funded))) == 0


def test_nothing_is_told_of_an_effect_that_cannot_be_estimated():
    """All firms of either arm grow alike: no effect is told, so its own growth, every firm's, is not told either."""
    panel = drawn(1, frequency="Y", years=5, funded=(45,), comparison=(40,), cohorts=(2,), missing=0, zeros=0)
    sales = panel.outcomes[OUTCOME].copy()
    sales[:, 1:] = 2.0 ** np.round(np.log2(sales[:, [1]]))  # exact in binary: no rounding makes firms differ
    sales[:45, 2:] *= 1.5
    alike = Panel(panel.units, panel.periods, {OUTCOME: sales})
    assert isinstance(effect(alike, OUTCOME, "typical_firm", settings=PLAIN, year=1), Withheld)
    assert len(growth_beside(Sample(alike, OUTCOME, PLAIN, 1), alike.funded)) == 0
    sales[0, 2:] *= 1.5
    assert isinstance(effect(alike, OUTCOME, "typical_firm", settings=PLAIN, year=1), EffectEstimate)
    assert len(growth_beside(Sample(alike, OUTCOME, PLAIN, 1), alike.funded)) == 45


# ---- the dots --------------------------------------------------------------------------------------------------------


def step(growth: float) -> float:
    """How finely a growth is told: to 5 points; to 10 above twice the sales; to 50 above four times."""
    return 0.05 if growth < 1 else 0.1 if growth < 3 else 0.5


growths = st.lists(st.floats(-600, 600), max_size=620) | st.integers(0, 620).flatmap(
    lambda n: st.integers(0, 99).map(lambda seed: np.random.default_rng(seed).normal(0, 0.5, n).tolist())
)


@given(growth=growths)
@examples(max_examples=60)
def test_dots_stand_for_ten_firms_or_more(growth):
    """floor(n/10) dots, at most 50, only of 40 firms or more; under that the middle alone; under 20 nothing. Together
    the dots hold each firm once, and each is the mean of its own, in order, rounded to 5 points or more.
    """
    firms = sorted(growth)
    n, told = len(firms), dots(np.array(firms))
    assert [row["place"] for row in told] == list(range(MIDDLE, len(told)))
    if n < 20:
        assert told == []
        return
    assert len(told) == 1 + (min(n // 10, 50) if n >= 40 else 0)
    assert told[0]["n"] == (3 if n % 2 else 4)
    assert sum(row["n"] for row in told[1:]) in (0, n)
    assert all(row["n"] >= 10 for row in told[1:])
    assert max((row["n"] for row in told[1:]), default=0) - min((row["n"] for row in told[1:]), default=0) <= 1
    first = 0
    for row in told:
        start = (n - row["n"]) // 2 if row["place"] == MIDDLE else first
        mine = firms[start : start + row["n"]]
        first += 0 if row["place"] == MIDDLE else row["n"]
        mean = math.expm1(math.fsum(mine) / len(mine))
        assert row["value"] == pytest.approx(mean, abs=step(mean) / 2 + 1e-9, rel=1e-9)
        assert row["value"] == pytest.approx(round(row["value"] / step(mean)) * step(mean), rel=1e-12)
    values = [row["value"] for row in told[1:]]
    assert values == sorted(values)


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (19, []),
        (20, [4]),
        (21, [3]),
        (39, [3]),
        (40, [4, 10, 10, 10, 10]),
        (41, [3, 11, 10, 10, 10]),
        (59, [3, 12, 12, 12, 12, 11]),
        (500, [4] + 50 * [10]),
        (1000, [4] + 50 * [20]),
    ],
)
def test_dots_by_hand(n, expected):
    """How many firms stand behind the middle and each dot, where the rules change."""
    assert [row["n"] for row in dots(np.linspace(-0.5, 0.5, n))] == expected


@given(n=st.integers(20, 90), seed=st.integers(0, 99), far=st.floats(0, 50))
@examples(max_examples=40)
def test_no_single_firm_is_told(n, seed, far):
    """The lowest and the highest firm may lie as far out as they like: only the outermost dots, of ten firms or more
    each, move; of fewer firms than make dots nobody can tell.
    """
    firms = np.sort(np.random.default_rng(seed).normal(0, 0.3, n))
    wide = firms.copy()
    wide[[0, -1]] += [-far, far]
    one, other = pd.DataFrame(dots(firms)), pd.DataFrame(dots(wide))
    same = one["value"] == other["value"]
    assert same[~one["place"].isin([1, n // 10] if n >= 40 else [])].all()
    assert one["n"].equals(other["n"])
    if n >= 40:
        mean = firms[-int(one["n"].iloc[-1]) :].mean() + far / one["n"].iloc[-1]
        told = np.expm1(mean)
        assert other["value"].iloc[-1] == pytest.approx(told, abs=step(told) / 2 + 1e-9)


@pytest.mark.parametrize(
    ("growth", "told"),
    [
        (-1.0, -1.0),
        (-0.98, -1.0),
        (-0.012, 0.0),
        (0.12, 0.1),
        (0.13, 0.15),
        (0.96, 0.95),
        (1.04, 1.0),
        (1.06, 1.1),
        (2.96, 3.0),
        (3.2, 3.0),
        (3.3, 3.5),
        (57.8, 58.0),
    ],
)
def test_growth_is_told_coarsely(growth, told):
    """By hand: 5 points below +100%, 10 below +300%, 50 above; no dot says minus nought."""
    [middle] = dots(np.full(20, np.log1p(growth) if growth > -1 else -700.0))
    assert middle["value"] == told
    assert math.copysign(1, middle["value"]) == (-1 if told < 0 else 1)


@pytest.mark.parametrize("growth", [601.0, 709.0, 800.0, 1e6])
def test_growth_beyond_any_number_ends_somewhere(growth):
    """Sales out of next to nothing: a large number, and no error."""
    told = [row["value"] for row in dots(np.full(40, growth))]
    assert np.isfinite(told).all()
    assert len(set(told)) == 1


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_growth_that_is_no_number_tells_nothing(odd):
    """Not zero, not a gap in the dots: nothing at all."""
    firms = np.zeros(60)
    firms[-1] = odd
    assert dots(firms) == []


# ---- of sectors ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def programme() -> Programme:
    """Michigan with three sectors; a programme file may say so."""
    michigan = load_programme("michigan-1988")
    label = michigan.sectors[0].label
    sectors = tuple(Sector(id=f"s{k}", label=label, macro_sector="manufacturing", rest=k == 0) for k in range(3))
    return michigan.model_copy(update={"sectors": sectors})


@pytest.fixture(scope="module")
def samples() -> dict[str, list[Sample]]:
    panel = drawn(3, frequency="Y", years=6, funded=(45, 25, 12), comparison=(30,) * 3, cohorts=(2, 3),
                  missing=0, zeros=0)  # fmt: skip
    return {OUTCOME: [Sample(panel, OUTCOME, PLAIN, year) for year in (None, 1, 2)]}


def rows(samples, programme, rules: dict | None = None, earlier: tuple = (), arm: Arm = Arm.FUNDED) -> pd.DataFrame:
    """rules: of an arm, horizon -> sector ("*") -> rule."""
    return of_guard(samples, programme, guarded(rules or {}, arm), earlier)


def guarded(rules: dict, arm: Arm) -> WithheldCells:
    by_horizon = {
        (arm, OUTCOME, horizon): {group_of({"sector": code}): rule for code, rule in by.items()}
        for horizon, by in rules.items()
    }
    return WithheldCells(by_horizon, {})


def of_guard(samples, programme, guard: WithheldCells, earlier: tuple = ()) -> pd.DataFrame:
    found = [asdict(dot) for dot in spread_dots(samples, programme, guard, list(earlier))]
    assert all(list(row) == COLUMNS for row in found)
    return pd.DataFrame(found, columns=COLUMNS)


def test_each_sector_and_the_programme_have_their_own(samples, programme):
    """Of the headline's outcome and horizon: dots of 40 firms or more, of 20 the middle, below nothing."""
    found = rows(samples, programme)
    sample = samples[OUTCOME][1]  # the headline's horizon is year 1
    assert list(found["sector"].unique()) == ["*", "s0", "s1"]
    assert found.groupby("sector")["place"].max().to_dict() == {"*": 8, "s0": 4, "s1": 0}
    for code, mine in found.groupby("sector"):
        funded = sample.panel.funded & ((sample.panel.units["sector"] == code) | (code == "*")).to_numpy()
        expected = dots(np.array(gaps(sample.panel, set(sample.panel.units.index[funded]), PLAIN, 1)))
        assert mine[["place", "value", "n"]].to_dict("records") == expected
    assert set(zip(found["outcome"], found["horizon"], found["obs_status"], strict=True)) == {(OUTCOME, "1", "A")}


@pytest.mark.parametrize("rule", [Rule.MIN_UNITS, Rule.P_PERCENT, Rule.SECONDARY])
@pytest.mark.parametrize("horizon", ["*", "1"])
def test_a_withheld_sector_has_none(samples, programme, rule, horizon):
    """Neither dots nor the middle, whether all its figures are withheld or those of the headline's horizon; the others
    have what they had.
    """
    free, found = rows(samples, programme), rows(samples, programme, {horizon: {"s0": rule}})
    pd.testing.assert_frame_equal(found, free[free["sector"] != "s0"].reset_index(drop=True))
    whole = rows(samples, programme, {horizon: {"*": rule}})
    assert set(whole["sector"]) == set(free["sector"]) - {"*"}


@pytest.mark.parametrize("arm", Arm)
@pytest.mark.parametrize("horizon", ["*", "1"])
def test_a_held_sector_has_those_of_the_earlier_release(samples, programme, arm, horizon):
    """Of the newest that has any, marked provisional, whichever arm is held; a release that has none of that sector
    changes nothing. Without any: nothing.
    """
    free = rows(samples, programme)
    held = {horizon: {"s0": Rule.HELD}}
    oldest, middle = (free.assign(value=free["value"] + add, figure_id="x") for add in (1.0, 2.0))
    newest = middle[middle["sector"] != "s0"].assign(value=9.0)
    mine = free["sector"] == "s0"
    for earlier in ((oldest, middle, newest), (oldest, middle, newest.head(0)), (middle,)):
        found = rows(samples, programme, held, earlier, arm)
        assert found["value"].tolist() == (free["value"] + np.where(mine, 2.0, 0.0)).tolist()
        assert found["obs_status"].tolist() == np.where(mine, "P", "A").tolist()
    assert set(rows(samples, programme, held, arm=arm)["sector"]) == set(free["sector"]) - {"s0"}
    old = pd.DataFrame(columns=list(LATER["spread"]))  # as of a release that had no dots yet
    assert set(rows(samples, programme, held, (old,), arm)["sector"]) == set(free["sector"]) - {"s0"}


@pytest.mark.parametrize("other", [{"outcome": "employ"}, {"horizon": "overall"}, {"horizon": "2"}])
def test_held_dots_are_those_of_the_same_outcome_and_year(samples, programme, other):
    """The headline was another when the earlier release was made: its dots are no stand-in for these."""
    free = rows(samples, programme)
    found = rows(samples, programme, {"1": {"s0": Rule.HELD}}, (free.assign(**other),))
    assert set(found["sector"]) == set(free["sector"]) - {"s0"}
    older = free.assign(value=free["value"] + 1)
    found = rows(samples, programme, {"1": {"s0": Rule.HELD}}, (older, free.assign(**other)))
    assert found.loc[found["sector"] == "s0", "value"].tolist() == older.loc[free["sector"] == "s0", "value"].tolist()


@pytest.mark.parametrize("horizon", ["overall", "2"])
def test_what_is_held_of_another_year_holds_no_dots(samples, programme, horizon):
    """They are of the headline's year alone."""
    pd.testing.assert_frame_equal(rows(samples, programme, {horizon: {"s0": Rule.HELD}}), rows(samples, programme))


@pytest.mark.parametrize("rule", [Rule.MIN_UNITS, Rule.P_PERCENT, Rule.SECONDARY])
def test_a_sector_that_is_withheld_has_no_earlier_dots_either(samples, programme, rule):
    """Though its comparison firms are held: withheld goes before held."""
    rules = guarded({"*": {"s0": rule}}, Arm.FUNDED).rules | guarded({"1": {"s0": Rule.HELD}}, Arm.COMPARISON).rules
    free = rows(samples, programme)
    assert set(of_guard(samples, programme, WithheldCells(rules, {}), (free,))["sector"]) == set(free["sector"]) - {
        "s0"
    }


# ---- in a release ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def michigan(tmp_path_factory) -> tuple[Home, Release]:
    root = tmp_path_factory.mktemp("spread")
    return Home(root), built(root, as_they_are)


def pictures(release: Release) -> Iterator[tuple[str, str]]:
    return zip(release.spread["sector"].unique(), release.spread["figure_id"].unique(), strict=True)


def test_a_release_knows_its_pictures(michigan):
    """One id for the dots of a sector and another for the programme's, which no line or figure has; the part that says
    of what stays from release to release.
    """
    release = michigan[1]
    assert len(list(pictures(release))) == 2
    for sector, figure_id in pictures(release):
        assert release.holds(figure_id)
        assert release.picture_of(figure_id) == "spread"
        assert release.by_id(figure_id) is None
        assert release.picture_id("spread", OUTCOME, sector) == figure_id
        mine = release.picture("spread", OUTCOME, sector)
        assert mine["n"].iloc[1:].sum() == 49
        assert figure_id != release.picture_id("lines", OUTCOME, sector)
    assert release.picture_id("spread", "employ") == ""
    assert not release.holds("michigan-1988.2026-1.00000000-0")


def test_the_dots_are_made_again_to_the_last_digit(michigan):
    """From the store; a dot that is another is told by its place."""
    home, release = michigan
    figure_id = release.picture_id("spread", OUTCOME)
    with store_of(release, home) as store:
        tables = rebuilt(release, Recipe.of(release), store, home.releases)
    for _, one in pictures(release):
        assert compared(release, tables, one).equal
    spread = release.spread.copy()
    spread.loc[(spread["figure_id"] == figure_id) & (spread["place"] == 4), "value"] += 0.05
    assert list(compared(forged(release, spread=spread), tables, figure_id).differences) == ["4 value"]


def test_a_picture_that_has_fewer_rows_or_more_is_told(michigan):
    """Of dots and of lines: a row that was taken out, or put in, is a difference on the side that lacks it."""
    release = michigan[1]
    tables = {"spread": release.spread, "lines": release.lines, "figures": release.figures}
    dotted, line = release.picture_id("spread", OUTCOME), release.picture_id("lines", OUTCOME)
    fewer = forged(release, spread=release.spread[release.spread["place"] == 0])
    expected = {"1", "2", "3", "4"}
    mine = release.spread[(release.spread["figure_id"] == dotted) & (release.spread["place"] > 0)]
    found = compared(fewer, tables, dotted)
    assert {name.split()[0] for name in found.differences} == expected
    assert [found.differences[f"{place} value"] for place in range(1, 5)] == [(None, one) for one in mine["value"]]
    more = compared(release, tables | {"spread": fewer.spread}, dotted)
    assert more.differences["1 value"] == (mine["value"].iloc[0], None)
    assert compared(release, tables | {"spread": release.spread.head(0)}, dotted).differences["0 value"][1] is None
    without = release.lines[release.lines["period"] != "1988"]
    found = compared(forged(release, lines=without), tables, line)
    assert set(found.differences) == {
        f"{arm} 1988 {column}" for arm in ("funded", "comparison") for column in ("index_value", "n")
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_verify_says_of_a_picture(michigan, language):
    """A picture is not one number: there is a sentence for it."""
    release, text = michigan[1], Text(language)
    figure = release.by_id(release.picture_id("spread", OUTCOME))
    assert described(release, figure, text) == text("figure.line")


def test_a_release_without_dots_is_still_read(michigan, tmp_path):
    """Format 4 had none: its figures are as they were, and there is no picture of how firms vary."""
    home, release = michigan
    old = tmp_path / f"{release.release_id}.duckdb"
    shutil.copy(Releases(home.releases, "michigan-1988").path(release.release_id), old)
    old.chmod(0o600)
    with duckdb.connect(old) as connection:
        connection.execute("DROP TABLE spread")
        connection.execute("UPDATE manifest SET value = '4' WHERE key = 'format_version'")
    found, dotted = Release(old), release.picture_id("spread", OUTCOME)
    assert tuple(found.spread) == LATER["spread"] == tuple(release.spread)
    assert len(found.spread) == 0
    assert found.picture("spread", OUTCOME).empty
    assert found.picture_id("spread", OUTCOME) == ""
    assert not found.holds(dotted)
    assert found.headline() == release.headline()
    pd.testing.assert_frame_equal(found.figures, release.figures)
    pd.testing.assert_frame_equal(found.lines, release.lines)
