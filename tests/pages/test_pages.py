"""Every page, in both languages, with every kind of release it may meet."""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.folders import PROJECT, Home
from analytics.language.text import LANGUAGES, Text
from analytics.programme.dimensions import DIMENSIONS
from analytics.release import Release, Releases
from analytics.release.file import write_release
from pages import PAGES
from tests.helpers.michigan_release import built, funded_only
from tests.pages.reader import HANG

DASHBOARD = str(PROJECT / "dashboard.py")


def opened(home: Home, page: str = "overview", **address: str) -> AppTest:
    """A page as a reader opens it by its address."""
    os.environ["VETRINA_DATA"] = str(home.root)
    app = AppTest.from_file(DASHBOARD, default_timeout=HANG)
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    if page != "overview":
        app.switch_page(f"pages/{page}.py")
        for key, value in address.items():
            app.query_params[key] = value
        app.run()
    return app


def words(app: AppTest) -> str:
    """Everything a page says, in one string, as it is read: without the marks that keep Markdown away."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.metric, app.code, app.warning)
    return re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for kind in kinds for element in kind))


def sound(app: AppTest, language: str = "it") -> bool:
    """Whether a page could be put together: neither an exception, nor the page that stands in for one."""
    failed = Text(language)("page.error_title")
    strays = [element.value for element in app.markdown if str(element.value).strip("`") == "None"]  # printed by itself
    return not app.exception and not strays and failed not in [title.value for title in app.title]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VETRINA_DATA", "")


@pytest.fixture
def withheld(demonstration: Home, tmp_path: Path) -> Home:
    """A home whose only release publishes no figure at all."""
    source = Releases(demonstration.releases, "ecommerce-2020").open()
    figures = source.figures.copy()
    numbers = ["value", "low", "high", "half_low", "half_high", "sim_low", "sim_high", "p_value", "mde", "df"]
    figures[numbers] = None
    figures[["n_funded", "n_comparison"]] = pd.NA
    figures["reason"] = "confidential"
    figures["conf_status"] = "C"
    lines = source.lines.assign(index_value=None, n=None)
    releases = Releases(Home(tmp_path).releases, "ecommerce-2020")
    tables = {
        "figures": figures,
        "lines": lines,
        "spread": source.spread.iloc[:0],
        "reconciliation": source.reconciliation,
        "applications": source.applications,
    }
    write_release(releases.path(source.release_id), source.manifest, tables)
    releases.publish(source.release_id)
    return Home(tmp_path)


def test_every_page_is_a_file_and_has_an_address_of_its_own() -> None:
    """PAGES and the files in pages/ are the same pages, and one of them is the front page."""
    assert sorted(PAGES) == sorted(path.stem for path in (PROJECT / "pages").glob("*.py") if path.stem != "__init__")
    assert len(set(PAGES.values())) == len(PAGES)
    assert next(iter(PAGES.values())) == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("programme", ["ecommerce-2020", "michigan-1988"])
def test_every_page_of_both_programmes_speaks_both_languages(
    demonstration: Home, programme: str, page: str, language: str
) -> None:
    """No page fails, and none is empty, for either demonstration in either language."""
    app = opened(demonstration, page, programme=programme, lang=language)
    assert sound(app, language)
    assert len(app.title) >= 1
    assert len(words(app)) > 300


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_release_with_everything_withheld_says_why_and_shows_no_number(
    withheld: Home, page: str, language: str
) -> None:
    """Absence carries a reason on every page; nothing fails for want of a figure."""
    app = opened(withheld, page, lang=language)
    assert sound(app, language)
    assert app.get("plotly_chart") == [] or page in ("overview", "sectors")  # the key, and official statistics
    assert all("None" not in str(metric.value) and "nan" not in str(metric.value).lower() for metric in app.metric)
    if page in ("overview", "sectors", "press"):
        assert Text(language)("why.confidential") in words(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_programme_without_comparison_shows_what_happened(tmp_path: Path, page: str) -> None:
    """No page fails where nothing could be compared, and the first says that a change is no effect."""
    built(tmp_path, funded_only)
    app = opened(Home(tmp_path), page, lang="en")
    assert sound(app, "en")
    assert len(app.title) >= 1
    if page == "overview":
        assert "a change, not an effect" in app.title[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_release_the_page_says_what_to_do(tmp_path: Path, language: str) -> None:
    """The empty state names the command that fills it."""
    app = opened(Home(tmp_path), lang=language)
    assert not app.exception
    assert "python -m analytics demo" in words(app)


@pytest.mark.parametrize("page", PAGES)
def test_simulated_data_say_so_on_every_page(demonstration: Home, page: str) -> None:
    """Demonstration figures are marked on every page; real public data are labelled as what they are."""
    assert "DATI SIMULATI" in words(opened(demonstration, page))
    public = words(opened(demonstration, page, programme="michigan-1988", lang="en"))
    assert "Real public data" in public
    assert "SIMULATED" not in public.upper().replace("NOT SIMULATED", "")


def test_the_first_screen_says_the_headline_to_the_last_digit(demonstration: Home) -> None:
    """The overview's heading, range, counts and id are those of the release."""
    release = Releases(demonstration.releases, "ecommerce-2020").open()
    figure = release.headline()
    page = words(opened(demonstration))
    assert figure.value is not None
    assert f"{round(figure.value * 100)}%" in page
    assert figure.figure_id in page
    assert f"{figure.n_funded} imprese finanziate" in page


def test_the_sector_in_the_address_is_the_one_shown(demonstration: Home) -> None:
    """A permalink opens the same sector, in either language, by a code that does not depend on the language."""
    assert "Commercio al dettaglio" in opened(demonstration, "sectors", sector="retail").title[0].value
    assert "Retail" in opened(demonstration, "sectors", sector="retail", lang="en").title[0].value


@pytest.mark.parametrize(
    ("key", "value"), [("sector", "<script>"), ("lang", "xx"), ("programme", "../etc"), ("release", "9999-9")]
)
def test_an_address_with_nonsense_shows_the_default(demonstration: Home, key: str, value: str) -> None:
    """An address may carry anything: nothing fails, nothing of it reaches the page."""
    app = opened(demonstration, "sectors", **{key: value})
    assert not app.exception
    assert value not in words(app)


@pytest.fixture(scope="module")
def older(demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home where the demonstration's release is no longer the newest: some figures of the newer one differ."""
    home = Home(tmp_path_factory.mktemp("older"))
    shutil.copytree(demonstration.root / "releases", home.releases)
    releases = Releases(home.releases, "ecommerce-2020")
    old = releases.open()
    tables = {name: getattr(old, name) for name in ("figures", "lines", "spread", "reconciliation", "applications")}
    ids = old.figures["figure_id"].str.replace(f".{old.release_id}.", f".{NEWER}.", regex=False)
    changed = tables["figures"].assign(figure_id=ids)
    changed.loc[changed["sector"] == "retail", "grade"] = "withheld"
    write_release(releases.path(NEWER), replace(old.manifest, release=NEWER), tables | {"figures": changed})
    releases.publish(NEWER)
    return home


NEWER = "2099-1"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
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
    assert "Figures of 2099-1 against 2026-1" in words(app)
    changes = next(frame.value for frame in app.table if "2026-1" in [re.sub(r"\\", "", name) for name in frame.value])
    assert list(changes["Claim"]).count("changed") == 1


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
