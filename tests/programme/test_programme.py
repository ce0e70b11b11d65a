"""Programme files: the announced facts, the groups, and a wrong file that says which key and why."""

import tomllib
from collections import Counter
from dataclasses import fields

import pandas as pd
import pytest

from analytics.folders import PROGRAMME_FILES
from analytics.language.text import LANGUAGES, Text
from analytics.model import CheckLimits, Settings, UserError
from analytics.programme.classifications import DIVISIONS, PROVINCES
from analytics.programme.dimensions import DIMENSIONS
from analytics.programme.file import load_programme, parse_programme
from analytics.programme.parts import Words
from analytics.store.columns import APPLICATION_OUTCOMES, applications, required_columns, sales
from tests.helpers.languages import add_language

ECOMMERCE = load_programme("ecommerce-2020")
CONTENT = (PROGRAMME_FILES / "ecommerce-2020.toml").read_text(encoding="utf-8")
SMALL = """
id = "small"
data_kind = "public"
title = { it = "t", en = "t" }
short_title = { it = "t", en = "t" }
authority = { it = "t", en = "t" }
region = { it = "t", en = "t" }
source = { it = "t", en = "t" }
comparison = { it = "t", en = "t" }
headline = { outcome = "sales", estimand = "typical_firm" }
[[outcomes]]
name = "sales"
column = "sales"
currency = "EUR"
label = { it = "t", en = "t" }
noun = { it = "t", en = "t" }
[[macro_sectors]]
id = "all"
label = { it = "t", en = "t" }
[[sectors]]
id = "all"
label = { it = "t", en = "t" }
macro_sector = "all"
rest = true
"""


def refused(content: str) -> UserError:
    with pytest.raises(UserError) as caught:
        parse_programme(content, "small.toml")
    assert "small.toml" in str(caught.value)
    return caught.value


def entries(error: UserError) -> list[str]:
    return [problem.entry for problem in error.problems]


def test_the_announced_counts_add_up():
    """286 on the initial endowment, 117 and 235 more: 403, then 638."""
    counts = [tranche.announced_firms for tranche in ECOMMERCE.tranches]
    assert counts == [286, 117, 235]
    assert (sum(counts[:2]), sum(counts)) == (403, 638)
    assert ECOMMERCE.announced.applications == 1649


def test_the_announced_amount_belongs_to_the_last_tranche_only():
    """€2,138,366.96 is for 235 firms, €9,099 each; it must not be divided by 638. The 117 have no amount."""
    first, second, third = ECOMMERCE.tranches
    assert (third.announced_eur, third.announced_eur_is, third.announced_firms) == (2_138_366.96, "grants", 235)
    assert int(third.announced_eur / third.announced_firms) == 9099
    assert second.announced_eur is None
    assert (first.announced_eur, first.announced_eur_is) == (2_618_000, "endowment")
    assert CONTENT.count("2_138_366.96") == 1
    assert "announced_eur" not in next(t for t in tomllib.loads(CONTENT)["tranches"] if t["id"] == "second")


@pytest.mark.parametrize("name", [path.stem for path in PROGRAMME_FILES.glob("*.toml")])
def test_every_division_belongs_to_exactly_one_sector(name):
    """Every activity has its sector, and every sector its macro-sector; every province at most one area."""
    programme = load_programme(name)
    firms = pd.DataFrame({"division": DIVISIONS})
    sector = programme.dimension("sector").code_of(firms)
    macro_sector = programme.dimension("macro_sector").code_of(firms.assign(sector=sector))
    assert set(sector) == set(programme.codes("sector"))
    assert set(macro_sector) == set(programme.codes("macro_sector"))
    assert max(Counter(code for area in programme.areas for code in area.provinces).values(), default=1) == 1


def test_the_sectors_of_the_call():
    """Retail is 47, wholesale 45-46, food 10-12; what is not named is professional and other services."""
    assert [ECOMMERCE.sector_of(division) for division in (10, 45, 47, 56, 62, 32, 1, 96)] == [
        *("food", "wholesale", "retail", "hospitality", "software", "other_making", "other_services", "other_services"),
    ]
    assert set(ECOMMERCE.codes("province")) == set(PROVINCES)


def test_windows_and_thresholds_reach_the_settings():
    """The call opened in June 2020: before ends in May. What matters is fixed in the file."""
    assert ECOMMERCE.settings == Settings(
        before_ends="2020-05", award_period="skip", years_after=3, total_outcome="total_sales", loss_baseline="2019"
    )
    assert (ECOMMERCE.disclosure_rules.min_units, ECOMMERCE.disclosure_rules.p_percent) == (3, 10.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_have_names(language):
    """A code that the file does not know is shown as it is."""
    text = Text(language)
    assert ECOMMERCE.label("sector", "retail", text) in ("Commercio al dettaglio", "Retail")
    assert ECOMMERCE.label("sector", "?", text) == "?"


def test_the_files_columns_follow_the_programme():
    """Tranches, channels, outcomes and required columns come from the file."""
    columns = {column.name: column for column in applications(ECOMMERCE)}
    assert columns["tranche"].values == ("first", "second", "third")
    assert columns["channel"].values == tuple(ECOMMERCE.codes("channel"))
    assert columns["size_class"].values == tuple(ECOMMERCE.codes("size_class"))
    assert columns["outcome"].values == APPLICATION_OUTCOMES
    assert set(ECOMMERCE.requires) <= set(required_columns(applications(ECOMMERCE), ECOMMERCE))
    assert required_columns(sales(ECOMMERCE), ECOMMERCE) == ["fiscal_code", "period", "online_sales_eur"]
    assert sales(ECOMMERCE).keys == ["fiscal_code", "period"]
    assert all(column.meaning for column in (*applications(ECOMMERCE), *sales(ECOMMERCE)))


def test_a_small_file_is_enough():
    """Everything else has its default."""
    assert parse_programme(SMALL, "small.toml").settings.years_after == 3


@pytest.mark.parametrize(
    ("change", "entry", "why"),
    [
        (('id = "small"', 'id = "Small"'), "id", "small letters"),
        (('data_kind = "public"', 'data_kind = "open"'), "data_kind", "simulated"),
        (('id = "small"', 'id = "small"\ncolour = "red"'), "colour", "does not exist"),
        (('region = { it = "t", en = "t" }', 'region = { it = "t" }'), "region.en", "required"),
        (('region = { it = "t", en = "t" }', 'region = { it = "t", en = "t\\u0002" }'), "region.en", "U+0002"),
        (('region = { it = "t", en = "t" }', 'region = { it = "t\\uFFFF", en = "t" }'), "region.it", "U+FFFF"),
        (('region = { it = "t", en = "t" }', 'region = { it = "t\\u202E", en = "t" }'), "region.it", "U+202E"),
        (('region = { it = "t", en = "t" }', f'region = {{ it = "{"t" * 301}", en = "t" }}'), "region.it", "300"),
        (('currency = "EUR"', 'unit = "number"\ncurrency = "EUR"'), "outcomes.sales", "currency"),
        (('outcome = "sales"', 'outcome = "sale"'), "headline.outcome", '"sale"'),
        (('column = "sales"', 'column = "sales"\nshare_of = "all"'), "outcomes.sales.share_of", '"all"'),
        (
            ('id = "small"', 'id = "small"\nwindows = { loss_baseline = "2019-01" }'),
            "windows.loss_baseline",
            "a year such as",
        ),
        (('estimand = "typical_firm"', 'estimand = "symmetric_growth"'), "headline.estimand", "euro_weighted"),
        (('estimand = "typical_firm"', 'estimand = "typical_firm", horizon = 4'), "headline.horizon", "years_after"),
        (('estimand = "typical_firm"', 'estimand = "typical_firm", horizon = 0'), "headline.horizon", "years_after"),
        (("rest = true", "rest = false"), "sectors", "rest"),
        (("rest = true", "rest = true\ndivisions = [4]"), "sectors.all.divisions", "4 does not exist"),
        (("rest = true", "rest = true\ndivisions = [47, 47]"), "sectors.all.divisions", "more than once"),
        (('macro_sector = "all"', 'macro_sector = "none"'), "sectors.all.macro_sector", '"none"'),
        (('id = "small"', 'id = "small"\npairs = [["sector", "colour"]]'), "pairs", '"colour"'),
        (
            ('id = "small"', 'id = "small"\nwindows = { before_ends = "2020-13" }'),
            "windows.before_ends",
            "a month such as",
        ),
        (('id = "small"', 'id = "small"\ndisclosure = { min_units = 2 }'), "disclosure.min_units", "3"),
        (
            (
                'id = "small"',
                'id = "small"\nareas = [{ id = "a", label = { it = "t", en = "t" }, provinces = ["XX"] }]',
            ),
            "areas.a.provinces",
            "XX",
        ),
        (
            ("[[macro_sectors]]", '[[macro_sectors]]\nid = "all"\nlabel = { it = "t", en = "t" }\n[[macro_sectors]]'),
            "macro_sectors",
            "more than once",
        ),
    ],
)
def test_a_wrong_file_says_which_key_and_why(change, entry, why):
    """Checked on load; the message names the key."""
    error = refused(SMALL.replace(*change, 1))
    assert entry in entries(error)
    for language in LANGUAGES:
        assert entry in error.said(Text(language))
    assert why in str(error)


def test_a_name_lacks_no_language_that_is_spoken(tmp_path, monkeypatch):
    """Once a language is added, a programme file without its words is refused by file, key and language; one with words
    of a language that nobody speaks is, too.
    """
    error = refused(SMALL.replace('{ it = "t", en = "t" }', '{ it = "t", en = "t", de = "t" }', 1))
    assert [(problem.kind, problem.entry) for problem in error.problems] == [("language", "title.de")]
    add_language("fr", tmp_path, monkeypatch)
    error = refused(SMALL)
    missing = ["title.fr", "short_title.fr", "authority.fr", "region.fr", "source.fr", "comparison.fr"]
    missing += ["outcomes.sales.label.fr", "outcomes.sales.noun.fr", "macro_sectors.all.label.fr"]
    assert entries(error) == [*missing, "sectors.all.label.fr"]
    assert {problem.kind for problem in error.problems} == {"missing"}
    translated = SMALL.replace('en = "t" }', 'en = "t", fr = "f" }')
    assert parse_programme(translated, "small.toml").label("sector", "all", Text("fr")) == "f"
    one_left = translated.replace(', fr = "f" }\nmacro_sector', " }\nmacro_sector")
    assert entries(refused(one_left)) == ["sectors.all.label.fr"]


def test_a_programme_of_before_a_language_was_added_speaks_the_default_one(tmp_path, monkeypatch):
    """As a release keeps it: the same JSON as in the file, opened again by whoever speaks more languages, or fewer."""
    kept = ECOMMERCE.model_dump(mode="json")
    assert kept["short_title"] == tomllib.loads(CONTENT)["short_title"]
    add_language("fr", tmp_path, monkeypatch)
    reread = type(ECOMMERCE).model_validate(kept)
    assert reread == ECOMMERCE
    assert reread.label("sector", "retail", Text("fr")) == "Commercio al dettaglio"
    assert reread.label("province", "MI", Text("fr")) == "Milano"
    assert Words({"de": "Handel"}).in_(Text("fr")) == "Handel"


def test_what_is_no_toml_says_where():
    """The line is named."""
    assert "line 2" in str(refused('\nid = "small\n'))


@pytest.mark.parametrize(
    ("table", "change", "entry"),
    [
        (applications, ('id = "small"', 'id = "small"\nrequires = ["tranch"]'), "requires"),
        (sales, ('column = "sales"', 'column = "period"'), "outcomes.sales.column"),
        (sales, ('column = "sales"', 'column = "fiscal_code"'), "outcomes.sales.column"),
    ],
)
def test_a_programme_that_asks_for_impossible_columns_is_refused(table, change, entry):
    """Before any officer's file is blamed for it."""
    programme = parse_programme(SMALL.replace(*change, 1), "small.toml")
    with pytest.raises(UserError) as caught:
        table(programme)
    assert entries(caught.value) == [entry]


def test_an_unknown_programme_lists_those_that_there_are(tmp_path):
    """Also when somebody tries to walk out of the folder, or the file cannot be read."""
    for name in ("ecommerce-2021", "../programmes/ecommerce-2020", ""):
        with pytest.raises(UserError) as caught:
            load_programme(name)
        assert "ecommerce-2020, michigan-1988" in str(caught.value)
    (tmp_path / "latin.toml").write_bytes(b'id = "\xe8"')
    (tmp_path / "small.toml").write_text("\ufeff" + SMALL, encoding="utf-8")
    (tmp_path / "other.toml").write_text(SMALL, encoding="utf-8")
    assert load_programme("small", tmp_path).id == "small"
    for name, key in (("latin", "file.unreadable"), ("other", "programme.problems")):
        with pytest.raises(UserError) as caught:
            load_programme(name, tmp_path)
        assert caught.value.key == key
        assert str(caught.value)


# ---- thresholds of the programme -------------------------------------------------------------------------------------


def test_thresholds_without_a_word_in_the_file_are_those_of_the_method():
    """A programme that says nothing is estimated and checked as METHODS.md says."""
    for name in ("min_firms", "level", "adjustment", "alpha", "checks"):
        assert getattr(ECOMMERCE.settings, name) == getattr(Settings(), name)


def test_a_programme_sets_its_thresholds_in_its_file():
    """min_firms, level, adjustment, alpha and every limit of the five checks reach the settings that estimate."""
    limits = {field.name: field.default / 2 for field in fields(CheckLimits) if isinstance(field.default, float)}
    limits |= {field.name: field.default + 1 for field in fields(CheckLimits) if isinstance(field.default, int)}
    limits["least_effective"] = 20.0
    tables = '[settings]\nmin_firms = 12\nlevel = 0.9\nadjustment = "none"\nalpha = 2.5\n\n[checks]\n'
    tables += "\n".join(f"{name} = {value}" for name, value in limits.items())
    settings = parse_programme(f"{CONTENT}\n{tables}\n", "own.toml").settings
    assert (settings.min_firms, settings.level, settings.adjustment, settings.alpha) == (12, 0.9, "none", 2.5)
    assert settings.checks == CheckLimits(**limits)
    assert all(getattr(settings.checks, name) != getattr(CheckLimits(), name) for name in limits)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("[settings]\nmin_firms = 2", "settings.min_firms"),
        ("[settings]\nmie = 0.1", "settings.mie"),
        ("[checks]\nleast_measured = 80", "checks.least_measured"),
        ("[checks]\nmost = 0.1", "checks.most"),
    ],
)
def test_a_wrong_threshold_is_named(table, key):
    with pytest.raises(UserError) as refused:
        parse_programme(f"{CONTENT}\n{table}\n", "own.toml")
    assert entries(refused.value) == [key]


# ---- a second grouping of the sectors --------------------------------------------------------------------------------


def grouped(groups: dict[str, list[str]], name: str = "technology") -> str:
    """The file with a grouping of its sectors."""
    words = '{ it = "x", en = "x" }'
    lines = ["[[groupings]]", f'id = "{name}"', f"label = {words}"]
    for group, sectors in groups.items():
        lines += ["[[groupings.groups]]", f'id = "{group}"', f"label = {words}", f"sectors = {sectors!r}"]
    return "\n".join([CONTENT, *lines, ""])


SECTORS = ECOMMERCE.codes("sector")


def test_a_second_grouping_is_a_dimension_like_the_others():
    """Its groups have codes and labels, firms get theirs from their sector, sectors lie in it, pairs may name it."""
    programme = parse_programme(grouped({"high": SECTORS[:4], "low": SECTORS[4:]}), "own.toml")
    assert programme.dimension_names == (*DIMENSIONS, "technology")
    assert programme.codes("technology") == ["high", "low"]
    assert programme.label("technology", "high", Text("en")) == "x"
    assert programme.dimension("sector").parents == ("macro_sector", "technology")
    assert programme.wholes_of(SECTORS[0]) == (
        ("macro_sector", programme.sectors[0].macro_sector),
        ("technology", "high"),
    )
    assert programme.sector_dimensions == ("macro_sector", "sector", "technology")
    firms = pd.DataFrame({"sector": [SECTORS[0], SECTORS[-1], None]})
    assert programme.dimension("technology").code_of(firms).tolist() == ["high", "low", None]
    assert ECOMMERCE.dimension_names == DIMENSIONS


@pytest.mark.parametrize(
    ("groups", "name", "problem"),
    [
        ({"high": SECTORS[:4]}, "technology", SECTORS[4]),
        ({"high": SECTORS, "low": SECTORS[:1]}, "technology", f"sector {SECTORS[0]} stands more than once"),
        ({"high": [*SECTORS, "fishing"]}, "technology", "sector fishing does not exist"),
        ({"high": SECTORS}, "wave", "the name of something else"),
        ({"high": SECTORS}, "sells", "the name of something else"),
    ],
)
def test_a_grouping_that_is_none_is_refused(groups, name, problem):
    """Every sector in exactly one group; no name that stands for something else."""
    with pytest.raises(UserError) as refused:
        parse_programme(grouped(groups, name), "own.toml")
    assert problem in str(refused.value)


def test_data_have_a_licence_also_where_the_file_names_none():
    """CC BY 4.0, as releases of earlier formats have it; a programme may name another."""
    licence = parse_programme(SMALL, "small.toml").licence
    assert (licence.id, licence.url) == ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/")
    assert {licence.name.in_language(language) for language in LANGUAGES} == {"CC BY 4.0"}
    other = ['id = "IODL-2.0"', 'url = "https://www.dati.gov.it/iodl/2.0/"', 'name = { it = "IODL", en = "IODL (I)" }']
    licence = parse_programme("\n".join([SMALL, "[licence]", *other]), "small.toml").licence
    assert (licence.id, licence.name.in_(Text("en"))) == ("IODL-2.0", "IODL (I)")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "CC BY"),
        ("url", "creativecommons.org"),
        ("url", "javascript:alert(1)"),
        ("url", "https://x.it/) [and more](https://y.it/"),
        ("name.it", ""),
    ],
)
def test_a_licence_that_is_none_is_refused(key, value):
    """An id with blanks, an address that a link must not hold, words that are missing in a language."""
    written = {"id": "X-1", "url": "https://x.it/", "name.it": "X", "name.en": "X"} | {key: value}
    lines = [f'{name} = "{words}"' for name, words in written.items() if words]
    assert f"licence.{key}" in str(refused("\n".join([SMALL, "[licence]", *lines])))


def test_what_a_catalogue_asks_is_not_made_up():
    """Without the table: no publisher, no place, no frequency; grants to firms are economy and finance."""
    said = parse_programme(SMALL, "small.toml").catalogue
    assert (said.publisher, said.publisher_id, said.place, said.frequency) == (None, None, None, "UNKNOWN")
    assert said.themes == ("ECON",)
    for wrong in ('publisher_id = "r_x"', 'frequency = "OFTEN"', 'themes = ["MONEY"]', "themes = []", 'place = "Rome"'):
        assert "catalogue" in str(refused(f"{SMALL}\n[catalogue]\n{wrong}"))


# ---- all that is wrong, at once --------------------------------------------------------------------------------------

WRONG = (
    SMALL.replace('data_kind = "public"', 'data_kind = "open"')
    .replace('region = { it = "t", en = "t" }\n', "")
    .replace('outcome = "sales"', 'outcome = "sale"')
    .replace('currency = "EUR"', 'currency = "euro"')
    + """
divisions = [47, 100]
[[sectors]]
id = "food"
label = { it = "t", en = "t" }
macro_sector = "none"
divisions = [10, 47]
[[sectors]]
id = "metal"
label = { it = "t" }
macro_sector = "all"
[colour]
red = 1
"""
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_wrong_is_told_at_once(language):
    """Wrong keys beside contradictions of keys that are right by themselves; each with its key, what was found and what
    was expected, in the reader's language."""
    error = refused(WRONG)
    assert {(problem.entry, problem.kind) for problem in error.problems} == {
        ("region", "missing"),
        ("data_kind", "choice"),
        ("headline.outcome", "not_listed"),
        ("outcomes.sales.currency", "pattern"),
        ("sectors.all.divisions", "no_division"),
        ("sectors.all.divisions", "division_twice"),
        ("sectors.food.macro_sector", "not_listed"),
        ("sectors.metal.label.en", "missing"),
        ("sectors.metal", "sector_empty"),
        ("colour", "unknown"),
    }
    said = error.said(Text(language))
    for words in (
        "small.toml",
        *entries(error),
        '"open"',
        "simulated",
        '"sale"',
        "100",
        "47",
        "sectors.food.divisions",
    ):
        assert words in said


@pytest.mark.parametrize("rest", ["", "\nrest = false", "\ndivisions = []"])
def test_a_sector_whose_divisions_were_forgotten_is_refused(rest):
    """Its firms would be told under the name of the sector of the rest."""
    sector = '\n[[sectors]]\nid = "food"\nlabel = { it = "t", en = "t" }\nmacro_sector = "all"'
    [problem] = refused(SMALL + sector + rest).problems
    assert (problem.kind, problem.entry) == ("sector_empty", "sectors.food")


@pytest.mark.parametrize(
    "wrong",
    [
        "sectors = 3",
        'sectors = ["food"]',
        "outcomes = 1",
        'pairs = "x"',
        "pairs = [[1]]",
        "tiles = [1]",
        "headline = 3",
        'areas = [{ provinces = "MI" }]',
        "groupings = [[]]",
        'title = "x"',
        "title = { it = 1, en = [] }",
        '[windows]\nyears_after = "three"',
        'specifications = ["none"]',
        "rna = 3",
    ],
)
def test_a_file_of_any_shape_is_refused_in_words(wrong):
    """Tables where lists should be, texts where tables should be: named, never a traceback."""
    kept = [line for line in SMALL.split("[[outcomes]]")[0].splitlines() if line.split(" ")[0] not in wrong]
    error = refused("\n".join(kept) + "\n" + wrong)
    assert wrong.split()[0].strip("[]") in {entry.split(".")[0] for entry in entries(error)}
    assert all(error.said(Text(language)) for language in LANGUAGES)
