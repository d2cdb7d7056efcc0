"""Funds by their mandate alone: market value × stated crypto share × leverage (domain.md B4 MBA, C2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from sandyq.basics.decimals import ONE, ZERO, product, quotient
from sandyq.basics.figure import Figure
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.exposure.case import UNKNOWN, Case, Passed, times
from sandyq.exposure.custody import custodians_of_fund
from sandyq.exposure.legs import value_figure
from sandyq.exposure.premium import premium
from sandyq.exposure.result import ExposureLine, Leg, Range, Rung
from sandyq.reference.coins import COINS
from sandyq.reference.instruments import Instrument
from sandyq.reference.kinds import Kind

KINDS: Final = frozenset({Kind.SPOT_ETF, Kind.ETP, Kind.FUTURES_ETF, Kind.UNLISTED_FUND})
OTHER: Final = "other"
"""Coins that the mandate states without naming them."""


def look(case: Case) -> ExposureLine | Passed:
    """Return the line on the mandate rung; pass when the fund states no coins or a leverage that cannot be read.

    The stated share is what counts; what is left to 100 % counts on the high side only (the fund may invest it in
    coins), never dropped. Leverage counts with its size, and never less than 1: a short fund is at risk too.
    A futures fund holds contracts, so its coins have no custodian.
    """
    line = case.line
    if line.kind not in KINDS or line.market_value_usd is None:
        return Passed()
    shares = stated_shares(line.instrument, case.as_of)
    if not shares:
        return Passed((case.finding(Severity.WARNING, "mandate-unknown",
                                    N_("{symbol} states no share of its assets in coins.", symbol=case.symbol)),))
    leverage = stated_leverage(line.instrument, case.as_of)
    if leverage is None:
        return Passed((case.finding(Severity.WARNING, "leverage-unreadable",
                                    N_("The leverage of {symbol} cannot be read.", symbol=case.symbol)),))
    return _line(case, shares, leverage, line.market_value_usd)


def _line(case: Case, shares: dict[str, Decimal], leverage: Decimal, market_value: Decimal) -> ExposureLine:
    line = case.line
    stated = sum(shares.values(), ZERO)
    central = product(market_value, stated, leverage)
    exposure = Range(central, central, max(central, product(market_value, leverage)))
    money, coins = {}, {}
    for coin, share in shares.items():
        money[coin] = times(exposure, quotient(share, stated)) if len(shares) > 1 else exposure
        if coin != OTHER:
            point = case.coins.point(coin)
            coins[coin] = UNKNOWN if point is None else times(money[coin], quotient(ONE, point.close))
    single = next(iter(coins)) if len(coins) == 1 else None
    parts = (value_figure(case, "mandate"),
             Figure(f"exposure/{case.symbol}/mandate/share", N_("Stated share in coins"), stated, "x",
                    origin=_origin(line.instrument, "underlying", case)),
             Figure(f"exposure/{case.symbol}/mandate/leverage", N_("Stated leverage, at least 1"), leverage, "x",
                    origin=_origin(line.instrument, "leverage", case)))
    is_fund_of_coins = line.kind is not Kind.FUTURES_ETF
    return ExposureLine(
        symbol=case.symbol, instrument=line.instrument.id, market_value_usd=market_value, rung=Rung.MANDATE,
        method=N_("market value × stated share in coins × leverage"), coins=coins, equivalent=False,
        exposure_usd=exposure, coins_per_share=None, reported="", basis_date=None,
        premium=premium(case, single) if line.kind in {Kind.SPOT_ETF, Kind.ETP} else None, mnav=None, beta=None,
        legs=(Leg("mandate", central, True, N_("market value × {share} × {leverage}", share=stated, leverage=leverage),
                  tuple((str(part.label), part.origin) for part in parts if part.origin), parts),),
        custodians=custodians_of_fund(line.instrument, case.as_of) if is_fund_of_coins else {},
        findings=_doubts(case, stated, coins), coins_usd=money,
    )


def stated_shares(instrument: Instrument, on: date) -> dict[str, Decimal]:
    """Return coin → stated share of the assets; unnamed coins (``other:0.0896``) under ``other``."""
    shares: dict[str, Decimal] = {}
    for coin, share in instrument.underlying(on):
        name = coin if coin in COINS else OTHER
        shares[name] = shares.get(name, ZERO) + share
    for part in instrument.text("underlying", on).split(";"):
        name, _, share_text = part.partition(":")
        if shares and name.strip().lower() == OTHER and name.strip() != OTHER.upper():
            shares[OTHER] = shares.get(OTHER, ZERO) + Decimal(share_text.strip().rstrip("+") or "0")
    return {coin: share for coin, share in shares.items() if share > 0}


def stated_leverage(instrument: Instrument, on: date) -> Decimal | None:
    """Return the size of the stated leverage, at least 1; 1 where none is stated, None where it cannot be read."""
    text = instrument.text("leverage", on).strip().rstrip("xX")
    if not text:
        return ONE
    try:
        return max(ONE, abs(Decimal(text)))
    except InvalidOperation:
        return None


def _origin(instrument: Instrument, name: str, case: Case) -> Origin | None:
    found = instrument.attribute(name, case.as_of)
    return found.origin if found else None


def _doubts(case: Case, stated: Decimal, coins: dict[str, Range]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    if stated < 1:
        found.append(case.finding(Severity.INFO, "mandate-residual",
                                  N_("{symbol} states {share} of its assets in coins: the rest counts on the high "
                                     "side.",
                                     symbol=case.symbol, share=stated)))
    found += [case.finding(Severity.WARNING, "coin-price-missing",
                           N_("{coin} has no reference price within five days of {day}.", coin=coin, day=case.as_of))
              for coin, held in coins.items() if held.central is None]
    return tuple(found)
