"""PUBLIC. Protected figures come in; one immutable file per release, its ledger and its differences go out."""

from analytics.release.figure import Figure
from analytics.release.file import Release
from analytics.release.ledger import Releases

__all__ = ["Figure", "Release", "Releases"]
