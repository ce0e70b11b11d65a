"""What changed since the last release, for readers: the figures of the first screen, how many others, and why."""

from collections.abc import Iterator

import pandas as pd

from analytics.difference import causes, changes, counts
from analytics.model import ObsStatus
from analytics.phrases import why
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
        told = [_told(figure, release, text) for figure, release in ((one, old), (other, new))]
        rows[label] = [*told, text(f"updates.{'same' if same else 'changed'}")]
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


def _told(figure: Figure | None, release: Release, text: Text) -> str:
    """A claim's numbers, or why there are none."""
    return claim_cell(figure, text) if figure is None or figure.published else why(figure, release, text)


def _said(figure: Figure) -> tuple[object, ...]:
    """What decides the sentence."""
    return figure.grade, figure.verdict, figure.reason


def held_table(release: Release, text: Text) -> pd.DataFrame:
    """The headline's figures that stay as an earlier release had them: the firms behind them changed by one or two."""
    headline, figures = release.programme.headline, release.figures
    about = (headline.estimand, headline.outcome, str(headline.horizon), ObsStatus.PROVISIONAL)
    named = figures[["measure", "outcome", "horizon", "obs_status"]] == about
    rows = {}
    for one in figures.loc[named.all(axis=1), "figure_id"]:
        figure = release.by_id(str(one))
        groups = [release.programme.label(*group, text) for group in release.group_of(figure)] if figure else []
        rows[" · ".join(groups) or text("label.whole_programme")] = [claim_cell(figure, text), figure_id(figure)]
    return pd.DataFrame.from_dict(rows, orient="index", columns=[text("table.effect_95"), text("table.figure")])
