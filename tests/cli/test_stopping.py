"""A signal ends a command cleanly: its exit code says which, nothing is left half done, no traceback is printed."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from analytics.build.one_build import one_build
from analytics.cli import commands
from analytics.faults import clear
from analytics.folders import PROJECT, Home, WorkFolder, abandoned
from analytics.language.text import Text
from analytics.model import UserError
from analytics.signals import StoppedError, stoppable
from analytics.store import opening
from analytics.store.database import Store
from tests.helpers.michigan_release import built, sales_only

PROGRAMME = "michigan-1988"
SECONDS = 60.0
LITTLE = 400 * 2**20  # bytes of address space, in which the libraries alone hardly find room


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if "lock" not in path.name)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_build_that_is_asked_to_end(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """In the middle of estimating: as before, no process that helped goes on, and the next build works."""
    built(tmp_path / "data", sales_only)
    before = files(tmp_path / "data" / "releases"), files(tmp_path / "data" / "store")
    command = [sys.executable, "-m", "analytics", "build", "--programme", PROGRAMME]
    environment = os.environ | {"VETRINA_DATA": str(tmp_path / "data"), "TMPDIR": str(tmp_path)}
    lock = tmp_path / "data" / "store" / f"{PROGRAMME}.build.lock"
    lock.unlink(missing_ok=True)
    # What a shell runs in the background ignores some signals, unless they are set back.
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    ) as process:
        until = time.monotonic() + SECONDS
        while not (lock.exists() and lock.read_text()) and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(number)
        _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == code, said
    assert "Traceback" not in said
    assert (files(tmp_path / "data" / "releases"), files(tmp_path / "data" / "store")) == before
    assert [path for path in tmp_path.iterdir() if path.name.startswith("vetrina-")] == []


def test_what_the_database_makes_of_a_signal_is_not_told(monkeypatch, capsys) -> None:
    """It hands on what ends it as an error of its own: the command was asked to end, and says no more."""

    def interrupted(_: Home) -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(SECONDS)
        except StoppedError as error:
            raise duckdb.InvalidInputException("Traceback (most recent call last):\n  …\nStoppedError") from error

    monkeypatch.setattr(commands, "finish", interrupted)
    assert commands.main(["imports", "--programme", PROGRAMME]) == 143
    assert capsys.readouterr().err == ""
    told = clear(duckdb.Error("Traceback (most recent call last):\n  …\nValueError: too long"))
    assert told is not None
    assert told.details["problem"] == "ValueError: too long"


def test_a_signal_is_an_exception_once() -> None:
    """Work in progress cleans up; the signal's number is known; afterwards everything is as it was."""
    usual = signal.getsignal(signal.SIGTERM)
    cleaned = False
    with stoppable() as stop:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(SECONDS)
        except StoppedError:
            cleaned = True
    assert (cleaned, stop.exit_code, signal.getsignal(signal.SIGTERM)) == (True, 143, usual)


def test_one_build_at_a_time(tmp_path: Path) -> None:
    """The second is told which process builds; once that is gone, it goes on."""
    behind = tmp_path / "x.behind"
    with one_build(behind, "x"), pytest.raises(UserError) as caught, one_build(behind, "x"):
        pass
    assert (caught.value.key, caught.value.details["process"]) == ("release.building", str(os.getpid()))
    with one_build(behind, "x"):
        pass


def test_who_has_the_store_is_told(tmp_path: Path, monkeypatch) -> None:
    """By the number of its process; a store that is only briefly in use is waited for."""
    built(tmp_path / "data", sales_only)
    path = tmp_path / "data" / "store" / f"{PROGRAMME}.duckdb"
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        monkeypatch.setattr(opening, "PATIENCE", 0.0)
        with pytest.raises(UserError) as caught:
            Store(path, PROGRAMME, read_only=True)
        assert (caught.value.key, caught.value.details["process"]) == ("store.locked", str(holder.pid))
        monkeypatch.setattr(opening, "PATIENCE", SECONDS)
        assert holder.stdin is not None
        holder.stdin.close()
        with Store(path, PROGRAMME, read_only=True) as store:
            assert store.log()


def test_what_a_killed_process_left_goes_with_the_next_work(tmp_path: Path) -> None:
    """Of a process that is no more, at once; of one that is at work, never."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    left = tmp_path / f"tmp-{process.pid}-x"
    left.mkdir()
    (tmp_path / f"2026-1.{process.pid}.partial").touch()
    assert len(abandoned(tmp_path)) == 2
    with WorkFolder(tmp_path) as mine:
        assert sorted(path.name for path in tmp_path.iterdir()) == [Path(mine).name]
        assert abandoned(tmp_path) == []
        shutil.copytree(mine, tmp_path / f"tmp-{os.getppid()}-parent")
        assert abandoned(tmp_path) == []


@pytest.mark.parametrize("words", ["import sales later.parquet", "build"])
def test_too_little_memory(tmp_path: Path, words: str) -> None:
    """Where the operating system gives a command no more memory it says so and what to do; all is as before."""
    built(tmp_path / "data", sales_only)
    before = files(tmp_path / "data")
    command = [sys.executable, "-m", "analytics", "--lang", "en", *words.split(), "--programme", PROGRAMME]
    environment = os.environ | {"VETRINA_DATA": str(tmp_path / "data"), "OPENBLAS_NUM_THREADS": "1"}

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (LITTLE, LITTLE))

    done = subprocess.run(command, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=limit)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert Text("en")("error.machine.memory") in done.stderr
    assert [path for path in files(tmp_path / "data") if not path.startswith("audit")] == before
