"""Where things lie: one folder holds the store, the archive, the releases and the demonstration's files.

And how a file gets there whole, on every operating system.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PROGRAMME_FILES = PROJECT / "data" / "programmes"
WINDOWS = os.name == "nt"


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
