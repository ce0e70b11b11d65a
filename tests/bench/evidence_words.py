"""What the numbers of docs/EVIDENCE.md come to, in sentences made from them."""

from collections.abc import Callable, Iterable, Iterator

from analytics.model import Check, CheckReason, Result
from tests.bench.markdown import Share, item, paragraph
from tests.bench.said import LEVELS, LIKELY, MAY, TARGET, Claims

SAME_BEFORE = "nothing"  # the scenario of firms that were alike
HIGHER = (LIKELY, MAY)
LOWER = ("likely lower", "may be lower")
ALIKE = ("likely about the same", "may be about the same")


def told(share: Share) -> str:
    """In %, with its error in brackets where chance moved it at all."""
    return f"{100 * share.value:.1f}%" + (f" ({100 * share.error:.1f})" if share.error else "")


def in_short(every: list[Claims]) -> Iterator[str]:
    """Whether the target holds, where "may" goes wrong, and what is found where grants work."""
    null = [one for one in every if not one.scenario.works]
    yield "## In short"
    yield "In brackets Monte-Carlo errors, in points."
    yield from _target(null)
    yield from _may(null)
    yield from _before(null)
    yield from _works([one for one in every if one.scenario.works])


def _by_scenario(every: Iterable[Claims], *shares: Callable[[Claims], Share]) -> str:
    """A line for each scenario: "- no effect: the programme 1.0% (0.2), …"; two shares of a level with a stroke."""
    found: dict[str, list[str]] = {}
    for one in every:
        numbers = " / ".join(told(share(one)) for share in shares)
        found.setdefault(one.scenario.title, []).append(f"{LEVELS[one.level]} {numbers}")
    return "\n".join(item(f"{title}: {', '.join(levels)}") for title, levels in found.items())


def _likely(one: Claims) -> Share:
    return one.share(LIKELY)


def _low(one: Claims) -> Share:
    return one.share(MAY)


def _target(null: list[Claims]) -> Iterator[str]:
    missed = [one for one in null if one.misses(LIKELY)]
    most = max((_likely(one) for one in null if one not in missed), key=lambda share: share.value, default=None)
    head = f"""**"{LIKELY.capitalize()}" where there is no effect, at most {100 * TARGET:g}%:"""
    if not missed:
        yield paragraph(f"{head} it holds**, in every scenario and at every level; the most is {told(most)}.")
        return
    rest = f" Everywhere else it holds, with at most {told(most)}." if most else ""
    yield paragraph(f"{head} it does not hold everywhere.**{rest} It is missed here:")
    yield _by_scenario(missed, _likely)


def _may(null: list[Claims]) -> Iterator[str]:
    """Where a claim of low grade is wrong, scenario by scenario."""
    worst = max(null, key=lambda one: _low(one).value)
    how = "goes wrong in up to" if _low(worst).value > TARGET else "seldom goes wrong: in at most"
    where = f"{worst.scenario.title}, {LEVELS[worst.level]}"
    yield paragraph(f"""**"{MAY.capitalize()}" {how} {told(_low(worst))} of cases without effect**
    ({where}).""")
    yield _by_scenario(null, _low)


def _before(null: list[Claims]) -> Iterator[str]:
    """What the check of the year before does about arms that were not alike."""
    unlike = [one for one in null if one.scenario.name != SAME_BEFORE]
    yield paragraph("""Where the arms were not alike, the check of the year before is what stands between an estimate
    and a claim. How often it fails / passes because the direction survives a trend that goes on and an unusual
    year:""")
    yield _by_scenario(
        unlike,
        lambda one: one.result(Check.BEFORE, Result.FAIL),
        lambda one: one.result("because", CheckReason.DIRECTION_HOLDS, CheckReason.TREND_HOLDS),
    )


def _works(working: list[Claims]) -> Iterator[str]:
    wrong = max((one.share(*LOWER) for one in working), key=lambda share: share.value)
    same = max(working, key=lambda one: one.share(*ALIKE).value)
    where = f", {LEVELS[same.level]}, {same.scenario.title}" if same.share(*ALIKE).value else ""
    yield paragraph(f"""Where grants work, "{LIKELY}" or "{MAY}" is said as often as this, the first alone after the
    stroke; "lower" is said in at most {told(wrong)}, "about the same" in at most {told(same.share(*ALIKE))}{where}:""")
    yield _by_scenario(working, lambda one: one.share(*HIGHER), _likely)
