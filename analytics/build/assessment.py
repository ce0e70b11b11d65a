"""Which effects carry a claim, and what each rests on: checks, specifications, grade and verdict.

Only the headline's outcome and horizon do: its estimand for the programme, macro-sectors and sectors; the euro-weighted
effect, from which money follows, for the programme.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.arrays import BoolArray
from analytics.estimate.adjustment import pooled_slopes
from analytics.estimate.effects import Effect, EffectEstimate, effect_of, group_effects
from analytics.estimate.inference import Deletions
from analytics.estimate.sample import Sample
from analytics.evidence.checks import run_checks
from analytics.evidence.findings import Finding
from analytics.evidence.grade import Evidence, grade_evidence
from analytics.evidence.propensity import Propensity, propensity
from analytics.evidence.sensitivity import Sensitivity, sensitivity
from analytics.evidence.specifications import SpecificationResult, try_specifications
from analytics.model import Check, Estimand, Result, Specification, Withheld
from analytics.panel import Panel
from analytics.panel.arms import GroupLabel, groups_of
from analytics.panel.windows import horizons
from analytics.programme.file import Programme

By = tuple[str, ...]
# Shown beside the listed ones; they know one vote per firm alone.
BESIDE = (Specification.OUTCOME_REGRESSION, Specification.INVERSE_PROBABILITY, Specification.DOUBLY_ROBUST)


@dataclass(frozen=True, slots=True)
class Assessed:
    """One effect that carries a claim, and all that it rests on; specifications: the listed ones, then those beside."""

    estimand: Estimand
    by: By
    group: GroupLabel
    evidence: Evidence
    specifications: tuple[SpecificationResult, ...]


class Assessment:
    """Everything of one programme's headline. everybody: the panel of all applicants (see `panel.from_store`), or of
    the firms in either arm alone; then the specifications that need the others are not testable.
    """

    def __init__(self, everybody: Panel, programme: Programme) -> None:
        """Measure the headline's windows, and the year before against the one ahead of it."""
        headline = programme.headline
        self.everybody, self.programme = everybody, programme
        panel = everybody.compared
        self.sample = Sample(panel, headline.outcome, programme.settings, headline.year)
        self.earlier = Sample(panel, headline.outcome, programme.settings, placebo=True)

    @cached_property
    def assessed(self) -> list[Assessed]:
        """The programme first, then macro-sectors and sectors; last the programme's euros."""
        headline, panel = self.programme.headline, self.sample.panel
        whole: dict[GroupLabel, BoolArray] = {(): panel.funded}
        first = self._assess(headline.estimand, (), whole, None)
        before = _before(first[0].evidence.findings)
        grouped = [
            one
            for by in self.programme.sector_dimensions
            if by in panel.units
            for one in self._assess(headline.estimand, (by,), groups_of(panel, by), before)
        ]
        money = self.programme.outcome(headline.outcome).unit == "currency"
        euros = [Estimand.EURO_WEIGHTED] if money and headline.estimand is not Estimand.EURO_WEIGHTED else []
        return [*first, *grouped, *(one for estimand in euros for one in self._assess(estimand, (), whole, None))]

    def _assess(
        self, estimand: Estimand, by: By, groups: Mapping[GroupLabel, BoolArray], before: Result | None
    ) -> list[Assessed]:
        """Every group's effect. before: how the programme's own check of the year before came out; None: this is it."""
        effects = group_effects(self.sample, estimand, groups)
        main = {group: effect for group, effect in effects.items() if isinstance(effect, EffectEstimate)}
        beside = BESIDE if estimand is Estimand.TYPICAL_FIRM else ()
        wanted = [*dict.fromkeys((*self.programme.specifications, *beside))]
        varied = try_specifications(
            self.everybody, self.sample, estimand, groups, main, wanted, self.picked, whole=not by
        )
        listed = set(self.programme.specifications)
        assessed = []
        for group, effect in effects.items():
            findings: Sequence[Finding] = ()
            claim = _claimed(effect, by)
            if isinstance(effect, EffectEstimate) and claim is not None:
                counting = [variant for variant in varied[group] if variant.specification in listed]
                findings = run_checks(self.sample, self.earlier, estimand, groups[group], effect, claim, counting)
            evidence = grade_evidence(
                effect,
                claim,
                findings,
                _before(findings) if before is None else before,
                self.sample.settings,
                compared=self._compared(groups[group]),
            )
            assessed.append(Assessed(estimand, by, group, evidence, tuple(varied.get(group, ()))))
        return assessed

    def _compared(self, funded: BoolArray) -> bool:
        """Whether there is any firm to compare a group's funded firms with; a group without funded firms needs none."""
        firms = self.sample.group(funded)
        return len(firms.others) > 0 or not len(firms.rows)

    @cached_property
    def picked(self) -> Propensity | None:
        """How the funded were picked, by what was known before."""
        sample = self.sample
        slopes = pooled_slopes(sample.arms, sample.log_growth, sample.traits, sample.settings.alpha)
        return None if slopes is None else propensity(sample, slopes)

    @cached_property
    def sensitivity(self) -> Sensitivity | None:
        """Of the headline, for the programme. None where the year before, or a year after, cannot be told about."""
        headline, panel, settings = self.programme.headline, self.sample.panel, self.sample.settings
        years = horizons(panel, settings)
        if headline.year is not None:
            years = [year for year in years if year <= headline.year]
        samples = (Sample(panel, headline.outcome, settings, year) for year in years)
        placebo, *after = (self._tellable(sample) for sample in (self.earlier, *samples))
        if placebo is None or not after:
            return None
        known = [deletions for deletions in after if deletions is not None]
        if len(known) < len(after):
            return None
        weights = np.full(len(known), 1 / len(known))
        if headline.year is not None:
            weights = np.eye(len(known))[-1]
        return sensitivity(placebo, known, weights, settings.level)

    def _tellable(self, sample: Sample) -> Deletions | None:
        """What an effect of the whole programme is made of; None where the effect itself would be withheld."""
        estimand = self.programme.headline.estimand
        deletions = sample.deletions(estimand, sample.group(sample.panel.funded))
        return None if isinstance(effect_of(deletions, estimand, sample), Withheld) else deletions


def _claimed(effect: Effect, by: By) -> tuple[float, float] | None:
    """The interval of a claim: about a named group, the one that holds for all groups together."""
    if not isinstance(effect, EffectEstimate):
        return None
    return (effect.sim_low, effect.sim_high) if by else (effect.ci_low, effect.ci_high)


def _before(findings: Sequence[Finding]) -> Result | None:
    return next((finding.result for finding in findings if finding.check is Check.BEFORE), None)
