"""A programme file beside the data: what of it no firm falls into, and what it asks for that the data do not hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

from analytics.build.panel_from_store import firms_of
from analytics.evidence.findings import share_gap
from analytics.language.text import Text
from analytics.model import Specification, UserError
from analytics.panel.periods import read_period
from analytics.programme.dimensions import Dimension
from analytics.programme.file import Programme
from analytics.programme.problems import listing
from analytics.store.columns import outcome_problems, required_problems
from analytics.store.database import Store
from analytics.store.facts import Facts, facts_of

MOST_CODES = 10  # of one list
# Dimension -> key of the programme file; those told from sectors are checked there, provinces with their areas.
_KEYS = {
    "sector": "sectors",
    "wave": "tranches",
    "size_class": "size_classes",
    "channel": "channels",
    "area": "areas",
    "beneficiary_kind": "beneficiary_kinds",
}
_COLUMNS = {"division": "ateco_code"}  # column of a firm -> of the applications, where it is another
_TELLS_FALSE = ("wave", "beneficiary_kind")  # a code of these that is not listed counts firms where they do not belong


class Severity(StrEnum):
    """Refused: nothing is built; warned: it is built, and somebody should look."""

    REFUSED = "refused"
    WARNED = "warned"


@dataclass(frozen=True, slots=True)
class ProgrammeFinding:
    """One thing that was found. kind: a key of the text files under `checked.`, or under `programme_problem.` where the
    file is wrong by itself; entry: the key of the file; details: what fills the sentence, whole numbers as such.
    """

    severity: Severity
    kind: str
    entry: str
    details: Mapping[str, object] = field(default_factory=dict)
    of_file: bool = False

    def said(self, text: Text) -> str:
        """The key, what was found, what to do."""
        values = {
            name: text.number(value) if isinstance(value, int) and not self.of_file else value
            for name, value in self.details.items()
        }
        key = f"programme_problem.{self.kind}" if self.of_file else f"checked.{self.kind}"
        return text("checked.line", entry=self.entry, said=text(key, **values))


class ProgrammeRefusedError(UserError):
    """A programme file that, with these data, would publish something false; findings: all, refused ones first."""

    def __init__(self, programme: Programme, findings: Sequence[ProgrammeFinding]) -> None:
        """Keep the findings: they are turned into words only when somebody reads them."""
        self.findings = tuple(findings)
        super().__init__("programme.refused", file=f"{programme.id}.toml", n=len(refused(findings)))

    def said(self, text: Text) -> str:
        """All that are refused, one a line."""
        lines = "\n".join(finding.said(text) for finding in refused(self.findings))
        return text(f"error.{self.key}", **self.details, problems=lines)


def refused(findings: Sequence[ProgrammeFinding]) -> list[ProgrammeFinding]:
    """Those for which nothing is built."""
    return [finding for finding in findings if finding.severity is Severity.REFUSED]


def check_programme(programme: Programme, store: Store | None) -> list[ProgrammeFinding]:
    """All that is found, refused first. store: None where there is none yet; then the file is checked alone."""
    found = [
        ProgrammeFinding(Severity.REFUSED, problem.kind, problem.entry, problem.details, of_file=True)
        for problem in (*required_problems(programme), *outcome_problems(programme))
    ]
    found += _of_specification_list(programme)
    if store is not None:
        facts, everybody = facts_of(store), firms_of(store, programme)
        firms = everybody[~everybody["outside"]].copy()
        selling = [firm for (firm,) in store.select("SELECT DISTINCT firm_id FROM current_observations")]
        firms["has_sales"] = firms.index.isin(selling)
        found += [
            *_of_groups(programme, firms),
            *_of_applications(programme, facts, firms),
            *_of_sales(programme, facts, firms),
            *_of_specifications(programme, facts, firms),
        ]
    return sorted(found, key=lambda finding: finding.severity is not Severity.REFUSED)


def refuse(programme: Programme, findings: Sequence[ProgrammeFinding]) -> None:
    """Raise ProgrammeRefusedError where something is refused."""
    if refused(findings):
        raise ProgrammeRefusedError(programme, findings)


def _warned(kind: str, entry: str, **details: object) -> ProgrammeFinding:
    return ProgrammeFinding(Severity.WARNED, kind, entry, details)


# ---- groups of firms -------------------------------------------------------------------------------------------------


def _of_groups(programme: Programme, firms: pd.DataFrame) -> Iterator[ProgrammeFinding]:
    """Codes that no firm has, firms that have no code, codes of the data that the file does not list."""
    for dimension in programme.dimensions:
        entry = _KEYS.get(dimension.name)
        if entry and dimension.codes:
            of_awards = dimension.name == "wave"
            yield from _of_dimension(dimension, entry, firms[firms["awarded_on"].notna()] if of_awards else firms)


def _of_dimension(dimension: Dimension, entry: str, firms: pd.DataFrame) -> Iterator[ProgrammeFinding]:
    column = _COLUMNS.get(dimension.source, dimension.source)
    codes, given = firms[dimension.name], firms[dimension.source]
    if not len(firms) or (given.isna().all() and dimension.default is None):
        if len(firms):
            yield _warned("column_empty", entry, column=column)
        return
    held = set(codes.dropna())
    if empty := [item.id for item in dimension.codes if item.id not in held]:
        yield _warned("tranche_without_awards" if dimension.name == "wave" else "no_firm", entry, codes=_first(empty))
    known = {item.id for item in dimension.codes}
    strange = given[given.notna() & ~codes.isin(known)]
    if len(strange):
        severity = Severity.REFUSED if dimension.name in _TELLS_FALSE else Severity.WARNED
        details = {"column": column, "codes": _first(strange.value_counts().index.tolist()), "firms": len(strange)}
        yield ProgrammeFinding(severity, "not_in_file", entry, details)
    if dimension.default is None and (without := int(given.isna().sum())):
        yield _warned("firms_without", entry, column=column, firms=without)


def _first(codes: Sequence[object]) -> str:
    shown = listing([*codes][:MOST_CODES])
    return shown if len(codes) <= MOST_CODES else f"{shown}, …"


# ---- applications ----------------------------------------------------------------------------------------------------


def _of_applications(programme: Programme, facts: Facts, firms: pd.DataFrame) -> Iterator[ProgrammeFinding]:
    if facts.without_edition and len(programme.sectors) > 1:
        yield _warned("edition_assumed", "sectors", n=facts.without_edition)
    if facts.without_day:
        yield _warned("awards_without_day", "tranches", n=facts.without_day)
    known = {*programme.ineligible_reasons, *programme.threshold_reasons}
    if strange := [reason for reason in facts.reasons if reason not in known]:
        n = sum(facts.reasons[reason] for reason in strange)
        yield _warned("reasons_unknown", "ineligible_reasons", codes=_first(strange), n=n)
    for name in ("ineligible_reasons", "threshold_reasons"):
        if unused := [reason for reason in getattr(programme, name) if reason not in facts.reasons]:
            yield _warned("reasons_unused", name, codes=_first(unused))
    funded = firms["awarded_on"].notna()
    if not funded.any():
        yield _warned("no_awards", "tranches")
    elif not (~funded & ~firms["set_aside"]).any():
        yield _warned("no_comparison", "comparison")


# ---- sales -----------------------------------------------------------------------------------------------------------


def _of_sales(programme: Programme, facts: Facts, firms: pd.DataFrame) -> Iterator[ProgrammeFinding]:
    if not facts.first_period:
        yield _warned("no_sales", "outcomes")
        return
    for outcome in programme.outcomes:
        if outcome.name in facts.figures:
            continue
        if outcome.name == programme.headline.outcome:
            details = {"outcome": outcome.name, "column": outcome.column}
            yield ProgrammeFinding(Severity.REFUSED, "headline_without_figures", "headline.outcome", details)
        else:
            yield _warned("outcome_without_figures", f"outcomes.{outcome.name}", column=outcome.column)
    baseline = programme.windows.loss_baseline
    if baseline and not any(baseline in years for years in facts.figures.values()):
        yield _warned("loss_baseline", "windows.loss_baseline", year=baseline, first=facts.first_period)
    yield from _of_before(programme, facts, firms)
    yield from _of_sources(programme, firms)


def _of_before(programme: Programme, facts: Facts, firms: pd.DataFrame) -> Iterator[ProgrammeFinding]:
    """Where before ends, beside the first award and the first sales."""
    if not programme.windows.before_ends:
        return
    written = programme.windows.before_ends
    end = read_period(written, "before_ends").end_time
    awards = pd.to_datetime(firms["awarded_on"]).dropna()
    if len(awards) and end > awards.min():
        day = awards.min().date().isoformat()
        yield _warned("before_ends_late", "windows.before_ends", written=written, award=day)
    if end < read_period(facts.first_period, "period").start_time:
        details = {"written": written, "first": facts.first_period}
        yield ProgrammeFinding(Severity.REFUSED, "before_ends_early", "windows.before_ends", details)


def _of_sources(programme: Programme, firms: pd.DataFrame) -> Iterator[ProgrammeFinding]:
    """How sales were collected: not said, or not alike in both arms."""
    compared = firms[~firms["set_aside"] & firms["has_sales"]]
    if not len(compared):
        return
    unknown = int(compared["source"].isna().sum())
    limits = programme.checks.limits
    if unknown > limits.most_unknown * len(compared):
        yield _warned("source_missing", "outcomes", firms=unknown, all=len(compared))
        return
    funded = compared["awarded_on"].notna()
    totals = int(funded.sum()), int((~funded).sum())
    for way in sorted(compared["source"].dropna().unique()):
        here = compared["source"] == way
        counts = int((here & funded).sum()), int((here & ~funded).sum())
        if min(totals) and abs(share_gap(counts, totals).value) >= limits.most_gap:
            shares = {
                name: f"{100 * k / n:.0f}%" for name, k, n in zip(("funded", "other"), counts, totals, strict=True)
            }
            yield _warned("source_differs", "outcomes", source=way, **shares)


# ---- specifications --------------------------------------------------------------------------------------------------


def _of_specification_list(programme: Programme) -> Iterator[ProgrammeFinding]:
    n, least = len(programme.specifications), programme.checks.least_specifications
    if n < least:
        yield _warned("few_specifications", "specifications", n=n, least=least)


def _of_specifications(programme: Programme, facts: Facts, firms: pd.DataFrame) -> Iterator[ProgrammeFinding]:
    """Those that cannot be made, each with what is missing."""
    missing = missing_for_specifications(programme, facts, firms)
    for specification, kind in missing.items():
        yield _warned(f"spec_{kind}", "specifications", specification=str(specification))
    n, least = len(programme.specifications), programme.checks.least_specifications
    if n >= least > n - len(missing):
        yield _warned("few_possible", "specifications", n=n - len(missing), least=least)


def missing_for_specifications(programme: Programme, facts: Facts, firms: pd.DataFrame) -> dict[Specification, str]:
    """The listed specifications that the data cannot make, each with what is missing, as a kind of finding."""
    is_missing = {
        Specification.PAID_ONLY: ("paid", firms["paid_eur"].isna().all()),
        Specification.NO_AID_BEFORE: ("other_aid", firms["other_aid_on"].isna().all()),
        Specification.BELOW_THRESHOLD_ONLY: ("threshold", not firms["below_threshold"].fillna(False).any()),
        Specification.ALL_NOT_FUNDED: ("set_aside", not firms["set_aside"].any()),
        Specification.OUTSIDE_FIRMS: ("outside", not facts.outside),
        Specification.WITHIN_SIZE: ("size", firms["size_class"].isna().all()),
    }
    listed = dict.fromkeys(programme.specifications)
    return {each: is_missing[each][0] for each in listed if each in is_missing and is_missing[each][1]}
