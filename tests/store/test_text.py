"""Text files: every cell comes back, every odd row is named, and what is no table says why."""

import csv
import io
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analytics.language.text import LANGUAGES, Text
from analytics.model import UserError
from analytics.store.readers import records
from analytics.store.readers.encoding import SINGLE_BYTE, single_byte
from tests.helpers.raw import Rows, all_rows, text_table

quick = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "file.csv"


def read(path: Path, content: bytes, header_row: int = 1, **form) -> Rows:
    return all_rows(text_table(path, content, **form), header_row)


def refused(path: Path, content: bytes, **form) -> UserError:
    with pytest.raises(UserError) as caught:
        read(path, content, **form)
    for language in LANGUAGES:
        assert str(path) in caught.value.said(Text(language))
    return caught.value


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_do_not_matter(path, newline, mark):
    """LF, CRLF and CR; with and without BOM."""
    table = read(path, (mark + newline.join(["a,b", "1,è", "", '2,"x\ny"'])).encode())
    assert table.rows == [(2, "1", "è"), (4, "2", "x\ny")]


def test_row_numbers_are_those_a_spreadsheet_shows(path):
    """A quoted line break, in the header too, is inside its row; a blank line is a row of the sheet without data."""
    table = read(path, b'"fiscal\r\ncode",b\r\n"x\r\ny\r\nz",1\r\n\r\n,\r\nw,2\r\nshort\r\n')
    assert table.rows == [(2, "x\r\ny\r\nz", "1"), (5, "w", "2")]
    assert table.ragged == [(6, 1)]


@pytest.mark.parametrize(
    ("content", "ragged", "kept"),
    [
        (b"a,b,c,d,e\n1,2,3,4,5,\n1,2,3,4,5\n1,2,3,4,5, \n", [(2, 6), (4, 6)], 1),  # six cells under five columns
        (b"a,b,c\n1,2\n1,2,3\n1,2,3,4\n", [(2, 2), (4, 4)], 1),
        (b"a,b,,\n1,2,,\n1,2\n1\n1,2,3,\n,,,,,\n", [(4, 1), (5, 4)], 2),  # columns without a name in the header
        (b'a,b,c\n1,"2 ""x"""\n1,2,3\n"1",2,3,""\n', [(2, 2), (4, 4)], 1),
        (b"a;b\n1,5;2\n1,5;2;\n\n ; \n7;8\n", [(3, 3)], 2),
    ],
)
def test_rows_of_another_width_are_named(path, content, ragged, kept):
    """Too few or too many cells, the surplus empty or not: never shifted, never dropped without a word."""
    table = read(path, content)
    assert table.ragged == ragged
    assert len(table.rows) == kept


def test_format_of_an_officers_csv(path):
    """Semicolons, Windows-1252, a title with a comma above the header; nothing of it stated."""
    table = read(path, "Elenco vendite, 2021\n\nfirma;città\nA;Forlì\nB;1,5\n".encode("cp1252"), header_row=3)
    assert table.rows == [(4, "A", "Forlì"), (5, "B", "1,5")]


@pytest.mark.parametrize(
    ("content", "separator"),
    [
        ("codice;mese;vendite\n1;2021-03;1.234,50\n2;2021-03;0,10\n", ";"),
        ("codice,mese,paesi\n1,2021-03,FR;DE\n2,2021-03,FR;ES\n", ","),
        ("codice\tmese\n1\t1,5\n2\t1,5\n", "\t"),
        ("a|b\n1,5|2;3\n", "|"),
        ("a;b;c\n1,5;2\n1,5;2;3\n", ";"),
        ("a;b\n1,5;2,5\n", ";"),
        ('"Vendite, online";b\n1,5;2,5\n3,5;4,5\n', ";"),
        ("sep=,\na,b\n1,2\n", ","),
        ("a\n1\n2\n", ","),
    ],
)
def test_the_separator_is_told_from_the_first_rows(path, content, separator):
    """Decimal commas, lists of countries and words with commas do not fool it; Excel's first line is heard."""
    assert text_table(path, content.encode()).separator == separator


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_the_encoding_is_told_from_the_bytes(path, encoding):
    """With and without byte order marks."""
    content = "firma;città\nSocietà è più;Forlì\nCaffè;Cantù\n"
    assert read(path, content.encode(encoding)).cells == [["Società è più", "Forlì"], ["Caffè", "Cantù"]]


@pytest.mark.parametrize("encoding", SINGLE_BYTE)
@pytest.mark.parametrize(
    "written",
    [
        "Nardò",
        "Cantù",
        "Caffè",
        "Così è stata",
        "SOCIETÀ",
        "n° 5 di Forlì",
        "«Niccolò»",
        "Müller",
        "perché",
        "L’Aquila",
    ],
)
def test_one_accented_word_tells_windows_from_dos_and_macintosh(encoding, written):
    """A single word is enough where the three can write it."""
    try:
        content = written.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip("this encoding cannot write it")
    assert content.decode(single_byte(content)) == written


def test_other_encodings_than_the_usual_are_told_with_an_example(path):
    """What was told from letters alone is said, so that the officer can look."""
    table = text_table(path, "a;b\nSocietà;Forlì\n".encode("cp850"))
    assert table.notices == (("encoding_told", {"encoding": "cp850", "example": "Società;Forlì"}),)
    assert text_table(path, "a;b\nSocietà;Forlì\n".encode("cp1252")).notices == ()
    ruined = text_table(path, "a;b\nSocietÃ\xa0;ForlÃ¬\nSÃO PAULO;2\nx\ufffd;3\n".encode())
    assert ruined.notices == (("characters_ruined", {"count": 2, "example": "SocietÃ\xa0;ForlÃ¬"}),)


@pytest.mark.parametrize(
    ("content", "form", "key", "row"),
    [
        ("a;b\nForlì;2\n".encode() + "Forlì;2\n".encode("cp1252"), {}, "file.encoding_mixed", 2),
        ("a;b\nForlì;2\n".encode(), {"encoding": "cp1252"}, "file.encoding_stated", 2),
        ("a;b\nForlì;2\n".encode("utf-16"), {"encoding": "utf-8"}, "file.encoding_stated", 1),
        ("a;b\nForlì;2\n".encode("cp1252"), {"encoding": "utf-8"}, "file.encoding", 2),
        (b"a;b\n\n1;\x81\n", {"encoding": "cp1252"}, "file.encoding", 3),
        (b"a;b\n1;2\n", {"encoding": "utf-16"}, "file.encoding", 1),
        (b"a;b\n1;2\n", {"encoding": "latin-99"}, "file.encoding_unknown", None),
        (b"a;b\n1;2\n", {"encoding": "base64"}, "file.encoding_unknown", None),
        (b"a;b\n1;2\n", {"encoding": "unicode_escape"}, "file.encoding_unknown", None),
        (b"a;b\n1;2\n", {"encoding": "cp037"}, "file.encoding_unknown", None),
        (b"a;b\n1;2\n", {"encoding": "a\0"}, "file.encoding_unknown", None),
        (b"a;b\n1;\0\n", {}, "file.not_text", 2),
        (b"a;b\n" + b"1;2\n" * 20000 + b"1;\x01\n", {}, "file.not_text", 20002),
        ("a;b\n1;\x02\n".encode("utf-16"), {}, "file.not_text", 2),
        ("a;b\nForlì;2\nForl".encode() + b"\xc3", {}, "file.cut", 3),
        (b"a;b\n1;2\n3", {}, "file.cut", 3),
        (b'a;b\n1;2\n3;"x', {}, "file.cut", 3),
        (b'a;b\n"1";2\n\r\n3', {}, "file.cut", 4),
        (b"a;b\n" + b"x" * (1 << 20) + b"y\n", {}, "file.long_line", 2),
        (b"a b c\n1 2 3\n4 5 6\n", {}, "file.spaces", None),
        (b"codice   mese   euro\n1        2021   5\n", {}, "file.spaces", None),
        (b"codice   mese   euro\n1        2021   5,00\n", {}, "file.spaces", None),
        ("\ufeffa;b\nForl".encode() + b"\xec;2\n", {}, "file.encoding_mixed", 1),
        (b"a;b,c\n", {}, "file.separator_two", None),
        (b"\n \n\n", {}, "file.no_rows", None),
    ],
)
def test_what_cannot_be_read_says_where_and_why(path, content, form, key, row):
    """One clear message each, with the line."""
    error = refused(path, content, **form)
    assert error.key == key
    assert error.details.get("row") == row


@pytest.mark.parametrize(
    ("content", "key", "first", "last"),
    [
        (b'a,b\n1,"2\n3,4\n5,6"\n7,8\n', "file.quote_lines", 2, 4),
        (b'a,b\n1,"2\n3,4\n5,"6\n7,8\n', "file.quote_text", 2, 4),
        (b'id;name;n\n1;"Bar;2\n3;Mario "il Bello";4\n5;"x";6\n', "file.quote_text", 2, 3),
        (b'id;name;n\n1;"Bar;2\n3;Pub";4\n5;x;6\n', "file.quote_lines", 2, 3),
        (b'a;b\n1;"2\n3";4;5\n', "file.quote_lines", 2, 3),
        (b'a;b\n1;2\n1;"abc"x\n', "file.quote_text", 3, 3),
        (b'a;b\n1;"2\n' + b"3;4\n" * 60000, "file.quote_open", 2, None),
    ],
)
def test_quotes_that_swallow_rows_are_noticed(path, content, key, first, last):
    """With the physical lines between which to look."""
    error = refused(path, content)
    assert (error.key, error.details["first"]) == (key, first)
    assert last in (None, error.details["last"])


def test_cells_with_line_breaks_are_cells(path):
    """Addresses over two lines, names in the header: what a spreadsheet writes."""
    content = b'id,indirizzo,"euro\nnetti"\n7,"Via Roma, 1\n20100 Milano, MI",100\n8,"a, b, c\nd, e",5\n'
    assert read(path, content).rows == [
        (2, "7", "Via Roma, 1\n20100 Milano, MI", "100"),
        (3, "8", "a, b, c\nd, e", "5"),
    ]


def test_zeros_kept_by_a_formula_are_kept(path):
    """="00123", by which exports keep a spreadsheet from eating zeros."""
    assert read(path, b'a;b\n="00123";2\n"=""007""";3\n').cells == [["00123", "2"], ["007", "3"]]


def test_the_end_mark_of_dos_is_no_row(path):
    """Control-Z after the last line."""
    assert read(path, b"a;b\n1;2\n\x1a").rows == [(2, "1", "2")]


def by_csv(content: str, separator: str, width: int) -> tuple[list[tuple], list[tuple[int, int]]]:
    """What Python's own reader makes of the rows below the header."""
    rows, ragged = [], []
    for number, cells in enumerate(csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True), 1):
        if number > 1 and any(cell.strip() for cell in cells):
            if len(cells) == width:
                rows.append((number, *cells))
            else:
                ragged.append((number, len(cells)))
    return rows, ragged


cells = st.text(st.sampled_from(" ab1,;.|\"'=é\u2028\u00a0\u0085"), max_size=4)


@quick
@given(
    st.lists(st.lists(cells, min_size=0, max_size=4), max_size=14),
    st.sampled_from([",", ";", "\t", "|", "§"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(8, 60),
)
@example([["", "", ""], [" ", "", ""], ["x"], [""]], ",", csv.QUOTE_ALL, "\n", 8)
def test_all_ways_of_reading_agree_with_python(tmp_path, rows, separator, quoting, newline, piece):
    """Blocks, lines and single records give the same rows, numbers and ragged rows as Python's csv, however cut."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=newline)
    writer.writerows([["a", "b", "c"], *rows])
    content = text.getvalue().replace('="', "=")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "_PIECE", piece)
        table = None
        try:
            table = read(tmp_path / "file.csv", content.encode(), separator=separator, encoding="utf-8")
        except UserError:
            if '"' not in content:
                raise
        assert table is None or (table.rows, table.ragged) == by_csv(content, separator, 3)


def test_small_blocks_give_what_large_ones_give(path, monkeypatch):
    """Wherever the file is cut into blocks: quotes, line breaks and CR LF across the borders."""
    chance = random.Random(4)
    rows = [[chance.choice(["x", "", "a\nb", 'q"q', "è", "1,5"]) for _ in range(3)] for _ in range(200)]
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([["a", "b", "c"], *rows])
    expected = by_csv(text.getvalue(), ";", 3)
    for block in (16, 17, 61, 1 << 22):
        monkeypatch.setattr("analytics.store.readers.lines.BLOCK", block)
        table = read(path, text.getvalue().encode(), separator=";")
        assert (table.rows, table.ragged) == expected


@quick
@given(st.binary(max_size=300))
def test_random_bytes_are_rows_or_a_user_error(tmp_path, content):
    """Never an unexpected exception, and the message can be said."""
    try:
        table = text_table(tmp_path / "file.csv", content)
        all_rows(table, table.head[0][0])
    except UserError as error:
        said = [error.said(Text(language)) for language in LANGUAGES]
        if not all(said):
            raise
