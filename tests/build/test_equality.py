"""Whether sizes, channels and areas differ is tested of what is published, and kept where an effect is held."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from analytics.build.equality import with_equality_of_parts
from analytics.build.panel_from_store import from_store
from analytics.build.samples import Samples, samples_of
from analytics.estimate.effects import as_estimated
from analytics.estimate.equality import equality
from analytics.folders import Home
from analytics.model import ConfStatus, Estimand, ObsStatus, Reason
from analytics.panel.windows import horizons
from analytics.programme.file import load_programme
from analytics.release import Figure, Release, Releases, measures
from analytics.release.figure import FigureKey, group_of
from analytics.release.measures import groups_differ
from analytics.store.database import Store
from tests.helpers.figures import Earlier, figures_in
from tests.helpers.instead import withheld

PROGRAMME, OUTCOME = "ecommerce-2020", "online_sales"
EFFECT = measures.EFFECTS[Estimand.TYPICAL_FIRM]
TEST = groups_differ("channel", Estimand.TYPICAL_FIRM)


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, PROGRAMME).open()


@pytest.fixture(scope="module")
def samples(demonstration: Home) -> Samples:
    programme = load_programme(PROGRAMME)
    with Store(demonstration.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        panel = from_store(store, programme)
    found = samples_of(panel, programme, horizons(panel, programme.settings))
    return {name: of_outcome[:1] for name, of_outcome in found.items()}


@pytest.fixture(scope="module")
def effects(release: Release) -> list[Figure]:
    """All published effects of all years together, and those that are not."""
    return [one for one in figures_in(release) if one.measure == EFFECT and one.horizon == "overall"]


def made_of(
    figures: list[Figure], samples: Samples, earlier: Mapping[FigureKey, Figure] | None = None
) -> dict[FigureKey, Figure]:
    """Those that figures lead to; earlier: what the newest earlier release tells."""
    before = [] if earlier is None else [Earlier(earlier)]
    found = with_equality_of_parts(figures, samples, load_programme(PROGRAMME), before)  # type: ignore[arg-type]
    return {one.key: one for one in found if one.measure.base.endswith("s_differ")}


def key_of(**within: str) -> FigureKey:
    return FigureKey(TEST, OUTCOME, horizon="overall", group=group_of(within))


def test_the_published_groups_are_compared(release: Release, samples: Samples, effects: list[Figure]) -> None:
    """By their published effects, and how these go together; of a sector by the parts of it that are told. To two
    digits. Where fewer than two are told there is no test; of a confidential sector nothing is told.
    """
    sample, checked = samples[OUTCOME][0], 0
    for sector in ("*", *release.codes("sector")):
        within = {} if sector == "*" else {"sector": sector}
        figure = release.at(key_of(**within))
        assert figure is not None
        told = {}
        for code in release.codes("channel"):
            effect = release.figure(EFFECT, outcome=OUTCOME, horizon="overall", group={**within, "channel": code})
            if effect is not None and effect.published:
                told[code] = effect
        whole = release.figure(EFFECT, outcome=OUTCOME, horizon="overall", group=within)
        if whole is not None and whole.reason is Reason.CONFIDENTIAL:
            assert (figure.value, figure.reason) == (None, Reason.CONFIDENTIAL)
            continue
        if len(told) < 2:
            assert (figure.value, figure.reason) == (None, Reason.NOT_ESTIMABLE)
            continue
        units = sample.panel.units
        here = sample.panel.funded & ((units["sector"] == sector).to_numpy() | (sector == "*"))
        firms = [sample.group(here & (units["channel"] == code).to_numpy()) for code in told]
        covariance = sample.covariance(Estimand.TYPICAL_FIRM, firms)
        assert covariance is not None
        errors = [(as_estimated(one.unit, one.high) - as_estimated(one.unit, one.low)) for one in told.values()]
        wide = np.sqrt(np.diag(covariance.total)) / np.array(errors)
        assert (wide.max() / wide.min()) < 1.1  # the same spread, but for degrees of freedom
        theta = np.array([as_estimated(one.unit, one.value) for one in told.values()])
        test = equality(theta, covariance)
        assert test is not None
        assert figure.value == float(f"{test.p_value:.2g}")
        checked += 1
    assert checked > 4


def test_what_is_withheld_enters_no_test(samples: Samples, effects: list[Figure]) -> None:
    """A channel less: another test; all but one: none."""
    whole = made_of(effects, samples)[key_of()]
    mine = [one for one in effects if one.group and [name for name, _ in one.group] == ["channel"]]
    mine = [one for one in mine if one.outcome == OUTCOME]
    one_less = made_of([withheld(one) if one is mine[2] else one for one in effects], samples)[key_of()]
    one_left = made_of([withheld(one) if one in mine[1:] else one for one in effects], samples)[key_of()]
    assert whole.value is not None
    assert one_less.value not in (None, whole.value)
    assert (one_left.value, one_left.reason) == (None, Reason.NOT_ESTIMABLE)


def test_where_an_effect_is_held_so_is_the_test(samples: Samples, effects: list[Figure]) -> None:
    """As the newest earlier release has it, if that compared the same groups; none where it did not, or had no test:
    a p of a held effect and of new firms would tell of who was corrected.
    """
    test = made_of(effects, samples)[key_of()]
    held = [replace(one, obs_status=ObsStatus.PROVISIONAL) if one.published else one for one in effects]
    earlier = {one.key: one for one in effects} | {test.key: replace(test, value=0.77)}
    kept = made_of(held, samples, earlier)[key_of()]
    assert (kept.value, kept.obs_status) == (0.77, ObsStatus.PROVISIONAL)
    other = next(one for one in effects if one.group == (("channel", "app"),) and one.outcome == OUTCOME)
    for before in (
        earlier | {other.key: withheld(other)},
        {one.key: one for one in effects},
        None,
    ):
        found = made_of(held, samples, before)[key_of()]
        assert (found.value, found.reason, found.conf_status) == (None, Reason.CONFIDENTIAL, ConfStatus.CONFIDENTIAL)
