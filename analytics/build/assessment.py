"""Which effects carry a claim, and what each rests on: checks, specifications, grade and verdict.

Only the headline's outcome and horizon do: its estimand for the programme, macro-sectors and sectors; the euro-weighted
effect, from which money follows, for the programme.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.arrays import BoolArray
from analytics.estimate.adjustment import pooled_slopes
from analytics.estimate.effects import Effect, EffectEstimate, effect_of, group_effects
from analytics.estimate.inference import Deletions
from analytics.estimate.sample import Sample
from analytics.evidence.checks import run_checks, years_apart
from analytics.evidence.claims import Claim, Told, claims_of_groups, judged, told_of
from analytics.evidence.findings import Finding
from analytics.evidence.grade import Evidence, grade_evidence
from analytics.evidence.propensity import Propensity, propensity
from analytics.evidence.sensitivity import Sensitivity, sensitivity
from analytics.evidence.specifications import SpecificationResult, try_specifications
from analytics.evidence.together import Gaining, count_gaining
from analytics.model import Check, Estimand, Settings, Specification, Unit, Withheld
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
        """The programme first, then macro-sectors and sectors, as if all that have an effect were published; last the
        programme's euros.
        """
        headline, whole = self.programme.headline, self._whole
        judged = [one for by in self._groups for one in self._judge(by)]
        money = self.programme.outcome(headline.outcome).unit == "currency"
        euros = [Estimand.EURO_WEIGHTED] if money and headline.estimand is not Estimand.EURO_WEIGHTED else []
        return [
            whole.alone(self.sample.settings),
            *judged,
            *(self._of_programme(estimand).alone(self.sample.settings) for estimand in euros),
        ]

    @cached_property
    def years_apart(self) -> float:
        """From the middle of before to the middle of after, of the funded firms that are measured."""
        return years_apart(self.sample, self.sample.group(self.sample.panel.funded))

    def gaining(self, by: str) -> Gaining:
        """In how many groups of a list the effect has the programme's direction, as if all that have one were
        published.
        """
        told = {one.group: one.told for one in self._groups[by] if one.told is not None}
        evidence = self._whole.alone(self.sample.settings).evidence
        before = next((finding.result for finding in evidence.findings if finding.check is Check.BEFORE), None)
        return count_gaining(told, self._whole.told, before, evidence.grade, self.sample.settings)

    @cached_property
    def _whole(self) -> "_Measured":
        return self._of_programme(self.programme.headline.estimand)

    @cached_property
    def _groups(self) -> "dict[str, list[_Measured]]":
        """The groups of each list that claims are made of."""
        panel, estimand = self.sample.panel, self.programme.headline.estimand
        names = [name for name in self.programme.sector_dimensions if name in panel.units]
        return {by: self._measure(estimand, (by,), groups_of(panel, by)) for by in names}

    def _of_programme(self, estimand: Estimand) -> "_Measured":
        """The programme's effect of an estimand and its checks."""
        return self._measure(estimand, (), {(): self.sample.panel.funded})[0]

    def _measure(self, estimand: Estimand, by: By, groups: Mapping[GroupLabel, BoolArray]) -> "list[_Measured]":
        """Every group's effect and checks."""
        effects = group_effects(self.sample, estimand, groups)
        main = {group: effect for group, effect in effects.items() if isinstance(effect, EffectEstimate)}
        beside = BESIDE if estimand is Estimand.TYPICAL_FIRM else ()
        wanted = [*dict.fromkeys((*self.programme.specifications, *beside))]
        varied = try_specifications(
            self.everybody, self.sample, estimand, groups, main, wanted, self.picked, whole=not by
        )
        listed = set(self.programme.specifications)
        measured = []
        for group, effect in effects.items():
            findings: Sequence[Finding] = ()
            if isinstance(effect, EffectEstimate):
                counting = [variant for variant in varied[group] if variant.specification in listed]
                funded = groups[group]
                findings = run_checks(self.sample, self.earlier, estimand, funded, effect, counting, whole=not by)
            compared = self._compared(groups[group])
            specifications = tuple(varied.get(group, ()))
            measured.append(_Measured(estimand, by, group, effect, tuple(findings), specifications, compared))
        return measured

    def _judge(self, by: str) -> Iterator[Assessed]:
        """The groups of one list beside each other, the programme and the groups that they lie in."""
        measured, settings, unit = self._groups[by], self.sample.settings, self.programme.headline.estimand.unit
        told = {one.group: one.told for one in measured if one.told is not None}
        parents = {group: self._parent(by, str(group)) for group in told}
        claims = claims_of_groups(told, self._whole.told, parents, self.years_apart, unit, settings)
        for one in measured:
            yield one.beside(claims[one.group], unit) if one.group in claims else one.alone(settings)

    def _parent(self, by: str, code: str) -> Told | None:
        """The group that another lies in, or the programme."""
        name, parent = self.programme.parent_of(by, code) or ("", "")
        within = (one.told for one in self._groups.get(name, ()) if str(one.group) == parent)
        return next(within, None) or self._whole.told

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
        placebo = self._tellable(self.earlier)
        after = [self._tellable(sample) for sample in samples]
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
        firms = sample.group(sample.panel.funded)
        deletions = (sample.pooled_deletions if sample.placebo else sample.deletions)(estimand, firms)
        return None if isinstance(effect_of(deletions, estimand, sample), Withheld) else deletions


@dataclass(frozen=True, slots=True)
class _Measured:
    """An effect with its checks, not judged yet. compared: whether there is any comparison firm."""

    estimand: Estimand
    by: By
    group: GroupLabel
    effect: Effect
    findings: tuple[Finding, ...]
    specifications: tuple[SpecificationResult, ...]
    compared: bool

    @property
    def told(self) -> Told | None:
        """As it stands beside other groups; None without an effect."""
        if not isinstance(self.effect, EffectEstimate):
            return None
        return told_of(self.effect.uncertainty, self.findings, self.effect.unit)

    def alone(self, settings: Settings) -> Assessed:
        """By its own interval."""
        estimate = self.effect if isinstance(self.effect, EffectEstimate) else None
        claim = None if estimate is None else (estimate.ci_low, estimate.ci_high)
        evidence = grade_evidence(self.effect, claim, self.findings, None, settings, compared=self.compared)
        return Assessed(self.estimand, self.by, self.group, evidence, self.specifications)

    def beside(self, claim: Claim, unit: Unit) -> Assessed:
        """As it was judged beside the others."""
        findings = tuple(
            judged(finding, claim.before, unit) if finding.check is Check.BEFORE else finding
            for finding in self.findings
        )
        evidence = Evidence(claim.grade, claim.verdict, findings)
        return Assessed(self.estimand, self.by, self.group, evidence, self.specifications)
