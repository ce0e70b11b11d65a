"""What a decision can use where a group's answer is "we cannot tell", each with its limits (METHODS.md 6)."""

from collections.abc import Iterator

from analytics.language.text import Text
from analytics.model import Arm
from analytics.present.sentences.claims import ClaimKind, claim_interval, range_key
from analytics.present.sentences.headlines import headline_of
from analytics.present.written import amount
from analytics.programme.dimensions import Group
from analytics.release import Figure, Release, measures
from analytics.release.measures import OVERALL

LEAST_YEARS = 2


def guidance(release: Release, sector: str, text: Text) -> Iterator[str]:
    """Sentences, the plainest first: what happened, what the data leave open, the best guess, the macro-sector, what
    would tell.
    """
    group = (("sector", sector),)
    claim = release.main_effect(group)
    yield from _happened(release, group, text)
    open_range = None if claim is None else claim_interval(claim, "sector")
    if claim is not None and open_range is not None:
        yield text(
            "usable.open", span=text.span(*open_range), range=text(f"range.{range_key(release, claim, 'sector')}")
        )
        yield from _per_firm(release, group, text)
    if claim is not None and claim.shrunk is not None and len(release.codes("sector")) > 1:
        yield _guess(claim, text)
    yield from _wholes(release, sector, text)
    if claim is not None:
        yield from would_tell_words(release, claim, text)


def _guess(claim: Figure, text: Text) -> str:
    """The best guess, with its range where the release has one."""
    value = text.measured(claim.shrunk or 0.0, claim.unit)
    if claim.shrunk_low is None or claim.shrunk_high is None:
        return text("usable.guess", value=value)
    return text("usable.guess_range", value=value, span=text.span(claim.shrunk_low, claim.shrunk_high))


def _happened(release: Release, group: Group, text: Text) -> Iterator[str]:
    """The change of both arms."""
    funded, other = (release.main(measures.CHANGE, arm=arm, group=group) for arm in Arm)
    if funded is not None and funded.value is not None and other is not None and other.value is not None:
        changes = {"funded": text.percent(funded.value), "comparison": text.percent(other.value)}
        yield text("usable.happened", **changes)


def _per_firm(release: Release, group: Group, text: Text) -> Iterator[str]:
    """What the data leave open in money, per firm."""
    extra = release.main(measures.EXTRA_PER_FIRM, group=group)
    outcome = release.programme.outcome(release.programme.headline.outcome)
    if extra is not None and extra.low is not None and extra.high is not None:
        low, high = (amount(end, outcome, text) for end in (extra.low, extra.high))
        yield text("usable.per_firm", span=text("format.span", low=low, high=high))


def _wholes(release: Release, sector: str, text: Text) -> Iterator[str]:
    """The answer for the groups of sectors that a sector lies in."""
    for dimension, code in release.programme.wholes_of(sector):
        effect = release.main_effect(((dimension, code),))
        if effect is not None and effect.grade is not None and len(release.codes(dimension)) > 1:
            sentence = headline_of(release, effect, ClaimKind.EFFECT, dimension, code, text).sentence.short
            yield text("usable.macro", sentence=sentence)


def would_tell_words(release: Release, claim: Figure, text: Text) -> Iterator[str]:
    """How many firms, or years, would tell the smallest effect that matters from none."""
    if claim.n_funded is None or not claim.published:
        return
    of_mie = text.percent_with("of_the", release.importance.fraction)
    if claim.firms_needed is not None and claim.firms_needed <= claim.n_funded:
        yield text("usable.enough_firms", of_mie=of_mie)
        return
    if claim.firms_needed is None:
        yield text("usable.no_firms", of_mie=of_mie)
    else:
        numbers = {"firms": text.needed(claim.firms_needed), "now": text.number(claim.n_funded)}
        yield text("usable.firms", of_mie=of_mie, **numbers)
    if claim.horizon != OVERALL or len(release.manifest.years_after) < LEAST_YEARS:
        return  # of one year alone nothing tells what more years would do
    if claim.years_needed is None:
        yield text("usable.no_years")
    elif claim.years_needed > len(release.manifest.years_after):
        yield text.count("usable.years", claim.years_needed)
