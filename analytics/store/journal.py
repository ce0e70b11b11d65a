"""Many files of a data folder changed at once: all of them, or none, whenever the machine stops.

What is to stand in place of old files is written into a folder beside the store, with a plan; renaming the folder
decides. From then on whoever opens the store puts the files in place before anything else, each step of which may be
done twice. A folder that was not renamed is thrown away.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from analytics.folders import to_disk
from analytics.model import UserError
from analytics.store.opening import holder_in

PREPARED, DECIDED = ".prepared", ".decided"  # what a store's folder of changes is called
LOCK = "changes.lock"  # beside the stores: one process changes many files at a time
WAIT_SECONDS = 300
_PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens once it is decided; all paths are relative to the store's folder. put: file of the folder of
    changes -> its place; store: the file that becomes the store; kept: another programme's store -> hash of an archived
    file -> of the one in its place; removed: files that go.
    """

    store: str
    put: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    removed: Sequence[str] = ()


def lock_of(store: Path) -> FileLock:
    """The lock of whoever changes many files of a data folder."""
    store.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(store.parent / LOCK)


@contextmanager
def prepared_folder(store: Path) -> Iterator[Path]:
    """An empty folder beside the store, for what is to stand in place of old files; it goes where that fails. Call
    while the lock is held.
    """
    folder = store.with_suffix(PREPARED)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def decide(store: Path, plan: Plan) -> None:
    """From now on the changes hold. Call while the lock is held."""
    folder = store.with_suffix(PREPARED)
    try:
        (folder / _PLAN).write_text(json.dumps(asdict(plan)), encoding="utf-8")
        for path in (*folder.rglob("*"), folder):
            to_disk(path)
        folder.rename(store.with_suffix(DECIDED))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    with suppress(OSError):  # it has its name
        to_disk(store.parent)


def settle(store: Path) -> None:
    """Finish changes that were decided, and throw away those that were not, of whoever was stopped. Raises UserError
    where another process is at it and does not end, or where a file cannot be put in its place.
    """
    decided, prepared = store.with_suffix(DECIDED), store.with_suffix(PREPARED)
    if not decided.exists() and not prepared.exists():
        return
    try:
        with lock_of(store).acquire(timeout=WAIT_SECONDS if decided.exists() else 0):
            finish(store)
            shutil.rmtree(prepared, ignore_errors=True)
    except Timeout as error:
        if decided.exists():
            raise UserError("store.locked", file=store, process=LOCK) from error


def finish(store: Path) -> None:
    """Put decided changes in place; nothing where there are none. Call while the lock is held."""
    folder = store.with_suffix(DECIDED)
    if not folder.exists():
        return
    plan = Plan(**json.loads((folder / _PLAN).read_text(encoding="utf-8")))
    try:
        _put_in_place(store, folder, plan)
        shutil.rmtree(store.with_suffix(PREPARED), ignore_errors=True)
        folder.rename(store.with_suffix(PREPARED))
    except OSError as error:
        raise UserError("store.unfinished", file=store.parent, problem=error.strerror) from error
    except duckdb.Error as error:
        raise UserError("store.locked", file=store.parent, process=holder_in(str(error))) from error
    shutil.rmtree(store.with_suffix(PREPARED), ignore_errors=True)


def _put_in_place(store: Path, folder: Path, plan: Plan) -> None:
    places = {folder / name: store.parent / place for name, place in plan.put.items()}
    for new, place in places.items():
        _put(new, place)
    for other, kept in plan.kept.items():
        _note_kept(store.parent / other, kept)
    for old in plan.removed:
        (store.parent / old).unlink(missing_ok=True)
    if (folder / plan.store).exists():
        store.with_name(f"{store.name}.wal").unlink(missing_ok=True)  # of the old one
        _put(folder / plan.store, store)
    for changed in {place.parent for place in (*places.values(), store)}:
        to_disk(changed)


def _put(new: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):  # it was put there before somebody was stopped
        new.replace(place)


def _note_kept(store: Path, kept: Mapping[str, str]) -> None:
    """Have the log of another programme's imports say which archived file is kept now."""
    if not store.exists():
        return
    with duckdb.connect(store) as connection:
        for old, new in kept.items():
            connection.execute(
                "UPDATE batches SET kept_sha256 = $new WHERE coalesce(kept_sha256, sha256) = $old",
                {"old": old, "new": new},
            )
        connection.execute("CHECKPOINT")
