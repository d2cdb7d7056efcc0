"""Returns of a period with flows: money-weighted (XIRR, act/365), Modified Dietz, chained (domain.md D; oracle O12).

Flows are money put in (+) and taken out (-). The money-weighted return is a float: it is a statistic, never booked.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Final

import numpy as np
import pyxirr

from sandyq.basics.decimals import ONE, WIDE, ZERO, quotient
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text

_YEAR: Final = 365.0
_GRID: Final = np.linspace(-25.0, 25.0, 10_001)
"""Logarithms of the growth over the whole period among which roots are counted: factors from 1e-11 to 7e10."""
_AT_ROOT: Final = 1e-7

DatedAmount = tuple[date, Decimal]


@dataclass(frozen=True, slots=True)
class MoneyWeighted:
    """`annual` is the effective yearly rate (0.05 = 5 %), `period` the same over the whole period; None: Unknown."""

    annual: float | None
    period: float | None
    findings: tuple[Finding, ...] = ()


def money_weighted(begin: DatedAmount, flows: Iterable[DatedAmount], end: DatedAmount, *,
                   start_of_day: bool = True) -> MoneyWeighted:
    """Return the rate at which the value at the start and the flows grow to the value at the end (O12).

    Values are those at the end of their days. A flow counts from the start of its day (as in `performance.twr`), or
    from its end. None, with a finding, as `internal_rate` says.
    """
    first, last = begin[0], end[0]
    if last <= first:
        return _none("return-no-period", N_("The period has no length, so it has no money-weighted return."))
    shift = timedelta(days=1) if start_of_day else timedelta(0)
    moved = [(max(day - shift, first), -amount) for day, amount in flows if first <= day <= last]
    return internal_rate([(first, -begin[1]), *moved, (last, end[1])])


def internal_rate(amounts: Iterable[DatedAmount]) -> MoneyWeighted:
    """Return the rate at which dated amounts are worth nothing together: paid in −, taken out and kept + (XIRR).

    Effective yearly rate, actual days over 365. It is None, with a finding, when all amounts are of one day or of one
    sign, or when several rates fit.
    """
    sums: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for day, amount in amounts:
        sums[day] += amount
    known = sorted(day for day in sums if sums[day])
    first = known[0] if known else date.min
    dated = {(day - first).days: float(sums[day]) for day in known}
    if not any(amount > 0 for amount in dated.values()) or not any(amount < 0 for amount in dated.values()):
        return _none("return-one-sign", N_("All amounts have the same sign, so there is no money-weighted return."))
    days = max(dated)
    growth = _roots(dated, days)
    if len(growth) > 1:
        return _none("return-several", N_(
            "{count} different rates fit these flows, so there is no single money-weighted return.",
            count=len(growth)))
    if not growth:
        return _none("return-no-rate", N_("No rate fits these flows, so there is no money-weighted return."))
    return _rate(dated, first, days, growth[0])


def modified_dietz(begin: DatedAmount, flows: Iterable[DatedAmount], end: DatedAmount, *,
                   start_of_day: bool = True) -> Decimal | None:
    """Return gain over average capital; a flow counts from the start of its day, or from its end. None without capital.

    None as well when the period has no length.
    """
    first, last = begin[0], end[0]
    days = Decimal((last - first).days)
    if days <= 0:
        return None
    with localcontext(WIDE):
        put_in, weighted = ZERO, ZERO
        for day, amount in flows:
            put_in += amount
            weighted += amount * (Decimal((last - day).days) + (ONE if start_of_day else ZERO))
        capital = begin[1] + weighted / days
        return quotient(end[1] - begin[1] - put_in, capital) if capital > 0 else None


def chained(begin: Decimal, steps: Sequence[tuple[Decimal, Decimal]], end: Decimal) -> Decimal | None:
    """Return the true time-weighted return. Each step is (value just before a flow, the flow).

    None when a part of the period begins without capital.
    """
    with localcontext(WIDE):
        level, capital = ONE, begin
        for before, flow in steps:
            if capital <= 0:
                return None
            level *= before / capital
            capital = before + flow
        return level * end / capital - ONE if capital > 0 else None


def _roots(dated: dict[int, float], days: int) -> list[float]:
    """Return the logarithms of growth over the period at which the flows are worth nothing, to the grid's step."""
    times = np.array(list(dated), dtype=np.float64) / days
    amounts = np.array(list(dated.values()), dtype=np.float64)
    # Each row of the sum is scaled by its largest term: only its sign matters.
    exponents = -np.outer(_GRID, times)
    worth = (np.exp(exponents - exponents.max(axis=1, keepdims=True)) * amounts).sum(axis=1)
    signs = np.sign(worth)
    roots = [float(_GRID[place]) for place in np.flatnonzero(signs == 0)]
    crossed = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    roots += [float((_GRID[place] + _GRID[place + 1]) / 2) for place in crossed]
    return sorted(roots)


def _rate(dated: dict[int, float], first: date, days: int, growth: float) -> MoneyWeighted:
    years = days / _YEAR
    guess = math.expm1(min(growth / years, 600.0))
    origin = first.toordinal()
    annual = pyxirr.xirr([date.fromordinal(origin + offset) for offset in dated], list(dated.values()),
                         guess=guess, silent=True)
    if annual is None or not math.isfinite(annual) or annual <= -1.0 or not _fits(dated, annual):
        return _none("return-no-rate", N_("No rate fits these flows, so there is no money-weighted return."))
    return MoneyWeighted(annual, math.expm1(math.log1p(annual) * years))


def _fits(dated: dict[int, float], annual: float) -> bool:
    worth = [amount * math.exp(-math.log1p(annual) * offset / _YEAR) for offset, amount in dated.items()]
    return abs(math.fsum(worth)) <= _AT_ROOT * max(abs(item) for item in worth)


def _none(code: str, text: Text) -> MoneyWeighted:
    return MoneyWeighted(None, None, (Finding(Severity.WARNING, code, text),))
