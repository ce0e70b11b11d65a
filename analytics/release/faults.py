"""What can be wrong with what is kept of a programme's releases."""

from dataclasses import dataclass
from enum import StrEnum


class Damage(StrEnum):
    """A fault of the pointer, of the ledger, or of a release's file. Its words stand under `fault.`"""

    POINTER_MISSING = "pointer_missing"
    POINTER_DAMAGED = "pointer_damaged"
    POINTER_FOREIGN = "pointer_foreign"
    POINTER_OLD = "pointer_old"
    LEDGER_MISSING = "ledger_missing"
    LEDGER_DAMAGED = "ledger_damaged"
    LEDGER_FOREIGN = "ledger_foreign"
    LEDGER_SHORT = "ledger_short"
    FILE_MISSING = "file_missing"
    FILE_DAMAGED = "file_damaged"
    LOST = "lost"
    CLOCK_BEHIND = "clock_behind"


REPAIRED = tuple(one for one in Damage if one.startswith(("pointer", "ledger")))


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a programme's releases; release: of whose file, None where it is none of a file."""

    programme: str
    damage: Damage
    release: str | None = None

    @property
    def can_be_repaired(self) -> bool:
        """Whether `repair` mends it; a release's file only comes back from a backup."""
        return self.damage in REPAIRED
