"""A basket becomes an order: checked, stored with its check, proposed for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sandyq.basics.decimals import canonical
from sandyq.basics.errors import ApprovalNeeded, BadInput
from sandyq.basics.text import N_
from sandyq.control.chain import moment_text
from sandyq.control.deciding import content_of
from sandyq.control.people import Right
from sandyq.limits.result import Check, Order, Verdict
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.orders import every_version
from sandyq.workstation.contract import Question
from sandyq.workstation.drafting import found_instrument
from sandyq.workstation.order_book import KIND, calendar_of
from sandyq.workstation.order_evidence import STOPS, findings_of, refused
from sandyq.workstation.ordered import Proposed, hours_later
from sandyq.workstation.tranche_book import with_tranches

if TYPE_CHECKING:
    from sandyq.workstation.ordering import OrdersDesk
    from sandyq.workstation.workstation import Workstation

_REFERENCE = TABLES[KIND].columns.index("reference") + 1


def propose(station: Workstation, desk: OrdersDesk, q: Question, basket: Sequence[Order], reason: str) -> Proposed:
    """Store the check of a basket and propose the basket for a second person. Raises as `OrdersDesk.propose` says."""
    orders = prepared(station, q, basket)
    require_people(station)
    now = desk.now()
    found = desk.check(q, orders, now=now)
    _refuse_unless_fit(found, reason)
    reference, check = next_reference(station, "O", KIND), desk.record_check(q, found, now, "")
    rules = station.mandate(q).order_rules
    until = hours_later(now, 2 * rules.valid_hours, calendar_of(station.knowledge()))
    rows = [(KIND, order_row(station, q, number, one, reference, until, check, reason, canonical(rules.max_move)))
            for number, one in enumerate(orders, 1)]
    changes = station.people.post(KIND, "; ".join(spoken(one) for one in orders), rows, {
        "order": reference, "check": check, "verdict": found.verdict.value}, key=f"order:{reference}")
    return Proposed(reference, check, found, changes, until)


def prepared(station: Workstation, q: Question, basket: Sequence[Order]) -> tuple[Order, ...]:
    """Return the basket with account and tranche for every line. Raises BadInput."""
    if not basket:
        raise BadInput("no-orders", N_("There is no order in the basket."))
    if q.known_at is not None or q.as_of < station.latest_day():
        raise BadInput("order-day", N_("An order is proposed on the last day with prices, by what is known now."),
                       where=q.as_of.isoformat())
    if q.book == ALL_BOOKS:
        raise BadInput("one-book", N_("An order belongs to one book: say which."))
    placed = tuple(replace(one, account=one.account or _usual_account(station, q, one)) for one in basket)
    books = station.knowledge().books
    foreign = sorted({one.account for one in placed if books.get(one.account, SLEEVE) != q.book})
    if foreign:
        raise BadInput("other-book", N_("The account belongs to another book, with a mandate of its own."),
                       where=", ".join(foreign))
    return with_tranches(station, q, placed)


def _usual_account(station: Workstation, q: Question, one: Order) -> str:
    """The only account of the book that holds the instrument, else the only one that trades at all."""
    known = station.knowledge()
    instrument = {item.id for item in known.directory.candidates(one.symbol, q.as_of)}
    own = [row for row in known.transactions if known.books.get(row.account, SLEEVE) == q.book]
    for rows in ([row for row in own if row.instrument in instrument], [row for row in own if row.instrument], own):
        accounts = {row.account for row in rows}
        if len(accounts) == 1:
            return accounts.pop()
    raise BadInput("account-needed", N_("Say for which account the order is."), where=spoken(one))


def require_people(station: Workstation) -> None:
    """Raise ApprovalNeeded where nobody is enrolled, Refused for who may not propose."""
    if not station.people.enrolled:
        raise ApprovalNeeded("two-persons", N_("An order takes two persons: one proposes it, another one approves. "
                                               "Nobody is enrolled in this book."),
                             remedy=N_("Enrol both, each with a key of their own."))
    station.people.require(Right.PROPOSE)


def _refuse_unless_fit(found: Check, reason: str) -> None:
    if found.verdict in STOPS:
        raise refused(found)
    if found.verdict is Verdict.ACKNOWLEDGE and not reason.strip():
        raise BadInput("no-reason", N_("A soft limit would be exceeded: say why; a second person has to agree."),
                       findings=findings_of(found))


def order_row(station: Workstation, q: Question, number: int, one: Order, reference: str, until: datetime, check: str,
              reason: str, max_move: str) -> FactRow:
    """Return the row of one line."""
    known = station.knowledge()
    instrument = found_instrument(known.directory, one.symbol, q.as_of)
    series = known.market.prices.get(one.symbol)
    currency = instrument.text("currency", q.as_of) or (series.currency if series else "")
    return (0, reference, str(number), q.book, one.side, one.symbol, instrument.id, canonical(one.quantity),
            canonical(one.price), currency, None if one.fee is None else canonical(one.fee), one.account,
            moment_text(until), max_move, check, one.tranche or None, reason.strip() or None)


def next_reference(station: Workstation, letter: str, table: str) -> str:
    """Return the next reference of a kind that nothing ever recorded or proposed has, whoever wrote it."""
    taken = {fact["reference"] for fact in every_version(station.store, table)}
    if table == KIND:
        contents = [content_of(one) for one in station.people.proposals() if one.kind == KIND]
        taken |= {str(row[_REFERENCE]) for content in contents if content for name, row in content.rows if name == KIND}
    number = len(taken) + 1
    while f"{letter}-{number:04}" in taken:
        number += 1
    return f"{letter}-{number:04}"


def spoken(one: Order) -> str:
    """Return an order as people type it."""
    return f"{one.side} {canonical(one.quantity)} {one.symbol} @ {canonical(one.price)}"
