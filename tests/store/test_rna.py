"""Aids of the state aid register: every file that the ministry publishes, kept once, and compared to the cent."""

import argparse
import datetime as dt
import os
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from analytics.cli.rna import MOST_LINES, run_import_rna
from analytics.language.text import Text
from analytics.model import UserError
from analytics.programme.file import load_programme
from analytics.programme.parts import RegisteredAids
from analytics.store.cells.parser import BadCellError
from analytics.store.database import Store
from analytics.store.formats import Format
from analytics.store.mapping.file import ColumnMapping
from analytics.store.repair import undo
from analytics.store.rna import text as rna_text
from analytics.store.rna import xml as rna_xml
from analytics.store.rna.load import import_rna
from analytics.store.rna.measures import Selection
from analytics.store.rna.reconciliation import Award, Reconciliation, RegisteredAid, paired, reconcile
from analytics.store.rna.report import NoMeasureError, RnaReport
from analytics.store.rna.rows import RnaRow, read_activity, read_amount, read_day, rows_of
from analytics.store.rna.xml import AidFile
from tests.helpers.officer import Desk, application, as_csv, code
from tests.helpers.rna import CAR, Amount, Entry, month, write_month

PROGRAMME = load_programme("ecommerce-2020")
PLAIN = ColumnMapping(
    format=Format(encoding="utf-8", separator=",", decimal=".", date="%Y-%m-%d", header_row=1)
)  # how the helpers write
ROWS = "SELECT * EXCLUDE (batch_id) FROM rna_aids ORDER BY batch_id, row_number"


class Register(Desk):
    """A desk at which months of the register are loaded."""

    def rna(self, *contents: bytes, names: tuple[str, ...] = (), **how: object) -> RnaReport:
        names = names or tuple(f"aiuti{i}.xml" for i in range(len(contents)))
        paths = [self.save(name, content) for name, content in zip(names, contents, strict=True)]
        return self.rna_files(*paths, **how)

    def rna_files(self, *paths: Path, car: tuple[str, ...] = (CAR,), title: str = "", programme=None) -> RnaReport:
        with self.open() as store:
            return import_rna(
                paths,
                programme=programme or self.programme,
                store=store,
                archive=self.folder / "archive",
                car=car,
                title=title,
            )

    def refused(self, *contents: bytes, **how: object) -> UserError:
        """The error; nothing has changed, and it has words in both languages."""
        before = self.rows(), self.batches()
        with pytest.raises(UserError) as caught:
            self.rna(*contents, **how)
        assert (self.rows(), self.batches()) == before
        assert caught.value.said(Text("it")) != caught.value.said(Text("en"))
        return caught.value

    def rows(self) -> list[tuple[object, ...]]:
        with self.open() as store:
            return store._connection.execute(ROWS).fetchall()

    def batches(self) -> list[object]:
        with self.open() as store:
            return store.batches()

    def compared(self, **how: object) -> Reconciliation:
        with self.open() as store:
            return reconcile(store, self.programme, **how)


@pytest.fixture
def desk(tmp_path) -> Register:
    return Register(tmp_path, PROGRAMME)


def entries() -> list[Entry]:
    two = (Amount("9000.50", sector="C.10.71"), Amount("500.00", component="2", instrument="4", sector="G.47.91"))
    return [
        Entry(1, name="Caffè Rossi & C. S.a.s."),
        Entry(2, amounts=two, name="Città d’Arte S.r.l."),
        Entry(3, car="9", title="Altra misura: contributi a fondo perduto"),
    ]


def said(content: bytes) -> bytes:
    return content.replace(b'<?xml version="1.0" encoding="UTF-8"?>\n', b"")


def declared(encoding: str, content: bytes, codec: str) -> bytes:
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    return (head + said(content).decode().replace("’", "'")).encode(codec)


def prefixed(content: bytes) -> bytes:
    return re.sub(rb"<(/?)([A-Z])", rb"<\1rna:\2", content).replace(b"xmlns=", b"xmlns:rna=")


QUIRKS: dict[str, Callable[[bytes], bytes]] = {
    "byte order mark": lambda x: b"\xef\xbb\xbf" + x,
    "no declaration": said,
    "UTF-16": lambda x: x.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16"),
    "UTF-16, other order": lambda x: b"\xfe\xff" + x.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16-be"),
    "UTF-16 without its mark": lambda x: x.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16-le"),
    "UTF-16 that says UTF-8": lambda x: x.decode().encode("utf-16"),
    "UTF-8 that says UTF-16": lambda x: x.replace(b"UTF-8", b"UTF-16"),
    "UTF-8 that says Latin-1": lambda x: x.replace(b"UTF-8", b"ISO-8859-1"),
    "an encoding that there is not": lambda x: x.replace(b"UTF-8", b"UFT-8"),
    "prefix": prefixed,
    "prefix without a namespace": lambda x: re.sub(rb' xmlns:rna="[^"]*"', b"", prefixed(x)),
    "no namespace": lambda x: re.sub(rb' xmlns="[^"]*"', b"", x),
    "other namespace": lambda x: x.replace(b"http://www.rna.it/RNA_aiuto/schema", b"urn:other"),
    "one line": lambda x: re.sub(rb">\s+<", b"><", x),
    "line ends of Windows": lambda x: x.replace(b"\n", b"\r\n"),
    "lines before": lambda x: b"\n \n" + x,
    "nothing behind": lambda x: x.rstrip(),
    "zeros behind": lambda x: x + b"\0" * 512,
    "control characters": lambda x: x.replace(b"Impresa", b"Imp\x02resa").replace(b"vendita", b"ven\x10\x1adita"),
    "control characters everywhere": lambda x: "\x1a".join(x.decode()).encode(),
    "control references": lambda x: x.replace(b"Progetto", b"Pro&#2;get&#x10;&#x0001A;to").replace(b"Caf", b"Caf&#0;"),
    "no character": lambda x: x.replace(b"Progetto", b"Prog\xef\xbf\xbfetto&#xFFFE;&#xD800;&#1114112;"),
    "CDATA": lambda x: re.sub(rb"<TITOLO_PROGETTO>([^<]*)<", rb"<TITOLO_PROGETTO><![CDATA[\1]]><", x),
    "comments": lambda x: x.replace(b"<CAR>", b"<!-- <CAR>1</CAR> --><CAR>").replace(b"<COR>", b"<?x y?><COR><!--1-->"),
    "references to characters": lambda x: x.replace(b"Impresa", b"I&#109;presa").replace(b"Caf", b"C&#x61;f"),
    "names cut short": lambda x: (
        x.replace(b"BASE_GIURIDICA_NAZIONALE", b"BASE_GIURIDICA_NAZ")
        .replace(b"IMPORTO_NOMINALE", b"IMPORTO_NOMIN")
        .replace(b"CODICE_FISCALE_BENEFICIARIO", b"CODICE_FISCALE_BENEFI")
        .replace(b"COMPONENTE_AIUTO>", b"COMPONENTE_AIU>")
    ),
    "small letters": lambda x: re.sub(rb"</?[A-Z_]+", lambda match: match[0].lower(), x),
    "zone": lambda x: x.replace(b"2020-11-30<", b"2020-11-30+01:00<"),
    "zone of the other side": lambda x: x.replace(b"2020-11-30<", b"2020-11-30-11:00<"),
    "Z": lambda x: x.replace(b"2020-11-30<", b"2020-11-30Z<"),
    "time": lambda x: x.replace(b"2020-11-30<", b"2020-11-30T23:59:59.000+01:00<"),
    "office of 2020": lambda x: x.replace(b"IDENTIFICATIVO_UFFICIO", b"COD_UFF_GESTORE"),
    "activity with its classification": lambda x: x.replace(b"ATTIVITA>", b"ATTIVITA> ", 2),
    "comma": lambda x: x.replace(b"9000.50", b"9000,50"),
    "thousands and comma": lambda x: x.replace(b"9000.50", b"9.000,50"),
    "more zeros": lambda x: x.replace(b"9000.50", b"09000.5000"),
    "spaces": lambda x: re.sub(rb"<(COR|CAR|IMPORTO_NOMINALE|DATA_CONCESSIONE)>([^<]*)<", rb"<\1>\n  \2\t<", x),
    "attributes": lambda x: x.replace(b"<AIUTO>", b'<AIUTO id="1" xsi:nil="x">'),
    "more elements": lambda x: x.replace(b"<COR>", b"<NUOVO><PARTE>1</PARTE></NUOVO><COR>"),
    "other order": lambda x: re.sub(rb"(<CAR>.*?</CAR>)(.*?)(</AIUTO>)", rb"\2\1\3", x, flags=re.DOTALL),
    "CUP missing": lambda x: x.replace(b"<CUP>n.d.</CUP>", b""),
    "CUP empty": lambda x: x.replace(b"<CUP>n.d.</CUP>", b"<CUP/>"),
    "fiscal code without zeros": lambda x: x.replace(code(1).encode(), code(1)[3:].encode()),
    "VAT number": lambda x: x.replace(code(2).encode(), b"IT" + code(2).encode()),
}  # fmt: skip


def read(path: Path, content: bytes) -> tuple[AidFile, list[RnaRow]]:
    """The file as read, without a store; and the rows of the programme's aids."""
    path.write_bytes(content)
    file = AidFile(path, Selection.stated([CAR]).matches)
    return file, [row for aid in file.aids() for row in rows_of(aid)[0]]


@pytest.mark.parametrize("quirk", QUIRKS)
def test_whatever_a_published_file_does_its_aids_are_the_same(tmp_path, quirk, monkeypatch):
    """Encodings, prefixes, cut names, control characters, zones: the rows are those of the plain file, also where a
    border between two blocks falls anywhere."""
    plain = month(entries())
    expected = read(tmp_path / "plain.xml", plain)[1]
    assert [(row.cor, row.nominal) for row in expected] == [
        ("3000001", "9000.50"), ("3000002", "9000.50"), ("3000002", "500.00"),
    ]  # fmt: skip
    assert (expected[0].fiscal_code, expected[0].name) == (code(1), "Caffè Rossi & C. S.a.s.")
    odd = QUIRKS[quirk](plain)
    assert odd != plain
    for block in (rna_text.BLOCK, 97):
        monkeypatch.setattr(rna_text, "BLOCK", block)
        file, rows = read(tmp_path / "odd.xml", odd)
        assert rows == expected
        assert file.read == 3
        assert (file.removed > 0) == ("control" in quirk or quirk in ("zeros behind", "no character"))
        assert dict(file.unknown) == ({"NUOVO": 2, "PARTE": 2} if quirk == "more elements" else {})


LATIN = [("ISO-8859-1", "latin-1"), ("windows-1252", "cp1252"), ("UTF-8", "cp1252")]


@pytest.mark.parametrize(("says", "codec"), LATIN)
def test_one_byte_encodings_are_read_and_a_wrong_declaration_is_told(tmp_path, says, codec):
    """Latin-1 that says so; Windows-1252 that says UTF-8 is read all the same, and the officer is told."""
    file, rows = read(tmp_path / "x.xml", declared(says, month(entries()), codec))
    assert [row.name for row in rows] == ["Caffè Rossi & C. S.a.s.", "Città d'Arte S.r.l.", "Città d'Arte S.r.l."]
    assert file.recoded == (says == "UTF-8")


def test_control_characters_are_counted(tmp_path):
    """Each one taken out counts once, as a character or as a reference."""
    content = month(entries()).replace(b"Progetto", b"Pro\x02get&#x10;to\x1a", 1)
    assert read(tmp_path / "x.xml", content)[0].removed == 3


def unreadable(folder: Path, content: bytes) -> UserError:
    """The error, which has words in both languages."""
    with pytest.raises(UserError) as caught:
        read(folder / "x.xml", content)
    assert caught.value.said(Text("it")) != caught.value.said(Text("en"))
    return caught.value


@pytest.mark.parametrize("block", [rna_text.BLOCK, 1000])
def test_a_file_cut_anywhere_is_refused(tmp_path, block, monkeypatch):
    """Wherever it ends; the message says how many aids had been read."""
    monkeypatch.setattr(rna_text, "BLOCK", block)
    content = month(entries())
    last = content.index(b"</LISTA_AIUTI>") + len(b"</LISTA_AIUTI>")
    ends = [content.index(b"</AIUTO>") + len(b"</AIUTO>"), *range(200, last, 211), *range(last - 16, last)]
    for end in ends:
        error = unreadable(tmp_path, content[:end])
        assert error.key == "rna.cut", end
        assert error.details["read"] == content[:end].count(b"</AIUTO>"), end
    assert unreadable(tmp_path, content[:60]).key in ("rna.cut", "rna.not_xml")


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>',
        b'<!DOCTYPE LISTA_AIUTI [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE LISTA_AIUTI SYSTEM "http://127.0.0.1/x.dtd">',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        b"<!DOCTYPE html>",
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_anything_is_expanded(tmp_path, declaration, codec):
    """Billion laughs, files and addresses of others: none is opened, in any encoding."""
    head, body = month(entries()).split(b"\n", 1)
    content = (head + declaration + body.replace(b"Impresa", b"&c;")).decode().encode(codec)
    assert unreadable(tmp_path, content).key == "rna.document_type"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "rna.not_xml"),
        (b"fiscal_code,period\n1,2\n", "rna.not_xml"),
        (b"   \n", "rna.not_xml"),
        (b"\x00" * 3000, "rna.not_xml"),
        (b"%PDF-1.7\n", "rna.not_xml"),
        (b"<html><body>Accesso negato</body></html>", "rna.not_aids"),
        (b'<LISTA_MISURE xmlns="http://www.rna.it/RNA_misura/schema"/>', "rna.not_aids"),
        (b"<AIUTO><COR>1</COR></AIUTO>", "rna.not_aids"),
        (b"<LISTA_AIUTI/>", "rna.no_aids"),
        (b"<LISTA_AIUTI><AIUTO></LISTA_AIUTI>", "rna.damaged"),
        (b"<LISTA_AIUTI><AIUTO><COR>1 & 2</COR></AIUTO></LISTA_AIUTI>", "rna.damaged"),
        (b"<LISTA_AIUTI><AIUTO>&nbsp;</AIUTO></LISTA_AIUTI>", "rna.damaged"),
        (b"<LISTA_AIUTI><AIUTO/></LISTA_AIUTI><LISTA_AIUTI/>", "rna.damaged"),
        (b"<LISTA_AIUTI>" + b"<a>" * 5000, "rna.cut"),
    ],
)
def test_what_is_no_list_of_aids_says_so(tmp_path, content, key):
    """Each with the cause and what to do."""
    assert unreadable(tmp_path, content).key == key


def test_a_folder_a_pipe_and_an_archive_are_refused_unread(desk):
    """Nobody waits for a pipe."""
    for content, key in ((b"", "file.empty"), (b"PK\x03\x04aiuti", "rna.packed"), (b"\x1f\x8baiuti", "rna.packed")):
        assert desk.refused(content).key == key
    (desk.folder / "folder.xml").mkdir()
    os.mkfifo(desk.folder / "pipe.xml")
    for name, key in (("folder.xml", "rna.no_file"), ("pipe.xml", "rna.no_file"), ("none.xml", "file.absent")):
        with pytest.raises(UserError) as caught:
            desk.rna_files(desk.folder / name)
        assert caught.value.key == key


@pytest.mark.parametrize("filling", [b"x", b"<a>", b"<a b='c'/>", b"<!-- -->"])
def test_what_never_ends_is_refused(tmp_path, filling, monkeypatch):
    """An aid has a longest size, so that memory has."""
    monkeypatch.setattr(rna_xml, "LONGEST_AID", 1 << 17)
    monkeypatch.setattr(rna_text, "BLOCK", 1 << 14)
    content = month(entries()).replace(b"</LISTA_AIUTI>", b"<AIUTO><CAR>" + filling * (1 << 18))
    error = unreadable(tmp_path, content)
    assert (error.key, error.details["read"]) == ("rna.too_long", 3)


# ---- which aids


MEASURES = [(entry.car, entry.title) for entry in entries()]


@pytest.mark.parametrize(
    ("car", "title", "found"),
    [
        ((CAR,), "", 2),
        (("9",), "", 1),
        ((CAR, "9"), "", 3),
        ((f"{CAR}, 9",), "", 3),
        ((f"0{CAR}",), "", 2),
        ((), "bando E-COMMERCE", 2),
        ((), "Nuòvi mércati bando", 2),
        ((), "fondo", 1),
        ((), "contributi", 1),
        ((CAR,), "fondo", 0),
        ((), "bando fondo", 0),
        ((), "band", 0),
        (("1300",), "", 0),
    ],
)
def test_aids_are_selected_by_code_or_by_all_words_of_the_title(car, title, found):
    """Whole words in any order, without regard to capitals and accents; where both are given both must hold."""
    selection = Selection.stated(car, title)
    assert sum(selection.matches(*measure) for measure in MEASURES) == found


def test_without_a_selection_the_measures_are_listed(desk):
    """Each with its code, title, aids and euros; those that resemble the programme's title first."""
    others = [Entry(n, car="77", title="Voucher fiere") for n in range(10, 20)]
    error = desk.refused(month([*others, *entries()]), car=())
    assert isinstance(error, NoMeasureError)
    assert [(m.car, m.aids, m.nominal) for m in error.measures] == [
        (CAR, 2, Decimal("18501.00")), ("77", 10, Decimal("90005.00")), ("9", 1, Decimal("9000.50")),
    ]  # fmt: skip
    assert error.details["n"] == 3


def test_the_programme_file_selects_where_the_command_does_not(desk):
    """[rna] car, title_words."""
    for rna in (RegisteredAids(car=(CAR,)), RegisteredAids(title_words="Bando E-Commerce 2020")):
        programme = PROGRAMME.model_copy(update={"rna": rna})
        assert desk.rna(month(entries()), car=(), programme=programme).files[0].selected == 2
        assert desk.rna(month(entries()), car=("9",), programme=programme).measures[0].car == "9"
        desk = Register(desk.folder / "next", PROGRAMME)
        desk.folder.mkdir()


@pytest.mark.parametrize(("car", "title"), [((), "bando ecommerc 2020"), ((), "mercatii nuovi"), (("13009",), "")])
def test_a_selection_that_finds_nothing_names_what_comes_near(desk, car, title):
    """A word or a code with a mistake leads to the measure that was meant."""
    error = desk.refused(month(entries()), car=car, title=title)
    assert isinstance(error, NoMeasureError)
    assert error.measures[0].car == CAR


def test_words_that_several_measures_have_list_them(desk):
    """The report names each code, so that the officer sees what was taken; with the codes then given, others no longer
    count in the comparison."""
    report = desk.rna(
        month([*entries(), Entry(8, car="14", title="Bando e-commerce 2021")]), car=(), title="e-commerce"
    )
    assert [(measure.car, measure.aids) for measure in report.measures] == [(CAR, 2), ("14", 1)]
    assert len(desk.compared().only_registered) == 3
    assert len(desk.compared(selection=Selection.stated([CAR])).only_registered) == 2


# ---- each amount once


def test_a_month_in_several_files_is_one_load_and_what_is_missing_is_told(desk):
    """Files of one command; a part that is neither there nor loaded earlier is named; the first may have no number."""
    parts = {f"Aiuti_2020_12_{n:03}.xml": month([Entry(n)]) for n in (2, 3, 5, 7)}
    report = desk.rna(*parts.values(), names=tuple(parts))
    assert [file.batch.rows_loaded for file in report.files] == [1, 1, 1, 1]
    assert report.absent == ("Aiuti_2020_12_001", "Aiuti_2020_12_004", "Aiuti_2020_12_006")
    report = desk.rna(month([Entry(1)]), month([Entry(4)]), names=("Aiuti_2020_12.xml", "Aiuti_2020_12_004.xml"))
    assert report.absent == ("Aiuti_2020_12_006",)
    assert desk.rna(month([Entry(20)]), names=("Aiuti_2021_01.xml",)).absent == ()


def test_one_refused_file_refuses_the_command(desk):
    """All files of a command, or none."""
    assert desk.refused(month([Entry(1)]), month([Entry(2)])[:-20]).key == "rna.cut"


def test_a_part_without_the_programmes_aids_is_no_mistake(desk):
    """Of a national month most parts hold none."""
    report = desk.rna(month([Entry(1, car="5")]), month([Entry(2)]))
    assert [(file.read, file.selected) for file in report.files] == [(1, 0), (1, 1)]


def test_an_amount_is_kept_once_across_components_files_and_loads(desk):
    """COR, component and instrument tell amounts apart; what was given in the same way is a duplicate."""
    many = tuple(Amount("10", component=c, instrument=i) for c in ("1", "2") for i in ("1", "2"))
    first = desk.rna(month([Entry(1, amounts=many), Entry(2)]), month([Entry(2), Entry(3), Entry(3)]))
    assert [(f.rows_in, f.batch.rows_loaded, f.duplicates) for f in first.files] == [(5, 5, 0), (3, 1, 2)]
    again = desk.rna(month([Entry(3), Entry(1, amounts=many), Entry(4)]), names=("other.xml",)).files[0]
    assert (again.rows_in, again.batch.rows_loaded, again.duplicates, again.revised) == (6, 1, 5, 0)
    assert len({row[:3] for row in desk.rows()}) == 7
    assert sum(aid.amount for aid in desk.compared().only_registered) == Decimal(40) + 3 * Decimal("9000.50")
    with desk.open() as store:
        undo(store, 1)
    assert len(desk.compared().only_registered) == 4, "later files give all of it, too"


def test_the_same_file_twice_is_a_no_op(desk):
    """By its hash, whatever its name; also twice in one command; the archive keeps it."""
    content = month([Entry(1)])
    first = desk.rna(content, content)
    assert [file.already for file in first.files] == [False, True]
    before = desk.rows(), desk.batches()
    again = desk.rna(content, names=("copy.xml",))
    assert again.files[0].already
    assert (desk.rows(), desk.batches()) == before
    sha = first.files[0].batch.sha256
    assert (desk.folder / "archive" / sha[:2] / f"{sha}.xml").read_bytes() == content


def test_a_later_file_with_other_amounts_holds_and_the_earlier_stay(desk):
    """Counted and named with both amounts; an amount that comes back holds again."""
    desk.rna(month([Entry(1), Entry(2)]))
    file = desk.rna(month([Entry(1, amounts=(Amount("8000"),)), Entry(2)]), names=("b.xml",)).files[0]
    assert (file.revised, file.duplicates) == (1, 1)
    [revision] = file.revisions
    assert (revision.cor, revision.earlier_nominal, revision.nominal) == ("3000001", Decimal("9000.50"), Decimal(8000))
    assert sum(aid.amount for aid in desk.compared().only_registered) == Decimal("17000.50")
    assert len({(row[:3], row[8]) for row in desk.rows()}) == 3
    desk.rna(month([Entry(1)]), names=("c.xml",))
    assert sum(aid.amount for aid in desk.compared().only_registered) == Decimal("18001.00")


def test_an_aid_without_amounts_is_loaded_and_told(desk):
    """No components, none within, no instrument, no amount."""
    bare = "    <COMPONENTI_AIUTO/>\n", "    <COMPONENTI_AIUTO><COMPONENTE_AIUTO/></COMPONENTI_AIUTO>\n"
    odd = [Entry(n, without=("COMPONENTI_AIUTO",), extra=extra) for n, extra in enumerate(("", *bare), start=1)]
    file = desk.rna(month([*odd, Entry(4)]).replace(b"<IMPORTO_NOMINALE>9000.50</IMPORTO_NOMINALE>", b"")).files[0]
    assert (file.rows_in, file.batch.rows_loaded, file.missing) == (4, 4, 4)
    assert [row[8] for row in desk.rows()] == [None] * 4


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"cor": " "}, "COR", "missing"),
        ({"day": "2020-02-30"}, "DATA_CONCESSIONE", "rna_date"),
        ({"amounts": (Amount("9,000"),)}, "IMPORTO_NOMINALE", "rna_amount"),
        ({"amounts": (Amount("1", "mille"),)}, "ELEMENTO_DI_AIUTO", "rna_amount"),
        ({"amounts": (Amount("1e30"),)}, "IMPORTO_NOMINALE", "rna_amount"),
    ],
)
def test_what_cannot_be_read_is_rejected_by_line_and_element(desk, change, column, reason):
    """The rest is loaded; amounts read = loaded + duplicates + rejected; of a file that has nothing else, nothing."""
    content = month([Entry(1), Entry(2, **change), Entry(1)])
    file = desk.rna(content).files[0]
    assert (file.rows_in, file.batch.rows_loaded, file.duplicates, file.batch.rows_rejected) == (3, 1, 1, 1)
    [rejection] = file.rejections
    line = content.decode().splitlines()[rejection.row - 1]
    assert (rejection.column, rejection.reason, line.strip()) == (column, reason, "<AIUTO>")
    with desk.open() as store:
        assert len(store.frame("rejected_rows", {"batch_id": file.batch.batch_id})) == 1
    assert desk.refused(month([Entry(2, **change)])).key == "rna.all_rejected"


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("9000.50", "9000.50"), ("9000,50", "9000.50"), ("9000", "9000"), ("9.000", "9.000"), ("0", "0"),
        ("9.000,50", "9000.50"), ("9,000.50", "9000.50"), ("1.234.567", "1234567"), ("1,234,567", "1234567"),
        ("1.234.567,8", "1234567.8"), ("€ 12,5", "12.5"), ("1.5E4", "15000"), ("9,000", None), ("", None),
        ("1.23,4.5", None), ("1,23.4,5", None), ("12.34.56", None), ("NaN", None), ("Infinity", None), ("٣", None),
    ],
)  # fmt: skip
def test_amounts(written, amount):
    """A dot is XML's decimal mark; what has two readings or none is refused."""
    if amount is None:
        with pytest.raises(BadCellError):
            read_amount(written)
    else:
        assert read_amount(written) == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("C.30.1", ("30.1", None)),
        ("(NACE 2) C.30.1", ("30.1", "2007")),
        ("(NACE 2.1) C.30.10", ("30.10", "2025")),
        ("C 10.71", ("10.71", None)),
        ("47.91.10", ("47.91.10", None)),
        ("G.47 - Commercio al dettaglio", ("47", None)),
        ("C.10.71; G.47.91", ("10.71;47.91", None)),
        ("C", (None, None)),
        ("", (None, None)),
    ],
)
def test_activities(written, read):
    """The code without its section letter, and the edition where the register names its classification."""
    assert read_activity(written) == read


def test_a_day_is_the_written_one():
    """Whatever the zone: midnight in Rome is the day before in Greenwich, and no other day was meant."""
    assert {read_day(f"2020-02-03{zone}") for zone in ("", "Z", "+01:00", "-11:00", "T00:00:00+01:00")} == {
        "2020-02-03"
    }


# ---- beside the awards


def awarded(desk: Register, *changes: dict[str, object]) -> None:
    rows = [application(n, cor="", **change) if "cor" not in change else application(n, **change)
            for n, change in enumerate(changes, start=1)]  # fmt: skip
    desk.load("applications", as_csv(rows), mapping=PLAIN)


def test_every_kind_of_disagreement_is_told(desk):
    """By COR, by firm; other amount, day, firm, COR; on one side alone; the totals differ by these and nothing else."""
    awarded(
        desk,
        {"cor": "3000001"},
        {},
        {"cor": "3000003", "grant_eur": "9000.51"},
        {"cor": "3000004", "awarded_on": "2020-12-01"},
        {"cor": "3000099", "outcome": "revoked"},
        {"cor": ["0000000", "3000007"][1]},
        {"outcome": "not_funded", "awarded_on": "", "grant_eur": "", "tranche": ""},
        {},
    )
    desk.rna(month([*(Entry(n) for n in (1, 2, 3, 4, 5)), Entry(7), Entry(50)]))
    found = desk.compared()
    assert {m.award.application_id for m in found.equal} == {"A1", "A2", "A4", "A5", "A6"}
    assert [(m.award.application_id, m.difference) for m in found.other_amount] == [("A3", Decimal("0.01"))]
    assert [m.award.application_id for m in found.other_day] == ["A4"]
    assert [m.award.application_id for m in found.other_firm] == ["A6"]
    assert [m.award.application_id for m in found.other_cor] == ["A5"]
    assert [award.application_id for award in found.only_awarded] == ["A8"]
    assert [aid.cor for aid in found.only_registered] == ["3000050"]
    assert (found.difference, found.unexplained) == (Decimal("0.01"), Decimal(0))


def test_a_firm_with_several_awards_is_matched_by_day_and_amount(desk):
    """Whatever the order; no aid is used twice."""
    same = code(1)
    awarded(
        desk,
        {"grant_eur": "1000", "awarded_on": "2020-11-30"},
        {"grant_eur": "2000", "awarded_on": "2020-12-16", "fiscal_code": same},
        {"grant_eur": "2000", "awarded_on": "2021-02-01", "fiscal_code": same},
    )
    aids = [("2000", "2021-02-01"), ("2000", "2020-12-16"), ("1500", "2020-11-30"), ("7", "2020-11-01")]
    desk.rna(month(Entry(n, fiscal_code=same, day=d, amounts=(Amount(a),)) for n, (a, d) in enumerate(aids, start=1)))
    found = desk.compared()
    assert [(m.award.application_id, m.aid.cor) for m in found.matches] == [
        ("A1", "3000003"), ("A2", "3000002"), ("A3", "3000001"),
    ]  # fmt: skip
    assert [aid.cor for aid in found.only_registered] == ["3000004"]
    assert found.unexplained == 0


def test_two_applications_that_state_one_cor_are_not_both_matched(desk):
    """That of the aid's firm is; the other has none."""
    awarded(desk, {"cor": "3000002"}, {"cor": "3000002"})
    desk.rna(month([Entry(2)]))
    found = desk.compared()
    assert [m.award.application_id for m in found.matches] == ["A2"]
    assert [award.application_id for award in found.only_awarded] == ["A1"]


@examples(max_examples=25, deadline=None)
@given(st.data())
def test_nothing_is_left_unexplained(data):
    """Whatever stands on both sides: every award and every aid is told once, and the differences add up."""
    cents = st.one_of(st.none(), st.integers(0, 500).map(lambda n: Decimal(n).scaleb(-2)))
    firms, cors = st.sampled_from("ABC"), st.sampled_from(["", "1", "2", "3", "4"])
    days = st.sampled_from([dt.date(2020, 12, 16), dt.date(2021, 2, 1)])
    awards = [
        Award(str(i), data.draw(firms), "", "funded", data.draw(cors), data.draw(days), data.draw(cents))
        for i in range(data.draw(st.integers(0, 7)))
    ]
    aids = [
        RegisteredAid(str(i), data.draw(firms), "", data.draw(days), data.draw(cents))
        for i in range(data.draw(st.integers(0, 7)))
    ]
    found = paired(awards, aids, by_firm=True)
    told = [*(m.award for m in found.matches), *found.only_awarded]
    registered = [*(m.aid for m in found.matches), *found.only_registered]
    assert sorted(told, key=lambda award: award.application_id) == awards
    assert sorted(registered, key=lambda aid: aid.cor) == aids
    assert found.unexplained == 0
    assert found.difference == sum(a.amount for a in awards) - sum(a.amount for a in aids)


# ---- what the command says


def command(desk: Register, monkeypatch, *paths: Path, lang: str = "it", car: tuple[str, ...] = (CAR,)) -> int:
    monkeypatch.setenv("VETRINA_DATA", str(desk.folder))
    (desk.folder / "store").mkdir(exist_ok=True)
    arguments = argparse.Namespace(files=list(paths), car=list(car), title="", programme=PROGRAMME.id)
    return run_import_rna(arguments, Text(lang))


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_command_tells_load_and_comparison_in_few_lines(desk, monkeypatch, capsys, lang):
    """Money as the language writes it, no list longer than twenty lines, whatever was wrong with the file."""
    monkeypatch.setattr(
        Desk, "open", lambda self: Store(self.folder / "store" / f"{PROGRAMME.id}.duckdb", PROGRAMME.id)
    )
    (desk.folder / "store").mkdir()
    awarded(desk, *[{"grant_eur": "8000.5"} if n < 60 else {} for n in range(100)])
    odd = [Entry(n, day="x") for n in range(200, 250)]
    content = month([*(Entry(n) for n in range(1, 81)), *(Entry(n) for n in range(110, 150)), *odd])
    path = desk.save("m_002.xml", content.replace(b"Progetto 1", b"Pro\x02getto 1"))
    assert command(desk, monkeypatch, path, lang=lang) == 0
    printed = capsys.readouterr()
    money = "−60.000,00 €" if lang == "it" else "−€60,000.00"
    assert money in printed.out.replace("\u00a0", " ")
    assert ("170" in printed.out, "m_001" in printed.err) == (True, True)
    listed = [run.count("\n") for run in re.findall(r"(?:^  .*\n)+", printed.out + printed.err, re.MULTILINE)]
    assert max(listed) == MOST_LINES
    assert command(desk, monkeypatch, path, lang=lang) == 0
    assert "m_002.xml" in capsys.readouterr().out


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_command_lists_measures_where_nothing_selects(desk, monkeypatch, capsys, lang):
    """Codes, titles and amounts stand above the error, without anything that a terminal would obey."""
    path = desk.save("m.xml", month([Entry(n, car=str(n), title=f"Misura \u009b31m {n}") for n in range(1, 40)]))
    with pytest.raises(UserError):
        command(desk, monkeypatch, path, lang=lang, car=())
    printed = capsys.readouterr().err
    assert "\u009b" not in printed
    assert len(re.findall(r"^  CAR \d+", printed, re.MULTILINE)) == MOST_LINES
    assert "19" in printed


def test_a_month_of_megabytes_is_written_and_read(desk, tmp_path):
    """The generator of the benchmark writes what the reader takes; the programme's aids are all found."""
    written = write_month(tmp_path / "big.xml", 2, ours=37)
    [file] = desk.rna_files(tmp_path / "big.xml").files
    assert (file.read, file.selected, file.batch.rows_loaded) == (written, 37, 37)
