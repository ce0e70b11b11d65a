"""Signals that end a process: it cleans up behind itself, and no process outlives the one that began it."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

SECONDS = 0.5  # between two looks at whether the parent is there
PATIENCE = 5.0  # seconds until a process that was asked to end is ended
FIRST_EXIT_CODE = 128  # shells add the signal's number to it


class StoppedError(BaseException):
    """A signal asks this process to end; no handler of errors takes it for one."""


@dataclass(slots=True)
class Stop:
    """Whether a signal has asked to end; its number, 0 before."""

    number: int = 0

    @property
    def exit_code(self) -> int:
        """143 of SIGTERM, 130 of SIGINT."""
        return FIRST_EXIT_CODE + self.number


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Within, SIGTERM, SIGINT and SIGHUP end the work as an exception would, so that it cleans up; a second one ends
    the process at once. Signals are only heard in the main thread.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def end(number: int, _: FrameType | None) -> None:
        stop.number = number
        signal.signal(number, signal.SIG_DFL)
        raise KeyboardInterrupt if number == signal.SIGINT else StoppedError

    heard = [one for name in ("SIGTERM", "SIGINT", "SIGHUP") if (one := getattr(signal, name, None)) is not None]
    before = {number: signal.getsignal(number) for number in heard}
    heard = [number for number in heard if before[number] is not signal.SIG_IGN]  # nohup, and shells' background
    for number in heard:
        signal.signal(number, end)
    try:
        yield stop
    finally:
        for number in heard:
            signal.signal(number, before[number] or signal.SIG_DFL)


def end_with(parent: int) -> None:
    """From now on this process ends when its parent, of that process id, is gone: asked first, then at once."""
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(FIRST_EXIT_CODE + signal.SIGTERM)
