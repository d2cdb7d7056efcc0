"""Whether a company that holds coins is fit to be held: claims before the shares, price, pledged coins (L26)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sandyq.basics.decimals import ONE, product, quotient
from sandyq.basics.text import N_, Text
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import Below, Measure, Reach, in_scope, measured, unknown
from sandyq.limits.result import Measured
from sandyq.limits.snapshot import Row, Snapshot
from sandyq.limits.surroundings import Company

_Read = Callable[[Company, Row], Decimal | None]


def take_claims(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return (debt + preferred − cash) ÷ coins at reference prices, per company (domain.md C3; L26)."""
    return tuple(_company(row, snapshot, lambda company, _: (
        quotient(company.claims, company.coins) if company.claims is not None and company.coins else None),
        N_("debt, preferred shares, cash or the worth of its coins are not known"))
        for row in in_scope(snapshot.rows, part))


def take_unencumbered(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the share of a company's coins that is neither pledged nor lent, by their worth."""
    return tuple(_company(row, snapshot, lambda company, _: (
        ONE - quotient(company.pledged, company.coins) if company.pledged is not None and company.coins else None),
        N_("how many of its coins are pledged or lent is not known")) for row in in_scope(snapshot.rows, part))


def take_multiple(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return enterprise value ÷ coins of each company that is bought, at the order's price if that is higher."""
    rows = {row.symbol: row for row in (*snapshot.candidates.values(), *snapshot.rows)}
    prices: dict[str, Decimal] = {}
    for order in snapshot.orders:
        row = rows.get(order.symbol)
        if order.side == "buy" and row is not None and row.rate is not None and in_scope([row], part):
            prices[row.symbol] = max(prices.get(row.symbol, row.price or Decimal(0)), product(order.price, row.rate))

    def multiple(company: Company, row: Row) -> Decimal | None:
        if company.shares is None or company.claims is None or not company.coins:
            return None
        return quotient(product(prices[row.symbol], company.shares) + company.claims, company.coins)

    return tuple(_company(rows[symbol], snapshot, multiple, N_(
        "shares outstanding, debt, preferred shares, cash or the worth of its coins are not known"))
        for symbol in prices)


def _company(row: Row, snapshot: Snapshot, read: _Read, reason: Text) -> Measured:
    company = snapshot.around.companies.get(row.symbol)
    value = read(company, row) if company is not None else None
    findings = [] if value is not None else [unknown("company-facts-missing", N_(
        "{symbol}: {reason}.", symbol=row.symbol, reason=reason), row.symbol)]
    return measured(row.symbol, value, Below(None, absolute=True), None, findings)


MEASURES = (
    Measure("claims_on_coins", take_claims, frozenset({"ratio"}), by_line=True, reach=Reach.LINE),
    Measure("unencumbered_coins", take_unencumbered, frozenset({"ratio"}), by_line=True, reach=Reach.LINE),
    Measure("enterprise_multiple", take_multiple, frozenset({"count"}), order_only=True, by_line=True,
            reach=Reach.ORDERED),
)
