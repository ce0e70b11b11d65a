"""How far a long command has come, on the terminal."""

from typing import NoReturn, Self

from tqdm import tqdm

from analytics.language.text import Text


class Bar:
    """A progress bar per step, on the terminal's error stream."""

    def __init__(self, text: Text) -> None:
        """Words come from the text files."""
        self._text = text
        self._bar: tqdm[NoReturn] | None = None
        self._step = ""

    def __call__(self, step: str, done: int, total: int) -> None:
        """`done` of `total` parts of a step."""
        if step != self._step or self._bar is None:
            self._close()
            label = self._text(f"cli.step.{step}")
            self._bar = tqdm(
                total=total, desc=f"{label:<34}", bar_format="{desc} {bar:28} {n_fmt}/{total_fmt} {elapsed}"
            )
            self._step = step
        self._bar.update(done - self._bar.n)

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
