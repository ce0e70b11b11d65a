"""Moments in time: as somebody types them and as readers read them; without a zone they are Rome's."""

import datetime as dt
from zoneinfo import ZoneInfo

from analytics.language.text import Text
from analytics.model import UserError

ROME = ZoneInfo("Europe/Rome")


def utc_now() -> dt.datetime:
    """This moment."""
    return dt.datetime.now(dt.UTC)


def parse_moment(written: str, *, whole_day: bool = False) -> dt.datetime:
    """An ISO date or date-time as a moment in UTC. A date alone is its first second; its last one with `whole_day`."""
    try:
        when = dt.datetime.fromisoformat(written.strip())
        if whole_day and _is_date(written.strip()):
            when = when.replace(hour=23, minute=59, second=59)
        return (when if when.tzinfo else when.replace(tzinfo=ROME)).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise UserError("release.moment", written=written) from error


def _is_date(written: str) -> bool:
    try:
        dt.date.fromisoformat(written)
    except ValueError:
        return False
    return True


def utc_stamp(when: dt.datetime) -> str:
    """2026-12-01T08:00:00Z: UTC to the second, in an order that text sorts by."""
    return when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_stamp(written: str) -> dt.datetime:
    """The moment that a stamp names."""
    return dt.datetime.fromisoformat(written)


def rome_time(when: dt.datetime) -> str:
    """2026-12-01 09:00, by Rome's clock, in any language."""
    return f"{when.astimezone(ROME):%Y-%m-%d %H:%M}"


def moment_in_words(when: dt.datetime, text: Text) -> str:
    """1 December 2026, 09:00, by Rome's clock."""
    here = when.astimezone(ROME)
    return f"{text.date(here.date())}, {here:%H:%M}"
