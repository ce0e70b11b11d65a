"""Effects of the grants: a panel comes in; effects with their uncertainty go out (METHODS.md 2, 3, 4)."""

from analytics.estimate.before_after import ArmChange, BeforeAfter, before_after
from analytics.estimate.comparing import PowerRequirement, power_requirement, sectors_differ
from analytics.estimate.effects import (
    Effect,
    EffectEstimate,
    GroupEffect,
    SectorEffect,
    as_shown,
    effect,
    effects_by,
    group_effects,
    sector_effects,
)
from analytics.estimate.event_study import EventEstimate, EventStudy, event_study
from analytics.estimate.group_time import Aggregation, GroupTimeEffects, group_time_att
from analytics.estimate.money import ExtraSales, MoneyEstimate, extra_sales
from analytics.estimate.shared_range import shared_range
from analytics.panel.arms import groups_of

__all__ = [
    "Aggregation",
    "ArmChange",
    "BeforeAfter",
    "Effect",
    "EffectEstimate",
    "EventEstimate",
    "EventStudy",
    "ExtraSales",
    "GroupEffect",
    "GroupTimeEffects",
    "MoneyEstimate",
    "PowerRequirement",
    "SectorEffect",
    "as_shown",
    "before_after",
    "effect",
    "effects_by",
    "event_study",
    "extra_sales",
    "group_effects",
    "group_time_att",
    "groups_of",
    "power_requirement",
    "sector_effects",
    "sectors_differ",
    "shared_range",
]
