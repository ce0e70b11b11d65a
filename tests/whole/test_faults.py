"""Whatever the machine refuses, at whichever call of a step that writes: a sentence, nothing half done, and the next
try works.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.build import candidate as build
from analytics.cli.commands import main
from analytics.demonstration.michigan import write_michigan_files
from analytics.folders import Home
from analytics.release import Releases
from analytics.release.pointer import ACTING
from analytics.store.database import Store
from tests.helpers.faults import failing
from tests.helpers.kill_release import PROGRAMME, estimate, estimated
from tests.helpers.michigan_release import built, sales_only

MOMENTS = int(os.environ.get("VETRINA_FAULTS", "2"))  # of each step; make torture tries every call
CODES = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO, errno.EDQUOT)
FORMAT = '[format]\ndate = "%Y"\n'
FIRM = "410032"


@dataclass(frozen=True)
class Step:
    """A command that writes. words: as typed, {files} the folder of input files, {out} where files are written to;
    first: commands that come before; shows: whether readers see its effect."""

    words: str
    first: tuple[str, ...] = ()


IMPORT = "import sales {files}/later.parquet --mapping {files}/jtrain.toml"
BUILD = "build"
STEPS = {
    "import": Step(IMPORT),
    "import_first": Step("import applications {files}/applications.csv --mapping {files}/a.toml"),
    "undo": Step("undo"),
    "retract": Step(f"retract sales {FIRM} 1987 sales"),
    "build": Step(BUILD),
    "publish": Step("publish {candidate}", (BUILD,)),
    "embargo": Step("publish {candidate} --embargo-until 2099-01-01", (BUILD,)),
    "withdraw": Step("withdraw {published}"),
    "forget": Step(f"forget {FIRM} --yes"),
    "export": Step("export figures -o {out}/figures.csv"),
    "propose": Step("propose sales {files}/later.parquet -o {out}/m.toml"),
    "template": Step("template sales -o {out}/t.xlsx"),
    "save_mapping": Step(IMPORT + " --save-mapping {out}/m.toml"),
    "rejected": Step("import sales {files}/wrong.csv --mapping {files}/jtrain.toml --rejected {out}/r.xlsx"),
}
FIRST = "import_first"  # on a data folder that does not exist yet
REFUSED = {"rejected": 1}  # exit codes of steps that go well, where not 0


@dataclass
class Office:
    """A data folder, files to import, and a folder to write to, below one root."""

    root: Path
    start: Path
    step: str

    @property
    def home(self) -> Home:
        return Home(self.root / "data")

    def fresh(self) -> None:
        """As before the step."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.start, self.root)

    def words(self, line: str) -> list[str]:
        releases = Releases(self.home.releases, PROGRAMME)
        known = releases.known() or [""]
        line = line.format(
            files=self.start / "files", out=self.root / "out", candidate=known[-1], published=releases.current
        )
        return ["--lang", "en", *line.split(), "--programme", PROGRAMME]

    def run(self) -> int:
        return main(self.words(STEPS[self.step].words))

    def state(self) -> tuple[Any, ...]:
        """All that a person would miss or find too much: what the store tells, the shelf, every other file."""
        releases = Releases(self.home.releases, PROGRAMME)
        states = {name: releases.state(name) for name in releases.known()}
        return self.stored(), releases.published(), releases.embargoed(), states, self.files()

    def stored(self) -> tuple[object, ...]:
        path = self.home.store(PROGRAMME)
        if not path.exists():
            return ()
        with Store(path, PROGRAMME, read_only=True) as store:
            log = [(b.input_table, b.sha256, bool(b.undone_at), b.kept_sha256) for b in store.log()]
            tables = ("current_applications", "current_observations", "rejected_rows")
            return (log, *(store.number(f"SELECT count(*) FROM {table}") for table in tables))

    def files(self) -> list[str]:
        """Names of files and empty folders, but for locks, the log of operations, and what each act changes."""
        left_out = {
            "shown",
            "audit",
            ACTING,
            "changes.lock",
            "lock",
            f"{PROGRAMME}.build.lock",
            f"{PROGRAMME}.duckdb.wal",
        }
        found = [path for path in self.root.rglob("*") if not left_out & {*path.relative_to(self.root).parts}]
        ends = [path for path in found if path.is_file() or not any(path.iterdir())]
        return sorted(path.relative_to(self.root).as_posix() for path in ends)


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> Iterator[Path]:
    """A folder with a published release under data/, files to import under files/, and an empty folder out/."""
    folder = tmp_path_factory.mktemp("begun")
    built(folder / "start" / "data", sales_only)
    shutil.rmtree(folder / "start" / "data" / "files")
    files = folder / "start" / "files"
    _, sales, _ = write_michigan_files(files)
    table = pd.read_parquet(sales)[["fcode", "year", "sales"]]
    table[table["fcode"] % 5 == 0].assign(sales=lambda rows: rows["sales"] * 3).to_parquet(files / "later.parquet")
    (files / "a.toml").write_text(FORMAT)
    (files / "wrong.csv").write_text(f"fcode,year,sales\n{FIRM},1987,abc\n")
    (folder / "start" / "out").mkdir()
    (folder / "start" / "data").rename(folder / "whole")
    (folder / "whole").rename(folder / "start" / "data")
    _estimate(folder)
    return folder


def _estimate(folder: Path) -> None:
    shutil.copytree(folder / "start" / "data", folder / "estimated" / "start")
    estimate(folder / "estimated")


@pytest.fixture
def office(begun: Path, request, tmp_path, monkeypatch) -> Office:
    """Before a step; estimating, which writes nothing, is done once for all builds."""
    step = request.param
    start = tmp_path / "start"
    shutil.copytree(begun / "start", start)
    monkeypatch.setenv("VETRINA_DATA", str(start / "data"))
    monkeypatch.setattr(build, "contents", estimated(begun / "estimated"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "root" / "tmp"))
    (start / "tmp").mkdir()
    if step == FIRST:
        shutil.rmtree(start / "data")
    before = Office(start, start, step)
    for line in STEPS[step].first:
        assert main(before.words(line)) == 0
    monkeypatch.setenv("VETRINA_DATA", str(tmp_path / "root" / "data"))
    return Office(tmp_path / "root", start, step)


@pytest.mark.parametrize("office", STEPS, indirect=True)
def test_whichever_call_fails(office: Office, capsys) -> None:
    """Each call that writes fails once, in turn as on a full disk, a read-only one, without permission, a broken one:
    exit code 1 and a sentence without a traceback, all as before, no file too many; or the step is done whole, where
    what failed does not matter, or is finished by the next command, where it was decided. Then the step works.
    """
    office.fresh()
    before = office.state()
    with failing(office.root, 0, 0) as counted:
        assert office.run() == REFUSED.get(office.step, 0), capsys.readouterr().err
    calls = counted.calls
    after = office.state()
    refused = 0
    for at in count(1, max(1, calls // MOMENTS)):
        if office.state() != before:
            office.fresh()
        code = CODES[at % len(CODES)]
        capsys.readouterr()
        with failing(office.root, at, code) as faulty:
            ended = office.run()
        said = capsys.readouterr().err
        if not faulty.hit:
            break
        assert "Traceback" not in said, (at, said)
        now = office.state()
        if ended == REFUSED.get(office.step, 0) and now == after:
            continue
        refused += 1
        assert ended == 1, (at, said)
        assert _is_plain(said), (at, said)
        if any(words in said for words in DECIDED):
            assert main(office.words("imports")) == 0
            now = office.state()
        held = after if any(words in said for words in (*DONE, *DECIDED)) else before
        # The mapping is written once the import is recorded.
        missing = {"out", "out/m.toml"} if any(words in said for words in NOT_SAVED) else set()
        assert _same(now, held, missing), (at, said, _different(now, held))
    assert refused
    office.fresh()
    assert office.run() == REFUSED.get(office.step, 0)
    assert office.state() == after


DONE = ("was imported", "was done, but its end")  # what cannot be written once a step has been done
NOT_SAVED = ("its end could not", "its mapping could not be written")
DECIDED = ("finishes it first",)
PLAIN = ("changed nothing", "nothing was changed", *DECIDED, *DONE)


def _is_plain(said: str) -> bool:
    """Whether it says what became of the step."""
    return any(words in said for words in PLAIN)


def _same(now: tuple[Any, ...], held: tuple[Any, ...], missing: set[str]) -> bool:
    """Whether two states are one, but for files that may be missing, and the folder that is empty then."""
    *told, files = now
    *others, wanted = held
    return told == others and set(files) - missing == set(wanted) - missing


def _different(now: tuple[object, ...], held: tuple[object, ...]) -> list[object]:
    return [sorted(set(map(str, one)) ^ set(map(str, other))) for one, other in zip(now, held, strict=True)]
