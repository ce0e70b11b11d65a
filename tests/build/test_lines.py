"""Index lines: of the typical firm and of sums, in loops; gaps; what a line would tell of a hidden sector's firms."""

import math
from collections.abc import Iterable
from statistics import fmean
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analytics.build.rows.lines import IndexPoint, LogMean, hold_points, index_points
from analytics.build.rows.rounding import at_least
from analytics.build.withheld_cells import WithheldCells
from analytics.model import Arm, DisclosureRules, Rule, Settings
from analytics.panel import Panel
from analytics.release.figure import group_of
from tests.helpers.panels import drawn

RULES, OPEN = DisclosureRules(), WithheldCells({}, {})
PANEL = drawn(7, frequency="M", years=4, funded=(30, 14, 8), comparison=(40, 20, 12), cohorts=(20, 25), zeros=0.15)


def points(panel: Panel, cells: WithheldCells = OPEN, rules: DisclosureRules = RULES) -> dict[tuple, IndexPoint]:
    """By sector, basis, arm and period."""
    programme = SimpleNamespace(settings=Settings(), outcomes=[SimpleNamespace(name="sales")], disclosure_rules=rules)
    made = index_points(panel, programme, cells)
    return {(one.sector, one.basis, one.arm, one.period): one for one in made}


def told(panel: Panel, sector: str, arm: Arm, period: str) -> list[tuple[float, float]]:
    """Of each firm that reports: its mean in the year before, and in a quarter."""
    first = min(cohort for cohort in panel.units["cohort"] if not pd.isna(cohort))
    known, pairs = panel.outcomes["sales"], []
    for row, (own, funded) in enumerate(zip(panel.units["sector"], panel.funded, strict=True)):
        if funded != (arm is Arm.FUNDED) or sector not in ("*", own):
            continue
        before = [v for v, at in zip(known[row], panel.periods, strict=True) if first - 12 <= at < first and v == v]
        now = [v for v, at in zip(known[row], panel.periods, strict=True) if str(at.asfreq("Q")) == period and v == v]
        if len(before) >= 6 and now:
            pairs.append((fmean(before), fmean(now)))
    return pairs


def test_the_typical_line_is_a_mean_of_logs() -> None:
    """Of firms that sold before and then, each one vote, 100 × e^mean ln(y_t / before), to two points under a hundred
    firms; without its number of firms but for a lower bound; a gap under ten firms.
    """
    found, gaps = points(PANEL), 0
    for (sector, basis, arm, period), point in found.items():
        if basis != "typical":
            continue
        logs = [math.log(y / before) for before, y in told(PANEL, sector, arm, period) if before > 0 and y > 0]
        if len(logs) < 10:
            gaps += 1
            assert (point.index_value, point.n) == (None, None)
        else:
            assert point.n == at_least(len(logs))
            step = 1 if len(logs) >= 100 else 2
            assert point.index_value == pytest.approx(round(100 * math.exp(fmean(logs)) / step) * step)
    assert 0 < gaps < len(found) / 4


def test_the_line_of_sums_is_as_before() -> None:
    """100 × Σ y_t / Σ before of all that report, with their number."""
    for (sector, basis, arm, period), point in points(PANEL, rules=DisclosureRules(p_percent=0)).items():
        pairs = told(PANEL, sector, arm, period)
        if basis == "sum" and len(pairs) >= 10:
            assert point.n == len(pairs)
            assert point.index_value == pytest.approx(100 * sum(y for _, y in pairs) / sum(b for b, _ in pairs))


def test_both_have_a_point_each_time() -> None:
    """The same places of either basis."""
    found = points(PANEL)
    assert {(key[0], *key[2:]) for key in found if key[1] == "typical"} == {
        (key[0], *key[2:]) for key in found if key[1] == "sum"
    }


def hidden(sector: str) -> WithheldCells:
    return WithheldCells({(Arm.FUNDED, "sales", "*"): {group_of({"sector": sector}): Rule.MIN_UNITS}}, {})


def test_a_withheld_sector_has_no_line_of_either_basis() -> None:
    """Neither arm's, whatever it holds."""
    mine = [point for key, point in points(PANEL, hidden("s0")).items() if key[0] == "s0"]
    assert mine
    assert all((point.index_value, point.n) == (None, None) for point in mine)


def alike(growths: Iterable[float], firms_of_s1: int) -> Panel:
    """Funded firms of s0 that grew by that between two years; as many of s1 that grew by a tenth."""
    rows = [("s0", growth) for growth in growths] + [("s1", 0.1 * (n + 1)) for n in range(firms_of_s1)]
    frame = pd.DataFrame(
        [
            {
                "firm": f"{sector}{n}",
                "sector": sector,
                "period": year,
                "cohort": "2019",
                "sales": 100 * math.exp(z * at),
            }
            for n, (sector, z) in enumerate(rows)
            for at, year in enumerate(("2018", "2019", "2020"))
        ]
        + [
            {"firm": f"c{n}", "sector": "s0", "period": year, "cohort": "", "sales": 100.0 + n}
            for n in range(3)
            for year in ("2018", "2019", "2020")
        ]
    )
    return Panel.from_frame(frame, unit="firm", period="period", cohort="cohort", outcomes="sales", sector="sector")


@pytest.mark.parametrize(("others", "is_told"), [(0.0, False), (0.004, False), (0.01, True)])
def test_no_mean_of_logs_tells_the_one_that_is_unlike(others: float, is_told: bool) -> None:
    """Twelve firms, ten of which all grew alike, or nearly: who knows that and the second reads the last one's growth
    off the mean. They must lie apart by p% together.
    """
    growths = [1.5, 0.9, *(others * (-1) ** n for n in range(10))]
    point = points(alike(growths, 12))["s0", "typical", Arm.FUNDED, "2020"]
    # over two years they lie twice as far apart
    assert (point.index_value is not None) == is_told


def test_the_programme_line_does_not_give_a_hidden_sector_away() -> None:
    """Less the other sector's line, it would tell the two firms that the hidden one has."""
    panel = alike([0.5, -0.4], 12)
    assert points(panel)["s1", "typical", Arm.FUNDED, "2020"].index_value is not None
    assert points(panel)["*", "typical", Arm.FUNDED, "2020"].index_value is None


def test_what_a_mean_of_logs_falls_short_of() -> None:
    """Of one or two firms p%, whatever they did; of more by how far all but the two farthest lie from the median; of
    none nothing.
    """
    every = np.ones(12, dtype=bool)
    z = np.array([np.nan] * 12)
    assert LogMean.of(z, every).short(RULES) == 0
    z[:2] = 0.0
    assert LogMean.of(z, every).short(RULES) == pytest.approx(0.1)
    z[:] = [0.0] * 9 + [0.03, 1.0, -1.0]
    assert LogMean.of(z, every).others == pytest.approx(0.03)
    assert LogMean.of(z, every).short(RULES) == pytest.approx(0.07)
    assert LogMean.of(z + 0.5, every).short(RULES) == pytest.approx(0.07)


def test_a_held_sector_keeps_its_points_of_each_basis() -> None:
    """As the newest earlier release has them; one of a time when there were no typical lines has none to keep."""
    held = WithheldCells({(Arm.FUNDED, "sales", "*"): {group_of({"sector": "s0"}): Rule.HELD}}, {})
    new = list(points(PANEL, held).values())
    old = pd.DataFrame([{name: getattr(one, name) for name in IndexPoint.__slots__} for one in new])
    old["index_value"] = old["index_value"] + 1
    stayed = list(hold_points(new, held, [old]))
    of_sums = list(hold_points(new, held, [old[old["basis"] == "sum"]]))
    for point, kept, half in zip(new, stayed, of_sums, strict=True):
        if point.sector == "s0" and point.index_value is not None:
            assert kept.index_value == point.index_value + 1
            assert half.index_value == point.index_value + (point.basis == "sum")
        else:
            assert kept == half == point
