"""What is dear to make is made once at a time, kept within bounds, and never in the way of what is quick."""

import threading
import time
from collections.abc import Callable

import pytest

from analytics.publish.api.answers import Answer
from analytics.publish.api.refusals import Refusal
from analytics.serve.kept import ROOM, KeptAnswers

HANG = 10.0  # seconds after which a test gives up


def together(n: int, act: Callable[[], object]) -> list[object]:
    """What n threads got that acted at once; an error is what its thread got."""
    gate, got = threading.Barrier(n), []

    def run() -> None:
        gate.wait(HANG)
        try:
            got.append(act())
        except Exception as error:
            got.append(error)

    threads = [threading.Thread(target=run) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANG)
    return got


def test_many_who_ask_at_once_get_one_making() -> None:
    """The very same bytes; who asks later gets them kept."""
    kept, made = KeptAnswers(), []

    def make() -> Answer:
        made.append(time.sleep(0.05))
        return Answer(b"x" * 10)

    answers = together(6, lambda: kept.get("a", make, is_heavy=True))
    assert len(answers) == 6
    assert len({id(answer) for answer in answers}) == 1
    assert kept.get("a", make) is answers[0]
    assert len(made) == 1


def test_a_refusal_reaches_all_who_wait_and_is_not_kept() -> None:
    kept = KeptAnswers()

    def refuse() -> Answer:
        time.sleep(0.05)
        raise Refusal("unknown_code", name="by", value="x")

    assert {type(got) for got in together(4, lambda: kept.get("a", refuse))} == {Refusal}
    assert kept.get("a", lambda: Answer(b"now")).body == b"now"


def test_no_more_is_kept_than_there_is_room_for() -> None:
    """What was asked for longest ago is made anew; what is larger than all room is never kept."""
    one = len(repr("a")) + ROOM
    kept, made = KeptAnswers(100 + 2 * one), []

    def get(key: str, size: int) -> None:
        kept.get(key, lambda: made.append(key) or Answer(b"x" * size))  # type: ignore[func-returns-value]

    for key in ("a", "b", "a", "c"):
        get(key, 40)
    assert made == ["a", "b", "c"]
    assert kept.kept_bytes == 80 + 2 * one
    get("a", 40)
    get("b", 40)
    assert made == ["a", "b", "c", "b"]
    get("large", 101 + 2 * one)
    get("large", 101 + 2 * one)
    assert made[-2:] == ["large", "large"]
    assert kept.kept_bytes == 80 + 2 * one


def test_what_was_asked_takes_room_too() -> None:
    """Keys hold words of whoever asks: many long ones are not kept for nothing."""
    kept = KeptAnswers(10_000)
    for n in range(100):
        kept.get(f"{n}" + "k" * 4000, lambda: Answer(b"x"))
    assert len(kept._kept) <= 2
    assert kept.kept_bytes <= 10_000


def test_what_is_made_here_does_not_wait_for_another_process() -> None:
    kept, started, go = KeptAnswers(), threading.Event(), threading.Event()

    def slow() -> Answer:
        started.set()
        go.wait(HANG)
        return Answer(b"pdf")

    thread = threading.Thread(target=kept.get, args=("pdf", slow), kwargs={"is_heavy": True, "is_apart": True})
    thread.start()
    assert started.wait(HANG)
    assert kept.get("png", lambda: Answer(b"png"), is_heavy=True).body == b"png"
    go.set()
    thread.join(HANG)


def test_heavy_answers_wait_for_each_other_and_quick_ones_do_not() -> None:
    kept, at_once, most = KeptAnswers(), 0, 0
    lock, started, go = threading.Lock(), threading.Event(), threading.Event()

    def heavy() -> Answer:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        started.set()
        go.wait(HANG)
        with lock:
            at_once -= 1
        return Answer(b"heavy")

    threads = [threading.Thread(target=kept.get, args=(key, heavy), kwargs={"is_heavy": True}) for key in "ab"]
    for thread in threads:
        thread.start()
    assert started.wait(HANG)
    assert kept.get("c", lambda: Answer(b"quick")).body == b"quick"
    go.set()
    for thread in threads:
        thread.join(HANG)
    assert most == 1


def test_a_fault_leaves_no_lock() -> None:
    """Whatever breaks while an answer is made, the next one is made."""
    kept = KeptAnswers()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            kept.get("a", lambda: Answer(bytes(1 // 0)), is_heavy=True)
    assert kept.get("a", lambda: Answer(b"x"), is_heavy=True).body == b"x"
