"""Orders, checks and what has changed since, as JSON and as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from sandyq.basics.decimals import canonical
from sandyq.basics.language import Language
from sandyq.basics.text import N_
from sandyq.cli import prints
from sandyq.cli.forms import exact, money
from sandyq.workstation.ordered import ORDER_WORDS, REVIEW_WORDS, CheckRecord, LimitThen, Since, Ticket

if TYPE_CHECKING:
    from sandyq.limits.cure import Cure

Json = dict[str, Any]


def ticket(one: Ticket, language: Language) -> Json:
    """One order with its lines, fills and events."""
    return {
        "reference": one.reference, "book": one.book, "state": one.state.value, "proposal": one.proposal or None,
        "emergency": one.emergency, "author": one.author, "proposed_at": one.proposed_at.isoformat(),
        "decided_by": one.decided_by or None,
        "decided_at": one.decided_at.isoformat() if one.decided_at else None, "check": one.check,
        "reason": one.reason or None, "valid_until": one.valid_until.isoformat(), "ends": one.ends.isoformat(),
        "expired": language.say(one.expired) if one.expired else None, "entry": one.entry,
        "review": {"state": one.review.value, "due": one.review_due.isoformat() if one.review_due else None,
                   "by": one.reviewed_by or None, "note": one.note or None} if one.review else None,
        "lines": [{
            "line": line.number, "side": line.side, "symbol": line.symbol, "quantity": canonical(line.quantity),
            "limit_price": canonical(line.limit_price), "currency": line.currency, "fee": exact(line.fee),
            "account": line.account, "tranche": line.tranche or None, "filled": canonical(line.filled),
            "remaining": canonical(line.remaining),
            "fills": [{"reference": fill.reference, "trade_date": fill.trade_date.isoformat(),
                       "quantity": canonical(fill.quantity), "price": canonical(fill.price),
                       "fees": canonical(fill.fees), "entry": fill.entry} for fill in line.fills],
        } for line in one.lines],
        "events": [{"number": event.number, "event": event.event, "day": event.day.isoformat(),
                    "check": event.check or None, "reason": event.reason or None, "who": event.who,
                    "entry": event.entry} for event in one.events],
    }


def show_tickets(found: Sequence[Ticket], language: Language) -> None:
    """One row per line of an order, the latest order first."""
    say = language.say
    head = [say(name) for name in (N_("Reference"), N_("State"), N_("Side"), N_("Quantity"), N_("Symbol"),
                                   N_("Limit price"), N_("Filled"), N_("Proposed by"), N_("Decided by"), N_("Ends"))]
    rows = []
    for one in found:
        state = say(ORDER_WORDS[one.state]) + (f", {say(REVIEW_WORDS[one.review])}" if one.review else "")
        rows += [[one.reference, state, say(N_("Buy") if line.side == "buy" else N_("Sell")),
                  language.number(line.quantity), line.symbol, language.number(line.limit_price),
                  language.number(line.filled), one.author, one.decided_by, f"{one.ends:%Y-%m-%d %H:%M} UTC"]
                 for line in one.lines]
    prints.table(head, rows, frozenset({3, 5, 6}))


def since(found: Since) -> Json:
    """What an order's author saw, and what differs now."""
    return {"check": found.then.reference, "as_of_then": found.then.as_of.isoformat(),
            "as_of_now": found.now.as_of.isoformat(), "verdict_then": found.then.verdict.value,
            "verdict_now": found.now.verdict.value,
            "limits": [{"id": (then or now).id, "then": _limit(then), "now": _limit(now)}  # type: ignore[union-attr]
                       for then, now in found.limits],
            "prices": [{"symbol": symbol, "then": canonical(then), "now": exact(now)}
                       for symbol, then, now in found.prices]}


def _limit(one: LimitThen | None) -> Json | None:
    return None if one is None else {"state_before": one.state_before, "state_after": one.state_after,
                                     "before": one.before, "after": one.after, "unit": one.unit, "excess": one.excess}


def show_since(found: Since, language: Language) -> None:
    """The limits and prices that differ."""
    say = language.say
    if not found.limits and all(then == now for _, then, now in found.prices):
        click.echo(say(N_("Nothing has changed since it was proposed.")))
    for symbol, then, now in found.prices:
        if then != now:
            click.echo(say(N_("{symbol}: price {then}, now {now}", symbol=symbol, then=then, now=now)))
    if not found.limits:
        return
    prints.table([say(N_("Id")), say(N_("Proposed")), say(N_("Now")), say(N_("State then")), say(N_("State now"))],
                 [[(then or now).id, (then.after or "—") if then else "—",  # type: ignore[union-attr]
                   (now.after or "—") if now else "—", then.state_after if then else "—",
                   now.state_after if now else "—"] for then, now in found.limits], frozenset({1, 2}))


def record(one: CheckRecord, again: str) -> Json:
    """A stored check, and the hash that it gives when it is made again."""
    return {"reference": one.reference, "as_of": one.as_of.isoformat(), "verdict": one.verdict.value,
            "content_hash": one.content_hash, "replayed_hash": again, "holds": again == one.content_hash,
            "known_entry": one.known_entry, "entry": one.entry, "by": one.who, "content": one.content}


def cure(found: Cure, language: Language) -> Json:
    """The smallest sales that bring every limit back, and what they do not bring back."""
    return {"days": found.days, "share_of_volume": canonical(found.share_of_volume), "days_needed": found.days_needed,
            "in_time": found.in_time, "cured": list(found.cured), "amount_usd": money(found.amount_usd),
            "sales": [{"symbol": sale.order.symbol, "quantity": canonical(sale.order.quantity),
                       "price": canonical(sale.order.price), "per_day": [canonical(one) for one in sale.per_day],
                       "amount_usd": money(sale.amount_usd)} for sale in found.sales],
            "left": [{"id": left.limit, "code": left.code, "message": language.say(left.text)} for left in found.left]}


def show_cure(found: Cure, language: Language) -> None:
    """The sales with their days, then what stays beyond."""
    say = language.say
    if not found.sales and not found.left:
        click.echo(say(N_("No limit is beyond its limit: there is nothing to cure.")))
    prints.table([say(N_("Symbol")), say(N_("Quantity")), say(N_("Price")), say(N_("Days"))],
                 [[sale.order.symbol, language.number(sale.order.quantity), language.number(sale.order.price, 4),
                   str(len(sale.per_day))] for sale in found.sales], frozenset({1, 2, 3}))
    if found.cured:
        click.echo(say(N_("brings back {limits}", limits=", ".join(found.cured))))
    if not found.in_time:
        click.echo(say(N_("This takes {days} days at that share of the volume.", days=found.days_needed)))
    for left in found.left:
        click.echo(say(N_("{limit}: {reason}", limit=left.limit, reason=left.text)))
