"""What files and names hold is printed as words: no terminal obeys it."""

import io
import os
import sys
import tomllib

import pytest

from analytics.cli.terminal import INSTEAD, behind, only_printable, printable
from analytics.store.mapping.file import toml_string
from tests.cli.test_cli import officer
from tests.helpers.officer import application, as_csv, as_xlsx, sale

__all__ = ["officer"]
OBEYED = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202e\u2066\r\x00"  # a window's title, colours, an empty screen, turned words
NAMED = OBEYED.replace("\x00", "")  # what a file's name can hold
HIDDEN = "\u202eX\u2066\u200b"  # what a workbook's cell can hold too


def obeyed(said: str) -> list[str]:
    """The lines in which something is left that a terminal would obey."""
    return [line for line in said.split("\n") if printable(line) != line]


@pytest.fixture
def told(officer):
    """Types a command; all that is printed, in which nothing is obeyed."""

    def type_(*words: str) -> str:
        _, out, err = officer(*words)
        assert obeyed(out + err.replace("\r", "")) == [], words  # a bar goes back to the start of its line
        return out + err

    return type_


def test_file_names_and_words_typed(told, tmp_path):
    """Of files that are there, that are none, that are no text; programmes and commands of which there is none;
    bytes in a name that no encoding knows.
    """
    name = f"a{NAMED}.csv".replace("/", "")
    (tmp_path / name).write_bytes(as_csv([application(1, channel="?"), application(2)]))
    assert "rejected" in told("import", "applications", name, "--partial")
    strange = os.fsdecode(b"b\xff\xfe.csv")
    (tmp_path / strange).write_bytes(as_csv([application(3)]))
    for words in (
        ("import", "applications", strange),
        ("import", "applications", f"none{NAMED}"),
        ("import", "applications", name, "--mapping", name),
        ("imports", "--programme", f"x{NAMED}"),
        ("mapping", "applications", name, "--programme", "ecommerce-2020"),
        (f"nothing{NAMED}",),
        ("audit", "--event", NAMED),
    ):
        assert told(*words)
    assert INSTEAD in told("imports", "--programme", "ecommerce-2020")
    told("audit")
    told("audit", "--json")


def test_every_cell_heading_and_sheet(told, tmp_path):
    """Of each column in turn, in CSV and in workbooks: in what is said of rows, columns, changes and sheets."""
    for kind, row in (("applications", application(1)), ("sales", sale(1))):
        poisoned = [{**row, column: f"{row[column]}{HIDDEN}"} for column in row]
        strange = [f"{column}{HIDDEN}" for column in row]
        lines = [[*row, *strange], *([*line.values(), *strange] for line in (row, *poisoned))]
        (tmp_path / "a.xlsx").write_bytes(as_xlsx(lines, f"a{HIDDEN}"))
        (tmp_path / "a.csv").write_bytes(as_csv([{**row, column: OBEYED} for column in row]))
        assert "Traceback" not in told("import", kind, "a.xlsx", "--partial")
        told("import", kind, "a.csv", "--partial")


def test_a_mapping_file(told, tmp_path):
    """Its keys and values, where they are wrong."""
    (tmp_path / "a.csv").write_bytes(as_csv([application(1)]))
    written = toml_string(f"x{OBEYED}")
    for lines in (
        f"[columns]\n{written} = {written}",
        f"[columns]\nfiscal_code = {written}",
        f"[values.outcome]\n{written} = {written}",
        f"[format]\nseparator = {written}",
        f"{written} = 1",
        f"[columns]\n{OBEYED}",
    ):
        (tmp_path / "m.toml").write_text(lines, encoding="utf-8")
        assert told("import", "applications", "a.csv", "--mapping", "m.toml")


def test_what_is_to_be_pasted_keeps_every_mark():
    """A mapping shows marks that nobody sees as TOML escapes them: what is copied from a terminal is the name."""
    for words in (OBEYED, HIDDEN, "a\u00a0b\u0085c\u2028\x7f\U000e0001"):
        line = f"x = {toml_string(words)}"
        assert obeyed(line) == []
        assert tomllib.loads(line) == {"x": words}


def test_a_bar_draws_on_the_stream_itself(monkeypatch):
    """It goes back to the start of its line; what is written in words does not."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with only_printable():
        print("a\rb\x1bc", file=sys.stderr)
        behind(sys.stderr).write("\rdrawn")
    assert stream.getvalue() == f"a{INSTEAD}b{INSTEAD}c\n\rdrawn"
    assert sys.stderr is stream
