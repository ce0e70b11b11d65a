"""Parquet files: typed columns come as they are, no day shifts, and what cannot be read is named."""

import datetime as dt
import io
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.language.text import LANGUAGES, Text
from analytics.model import UserError
from analytics.store.readers import parquet
from analytics.store.readers.parquet import read_parquet
from analytics.store.readers.source import open_source
from analytics.store.readers.table import RawTable
from tests.helpers.raw import all_rows


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.parquet"


def table_of(path, table: pa.Table, **how) -> RawTable:
    pq.write_table(table, path, **how)
    [found] = read_parquet(open_source(path))
    return found


def refused(path, table: pa.Table) -> UserError:
    with pytest.raises(UserError) as caught:
        all_rows(table_of(path, table), 0)
    for language in LANGUAGES:
        assert str(path) in caught.value.said(Text(language))
    return caught.value


def test_columns_keep_their_types(path):
    """Whole numbers beyond 2^53, floats of half the width, decimals, days, categories, texts written as bytes."""
    given_table = pa.table(
        {
            "n": [2**60 + 1, None],
            "x": [1.5, float("nan")],
            "f": pa.array([9.1, None], pa.float32()),
            "d": [Decimal("1.50"), None],
            "day": [dt.date(2021, 3, 1), None],
            "c": pa.array(["è", None]).dictionary_encode(),
            "b": pa.array([b"x", b"y"]),
            "none": [None, None],
        }
    )
    table = table_of(path, given_table)
    assert all_rows(table, 0).rows == [
        (1, 2**60 + 1, 1.5, 9.1, Decimal("1.50"), dt.date(2021, 3, 1), "è", "x", ""),
        (2, None, None, None, None, None, "", "y", ""),
    ]
    assert table.head[0] == (0, ["n", "x", "f", "d", "day", "c", "b", "none"])
    assert table.head[1][1][1:5] == ["\x001.5", "\x009.1", "\x001.50", "\x002021-03-01"]


def test_rows_without_anything_are_no_rows(path):
    """And the others keep their numbers, over chunks and row groups."""
    table = table_of(path, pa.table({"a": ["x", None, " ", "y"], "b": [None, None, None, 1]}), row_group_size=2)
    assert all_rows(table, 0).rows == [(1, "x", None), (4, "y", 1)]


@pytest.mark.parametrize(
    ("stored", "zone", "read", "said"),
    [
        (["2021-03-01T00:00", None], None, dt.date(2021, 3, 1), None),
        (["2021-03-01T00:00"], "UTC", dt.date(2021, 3, 1), None),
        (["2021-02-28T23:00", "2021-06-30T22:00"], "UTC", dt.date(2021, 3, 1), "zone_days"),
        (["2021-02-28T23:00", "2021-06-30T22:00"], "Europe/Rome", dt.date(2021, 3, 1), None),
        (["2021-02-28T23:00"], "+01:00", dt.date(2021, 3, 1), None),
        (["2021-02-28T23:00", "2021-06-30T22:00"], None, dt.date(2021, 3, 1), "zone_days"),
        (["2021-02-28T23:00", "2021-06-30T23:00"], "UTC", "2021-02-28 23:00:00.000000Z", "zone_times"),
        (["2021-02-28T23:10"], None, dt.datetime(2021, 2, 28, 23, 10), None),  # noqa: DTZ001
    ],
)
def test_no_day_shifts_with_a_time_zone(path, stored, zone, read, said):
    """Midnight in Rome, stored as 23:00 of the day before, is the officer's day; what is no day stays a time."""
    moments = pa.array(np.array(stored, "datetime64[us]"), pa.timestamp("us", zone))
    table = table_of(path, pa.table({"closed_on": moments}))
    assert all_rows(table, 0).cells[0] == [read]
    assert [key for key, _ in table.notices] == ([said] if said else [])
    for language in LANGUAGES:
        assert all("closed_on" in Text(language)(f"notice.{key}", **details) for key, details in table.notices)


def test_nested_columns_are_named_and_left_out(path):
    """A list has no reading as a cell."""
    table = table_of(path, pa.table({"a": [1], "list": [[1, 2]], "b": ["x"]}))
    assert table.head[0][1] == ["a", "b"]
    assert table.notices == (("column_unreadable", {"column": "list", "type": "list<element: int64>"}),)
    assert all_rows(table, 0).rows == [(1, 1, "x")]


def test_what_breaks_the_rules_says_so(path, monkeypatch):
    """Texts that are none, two columns of one name, nothing at all, more than fits."""
    broken = pa.StringArray.from_buffers(1, pa.py_buffer(np.array([0, 1], np.int32)), pa.py_buffer(b"\xff"))
    assert refused(path, pa.table({"a": broken})).key == "file.damaged"
    assert refused(path, pa.table([[1], [2]], names=["a", "a"])).key == "file.column_twice"
    assert refused(path, pa.table({"a": ["x\0y"]})).key == "file.zero_cell"
    assert refused(path, pa.table({"a": pa.array([], pa.string())})).key == "file.no_rows"
    assert refused(path, pa.table({"a": ["x" * (1 << 20) + "y"]})).key == "file.long_cell"
    monkeypatch.setattr(parquet, "LARGEST_CHUNK", 1000)
    assert refused(path, pa.table({"a": ["x" * 500] * 3})).key == "file.long_cell"  # stored once
    monkeypatch.undo()
    monkeypatch.setattr(parquet, "MOST_ROWS", 1)
    assert refused(path, pa.table({"a": [1, 2]})).key == "file.parquet_large"
    monkeypatch.undo()
    monkeypatch.setattr(parquet, "LARGEST_GROUP", 1)
    assert refused(path, pa.table({"a": [1, 2]})).key == "file.parquet_group"


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.data())
def test_damaged_files_are_rows_or_a_user_error(tmp_path, data):
    """A few bytes changed anywhere."""
    buffer = io.BytesIO()
    moments = pa.array(np.array(["2021-03-01T00:00", None], "datetime64[us]"), pa.timestamp("us", "UTC"))
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", None], "t": moments}), buffer)
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, 2**16)) % len(content)] = data.draw(st.integers(0, 255))
    path = tmp_path / "file"
    path.write_bytes(content)
    try:
        for table in read_parquet(open_source(path)) if content[:4] == b"PAR1" else ():
            all_rows(table, 0, len(table.head[0][1]))
    except UserError as error:
        if not error.said(Text("it")):
            raise
