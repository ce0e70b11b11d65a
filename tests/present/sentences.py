"""Every sentence that can come out, written into docs/SENTENCES.md: `make sentences`.

The sentences are made by the functions that pages use, from the demonstration's nouns, for every kind of figure, level,
grade and verdict; numbers, periods and names are replaced by marks. A test holds that no other sentence can come out.
"""

import dataclasses
import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from pathlib import Path

from analytics.demonstration.run import demonstrate
from analytics.folders import PROJECT, Home
from analytics.language.text import LANGUAGES, SPOKEN, Text, sentences
from analytics.model import Arm, Grade, Reason, Verdict
from analytics.present.sentences.claims import ClaimKind, Sentence, sentence_of
from analytics.present.sentences.lasting import Lasts
from analytics.present.verbs import Verb
from analytics.release import Figure, Release, Releases, measures

DOCUMENT = PROJECT / "docs" / "SENTENCES.md"
LEVELS = ("*", "macro_sector", "sector")
GRADES = (Grade.MODERATE, Grade.LOW, Grade.VERY_LOW)
PLAIN = (Verdict.HIGHER, Verdict.CANNOT_TELL, Verdict.LOWER)  # no share of losses is fixed as important
NUMBER, WHEN, GROUP, AMOUNT, RANGE, COMPARISON = (
    f"‹{name}›" for name in ("n", "period", "group", "amount", "range", "comparison")
)
MARKED = {"horizon.": WHEN, "range.": RANGE, "said.comparison": COMPARISON}
# Why a claim may be missing.
HIDDEN = (Reason.TOO_FEW_FIRMS, Reason.CONFIDENTIAL, Reason.NOT_ESTIMABLE, Reason.EMBARGO)
HIDDEN_LOSSES = (*HIDDEN, Reason.NO_LOSSES, Reason.LOSSES_UNCERTAIN)


class Masked(Text):
    """Speaks as `Text` does, with a mark for every number and for parts that the document names once."""

    def __call__(self, key: str, /, **values: object) -> str:
        """Periods, names of ranges and the comparison are marked, whichever they are."""
        mark = next((mark for start, mark in MARKED.items() if key.startswith(start)), None)
        return mark or super().__call__(key, **values)

    def about(self, fraction: float) -> str:
        """About so much, or less than 1%."""
        return AMOUNT

    def number(self, value: float, decimals: int = 0) -> str:
        """Any number."""
        return NUMBER

    def percent(self, fraction: float, *, sign: bool = True, decimals: int = 0) -> str:
        """Any percentage."""
        return NUMBER + "%"

    def percent_with(self, article: str, fraction: float, decimals: int = 0) -> str:
        """Any percentage; the article that Italian bends to the number is left out."""
        return NUMBER + "%"

    def money(self, amount: float, currency: str, *, decimals: int = 0) -> str:
        """Any amount."""
        return NUMBER + " €"

    def short_money(self, amount: float, currency: str) -> str:
        """Any amount."""
        return NUMBER + " €"

    def period(self, period: object) -> str:
        """Any month."""
        return WHEN

    def date(self, day: dt.date) -> str:
        """Any day."""
        return WHEN


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """One combination, and the sentence that it gives."""

    kind: ClaimKind
    level: str
    grade: str
    verdict: str
    sentence: Sentence


def specimen(release: Release, kind: ClaimKind, level: str) -> Figure:
    """A published figure of that kind and level, to be varied."""
    headline = release.programme.headline
    group = {} if level == "*" else {level: release.codes(level)[0]}
    measure = {
        ClaimKind.EFFECT: measures.EFFECTS[headline.estimand],
        ClaimKind.MONEY: measures.EXTRA_PER_GRANT,
        ClaimKind.LOSSES: measures.LOSSES_OFFSET,
    }
    arm = Arm.FUNDED if kind is ClaimKind.CHANGE else "*"
    found = release.main(measure.get(kind, measures.CHANGE), arm=arm, group=group)
    assert found is not None, (kind, level)
    return found


def said(release: Release, figure: Figure, kind: ClaimKind, level: str, text: Text) -> Sentence:
    """Its sentence, the group's name marked."""
    code = "*" if level == "*" else release.codes(level)[0]
    sentence = sentence_of(release, figure, kind, level, code, text)
    if level == "*":
        return sentence
    label = release.programme.label(level, code, text)
    return Sentence(*(getattr(sentence, form).replace(label, GROUP) for form in ("title", "under", "short", "long")))


@cache
def cases(release: Release, language: str) -> tuple[Case, ...]:
    """Every combination, with its numbers, periods and names marked."""
    return tuple(_cases(release, Masked(language)))


def _cases(release: Release, text: Text) -> Iterator[Case]:
    for kind, level in product((ClaimKind.EFFECT, ClaimKind.MONEY, ClaimKind.LOSSES), LEVELS):
        if kind is not ClaimKind.EFFECT and level != "*":
            continue
        figure = specimen(release, kind, level)
        verdicts = PLAIN if kind is ClaimKind.LOSSES else tuple(Verdict)
        for grade, verdict in product(GRADES, verdicts):
            varied = dataclasses.replace(figure, grade=grade, verdict=verdict)
            yield Case(kind, level, grade, verdict, said(release, varied, kind, level, text))
        reasons = HIDDEN_LOSSES if kind is ClaimKind.LOSSES else HIDDEN
        for reason in reasons:
            hidden = dataclasses.replace(figure, grade=Grade.WITHHELD, verdict=None, value=None, reason=reason)
            yield Case(kind, level, Grade.WITHHELD, reason, said(release, hidden, kind, level, text))
    for level, value in product(LEVELS, (0.2, -0.2, 0.001)):
        figure = dataclasses.replace(specimen(release, ClaimKind.CHANGE, level), value=value)
        word = "up" if value == 0.2 else "down" if value < 0 else "flat"
        yield Case(
            ClaimKind.CHANGE, level, Grade.DESCRIPTION, word, said(release, figure, ClaimKind.CHANGE, level, text)
        )


@cache
def every(release: Release, language: str) -> frozenset[str]:
    """All forms of all sentences."""
    forms = ("title", "under", "short", "long")
    return frozenset(getattr(case.sentence, form) for case in cases(release, language) for form in forms)


def document(release: Release) -> str:
    """The tables, in both languages."""
    parts = [
        "# Every sentence that can come out",
        "Written by `make sentences` from the demonstration's nouns. Do not edit. Grade and verdict as in METHODS.md,\n"
        "6. A heading always stands with the line under it. A test holds that nothing else can be said of an effect.",
    ]
    for language in LANGUAGES:
        text = Masked(language)
        parts.append(f"## {SPOKEN[language].name}\n\n{_marks(release, language)}")
        merged: dict[tuple[str, str, Sentence], list[str]] = {}
        for case in cases(release, language):
            level = "programme" if case.level == "*" else "macro-sector, sector"
            verdicts = merged.setdefault((case.kind, level, case.sentence), [])
            pair = f"{case.grade}: {case.verdict}".replace("_", " ")
            if pair not in verdicts:
                verdicts.append(pair)
        for forms, title in ((("short", "long"), "To be copied"), (("title", "under"), "On a page")):
            parts.append(f"### {title}\n\n" + _table(merged, forms))
        differ = sorted({text(f"differ.{level}.{told}", p=NUMBER) for level in LEVELS[1:] for told in DIFFER})
        parts.append("### Whether groups differ\n\n" + _listed(differ))
        parts.append("### Whether an effect lasts\n\n" + _listed(lasting(text)))
        parts.append("### Beside a number, in a panel\n\n" + _listed(text(f"panel.{verb}") for verb in Verb))
    return "\n\n".join(parts) + "\n"


def lasting(text: Text) -> list[str]:
    """Every sentence on whether an effect lasts: where a direction is claimed, of the last year alone and beside the
    first.
    """
    weak = [text(f"lasting.{verb}") for verb in (Verb.CANNOT_TELL, Verb.TOO_WEAK)]
    span = text("format.span", low=NUMBER + "%", high=NUMBER + "%")
    told = [
        text(
            "lasting.told",
            horizon=WHEN,
            seen=text(f"lasting.{seen}", span=span),
            path=text(f"lasting.{path}" if path is Lasts.OPEN else f"lasting.{path}.{verb}", span=span),
        )
        for verb, seen, path in product((Verb.LIKELY, Verb.MAY), ("seen", "unseen"), Lasts)
    ]
    return list(dict.fromkeys([*told, *weak, text("lasting.hidden", why="‹why›")]))


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _marks(release: Release, language: str) -> str:
    """What the marks stand for."""
    text = Text(language)
    number = {"value": NUMBER + "%"}
    horizons = [key for key in sentences(language) if key.startswith("horizon.")]
    comparison = text("said.comparison", funded=NUMBER, comparison=NUMBER, which=release.programme.comparison.in_(text))
    meanings = {
        NUMBER: "a number, by locale; Italian puts its article before a percentage",
        AMOUNT: f"{text('format.about', **number)}; {text('format.less_than_one')}",
        WHEN: "; ".join(text(key, year=NUMBER) for key in horizons),
        RANGE: "; ".join(text(f"range.{level}") for level in ("programme", *LEVELS[1:])),
        COMPARISON: comparison,
        GROUP: "a sector's or macro-sector's name",
    }
    return "\n".join(f"- {mark}: {meaning}" for mark, meaning in meanings.items())


DIFFER = ("told", "not_told", "not_tested")


def _table(merged: dict[tuple[str, str, Sentence], list[str]], forms: tuple[str, str]) -> str:
    lines = [f"| figure | level | grade: verdict | {forms[0]} | {forms[1]} |", "|---|---|---|---|---|"]
    seen: dict[tuple[str, ...], list[str]] = {}
    for (kind, level, sentence), pairs in merged.items():
        words = tuple(getattr(sentence, form).replace("|", "\\|") for form in forms)
        seen.setdefault((kind, level, *words), []).extend(pairs)
    lines += [
        f"| {kind} | {level} | {'; '.join(dict.fromkeys(pairs))} | {first} | {second} |"
        for (kind, level, first, second), pairs in seen.items()
    ]
    return "\n".join(lines)


def main() -> None:
    """Build the demonstration in a folder of its own and write the document."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        demonstrate("ecommerce-2020", home)
        release = Releases(home.releases, "ecommerce-2020").open()
        DOCUMENT.write_text(document(release), encoding="utf-8")


if __name__ == "__main__":
    main()
