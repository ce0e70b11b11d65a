"""What lies in the data folder, as far as it decides who may see what: kinds of data, settings. Looked at again as long
as the server runs: data may come, rights may go.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analytics.access.installation import Access, Installation, load_installation
from analytics.folders import PROGRAMME_FILES, Home
from analytics.language.console import console_text
from analytics.model import DataKind, UserError
from analytics.programme.file import load_programme

LOG = logging.getLogger("vetrina")
SECONDS: Final = 2.0  # after which data are looked at again
STAMP = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Kinds:
    """has_store: whether any programme's confidential file is here; is_real: whether anything here is not invented;
    is_confidential: whether anything is under confidentiality.
    """

    has_store: bool = False
    is_real: bool = False
    is_confidential: bool = False


@dataclass(slots=True)
class Here:
    """A data folder. in_use: the kinds of the data of the releases that readers see, whatever programme files say."""

    home: Home
    in_use: Callable[[], Iterable[DataKind]] = tuple
    clock: Callable[[], float] = time.monotonic
    _looked: float = field(default=float("-inf"))
    _kinds: Kinds = field(default=Kinds())
    _files: dict[str, tuple[STAMP, DataKind]] = field(default_factory=dict)
    _settings: tuple[STAMP, Installation] | None = field(default=None)

    def kinds(self) -> Kinds:
        """What kinds of data are here; as of a moment ago."""
        if self.clock() - self._looked > SECONDS:
            self._kinds, self._looked = self._look(), self.clock()
        return self._kinds

    def _look(self) -> Kinds:
        try:
            files = [path.name for path in (self.home.root / "store").glob("*.*")]
            stores = {name.partition(".")[0] for name in files if name.endswith(".behind") or ".duckdb" in name}
            released = {path.parent.name for path in self.home.releases.glob("*/*.duckdb")}
            kinds = {*map(self._kind_of, stores | released), *self.in_use()}
        except OSError as error:
            LOG.warning("%s: %s", self.home.root, error)
            return Kinds(True, True, True)
        return Kinds(bool(stores), bool(kinds - {DataKind.SIMULATED}), DataKind.CONFIDENTIAL in kinds)

    def _kind_of(self, programme: str) -> DataKind:
        """The kind of a programme's data; of one whose file cannot be read the one that needs most care."""
        stamp = _stamp(PROGRAMME_FILES / f"{programme}.toml")
        known = self._files.get(programme)
        if known is None or known[0] != stamp:
            try:
                kind = load_programme(programme).data_kind
            except UserError:
                kind = DataKind.CONFIDENTIAL
            self._files[programme] = known = (stamp, kind)
        return known[1]

    def installation(self) -> Installation:
        """The settings in force. Raises UserError where they cannot be read at the first look; later nobody has a role
        by settings that cannot be read, until they can.
        """
        stamp = _stamp(self.home.settings)
        if self._settings is not None and self._settings[0] != stamp and (stamp is None or not stamp[1]):
            LOG.warning("%s", self.home.settings)  # gone, or emptied: nobody says that doors may open
            self._settings = stamp, _without_roles(self._settings[1])
        if self._settings is None or self._settings[0] != stamp:
            try:
                self._settings = stamp, load_installation(self.home)
            except UserError as error:
                if self._settings is None:
                    raise
                LOG.warning("%s", error.said(console_text()))
                self._settings = stamp, _without_roles(self._settings[1])
        return self._settings[1]


def _without_roles(last: Installation) -> Installation:
    """What stays of the last settings that could be read."""
    access = Access(anonymous=last.access.anonymous, readers_only=last.access.readers_only)
    return last.model_copy(update={"access": access})


def _stamp(path: Path) -> STAMP:
    """What tells one state of a file from another; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
