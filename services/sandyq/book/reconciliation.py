"""What the book says of its accounts held against what custodians and banks say. Values in, values out.

Ours and theirs meet under (account, kind, subject): the instrument's id for a security, the currency for money. A
difference is always ours − theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sandyq.basics.decimals import QUANTITY_STEP, ZERO, product
from sandyq.basics.origin import Origin

SECURITY: Final = "security"
CASH: Final = "cash"
Key = tuple[str, str, str]
"""(account, kind, subject)."""
Side = tuple[str, str]
"""(account, kind): what a statement is about. What no statement is about is not compared."""
_HALF_CENT: Final = Decimal("0.005")
_BASIS_POINTS: Final = Decimal(10_000)


class Match(StrEnum):
    """What became of one position or balance in reconciliation (F111)."""

    MATCHED = "matched"
    QUANTITY_BREAK = "quantity_break"
    PRICE_BREAK = "price_break"
    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"


@dataclass(frozen=True, slots=True)
class Held:
    """What the book holds; `price` per unit in `currency`, None when the book has no usable close of the day."""

    account: str
    kind: str
    subject: str
    quantity: Decimal
    price: Decimal | None
    currency: str

    @property
    def key(self) -> Key:
        return self.account, self.kind, self.subject


@dataclass(frozen=True, slots=True)
class Stated:
    """What a statement says. `known` False: the book has no instrument for it, `subject` is the statement's own."""

    account: str
    kind: str
    subject: str
    quantity: Decimal
    price: Decimal | None
    currency: str
    origin: Origin
    known: bool = True

    @property
    def key(self) -> Key:
        return self.account, self.kind, self.subject


@dataclass(frozen=True, slots=True)
class Compared:
    """One position or balance on both sides. A side that has nothing is zero; `ours` None: nothing can be said.

    `value_usd` is the worth of ours − theirs (of a price break: our value − their value), None when it is Unknown.
    """

    account: str
    kind: str
    subject: str
    match: Match
    ours: Decimal | None
    theirs: Decimal
    our_price: Decimal | None
    their_price: Decimal | None
    currency: str
    value_usd: Decimal | None
    origin: Origin | None

    @property
    def key(self) -> Key:
        return self.account, self.kind, self.subject

    @property
    def difference(self) -> Decimal:
        """Ours − theirs; what the book cannot name counts as not held."""
        return (self.ours or ZERO) - self.theirs


def compare(held: Iterable[Held], stated: Iterable[Stated], sides: Iterable[Side],
            usd_rate: Callable[[str], Decimal | None], *, tolerance_bp: Decimal) -> tuple[Compared, ...]:
    """Return every position and balance of the sides, the worst first and what matches last.

    Quantities agree within the smallest step of a quantity, money within half a cent, prices of one currency within
    `tolerance_bp` of ours. Several lines of a statement about one subject are added.
    """
    wanted = frozenset(sides)
    ours = {item.key: item for item in held if (item.account, item.kind) in wanted and item.quantity}
    theirs: dict[Key, Stated] = {}
    for item in stated:
        if (item.account, item.kind) in wanted:
            theirs[item.key] = _joined(theirs[item.key], item) if item.key in theirs else item
    lines = [_line(ours.get(key), theirs.get(key), usd_rate, tolerance_bp) for key in {*ours, *theirs}]
    return tuple(sorted(lines, key=_worst_first))


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was compared on an earlier statement day; `sides` were stated then."""

    day: date
    sides: frozenset[Side]
    matches: Mapping[Key, Match]


def broken_since(now: Mapping[Key, Match], day: date, earlier: Iterable[Earlier]) -> dict[Key, date]:
    """Return for each break of `day` the first statement day of its unbroken run; `earlier` goes back in time.

    A run ends where the subject matched or had another kind of break; a day without a statement of its side says
    nothing. `earlier` is read only as far back as some run reaches.
    """
    since = dict.fromkeys(now, day)
    running = {key for key, match in now.items() if match is not Match.MATCHED}
    if not running:
        return since
    for before in earlier:
        stated = {key for key in running if key[:2] in before.sides}
        broken = {key for key in stated if before.matches.get(key) is now[key]}
        since |= dict.fromkeys(broken, before.day)
        running -= stated - broken
        if not running:
            break
    return since


def _joined(first: Stated, second: Stated) -> Stated:
    price = first.price if first.price is not None else second.price
    return Stated(first.account, first.kind, first.subject, first.quantity + second.quantity, price,
                  first.currency or second.currency, first.origin, first.known)


def _line(ours: Held | None, theirs: Stated | None, usd_rate: Callable[[str], Decimal | None],
          tolerance_bp: Decimal) -> Compared:
    one = ours or theirs
    assert one is not None
    quantity: Decimal | None = ours.quantity if ours else ZERO
    if theirs is not None and not theirs.known:
        quantity = None
    stated = theirs.quantity if theirs else ZERO
    match = _match(ours, theirs, tolerance_bp)
    return Compared(one.account, one.kind, one.subject, match, quantity, stated, ours.price if ours else None,
                    theirs.price if theirs else None, one.currency or (theirs.currency if theirs else ""),
                    _value(match, ours, theirs, usd_rate), theirs.origin if theirs else None)


def _match(ours: Held | None, theirs: Stated | None, tolerance_bp: Decimal) -> Match:
    if theirs is None:
        return Match.MISSING_THERE
    if ours is None:
        return Match.MATCHED if not theirs.quantity and theirs.known else Match.MISSING_HERE
    room = _HALF_CENT if ours.kind == CASH else QUANTITY_STEP
    if abs(ours.quantity - theirs.quantity) >= room:
        return Match.MISSING_THERE if not theirs.quantity else Match.QUANTITY_BREAK
    return Match.PRICE_BREAK if _price_differs(ours, theirs, tolerance_bp) else Match.MATCHED


def _price_differs(ours: Held, theirs: Stated, tolerance_bp: Decimal) -> bool:
    if ours.price is None or theirs.price is None or not comparable(ours.currency, theirs.currency):
        return False
    return product(abs(ours.price - theirs.price), _BASIS_POINTS) > product(ours.price, tolerance_bp)


def comparable(our_currency: str, their_currency: str) -> bool:
    """Return whether two prices are in one currency; a statement that names none means the instrument's."""
    return not their_currency or our_currency == their_currency


def _value(match: Match, ours: Held | None, theirs: Stated | None,
           usd_rate: Callable[[str], Decimal | None]) -> Decimal | None:
    """Return the worth of ours − theirs at our price, at theirs where we have none; the price itself for a break."""
    if match is Match.MATCHED:
        return ZERO
    priced = ours if ours is not None and ours.price is not None else theirs
    if priced is None or priced.price is None:
        return None
    rate = usd_rate(priced.currency or (ours.currency if ours else ""))
    if rate is None:
        return None
    if match is Match.PRICE_BREAK and ours and ours.price is not None and theirs and theirs.price is not None:
        return product(ours.quantity, ours.price - theirs.price, rate)
    difference = (ours.quantity if ours else ZERO) - (theirs.quantity if theirs else ZERO)
    return product(difference, priced.price, rate)


def _worst_first(line: Compared) -> tuple[bool, bool, Decimal, str, str, str]:
    """Breaks whose worth is Unknown come before all others: nobody can say that they are small."""
    value = line.value_usd
    return (line.match is Match.MATCHED, value is not None, -abs(value) if value is not None else ZERO, *line.key)
