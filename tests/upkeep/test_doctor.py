"""The doctor tells what is wrong with a data folder in words, writes nothing unless asked, and loses nothing then."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics.build.forget import forget
from analytics.cli.commands import main
from analytics.folders import IN_WORK, Home
from analytics.language.text import LANGUAGES, Text, sentences
from analytics.programme.file import load_programme
from analytics.release.faults import Damage
from analytics.store import journal
from analytics.store.database import Store
from analytics.upkeep.doctor import examine
from analytics.upkeep.finding import Weight
from tests.helpers.michigan_release import built, sales_only

PROGRAMME = "michigan-1988"
NOBODY = 2**22 + 1  # no process has this number
DAY = 90_000  # seconds, and a little


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A data folder in order, with a store and a published release."""
    built(tmp_path / "data", sales_only)
    shutil.rmtree(tmp_path / "data" / "files")
    home = Home(tmp_path / "data")
    list(examine(home, repair=True))  # its permissions
    return home


def content(home: Home) -> dict[str, str]:
    """Every file with its hash; locks say nothing."""
    files = [path for path in home.root.rglob("*") if path.is_file() and "lock" not in path.name]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def codes(home: Home, *, repair: bool = False) -> list[tuple[str, Weight]]:
    found = list(examine(home, repair=repair))
    assert all(finding.said(Text(language)) for finding in found for language in LANGUAGES)
    return [(finding.code, finding.weight) for finding in found]


def _leftover(home: Home) -> None:
    folder = home.archive / "ab" / f"{IN_WORK}{NOBODY}-x"
    folder.mkdir(parents=True)
    (folder / "half").write_text("x")


def _old_partial(home: Home) -> None:
    path = home.store(PROGRAMME).with_suffix(".behind") / "2026-9.partial"
    path.write_text("x")
    os.utime(path, (time.time() - DAY,) * 2)


def _too_open(home: Home) -> None:
    home.store(PROGRAMME).chmod(0o644)


def _spilled(home: Home) -> None:
    home.store(PROGRAMME).with_name(f"{PROGRAMME}.duckdb.tmp").mkdir()


def _empty(home: Home) -> None:
    """As a killed first import leaves it."""
    for folder in (home.releases, home.root / "store", home.archive):
        shutil.rmtree(folder)
    (home.root / "store").mkdir(mode=0o700)
    with Store(home.store(PROGRAMME), PROGRAMME):
        shutil.copy(home.store(PROGRAMME), home.root / "kept")
    (home.root / "store").mkdir(mode=0o700, exist_ok=True)
    (home.root / "kept").rename(home.store(PROGRAMME))
    home.store(PROGRAMME).chmod(0o600)


def _decided(home: Home) -> None:
    """A deletion that was stopped once it was decided."""
    finished = journal.finish
    try:
        journal.finish = lambda _: None
        from analytics.build import forget as module

        module.finish = lambda _: None  # type: ignore[attr-defined]
        forget(load_programme(PROGRAMME), "410032", home)
    finally:
        journal.finish = module.finish = finished  # type: ignore[attr-defined]


REPAIRED: dict[str, Callable[[Home], object]] = {
    "leftover": _leftover,
    "too_open": _too_open,
    "spilled": _spilled,
    "store_empty": _empty,
    "unfinished_deletion": _decided,
    "release_pointer_damaged": lambda home: (home.releases / PROGRAMME / "current").write_text(""),
    "release_pointer_missing": lambda home: (home.releases / PROGRAMME / "current").unlink(),
    "release_ledger_missing": lambda home: (home.releases / PROGRAMME / "ledger.jsonl").unlink(),
}


@pytest.mark.parametrize("code", REPAIRED)
def test_what_is_certain_is_put_right(home: Home, code: str) -> None:
    """Found without a file being touched; repaired when asked; then all is well."""
    REPAIRED[code](home)
    before = content(home)
    assert (code, Weight.WRONG) in codes(home)
    assert content(home) == before
    assert (code, Weight.REPAIRED) in codes(home, repair=True)
    assert [found for found in codes(home) if found[1] is Weight.WRONG and found[0] != "too_open"] == []


def _of_batch(home: Home) -> Path:
    return sorted(home.archive.glob("??/*"))[0]


def _flip(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(b"x" * 20_000)


TOLD: dict[str, Callable[[Home], object]] = {
    "source_missing": lambda home: _of_batch(home).unlink(),
    "source_changed": lambda home: _of_batch(home).write_bytes(b"x"),
    "behind_missing": lambda home: (home.root / "store" / f"{PROGRAMME}.behind" / "2026-1.parquet").unlink(),
    "store_missing": lambda home: home.store(PROGRAMME).unlink(),
    "error": lambda home: _flip(home.store(PROGRAMME)),
    "release_file_missing": lambda home: next(home.releases.glob("*/*.duckdb")).unlink(),
    "release_file_damaged": lambda home: _flip(next(home.releases.glob("*/*.duckdb"))),
    "no_programme": lambda home: shutil.copy(home.store(PROGRAMME), home.store("nobody")),
}


@pytest.mark.parametrize("code", TOLD)
def test_what_only_a_backup_brings_back_is_told(home: Home, code: str) -> None:
    """Named with what to do, before a repair and after it; the repair removes nothing."""
    TOLD[code](home)
    before = content(home)
    assert code in [found for found, _ in codes(home)]
    assert content(home) == before
    assert (code, Weight.WRONG) in codes(home, repair=True)
    assert set(before) <= set(content(home))


def test_the_command_says_it_and_ends_with_1(home: Home, monkeypatch, capsys) -> None:
    """0 where all is well, 1 where something is wrong, 0 once it is repaired; unreadable settings are told."""
    monkeypatch.setenv("VETRINA_DATA", str(home.root))
    assert main(["doctor"]) == 0
    _leftover(home)
    assert main(["doctor"]) == 1
    assert main(["doctor", "--repair"]) == 0
    home.settings.write_text("[")
    capsys.readouterr()
    assert main(["doctor", "--lang", "en"]) == 1
    assert str(home.settings) in capsys.readouterr().out
    monkeypatch.setenv("VETRINA_DATA", str(home.root / "nowhere"))
    assert main(["doctor"]) == 1


def test_every_fault_of_releases_has_words() -> None:
    """In every language; none is without."""
    for language in LANGUAGES:
        assert [one for one in Damage if f"doctor.found.release_{one}" not in sentences(language)] == []
