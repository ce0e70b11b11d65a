"""What stands on a page, and where: where it worked, one row on top, tables and sums on demand, one tag a picture."""

import datetime as dt
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element

import pytest
from streamlit.testing.v1 import AppTest

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import Arm, Result
from analytics.present import pictures
from analytics.present.sentences.headlines import claims
from analytics.present.sentences.phrases import reader
from analytics.present.sentences.reasons import reasons
from analytics.present.verbs import tells
from analytics.release import Release, Releases
from analytics.release.measures import CHANGE, FIRMS, SUM, TYPICAL
from pages import PAGES
from tests.helpers.markup import of_class, one, parsed
from tests.helpers.markup import words as words_of
from tests.helpers.officer import identifiers, standing_in
from tests.helpers.rewritten import rewritten
from tests.pages.app import blocks, opened, pictures_on, sound, words

PROGRAMMES = ("ecommerce-2020", "michigan-1988")
WITH_PICTURES = ("overview", "sectors", "evidence")
APART = "paper_media"  # the sector whose sums rise while its typical firm falls behind


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, demonstration: Home) -> None:
    """What a page reads when a test goes on from one that is open."""
    monkeypatch.setenv("VETRINA_DATA", str(demonstration.root))


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


def published(release: Release) -> list[str]:
    """The sectors with an effect that is published."""
    effects = {code: release.main_effect({"sector": code}) for code in release.codes("sector")}
    return [code for code, effect in effects.items() if effect is not None and effect.value is not None]


def links(root: Element) -> dict[str, str]:
    """What links say, by where they lead."""
    return {link.get("href", ""): words_of(link) for link in root.iter("a")}


def in_order(app: AppTest) -> list[str]:
    """The elements of a page from top to bottom: kinds, and the keys of pickers and blocks."""
    kinds = []
    for element in app.main:
        name = getattr(element.proto, "id", "")
        key = next((mark for mark in ("-block_", "-pick_", "-top_row") if mark in name), "")
        kinds.append(key.strip("-") + name.partition(key)[2] if key else element.type)
    return kinds


# ---- where it worked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_screen_names_the_sectors_of_which_something_can_be_said(
    demonstration: Home, release: Release, language: str
) -> None:
    """Each with a link to its page, and of how many that are published; withheld ones are not counted. It stands under
    the answer, before any picture.
    """
    text = reader(release, language)
    told = [code for code in published(release) if tells(release.main_effect({"sector": code}))]
    assert 0 < len(told) < len(published(release)) < len(release.codes("sector"))
    app = opened(demonstration, lang=language)
    lead = blocks(app)["where"][0][0]
    usual = "" if language == "it" else f"&lang={language}"
    label = release.programme.label
    assert links(lead) == {f"/settori?sector={code}{usual}": label("sector", code, text) for code in told}
    count = {"told": text.number(len(told)), "groups": text.number(len(published(release)))}
    assert words_of(lead).startswith(text("where.lead.some.sector", **count))
    order = in_order(app)
    assert order.index("title") < order.index("block_where") < order.index("block_changes")


def test_every_published_row_of_the_forest_opens_its_sector(demonstration: Home, release: Release) -> None:
    """A row is one link; macro-sectors have no page; what is withheld is no row. The link opens that sector."""
    rows = [row for row in pictures_on(opened(demonstration))["sectors"].iter("tr") if of_class(row, "part")]
    hrefs = [list(links(row)) for row in rows]
    assert sorted(hrefs) == sorted([f"/settori?sector={code}"] for code in published(release))
    [href] = hrefs[-1]
    address = urlsplit(href)
    choices = dict(parse_qsl(address.query))
    assert PAGES["sectors"] == address.path.strip("/")
    name = release.programme.label("sector", choices["sector"], reader(release, "it"))
    assert opened(demonstration, "sectors", **choices).title[0].value.startswith(name)


# ---- the row on top --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_pickers_and_release_stand_in_one_row_before_the_heading(demonstration: Home, page: str) -> None:
    """On every page: programme, release, and the line of the release come last in the row, the heading after it."""
    order = in_order(opened(demonstration, page))
    first = order.index("top_row")
    apart = ("pick_lang", "pick_tables", "pick_find", "pick_columns", "pick_check")
    pickers = [at for at, kind in enumerate(order) if kind.startswith("pick_") and kind not in apart]
    assert min(pickers) > first
    assert [order[at] for at in pickers[-2:]] == ["pick_programme", "pick_release"]
    assert max(pickers) < order.index("block_release_line") < order.index("title")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_release_line_says_which_firms_it_counts(demonstration: Home, release: Release, language: str) -> None:
    """Those analysed, of those funded; to which day data go, and when the next release comes."""
    text, funded = reader(release, language), release.figure(FIRMS, arm="funded")
    assert funded is not None
    line = words_of(blocks(opened(demonstration, lang=language))["release_line"])
    part, whole = text.number(release.headline().n_funded), text.number(funded.value)
    assert text("frame.analysed_line", part=part, whole=whole) in line
    assert text.date(dt.date.fromisoformat(release.manifest.data_to)) in line
    assert text.date(release.programme.calendar.next_release) in line


def test_how_to_read_the_page_is_behind_a_click_on_the_first_page_alone(demonstration: Home) -> None:
    """A reader who comes by a deep link is not stopped by it, and neither is one who comes for the first time."""
    text = Text()
    for page in PAGES:
        boxes = {box.proto.popover.label: box for box in opened(demonstration, page).get("popover")}
        assert (text("guide.title") in boxes) == (page == "overview")
        if page == "overview":
            assert [said.value for said in boxes[text("guide.title")].markdown] == [text("guide.body").strip()]


# ---- on demand -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("page", WITH_PICTURES)
def test_figures_stand_in_tables_only_when_asked_for(demonstration: Home, page: str, programme: str) -> None:
    """Not at first; then below every picture that there is, each once; the switch takes them away again."""
    app = opened(demonstration, page, programme=programme)
    assert not any(of_class(picture, "figures") for picture in pictures_on(app).values())
    app.toggle(key="pick_tables").set_value(True).run()
    assert app.query_params["tables"] in ("1", ["1"])
    tables = {key: len(of_class(picture, "figures")) for key, picture in pictures_on(app).items()}
    absent = {key for key, picture in pictures_on(app).items() if of_class(picture, "absent")}
    assert tables
    assert tables == {key: int(key not in absent) for key in tables}
    app.toggle(key="pick_tables").set_value(False).run()
    assert "tables" not in app.query_params
    assert not any(of_class(picture, "figures") for picture in pictures_on(app).values())


@pytest.mark.parametrize("page", WITH_PICTURES)
def test_figure_ids_on_a_page_are_short(demonstration: Home, page: str) -> None:
    """The page names the programme, so that no id needs it; what is copied from the page has the whole id."""
    app = opened(demonstration, page, tables="1")
    assert "2026-1." in words(app)
    assert "ecommerce-2020.2026-1" not in words(app)
    [copied, _] = of_class(blocks(app)["copy_sentence-copy_link"], "buttons")[0]
    assert "[ecommerce-2020.2026-1." in copied.get("data-copy", "")


def test_the_lines_are_of_the_typical_firm_and_of_sums_at_a_switch(demonstration: Home, release: Release) -> None:
    """The address keeps the switch, and each choice links to the other; both say where sums and typical firm disagree,
    and why.
    """
    text, group = reader(release, "it"), (("sector", APART),)
    sums = {str(arm): release.main(CHANGE, arm=arm, group=group) for arm in Arm}
    why = text("changes.sums.apart", **{arm: text.percent(figure.value) for arm, figure in sums.items()})
    drawn = {}
    for basis, address in ((TYPICAL, {}), (SUM, {"lines": SUM})):
        app = opened(demonstration, "sectors", sector=APART, **address)
        shown, said = pictures_on(app)["lines"], text(f"sectors.basis_{basis}")
        expected = pictures.index_lines(release, text, "online_sales", APART, basis)
        assert isinstance(expected, pictures.Picture)
        assert words_of(parsed(expected.drawing)) in words_of(shown)
        assert why in words_of(shown)
        switch = one(shown, "switch-links")
        assert [words_of(bold) for bold in switch.iter("strong")] == [said]
        [other] = links(switch)
        assert dict(parse_qsl(urlsplit(other).query)) == {
            "sector": APART,
            "lines": SUM if basis == TYPICAL else TYPICAL,
        }
        assert ("lines" in app.query_params) == (basis == SUM)
        drawn[basis] = [path.get("d") for path in shown.iter("path")]
    assert drawn[TYPICAL] != drawn[SUM]


def test_the_sums_alone_are_shown_where_a_release_has_no_other_lines(
    release: Release, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An earlier release: its lines are there, and no switch offers what is not."""
    home = Home(tmp_path_factory.mktemp("sums"))
    rewritten(release, home.releases, lines=release.lines[release.lines["basis"] == SUM])
    app = opened(home, "sectors", sector="retail")
    assert sound(app)
    lines = pictures_on(app)["lines"]
    assert not of_class(lines, "absent")
    assert not of_class(lines, "switch-links")
    assert not app.warning


# ---- evidence --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_evidence_opens_with_why_the_grade_is_what_it_is(demonstration: Home, release: Release, language: str) -> None:
    """In one line right under the claim: the grade, how many checks are passed, and by name each that is not."""
    text = reader(release, language)
    seen = set()
    for headline in claims(release, text):
        checks = reasons(release, headline.figure, text)
        key = f"{headline.kind}-{headline.dimension}-{headline.code}"
        if not checks or headline.figure.grade in seen:
            continue  # one claim of each grade
        seen.add(headline.figure.grade)
        app = opened(demonstration, "evidence", claim=key, lang=language)
        order = in_order(app)
        after = order[order.index("title") :]
        assert after[:3] == ["title", "markdown", "markdown"]
        [line] = [said.value.replace("\\", "") for said in app.markdown if said.value.startswith("**")][1:2]
        assert text(f"grade.{headline.figure.grade}") in line
        assert text.number(len(checks)) in line
        for check in checks:
            assert (check.title in line) == (check.result is not Result.PASS), check.title
    assert len(seen) > 1


# ---- marks, and firms ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("page", WITH_PICTURES)
def test_a_picture_has_one_tag_that_its_data_are_simulated(demonstration: Home, page: str, programme: str) -> None:
    """In its footer; and at most one watermark in each drawing. None on real data."""
    app = opened(demonstration, page, programme=programme)
    shown = pictures_on(app)
    shown.pop("context", None)  # official statistics, which are real
    drawn = [picture for picture in shown.values() if not of_class(picture, "absent")]
    tags = [len(of_class(picture, "tag")) for picture in drawn]
    drawings = [drawing for picture in drawn for kind in ("plot", "rows") for drawing in of_class(picture, kind)]
    marks = [len(of_class(drawing, "watermark")) for drawing in drawings]
    assert drawn
    if programme == "ecommerce-2020":
        assert set(tags) == {1}
        assert set(marks) == {1}
    else:
        assert {*tags, *marks} == {0}
    apart = [key for key, block in blocks(app).items() if key not in shown and of_class(block, "tag")]
    assert apart == []


@pytest.mark.parametrize(("language", "cite"), [("it", "citare la fonte"), ("en", "cite the source")])
def test_every_page_says_under_which_licence_its_data_are(demonstration: Home, language: str, cite: str) -> None:
    """In its footer, with a link to the licence; also where neither programme file nor release names one."""
    for page in PAGES:
        footer = opened(demonstration, page, lang=language).caption[-1].value
        assert "[CC BY 4\\.0](https://creativecommons.org/licenses/by/4.0/)" in footer
        assert cite in footer


@pytest.fixture(scope="module")
def secrets(demonstration: Home) -> set[str]:
    """Every fiscal code and firm name of the input files."""
    return identifiers(demonstration)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_of_a_firm_is_in_what_a_page_sends(demonstration: Home, secrets: set[str], page: str) -> None:
    """With every table and every sum asked for: all elements of the page are searched, folded ones too."""
    app = opened(demonstration, page, tables="1", lines=SUM)
    sent = b"\n".join(element.proto.SerializeToString() for element in app.main if hasattr(element.proto, "DESCRIPTOR"))
    assert len(sent) > 5_000
    assert standing_in(sent + words(app).encode(), secrets) == []
