"""Moments of a Parquet file as the days that an officer meant: a day may be stored as its midnight in another zone."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

ROME, UTC = "Europe/Rome", "UTC"
Notice = tuple[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Zone:
    """How a column of moments is read. name: the zone in which they are days; "": as written; days: whether all of
    them are midnights there. Where they are not, they stay moments, with the zone's offset where the file has one."""

    name: str
    days: bool


def day_zone(columns: Iterable[pa.Array], kind: pa.TimestampType, name: str) -> tuple[Zone, list[Notice]]:
    """The zone in which all moments of a column are midnights: its own, else Rome's. Of a zone other than the one that
    is written, and of moments that are no days, a notice."""
    own = kind.tz or ""
    midnights = {own: True, ROME: True}
    example = None
    for column in columns:
        moments = column.drop_null()
        if example is None and len(moments):
            example = moments[0]
        for zone, still in midnights.items():
            midnights[zone] = still and _all_midnights(moments, zone)
        if not any(midnights.values()):
            break
    if midnights[own]:
        return Zone(own, days=True), []
    shown = "" if example is None else str(pa.array([example], kind).cast(pa.string())[0])
    if midnights[ROME]:
        day = str(without_zone(pa.array([example], kind), Zone(ROME, days=True))[0])
        return Zone(ROME, days=True), [("zone_days", {"column": name, "stored": shown, "day": day})]
    if own:
        return Zone(own, days=False), [("zone_times", {"column": name, "stored": shown, "zone": own})]
    return Zone("", days=False), []


def without_zone(column: pa.Array, zone: Zone) -> pa.Array:
    """The column's days (date32); where they are none: moments as written, or, with a zone, as texts."""
    if zone.days:
        return _local(column, zone.name).cast(pa.date32())
    return column.cast(pa.string()) if zone.name else column


def _all_midnights(moments: pa.Array, zone: str) -> bool:
    try:
        local = _local(moments, zone)
        return pc.all(pc.equal(local, pc.floor_temporal(local, unit="day"))).as_py() is not False
    except pa.ArrowException:
        return False


def _local(column: pa.Array, zone: str) -> pa.Array:
    """The moments as the clocks of a zone show them."""
    if not zone:
        return column
    kind = column.type
    return pc.local_timestamp(column.cast(pa.timestamp(kind.unit, UTC)).cast(pa.timestamp(kind.unit, zone)))
