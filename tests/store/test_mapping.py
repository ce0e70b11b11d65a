"""An officer's mapping says what is wrong with it, and forgives what loses nothing."""

import pytest

from analytics.model import UserError
from analytics.store.formats import Format
from analytics.store.mapping.file import ColumnMapping, load_mapping


def refused(action, *arguments) -> UserError:
    with pytest.raises(UserError) as caught:
        action(*arguments)
    return caught.value


@pytest.mark.parametrize(
    ("written", "key", "name"),
    [
        ("[colums]\nx = 'y'", "mapping.key", "colums"),
        ("[format]\nseparator = ';;'", "mapping.key", "format.separator"),
        ("[format]\nseparator = '\"'", "mapping.key", "format.separator"),
        ("[format]\ndecimal = '.'\nthousands = '.'", "mapping.key", "format"),
        ("[format]\ndate = '%d/%m'", "mapping.key", "format.date"),
        ("[format]\ndate = '%Q'", "mapping.key", "format.date"),
        ("[format]\ndate = '%d%d%Y'", "mapping.key", "format.date"),
        ("[format]\nheader_row = 0", "mapping.key", "format.header_row"),
        ("[columns]\nname = ''", "mapping.key", "columns.name"),
        ("[columns]\nname = 'x'\n[constants]\nname = 'y'", "mapping.key", "name"),
        ("[columns\n", "mapping.toml", "line 1"),
        ("a = '\udce8'", "mapping.unreadable", "utf-8"),
    ],
)
def test_a_wrong_mapping_says_which_key_and_why(tmp_path, written, key, name):
    """Typing errors in a mapping are found before the file is read."""
    path = tmp_path / "m.toml"
    path.write_text(written, encoding="utf-8", errors="surrogateescape")
    error = refused(load_mapping, path)
    assert error.key == key
    assert name in str(error)
    assert "m.toml" in str(error)


def test_mappings_are_forgiving_where_nothing_is_lost(tmp_path):
    """A byte order mark from Notepad; line breaks inside a column's name; the order of the keys."""
    path = tmp_path / "m.toml"
    path.write_text('\ufeff[columns]\nname = "Ragione\\nsociale"\nscore = "Punti"', encoding="utf-8")
    mapping = load_mapping(path)
    assert mapping.columns["name"] == "Ragione sociale"
    other = ColumnMapping(columns={"score": "Punti", "name": "Ragione sociale"}, format=Format())
    assert mapping.as_json() == other.as_json()
    assert load_mapping(None) == ColumnMapping()
    assert refused(load_mapping, tmp_path / "none.toml").key == "mapping.unreadable"
