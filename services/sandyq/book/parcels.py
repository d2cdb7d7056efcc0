"""Parts of lots on their way from one pool to another: quantity, cost, cost in USD, date and reference stay together.

Everything here runs inside the WIDE decimal context that `book.ledger` opens. Sums are exact: what leaves one pool is
what arrives in the other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sandyq.basics.decimals import ONE, QUANTITY_STEP, ZERO
from sandyq.book.lots import Lots, OpenLot, Pool, Slice
from sandyq.book.order import natural
from sandyq.book.shares import scaled, share, spread, unit_cost
from sandyq.book.transactions import Transaction


@dataclass(slots=True)
class Parcel:
    """A part of a purchase outside any pool. `row` is the purchase; `rate` the USD rate of its day."""

    row: Transaction
    quantity: Decimal
    cost: Decimal
    cost_usd: Decimal | None
    rate: Decimal | None


def split_off(lots: Lots, key: str, cost_share: Decimal, ratio: Decimal) -> list[Parcel]:
    """Take a share of the cost of every lot of a pool for `ratio` new units per unit; the units themselves stay.

    Cost is given by cumulative rounding at eight decimals where a share has more, so parent and child sum to the cost
    before, lot by lot and in total.
    """
    pool = lots.pool_at(key)
    held = list(pool.lots)
    quantities = scaled((lot.quantity for lot in held), ratio, ONE)
    if lots.average:
        (moved,) = portions([pool.cost], cost_share)
        usd = None if pool.cost_usd is None else (share(pool.cost_usd, moved, pool.cost) if pool.cost else ZERO)
        pool.cost -= moved
        if usd is not None and pool.cost_usd is not None:
            pool.cost_usd -= usd
        return _averaged(held, quantities, moved, usd)
    parts = portions([lot.cost for lot in held], cost_share)
    for lot, part in zip(held, parts, strict=True):
        lot.cost -= part
        lot.unit = unit_cost(lot.cost, lot.quantity)
    return [Parcel(lot.row, quantity, part, None if lot.rate is None else part * lot.rate, lot.rate)
            for lot, quantity, part in zip(held, quantities, parts, strict=True)]


def empty(lots: Lots, key: str) -> list[Parcel]:
    """Take everything out of a pool."""
    pool = lots.pool_at(key)
    held = list(pool.lots)
    if lots.average:
        parcels = _averaged(held, [lot.quantity for lot in held], pool.cost, pool.cost_usd)
    else:
        parcels = [Parcel(lot.row, lot.quantity, lot.cost, None if lot.rate is None else lot.cost * lot.rate, lot.rate)
                   for lot in held]
    lots.pools[key] = Pool()
    return parcels


def withdraw(lots: Lots, row: Transaction) -> list[Parcel]:
    """Take a quantity as a transfer does: the named lot, else the oldest. Empty when there is too little."""
    return [Parcel(part.lot.row, part.quantity, part.cost, usd, part.lot.rate) for part, usd in lots.take_out(row)]


def put(lots: Lots, key: str, parcels: Iterable[Parcel], account: str | None = None) -> None:
    """Put parcels into a pool at the places of their purchases; parts of one purchase become one lot again."""
    pool = lots.pool_at(key)
    known = {_identity(lot.row, lot.rate): lot for lot in pool.lots}
    arrived: list[OpenLot] = []
    for parcel in parcels:
        if not parcel.quantity and not parcel.cost:
            continue
        row = parcel.row if account is None or parcel.row.account == account else replace(parcel.row, account=account)
        twin = known.get(_identity(row, parcel.rate))
        if twin is not None:
            twin.quantity += parcel.quantity
            twin.cost += parcel.cost
            twin.unit = unit_cost(twin.cost, twin.quantity)
        else:
            fresh = OpenLot(row, parcel.quantity, parcel.cost, unit_cost(parcel.cost, parcel.quantity), parcel.rate)
            known[_identity(row, parcel.rate)] = fresh
            arrived.append(fresh)
        pool.quantity += parcel.quantity
        if lots.average:
            pool.cost += parcel.cost
            pool.cost_usd = (None if pool.cost_usd is None or parcel.cost_usd is None
                             else pool.cost_usd + parcel.cost_usd)
    if arrived:
        pool.lots = deque(sorted((*pool.lots, *arrived), key=_age))


def sell_units(lots: Lots, parcels: list[Parcel], quantity: Decimal, row: Transaction) -> Decimal:
    """Sell units out of parcels at the row's price, oldest first, and return the cost that left with them.

    The parcels keep what is left; the parts sold are recorded with the lots they belong to.
    """
    left, cost = quantity, ZERO
    rate = lots.rate(row.currency, row.trade_date)
    for parcel in parcels:
        if not left:
            break
        sold = min(left, parcel.quantity)
        part = parcel.cost if sold == parcel.quantity else share(parcel.cost, sold, parcel.quantity)
        usd = parcel.cost_usd
        if usd is not None and sold != parcel.quantity:
            usd = part * parcel.rate if parcel.rate is not None and not lots.average else share(usd, sold,
                                                                                                parcel.quantity)
        lots.slices.append(Slice(row, parcel.row, sold, sold * row.price, part, usd, rate))
        parcel.quantity -= sold
        parcel.cost -= part
        parcel.cost_usd = None if parcel.cost_usd is None or usd is None else parcel.cost_usd - usd
        left -= sold
        cost += part
    return cost


def portions(costs: Sequence[Decimal], part: Decimal) -> list[Decimal]:
    """Return each cost × part: as it is where it has eight decimals or fewer, else by cumulative rounding at eight."""
    plain = [cost * part for cost in costs]
    if all(wanted == wanted.quantize(QUANTITY_STEP) for wanted in plain):
        return plain
    reached = given = ZERO
    parts: list[Decimal] = []
    for cost in costs:
        reached += cost
        until = (reached * part).quantize(QUANTITY_STEP)
        parts.append(until - given)
        given = until
    return parts


def cost_of(lots: Lots, key: str) -> tuple[Decimal, Decimal | None]:
    """Return a pool's cost and its cost in USD (None: a rate is missing)."""
    pool = lots.pool_at(key)
    if lots.average:
        return pool.cost, pool.cost_usd
    usd: Decimal | None = ZERO
    cost = ZERO
    for lot in pool.lots:
        cost += lot.cost
        usd = None if usd is None or lot.rate is None else usd + lot.cost * lot.rate
    return cost, usd


def _averaged(held: Sequence[OpenLot], quantities: Sequence[Decimal], cost: Decimal,
              cost_usd: Decimal | None) -> list[Parcel]:
    if not held:
        return []
    costs = spread(cost, quantities)
    usd: Sequence[Decimal | None] = [None] * len(held) if cost_usd is None else spread(cost_usd, quantities)
    return [Parcel(lot.row, quantity, own, own_usd, lot.rate)
            for lot, quantity, own, own_usd in zip(held, quantities, costs, usd, strict=True)]


def _identity(row: Transaction, rate: Decimal | None) -> tuple[object, ...]:
    return row.reference, row.trade_date, row.origin, row.account, row.currency, rate


def _age(lot: OpenLot) -> tuple[object, ...]:
    row = lot.row
    return row.trade_date, natural(row.reference), row.reference, row.account, row.origin.entry, row.origin.line
