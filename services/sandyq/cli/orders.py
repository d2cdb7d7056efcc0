"""Commands: orders from proposal to booking. `approve`, `refuse` and `withdraw` decide on them as on any proposal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click

from sandyq.basics.decimals import exact
from sandyq.cli import forms, options, order_forms, prints
from sandyq.cli.commands import asked, opened
from sandyq.cli.options import Day, answer, guarded, said
from sandyq.limits.orders import parse_order
from sandyq.limits.result import Order
from sandyq.workstation.order_emergency import OUTCOMES
from sandyq.workstation.ordered import Execution, Proposed
from sandyq.workstation.workstation import Workstation


class Number(click.ParamType[Decimal]):
    """An exact decimal with a point."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        if isinstance(value, Decimal):
            return value
        try:
            return exact(value)
        except ValueError:
            self.fail(f"{value!r} is not a number; write 1250.5", param, ctx)


_REFERENCE: Final = click.argument("reference")
_ORDERS: Final = click.option("--order", "texts", multiple=True, required=True,
                              help='For instance "buy 10000 IBIT @ 52.10"; several are one basket.')
_ACCOUNT: Final = click.option("--account", default="", help="Our account (default: the only one that fits).")


def _basket(texts: tuple[str, ...], account: str, tranche: str = "") -> tuple[Order, ...]:
    found = (parse_order(text) for text in texts)
    return tuple(Order(one.side, one.quantity, one.symbol, one.price, one.fee, account, tranche) for one in found)


@click.command()
@options.book
@_ORDERS
@_ACCOUNT
@click.option("--tranche", default="", help="The tranche of the plan that it belongs to.")
@click.option("--reason", default="", help="Why; needed where a soft limit would be exceeded.")
@options.as_of
@options.which
@options.actor
@options.signing
@options.language
@options.as_json
@guarded
def propose(book: Path, texts: tuple[str, ...], account: str, tranche: str, reason: str, as_of: date | None,
            which: str, actor: str, key: Path | None, code: str, as_json: bool) -> None:
    """Check a basket, store the check and propose the basket for a second person.

    Exit code 6: it waits for somebody else's `approve`. Exit code 3: refused, or it cannot be judged; nothing is
    recorded then.
    """
    with opened(book, actor=actor, write=True, key=key) as station:
        q = asked(station, as_of, None, which)
        found = station.orders.propose(q, _basket(texts, account, tranche), reason)
        head = station.head()
    _proposed(found, head, code, as_json=as_json)
    sys.exit(6)


@click.command("emergency")
@options.book
@_ORDERS
@_ACCOUNT
@click.option("--reason", required=True, help="Why nobody else can be asked.")
@options.as_of
@options.which
@options.actor
@options.signing
@options.language
@options.as_json
@guarded
def emergency(book: Path, texts: tuple[str, ...], account: str, reason: str, as_of: date | None, which: str, actor: str,
              key: Path | None, code: str, as_json: bool) -> None:
    """Order sales under one signature, if they make no limit worse; another person reviews them the next business day.
    """
    with opened(book, actor=actor, write=True, key=key) as station:
        found = station.orders.emergency(asked(station, as_of, None, which), _basket(texts, account), reason)
        head = station.head()
    _proposed(found, head, code, as_json=as_json)


def _proposed(found: Proposed, head: str, code: str, *, as_json: bool) -> None:
    if as_json:
        answer({"reference": found.reference, "proposal": found.changes.proposal or None,
                "check": found.check_reference, "valid_until": found.valid_until.isoformat(),
                "entry": found.changes.entry,
                **forms.check(found.check, "now", found.check_reference, said(code)), "head": head})
        return
    click.echo(f"{found.reference}  {found.check_reference}  {found.changes.proposal}".rstrip())
    prints.check(found.check, said(code))


@click.command()
@options.book
@click.option("--open", "open_only", is_flag=True, help="Only those that wait or may be executed.")
@click.option("--reference", default="", help="Only this one.")
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def orders(book: Path, open_only: bool, reference: str, as_of: date | None, known_at: datetime | None, which: str,
           actor: str, code: str, as_json: bool) -> None:
    """Orders with their life: proposed by, approved by, filled, expired, cancelled; the latest first."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        found = (station.orders.ticket(reference, q),) if reference else station.orders.tickets(q)
        doubts = station.orders.doubts(q)
    if open_only:
        found = tuple(one for one in found if one.state.value in {"waiting", "approved"})
    if as_json:
        answer({"orders": [order_forms.ticket(one, said(code)) for one in found],
                "findings": forms.findings(doubts, said(code))})
        return
    order_forms.show_tickets(found, said(code))
    prints.findings(doubts, said(code))


@click.command()
@options.book
@_REFERENCE
@click.option("--line", default=1, show_default=True, help="The line of the order.")
@click.option("--quantity", type=Number(), required=True)
@click.option("--price", type=Number(), required=True, help="The price that was dealt, in the line's currency.")
@click.option("--fees", type=Number(), default="0")
@click.option("--taxes", type=Number(), default="0")
@click.option("--date", "day", type=Day(), help="Trade date (default: the last day with prices).")
@click.option("--settle", type=Day(), help="Settlement date (default: by the calendar of the venue).")
@click.option("--fill", default="", help="The broker's reference; recorded once.")
@click.option("--lot", default="", help="The lot that is sold, where the book takes named lots.")
@options.actor
@options.signing
@options.as_json
@guarded
def execute(book: Path, reference: str, line: int, quantity: Decimal, price: Decimal, fees: Decimal, taxes: Decimal,
            day: date | None, settle: date | None, fill: str, lot: str, actor: str, key: Path | None,
            as_json: bool) -> None:
    """Record a fill of an approved order and book it in the same entry. Exit code 3: refused, nothing is booked."""
    with opened(book, actor=actor, write=True, key=key) as station:
        found = station.orders.execute(reference, Execution(
            line, quantity, price, day or station.latest_day(), fees, taxes, settle, fill, lot))
    if as_json:
        answer({"order": reference, "fill": found.reference, "entry": found.changes.entry,
                "remaining": forms.exact(found.remaining), "done": found.done})
    else:
        click.echo(found.reference)


@click.command("order-since")
@options.book
@_REFERENCE
@options.actor
@options.language
@options.as_json
@guarded
def order_since(book: Path, reference: str, actor: str, code: str, as_json: bool) -> None:
    """What has changed since an order was proposed: its author's figures beside those of now."""
    with opened(book, actor=actor) as station:
        found = station.orders.since(reference)
    if as_json:
        answer({"order": reference, **order_forms.since(found)})
    else:
        order_forms.show_since(found, said(code))


@click.command("order-cancel")
@options.book
@_REFERENCE
@click.option("--reason", required=True)
@options.actor
@options.signing
@options.as_json
@guarded
def order_cancel(book: Path, reference: str, reason: str, actor: str, key: Path | None, as_json: bool) -> None:
    """End an approved order, or what is left of it; take back one of your own that still waits."""
    _changed(book, actor, key, as_json, lambda station: {
        "order": reference, "entry": station.orders.cancel(reference, reason).entry})


@click.command("order-recheck")
@options.book
@_REFERENCE
@options.actor
@options.signing
@options.language
@options.as_json
@guarded
def order_recheck(book: Path, reference: str, actor: str, key: Path | None, code: str, as_json: bool) -> None:
    """Check an open order again with the book of now and store the result. Exit code 3 when it no longer passes."""
    with opened(book, actor=actor, write=True, key=key) as station:
        found, check = station.orders.recheck(reference)
    if as_json:
        answer({"order": reference, "check": check, **forms.check(found, "now", check, said(code))})
    else:
        prints.check(found, said(code))
    if found.verdict.value in {"refused", "unknown"}:
        sys.exit(3)


@click.command("order-expire")
@options.book
@options.as_of
@options.actor
@options.signing
@options.as_json
@guarded
def order_expire(book: Path, as_of: date | None, actor: str, key: Path | None, as_json: bool) -> None:
    """Record the expiry of every order that has expired, by its hours or by the move of a price."""
    _changed(book, actor, key, as_json, lambda station: {
        "expired": list(station.orders.expire(asked(station, as_of, None)))})


@click.command("order-review")
@options.book
@_REFERENCE
@click.option("--outcome", type=click.Choice(OUTCOMES), required=True)
@click.option("--note", required=True, help="What the second person saw.")
@options.actor
@options.signing
@options.as_json
@guarded
def order_review(book: Path, reference: str, outcome: str, note: str, actor: str, key: Path | None,
                 as_json: bool) -> None:
    """Sign the review of somebody else's emergency order."""
    _changed(book, actor, key, as_json, lambda station: {
        "order": reference, "outcome": outcome, "entry": station.orders.review(reference, outcome, note).entry})


def _changed(book: Path, actor: str, key: Path | None, as_json: bool,
             change: Callable[[Workstation], dict[str, Any]]) -> None:
    with opened(book, actor=actor, write=True, key=key) as station:
        found = change(station)
    if as_json:
        answer(found)
    else:
        click.echo("  ".join(str(value) for value in found.values()))


@click.command("check-replay")
@options.book
@_REFERENCE
@options.actor
@options.as_json
@guarded
def check_replay(book: Path, reference: str, actor: str, as_json: bool) -> None:
    """Make a stored check again from the book. Exit code 4 when the hash that comes out is another."""
    with opened(book, actor=actor) as station:
        found, again = station.orders.replay(reference)
    if as_json:
        answer(order_forms.record(found, again))
    else:
        click.echo(f"{found.reference}  {found.content_hash}  {again}")
    if again != found.content_hash:
        sys.exit(4)


@click.command()
@options.book
@click.option("--days", default=1, show_default=True, help="Within so many trading days.")
@click.option("--share", type=Number(), default="0.10", show_default=True,
              help="At most this share of the median daily volume, each day.")
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def cure(book: Path, days: int, share: Decimal, as_of: date | None, known_at: datetime | None, which: str, actor: str,
         code: str, as_json: bool) -> None:
    """The smallest sales that bring every limit back; nothing is written. Exit code 3: a limit stays beyond or Unknown.
    """
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        found = station.orders.cure(q, days, share)
    if as_json:
        answer({"as_of": q.as_of.isoformat(), **order_forms.cure(found, said(code))})
    else:
        order_forms.show_cure(found, said(code))
    if found.left:
        sys.exit(3)


COMMANDS: Final[tuple[click.Command, ...]] = (propose, orders, execute, order_since, order_cancel, order_recheck,
                                              order_expire, emergency, order_review, check_replay, cure)
