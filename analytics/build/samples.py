"""What is measured: a sample for every outcome and horizon of a programme."""

from collections.abc import Mapping, Sequence

from analytics.estimate.sample import Sample
from analytics.panel import Panel
from analytics.programme.file import Programme

Samples = Mapping[str, Sequence[Sample]]  # outcome -> one per horizon


def samples_of(panel: Panel, programme: Programme, years: Sequence[int]) -> Samples:
    """Every outcome over all complete years together, then over each year after funding."""
    return {
        outcome.name: [Sample(panel, outcome.name, programme.settings, year) for year in (None, *years)]
        for outcome in programme.outcomes
    }
