"""What a decision can use where a group's answer is "we cannot tell", each with its limits (METHODS.md 6)."""

from collections.abc import Iterator

from analytics.language.text import Text
from analytics.model import Arm
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import headline_of
from analytics.present.written import amount
from analytics.programme.dimensions import NESTED
from analytics.release import Figure, Release

LEAST_YEARS = 2


def guidance(release: Release, sector: str, text: Text) -> Iterator[str]:
    """Sentences, the plainest first: what happened, what the data leave open, the best guess, the macro-sector, what
    would tell.
    """
    group = {"sector": sector}
    headline = release.programme.headline
    claim = _of(release, headline.estimand, group)
    yield from _happened(release, group, text)
    if claim is not None and claim.sim_low is not None and claim.sim_high is not None:
        alone = len(release.codes("sector")) == 1
        together = text(f"range.{'programme' if alone else 'sector'}")
        yield text("usable.open", span=text.span(claim.sim_low, claim.sim_high), range=together)
        yield from _per_firm(release, group, text)
    if claim is not None and claim.shrunk is not None and len(release.codes("sector")) > 1:
        yield text("usable.guess", value=text.measured(claim.shrunk, claim.unit))
    yield from _macro(release, sector, text)
    if claim is not None:
        yield from would_tell_words(release, claim, text)


def _of(release: Release, measure: str, group: dict[str, str], arm: str = "*") -> Figure | None:
    headline = release.programme.headline
    return release.figure(measure, outcome=headline.outcome, arm=arm, horizon=str(headline.horizon), group=group)


def _happened(release: Release, group: dict[str, str], text: Text) -> Iterator[str]:
    funded, other = (_of(release, "change", group, arm) for arm in Arm)
    if funded is not None and funded.value is not None and other is not None and other.value is not None:
        changes = {"funded": text.percent(funded.value), "comparison": text.percent(other.value)}
        yield text("usable.happened", **changes)


def _per_firm(release: Release, group: dict[str, str], text: Text) -> Iterator[str]:
    found = _of(release, "extra_per_firm", group)
    outcome = release.programme.outcome(release.programme.headline.outcome)
    if found is not None and found.sim_low is not None and found.sim_high is not None:
        low, high = (amount(end, outcome, text) for end in (found.sim_low, found.sim_high))
        yield text("usable.per_firm", span=text("format.span", low=low, high=high))


def _macro(release: Release, sector: str, text: Text) -> Iterator[str]:
    code = next(one.macro_sector for one in release.programme.sectors if one.id == sector)
    dimension = NESTED["sector"]
    figure = _of(release, release.programme.headline.estimand, {dimension: code})
    if figure is not None and figure.grade is not None and len(release.codes(dimension)) > 1:
        said = headline_of(release, figure, ClaimKind.EFFECT, dimension, code, text).sentence.short
        yield text("usable.macro", sentence=said)


def would_tell_words(release: Release, claim: Figure, text: Text) -> Iterator[str]:
    """How many firms, or years, would tell the smallest effect that matters from none."""
    if claim.n_funded is None or not claim.published:
        return
    of_mie = text.percent_with("of_the", release.manifest["settings"]["mie"])
    if claim.firms_needed is not None and claim.firms_needed <= claim.n_funded:
        yield text("usable.enough_firms", of_mie=of_mie)
        return
    if claim.firms_needed is None:
        yield text("usable.no_firms", of_mie=of_mie)
    else:
        numbers = {"firms": text.number(claim.firms_needed), "now": text.number(claim.n_funded)}
        yield text("usable.firms", of_mie=of_mie, **numbers)
    if claim.horizon != "overall" or len(release.manifest["years_after"]) < LEAST_YEARS:
        return  # of one year alone nothing tells what more years would do
    if claim.years_needed is None:
        yield text("usable.no_years")
    elif claim.years_needed > len(release.manifest["years_after"]):
        yield text.count("usable.years", claim.years_needed)
