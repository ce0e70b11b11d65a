"""A second grouping of sectors: columns, tables, words, pictures derive from the list of dimensions, and the cube
protects sectors in both groupings.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from analytics.build.candidate import build
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import Grade, Unit, Verdict
from analytics.present import pictures
from analytics.present.asked import Asked
from analytics.present.pictures import Picture
from analytics.present.sentences.headlines import claims
from analytics.present.sentences.phrases import described
from analytics.present.sentences.together import (
    count_sentence,
    differ_heading,
    differ_words,
    pair_sentence,
    range_notes,
)
from analytics.present.tables.cohorts import CohortQuery, cohort_table
from analytics.programme.file import Programme, load_programme
from analytics.programme.parts import Grouping
from analytics.release import Release, Releases
from analytics.release.figure import Figure, FigureKey, group_of
from analytics.release.measures import ALL, beside_group, groups_gaining
from analytics.release.writing import figures_table, write_release
from analytics.store.database import Store
from tests.helpers.figures import figures_in
from tests.helpers.michigan_release import built, sales_only


def with_technology(programme: Programme, pairs: tuple[tuple[str, str], ...] = ()) -> Programme:
    """The programme with a grouping of its sectors into two, or one where it has one sector."""
    codes = programme.codes("sector")
    halves = {"high": codes[: len(codes) // 2], "low": codes[len(codes) // 2 :]}
    label = {"it": "Tecnologia", "en": "Technology"}
    groups = [
        {"id": name, "label": {"it": f"Tecnologia {name}", "en": f"{name} technology"}, "sectors": sectors}
        for name, sectors in halves.items()
        if sectors
    ]
    grouping = Grouping.model_validate({"id": "technology", "label": label, "groups": groups})
    return programme.model_copy(update={"groupings": (grouping,), "pairs": (*programme.pairs, *pairs)})


def test_a_second_grouping_is_built_and_protected(tmp_path: Path) -> None:
    """Beside macro-sectors: a release has its figures, and what is withheld of a sector is open in both groupings."""
    home = Home(tmp_path)
    built(tmp_path, sales_only)
    programme = with_technology(load_programme("michigan-1988"))
    releases = Releases(home.releases, programme.id)
    with Store(home.store(programme.id), programme.id, read_only=True) as store:
        first = Release(releases.path(build(programme, store, releases)))
    assert {"high", "low"} & set(first.figures["technology"])
    assert "macro_sector" in first.figures


@pytest.fixture(scope="module")
def release(demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The demonstration's release as it would be with a grouping whose groups have the macro-sectors' figures: those of
    its own question's outcome.
    """
    source = Releases(demonstration.releases, "ecommerce-2020").open()
    programme = with_technology(source.programme, (("technology", "wave"),))
    of_macro = dict(zip(("high", "low"), source.codes("macro_sector"), strict=False))
    whole = [figure for figure in figures_in(source) if figure.outcome in (programme.headline.outcome, ALL)]
    figures = list(whole)
    for name, code in of_macro.items():
        for figure in whole:
            if ("macro_sector", code) in figure.group:
                rest = [pair for pair in figure.group if pair[0] != "macro_sector"]
                key = replace(figure.key, group=group_of([*rest, ("technology", name)]))
                figures.append(replace(figure, key=key))
    path = tmp_path_factory.mktemp("grouping") / f"{source.release_id}.duckdb"
    tables = {"figures": figures_table(figures, programme, source.release_id), "lines": source.lines}
    tables |= {"spread": source.spread, "applications": source.applications}
    tables |= {"reconciliation": source.reconciliation, "reconciliation_gaps": source.reconciliation_gaps}
    write_release(path, replace(source.manifest, programme=programme), tables)
    return Release(path)


@pytest.mark.parametrize(("language", "words"), [("it", "in almeno 1 dei 2 gruppi"), ("en", "at least 1 of the 2")])
def test_several_of_its_groups_are_spoken_of(release: Release, language: str, words: str) -> None:
    """In how many something is gained, and of two which is ahead, by the labels of the programme file."""
    text, effect = Text(language), release.main_effect({"technology": "high"})
    assert effect is not None
    told = {"grade": Grade.LOW, "verdict": Verdict.HIGHER}
    estimand = release.programme.headline.estimand
    key = replace(effect.key, measure=groups_gaining("technology", estimand), group=())
    assert words in count_sentence(release, Figure(key, Unit.COUNT, 1.0, **told), text).long
    pair = replace(effect.key, measure=beside_group("low", estimand))
    said = pair_sentence(release, Figure(pair, Unit.FRACTION, 0.2, 0.1, 0.3, **told), text).long
    for code in ("high", "low"):
        assert release.programme.label("technology", code, text) in said


def test_its_column_stands_in_the_file_and_leads_to_its_figures(release: Release) -> None:
    """A figure of a group is found by key and by id; ids of all others are what they were."""
    assert "technology" in release.figures
    assert release.codes("technology") == ["high", "low"]
    effect = release.main_effect({"technology": "high"})
    assert effect is not None
    assert effect.group == (("technology", "high"),)
    assert release.by_id(effect.figure_id) == effect
    crossed = release.main_effect({"wave": "first", "technology": "low"})
    assert crossed is None or crossed.group == (("wave", "first"), ("technology", "low"))
    assert FigureKey(effect.measure, effect.outcome).cell != replace(effect.key).cell


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_speak_of_its_groups(release: Release, language: str) -> None:
    """Sentences, tables and pictures of a grouping's groups, by the labels of the programme file, in every language."""
    text = Text(language)
    label = release.programme.label("technology", "high", text)
    assert label in {headline.label for headline in claims(release, text)}
    assert differ_heading(release, "technology", text) == text("differ.grouping.heading.not_tested")
    assert differ_words(release, "technology", text)
    used = {"it": "usa anche i dati degli altri gruppi", "en": "uses data from the other groups"}[language]
    assert used in " ".join(range_notes(release, release.main_effect({"technology": "high"}), "technology", text))
    forest = pictures.forest(release, text, "technology", Asked.headline(release))
    assert isinstance(forest, Picture)
    assert label in forest.table.index
    standing = pictures.standing(release, text, release.codes("sector")[0], Asked.headline(release))
    assert isinstance(standing, Picture)
    assert label in standing.table.index
    effect = release.main_effect({"technology": "high"})
    assert label in described(release, effect, text)
    query = CohortQuery(("technology",), effect.outcome, effect.horizon, str(effect.measure.about))
    assert label in set(cohort_table(release, query, text).data["technology_label"])
