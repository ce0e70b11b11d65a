"""Confidential folders and files are their owner's alone, whatever the terminal's own settings are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.access.exposed import exposed
from analytics.folders import PROJECT, WINDOWS, Home, make_private
from tests.helpers.officer import application, as_csv, sale

pytestmark = pytest.mark.skipif(WINDOWS, reason="Windows has no such permissions")


def run(home: Home, *words: str) -> None:
    """A command, typed by somebody whose files everybody may read."""
    command = [sys.executable, "-m", "analytics", *words]
    environment = os.environ | {"VETRINA_DATA": str(home.root)}
    subprocess.run(command, cwd=PROJECT, env=environment, umask=0o022, check=False, capture_output=True)


def open_to_others(folder: Path) -> list[str]:
    paths = [folder, *folder.rglob("*")]
    return [str(path.relative_to(folder.parent)) for path in paths if path.stat().st_mode & 0o077]


def test_what_an_import_makes_is_its_owners_alone(tmp_path: Path) -> None:
    """Store, archive, and what is written for the officer: rejected rows and a mapping. What others could enter, of an
    earlier version, is closed by the next command that writes.
    """
    home = Home(tmp_path / "data")
    rows, wrong = tmp_path / "a.csv", tmp_path / "s.csv"
    rows.write_bytes(as_csv([application(1), application(2)]))
    wrong.write_bytes(as_csv([sale(1), sale(1, online="x")]))
    programme = ("--programme", "ecommerce-2020")
    run(home, "import", "applications", str(rows), "--save-mapping", str(tmp_path / "m.toml"), *programme)
    run(home, "import", "sales", str(wrong), "--partial", "--rejected", str(tmp_path / "r.xlsx"), *programme)
    made = [home.root / "store", home.archive, tmp_path / "m.toml", tmp_path / "r.xlsx"]
    assert all(path.exists() for path in made)
    assert [open_to_others(path) for path in made] == [[], [], [], []]
    for path in (home.archive, *home.archive.rglob("*"), home.root / "store"):
        path.chmod(0o755)
    run(home, "undo", *programme)
    assert [open_to_others(path) for path in made[:2]] == [[], []]


def test_a_folder_is_closed_with_what_lies_in_it(tmp_path: Path) -> None:
    """But a link is not followed out of it."""
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.write_text("")
    outside.chmod(0o644)
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "file").write_text("")
    (folder / "link").symlink_to(outside)
    for path in (folder, folder / "in", folder / "in" / "file"):
        path.chmod(0o777)
    make_private(folder)
    assert not any(path.stat().st_mode & 0o077 for path in (folder, folder / "in", folder / "in" / "file"))
    assert outside.stat().st_mode & 0o777 == 0o644


def test_files_that_others_may_read_or_change_are_named(tmp_path: Path) -> None:
    """Settings that others read are no fault; that they change, or read the keys of the login, is."""
    settings, secrets, folder = tmp_path / "vetrina.toml", tmp_path / "secrets.toml", tmp_path / "store"
    for path in (settings, secrets):
        path.write_text("")
        path.chmod(0o644)
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    found = exposed(settings, [secrets, tmp_path / "none"], [folder])
    assert [(one.key, one.path) for one in found] == [("secrets", secrets), ("folder", folder)]
    settings.chmod(0o666)
    assert exposed(settings, [], [])[0].key == "settings"
