"""The command that lists what a release withholds, and by which rule: for the officer, and for nobody else."""

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from analytics.cli.progress import Bar
from analytics.cli.releases import named, of
from analytics.folders import Home
from analytics.language.text import Text
from analytics.model import Arm, Rule

if TYPE_CHECKING:
    from analytics.build.earlier import KeptLedger
    from analytics.build.merges import UntoldDimension
    from analytics.build.withheld_cells import PatternSummary
    from analytics.release import Release

EMPTY = "–"  # nothing is confidential


def run_withheld(arguments: argparse.Namespace, text: Text) -> int:
    """The suppression ledger of a release, which lies beside the store: pattern by pattern, cell by cell; then what
    would help where nothing of a dimension can be told.
    """
    from analytics.build.earlier import recall_earlier, recall_ledger
    from analytics.build.merges import untold_dimensions
    from analytics.store.database import Store

    releases = of(arguments)
    release = named(releases, arguments.release)
    programme, name = release.programme, release.release_id
    with Store(Home.default().store(programme.id), programme.id, read_only=True) as store:
        folder = store.contributions_folder
    ledger = recall_ledger(folder, release)
    print("\n".join(ledger_lines(release, ledger, text)), flush=True)
    *before, own = recall_earlier(folder, releases, programme, [*release.manifest.beside, name]).values()
    with Bar(text) as bar:
        untold = list(untold_dimensions(own.contributions, programme, before, ledger.rules_of_counts, bar))
    for line in untold_lines(release, untold, text):
        print(line)
    return 0


def untold_lines(release: "Release", untold: "Sequence[UntoldDimension]", text: Text) -> Iterator[str]:
    """Of each dimension of which nothing can be told, why, and which codes could be told as one."""
    from analytics.present.sentences.phrases import dimension_words

    for found in untold:
        labels = [release.programme.label(found.dimension, code, text) for code in found.merge]
        yield text(
            "cli.withheld.merge" if labels else "cli.withheld.no_merge",
            dimension=dimension_words(release, found.dimension, text),
            rule=_rule(found.rule, release, text),
            codes=" + ".join(labels),
        )


def ledger_lines(release: "Release", ledger: "KeptLedger", text: Text) -> Iterator[str]:
    """That it is confidential; then of each pattern how many cells each rule withholds, and which."""
    yield text("cli.withheld.confidential", release=release.release_id)
    patterns = {(Arm(arm), outcome) for arm, outcome in zip(ledger.cells["arm"], ledger.cells["outcome"], strict=True)}
    for arm, outcome in sorted({*patterns, *ledger.summaries}, key=lambda of: (of[1], of[0])):
        cells = ledger.cells[(ledger.cells["arm"] == arm) & (ledger.cells["outcome"] == outcome)]
        by_rule = {rule: int((cells["rule"] == rule).sum()) for rule in Rule}
        counts = [
            text("cli.withheld.count", rule=_rule(rule, release, text), n=text.number(n)) for rule, n in by_rule.items()
        ]
        yield ""
        yield text("cli.withheld.pattern", what=_pattern(release, outcome, arm, text), counts="; ".join(counts))
        summary = ledger.summaries.get((arm, outcome))
        if summary is not None:
            yield "  " + _search(summary, text)
        for cell in cells.to_dict("records"):
            place = _place(release, {str(name): str(code) for name, code in cell.items()}, text)
            yield f"  {place}: {_rule(Rule(cell['rule']), release, text)}"


def _pattern(release: "Release", outcome: str, arm: str, text: Text) -> str:
    """What a pattern is about, as on the page *Data and checks*."""
    label = text("table.counts") if outcome == "*" else release.programme.outcome(outcome).label.in_(text)
    return text("table.of_comparison", what=label) if arm == Arm.COMPARISON else label


def _search(summary: "PatternSummary", text: Text) -> str:
    """How far from the least that could be lost, and how close an attacker comes."""
    return text(
        "cli.withheld.search",
        cells=text.number(summary.cells),
        gap=text.percent(summary.gap, sign=False),
        narrowest=EMPTY if summary.narrowest is None else text.number(summary.narrowest, 2),
    )


def _rule(rule: Rule, release: "Release", text: Text) -> str:
    """A rule in words."""
    return text(f"cli.withheld.rule.{rule}", min_units=release.programme.disclosure_rules.min_units)


def _place(release: "Release", cell: dict[str, str], text: Text) -> str:
    """Which firms, and where it is one horizon's, when: 'Settore: Elettronica · nel primo anno dopo il contributo'."""
    from analytics.present.sentences.phrases import dimension_words, horizon_phrase

    parts = [
        f"{dimension_words(release, name, text)}: {release.programme.label(name, cell[name], text)}"
        for name in release.programme.dimension_names
        if cell.get(name, "*") != "*"
    ]
    if cell.get("sells", "*") != "*":
        parts.append(text(f"cli.withheld.sells.{cell['sells']}"))
    if cell["horizon"] != "*":
        parts.append(horizon_phrase(release, cell["horizon"], text))
    return " · ".join(parts or [text("cli.withheld.whole")])
