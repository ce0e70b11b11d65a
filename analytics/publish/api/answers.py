"""What an address answers: bytes with all that a web server says beside them, or how to make them."""

import hashlib
import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import quote

from analytics.clock import utc_stamp
from analytics.present.tables.table import Table
from analytics.publish.addresses import IN_ADDRESS
from analytics.publish.api.asked import Asked, Standing
from analytics.publish.formats.values import Value, rows_of

JSON: Final = "application/json"
RELEASE: Final = "vetrina-release"
EMBARGO: Final = "vetrina-embargo-until"  # a header of what is given out before its time, and of nothing else


@dataclass(frozen=True)
class Answer:
    """file_name: where it is to be kept as a file, "" where it is read; told: more headers, all ASCII; varies:
    the request's headers that decided it; status: of HTTP.
    """

    body: bytes
    media_type: str = JSON
    file_name: str = ""
    told: Mapping[str, str] | None = None
    varies: str = ""
    status: int = 200

    @cached_property
    def digest(self) -> str:
        """Of its bytes; computed once."""
        return hashlib.sha256(self.body).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Making:
    """How an answer is made. key: all that it depends on, or None for what is not worth keeping; is_heavy: whether it
    may take longer than a reader notices; is_apart: whether another process makes it.
    """

    make: Callable[[], Answer]
    key: Hashable | None = None
    is_heavy: bool = False
    is_apart: bool = False


def as_json(values: object) -> bytes:
    """JSON with numbers to the last digit, as Python writes them; NaN is a fault."""
    return json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def json_answer(values: object, standing: Standing | None = None) -> Answer:
    """An answer in JSON, stamped with a release."""
    return Answer(as_json(values), told=headers_of(standing) if standing else None)


def headers_of(standing: Standing) -> dict[str, str]:
    """A release and its standing, in headers."""
    programme, instead_of = standing.release.programme, standing.release.instead_of
    until = {} if standing.until is None else {EMBARGO: utc_stamp(standing.until)}
    return {
        RELEASE: standing.named,
        "vetrina-state": standing.state.value,
        "vetrina-data": programme.data_kind.value,
        **({"vetrina-fallback": instead_of} if instead_of else {}),
        "link": f'<{quote(programme.licence.url, safe=IN_ADDRESS)}>; rel="license"',
        **until,
    }


def key_of(asked: Asked, standing: Standing, *more: Hashable) -> Hashable:
    """All that an answer about one release depends on; of one under embargo also who may read it."""
    query = tuple(sorted(asked.query.items()))
    standing_now: tuple[Hashable, ...] = (standing.named, standing.state, standing.newer, standing.published)
    standing_now = (*standing_now, standing.release.instead_of)
    if standing.until is not None:
        standing_now = (*standing_now, standing.until, asked.role)
    return (*standing_now, asked.language, asked.site, query, *more)


def records(table: Table) -> list[dict[str, Value]]:
    """The rows of a table as plain values; None where there is none."""
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in rows_of(table)]
