"""Spot funds and ETPs by their reported coins: units × coins per share × reference price (domain.md C1)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import ONE, ZERO, product, quotient
from sandyq.basics.figure import Figure
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.exposure.case import UNKNOWN, Case, Passed, exactly
from sandyq.exposure.custody import custodians_of_fund
from sandyq.exposure.evidence import EvidenceClass
from sandyq.exposure.fund_units import CoinsPerShare, coins_per_share, fund_rows
from sandyq.exposure.premium import premium
from sandyq.exposure.result import ExposureLine, Leg, Range, Rung
from sandyq.market.series import CoinPoint, FundHolding
from sandyq.reference.coins import COINS
from sandyq.reference.kinds import Kind

KINDS: Final = frozenset({Kind.SPOT_ETF, Kind.ETP})
THIRD_PARTY_FACTOR: Final = Decimal("1.2")
"""High side of figures computed by a third party (Basel CRE60, domain.md B4)."""
CHECK_TOLERANCE: Final = Decimal("0.01")
INFO_AGE: Final = 35
WARNING_AGE: Final = 100
_REPORTED: Final = frozenset({EvidenceClass.ISSUER, EvidenceClass.THIRD_PARTY})
_DERIVED: Final = frozenset({EvidenceClass.DERIVED})
_THIRD: Final = frozenset({EvidenceClass.THIRD_PARTY})


def look(case: Case) -> ExposureLine | Passed:
    """Return the line on the reported rung, or pass when an asset of the fund has no reported coins per share.

    Issuer and filing rows are exact; third-party rows are used with a warning and 1.2 on the high side; derived rows
    never reach this rung, they only check. Exposure does not need the fund's price, but a line without a market value
    stays Unknown with its coins shown.
    """
    line = case.line
    if line.kind not in KINDS:
        return Passed()
    rows = fund_rows(line.instrument, case.directory, case.market)
    assets = [coin for coin, _ in line.instrument.underlying(case.as_of) if coin in COINS]
    if not assets:
        assets = sorted({row.asset for row in rows if row.asset in COINS and row.day <= case.as_of})
    units = [_units(case, rows, asset, _REPORTED) for asset in assets]
    found = [unit for unit in units if unit is not None]
    if not found or len(found) < len(assets):
        return Passed((_no_reported(case),))
    return _line(case, rows, found)


def _line(case: Case, rows: Sequence[FundHolding], found: Sequence[CoinsPerShare]) -> ExposureLine:
    line = case.line
    coins: dict[str, Range] = {}
    money: dict[str, Range] = {}
    parts: list[Figure] = []
    findings: list[Finding] = []
    for unit in found:
        point = case.coins.point(unit.asset)
        held = product(line.quantity, unit.value)
        third = unit.evidence is EvidenceClass.THIRD_PARTY
        coins[unit.asset] = Range(held, held, product(held, THIRD_PARTY_FACTOR)) if third else exactly(held)
        money[unit.asset] = _value(case, coins[unit.asset], point)
        parts += _figures(case, unit, point)
        findings += _doubts(case, unit)
        findings += _checks(case, rows, unit)
        if point is None:
            findings.append(case.coin_missing(unit.asset))
    if line.market_value_usd is None:
        findings.append(case.value_missing())
    total = _sum(tuple(money.values()))
    single = found[0] if len(found) == 1 else None
    basis = min(unit.row.day for unit in found)
    note = N_("units × coins per share × reference price")
    return ExposureLine(
        symbol=case.symbol, instrument=line.instrument.id, market_value_usd=line.market_value_usd, rung=Rung.REPORTED,
        method=N_("coins per share as reported, times the reference price"), coins=coins, equivalent=False,
        exposure_usd=total, coins_per_share=single.value if single else None,
        reported="reported" if basis == case.as_of else "rolled", basis_date=basis,
        premium=premium(case, single.asset if single else None), mnav=None, beta=None,
        legs=(Leg("asset", total.central, True, note,
                  tuple((str(part.label), part.origin) for part in parts if part.origin), tuple(parts)),),
        custodians=custodians_of_fund(line.instrument, case.as_of), findings=tuple(findings), coins_usd=money,
    )


def _units(case: Case, rows: Sequence[FundHolding], asset: str,
           allowed: frozenset[EvidenceClass]) -> CoinsPerShare | None:
    return coins_per_share(case.line.instrument, case.directory, case.market, asset, case.as_of, allowed=allowed,
                           rows=rows)


def _value(case: Case, coins: Range, point: CoinPoint | None) -> Range:
    if point is None or case.line.market_value_usd is None:
        return UNKNOWN
    assert coins.low is not None
    assert coins.central is not None
    assert coins.high is not None
    central = product(coins.central, point.close)
    if coins.low == coins.high:
        return exactly(central)
    return Range(product(coins.low, point.close), central, product(coins.high, point.close))


def _sum(parts: tuple[Range, ...]) -> Range:
    if any(part.central is None for part in parts):
        return UNKNOWN
    return Range(sum((part.low or ZERO for part in parts), ZERO), sum((part.central or ZERO for part in parts), ZERO),
                 sum((part.high or ZERO for part in parts), ZERO))


def _figures(case: Case, unit: CoinsPerShare, point: CoinPoint | None) -> list[Figure]:
    key = f"exposure/{case.symbol}/asset"
    figures = [
        Figure(f"{key}/quantity", N_("Quantity"), case.line.quantity, "shares"),
        Figure(f"{key}/coins_per_share/{unit.asset}", N_("Coins per share, reported {day}", day=unit.row.day),
               unit.value, unit.asset,
               note=None if unit.value == unit.reported else
               N_("{reported} rolled forward by the fee", reported=unit.reported),
               origin=unit.row.origin),
    ]
    if point is not None:
        figures.append(Figure(f"{key}/price/{unit.asset}",
                              N_("{coin} reference, {cutoff}, {day}", coin=unit.asset, cutoff=point.cutoff,
                                 day=point.day), point.close, "USD", origin=point.origin))
    return figures


def _doubts(case: Case, unit: CoinsPerShare) -> list[Finding]:
    found: list[Finding] = []
    age = (case.as_of - unit.row.day).days
    if unit.evidence is EvidenceClass.THIRD_PARTY:
        found.append(case.finding(Severity.WARNING, "coins-third-party",
                                  N_("Coins per share of {symbol} come from a third party ({quality}): the high figure "
                                     "is multiplied by {factor}.", symbol=case.symbol, quality=unit.row.quality,
                                     factor=THIRD_PARTY_FACTOR)))
    if not unit.fee_known:
        found.append(case.finding(Severity.WARNING, "fee-unknown",
                                  N_("{symbol} has no fee on record since {day}: its coins are not rolled forward and "
                                     "are an upper limit.", symbol=case.symbol, day=unit.row.day)))
    if unit.mixed:
        found.append(case.finding(Severity.INFO, "dates-mixed",
                                  N_("Coins and shares of {symbol} are of different moments.", symbol=case.symbol)))
    if age > INFO_AGE:
        found.append(case.finding(Severity.WARNING if age > WARNING_AGE else Severity.INFO, "coins-old",
                                  N_("Coins per share of {symbol} were reported {age} days ago.", symbol=case.symbol,
                                     age=age)))
    return found


def _checks(case: Case, rows: Sequence[FundHolding], unit: CoinsPerShare) -> list[Finding]:
    """Compare with a worse source's newer row; a difference above 1 % is a finding, never a replacement."""
    found: list[Finding] = []
    for allowed in (_THIRD, _DERIVED):
        if unit.evidence in allowed:
            continue
        other = coins_per_share(case.line.instrument, case.directory, case.market, unit.asset, case.as_of,
                                allowed=allowed, rows=rows, since=unit.row.day)
        if other is None or not unit.value:
            continue
        difference = quotient(other.value, unit.value) - ONE
        if abs(difference) > CHECK_TOLERANCE:
            found.append(case.finding(Severity.WARNING, "coins-check-differs",
                                      N_("A figure of {day} ({quality}) differs by {percent} % from the coins per "
                                         "share of {symbol}.", day=other.row.day, quality=other.row.quality,
                                         percent=(difference * 100).quantize(Decimal("0.01")), symbol=case.symbol)))
    return found


def _no_reported(case: Case) -> Finding:
    return case.finding(Severity.WARNING, "coins-not-reported",
                        N_("No issuer, filing or third party reports the coins per share of {symbol}.",
                           symbol=case.symbol))
