"""From an office's dirty workbook to a published release, on the command line: four commands."""

import os
from pathlib import Path

import pytest

from analytics.cli.commands import main
from analytics.folders import Home
from analytics.release import Releases
from tests.helpers.dirty_workbook import write_correction, write_dirty_files

PROGRAMME = ("--programme", "michigan-1988")


def test_four_commands_publish_a_dirty_workbook_and_three_correct_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven sheets, titles, totals, words of the office, a column per year: no mapping has to be written. A correction
    is imported, built and published; the figure that readers see is another then.
    """
    home = Home(tmp_path / "home")
    monkeypatch.setitem(os.environ, "VETRINA_DATA", str(home.root))
    applications, sales = write_dirty_files(tmp_path)
    correction, releases = write_correction(tmp_path), Releases(home.releases, "michigan-1988")
    for words in (
        ["import", "applications", str(applications), *PROGRAMME],
        ["import", "sales", str(sales), *PROGRAMME],
        ["build", *PROGRAMME],
    ):
        assert main(words) == 0
    assert main(["publish", _last(releases), *PROGRAMME]) == 0
    first = releases.open().headline()
    for words in (["import", "sales", str(correction), *PROGRAMME], ["build", *PROGRAMME]):
        assert main(words) == 0
    assert main(["publish", _last(releases), *PROGRAMME]) == 0
    assert len(releases.published()) == 2
    assert releases.open().headline().high != first.high


def _last(releases: Releases) -> str:
    """The newest release that was built."""
    return next(reversed(releases.known()), "")
