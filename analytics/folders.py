"""Where things lie: one folder holds the store, the archive, the releases and the demonstration's files.

And how a file gets there whole, on every operating system.
"""

import os
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
    """Make a folder, with those above it, that nobody but the owner may enter."""
    folder.mkdir(parents=True, exist_ok=True)
    if not WINDOWS and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


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
