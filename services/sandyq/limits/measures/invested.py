"""Money put in: net invested capital and its pace (L01, L23)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sandyq.basics.decimals import ONE, ZERO
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import DENOMINATORS, Measure, Reach, denominator, measured, speaker, unknown
from sandyq.limits.result import Measured, Slope
from sandyq.limits.snapshot import Snapshot, days_before, total

_FIRST_TRANCHE_DAYS = 7


def take_invested(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return net invested capital, cash convention, never under zero (domain.md B6 note 1; O16)."""
    invested = None if snapshot.invested is None else max(snapshot.invested, ZERO)
    return (_flow_measured(snapshot, part, invested),)


def take_pace(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return net purchases in the trailing `days` calendar days, the day itself included; never under zero."""
    first = days_before(snapshot.as_of, int(part.options.get("days", "7")))
    amount = total(amount for day, amount in snapshot.flows if first <= day <= snapshot.as_of)
    return (_flow_measured(snapshot, part, None if amount is None else max(amount, ZERO)),)


def take_first_tranche(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return net purchases of the seven calendar days that began with the first purchase; later it is history."""
    if not snapshot.flows:
        return (_flow_measured(snapshot, part, ZERO),)
    start = min(day for day, _ in snapshot.flows)
    if snapshot.as_of > start + timedelta(days=_FIRST_TRANCHE_DAYS - 1):
        return ()
    last = start + timedelta(days=_FIRST_TRANCHE_DAYS - 1)
    amount = total(amount for day, amount in snapshot.flows if day <= last)
    return (_flow_measured(snapshot, part, None if amount is None else max(amount, ZERO)),)


def _flow_measured(snapshot: Snapshot, part: Part, amount: Decimal | None) -> Measured:
    chosen = speaker((), snapshot)
    slope = Slope(chosen.symbol, chosen.price, ONE) if chosen else Slope("", None, ONE)
    findings = [] if amount is not None else [unknown("rate-missing", N_(
        "A purchase or sale in a foreign currency has no rate on its day."))]
    return measured("", amount, denominator(snapshot, part), slope, findings)


MEASURES = (
    Measure("net_invested", take_invested, frozenset({"USD", "ratio"}), scopes=frozenset(), denominators=DENOMINATORS,
            reach=Reach.ORDERED),
    Measure("pace", take_pace, frozenset({"USD"}), scopes=frozenset(), options=frozenset({"days"}),
            reach=Reach.ORDERED),
    Measure("first_tranche", take_first_tranche, frozenset({"USD"}), scopes=frozenset(), reach=Reach.ORDERED),
)
