"""Damaged files end in a report or a refusal, never in a traceback. `make fuzz` tries 10,000; here a hundred or so."""

import pytest

from analytics.programme.file import load_programme
from tests.store import fuzz
from tests.store.corpus.desk import OpenDesk
from tests.store.mutations import FORMATS, damaged, seeds

BOOKS = ("xlsx", "xls", "ods")  # each is read in a process of its own


def chosen() -> list[int]:
    """The first inputs: a hundred of other formats, a dozen of workbooks."""
    by_format = {number: damaged(0, number).format for number in range(220)}
    books = [number for number, name in by_format.items() if name in BOOKS]
    others = [number for number, name in by_format.items() if name not in BOOKS]
    return [*others[:100], *books[:12]]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk whose store stays open."""
    with OpenDesk.at(tmp_path_factory.mktemp("fuzz"), load_programme(fuzz.PROGRAMME)) as opened:
        yield opened


def test_damaged_files_of_every_format_are_loaded_or_refused(desk):
    """Rows in are rows loaded and rejected, a refusal leaves the store as it was, both languages can say it."""
    done = [fuzz.tried(desk, 0, number) for number in chosen()]
    assert [came.fault for came in done if came.fault] == []
    assert {came.format for came in done} == set(FORMATS)
    assert sum(came.outcome == "loaded" for came in done) > 5
    assert max(came.seconds for came in done) < fuzz.SECONDS


def test_an_input_is_made_of_its_seed_and_number():
    """What finds a fault can be made again; another number is another input."""
    assert damaged(3, 5) == damaged(3, 5)
    assert len({damaged(3, number).content for number in range(30)}) > 20
    assert all(seeds()[name] for name in FORMATS)
