"""Files of an installation that others on the machine may read or change, and should not."""

import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analytics.folders import WINDOWS


@dataclass(frozen=True, slots=True)
class Exposed:
    """A file. key: of the words that say what is wrong and what to do, under `exposed.`."""

    key: str
    path: Path


def exposed(settings: Path, secrets: Iterable[Path], folders: Iterable[Path]) -> list[Exposed]:
    """What others may do that they should not, in the order given; of files that are not there nothing.

    settings: says who has which role, so nobody else may write it; secrets: nobody else may read them; folders: of
    confidential data, nobody else may enter them.
    """
    private = stat.S_IRWXG | stat.S_IRWXO
    looked_at = [("settings", settings, stat.S_IWGRP | stat.S_IWOTH)]
    looked_at += [("secrets", path, private) for path in secrets]
    looked_at += [("folder", path, private) for path in folders]
    return [Exposed(key, path) for key, path, forbidden in looked_at if _mode(path) & forbidden]


def _mode(path: Path) -> int:
    try:
        return 0 if WINDOWS else path.stat().st_mode
    except OSError:
        return 0
