"""Answers that are dear to make: made once, while others who ask for the same wait, and kept while there is room."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Final

from analytics.publish.api.answers import Answer

MOST_BYTES: Final = 96 * 2**20  # of all kept answers together
MAKERS: Final = 1  # heavy answers that are made at once: pages need the other core


class KeptAnswers:
    """Answers by their key, those asked for longest ago forgotten first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """most_bytes: of all bodies together; a larger one is never kept."""
        self._most, self._bytes = most_bytes, 0
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._making: dict[Hashable, Future[Answer]] = {}
        self._lock, self._makers = threading.Lock(), threading.Semaphore(MAKERS)

    @property
    def kept_bytes(self) -> int:
        """How much is kept."""
        return self._bytes

    def get(self, key: Hashable, make: Callable[[], Answer], *, is_heavy: bool = False) -> Answer:
        """The answer of a key: kept, or being made for somebody else, or made now. Raises what making raises."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            waited_for = self._making.get(key)
            if waited_for is None:
                mine: Future[Answer] = Future()
                self._making[key] = mine
        return waited_for.result() if waited_for is not None else self._make(key, make, mine, is_heavy)

    def _make(self, key: Hashable, make: Callable[[], Answer], mine: "Future[Answer]", is_heavy: bool) -> Answer:
        try:
            if is_heavy:
                with self._makers:
                    answer = make()
            else:
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
        if len(answer.body) > self._most:
            return
        self._kept[key] = answer
        self._bytes += len(answer.body)
        while self._bytes > self._most:
            _, forgotten = self._kept.popitem(last=False)
            self._bytes -= len(forgotten.body)
