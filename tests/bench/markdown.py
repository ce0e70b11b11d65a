"""What the documents of the benchmarks are put together from: shares with their error, paragraphs, tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

import pandas as pd


@dataclass(frozen=True, slots=True)
class Share:
    """A share of intervals, and its Monte-Carlo error: those of one programme move together."""

    value: float
    error: float
    n: int

    @classmethod
    def of(cls, hits: pd.Series, programme: pd.Series) -> "Share":
        """hits: whether, for each interval; programme: whose it is."""
        if hits.empty:
            return cls(float("nan"), float("nan"), 0)
        hits = hits.astype(float)
        by_programme = (hits - hits.mean()).groupby(programme).sum()
        k = len(by_programme)
        error = float((by_programme**2).sum() * k / max(k - 1, 1)) ** 0.5 / len(hits)
        return cls(float(hits.mean()), error, len(hits))


def paragraph(text: str) -> str:
    """Its words in lines that fit."""
    return fill(" ".join(text.split()), 120, break_long_words=False, break_on_hyphens=False)


def item(text: str) -> str:
    """Of a list, in lines that fit."""
    return fill(" ".join(f"- {text}".split()), 120, subsequent_indent="  ", break_on_hyphens=False)


def table(head: Iterable[str], lines: Iterable[Sequence[str]]) -> str:
    """Aligned; the first column to the left."""
    rows = [list(head), *lines]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    rows.insert(1, ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])])
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in padded)


def deliver(written: str, output: Path | None, document: Path, *, full: bool) -> None:
    """Into a file; without one, a full run into the document, and a glance, too short to judge by, on the screen."""
    where = output or (document if full else None)
    if where is None:
        print(written)
    else:
        where.write_text(written, encoding="utf-8")
