"""Exports on the command line: twins of the addresses, whole or not at all, with a clear word where they cannot be."""

import html
import io
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from analytics.cli.commands import main
from analytics.cli.export import FORMS, FORMS_OF, TABLES, WHAT
from analytics.folders import Home
from analytics.present.sentences.headlines import approved_sentences
from analytics.present.sentences.phrases import reader
from analytics.present.tables.codebook import NAME as CODEBOOK_TABLE
from analytics.present.tables.named import TABLES as NAMED
from analytics.publish.formats import FORMATS
from analytics.release import Releases
from analytics.release.figure_id import short


@pytest.fixture
def export(demonstration: Home, monkeypatch, tmp_path, capsysbinary):
    """Types `export`; exit code, output and errors."""
    monkeypatch.setenv("VETRINA_DATA", str(demonstration.root))
    monkeypatch.chdir(tmp_path)

    def type_(*words: str) -> tuple[int, bytes, str]:
        try:
            named = () if "--programme" in words else ("--programme", "ecommerce-2020")
            ended = main(["--lang", "en", "export", *words, *named])
        except SystemExit as error:
            ended = int(error.code or 0)
        out, err = capsysbinary.readouterr()
        return ended, out, err.decode()

    return type_


def test_it_knows_every_table_and_format():
    """Its words are lists of their own, so that help answers at once; they are those of the tables and formats."""
    assert set(TABLES) == set(NAMED)
    assert set(FORMS) == {*FORMATS, "package"}
    assert set(FORMS_OF) == set(WHAT)
    assert CODEBOOK_TABLE in WHAT


@pytest.mark.parametrize("what", WHAT)
def test_everything_that_it_names_can_be_written(export, tmp_path: Path, what: str):
    """In every format that goes with it, of the smallest programme."""
    for form in FORMS_OF[what]:
        if form == "sdmx" and what in ("reconciliation", "reconciliation-gaps", "applications"):
            continue  # which hold no observations
        site = ("--site", "https://example.org") if what in ("catalogue", "feed") else ()
        ended, _, said = export(what, "-o", "out", "--format", form, "--programme", "michigan-1988", *site)
        assert ended == 0, said
        assert (tmp_path / "out").stat().st_size > 100
        assert "Written out" in said


def test_the_ending_of_the_file_tells_the_format(export, tmp_path: Path):
    """sector,size is the programme's pair; the file holds its 64 groups."""
    assert export("cohorts", "--by", "sector,size", "-o", "out.parquet")[0] == 0
    assert len(pd.read_parquet(tmp_path / "out.parquet")) == 64
    assert export("release", "-o", "all.zip", "--programme", "michigan-1988")[0] == 0
    assert "datapackage.json" in zipfile.ZipFile(tmp_path / "all.zip").namelist()


def test_it_writes_to_the_standard_output(export):
    """Nothing else goes there: another program reads it."""
    ended, out, _ = export("group-time", "--where", "sector=textiles", "-o", "-", "--format", "json")
    document = json.loads(out)
    assert (ended, document["table"], document["query"]) == (0, "group-time", {"sector": "textiles"})
    assert len(pd.read_csv(io.BytesIO(export("cohorts", "--by", "wave", "-o", "-", "--format", "csv")[1]))) == 4


@pytest.mark.parametrize(
    ("words", "ended", "told"),
    [
        (("cohorts", "-o", "x.doc"), 2, "xlsx, csv"),
        (("release", "-o", "x.csv"), 2, "package, xlsx"),
        (("cohorts", "-o", "x.csv", "--by", "colour"), 2, "sector-wave"),
        (("lines", "-o", "x.csv", "--where", "sector"), 2, "name=code"),
        (("lines", "-o", "x.csv", "--by", "sector"), 2, "basis"),
        (("release", "-o", "x.zip", "--by", "sector"), 2, "leave out --by"),
        (("feed", "-o", "x.atom"), 2, "--site"),
        (("reconciliation", "-o", "x.csv", "--format", "sdmx"), 2, "figures"),
        (("cohorts", "-o", "x.csv", "--release", "1999-1"), 1, "1999-1"),
        (("cohorts", "-o", "no/such/folder/x.csv"), 1, "another folder"),
        (("nothing", "-o", "x.csv"), 2, "cohorts"),
    ],
)
def test_wrong_use_says_what_to_do_and_leaves_nothing(export, tmp_path: Path, words, ended: int, told: str):
    """Exit code 2 for wrong use, 1 where it cannot be done; no half a file."""
    code, out, said = export(*words)
    assert (code, out) == (ended, b"")
    assert told in said
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_that_name_stays_until_the_new_one_is_whole(export, tmp_path: Path, monkeypatch):
    """A full disk takes nothing away."""
    (tmp_path / "x.csv").write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    ended, _, said = export("applications", "-o", "x.csv")
    assert (ended, (tmp_path / "x.csv").read_text()) == (1, "before")
    assert "No space left" in said
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


def test_an_image_is_of_the_figure_and_size_that_are_asked_for(export, tmp_path: Path):
    """By a short id in any case; the one of the programme without one."""
    release = Releases(Home.default().releases, "michigan-1988").open()
    said = {
        short(one.figure.figure_id): one.sentence.long for one in approved_sentences(release, reader(release, "en"))
    }
    first, second = list(said)[:2]
    for words, figure in (((), first), (("--figure", second.lower()), second)):
        ended, _, _ = export("image", "--programme", "michigan-1988", "-o", "i.svg", "--size", "story", *words)
        assert ended == 0
        svg = (tmp_path / "i.svg").read_text(encoding="utf-8")
        assert said[figure] in html.unescape(svg)
        assert 'viewBox="0 0 1080 1920"' in svg
    for words in (("--figure", "2026-1.XXXXXXXX-X"), ("--size", "huge")):
        ended, _, told = export("image", "--programme", "michigan-1988", "-o", "j.svg", *words)
        assert ended == 2
        assert first in told or "square" in told
    assert not (tmp_path / "j.svg").exists()
