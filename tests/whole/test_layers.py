"""The repository keeps its own rules: which package may load what. Which may import which stands in pyproject.toml."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from analytics.folders import PROJECT

CODE = PROJECT / "analytics"
PAGES = [*sorted((PROJECT / "pages").rglob("*.py")), PROJECT / "dashboard.py"]


def imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it, by its whole name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def within(names: set[str], *packages: str) -> set[str]:
    """Those of the names that are one of the packages or lie in one."""
    return {name for name in names for package in packages if name == package or name.startswith(f"{package}.")}


HOMES = {
    "duckdb": ("analytics/store/", "analytics/release/"),
    "streamlit": ("analytics/serve/", "pages/", "dashboard.py"),
    "starlette": ("analytics/serve/", "pages/", "dashboard.py"),
    "rdflib": ("analytics/publish/linked_data.py",),
}


@pytest.mark.parametrize("library", HOMES)
def test_each_heavy_library_has_its_place(library: str) -> None:
    """duckdb in store and release alone, streamlit and starlette where pages are served, rdflib in linked data."""
    users = [
        path.relative_to(PROJECT).as_posix() for path in (*CODE.rglob("*.py"), *PAGES) if within(imports(path), library)
    ]
    assert [path for path in users if not path.startswith(HOMES[library])] == []
    assert users


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_compute_nothing(path: Path) -> None:
    """No SQL, no numpy, no store, no estimator on a page; no HTML made from data."""
    barred = [f"analytics.{package}" for package in ("store", "build", "estimate", "panel", "evidence", "disclosure")]
    assert not within(imports(path), "numpy", "scipy", "duckdb", *barred)
    assert "unsafe_allow_html" not in path.read_text(encoding="utf-8")


def test_reading_pages_load_no_estimator() -> None:
    """The dashboard process loads neither scipy nor the estimators: it only reads releases."""
    modules = sorted({name for path in PAGES for name in within(imports(path), "analytics")})
    loaded = [name for name in modules if (CODE.parent / name.replace(".", "/")).with_suffix(".py").exists()]
    code = (
        f"import sys, importlib; [importlib.import_module(name) for name in {loaded!r}]; "
        "barred = ('scipy', 'analytics.estimate', 'analytics.store', 'analytics.build'); "
        "print([name for name in sys.modules if name in barred])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert len(loaded) > 10


def test_every_command_is_documented() -> None:
    """The README names every command of the command line."""
    from analytics.cli.commands import _parser
    from analytics.language.text import Text

    commands = next(action for action in _parser(Text("en"))._actions if action.dest == "command").choices
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert [command for command in commands if f"`{command}`" not in readme] == []


def sql_files() -> Iterator[Path]:
    return CODE.rglob("*.sql")


def test_every_sql_file_says_its_grain() -> None:
    """Grain and units on top; bound parameters only."""
    files = list(sql_files())
    assert len(files) > 10
    for path in files:
        written = path.read_text(encoding="utf-8")
        assert written.startswith("--"), path
        assert not re.search(r"\{\w*\}", written), path


CONTRACT = {
    "analytics.model": ("Settings", "DisclosureRules", "Withheld"),
    "analytics.panel": ("Panel",),
    "analytics.estimate": ("effect", "effects_by", "sector_effects", "group_time_att", "before_after"),
    "analytics.disclosure": ("Cube", "protect", "feasible_intervals"),
    "analytics.release": ("Release", "Figure", "Releases"),
}


FORGET = "for name in [name for name in sys.modules if name.split('.')[0] == 'analytics']: del sys.modules[name]"


def test_programs_outside_import_from_where_they_always_did() -> None:
    """The names that other programs call stand where DESIGN says, each loaded where nothing of ours is loaded yet."""
    lines = ["import sys"]
    for module, names in CONTRACT.items():
        lines += [FORGET, f"from {module} import {', '.join(names)}"]
    subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=PROJECT, check=True)


PACKAGES = sorted(path.parent for path in CODE.rglob("__init__.py"))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_every_package_says_what_lives_in_it(package: Path) -> None:
    """Its __init__ opens with a sentence: a stranger reads the packages' first lines and knows the way."""
    words = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert len(words.split()) >= 8, package


def packages_of_tests() -> set[str]:
    return {path.parent.name for path in (PROJECT / "tests").glob("*/test_*.py")}


def test_the_tests_of_every_package_are_run(pytestconfig: pytest.Config) -> None:
    """By itself pytest passes over folders that are named build, dist and the like."""
    passed_over = pytestconfig.getini("norecursedirs")
    assert [name for name in packages_of_tests() if any(fnmatch(name, pattern) for pattern in passed_over)] == []


def test_tests_mirror_the_packages() -> None:
    """One folder of tests per package, under its name, so that a test is found where its code is."""
    packages = {path.name for path in PACKAGES if path.parent == CODE}
    assert packages_of_tests() - packages - {"pages", "whole", "bench"} == set()
    assert packages - packages_of_tests() == set()
