"""CPU of a rerun of one page's script, without server or browser: the median in milliseconds, as JSON.

Run by `served` with a tree's own interpreter in the tree's folder, so that it measures that tree:
`python -P tests/bench/reruns.py "/settori?sector=chemicals"`. What counts is the script's own run, the collection of
garbage after it included; reading its messages back, as AppTest does for tests, does not count.
"""

import gc
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.testing.v1 import AppTest

from pages import PAGES

WARM, RERUNS = 3, 20
PATIENCE = 60  # seconds for one run
TREE = Path.cwd()


def opened(address: str) -> AppTest:
    """A page as its address opens it; AppTest comes to it by the first page, which without data is empty, and quick."""
    parts = urlsplit(address)
    page = next(name for name, path in PAGES.items() if path == parts.path.strip("/"))
    app = AppTest.from_file(str(TREE / "dashboard.py"), default_timeout=PATIENCE)
    if page != "overview":
        data = os.environ.get("VETRINA_DATA")
        with tempfile.TemporaryDirectory() as empty:
            os.environ["VETRINA_DATA"] = empty
            app.run()
        if data is None:
            del os.environ["VETRINA_DATA"]
        else:
            os.environ["VETRINA_DATA"] = data
        app.switch_page(f"pages/{page}.py")
    for key, value in parse_qsl(parts.query):
        app.query_params[key] = value
    return app.run()


def timed() -> list[float]:
    """CPU seconds of every run of a script from now on, written down as they end."""
    spent: list[float] = []
    run = ScriptRunner._run_script

    def measured(runner: ScriptRunner, *arguments: object) -> None:
        start = time.process_time()
        run(runner, *arguments)
        spent.append(time.process_time() - start)

    ScriptRunner._run_script = measured
    return spent


def main() -> None:
    """Print the median."""
    app = opened(sys.argv[1])
    if app.exception:
        raise SystemExit(str(app.exception[0].value))
    for _ in range(WARM):
        app.run()
    # As the server does before its first reader: what is in memory by now stays, and is not looked through again.
    gc.collect()
    gc.freeze()
    spent = timed()
    each = []
    for _ in range(RERUNS):
        before = len(spent)
        app.run()
        each.append(sum(spent[before:]))
    print(json.dumps(1000 * statistics.median(each)))


if __name__ == "__main__":
    main()
