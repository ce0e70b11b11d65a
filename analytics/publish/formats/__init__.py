"""The formats in which a table leaves, by name. Each writes the same values, to the last digit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analytics.language.text import Text
from analytics.present.tables.table import Table
from analytics.publish.about import Origin
from analytics.publish.formats.json import write_json
from analytics.publish.formats.parquet import write_parquet
from analytics.publish.formats.sdmx import write_sdmx
from analytics.publish.formats.separated import ITALIAN, PLAIN, write_separated
from analytics.publish.formats.workbook import write_table

Write = Callable[[Table, Origin, Text], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """name: as asked for; ending: of a file's name and an address, without its dot."""

    name: str
    ending: str
    media_type: str
    write: Write


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LISTED = (
    Format("csv", "csv", "text/csv; charset=utf-8", lambda table, _, __: write_separated(table, PLAIN)),
    Format("csv-it", "it.csv", "text/csv; charset=utf-8", lambda table, _, __: write_separated(table, ITALIAN)),
    Format("json", "json", "application/json", write_json),
    Format("parquet", "parquet", "application/vnd.apache.parquet", write_parquet),
    Format("xlsx", "xlsx", _XLSX, write_table),
    Format("sdmx", "sdmx.csv", "application/vnd.sdmx.data+csv;version=2.0.0", write_sdmx),
)
FORMATS: Mapping[str, Format] = {form.name: form for form in _LISTED}
