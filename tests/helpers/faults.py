"""A machine that refuses: the n-th call that writes fails, as a full disk or a read-only folder makes it fail."""

import builtins
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.store.database import Store

CALLS = ("open", "fsync", "replace", "rename", "link", "mkdir")  # of os
SYSTEM = ("/proc", "/dev", "/sys")


@dataclass
class Faulty:
    """How many calls there were below a folder, and whether one was made to fail."""

    root: Path
    at: int
    code: int
    calls: int = 0

    @property
    def hit(self) -> bool:
        return 0 < self.at <= self.calls

    def meet(self, *paths: object) -> None:
        """Count a call on these paths; raises where it is the one that fails. What a failed act clears away is spared:
        only one call fails."""
        if any(self.is_ours(path) for path in paths):
            self.calls += 1
            if self.calls == self.at:
                raise OSError(self.code, os.strerror(self.code), str(paths[-1]) if paths else None)

    def is_ours(self, path: object) -> bool:
        if isinstance(path, int):
            try:
                path = Path(f"/proc/self/fd/{path}").readlink()
            except OSError:
                return False
        return isinstance(path, str | os.PathLike) and Path(path).absolute().is_relative_to(self.root)


@contextmanager
def failing(root: Path, at: int, code: int) -> Iterator[Faulty]:
    """Within, the `at`-th call that writes below `root` fails with an error number (0: none fails, all are counted):
    what opens a file to write, writes what is closed or flushed, makes it durable, names it, makes a folder, or has the
    database commit.
    """
    faulty = Faulty(root, at, code)
    kept: list[tuple[Any, str, Any]] = []

    def instead(module: Any, name: str, make: Callable[[Any], Any]) -> None:
        real = getattr(module, name)
        kept.append((module, name, real))
        setattr(module, name, make(real))

    for name in CALLS:
        instead(os, name, lambda real, name=name: _counted(real, name, faulty))
    for module in (io, builtins):
        instead(module, "open", lambda real: _opened(real, faulty))
    instead(pd.DataFrame, "to_parquet", lambda real: _written(real, faulty))
    instead(Store, "add_batch", lambda real: _of_store(real, faulty))
    try:
        yield faulty
    finally:
        for module, name, real in reversed(kept):
            setattr(module, name, real)


def _counted(real: Any, name: str, faulty: Faulty) -> Any:
    def call(*arguments: Any, **named: Any) -> Any:
        writes = name != "open" or (len(arguments) > 1 and arguments[1] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if writes:
            faulty.meet(*arguments[:2])
        return real(*arguments, **named)

    return call


def _opened(real: Any, faulty: Faulty) -> Any:
    def call(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        if set(mode) & set("wax+") and faulty.is_ours(file):
            faulty.meet(file)
            try:
                faulty.meet(file)
            except OSError:  # it opens, and nothing can be written into it
                real(file, mode, *arguments, **named).close()
                return real("/dev/full", "wb" if "b" in mode else "w")
        return real(file, mode, *arguments, **named)

    return call


def _written(real: Any, faulty: Faulty) -> Any:
    def call(frame: pd.DataFrame, path: Any = None, *arguments: Any, **named: Any) -> Any:
        faulty.meet(path)
        return real(frame, path, *arguments, **named)

    return call


def _of_store(real: Any, faulty: Faulty) -> Any:
    def call(store: Store, *arguments: Any, **named: Any) -> Any:
        faulty.meet(store._path)
        return real(store, *arguments, **named)

    return call
