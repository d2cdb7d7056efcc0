"""Explain lots, cash and money still owed: figures of the valued book beside its lines."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from sandyq.basics.figure import Figure
from sandyq.basics.text import N_
from sandyq.valuation.explain import explain_line, rate_figure
from sandyq.valuation.holdings import CashLine, Holdings, Line, ValuedLot

LOT: Final = ("quantity", "cost_usd", "market_value_usd", "unrealised_usd")
CASH: Final = ("amount", "unsettled", "value_usd", "value_kzt")
_LOT_LABELS: Final = MappingProxyType({
    "quantity": N_("Quantity"), "cost_usd": N_("Cost"), "market_value_usd": N_("Market value"),
    "unrealised_usd": N_("Unrealised result")})
_CASH_LABELS: Final = MappingProxyType({
    "amount": N_("Cash"), "unsettled": N_("Not settled yet"), "value_usd": N_("Cash in USD"),
    "value_kzt": N_("Cash in tenge")})


def explain_lot(line: Line, valued: ValuedLot, holdings: Holdings, key: str, figure: str) -> Figure:
    """Return one figure of a lot, of those in `LOT`."""
    lot = valued.lot
    label = _LOT_LABELS[figure]
    where = N_("Lot {reference}, bought {day}, account {account}", reference=lot.reference, day=lot.trade_date,
               account=lot.account)
    match figure:
        case "quantity":
            return Figure(key, label, lot.quantity, "shares", where, lot.origin)
        case "cost_usd":
            return Figure(key, label, lot.cost_usd, "USD", where, lot.origin)
        case "market_value_usd":
            parts = (Figure(f"{key}/quantity", _LOT_LABELS["quantity"], lot.quantity, "shares", where, lot.origin),
                     explain_line(line, holdings, "price"), explain_line(line, holdings, "fx"))
            return Figure(key, label, valued.market_value_usd, "USD", N_("Quantity × price × rate"), parts=parts,
                          findings=line.findings if valued.market_value_usd is None else ())
    value = explain_lot(line, valued, holdings, f"{key}/market_value_usd", "market_value_usd")
    cost = explain_lot(line, valued, holdings, f"{key}/cost_usd", "cost_usd")
    return Figure(key, label, valued.unrealised_usd, "USD", N_("Market value − cost"), parts=(value, cost))


def explain_cash(line: CashLine, holdings: Holdings, key: str, figure: str, rows: tuple[Figure, ...]) -> Figure:
    """Return one figure of an account's cash, of those in `CASH`; `rows` are the bookings behind it."""
    cash = line.cash
    if figure in {"amount", "unsettled"}:
        value = cash.amount if figure == "amount" else cash.unsettled
        return Figure(key, _CASH_LABELS[figure], value, cash.currency, N_(
            "Account {account}: sum of {count} movements", account=cash.account, count=len(rows)), parts=rows,
            convention=not rows and not value)
    money = Figure(f"{key}/amount", _CASH_LABELS["amount"], cash.amount, cash.currency, N_(
        "Account {account}: sum of {count} movements", account=cash.account, count=len(rows)), parts=rows,
        convention=not rows and not cash.amount)
    if figure == "value_usd":
        return Figure(key, _CASH_LABELS[figure], line.value_usd, "USD", N_("Amount × rate"), parts=(
            money, *_rates(key, holdings, cash.currency, "USD")))
    return Figure(key, _CASH_LABELS[figure], line.value_kzt, "KZT", N_("Amount × rate"), parts=(
        money, *_rates(key, holdings, cash.currency, "KZT")))


def _rates(key: str, holdings: Holdings, currency: str, into: str) -> tuple[Figure, ...]:
    """Return the rates that took part: those of the workstation are added there; the tenge's is in the holdings."""
    if into == "KZT" and currency != "KZT" and holdings.kzt is not None:
        return (rate_figure(f"{key}/kzt", holdings.kzt),)
    if currency == into:
        return (Figure(f"{key}/rate", N_("Rate {base}/{quote}", base=currency, quote=into), 1, into,
                       N_("A currency is one of itself."), convention=True),)
    return ()
