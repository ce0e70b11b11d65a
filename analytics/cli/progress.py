"""How far a long command has come, on the terminal."""

import sys
import time
from typing import NoReturn, Self

from tqdm import tqdm

from analytics.cli.terminal import behind
from analytics.language.text import Text

SECONDS = 0.2  # between two drawings of a bar


class Bar:
    """A progress bar per step, on the terminal's error stream."""

    def __init__(self, text: Text) -> None:
        """Words come from the text files."""
        self._text = text
        self._bar: tqdm[NoReturn] | None = None
        self._step, self._drawn = "", 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        """`done` of `total` parts of a step; drawn anew also where no part more is done, so that its clock goes on."""
        if step != self._step or self._bar is None:
            self._close()
            label = self._text(f"cli.step.{step}")
            self._bar = tqdm(
                total=total,
                desc=f"{label:<34}",
                bar_format="{desc} {bar:28} {n_fmt}/{total_fmt} {elapsed}",
                file=behind(sys.stderr),
            )
            self._step = step
        self._bar.n = done
        if done == total or time.monotonic() - self._drawn > SECONDS:
            self._bar.refresh()
            self._drawn = time.monotonic()

    def __enter__(self) -> Self:
        """Nothing is drawn before the first step."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the line."""
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
