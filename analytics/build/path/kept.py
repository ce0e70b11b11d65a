"""What stood behind the path of each release, kept with the store and as confidential: who stood where, and what of it
was told. A new release is protected beside all of them.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.build.earlier import keep_frame
from analytics.build.forgotten_firm import PREFIX
from analytics.build.path.places import (
    ANALYSED,
    MATCHED,
    MEASURED,
    OF_FUNDED,
    PLACE,
    SELLING,
    WAVE,
    Places,
    comparison_steps,
    parents_of,
)
from analytics.build.path.protection import Codes, Pattern, counts_of_awards, euros_of_awards, tree_cube
from analytics.disclosure.cube import Cube
from analytics.model import Arm, DataKind, UserError
from analytics.programme.file import Programme
from analytics.release import Release
from analytics.release.measures import ALL

FIRST_WITH_PATH = 10  # format of a release
OF_ANALYSIS = ANYWHERE, IN_ROWS = "analysis", "analysis_in_rows"  # what all tells of the firms, what the rows do
PATH_ROWS = ".path.parquet"  # how the files of rows by firm end
FRAMES = ("funded", "awards", "turned_down")
BETWEEN = "|"  # between the codes of a cell
# of a release up to format 9: each stage of the reconciliation holds those that went no further
_OLD_STAGES = {"loaded_firms": ALL, "selling_firms": SELLING, "reporting_firms": MATCHED, "measured_firms": MEASURED}
_OLD_STAGES |= {"analysed_firms": ANALYSED}


@dataclass(frozen=True, slots=True, eq=False)
class BehindPath:
    """frames: funded, awards and turned_down of `Places`, by firm; told: pattern -> the cells that were told; parents:
    places of an older release beside those of this one.
    """

    frames: Mapping[str, pd.DataFrame]
    told: Mapping[str, frozenset[Codes]]
    parents: Mapping[str, str]

    @classmethod
    def nothing(cls) -> "BehindPath":
        """Behind a release that tells nothing of the path."""
        return cls({}, {}, {})

    @classmethod
    def of(cls, places: Places, patterns: Mapping[str, Pattern]) -> "BehindPath":
        """Behind a release with these patterns."""
        told = {
            name: frozenset(
                codes for codes, hidden in zip(pattern.cube.positions, pattern.withheld, strict=True) if not hidden
            )
            for name, pattern in patterns.items()
        }
        turned_down = places.turned_down.set_index("firm")
        return cls({"funded": places.funded, "awards": places.awards, "turned_down": turned_down}, told, {})

    def changed_firms(self, places: Places) -> int:
        """How many firms stand elsewhere now, or were granted or paid something else."""
        now = BehindPath.of(places, {}).frames
        return len({firm for name in FRAMES for firm in _differing(self.frames.get(name), now[name])})

    def pattern(self, name: str, programme: Programme) -> Pattern | None:
        """One of its cubes with what was not told of it; None where it has none."""
        frame = self.frames.get(
            {**dict.fromkeys(OF_ANALYSIS, "funded"), "comparison": "turned_down"}.get(name, "awards")
        )
        if name not in self.told or frame is None or frame.empty:
            return None
        cube = self._cube(name, frame, programme)
        told = self.told[name]
        return Pattern(cube, np.array([codes not in told for codes in cube.positions], dtype=bool))

    def _cube(self, name: str, frame: pd.DataFrame, programme: Programme) -> Cube:
        if name in OF_ANALYSIS:
            return tree_cube(frame, parents_of(OF_FUNDED) | dict(self.parents))
        if name == "comparison":
            return tree_cube(frame, parents_of(comparison_steps(programme)))
        return counts_of_awards(frame) if name == "awards" else euros_of_awards(frame)

    def keep(self, folder: Path, release: str) -> None:
        """Write it beside the contributions of a release: one row per firm and frame, index the firm."""
        parts = [frame.rename_axis("firm_id").assign(frame=name) for name, frame in self.frames.items()]
        columns = ["frame", WAVE, PLACE, "fate", "flow", "granted", "paid"]
        rows = pd.concat(parts) if parts else pd.DataFrame(index=pd.Index([], name="firm_id"))
        rows = rows.reindex(columns=columns)
        numbers = {"granted": "float64", "paid": "float64"}
        texts = [name for name in columns if name not in numbers]
        rows = rows.astype({**dict.fromkeys(texts, object), **numbers})
        rows[texts] = rows[texts].where(rows[texts].notna(), None)
        cells = [(name, BETWEEN.join(codes)) for name, told in self.told.items() for codes in sorted(told)]
        keep_frame(_rows_file(folder, release), rows)
        keep_frame(_told_file(folder, release), pd.DataFrame(cells, columns=["pattern", "cell"], dtype=object))


def recall_path(folder: Path, release: Release, contributions: pd.DataFrame, programme: Programme) -> BehindPath | None:
    """What stood behind the path of an earlier release; of one up to format 9 the stages that its reconciliation told.
    None where nothing is known of it. Raises UserError when that of a release of confidential data is lost.
    """
    if release.format_version < FIRST_WITH_PATH:
        return _of_stages(release, contributions)
    files = _rows_file(folder, release.release_id), _told_file(folder, release.release_id)
    for file in files:
        if not file.exists():
            if programme.data_kind is DataKind.CONFIDENTIAL:
                raise UserError("disclosure.behind", release=release.release_id, file=file)
            return None
    rows, cells = pd.read_parquet(files[0]), pd.read_parquet(files[1])
    texts = [WAVE, PLACE, "fate", "flow"]
    rows[texts] = rows[texts].astype(object).where(rows[texts].notna(), None)
    kept = {"funded": [WAVE, PLACE], "awards": [WAVE, "fate", "flow", "granted", "paid"], "turned_down": [PLACE]}
    frames = {name: rows.loc[rows["frame"] == name, columns] for name, columns in kept.items()}
    told = {
        str(name): frozenset(tuple(cell.split(BETWEEN)) for cell in of_one["cell"])
        for name, of_one in cells.groupby("pattern")
    }
    return BehindPath(frames, told, {})


def paths_without_firm(frames: Mapping[str, pd.DataFrame], firm: str, programme: Programme) -> dict[str, pd.DataFrame]:
    """The rows behind paths that have a firm, by release, with its rows under one random name, as for contributions
    (`build/forgotten_firm.py`): where it stood stays; in place of what it was granted the largest grant that there is.
    """
    rng = np.random.default_rng(secrets.randbits(64))
    name = f"{PREFIX}{rng.bytes(8).hex()}"
    mine = {release: frame for release, frame in frames.items() if firm in frame.index}
    amounts = [pair for frame in mine.values() for pair in _amounts(frame.loc[[firm]])]
    distinct = rng.permutation(np.arange(len(dict.fromkeys(amounts)))).tolist()
    place = dict(zip(dict.fromkeys(amounts), distinct, strict=True))
    return {release: _renamed(frame, firm, name, place, programme) for release, frame in mine.items()}


def _amounts(rows: pd.DataFrame) -> list[tuple[float, float]]:
    return [(granted, paid) for granted, paid in zip(rows["granted"], rows["paid"], strict=True) if granted == granted]


def _renamed(
    frame: pd.DataFrame, firm: str, name: str, place: Mapping[tuple[float, float], int], programme: Programme
) -> pd.DataFrame:
    """place: of each pair of granted and paid, how many cents it lies below the largest."""
    others = frame.drop(index=firm)
    most = programme.grant_max or float(others["granted"].max() if others["granted"].notna().any() else 1.0)
    rows, pairs = frame.loc[[firm]], []
    for granted, paid in zip(rows["granted"], rows["paid"], strict=True):
        instead = round(most - place.get((granted, paid), 0) / 100, 2)
        part = 0.0 if paid == 0 else instead / 2 if paid < granted else instead + (paid > granted)
        pairs.append((instead, round(part, 2)) if granted == granted else (np.nan, np.nan))
    rows = rows.assign(granted=[granted for granted, _ in pairs], paid=[paid for _, paid in pairs])
    rows.index = pd.Index([name] * len(rows), name=frame.index.name)
    return pd.concat([others, rows])


def _of_stages(release: Release, contributions: pd.DataFrame) -> BehindPath:
    """Each funded firm at the last stage that it reached, and which of the stages were told, by tranche."""
    question = release.programme.headline
    funded = contributions[contributions["arm"] == Arm.FUNDED.value]
    place = pd.Series("no_sales", index=funded.index, dtype=object)
    of_headline = {MATCHED: "reporting", MEASURED: "measured", ANALYSED: question.estimand.value}
    reached = funded.get("sells", pd.Series("yes", index=funded.index)) == "yes"
    place[reached] = _only(SELLING)
    for stage, what in of_headline.items():
        column = f"{question.outcome}|{question.horizon_code}|{what}"
        if column not in funded:
            break
        reached &= funded[column].notna()
        place[reached] = ANALYSED if stage == ANALYSED else _only(stage)
    told = frozenset(
        (str(row["tranche"]), stage)
        for row in release.reconciliation.to_dict("records")
        for column, stage in _OLD_STAGES.items()
        if not pd.isna(row.get(column))
    )
    frame = pd.DataFrame({WAVE: funded.get("wave"), PLACE: place}, index=funded.index)
    parents = {_only(stage): stage for stage in (SELLING, MATCHED, MEASURED)}
    return BehindPath({"funded": frame}, dict.fromkeys(OF_ANALYSIS, told), parents)


def _differing(before: pd.DataFrame | None, now: pd.DataFrame) -> set[str]:
    """The firms of which the two frames do not say the same."""
    told = [set() if frame is None else _rows(frame) for frame in (before, now)]
    return {firm for firm, *_ in told[0] ^ told[1]}


def _rows(frame: pd.DataFrame) -> set[tuple[str, ...]]:
    """Firm and what a frame says of it, as text."""
    columns = [
        frame[name].astype(object).where(frame[name].notna(), "").astype(str) for name in sorted(map(str, frame))
    ]
    return set(zip(frame.index.astype(str), *columns, strict=True))


def _only(stage: str) -> str:
    """The place of those that reached a stage and not the next."""
    return f"only_{stage}"


def _rows_file(folder: Path, release: str) -> Path:
    return folder / f"{release}{PATH_ROWS}"


def _told_file(folder: Path, release: str) -> Path:
    return folder / f"{release}.path_told.parquet"
