"""Every page, in both languages, with every kind of release it may meet."""

import itertools
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analytics.folders import PROJECT, Home
from analytics.language.text import LANGUAGES, Text
from analytics.programme.dimensions import DIMENSIONS
from analytics.release import Release, Releases
from analytics.release.figure_id import short
from pages import OFFICER, PAGES, STATEMENTS
from pages.parts import visitor
from pages.parts.shelf import read_release
from tests.helpers.markup import shapes
from tests.helpers.michigan_release import built, funded_only
from tests.helpers.rewritten import rewritten
from tests.pages.app import opened, pictures_on, sound, words
from tests.pages.test_officer import at_home

__all__ = ["at_home"]  # the door of the officer's page, open


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VETRINA_DATA", "")


@pytest.fixture(scope="module")
def withheld(demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose only release publishes no figure at all."""
    source = Releases(demonstration.releases, "ecommerce-2020").open()
    figures = source.figures.copy()
    numbers = ["value", "low", "high", "half_low", "half_high", "sim_low", "sim_high", "p_value", "mde", "df"]
    figures[numbers] = None
    figures[["n_funded", "n_comparison"]] = pd.NA
    figures["reason"] = "confidential"
    figures["conf_status"] = "C"
    lines = source.lines.assign(index_value=None, n=None)
    home = Home(tmp_path_factory.mktemp("withheld"))
    rewritten(source, home.releases, figures=figures, lines=lines, spread=source.spread.iloc[:0])
    return home


def test_every_page_is_a_file_and_has_an_address_of_its_own() -> None:
    """PAGES, with the officer's page, and the files in pages/ are the same, and one of them is the front page."""
    files = [path.stem for path in (PROJECT / "pages").glob("*.py") if path.stem != "__init__"]
    assert sorted(PAGES | OFFICER | STATEMENTS) == sorted(files)
    assert len({*PAGES.values(), *OFFICER.values(), *STATEMENTS.values()}) == len(PAGES | OFFICER | STATEMENTS)
    assert next(iter(PAGES.values())) == ""


SIMULATED = {"it": "DATI SIMULATI", "en": "SIMULATED"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("programme", ["ecommerce-2020", "michigan-1988"])
def test_every_page_of_both_programmes_speaks_both_languages(
    demonstration: Home, programme: str, page: str, language: str
) -> None:
    """No page fails, and none is empty, for either demonstration in either language. Invented figures are marked on
    every page; real public data are labelled as what they are.
    """
    app = opened(demonstration, page, programme=programme, lang=language)
    assert sound(app, language)
    assert len(app.title) >= 1
    assert len(words(app)) > 300
    text, said = Text(language), words(app)
    is_simulated = programme == "ecommerce-2020"
    assert (text("mark.simulated_strip") in said, text("mark.public_strip") in said) == (is_simulated, not is_simulated)
    assert (SIMULATED[language] in said.upper().replace("NOT SIMULATED", "")) == is_simulated


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_release_with_everything_withheld_says_why_and_shows_no_number(
    withheld: Home, page: str, language: str
) -> None:
    """Absence carries a reason on every page; nothing fails for want of a figure."""
    app = opened(withheld, page, lang=language, tables="1")
    assert sound(app, language)
    drawn = {key for key, picture in pictures_on(app).items() if shapes(picture)}
    assert drawn <= {"context"}  # official statistics
    assert not re.search(r"\b(None|nan|NaN)\b", words(app))
    if page in ("overview", "sectors", "press"):
        assert Text(language)("why.confidential") in words(app)


@pytest.fixture(scope="module")
def nobody_to_compare(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a release of funded firms alone."""
    root = tmp_path_factory.mktemp("funded")
    built(root, funded_only)
    return Home(root)


@pytest.mark.parametrize("page", PAGES)
def test_a_programme_without_comparison_shows_what_happened(nobody_to_compare: Home, page: str) -> None:
    """No page fails where nothing could be compared, and the first says that a change is no effect."""
    app = opened(nobody_to_compare, page, lang="en")
    assert sound(app, "en")
    assert len(app.title) >= 1
    if page == "overview":
        assert "a change, not an effect" in app.title[0].value


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_release_the_page_says_what_to_do(tmp_path: Path, language: str) -> None:
    """The empty state names the command that fills it, to who sits at the machine."""
    app = opened(Home(tmp_path), lang=language)
    assert not app.exception
    assert "python -m analytics demo" in words(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_release_a_reader_is_told_whom_to_ask(
    tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No command of a terminal: that nothing is published yet, and the contact of the settings."""
    monkeypatch.setenv(visitor.VARIABLE, "0")
    assert Text(language)("page.empty_nobody") in words(opened(Home(tmp_path), lang=language))
    Home(tmp_path).settings.write_text('[site]\ncontact = "urp@example.org"\n', encoding="utf-8")
    app = opened(Home(tmp_path), lang=language)
    assert not app.exception
    assert not app.code
    assert Text(language)("page.empty_reader") in words(app)
    assert "mailto:urp@example.org" in words(app)


def test_the_first_screen_says_the_headline_to_the_last_digit(demonstration: Home) -> None:
    """The overview's heading, range, counts and id are those of the release."""
    release, text = Releases(demonstration.releases, "ecommerce-2020").open(), Text()
    figure = release.headline()
    app = opened(demonstration)
    page = words(app)
    assert figure.value is not None
    assert figure.shown_range is not None
    assert f"{round(figure.value * 100)}%" in app.title[0].value
    assert text.span(*figure.shown_range) in page
    assert short(figure.figure_id) in page
    assert f"{figure.n_funded} imprese finanziate" in page


def test_the_sector_in_the_address_is_the_one_shown(demonstration: Home) -> None:
    """A permalink opens the same sector, in either language, by a code that does not depend on the language."""
    assert "Commercio al dettaglio" in opened(demonstration, "sectors", sector="retail").title[0].value
    assert "Retail" in opened(demonstration, "sectors", sector="retail", lang="en").title[0].value


@pytest.mark.parametrize(
    ("key", "value"), [("sector", "<script>"), ("lang", "xx"), ("programme", "../etc"), ("release", "9999-9")]
)
def test_an_address_with_nonsense_shows_the_default(demonstration: Home, key: str, value: str) -> None:
    """An address may carry anything: nothing fails, one line says so, and nothing of it is ever markup."""
    app = opened(demonstration, "sectors", **{key: value})
    assert not app.exception
    assert len(app.warning) == 1
    assert "<script>" not in app.warning[0].value


@pytest.fixture(scope="module")
def older(demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home where the demonstration's release is no longer the newest: some figures of the newer one differ."""
    home = Home(tmp_path_factory.mktemp("older"))
    shutil.copytree(demonstration.releases, home.releases)
    old = Releases(home.releases, "ecommerce-2020").open()
    figures = old.figures.copy()
    figures.loc[figures["sector"] == "retail", "grade"] = "withheld"
    rewritten(old, home.releases, name=NEWER, figures=figures)
    return home


NEWER = "2099-1"


# Each page once, the languages in turn.
@pytest.mark.parametrize(("page", "language"), list(zip(PAGES, itertools.cycle(LANGUAGES), strict=False)))
def test_an_old_release_stays_readable_and_says_that_a_newer_one_exists(older: Home, page: str, language: str) -> None:
    """A permalink to an old release shows that release on every page, with a notice; the current one needs none."""
    app = opened(older, page, release="2026-1", lang=language)
    assert sound(app, language)
    assert NEWER in app.warning[0].value
    assert "2026-1" in words(app)


def test_what_changed_since_the_last_release_is_told(older: Home) -> None:
    """The newer release names the one before it, how many figures differ, and which claims."""
    app = opened(older, "evidence", lang="en")
    assert not app.warning
    assert "Figures of 2099-1 compared with 2026-1" in words(app)
    changes = next(frame.value for frame in app.table if "2026-1" in [re.sub(r"\\", "", name) for name in frame.value])
    assert list(changes["Statement"]).count("changed") == 1


def test_an_address_of_a_withdrawn_release_says_so(demonstration: Home) -> None:
    """What the address asked for cannot be shown: something else is, and the page says it."""
    assert "Indirizzo" in words(opened(demonstration, release="1999-1")).title()
    assert not opened(demonstration).warning


def test_a_damaged_release_does_not_take_the_others_down(demonstration: Home, tmp_path: Path) -> None:
    """One programme's file is gone or broken: its older release, or the other programme, is still there."""
    root = tmp_path / "home"
    shutil.copytree(demonstration.root, root)
    releases = Releases(Home(root).releases, "ecommerce-2020")
    shutil.copy(releases.path("2026-1"), releases.path("2099-1"))
    releases.publish("2099-1")
    releases.path("2099-1").chmod(0o644)
    releases.path("2099-1").write_bytes(b"half a file")
    app = opened(Home(root))
    assert not app.exception
    assert len(app.warning) == 1
    releases.path("2026-1").chmod(0o644)
    releases.path("2026-1").unlink()
    read_release._kept.clear()  # as in a new process: what is in memory stays right
    app = opened(Home(root))
    assert not app.exception
    assert "Michigan" in words(app)


def test_changing_the_language_changes_every_heading(demonstration: Home) -> None:
    """The switch works in place, and writes itself into the address."""
    app = opened(demonstration)
    before = [title.value for title in app.title]
    app.segmented_control(key="pick_lang").set_value("en").run()
    assert [title.value for title in app.title] != before
    assert app.query_params["lang"] in ("en", ["en"])


def test_dimensions_of_the_release_are_those_of_the_programme(demonstration: Home) -> None:
    """The pages find figures by these columns."""
    assert set(DIMENSIONS) <= set(
        Release(next((demonstration.releases / "ecommerce-2020").glob("*.duckdb"))).figures.columns
    )
