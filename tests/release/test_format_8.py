"""A release made before there were lines of the typical firm: it opens, is verified and shown as it was, and is
protected beside.
"""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analytics.folders import Home
from analytics.language.text import Text
from analytics.model import Arm
from analytics.present import pictures
from analytics.present.pictures import Picture
from analytics.present.pictures.over_time import line_counts, line_series
from analytics.release import Release, Releases, measures
from analytics.release.verify import verify
from tests.helpers.format_8 import as_format_8
from tests.helpers.kill_release import PROGRAMME, make
from tests.helpers.michigan_release import built, sales_only

DEMONSTRATION, OUTCOME = "ecommerce-2020", "online_sales"


@pytest.fixture(scope="module")
def home(demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demonstration, whose release in use is as format 8 had it."""
    root = tmp_path_factory.mktemp("format_8") / "home"
    shutil.copytree(demonstration.root, root)
    releases = Releases(Home(root).releases, DEMONSTRATION)
    as_format_8(releases.path(releases.open().release_id))
    return Home(root)


@pytest.fixture(scope="module")
def older(home: Home) -> Release:
    return Releases(home.releases, DEMONSTRATION).open()


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, DEMONSTRATION).open()


def test_its_lines_are_of_sums(older: Release, release: Release, home: Home) -> None:
    """Under the id that they had, and have; what is first shown of it is what it has, of the present format the typical
    firm.
    """
    assert (older.format_version, release.format_version) == (8, 10)
    assert (older.line_bases, release.line_bases) == (("sum",), ("typical", "sum"))
    for sector in ("*", "food"):
        sums = release.picture("lines", OUTCOME, sector, "sum")
        pd.testing.assert_frame_equal(
            older.picture("lines", OUTCOME, sector)[[*sums.columns]].reset_index(drop=True), sums.reset_index(drop=True)
        )
        assert older.picture_id("lines", OUTCOME, sector) == release.picture_id("lines", OUTCOME, sector, "sum")
        assert release.picture_id("lines", OUTCOME, sector) != older.picture_id("lines", OUTCOME, sector)
        assert older.picture("lines", OUTCOME, sector, "typical").empty
        assert line_series(older, OUTCOME, sector) == line_series(release, OUTCOME, sector, "sum")
        assert line_series(release, OUTCOME, sector) == line_series(release, OUTCOME, sector, "typical")
        assert line_counts(older, OUTCOME, sector, None, Text()) == line_counts(release, OUTCOME, sector, "sum", Text())
    line = older.picture_id("lines", OUTCOME, "food")
    assert verify(line, home.releases).state == "current"
    assert isinstance(pictures.index_lines(older, Text(), OUTCOME, "food"), Picture)
    assert isinstance(pictures.index_lines(release, Text(), OUTCOME, "food", "sum"), Picture)


def test_firms_of_a_typical_line_are_the_fewest_that_are_told(release: Release) -> None:
    """At least so many in every period; of sums the most in any one."""
    rows = release.picture("lines", OUTCOME, "*", "typical")
    for arm, words in line_counts(release, OUTCOME, "*", None, Text("it")).items():
        least = int(rows.loc[rows["arm"] == arm, "n"].min())
        assert words == f"almeno {least} imprese"
        assert least <= int(line_counts(release, OUTCOME, "*", "sum", Text("it"))[arm].split()[0])


def test_it_has_no_change_of_the_typical_firm(older: Release) -> None:
    """It is absent, no error; every other figure is there."""
    assert older.main(measures.TYPICAL_CHANGE, arm=Arm.FUNDED) is None
    assert older.main(measures.CHANGE, arm=Arm.FUNDED) is not None


def test_a_new_release_is_built_beside_it(tmp_path: Path) -> None:
    """From the same files, protected together with it."""
    older = built(tmp_path, sales_only)
    releases = Releases(Home(tmp_path).releases, PROGRAMME)
    as_format_8(releases.path(older.release_id))
    new = Release(releases.path(make(tmp_path)))
    assert (releases.open().format_version, new.format_version) == (8, 10)
    assert new.manifest.beside == (older.release_id,)
    assert new.line_bases == ("typical", "sum")
