"""Files of a restored backup put in place of others: all of them, or none, whenever the machine stops.

They lie ready in a folder inside the data folder, with a plan; renaming that folder decides. From then on every command
first finishes it, each step of which may be done twice. What had one of their names goes aside, and is not deleted.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from analytics.folders import Home, to_disk
from analytics.model import UserError
from analytics.upkeep.copying import disk_errors, keep_on_disk, linked, make_folder, removed

READY, DECIDED = "restore.partial", "restore.decided"
LOCK: Final = "restore.lock"
_PLAN: Final = "plan.json"


@dataclass(frozen=True, slots=True)
class Plan:
    """aside: the folder for what had the places; places: of all files that come, in their order; leaving: places of
    files that go aside though none comes.
    """

    aside: str
    places: Sequence[str]
    leaving: Sequence[str] = ()


@contextmanager
def alone(root: Path) -> Iterator[Path]:
    """An empty folder for what is to come; one restore at a time. Raises UserError."""
    is_new = not root.exists()
    try:
        with _locked(root):
            _finish(root)
            removed(root / READY)
            with disk_errors(root):
                make_folder(root / READY)
            try:
                yield root / READY
            finally:
                removed(root / READY)
    finally:
        if is_new and root.is_dir() and {path.name for path in root.iterdir()} <= {LOCK}:  # made for nothing
            removed(root)


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    with disk_errors(root):
        make_folder(root)
        lock = FileLock(root / LOCK, mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise UserError("restore.busy", folder=root) from error
    try:
        yield
    finally:
        lock.release()


def decide(root: Path, plan: Plan) -> None:
    """From now on what lies ready holds. Call alone. Raises UserError, and nothing is decided then."""
    ready = root / READY
    with disk_errors(root):
        (ready / _PLAN).write_text(json.dumps(asdict(plan)), encoding="utf-8")
        to_disk(ready / _PLAN)
        keep_on_disk(ready)
        ready.rename(root / DECIDED)
        to_disk(root)
    _finish(root)


def finish(home: Home) -> None:
    """Finish what was decided and cut off; nothing where nothing was. Raises UserError where that does not go."""
    if not (home.root / DECIDED).exists():
        return
    try:
        with FileLock(home.root / LOCK, mode=0o600).acquire(timeout=0):
            _finish(home.root)
    except Timeout as error:
        raise UserError("restore.busy", folder=home.root) from error
    except OSError as error:
        raise UserError("restore.unfinished", folder=home.root, problem=error.strerror or str(error)) from error


def _finish(root: Path) -> None:
    decided = root / DECIDED
    if not decided.exists():
        return
    try:
        plan = Plan(**json.loads((decided / _PLAN).read_text(encoding="utf-8")))
        for place in plan.leaving:
            _set_aside(root, plan.aside, place)
            (root / place).unlink(missing_ok=True)
        for place in plan.places:
            if (decided / place).exists():
                _set_aside(root, plan.aside, place)
                make_folder((root / place).parent)
                (decided / place).replace(root / place)
        for folder in {(root / place).parent for place in (*plan.places, *plan.leaving)}:
            if folder.is_dir():
                to_disk(folder)
        # the plan goes first: what a deletion that is cut off leaves behind decides nothing any more
        decided.rename(root / READY)
        removed(root / READY)
        to_disk(root)
    except OSError as error:
        raise UserError("restore.unfinished", folder=root, problem=error.strerror or str(error)) from error


def _set_aside(root: Path, aside: str, place: str) -> None:
    """Give what has a place a second name, in the folder aside; its own name it keeps until the new file takes it."""
    file, kept = root / place, root / aside / place
    if not file.exists() or (kept.exists() and kept.samefile(file)):
        return
    if kept.exists():
        kept = next(path for i in range(2, 1000) if not (path := kept.with_name(f"{kept.name}.{i}")).exists())
    if not linked(file, kept):
        partial = kept.with_name(f"{kept.name}.partial")
        shutil.copyfile(file, partial)
        partial.chmod(0o600)
        to_disk(partial)
        partial.replace(kept)
