"""Coins per share of a spot fund: the best row there is, rolled forward by the fee, in units of the day (C1)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from operator import attrgetter
from typing import Final

from sandyq.basics.decimals import HUNDRED, ONE, WIDE, product, quotient
from sandyq.exposure.evidence import EvidenceClass, evidence_class
from sandyq.exposure.splits import shares_factor, splits_of
from sandyq.market.series import FundHolding, MarketData, Split
from sandyq.reference.instruments import Directory, Instrument

_YEAR: Final = Decimal(365)
_DAY: Final = timedelta(days=1)
_day = attrgetter("day")


@dataclass(frozen=True, slots=True)
class CoinsPerShare:
    """Coins per share on a day. `reported` is the row's own figure in units of the day, `value` after fees.

    `fee_known` False: days since the row have no fee on record; nothing is taken off for them, so `value` is an upper
    limit. `mixed` is True when the source says that its coins and shares are of different moments.
    """

    asset: str
    value: Decimal
    reported: Decimal
    row: FundHolding
    evidence: EvidenceClass
    fee_known: bool
    mixed: bool


def fund_rows(instrument: Instrument, directory: Directory, market: MarketData) -> tuple[FundHolding, ...]:
    """Return what is said of a fund, oldest first, under every symbol it bore on the row's day.

    A dated ``coins_per_share`` of the instrument itself (a file of facts) counts as a row of its own quality.
    """
    symbols = directory.symbols_of(instrument)
    dated = tuple(_stated(instrument))
    if len(symbols) == 1 and not dated:
        return market.fund_holdings.get(symbols[0], ())
    rows = [row for symbol in symbols for row in market.fund_holdings.get(symbol, ())
            if instrument.symbol(row.day) == symbol]
    return tuple(sorted((*rows, *dated), key=_day))


def _stated(instrument: Instrument) -> Iterable[FundHolding]:
    for fact in instrument.attributes.get("coins_per_share", ()):
        if fact.valid_from is None or not fact.value:
            continue
        coins = instrument.underlying(fact.valid_from)
        if len(coins) == 1:
            yield FundHolding(fact.valid_from, instrument.symbol(fact.valid_from), coins[0][0], None, None,
                              Decimal(fact.value), None, None, None, fact.quality or fact.source, fact.source, "R",
                              fact.origin)


def per_share(row: FundHolding) -> Decimal | None:
    """Return a row's coins per share: its own figure, else coins over shares; None when it gives neither."""
    if row.coins_per_share is not None:
        return row.coins_per_share
    if row.coins is not None and row.shares:
        return quotient(row.coins, row.shares)
    return None


def choose(rows: Sequence[FundHolding], asset: str, on: date,
           allowed: frozenset[EvidenceClass], since: date = date.min) -> tuple[FundHolding, EvidenceClass] | None:
    """Return the row to stand on: issuer or filing before third party before derived, the newest within a class.

    Rows before `since` do not count.
    """
    best: tuple[FundHolding, EvidenceClass] | None = None
    for index in range(bisect_right(rows, on, key=_day) - 1, -1, -1):
        row = rows[index]
        if row.day < since:
            break
        if row.asset != asset or per_share(row) is None:
            continue
        found = evidence_class(row.quality)
        if found in allowed and (best is None or found < best[1]):
            best = row, found
            if found is min(allowed):
                break
    return best


def coins_per_share(instrument: Instrument, directory: Directory, market: MarketData, asset: str, on: date, *,
                    allowed: frozenset[EvidenceClass], rows: Sequence[FundHolding] | None = None,
                    since: date = date.min) -> CoinsPerShare | None:
    """Return the coins per share of one asset on a day, None when no allowed row is there (domain.md C1; O2, O3)."""
    known = fund_rows(instrument, directory, market) if rows is None else rows
    best = choose(known, asset, on, allowed, since)
    if best is None:
        return None
    row, found = best
    stated = per_share(row)
    assert stated is not None
    splits: tuple[Split, ...] = splits_of(instrument, directory, market)
    factor = shares_factor(splits, row.day, row.shares_basis, on) if splits else ONE
    reported = stated if factor == ONE else quotient(stated, factor)
    left, known_fee = fee_factor(instrument, row.day, on)
    mixed = "mixed" in row.quality.lower()
    return CoinsPerShare(asset, product(reported, left), reported, row, found, known_fee, mixed)


def fee_factor(instrument: Instrument, basis: date, on: date) -> tuple[Decimal, bool]:
    """Return (what is left of a coin after the fees, whether every day's fee is known): O2.

    c = c0 × prod(1 − f/365) over the calendar days after `basis` up to and including `on`, f being the yearly fee in
    force on that day. Days without a known fee take nothing off and make the second value False.
    """
    result, known = ONE, True
    day = basis + _DAY
    changes = sorted({a.valid_from for a in instrument.attributes.get("fee_pct", ()) if a.valid_from is not None})
    while day <= on:
        after = next((change for change in changes if change > day), None)
        last = on if after is None else min(on, after - _DAY)
        fee = instrument.fee(day)
        if fee is None:
            known = False
        else:
            result = product(result, decay(fee, (last - day).days + 1))
        day = last + _DAY
    return result, known


def decay(fee_percent: Decimal, days: int) -> Decimal:
    """Return what a yearly fee in per cent leaves after so many days, taken daily: (1 − f/365)^days. O2."""
    with localcontext(WIDE):
        return (ONE - fee_percent / HUNDRED / _YEAR) ** days
