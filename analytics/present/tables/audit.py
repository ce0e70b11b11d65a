"""Release parts -> frames for the audit: from announced to analysed, what was imported, how firms are protected."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from analytics.language.text import Text
from analytics.model import Arm
from analytics.present.tables.path import ladders
from analytics.release import Release, measures
from analytics.release.manifest import FEW_ROWS
from analytics.release.measures import ALL


def _tranche_label(release: Release, tranche: str, text: Text) -> str:
    return text("label.total") if tranche == ALL else release.programme.label("wave", tranche, text)


def _counted(count: float | None, text: Text, absent: str = "table.withheld") -> str:
    """A count of firms or applications; what is not there says why."""
    return text(absent) if pd.isna(count) else text.number(count)


def firms_announced(release: Release, text: Text) -> pd.DataFrame:
    """Firms announced against firms loaded, by tranche; what was not stated says so."""
    lines = {
        _tranche_label(release, row["tranche"], text): {
            text("table.announced_firms"): _counted(row["announced_firms"], text, "table.not_stated"),
            text("table.loaded_firms"): _counted(row["loaded_firms"], text),
        }
        for row in release.reconciliation.to_dict("records")
    }
    return pd.DataFrame.from_dict(lines, orient="index")


def euros_announced(release: Release, text: Text) -> pd.DataFrame:
    """Amounts announced against grants loaded, by tranche, to the cent; an amount belongs to its own tranche only."""

    def money(amount: float | None, absent: str) -> str:
        if pd.isna(amount):
            return text(absent)
        return text.money(float(amount), release.programme.currency, decimals=2)

    lines = {}
    for row in release.reconciliation.to_dict("records"):
        announced = money(row["announced_eur"], "table.not_stated")
        if row["announced_eur_is"] == "endowment":
            announced = text("table.endowment", amount=announced)
        lines[_tranche_label(release, row["tranche"], text)] = {
            text("table.announced_eur"): announced,
            text("table.loaded_eur"): money(
                row["loaded_eur"], "table.withheld" if pd.isna(row["loaded_firms"]) else "table.not_stated"
            ),
        }
    return pd.DataFrame.from_dict(lines, orient="index")


def _steps(release: Release) -> list[str]:
    """From loaded to analysed firms; the step to those that sell only where there are others."""
    counts = release.reconciliation
    known = counts[["selling_firms", "loaded_firms"]].dropna()
    all_sell = (known["selling_firms"] == known["loaded_firms"]).all()
    steps = ["loaded_firms", "selling_firms", "reporting_firms", "measured_firms", "analysed_firms"]
    return [step for step in steps if not (all_sell and step == "selling_firms")]


def path_to_analysed(release: Release, text: Text) -> pd.DataFrame:
    """From awarded firms to those in the headline, one step a line, tranche beside tranche."""
    steps = _steps(release)
    lines = {
        _tranche_label(release, row["tranche"], text): {
            text(f"table.{step}"): _counted(row[step], text) for step in steps
        }
        for row in release.reconciliation.to_dict("records")
    }
    return pd.DataFrame.from_dict(lines, orient="columns")


@dataclass(frozen=True, slots=True)
class Step:
    """One step from the firms announced to those analysed: how many, how many fewer than before, and why."""

    count: str
    lost: str
    label: str
    reason: str


@lru_cache(maxsize=16)
def steps_to_analysed(release: Release, text: Text) -> tuple[Step, ...]:
    """From all firms announced to those in the headline; a step that is not told has no loss."""
    row = release.reconciliation[release.reconciliation["tranche"] == ALL].iloc[0]
    steps, before = [], None
    for name in ("announced_firms", *_steps(release)):
        now = None if pd.isna(row[name]) else int(row[name])
        lost = "" if now is None or before is None or now >= before else text.number(now - before)
        absent = "table.not_stated" if name == "announced_firms" else "table.withheld"
        reason = text(f"steps.{name}") if lost else ""
        if lost and (told := _reasons(release, name, text)):
            reason = told
        if lost and name == "selling_firms" and (kinds := without_sales(release, text)):
            reason = text("audit.without_sales", kinds=kinds)
        steps.append(Step(_counted(row[name], text, absent), lost, text(f"table.{name}"), reason))
        before = before if now is None else now
    return tuple(steps)


def _reasons(release: Release, name: str, text: Text) -> str:
    """Why firms are lost on the way to a count, as far as the path tells it, with how many; empty where it does not."""
    ladder = next(iter(ladders(release, "analysis", text)), None)
    at = {"selling_firms": 1, "reporting_firms": 2, "measured_firms": 3, "analysed_firms": 4}.get(name)
    if ladder is None or at is None or len(ladder.steps) <= at:
        return ""
    return "; ".join(
        text("path.lost", n=gap.lost, says=gap.says if not gap.together else " / ".join(gap.together))
        for gap in ladder.steps[at].gaps
    )


def without_sales(release: Release, text: Text) -> str:
    """The funded beneficiaries that sell nothing by their nature, by name and number; empty when there are none."""
    kinds = []
    for kind in release.programme.beneficiary_kinds:
        firms = release.figure(measures.FIRMS, arm=Arm.FUNDED, group={"beneficiary_kind": kind.id})
        if not kind.sells and firms is not None:
            kinds.append(text("table.kind", kind=kind.label.in_(text), n=_counted(firms.value, text)))
    return ", ".join(kinds)


def applications_table(release: Release, text: Text) -> pd.DataFrame:
    """How applications ended; what is withheld says so."""
    lines = {
        text(f"application.{row['outcome']}"): {text("table.applications"): _counted(row["applications"], text)}
        for row in release.applications.to_dict("records")
    }
    return pd.DataFrame.from_dict(lines, orient="index")


def funded_otherwise(release: Release, text: Text) -> str:
    """The firms funded, where they are not as many as the applications that ended so; else nothing."""
    firms, table = release.figure(measures.FIRMS, arm=Arm.FUNDED), release.applications
    ended_so = table.loc[table["outcome"] == "funded", "applications"].dropna().tolist()
    if firms is None or firms.value is None or not ended_so or round(firms.value) == ended_so[0]:
        return ""
    return text.number(firms.value)


def inputs_table(release: Release, text: Text) -> pd.DataFrame:
    """The imports that a release rests on."""
    lines = [
        {
            text("table.imported_on"): text.date(dt.date.fromisoformat(file.imported_on)),
            text("table.rows_loaded"): _rows(file.rows_loaded, text),
            text("table.rows_rejected"): _rows(file.rows_rejected, text),
        }
        for file in release.manifest.inputs
    ]
    return pd.DataFrame(lines, index=[text(f"input.{file.table}") for file in release.manifest.inputs])


def _rows(rows: int, text: Text) -> str:
    """How many rows, as roughly as it is told."""
    return text("format.at_least", n=text.number(rows)) if rows else text("table.fewer_rows", n=text.number(FEW_ROWS))


def method_words(release: Release, text: Text) -> dict[str, str]:
    """What the method text names: windows, thresholds, versions."""
    manifest, settings = release.manifest, release.manifest.settings
    first, last = (text.period(pd.Period(period)) for period in manifest.before)
    return {
        "before": text("table.window", first=first, last=last)
        if manifest.before_is_fixed
        else text("table.own_before"),
        "min_firms": text.number(settings.min_firms),
        "level": text.percent(settings.level, sign=False),
        "code_version": manifest.code_version,
        "built_at": text.moment(dt.datetime.fromisoformat(manifest.built_at)),
        "award": text(f"table.award_{settings.award_period}"),
        "adjustment": text(f"table.adjustment_{settings.adjustment}"),
    }


def protection_table(release: Release, text: Text) -> pd.DataFrame:
    """One row per pattern that withholds anything: counts and grants, then each outcome; of the comparison arm too. By
    which rules is not told.
    """
    patterns = {of: found for of, found in release.manifest.disclosure.items() if found.withheld or found.held}
    counts = ["cells", "withheld", *(["held"] if any(pattern.held for pattern in patterns.values()) else [])]
    lines = {}
    for (arm, outcome), pattern in patterns.items():
        label = text("table.counts") if outcome == ALL else release.programme.outcome(outcome).label.in_(text)
        label = text("table.of_comparison", what=label) if arm is Arm.COMPARISON else label
        lines[label] = {text(f"table.protected_{count}"): text.number(getattr(pattern, count)) for count in counts}
    return pd.DataFrame.from_dict(lines, orient="index")
