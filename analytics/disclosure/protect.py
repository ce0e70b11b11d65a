"""Disclosure control: which cells of a cube are confidential, and what else must be withheld to keep them so.

Primary cells fail a rule by themselves; secondary ones are withheld so that no primary one can be told closely from the
rest, by somebody outside or by a firm that is alone in a cell, from this release and all earlier ones together.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.disclosure.cube import Cube, Differences, differences
from analytics.disclosure.probing import FIXED, HIDDEN, System, UnsafeError
from analytics.disclosure.rules import CUBE_MEASURES, confidential, required, required_inside
from analytics.disclosure.search import suppress
from analytics.model import DisclosureRules, UserError

Earlier = Sequence[tuple[Cube, Sequence[bool] | BoolArray]]


@dataclass(frozen=True, slots=True, eq=False)
class Protection:
    """Which cells of a cube to withhold; all masks are (n_cells,).

    primary: confidential by themselves, or told apart from an earlier release by the change of one or two units.
    secondary: withheld to protect them. few: the primary ones with too few units. held: those of them all whose figure
    of an earlier release may stay: it is known already. lost: units in the secondary cells, as they count; gap: by how
    much, as a share, the best pattern could lose less than this one at most; 0: none loses less.
    """

    primary: BoolArray
    secondary: BoolArray
    few: BoolArray
    held: BoolArray
    lost: float = 0.0
    gap: float = 0.0

    @property
    def withheld(self) -> BoolArray:
        """Primary or secondary."""
        return self.primary | self.secondary


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """A measure that shares the pattern of a cube: another year, sum or arm, over all or some of its cells.

    published_before: its earlier releases, each with the mask of what was withheld. hidden: (n_cells,) what is never
    published of this measure, whatever the pattern. quantities: which of its value and count anybody can see. trace:
    not published itself, but a mark of what each firm reported, by which changes since an earlier release are told.
    """

    cube: Cube
    published_before: Earlier = ()
    hidden: BoolArray | None = None
    quantities: Sequence[str] = CUBE_MEASURES
    trace: bool = False


def protect(cube: Cube, rules: DisclosureRules, *, published_before: Earlier = ()) -> Protection:
    """The pattern that loses least and keeps every confidential cell: in its value and in its count.

    published_before: earlier releases of the same cube, each with the mask of what it withheld. Raises UserError naming
    the cells when nothing is safe.
    """
    return protect_together([Shared(cube, published_before)], rules)


def protect_together(
    measures: Sequence[Shared],
    rules: DisclosureRules,
    *,
    withheld: BoolArray | None = None,
    secret: BoolArray | None = None,
    importance: FloatArray | None = None,
    apart: bool = True,
) -> Protection:
    """One pattern for several measures, over the cells of the first: a cell is primary where any measure says so.

    withheld: cells of the first to withhold besides; secret: those that are as confidential as if a measure said so.
    importance: (n_cells,) what losing a unit of each
    counts. apart: keep apart what few units changed since an earlier release.
    """
    base = measures[0].cube
    none = np.zeros(len(base.cells), dtype=bool)
    secret = none if secret is None else secret
    linked = [_Linked(shared, base, rules, secret, apart=apart) for shared in measures]
    few, dominated, near, public = (
        np.any([getattr(one, name) for one in linked], axis=0) for name in ("few", "dominated", "near", "public")
    )
    known = np.all([one.known for one in linked], axis=0)
    primary = few | dominated | near | secret | (none if withheld is None else withheld)
    value = base.measure("value")
    weights = base.measure("n_units") * (1 + TIE * value / max(value.max(initial=0), 1e-300))
    weights = weights if importance is None else weights * importance
    try:
        found = suppress([system for one in linked for system in one.systems()], weights, primary, known)
    except UnsafeError as error:
        raise UserError("disclosure.unsafe", cells="; ".join(base.named(error.cells))) from error
    gap = 1 - found.bound / found.lost if found.lost > 0 else 0.0
    return Protection(
        primary=primary,
        secondary=found.withheld & ~primary,
        few=few,
        held=found.withheld & public & ~few & ~dominated,
        lost=found.lost,
        gap=gap if gap > PROVED else 0.0,
    )


TIE = 1e-6  # of two patterns that lose as many units, the one that loses less of the value
PROVED = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class _Apart:
    """A cell that few units changed since an earlier release: what it was is not to be told from what it is."""

    now: int
    then: int
    largest: float  # change of one unit


@dataclass(frozen=True, slots=True, eq=False)
class _Target:
    """A sum of unknowns that must stay open: how far up and down, the cell that it is about, and the same for firms
    that contribute to it and are alone elsewhere.
    """

    terms: dict[int, float]
    up: float
    down: float
    name: int
    inside: dict[Hashable, tuple[float, float]] = field(default_factory=dict)


class _Linked:
    """One measure beside what was published of it before: unknowns, identities, what must stay open.

    The unknowns are this release's cells, then the earlier releases' that somebody changed since. A cell that nobody
    changed is one unknown in all releases.
    """

    def __init__(self, shared: Shared, base: Cube, rules: DisclosureRules, secret: BoolArray, *, apart: bool) -> None:
        """Lay the releases side by side. Raises UserError when a mask does not fit its cube."""
        self.trace = shared.trace
        self.rules, self.n_base, self.cube, self.quantities = rules, len(base.cells), shared.cube, shared.quantities
        n = len(shared.cube.cells)
        self.place = np.array([base.positions[key] for key in shared.cube.positions], dtype=np.int64)
        self.control = self.place.copy()  # of every unknown: the cell that tells it, or HIDDEN, or FIXED
        self.blocks = [(shared.cube, np.arange(n))]
        self.apart: list[_Apart] = []
        hidden = np.zeros(n, dtype=bool) if shared.hidden is None else shared.hidden
        self.control[:n][hidden] = HIDDEN
        near, public = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        for cube, mask in shared.published_before:
            withheld = np.asarray(mask, dtype=bool)
            if withheld.shape != (len(cube.cells),):
                raise UserError("disclosure.mask", cells=len(cube.cells), mask=len(withheld))
            at, changed = self._beside(cube)
            new = at < 0
            at[new] = len(self.control) + np.arange(new.sum())
            self.control = np.concatenate([self.control, np.full(new.sum(), HIDDEN)])
            self.control[at[~withheld]] = FIXED
            self.blocks.append((cube, at))
            public[changed.here[~withheld[changed.there]]] = True
            for here, there, largest in self._few_changed(changed) if apart else ():
                self.apart.append(_Apart(here, int(at[there]), largest))
                near[here] |= not withheld[there]
        few, dominated = self._confidential(shared.cube)
        self.few, self.dominated = self._on_base(few & ~hidden), self._on_base(dominated & ~hidden)
        self.secret = secret[self.place]
        self.near, self.public = self._on_base(near & ~hidden), self._on_base(public & ~hidden)
        self.known = ~self._on_base(self.control[:n] != FIXED)

    def _beside(self, cube: Cube) -> tuple[IntArray, Differences]:
        """The unknown of each cell of an earlier release that nobody changed (else −1); what changed until now."""
        at = np.full(len(cube.cells), -1)
        for known, unknowns in self.blocks:
            found = differences(known, cube)
            same = found.units == 0
            at[found.there[same]] = unknowns[found.here[same]]
        return at, differences(self.cube, cube)

    def _few_changed(self, changed: Differences) -> Iterator[tuple[int, int, float]]:
        few = (changed.units > 0) & (changed.units < self.rules.min_units)
        yield from zip(
            changed.here[few].tolist(), changed.there[few].tolist(), changed.largest[few].tolist(), strict=True
        )

    def _confidential(self, cube: Cube) -> tuple[BoolArray, BoolArray]:
        """Of a trace nothing is, but its changes."""
        none = np.zeros(len(cube.cells), dtype=bool)
        return (none, none) if self.trace else confidential(cube, self.rules)

    def _on_base(self, mask: BoolArray) -> BoolArray:
        spread = np.zeros(self.n_base, dtype=bool)
        spread[self.place[mask]] = True
        return spread

    def systems(self) -> Iterator[System]:
        """One for the value and one for the count, where anything must stay open."""
        owners = self._owners()
        order = {unit: number for number, unit in enumerate(owners)}
        shape = (0, len(self.control))
        identities = sparse.vstack(
            [sparse.csr_array(shape), *(_spread(cube.constraints, at, shape[1]) for cube, at in self.blocks)], "csr"
        )
        for measure in self.quantities:
            values = np.zeros(shape[1])
            for cube, at in self.blocks:
                values[at] = cube.measure(measure)
            found = list(self._targets(measure))
            if found:
                yield System(
                    identities=identities,
                    value=values,
                    place=np.concatenate([self.place, np.full(shape[1] - len(self.place), HIDDEN)]),
                    cell=self.control,
                    targets=_rows([one.terms for one in found], shape[1]),
                    up=np.array([one.up for one in found]),
                    down=np.array([one.down for one in found]),
                    names=np.array([one.name for one in found]),
                    owners=list(owners.values()),
                    inside={
                        (k, order[unit]): asked
                        for k, one in enumerate(found)
                        for unit, asked in one.inside.items()
                        if unit in order
                    },
                )

    def _targets(self, measure: str) -> Iterator[_Target]:
        """What must stay open. What an earlier release told already cannot be kept any more."""
        for block, (cube, at) in enumerate(self.blocks):
            up, down = required(cube, self.rules, measure)
            few, dominated = self._confidential(cube)
            secret = self.secret if block == 0 and not self.trace else np.zeros_like(few)
            for cell in np.flatnonzero(few | dominated | secret).tolist():
                if self.control[at[cell]] != FIXED:
                    inside = {
                        self._label(block, unit): required_inside(cube, self.rules, measure, cell, own)
                        for unit, own in cube.inside(cell).items()
                    }
                    name = self._name(cube, cell)
                    yield _Target({int(at[cell]): 1.0}, float(up[cell]), float(down[cell]), name, inside)
        for one in self.apart:
            asked = 1.0 if measure == "n_units" else self.rules.p_percent / 100 * one.largest
            yield _Target({one.now: 1.0, one.then: -1.0}, asked, asked, int(self.place[one.now]))

    def _label(self, block: int, unit: Hashable) -> Hashable:
        """A unit, or what stands for one where units are not known: those of two releases are not the same."""
        return unit if self.blocks[block][0].contributions is not None else (block, unit)

    def _name(self, cube: Cube, cell: int) -> int:
        """The base's cell of the same codes; its total where it has none any more."""
        here = self.cube.positions.get(list(cube.positions)[cell])
        return 0 if here is None else int(self.place[here])

    def _owners(self) -> dict[Hashable, IntArray]:
        """For each unit that is alone in cells of any release, the unknowns that it knows."""
        known: dict[Hashable, list[int]] = {}
        for block, (cube, at) in enumerate(self.blocks):
            for unit, cells in cube.owners.items():
                known.setdefault(self._label(block, unit), []).extend(at[cells].tolist())
        return {unit: np.unique(unknowns) for unit, unknowns in known.items()}


def _spread(identities: sparse.csr_array, at: IntArray, width: int) -> sparse.csr_array:
    """The same identities over all unknowns."""
    found = sparse.coo_array(identities)
    return sparse.csr_array((found.data, (found.coords[0], at[found.coords[1]])), shape=(identities.shape[0], width))


def _rows(sums: Sequence[dict[int, float]], width: int) -> sparse.csr_array:
    triples = [(row, unknown, sign) for row, terms in enumerate(sums) for unknown, sign in terms.items()]
    row, unknown, sign = zip(*triples, strict=True)
    return sparse.csr_array((sign, (row, unknown)), shape=(len(sums), width))
