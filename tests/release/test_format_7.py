"""A release made before groups shared a range: it opens, is verified and shown as it was, and is protected beside."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analytics.build.claims import ranges_again
from analytics.build.recompute import recompute
from analytics.cli.commands import main
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text, speaking
from analytics.model import RangeKind
from analytics.present import pictures
from analytics.present.asked import Asked
from analytics.present.pictures import Picture
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.guidance import guidance
from analytics.present.sentences.headlines import approved_sentences, headlines
from analytics.present.sentences.together import range_notes
from analytics.present.tables.changes import updates_table
from analytics.present.tables.facts import sector_facts
from analytics.release import Release, Releases
from analytics.release.difference import Cause, Change, causes, changes
from analytics.release.verify import verify
from tests.helpers.format_7 import LACKS, as_format_7
from tests.helpers.format_8 import LATER, of_format_8
from tests.helpers.kill_release import PROGRAMME, make
from tests.helpers.michigan_release import built, corrected, sales_only
from tests.whole.test_together import revised

DEMONSTRATION = "ecommerce-2020"


@pytest.fixture(scope="module")
def home(demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demonstration, whose release in use is as format 7 had it."""
    root = tmp_path_factory.mktemp("format_7") / "home"
    shutil.copytree(demonstration.root, root)
    releases = Releases(Home(root).releases, DEMONSTRATION)
    assert releases.current is not None
    as_format_7(releases.path(releases.current))
    return Home(root)


@pytest.fixture(scope="module")
def older(home: Home) -> Release:
    return Releases(home.releases, DEMONSTRATION).open()


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, DEMONSTRATION).open()


def test_it_opens_and_lacks_what_came_later(older: Release, release: Release) -> None:
    """Every figure of it is found, as it was; what it has no column for is not there, and nothing else is missing."""
    assert older.format_version == 7
    assert older.manifest.method == 1
    assert not older.shares_ranges
    assert release.shares_ranges
    assert not set(LACKS) & set(older.figures)
    assert len(older.figures) > 0.99 * len(of_format_8(release.figures))
    for figure_id in older.figures["figure_id"].iloc[::97]:
        figure, now = older.by_id(figure_id), release.by_id(figure_id)
        assert figure is not None
        assert now is not None
        assert figure == replace(now, **dict.fromkeys(LACKS), df=figure.df)
        assert figure.shown_range == (None if figure.low is None else (figure.low, figure.high))


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_groups_are_said_by_the_interval_for_all_together(older: Release, language: str) -> None:
    """In the words that were quoted; nothing is said of several groups at once, nor of a range that others made."""
    text = Text(language)
    said = approved_sentences(older, text)
    assert not {one.kind for one in said} & {ClaimKind.COUNT, ClaimKind.PAIR}
    groups = [one for one in said if one.kind is ClaimKind.EFFECT and one.dimension != "*" and one.figure.published]
    assert len(groups) > 10
    for one in groups:
        assert (one.low, one.high) == (one.figure.sim_low, one.figure.sim_high)
        assert text(f"range.{one.dimension}") in one.sentence.long
        assert text(f"together.used.{one.dimension}") not in list(range_notes(older, one.figure, one.dimension, text))
        assert not list(range_notes(older, one.figure, one.dimension, text))[1:]
    items = [item for item in headlines(older, text)["headlines"] if item["kind"] == "effect"]
    assert {item["range_in_sentence"] for item in items if item["dimension"] != "*"} == {"sim_low, sim_high"}
    assert all(item["shared_low"] is None for item in items)


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_pages_show_its_own_ranges(older: Release, language: str) -> None:
    """Charts and facts the sector's own interval, in the words for it; the best guess without a range."""
    text, asked = speaking(language), Asked.headline(older)
    effect = older.main_effect({"sector": "retail"})
    assert effect is not None
    assert effect.low is not None
    assert effect.high is not None
    picture = pictures.forest(older, text, "sector", asked)
    assert isinstance(picture, Picture)
    label = older.programme.label("sector", "retail", text)
    words = f"{text.percent(effect.value or 0.0)} {text.interval(effect.low, effect.high)}"
    assert text.percent(effect.value or 0.0) in str(picture.drawing)
    assert text.span(effect.low, effect.high) in str(picture.drawing)
    assert picture.table.loc[label, text("table.effect_95")] == words
    facts = {fact.label: fact.words for fact in sector_facts(older, asked, "retail", text)}
    assert facts[text("fact.best_guess")] == text.percent(effect.shrunk or 0.0)
    lines = list(guidance(older, "retail", text))
    assert text("usable.guess", value=text.percent(effect.shrunk or 0.0)) in lines
    assert any(text("range.sector") in line for line in lines)


def test_it_is_verified(home: Home, older: Release, capsys, monkeypatch) -> None:
    """Found by its ids; there is no shared range to make again, and nothing is said of one."""
    effect = older.main_effect({"sector": "retail"})
    assert effect is not None
    standing = verify(effect.figure_id, home.releases)
    assert (standing.state, standing.figure) == ("current", effect)
    assert ranges_again(older, effect) is None
    monkeypatch.setenv("VETRINA_DATA", str(home.root))
    assert main(["--lang", "en", "verify", "--no-recompute", effect.figure_id]) == 0
    out = capsys.readouterr().out
    assert repr(effect.sim_low) in out
    assert "other groups" not in out


def test_two_formats_are_compared(older: Release, release: Release) -> None:
    """By the columns of the older; what it lacks is new, not changed, and the method is named as what differs."""
    found = changes(older.figures, release.figures)
    assert Cause.METHOD in causes(older, release)
    names = release.figures.set_index("cell")["measure"]
    new = {str(names[one.cell]) for one in found if one.how is Change.NEW}
    assert {"sectors_gaining_typical_firm", "macro_sectors_gaining_typical_firm"} <= new
    assert all("s_gaining_" in name or name.startswith(("beside_", *LATER)) for name in new)
    df_alone = [one for one in found if one.how is not Change.NEW]
    assert {one.how for one in df_alone} == {Change.VALUE}
    assert all(str(names[one.cell]).startswith("check_") for one in df_alone)
    assert len(updates_table(older, release, Text("it"))) > 15


# ---- as an earlier release of a new build ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def michigan(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Release]:
    """A home whose published release is as format 7 had it."""
    root = tmp_path_factory.mktemp("earlier")
    release = built(root, sales_only)
    releases = Releases(Home(root).releases, PROGRAMME)
    as_format_7(releases.path(release.release_id))
    return Home(root), releases.open()


def test_a_new_release_is_built_beside_it(michigan: tuple[Home, Release]) -> None:
    """From the same files, of the present format, protected together with it; all that it holds of groups is there."""
    home, older = michigan
    new = Release(Releases(home.releases, PROGRAMME).path(make(home.root)))
    assert (older.format_version, new.format_version) == (7, 10)
    assert new.manifest.beside == (older.release_id,)
    sector = new.main_effect({"sector": "manufacturing"})
    assert sector is not None
    assert sector.range_kind is RangeKind.OWN
    assert (sector.shared_low, sector.shared_high) == (sector.low, sector.high)
    assert {one.how for one in changes(older.figures, new.figures)} <= {Change.NEW, Change.VALUE}


def test_what_it_does_not_tell_is_no_difference_when_it_is_made_again(michigan: tuple[Home, Release]) -> None:
    """A figure that no method changed is equal to the last digit: its format had no column for a shared range."""
    home, older = michigan
    euros = older.figures.set_index("measure").loc[["euro_weighted"], "figure_id"]
    assert len(euros) > 0
    again = recompute(older, str(euros.iloc[0]), home)
    assert again.differences == {}


def test_what_is_held_as_it_had_it_has_a_range_all_the_same(tmp_path: Path) -> None:
    """A few firms' sales are corrected: an effect that stays as a release of format 7 had it is marked provisional, is
    shown by its own range, and its group's shared range follows from what is published.
    """
    home, before = Home(tmp_path), built(tmp_path, sales_only)
    releases = Releases(home.releases, PROGRAMME)
    as_format_7(releases.path(before.release_id))
    older = releases.open()
    new = revised(home, 1, 3.0)
    held = new.figures[(new.figures["measure"] == "typical_firm") & (new.figures["obs_status"] == "P")]
    assert len(held) > 0
    for figure_id in held["figure_id"]:
        figure = new.by_id(figure_id)
        assert figure is not None
        was = older.at(figure.key)
        assert was is not None
        assert (figure.value, figure.low, figure.high, figure.df) == (was.value, was.low, was.high, was.df)
        assert figure.shown_range == (was.low, was.high)
    sector = new.main_effect({"sector": "manufacturing"})
    assert sector is not None
    assert sector.range_kind is RangeKind.OWN  # a sector alone
    assert ranges_again(new, sector) is None
    pd.testing.assert_series_equal(
        older.figures.set_index("cell").loc[held["cell"], "value"], held.set_index("cell")["value"]
    )


def test_a_corrected_release_beside_it_is_built(tmp_path: Path) -> None:
    """Many firms' sales are corrected: nothing is held, and each cause of what changed is named."""
    built(tmp_path, sales_only)
    home = Home(tmp_path)
    releases = Releases(home.releases, PROGRAMME)
    as_format_7(releases.path(releases.open().release_id))
    corrected(home)
    new = Release(releases.path(make(home.root)))
    found = causes(releases.open(), new)
    assert {Cause.METHOD, Cause.BESIDE, Cause.DATA} <= set(found)
