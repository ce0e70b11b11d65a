"""An outcome that no file brought has no figures, and nothing else is lost by it."""

from pathlib import Path

import pandas as pd
import pytest

from analytics.build.candidate import build
from analytics.cli.commands import main
from analytics.folders import Home
from analytics.language.text import Text
from analytics.model import UserError
from analytics.present.sentences.limits import cannot_say
from analytics.programme.file import load_programme
from analytics.release import Release, Releases, measures
from tests.helpers.michigan_release import built
from tests.helpers.officer import Desk, application, as_csv, sale

YEARS = range(2018, 2024)


def without_hours(applications: pd.DataFrame, sales: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nobody reported training hours."""
    return applications, sales.assign(hrsemp=None)


def test_what_nobody_reported_has_no_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No empty figure, line or choice of it; the programme file in the release still declares it; build says so."""
    release = built(tmp_path, without_hours)
    assert "hrsemp" in [outcome.name for outcome in release.programme.outcomes]
    assert [outcome.name for outcome in release.outcomes] == ["sales", "employ", "scrap"]
    assert set(release.figures["outcome"]) == {"*", "sales", "employ", "scrap"}
    assert "hrsemp" not in set(release.lines["outcome"])
    assert ("funded", "hrsemp") not in release.manifest.disclosure
    monkeypatch.setenv("VETRINA_DATA", str(tmp_path))
    assert main(["--lang", "en", "build", "--programme", "michigan-1988"]) == 0
    said = capsys.readouterr().err
    assert "outcomes.hrsemp" in said


@pytest.fixture(scope="module")
def online_alone(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A call of which online sales alone were collected."""
    desk = Desk.at(tmp_path_factory.mktemp("online"))
    funded = [application(n, grant_eur="9000.00") for n in range(1, 21)]
    turned_down = {"outcome": "not_funded", "tranche": "", "awarded_on": "", "grant_eur": ""}
    desk.load("applications", as_csv([*funded, *(application(n, **turned_down) for n in range(21, 51))]))
    sales = [sale(n, f"{year}", f"{100 * n + 7 * year % (11 + n):.2f}") for n in range(1, 51) for year in YEARS]
    desk.load("sales", as_csv(sales), "sales.csv")
    return desk


def test_a_part_without_its_whole_is_asked_for_less(online_alone: Desk) -> None:
    """Online sales without total sales: their effects and money, but no share of the total and no losses offset."""
    releases = Releases(Home(online_alone.folder).releases, "ecommerce-2020")
    with online_alone.open() as store:
        release = Release(releases.path(build(load_programme("ecommerce-2020"), store, releases)))
    assert [outcome.name for outcome in release.outcomes] == ["online_sales"]
    assert release.headline() is not None
    assert release.main(measures.EXTRA_SALES) is not None
    listed = set(release.figures["measure"])
    assert not {"losses_offset", "offline_fall", "online_share"} & listed
    assert cannot_say(release, Text("it"))


def test_a_headline_that_nobody_reported_is_refused(tmp_path: Path) -> None:
    """There is nothing to build: which outcome, and what to do."""
    desk = Desk.at(tmp_path)
    desk.load("applications", as_csv([application(1), application(2, outcome="not_funded", tranche="", awarded_on="")]))
    rows = [sale(n, "2021", "", total_sales_eur="5.00") for n in (1, 2)]
    desk.load("sales", as_csv(rows), "sales.csv")
    releases = Releases(Home(tmp_path).releases, "ecommerce-2020")
    with desk.open() as store, pytest.raises(UserError) as refused:
        build(load_programme("ecommerce-2020"), store, releases)
    assert refused.value.key == "programme.refused"
    assert "online_sales" in str(refused.value)
