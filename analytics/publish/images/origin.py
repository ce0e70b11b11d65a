"""Where what an image shows comes from: the year before, the release."""

import datetime as dt

import pandas as pd

from analytics.clock import ROME
from analytics.language.text import Text
from analytics.release import Release


def year_before(release: Release, text: Text) -> str:
    """The year whose sales are set against those after: "giugno 2019 – maggio 2020"."""
    manifest = release.manifest
    if not manifest.before_is_fixed:
        return text("table.own_before")
    first, last = (text.period(pd.Period(period)) for period in manifest.before)
    return first if first == last else text("table.window", first=first, last=last)


def data_to(release: Release, text: Text) -> str:
    """The last day of the data."""
    return text.date(dt.date.fromisoformat(release.manifest.data_to))


def released(release: Release, published: dt.datetime | None, text: Text) -> str:
    """Who published a release, and when. published: since when readers see it."""
    slots = {"authority": release.programme.authority.in_(text), "release": release.release_id}
    if published is None:
        return text("image.release_undated", **slots)
    return text("image.release", **slots, day=text.date(published.astimezone(ROME).date()))
