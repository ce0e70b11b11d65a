"""A text and the approved sentences -> the sentence that it quotes, and every number and word in which it differs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from analytics.present.quoted.sentences import Quotable
from analytics.present.quoted.tokens import is_number, line, skeleton

SHORTLIST: Final = 6  # sentences that are compared word by word
LEAST_SHARED: Final = 0.5  # of a sentence's words, in order: below it a text quotes another thing
LONGEST: Final = 400  # words of a text that are compared one by one


@dataclass(frozen=True, slots=True)
class Difference:
    """Something altered: what was pasted in place of what is right; "" where it was left out, or added."""

    pasted: str
    right: str

    @property
    def of_number(self) -> bool:
        """Whether it is a number that differs."""
        return is_number(self.pasted) and is_number(self.right)


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence found in a text. others: how many words stand around it."""

    sentence: Quotable
    differences: tuple[Difference, ...]
    others: int


def closest(words: tuple[str, ...], sentences: Iterable[Quotable]) -> list[Match]:
    """The sentences that a text quotes, best first: word for word; else but for numbers; else nearly. [] for none."""
    listed = list(sentences)
    exact, shape = line(words), line(skeleton(words))
    found = [Match(one, (), len(words) - len(one.words)) for one in listed if one.exact in exact]
    if not found:
        found = [_with_other_numbers(one, words, shape) for one in listed if one.shape in shape]
    if not found:
        found = _nearly(words[:LONGEST], listed)
    # of two forms that fit the text, one may lie within the other
    return sorted(found, key=lambda match: (weight(match.differences), match.others))


def _with_other_numbers(one: Quotable, words: tuple[str, ...], shape: str) -> Match:
    """Where its words stand, the numbers that differ; of several places the one with the fewest."""
    best: tuple[Difference, ...] | None = None
    place = shape.find(one.shape)
    while place >= 0:
        start = shape.count(" ", 0, place)
        pairs = zip(words[start : start + len(one.words)], one.words, strict=True)
        differences = tuple(Difference(mine, right) for mine, right in pairs if mine != right)
        best = differences if best is None or len(differences) < len(best) else best
        place = shape.find(one.shape, place + 1)
    return Match(one, best or (), len(words) - len(one.words))


def _nearly(words: tuple[str, ...], listed: Sequence[Quotable]) -> list[Match]:
    mine = set(skeleton(words))
    shared = sorted(
        ((len(mine & (own := set(one.words))) / len(own), -place) for place, one in enumerate(listed)), reverse=True
    )
    shortlist = [listed[-place] for score, place in shared[:SHORTLIST] if score >= LEAST_SHARED / 2]
    return [match for one in shortlist if (match := _aligned(one, words)) is not None]


def _aligned(one: Quotable, words: tuple[str, ...]) -> Match | None:
    """Its words and those of the text side by side; None where too few are alike."""
    right, mine = skeleton(one.words), skeleton(words)
    steps = SequenceMatcher(None, right, mine, autojunk=False).get_opcodes()
    alike = sum(end - begin for kind, begin, end, _, _ in steps if kind == "equal")
    if alike < LEAST_SHARED * len(right):
        return None
    within = [step for step in steps if not (step[0] == "insert" and step[1] in (0, len(right)))]
    differences: list[Difference] = []
    for kind, begin, end, first, last in within:
        if kind == "equal":
            pairs = zip(words[first:last], one.words[begin:end], strict=True)
            differences += [Difference(pasted, meant) for pasted, meant in pairs if pasted != meant]
        else:
            differences.append(Difference(" ".join(words[first:last]), " ".join(one.words[begin:end])))
    others = sum(last - first for kind, _, _, first, last in steps if kind == "insert") if steps else 0
    return Match(one, tuple(differences), others)


def weight(differences: Iterable[Difference]) -> int:
    """How many words and numbers differ."""
    return sum(max(len(one.pasted.split()), len(one.right.split())) for one in differences)
