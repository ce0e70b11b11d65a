"""All that leaves by addresses is in the release files: every number of every answer is that of a figure, line, dot or
count that the release holds, under its id and key; so what was attacked before publication is all that can be attacked.

Two releases of one programme, of which the second withholds what the first told, and a programme of another kind.
"""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from starlette.applications import Starlette

from analytics.folders import Home
from analytics.language.text import Text
from analytics.present.tables.codebook import NAME as CODEBOOK
from analytics.present.tables.named import TABLES, release_tables, table_named
from analytics.present.tables.table import ColumnKind, Table
from analytics.publish.api.tables import PACKAGES, media_of
from analytics.publish.formats.sdmx import OBSERVATIONS
from analytics.release import Release
from tests.publish.shelf import OTHER, PROGRAMME, Clock, application, shelved
from tests.serve.browsing import ask

RELEASES = ((PROGRAMME, "2026-1"), (PROGRAMME, "2026-2"), (OTHER, "2026-1"))
# Numbers of answers that are of no figure: how many there are of something, and the version of the method.
STRUCTURE = {"rows", "offset", "limit", "total", "method", "new", "gone", "status", "value", "others"}
LONG = "figures"  # the table that is asked for by part where a format takes long
PART = "measure=typical_firm&outcome=online_sales"
NUMBERS = (ColumnKind.NUMBER, ColumnKind.INTEGER)
Row = Mapping[str, Any]


@dataclass
class Held:
    """What a release file holds."""

    release: Release

    @cached_property
    def by_id(self) -> dict[str, dict[str, Any]]:
        """Figure id -> its row."""
        columns = {str(name): self.release.figures[name].tolist() for name in self.release.figures}
        rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
        return {row["figure_id"]: row for row in rows}

    @cached_property
    def points(self) -> dict[str, set[tuple[float, ...]]]:
        """Id of a picture -> its points: value and number of firms."""
        found: dict[str, set[tuple[float, ...]]] = {}
        for table, value in ((self.release.lines, "index_value"), (self.release.spread, "value")):
            for row in table.to_dict("records"):
                found.setdefault(row["figure_id"], set()).add((known(row[value]), known(row["n"])))
        return found


def known(value: Any) -> Any:
    """A value, None where there is none."""
    return None if value is None or value is pd.NA or value != value else value


@pytest.fixture(scope="module")
def site(
    demonstration: Home, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Starlette, dict[tuple[str, str], Held]]:
    """The site, and what each release file holds."""
    root = tmp_path_factory.mktemp("home") / "releases"
    shutil.copytree(demonstration.releases, root)
    shelved(root, Clock())
    held = {of: Held(Release(root / of[0] / f"{of[1]}.duckdb")) for of in RELEASES}
    return application(root, Clock()), held


def of_figure(figure_id: str, held: Mapping[tuple[str, str], Held]) -> dict[str, Any] | None:
    """The row of a figure, in the release that its id names; None of a picture. An id that no release holds fails."""
    programme, release, _ = figure_id.split(".")
    home = held[programme, release]
    if figure_id in home.by_id:
        return home.by_id[figure_id]
    assert home.release.holds(figure_id), figure_id
    return None


def check_figure(told: Row, figure: Row, value: str, where: str) -> None:
    """All numbers that are told of a figure are numbers of its own row, and its value is its value, or nothing."""
    if value in told:
        assert told[value] == known(figure["value"]), (where, value, told)
    own = {known(cell) for cell in figure.values()}
    for name, number in told.items():
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            assert number in own, (where, name, number)


# ---- answers in JSON -------------------------------------------------------------------------------------------------


def check_json(value: Any, held: Mapping[tuple[str, str], Held], where: str) -> int:
    """Every number of an answer, by the figure beside it or as one of structure; how many there are."""
    if isinstance(value, list):
        return sum(check_json(part, held, where) for part in value)
    if not isinstance(value, dict):
        assert not isinstance(value, float), (where, value)
        return 0
    told = {name: n for name, n in value.items() if isinstance(n, (int, float)) and not isinstance(n, bool)}
    figure_id = value.get("figure_id")
    if figure_id is None:
        assert set(told) <= STRUCTURE, (where, told)
        assert all(isinstance(number, int) for number in told.values()), (where, told)
    elif (figure := of_figure(figure_id, held)) is not None:
        check_figure(value, figure, "value", where)
    elif told:
        points = held[tuple(figure_id.split(".")[:2])].points[figure_id]  # type: ignore[index]
        assert (value.get("index", value.get("change")), value["n"]) in points, (where, value)
    return len(told) + sum(check_json(part, held, where) for part in value.values() if isinstance(part, (dict, list)))


def addresses_in_json(held: Mapping[tuple[str, str], Held]) -> Iterator[str]:
    """Every address that answers in JSON and is no table; of figures each kind, and each that is withheld anywhere."""
    yield "/api/releases.json"
    for programme, release in RELEASES:
        asked = f"programme={programme}&release={release}"
        yield from (f"/api/{name}.json?{asked}" for name in ("headlines", "tables"))
        home = held[programme, release]
        pictures = [*list(home.points)[:3], *list(home.points)[-3:], *list(home.release._lists)[:5]]
        withheld = [figure_id for figure_id, row in home.by_id.items() if known(row["value"]) is None]
        told = [figure_id for figure_id, row in home.by_id.items() if known(row["value"]) is not None]
        step = max(1, len(told) // 40)
        for figure_id in [*pictures, *withheld[:: max(1, len(withheld) // 40)], *told[::step]]:
            yield f"/api/figures/{figure_id}.json"
    for direction in ("from=2026-1&to=2026-2", "from=2026-2&to=2026-1"):
        yield f"/api/changes?{direction}&limit=1000"


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_number_in_json_is_one_of_its_figure(site: Any, language: str) -> None:
    """Under the id beside it; what is withheld has none."""
    app, held = site
    checked = 0
    for address in addresses_in_json(held):
        answer = ask(app, f"{address}{'&' if '?' in address else '?'}lang={language}")
        assert answer.status == 200, address
        checked += check_json(json.loads(answer.body), held, address)
    assert checked > 2000


def test_a_false_number_would_be_found(site: Any) -> None:
    """A value beside an id that is not its own, and a number that is of no figure, fail."""
    app, held = site
    right = json.loads(ask(app, f"/api/headlines.json?programme={PROGRAMME}&release=2026-1").body)
    first = right["headlines"][0]
    for wrong in ({**first, "value": 0.5}, {**first, "low": 0.123}, {**first, "figure_id": None}, {"x": 1}, [0.25]):
        with pytest.raises(AssertionError):
            check_json(wrong, held, "")


# ---- files -----------------------------------------------------------------------------------------------------------


def read(body: bytes, ending: str, table: Table) -> pd.DataFrame:
    """A file of a table, by a reader that is not ours: each column of the type that it declares."""
    if ending == "parquet":
        frame = pq.read_table(io.BytesIO(body)).to_pandas()
    elif ending == "json":
        frame = pd.DataFrame(json.loads(body)["rows"], columns=list(table.data), dtype=object)
    elif ending == "xlsx":
        sheet = load_workbook(io.BytesIO(body), read_only=True).worksheets[0]
        head, *rows = sheet.iter_rows(values_only=True)
        frame = pd.DataFrame(rows, columns=head, dtype=object)
    else:
        italian = ending == "it.csv"
        frame = pd.read_csv(
            io.BytesIO(body),
            sep=";" if italian else ",",
            decimal="," if italian else ".",
            dtype=object,
            keep_default_na=False,
            encoding="utf-8-sig",
        )
        for column in table.columns:
            if column.kind in NUMBERS:
                written = frame[column.name].str.replace(",", ".") if italian else frame[column.name]
                frame[column.name] = [float(number) if number else None for number in written]
    return frame


def check_table(frame: pd.DataFrame, table: Table, held: Mapping[tuple[str, str], Held], where: str) -> int:
    """Each number of a file by the figure whose part its column is, under the id in the same row."""
    checked = 0
    by_figure: dict[str, list[str]] = {}
    for column in table.columns:
        if column.kind in NUMBERS:
            by_figure.setdefault(column.figure, []).append(column.name)
    for figure, names in by_figure.items():
        ids = _ids(figure, table)
        for row in frame[[*names, *ids]].to_dict("records"):
            told = {name: known(row[name]) for name in names if known(row[name]) is not None}
            if not told:
                continue
            checked += len(told)
            assert ids, (where, told)
            of = of_figure(str(row[ids[0]]), held)
            if of is not None:
                check_figure(told, of, figure, where)
            else:
                points = held[tuple(str(row[ids[0]]).split(".")[:2])].points[row[ids[0]]]  # type: ignore[index]
                assert (told.get(figure), told.get("n")) in points, (where, told)
    return checked


def _ids(figure: str, table: Table) -> list[str]:
    """The column that holds the id of a figure: its own, or the row's."""
    return [name for name in (f"{figure}_figure_id", "figure_id") if figure and name in table.data][:1]


def check_whole(frame: pd.DataFrame, table: Table, where: str) -> None:
    """A table of counts, or a place among dots, is of no figure: row by row it is the release's own."""
    release = table.release
    of_tables = {"reconciliation": release.reconciliation, "reconciliation-gaps": release.reconciliation_gaps}
    source = of_tables.get(table.name, release.applications)
    own = {known(cell) for name in source for cell in source[name]}
    for column in table.columns:
        if column.kind in NUMBERS:
            assert {known(cell) for cell in frame[column.name]} <= own | {None}, (where, column.name)


def check_file(body: bytes, ending: str, table: Table, held: Mapping[tuple[str, str], Held], where: str) -> int:
    """A file of a table, whatever its format."""
    frame = read(body, ending, table)
    assert list(frame) == [column.name for column in table.columns], where
    assert len(frame) == len(table.data), where
    if table.name in ("reconciliation", "reconciliation-gaps", "applications"):
        check_whole(frame, table, where)
        return len(frame)
    if table.name == "spread":  # whose places are counted, not measured
        assert set(frame["place"]) <= set(table.release.spread["place"])
        table = table.with_columns(tuple(name for name in table.data if name != "place"))
    return check_table(frame, table, held, where)


@pytest.mark.parametrize("of", RELEASES, ids=".".join)
@pytest.mark.parametrize("name", TABLES)
def test_every_number_of_every_file_is_one_of_its_figure(site: Any, name: str, of: tuple[str, str]) -> None:
    """In each format, of each table, with every grouping, outcome, year and measure."""
    app, held = site
    release, text = held[of].release, Text("it")
    every = "outcome=all&horizon=all&estimand=all" if name == "cohorts" else ""
    for ending in media_of(name):
        query = PART if name == LONG and ending not in ("csv", "parquet") and of[0] == PROGRAMME else every
        if name == "cohorts" and ending in ("xlsx", "zip"):
            query = "by=sector&outcome=all&horizon=all"
        filters = dict(part.split("=") for part in query.split("&") if part)
        address = f"/api/tables/{name}.{ending}?programme={of[0]}&release={of[1]}&{query}".rstrip("&")
        answer = ask(app, address)
        assert answer.status == 200, (address, answer.body[:200])
        table = table_named(release, name, filters, text)
        if ending == "sdmx.csv":
            check_sdmx(answer.body, table, held, address)
        elif ending == "zip":
            with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
                assert sorted(packed.namelist()) == sorted(
                    ["datapackage.json", "README.md", f"data/{name}.csv", f"{CODEBOOK}.csv"]
                )
                check_file(packed.read(f"data/{name}.csv"), "csv", table, held, address)
        else:
            check_file(answer.body, ending, table, held, address)


def check_sdmx(body: bytes, table: Table, held: Mapping[tuple[str, str], Held], where: str) -> None:
    """Observations by the id beside them."""
    frame = pd.read_csv(io.BytesIO(body), dtype=object, keep_default_na=False)
    assert len(frame) == len(table.data)
    for row in frame.to_dict("records"):
        value = float(row["OBS_VALUE"]) if row["OBS_VALUE"] not in ("", "NaN") else None
        figure = of_figure(row["FIGURE_ID"], held) if row.get("FIGURE_ID") else None
        if figure is not None:
            assert value == known(figure["value"]), where
        elif value is not None:
            points = held[tuple(row["FIGURE_ID"].split(".")[:2])].points[row["FIGURE_ID"]]  # type: ignore[index]
            assert value in {point[0] for point in points}, where
    assert OBSERVATIONS[table.name].value in table.data


# the demonstration's workbook takes half a minute; its writer is that of the package's tables
IN_ONE_FILE = [(of, end) for of in RELEASES[1:] for end in PACKAGES if (of[0], end) != (PROGRAMME, "xlsx")]


@pytest.mark.parametrize(("of", "ending"), IN_ONE_FILE)
def test_a_whole_release_in_one_file_is_its_tables(site: Any, of: tuple[str, str], ending: str) -> None:
    """Package and workbook hold the tables, each as it is by its own address, and nothing beside."""
    app, held = site
    tables = {table.name: table for table in release_tables(held[of].release, Text("it"))}
    answer = ask(app, f"/api/package/{of[1]}.{ending}?programme={of[0]}")
    assert answer.status == 200
    if ending == "zip":
        with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
            files = {path: packed.read(path) for path in packed.namelist()}
        assert set(files) == {"datapackage.json", "README.md", f"{CODEBOOK}.csv", *(f"data/{n}.csv" for n in tables)}
        for name, table in tables.items():
            check_file(files[f"data/{name}.csv"], "csv", table, held, name)
    else:
        book = load_workbook(io.BytesIO(answer.body), read_only=True)
        assert set(tables) <= set(book.sheetnames)
        for name, table in tables.items():
            head, *rows = book[name].iter_rows(values_only=True)
            frame = pd.DataFrame(rows, columns=head, dtype=object)
            if name not in ("reconciliation", "reconciliation-gaps", "applications", "spread"):
                check_table(frame, table, held, name)
