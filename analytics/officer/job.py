"""Long work in a process of its own: how far it has come, what it made, or why it ended."""

import atexit
import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from multiprocessing.connection import Connection
from typing import Any
from weakref import WeakSet

from analytics.faults import clear
from analytics.model import UserError
from analytics.officer.told import Words, words_of
from analytics.signals import end_with

SECONDS = 0.2  # between two messages about one step
PATIENCE = 5.0  # seconds, until a process that was asked to end is ended
LOG = logging.getLogger("vetrina")


@dataclass(frozen=True, slots=True)
class Step:
    """How far work has come: a key under `cli.step.`, and `done` of `total` parts."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How work ended. made: its result; refused: what the user can put right; both None: it failed, and the server's
    console says why, or its process was ended from outside (is_killed).
    """

    made: Any = None
    refused: Words | None = None
    is_killed: bool = False


class Job:
    """Work that goes on in a process of its own. The function and its arguments must be picklable; the function takes
    `progress` besides.
    """

    def __init__(self, name: str, work: Callable[..., Any], *arguments: object) -> None:
        """Begin. name: of the work, for who waits."""
        active_children()  # takes note of those that have ended: nothing of them is left to the system
        context = get_context("spawn")  # a fork would copy the locks of whatever threads this process has
        self.name, self.step = name, Step("start", 0, 0)
        self.ended: Ended | None = None
        self.began = time.monotonic()
        self._mine, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs, os.getpid(), work, arguments))
        self._process.start()
        theirs.close()
        _GOING_ON.add(self)

    def poll(self) -> Ended | None:
        """Take in what the process has said; how it ended, None while it goes on."""
        while self.ended is None:
            try:
                if not self._mine.poll():
                    break
                message = self._mine.recv()
            except (EOFError, OSError):
                message = Ended(is_killed=True)
            if isinstance(message, Step):
                self.step = message
                continue
            self.ended = message
            self._mine.close()
        return self.ended

    def wait(self) -> Ended:
        """Wait for the end."""
        while self.poll() is None:
            self._mine.poll(SECONDS)
        assert self.ended is not None  # noqa: S101 - what the loop has just found
        return self.ended

    def ask_to_end(self) -> None:
        """Have the work end by itself, soon."""
        self._process.terminate()

    def stop(self) -> None:
        """End the work. What it had begun to write is whole or not there."""
        if self.poll() is None:
            self.ask_to_end()
            self._process.join(PATIENCE)
            if self._process.is_alive():
                self._process.kill()
                self._process.join(PATIENCE)


_GOING_ON: "WeakSet[Job]" = WeakSet()


@atexit.register
def _stop_all() -> None:
    """No work outlives the server: all are asked to end at once."""
    going_on = [job for job in list(_GOING_ON) if job.poll() is None]
    for job in going_on:
        job.ask_to_end()
    for job in going_on:
        job.stop()


def _run(connection: Connection, parent: int, work: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    """In the new process: do the work, and say how it goes and ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    end_with(parent)
    told = Step("", 0, 0), 0.0

    def progress(step: str, done: int, total: int) -> None:
        nonlocal told
        last, at = told
        if step != last.name or done != last.done or time.monotonic() - at > SECONDS:
            told = Step(step, done, total), time.monotonic()
            connection.send(told[0])

    try:
        ended = Ended(work(*arguments, progress=progress))
    except UserError as error:
        ended = Ended(refused=words_of(error))
    except Exception as error:
        fault = clear(error)
        if fault is None or fault.key == "machine.other":
            LOG.exception("work of the officer's page: %s", work.__name__)
        ended = Ended(refused=words_of(fault) if fault else None)
    connection.send(ended)
    connection.close()
    logging.shutdown()
    os._exit(0)  # the database has nothing left to write, and would only complain of what Python still holds


def _end(*_: object) -> None:
    """As if the work had ended by itself, so that it ends what it has started."""
    raise SystemExit
