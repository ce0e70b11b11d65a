"""Where things lie: one folder holds the store, the archive, the releases and the demonstration's files.

And how a file gets there whole, on every operating system.
"""

import os
import re
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PROGRAMME_FILES = PROJECT / "data" / "programmes"
WINDOWS = os.name == "nt"
IN_WORK = "tmp-"  # how unfinished files and folders of a data folder are called: then the process that makes them
IN_SYSTEM = "vetrina-"  # the same in the system's folder for temporary files
_OF_PROCESS = re.compile(rf"(?:{IN_WORK}|{IN_SYSTEM})(\d+)-.+|.+\.(\d+)\.partial")
_MINE: set[Path] = set()  # folders that this process works in


@dataclass(frozen=True, slots=True)
class Home:
    """The data folder: `data/` of the project, or what VETRINA_DATA names."""

    root: Path

    @classmethod
    def default(cls) -> "Home":
        """The folder in force."""
        return cls(Path(os.environ.get("VETRINA_DATA") or PROJECT / "data"))

    def store(self, programme: str) -> Path:
        """The confidential file of a programme."""
        return self.root / "store" / f"{programme}.duckdb"

    def stores(self) -> list[str]:
        """The programmes that have a confidential file here, by alphabet."""
        return sorted(path.stem for path in (self.root / "store").glob("*.duckdb"))

    def released(self) -> list[str]:
        """The programmes of which a release was built or published here, by alphabet."""
        return sorted({path.parent.name for path in self.releases.glob("*/*.duckdb")})

    @property
    def archive(self) -> Path:
        """Source files by hash."""
        return self.root / "archive"

    @property
    def audit(self) -> Path:
        """The log of what was done, and by whom."""
        return self.root / "audit"

    @property
    def settings(self) -> Path:
        """The settings of this installation, where there are any."""
        return self.root / "vetrina.toml"

    @property
    def releases(self) -> Path:
        """Published files of all programmes."""
        return self.root / "releases"

    @property
    def confidential(self) -> list[Path]:
        """The folders that nobody but the owner may enter, whether they are there or not."""
        return [self.root / "store", self.archive, self.releases, self.audit, self.root / "backups"]

    def is_new(self, demonstration: str) -> bool:
        """Whether nobody has put data here, but for a demonstration that was not finished."""
        begun = (self.demonstration(demonstration)).exists()
        return not any(self.releases.glob("*/current")) and set(self.stores()) <= ({demonstration} if begun else set())

    def demonstration(self, programme: str) -> Path:
        """Generated input files of a demonstration programme."""
        return self.root / "demonstration" / programme


def programme_ids() -> list[str]:
    """The programmes that have a file here, by alphabet."""
    return [path.stem for path in sorted(PROGRAMME_FILES.glob("*.toml"))]


def make_private(folder: Path) -> None:
    """Make a folder, with those above it, that nobody but the owner may enter.

    One that others could enter, of an earlier version, is closed, with all that lies in it; one of another owner stays
    as it is. Raises OSError where it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not is_open_to_others(folder) or folder.stat().st_uid != os.getuid():
        return
    folder.chmod(0o700)
    for path in folder.rglob("*"):
        with suppress(OSError):  # it has gone since, or is another's
            if not path.is_symlink() and is_open_to_others(path):
                path.chmod(path.stat().st_mode & 0o700)


def close_folders(home: Home) -> None:
    """Close the folders of a data folder that an earlier version left open to others on the machine."""
    for folder in home.confidential:
        with suppress(OSError):  # what is to be done there will say why it cannot be
            if folder.exists():
                make_private(folder)


def is_open_to_others(path: Path) -> bool:
    """Whether others than the owner may read, write or enter a file or folder; of Windows it is not known."""
    return not WINDOWS and bool(path.stat().st_mode & 0o077)


def usual_mode() -> int:
    """Who may read and write a file that this process makes for its user, by the user's own settings."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def keep_to_owner() -> None:
    """From now on, what this process makes is its owner's alone, unless it says otherwise."""
    os.umask(0o077)


def to_disk(path: Path) -> None:
    """Ask the operating system to keep what was written: a file, or a folder's list of names.

    Windows opens no folder, and keeps its list of names by itself; of a file it flushes only what may be written.
    """
    is_folder = path.is_dir()
    if is_folder and WINDOWS:
        return
    descriptor = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def name_once(whole: Path, path: Path) -> None:
    """Give a finished file its name in one step. Raises FileExistsError when something has that name already.

    Elsewhere renaming replaces what has the name, a link never does; Windows refuses to rename onto a taken name, also
    on disks without links.
    """
    if WINDOWS:
        whole.rename(path)
    else:
        os.link(whole, path)


class WorkFolder(tempfile.TemporaryDirectory[str]):
    """A folder for files that are not finished, its owner's alone, which goes at the end of its `with`.

    One that a kill left behind is known by the process in its name: whoever works in the same place next removes it.
    """

    def __init__(self, beside: Path | None = None) -> None:
        """In a folder of the data folder, beside what its files become, or in the system's for temporary files."""
        place = Path(tempfile.gettempdir()) if beside is None else beside
        clear_abandoned(place)
        prefix = f"{IN_SYSTEM if beside is None else IN_WORK}{os.getpid()}-"
        super().__init__(prefix=prefix, dir=place, ignore_cleanup_errors=True)
        _MINE.add(Path(self.name))

    def cleanup(self) -> None:
        """Remove it."""
        super().cleanup()
        _MINE.discard(Path(self.name))


def partial_of(path: Path) -> Path:
    """Where a file is written until it is whole."""
    clear_abandoned(path.parent)
    return path.with_name(f"{path.stem}.{os.getpid()}.partial")


def abandoned(folder: Path) -> list[Path]:
    """What processes that are no more left unfinished in a folder, as far as this account may remove it."""
    found: list[Path] = []
    with suppress(OSError):  # a folder that is not there, or may not be looked into
        for path in folder.iterdir():
            named = _OF_PROCESS.fullmatch(path.name)
            if named and path not in _MINE and not _is_at_work(int(named[1] or named[2]), path):
                found.append(path)
    return sorted(found)


def clear_abandoned(folder: Path) -> list[Path]:
    """Remove what is abandoned in a folder; what was removed."""
    gone = []
    for path in abandoned(folder):
        with suppress(OSError):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            gone.append(path)
    return gone


def _is_at_work(process: int, path: Path) -> bool:
    """Whether the process that made something still runs: another that got its number later began after it."""
    try:
        if not WINDOWS:  # where asking would end it
            os.kill(process, 0)
        made = path.lstat().st_mtime
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's process, or nothing is there any more
        return True
    if process == os.getpid() and path.is_dir():
        return False
    began = _began(process)
    return began is None or made >= began - 2 or WINDOWS


def _began(process: int) -> float | None:
    """When a process began, in seconds as files have them; None where the system does not say."""
    try:
        ticks = float(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
        up = float(Path("/proc/uptime").read_text(encoding="utf-8").split()[0])
        return time.time() - up + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None
