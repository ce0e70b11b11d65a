"""ATT(g, t) as it may be told: each wave by period, of the programme and of each sector (METHODS.md 7).

A cell needs `min_firms` firms of each arm, and none of them may make more than a fifth of what all pull it to and fro.
What cells of sectors leave of a wave's, and what waves leave of the event study, must tell of nobody either.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from analytics.build.rows.points import told_point, untold_point
from analytics.build.rows.rounding import at_least
from analytics.build.rows.row import Counts
from analytics.build.withheld_cells import WithheldCells
from analytics.build.withhold import rule_of
from analytics.estimate.wave_paths import SectorPath, WavePath, critical_of, joined, wave_paths
from analytics.model import DisclosureRules, Reason, Rule
from analytics.panel.arms import groups_of
from analytics.panel.panel import Panel
from analytics.programme.file import Programme
from analytics.release import measures
from analytics.release.figure import Figure, FigureKey, group_of
from analytics.release.measures import ALL

LARGEST_SHARE = 0.2  # of all pulls, of one firm: two firms then leave three times what any of them adds

Place = tuple[str, str, int]  # sector ("*": all of them), wave, position of the period
Told = Callable[[FigureKey], bool]


def group_time_figures(
    panel: Panel, programme: Programme, withheld_cells: WithheldCells, told_before: Told = lambda _: False
) -> Iterator[Figure]:
    """Of the headline's outcome: every wave in every period but the first, of the programme and, where the table of
    sectors by waves is published, of each sector; low, high: this cell alone, sim_low, sim_high: all that are told of
    the programme, or of the sector. panel: firms in either arm; told_before: whether any earlier release tells a
    figure.
    """
    cells = _Cells(panel, programme, withheld_cells, told_before)
    cells.protect()
    for sector in cells.sectors:
        yield from _table(cells, sector, programme)


def _table(cells: "_Cells", sector: str, programme: Programme) -> Iterator[Figure]:
    """The figures of the programme's waves, or of a sector's."""
    level, rules = programme.settings.level, programme.disclosure_rules
    places = list(product([sector], cells.waves, range(cells.width)))
    told = {place: path for place in places if place not in cells.reasons and (path := cells.path(place)) is not None}
    critical = critical_of([(path, place[2]) for place, path in told.items()], level) if told else 0.0
    # without the table of sectors, comparison firms would tell in which of them a wave has firms
    by_sector = len(cells.sectors) > 1
    for place in places:
        key = cells.key(place)
        if place not in told:
            yield untold_point(key, cells.reasons[place])
            continue
        path, period = told[place], place[2]
        half, counts = path.half_width(period, level), path.counts(period)
        sim_half = max(half, critical * float(path.se[period]))
        figure = told_point(key, float(path.att[period]), half, sim_half, counts, rules)
        yield _with_least_counts(figure, counts, by_sector=by_sector)


def _with_least_counts(figure: Figure, counts: Counts, *, by_sector: bool) -> Figure:
    """How many firms sold before is told nowhere by quarter: at least so many."""
    n_comparison = at_least(counts[1]) if by_sector else None
    return replace(
        figure,
        n_funded=at_least(counts[0]),
        n_comparison=n_comparison,
        n_comparison_at_least=n_comparison is not None,
    )


def is_open(path: WavePath, period: int, rules: DisclosureRules, largest_share: float = LARGEST_SHARE) -> bool:
    """Whether the sum that these firms make tells of none of them: enough are in each arm, none has more than that
    share of all pulls, nor so much in its arm that the others do not hide it (p%).
    """
    pulls = np.abs(path.pull[:, period])
    of_arms = [np.sort(np.append(pulls[arm], [0.0, 0.0]))[::-1] for arm in (path.funded, ~path.funded)]
    return (
        min(path.counts(period)) >= rules.min_units
        and bool(0 < pulls.max() <= largest_share * pulls.sum())
        and all(arm[2:].sum() >= rules.p_percent / 100 * arm[0] for arm in of_arms)
    )


class _Cells:
    """Which cells are told. sectors: "*", and the codes where there is a table of them; width: how many periods;
    reasons: why a cell is not told, of those that are not.
    """

    def __init__(self, panel: Panel, programme: Programme, withheld_cells: WithheldCells, told_before: Told) -> None:
        by_sector = any(set(pair) == {"sector", "wave"} for pair in programme.pairs)
        self.waves = [str(wave) for wave in groups_of(panel, "wave")] if "wave" in panel.units else []
        self.sectors = [ALL, *(str(sector) for sector in groups_of(panel, "sector") if by_sector)]
        self._outcome, self._least = programme.headline.outcome, programme.settings.min_firms
        self._rules, self._told_before = programme.disclosure_rules, told_before
        self._paths = wave_paths(panel, self._outcome, programme.settings)
        self.width = len(self._paths.periods)
        self._joined: dict[tuple[str, str], WavePath | None] = {}
        self.reasons: dict[Place, Reason] = {}
        self._withheld: set[Place] = set()  # with their groups, whatever their firms
        for place in product(self.sectors, self.waves, range(self.width)):
            rule = rule_of(self.key(place), withheld_cells, programme)
            if rule not in (None, Rule.HELD):
                self._withheld.add(place)
            reason = self._reason(place, rule)
            if reason is not None:
                self.reasons[place] = reason

    def key(self, place: Place) -> FigureKey:
        """Of the figure that a cell is."""
        sector, wave, period = place
        group = group_of({"sector": sector, "wave": wave})
        return FigureKey(measures.GROUP_TIME, self._outcome, horizon=str(self._paths.periods[period]), group=group)

    def path(self, place: Place) -> WavePath | None:
        """The path that a cell lies on; None where a wave has no firm in a sector."""
        sector, wave, _ = place
        if (sector, wave) not in self._joined:
            parts = [part for part_of, part in self._parts(wave) if sector in (ALL, part_of)]
            self._joined[sector, wave] = joined(parts, self._paths.n_firms) if parts else None
        return self._joined[sector, wave]

    def _parts(self, wave: str) -> list[tuple[str, SectorPath]]:
        """Of each sector that a wave has firms in."""
        return [(sector, part) for (sector, of_wave), part in self._paths.by_sector.items() if of_wave == wave]

    def _reason(self, place: Place, rule: Rule | None) -> Reason | None:
        """Why a cell by itself is not told."""
        path, period = self.path(place), place[2]
        if rule is not None:
            return Reason.CONFIDENTIAL  # or as an earlier release has it: `withhold` sees to that
        if path is None or min(path.counts(period)) < self._least:
            return Reason.TOO_FEW_FIRMS
        if not np.isfinite(path.se[period]):
            return Reason.NOT_ESTIMABLE
        return None if is_open(path, period, self._rules) else Reason.CONFIDENTIAL

    # ---- what follows from what is told ------------------------------------------------------------------------------

    def protect(self) -> None:
        """Withhold more, until neither the sectors' cells tell by a wave's what is left of it, nor the waves' by the
        event study.
        """
        for wave, period in product(self.waves, range(self.width)):
            self._protect_rest([(wave, period)], known=True)
        for cells in self._by_event():
            self._protect_rest(cells, known=False)

    def _by_event(self) -> Iterator[list[tuple[str, int]]]:
        """Waves and periods that make one point of the event study, of each."""
        award = {wave: period.ordinal for wave, period in self._paths.awarded.items()}
        first = self._paths.periods[0].ordinal if self.width else 0
        events = {first + period - at for at in award.values() for period in range(self.width)}
        for event in sorted(events):
            cells = [(wave, at + event - first) for wave, at in award.items()]
            yield [(wave, period) for wave, period in cells if 0 <= period < self.width]

    def _protect_rest(self, cells: Sequence[tuple[str, int]], *, known: bool) -> None:
        """Withhold cells until what is left is open. known: of a wave whose own cell is told; else of all waves of a
        point whose cells are not, which the event study tells together.
        """
        while True:
            about = [cell for cell in cells if self._is_known((ALL, *cell)) == known]
            if not about or self._leaves_open(about):
                return
            others = about if known else [cell for cell in cells if cell not in about]
            waves = [(ALL, *cell) for cell in others]
            of_sectors = [(sector, *cell) for cell in about for sector in self.sectors if sector != ALL]
            least = self._least_new(waves) or self._least_new(of_sectors)
            if least is None:
                return  # it is out already
            self.reasons[least] = Reason.CONFIDENTIAL

    def _least_new(self, places: Sequence[Place]) -> Place | None:
        """Of those that are told for the first time, the one of the fewest firms."""
        new = [place for place in places if self._is_told(place) and not self._told_before(self.key(place))]
        return min(new, key=self._n_funded, default=None)

    def _n_funded(self, place: Place) -> int:
        path = self.path(place)
        return 0 if path is None else path.counts(place[2])[0]

    def _is_known(self, place: Place) -> bool:
        """Whether it is told, or was."""
        return self._is_told(place) or self._told_before(self.key(place))

    def _is_told(self, place: Place) -> bool:
        return place[0] in self.sectors and place not in self.reasons

    def _leaves_open(self, cells: Sequence[tuple[str, int]]) -> bool:
        """Whether what is told of sectors leaves nothing of these waves, or a sum that tells of nobody; so, too, beside
        what earlier releases told. Cells that are only too few to tell anything may follow.
        """
        parts = {(sector, wave, at): part.at(at) for wave, at in cells for sector, part in self._parts(wave)}
        parts = {place: part for place, part in parts.items() if part.n_funded[0]}
        untold = [place for place in parts if not self._is_told(place)]
        unknown = [place for place in untold if not self._is_known(place)]
        for left in (untold, unknown):
            whole = [(ALL, *cell) for cell in cells] if len(left) == len(parts) else []
            if any(len(alone) == 1 and alone[0] in self._withheld for alone in (left, whole)):
                return False
            secret = any(self.reasons.get(place, Reason.CONFIDENTIAL) is Reason.CONFIDENTIAL for place in left)
            share = LARGEST_SHARE if secret else 1.0
            if left and not is_open(joined([parts[at] for at in left], self._paths.n_firms), 0, self._rules, share):
                return False
        waves = [(ALL, *cell) for cell in cells]
        secret = any(self.reasons.get(wave) is Reason.CONFIDENTIAL for wave in waves)
        if not parts or not secret or any(self._is_known(wave) for wave in waves):
            return True
        # the event study, less what other waves tell, is these waves whole, whatever is told of their sectors
        return is_open(joined(list(parts.values()), self._paths.n_firms), 0, self._rules, LARGEST_SHARE)
