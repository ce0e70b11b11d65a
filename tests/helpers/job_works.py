"""Work for a process of its own that ends in every way there is."""

import os
import signal
import time

from analytics.model import Progress, UserError


def counting(n: int, *, progress: Progress) -> int:
    progress("estimate", n, n)
    return n


def refusing(*, progress: Progress) -> None:
    raise UserError("store.absent", programme="x")


def failing(*, progress: Progress) -> None:
    raise ValueError


def sleeping(*, progress: Progress) -> None:
    progress("estimate", 0, 2)
    time.sleep(600)


def killing(*, progress: Progress) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
