"""Nothing is known: market value × the mandate's conservative factor; without a market value, Unknown (B4 FBA)."""

from __future__ import annotations

from sandyq.basics.decimals import ONE, product, quotient
from sandyq.basics.figure import Figure
from sandyq.basics.findings import Severity
from sandyq.basics.text import N_
from sandyq.exposure.betas import main_coin
from sandyq.exposure.case import UNKNOWN, Case, Passed, times
from sandyq.exposure.legs import value_figure
from sandyq.exposure.result import ExposureLine, Leg, Range, Rung


def look(case: Case) -> ExposureLine | Passed:
    """Return the line on the lowest rung. Low is 100 % of the value, central and high the factor's share of it.

    A line without a market value is Unknown (None), with a finding; it is never counted as zero.
    """
    line = case.line
    value = line.market_value_usd
    coin = main_coin(line.instrument, case.as_of)
    if value is None:
        exposure, coins = UNKNOWN, UNKNOWN
        finding = case.value_missing()
        method, note = N_("Unknown: there is no market value"), N_("there is no market value")
    else:
        central = product(value, case.fallback_factor)
        exposure = Range(min(value, central), central, central)
        point = case.coins.point(coin)
        coins = UNKNOWN if point is None else times(exposure, quotient(ONE, point.close))
        finding = case.finding(Severity.WARNING, "exposure-fallback",
                               N_("Nothing is known of the coins behind {symbol}: {factor} times its value counts.",
                                  symbol=case.symbol, factor=case.fallback_factor))
        method = N_("market value × the fall-back factor")
        note = N_("market value × {factor}", factor=case.fallback_factor)
    parts = (value_figure(case, "fallback"),
             Figure(f"exposure/{case.symbol}/fallback/factor", N_("Fall-back factor of the mandate"),
                    case.fallback_factor, "x"))
    return ExposureLine(
        symbol=case.symbol, instrument=line.instrument.id, market_value_usd=value, rung=Rung.FALLBACK, method=method,
        coins={coin: coins}, equivalent=True, exposure_usd=exposure, coins_per_share=None, reported="", basis_date=None,
        premium=None, mnav=None, beta=case.beta, legs=(Leg("fallback", exposure.central, True, note, (), parts),),
        custodians={}, findings=(finding,), coins_usd={coin: exposure},
    )
