"""Answers that are dear to make: made once, while others who ask for the same wait, and kept while there is room."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from analytics.publish.api.answers import Answer

MOST_BYTES: Final = 96 * 2**20  # of all kept answers together
MAKERS: Final = 1  # heavy answers that are made at once, here and in processes of their own: pages need the other core
ROOM: Final = 1024  # bytes that an answer takes beside its body and its key


class KeptAnswers:
    """Answers by their key, those asked for longest ago forgotten first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """most_bytes: of all together; a larger one is never kept."""
        self._most, self._bytes = most_bytes, 0
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._making: dict[Hashable, Future[Answer]] = {}
        self._lock = threading.Lock()
        self._makers = {apart: threading.Semaphore(MAKERS) for apart in (False, True)}

    @property
    def kept_bytes(self) -> int:
        """How much is kept."""
        return self._bytes

    def holds(self, key: Hashable) -> bool:
        """Whether an answer is kept, or being made, so that asking for it costs nothing."""
        with self._lock:
            return key is not None and (key in self._kept or key in self._making)

    def get(
        self, key: Hashable, make: Callable[[], Answer], *, is_heavy: bool = False, is_apart: bool = False
    ) -> Answer:
        """The answer of a key: kept, or being made for somebody else, or made now. Raises what making raises.

        is_apart: made in a process of its own: what is made here need not wait for it.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            waited_for = self._making.get(key)
            if waited_for is None:
                mine: Future[Answer] = Future()
                self._making[key] = mine
        if waited_for is not None:
            return waited_for.result()
        return self._make(key, make, mine, self._makers[is_apart] if is_heavy else nullcontext())

    def _make(
        self, key: Hashable, make: Callable[[], Answer], mine: "Future[Answer]", turn: AbstractContextManager[object]
    ) -> Answer:
        try:
            with turn:
                answer = make()
        except BaseException as error:
            with self._lock:
                del self._making[key]
            mine.set_exception(error)
            raise
        with self._lock:
            del self._making[key]
            self._keep(key, answer)
        mine.set_result(answer)
        return answer

    def _keep(self, key: Hashable, answer: Answer) -> None:
        if _size(key, answer) > self._most:
            return
        self._kept[key] = answer
        self._bytes += _size(key, answer)
        while self._bytes > self._most:
            self._bytes -= _size(*self._kept.popitem(last=False))


def _size(key: Hashable, answer: Answer) -> int:
    """How much room an answer takes: a key holds words of whoever asked."""
    return len(answer.body) + len(repr(key)) + ROOM
