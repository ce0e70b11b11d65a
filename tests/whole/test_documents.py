"""What the documents say of the code is true of it: paths, names, order of the packages, columns, words, pictures."""

import ast
import re
import struct
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from analytics.access.installation import Installation
from analytics.folders import PROJECT
from analytics.language.text import sentences
from analytics.programme.file import Programme, load_programme
from analytics.programme.parts import CatalogueEntry, Licence, RegisteredAids
from analytics.store import columns
from analytics.store.mapping.file import ColumnMapping
from tests.whole import architecture

DOCUMENTS = (
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "docs/ARCHITECTURE.md",
    "docs/GLOSSARY.md",
    "docs/METHODS.md",
    "docs/OPERATING.md",
)
RENEW = "run `make architecture` and commit what it writes"
MADE = ("data/store/", "data/archive/", "data/releases/", "data/demonstration/", "data/audit/")  # not in git
SETTINGS = "vetrina.toml"  # of a data folder
SUFFIXES = (".py", ".toml", ".sql", ".md", ".svg", ".png", ".css")


def read(name: str) -> str:
    """A document of the project, without its blocks of code."""
    return re.sub(r"```.*?```", "", (PROJECT / name).read_text(encoding="utf-8"), flags=re.DOTALL)


def paths_in(name: str) -> Iterator[str]:
    """What stands in backticks and is a path: it has a folder in it, or a name that ends as a file's does."""
    for words in re.findall(r"`([^`\n]+)`", read(name)):
        if " " not in words and not words.startswith(("/", "--")) and ("/" in words or words.endswith(SUFFIXES)):
            yield words


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_that_a_document_names_exists(name: str) -> None:
    """A path in backticks leads somewhere; `X` in it stands for a name, `*` for any."""
    named = set(paths_in(name))
    paths = {path for path in named - {SETTINGS} if not path.startswith((*MADE, "X"))}
    patterns = {path: re.sub(r"\bX\b", "*", path).rstrip("/") for path in paths}
    assert [path for path, pattern in patterns.items() if not any(PROJECT.glob(pattern))] == []
    assert named


@pytest.mark.parametrize("name", [*DOCUMENTS, "CHANGELOG.md"])
def test_every_link_leads_somewhere(name: str) -> None:
    """Links and pictures within the project."""
    links = re.findall(r"\]\(([^)#]+)", read(name))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not ((PROJECT / name).parent / link).exists()] == []


def test_a_wrong_path_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule above sees paths, and lets pass what is none."""
    words = "`analytics/nowhere.py` `make test` `Settings` `/api/x` `X.toml` `page.title` `--as-of`"
    monkeypatch.setattr("tests.whole.test_documents.read", lambda _: words)
    assert list(paths_in("")) == ["analytics/nowhere.py", "X.toml"]


# ---- names -----------------------------------------------------------------------------------------------------------


@cache
def defined_in(path: Path) -> frozenset[str]:
    """Classes, functions, methods and constants of a file; of a folder, of all its files."""
    files = path.rglob("*.py") if path.is_dir() else [path]
    names: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(names)


def names_in(name: str) -> list[tuple[str, str]]:
    """Names that a document says to be in a file, with the file: `Figure` in `analytics/release/figure.py`."""
    written = read(name)
    pairs = re.findall(r"`(\w+)` in\s+`([^`]+\.py)`", written)
    pairs += [(name, path) for path, name in re.findall(r"`([^`]+\.py)` \(`(\w+)`", written)]
    groups = re.findall(r"`(\w+)` and `(\w+)` in\s+`([^`]+\.py)`", written)
    return pairs + [(first, path) for first, _, path in groups]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_name_stands_where_a_document_says(name: str) -> None:
    """A type or function that is said to be in a file is defined there; where it moved to is told."""
    wrong = [(one, path) for one, path in names_in(name) if one not in defined_in(PROJECT / path)]
    now = {
        one: [str(file) for file in (PROJECT / "analytics").rglob("*.py") if one in defined_in(file)]
        for one, _ in wrong
    }
    assert wrong == [], now


def test_every_type_of_the_glossary_exists() -> None:
    """What stands in the last column is in the code; every word has a sentence and a place there."""
    rows = glossary()
    assert len(rows) > 40
    for word, _, sentence, place in rows:
        assert sentence.endswith("."), word
        assert re.fullmatch(r"`\w+` in `[^`]+\.py`", place), word


# ---- the order of the packages ---------------------------------------------------------------------------------------


def test_the_order_of_the_packages_is_that_of_the_contract() -> None:
    """The line of CONTRIBUTING.md is the layers of pyproject.toml, from the top."""
    line = next(line for line in read("CONTRIBUTING.md").splitlines() if line.startswith("`__main__`"))
    order = [re.findall(r"`(\w+)`", floor) for floor in line.split("→")]
    layers = architecture.contract()
    right = " → ".join(" ".join(f"`{name}`" for name in layer) for layer in layers)
    assert [set(floor) for floor in order] == [set(layer) for layer in layers], f"it should be: {right}"


def test_the_picture_of_the_packages_is_of_this_code() -> None:
    """Drawn again from the imports, docs/architecture.svg is the same to the byte."""
    same = architecture.PICTURE.read_text(encoding="utf-8") == architecture.picture()
    assert same, f"docs/architecture.svg is stale: {RENEW}"


def test_the_table_of_the_packages_is_of_this_code() -> None:
    """Each package stands in docs/ARCHITECTURE.md with the first sentence of its own docstring."""
    page = architecture.PAGE.read_text(encoding="utf-8")
    assert page == architecture.page(page), f"the table in docs/ARCHITECTURE.md is stale: {RENEW}"
    assert all(name in page for layer in architecture.contract() for name in layer)


def test_every_arrow_goes_down_and_none_follows_from_others() -> None:
    """Arrows go to lower floors; every import is an arrow or a way along several, and no arrow is such a way."""
    floor = {name: at for at, names in enumerate(architecture.floors()) for name in names}
    edges = architecture.imports()
    arrows = architecture.reduced(edges)
    assert [(a, b) for a, targets in edges.items() for b in targets if floor[a] >= floor[b]] == []
    ways = {name: reached(name, arrows) for name in edges}
    assert ways == {name: reached(name, edges) for name in edges}
    assert not any(target in ways[other] for targets in arrows.values() for target in targets for other in targets)


def reached(name: str, edges: architecture.Edges) -> set[str]:
    return edges[name] | {below for target in edges[name] for below in reached(target, edges)}


def test_no_two_boxes_of_the_picture_overlap() -> None:
    """Boxes stand apart and within the picture, so that every name can be read."""
    box = rf'<rect x="(-?\d+)" y="(\d+)" width="{architecture.BOX}"'
    places = sorted({(int(x), int(y)) for x, y in re.findall(box, architecture.picture())})
    assert len(places) == sum(map(len, architecture.floors()))
    assert all(x >= 0 and x + architecture.BOX <= architecture.WIDTH for x, _ in places)
    assert not [1 for x, y in places for other, row in places if y == row and 0 < other - x < architecture.BOX]


# ---- words and columns -----------------------------------------------------------------------------------------------


def glossary() -> list[list[str]]:
    """Word, on the pages, sentence, place: the rows of the glossary."""
    rows = [line for line in read("docs/GLOSSARY.md").splitlines() if line.startswith("| **")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_glossary_is_in_order() -> None:
    """Alphabetical, and no word twice."""
    words = [word.strip("*").casefold() for word, *_ in glossary()]
    assert words == sorted(set(words))


def test_the_words_of_the_glossary_are_those_of_the_pages() -> None:
    """What is said to stand on the pages stands there: in the texts of that language."""
    texts = ["\n".join(sentences(language).values()).casefold() for language in ("en", "it")]
    pairs = [both.split(" / ") for _, both, *_ in glossary() if both]
    missing = [words for pair in pairs for words, text in zip(pair, texts, strict=True) if words.casefold() not in text]
    assert missing == []


def test_the_columns_of_the_input_files_are_documented() -> None:
    """Every column that an officer may bring is in docs/OPERATING.md with its meaning, in bold where it must stand."""
    written = read("docs/OPERATING.md")
    rows = [
        f"| **`{column.name}`** | {column.meaning} |" if column.required else f"| `{column.name}` | {column.meaning} |"
        for column in (*columns._APPLICATIONS, *columns.comparison(load_programme("ecommerce-2020")), *columns._SALES)
    ]
    assert [row for row in rows if row not in written] == []


def test_the_examples_of_the_documents_are_what_they_are_said_to_be() -> None:
    """Those in docs/OPERATING.md are read as they stand: a mapping that shows every key of [format], and tables of a
    programme file that show all of theirs.
    """
    written = (PROJECT / "docs" / "OPERATING.md").read_text(encoding="utf-8")
    example, *tables = re.findall(r"```toml\n(.*?)```", written, flags=re.DOTALL)
    mapping = ColumnMapping.model_validate(tomllib.loads(example))
    assert mapping.format.model_fields_set == set(type(mapping.format).model_fields)
    of_programme = tomllib.loads("\n".join(tables))
    for name, kind in (("licence", Licence), ("catalogue", CatalogueEntry), ("rna", RegisteredAids)):
        assert kind.model_validate(of_programme[name]).model_fields_set == set(kind.model_fields)


def test_the_tables_of_the_programme_files_exist() -> None:
    """A table that a document names, such as `[checks]`, is of a programme file, a mapping, the settings or words."""
    known = {field.alias or name for name, field in Programme.model_fields.items()}
    known |= {*ColumnMapping.model_fields, *Installation.model_fields, "language", "error"}
    written = "\n".join(read(name) for name in DOCUMENTS)
    assert set(re.findall(r"`\[+([a-z_]+)\]+`", written)) - known == set()


def test_the_picture_of_the_product_is_small() -> None:
    """README shows one picture, of a size that a page can bear."""
    (picture,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", read("README.md"))
    content = (PROJECT / picture).read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    assert content.startswith(b"\x89PNG")
    assert len(content) <= 250_000
    assert width >= 1200
    assert height <= 1200


def test_contributing_is_short() -> None:
    """It is read before the first change, so it is read in one sitting."""
    assert len((PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) < 120
