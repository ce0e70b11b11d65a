"""The dimensions of a cube: the levels of their hierarchies, the tables that these span, and which table refines which.

A dimension has levels from coarse to fine, when its codes have parents, or one level that nests in another dimension. A
table takes one level of each dimension; level 0 is the total.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import ObjectArray
from analytics.model import UserError

TOTAL = "*"  # the code of a dimension that a cell is not split by
Hierarchy = Mapping[Any, Any] | str
TableLevels = tuple[int, ...]  # of one table: the level of each dimension, 1 the coarsest, 0 the total


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The dimensions of a cube, as codes of the rows of its microdata.

    names: of the dimensions. codes: of each, its levels from coarse to fine, every one (n_rows,) codes. outer: of each,
    the position of the dimension that it is nested in, or None.
    """

    names: list[str]
    codes: list[list[ObjectArray]]
    outer: list[int | None]


def dimensions_of(rows: pd.DataFrame, names: list[str], hierarchies: Mapping[str, Hierarchy]) -> Dimensions:
    """The dimensions of microdata with a column of codes for each name; hierarchies: as of `Cube.from_microdata`.

    Raises UserError when a hierarchy names no dimension, lists several parents, or does not fit the codes.
    """
    for name, parents in hierarchies.items():
        if isinstance(parents, list | tuple):
            raise UserError("cube.several_parents", dimension=name, parents=", ".join(map(str, parents)))
    unknown = [name for name in hierarchies if name not in names]
    unknown += [outer for outer in hierarchies.values() if isinstance(outer, str) and outer not in names]
    if unknown:
        raise UserError("cube.column_missing", missing=", ".join(unknown))
    codes: list[list[ObjectArray]] = []
    outer_positions: list[int | None] = []
    for name in names:
        hierarchy, finest = hierarchies.get(name), rows[name].to_numpy(dtype=object)
        if isinstance(hierarchy, str):
            if (rows.groupby(name)[hierarchy].nunique() > 1).any():
                raise UserError("cube.not_nested", column=name, within=hierarchy)
            codes.append([finest])
            outer_positions.append(names.index(hierarchy))
        else:
            codes.append(_codes_by_level(finest, _parent_of_code(hierarchy or {}), name))
            outer_positions.append(None)
    return Dimensions(names, codes, outer_positions)


def _parent_of_code(hierarchy: Mapping[Any, Any]) -> dict[Any, Any]:
    """Child -> parent, whichever way round it was written; the total is nobody's parent."""
    parents: dict[Any, Any] = {}
    for key, entry in hierarchy.items():
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

    No table crosses a dimension with the one that it is nested in. Raises UserError when a crossing names no dimension.
    """
    depths = [range(len(levels) + 1) for levels in dimensions.codes]
    if crossings is None:
        tables = set(product(*depths))
    else:
        unknown = [name for crossing in crossings for name in crossing if name not in dimensions.names]
        if unknown:
            raise UserError("cube.column_missing", missing=", ".join(unknown))
        tables = {(0,) * len(depths)}
        for crossing in crossings:
            crossed = zip(dimensions.names, depths, strict=True)
            tables |= set(product(*(depth if name in crossing else [0] for name, depth in crossed)))
    nested = [(inner, outer) for inner, outer in enumerate(dimensions.outer) if outer is not None]
    kept = [table for table in tables if not any(table[inner] and table[outer] for inner, outer in nested)]
    return sorted(kept, key=lambda table: (sum(map(bool, table)), sum(table), [-level for level in table]))


def is_one_step_finer(fine: TableLevels, coarse: TableLevels, dimensions: Dimensions) -> bool:
    """Whether a table is one level deeper in one dimension, or has in a dimension's place one that is nested in it."""
    changed = [position for position, (a, b) in enumerate(zip(coarse, fine, strict=True)) if a != b]
    if len(changed) == 1:
        return fine[changed[0]] == coarse[changed[0]] + 1
    if len(changed) != 2:
        return False
    return any(
        dimensions.outer[inner] == outer
        and (coarse[inner], fine[inner]) == (0, 1)
        and (coarse[outer] > 0 and fine[outer] == 0)
        for inner, outer in (changed, changed[::-1])
    )
