"""What the doctor finds in a data folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from analytics.language.text import Text
from analytics.model import UserError


class Weight(StrEnum):
    """Whether something is wrong, was wrong and is repaired, or is only to be known."""

    WRONG = "wrong"
    REPAIRED = "repaired"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. code: its words, under `doctor.found.`; details: what fills their gaps; repairable:
    whether `--repair` puts it right.
    """

    code: str
    details: Mapping[str, object] = field(default_factory=dict)
    weight: Weight = Weight.WRONG
    repairable: bool = False

    def said(self, text: Text) -> str:
        """What is wrong and what to do."""
        error = self.details.get("error")
        words = error.said(text) if isinstance(error, UserError) else text(f"doctor.found.{self.code}", **self.details)
        if self.repairable and self.weight is Weight.WRONG:
            words += " " + text("doctor.repairable")
        return text(f"doctor.{self.weight}", what=words)
