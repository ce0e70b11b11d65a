"""A mapping's own mistakes, found before any row is blamed."""

from analytics.model import UserError
from analytics.programme.file import Programme
from analytics.store.cells.parser import BadCellError, CellForm, cell_parser
from analytics.store.columns import Table
from analytics.store.mapping.file import ColumnMapping


def check_mapping(table: Table, mapping: ColumnMapping, programme: Programme) -> None:
    """Refuse a mapping that names a column that there is not, or a value that its column cannot hold."""
    columns = {column.name: column for column in table}
    for key in ("columns", "constants", "values", "formats", "wide"):
        strange = sorted(set(getattr(mapping, key)) - columns.keys())
        if strange:
            raise UserError("mapping.strange", entry=f"{key}.{strange[0]}", known=", ".join(columns))
    written = {f"constants.{name}": (name, value) for name, value in mapping.constants.items()}
    for name, words in mapping.values.items():
        written |= {f"values.{name}.{word}": (name, value) for word, value in words.items()}
    for key, (name, value) in written.items():
        stated = mapping.form_of(name)
        form = CellForm(stated.decimal or ".", stated.thousands or "", "dmy", stated.period)
        try:
            cell_parser(columns[name], form, {}, programme)(value.strip())
        except BadCellError as error:
            raise UserError("mapping.value", entry=key, value=value, column=name, expected=error.expected) from error
