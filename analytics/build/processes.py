"""Independent pieces of long work, each in a process of its own."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from typing import TypeVar

from analytics.signals import end_with

Work = TypeVar("Work")
Made = TypeVar("Made")
SECONDS_PER_TICK = 0.2


def in_processes(
    function: Callable[[Work], Made], works: Sequence[Work], processes: int, tick: Callable[[], None]
) -> list[Made]:
    """What the function makes of each work, in their order; it and they must be picklable. tick: called now and
    then while they go on. Raises what the function raises, and ends the others then.
    """
    context = multiprocessing.get_context("spawn")  # a fork would copy the locks of whatever threads this process has
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(os.getpid(),)) as pool:
        try:
            futures = [pool.submit(function, work) for work in works]
            going_on = set(futures)
            while going_on:
                done, going_on = wait(futures, SECONDS_PER_TICK, FIRST_EXCEPTION)
                for future in done:
                    future.result()
                tick()
            return [future.result() for future in futures]
        except BaseException:
            for worker in set(multiprocessing.active_children()) - others:
                worker.terminate()
            raise


def _begin(parent: int) -> None:
    """In the new process: interrupts are the parent's, and it ends with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with(parent)
