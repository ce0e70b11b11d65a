"""What a programme file says that cannot hold together, told from its content whether or not single keys are wrong."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analytics.model import Estimand
from analytics.programme.classifications import DIVISIONS, PROVINCES
from analytics.programme.dimensions import DIMENSIONS
from analytics.programme.problems import FileProblem, listing, shown, tables, values

Content = Mapping[str, Any]  # of a programme file, as TOML has it
# Names that stand for something else beside the dimensions: in panels, contributions, cubes and releases.
RESERVED = frozenset(
    {*DIMENSIONS, "arm", "cohort", "division", "firm_id", "horizon", "measure", "outcome", "sells", "set_aside", "unit"}
)
_WITH_IDS = (
    *("tranches", "macro_sectors", "sectors", "groupings", "areas", "size_classes", "channels", "beneficiary_kinds"),
)
_YEARS_AFTER = 3  # where the file does not say


def contradictions(raw: Content) -> Iterator[FileProblem]:
    """All of them, of the content of a file or of a programme dumped."""
    yield from _of_headline(raw)
    yield from _of_parts(raw)
    for name in _WITH_IDS:
        yield from _repeated_names(name, [item.get("id") for _, item in tables(raw, name)])
    yield from _repeated_names("outcomes", [item.get("name") for _, item in tables(raw, "outcomes")])
    yield from _of_sectors(raw)
    yield from _of_groupings(raw)
    yield from _of_provinces(raw)
    yield from _of_pairs(raw)


def empty_sectors(raw: Content) -> Iterator[FileProblem]:
    """Sectors whose divisions were forgotten: no firm falls into one, and all of its firms into that of the rest."""
    for entry, sector in tables(raw, "sectors"):
        if not sector.get("divisions") and sector.get("rest") is not True:
            yield FileProblem("sector_empty", entry)


def in_order(problems: Sequence[FileProblem], raw: Content) -> list[FileProblem]:
    """In the order of the file's keys; those of keys that it does not have come first."""
    place = {name: n for n, name in enumerate(raw, start=1)}
    return sorted(problems, key=lambda problem: place.get(problem.entry.split(".")[0], 0))


def _of_headline(raw: Content) -> Iterator[FileProblem]:
    headline, windows = raw.get("headline"), raw.get("windows")
    if not isinstance(headline, Mapping):
        return
    years = windows.get("years_after", _YEARS_AFTER) if isinstance(windows, Mapping) else _YEARS_AFTER
    horizon, outcome = headline.get("horizon", 1), headline.get("outcome")
    if isinstance(horizon, int) and isinstance(years, int) and not 1 <= horizon <= years:
        yield FileProblem("horizon_years", "headline.horizon", {"found": horizon, "expected": years})
    units = {item.get("name"): item.get("unit", "currency") for _, item in tables(raw, "outcomes")}
    if isinstance(outcome, str) and outcome not in units:
        details = {"found": shown(outcome), "expected": listing([*units])}
        yield FileProblem("not_listed", "headline.outcome", details)
    if headline.get("estimand") == Estimand.EURO_WEIGHTED and units.get(outcome, "currency") != "currency":
        yield FileProblem("needs_money", "headline.estimand", {"found": shown(outcome)})


def _of_parts(raw: Content) -> Iterator[FileProblem]:
    """Outcomes that are a part of another: of one, the same for all."""
    outcomes = list(tables(raw, "outcomes"))
    names = [item.get("name") for _, item in outcomes]
    wholes = dict.fromkeys(str(item["share_of"]) for _, item in outcomes if item.get("share_of") is not None)
    for entry, item in outcomes:
        whole = item.get("share_of")
        if whole is not None and (whole not in names or whole == item.get("name")):
            details = {"found": shown(whole), "expected": listing([name for name in names if name != item.get("name")])}
            yield FileProblem("not_listed", f"{entry}.share_of", details)
    if len(wholes) > 1:
        yield FileProblem("several_wholes", "outcomes.share_of", {"found": listing([*wholes])})


def _of_sectors(raw: Content) -> Iterator[FileProblem]:
    sectors = list(tables(raw, "sectors"))
    macro_sectors = [item.get("id") for _, item in tables(raw, "macro_sectors")]
    for entry, sector in sectors:
        macro_sector = sector.get("macro_sector")
        if isinstance(macro_sector, str) and macro_sector not in macro_sectors:
            details = {"found": shown(macro_sector), "expected": listing(macro_sectors)}
            yield FileProblem("not_listed", f"{entry}.macro_sector", details)
    named = [(f"{entry}.divisions", division) for entry, item in sectors for division in values(item, "divisions")]
    yield from _each_once("division", [one for one in named if isinstance(one[1], int)], DIVISIONS)
    rest = [entry.removeprefix("sectors.") for entry, item in sectors if item.get("rest") is True]
    if sectors and not rest:
        yield FileProblem("no_rest", "sectors")
    if len(rest) > 1:
        yield FileProblem("several_rests", "sectors", {"found": listing(rest)})
    for entry, item in tables(raw, "context"):
        ids = [sector.get("id") for _, sector in sectors]
        yield from _each_once("sector", [(f"{entry}.sectors", name) for name in values(item, "sectors")], ids)


def _of_groupings(raw: Content) -> Iterator[FileProblem]:
    """Every sector in exactly one group; a name that stands for nothing else."""
    sectors = [item.get("id") for _, item in tables(raw, "sectors")]
    for entry, grouping in tables(raw, "groupings"):
        if grouping.get("id") in RESERVED:
            yield FileProblem("reserved", f"{entry}.id", {"found": shown(grouping["id"])})
        groups = list(tables(grouping, "groups"))
        yield from _repeated_names(f"{entry}.groups", [group.get("id") for _, group in groups])
        named = [(f"{entry}.{group}.sectors", name) for group, item in groups for name in values(item, "sectors")]
        yield from _each_once("sector", named, sectors)
        grouped = [name for _, name in named]
        if missing := [sector for sector in sectors if sector not in grouped]:
            yield FileProblem("in_no_group", entry, {"found": listing(missing)})


def _of_provinces(raw: Content) -> Iterator[FileProblem]:
    areas = [(f"{entry}.provinces", code) for entry, item in tables(raw, "areas") for code in values(item, "provinces")]
    yield from _each_once("province", areas, list(PROVINCES))
    rows = [row for row in values(raw, "tiles") if isinstance(row, list | tuple)]
    tiles = [("tiles", code) for row in rows for code in row]
    yield from _each_once("province_of_area", tiles, [code for _, code in areas])


def _of_pairs(raw: Content) -> Iterator[FileProblem]:
    known = [*DIMENSIONS, *(item.get("id") for _, item in tables(raw, "groupings"))]
    for pair in values(raw, "pairs"):
        for name in pair if isinstance(pair, list | tuple) else ():
            if isinstance(name, str) and name not in known:
                yield FileProblem("not_listed", "pairs", {"found": shown(name), "expected": listing(known)})


def _repeated_names(entry: str, ids: Sequence[object]) -> Iterator[FileProblem]:
    known = [name for name in ids if isinstance(name, str)]
    if twice := sorted({name for name in known if known.count(name) > 1}):
        yield FileProblem("twice", entry, {"found": listing(twice)})


def _each_once(what: str, named: Sequence[tuple[str, Any]], known: Sequence[object]) -> Iterator[FileProblem]:
    """Codes that do not exist, and codes that stand twice, with the keys where they stand. what: division, sector, …"""
    places: dict[Any, list[str]] = {}
    for entry, code in named:
        if isinstance(code, str | int):
            places.setdefault(code, []).append(entry)
    for code, entries in places.items():
        if code not in known:
            yield FileProblem(f"no_{what}", entries[0], {"found": code})
        elif len(entries) > 1:
            yield FileProblem(
                f"{what}_twice", entries[0], {"found": code, "places": listing([*dict.fromkeys(entries)])}
            )
