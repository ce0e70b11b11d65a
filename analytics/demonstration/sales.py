"""What each invented firm sells, month by month, with and without its grant, from the same shocks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.demonstration.assumptions import SECTORS

MONTHS = pd.period_range("2018-01", "2024-02", freq="M")  # the third year after the last award is complete
PANDEMIC = 26  # March 2020, as a position in MONTHS
RAMP = (0.8, 1.05, 1.15)  # year 1, 2, 3 after the award: a shop that opens sells more once it is known
EFFECT_SPREAD = 0.6  # between firms, relative to the sector's effect: a sector of no effect has it for no firm
OTHER_AID_STRENGTH = 0.4  # what other aid does, relative to the grant
DRAWN_IN = 0.35  # share of firms never selling online that the grant makes start, in sectors where it helps
DISPLACED = 0.15  # share of the grant's extra online sales that the firm no longer makes offline
SHUT, SHUT_LASTING = 0.40, 0.20  # log fall of offline sales in March 2020, shops and trade fairs; the part that stays
EXPORTS, EXPORTS_BY_PLATFORM = 0.5, 0.8  # share of firms that sell abroad online, and of those asking for a platform
ABROAD, ABROAD_BY_PLATFORM = 0.1, 0.3  # log rise of the share sold abroad once the grant works, where it helps
PLATFORM = "cross_border_platform"


@dataclass(frozen=True, slots=True)
class SalesSeries:
    """Sales in one world: euros of firm × month, online, offline and online abroad, and the countries reached.

    All arrays (n_firms, months). After a firm closes everything is 0.
    """

    online: FloatArray
    offline: FloatArray
    abroad: FloatArray
    countries: FloatArray

    @property
    def total(self) -> FloatArray:
        """Online and offline."""
        return self.online + self.offline


@dataclass(frozen=True, slots=True)
class PotentialSales:
    """The same firms with the award they had, and if they had been turned down; equal for those not funded."""

    with_grant: SalesSeries
    without_grant: SalesSeries


def simulate_sales(firms: pd.DataFrame, rng: np.random.Generator) -> PotentialSales:
    """Potential sales of firms that sell; one row of `firms` (columns of `applicants`) per firm.

    Without its grant a funded firm finds other aid as often as those turned down did: what rejection leads to belongs
    to the counterfactual. Closures are the same in both worlds.
    """
    n = len(firms)
    monthly = np.log(firms["turnover_eur"].to_numpy() / 12)
    level = np.minimum(8.3 + 0.6 * (monthly - 11) + rng.normal(0, 0.95, n), monthly + np.log(0.5))[:, None]
    base = level + _draw_sector_trend(firms, rng) + _draw_firm_trend(n, rng)
    effect = _sector_value(firms, "effect") * (1 + EFFECT_SPREAD * rng.normal(size=(n, 1)))
    grant = _aid_strength(firms["awarded_on"])
    raised = base + effect * (grant + OTHER_AID_STRENGTH * _aid_strength(firms["other_aid_on"]))
    as_rejected = base + effect * OTHER_AID_STRENGTH * _aid_strength(firms["aid_if_rejected_on"])
    sells_without, sells_with = _draw_selling_months(firms, rng)
    open_ = np.arange(len(MONTHS)) <= month_positions(firms["closed_on"])[:, None]
    online = np.exp(raised) * sells_with * open_
    online_without = np.exp(as_rejected) * sells_without * open_
    since = np.arange(len(MONTHS)) - PANDEMIC
    fall = np.where(since < 0, 0, SHUT_LASTING + (SHUT - SHUT_LASTING) * np.exp(-np.maximum(since, 0) / 10))
    usual = (
        np.log(np.exp(monthly[:, None]) - np.exp(level)) + _seasonal_logs(firms) / 2 + 0.5 * _draw_firm_trend(n, rng)
    )
    offline = np.exp(usual - fall) * open_
    offline_with = np.maximum(offline - DISPLACED * (online - online_without), 0)
    share, share_without, reach = _draw_abroad(firms, grant, rng)
    return PotentialSales(
        SalesSeries(online, offline_with, *_sales_abroad(online, share, reach)),
        SalesSeries(online_without, offline, *_sales_abroad(online_without, share_without, reach)),
    )


def month_positions(days: pd.Series) -> IntArray:
    """Position of each day's month in MONTHS; beyond the last where there is no day."""
    months = (days.dt.year - MONTHS[0].year) * 12 + days.dt.month - MONTHS[0].month
    positions: IntArray = months.fillna(len(MONTHS)).to_numpy(dtype=np.int64)
    return positions


def _aid_strength(since: pd.Series) -> FloatArray:
    """How far aid given on a day works in each month, (n, months): from the month after, as RAMP says."""
    months = np.arange(len(MONTHS)) - month_positions(since)[:, None]
    ramp: FloatArray = np.where(months > 0, np.take(RAMP, np.clip((months - 1) // 12, 0, len(RAMP) - 1)), 0)
    return ramp


def _sector_value(firms: pd.DataFrame, column: str) -> FloatArray:
    """One column of SECTORS for each firm, by its sector: shape (n, 1)."""
    values: FloatArray = SECTORS.loc[firms["sector"], column].to_numpy(dtype=np.float64)
    return values[:, None]


def _seasonal_logs(firms: pd.DataFrame) -> FloatArray:
    """The sector's months of the year, in logs."""
    return np.cos(2 * np.pi * (MONTHS.month.to_numpy() - _sector_value(firms, "peak")) / 12) * _sector_value(
        firms, "swing"
    )


def _draw_sector_trend(firms: pd.DataFrame, rng: np.random.Generator) -> FloatArray:
    """Season and pandemic of each firm's sector, in logs; firms feel the pandemic more or less."""
    since = np.arange(len(MONTHS)) - PANDEMIC
    jump, lasting = _sector_value(firms, "jump"), _sector_value(firms, "lasting")
    faded = lasting + (jump - lasting) * np.exp(-np.maximum(since, 0) / _sector_value(firms, "fade"))
    return _seasonal_logs(firms) + np.where(since >= 0, faded, 0) * (1 + 0.3 * rng.normal(size=(len(firms), 1)))


def _draw_firm_trend(n: int, rng: np.random.Generator) -> FloatArray:
    """Growth of the firm's own, persistent shocks and noise, in logs."""
    years = (np.arange(len(MONTHS)) - PANDEMIC) / 12
    shocks = rng.normal(0, 0.4, (n, len(MONTHS)))
    for month in range(1, len(MONTHS)):  # AR(1), its variance the same in every month
        shocks[:, month] = 0.8 * shocks[:, month - 1] + 0.6 * shocks[:, month]
    return rng.normal(0.03, 0.16, (n, 1)) * years + shocks + rng.normal(0, 0.2, shocks.shape)


def _draw_selling_months(firms: pd.DataFrame, rng: np.random.Generator) -> tuple[BoolArray, BoolArray]:
    """Whether a firm sells online in a month, without and with the grant: some never, some late, some now and then."""
    n, never = len(firms), len(MONTHS)
    pattern = rng.choice(["never", "late", "now_and_then", "always"], n, p=[0.09, 0.06, 0.15, 0.70])
    late = rng.integers(PANDEMIC + 3, PANDEMIC + 33, n)
    start = np.select([pattern == "never", pattern == "late"], [never, late], 0)
    drawn_in = (pattern == "never") & (_sector_value(firms, "effect")[:, 0] > 0) & (rng.random(n) < DRAWN_IN)
    first_sale = month_positions(firms["awarded_on"]) + 1 + rng.integers(0, 12, n)
    with_grant = np.where(drawn_in, np.minimum(start, first_sale), start)
    quiet = np.where(pattern == "now_and_then", rng.uniform(0.1, 0.5, n), 0)[:, None]
    open_month = rng.random((n, never)) >= quiet
    month = np.arange(never)
    return (month >= start[:, None]) & open_month, (month >= with_grant[:, None]) & open_month


def _draw_abroad(
    firms: pd.DataFrame, grant: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Share of online sales made abroad, with and without the grant, and the countries that a firm could reach."""
    n = len(firms)
    platform = (firms["channel"] == PLATFORM).to_numpy()
    exports = rng.random(n) < np.where(platform, EXPORTS_BY_PLATFORM, EXPORTS)
    usual = (np.where(platform, -1.4, -2.0) + rng.normal(0, 0.7, n))[:, None]  # log odds of a sale being abroad
    wavering = usual + 0.25 * rng.normal(size=grant.shape)
    helped = (
        np.where(_sector_value(firms, "effect") > 0, 1, 0) * np.where(platform, ABROAD_BY_PLATFORM, ABROAD)[:, None]
    )
    countries = np.exp(np.where(platform, 1.3, 0.8) + rng.normal(0, 0.7, n))[:, None]
    share, share_without = (
        exports[:, None] / (1 + np.exp(-(wavering + more))) for more in (helped * grant, np.zeros(grant.shape))
    )
    return share, share_without, np.minimum(countries * np.exp(0.1 * rng.normal(size=grant.shape)), 60)


def _sales_abroad(online: FloatArray, share: FloatArray, reach: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sales abroad to the cent, and the number of countries: none without sales, more where the share is larger."""
    abroad = np.round(online * share, 2)
    countries = np.where(abroad > 0, 1 + np.floor(reach * (0.5 + share)), 0)
    return abroad, countries
