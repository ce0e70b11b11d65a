"""What build says of the strength of the evidence: what is missing behind it, and what adding it could change."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analytics.language.text import Text
from analytics.model import Check, Grade

if TYPE_CHECKING:
    from analytics.build.omissions import Missing, Strength


def strength_lines(strength: "Strength", text: Text) -> Iterator[str]:
    """Of the main figure, of all effects, then each omission with how it is mended."""
    if strength.grade is None:
        yield text("needed.no_claim")
    else:
        yield text("needed.main", grade=text(f"grade.{strength.grade}"))
    counts = ", ".join(
        text("needed.count", grade=text(f"grade.{grade}"), n=text.number(n)) for grade, n in strength.counts.items()
    )
    if any(strength.counts.values()):
        yield text("needed.all", counts=counts)
    for missing in strength.missing:
        yield from _missing_lines(missing, strength, text)
    if strength.grade not in (None, strength.together) and len(strength.missing) > 1:
        yield text("needed.together", grade=_grade(strength.together, text))
    if strength.by_data:
        yield text("needed.by_data", checks=_checks(strength.by_data, text))


def _missing_lines(missing: "Missing", strength: "Strength", text: Text) -> Iterator[str]:
    yield text("needed.item", said=missing.said(text))
    if missing.checks:
        rises = strength.grade != missing.grade
        key = "needed.raises" if rises else "needed.not_alone"
        yield text(key, checks=_checks(missing.checks, text), grade=_grade(missing.grade, text))
    yield text("needed.behind", n=text.number(missing.behind), rising=text.number(missing.would_rise))


def _checks(checks: tuple[Check, ...], text: Text) -> str:
    return ", ".join(text("needed.check", title=text(f"check.{check}")) for check in checks)


def _grade(grade: Grade | None, text: Text) -> str:
    return text(f"grade.{grade}")
