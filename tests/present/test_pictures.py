"""Pictures of a release: a figure is the same in drawing, words and table; what is withheld leaves no trace."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from typing import cast
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.charts import framed
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text, speaking
from analytics.model import Arm, Estimand
from analytics.present import pictures
from analytics.present.asked import Asked
from analytics.present.pictures import OPENS_SECTOR, Absent, Picture, Shown
from analytics.present.pictures.picture import REMEMBERED
from analytics.present.sentences.claims import claim_interval
from analytics.present.sentences.headlines import claims
from analytics.present.sentences.lasting import lasting_heading
from analytics.present.sentences.phrases import data_mark, described, why
from analytics.present.tables.counts import analysed_in
from analytics.present.verbs import tells
from analytics.present.written import EMPTY
from analytics.programme.dimensions import Group
from analytics.release import Figure, Release, Releases, measures
from analytics.release.figure_id import short
from analytics.release.lists import FigureList
from analytics.release.measures import FIRMS_PER_DOT, measure_named
from analytics.release.verify import verify
from tests.helpers.instead import Instead, ranged, withheld
from tests.helpers.markup import at, classes, of_class, one, parsed, places, shapes, style_of, words

PROGRAMMES = ("ecommerce-2020", "michigan-1988")
WITHIN = ("channel", "size_class", "area")
GROUND = {"grid", "zero", "reference"}


@pytest.fixture(scope="module")
def released(demonstration: Home) -> dict[str, Release]:
    return {programme: Releases(demonstration.releases, programme).open() for programme in PROGRAMMES}


@pytest.fixture(scope="module")
def release(released: dict[str, Release]) -> Release:
    return released["ecommerce-2020"]


# ---- what there is to draw -------------------------------------------------------------------------------------------


def every(release: Release, text: Text) -> Iterator[tuple[str, Shown]]:
    """Every kind of picture: of the programme, of a large sector and of one in the middle."""
    asked = Asked.headline(release)
    yield "changes", pictures.changes_and_effect(release, text)
    yield "money", pictures.money(release, text)
    yield "sectors", pictures.sectors(release, text)
    for dimension in (*release.programme.sector_dimensions, *WITHIN):
        yield f"forest {dimension}", pictures.forest(release, text, dimension, asked)
    yield (
        "forest sums",
        pictures.forest(release, text, "sector", Asked(asked.outcome, Estimand.EURO_WEIGHTED, "overall")),
    )
    yield "years", pictures.years(release, text, asked)
    yield "events", pictures.event_study(release, text)
    yield "reporting", pictures.reporting(release, text)
    yield "balance", pictures.balance(release, text)
    yield "detectable", pictures.detectable(release, text)
    yield "provinces", pictures.provinces(release, text)
    yield "all sectors", pictures.all_sectors(release, text, asked.outcome, release.codes("sector")[0])
    figure_id = claims(release, text)[-1].figure.figure_id
    yield "ways", pictures.specification_curve(release, text, figure_id)
    yield "readings", pictures.read_otherwise(release, text, figure_id)
    codes = release.codes("sector")
    for sector in dict.fromkeys((codes[0], codes[len(codes) // 2])):
        yield from _of_sector(release, text, asked, sector)


def _of_sector(release: Release, text: Text, asked: Asked, sector: str) -> Iterator[tuple[str, Shown]]:
    group = (("sector", sector),)
    for basis in release.line_bases:
        yield f"lines {basis} {sector}", pictures.index_lines(release, text, asked.outcome, sector, basis)
    yield f"standing {sector}", pictures.standing(release, text, sector, asked)
    yield f"spread {sector}", pictures.spread(release, text, asked.outcome, sector)
    axis = pictures.small_axis(release, text, WITHIN, asked, group)
    yield f"years {sector}", pictures.years(release, text, asked, within=group, axis=axis)
    for dimension in WITHIN:
        yield (
            f"forest {dimension} in {sector}",
            pictures.forest(release, text, dimension, asked, within=group, axis=axis),
        )


def drawn(release: Release, text: Text) -> list[tuple[str, Picture]]:
    return [(name, shown) for name, shown in every(release, text) if isinstance(shown, Picture)]


def root_of(shown: Shown) -> Element:
    """The drawing of what must be a picture."""
    assert isinstance(shown, Picture)
    return parsed(shown.drawing)


def row_of(root: Element, label: str) -> Element:
    """The row of a group, by its name."""
    named = root.iterfind(".//tbody/tr")
    [row] = [
        row for row in named if (row.find("th/a") if row.find("th/a") is not None else row.find("th")).text == label
    ]
    return row


def reader(root: Element, written: Callable[[float], str], values: Sequence[float]) -> Callable[[float], float]:
    """Of a share of the axis, its value: read off two ticks, found by the words for their values."""
    ticks = {words(tick): float(style_of(tick, "left")[:-1]) / 100 for tick in one(root, "ticks")}
    found = [(value, ticks[tick]) for value in values if (tick := " ".join(written(value).split())) in ticks]
    (low, left), (high, right) = found[0], found[-1]
    return lambda share: low + (share - left) / (right - left) * (high - low)


def percents(root: Element, text: Text) -> Callable[[float], float]:
    """Of an axis in percent."""
    return reader(root, text.percent, [value / 100 for value in range(-100, 1000)])


def resolves(release: Release, printed: str) -> bool:
    """Whether an id as it is printed, short, is of a figure or picture of the release."""
    return len(printed) <= 20 and release.holds(f"{release.programme.id}.{printed}")


def close(value: float) -> object:
    """What a drawing in hundredths of a percent of its width can say of a value on an axis of a few hundred points."""
    return pytest.approx(value, abs=2e-3)


# ---- one figure, everywhere the same ---------------------------------------------------------------------------------

NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"


def verified(release: Release, figure: Figure, text: Text) -> tuple[float, list[tuple[float, float]]]:
    """Value and ranges as `verify` prints them, read back from its words."""
    first, *others = described(release, figure, text).splitlines()
    pairs = [re.findall(rf"(?<= )({NUMBER})(?= |$)", line) for line in others]
    return float(first.rpartition(" ")[2]), [(float(pair[0]), float(pair[1])) for pair in pairs if len(pair) == 2]


def published(release: Release) -> list[tuple[str, Group, Figure]]:
    """The effects that carry claims, by name of their dimension: of macro-sectors and sectors."""
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


def reads_the_same(root: Element, row: Element, figure: Figure, ends: tuple[float, float], text: Text) -> None:
    """A row's dot and hair, read off the axis, are the figure's value and range, and its words say the same two."""
    value = percents(root, text)
    figure_value = figure.value or 0.0
    [dot] = of_class(row, "dot") or [None]
    if dot is None:
        assert text.percent(figure_value) in [words(beyond) for beyond in of_class(row, "beyond")] or of_class(
            row, "arrow"
        )
    else:
        assert value(at(dot)) == close(figure_value)
    [hair] = [line for line in of_class(row, "hair") if line.tag == "line"]
    for end, place, arrow in zip(ends, ("x1", "x2"), (0.0, 1.0), strict=True):
        if at(hair, place) == arrow:
            assert text.percent(end) in [words(beyond) for beyond in of_class(row, "beyond")]
        else:
            assert value(at(hair, place)) == close(end)
    said = words(one(row, "value"))
    if "told" in classes(row):
        assert said == f"{text.measured(figure_value, figure.unit)} {text.interval(*ends, figure.unit)}"
    else:
        assert said == f"{text.span(*ends)} {text('picture.estimate', value=text.percent(figure_value))}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_a_groups_effect_reads_the_same_everywhere(released: dict[str, Release], programme: str, language: str) -> None:
    """Of every macro-sector and sector that is published: dot, interval, words and table are of the same figure, with
    the range that its sentence prints; a direction is told where the evidence tells one.
    """
    release, text = released[programme], speaking(language)
    asked, found = Asked.headline(release), published(release)
    assert found
    for dimension, group, figure in found:
        label, ends = release.programme.label(*group[0], text), claim_interval(figure, dimension)
        assert ends is not None
        shown = [pictures.forest(release, text, dimension, asked)]
        shown += (
            [pictures.sectors(release, text)] if len(release.codes("macro_sector")) > 1 or dimension == "sector" else []
        )
        for picture in shown:
            root = root_of(picture)
            row = row_of(root, label)
            reads_the_same(root, row, figure, ends, text)
            assert ("told" in classes(row)) is tells(figure)
            assert ("open" in classes(one(row, "bar"))) is not tells(figure)
            assert isinstance(picture, Picture)
            cells = picture.table.loc[label]
            assert cells[text("table.effect_95")] == (
                f"{text.measured(figure.value or 0.0, figure.unit)} {text.interval(*ends, figure.unit)}"
            )
            assert cells[text("table.figure")] == short(figure.figure_id)
            assert cells[text("table.funded_firms")] == words(one(row, "n")) == text.number(figure.n_funded or 0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_the_headline_and_its_years_read_the_same_everywhere(
    released: dict[str, Release], programme: str, language: str
) -> None:
    """The headline's dot is its value, and the line of the whole in the forest too; of each year likewise."""
    release, text = released[programme], speaking(language)
    asked, main = Asked.headline(release), released[programme].headline()
    value, [ends, *_] = verified(release, main, text)
    assert value == main.value
    picture = pictures.changes_and_effect(release, text)
    root = root_of(picture)
    reads_the_same(root, row_of(root, text("overview.row.effect")), main, ends, text)
    assert isinstance(picture, Picture)
    cells = picture.table.loc[text("overview.row.effect")].to_list()
    assert short(main.figure_id) in cells
    assert any(text.interval(*ends, main.unit) in cell for cell in cells)
    forest = root_of(pictures.forest(release, text, "macro_sector", asked))
    [line, *_] = of_class(forest, "reference")
    assert percents(forest, text)(at(line, "x1")) == close(value)
    assert text.percent(value) in words(one(forest, "of-reference"))
    years = pictures.years(release, text, asked)
    root = root_of(years)
    assert isinstance(years, Picture)
    held = [asked.effect(release, horizon=str(year)) for year in release.manifest.years_after]
    for label, figure, written in zip(years.table.index, held, years.table[text("table.effect_95")], strict=True):
        assert figure is not None
        value, [ends, *_] = verified(release, figure, text)
        reads_the_same(root, row_of(root, label), figure, ends, text)
        assert written == f"{text.measured(value, figure.unit)} {text.interval(*ends, figure.unit)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_money_reads_the_same_everywhere(release: Release, language: str) -> None:
    """Extra sales per euro granted: the hair is the range, in words and table to the cent."""
    text = speaking(language)
    outcome = release.programme.outcome(release.programme.headline.outcome)
    figure = release.main(measures.EXTRA_PER_GRANT)
    assert figure is not None
    assert outcome.currency is not None
    _, [(low, high), *_] = verified(release, figure, text)
    picture = pictures.money(release, text)
    root = root_of(picture)

    def written(value: float) -> str:
        return text.money(value, outcome.currency or "", decimals=0 if value == round(value) else 2)

    value = reader(root, written, range(-20, 40))
    [hair] = [line for line in of_class(root, "hair") if line.tag == "line"]
    assert (value(at(hair, "x1")), value(at(hair, "x2"))) == (
        pytest.approx(low, abs=0.02),
        pytest.approx(high, abs=0.02),
    )
    ends = {name: text.money(end, outcome.currency, decimals=2) for name, end in (("low", low), ("high", high))}
    span = text("format.span", **ends)
    assert words(root.find(".//tbody//td[@class='value']")) == " ".join(span.split())
    assert isinstance(picture, Picture)
    [cells] = picture.table.to_numpy()
    assert list(cells)[1:] == [span, short(figure.figure_id)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_happened_reads_the_same_everywhere(released: dict[str, Release], language: str) -> None:
    """The change of the typical firm of both arms, in drawing, words and table; in the table that of the sum too."""
    for release in released.values():
        text = speaking(language)
        picture = pictures.changes_and_effect(release, text)
        root = root_of(picture)
        assert isinstance(picture, Picture)
        for arm in Arm:
            figure, sums = (release.main(measure, arm=arm) for measure in (measures.TYPICAL_CHANGE, measures.CHANGE))
            assert figure is not None
            assert figure.value is not None
            row = row_of(root, text(f"overview.row.{arm}"))
            assert percents(root, text)(at(one(row, "end", arm))) == close(figure.value)
            value, _ = verified(release, figure, text)
            assert words(one(row, "value")) == text.percent(value)
            cells = picture.table.loc[text(f"chart.{arm}")]
            assert cells[text("table.typical")] == text.percent(value)
            assert cells[text("table.figure")] == short(figure.figure_id)
            assert sums is None or sums.value is None or cells[text("table.change_of_sum")] == text.percent(sums.value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_single_values_and_shares_read_the_same_everywhere(
    released: dict[str, Release], programme: str, language: str
) -> None:
    """What each sector would tell, how far the arms lay apart, how many firms are where: drawing, words, table."""
    release, text = released[programme], speaking(language)
    asked = Asked.headline(release)
    for code in release.codes("sector"):
        figure = asked.effect(release, (("sector", code),))
        picture = pictures.detectable(release, text)
        root, label = root_of(picture), release.programme.label("sector", code, text)
        assert figure is not None
        assert isinstance(picture, Picture)
        row = row_of(root, label)
        if figure.mde is None:
            assert words(one(row, "note")) == why(figure, release, text)
            continue
        assert words(one(row, "value")) == text.percent(figure.mde)
        assert picture.table.loc[label, text("fact.mde")] == text.percent(figure.mde)
        if of_class(row, "dot"):
            assert percents(root, text)(at(one(row, "dot"))) == close(figure.mde)
        else:
            assert words(one(row, "beyond")) == text.percent(figure.mde)
    if isinstance(provinces := pictures.provinces(release, text), Picture):
        squares = [words(square).split(" ")[-1] for square in of_class(root_of(provinces), "square")]
        assert squares == [
            cell if cell[0].isdigit() else text("chart.not_shown") for cell in provinces.table.iloc[:, 0]
        ]


def test_a_dot_of_firms_is_never_one_firm(release: Release) -> None:
    """Every dot of every sector is the mean of ten firms or more, and the picture says so."""
    text, seen = speaking("it"), 0
    for sector in release.codes("sector"):
        picture = pictures.spread(release, text, release.programme.headline.outcome, sector)
        if isinstance(picture, Absent):
            continue
        root = root_of(picture)
        firms = [int(n) for n in picture.table[text("table.firms")]]
        assert min(firms[1:], default=FIRMS_PER_DOT) >= FIRMS_PER_DOT
        assert len(of_class(root, "dot")) == max(len(firms) - 1, 1)
        assert len(firms) == 1 or text.count("chart.firms", FIRMS_PER_DOT) in words(one(root, "axis-words"))
        seen += 1
    assert seen > 3


# ---- what every picture carries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_picture_has_a_drawing_and_a_table_of_figures_that_resolve(
    released: dict[str, Release], programme: str, language: str
) -> None:
    """Well-formed, within its width, drawn once; a table that is not empty; every id is a figure of the release."""
    release, text = released[programme], speaking(language)
    shown = dict(every(release, text))
    assert sum(isinstance(one, Picture) for one in shown.values()) > (24 if programme == "ecommerce-2020" else 12)
    for name, one_shown in shown.items():
        if isinstance(one_shown, Absent):
            assert len(one_shown.words) > 10, name
            continue
        root = root_of(one_shown)
        assert shapes(root) or of_class(root, "square"), name
        assert all(0 <= place <= 100 for place in places(root)), name
        assert all(label.get("aria-label") for label in root.iter() if label.get("role") == "img"), name
        assert one_shown.table.size > 0, name
        assert not one_shown.table.isna().any(axis=None), name
        assert "nan" not in one_shown.drawing.markup.lower().replace("finanz", ""), name
        assert not re.search(r"(?<![\w.\-:(])-\d+[%,]", words(root)), name  # a hyphen is no minus
        for figure_id in one_shown.table.get(text("table.figure"), ()):
            assert figure_id == EMPTY or resolves(release, figure_id), name


def test_a_picture_is_drawn_once_for_every_width() -> None:
    """No second drawing for phones: a drawing, what stands at its foot, its figures."""
    assert [field.name for field in fields(Picture)] == ["drawing", "stamp", "table", "note"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_picture_says_where_it_comes_from(released: dict[str, Release], programme: str, language: str) -> None:
    """Source, release, ids that resolve, and the mark of invented data, at the foot and in a band of the drawing; real
    data have no mark.
    """
    release, text = released[programme], speaking(language)
    parts = [release.programme.source.in_(text), release.release_id]
    mark = data_mark(release, text)
    assert (mark is None) == (programme == "michigan-1988")
    for name, picture in drawn(release, text):
        whole = parsed(framed(picture.drawing, picture.stamp, text))
        foot = words(whole.find(".//figcaption"))
        assert all(" ".join(part.split()) in foot for part in parts), name
        assert all(resolves(release, figure_id) for figure_id in picture.stamp.figure_id.split(" · ")), name
        assert picture.stamp.figure_id in foot, name
        marks = {found.get("data-mark") for found in of_class(parsed(picture.drawing), "watermark")}
        assert marks == (set() if mark is None else {mark}), name
        assert (mark is not None and foot.startswith(mark)) is (mark is not None), name


def test_official_statistics_carry_their_own_source_and_not_our_mark(release: Release) -> None:
    """They are not estimates of the programme: no release, no figure id, no mark of invented data."""
    for language in LANGUAGES:
        text = speaking(language)
        picture = pictures.context(release, text, "food")
        assert isinstance(picture, Picture)
        whole = words(parsed(framed(picture.drawing, picture.stamp, text)))
        assert " ".join(release.programme.context[0].source.in_(text).split()) in whole
        assert release.release_id not in whole
        assert (data_mark(release, text) or "") not in whole
        assert len(picture.table) == len(release.programme.context)


def test_every_row_of_the_sectors_and_every_small_chart_opens_its_sector(released: dict[str, Release]) -> None:
    """One link each, by the sector's code; macro-sectors open nothing."""
    text = speaking("it")
    for release in released.values():
        by_label = {release.programme.label("sector", code, text): code for code in release.codes("sector")}
        rows = root_of(pictures.sectors(release, text)).findall(".//tbody/tr")
        for row in rows:
            links = list(row.iter("a"))
            named = row.find("th").text if not links else links[0].text
            assert [link.get("href") for link in links] == (
                [OPENS_SECTOR + by_label[named]] if named in by_label else []
            )
        assert any(row.find(".//a") is not None for row in rows)
        small = of_class(
            root_of(pictures.all_sectors(release, text, release.programme.headline.outcome, "food")), "small", "lines"
        )
        assert [chart.get("href") for chart in small] == [
            OPENS_SECTOR + by_label[words(one(chart, "small-title").find("b"))] for chart in small
        ]


def test_sectors_stand_under_their_macro_sector_most_firms_first(release: Release) -> None:
    """Precision falls downwards; no order of merit is suggested, and withheld ones stand below in words."""
    text = speaking("it")
    picture = pictures.sectors(release, text)
    root = root_of(picture)
    wholes, parts = [], []
    for row in root.iterfind(".//tbody/tr"):
        n = int(words(one(row, "n")))
        if "whole" in classes(row):
            wholes.append(n)
            parts.append([])
        else:
            assert "part" in classes(row)
            parts[-1].append(n)
    assert len(wholes) > 2
    assert wholes == sorted(wholes, reverse=True)
    assert all(numbers == sorted(numbers, reverse=True) for numbers in parts)
    assert not of_class(root, "withheld")
    assert isinstance(picture, Picture)
    note = " ".join(picture.note.split())
    asked = Asked.headline(release)
    for code in release.codes("sector"):
        figure = asked.effect(release, (("sector", code),))
        assert figure is not None
        label = release.programme.label("sector", code, text)
        if figure.published:
            row_of(root, label)
        else:
            assert f"{label}: {' '.join(why(figure, release, text).split())}" in note


def test_firms_of_no_published_sector_are_counted_under_the_rows(release: Release) -> None:
    """The rows and those in none make the total: in how many sectors something is not published does not change it."""
    text, asked = speaking("it"), Asked.headline(release)
    listed = FigureList.of("sector", asked.outcome, asked.estimand, asked.horizon)
    for of in (release, without_sector(release, "textiles")):
        picture = pictures.sectors(of, text)
        assert isinstance(picture, Picture)
        root = root_of(picture)
        rows = [row for row in root.iterfind(".//tbody/tr") if "part" in classes(row)]
        left = analysed_in(of, listed).not_shown
        assert left
        assert text.count("chart.firms", left) in picture.note
        assert sum(int(words(one(row, "n"))) for row in rows) + left == release.headline().n_funded


def without_sector(release: Release, code: str) -> Release:
    """The release as it would be with one sector's effect withheld."""
    figure = Asked.headline(release).effect(release, (("sector", code),))
    assert figure is not None
    return cast("Release", Instead(release, withheld(figure)))


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_the_picture_of_sectors_carries_the_ids_of_its_lists(
    released: dict[str, Release], demonstration: Home, programme: str
) -> None:
    """That of macro-sectors and that of sectors, each short enough to be typed; `verify` answers each with the figures
    of its rows.
    """
    release, text = released[programme], speaking("it")
    picture, asked = pictures.sectors(release, text), Asked.headline(release)
    assert isinstance(picture, Picture)
    lists = ["macro_sector", "sector"] if programme == "ecommerce-2020" else ["sector"]
    printed = picture.stamp.figure_id.split(" · ")
    assert len(printed) == len(lists)
    held: set[str] = set()
    for name, figure_id in zip(lists, printed, strict=True):
        assert len(figure_id) <= 20
        standing = verify(figure_id, demonstration.releases)
        assert standing.listed == FigureList.of(name, asked.outcome, asked.estimand, asked.horizon)
        assert standing.release is not None
        held |= {short(figure.figure_id) for figure in standing.release.listed(standing.listed).values()}
    main = short(release.headline().figure_id)
    assert set(picture.table[text("table.figure")]) - {EMPTY, main} == held


# ---- what is withheld ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_withheld_sector_is_named_with_its_reason_and_not_drawn(release: Release, language: str) -> None:
    """Its row has no mark, its words say why, its table the code."""
    text = speaking(language)
    asked = Asked.headline(release)
    held = {code: asked.effect(release, [("sector", code)]) for code in release.codes("sector")}
    hidden = {code: figure for code, figure in held.items() if figure is not None and not figure.published}
    assert hidden
    picture = pictures.forest(release, text, "sector", asked)
    root = root_of(picture)
    assert isinstance(picture, Picture)
    assert len(of_class(root, "withheld")) == len(hidden)
    for code, figure in hidden.items():
        label = release.programme.label("sector", code, text)
        row = row_of(root, label)
        assert words(one(row, "note")) == " ".join(why(figure, release, text).split())
        assert all(classes(shape) & GROUND for shape in shapes(row))
        assert picture.table.loc[label, text("table.effect_95")] in ("C", "u", "m")


def test_a_figure_that_is_withheld_later_leaves_every_picture(release: Release) -> None:
    """The same release without one sector's effect: its numbers are nowhere, drawn or said."""
    text, asked = speaking("it"), Asked.headline(release)
    figure = asked.effect(release, (("sector", "textiles"),))
    assert figure is not None
    assert figure.value is not None
    label = release.programme.label("sector", "textiles", text)
    without = Instead(release, withheld(figure))
    in_table = f"{text.measured(figure.value)} {text.interval(figure.shared_low or 0, figure.shared_high or 0)}"
    for of, there in ((release, True), (without, False)):
        for shown in (pictures.forest(of, text, "sector", asked), pictures.standing(of, text, "textiles", asked)):
            root = root_of(shown)
            row = row_of(root, label)
            assert bool([shape for shape in shapes(row) if not classes(shape) & GROUND]) is there
            assert bool(re.search(r"\d%", words(row))) is there
            assert isinstance(shown, Picture)
            assert (in_table in shown.table.to_string()) is there
        sectors = pictures.sectors(of, text)
        assert (label in [words(name) for name in root_of(sectors).iterfind(".//tbody//a")]) is there


@pytest.mark.parametrize("language", LANGUAGES)
def test_money_of_which_nothing_can_be_said_draws_and_says_no_point(release: Release, language: str) -> None:
    """The range alone, in drawing, words and table."""
    text = speaking(language)
    figure = release.main(measures.EXTRA_PER_GRANT)
    assert figure is not None
    assert figure.value is not None
    assert not tells(figure)
    picture = pictures.money(release, text)
    root = root_of(picture)
    point = text.money(figure.value, "EUR", decimals=2)
    assert not [shape for shape in shapes(root) if shape.tag == "circle"]
    assert point not in words(root)
    assert isinstance(picture, Picture)
    assert point not in picture.table.to_numpy()


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_no_direction_may_be_said_the_range_leads(released: dict[str, Release], language: str) -> None:
    """The headline of Michigan: hollow, its range first, its estimate after it in grey, in the table no point."""
    release, text = released["michigan-1988"], speaking(language)
    main = release.headline()
    assert not tells(main)
    picture = pictures.changes_and_effect(release, text)
    row = row_of(root_of(picture), text("overview.row.effect"))
    assert "told" not in classes(row)
    assert "open" in classes(one(row, "dot"))
    said = words(one(row, "value"))
    assert said.startswith(text.span(main.low or 0.0, main.high or 0.0))
    assert said.endswith(words(one(row, "aside")))
    assert isinstance(picture, Picture)
    assert text.percent(main.value or 0.0) not in re.split(
        r"[ (;)]+", " ".join(picture.table.loc[text("overview.row.effect")])
    )


def test_a_way_of_estimating_in_another_measure_is_not_called_unpublished(release: Release) -> None:
    """Its number stands in words, in its place."""
    text = speaking("en")
    root = root_of(pictures.specification_curve(release, text, release.headline().figure_id))
    spec = release.figure(
        measure_named("spec_symmetric_growth_typical_firm"), outcome="online_sales", horizon="overall"
    )
    assert spec is not None
    assert spec.value is not None
    row = next(row for row in root.iterfind(".//tbody/tr") if words(row).startswith("Symmetric growth"))
    assert words(one(row, "note")).startswith(text.number(spec.value, 2))
    assert "ublished" not in words(row)


def test_an_interval_that_nearly_touches_zero_reads_the_same_in_words_and_chart(release: Release) -> None:
    """The heading that calls a year's difference visible stands over a picture whose range leaves zero out."""
    text, asked, main = speaking("en"), Asked.headline(release), release.headline()
    last = asked.effect(release, horizon="3")
    assert last is not None
    near = Instead(release, ranged(last, 0.004, last.high or 0))
    picture = pictures.years(near, text, asked)
    assert isinstance(picture, Picture)
    assert "still visible" in lasting_heading(near, main, text)
    row = root_of(picture).findall(".//tbody/tr")[-1]
    low, high = (text.near(end, (0.0,)) for end in (0.004, last.high or 0))
    assert low == "+0.4%"
    assert text.span(0.004, last.high or 0) == text("format.span", low=low, high=high)
    assert text.span(0.004, last.high or 0) in words(one(row, "value"))
    assert f"({low}; {high})" in picture.table.iloc[-1][text("table.effect_95")]


@settings(max_examples=40)
@given(st.floats(-0.99, 30), st.floats(-0.99, 30), st.floats(-0.99, 30))
def test_any_range_of_a_sector_stays_inside_its_picture(wild_release: Release, a: float, b: float, c: float) -> None:
    """However far it goes: every place lies within the width, and the others do not move out."""
    text, asked = speaking("it"), Asked.headline(wild_release)
    figure = asked.effect(wild_release, (("sector", "textiles"),))
    assert figure is not None
    low, _, high = sorted((a, b, c))
    root = root_of(pictures.forest(Instead(wild_release, ranged(figure, low, high)), text, "sector", asked))
    assert all(0 <= place <= 100 for place in places(root))


@pytest.fixture(scope="module")
def wild_release(release: Release) -> Release:
    return release


# ---- drawn once ------------------------------------------------------------------------------------------------------


def test_the_same_selection_is_the_same_object_and_another_is_another(released: dict[str, Release]) -> None:
    """Readers share what was drawn; language, release, group and switch each make a picture of their own."""
    release = released["ecommerce-2020"]
    asked = Asked.headline(release)
    italian, english = speaking("it"), speaking("en")
    first = pictures.forest(release, italian, "sector", asked)
    assert pictures.forest(release, italian, "sector", Asked.headline(release)) is first
    others = [
        pictures.forest(release, english, "sector", asked),
        pictures.forest(release, italian, "macro_sector", asked),
        pictures.forest(release, italian, "sector", Asked(asked.outcome, asked.estimand, "1")),
        pictures.forest(released["michigan-1988"], italian, "sector", Asked.headline(released["michigan-1988"])),
    ]
    assert len({id(picture) for picture in (first, *others)}) == 5
    said = {str(picture.drawing) if isinstance(picture, Picture) else picture.words for picture in (first, *others)}
    assert len(said) == 5


def test_no_cache_grows_without_end() -> None:
    """Every kind of picture remembers so many and no more."""
    kinds = [getattr(pictures, name) for name in pictures.__all__ if name[0].islower() and name != "small_axis"]
    assert len(kinds) > 10
    assert {kind.cache_info().maxsize for kind in kinds} == {REMEMBERED}
