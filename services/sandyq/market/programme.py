"""The national programme around the sleeve: what other participants and their vehicles hold, by their last figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandyq.basics.decimals import ZERO, product
from sandyq.basics.origin import Origin
from sandyq.market import fx
from sandyq.market.series import FxSeries, Programme, Vehicle


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant on a day. `amount_usd` None: no figure, or no rate for its currency. `day` is the oldest figure's.

    `vehicles` are the last figures of its vehicles, empty where only a total was typed in.
    """

    name: str
    amount_usd: Decimal | None
    day: date | None
    source: str
    vehicles: tuple[Vehicle, ...] = ()
    origin: Origin | None = None


def participants(named: Iterable[str], totals: Sequence[Programme], vehicles: Sequence[Vehicle],
                 rates: Mapping[tuple[str, str], FxSeries], on: date) -> tuple[Participant, ...]:
    """Return every participant that the mandate names or a figure knows. One without a figure is Unknown, never zero.

    Where a total was typed in and vehicles are recorded too, the later figure counts; of the same day, the vehicles.
    """
    known = {row.participant for row in totals if row.day <= on}
    known |= {row.participant for row in vehicles if row.day <= on}
    names = dict.fromkeys((*named, *sorted(known)))
    return tuple(_participant(name, [row for row in totals if row.participant == name and row.day <= on],
                              latest(row for row in vehicles if row.participant == name and row.day <= on), rates, on)
                 for name in names)


def latest(rows: Iterable[Vehicle]) -> tuple[Vehicle, ...]:
    """Return the last figure of each vehicle and asset."""
    last: dict[tuple[str, str, str], Vehicle] = {}
    for row in rows:
        key = row.participant, row.vehicle, row.asset
        if key not in last or last[key].day <= row.day:
            last[key] = row
    return tuple(last[key] for key in sorted(last))


def worth(amount: Decimal, currency: str, rates: Mapping[tuple[str, str], FxSeries], on: date) -> Decimal | None:
    """Return USD by the last fixing on or before the day, None without one."""
    found = fx.rate(rates, currency, "USD", on)
    return None if found is None else product(amount, found.rate)


def _participant(name: str, totals: Sequence[Programme], vehicles: tuple[Vehicle, ...],
                 rates: Mapping[tuple[str, str], FxSeries], on: date) -> Participant:
    typed = max(totals, key=lambda row: row.day, default=None)
    if typed is not None and (not vehicles or typed.day > max(row.day for row in vehicles)):
        return Participant(name, worth(typed.amount, typed.currency, rates, on), typed.day, typed.source, (),
                           typed.origin)
    if not vehicles:
        return Participant(name, None, None, "")
    total: Decimal | None = ZERO
    for row in vehicles:
        each = worth(row.amount, row.currency, rates, on)
        total = None if total is None or each is None else total + each
    return Participant(name, total, min(row.day for row in vehicles),
                       "; ".join(dict.fromkeys(row.source for row in vehicles)), vehicles)
