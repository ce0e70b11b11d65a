"""docs/EVIDENCE.md: what is said of simulated programmes, beside what is true."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
import pandas as pd

from analytics.model import Check, CheckLimits, CheckReason, Result
from analytics.programme.file import Programme
from tests.bench.evidence_words import in_short, told
from tests.bench.markdown import Share, item, paragraph, table
from tests.bench.said import (
    COUNT,
    FORMER,
    LEVELS,
    LIKELY,
    MAY,
    PROGRAMME,
    SAID,
    TARGET,
    TODAY,
    TOO_WEAK,
    WITHHELD,
    Claims,
    claims,
)
from tests.bench.scenarios import BELOW_THRESHOLD, PAID, SCENARIOS, sectors_of

TITLES = {PROGRAMME: "The whole programme", "macro_sector": "Macro-sectors", "sector": "Sectors"}
OTHER_CHECKS = [check for check in Check if check is not Check.BEFORE]


@dataclass(frozen=True, slots=True)
class Results:
    """A frame of single claims, and the minutes that the run took."""

    rows: pd.DataFrame
    minutes: float


def document(found: Results, programme: Programme, seed: int) -> str:
    """The whole document."""
    small = [one.name for one in sectors_of(programme) if one.funded < programme.settings.min_firms]
    rows = found.rows[found.rows["level"] != COUNT]
    every = claims(rows[rows["rules"] == TODAY], small)
    levels = [part for level in LEVELS for part in _level([one for one in every if one.level == level])]
    parts = [
        _opening(found, every, seed),
        *in_short(every),
        *_beside_former(rows[~rows["group"].isin(small)]),
        *_counted(found.rows[found.rows["level"] == COUNT]),
        *levels,
        *_at_least_one(every),
        *_how(found, programme, small),
    ]
    return "\n\n".join(parts) + "\n"


def _beside_former(rows: pd.DataFrame) -> Iterator[str]:
    """What is told, and wrongly told, by the rules of METHODS.md 10 and by those before, in the same programmes."""
    yield "## Beside the rules before"
    yield paragraph("""The same programmes by the rules before METHODS.md 10 (section 4's estimate, intervals that hold
    for all groups together, each group's own check of the year before), and after the stroke by those of today. Told:
    called higher, likely or may be, where the grants work. Wrong: called higher where they do not, "likely" and "may
    be". Ahead: called higher, of the groups without effect whose funded firms are ahead. At least one: programmes with
    at least one group wrongly called higher. All in %; Monte-Carlo errors of today's in brackets.""")
    for level in ("macro_sector", "sector"):
        asked = ("told", "wrong, likely", "wrong, may be", "ahead", "at least one")
        lines = [
            [scenario.title, *_pair_of_rules(rows[(rows["level"] == level) & (rows["scenario"] == name)])]
            for name, scenario in SCENARIOS.items()
        ]
        yield table([LEVELS[level], *asked], lines)


def _pair_of_rules(rows: pd.DataFrame) -> Iterator[str]:
    works, anywhere, ahead = (rows[name].astype(bool) for name in ("works", "works_anywhere", "ahead"))
    higher, null = rows["said"].isin((LIKELY, MAY)), ~anywhere
    for who, said in (
        (works, higher),
        (null, rows["said"] == LIKELY),
        (null, rows["said"] == MAY),
        (null & ahead, higher),
    ):
        yield _before_and_after(rows[who], said[who])
    wrong = (higher & null).groupby([rows["rules"], rows["programme"]]).any().reset_index(name="wrong")
    yield _before_and_after(wrong, wrong["wrong"]) if null.any() else "–"


def _before_and_after(rows: pd.DataFrame, said: pd.Series) -> str:
    if rows.empty:
        return "–"
    by_rules = (rows["rules"] == one for one in (FORMER, TODAY))
    former, today = (Share.of(said[mine], rows.loc[mine, "programme"]) for mine in by_rules)
    return f"{100 * former.value:.1f} / {100 * today.value:.1f} ({100 * today.error:.1f})"


def _counted(rows: pd.DataFrame) -> Iterator[str]:
    """In how many sectors something is said to be gained."""
    yield "## In how many sectors"
    yield paragraph("""The number of sectors in which, at least, sales rose more than they would have, as it would be
    said: its mean, how many sectors gained in truth, and how often more was said than is true, in %.""")
    said = rows["said"].astype(int)
    lines = []
    for name, scenario in SCENARIOS.items():
        mine = rows["scenario"] == name
        wrong = Share.of(said[mine] > rows.loc[mine, "value"], rows.loc[mine, "programme"])
        lines.append([scenario.title, f"{said[mine].mean():.1f}", f"{rows.loc[mine, 'value'].mean():.0f}", told(wrong)])
    yield table(["", "said", "true", "too many"], lines)


def _opening(found: Results, every: list[Claims], seed: int) -> str:
    programmes = found.rows["programme"].nunique()
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy"))
    errors = [
        100 * max(one.share(words).error for one in every if one.level == level for words in SAID) for level in LEVELS
    ]
    written = f"""Written by `make simulate` on {datetime.now(UTC):%Y-%m-%d}; seed {seed}; {programmes:,} programmes in
    each scenario; {packages}. Do not edit."""
    explained = f"""Each programme goes through the five checks, and what would be said of it is counted: "{LIKELY}" is
    a claim of moderate grade whose interval lies above zero, "{MAY}" the same of low grade; "{TOO_WEAK}" is the grade
    very low, whatever the interval. Target: "{LIKELY}" in at most {100 * TARGET:g}% of cases where there is no effect;
    a cell that misses it is **bold**. All shares are in %. Monte-Carlo error (one standard deviation, clustered by
    programme): at most {errors[0]:.1f} points for the programme, {errors[1]:.1f} for macro-sectors and {errors[2]:.1f}
    for sectors; a share of 2% is known to {100 * (0.02 * 0.98 / programmes) ** 0.5:.1f} points for the programme."""
    return "\n\n".join(["# How often claims are right", paragraph(written), paragraph(explained)])


# ---- tables ----------------------------------------------------------------------------------------------------------


def _level(every: list[Claims]) -> Iterator[str]:
    """What is said at one level, and how its checks come out."""
    yield f"## {TITLES[every[0].level]}"
    words = [one for one in SAID if one in (LIKELY, MAY) or any(claim.share(one).value > 0 for claim in every)]
    yield table(["", *words], ([one.scenario.title, *(_cell(one, said) for said in words)] for one in every))
    yield "Checks: the share that passes, and after the stroke the share that fails; what is left was not testable."
    columns = {f"{list(Check).index(check)}: {check}": _passes(check) for check in OTHER_CHECKS}
    yield table(["", *columns], ([one.scenario.title, *(say(one) for say in columns.values())] for one in every))
    yield "The year before, check 2: what is left was not testable."
    yield table(
        ["", *(name for name, *_ in BEFORE)],
        ([one.scenario.title, *(_percent(one.result(*asked)) for _, *asked in BEFORE)] for one in every),
    )


BEFORE = (
    ("passes: small", "because", CheckReason.WITHIN_MIE),
    ("passes: direction holds", "because", CheckReason.DIRECTION_HOLDS, CheckReason.TREND_HOLDS),
    ("not contradicted", Check.BEFORE, Result.NOT_CONTRADICTED),
    ("fails", Check.BEFORE, Result.FAIL),
)


def _cell(one: Claims, words: str) -> str:
    text = _percent(one.share(words))
    return f"**{text}**" if one.misses(words) else text


def _passes(check: Check) -> Callable[[Claims], str]:
    return lambda one: f"{_percent(one.result(check, Result.PASS))} / {_percent(one.result(check, Result.FAIL))}"


def _percent(share: Share) -> str:
    return f"{100 * share.value:.1f}" if share.n else "–"


def _at_least_one(every: list[Claims]) -> Iterator[str]:
    """Programmes in which a claim is made of any group at all."""
    yield "## At least one of many"
    yield paragraph(f"""The share of programmes in which at least one macro-sector, or one sector, is called "{LIKELY}",
    or "{MAY}", or either. Without effect each of these is one wrong sentence or more in the same release. In brackets
    Monte-Carlo errors.""")
    said = ((LIKELY,), (MAY,), (LIKELY, MAY))
    columns = [(level, words) for level in ("macro_sector", "sector") for words in said]
    by = {(one.level, one.scenario.name): one for one in every}
    yield table(
        ["", *(f"{LEVELS[level]}, {words[0] if len(words) == 1 else 'either'}" for level, words in columns)],
        (
            [scenario.title, *(told(by[level, name].any_of(*words)) for level, words in columns)]
            for name, scenario in SCENARIOS.items()
        ),
    )


# ---- how -------------------------------------------------------------------------------------------------------------


def _how(found: Results, programme: Programme, small: list[str]) -> Iterable[str]:
    """The scenarios in numbers."""
    sectors = sectors_of(programme)
    funded, comparison = (sum(getattr(one, arm) for one in sectors) for arm in ("funded", "comparison"))
    counts = " and ".join(str(one.funded) for one in sectors if one.name in small)
    withheld = (found.rows.loc[found.rows["group"].isin(small), "said"] == WITHHELD).mean()
    testable = [
        one
        for one in programme.specifications
        if one not in ("all_not_funded", "outside_firms")  # nobody stands aside, nobody is from outside
    ]
    yield "## How it is done"
    yield paragraph(f"""A programme has the {len(sectors)} sectors and {len(programme.codes("macro_sector"))}
    macro-sectors of the demonstration, and as many firms: {funded} funded and {comparison} comparison firms; the
    pandemics and seasons of [SIMULATION.md](SIMULATION.md) go round the sectors. Firms, their sales and what they
    report are those of its base design. Two sectors, with {counts} funded firms, are too small to be shown: they were
    withheld in {100 * withheld:.0f}% of programmes, and are left out of the tables. A claim about a sector or
    macro-sector uses the range that the others make short. Check 1 asks for
    {CheckLimits().least_firms} firms per arm.""")
    yield paragraph(f"""Both arms report to the same survey, and it is known why each comparison firm was turned down:
    check 0 passes by design. {100 * BELOW_THRESHOLD:.0f}% of comparison firms were turned down for their score alone;
    {100 * PAID:.0f}% of the funded were paid; other aid is as frequent as in the demonstration, and changes nothing.
    Of the specifications that the programme file lists {len(testable)} can be made.""")
    yield from _scenarios(found)


def _scenarios(found: Results) -> Iterator[str]:
    whole = (found.rows["level"] == PROGRAMME) & (found.rows["rules"] == TODAY)
    value = found.rows[whole].groupby("scenario")["value"].median()
    yield "Scenarios, and the estimate in the median programme:"
    design = {name: one.design for name, one in SCENARIOS.items()}
    grown = """funded firms grow {:.0f}% a year faster than comparison firms from the first month to the last, grant or
    no grant"""
    told = {
        "nothing": "grants do nothing, and the arms were alike before",
        "plus_15": f"grants raise the sales of the typical firm by {100 * np.expm1(design['plus_15'].effect):.0f}%",
        "plus_30": f"they raise them by {100 * np.expm1(design['plus_30'].effect):.0f}%",
        "ahead_10": grown.format(100 * np.expm1(design["ahead_10"].ahead)),
        "ahead_20": f"the same with {100 * np.expm1(design['ahead_20'].ahead):.0f}%",
        "half": "they raise them by 30% in every second sector, and do nothing in the others",
        **{
            f"ahead_{rate}_{name}": f"the funded firms of {where} grow {rate}% a year faster, the others do not"
            for name, where in (
                ("together", "one macro-sector, which goes round,"),
                ("apart", "one sector of each macro-sector, which goes round,"),
            )
            for rate in (10, 20)
        },
        "dip": f"""funded firms sell {100 * design["dip"].dip:.0f}% less online in the last six months of the before
        window, and have recovered by the first award""",
    }
    lines = (item(f"**{SCENARIOS[name].title}**: {how}; {_signed(value[name])}.") for name, how in told.items())
    yield "\n".join(lines)


def _signed(value: float) -> str:
    return f"{100 * value:+.1f}%".replace("-", "−")
