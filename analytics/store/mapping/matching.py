"""Which of our columns a heading names, and which one it may mean: by our names, by those of offices, by the values."""

import difflib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from stdnum.it import codicefiscale

from analytics.programme.classifications import PROVINCES
from analytics.programme.file import Programme
from analytics.store.columns import Column, Table
from analytics.store.mapping.code_words import is_code, meaning_of
from analytics.store.mapping.heading_periods import period_of
from analytics.store.mapping.headings import same_name, words_of
from analytics.store.mapping.names import names_of, outcome_keys, outcome_words
from analytics.store.mapping.wide import heading_text
from analytics.store.readers.table import TYPED

EDITIONS = frozenset({"2007", "2022", "2025"})  # of ATECO
ENOUGH_CELLS = 3  # distinct ones, before values tell what a column is
NEAR = 0.5  # share of words in common, above which one name may mean the other
CONTAINED = 0.6  # how likely a name means another whose words it has, and more
LONGEST = 300  # characters; what is longer is no heading
ALIKE = 0.82  # likeness of two spellings, above which one may be a slip of the other
_ATECO = re.compile(r"(?:[A-V]\.?)?\d{2}\.\d{1,2}(?:\.\d{1,2})?")


class Fit(IntEnum):
    """How well a heading names a column of ours; the least is the best."""

    OURS = 0
    NAMED = 1
    OTHERWISE = 2


@dataclass(frozen=True, slots=True)
class NameIndex:
    """The names of a table's columns, to look a heading up in. ours: our names; spelt: names as they are spelt; words:
    names by their words; outcomes: the words of sales that name an outcome. Each -> column -> how well it fits."""

    ours: Mapping[str, str]
    spelt: Mapping[str, Mapping[str, Fit]]
    words: Mapping[frozenset[str], Mapping[str, Fit]]
    outcomes: Mapping[frozenset[str], Mapping[str, Fit]]
    hints: Mapping[str, frozenset[frozenset[str]]]
    names: Mapping[str, tuple[str, ...]]


def name_index(table: Table, programme: Programme) -> NameIndex:
    """The names of a table's columns, in a programme."""
    known = names_of(table, programme)
    spelt: dict[str, dict[str, Fit]] = defaultdict(dict)
    words: dict[frozenset[str], dict[str, Fit]] = defaultdict(dict)
    for column, names in known.items():
        for fit, listed in ((Fit.OTHERWISE, names.otherwise), (Fit.NAMED, names.names)):
            for name in listed:
                spelt[same_name(name)][column] = fit
                words[words_of(name)][column] = fit
    outcomes: dict[frozenset[str], dict[str, Fit]] = defaultdict(dict)
    for outcome in programme.outcomes if table.name == "sales" else ():
        for key in outcome_keys(outcome):
            outcomes[key][outcome.column] = Fit.NAMED
    return NameIndex(
        {same_name(column.name): column.name for column in table},
        spelt,
        words,
        outcomes,
        {column: frozenset(map(words_of, names.hints)) for column, names in known.items()},
        {column: (*names.names, *names.otherwise) for column, names in known.items()},
    )


def fits(heading: str, index: NameIndex) -> dict[str, Fit]:
    """Our columns that a heading names, and how well: several only where one name is used for several things."""
    said = heading_text(heading)
    key = same_name(said)
    if len(said) > LONGEST or not key:
        return {}
    if key in index.ours:
        return {index.ours[key]: Fit.OURS}
    words = words_of(said)
    found = dict(index.words.get(words, {})) if words else {}
    found.update(index.spelt.get(key, {}))
    found.update(index.outcomes.get(outcome_words(said), {}))
    if words & EDITIONS and (fit := index.words.get(words - EDITIONS, {}).get("ateco_code")) is not None:
        found["ateco_code"] = fit
    return found


def certain_columns(found: Mapping[str, Mapping[str, Fit]], taken: Collection[str], at_most: Fit) -> dict[str, str]:
    """Headings that name one column of ours better than any other heading does -> that column.

    found: heading -> what `fits` says of it; taken: columns of ours that are told already; at_most: the worst fit that
    counts.
    """
    best: dict[str, list[str]] = defaultdict(list)
    for heading, columns in found.items():
        if len(columns) == 1:
            (ours,) = columns
            best[ours].append(heading)
        else:
            for ours in columns:
                best[ours].extend((heading, heading))  # one name for several things makes none of them certain
    certain: dict[str, str] = {}
    for ours, headings in best.items():
        fit = min(found[heading][ours] for heading in headings)
        closest = [heading for heading in headings if found[heading][ours] is fit]
        if ours not in taken and fit <= at_most and len(closest) == 1:
            certain[closest[0]] = ours
    return certain


def similar_column(heading: str, index: NameIndex, taken: Collection[str]) -> str | None:
    """The column of ours that a heading may mean: by a hint, by most of its words, or spelt nearly so."""
    said = heading_text(heading)
    if len(said) > LONGEST or not words_of(said):
        return None
    scores = {column: _likeness(said, column, index) for column in index.names if column not in taken}
    best = max(scores, key=lambda column: scores[column], default=None)
    return best if best is not None and scores[best] > 0 else None


def _likeness(said: str, column: str, index: NameIndex) -> float:
    if words_of(said) in index.hints[column]:
        return 1.0
    of_words = outcome_words if index.outcomes else words_of
    key, words = same_name(said), of_words(said)
    likeness = 0.0
    for name in index.names[column]:
        other = of_words(name)
        share = len(words & other) / len(words | other)
        ratio = difflib.SequenceMatcher(None, key, same_name(name)).ratio()
        contained = CONTAINED if (len(other) > 1 and other < words) or (index.outcomes and words < other) else 0.0
        likeness = max(likeness, share if share > NEAR else 0.0, ratio if ratio > ALIKE else 0.0, contained)
    return likeness


def column_by_values(cells: Iterable[str], table: Table, programme: Programme, taken: Collection[str]) -> str | None:
    """The column of ours whose values these cells are: fiscal codes, ATECO codes, provinces, outcomes, periods."""
    plain = {text for cell in cells if (text := cell.removeprefix(TYPED).strip())}
    if len(plain) < ENOUGH_CELLS:
        return None
    columns = {column.name: column for column in table if column.name not in taken}
    tests: dict[str, Callable[[str], bool]] = {
        "fiscal_code": lambda cell: programme.firm_identifier == "it_fiscal_code" and _is_firm(cell),
        "ateco_code": lambda cell: bool(_ATECO.fullmatch(cell)),
        "province": lambda cell: cell.upper() in PROVINCES,
        "outcome": lambda cell: _is_word(cell, columns["outcome"], programme),
        "period": lambda cell: (period := period_of(cell)) is not None and None not in (period.year, period.part),
    }
    for name, is_one in tests.items():
        if name in columns and all(is_one(cell) for cell in plain):
            return name
    return None


def _is_firm(cell: str) -> bool:
    compact = re.sub(r"^IT(?=\d{11}$)|\.0+$|\s", "", cell.upper())
    return bool(codicefiscale.is_valid(compact.zfill(11) if re.fullmatch(r"\d{8,11}", compact) else compact))


def _is_word(cell: str, column: Column, programme: Programme) -> bool:
    meaning = meaning_of(cell, column, programme)
    return is_code(cell, column.values) or (meaning.certain and bool(meaning.code))
