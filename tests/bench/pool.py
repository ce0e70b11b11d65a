"""Many programmes on a few processes: results in the order of the tasks, whatever the processes."""

import multiprocessing
import warnings
from collections.abc import Callable, Sequence
from typing import TypeVar

from threadpoolctl import threadpool_limits
from tqdm import tqdm

Task, Done = TypeVar("Task"), TypeVar("Done")


def all_done(work: Callable[[Task], Done], todo: Sequence[Task], processes: int) -> list[Done]:
    """Do every task."""
    with multiprocessing.get_context("spawn").Pool(processes, initializer=_alone) as pool:
        return list(tqdm(pool.imap(work, todo, chunksize=4), total=len(todo), unit="programme"))


def _alone() -> None:
    """One thread for each process; nobody reads the warnings about small sectors."""
    threadpool_limits(1)
    warnings.simplefilter("ignore")
