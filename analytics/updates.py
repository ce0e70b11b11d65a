"""What changed since the last release, for readers: the figures of the first screen, how many others, and why."""

from collections.abc import Iterator

import pandas as pd

from analytics.difference import causes, changes, counts
from analytics.model import ObsStatus
from analytics.phrases import measure_words
from analytics.programme import HIERARCHY
from analytics.release import Figure, Release
from analytics.tables import claim_cell, figure_id
from analytics.text import Text


def update_words(old: Release, new: Release, text: Text) -> list[str]:
    """How many figures differ, and what was different when they were made."""
    found = counts(changes(old.figures, new.figures))
    shown = [text("cli.difference.count", how=text(f"cli.change.{how}"), n=text.number(n)) for how, n in found.items()]
    why = [text(f"cli.cause.{cause}") for cause in causes(old, new)] or [text("cli.cause.none")]
    return [
        text("cli.difference.counts", new=new.release_id, old=old.release_id, counts=", ".join(shown)),
        text("cli.difference.causes", causes=", ".join(why)),
    ]


def updates_table(old: Release, new: Release, text: Text) -> pd.DataFrame:
    """The claims of the programme, its macro-sectors and sectors, then and now."""
    rows = {}
    for label, one, other in _claims(old, new, text):
        same = one is not None and other is not None and _said(one) == _said(other)
        rows[label] = [claim_cell(one, text), claim_cell(other, text), text(f"updates.{'same' if same else 'changed'}")]
    columns = [old.release_id, new.release_id, text("updates.said")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _claims(old: Release, new: Release, text: Text) -> Iterator[tuple[str, Figure | None, Figure | None]]:
    named = new.programme.headline

    def of(release: Release, group: dict[str, str]) -> Figure | None:
        return release.figure(named.estimand, outcome=named.outcome, horizon=str(named.horizon), group=group)

    yield text("label.whole_programme"), of(old, {}), of(new, {})
    for dimension in HIERARCHY:
        for code in new.codes(dimension):
            group = {dimension: code}
            yield new.programme.label(dimension, code, text), of(old, group), of(new, group)


def _said(figure: Figure) -> tuple[object, ...]:
    """What decides the sentence."""
    return figure.grade, figure.verdict, figure.reason


def held_table(release: Release, text: Text) -> pd.DataFrame:
    """Figures that stay as an earlier release had them, since the firms behind them changed by one or two."""
    held = release.figures.loc[release.figures["obs_status"] == ObsStatus.PROVISIONAL, "figure_id"]
    rows = {}
    for one in held:
        figure = release.by_id(str(one))
        if figure is not None and figure.measure == release.programme.headline.estimand:
            groups = [release.programme.label(name, code, text) for name, code in release.group_of(figure)]
            name = " · ".join([measure_words(figure, text), *groups])
            rows[f"{name} ({figure.horizon})"] = [claim_cell(figure, text), figure_id(figure)]
    return pd.DataFrame.from_dict(rows, orient="index", columns=[text("table.effect_95"), text("table.figure")])
