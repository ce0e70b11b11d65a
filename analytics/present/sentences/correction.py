"""What became of a quoted figure -> the notice that corrects it, to be passed on."""

import datetime as dt

from analytics.clock import ROME
from analytics.language.text import Text
from analytics.release.readable import SeenRelease


def day_words(moment: dt.datetime | None, text: Text) -> str:
    """The day of a moment by Rome's clock; a dash where the ledger does not say."""
    return text("table.nothing") if moment is None else text.date(moment.astimezone(ROME).date())


def superseded_notice(
    figure_id: str, was: SeenRelease, by: SeenRelease, text: Text, *, now: str = "", same: bool = False
) -> str:
    """A figure whose release another took the place of. now: the sentence that is right, as it is copied, "" where the
    release in use has none; same: whether it reads as before.
    """
    return text(
        f"correction.{'gone' if not now else 'unchanged' if same else 'superseded'}",
        figure=figure_id,
        release=was.release,
        day=day_words(was.published, text),
        current=by.release,
        since=day_words(by.published, text),
        sentence=now,
    )


def withdrawn_notice(figure_id: str, was: SeenRelease, text: Text, *, now: str = "") -> str:
    """A figure whose release was taken back. now: what the release in use says, as it is copied."""
    return text(
        f"correction.{'withdrawn_now' if now else 'withdrawn'}",
        figure=figure_id,
        release=was.release,
        day=day_words(was.withdrawn, text),
        sentence=now,
    )


def altered_notice(right: str, text: Text) -> str:
    """A sentence that was not quoted as it was published. right: as it is copied."""
    return text("correction.altered", sentence=right)
