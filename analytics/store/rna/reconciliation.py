"""Awards of the applications beside the aids of the state aid register (RNA), to the cent.

Each award is set beside at most one aid, and each aid beside at most one award: by the register's code of the aid
(COR), else by the firm's fiscal code. Whatever is on one side alone, or differs, is told; together they make up
the whole difference between the two totals.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from analytics.programme.file import Programme
from analytics.store.database import Store
from analytics.store.rna.measures import Selection
from analytics.store.rna.rows import plain_number

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Award:
    """An application that was awarded a grant, also one revoked or withdrawn since (`outcome`).

    grant: euros, None where the applications do not say; cor: as they state it, in the register's notation.
    """

    application_id: str
    fiscal_code: str
    name: str
    outcome: str
    cor: str
    awarded_on: dt.date
    grant: Decimal | None

    @property
    def amount(self) -> Decimal:
        """The grant; nothing where it is not known."""
        return NOTHING if self.grant is None else self.grant


@dataclass(frozen=True, slots=True)
class RegisteredAid:
    """An aid of the register, all its instruments together. nominal: euros, None where the register has no amount."""

    cor: str
    fiscal_code: str
    name: str
    granted_on: dt.date | None
    nominal: Decimal | None

    @property
    def amount(self) -> Decimal:
        """The nominal amount; nothing where it is not known."""
        return NOTHING if self.nominal is None else self.nominal


@dataclass(frozen=True, slots=True)
class Match:
    """An award and the aid that it is in the register. by_cor: whether the applications state its code; else the firm
    is the same."""

    award: Award
    aid: RegisteredAid
    by_cor: bool

    @property
    def difference(self) -> Decimal:
        """Euros of the award less those of the aid."""
        return self.award.amount - self.aid.amount

    @property
    def same_amount(self) -> bool:
        """Whether both amounts are known, and equal to the cent."""
        return self.award.grant is not None and self.award.grant == self.aid.nominal

    @property
    def same_day(self) -> bool:
        """Whether the register has the award's day, or none."""
        return self.aid.granted_on in (None, self.award.awarded_on)

    @property
    def same_firm(self) -> bool:
        """Whether the fiscal codes are equal."""
        return self.award.fiscal_code == self.aid.fiscal_code

    @property
    def same_cor(self) -> bool:
        """Whether the applications state this aid's code, or none."""
        return self.award.cor in ("", self.aid.cor)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What the comparison found: pairs, and what stands on one side alone, in the order of applications and of COR."""

    matches: tuple[Match, ...]
    only_awarded: tuple[Award, ...]
    only_registered: tuple[RegisteredAid, ...]

    @property
    def equal(self) -> tuple[Match, ...]:
        """Pairs with the same amount."""
        return tuple(match for match in self.matches if match.same_amount)

    @property
    def other_amount(self) -> tuple[Match, ...]:
        """Pairs with different amounts, the largest differences first; also where one amount is not known."""
        return tuple(sorted((m for m in self.matches if not m.same_amount), key=lambda m: -abs(m.difference)))

    @property
    def other_day(self) -> tuple[Match, ...]:
        """Pairs with different days."""
        return tuple(match for match in self.matches if not match.same_day)

    @property
    def other_firm(self) -> tuple[Match, ...]:
        """Pairs of the same COR of which the firms differ."""
        return tuple(match for match in self.matches if not match.same_firm)

    @property
    def other_cor(self) -> tuple[Match, ...]:
        """Pairs of the same firm of which the applications state another COR."""
        return tuple(match for match in self.matches if not match.same_cor)

    @property
    def awarded(self) -> Decimal:
        """Euros of all awards."""
        return euros(match.award for match in self.matches) + euros(self.only_awarded)

    @property
    def registered(self) -> Decimal:
        """Euros of all aids."""
        return euros(match.aid for match in self.matches) + euros(self.only_registered)

    @property
    def difference(self) -> Decimal:
        """Euros of all awards less those of all aids."""
        return self.awarded - self.registered

    @property
    def unexplained(self) -> Decimal:
        """What is left of the difference once pairs with different amounts and what stands on one side are taken off:
        nothing, unless something was counted twice."""
        of_pairs = sum((match.difference for match in self.other_amount), NOTHING)
        return self.difference - of_pairs - euros(self.only_awarded) + euros(self.only_registered)


def euros(items: Iterable[Award | RegisteredAid]) -> Decimal:
    """The sum of their amounts."""
    return sum((item.amount for item in items), NOTHING)


def reconcile(store: Store, programme: Programme, selection: Selection | None = None) -> Reconciliation:
    """Set the programme's awards beside its aids in the register, as both stand in the store. Fiscal codes only tell
    where the programme's identifiers of firms are fiscal codes.

    selection: which of the loaded aids count; None: those that the programme file selects; an empty one: all of them.
    """
    if selection is None:
        selection = Selection.of(programme)
    awards = [_award(row) for row in store.frame("rna_awards").to_dict("records")]
    aids = [
        _aid(row)
        for row in store.frame("rna_register").to_dict("records")
        if selection.empty or selection.matches(_text(row["car"]), _text(row["title"]))
    ]
    return paired(awards, aids, by_firm=programme.firm_identifier == "it_fiscal_code")


def paired(awards: list[Award], aids: list[RegisteredAid], *, by_firm: bool) -> Reconciliation:
    """The pairs of these awards and aids, in the order of applications. by_firm: whether fiscal codes tell."""
    matches = list(_by_cor(awards, aids))
    if by_firm:
        matches += _by_firm(awards, aids, matches)
    paired_awards = {match.award.application_id for match in matches}
    paired_aids = {match.aid.cor for match in matches}
    return Reconciliation(
        tuple(sorted(matches, key=lambda match: match.award.application_id)),
        tuple(award for award in awards if award.application_id not in paired_awards),
        tuple(aid for aid in aids if aid.cor not in paired_aids),
    )


def _by_cor(awards: list[Award], aids: list[RegisteredAid]) -> Iterator[Match]:
    """Pairs of the same code. Of several applications that state one code, that of its firm counts, else the first."""
    stating: dict[str, list[Award]] = defaultdict(list)
    for award in awards:
        if award.cor:
            stating[award.cor].append(award)
    for aid in aids:
        if candidates := stating.get(aid.cor):
            own = [award for award in candidates if award.fiscal_code == aid.fiscal_code]
            yield Match((own or candidates)[0], aid, by_cor=True)


def _by_firm(awards: list[Award], aids: list[RegisteredAid], matches: list[Match]) -> list[Match]:
    """Pairs of the same firm among what is left: first those that agree on day and amount, then on the amount, then on
    the day, then in the order of their days."""
    paired_awards = {match.award.application_id for match in matches}
    paired_aids = {match.aid.cor for match in matches}
    of_firm: dict[str, list[RegisteredAid]] = defaultdict(list)
    for aid in sorted(aids, key=lambda aid: (aid.granted_on or dt.date.max, aid.cor)):
        if aid.cor not in paired_aids and aid.fiscal_code:
            of_firm[aid.fiscal_code].append(aid)
    by_day = sorted(awards, key=lambda award: (award.awarded_on, award.application_id))
    left = {a.application_id: a for a in by_day if a.application_id not in paired_awards and a.fiscal_code in of_firm}
    found: list[Match] = []
    for needs_amount, needs_day in ((True, True), (True, False), (False, True), (False, False)):
        for award in list(left.values()):
            for aid in of_firm[award.fiscal_code]:
                pair = Match(award, aid, by_cor=False)
                agrees = (pair.same_amount or not needs_amount) and (
                    aid.granted_on == award.awarded_on or not needs_day
                )
                if agrees:
                    found.append(pair)
                    of_firm[award.fiscal_code].remove(aid)
                    del left[award.application_id]
                    break
    return found


def _award(row: Mapping[Hashable, object]) -> Award:
    grant = _text(row["grant_eur"])
    return Award(
        application_id=_text(row["application_id"]),
        fiscal_code=_text(row["firm_id"]),
        name=_text(row["name"]),
        outcome=_text(row["outcome"]),
        cor=plain_number(_text(row["cor"])),
        awarded_on=dt.date.fromisoformat(_text(row["awarded_on"])),
        grant=Decimal(grant) if grant else None,
    )


def _aid(row: Mapping[Hashable, object]) -> RegisteredAid:
    nominal, day = _text(row["nominal"]), _text(row["granted_on"])
    return RegisteredAid(
        cor=_text(row["cor"]),
        fiscal_code=_text(row["fiscal_code"]),
        name=_text(row["name"]),
        granted_on=dt.date.fromisoformat(day) if day else None,
        nominal=Decimal(nominal) if nominal else None,
    )


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)
