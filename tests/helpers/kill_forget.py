"""Delete a firm again and again, each time killed (SIGKILL) at a later moment of what prepares, decides and finishes.

Run by tests/store/test_forget.py: kill_forget.py FOLDER MOMENTS. FOLDER/home is the data folder; a copy per moment is
left behind as FOLDER/0, FOLDER/1, … A moment is a call that the modules below make or receive.
"""

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

from analytics.build.forget import forget
from analytics.folders import Home
from analytics.programme.file import load_programme
from tests.helpers.forgetting import FIRM, PROGRAMME
from tests.helpers.officer import code

FINISHING = ("store/journal.py",)  # half of the moments fall there
WATCHED = (*FINISHING, "build/forget.py", "store/forget/rows.py", "store/forget/sources.py", "store/database.py")


def forget_counting(home: Path, watched: tuple[str, ...], kill_at: int | None) -> int:
    """The number of moments of a whole deletion; killed at the given one, it never returns."""
    count = 0

    def watch(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        if frame.f_code.co_filename.endswith(watched):
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    programme = load_programme(PROGRAMME)
    sys.setprofile(watch)
    forget(programme, code(FIRM), Home(home))
    sys.setprofile(None)
    return count


def in_child(folder: Path, watched: tuple[str, ...], kill_at: int | None) -> int:
    """Run one deletion in a process of its own, on a copy of the home; how it ended, or how many moments it had."""
    shutil.copytree(folder.parent / "home", folder)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, str(forget_counting(folder, watched, kill_at)).encode())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    os.close(writer)
    return int(os.read(reader, 20)) if status == 0 else -os.WTERMSIG(status)


def main(folder: Path, moments: int) -> None:
    kinds = (WATCHED, FINISHING)
    totals = [in_child(folder / f"whole{k}", watched, None) for k, watched in enumerate(kinds)]
    for i in range(moments):
        total, watched = totals[i % 2], kinds[i % 2]
        ended = in_child(folder / str(i), watched, 1 + i * (total - 1) // (moments - 1))
        if ended != -signal.SIGKILL:
            sys.exit(f"moment {i} of {total} was not killed: {ended}")
    print(totals)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
