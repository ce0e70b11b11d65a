"""Published figures (PUBLIC): protected figures come in; an immutable file per release and its ledger go out."""

from analytics.release.figure import Figure
from analytics.release.file import Release
from analytics.release.ledger import Releases

__all__ = ["Figure", "Release", "Releases"]
