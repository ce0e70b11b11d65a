"""Invented applicants that add up to the announced totals: who applied, sector, size, and what was granted.

The announcement states counts, two amounts and two dates: those, and the lists of sectors, areas, channels and kinds of
beneficiaries, come from the programme file. Everything else is invented, here and in `assumptions`.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from stdnum import luhn
from stdnum.it import codicefiscale

from analytics.arrays import IntArray
from analytics.demonstration.assumptions import NON_FIRMS, OTHER_AID_EDITIONS, SECTORS, SIZES
from analytics.programme.file import Programme

FIRST_AWARD = "2020-11-30"  # of a tranche whose date was not stated
CHANNEL_SHARES = (0.30, 0.48, 0.05, 0.17)  # in the order of the programme file
INELIGIBLE, WITHDRAWN = 60, 60
REVOKED, GAVE_UP = 8, 4  # after the award: they count as funded
PERSONS = 24  # firms in the name of one person, whose fiscal code has 16 characters
SIZE_UNSTATED = 0.2  # share of applicants whose class has to be computed
CLOSES, CLOSING_DAYS = 0.03, ("2020-07-01", "2024-01-31")  # share of firms, the same in both arms; first and last day
# Terms of the call as reported by the press: 70% of eligible spending, from 4,000 euros, at most 10,000. Cents.
GRANT_SHARE, LEAST_GRANT, MOST_GRANT = 0.70, 280_000, 1_000_000

APPLICANT_COLUMNS = (
    *("application_id", "fiscal_code", "name", "ateco_code", "ateco_edition", "province", "employees", "turnover_eur"),
    *("balance_sheet_eur", "size_class", "beneficiary_kind", "channel", "score", "outcome", "tranche", "awarded_on"),
    *("grant_eur", "eligible_spend_eur", "paid_eur", "cor", "exclusion_reason", "other_aid_on", "closed_on"),
)
# What no file shows: sector, arm (funded, comparison, none), whether it sells, and when it would have had other aid if
# it had been turned down.
HIDDEN_COLUMNS = ("sector", "arm", "sells", "aid_if_rejected_on")


def draw_applicants(programme: Programme, rng: np.random.Generator) -> pd.DataFrame:
    """The applications, with the HIDDEN_COLUMNS that no file shows."""
    firms = _draw_roster(programme, rng)
    n = len(firms)
    numbers = pd.Series(np.arange(1, n + 1))
    firms["application_id"] = numbers.map("A-{:04d}".format)
    prefix = firms["sells"].map({True: "Impresa simulata ", False: "Ente simulato "})
    firms["name"] = prefix + numbers.map("{:04d}".format)
    activities = pd.concat([SECTORS["codes"], NON_FIRMS["codes"]])
    group = firms["sector"].where(firms["sells"], firms["beneficiary_kind"])
    firms["ateco_code"] = [rng.choice(codes.split(",")) for codes in activities[group]]
    firms["ateco_edition"] = "2007"
    firms["province"] = _draw_provinces(programme, n, rng)
    shares = np.array(CHANNEL_SHARES[: len(programme.channels)])
    firms["channel"] = rng.choice(programme.codes("channel"), n, p=shares / shares.sum())
    _draw_outcomes(firms, programme, rng)
    _draw_sizes(firms, rng)
    firms["fiscal_code"] = _draw_fiscal_codes(firms, rng)
    _draw_awards(firms, programme, rng)
    _draw_other_aid(firms, rng)
    _draw_closures(firms, rng)
    return firms[[*APPLICANT_COLUMNS, *HIDDEN_COLUMNS]]


def _draw_roster(programme: Programme, rng: np.random.Generator) -> pd.DataFrame:
    """Sector, kind, arm and status of each application, in random order.

    Ineligible and withdrawn applicants fall in any sector, bodies that sell nothing in the one of all the rest.
    """
    sectors = SECTORS.loc[programme.codes("sector")]
    rest = next(sector.id for sector in programme.sectors if sector.rest)
    shares = sectors["comparison"] / sectors["comparison"].sum()
    blocks = [
        (sectors.index, sectors["funded"], "funded", "funded"),
        (sectors.index, sectors["comparison"], "comparison", "comparison"),
        (sectors.index, rng.multinomial(INELIGIBLE, shares), "none", "ineligible"),
        (sectors.index, rng.multinomial(WITHDRAWN, shares), "none", "withdrawn"),
        (NON_FIRMS.index, NON_FIRMS["funded"], "none", "funded"),
        (NON_FIRMS.index, NON_FIRMS["turned_down"], "none", "comparison"),
    ]
    parts = [
        pd.DataFrame({"group": np.repeat(names.to_numpy(dtype=str), np.asarray(counts)), "arm": arm, "outcome": status})
        for names, counts, arm, status in blocks
    ]
    roster = pd.concat(parts, ignore_index=True)
    _check_totals(programme, int((roster["outcome"] == "funded").sum()), len(roster))
    roster["sells"] = roster["group"].isin(SECTORS.index)
    roster["sector"] = roster["group"].where(roster["sells"], rest)
    roster["beneficiary_kind"] = roster["group"].where(~roster["sells"], "firm")
    return roster.iloc[rng.permutation(len(roster))].reset_index(drop=True)


def _check_totals(programme: Programme, funded: int, applications: int) -> None:
    announced = programme.announced.applications if programme.announced else None
    waves = sum(tranche.announced_firms or 0 for tranche in programme.tranches)
    if (waves, announced) != (funded, applications):
        raise ValueError(
            f"{programme.id} announces {waves} funded of {announced} applications, the assumptions make {funded} of "
            f"{applications}: change those counts"
        )


def _draw_fiscal_codes(firms: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Codes whose check character holds, and that nobody can have; one in five begins with a zero."""
    n = len(firms)
    number = rng.permutation(n)
    zero = firms["sells"].to_numpy() & (rng.random(n) < 0.2)
    codes = pd.Series([_fiscal_code(int(at), bool(z)) for at, z in zip(number, zero, strict=True)], dtype="str")
    micro = firms.index[firms["sells"] & (firms["employees"] < 10)]
    for at, row in enumerate(rng.choice(micro, PERSONS, replace=False)):
        codes[row] = _personal_code(at)
    return codes


def _fiscal_code(number: int, zero: bool) -> str:
    """Beginning with 99: such numbers go to bodies without a VAT number. Beginning with 099: the office 999 registers
    foreign firms, and has not come that far."""
    digits = f"{990_001 + number:07d}999" if zero else f"{9_900_001 + number:07d}015"
    return digits + luhn.calc_check_digit(digits)


def _personal_code(number: int) -> str:
    """Of a person called XXX XXX, born in X000: no name and no municipality is written so."""
    code = f"XXXXXX{50 + number:02d}{'ABCDEHLMPRST'[number % 12]}{number % 28 + 1:02d}X000"
    return code + codicefiscale.calc_check_digit(code)


def _draw_provinces(programme: Programme, n: int, rng: np.random.Generator) -> NDArray[np.str_]:
    """Provinces, the earlier named (areas, and provinces within them) holding more firms."""
    weights = {
        province: 1 / (1 + rank) / (1 + within)
        for rank, area in enumerate(programme.areas)
        for within, province in enumerate(area.provinces)
    }
    shares = np.array(list(weights.values()))
    return rng.choice(list(weights), n, p=shares / shares.sum())


def _draw_outcomes(firms: pd.DataFrame, programme: Programme, rng: np.random.Generator) -> None:
    """Score, outcome, tranche and reason: the best scores make the first list, and so on."""
    status = firms["outcome"].to_numpy(dtype=str)
    n = len(firms)
    unscored = (status == "comparison") & (rng.random(n) < 0.3)  # turned down without a look at the merits
    score = np.where(status == "funded", rng.integers(100, 200, n) / 2, rng.integers(40, 100, n) / 2)
    firms["score"] = np.where(unscored | np.isin(status, ("ineligible", "withdrawn")), np.nan, score)
    below = (status == "comparison") & ~unscored
    reasons = np.resize(programme.ineligible_reasons, n)
    reason = np.select([below, status == "ineligible"], ["below_threshold", reasons], "")
    firms["exclusion_reason"] = pd.Series(reason, dtype="str").replace("", np.nan)
    turned_down = np.isin(status, ("comparison", "ineligible"))
    outcome = np.select([unscored, turned_down], ["not_funded", "not_admitted"], status)
    funded = np.flatnonzero(status == "funded")
    lost = rng.choice(funded, REVOKED + GAVE_UP, replace=False)
    outcome[lost[:REVOKED]], outcome[lost[REVOKED:]] = "revoked", "withdrawn"
    firms["outcome"] = outcome
    ranked = funded[np.argsort(-score[funded], kind="stable")]
    waves = [tranche.id for tranche in programme.tranches for _ in range(tranche.announced_firms or 0)]
    firms["tranche"] = pd.Series(waves, index=ranked, dtype="str").reindex(firms.index)


def _draw_sizes(firms: pd.DataFrame, rng: np.random.Generator) -> None:
    """Staff, turnover and balance sheet inside the limits of the class (Recommendation 2003/361/EC).

    Bodies that sell nothing have staff and no accounts. Some applicants leave the class to be computed.
    """
    n = len(firms)
    draw = rng.random(n)
    row = np.zeros(n, dtype=int)
    for arm in ("comparison", "funded"):
        above = (draw[:, None] >= SIZES[arm].cumsum().to_numpy()[:-1]).sum(axis=1)
        row = np.where((firms["arm"] == "funded") == (arm == "funded"), above, row)
    row = np.where(firms["exclusion_reason"] == "size", len(SIZES) - 1, row)
    limits = SIZES.iloc[row].reset_index(drop=True)
    sells = firms["sells"]
    bodies = NON_FIRMS.reindex(firms["beneficiary_kind"]).reset_index(drop=True)
    least, most = (limits[name].where(sells, bodies[name]) for name in ("least_staff", "most_staff"))
    firms["employees"] = np.floor(least * ((most + 1) / least) ** rng.random(n)).astype(int)
    turnover = (limits["median_eur"] * np.exp(rng.normal(0, 0.7, n))).clip(limits["least_eur"], limits["most_eur"])
    firms["turnover_eur"] = turnover.round().where(sells)
    firms["balance_sheet_eur"] = (firms["turnover_eur"] * limits["balance"] * rng.uniform(0.9, 1.1, n)).round()
    stated = sells & (rng.random(n) >= SIZE_UNSTATED) & (firms["exclusion_reason"] != "size")
    firms["size_class"] = pd.Series(SIZES.index.to_numpy(dtype=str)[row], dtype="str").where(stated)


def _draw_awards(firms: pd.DataFrame, programme: Programme, rng: np.random.Generator) -> None:
    """Date, grant, spending, payment and register code of the funded; each tranche adds up to its announced amount."""
    columns = ["grant_eur", "eligible_spend_eur", "paid_eur"]
    firms[columns] = np.nan
    firms["awarded_on"] = pd.Series(pd.NaT, index=firms.index, dtype="datetime64[s]")
    for tranche in programme.tranches:
        rows = firms.index[firms["tranche"] == tranche.id]
        grant = _draw_grants(len(rows), tranche.announced_eur, rng)
        # the cap binds for most: what a firm spends beyond it brings no further grant
        spend = np.round(grant / GRANT_SHARE) + (grant == MOST_GRANT) * rng.integers(1, 600_000, len(rows))
        paid = np.where(rng.random(len(rows)) < 0.15, np.round(grant * rng.uniform(0.6, 1, len(rows))), grant)
        paid = np.where(firms.loc[rows, "outcome"] == "funded", paid, 0)
        firms.loc[rows, columns] = np.column_stack([grant, spend, paid]) / 100
        firms.loc[rows, "awarded_on"] = pd.Timestamp(tranche.decided_on or FIRST_AWARD)
    awarded = firms["awarded_on"].notna()
    codes = pd.Series(99_000_001 + rng.permutation(len(firms)), index=firms.index)  # the register is not there yet
    firms["cor"] = codes.astype("str").where(awarded)


def _draw_grants(n: int, total_eur: float | None, rng: np.random.Generator) -> IntArray:
    """Grants in cents that sum to the total, two thirds of them at the cap; any sum where none was announced."""
    grants = np.where(rng.random(n) < 0.65, MOST_GRANT, rng.integers(LEAST_GRANT, MOST_GRANT, n))
    if total_eur is None:
        return grants
    gap = round(total_eur * 100) - int(grants.sum())
    room = np.where(grants < MOST_GRANT, (MOST_GRANT if gap > 0 else LEAST_GRANT) - grants, 0)
    running = np.round(gap * np.cumsum(room) / room.sum())  # rounding the running sum spreads the gap to the cent
    exact: IntArray = grants + np.diff(running, prepend=0).astype(np.int64)
    return exact


def _draw_other_aid(firms: pd.DataFrame, rng: np.random.Generator) -> None:
    """The day of other aid, of which each firm has one at most, as it came and as it would have come to the rejected.

    What a funded firm found, it would have found without the grant too; rejected, some of the others would have looked.
    """
    n = len(firms)
    draw, when = rng.random(n), rng.random(n)
    days = {arm: np.full(n, np.datetime64("NaT"), dtype="datetime64[s]") for arm in ("funded", "comparison")}
    start = 0.0
    for edition in OTHER_AID_EDITIONS.to_dict("records"):
        first, last = pd.Timestamp(edition["first"]), pd.Timestamp(edition["last"])
        day = (first + pd.to_timedelta(np.floor(when * ((last - first).days + 1)), unit="D")).to_numpy()
        for arm in days:
            has = (draw >= start) & (draw < start + float(edition[arm]))
            days[arm] = np.where(has, day.astype("datetime64[s]"), days[arm])
        start += max(float(edition[arm]) for arm in days)
    funded = (firms["arm"] == "funded").to_numpy()
    sells = firms["sells"].to_numpy()
    earlier = days["funded"] < firms["awarded_on"].min().to_datetime64()
    as_it_came = np.where(funded, days["funded"], days["comparison"])
    as_rejected = np.where(funded & earlier, days["funded"], days["comparison"])
    firms["other_aid_on"] = pd.Series(as_it_came, dtype="datetime64[s]").where(sells)
    firms["aid_if_rejected_on"] = pd.Series(as_rejected, dtype="datetime64[s]").where(sells)


def _draw_closures(firms: pd.DataFrame, rng: np.random.Generator) -> None:
    """Some firms close, as often in either arm: the grant keeps no firm open, and closes none."""
    n = len(firms)
    first, last = (pd.Timestamp(day) for day in CLOSING_DAYS)
    day = first + pd.to_timedelta(rng.integers(0, (last - first).days + 1, n), unit="D")
    closes = firms["sells"].to_numpy() & (rng.random(n) < CLOSES)
    firms["closed_on"] = pd.Series(day).where(closes).astype("datetime64[s]")
