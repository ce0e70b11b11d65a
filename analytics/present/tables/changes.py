"""What changed since the last release, for readers: the figures of the first screen, how many others, and why."""

from collections.abc import Iterator

import pandas as pd

from analytics.language.text import Text
from analytics.model import ObsStatus
from analytics.present.asked import Asked
from analytics.present.sentences.phrases import why
from analytics.present.written import claim_cell, figure_id
from analytics.release import Figure, Release
from analytics.release.difference import causes, changes, counts


def update_words(old: Release, new: Release, text: Text) -> list[str]:
    """How many figures differ, and what was different when they were made."""
    by_how = counts(changes(old.figures, new.figures))
    shown = [text("cli.difference.count", how=text(f"cli.change.{how}"), n=text.number(n)) for how, n in by_how.items()]
    because = [text(f"cli.cause.{cause}") for cause in causes(old, new)] or [text("cli.cause.none")]
    return [
        text("cli.difference.counts", new=new.release_id, old=old.release_id, counts=", ".join(shown)),
        text("cli.difference.causes", causes=", ".join(because)),
    ]


def updates_table(old: Release, new: Release, text: Text) -> pd.DataFrame:
    """The claims of the programme, its macro-sectors and sectors, then and now."""
    labels, rows = [], []
    for label, before, now in _claims(old, new, text):
        same = before is not None and now is not None and _deciding(before) == _deciding(now)
        cells = [_claim_or_why(figure, release, text) for figure, release in ((before, old), (now, new))]
        labels.append(label)
        rows.append([*cells, text(f"updates.{'same' if same else 'changed'}")])
    return pd.DataFrame(rows, columns=[old.release_id, new.release_id, text("updates.said")], index=labels)


def _claims(old: Release, new: Release, text: Text) -> Iterator[tuple[str, Figure | None, Figure | None]]:
    """Every claim of either release."""
    asked = Asked.headline(new)
    yield text("label.whole_programme"), asked.effect(old), asked.effect(new)
    for dimension in new.programme.sector_dimensions:
        for code in dict.fromkeys((*new.codes(dimension), *old.codes(dimension))):
            group = ((dimension, code),)
            pair = asked.effect(old, group), asked.effect(new, group)
            if pair != (None, None):
                source = new if code in new.codes(dimension) else old
                yield source.programme.label(dimension, code, text), *pair


def _claim_or_why(figure: Figure | None, release: Release, text: Text) -> str:
    """A claim's numbers, or why there are none."""
    return claim_cell(figure, text) if figure is None or figure.published else why(figure, release, text)


def _deciding(figure: Figure) -> tuple[object, ...]:
    """What decides the sentence."""
    return figure.grade, figure.verdict, figure.reason


def held_table(release: Release, text: Text) -> pd.DataFrame:
    """The headline's figures that stay as an earlier release had them: the firms behind them changed by one or two."""
    question, figures = release.programme.headline, release.figures
    wanted = (question.estimand, question.outcome, question.horizon_code, ObsStatus.PROVISIONAL)
    rows = figures[["measure", "outcome", "horizon", "obs_status"]].eq(list(wanted)).all(axis=1)
    held = [figure for figure in map(release.by_id, map(str, figures.loc[rows, "figure_id"])) if figure is not None]
    columns = [text("table.effect_95"), text("table.figure")]
    cells = [[claim_cell(figure, text), figure_id(figure)] for figure in held]
    return pd.DataFrame(cells, columns=columns, index=[_name(figure, release, text) for figure in held])


def _name(figure: Figure, release: Release, text: Text) -> str:
    """The group that a figure is about."""
    groups = [release.programme.label(dimension, code, text) for dimension, code in figure.group]
    return " · ".join(groups) or text("label.whole_programme")
