"""Pictures of a release: a figure is the same in chart, words and table; what is withheld leaves no trace."""

import datetime as dt
import html
import itertools
import math
import re
from collections.abc import Callable, Iterator

import pytest

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text, speaking
from analytics.model import Estimand
from analytics.present import pictures
from analytics.present.asked import Asked
from analytics.present.pictures import Absent, Picture, Shown
from analytics.present.pictures.picture import REMEMBERED
from analytics.present.sentences.claims import claim_interval
from analytics.present.sentences.headlines import claims
from analytics.present.sentences.lasting import lasting_sentence
from analytics.present.sentences.phrases import data_mark, described, why
from analytics.present.written import EMPTY
from analytics.programme.dimensions import Group
from analytics.release import Figure, Release, Releases
from analytics.release.measures import measure_named
from tests.helpers.instead import Instead, ranged, withheld

PROGRAMMES = ("ecommerce-2020", "michigan-1988")
WITHIN = ("channel", "size_class", "area")


@pytest.fixture(scope="module")
def released(demonstration: Home) -> dict[str, Release]:
    return {programme: Releases(demonstration.releases, programme).open() for programme in PROGRAMMES}


@pytest.fixture(scope="module")
def release(released: dict[str, Release]) -> Release:
    return released["ecommerce-2020"]


# ---- what there is to draw -------------------------------------------------------------------------------------------


def every(release: Release, text: Text) -> Iterator[tuple[str, Shown]]:
    """Every kind of picture: of the programme, of a large sector and of one that is withheld."""
    asked = Asked.headline(release)
    yield "change", pictures.change_panel(release, text)
    for estimand in (asked.estimand, Estimand.EURO_WEIGHTED):
        for point in (True, False):
            yield f"effect {estimand} {point}", pictures.effect_panel(release, text, estimand, point=point)
    yield "money", pictures.money_panel(release, text, point=False)
    for dimension in (*release.programme.sector_dimensions, *WITHIN):
        yield f"forest {dimension}", pictures.forest(release, text, dimension, asked)
    yield "forest shrunken", pictures.forest(release, text, "sector", asked, shrunken=True)
    yield "years", pictures.years(release, text, asked)
    yield "events", pictures.event_study(release, text)
    yield "reporting", pictures.reporting(release, text)
    yield "balance", pictures.balance(release, text)
    yield "detectable", pictures.detectable(release, text)
    yield "provinces", pictures.provinces(release, text)
    yield "all sectors", pictures.all_sectors(release, text, asked.outcome)
    figure_id = claims(release, text)[-1].figure.figure_id
    yield "ways", pictures.specification_curve(release, text, figure_id)
    yield "readings", pictures.read_otherwise(release, text, figure_id)
    codes = release.codes("sector")
    for sector in dict.fromkeys((codes[0], codes[len(codes) // 2])):
        yield from _of_sector(release, text, asked, sector)


def _of_sector(release: Release, text: Text, asked: Asked, sector: str) -> Iterator[tuple[str, Shown]]:
    group = (("sector", sector),)
    yield f"lines {sector}", pictures.index_lines(release, text, asked.outcome, sector)
    yield f"standing {sector}", pictures.standing(release, text, sector, asked)
    yield f"spread {sector}", pictures.spread(release, text, asked.outcome, sector)
    yield f"years {sector}", pictures.years(release, text, asked, within=group)
    for dimension in WITHIN:
        narrow = pictures.forest(release, text, dimension, asked, within=group, narrow=True)
        yield f"forest {dimension} in {sector}", narrow


def drawn(release: Release, text: Text) -> list[tuple[str, Picture]]:
    return [(name, shown) for name, shown in every(release, text) if isinstance(shown, Picture)]


def forms(picture: Picture) -> list[object]:
    return [form for form in (picture.wide, picture.phone) if form is not None]


def read(figure: object) -> str:
    """All words inside a chart, as they are read: no markup, lines joined."""
    written = " ".join(one["text"] for one in figure.to_plotly_json()["layout"]["annotations"])
    plain = html.unescape(re.sub(r"<[^>]*>", " ", written.replace("<br>", " ")))
    return re.sub(r"[ \n]+", " ", plain)


def squeezed(words: str) -> str:
    """Without spaces: a line may break anywhere in a long name."""
    return re.sub(r"\s+", "", words)


def points(figure: object) -> list[tuple[object, object]]:
    traces = figure.to_plotly_json()["data"]
    return [pair for trace in traces for pair in zip(trace["x"], trace["y"], strict=True)]


def dots(figure: object) -> list[float]:
    """Values of the estimates: filled round markers, along the axis that holds values."""
    found: list[float] = []
    for trace in figure.to_plotly_json()["data"]:
        if trace["mode"] == "markers" and "symbol" not in trace["marker"]:
            found += trace["x" if figure.layout.xaxis.showticklabels is not False else "y"]
    return found


# ---- one figure, everywhere the same ---------------------------------------------------------------------------------

NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"


def verified(release: Release, figure: Figure, text: Text) -> tuple[float, list[tuple[float, float]]]:
    """Value and ranges as `verify` prints them, read back from its words."""
    first, *others = described(release, figure, text).splitlines()
    pairs = [re.findall(rf"(?<= )({NUMBER})(?= |$)", line) for line in others]
    return float(first.rpartition(" ")[2]), [(float(pair[0]), float(pair[1])) for pair in pairs if len(pair) == 2]


def published(release: Release) -> list[tuple[str, Group, Figure]]:
    """The effects that carry claims, by name of their picture: of macro-sectors and sectors."""
    asked = Asked.headline(release)
    groups = [
        (dimension, ((dimension, code),))
        for dimension in release.programme.sector_dimensions
        for code in release.codes(dimension)
    ]
    found = [(dimension, group, asked.effect(release, group)) for dimension, group in groups]
    return [(dimension, group, figure) for dimension, group, figure in found if figure and figure.published]


def test_what_verify_prints_is_the_figure_to_the_last_digit(released: dict[str, Release]) -> None:
    """Value, its own range and the one that the others make short, in both languages, of every figure that has them."""
    for release, language in itertools.product(released.values(), LANGUAGES):
        for _, _, figure in published(release):
            value, ranges = verified(release, figure, speaking(language))
            assert (value, ranges[0]) == (figure.value, (figure.low, figure.high))
            assert (figure.shared_low, figure.shared_high) in ranges


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_a_groups_effect_reads_the_same_everywhere(released: dict[str, Release], programme: str, language: str) -> None:
    """Of every macro-sector and sector that is published: the chart's dot is the figure's value, on desk and phone;
    chart, alternative text and table hold the same words, made of the range that its sentence prints.
    """
    release, text = released[programme], speaking(language)
    asked = Asked.headline(release)
    found = published(release)
    assert found
    for dimension, group, figure in found:
        value, ends = figure.value or 0.0, claim_interval(figure, dimension)
        assert ends is not None
        words = f"{text.measured(value, figure.unit)} {text.interval(*ends, figure.unit)}"
        picture = pictures.forest(release, text, dimension, asked)
        assert isinstance(picture, Picture)
        for form in forms(picture):
            axis = form.layout.xaxis.range
            assert figure.value in dots(form) or not axis[0] <= value <= axis[1]
            assert squeezed(words) in squeezed(read(form))
        label = release.programme.label(*group[0], text)
        assert f"{label} {words}" in picture.alt
        row = picture.table.loc[label]
        assert row[text("table.effect_95")] == words
        assert row[text("table.figure")] == figure.figure_id


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_the_headline_and_its_years_read_the_same_everywhere(
    released: dict[str, Release], programme: str, language: str
) -> None:
    """The headline's dot is its value, and the line of the whole in the forest too; of each year likewise."""
    release, text = released[programme], speaking(language)
    asked, main = Asked.headline(release), released[programme].headline()
    value, [(low, high), *_] = verified(release, main, text)
    words = f"{text.measured(value, main.unit)} {text.interval(low, high, main.unit)}"
    panel = pictures.effect_panel(release, text, str(asked.estimand), point=True)
    assert isinstance(panel, Picture)
    assert dots(panel.wide) == [main.value]
    for end in (low, high):
        assert text.percent(end) in read(panel.wide)
        assert text.percent(end) in panel.alt
    assert text.percent(value) in panel.alt
    [cells] = panel.table.to_numpy()
    assert words in cells
    assert main.figure_id in cells
    forest = pictures.forest(release, text, "macro_sector", asked)
    assert isinstance(forest, Picture)
    assert any(line.x0 == line.x1 == main.value for line in forest.wide.layout.shapes if line.type == "line")
    assert words in list(forest.table[text("table.effect_95")])
    years = pictures.years(release, text, asked)
    assert isinstance(years, Picture)
    held = [asked.effect(release, horizon=str(year)) for year in release.manifest.years_after]
    assert dots(years.wide) == [figure.value for figure in held if figure and figure.published]
    for figure, written in zip(held, years.table[text("table.effect_95")], strict=True):
        assert figure is not None
        value, [(low, high), *_] = verified(release, figure, text)
        assert written == f"{text.measured(value, figure.unit)} {text.interval(low, high, figure.unit)}"
        assert all(squeezed(part) in squeezed(read(years.wide)) for part in written.split(" (", 1))
        assert written in years.alt


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_money_reads_the_same_everywhere(release: Release, language: str) -> None:
    """Extra sales per euro granted: chart, alternative text and table in the cents that the figure rounds to."""
    text = speaking(language)
    outcome = release.programme.outcome(release.programme.headline.outcome)
    figure = release.figure(measure_named("extra_per_grant"), outcome=outcome.name, horizon="overall")
    assert figure is not None
    value, [(low, high), *_] = verified(release, figure, text)
    picture = pictures.money_panel(release, text, point=True)
    assert isinstance(picture, Picture)
    assert dots(picture.wide) == [figure.value]
    assert outcome.currency is not None
    ends = [text.money(end, outcome.currency, decimals=2) for end in (low, high)]
    assert all(end in read(picture.wide) and end in picture.alt for end in ends)
    assert text.money(value, outcome.currency, decimals=2) in picture.alt
    [cells] = picture.table.to_numpy()
    assert list(cells) == [
        text.money(value, outcome.currency, decimals=2),
        text("format.span", low=ends[0], high=ends[1]),
        figure.figure_id,
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_happened_reads_the_same_everywhere(release: Release, language: str) -> None:
    """The change of both arms, in chart, alternative text and table."""
    text = speaking(language)
    picture = pictures.change_panel(release, text)
    assert isinstance(picture, Picture)
    ends = {trace.x[-1] for trace in picture.wide.data}
    for arm in ("funded", "comparison"):
        figure = release.figure(measure_named("change"), outcome="online_sales", arm=arm, horizon="overall")
        assert figure is not None
        assert figure.value in ends
        words = text.percent(float(described(release, figure, text).splitlines()[0].rpartition(" ")[2]))
        row = picture.table.loc[text(f"chart.{arm}")]
        assert words in read(picture.wide)
        assert words in picture.alt
        assert words == row[text("table.change")]
        assert row[text("table.figure")] == figure.figure_id


# ---- what every picture carries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_picture_has_its_words_and_a_table_of_figures_that_resolve(
    released: dict[str, Release], programme: str, language: str
) -> None:
    """A drawing, words that say the same, a table that is not empty; every id of it is a figure of the release."""
    release, text = released[programme], speaking(language)
    shown = dict(every(release, text))
    assert sum(isinstance(one, Picture) for one in shown.values()) > (24 if programme == "ecommerce-2020" else 12)
    for name, one in shown.items():
        if isinstance(one, Absent):
            assert len(one.words) > 10, name
            continue
        assert one.wide.layout.height > 100, name
        assert len(one.alt) > 20, name
        assert one.table.size > 0, name
        assert not one.table.isna().any(axis=None), name
        for figure_id in one.table.get(text("table.figure"), ()):
            assert figure_id == EMPTY or release.holds(figure_id), name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_picture_says_where_it_comes_from(released: dict[str, Release], programme: str, language: str) -> None:
    """Source, release, data date, an id that resolves, and the mark of invented data stand inside, on desk and phone:
    what is cut out of the page keeps them.
    """
    release, text = released[programme], speaking(language)
    day = text.date(dt.date.fromisoformat(release.manifest.data_to))
    parts = [release.programme.source.in_(text), text("chart.release", release=release.release_id), day]
    mark = data_mark(release, text)
    for name, picture in drawn(release, text):
        for form in forms(picture):
            inside = read(form)
            assert all(squeezed(part) in squeezed(inside) for part in parts), name
            [figure_id] = set(re.findall(rf"{release.programme.id}\.[\d-]+\.\w{{8}}-\w", inside))
            assert release.holds(figure_id), name
            assert (mark is None) == (len(form.layout.images) == 0), name
            assert mark is None or mark in inside, name
            assert not re.search(r"(?<![\w.])-\d", inside), name  # a hyphen is no minus


def test_official_statistics_carry_their_own_source_and_not_our_mark(release: Release) -> None:
    """They are not estimates of the programme: no release, no figure id, no mark of invented data."""
    for language in LANGUAGES:
        text = speaking(language)
        picture = pictures.context(release, text, "food")
        assert isinstance(picture, Picture)
        inside = read(picture.wide)
        assert squeezed(release.programme.context[0].source.in_(text)) in squeezed(inside)
        assert release.release_id not in inside
        assert data_mark(release, text) not in inside
        assert len(picture.table) == len(release.programme.context)


# ---- what is withheld ------------------------------------------------------------------------------------------------


def numbers(form: object) -> list[float]:
    return [one for pair in points(form) for one in pair if isinstance(one, float | int)]


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_no_trace_holds_a_number_that_is_none(released: dict[str, Release], programme: str) -> None:
    """Whatever is drawn is a finite number; an empty place is a gap between two strokes, or of a line over time."""
    for name, picture in drawn(released[programme], speaking("it")):
        for form in forms(picture):
            assert all(math.isfinite(number) for number in numbers(form)), name
            gaps = [pair for pair in points(form) if None in pair]
            over_time = name.startswith(("lines", "reporting", "all sectors"))
            assert over_time or all(pair == (None, None) for pair in gaps), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_withheld_sector_is_named_with_its_reason_and_not_drawn(release: Release, language: str) -> None:
    """As many dots as published sectors within the range, as many arrows for the rest; the others in words."""
    text = speaking(language)
    asked = Asked.headline(release)
    held = {code: asked.effect(release, [("sector", code)]) for code in release.codes("sector")}
    hidden = {code: figure for code, figure in held.items() if figure is not None and not figure.published}
    assert hidden
    picture = pictures.forest(release, text, "sector", asked)
    assert isinstance(picture, Picture)
    for form in forms(picture):
        low, high = form.layout.xaxis.range
        inside = [f.value for f in held.values() if f and f.value is not None and low <= f.value <= high]
        assert sorted(dots(form)) == sorted(inside)
        for code, figure in hidden.items():
            label, reason = release.programme.label("sector", code, text), why(figure, release, text)
            assert squeezed(label) in squeezed(read(form))
            assert squeezed(reason) in squeezed(read(form))
            assert f"{label} ({reason})" in picture.alt
            assert picture.table.loc[label, text("table.effect_95")] in ("C", "u", "m")


def test_a_figure_that_is_withheld_later_leaves_every_picture(release: Release) -> None:
    """The same release without one sector's effect: its numbers are nowhere, drawn or said."""
    text, asked = speaking("it"), Asked.headline(release)
    group = (("sector", "textiles"),)
    figure = asked.effect(release, group)
    assert figure is not None
    assert figure.value is not None
    without = Instead(release, withheld(figure))
    words = f"{text.measured(figure.value)} {text.interval(figure.shared_low or 0, figure.shared_high or 0)}"
    for of, there in ((release, True), (without, False)):
        shown = [
            pictures.forest(of, text, "sector", asked, shrunken=True),
            pictures.standing(of, text, "textiles", asked),
        ]
        for picture in shown:
            assert isinstance(picture, Picture)
            assert (words in picture.alt) is there
            assert (words in picture.table.to_string()) is there
            for form in forms(picture):
                assert any(figure.value in pair or figure.shrunk in pair for pair in points(form)) is there


@pytest.mark.parametrize("language", LANGUAGES)
def test_panels_that_may_show_only_the_range_draw_and_say_no_point(release: Release, language: str) -> None:
    """On "cannot tell" and "very low": no dot, no point in the words beside, the same range."""
    text = speaking(language)
    made: tuple[Callable[[bool], Shown], ...] = (
        lambda point: pictures.effect_panel(release, text, "typical_firm", point=point),
        lambda point: pictures.money_panel(release, text, point=point),
    )
    for make in made:
        full, bare = make(True), make(False)
        assert isinstance(full, Picture)
        assert isinstance(bare, Picture)
        [value] = dots(full.wide)
        assert dots(bare.wide) == []
        assert value not in [x for x, _ in points(bare.wide)]
        more = set(re.findall(r"[\d.,]*\d", full.alt)) - set(re.findall(r"[\d.,]*\d", bare.alt))
        assert len(more) <= 1  # the point, and nothing of the range
        assert read(full.wide) == read(bare.wide)


def test_the_table_under_such_a_panel_holds_no_point_either(release: Release) -> None:
    """The same figures, and no more: the table is a click away from the panel."""
    text = speaking("en")
    figure = release.headline()
    assert figure.value is not None
    effect = pictures.effect_panel(release, text, "typical_firm", point=False)
    money = pictures.money_panel(release, text, point=False)
    granted = release.figure(measure_named("extra_per_grant"), outcome="online_sales", horizon="overall")
    assert isinstance(effect, Picture)
    assert isinstance(money, Picture)
    assert granted is not None
    assert granted.value is not None
    assert text.percent(figure.value) not in re.split(r"[ (;)]+", effect.table.to_string())
    assert text.money(granted.value, "EUR", decimals=2) not in money.table.to_numpy()


def test_a_way_of_estimating_in_another_measure_is_not_called_unpublished(release: Release) -> None:
    """Its number stands in words; to who hears the picture it must not be said to be withheld."""
    text = speaking("en")
    picture = pictures.specification_curve(release, text, release.headline().figure_id)
    assert isinstance(picture, Picture)
    spec = release.figure(
        measure_named("spec_symmetric_growth_typical_firm"), outcome="online_sales", horizon="overall"
    )
    assert spec is not None
    assert spec.published
    unpublished = picture.alt.partition("Not published:")[2]
    assert "Symmetric growth" not in unpublished


def test_an_interval_that_nearly_touches_zero_reads_the_same_in_words_and_chart(release: Release) -> None:
    """The range of a year as the sentence on lasting prints it is that of the picture right under it."""
    text, asked, main = speaking("en"), Asked.headline(release), release.headline()
    last = asked.effect(release, horizon="3")
    assert last is not None
    near = Instead(release, ranged(last, 0.004, last.high or 0))
    picture = pictures.years(near, text, asked)
    assert isinstance(picture, Picture)
    said = re.search(r"95%: from (\S+) to (\S+)\)", lasting_sentence(near, main, text))
    assert said is not None
    assert f"({said[1]}; {said[2]})" in picture.alt


# ---- drawn once ------------------------------------------------------------------------------------------------------


def test_the_same_selection_is_the_same_object_and_another_is_another(released: dict[str, Release]) -> None:
    """Readers share what was drawn; language, release, group and switch each make a picture of their own."""
    release = released["ecommerce-2020"]
    asked = Asked.headline(release)
    italian, english = speaking("it"), speaking("en")
    one = pictures.forest(release, italian, "sector", asked)
    assert pictures.forest(release, italian, "sector", Asked.headline(release)) is one
    others = [
        pictures.forest(release, english, "sector", asked),
        pictures.forest(release, italian, "macro_sector", asked),
        pictures.forest(release, italian, "sector", asked, shrunken=True),
        pictures.forest(release, italian, "sector", Asked(asked.outcome, asked.estimand, "1")),
        pictures.forest(released["michigan-1988"], italian, "sector", Asked.headline(released["michigan-1988"])),
    ]
    assert len({id(picture) for picture in (one, *others)}) == 6
    alts = {picture.alt if isinstance(picture, Picture) else picture.words for picture in (one, *others)}
    assert len(alts) == 6


def test_no_cache_grows_without_end() -> None:
    """Every kind of picture remembers so many and no more."""
    kinds = [getattr(pictures, name) for name in pictures.__all__ if name[0].islower()]
    assert len(kinds) > 10
    assert {kind.cache_info().maxsize for kind in kinds} == {REMEMBERED}
