"""What changed since the last release, for readers: the figures of the first screen, how many others, and why."""

from collections.abc import Iterator

import pandas as pd

from analytics.language.text import Text
from analytics.model import ObsStatus
from analytics.present.sentences.phrases import why
from analytics.present.written import claim_cell, figure_id
from analytics.programme.dimensions import HIERARCHY
from analytics.release import Figure, Release
from analytics.release.difference import causes, changes, counts


def update_words(old: Release, new: Release, text: Text) -> list[str]:
    """How many figures differ, and what was different when they were made."""
    found = counts(changes(old.figures, new.figures))
    shown = [text("cli.difference.count", how=text(f"cli.change.{how}"), n=text.number(n)) for how, n in found.items()]
    because = [text(f"cli.cause.{cause}") for cause in causes(old, new)] or [text("cli.cause.none")]
    return [
        text("cli.difference.counts", new=new.release_id, old=old.release_id, counts=", ".join(shown)),
        text("cli.difference.causes", causes=", ".join(because)),
    ]


def updates_table(old: Release, new: Release, text: Text) -> pd.DataFrame:
    """The claims of the programme, its macro-sectors and sectors, then and now."""
    labels, rows = [], []
    for label, one, other in _claims(old, new, text):
        same = one is not None and other is not None and _said(one) == _said(other)
        told = [_told(figure, release, text) for figure, release in ((one, old), (other, new))]
        labels.append(label)
        rows.append([*told, text(f"updates.{'same' if same else 'changed'}")])
    return pd.DataFrame(rows, columns=[old.release_id, new.release_id, text("updates.said")], index=labels)


def _claims(old: Release, new: Release, text: Text) -> Iterator[tuple[str, Figure | None, Figure | None]]:
    """Every claim of either release."""
    named = new.programme.headline

    def of(release: Release, group: dict[str, str]) -> Figure | None:
        return release.figure(named.estimand, outcome=named.outcome, horizon=str(named.horizon), group=group)

    yield text("label.whole_programme"), of(old, {}), of(new, {})
    for dimension in HIERARCHY:
        for code in dict.fromkeys((*new.codes(dimension), *old.codes(dimension))):
            pair = of(old, {dimension: code}), of(new, {dimension: code})
            if pair != (None, None):
                source = new if code in new.codes(dimension) else old
                yield source.programme.label(dimension, code, text), *pair


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
    named = figures[["measure", "outcome", "horizon", "obs_status"]].eq(list(about)).all(axis=1)
    held = [one for one in map(release.by_id, map(str, figures.loc[named, "figure_id"])) if one is not None]
    columns = [text("table.effect_95"), text("table.figure")]
    rows = [[claim_cell(one, text), figure_id(one)] for one in held]
    return pd.DataFrame(rows, columns=columns, index=[_name(one, release, text) for one in held])


def _name(figure: Figure, release: Release, text: Text) -> str:
    """The group that a figure is about."""
    groups = [release.programme.label(*group, text) for group in release.group_of(figure)]
    return " · ".join(groups) or text("label.whole_programme")
