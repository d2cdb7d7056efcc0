"""What may be bought at all: the positive list, allowed kinds, forbidden structures, never a token (F014-F018)."""

from __future__ import annotations

from decimal import Decimal

from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.limits.mandate import Mandate
from sandyq.limits.measures.products import is_forbidden
from sandyq.limits.result import Order, Verdict
from sandyq.limits.snapshot import Row, Snapshot
from sandyq.reference.coins import COINS, STABLECOINS
from sandyq.reference.kinds import Kind

Reason = tuple[str, Verdict, Text]
_BAND = (Decimal("0.7"), Decimal("1.3"))


def find_row(snapshot: Snapshot, symbol: str) -> Row | None:
    """Return the held or the candidate row of a symbol."""
    return snapshot.row(symbol) or snapshot.candidates.get(symbol)


def refusals(snapshot: Snapshot, mandate: Mandate, order: Order) -> list[Reason]:
    """Return every reason outside the limits for which an order cannot be placed."""
    row = find_row(snapshot, order.symbol)
    if row is None:
        if order.symbol in COINS or order.symbol in STABLECOINS:
            return [("token", Verdict.REFUSED, N_(
                "{symbol} is a token; the sleeve holds listed funds and shares only. {clause}", symbol=order.symbol,
                clause=mandate.token_clause))]
        return [("instrument", Verdict.REFUSED, N_(
            "There is no instrument {symbol} with a kind, a venue and a price.", symbol=order.symbol))]
    if order.side == "sell":
        if order.quantity > row.quantity:
            return [("oversold", Verdict.REFUSED, N_(
                "{wanted} {symbol} are to be sold and {available} are held.", wanted=order.quantity,
                symbol=order.symbol, available=row.quantity))]
        return []
    return _purchase(row, mandate, snapshot)


def _purchase(row: Row, mandate: Mandate, snapshot: Snapshot) -> list[Reason]:
    found: list[Reason] = []
    if snapshot.as_of < mandate.valid_from:
        found.append(("mandate", Verdict.REFUSED, N_("The mandate is in force from {day} on; nothing is bought before.",
                                                     day=mandate.valid_from)))
    if row.kind is Kind.REFERENCE or (mandate.allowed_kinds and row.kind.value not in mandate.allowed_kinds):
        found.append(("kind", Verdict.REFUSED, N_("The mandate does not allow instruments of the kind {kind}.",
                                                  kind=row.kind.value)))
    if is_forbidden(row):
        found.append(("structure", Verdict.REFUSED, N_(
            "{symbol} is leveraged or pays out income by its structure; it cannot be looked through.",
            symbol=row.symbol)))
    if mandate.positive_list and not any(
            (entry.isin == row.isin if entry.isin and row.isin else entry.symbol == row.symbol)
            and entry.valid_from <= snapshot.as_of
            and (entry.valid_to is None or snapshot.as_of <= entry.valid_to) for entry in mandate.positive_list):
        found.append(("positive-list", Verdict.REFUSED, N_(
            "{symbol} is not on the positive list on {day}.", symbol=row.symbol, day=snapshot.as_of)))
    if row.price is None:
        found.append(("price", Verdict.UNKNOWN, N_("{symbol} has no price that is fit for valuation.",
                                                   symbol=row.symbol)))
    return found


def doubts(snapshot: Snapshot, order: Order) -> list[Finding]:
    """Return warnings about an ordered instrument: a spot fund whose measured beta does not look like one (F018)."""
    row = find_row(snapshot, order.symbol)
    if row is None or row.kind not in {Kind.SPOT_ETF, Kind.ETP} or row.beta is None:
        return []
    if _BAND[0] <= row.beta <= _BAND[1]:
        return []
    return [Finding(Severity.WARNING, "beta-outside-band", N_(
        "The measured beta of {symbol} is {beta}; a spot fund moves with its coin.", symbol=row.symbol,
        beta=row.beta), row.symbol)]
