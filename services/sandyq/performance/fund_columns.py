"""Coins per share of a fund on every day, by the rules of `exposure.fund_units`, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sandyq.exposure.evidence import EvidenceClass, evidence_class
from sandyq.exposure.fund_units import per_share
from sandyq.exposure.splits import shares_factor
from sandyq.market.series import FundHolding, Split
from sandyq.performance.columns import Axis, Column, Mask, latest
from sandyq.reference.instruments import Instrument


@dataclass(frozen=True, slots=True)
class UnitColumns:
    """Coins per share in units of today, NaN before the first row; where they come from a third party."""

    value: Column
    third_party: Mask


def unit_columns(instrument: Instrument, rows: Sequence[FundHolding], splits: Sequence[Split], asset: str,
                 axis: Axis) -> UnitColumns:
    """Return one asset's coins per share on the axis: issuer before third party, newest within, less the fee."""
    last = axis.days[-1]
    classes: dict[str, EvidenceClass] = {}
    by_class: dict[EvidenceClass, tuple[list[int], list[float]]] = {
        EvidenceClass.ISSUER: ([], []), EvidenceClass.THIRD_PARTY: ([], [])}
    for row in rows:
        coins = per_share(row)
        if row.asset != asset or coins is None or row.day > last:
            continue
        found = classes.get(row.quality)
        if found is None:
            found = classes[row.quality] = evidence_class(row.quality)
        if found in by_class:
            factor = float(shares_factor(splits, row.day, row.shares_basis, date.max)) if splits else 1.0
            by_class[found][0].append(row.day.toordinal())
            by_class[found][1].append(float(coins) / factor)
    first = min((days[0] for days, _ in by_class.values() if days), default=None)
    if first is None:
        return UnitColumns(axis.unknown(), np.zeros(len(axis), dtype=np.bool_))
    left = fee_column(instrument, first, int(axis.grid[-1]))
    issuer = _rolled(by_class[EvidenceClass.ISSUER], left, first, axis)
    third = _rolled(by_class[EvidenceClass.THIRD_PARTY], left, first, axis)
    missing = np.isnan(issuer)
    return UnitColumns(np.where(missing, third, issuer), missing & ~np.isnan(third))


def _rolled(stated: tuple[list[int], list[float]], left: Column, first: int, axis: Axis) -> Column:
    if not stated[0]:
        return axis.unknown()
    days, values = np.array(stated[0], dtype=np.int64), np.array(stated[1])
    place = latest(days, axis.grid)
    known = place >= 0
    rolled = values[place] * left[np.where(known, axis.grid - first, 0)] / left[days[place] - first]
    return np.where(known, rolled, np.nan)


def fee_column(instrument: Instrument, first: int, last: int) -> Column:
    """Return what the fee leaves of a coin from one ordinal to each later one; days of unknown fee cost nothing."""
    left = np.ones(max(last - first + 1, 1))
    changes = sorted({a.valid_from.toordinal() for a in instrument.attributes.get("fee_pct", ())
                      if a.valid_from is not None})
    day = first + 1
    while day <= last:
        after = next((change for change in changes if change > day), last + 1)
        fee = instrument.fee(date.fromordinal(day))
        if fee is not None:
            left[day - first:after - first] = 1.0 - float(fee) / 36500.0
        day = after
    return np.asarray(np.cumprod(left), dtype=np.float64)
