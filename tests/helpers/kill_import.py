"""Import sales, or undo the last import, again and again, each time killed (SIGKILL) at a later moment of the store.

Run by tests/store: kill_import.py FOLDER MOMENTS import|undo. FOLDER/home holds a store and FOLDER/sales.csv; a copy of
the home per moment is left behind as FOLDER/0, FOLDER/1, … A moment is a call that ingest.py, repair.py or database.py
makes or receives.
"""

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

from analytics.store.repair import undo
from tests.helpers.officer import Desk


def act_counting(desk: Desk, action: str, content: bytes, kill_at: int | None) -> int:
    """The number of moments of a whole import or undo; killed at the given one, it never returns."""
    count = 0

    def watch(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        if frame.f_code.co_filename.endswith(("store/ingest.py", "store/repair.py", "store/database.py")):
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    if action == "undo":
        with desk.open() as store:
            undo(store)
    else:
        desk.load("sales", content)
    sys.setprofile(None)
    return count


def in_child(folder: Path, action: str, content: bytes, kill_at: int | None) -> int:
    """Run one import or undo in a process of its own, on a copy of the home; how it ended, or its moments."""
    shutil.copytree(folder.parent / "home", folder)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, str(act_counting(Desk.at(folder), action, content, kill_at)).encode())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    os.close(writer)
    return int(os.read(reader, 20)) if status == 0 else -os.WTERMSIG(status)


def main(folder: Path, moments: int, action: str) -> None:
    content = (folder / "sales.csv").read_bytes()
    total = in_child(folder / "whole", action, content, None)
    for i in range(moments):
        ended = in_child(folder / str(i), action, content, 1 + i * (total - 1) // (moments - 1))
        if ended != -signal.SIGKILL:
            sys.exit(f"moment {i} of {total} was not killed: {ended}")
    print(total)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
