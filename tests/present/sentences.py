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
from analytics.model import Arm, Check, Grade, ObsStatus, Reason, Result, Unit, Verdict
from analytics.present.sentences.claims import ClaimKind, Sentence, sentence_of
from analytics.present.sentences.lasting import Lasts
from analytics.present.sentences.together import count_sentence, pair_sentence
from analytics.present.verbs import Verb
from analytics.release import Figure, Release, Releases, measures
from analytics.release.figure import FigureKey
from analytics.release.measures import PARTS_COMPARED, check_of
from tests.helpers.instead import Instead, ranged

DOCUMENT = PROJECT / "docs" / "SENTENCES.md"
LEVELS = ("*", "macro_sector", "sector")
FORMS = ("title", "under", "short", "long")
GRADES = (Grade.MODERATE, Grade.LOW, Grade.VERY_LOW)
PLAIN = (Verdict.HIGHER, Verdict.CANNOT_TELL, Verdict.LOWER)  # no share of losses is fixed as important
UPWARD, DOWNWARD = (Verdict.HIGHER, Verdict.MUCH_HIGHER), (Verdict.LOWER, Verdict.MUCH_LOWER)
NUMBER, WHEN, GROUP, OTHER, AMOUNT, RANGE, COMPARISON = (
    f"‹{name}›" for name in ("n", "period", "group", "other group", "amount", "range", "comparison")
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
    return Sentence(*(getattr(sentence, form).replace(label, GROUP) for form in FORMS))


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
            for beside in weakened(release, varied, level):
                yield Case(kind, level, grade, verdict, said(beside, varied, kind, level, text))
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
    yield from _together(release, text)


def weakened(release: Release, figure: Figure, level: str) -> list[Release]:
    """The release; where a group's direction is too weak, also as it would be if the programme had none, if the year
    before were open, and if neither were so.
    """
    upward = figure.verdict in UPWARD
    if level == "*" or figure.grade is not Grade.VERY_LOW or not (upward or figure.verdict in DOWNWARD):
        return [release]
    assert figure.measure.about is not None
    check = release.main(check_of(Check.BEFORE, figure.measure.about), group=figure.group)
    assert check is not None
    main = release.headline()
    gate, open_gate = ranged(main, *((0.1, 0.2) if upward else (-0.2, -0.1))), ranged(main, -0.1, 0.1)
    passed, is_open = (dataclasses.replace(check, result=result) for result in (Result.PASS, Result.NOT_CONTRADICTED))
    return [
        Instead(release, *others)  # type: ignore[misc]
        for others in ((gate, passed), (gate, is_open), (open_gate, passed))
    ]


def counted(release: Release, level: str) -> Figure:
    """In how many groups of a level something is gained, as a figure to be varied."""
    found = release.main(measures.groups_gaining(level, release.programme.headline.estimand))
    assert found is not None, level
    return found


def paired(release: Release, level: str) -> Figure:
    """Two groups of a level that lie apart, as a figure to be varied."""
    question, (first, second, *_) = release.programme.headline, release.codes(level)
    measure = measures.beside_group(second, question.estimand)
    key = FigureKey(measure, question.outcome, horizon=question.horizon_code, group=((level, first),))
    figure = Figure(key, Unit.FRACTION, 0.2, 0.1, 0.3, grade=Grade.LOW, verdict=Verdict.HIGHER)
    return dataclasses.replace(figure, obs_status=ObsStatus.ESTIMATED)


def said_together(release: Release, figure: Figure, level: str, text: Text) -> Sentence:
    """The sentence of a count or a pair, the groups' names marked."""
    if not figure.group:
        return count_sentence(release, figure, text)
    sentence = pair_sentence(release, figure, text)
    for code, mark in zip(release.codes(level), (GROUP, OTHER), strict=False):
        label = release.programme.label(level, code, text)
        sentence = Sentence(*(getattr(sentence, form).replace(label, mark) for form in FORMS))
    return sentence


def _together(release: Release, text: Text) -> Iterator[Case]:
    """Every sentence on several groups at once."""
    for level in LEVELS[1:]:
        count = counted(release, level)
        whole = sum(effect is not None and effect.published for effect in _effects(release, level))
        for grade, verdict, value in product(GRADES, PLAIN, (1.0, float(whole))):
            varied = dataclasses.replace(count, value=value, grade=grade, verdict=verdict)
            yield Case(ClaimKind.COUNT, level, grade, verdict, said_together(release, varied, level, text))
        for grade in (Grade.MODERATE, Grade.LOW):
            varied = dataclasses.replace(paired(release, level), grade=grade)
            yield Case(ClaimKind.PAIR, level, grade, Verdict.HIGHER, said_together(release, varied, level, text))


def _effects(release: Release, level: str) -> Iterator[Figure | None]:
    return (release.main_effect({level: code}) for code in release.codes(level))


@cache
def every(release: Release, language: str) -> frozenset[str]:
    """All forms of all sentences."""
    return frozenset(getattr(case.sentence, form) for case in cases(release, language) for form in FORMS)


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
            if case.kind in (ClaimKind.COUNT, ClaimKind.PAIR):
                level = case.level.replace("_", "-") + "s"
            verdicts = merged.setdefault((case.kind, level, case.sentence), [])
            pair = f"{case.grade}: {case.verdict}".replace("_", " ")
            if pair not in verdicts:
                verdicts.append(pair)
        for forms, title in ((("short", "long"), "To be copied"), (("title", "under"), "On a page")):
            parts.append(f"### {title}\n\n" + _table(merged, forms))
        pairs = text("together.pair.named", first=GROUP, second=OTHER)
        parts.append("### Whether groups differ\n\n" + _listed(differ(text, pairs)))
        notes = [text(f"together.{note}.{level}") for note in NOTES for level in LEVELS[1:]]
        parts.append("### Why the range of a group is as it is\n\n" + _listed(notes))
        parts.append("### Of how many sectors something may be said\n\n" + _listed(where(text)))
        parts.append("### What happened\n\n" + _listed(happened(text)))
        parts.append("### Whether an effect lasts\n\n" + _listed(lasting(text)))
        parts.append("### In money\n\n" + _listed(money(text)))
        parts.append("### Why the reliability is what it is\n\n" + _listed(reliability(text)))
    return "\n\n".join(parts) + "\n"


def differ(text: Text, pairs: str) -> list[str]:
    """Every heading on whether groups differ, with what stands under it; the pairs that lie apart."""
    headings = [
        _under(
            text(f"differ.{name}.heading.{told}"), text(f"differ.{name}.under.{told}", p=f"p = {NUMBER}", pairs=pairs)
        )
        for name in (*LEVELS[1:], *PARTS_COMPARED)
        for told in DIFFER
        if told != "pairs" or name in LEVELS
    ]
    return headings + [text(f"differ.{level}.apart", pairs=pairs) for level in LEVELS[1:]]


def where(text: Text) -> list[str]:
    """Of how many sectors something may be said, how of one, and why more than of the programme."""
    slots = {"groups": NUMBER, "told": NUMBER}
    agree = {name: text(f"agree.{name}.fp") for name in ("might", "more", "less", "equal")}
    agree["equal"] = text("where.same", equal=agree["equal"])
    verbs = [
        text(f"where.{verb}", direction=agree[way], might=agree["might"])
        for verb, way in product((Verb.LIKELY, Verb.MAY), ("more", "less", "equal"))
    ]
    span = text("format.span", low=NUMBER + "%", high=NUMBER + "%")
    return [
        *(text(f"where.lead.{told}.sector", **slots) for told in ("none", "one", "some")),
        *(text("where.group", verb=verb, value=NUMBER + "%", span=span) for verb in verbs),
        *(text(f"where.surer.{verb}", groups=GROUP) for verb in (Verb.MAY, Verb.CANNOT_TELL, Verb.TOO_WEAK)),
    ]


def happened(text: Text) -> list[str]:
    """Every sentence on the changes of both arms: of the typical firm, and of the sums."""
    by = {"by": text.percent_with("of_the", 0.1)}
    moves = [
        {arm: text(f"changes.{way}", **by) for arm, way in zip(("funded", "comparison"), ways, strict=True)}
        for ways in product(("up", "down", "same"), repeat=2)
    ]
    sums = {str(arm): NUMBER + "%" for arm in Arm}
    return [
        *(text(f"changes.heading.{of}", outcome="‹outcome›", **moved) for of in ("known", "sums") for moved in moves),
        text("changes.heading.unknown"),
        text("changes.says", outcome="‹outcome›", horizon=WHEN, before="‹before›"),
        *(text(f"changes.sums.{kind}", **sums) for kind in ("alike", "apart")),
    ]


def money(text: Text) -> list[str]:
    """Every heading and sentence on money and on losses offset."""
    span = text("format.span", low=f"{NUMBER} €", high=f"{NUMBER} €")
    share = text("format.span", low=NUMBER + "%", high=NUMBER + "%")
    said = text("money.says", span=span, noun="‹outcome›", unit="‹currency›", horizon=WHEN)
    headings = [*Verb, "same.likely", "same.may", "unpublished"]
    return [
        *(text(f"money.heading.{name}") for name in headings),
        said,
        f"{said} {text('money.range_only')}",
        *(text(f"money.losses.{verb}", span=share) for verb in Verb),
        text("panel.losses_hidden", why="‹why›"),
    ]


def reliability(text: Text) -> list[str]:
    """Every line on why a claim has its grade."""
    check = text("grade.because.check", title="‹check›", outcome="‹result›")
    words = {grade: text(f"grade.{grade}") for grade in GRADES}
    return [
        text("grade.because.all", grade=words[Grade.MODERATE], n=NUMBER),
        *(
            text("grade.because.some", grade=words[grade], n=NUMBER, passed=NUMBER, checks=check)
            for grade in GRADES[1:]
        ),
    ]


def lasting(text: Text) -> list[str]:
    """Every sentence on whether an effect lasts: the heading on the last year alone, and that year beside the first."""
    span = text("format.span", low=NUMBER + "%", high=NUMBER + "%")
    headings = [text(f"lasting.heading.{seen}", year="‹year›") for seen in ("seen", "unseen", "open")]
    told = [
        text(f"lasting.{path}" if path is Lasts.OPEN else f"lasting.{path}.{verb}", span=span)
        for verb, path in product((Verb.LIKELY, Verb.MAY), Lasts)
    ]
    weak = [text(f"lasting.{verb}") for verb in (Verb.CANNOT_TELL, Verb.TOO_WEAK)]
    return list(dict.fromkeys([*headings, *told, *weak, text("lasting.hidden", why="‹why›")]))


def _under(heading: str, line: str) -> str:
    return f"**{heading}** {line}"


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
        RANGE: "; ".join(text(f"range.{name}") for name in ("programme", *(f"shared.{name}" for name in LEVELS[1:])))
        + "; of a release up to format 7: "
        + "; ".join(text(f"range.{name}") for name in LEVELS[1:]),
        COMPARISON: comparison,
        GROUP: "a sector's or macro-sector's name",
        OTHER: "the name of another one",
    }
    return "\n".join(f"- {mark}: {meaning}" for mark, meaning in meanings.items())


DIFFER = ("told", "pairs", "not_told", "not_tested")
NOTES = ("used", "longer")


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
