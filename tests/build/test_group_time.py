"""ATT(g, t) in a release: as estimated and rounded, withheld with its sector and wave, and safe from who subtracts."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analytics.build.panel_from_store import from_store
from analytics.build.recompute import Recipe, compared, rebuilt, store_of
from analytics.build.rows.group_time import _Cells, group_time_figures, is_open
from analytics.build.rows.rounding import at_least
from analytics.build.withheld_cells import WithheldCells
from analytics.build.withhold import withhold
from analytics.estimate import EventEstimate, event_study
from analytics.estimate.wave_paths import WavePath, critical_of, joined, wave_paths
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import Arm, DisclosureRules, ObsStatus, Reason, Rule, Settings, Unit
from analytics.panel import Panel
from analytics.present.sentences.phrases import described, horizon_phrase
from analytics.programme.file import load_programme
from analytics.release import Figure, Release, Releases, measures
from analytics.release.figure import FigureKey, group_of
from analytics.store.database import Store
from tests.helpers.figures import MICHIGAN, Earlier
from tests.helpers.michigan_release import built, funded_only, sales_only
from tests.helpers.panels import drawn, with_sales

OUTCOME, OPEN = "sales", WithheldCells({}, {})
SETTINGS = Settings(award_period="after", min_firms=10)
NUMBERS = ("value", "low", "high", "sim_low", "sim_high", "n_funded", "n_comparison")
Place = tuple[str, str, str]  # sector, wave, period


def in_waves(panel: Panel) -> Panel:
    """The same firms; those funded in one period are a wave."""
    waves = [None if pd.isna(cohort) else f"w{cohort}" for cohort in panel.units["cohort"]]
    units = panel.units.assign(wave=pd.Series(waves, index=panel.units.index, dtype=object))
    return Panel(units, panel.periods, panel.outcomes)


def asked_of(p_percent: float = 10.0, *, pairs: bool = True, settings: Settings = SETTINGS) -> SimpleNamespace:
    """A programme whose headline is the panel's one outcome."""
    return SimpleNamespace(
        settings=settings,
        headline=SimpleNamespace(outcome=OUTCOME),
        disclosure_rules=DisclosureRules(p_percent=p_percent),
        pairs=[("wave", "sector")] if pairs else [],
        sector_dimensions=("sector", "macro_sector"),
    )


def told(
    panel: Panel,
    cells: WithheldCells = OPEN,
    before: Callable[[FigureKey], bool] = lambda _: False,
    **how,
) -> dict[Place, Figure]:
    """By sector, wave and period."""
    made = group_time_figures(panel, asked_of(**how), cells, before)
    return {(dict(f.key.group).get("sector", "*"), dict(f.key.group)["wave"], f.key.horizon): f for f in made}


# three sectors, of which the last has few firms, and two waves
PANEL = in_waves(drawn(8, funded=(60, 40, 9), comparison=(60, 50, 40), cohorts=(8, 12), zeros=0))
FIRST, SECOND = "w2020Q1", "w2021Q1"


def withheld(*groups: dict[str, str], rule: Rule = Rule.SECONDARY, horizon: str = "*") -> WithheldCells:
    return WithheldCells({(Arm.FUNDED, OUTCOME, horizon): {group_of(group): rule for group in groups}}, {})


# ---- as estimated ----------------------------------------------------------------------------------------------------


def test_a_cell_is_as_estimated_to_a_point_or_two() -> None:
    """Every wave in every period but the first, of the programme and each sector: value and half-widths in steps; the
    band is that of all cells told of the programme, or of the sector; how many firms, at least.
    """
    found, paths = told(PANEL), wave_paths(PANEL, OUTCOME, SETTINGS)
    assert list(found) == [
        (sector, wave, str(period))
        for sector in ("*", "s0", "s1", "s2")
        for wave in (FIRST, SECOND)
        for period in PANEL.periods[1:]
    ]
    seen = set()
    for sector in ("*", "s0", "s1"):
        by_wave = {
            wave: joined(
                [p for (s, w), p in paths.by_sector.items() if w == wave and sector in ("*", s)], paths.n_firms
            )
            for wave in (FIRST, SECOND)
        }
        mine = {place: figure for place, figure in found.items() if place[0] == sector and figure.published}
        at = {place: list(map(str, paths.periods)).index(place[2]) for place in mine}
        critical = critical_of([(by_wave[place[1]], at[place]) for place in mine], 0.95)
        for place, figure in mine.items():
            path = by_wave[place[1]]
            counts = path.counts(at[place])
            step = 0.01 if min(counts) >= 100 else 0.02
            half = path.half_width(at[place], 0.95)
            seen.add(step)
            assert abs(figure.value - path.att[at[place]]) <= step / 2 * (1 + 1e-9)
            for low, high, wide in (
                (figure.low, figure.high, half),
                (figure.sim_low, figure.sim_high, max(half, critical * path.se[at[place]])),
            ):
                told_half = round(wide / step) * step
                assert (figure.value - low, high - figure.value) == pytest.approx((told_half, told_half), abs=1e-9)
            assert (figure.n_funded, figure.n_comparison) == tuple(map(at_least, counts))
            assert figure.n_comparison_at_least
            assert figure.measure.counts_at_least
            assert (figure.unit, figure.obs_status) == (Unit.FRACTION, ObsStatus.ESTIMATED)
    assert seen == {0.02}
    assert sum(figure.published for figure in found.values()) > 0.8 * len(found) * 3 / 4


def test_too_few_firms_of_an_arm_are_too_few() -> None:
    """Exactly the minimum is enough; what is not told has no number of firms."""
    paths = wave_paths(PANEL, OUTCOME, SETTINGS)
    found = told(PANEL)
    for place, figure in found.items():
        if place[0] == "*":
            continue
        path = paths.by_sector[place[:2]]
        at = list(map(str, paths.periods)).index(place[2])
        few = min(path.n_funded[at], path.n_comparison[at]) < 10
        assert (figure.reason is Reason.TOO_FEW_FIRMS) == few
        assert few == (place[0] == "s2")
        if not figure.published:
            assert all(getattr(figure, name) is None for name in NUMBERS)
    least = min(int(path.n_funded.min()) for (sector, _), path in paths.by_sector.items() if sector != "s2")
    exactly = Settings(award_period="after", min_firms=least)
    one_more = Settings(award_period="after", min_firms=least + 1)
    few = [
        sum(f.reason is Reason.TOO_FEW_FIRMS for p, f in told(PANEL, settings=settings).items() if p[0] in ("s0", "s1"))
        for settings in (exactly, one_more)
    ]
    assert few[0] == 0 < few[1]


def spiked(panel: Panel, firm: str, column: int, times: float) -> Panel:
    """One firm sold that many times as much in one period."""
    sales = panel.outcomes[OUTCOME].copy()
    row = panel.units.index.get_loc(firm)
    sales[row, column] = times * np.nanmean(sales[row])
    return with_sales(panel, sales)


def firm_of(panel: Panel, sector: str, wave: str | None) -> str:
    """One that reports all along."""
    mine = panel.units["sector"] == sector
    mine &= panel.units["wave"].isna() if wave is None else panel.units["wave"] == wave
    known = np.isfinite(panel.outcomes[OUTCOME]).all(axis=1)
    return str(panel.units.index[mine & known][0])


@pytest.mark.parametrize("wave", [FIRST, None])
def test_a_cell_of_which_one_firm_makes_more_than_a_fifth_is_confidential(wave: str | None) -> None:
    """A funded or a comparison firm; the cells beside it are told."""
    panel = spiked(PANEL, firm_of(PANEL, "s0", wave), 15, 400.0)
    found, plain = told(panel), told(PANEL)
    place = ("s0", FIRST, str(PANEL.periods[15]))
    assert plain[place].published
    assert (found[place].reason, str(found[place].conf_status)) == (Reason.CONFIDENTIAL, "C")
    assert all(getattr(found[place], name) is None for name in NUMBERS)
    assert found["s0", FIRST, str(PANEL.periods[14])].published


def test_what_one_firm_makes_is_its_share_of_all_pulls() -> None:
    """By hand: firms that changed by these; a fifth is told, more is not; nor where all changed alike."""
    for changes, expected in (
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], True),
        ([0, 0, 0, 0, 0, 0, 0, 0, 1, 40], False),
        ([3] * 10, False),
        ([0, 9], False),
    ):
        rows = [(f"f{n}", "2019", 100.0 + change) for n, change in enumerate(changes)]
        rows += [(f"c{n}", "", 100.0 + (n % 5 if expected else 0)) for n in range(10)]
        frame = pd.DataFrame(
            [
                {"firm": firm, "cohort": cohort, "period": year, "sales": 100.0 if year == "2018" else after}
                for firm, cohort, after in rows
                for year in ("2018", "2019")
            ]
        ).assign(sector="s0")
        panel = Panel.from_frame(
            frame, unit="firm", period="period", cohort="cohort", outcomes="sales", sector="sector"
        )
        paths = wave_paths(in_waves(panel), OUTCOME, SETTINGS)
        path = joined([paths.by_sector["s0", "w2019"]], paths.n_firms)
        own = np.abs(np.array(changes) - np.mean(changes)) / 100 / len(changes)
        assert np.sort(np.abs(path.pull[path.funded, 0])) == pytest.approx(np.sort(own), abs=1e-12)
        assert is_open(path, 0, DisclosureRules()) == expected


# ---- protected -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("horizon", ["*", "overall", "1", "3"])
@pytest.mark.parametrize("group", [{"sector": "s0", "wave": FIRST}, {"wave": FIRST}])
def test_of_a_withheld_cell_no_period_is_told(horizon: str, group: dict[str, str]) -> None:
    """Whatever the horizon that its pattern withholds: place, status and reason alone."""
    guarded = withheld(group, horizon=horizon)
    figures = withhold(told(PANEL, guarded).values(), guarded, MICHIGAN, [])
    mine = [figure for figure in figures if figure.key.group == group_of(group)]
    assert len(mine) == len(PANEL.periods) - 1
    assert all(figure.reason is Reason.CONFIDENTIAL for figure in mine)
    assert all(getattr(figure, name) is None for figure in mine for name in NUMBERS)


def test_of_a_held_cell_the_earlier_release_is_told() -> None:
    """As it was, marked; what that release did not have is not told."""
    group, old = group_of({"sector": "s0", "wave": FIRST}), told(PANEL)
    guarded = withheld(dict(group), rule=Rule.HELD)
    stay = {f.key: f for f in list(old.values())[::2] if f.key.group == group and f.published}
    figures = withhold(told(PANEL, guarded).values(), guarded, MICHIGAN, [Earlier(stay)])
    for figure in figures:
        if figure.key.group == group:
            before = stay.get(figure.key)
            assert (figure.value, str(figure.obs_status)) == ((before.value, "P") if before else (None, "M"))


def test_a_cell_once_told_is_not_told_anew() -> None:
    """Nothing is withheld or held, and one firm's quarter was corrected among everybody's: new less old would tell its
    correction. Both tell the same; a cell that the earlier one did not tell is told.
    """
    values = PANEL.outcomes[OUTCOME].copy()
    values[:, 5] *= 1.01
    values[0, 14:17] *= 4
    corrected = told(Panel(PANEL.units, PANEL.periods, {OUTCOME: values}))
    old = {figure.key: figure for figure in told(PANEL).values()}
    first = next(key for key, figure in old.items() if figure.published)
    earlier = Earlier({key: figure for key, figure in old.items() if key != first})
    changed = [figure for figure in corrected.values() if figure.published and figure.value != old[figure.key].value]
    assert changed
    for figure in withhold(corrected.values(), OPEN, MICHIGAN, [earlier]):
        if figure.published and old[figure.key].published and figure.key != first:
            assert (figure.value, figure.obs_status) == (old[figure.key].value, "P")
        elif figure.key == first:
            assert figure.obs_status == "E"


def test_where_no_cell_changed_none_is_marked() -> None:
    """The same data make the same release beside its earlier one, to the mark."""
    earlier = Earlier({figure.key: figure for figure in told(PANEL).values()})
    again = list(withhold(told(PANEL).values(), OPEN, MICHIGAN, [earlier]))
    assert again == list(withhold(told(PANEL).values(), OPEN, MICHIGAN, []))


def test_an_arm_that_one_firm_fills_is_not_told() -> None:
    """No firm makes a fifth of all pulls, but one leaves the others of its arm less than a tenth of what it adds."""
    pull = np.concatenate([[19.0, 0.9, *[0.1] * 9], [10.0] * 12])[:, None]
    one = np.ones(1)
    firms = np.array([True] * 11 + [False] * 12)
    path = WavePath(one, one, one, np.array([11]), np.array([12]), pull, pull, firms)
    assert pull.max() < 0.2 * pull.sum()
    assert not is_open(path, 0, DisclosureRules(p_percent=10.0))
    assert is_open(path, 0, DisclosureRules(p_percent=1.0))


# ---- who subtracts ---------------------------------------------------------------------------------------------------


class Attack:
    """Exact differencing by somebody who reads all without rounding, and knows which firms enter what: each told cell,
    and each point of the event study, is a sum of what funded firms add at a period. A cell that is not told is found
    where its sum is a combination of those.
    """

    def __init__(self, panel: Panel, settings: Settings = SETTINGS) -> None:
        self._paths = wave_paths(panel, OUTCOME, settings)
        self._periods = list(map(str, self._paths.periods))
        self._events: list[dict[str, int]] = []
        for event, estimate in event_study(panel, OUTCOME, settings=settings).effects.items():
            if isinstance(estimate, EventEstimate):
                first = self._paths.periods[0].ordinal
                places = {wave: award.ordinal + event - first for wave, award in self._paths.awarded.items()}
                self._events.append({wave: at for wave, at in places.items() if 0 <= at < len(self._periods)})

    def summed(self, sector: str, wave: str, at: int) -> frozenset[tuple[int, int]]:
        """The firms that make a cell, each at its period."""
        return frozenset(
            (int(row), at)
            for (name, of), part in self._paths.by_sector.items()
            if of == wave and sector in ("*", name)
            for row in part.rows[part.funded & part.enters[:, at]]
        )

    def finds(
        self, figures: dict[Place, Figure], also: Iterable[Place] = (), withheld: WithheldCells = OPEN
    ) -> set[Place]:
        """The cells that are not told and follow, of those that could not be told by themselves, or are withheld with
        their group; but for those that the event study alone tells. also: cells that an earlier release told.
        """
        cells = {place: self.summed(*place[:2], self._periods.index(place[2])) for place in figures}
        events = [
            frozenset().union(*(self.summed("*", wave, at) for wave, at in event.items())) for event in self._events
        ]
        known = [firms for place, firms in cells.items() if figures[place].published or place in set(also)]
        secret = {
            place: firms
            for place, firms in cells.items()
            if firms and not figures[place].published and place not in set(also) and self._is_secret(place, withheld)
        }
        follows, anyway = (_follow(list(secret.values()), sums) for sums in ([*events, *known], events))
        return {place for place, new, old in zip(secret, follows, anyway, strict=True) if new and not old}

    def _is_secret(self, place: Place, withheld: WithheldCells) -> bool:
        sector, wave, period = place
        if withheld.rule(OUTCOME, "*", group_of({"sector": sector, "wave": wave})):
            return True
        parts = [part for (name, of), part in self._paths.by_sector.items() if of == wave and sector in ("*", name)]
        path, at, rules = joined(parts, self._paths.n_firms), self._periods.index(period), DisclosureRules()
        return not is_open(path, at, rules, 0.2 if min(path.counts(at)) >= 10 else 1.0)


def _follow(asked: Sequence[frozenset], known: Sequence[frozenset]) -> list[bool]:
    """Whether each sum is a combination of the known ones. Firms that are in the same sums are one unknown."""
    kinds: dict[tuple[int, ...], int] = {}
    sums_of: dict[object, list[int]] = {}
    for at, firms in enumerate([*known, *asked]):
        for firm in firms:
            sums_of.setdefault(firm, []).append(at)
    for sums in sums_of.values():
        kinds.setdefault(tuple(sums), len(kinds))
    table = np.zeros((len(known) + len(asked), len(kinds)))
    for sums, kind in kinds.items():
        table[list(sums), kind] = 1
    basis = np.linalg.svd(table[: len(known)], full_matrices=False)
    rows = basis.Vh[basis.S > 1e-9]
    rest = table[len(known) :] - table[len(known) :] @ rows.T @ rows
    return [bool(far < 1e-6) for far in np.abs(rest).max(axis=1)]


# ten or more firms in all cells, so that a single one can be the only one that is not told
WIDE = in_waves(drawn(9, funded=(60, 40), comparison=(60, 50), cohorts=(8, 12), zeros=0, missing=0.02))
AT = 15
PERIOD, SAME_EVENT = str(WIDE.periods[AT]), str(WIDE.periods[AT + 4])  # of the first wave, and of the second
ONE_SECTOR = spiked(WIDE, firm_of(WIDE, "s0", FIRST), AT, 5.0)  # one firm makes its sector's cell, and not the wave's
WHOLE_WAVE = spiked(WIDE, firm_of(WIDE, "s0", FIRST), AT, 400.0)  # and the wave's, too
HIDDEN = [
    pytest.param(ONE_SECTOR, OPEN, {("*", FIRST, PERIOD)}, id="the wave tells the sector"),
    pytest.param(WHOLE_WAVE, OPEN, {("*", SECOND, SAME_EVENT)}, id="the event study tells the wave"),
]


@pytest.mark.parametrize(("panel", "cells", "more"), HIDDEN)
def test_nobody_finds_a_cell_by_subtracting(
    panel: Panel, cells: WithheldCells, more: set[Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the rule of what is left a cell that one firm makes follows from what is told; with it none does, at the
    price of the cell that told it.
    """
    attack, secret = Attack(panel), ("s0", FIRST, PERIOD)
    guarded = told(panel, cells)
    assert not guarded[secret].published
    assert attack.finds(guarded) == set()
    monkeypatch.setattr(_Cells, "_leaves_open", lambda *_: True)
    bare = told(panel, cells)
    assert secret in attack.finds(bare)
    lost = {place for place, figure in bare.items() if figure.published and not guarded[place].published}
    assert more <= lost
    assert len(lost) <= 4
    assert all(guarded[place].reason is Reason.CONFIDENTIAL for place in lost)


def test_a_cell_that_its_pattern_withholds_does_not_follow() -> None:
    """Neither by itself nor with the other wave's; where two are withheld, the wave may be told."""
    few = in_waves(drawn(10, funded=(60, 40, 6), comparison=(60, 50, 40), cohorts=(8, 12), zeros=0, missing=0.02))
    both = withheld({"sector": "s2", "wave": FIRST}, {"sector": "s2", "wave": SECOND})
    found = told(few, both)
    assert Attack(few).finds(found, withheld=both) == set()
    assert not any(figure.published for place, figure in found.items() if place[0] in ("*", "s2"))
    assert any(figure.published for place, figure in found.items() if place[0] == "s0")
    many = told(few, withheld({"sector": "s1", "wave": FIRST}))
    assert any(figure.published for place, figure in many.items() if place[:2] == ("*", FIRST))


def test_a_wave_of_few_firms_does_not_follow_from_the_event_study() -> None:
    """Without a table of sectors, too: less the other waves it would tell those few, so that another wave is withheld
    where they are seen.
    """
    plain = drawn(11, funded=(60, 40), comparison=(60, 50), cohorts=(8, 12), zeros=0, missing=0.02)
    cohort = pd.Series(plain.units["cohort"].to_numpy(), index=plain.units.index)
    rows = np.flatnonzero(plain.funded)[:2]
    cohort.iloc[rows] = plain.periods[10]
    panel = in_waves(
        Panel(plain.units.assign(cohort=pd.PeriodIndex(cohort, freq="Q").array), plain.periods, plain.outcomes)
    )
    third = f"w{plain.periods[10]}"
    found = told(panel, withheld({"wave": third}), pairs=False)
    assert {place[0] for place in found} == {"*"}
    assert Attack(panel).finds(found) == set()
    for place, figure in found.items():
        if place[1] == third:
            assert figure.reason is Reason.CONFIDENTIAL
    assert any(figure.published for figure in found.values())


@pytest.mark.parametrize("was", [{("*", FIRST, PERIOD)}, {("*", FIRST, PERIOD), ("s1", FIRST, PERIOD)}])
def test_what_earlier_releases_told_is_known(was: set[Place]) -> None:
    """Where a wave's cell is out already, another sector's is withheld instead; where both are, nothing helps."""
    place_of = {place: figure.key for place, figure in told(ONE_SECTOR).items()}
    before = {place_of[place] for place in was}
    found = told(ONE_SECTOR, OPEN, before.__contains__)
    assert found["s1", FIRST, PERIOD].published == (("s1", FIRST, PERIOD) in was)
    assert found["*", FIRST, PERIOD].published
    if len(was) == 1:
        assert Attack(ONE_SECTOR).finds(found, was) == set()


def test_a_held_cell_is_known_as_it_was() -> None:
    """What is left is asked beside it, too: a sector that stays as the earlier release had it hides no other."""
    held = withheld({"sector": "s1", "wave": FIRST}, rule=Rule.HELD)
    place_of = {place: figure.key for place, figure in told(ONE_SECTOR).items()}
    place = "s1", FIRST, PERIOD
    assert told(ONE_SECTOR, held)["*", FIRST, PERIOD].published  # no earlier release tells it: both are unknown
    assert not told(ONE_SECTOR, held, {place_of[place]}.__contains__)["*", FIRST, PERIOD].published


# ---- in a release ----------------------------------------------------------------------------------------------------


def test_nobody_finds_a_cell_of_the_demonstration(demonstration: Home) -> None:
    """All that its release tells together, of every sector and wave; and what is left of a wave's cell is nobody, or
    ten firms and more.
    """
    programme = load_programme("ecommerce-2020")
    release = Releases(demonstration.releases, programme.id).open()
    with Store(demonstration.store(programme.id), programme.id, read_only=True) as store:
        panel = from_store(store, programme, everybody=True).compared
    outcome = programme.headline.outcome
    attacked = Panel(panel.units, panel.periods, {OUTCOME: panel.outcomes[outcome]})
    figures = {
        (sector, wave, period): figure
        for sector in ("*", *release.codes("sector"))
        for wave in release.codes("wave")
        for period in periods_told(release, outcome)
        if (
            figure := release.figure(
                measures.GROUP_TIME, outcome=outcome, horizon=period, group={"sector": sector, "wave": wave}
            )
        )
    }
    assert len(figures) == 16 * 3 * 24
    attack = Attack(attacked, programme.settings)
    assert attack.finds(figures) == set()
    periods = periods_told(release, outcome)
    for (sector, wave, period), figure in figures.items():
        if sector == "*" and figure.published:
            of = [s for s in release.codes("sector") if not figures[s, wave, period].published]
            left = sum(len(attack.summed(s, wave, periods.index(period))) for s in of)
            assert left == 0 or left >= 10
    shown = [figure for (sector, *_), figure in figures.items() if figure.published and sector != "*"]
    assert len(shown) > 400
    for figure in shown:  # the effect of the same cell is told as well
        assert release.figure(
            measures.TYPICAL_CHANGE, outcome=outcome, arm="funded", horizon="overall", group=figure.key.group
        ).published


@pytest.mark.parametrize(
    ("seed", "funded", "comparison", "cohorts", "zeros"),
    [(26, (9, 14, 6, 9), (4, 12, 30, 50), (6, 8, 12), 0.2), (35, (9, 22), (12, 50), (8, 12), 0.2)],
)
def test_a_waves_secret_cell_does_not_follow_where_its_sectors_are_too_small(seed, funded, comparison, cohorts, zeros):
    """One firm pulls more than a fifth of the wave, whose sectors' cells are only too few to be told: neither may the
    event study tell it, less the other waves.
    """
    panel = in_waves(drawn(seed, funded=funded, comparison=comparison, cohorts=cohorts, zeros=zeros, missing=0.03))
    assert Attack(panel).finds(told(panel, OPEN), withheld=OPEN) == set()


def periods_told(release: Release, outcome: str) -> list[str]:
    """The periods of which a release tells ATT by wave, or why it does not, in order."""
    figures = release.figures
    rows = (figures["measure"] == measures.GROUP_TIME.name) & (figures["outcome"] == outcome)
    return sorted(figures.loc[rows, "horizon"].unique())


@pytest.fixture(scope="module")
def michigan(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Release]:
    root = tmp_path_factory.mktemp("group_time")
    return Home(root), built(root, sales_only)


def test_yearly_data_have_a_cell_for_each_year(michigan: tuple[Home, Release]) -> None:
    """Michigan's, in which one firm makes more than a fifth of all cells but one; made again to the last digit, and
    said in words.
    """
    home, release = michigan
    assert periods_told(release, OUTCOME) == ["1988", "1989"]
    assert periods_told(release, "employ") == []
    rows = release.figures[release.figures["measure"] == "group_time"]
    assert len(rows) == 8
    assert set(rows["sector"]) == {"*", "manufacturing"}
    assert set(rows.loc[rows["value"].notna(), "wave"]) == {"awarded_1989"}
    assert set(rows.loc[rows["value"].isna(), "reason"]) == {"confidential"}
    with store_of(release, home) as store:
        tables = rebuilt(release, Recipe.of(release), store, home.releases)
    for figure_id in rows["figure_id"]:
        assert compared(release, tables, figure_id).equal
        for language in LANGUAGES:
            text = Text(language)
            figure = release.by_id(figure_id)
            said = described(release, figure, text)
            assert text("measure.group_time") in said
            assert horizon_phrase(release, figure.horizon, text) in said


def test_without_a_comparison_no_cell_is_told(tmp_path: Path) -> None:
    """Every place is there, and why."""
    release = built(tmp_path, funded_only)
    rows = release.figures[release.figures["measure"] == "group_time"]
    assert len(rows) == 8
    assert set(rows["reason"]) == {"too_few_firms"}


def test_a_programme_without_waves_has_no_cells() -> None:
    """Nor does it stop a build."""
    assert told(drawn(1)) == {}


def test_firms_without_a_comparison_of_their_sector_stop_nothing() -> None:
    """A sector of funded firms alone, one of comparison firms alone, an award after the data."""
    panel = in_waves(drawn(12, funded=(30, 12, 0), comparison=(30, 0, 12), cohorts=(1, 8, 25)))
    found = told(panel)
    assert {figure.reason for place, figure in found.items() if place[0] in ("s1", "s2")} == {Reason.TOO_FEW_FIRMS}
    assert {figure.reason for place, figure in found.items() if place[1] == f"w{panel.periods[1]}"} == {
        Reason.TOO_FEW_FIRMS
    }
    assert Attack(panel).finds(found) == set()
