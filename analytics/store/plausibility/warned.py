"""What looks wrong in data that can be loaded: told with a count, an example and what to check, never a refusal."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from analytics.language.text import Text


@dataclass(frozen=True, slots=True)
class Warned:
    """One kind of thing that looks wrong. reason: a key of the text files under `warn.`; count: how many rows, firms or
    months; column: ours, "" where it is none; example: the first of them, in the file's words; details: what else the
    sentence names."""

    reason: str
    count: int
    column: str = ""
    example: str = ""
    details: dict[str, object] = field(default_factory=dict)


def in_words(warned: Warned, text: Text, names: Mapping[str, str], sheets: Sequence[str] = ()) -> str:
    """The sentence of a warning. names: our columns -> the file's; sheets: the file's, by their numbers from 0."""
    details = {key: _written(key, value, text) for key, value in warned.details.items()}
    if "whole" in warned.details:
        whole = str(warned.details["whole"])
        details["whole"] = names.get(whole, whole)
    if "sheet" in warned.details:
        number = int(str(warned.details["sheet"]))
        details["sheet"] = sheets[number] if number < len(sheets) else str(number + 1)
    column = names.get(warned.column, warned.column)
    return text(
        f"warn.{warned.reason}", count=text.number(warned.count), column=column, example=warned.example, **details
    )


def _written(key: str, value: object, text: Text) -> str:
    if isinstance(value, dt.date):
        return text.date(value)
    if key == "row" or not isinstance(value, int | float | Decimal):
        return str(value)
    amount = float(value)
    return text.number(amount, 0 if key == "percent" or abs(amount) >= 1000 or amount.is_integer() else 2)
