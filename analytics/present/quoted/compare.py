"""A text and the approved sentences -> the sentence that it quotes, and every number and word in which it differs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from analytics.present.quoted.sentences import Quotable
from analytics.present.quoted.tokens import Words, clings, is_number, line, skeleton

SHORTLIST: Final = 6  # sentences that are compared word by word
LEAST_SHARED: Final = 0.5  # of a sentence's words, in order: below it a text quotes another thing
LEAST_CUT: Final = 10  # words of a text that holds nothing but a part of a sentence
LONGEST: Final = 400  # words of a text that are compared one by one


@dataclass(frozen=True, slots=True)
class Difference:
    """Something altered, as it is printed: what was pasted in place of what is right; "" where it was left out, or
    added.
    """

    pasted: str
    right: str


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence found in a text. weight: how many words and numbers differ; foreign: how many words of the text are
    not the sentence's; begin, end: which words of the text it is.
    """

    sentence: Quotable
    differences: tuple[Difference, ...]
    weight: int
    begin: int
    end: int
    foreign: int

    @property
    def rank(self) -> tuple[bool, int, int]:
        """What comes first: to the letter, then what holds most of a text's words, then what is altered least."""
        return self.weight > 0, self.foreign, self.weight


@dataclass(frozen=True, slots=True)
class _Change:
    """Words of a sentence, from begin to end, and those of a text, from first to last, that stand in their place."""

    begin: int
    end: int
    first: int
    last: int

    @property
    def weight(self) -> int:
        return max(self.end - self.begin, self.last - self.first)

    def longer(self, words: int) -> "_Change":
        return _Change(self.begin, self.end + words, self.first, self.last + words)


_Step = tuple[str, int, int, int, int]  # of SequenceMatcher: from a sentence to a text


def closest(text: Words, sentences: Iterable[Quotable]) -> list[Match]:
    """The sentences that a text quotes, best first: word for word; else but for numbers, or nearly. [] for none."""
    listed = list(sentences)
    found = [match for one in listed if one.text.line in text.line for match in _exact(one, text)]
    if not found:
        found = [_with_other_numbers(one, text) for one in listed if one.text.shape in text.shape]
        if not found or min(match.weight for match in found) > 1:  # as well the sentence with another group's name
            found += _nearly(text, listed)
    # of two forms that fit the text, one may lie within the other
    return sorted(found, key=lambda match: match.rank)


def _exact(one: Quotable, text: Words) -> list[Match]:
    """At every place where it stands."""
    size, others = len(one.text), len(text) - len(one.text)
    return [Match(one, (), 0, begin, begin + size, others) for begin in _places(one.text.line, text.line)]


def _places(part: str, whole: str) -> Iterator[int]:
    """How many words of a line stand before a part of it, at every place."""
    place = whole.find(part)
    while place >= 0:
        yield whole.count(" ", 0, place)
        place = whole.find(part, place + 1)


def _with_other_numbers(one: Quotable, text: Words) -> Match:
    """Where its words stand, the numbers that differ; of several places the one with the fewest."""
    size = len(one.text)
    starts = _places(one.text.shape, text.shape)
    return min(
        (_match(one, text, [("equal", 0, size, start, start + size)]) for start in starts), key=lambda m: m.weight
    )


def _nearly(text: Words, listed: Sequence[Quotable]) -> list[Match]:
    mine = set(text.first(LONGEST).words)
    shared = sorted(
        ((len(mine & (own := set(one.text.words))) / len(own), -place) for place, one in enumerate(listed)),
        reverse=True,
    )
    shortlist = [listed[-place] for score, place in shared[:SHORTLIST] if score >= LEAST_SHARED / 2]
    return [match for one in shortlist if (match := _aligned(one, text)) is not None]


def _aligned(one: Quotable, text: Words) -> Match | None:
    """Its words and those of the text side by side; None where too few are alike."""
    right, mine = skeleton(one.text.words), skeleton(text.first(LONGEST).words)
    steps = SequenceMatcher(None, right, mine, autojunk=False).get_opcodes()
    alike = sum(end - begin for kind, begin, end, _, _ in steps if kind == "equal")
    if alike < LEAST_SHARED * len(right) and not alike == len(mine) >= LEAST_CUT:
        return None
    within = [step for step in steps if not (step[0] == "insert" and step[1] in (0, len(right)))]
    return _match(one, text, within)


def _match(one: Quotable, text: Words, steps: Sequence[_Step]) -> Match:
    changes = _changes(one.text, text, steps)
    begin, end = steps[0][3], steps[-1][4]
    return Match(
        one,
        tuple(
            Difference(text.part(change.first, change.last), one.text.part(change.begin, change.end))
            for change in _together(_with_numbers(changes, one.text, text))
        ),
        sum(change.weight for change in changes),
        begin,
        end,
        len(text) - (end - begin) + sum(change.last - change.first for change in changes),
    )


def _changes(right: Words, mine: Words, steps: Sequence[_Step]) -> list[_Change]:
    """Each on its own: what is alike but for its numbers, word by word."""
    found = []
    for kind, begin, end, first, last in steps:
        if kind != "equal":
            found.append(_Change(begin, end, first, last))
            continue
        pairs = enumerate(zip(right.words[begin:end], mine.words[first:last], strict=True))
        found += [_Change(begin + i, begin + i + 1, first + i, first + i + 1) for i, (a, b) in pairs if a != b]
    return found


def _with_numbers(changes: Sequence[_Change], right: Words, mine: Words) -> list[_Change]:
    """The same where no article or mark is cut off from the number behind it, which is alike."""
    starts = {change.begin for change in changes}
    found = []
    for change in changes:
        last = [words.words[end - 1] for words, end in ((right, change.end), (mine, change.last)) if end]
        follows = (
            change.end < len(right) and is_number(right.words[change.end]) and change.end not in starts - {change.begin}
        )
        found.append(change.longer(1) if follows and any(map(clings, last)) else change)
    return found


def _together(changes: Sequence[_Change]) -> list[_Change]:
    """Those that one word at most lies between are one: "from +4% to +18%"."""
    found: list[_Change] = []
    for change in changes:
        if found and change.begin - found[-1].end <= 1 and change.first - found[-1].last <= 1:
            before = found.pop()
            change = _Change(before.begin, change.end, before.first, change.last)
        found.append(change)
    return found


def around(text: Words, places: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """What a text says beside the words at these places, as it is printed."""
    found, start = [], 0
    for begin, end in (*sorted(places), (len(text), len(text))):
        found.append(text.part(start, begin))
        start = max(start, end)
    return tuple(part for part in found if part)


def names_range(words: Words, span: str) -> bool:
    """Whether a range, as a line of words, stands in a text."""
    return bool(span.strip()) and span in line(words.words)
