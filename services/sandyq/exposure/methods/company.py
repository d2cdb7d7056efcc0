"""Companies that own coins: the highest of asset, delta and beta leg (domain.md C3, C4, C6; O5)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import ONE, ZERO, product, quotient
from sandyq.basics.figure import Figure
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.exposure.betas import main_coin
from sandyq.exposure.case import Case, Passed, times
from sandyq.exposure.companies import (
    INFO_AGE,
    UNUSABLE_AGE,
    WARNING_AGE,
    CompanyFacts,
    CompanyView,
    Stated,
    company_rows,
    facts_on,
    look_at,
    per_share,
    total_value,
)
from sandyq.exposure.custody import self_custody
from sandyq.exposure.evidence import is_weak
from sandyq.exposure.legs import Candidate, beta_candidates, choose, value_figure
from sandyq.exposure.methods.reported_fund import THIRD_PARTY_FACTOR
from sandyq.exposure.result import ExposureLine, Range, Rung
from sandyq.exposure.splits import splits_of
from sandyq.reference.kinds import COMPANIES, Kind

DELTA_KINDS: Final = frozenset({Kind.TREASURY_COMPANY, Kind.MINER})
"""Kinds whose enterprise is its coins: for an exchange, EV over market cap says nothing about coins."""


def look(case: Case) -> ExposureLine | Passed:
    """Return the line by the hybrid rule when the company reports usable coins; else pass.

    Coins are what is attributable through diluted shares (basic ones where no diluted count is known, said so):
    low without pledged coins, high by basic shares. The rung is the chosen leg's own: reported for asset and delta,
    beta for the beta legs; the coins stay reported coins either way. Figures older than 200 days are not used.
    """
    line = case.line
    if line.kind not in COMPANIES:
        return Passed()
    rows = company_rows(line.instrument, case.directory, case.market)
    facts = facts_on(rows, splits_of(line.instrument, case.directory, case.market), case.as_of) if rows else None
    if facts is None or not any(stated.value for stated in facts.coins.values()):
        # A company that reports no coins (before its first purchase, or never) is seen through its beta.
        return Passed()
    if line.market_value_usd is None:
        return Passed(_doubts(case, facts))
    age = (case.as_of - facts.oldest).days
    if age > UNUSABLE_AGE:
        return Passed((case.finding(Severity.WARNING, "company-holdings-too-old",
                                    N_("The coins or shares of {symbol} were reported {age} days ago: they are no "
                                       "longer used.", symbol=case.symbol, age=age)),))
    if facts.basic is None and facts.diluted is None:
        return Passed((case.finding(Severity.WARNING, "shares-unknown",
                                    N_("No share count of {symbol} is known: its coins per share are Unknown.",
                                       symbol=case.symbol)),))
    return _line(case, facts, line.market_value_usd)


def _line(case: Case, facts: CompanyFacts, value: Decimal) -> ExposureLine | Passed:
    prices = {asset: point.close for asset in facts.coins if (point := case.coins.point(asset)) is not None}
    worth, price = total_value(facts.coins, prices), case.price_usd
    findings = list(_doubts(case, facts))
    view: CompanyView | None = None
    if worth is not None and price is not None:
        view = look_at(coin_value=worth, price=price, basic=_of(facts.basic), diluted=_of(facts.diluted),
                       debt=_of(facts.debt), preferred=_of(facts.preferred), cash=_of(facts.cash))
    else:
        findings += [case.coin_missing(asset) for asset, stated in facts.coins.items()
                     if stated.value and asset not in prices]
    betas, doubts = beta_candidates(case, value)
    candidates = (*_asset_legs(case, facts, view, prices, value), *betas)
    choice = choose(candidates)
    if choice is None:
        return Passed((*findings, *doubts))
    shares = facts.diluted or facts.basic
    assert shares is not None
    shown = next(iter(facts.coins))
    return ExposureLine(
        symbol=case.symbol, instrument=case.line.instrument.id, market_value_usd=value, rung=choice.chosen.rung,
        method=_method(choice.chosen.name), coins=_coins(case, facts), equivalent=False, exposure_usd=choice.exposure,
        coins_per_share=per_share(facts.coins[shown].value, shares.value), reported="reported",
        basis_date=facts.coins_day, premium=None,
        mnav=view.multiples(facts.coins_day, shares.day) if view is not None and worth else None,
        beta=case.beta, legs=choice.legs,
        custodians=self_custody(case.symbol) if any(s.value for s in facts.coins.values()) else {},
        findings=(*findings, *doubts), coins_usd=_by_coin(case, facts, prices, choice.exposure),
    )


def _of(stated: Stated | None) -> Decimal | None:
    return None if stated is None else stated.value


def _asset_legs(case: Case, facts: CompanyFacts, view: CompanyView | None, prices: Mapping[str, Decimal],
                value: Decimal) -> list[Candidate]:
    diluted = facts.diluted is not None
    gross = None if view is None else view.diluted_gross if diluted else view.gross
    asset = None if gross is None else product(case.line.quantity, gross)
    weak = any(is_weak(stated.quality) for stated in facts.coins.values())
    legs = [Candidate(
        "asset", asset, asset, product(asset, THIRD_PARTY_FACTOR) if asset is not None and weak else asset,
        Rung.REPORTED,
        N_("coins × price per diluted share") if diluted else
        N_("coins × price per basic share; no diluted count is known"),
        _coin_figures(case, facts, prices))]
    if case.line.kind in DELTA_KINDS:
        ratio = view.enterprise_to_market_cap if view is not None else None
        delta = None if ratio is None else max(product(value, ratio), ZERO)
        note: Text = (N_("market value × enterprise value over market capitalisation, {ratio}",
                         ratio=ratio.quantize(Decimal("0.000001"))) if ratio is not None else
                      N_("debt, preferred, cash or basic shares are not known"))
        legs.append(Candidate("delta", delta, delta, delta, Rung.REPORTED, note,
                              (value_figure(case, "delta"), *_balance_figures(case.symbol, facts))))
    return legs


def _coin_figures(case: Case, facts: CompanyFacts, prices: Mapping[str, Decimal]) -> tuple[Figure, ...]:
    key = f"exposure/{case.symbol}/asset"
    found = [Figure(f"{key}/quantity", N_("Quantity"), case.line.quantity, "shares")]
    for asset, stated in facts.coins.items():
        found.append(Figure(f"{key}/coins/{asset}", N_("Coins held on {day}", day=stated.day), stated.value, asset,
                            origin=stated.origin))
        point = case.coins.point(asset)
        if asset in prices and point is not None:
            found.append(Figure(f"{key}/price/{asset}", N_("{coin} reference, {cutoff}, {day}", coin=asset,
                                                           cutoff=point.cutoff, day=point.day), point.close, "USD",
                                origin=point.origin))
    for name, label, shares in (("diluted", N_("Diluted shares"), facts.diluted),
                                ("basic", N_("Basic shares"), facts.basic)):
        if shares is not None:
            found.append(Figure(f"{key}/{name}", label, shares.value, "shares",
                                note=N_("counted on {day}", day=shares.day), origin=shares.origin))
    return tuple(found)


def _balance_figures(symbol: str, facts: CompanyFacts) -> tuple[Figure, ...]:
    key = f"exposure/{symbol}/delta"
    items = (("shares", N_("Basic shares"), "shares", facts.basic), ("debt", N_("Debt, notional"), "USD", facts.debt),
             ("preferred", N_("Preferred, liquidation value"), "USD", facts.preferred),
             ("cash", N_("Cash"), "USD", facts.cash))
    return tuple(Figure(f"{key}/{name}", label, None if stated is None else stated.value, unit,
                        note=None if stated is None else N_("of {day}", day=stated.day),
                        origin=None if stated is None else stated.origin) for name, label, unit, stated in items)


def _coins(case: Case, facts: CompanyFacts) -> dict[str, Range]:
    """Return attributable coins per asset: quantity × coins over shares."""
    used = facts.diluted or facts.basic
    fewest = min((s.value for s in (facts.diluted, facts.basic) if s is not None), default=None)
    assert used is not None
    assert fewest is not None
    found = {}
    for asset, stated in facts.coins.items():
        held = quotient(product(case.line.quantity, stated.value), used.value)
        pledged = facts.pledged.get(asset)
        free = max(stated.value - pledged.value, ZERO) if pledged is not None else stated.value
        most = quotient(product(case.line.quantity, stated.value), fewest)
        found[asset] = Range(quotient(product(case.line.quantity, free), used.value), held,
                             product(most, THIRD_PARTY_FACTOR) if is_weak(stated.quality) else most)
    return found


def _by_coin(case: Case, facts: CompanyFacts, prices: Mapping[str, Decimal], exposure: Range) -> dict[str, Range]:
    """Split the exposure by the value of the coins that the company owns; its main coin where that is not known."""
    worth = {asset: product(stated.value, prices[asset]) for asset, stated in facts.coins.items()
             if stated.value and asset in prices}
    total = sum(worth.values(), ZERO)
    if len(worth) < 2 or not total:
        return {next(iter(worth), main_coin(case.line.instrument, case.as_of)): exposure}
    *first, last = worth
    split = {asset: times(exposure, quotient(worth[asset], total)) for asset in first}
    split[last] = times(exposure, ONE - sum((quotient(worth[asset], total) for asset in first), ZERO))
    return split


def _method(leg: str) -> Text:
    return {"asset": N_("highest of asset, delta and beta: the asset leg"),
            "delta": N_("highest of asset, delta and beta: the delta leg"),
            "beta": N_("highest of asset, delta and beta: the beta leg"),
            "peers": N_("highest of asset, delta and beta: the beta of its peers")}[leg]


def _doubts(case: Case, facts: CompanyFacts) -> tuple[Finding, ...]:
    found: list[Finding] = []
    age = (case.as_of - facts.oldest).days
    if age > INFO_AGE:
        found.append(case.finding(Severity.WARNING if age > WARNING_AGE else Severity.INFO, "company-holdings-old",
                                  N_("The coins or shares of {symbol} were reported {age} days ago.",
                                     symbol=case.symbol, age=age)))
    shares = facts.diluted or facts.basic
    if shares is not None and shares.day != facts.coins_day:
        found.append(case.finding(Severity.INFO, "dates-mixed",
                                  N_("Coins of {symbol} are of {coins}, its shares of {shares}.", symbol=case.symbol,
                                     coins=facts.coins_day, shares=shares.day)))
    if facts.diluted is None:
        found.append(case.finding(Severity.INFO, "diluted-unknown",
                                  N_("No diluted share count of {symbol} is known: basic shares are used.",
                                     symbol=case.symbol)))
    missing = [name for name, stated in (("debt", facts.debt), ("preferred", facts.preferred), ("cash", facts.cash))
               if stated is None]
    if missing and case.line.kind in DELTA_KINDS:
        found.append(case.finding(Severity.WARNING, "balance-sheet-unknown",
                                  N_("Not known of {symbol}: {items}. Its delta, net equity and enterprise mNAV are "
                                     "Unknown.", symbol=case.symbol, items=", ".join(missing))))
    weak = [stated.quality for stated in (*facts.coins.values(), shares) if stated is not None
            and is_weak(stated.quality)]
    if weak:
        found.append(case.finding(Severity.WARNING, "company-holdings-weak",
                                  N_("Coins or shares of {symbol} are second-hand or estimated ({quality}).",
                                     symbol=case.symbol, quality=", ".join(dict.fromkeys(weak)))))
    return tuple(found)
