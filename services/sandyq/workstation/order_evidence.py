"""A check as canonical text under its hash: inputs and results, so that anybody can make it again from the book (F060).

The text holds the orders, the orders that were counted as pending, the price, rate and look-through of every symbol in
them, the mandate's version and every limit before and after. The journal's entry up to which facts counted stands in
it: the same book gives the same text at any later time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from sandyq.basics.decimals import canonical
from sandyq.basics.errors import Refused
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.control.chain import canonical_json, moment_text
from sandyq.limits.eligibility import find_row
from sandyq.limits.result import Change, Check, LimitResult, Order, Verdict
from sandyq.store.records import Fact
from sandyq.workstation.flattened import frozen
from sandyq.workstation.ordered import CheckRecord, LimitThen
from sandyq.workstation.picture import Picture

FORM: Final = 1
"""The form of the text; a later form gets a number of its own."""
STOPS: Final = frozenset({Verdict.REFUSED, Verdict.UNKNOWN})
"""Verdicts with which an order goes nowhere."""


def spelled_check(picture: Picture, result: Check, pending: Sequence[Order], now: datetime, order: str) -> str:
    """Return the text of a check made at `now` for the order of a reference, which is left out of what is pending."""
    mandate = picture.mandate
    symbols = sorted({one.symbol for one in (*result.orders, *pending)})
    rules = mandate.order_rules
    return canonical_json({
        "form": FORM, "book": picture.book, "as_of": picture.as_of.isoformat(), "entries": picture.knowledge.head,
        "made_at": moment_text(now), "order": order, "mandate": [mandate.name, mandate.version],
        "rules": {"slippage": rules.slippage, "fx_buffer": rules.fx_buffer, "valid_hours": rules.valid_hours,
                  "max_move": rules.max_move},
        "verdict": result.verdict.value, "orders": [_order(one) for one in result.orders],
        "pending": [_order(one) for one in pending], "inputs": {name: _input(picture, name) for name in symbols},
        "limits": [list(astuple(_limit(change))) for change in result.changes],
        "reasons": [[name, verdict.value, str(text)] for name, verdict, text in result.reasons],
        "largest": [[one.symbol, one.side, one.quantity, one.binding] for one in result.largest],
        "amount_usd": result.amount_usd,
    })


def check_hash(content: str) -> str:
    """Return SHA-256 (hex) of a check's text."""
    return sha256(content.encode()).hexdigest()


def orders_in(content: str, name: str = "orders") -> tuple[Order, ...]:
    """Return the orders that a text holds under a name."""
    return tuple(Order(said["side"], Decimal(said["quantity"]), said["symbol"], Decimal(said["price"]),
                       Decimal(said["fee"]) if said["fee"] is not None else None, said["account"], said["tranche"])
                 for said in json.loads(content)[name])


def said_in(content: str) -> Mapping[str, Any]:
    """Return what a text says."""
    found: Mapping[str, Any] = json.loads(content)
    return found


def checked_price(content: str, symbol: str) -> Decimal | None:
    """Return the valuation price of a symbol that a check counted, in the instrument's currency."""
    said = said_in(content)["inputs"].get(symbol)
    return Decimal(said["close"]) if said and said["close"] is not None else None


def record_of(fact: Fact, who: str, when: datetime) -> CheckRecord:
    """Return a stored check with its limits. Raises ValueError, TypeError or LookupError for what no desk wrote."""
    content = fact["content"]
    said = said_in(content)
    if check_hash(content) != fact["content_hash"] or said["verdict"] != fact["verdict"] or not orders_in(content):
        raise ValueError("the content is not that of a check")
    for name in said["inputs"]:
        checked_price(content, name)
    return CheckRecord(fact["reference"], fact["book"], fact.sure_day("as_of"), Verdict(fact["verdict"]), content,
                       fact["content_hash"], int(fact["known_entry"]), limits_in(content), fact.origin.entry, who, when)


def limits_in(content: str) -> tuple[LimitThen, ...]:
    """Return every limit of a text."""
    return tuple(LimitThen(*item) for item in said_in(content)["limits"])


def limits_then(result: Check) -> tuple[LimitThen, ...]:
    """Return the limits of a check in the same words as a record has them."""
    return tuple(_limit(change) for change in result.changes)


def findings_of(found: Check) -> tuple[Finding, ...]:
    """Return every reason of a verdict as a finding: refusals and what is Unknown as errors."""
    return tuple(Finding(Severity.ERROR if verdict in STOPS else Severity.WARNING, name, text, name)
                 for name, verdict, text in found.reasons)


def refused(found: Check, where: str = "") -> Refused:
    """Return the refusal that a check gives, with all its reasons."""
    unknown = found.verdict is Verdict.UNKNOWN
    return Refused("order-unknown" if unknown else "order-refused", N_(
        "A limit that the order touches cannot be computed; it cannot be judged by anybody.") if unknown else N_(
        "The order is refused; a hard fail cannot be approved by anyone."), where=where, findings=findings_of(found))


def _order(one: Order) -> dict[str, object]:
    return {"side": one.side, "quantity": canonical(one.quantity), "symbol": one.symbol, "price": canonical(one.price),
            "fee": None if one.fee is None else canonical(one.fee), "account": one.account, "tranche": one.tranche}


def _input(picture: Picture, symbol: str) -> dict[str, object]:
    """What a symbol was worth and what stands behind one share of it."""
    row = find_row(picture.ordering, symbol)
    series = picture.knowledge.market.prices.get(symbol)
    point = series.latest(picture.as_of) if series else None
    said: dict[str, object] = {"close": None, "day": None, "source": None}
    if point is not None:
        said = {"close": canonical(point.close), "day": point.day.isoformat(), "source": point.source}
    if row is not None:
        said |= {"instrument": row.instrument, "price_usd": _text(row.price), "rate": _text(row.rate),
                 "exposure": _rounded(row.share_exposure), "rung": row.rung.value,
                 "coins": dict(sorted((coin, _rounded(amount)) for coin, amount in row.share_coins.items()))}
    return said


def _text(value: Decimal | None) -> str | None:
    return None if value is None else canonical(value)


def _rounded(value: Decimal | None) -> str | None:
    """Estimates in floating point are rounded to digits that another machine repeats."""
    return frozen(value, "", estimated=True)


def _limit(change: Change) -> LimitThen:
    after = change.after.worst
    unit = after.part.unit if after else ""
    return LimitThen(change.limit.id, change.limit.version, change.before.state.value, change.after.state.value,
                     _worst(change.before), _worst(change.after), unit,
                     frozen(after.excess, unit, estimated=unit == "USD") if after else None)


def _worst(result: LimitResult) -> str | None:
    worst = result.worst
    return frozen(worst.value, worst.part.unit, estimated=worst.part.unit == "USD") if worst else None
