"""The archived files in which a firm may stand: those that a store's log names, and those that no log names."""

import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.store.database import Batch, Store
from analytics.store.formats import Format
from analytics.store.mapping.file import ColumnMapping

ABANDONED_SECONDS = 600  # a folder of a copy that nobody has written to for so long was left by a kill


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One file of the archive. sha256: its hash, which is its name; form: how imports were told that it writes things;
    batches: of the store whose firm is deleted, those that it was imported by; others: other stores that name it;
    firms: what mappings state as the firm of all of its rows.
    """

    path: Path
    sha256: str
    form: Format
    batches: tuple[int, ...]
    others: tuple[Path, ...]
    firms: frozenset[str]


def kept_name(batch: Batch) -> str:
    """The hash under which the archive has a file now."""
    return batch.kept_sha256 or batch.sha256


def archived_files(archive: Path, store: Store, others: Mapping[Path, Sequence[Batch]]) -> Iterator[ArchivedFile]:
    """Those that this store's log names, or none. others: the other stores, with their logs."""
    own: dict[str, list[Batch]] = {}
    for batch in store.log():
        own.setdefault(kept_name(batch), []).append(batch)
    named = {path: {kept_name(batch) for batch in log} for path, log in others.items()}
    mappings = {int(batch_id): _mapping(told) for batch_id, told in store.rows("batch_mappings")}
    for path in sorted(archive.glob("??/*.*")) if archive.is_dir() else ():
        if not path.is_file():
            continue
        batches = [batch.batch_id for batch in own.get(path.stem, ())]
        elsewhere = tuple(other for other, hashes in named.items() if path.stem in hashes)
        if not batches and elsewhere:
            continue  # of another programme alone
        of_file = [mapping for batch in batches if (mapping := mappings[batch]) is not None]
        form = of_file[-1].format if of_file else Format()
        firms = frozenset(mapping.constants.get("fiscal_code", "") for mapping in of_file)
        yield ArchivedFile(path, path.stem, form, tuple(batches), elsewhere, firms)


def _mapping(told: str) -> ColumnMapping | None:
    """A mapping of the log; None for what selects aids of the register."""
    try:
        return ColumnMapping.model_validate(json.loads(told))
    except ValueError:
        return None


def remove_abandoned(archive: Path) -> None:
    """Remove copies that were being written when somebody was stopped."""
    for folder in archive.glob("??/*/") if archive.is_dir() else ():
        newest = max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
        if time.time() - newest > ABANDONED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
