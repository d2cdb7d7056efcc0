"""Look through a valued book: the coins behind each open line by the best evidence, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import ONE, ZERO, product, quotient
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.exposure.betas import BY_BETA, estimate_betas, peer_betas
from sandyq.exposure.case import UNKNOWN, Case, CoinPrices, Passed, times
from sandyq.exposure.methods import METHODS
from sandyq.exposure.result import Beta, Exposure, ExposureLine, Range
from sandyq.market.series import MarketData
from sandyq.reference.instruments import Directory
from sandyq.valuation.holdings import Holdings

EQUIVALENT_COIN: Final = "BTC"


def look_through(holdings: Holdings, directory: Directory, market: MarketData, *, reference_funds: Mapping[str, str],
                 fallback_factor: Decimal, betas: Mapping[str, Beta] | None = None) -> Exposure:
    """Return the exposure of every open line and the totals (domain.md B4, C; F037 to F046).

    `reference_funds`: coin → symbol of the fund with the same close. `betas`: instrument id → beta as
    `estimate_betas` gives them for the holdings' day; None estimates them now. Pure; a line that cannot be seen
    through is Unknown and makes the totals Unknown.
    """
    lines = holdings.open_lines
    if betas is None:
        needed = any(line.kind in BY_BETA for line in lines)
        betas = estimate_betas(directory, market, holdings.as_of, reference_funds=reference_funds) if needed else {}
    coins = CoinPrices(market, holdings.as_of)
    peers = peer_betas(betas, directory, holdings.as_of)
    seen = tuple(
        _look(Case(line, holdings.as_of, directory, market, coins, betas.get(line.instrument.id), peers,
                   fallback_factor))
        for line in lines
    )
    return add_up(holdings, seen, coins)


def _look(case: Case) -> ExposureLine:
    """Ask the methods from the best rung down; the findings of the rungs passed stay with the line."""
    passed: tuple[Finding, ...] = ()
    for look in METHODS:
        answer = look(case)
        if isinstance(answer, Passed):
            passed += answer.findings
            continue
        return replace(answer, findings=(*passed, *answer.findings)) if passed else answer
    raise AssertionError("the last method answers for every line")


def add_up(holdings: Holdings, lines: Sequence[ExposureLine], coins: CoinPrices) -> Exposure:
    """Add lines up to the totals of the book. Sums are exact; Unknown makes a sum Unknown."""
    total = total_of(line.exposure_usd for line in lines)
    bitcoin = coins.point(EQUIVALENT_COIN)
    findings: list[Finding] = []
    if bitcoin is None and lines:
        findings.append(Finding(Severity.ERROR, "coin-price-missing",
                                N_("{coin} has no reference price within five days of {day}.", coin=EQUIVALENT_COIN,
                                   day=holdings.as_of)))
    unknown = tuple(line.symbol for line in lines if line.exposure_usd.central is None)
    if unknown:
        findings.append(Finding(Severity.ERROR, "exposure-total-unknown",
                                N_("The total is Unknown: {symbols} cannot be seen through.",
                                   symbols=", ".join(unknown))))
    equivalent = quotient(total.central, bitcoin.close) if total.central is not None and bitcoin is not None else None
    best, worst = _custody(lines, coins)
    return Exposure(
        as_of=holdings.as_of, lines=tuple(lines), total_usd=total,
        by_coin=_grouped(line.coins for line in lines if not line.equivalent),
        by_coin_usd=_grouped(line.coins_usd for line in lines), by_custodian=best, by_custodian_worst=worst,
        coin_equivalent=equivalent, coin_prices=coins.used(), findings=tuple(findings),
    )


def total_of(ranges: Iterable[Range]) -> Range:
    """Add ranges; one Unknown makes the sum Unknown."""
    low = central = high = ZERO
    for amount in ranges:
        if amount.low is None or amount.central is None or amount.high is None:
            return UNKNOWN
        low, central, high = low + amount.low, central + amount.central, high + amount.high
    return Range(low, central, high)


def unit_exposure(line: ExposureLine) -> Range:
    """Return the exposure per unit of market value: for what-if questions on a line that is held already.

    Unknown when the line has no value or no exposure.
    """
    if not line.market_value_usd:
        return UNKNOWN
    return times(line.exposure_usd, quotient(ONE, line.market_value_usd))


def _grouped(maps: Iterable[Mapping[str, Range]]) -> dict[str, Range]:
    groups: dict[str, list[Range]] = {}
    for mapping in maps:
        for name, amount in mapping.items():
            groups.setdefault(name, []).append(amount)
    return {name: total_of(groups[name]) for name in sorted(groups)}


def _custody(lines: Sequence[ExposureLine], coins: CoinPrices) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Return look-through coins in USD per custodian: by share, and with every custodian counted in full (C7)."""
    best: dict[str, Decimal] = {}
    worst: dict[str, Decimal] = {}
    for line in lines:
        if line.equivalent or not line.custodians:
            continue
        value = ZERO
        for coin, held in line.coins.items():
            point = coins.point(coin)
            if point is not None and held.central is not None:
                value += product(held.central, point.close)
        for name, share in line.custodians.items():
            best[name] = best.get(name, ZERO) + product(value, share)
            worst[name] = worst.get(name, ZERO) + value
    return dict(sorted(best.items())), dict(sorted(worst.items()))
