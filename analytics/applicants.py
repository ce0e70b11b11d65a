"""Invented applicants that add up to the announced totals: who applied, sector, size, and what was granted."""

from io import StringIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from stdnum import luhn

from analytics.programme import Programme


def _table(written: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(written), sep=r"\s+", index_col=0)


# Everything from here to REVOKED is invented. The announcement states counts, two amounts and two dates: those, and the
# lists of sectors, areas and channels, come from the programme file.
#
# funded, comparison: firms of each arm, ineligible and withdrawn applicants apart. effect: mean log effect of a grant.
# jump, lasting: log rise of online sales in March 2020, and the part that stays; fade: months until a third of the rest
# is left. peak, swing: calendar month and log height of the season. codes: ATECO 2007.
SECTORS = _table("""
sector          funded  comparison  effect  jump  lasting  fade  peak  swing  codes
food                95         125    0.18  0.70     0.30    10    12   0.35  10.51.20,10.71.20,10.82.00,11.02.10
hospitality         44          66    0.00  0.90     0.15     8     7   0.45  55.10.00,55.20.51,56.10.11,56.10.20
textiles            88         110    0.22  0.35     0.20    14    11   0.25  13.92.10,14.13.10,14.19.10,15.20.10
furniture           48          64    0.10  0.55     0.25    16    10   0.15  16.29.19,31.02.00,31.03.00,31.09.10
paper_media         22          36    0.00  0.25     0.05     9     9   0.20  17.23.01,18.12.00,58.11.00,58.14.00
chemicals           30          40    0.28  0.50     0.20    12    12   0.20  20.41.20,20.42.00,21.20.09
other_making         7          22    0.12  0.40     0.20    12    12   0.40  32.12.10,32.30.00,32.40.20
plastics            22          34    0.08  0.15     0.10    10     5   0.10  22.29.09,23.13.00,23.41.00
metal               36          52    0.00  0.10     0.05    10     6   0.08  25.11.00,25.71.00,25.73.11,25.99.19
electronics          2          20    0.15  0.45     0.20    14    11   0.20  26.51.29,27.40.09,27.51.00
machinery           42          58    0.14  0.10     0.10    18     4   0.10  28.29.99,28.93.00,29.32.09,30.92.10
wholesale           72         102    0.10  0.30     0.15    12    11   0.15  46.34.10,46.42.10,46.69.99,46.90.00
retail              62          82    0.16  0.75     0.35     9    12   0.30  47.71.10,47.72.10,47.78.99,47.91.10
software            26          32   -0.10  0.20     0.20    20     3   0.05  62.01.00,62.02.00,63.12.00
other_services      42          48    0.09  0.10     0.00     9     6   0.15  70.22.09,73.11.02,74.10.10,96.02.02
""")
# Shares of the arms (larger firms are a little more often funded), staff, and euros: turnover, and its balance sheet.
SIZES = _table("""
size_class  comparison  funded  least_staff  most_staff  least_eur  median_eur  most_eur  balance
micro             0.60    0.53            1           9       4e+4        4e+5      2e+6      0.7
small             0.31    0.35           10          49       4e+5      2.8e+6     10e+6      0.7
medium            0.09    0.12           50         249       3e+6       15e+6     50e+6      0.7
large             0.00    0.00          250         900      60e+6      110e+6    400e+6      0.9
""")
FIRST_AWARD = "2020-11-30"  # of a tranche whose date was not stated
CHANNEL_SHARES = (0.30, 0.48, 0.05, 0.17)  # in the order of the programme file
INELIGIBLE, REVOKED = 60, 8
# Terms of the call as reported by the press: 70% of eligible spending, from 4,000 euros, at most 10,000. Cents.
GRANT_SHARE, LEAST_GRANT, MOST_GRANT = 0.70, 280_000, 1_000_000

COLUMNS = (
    *("application_id", "fiscal_code", "name", "ateco_code", "ateco_edition", "province", "employees", "turnover_eur"),
    *("balance_sheet_eur", "size_class", "beneficiary_kind", "channel", "score", "outcome", "tranche", "awarded_on"),
    *("grant_eur", "eligible_spend_eur", "paid_eur", "exclusion_reason"),
)


def applicants(programme: Programme, rng: np.random.Generator) -> pd.DataFrame:
    """The applications, with two columns that no file shows: sector, and arm (funded, comparison, none)."""
    firms = _roster(programme, rng)
    n = len(firms)
    numbers = pd.Series(np.arange(1, n + 1))
    firms.insert(0, "application_id", numbers.map("A-{:04d}".format))
    firms.insert(1, "fiscal_code", pd.Series(rng.permutation(n)).map(_fiscal_code))
    firms.insert(2, "name", numbers.map("Impresa simulata {:04d}".format))
    firms["ateco_code"] = [rng.choice(codes.split(",")) for codes in SECTORS.loc[firms["sector"], "codes"]]
    firms["ateco_edition"] = "2007"
    firms["province"] = _provinces(programme, n, rng)
    firms["beneficiary_kind"] = "firm"
    shares = np.array(CHANNEL_SHARES[: len(programme.channels)])
    firms["channel"] = rng.choice(programme.codes("channel"), n, p=shares / shares.sum())
    _decide(firms, programme, rng)
    _size(firms, rng)
    _award(firms, programme, rng)
    return firms[[*COLUMNS, "sector", "arm"]]


def _roster(programme: Programme, rng: np.random.Generator) -> pd.DataFrame:
    """Sector, arm and status of each application, in random order; the ineligible and withdrawn fall in any sector."""
    stories = SECTORS.loc[programme.codes("sector")]
    names = stories.index.to_numpy(dtype=str)
    funded, comparison = int(stories["funded"].sum()), int(stories["comparison"].sum())
    announced = (programme.announced and programme.announced.applications) or 0
    if funded != sum(tranche.announced_firms or 0 for tranche in programme.tranches) or announced < funded + comparison:
        raise ValueError(f"{programme.id} does not announce the {funded} funded firms of SECTORS: change those counts")
    neither = rng.choice(names, announced - funded - comparison, p=stories["comparison"] / comparison)
    sector = np.concatenate([np.repeat(names, stories["funded"]), np.repeat(names, stories["comparison"]), neither])
    counts = (funded, comparison, INELIGIBLE, len(neither) - INELIGIBLE)
    status = np.repeat(["funded", "comparison", "ineligible", "withdrawn"], counts)
    arm = np.repeat(["funded", "comparison", "none"], [funded, comparison, len(neither)])
    roster = pd.DataFrame({"sector": sector, "arm": arm, "outcome": status})
    return roster.iloc[rng.permutation(announced)].reset_index(drop=True)


def _fiscal_code(number: int) -> str:
    """A code whose check digit holds; it starts with 99 so that it reads as invented."""
    digits = f"{9_900_001 + number:07d}015"
    return digits + luhn.calc_check_digit(digits)


def _provinces(programme: Programme, n: int, rng: np.random.Generator) -> NDArray[np.str_]:
    """Provinces, the earlier named (areas, and provinces within them) holding more firms."""
    weights = {
        province: 1 / (1 + rank) / (1 + within)
        for rank, area in enumerate(programme.areas)
        for within, province in enumerate(area.provinces)
    }
    shares = np.array(list(weights.values()))
    return rng.choice(list(weights), n, p=shares / shares.sum())


def _decide(firms: pd.DataFrame, programme: Programme, rng: np.random.Generator) -> None:
    """Score, outcome, tranche and reason: the best scores make the first list, and so on."""
    status = firms["outcome"].to_numpy(dtype=str)
    n = len(firms)
    unscored = (status == "comparison") & (rng.random(n) < 0.3)  # turned down without a look at the merits
    score = np.where(status == "funded", rng.integers(100, 200, n) / 2, rng.integers(40, 100, n) / 2)
    firms["score"] = np.where(unscored | np.isin(status, ("ineligible", "withdrawn")), np.nan, score)
    below = (status == "comparison") & ~unscored
    reasons = np.resize(programme.ineligible_reasons, len(firms))
    reason = np.select([below, status == "ineligible"], ["below_threshold", reasons], "")
    firms["exclusion_reason"] = pd.Series(reason, dtype="str").replace("", np.nan)
    turned_down = np.isin(status, ("comparison", "ineligible"))
    outcome = np.select([unscored, turned_down], ["not_funded", "not_admitted"], status)
    funded = np.flatnonzero(status == "funded")
    outcome[rng.choice(funded, REVOKED, replace=False)] = "revoked"
    firms["outcome"] = outcome
    ranked = funded[np.argsort(-score[funded], kind="stable")]
    waves = [tranche.id for tranche in programme.tranches for _ in range(tranche.announced_firms or 0)]
    firms["tranche"] = pd.Series(waves, index=ranked, dtype="str").reindex(firms.index)


def _size(firms: pd.DataFrame, rng: np.random.Generator) -> None:
    """Staff, turnover and balance sheet inside the limits of the class (Recommendation 2003/361/EC)."""
    n = len(firms)
    draw = rng.random(n)
    row = np.zeros(n, dtype=int)
    for arm in ("comparison", "funded"):
        above = (draw[:, None] >= SIZES[arm].cumsum().to_numpy()[:-1]).sum(axis=1)
        row = np.where((firms["arm"] == "funded") == (arm == "funded"), above, row)
    row = np.where(firms["exclusion_reason"] == "size", len(SIZES) - 1, row)
    limits = {name: SIZES[name].to_numpy(dtype=np.float64)[row] for name in SIZES}
    span = (limits["most_staff"] + 1) / limits["least_staff"]
    firms["employees"] = np.floor(limits["least_staff"] * span ** rng.random(n)).astype(int)
    turnover = limits["median_eur"] * np.exp(rng.normal(0, 0.7, n))
    firms["turnover_eur"] = np.clip(turnover, limits["least_eur"], limits["most_eur"]).round().astype(int)
    balance = firms["turnover_eur"] * limits["balance"] * rng.uniform(0.9, 1.1, n)
    firms["balance_sheet_eur"] = balance.round().astype(int)
    firms["size_class"] = pd.Series(SIZES.index.to_numpy(dtype=str)[row], dtype="str").replace("large", np.nan)


def _award(firms: pd.DataFrame, programme: Programme, rng: np.random.Generator) -> None:
    """Date, grant, spending and payment of the funded; each tranche adds up to its announced amount."""
    columns = ["grant_eur", "eligible_spend_eur", "paid_eur"]
    firms[columns] = np.nan
    firms["awarded_on"] = pd.Series(pd.NaT, index=firms.index, dtype="datetime64[s]")
    for tranche in programme.tranches:
        rows = firms.index[firms["tranche"] == tranche.id]
        grant = _grants(len(rows), tranche.announced_eur, rng)
        # the cap binds for most: what a firm spends beyond it brings no further grant
        spend = np.round(grant / GRANT_SHARE) + (grant == MOST_GRANT) * rng.integers(1, 600_000, len(rows))
        paid = np.where(rng.random(len(rows)) < 0.15, np.round(grant * rng.uniform(0.6, 1, len(rows))), grant)
        paid = np.where(firms.loc[rows, "outcome"] == "revoked", 0, paid)
        firms.loc[rows, columns] = np.column_stack([grant, spend, paid]) / 100
        firms.loc[rows, "awarded_on"] = pd.Timestamp(tranche.decided_on or FIRST_AWARD)


def _grants(n: int, total_eur: float | None, rng: np.random.Generator) -> NDArray[np.int64]:
    """Grants in cents that sum to the total, two thirds of them at the cap; any sum where none was announced."""
    grants = np.where(rng.random(n) < 0.65, MOST_GRANT, rng.integers(LEAST_GRANT, MOST_GRANT, n))
    if total_eur is None:
        return grants
    gap = round(total_eur * 100) - int(grants.sum())
    room = np.where(grants < MOST_GRANT, (MOST_GRANT if gap > 0 else LEAST_GRANT) - grants, 0)
    spread = np.round(gap * np.cumsum(room) / room.sum())  # rounding the running sum spreads the gap to the cent
    exact: NDArray[np.int64] = grants + np.diff(spread, prepend=0).astype(np.int64)
    return exact
