"""A release file is made whole: its tables, the ids of what they hold, and the file under its own name."""

import json
from collections.abc import Iterable, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from analytics.folders import WorkFolder, make_private, name_once, to_disk
from analytics.model import UserError
from analytics.programme.file import Programme
from analytics.release.figure import Figure
from analytics.release.figure_id import FigureId, cell_id
from analytics.release.format import CODES, FLAGS, FORMAT_VERSION, KEY, NUMBERS, WHOLE_NUMBERS
from analytics.release.manifest import Manifest
from analytics.release.measures import ALL, SUM

PER_DIMENSION = "    -- one column per dimension\n"  # in release.sql, what they take the place of


def figures_table(figures: Iterable[Figure], programme: Programme, release: str) -> pd.DataFrame:
    """Figures as the table that a release of that name holds, with their ids, in a fixed order.

    Two figures with one id would stop the writing of the file.
    """
    listed, names = list(figures), programme.dimension_names
    keys = [figure.key for figure in listed]
    groups, cells = [dict(key.group) for key in keys], [key.cell for key in keys]
    columns: dict[str, list[Any]] = {
        "outcome": [key.outcome for key in keys],
        "measure": [key.measure.name for key in keys],
        "arm": [str(key.arm) for key in keys],
        "horizon": [key.horizon for key in keys],
        **{name: [group.get(name, ALL) for group in groups] for name in names},
        **{name: [getattr(figure, name) for figure in listed] for name in (*NUMBERS, *WHOLE_NUMBERS, *FLAGS)},
        **{name: [None if code is None else code.value for code in map(attrgetter(name), listed)] for name in CODES},
        "cell": cells,
        "figure_id": [str(FigureId(programme.id, release, cell)) for cell in cells],
    }
    types = dict.fromkeys(NUMBERS, "float64") | dict.fromkeys(WHOLE_NUMBERS, "Int64")
    return pd.DataFrame(columns).astype(types).sort_values([*KEY, *names]).reset_index(drop=True)


def picture_ids(name: str, rows: pd.DataFrame, programme: Programme, release: str) -> pd.DataFrame:
    """The same rows with their id, one for what an outcome and sector show in one picture: two lines, or the dots.
    Lines of sums have the id that they had when there were no others.
    """
    keys = f"{name}|outcome=" + rows["outcome"].astype(str) + "|sector=" + rows["sector"].astype(str)
    if "basis" in rows:
        keys += ("|basis=" + rows["basis"].astype(str)).where(rows["basis"] != SUM, "")
    ids = {key: str(FigureId(programme.id, release, cell_id(key))) for key in keys.unique()}
    return rows.assign(figure_id=keys.map(ids))


def write_release(path: Path, manifest: Manifest, tables: Mapping[str, pd.DataFrame]) -> None:
    """Make the file whole, then give it its name: nobody ever sees half a release.

    Raises UserError when a release of that name exists: it is never replaced.
    """
    make_private(path.parent)
    columns = "".join(f'    "{name}" VARCHAR NOT NULL,\n' for name in manifest.programme.dimension_names)
    schema = (Path(__file__).parent / "release.sql").read_text(encoding="utf-8").replace(PER_DIMENSION, columns)
    with WorkFolder(path.parent) as folder:
        whole = Path(folder) / path.name
        with duckdb.connect(whole) as connection:
            connection.execute(schema)
            for key, value in {"format_version": json.dumps(FORMAT_VERSION), **manifest.as_json()}.items():
                connection.execute("INSERT INTO manifest VALUES (?, ?)", [key, value])
            for name, frame in tables.items():
                columns = ", ".join(f'"{column}"' for column in frame.columns)
                connection.register("incoming", frame)
                connection.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM incoming")  # noqa: S608
                connection.unregister("incoming")
        to_disk(whole)
        whole.chmod(0o400)
        try:
            name_once(whole, path)
        except FileExistsError as error:
            raise UserError("release.taken", release=path.stem) from error
    try:
        to_disk(path.parent)
    except OSError:  # a name that may not last is none
        path.unlink(missing_ok=True)
        raise
