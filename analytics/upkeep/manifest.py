"""The manifest of a backup, `manifest.json`: each of its files with size and SHA-256, by what and when it was made."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import analytics
from analytics.model import UserError

MANIFEST: Final = "manifest.json"
KIND: Final = "vetrina-backup"
FORMAT: Final = 1
PARTIAL: Final = ".partial"  # how the folder of a backup that is being made ends
# where files of a backup may lie, by path: no other is ever written into a data folder
PLACES: Final = re.compile(
    r"store/[^/]+\.duckdb(\.wal)?|store/[^/]+\.behind/[^/]+|releases/[^/]+/[^/]+"
    r"|archive/[0-9a-f]{2}/[0-9a-f]{64}[^/]*|audit/[^/]+|vetrina\.toml|programmes/[^/]+\.toml"
)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file of a backup. path: below the backup's folder and, but for programme files, below the data folder; size:
    bytes.
    """

    path: str
    size: int
    sha256: str

    @property
    def programme(self) -> str | None:
        """The programme that it belongs to; None for what belongs to all."""
        first, _, rest = self.path.partition("/")
        if first == "releases":
            return rest.partition("/")[0]
        if first == "programmes":
            return rest.removesuffix(".toml")
        return re.split(r"\.(?:duckdb|behind)\b", rest)[0] if first == "store" else None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. made_at: UTC, as a stamp; tool: the version that wrote it; programmes: those that it holds,
    by alphabet.
    """

    made_at: str
    tool: str
    programmes: tuple[str, ...]
    files: tuple[KeptFile, ...]

    @classmethod
    def of(cls, made_at: str, programmes: tuple[str, ...], files: tuple[KeptFile, ...]) -> "Manifest":
        """As this version writes it."""
        return cls(made_at, analytics.__version__, programmes, files)

    def written(self) -> str:
        """As the file says it, with a hash of itself at the end."""
        body = {"kind": KIND, "format": FORMAT, **asdict(self)}
        return json.dumps(body | {"sha256": _digest(body)}, indent=1) + "\n"

    def named(self, path: str) -> KeptFile | None:
        """The file at that place of the backup."""
        return next((file for file in self.files if file.path == path), None)


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises UserError where it is damaged, of something else, or of a later version."""
    path = folder / MANIFEST
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(body, dict) or body.get("kind") != KIND:
            raise UserError("backup.foreign", folder=folder)
        if body["format"] != FORMAT:
            raise UserError("backup.format", folder=folder, found=body["format"])
        told = body.pop("sha256")
        body = json.loads(json.dumps(body))
        if told != _digest(body):
            raise UserError("backup.damaged", folder=folder, files=MANIFEST)
        files = tuple(KeptFile(**file) for file in body["files"])
        manifest = Manifest(body["made_at"], body["tool"], tuple(body["programmes"]), files)
    except OSError as error:
        raise UserError("backup.unreadable", file=path, problem=error.strerror) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError("backup.damaged", folder=folder, files=MANIFEST) from error
    misplaced = [file.path for file in manifest.files if not _is_in_place(file.path)]
    if misplaced:
        raise UserError("backup.foreign", folder=folder)
    return manifest


def _is_in_place(path: str) -> bool:
    return PLACES.fullmatch(path) is not None and not {".", ".."} & set(path.split("/")) and "\\" not in path


def backups_in(folder: Path) -> list[Path]:
    """The whole backups in a folder, oldest first."""
    if not folder.is_dir():
        return []
    whole = (path for path in folder.iterdir() if path.suffix != PARTIAL and (path / MANIFEST).is_file())
    return sorted(whole, key=lambda path: path.name)


def backup_at(source: Path) -> Path:
    """The backup that a path names: its folder, or the newest in a folder of backups. Raises UserError for none."""
    if (source / MANIFEST).exists():
        return source
    try:
        found = backups_in(source)
    except OSError as error:
        raise UserError("backup.unreadable", file=source, problem=error.strerror) from error
    if not found:
        raise UserError("backup.none", folder=source)
    return found[-1]
