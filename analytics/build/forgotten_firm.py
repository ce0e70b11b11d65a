"""What stood behind releases, without a firm that was deleted on request: a row in its place, that nobody can be known
by, keeps later releases from telling about it.

Were the row gone, a firm that is in release 1 and not in release 2 would be nobody who changed, and the difference of
the two could be published: the firm's own figures. What stays is in which cells it was counted (the codes of groups,
which release 1 cut its tables by), under a random name, and in place of each amount the largest one
that another firm contributes. An attacker's interval narrows no faster than the amount behind it, and the protection
level is a share of that amount: what is kept open for a large one is kept open for any smaller one (METHODS.md 7).
"""

import secrets
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analytics.build.contributions import Contribution, contributions_in
from analytics.build.cubes import CELL_MEASURES
from analytics.build.earlier import OUTSIDE
from analytics.programme.file import Programme

PREFIX = "deleted-"  # of the random names of such rows


def without_firm(
    frames: Mapping[str, pd.DataFrame], firm: str, programme: Programme, seed: int | None = None
) -> dict[str, pd.DataFrame]:
    """The frames of contributions that have the firm, by release, with a row that stands for it.

    In all of them it has one random name. What it contributed equally to two releases stays equal, and what differed
    stays different, so that a change between them stays one. seed: of the random numbers; None: of the system.
    """
    rng = np.random.default_rng(secrets.randbits(64) if seed is None else seed)
    name = f"{PREFIX}{rng.bytes(8).hex()}"
    of_firm = {release: frame for release, frame in frames.items() if firm in frame.index}
    rows = {release: dict(frame.loc[[firm]].iloc[0]) for release, frame in of_firm.items()}
    _mark_anew(rows, OUTSIDE, rng)
    for contribution in dict.fromkeys(one for frame in of_firm.values() for one in contributions_in(frame)):
        column = contribution.column
        if contribution.is_trace:
            _mark_anew(rows, column, rng)
            continue
        told = {release: float(row[column]) for release, row in rows.items() if pd.notna(row.get(column))}
        if not told:
            continue
        distinct = rng.permutation(list(dict.fromkeys(told.values()))).tolist()
        others = [
            frame[frame["arm"] == rows[release]["arm"]][column].drop(firm)
            for release, frame in of_firm.items()
            if release in told
        ]
        instead = _instead(contribution, len(distinct), others, programme)
        for release, value in told.items():
            rows[release][column] = instead[distinct.index(value)]
    _mark_outside(rows, rng)
    return {release: _replaced(frame, firm, name, rows[release]) for release, frame in of_firm.items()}


def _mark_outside(rows: Mapping[str, dict[Hashable, Any]], rng: np.random.Generator) -> None:
    """Of a firm from outside the applicants, another mark in place of each of its own."""
    instead: dict[float, float] = {}
    for row in rows.values():
        if pd.notna(row.get(OUTSIDE)):
            row[OUTSIDE] = instead.setdefault(float(row[OUTSIDE]), 1 + rng.random())


def _mark_anew(rows: Mapping[str, dict[Hashable, Any]], column: str, rng: np.random.Generator) -> None:
    """Random marks, equal where the rows' own are."""
    marks: dict[float, float] = {}
    for row in rows.values():
        if pd.notna(row.get(column)):
            row[column] = marks.setdefault(float(row[column]), 1 + float(rng.random()))


def _replaced(frame: pd.DataFrame, firm: str, name: str, row: Mapping[Hashable, Any]) -> pd.DataFrame:
    """The frame without the firm; with the row at its end, where the firm contributed anything."""
    rest = frame.drop(index=firm)
    columns = [OUTSIDE, *(contribution.column for contribution in contributions_in(frame))]
    if all(pd.isna(row.get(column)) for column in columns):
        return rest
    added = pd.DataFrame([row], index=pd.Index([name], name=frame.index.name, dtype=frame.index.dtype))
    return pd.concat([rest, added.astype(frame.dtypes.to_dict())])


def _instead(
    contribution: Contribution,
    n: int,
    others: list[pd.Series],
    programme: Programme,
) -> list[float]:
    """What stands in place of n different contributions; others: what the other firms of its arm contribute."""
    if contribution.what not in CELL_MEASURES:
        return [1.0] * n  # a count
    bound = _bound(contribution, others, programme)
    return [bound * (place + 1) / n for place in range(n)]


def _bound(contribution: Contribution, others: list[pd.Series], programme: Programme) -> float:
    """The largest amount that another firm contributes; of grants, the largest that there is."""
    if contribution.what == "grants" and programme.grant_max is not None:
        return float(programme.grant_max)
    return max((float(known.max()) for known in others if known.notna().any()), default=0.0) or 1.0
