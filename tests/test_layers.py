"""The repository keeps its own rules."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
PAGES = [*sorted((PROJECT / "pages").glob("*.py")), PROJECT / "dashboard.py"]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_each_heavy_library_has_its_place() -> None:
    """duckdb in store and release alone, plotly in the charts, streamlit on the pages."""
    allowed = {"duckdb": {"store.py", "release.py"}, "streamlit": set()}
    for path in (PROJECT / "analytics").rglob("*.py"):
        for library, places in allowed.items():
            assert library not in imports(path) or path.name in places, path
        assert "plotly" not in imports(path) or path.parent.name == "charts", path


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_compute_nothing(path: Path) -> None:
    """No SQL, no numpy, no store, no estimator on a page; no HTML made from data."""
    assert not imports(path) & {"numpy", "scipy", "duckdb"}
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"analytics\.(store|build|estimate|panel|ingest|inference)|unsafe_allow_html", source)


def test_reading_pages_load_no_estimator() -> None:
    """The dashboard process loads neither scipy nor the estimators: it only reads releases."""
    code = (
        "import sys; from pages import common, shelf; from analytics import charts, headlines, pictures, tables; "
        "barred = {'scipy', 'sklearn', 'analytics.estimate', 'analytics.store', 'analytics.build'}; "
        "print([name for name in sys.modules if name in barred])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_command_is_documented() -> None:
    """The README names every command of the command line."""
    from analytics.cli.commands import _parser
    from analytics.language.text import Text

    commands = next(action for action in _parser(Text("en"))._actions if action.dest == "command").choices
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert [command for command in commands if f"`{command}`" not in readme] == []


def test_every_sql_file_says_its_grain() -> None:
    """Grain and units on top; bound parameters only."""
    for path in (PROJECT / "analytics" / "sql").glob("*.sql"):
        assert path.read_text(encoding="utf-8").startswith("--"), path
        assert "{" not in path.read_text(encoding="utf-8"), path
