"""How far a search for patterns has come, for whoever waits for it."""

import time

from analytics.model import Progress

SECONDS_PER_STEP = 0.2  # of the search, until it shows that it goes on
PROGRAMS_OF_HALF = 500  # after so many, a pattern counts as half found
PROGRAMS_PER_WAIT = 25  # about so many are solved elsewhere while this process waits
STEPS_PER_PATTERN = 100


class PatternProgress:
    """How far the search has come: of each pattern, nobody knows how many programs it takes, but that it goes on."""

    def __init__(self, progress: Progress, patterns: int) -> None:
        """progress: to whom it is shown; patterns: how many there are to find."""
        self._progress, self._patterns, self._done, self._ticks = progress, patterns, 0, 0
        self._shown = 0.0
        self._show()

    def tick(self) -> None:
        """One program more, or another piece of work."""
        self._ticks += 1
        if time.monotonic() - self._shown > SECONDS_PER_STEP:
            self._show()

    def next(self) -> None:
        """One pattern is found."""
        self._done, self._ticks = self._done + 1, 0
        self._show()

    def wait(self) -> None:
        """Others search."""
        self._ticks += PROGRAMS_PER_WAIT
        self._show()

    def _show(self) -> None:
        part = 1 - PROGRAMS_OF_HALF / (PROGRAMS_OF_HALF + self._ticks)
        done = int(STEPS_PER_PATTERN * (self._done + part))
        self._progress("protect", done, STEPS_PER_PATTERN * self._patterns)
        self._shown = time.monotonic()
