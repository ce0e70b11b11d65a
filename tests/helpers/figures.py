"""Figures as flat records, which a test can write and read in a line; and what stands for an earlier release."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from analytics.build.withheld_cells import WithheldCells
from analytics.build.withhold import withhold
from analytics.model import ConfStatus, ObsStatus, Unit
from analytics.programme.dimensions import DIMENSIONS
from analytics.programme.file import Programme, load_programme
from analytics.release import Release
from analytics.release.figure import Figure, FigureKey, group_of
from analytics.release.measures import measure_named

Row = dict[str, object]
TOLD = [field.name for field in fields(Figure) if field.name not in ("key", "figure_id")]
MICHIGAN = load_programme("michigan-1988")


def as_row(figure: Figure) -> Row:
    """Its key with a column per dimension ("*": all of it), and all that it says; what it does not say is absent."""
    key = figure.key
    row: Row = {"outcome": key.outcome, "measure": key.measure.name, "arm": key.arm, "horizon": key.horizon}
    row |= dict.fromkeys(DIMENSIONS, "*") | dict(key.group)
    return row | {name: value for name in TOLD if (value := getattr(figure, name)) is not None}


def as_figure(row: Mapping[str, object]) -> Figure:
    """The figure of such a record; without a unit or status it is an estimated fraction."""
    key = FigureKey(
        measure_named(str(row["measure"])),
        str(row["outcome"]),
        str(row["arm"]),
        str(row["horizon"]),
        group_of({name: str(row.get(name, "*")) for name in DIMENSIONS}),
    )
    told = {"unit": Unit.FRACTION, "obs_status": ObsStatus.ESTIMATED, "conf_status": ConfStatus.FREE}
    told |= {name: row[name] for name in TOLD if name in row}
    return Figure(key, **told)


def figures_in(release: Release) -> Iterator[Figure]:
    """All figures of a release, in the order of its table."""
    for figure_id in release.figures["figure_id"]:
        figure = release.by_id(figure_id)
        assert figure is not None
        yield figure


@dataclass(frozen=True)
class Earlier:
    """An earlier release, as far as `withhold` asks: the figures that it publishes."""

    figures: Mapping[FigureKey, Figure]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, object]]) -> "Earlier":
        """The one that holds these records."""
        return cls({figure.key: figure for figure in map(as_figure, rows)})

    def at(self, key: FigureKey) -> Figure | None:
        """The figure of that key."""
        return self.figures.get(key)


def withheld_rows(
    rows: Iterable[Mapping[str, object]],
    withheld_cells: WithheldCells,
    earlier: Iterable[Earlier] = (),
    programme: Programme = MICHIGAN,
) -> Iterator[Row]:
    """Records after the patterns have withheld and held what they do."""
    return map(as_row, withhold(map(as_figure, rows), withheld_cells, programme, list(earlier)))
