"""The dimensions of a cube: the levels of their hierarchies, the tables that these span, and which table refines which.

A dimension has levels from coarse to fine, when its codes have parents, or one level that nests in other dimensions. A
table takes one level of each dimension; level 0 is the total.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import IntArray, ObjectArray
from analytics.model import UserError

TOTAL = "*"  # the code of a dimension that a cell is not split by
UNKNOWN = "?"  # the code of a unit whose own is missing: it is in the total, so it is in a cell
Hierarchy = Mapping[Any, Any] | str | Sequence[str]
TableLevels = tuple[int, ...]  # of one table: the level of each dimension, 1 the coarsest, 0 the total


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The dimensions of a cube, as codes of the rows of its microdata.

    names: of the dimensions. codes: of each, its levels from coarse to fine, every one (n_rows,) codes. outer: of each,
    the positions of the dimensions that it is nested in, near and far. determined: of each, the positions of those
    whose code follows from its own in these rows: `outer`, and what happens to.
    """

    names: list[str]
    codes: list[list[ObjectArray]]
    outer: list[set[int]]
    determined: list[set[int]]


def dimensions_of(rows: pd.DataFrame, names: list[str], hierarchies: Mapping[str, Hierarchy]) -> Dimensions:
    """The dimensions of microdata with a column of codes for each name; hierarchies: as of `Cube.from_microdata`.

    Raises UserError when a hierarchy names no dimension or does not fit the codes.
    """
    parents = {name: _names_of_parents(hierarchy) for name, hierarchy in hierarchies.items()}
    unknown = [name for name in hierarchies if name not in names]
    unknown += [outer for outers in parents.values() for outer in outers if outer not in names]
    if unknown:
        raise UserError("cube.column_missing", missing=", ".join(unknown))
    finest = {name: rows[name].to_numpy(dtype=object) for name in names}
    codes = [
        [finest[name]]
        if parents.get(name)
        else _codes_by_level(finest[name], _parents_by_code(hierarchies.get(name)), name)
        for name in names
    ]
    determined = _determined({name: pd.factorize(finest[name])[0] for name in names})
    for name, outers in parents.items():
        for outer in outers:
            if names.index(outer) not in determined[names.index(name)]:
                raise UserError("cube.not_nested", column=name, within=outer)
    outer_positions = [_ancestors(name, parents, names) for name in names]
    return Dimensions(names, codes, outer_positions, determined)


def _names_of_parents(hierarchy: Hierarchy) -> tuple[str, ...]:
    """The dimensions that one is nested in; none where its parents are codes of its own column."""
    if isinstance(hierarchy, str):
        return (hierarchy,)
    return () if isinstance(hierarchy, Mapping) else tuple(hierarchy)


def _ancestors(name: str, parents: Mapping[str, tuple[str, ...]], names: list[str]) -> set[int]:
    """The positions of all dimensions that one is nested in. Raises UserError where it is nested in itself."""
    found: list[str] = list(parents.get(name, ()))
    for outer in found:
        found += [further for further in parents.get(outer, ()) if further not in found]
    if name in found:
        raise UserError("cube.not_nested", column=name, within=name)
    return {names.index(outer) for outer in found}


def _determined(numbers: Mapping[str, IntArray]) -> list[set[int]]:
    """Of each dimension, the positions of the others whose code follows from its own; numbers: of each, (n_rows,)."""
    n_codes = {name: int(number.max(initial=-1)) + 1 for name, number in numbers.items()}
    return [
        {
            place
            for place, (other, outer) in enumerate(numbers.items())
            if other != name and len(np.unique(number * max(n_codes[other], 1) + outer)) == n_codes[name]
        }
        for name, number in numbers.items()
    ]


def undeclared_parents(dimensions: Dimensions) -> list[tuple[str, str]]:
    """Dimensions that group another one's codes without being declared its parent: (the one, the other).

    Of a few rows, many a code follows from another by chance; such a pair is listed where two groups or more hold
    several codes each.
    """
    pairs = []
    for inner, outers in enumerate(dimensions.determined):
        for outer in outers - dimensions.outer[inner]:
            codes = pd.DataFrame({"inner": dimensions.codes[inner][-1], "outer": dimensions.codes[outer][-1]})
            known = codes[(codes != UNKNOWN).all(axis=1)].drop_duplicates()
            if (known.groupby("outer").size() > 1).sum() > 1:
                pairs.append((dimensions.names[inner], dimensions.names[outer]))
    return pairs


def _parents_by_code(hierarchy: Hierarchy | None) -> dict[Any, Any]:
    """Child -> parent, whichever way round it was written; the total is nobody's parent."""
    parents: dict[Any, Any] = {}
    for key, entry in hierarchy.items() if isinstance(hierarchy, Mapping) else ():
        children = entry if isinstance(entry, list | tuple | set | frozenset) else None
        parents |= {key: entry} if children is None else dict.fromkeys(children, key)
    return {child: parent for child, parent in parents.items() if parent not in (TOTAL, None)}


def _codes_by_level(finest: ObjectArray, parents: dict[Any, Any], name: str) -> list[ObjectArray]:
    """Levels of a dimension from coarse to fine; a code of less depth stands for itself in the deeper ones."""
    chains: dict[Any, list[Any]] = {}  # code -> its ancestors from the coarsest, and itself
    for code in dict.fromkeys(finest):
        chain = [code]
        while chain[-1] in parents:
            chain.append(parents[chain[-1]])
            if len(chain) > len(parents) + 1:
                raise UserError("cube.not_nested", column=name, within=name)
        chains[code] = chain[::-1]
    ancestors = {parent for chain in chains.values() for parent in chain[:-1]}
    if mixed := [str(code) for code in chains if code in ancestors]:
        raise UserError("cube.parent_has_units", column=name, codes=", ".join(mixed))
    depth = max((len(chain) for chain in chains.values()), default=1)
    levels = [{code: chain[min(level, len(chain) - 1)] for code, chain in chains.items()} for level in range(depth)]
    return [_object_array([code_at_level[code] for code in finest]) for code_at_level in levels]


def _object_array(items: Sequence[Any]) -> ObjectArray:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def closed_tables(dimensions: Dimensions, crossings: Sequence[Sequence[str]] | None) -> list[TableLevels]:
    """The crossings of dimensions (None: all at once) with all their margins, the total first.

    No table crosses a dimension with one that it is nested in; two that hold the same one are crossed only where a
    crossing names both. Raises UserError when a crossing names no dimension.
    """
    depths = [range(len(levels) + 1) for levels in dimensions.codes]
    if crossings is None:
        siblings = [set(pair) for outers in dimensions.outer for pair in combinations(outers, 2)]
        every = (table for table in product(*depths))
        tables = {table for table in every if not any(all(table[place] for place in pair) for pair in siblings)}
    else:
        unknown = [name for crossing in crossings for name in crossing if name not in dimensions.names]
        if unknown:
            raise UserError("cube.column_missing", missing=", ".join(unknown))
        tables = {(0,) * len(depths)}
        for crossing in crossings:
            crossed = zip(dimensions.names, depths, strict=True)
            tables |= set(product(*(depth if name in crossing else [0] for name, depth in crossed)))
    nested = [(inner, outer) for inner, outers in enumerate(dimensions.outer) for outer in outers]
    kept = [table for table in tables if not any(table[inner] and table[outer] for inner, outer in nested)]
    return sorted(kept, key=lambda table: (sum(map(bool, table)), sum(table), [-level for level in table]))
