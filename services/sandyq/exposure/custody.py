"""Where the coins lie: the ultimate custodians of a line and their shares (domain.md C7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sandyq.basics.decimals import ONE, quotient
from sandyq.reference.custodians import UNKNOWN_CUSTODIAN, custodian_of
from sandyq.reference.instruments import Instrument


def custodians_of_fund(instrument: Instrument, on: date) -> dict[str, Decimal]:
    """Return custodian → share of the coins: equal parts where there are several, an empty name where none is known."""
    names = [custodian_of(part) for part in instrument.text("coin_custodian", on).split(";") if part.strip()]
    distinct = tuple(dict.fromkeys(name for name in names if name != UNKNOWN_CUSTODIAN))
    if not distinct:
        return {UNKNOWN_CUSTODIAN: ONE}
    return dict.fromkeys(distinct, quotient(ONE, Decimal(len(distinct))))


def self_custody(symbol: str) -> dict[str, Decimal]:
    """Return the own bucket of a company that holds its coins itself, as far as anybody says."""
    return {f"self: {symbol}": ONE}
