"""Candidate figures -> figures that may be published: what the patterns withhold or hold, with status and reason."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from analytics.build.contributions import ANSWERED, SELLING
from analytics.build.withheld_cells import WithheldCells
from analytics.model import Arm, ConfStatus, Estimand, Grade, ObsStatus, Reason, Rule
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release import Release, measures
from analytics.release.figure import Figure, FigureKey, own_part
from analytics.release.measures import ALL, OF_AN_ESTIMATE, OVERALL

# what of a held cell rests on one thing that its firms contribute, and is told anew where that did not change
RESTS_ON = {
    measures.BEFORE_MEAN: "before",
    measures.SELLING_BEFORE: "before",
    measures.SELLING_AFTER: SELLING,
    measures.STOPPED_SELLING: SELLING,
}


def withhold(
    figures: Iterable[Figure],
    withheld_cells: WithheldCells,
    programme: Programme,
    earlier: Sequence[Release],
    kept: Callable[[FigureKey], bool] = lambda _: False,
) -> Iterator[Figure]:
    """The same figures; of a withheld cell its place and that it is confidential, whatever the rule. Of its checks not
    even that: that there are any would tell that it had enough firms for an estimate. A held one is as the newest of
    the earlier releases (oldest first) that has it, marked provisional; so is, where anything is held, each that is as
    it was, and each that is kept: what is provisional tells of nobody whose figures changed.
    """
    holds = holds_anything(withheld_cells)
    figures = list(figures)
    stay_told = _told_periods(figures, programme, earlier)
    for figure in figures:
        rule = rule_of(figure.key, withheld_cells, programme) or (Rule.HELD if figure.key in stay_told else None)
        stays = _newest(figure.key, earlier) if rule is Rule.HELD or (rule is None and holds) else None
        if rule is None:
            anew = _hide_sectors(figure, withheld_cells, programme)
            if stays is not None and stays.published:
                anew = replace(anew, years_needed=stays.years_needed)  # it rests on other years, too
            if stays is not None and stays.published and (kept(figure.key) or _same(anew, stays)):
                yield replace(stays, obs_status=ObsStatus.PROVISIONAL, figure_id="")
            else:
                yield anew
        elif stays is not None:
            yield replace(
                stays, obs_status=ObsStatus.PROVISIONAL if stays.published else stays.obs_status, figure_id=""
            )
        elif figure.measure not in OF_AN_ESTIMATE:
            yield withhold_figure(figure)


def _told_periods(figures: Sequence[Figure], programme: Programme, earlier: Sequence[Release]) -> set[FigureKey]:
    """The keys of ATT that an earlier release told, where any of them would now be another: all are held, so that none
    points to a firm. Patterns are of years, in which many firms may have changed where in one quarter a single firm
    did, and new less old would tell what.
    """
    if not programme.disclosure_rules.p_percent > 0:
        return set()
    told = {}
    for figure in figures:
        if figure.measure == measures.GROUP_TIME and figure.published:
            known = [old for release in earlier if (old := release.at(figure.key)) is not None and old.published]
            if known:
                told[figure.key] = _same(figure, known[-1])
    return set() if all(told.values()) else set(told)


def _newest(key: FigureKey, earlier: Sequence[Release]) -> Figure | None:
    """A figure as the newest release that has it tells it, or says why it does not; None where it was confidential
    there, but for whether a specification keeps the sign: what came back from an older release would point to the cell,
    and its code may have stood for other firms.
    """
    figure = next((figure for release in reversed(earlier) if (figure := release.at(key)) is not None), None)
    hidden = figure is not None and figure.reason is Reason.CONFIDENTIAL and not figure.result
    return None if hidden else figure


def holds_anything(withheld_cells: WithheldCells) -> bool:
    """Whether any cell stays as an earlier release had it."""
    return any(rule is Rule.HELD for rules in withheld_cells.rules.values() for rule in rules.values())


def _same(one: Figure, other: Figure) -> bool:
    """Whether two figures say the same of their own firms."""
    return own_part(replace(one, obs_status=other.obs_status, figure_id=other.figure_id)) == own_part(other)


def rule_of(key: FigureKey, withheld_cells: WithheldCells, programme: Programme) -> Rule | None:
    """Why a figure is withheld or held. One of several years goes by the rules of them all. An effect is held with the
    comparison firms of its sectors: where one of those is corrected, the effect moves by what was corrected; two groups
    that cross sectors, each with its own share of them, would tell one sector's apart.
    """
    horizons = withheld_cells.horizons(key.outcome) if key.measure.over_time else (key.horizon,)
    beside = comparison_group(key.group, programme)
    rules = [withheld_cells.rule(key.outcome, horizon, key.group) for horizon in horizons]
    of_comparison = [withheld_cells.rule(key.outcome, horizon, beside, Arm.COMPARISON) for horizon in horizons]
    if key.arm == Arm.COMPARISON:
        rules += of_comparison
    elif key.arm == ALL:
        rules += [rule for rule in of_comparison if rule is Rule.HELD]
    crosses = key.arm != Arm.FUNDED and crosses_sectors(key.group, programme)
    if crosses and any(Rule.HELD in withheld_cells.rules_of(Arm.COMPARISON, key.outcome, at) for at in horizons):
        rules.append(Rule.HELD)
    known = [rule for rule in rules if rule is not None]
    withheld = next((rule for rule in known if rule is not Rule.HELD), None)
    if withheld is None and known and _rests_on_unchanged(key, withheld_cells):
        return None
    return withheld or (known[0] if known else None)


def _rests_on_unchanged(key: FigureKey, withheld_cells: WithheldCells) -> bool:
    """Whether all that a figure of a held cell rests on is for each firm what it was, so that it is told anew.

    What comparison firms did, and how many more began to sell, goes by which funded firms were measured and sold, where
    no comparison firm changed.
    """
    arm, horizon, what = Arm.FUNDED, key.horizon, SELLING
    goes_by_selling = key.arm == Arm.COMPARISON or key.measure == measures.EFFECTS[Estimand.STARTED_SELLING]
    if key.measure == measures.REPORTING:
        arm, horizon, what = Arm(key.arm), OVERALL, ANSWERED
    elif key.arm == Arm.FUNDED and key.measure in RESTS_ON:
        what = RESTS_ON[key.measure]
    elif not goes_by_selling or Rule.HELD in withheld_cells.rules_of(Arm.COMPARISON, key.outcome, horizon):
        return False
    pattern = arm, key.outcome, horizon
    if withheld_cells.rules.get((arm, key.outcome, ALL), {}).get(key.group) is Rule.HELD:
        return False
    held = withheld_cells.rules.get(pattern, {}).get(key.group) is Rule.HELD
    return not held or key.group in withheld_cells.unchanged.get((pattern, what), ())


def withhold_figure(figure: Figure) -> Figure:
    """The place of a figure, and that it is confidential: the same for every rule."""
    return Figure(
        figure.key,
        figure.unit,
        grade=None if figure.grade is None else Grade.WITHHELD,
        reason=Reason.CONFIDENTIAL,
        obs_status=ObsStatus.MISSING,
        conf_status=ConfStatus.CONFIDENTIAL,
    )


def _hide_sectors(figure: Figure, withheld_cells: WithheldCells, programme: Programme) -> Figure:
    """Where a sector's comparison firms are secret, groups that cross sectors do not tell what became of theirs, nor
    how many there are: less the other sectors' own figures, they would tell.
    """
    key = figure.key
    crosses = crosses_sectors(key.group, programme)
    rules = withheld_cells.rules_of(Arm.COMPARISON, key.outcome) - {Rule.HELD}
    if rules and crosses and key.arm == Arm.COMPARISON:
        return withhold_figure(figure)
    beside = withheld_cells.rule(key.outcome, key.horizon, comparison_group(key.group, programme), Arm.COMPARISON)
    if rules and (crosses or beside is not None):
        return replace(figure, n_comparison=None, n_comparison_at_least=False)
    return figure


def crosses_sectors(group: Group, programme: Programme) -> bool:
    """Whether a group takes a part of several sectors: neither one of whole sectors nor the whole programme."""
    return bool(group) and not comparison_group(group, programme)


def comparison_group(group: Group, programme: Programme) -> Group:
    """The comparison firms' group: they stand beside every group of their sectors."""
    return tuple((name, code) for name, code in group if name in programme.sector_dimensions)
