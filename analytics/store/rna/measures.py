"""Which aids of the state aid register are a programme's: by the code of the measure (CAR), or words of its title.

Also which measures a file holds, and which of their titles come near to words that found nothing.
"""

import difflib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from analytics.programme.file import Programme

MOST_MEASURES = 50_000  # told apart in one load
_ALIKE = 0.75  # of two words, difflib's ratio


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the files read. aids: how many there are of it; nominal: their sum in euros, None where it was
    not asked."""

    car: str
    title: str
    aids: int
    nominal: Decimal | None = None


def words_of(said: str) -> frozenset[str]:
    """The words of a title, without accents, capitals and marks: `Bando E-Commerce` -> bando, e, commerce."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", said) if not unicodedata.combining(mark))
    return frozenset(re.findall(r"[^\W_]+", plain.casefold()))


@dataclass(frozen=True, slots=True)
class Selection:
    """A CAR out of a list, words that must all stand in the title; where both are given both must hold."""

    car: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @classmethod
    def stated(cls, car: Sequence[str] = (), title: str = "") -> "Selection":
        """As somebody states it: several codes also in one text, with commas or spaces between them."""
        codes = (_code(code) for each in car for code in re.split(r"[\s,;]+", each))
        return cls(frozenset(code for code in codes if code), words_of(title))

    @classmethod
    def of(cls, programme: Programme) -> "Selection":
        """As the programme file states it."""
        return cls.stated(programme.rna.car, programme.rna.title_words or "")

    @property
    def empty(self) -> bool:
        """Whether nothing is selected by anything."""
        return not self.car and not self.words

    def matches(self, car: str, title: str) -> bool:
        """Whether an aid of that measure belongs to the programme."""
        if self.empty or (self.car and _code(car) not in self.car):
            return False
        return self.words <= words_of(title) if self.words else True

    def as_json(self) -> str:
        """The selection in force, the same text for the same selection."""
        return json.dumps({"car": sorted(self.car), "title": sorted(self.words)}, ensure_ascii=False)


def _code(said: str) -> str:
    return said.strip().upper().lstrip("0")


class Tally:
    """Counts the aids of each measure as they stream by, and tells which are wanted; of a selection that is empty all
    are, so that their sums are known."""

    def __init__(self, selection: Selection) -> None:
        """Nothing is counted yet."""
        self._selection = selection
        self._counts: Counter[tuple[str, str]] = Counter()
        self._sums: Counter[str] = Counter()  # whole cents by CAR
        self._is_wanted: dict[tuple[str, str], bool] = {}
        self.others = 0  # aids of measures beyond MOST_MEASURES

    def wanted(self, car: str, title: str) -> bool:
        """Count an aid; whether it is selected."""
        measure = (car, title)
        if measure not in self._is_wanted:
            matches = self._selection.empty or self._selection.matches(car, title)
            if len(self._counts) >= MOST_MEASURES and not (matches and not self._selection.empty):
                self.others += 1
                return matches
            self._is_wanted[measure] = matches
        self._counts[measure] += 1
        return self._is_wanted[measure]

    def add_amount(self, car: str, nominal: Decimal) -> None:
        """Count euros of a measure."""
        if car in self._sums or len(self._sums) < MOST_MEASURES:
            self._sums[car] += int(nominal * 100)

    def measures(self) -> list[Measure]:
        """All measures, those with most aids first, with their sums where amounts were counted."""
        found: dict[str, list[tuple[str, int]]] = {}
        for (car, title), aids in self._counts.items():
            found.setdefault(car, []).append((title, aids))
        return sorted(
            (
                Measure(car, titles[0][0], sum(n for _, n in titles), _euros(self._sums, car))
                for car, titles in found.items()
            ),
            key=lambda measure: (-measure.aids, measure.car),
        )

    def selected(self) -> list[Measure]:
        """The measures, by CAR and title, that the selection found."""
        return [
            Measure(car, title, aids)
            for (car, title), aids in sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
            if self._is_wanted[car, title]
        ]


def _euros(sums: Counter[str], car: str) -> Decimal | None:
    return Decimal(sums[car]).scaleb(-2) if car in sums else None


def nearest(measures: Iterable[Measure], said: str, most: int = 5) -> list[Measure]:
    """The measures whose titles have most of the words, or words written alike; none where nothing comes near. Rare
    words count for more than those that stand in many titles."""
    measures = list(measures)
    titles = [words_of(measure.title) for measure in measures]
    common = Counter(word for title in titles for word in title)
    alike = {
        asked: set(difflib.get_close_matches(asked, common, n=20, cutoff=_ALIKE)) | ({asked} & common.keys())
        for asked in words_of(said)
    }
    scored = []
    for measure, title in zip(measures, titles, strict=True):
        score = sum(
            max((1 / common[word] for word in title & words), default=0.0) + bool(title & words)
            for words in alike.values()
        )
        if score > 0:
            scored.append((-score, -measure.aids, measure.car, measure))
    return [measure for *_, measure in sorted(scored, key=lambda item: item[:3])[:most]]
