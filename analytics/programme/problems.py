"""What is wrong in a programme file: every problem with its key, what was found and what was expected."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics.language.text import Text
from analytics.model import UserError

LONGEST_FOUND = 60  # characters of a value that are repeated
_NAMES = ("id", "name")  # of a table in a list, by which it is called


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing that is wrong. kind: a key of the text files under `programme_problem.`; entry: the key of the file, in
    which a table of a list is called by its id, else by its number from 1 (sectors.food.divisions); details: what fills
    the sentence, such as what was found and what was expected.
    """

    kind: str
    entry: str
    details: Mapping[str, object] = field(default_factory=dict)

    def said(self, text: Text) -> str:
        """The key, what was found, what was expected, what to do."""
        return text(
            "programme_problem.line", entry=self.entry, said=text(f"programme_problem.{self.kind}", **self.details)
        )


class ProgrammeFileError(UserError):
    """A programme file that cannot be used; problems: all that is wrong with it, in the order of the file's keys."""

    def __init__(self, file: str, problems: Sequence[FileProblem]) -> None:
        """Keep the problems: they are turned into words only when somebody reads them."""
        super().__init__("programme.problems", file=file, n=len(problems))
        self.problems = tuple(problems)

    def said(self, text: Text) -> str:
        """All of them, one a line."""
        lines = "\n".join(problem.said(text) for problem in self.problems)
        return text(f"error.{self.key}", **self.details, problems=lines)


def shown(value: object) -> str:
    """A value about as the file has it, and not too long."""
    written = json.dumps(value, ensure_ascii=False, default=str)
    return written if len(written) <= LONGEST_FOUND else written[: LONGEST_FOUND - 1] + "…"


def listing(values: Sequence[object]) -> str:
    """Several values, one after the other."""
    return ", ".join(str(value) for value in values)


def called(place: int, item: object) -> str:
    """What a table of a list is called: its id, else its number from 1."""
    names = [item[name] for name in _NAMES if name in item] if isinstance(item, Mapping) else []
    return next((name for name in names if isinstance(name, str) and name), str(place + 1))


def entry_of(raw: object, path: Sequence[int | str]) -> str:
    """The key of a place in the file, told from its content; what the content does not have ends it."""
    parts: list[str] = []
    for part in path:
        if isinstance(part, int):
            if not isinstance(raw, Sequence) or isinstance(raw, str) or not 0 <= part < len(raw):
                break
            raw = raw[part]
            parts.append(called(part, raw))
        elif isinstance(raw, Mapping):
            parts.append(part)
            raw = raw.get(part)
        else:
            break
    return ".".join(parts)


def tables(raw: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The tables of a list, as far as they are tables, each with its key."""
    for place, item in enumerate(values(raw, name)):
        if isinstance(item, Mapping):
            yield f"{name}.{called(place, item)}", item


def values(table: Mapping[str, Any], name: str) -> list[Any]:
    """What a key lists; nothing where it holds no list."""
    found = table.get(name)
    return list(found) if isinstance(found, list | tuple) else []
