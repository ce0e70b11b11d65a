"""Kill the life of a release again and again, each time at another moment inside what writes files, pointer and ledger.

Run by tests/whole/test_torture.py: kill_release.py FOLDER MOMENTS. FOLDER/start holds a store and one published
release. For each act a folder is left behind, with the home `before` it, `whole` after it, and a copy 0, 1, … per
moment. Moments are spread over the whole act, which runs to its end first: the even ones by its lines, of the modules
that write and of the part of the standard library that writes for them; the odd ones by the time that it took, so that
they fall within what the database and the operating system do, too.
"""

import datetime as dt
import os
import pickle
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from analytics.access.people import Person
from analytics.audit.log import audited
from analytics.build import candidate as build
from analytics.folders import Home
from analytics.model import DataKind
from analytics.officer import publishing
from analytics.officer.approval import hash_of_release
from analytics.programme.file import Programme, load_programme
from analytics.release import Releases
from analytics.store.database import Store
from analytics.store.ingest import import_file
from analytics.store.mapping.file import load_mapping
from analytics.store.repair import undo
from analytics.upkeep.backup import back_up

PROGRAMME = "michigan-1988"
BUILDER, APPROVER = Person("builder@example.org"), Person("approver@example.org")
OURS = (
    "analytics/release/file.py",
    "analytics/release/writing.py",
    "analytics/release/ledger.py",
    "analytics/release/pointer.py",
    "analytics/release/shown.py",
    "analytics/release/acts.py",
    "analytics/release/records.py",
    "analytics/build/candidate.py",
    "analytics/build/earlier.py",
    "analytics/store/archive.py",
    "analytics/store/database.py",
    "analytics/store/ingest.py",
    "analytics/store/repair.py",
    "analytics/audit/log.py",
    "analytics/officer/publishing.py",
    "analytics/upkeep/backup.py",
    "analytics/upkeep/copying.py",
    "analytics/upkeep/manifest.py",
    "analytics/folders.py",
)
THEIRS = ("write_text", "open", "replace", "cleanup", "_rmtree")  # of pathlib and tempfile
UNTIL = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)


def releases_of(folder: Path) -> Releases:
    return Releases(Home(folder).releases, PROGRAMME)


def make(folder: Path) -> str:
    """A candidate of the store, as the command builds it."""
    programme, home = load_programme(PROGRAMME), Home(folder)
    with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        return build.build(programme, store, releases_of(folder))


def newest(folder: Path) -> str:
    return releases_of(folder).known()[-1]


def bring(folder: Path) -> object:
    """Import a file of sales, which lies beside the data folders."""
    programme, home = load_programme(PROGRAMME), Home(folder)
    file = next(place / "later" / "sales.parquet" for place in folder.parents if (place / "later").exists())
    with Store(home.store(PROGRAMME), PROGRAMME) as store:
        how = load_mapping(file.with_name("jtrain.toml"))
        return import_file("sales", file, programme=programme, store=store, archive=home.archive, mapping=how)


def take_back(folder: Path) -> object:
    with Store(Home(folder).store(PROGRAMME), PROGRAMME) as store:
        return undo(store)


def confidential() -> Programme:
    """The programme as if its data were confidential: two people publish it."""
    return load_programme(PROGRAMME).model_copy(update={"data_kind": DataKind.CONFIDENTIAL})


def make_and_record(folder: Path) -> str:
    """A candidate, and who built it, as the officer's desk records it."""
    home = Home(folder)
    with audited(home, "build", BUILDER, programme=PROGRAMME) as told:
        release = make(folder)
        told(release=release, sha256=hash_of_release(releases_of(folder), release))
    return release


# What is killed, in this order, each on the data folder that the one before leaves: a new operation is a line here.
ACTS: dict[str, Callable[[Path], object]] = {
    "import": bring,
    "undo": take_back,
    "build": make_and_record,
    "approve": lambda folder: publishing.approve(confidential(), newest(folder), APPROVER, Home(folder)),
    "backup": lambda folder: back_up(Home(folder), folder / "backups", APPROVER),
    "embargo": lambda folder: releases_of(folder).publish(newest(folder), UNTIL),
    "publish": lambda folder: releases_of(folder).publish(newest(folder)),
    "withdraw": lambda folder: releases_of(folder).withdraw(newest(folder)),
}


def watched(frame: FrameType) -> bool:
    file, name = frame.f_code.co_filename, frame.f_code.co_name
    if file.endswith(OURS):
        return not name.startswith(("<", "entry_of"))  # these read, a value at a time
    return name in THEIRS and file.endswith(("pathlib.py", "tempfile.py"))


def counted(work: Callable[[], object], kill_at: int | None) -> int:
    """The number of moments of the whole work; killed at the given one, it never returns."""
    count = 0

    def watch(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        if event == "call":
            return watch if watched(frame) else None
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return watch

    sys.settrace(watch)
    work()
    sys.settrace(None)
    return count


def in_child(work: Callable[[], int]) -> int:
    """Run the work in a process of its own; what it answers, or minus the signal that ended it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, str(work()).encode())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        return int(answer.read()) if status == 0 else -os.WTERMSIG(status)


def estimate(folder: Path) -> None:
    """Keep what a candidate of this store holds, apart from the homes."""

    def work() -> int:
        programme, home = load_programme(PROGRAMME), Home(folder / "start")
        releases = releases_of(folder / "start")
        with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
            made = build.contents(programme, store, releases, "2000-1", releases.beside())
            (folder / "contents.pickle").write_bytes(pickle.dumps(made))
        return 0

    in_child(work)


def estimated(folder: Path) -> Callable[..., build.Contents]:
    """In place of `build.contents`: estimating writes nothing, so it need not be done at every kill."""
    made = pickle.loads((folder / "contents.pickle").read_bytes())

    def contents(_programme: object, _store: object, _releases: object, release: str, *_: object) -> build.Contents:
        return replace(made, manifest=replace(made.manifest, release=release))

    return contents


def timed(work: Callable[[], object], kill_after: float | None) -> int:
    """How long the whole work takes, in microseconds; killed after so many seconds, it never returns."""
    began = time.perf_counter()
    if kill_after is not None:
        signal.setitimer(signal.ITIMER_REAL, kill_after)  # nobody hears SIGALRM: it ends the process as SIGKILL does
    work()
    signal.setitimer(signal.ITIMER_REAL, 0)
    return round((time.perf_counter() - began) * 1e6)


@dataclass(frozen=True)
class Killing:
    """An act, and the home that it begins with."""

    act: Callable[[Path], object]
    before: Path

    def on(self, copy: Path, run: Callable[[Callable[[], object]], int]) -> int:
        """Run the act on a copy of the home, in a process of its own."""
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.before, copy)
        return in_child(lambda: run(lambda: self.act(copy)))

    def at_line(self, copy: Path, part: float, lines: int) -> int:
        """Kill it when that part of its lines has run."""
        return self.on(copy, lambda work: counted(work, 1 + int(part * (lines - 1))))

    def at_time(self, copy: Path, part: float, seconds: float) -> int:
        """Kill it when that part of its time is over; sooner, where it was quicker than that."""
        after, ended = max(part * seconds, 1e-4), 0
        while ended >= 0 and after > 1e-5:
            ended = self.on(copy, lambda work, after=after: timed(work, after))
            after *= 0.8
        return ended


def main(folder: Path, moments: int) -> None:
    estimate(folder)
    build.contents = estimated(folder)
    before = folder / "start"
    for name, act in ACTS.items():
        killing = Killing(act, before)
        shutil.copytree(before, folder / name / "before")
        seconds = killing.on(folder / name / "whole", lambda work: timed(work, None)) / 1e6
        lines = killing.on(folder / name / "whole", lambda work: counted(work, None))
        for i in range(moments):
            part, copy = i / max(1, moments - 1), folder / name / str(i)
            ended = killing.at_time(copy, part, seconds) if i % 2 else killing.at_line(copy, part, lines)
            if ended not in (-signal.SIGKILL, -signal.SIGALRM):
                sys.exit(f"{name}: moment {i} of {lines} was not killed: {ended}")
        print(f"{name}: {lines} lines, {seconds:.2f} seconds", flush=True)
        before = folder / name / "whole"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
