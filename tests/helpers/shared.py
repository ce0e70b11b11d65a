"""What is dear to make is made once for all workers of a run, and only read or copied afterwards."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

_folders: list[Path] = []  # of this run; none outside of one


def share_in(factory: pytest.TempPathFactory) -> None:
    """From now on share within this run: pytest-xdist gives each worker a folder in the run's own."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    folder.mkdir(exist_ok=True)
    _folders[:] = [folder]


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name, which the first of all workers to ask for it makes: whole, or not there. To be read."""
    [shared] = _folders
    whole, half = shared / name, shared / f"{name}.half"
    with FileLock(shared / f"{name}.lock"):
        if not whole.exists():
            shutil.rmtree(half, ignore_errors=True)  # somebody began and failed
            make(half)
            half.rename(whole)
    return whole


def copied(name: str, make: Callable[[Path], object], to: Path) -> Path:
    """A copy of that folder, to be changed."""
    return shutil.copytree(made_once(name, make), to, dirs_exist_ok=True)
