"""Parquet files: types of their own, zones, columns within columns."""

import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from tests.store.corpus.case import A, B, Case, Loaded, Outcome, case, loads, refused, rejects

ONE = loads("A 2021-03 online 7.5")
_ROME = dt.timezone(dt.timedelta(hours=1))


def parquet(columns: dict[str, object], **how: object) -> bytes:
    """A Parquet file of these columns."""
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content, **how)
    return content.getvalue()


def _sales(amounts: object, periods: object = None, firms: object = None, **more: object) -> bytes:
    n = len(amounts)  # type: ignore[arg-type]
    firms = firms if firms is not None else [A, B][:n]
    periods = periods if periods is not None else ["2021-03"] * n
    return parquet({"fiscal_code": firms, "period": periods, "online_sales_eur": amounts} | more)


def _case(name: str, content: bytes, *outcomes: Outcome, **more) -> Case:
    return case(f"parquet: {name}", content, *outcomes, file="file.parquet", **more)


def cases() -> Iterator[Case]:
    """Every case of this kind."""
    yield from _amounts()
    yield from _days()
    yield from _shapes()


def _amounts() -> Iterator[Case]:
    yield _case("floating-point numbers", _sales([7.5]), ONE)
    yield _case("small floating-point numbers", _sales(pa.array([7.5], pa.float32())), ONE)
    yield _case("decimals", _sales(pa.array([Decimal("7.50")], pa.decimal128(12, 2))), ONE)
    yield _case("long decimals", _sales(pa.array([Decimal("7.5")], pa.decimal256(50, 10))), ONE)
    yield _case(
        "whole numbers", _sales(pa.array([7, 9], pa.int16())), loads("A 2021-03 online 7", "B 2021-03 online 9")
    )
    yield _case(
        "unsigned numbers", _sales(pa.array([2**40], pa.uint64())), rejects((1, "online_sales_eur", "too_large"))
    )
    yield _case(
        "a number beyond bounds", _sales(pa.array([2**63], pa.uint64())), rejects((1, "online_sales_eur", "too_large"))
    )
    yield _case("the noise of fractions", _sales([0.1 + 0.2]), loads("A 2021-03 online 0.3"))
    yield _case("nothing and not a number", _sales(pa.array([None, float("nan")])), refused("file."), loads())
    yield _case("not a number beside a number", _sales([7.5, float("nan")]), ONE)
    yield _case("infinite", _sales([7.5, float("inf")]), rejects((2, "online_sales_eur", ".*")))
    yield _case("negative", _sales([-7.5]), rejects((1, "online_sales_eur", "negative")))
    yield _case("tiny", _sales([1e-300]), loads("A 2021-03 online 0"), rejects((1, "online_sales_eur", ".*")))
    yield _case("texts of two readings", _sales(["9.500"]), refused("file.two_readings", told=(r"9\.500", "9500")))
    yield _case("texts with a decimal comma", _sales(["7,5"]), ONE)
    yield _case("texts in a dictionary", _sales(pa.array(["7,5"]).dictionary_encode()), ONE)
    yield _case("long texts", _sales(pa.array(["7,5"], pa.large_string())), ONE)
    yield _case("truth values", _sales([True]), rejects((1, "online_sales_eur", ".*")), refused("file."))
    yield _case(
        "numbers under a decimal comma",
        _sales([9.125]),
        loads("A 2021-03 online 9.125"),
        mapping='[format]\ndecimal = ","\nthousands = "."\n',
    )


def _days() -> Iterator[Case]:
    first = dt.datetime(2021, 3, 1)  # noqa: DTZ001 - what a file without zones holds
    yield _case("a day for a month", _sales([7.5], [first.date()]), ONE)
    for unit in ("s", "ms", "us", "ns"):
        yield _case(f"a time in {unit}", _sales([7.5], pa.array([first], pa.timestamp(unit))), ONE)
    instant = first.replace(tzinfo=_ROME)
    rome = pa.array([instant], pa.timestamp("us", "Europe/Rome"))
    yield _case("midnight in Rome", _sales([7.5], rome), ONE)
    utc = pa.array([instant], pa.timestamp("us", "UTC"))
    yield _case(
        "midnight in Rome, kept as UTC", _sales([7.5], utc), ONE, refused("file."), rejects((1, "period", ".*"))
    )
    summer = dt.datetime(2021, 7, 31, 22, tzinfo=dt.UTC)
    content = _sales([7.5], pa.array([summer], pa.timestamp("us", "UTC")))
    yield _case(
        "midnight in Rome in summer, kept as UTC",
        content,
        loads("A 2021-08 online 7.5"),
        refused("file."),
        rejects((1, "period", ".*")),
    )
    exact = pa.array([first.replace(tzinfo=dt.UTC)], pa.timestamp("us", "UTC"))
    yield _case("midnight in UTC", _sales([7.5], exact), ONE)
    ocean = pa.array([dt.datetime(2021, 3, 1, 5, tzinfo=dt.UTC)], pa.timestamp("us", "America/New_York"))
    yield _case("midnight in New York", _sales([7.5], ocean), ONE)
    yield _case("a whole number for a year", _sales([7.5], pa.array([2021], pa.int32())), loads("A 2021 online 7.5"))
    yield _case("a month as text", _sales([7.5], ["mar-21"]), ONE)


def _shapes() -> Iterator[Case]:
    yield _case("codes as numbers", _sales([7.5], firms=pa.array([int(A)], pa.int64())), ONE)
    yield _case("codes as fractions", _sales([7.5], firms=pa.array([float(A)])), ONE)
    yield _case("a firm that is missing", _sales([7.5, 8.5], firms=[A, None]), rejects((2, "fiscal_code", "missing")))
    nested = pa.array([[7.5]])
    yield _case("lists for amounts", _sales(nested), refused("file.", told=("online_sales_eur",)))
    yield _case("a list of no use", _sales([7.5], extra=nested), Loaded(ONE.values, told=("extra",)))
    yield _case(
        "bytes for codes",
        _sales([7.5], firms=pa.array([A.encode()], pa.binary())),
        ONE,
        refused("file.", told=("fiscal_code",)),
    )
    yield _case(
        "no rows",
        _sales(pa.array([], pa.float64()), pa.array([], pa.string()), pa.array([], pa.string())),
        refused("file."),
    )
    twice = pa.table(
        [[A], ["2021-03"], [7.5], [8.5]], ["fiscal_code", "period", "online_sales_eur", "online_sales_eur"]
    )
    content = io.BytesIO()
    pq.write_table(twice, content)
    yield _case("two columns of one name", content.getvalue(), refused("file.", told=("online_sales_eur",)))
    yield _case(
        "another column missing",
        parquet({"fiscal_code": [A], "period": ["2021-03"]}),
        refused("file.column_missing", "file."),
    )
    indexed = _sales([7.5], __index_level_0__=[0])
    yield _case("the index of a data frame", indexed, ONE)
    groups = parquet(
        {"fiscal_code": [A, B], "period": ["2021-03"] * 2, "online_sales_eur": [7.5, 8.5]}, row_group_size=1
    )
    yield _case("a group per row", groups, loads("A 2021-03 online 7.5", "B 2021-03 online 8.5"))
    yield _case(
        "packed by brotli",
        parquet({"fiscal_code": [A], "period": ["2021-03"], "online_sales_eur": [7.5]}, compression="brotli"),
        ONE,
    )
