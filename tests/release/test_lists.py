"""A picture of a list has an id of its own, which `verify` answers with all its figures."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from analytics.build.recompute import compared
from analytics.cli.commands import main
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import Estimand
from analytics.release import Release, Releases, measures
from analytics.release.figure_id import FigureId, parse_figure_id, parse_figure_ids, short
from analytics.release.lists import FigureList
from analytics.release.verify import verify
from tests.helpers.format_7 import as_format_7

PROGRAMME, OUTCOME = "ecommerce-2020", "online_sales"
TYPICAL = Estimand.TYPICAL_FIRM
LISTS = {
    "sectors": ("sector", "overall", {}),
    "macro-sectors, one year": ("macro_sector", "1", {}),
    "sizes": ("size_class", "overall", {}),
    "channels of a sector": ("channel", "overall", {"sector": "food"}),
    "waves": ("wave", "overall", {}),
    "years": ("year", "*", {}),
    "years of a sector": ("year", "*", {"sector": "food"}),
}


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, PROGRAMME).open()


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_verify_answers_with_every_figure(
    release: Release, demonstration: Home, name: str, language: str, capsys, monkeypatch
) -> None:
    """By the whole id and by the short one: what it is, and the value, range, status and id of each row; why there is
    none.
    """
    dimension, horizon, within = LISTS[name]
    figure_id = release.list_id(dimension, OUTCOME, TYPICAL, horizon, within)
    standing = verify(short(figure_id), demonstration.releases)
    assert (standing.state, standing.figure_id, standing.figure) == ("current", figure_id, None)
    assert standing.listed == FigureList.of(dimension, OUTCOME, TYPICAL, horizon, tuple(within.items()))
    codes = release.manifest.horizons if dimension == "year" else release.programme.codes(dimension)
    rows = release.listed(standing.listed)
    assert list(rows) == list(codes)
    for code, figure in rows.items():
        group = within if dimension == "year" else {**within, dimension: code}
        at = code if dimension == "year" else horizon
        assert figure == release.figure(measures.EFFECTS[TYPICAL], outcome=OUTCOME, horizon=at, group=group)
    monkeypatch.setenv("VETRINA_DATA", str(demonstration.root))
    for written in (figure_id, short(figure_id)):
        assert main(["--lang", language, "verify", "--no-recompute", written]) == 0
        out = capsys.readouterr().out
        for figure in rows.values():
            assert figure.figure_id in out
            numbers = [repr(figure.value), *map(repr, figure.shown_range or ())] if figure.published else []
            assert all(number in out for number in numbers)
            assert figure.published or Text(language)(f"why.{figure.reason}", min_firms=10) in out


def test_each_list_has_an_id_and_no_other_has_it(release: Release) -> None:
    """Nor has any figure or picture."""
    ids = list(release._lists)
    assert len(ids) == len(set(ids))
    assert not set(ids) & set(release.figures["figure_id"])
    assert not set(ids) & {*release.lines["figure_id"], *release.spread["figure_id"]}
    for figure_id in ids[::500]:
        of = release.list_of(figure_id)
        assert of is not None
        assert release.list_id(of.dimension, of.outcome, of.estimand, of.horizon, of.within) == figure_id
        assert parse_figure_id(figure_id).cell == of.cell


def test_what_a_release_does_not_list_was_never_published(release: Release, demonstration: Home) -> None:
    """An id whose form is right, of sectors within a channel that there is not."""
    figure_id = release.list_id("sector", OUTCOME, TYPICAL, "overall", {"channel": "none"})
    assert verify(figure_id, demonstration.releases).state == "never_published"


def test_a_release_of_an_earlier_format_has_them(release: Release, demonstration: Home, tmp_path: Path) -> None:
    """The ids are of what the lists are: the file need not hold them."""
    shutil.copytree(demonstration.root / "releases", tmp_path / "releases")
    releases = Releases(tmp_path / "releases", PROGRAMME)
    as_format_7(releases.path(release.release_id))
    figure_id = release.list_id("sector", OUTCOME, TYPICAL, "overall")
    standing = verify(figure_id, tmp_path / "releases")
    assert standing.listed is not None
    assert standing.release is not None
    assert len(standing.release.listed(standing.listed)) == 15


def test_all_its_figures_are_made_again(release: Release) -> None:
    """One that comes out otherwise is told, by its id."""
    figure_id = release.list_id("macro_sector", OUTCOME, TYPICAL, "overall")
    tables = {"figures": release.figures.copy(), "lines": release.lines, "spread": release.spread}
    assert compared(release, tables, figure_id).equal
    trade = release.main_effect({"macro_sector": "trade"})
    assert trade is not None
    mine = tables["figures"]["figure_id"] == trade.figure_id
    tables["figures"].loc[mine, "value"] += 1e-9
    assert len(compared(release, tables, figure_id).differences) == 1
    other = release.list_id("macro_sector", OUTCOME, TYPICAL, "1")
    assert compared(release, tables, other).equal


# ---- ids without their programme -------------------------------------------------------------------------------------


def test_a_short_id_has_twenty_characters_at_most() -> None:
    """It keeps the check character of the whole id, and comes back to it."""
    for release in ("2026-1", "2026-9999"):
        whole = str(FigureId("a-programme-with-a-long-name", release, "5NRHCGNQ"))
        assert len(short(whole)) <= 20
        assert whole.endswith("." + short(whole))
        assert short(short(whole)) == short(whole)
        others = ["ecommerce-2020", "a-programme-with-a-long-name"]
        assert str(parse_figure_id(short(whole).lower(), others)) in (
            whole,
            str(dataclasses.replace(parse_figure_id(whole), programme=others[0])),
        )
        assert whole in map(str, parse_figure_ids(short(whole), others))


def test_a_short_id_is_of_the_programme_that_holds_it(demonstration: Home, release: Release, tmp_path: Path) -> None:
    """Where the check character fits several, of the one whose release has the figure."""
    figure_id = release.headline().figure_id
    shutil.copytree(demonstration.root / "releases", tmp_path / "releases")
    cell = parse_figure_id(figure_id).cell
    alike = [
        name
        for name in (f"a{n}" for n in range(500))
        if str(FigureId(name, release.release_id, cell))[-1] == figure_id[-1]
    ]
    (tmp_path / "releases" / alike[0]).mkdir()
    standing = verify(short(figure_id), tmp_path / "releases")
    assert (standing.figure_id, standing.state) == (figure_id, "current")
    assert standing.figure == release.headline()
